"""Marking by people: anonymous scripts, marks, what came of them, and appeals."""

from __future__ import annotations

from datetime import datetime

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

FIRST, SECOND, ADJUDICATION, APPEAL = "first", "second", "adjudication", "appeal"  # rounds
DONE, SETTLED = "done", "settled"  # a script that needs nobody; one whose attempt has its score
AWAITED, UPHELD, DECLINED = "open", "upheld", "declined"  # of an appeal


class Script(db.Model):  # type: ignore[name-defined]
    """A response that a person has to mark, under a name that says nothing about who wrote it.

    ``stage`` is the round it waits for, or ``done`` and ``settled``. ``place`` orders a queue by a
    seeded hash, never by time or person. ``person_id`` has it open since ``claimed_at``: for a
    while nobody else gets it. ``draft`` is JSON of a mark that its marker took back.
    """

    __tablename__ = "quizzes_script"
    __table_args__ = (
        Index(None, "blueprint_id", "stage", "place"),
        Index(None, "attempt_id"),
        Index(None, "stage", "marked_at"),
        CheckConstraint(
            "stage IN ('first', 'second', 'adjudication', 'done', 'settled')", name="stage"
        ),
        CheckConstraint("(person_id IS NULL) = (claimed_at IS NULL)", name="claim"),
    )

    response_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("quizzes_response.id"), primary_key=True, autoincrement=False
    )
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("quizzes_attempt.id"))
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("quizzes_blueprint.id"))
    place: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(String(12), default=FIRST)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    claimed_at: Mapped[datetime | None]
    draft: Mapped[str] = mapped_column(Text, default="")
    marked_at: Mapped[datetime | None]  # of the last mark; it may be taken back for a while


class Mark(db.Model):  # type: ignore[name-defined]
    """What a person gave a response in a round. Nobody marks a response twice.

    ``points`` is JSON: for each text to mark, the points of its criteria; of an appeal about what
    needed no marking, the one new score. ``note`` is for the other markers only.
    """

    __tablename__ = "quizzes_mark"
    __table_args__ = (
        UniqueConstraint("response_id", "round"),
        UniqueConstraint("response_id", "marker_id"),
        Index(None, "marker_id", "at"),
        CheckConstraint("round IN ('first', 'second', 'adjudication', 'appeal')", name="round"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    response_id: Mapped[int] = mapped_column(BigKey, ForeignKey("quizzes_response.id"))
    round: Mapped[str] = mapped_column(String(12))
    marker_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    points: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Settlement(db.Model):  # type: ignore[name-defined]
    """An attempt all of whose texts are marked: it has its score since ``at``.

    ``seen_at`` is when its person has read the notice, None before.
    """

    __tablename__ = "quizzes_settlement"
    __table_args__ = (Index(None, "person_id", "seen_at"),)

    attempt_id: Mapped[int] = mapped_column(
        ForeignKey("quizzes_attempt.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]


class Appeal(db.Model):  # type: ignore[name-defined]
    """A learner asks to look at a score again; each response once.

    ``handler_id`` is who answered it. ``seen_at`` is when its person has read the answer.
    """

    __tablename__ = "quizzes_appeal"
    __table_args__ = (
        Index(None, "blueprint_id", "state"),
        Index(None, "person_id", "state"),
        CheckConstraint("state IN ('open', 'upheld', 'declined')", name="state"),
        CheckConstraint("(state = 'open') = (handled_at IS NULL)", name="handled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    response_id: Mapped[int] = mapped_column(BigKey, ForeignKey("quizzes_response.id"), unique=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("quizzes_blueprint.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=AWAITED)
    answer: Mapped[str] = mapped_column(String(500), default="")
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    handled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
