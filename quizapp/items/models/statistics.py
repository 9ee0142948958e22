"""Tables: the numbers of an item. All are derived, except the anonymous histogram of times."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db


class ItemStatistic(db.Model):  # type: ignore[name-defined]
    """Sums over the responses to a version on one learning day, of final attempts only.

    The rest score is the mean score of the other items of the same attempt, 0..1. ``options`` is
    JSON: how many were in each of five groups by rest score, and for each option id how many of
    these chose it and what the rest scores of its choosers come to. A day is computed anew as a
    whole, never added to.
    """

    __tablename__ = "items_statistic"
    __table_args__ = (Index(None, "day"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    responses: Mapped[int]
    people: Mapped[int]
    correct: Mapped[int]
    rapid: Mapped[int]
    omitted: Mapped[int] = mapped_column(default=0)
    sum_score: Mapped[float]
    sum_score_squared: Mapped[float]
    sum_rest: Mapped[float]
    sum_rest_squared: Mapped[float]
    sum_product: Mapped[float]
    options: Mapped[str] = mapped_column(Text, default="{}")


class ItemQuality(db.Model):  # type: ignore[name-defined]
    """What the sums of a version come to, for lists: its figures and its flags.

    ``flags`` is JSON: code, figure and parameters of each flag, gravest first, without those that
    somebody let stand. A version with fewer than 30 responses or five people has no row.
    """

    __tablename__ = "items_quality"

    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"), primary_key=True)
    responses: Mapped[int]
    facility: Mapped[float]
    discrimination: Mapped[float | None]
    flags: Mapped[str] = mapped_column(Text, default="[]")


class TimeBucket(db.Model):  # type: ignore[name-defined]
    """How many responses to a version took a time within one bucket; nobody's in particular.

    ``week`` is the Monday of the week they came in.
    """

    __tablename__ = "items_time_bucket"

    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True)
    responses: Mapped[int] = mapped_column(default=0)


class Calibration(db.Model):  # type: ignore[name-defined]
    """The IRT parameters of a version from the last run (D = 1): a, b and their standard errors."""

    __tablename__ = "items_calibration"

    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"), primary_key=True)
    model: Mapped[str] = mapped_column(String(10))
    discrimination: Mapped[float]
    difficulty: Mapped[float]
    discrimination_error: Mapped[float | None]
    difficulty_error: Mapped[float | None]
    responses: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class FlagNote(db.Model):  # type: ignore[name-defined]
    """Why an author let a quality flag stand; it is silent until its figure grows clearly."""

    __tablename__ = "items_flag_note"

    version_id: Mapped[int] = mapped_column(ForeignKey("items_version.id"), primary_key=True)
    flag: Mapped[str] = mapped_column(String(40), primary_key=True)
    note: Mapped[str] = mapped_column(Text)
    figure: Mapped[float]
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
