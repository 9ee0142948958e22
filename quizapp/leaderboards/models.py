"""Tables: what is waiting, team-days, seats, standings, and the boards of closed seasons.

All can be thrown away and rebuilt, but for the last: what was closed is kept as it was.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.security import public_id


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
    # What best_k adds up, today and with everything up to the day before; 0 by another method.
    best: Mapped[int] = mapped_column(default=0, server_default="0")
    best_before: Mapped[int] = mapped_column(default=0, server_default="0")
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


class Renamed(db.Model):  # type: ignore[name-defined]
    """A note that names on an organisation's boards changed: rankings in the store name anew."""

    __tablename__ = "leaderboards_renamed"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"), index=True)


class Profile(db.Model):  # type: ignore[name-defined]
    """How an organisation shows its boards; without a row: ``standard``.

    ``light`` shows stars instead of ranks. Scores of the stars are all set or none: by default
    they follow from the rules. ``order`` of the light profile: by name, or another part each day.
    """

    __tablename__ = "leaderboards_profile"
    __table_args__ = (
        CheckConstraint("profile IN ('standard', 'light')", name="profile"),
        CheckConstraint("listing IN ('name', 'rotate')", name="listing"),
        CheckConstraint(
            "(one_star IS NULL AND two_stars IS NULL AND three_stars IS NULL)"
            " OR (0 < one_star AND one_star < two_stars AND two_stars < three_stars)",
            name="stars",
        ),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("org_organisation.id"), primary_key=True, autoincrement=False
    )
    profile: Mapped[str] = mapped_column(String(10), default="standard")
    one_star: Mapped[int | None]
    two_stars: Mapped[int | None]
    three_stars: Mapped[int | None]
    listing: Mapped[str] = mapped_column(String(10), default="name")
    has_leaders: Mapped[bool] = mapped_column(default=False)


class Freeze(db.Model):  # type: ignore[name-defined]
    """Boards of a season that stand still before a ceremony, as of ``frozen_at``.

    ``active_season_id`` is the season while they do and None after the reveal, so that a season is
    frozen once at a time. ``version`` is what readers see instead of the board's own.
    """

    __tablename__ = "leaderboards_freeze"
    __table_args__ = (Index(None, "season_id"), UniqueConstraint("active_season_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"))
    active_season_id: Mapped[int | None] = mapped_column(ForeignKey("points_season.id"))
    version: Mapped[int]
    frozen_at: Mapped[datetime]
    reveals_at: Mapped[datetime | None]  # None: by hand
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    revealed_at: Mapped[datetime | None]
    revealed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))


class FrozenStanding(db.Model):  # type: ignore[name-defined]
    """A row of a frozen board: the standing as it was, read in its place until the reveal."""

    __tablename__ = "leaderboards_frozen_standing"
    __table_args__ = (Index(None, "freeze_id", "bracket", "rank"),)

    freeze_id: Mapped[int] = mapped_column(
        ForeignKey("leaderboards_freeze.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id"), primary_key=True, autoincrement=False
    )
    bracket: Mapped[str] = mapped_column(String(10))
    members: Mapped[int]
    points: Mapped[int]
    member_days: Mapped[int]
    score: Mapped[int]
    rank: Mapped[int]
    rank_before: Mapped[int | None]


class Comparison(db.Model):  # type: ignore[name-defined]
    """What a season's list of improvements compares: ``days`` up to ``until`` with those before."""

    __tablename__ = "leaderboards_comparison"

    season_id: Mapped[int] = mapped_column(
        ForeignKey("points_season.id"), primary_key=True, autoincrement=False
    )
    until: Mapped[date]
    days: Mapped[int]


