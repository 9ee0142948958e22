"""Tables: what each person knows of each item, how they like to learn, and sums of re-tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core.db import db

from .rules import Meeting


class MasteryCard(db.Model):  # type: ignore[name-defined]
    """What a person knows of an item they met; all of it follows from ``history``.

    ``history`` is JSON, a list for each attempt that counted: the day as a number, the attempt, the
    rating, the version shown, and for a cold re-test the team. So an attempt that is told twice, or
    late, changes nothing twice. The other columns are what rules.fold makes of it, there for the
    indexes; what else is asked of a person's cards goes by the key, which begins with the person.
    Nothing here is finer than a learning day.
    """

    __tablename__ = "mastery_card"
    __table_args__ = (
        Index(None, "person_id", "due_on"),
        Index(None, "person_id", "last_seen_on"),
        Index(None, "person_id", "is_mistake", "due_on"),
        CheckConstraint("stability IS NULL OR stability > 0", name="stability"),
        CheckConstraint("(stability IS NULL) = (due_on IS NULL)", name="due"),
        CheckConstraint("NOT is_mistake OR mastered_on IS NULL", name="mastered"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items_item.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"))  # the one last seen
    stability: Mapped[float | None]
    difficulty: Mapped[float | None]
    due_on: Mapped[date | None]
    last_seen_on: Mapped[date]
    answered_on: Mapped[date | None]  # None: only glanced at so far
    last_rating: Mapped[int | None]
    reps: Mapped[int]
    lapses: Mapped[int]
    streak: Mapped[int]
    is_mistake: Mapped[bool]
    mastered_on: Mapped[date | None]
    retested_on: Mapped[date | None]
    history: Mapped[str] = mapped_column(Text)


class MasterySetting(db.Model):  # type: ignore[name-defined]
    """How a person likes to learn. Without a row: nobody asks how sure they are, nothing pauses.

    ``pauses_until`` is the last day without reviews; it is no absence and nobody counts it.
    """

    __tablename__ = "mastery_setting"

    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"), primary_key=True)
    asks_confidence: Mapped[bool] = mapped_column(default=False)
    pauses_until: Mapped[date | None]


class Retest(db.Model):  # type: ignore[name-defined]
    """How the cold re-tests of a team went in a month: how many people, answers, right ones.

    ``month`` is its first day, ``correct`` how many answers were right. A person counts in one team
    a month, the first they were asked in.
    """

    __tablename__ = "mastery_retest"
    __table_args__ = (
        Index(None, "month"),
        CheckConstraint("0 <= people AND people <= answered", name="people"),
        CheckConstraint("0 <= correct AND correct <= answered", name="correct"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    correct: Mapped[int] = mapped_column(default=0)


def write_history(meetings: Iterable[Meeting]) -> str:
    """Return meetings as a card keeps them."""
    return json.dumps(
        [
            [m.day.toordinal(), m.source, m.rating, m.version_id]
            + ([] if m.retest_unit is None else [m.retest_unit])
            for m in meetings
        ],
        separators=(",", ":"),
    )


def read_history(text: str) -> list[Meeting]:
    """Return the meetings that a card keeps."""
    return [
        Meeting(date.fromordinal(day), source, rating, version_id, *unit)
        for day, source, rating, version_id, *unit in json.loads(text)
    ]
