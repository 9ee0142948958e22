"""The board of a campaign: its teams scored over its own days, by the method of the mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.points import rules as points_rules
from quizapp.points import service as points

from .. import rules
from ..models import Campaign, CampaignStanding, CampaignUnit, Freeze, UnitDay
from . import tables
from .campaigns import CampaignLine, get_campaign
from .rows import Row, row_of
from .shown import ProfileView, get_profile
from .updating import LATE


@dataclass(frozen=True)
class CampaignBoard:
    """The board of a campaign's bracket; rows as on the board of a season."""

    campaign: CampaignLine
    days_left: int
    profile: ProfileView
    bracket: str | None
    brackets: tuple[str, ...]
    teams: int
    rows: list[Row]
    around: list[Row]
    own: Row | None
    next_rank: int | None
    next_score: int | None


@dataclass(frozen=True)
class _Boards:
    """A campaign's rows, as ``tables`` reads boards."""

    campaign_id: int
    profile: ProfileView

    @property
    def table(self) -> Table:
        return CampaignStanding.__table__

    def is_of(self, table: Table) -> Any:
        return table.c.campaign_id == self.campaign_id


def get_campaign_board(
    viewer: Viewer, campaign_public_id: str, bracket: str | None = None
) -> CampaignBoard:
    """Return the board of a campaign; raise LookupError when the organisation has none such."""
    line = get_campaign(viewer, campaign_public_id)
    today = org.today(viewer.organisation_id)
    boards = _Boards(line.id, get_profile(viewer.organisation_id))
    own_id = _own(line.id, viewer)
    found = tables.read_slice(boards, bracket=bracket, own_id=own_id, today=today)
    stars = boards.profile.thresholds if boards.profile.is_light else ()
    rows = [row_of(place, stars) for place in found.rows] if found else []
    own = row_of(found.own, stars) if found and found.own else None
    listed = {row.unit_id for row in rows}
    near = [] if own is None or own.unit_id in listed else [own]
    if found and found.own and near and not stars:
        near = [row_of(place) for place in (*found.above, found.own, *found.below)]
    better = found.better if found and not stars else None
    return CampaignBoard(
        campaign=line,
        days_left=max(0, (line.ends_on - today).days),
        profile=boards.profile,
        bracket=found.bracket if found else None,
        brackets=tuple(found.teams) if found else (),
        teams=found.teams[found.bracket] if found else 0,
        rows=rows,
        around=[row for row in near if row.unit_id not in listed],
        own=own,
        next_rank=better[0] if better else None,
        next_score=better[1] if better else None,
    )


def _own(campaign_id: int, viewer: Viewer) -> int | None:
    """Return the row in which the viewer's team counts: its own, or that of a unit above."""
    ids = [int(part) for part in (viewer.unit_path or "").strip("/").split("/") if part][-2:]
    rows = set(
        db.session.scalars(
            select(CampaignStanding.unit_id).where(
                CampaignStanding.campaign_id == campaign_id, CampaignStanding.unit_id.in_(ids)
            )
        )
    )
    return next((unit_id for unit_id in reversed(ids) if unit_id in rows), None)


def count_campaigns(organisation_id: int) -> int:
    """Bring the boards of the organisation's campaigns up to date; return how many moved.

    Those of a campaign that is over move until the last facts of its days can be in. While the
    boards of the season stand still before a ceremony, these stand still with them.
    """
    today = org.today(organisation_id)
    due = db.session.scalars(
        select(Campaign.id).where(
            Campaign.organisation_id == organisation_id,
            Campaign.starts_on <= today,
            ~Campaign.is_final,
        )
    ).all()
    if not due or _is_frozen(organisation_id, today):
        return 0
    return sum(_count(campaign_id, today) for campaign_id in due)


def _is_frozen(organisation_id: int, today: date) -> bool:
    season = points.season_until(organisation_id, today)
    return season is not None and bool(
        db.session.scalar(select(Freeze.id).where(Freeze.active_season_id == season.id))
    )


@atomic
def _count(campaign_id: int, today: date) -> bool:
    """Score and rank a campaign's teams anew; return whether a row changed."""
    campaign = db.session.get_one(Campaign, campaign_id, with_for_update=True)
    last = min(today, campaign.ends_on)
    lines = _score(campaign, last)
    before = {
        row.unit_id: tuple(row)
        for row in db.session.execute(
            select(CampaignStanding.__table__).where(CampaignStanding.campaign_id == campaign.id)
        )
    }
    names = [column.name for column in CampaignStanding.__table__.columns]
    changed = [
        line for line in lines if before.get(line["unit_id"]) != tuple(line[n] for n in names)
    ]
    gone = before.keys() - {line["unit_id"] for line in lines}
    _write(campaign.id, changed, gone)
    campaign.counted_at = clock.now()
    campaign.is_final = today > campaign.ends_on + LATE
    if changed or gone or campaign.is_final or not campaign.version:
        campaign.version += 1
        return True
    return False