class Improvement(db.Model):  # type: ignore[name-defined]
    """A team that gained: by how much its score rose. Losses are never written down."""

    __tablename__ = "leaderboards_improvement"
    __table_args__ = (
        Index(None, "season_id", "bracket", "rank"),
        CheckConstraint("gain > 0", name="gain"),
    )

    season_id: Mapped[int] = mapped_column(
        ForeignKey("points_season.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id"), primary_key=True, autoincrement=False
    )
    bracket: Mapped[str] = mapped_column(String(10))
    members: Mapped[int]
    gain: Mapped[int]
    rank: Mapped[int]


class Campaign(db.Model):  # type: ignore[name-defined]
    """A named stretch of days, at most a quarter, with a board of its own.

    ``version`` counts its boards; ``counted_at`` None: not counted yet. ``is_final``: its last
    facts are in, and nothing moves any more.
    """

    __tablename__ = "leaderboards_campaign"
    __table_args__ = (
        Index(None, "organisation_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    title: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None]
    is_final: Mapped[bool] = mapped_column(default=False)


class CampaignUnit(db.Model):  # type: ignore[name-defined]
    """A unit that takes part in a campaign, with all below it."""

    __tablename__ = "leaderboards_campaign_unit"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("leaderboards_campaign.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id"), primary_key=True, autoincrement=False
    )


class CampaignStanding(db.Model):  # type: ignore[name-defined]
    """A team's place in a campaign."""

    __tablename__ = "leaderboards_campaign_standing"
    __table_args__ = (Index(None, "campaign_id", "bracket", "rank"),)

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("leaderboards_campaign.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id"), primary_key=True, autoincrement=False
    )
    bracket: Mapped[str] = mapped_column(String(10))
    members: Mapped[int]
    points: Mapped[int]
    member_days: Mapped[int]
    score: Mapped[int]
    rank: Mapped[int]


class OwnRank(db.Model):  # type: ignore[name-defined]
    """A person who asked to see where the own points lie; the wish of that person alone."""

    __tablename__ = "leaderboards_own_rank"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("accounts_person.id"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)


class PointCount(db.Model):  # type: ignore[name-defined]
    """How many people have so many points in a season, up to a day. It names nobody."""

    __tablename__ = "leaderboards_point_count"

    season_id: Mapped[int] = mapped_column(
        ForeignKey("points_season.id"), primary_key=True, autoincrement=False
    )
    points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
    until: Mapped[date]


class Final(db.Model):  # type: ignore[name-defined]
    """A closed season: what its boards were, sealed by a hash over all of it.

    Names are those of that time. Neither this row nor its lines are ever changed; the migration
    puts triggers on both tables that refuse it.
    """

    __tablename__ = "leaderboards_final"
    __table_args__ = (Index(None, "organisation_id", "ends_on"),)

    season_id: Mapped[int] = mapped_column(
        ForeignKey("points_season.id"), primary_key=True, autoincrement=False
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("org_organisation.id"))
    season_name: Mapped[str] = mapped_column(String(60))
    organisation_name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(20))
    closed_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    ledger_until: Mapped[datetime]  # what came on the ledger later is not in it
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256, in hexadecimal


class FinalRow(db.Model):  # type: ignore[name-defined]
    """A team's place in a closed season. ``units`` are the ids of those that counted in its row.

    ``gain`` is by how much the team came up against the mean of its bracket from the first half of
    the season to the second, in points of the score; None when there was nothing to compare.
    """

    __tablename__ = "leaderboards_final_row"
    __table_args__ = (
        Index(None, "season_id", "bracket", "rank"),
        CheckConstraint("rank > 0", name="rank"),
    )

    season_id: Mapped[int] = mapped_column(
        ForeignKey("points_season.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("org_unit.id"), primary_key=True, autoincrement=False
    )
    bracket: Mapped[str] = mapped_column(String(10))
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    workshop: Mapped[str] = mapped_column(String(80))
    members: Mapped[int]
    points: Mapped[int]
    member_days: Mapped[int]
    score: Mapped[int]
    gain: Mapped[int | None]
    units: Mapped[str] = mapped_column(Text)
