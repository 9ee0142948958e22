"""Quizzes and who may take them, forms, attempts, responses, and time given back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import BigKey, db
from quizapp.core.security import public_id

OPEN, FINISHED, CLOSED = "open", "finished", "closed"  # of an attempt
DRAFT, PUBLISHED = "draft", "published"  # of a quiz, which ends as CLOSED too
NEW, REVIEW, RETEST = "new", "review", "retest"  # why an item is on a form


class QuizBlueprint(db.Model):  # type: ignore[name-defined]
    """A quiz: how its forms are assembled, when and how it is taken, what it tells and when.

    An organisation has one of each built-in mode (daily, challenge, ...), always published; the
    others are written on the assembly desk. ``rules`` is JSON of a ``question_bank`` Blueprint;
    once published it does not change, so a process may keep it. ``limit_seconds`` None: no clock;
    ``attempts_allowed`` None: any number; ``cut_score`` is the share of the score that passes,
    None: there is no passing. The three ``tells_*`` name what a learner is told in a phase:
    while it is taken, once it is handed in, once the quiz has closed.
    """

    __tablename__ = "quizzes_blueprint"
    __table_args__ = (
        UniqueConstraint("organisation_id", "mode", "name"),
        Index(None, "organisation_id", "state", "closes_at"),
        Index(None, "unit_id"),
        CheckConstraint("state IN ('draft', 'published', 'closed')", name="state"),
        CheckConstraint("limit_seconds IS NULL OR limit_seconds > 0", name="limit"),
        CheckConstraint("grace_seconds >= 0", name="grace"),
        CheckConstraint("cut_score IS NULL OR (cut_score >= 0 AND cut_score <= 1)", name="cut"),
        CheckConstraint("mode <> 'statutory' OR legal_basis <> ''", name="legal_basis"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))  # whose quiz it is
    author_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    mode: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default=PUBLISHED)
    rules: Mapped[str] = mapped_column(Text)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    limit_seconds: Mapped[int | None]
    grace_seconds: Mapped[int] = mapped_column(default=60)
    attempts_allowed: Mapped[int | None]
    cut_score: Mapped[float | None]
    tells_during: Mapped[str] = mapped_column(String(60), default="")
    tells_after: Mapped[str] = mapped_column(String(60), default="")
    tells_closed: Mapped[str] = mapped_column(String(60), default="")
    markers: Mapped[int] = mapped_column(default=1)  # how many mark each essay, blind
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)  # grows with every save on the desk
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]


class Audience(db.Model):  # type: ignore[name-defined]
    """A unit whose people, with all below it, may take a quiz; ``role`` empty: all of them.

    A quiz without a row here is for the whole organisation.
    """

    __tablename__ = "quizzes_audience"
    __table_args__ = (Index(None, "unit_id"),)

    blueprint_id: Mapped[int] = mapped_column(ForeignKey("quizzes_blueprint.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True, default="")


class Accommodation(db.Model):  # type: ignore[name-defined]
    """More time for a person in every timed quiz: ``factor`` 1.25 or 1.5, 0 for no clock at all.

    Why is nobody's business and has no column.
    """

    __tablename__ = "quizzes_accommodation"
    __table_args__ = (CheckConstraint("factor IN (0, 1.25, 1.5)", name="factor"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"), primary_key=True)
    factor: Mapped[float]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)


class Form(db.Model):  # type: ignore[name-defined]
    """An assembled form: the seed it came from, and below it the item versions in order."""

    __tablename__ = "quizzes_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("quizzes_blueprint.id"))
    seed: Mapped[str] = mapped_column(String(80))
    length: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class FormItem(db.Model):  # type: ignore[name-defined]
    """The item version at a position (from 1) of a form, and the seed that orders its options.

    ``purpose`` says why it is there: new, a review that the memory model asked for, or a re-test
    after a month, of which nothing but a mean is ever told.
    """

    __tablename__ = "quizzes_form_item"
    __table_args__ = (
        Index(None, "item_version_id"),
        CheckConstraint("purpose IN ('new', 'review', 'retest')", name="purpose"),
    )

    form_id: Mapped[int] = mapped_column(ForeignKey("quizzes_form.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"))
    item_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    option_seed: Mapped[int]
    section: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[str] = mapped_column(String(10), default=NEW)


class Attempt(db.Model):  # type: ignore[name-defined]
    """A person's go at a form. ``slot`` makes "one scored set a learning day" a unique key.

    ``unit_id`` is the team on that day: the result stays there. The deadline is fixed at the start
    and moves only when an outage gives time back (``credited_seconds`` of it so far). A response
    counts until ``grace_seconds`` after the deadline. ``is_timed``: a clock is shown and outages
    count. ``number`` counts a person's attempts at the same quiz, from 1.
    """

    __tablename__ = "quizzes_attempt"
    __table_args__ = (
        UniqueConstraint("person_id", "slot"),
        Index(None, "state", "deadline_at"),
        Index(None, "person_id", "day"),
        Index(None, "person_id", "id"),  # a person's own history, newest first
        Index(None, "blueprint_id", "person_id"),
        Index(None, "is_timed", "deadline_at"),
        Index(None, "day"),
        CheckConstraint("state IN ('open', 'finished', 'closed')", name="state"),
        CheckConstraint("(state = 'open') = (finished_at IS NULL)", name="finished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("quizzes_blueprint.id"))
    form_id: Mapped[int] = mapped_column(ForeignKey("quizzes_form.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    mode: Mapped[str] = mapped_column(String(20))
    slot: Mapped[str | None] = mapped_column(String(40))  # None: a practice, any number of them
    number: Mapped[int] = mapped_column(default=1)
    day: Mapped[date]
    length: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    deadline_at: Mapped[datetime]
    grace_seconds: Mapped[int] = mapped_column(default=0)
    is_timed: Mapped[bool] = mapped_column(default=False)
    credited_seconds: Mapped[int] = mapped_column(default=0)
    flags: Mapped[str] = mapped_column(String(400), default="")  # positions to come back to
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    finished_at: Mapped[datetime | None]
    score: Mapped[float | None]  # sum of the responses that count, 0..length
    is_passed: Mapped[bool | None]  # None: there is no passing, or marks are missing
    awaits_marking: Mapped[bool] = mapped_column(default=False)


class Response(db.Model):  # type: ignore[name-defined]
    """What a person gave at a position, and how it was graded. First come, first kept.

    Where a quiz lets answers be changed until they are handed in, the highest ``sequence`` counts
    and what it replaced goes to ``Revision``. ``is_pending``: a person has to mark it, and its
    score is 0 until then. ``is_confident`` None: not asked. ``received_at`` goes seven days after
    the attempt is final; the flags stay.
    """

    __tablename__ = "quizzes_response"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "submission_uuid"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt.id"))
    position: Mapped[int]
    item_version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))
    submission_uuid: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    given: Mapped[str] = mapped_column(Text)  # JSON: the option ids, sorted
    score: Mapped[float]
    is_correct: Mapped[bool]
    is_rapid: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    is_confident: Mapped[bool | None]
    is_pending: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime | None]


class Revision(db.Model):  # type: ignore[name-defined]
    """A response that a later one of the same person replaced, or that came too late to replace.

    So that every submission that was acknowledged is still there, and its repetition recognised.
    """

    __tablename__ = "quizzes_revision"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt.id"), primary_key=True)
    submission_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int]
    sequence: Mapped[int] = mapped_column(BigInteger)
    given: Mapped[str] = mapped_column(Text)
    is_late: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)


class Outage(db.Model):  # type: ignore[name-defined]
    """A stretch in which the server could not be reached: found by its missing beats, or entered.

    ``recorded_by`` None: found. ``reason`` is shown to those who got time back.
    """

    __tablename__ = "quizzes_outage"
    __table_args__ = (
        UniqueConstraint("began_at", "ended_at"),
        CheckConstraint("ended_at > began_at", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Credit(db.Model):  # type: ignore[name-defined]
    """The time an outage gave back to an attempt; a row makes it happen once."""

    __tablename__ = "quizzes_credit"
    __table_args__ = (Index(None, "attempt_id"),)

    outage_id: Mapped[int] = mapped_column(ForeignKey("quizzes_outage.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt.id"), primary_key=True)
    seconds: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Beat(db.Model):  # type: ignore[name-defined]
    """The last sign of life of the web servers, by the database's clock; one row."""

    __tablename__ = "quizzes_beat"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


class Regrade(db.Model):  # type: ignore[name-defined]
    """A response that gained: the key of its item was corrected, or an appeal upheld.

    Nobody ever loses. Exactly one of ``correction_id`` and ``appeal_id`` says why; ``seen_at`` is
    when its person has read the notice, None before.
    """

    __tablename__ = "quizzes_regrade"
    __table_args__ = (
        UniqueConstraint("response_id", "correction_id"),
        Index(None, "person_id", "seen_at"),
        Index(None, "correction_id"),
        CheckConstraint("new_score >= old_score", name="favour"),
        CheckConstraint("(correction_id IS NULL) <> (appeal_id IS NULL)", name="cause"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(BigKey, ForeignKey("quizzes_response.id"))
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("items_correction.id"))
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("quizzes_appeal.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    old_score: Mapped[float]
    new_score: Mapped[float]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
