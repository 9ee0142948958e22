"""Tables: what is waiting, team-days, seats, standings. All can be thrown away and rebuilt."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core.db import db


class Dirty(db.Model):  # type: ignore[name-defined]
    """A unit's day that has to be summed again; many rows of one day become one sum."""

    __tablename__ = "leaderboards_dirty"
    __table_args__ = (Index(None, "unit_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    day: Mapped[date]


class UnitDay(db.Model):  # type: ignore[name-defined]
    """What a unit's people earned for it on a learning day, and how many members counted."""

    __tablename__ = "leaderboards_unit_day"

    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    points: Mapped[int]
    members: Mapped[int]


class Seat(db.Model):  # type: ignore[name-defined]
    """Where a unit's points count in a season: its own row, or that of the unit it is merged with.

    Fixed when the season starts, so that a team's bracket does not change under it.
    """

    __tablename__ = "leaderboards_seat"
    __table_args__ = (Index(None, "season_id", "ranked_unit_id"),)

    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    ranked_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))


class Standing(db.Model):  # type: ignore[name-defined]
    """A row of a board. ``rank_before`` is the rank with everything up to the day before."""

    __tablename__ = "leaderboards_standing"
    __table_args__ = (Index(None, "season_id", "bracket", "rank"),)

    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True)
    bracket: Mapped[str] = mapped_column(String(10))
    members: Mapped[int]  # when the season started: what the bracket was chosen by
    points: Mapped[int] = mapped_column(default=0)
    member_days: Mapped[int] = mapped_column(default=0)
    points_before: Mapped[int] = mapped_column(default=0)
    member_days_before: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    rank_before: Mapped[int | None]


class Board(db.Model):  # type: ignore[name-defined]
    """The state of a season's boards: which version, as of when, for which day's window."""

    __tablename__ = "leaderboards_board"

    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    as_of: Mapped[datetime]
    day: Mapped[date]


class BracketMean(db.Model):  # type: ignore[name-defined]
    """The mean a bracket's scores were shrunk to, as the exact fraction that was used."""

    __tablename__ = "leaderboards_bracket_mean"

    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"), primary_key=True)
    bracket: Mapped[str] = mapped_column(String(10), primary_key=True)
    numerator: Mapped[int]
    denominator: Mapped[int]
