"""Tables: blueprints, forms, attempts, responses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id

OPEN, FINISHED, CLOSED = "open", "finished", "closed"


class QuizBlueprint(db.Model):  # type: ignore[name-defined]
    """How forms of a quiz are assembled. ``rules`` is JSON that the mode reads."""

    __tablename__ = "quizzes_blueprint"
    __table_args__ = (UniqueConstraint("organisation_id", "mode", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    mode: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    rules: Mapped[str] = mapped_column(Text)


class Form(db.Model):  # type: ignore[name-defined]
    """An assembled form: the seed it came from, and below it the item versions in order."""

    __tablename__ = "quizzes_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("quizzes_blueprint.id"))
    seed: Mapped[str] = mapped_column(String(80))
    length: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class FormItem(db.Model):  # type: ignore[name-defined]
    """The item version at a position (from 1) of a form, and the seed that orders its options."""

    __tablename__ = "quizzes_form_item"
    __table_args__ = (Index(None, "item_version_id"),)

    form_id: Mapped[int] = mapped_column(ForeignKey("quizzes_form.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"))
    item_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    option_seed: Mapped[int]


class Attempt(db.Model):  # type: ignore[name-defined]
    """A person's go at a form. ``slot`` makes "one scored set a learning day" a unique key.

    ``unit_id`` is the team on that day: the result stays there. The deadline is fixed at the start.
    """

    __tablename__ = "quizzes_attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "slot"),
        Index(None, "state", "deadline_at"),
        Index(None, "person_id", "day"),
        Index(None, "day"),
        CheckConstraint("state IN ('open', 'finished', 'closed')", name="state"),
        CheckConstraint("(state = 'open') = (finished_at IS NULL)", name="finished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    form_id: Mapped[int] = mapped_column(ForeignKey("quizzes_form.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    mode: Mapped[str] = mapped_column(String(20))
    slot: Mapped[str | None] = mapped_column(String(40))  # None: a practice, any number of them
    day: Mapped[date]
    length: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    deadline_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    finished_at: Mapped[datetime | None]
    score: Mapped[float | None]  # sum of the responses that count, 0..length


class Response(db.Model):  # type: ignore[name-defined]
    """What a person gave at a position, and how it was graded. First come, first kept.

    ``received_at`` goes seven days after the attempt is final; the two flags stay.
    """

    __tablename__ = "quizzes_response"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "submission_uuid"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt.id"))
    position: Mapped[int]
    item_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    submission_uuid: Mapped[str] = mapped_column(String(36))
    given: Mapped[str] = mapped_column(Text)  # JSON: the option ids, sorted
    score: Mapped[float]
    is_correct: Mapped[bool]
    is_rapid: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime | None]


class Regrade(db.Model):  # type: ignore[name-defined]
    """A response that gained because the key of its item was corrected; nobody ever loses.

    ``seen_at`` is when its person has read the notice, None before.
    """

    __tablename__ = "quizzes_regrade"
    __table_args__ = (
        UniqueConstraint("response_id", "correction_id"),
        Index(None, "person_id", "seen_at"),
        Index(None, "correction_id"),
        CheckConstraint("new_score >= old_score", name="favour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("quizzes_response.id"))
    correction_id: Mapped[int] = mapped_column(ForeignKey("items_correction.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    old_score: Mapped[float]
    new_score: Mapped[float]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