def _write(campaign_id: int, changed: list[dict[str, Any]], gone: Collection[int]) -> None:
    if gone:
        db.session.execute(
            delete(CampaignStanding)
            .where(
                CampaignStanding.campaign_id == campaign_id,
                CampaignStanding.unit_id.in_(sorted(gone)),
            )
            .execution_options(synchronize_session=False)
        )
    if changed:
        statement = insert(CampaignStanding)
        names = ("bracket", "members", "points", "member_days", "score", "rank")
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["campaign_id", "unit_id"],
                set_={name: statement.excluded[name] for name in names},
            ),
            changed,
        )


def _score(campaign: Campaign, last: date) -> list[dict[str, Any]]:
    """Return the rows of a campaign up to ``last``: every bracket scored and ranked."""
    seats, sizes = _seats(campaign)
    days = (last - campaign.starts_on).days + 1
    sums = _sums(campaign, set(seats), last)
    totals: dict[int, list[int]] = {seat: [0, 0] for seat in sizes}
    for unit_id, seat in seats.items():
        earned, members = sums.get(unit_id, (0, 0))
        totals[seat][0] += earned
        totals[seat][1] += members
    lines: list[dict[str, Any]] = []
    for bracket, shrinkage in points_rules.SHRINKAGE.items():
        rows = [seat for seat in sorted(sizes) if points_rules.bracket_of(sizes[seat]) == bracket]
        teams = [points_rules.TeamSum(seat, *totals[seat]) for seat in rows]
        mean = points_rules.bracket_mean(teams)
        scores = {
            team.unit_id: rules.stretch_score(
                team.points, team.member_days, days=days, mean=mean, shrinkage=shrinkage
            )
            for team in teams
        }
        ranks = points_rules.ranks(list(scores.items()))
        lines += [
            {
                "campaign_id": campaign.id,
                "unit_id": team.unit_id,
                "bracket": bracket,
                "members": sizes[team.unit_id],
                "points": team.points,
                "member_days": team.member_days,
                "score": scores[team.unit_id],
                "rank": ranks[team.unit_id],
            }
            for team in teams
        ]
    return lines


def _seats(campaign: Campaign) -> tuple[dict[int, int], dict[int, int]]:
    """Return under which row each unit counts, and the members of each row.

    Sizes are those of the first day, so a team's bracket is fixed; units with fewer than five
    people are merged with the unit above them, as on the board of a season.
    """
    members = org.count_eligible(campaign.organisation_id, campaign.starts_on)
    units = db.session.execute(
        select(Unit.id, Unit.parent_id, Unit.path).where(
            Unit.organisation_id == campaign.organisation_id
        )
    ).all()
    placed = rules.seats(
        [rules.Sized(row.id, row.parent_id, members.get(row.id, 0)) for row in units]
    )
    scope = db.session.scalars(
        select(Unit.path)
        .join(CampaignUnit, CampaignUnit.unit_id == Unit.id)
        .where(CampaignUnit.campaign_id == campaign.id)
    ).all()
    seats: dict[int, int] = {}
    sizes: dict[int, int] = defaultdict(int)
    for row in units:
        seat = placed[row.id]
        if members.get(row.id) and seat and any(row.path.startswith(path) for path in scope):
            seats[row.id] = seat
            sizes[seat] += members[row.id]
    small = {seat for seat, size in sizes.items() if size < rules.MIN_MEMBERS}
    return (
        {unit: seat for unit, seat in seats.items() if seat not in small},
        {seat: size for seat, size in sizes.items() if seat not in small},
    )


def _sums(campaign: Campaign, units: set[int], last: date) -> dict[int, tuple[int, int]]:
    """Return points and member-days of units over a campaign's days.

    Days that the boards have summed are taken from there; the others, between two seasons, from
    the ledger and the memberships.
    """
    days = UnitDay.day.between(campaign.starts_on, last)
    mine = Unit.organisation_id == campaign.organisation_id
    known = set(
        db.session.scalars(
            select(UnitDay.day).join(Unit, Unit.id == UnitDay.unit_id).where(mine, days).distinct()
        )
    )
    found: dict[int, tuple[int, int]] = {}
    rows = db.session.execute(
        select(UnitDay.unit_id, func.sum(UnitDay.points), func.sum(UnitDay.members))
        .join(Unit, Unit.id == UnitDay.unit_id)
        .where(mine, days)
        .group_by(UnitDay.unit_id)
    )
    for unit_id, earned, members in rows:
        found[unit_id] = (int(earned), int(members))
    for day in _days(campaign.starts_on, last):
        if day not in known:
            _add_day(found, campaign.organisation_id, units, day)
    return found


def _add_day(
    found: dict[int, tuple[int, int]], organisation_id: int, units: set[int], day: date
) -> None:
    earned = points.sums_of_unit_days([(unit_id, day) for unit_id in sorted(units)])
    members = org.count_eligible(organisation_id, day)
    for unit_id in units:
        so_far = found.get(unit_id, (0, 0))
        found[unit_id] = (
            so_far[0] + earned[unit_id, day],
            so_far[1] + members.get(unit_id, 0),
        )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
