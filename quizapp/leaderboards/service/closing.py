"""Closing a season: its boards are written down once, sealed by a hash, and never change again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.events import announce
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from ..events import BoardsMoved, Honour, SeasonClosed
from ..models import Board, Final, FinalRow
from .sealing import seal
from .seating import known_seats, seat_units
from .settling import Line, final_lines, settle_standings
from .updating import BOARDS, LATE

HONOURED = 3  # places of a bracket on the honours sheet; ties share one
# An entry that a transaction is still writing while a season is closed bears an earlier moment. No
# transaction lasts this long, so what is counted is what any later look at the ledger finds again.
SETTLED = timedelta(minutes=1)


@dataclass(frozen=True)
class FinalTeam:
    """A team's place in a closed season, under its name of that time.

    ``gain`` is by how much it came up against the mean of its bracket from the first half of the
    season to the second, in points of the score; None: nothing to compare.
    """

    unit_id: int
    bracket: str
    rank: int
    name: str
    workshop: str
    members: int
    score: int
    gain: int | None
    is_tied: bool
    is_most_improved: bool


@dataclass(frozen=True)
class FinalBracket:
    """A bracket of a closed season: all rows by rank, those honoured, and the most improved."""

    bracket: str
    rows: tuple[FinalTeam, ...]
    honours: tuple[FinalTeam, ...]  # ranks 1 to 3, with ties
    most_improved: tuple[FinalTeam, ...]  # one, or several that gained the same; may be empty


@dataclass(frozen=True)
class FinalBoards:
    """The boards of a closed season; ``ends_on`` is its last day, ``hash`` seals them."""

    season_id: int
    season_public_id: str
    season_name: str
    organisation_name: str
    starts_on: date
    ends_on: date
    method: str
    closed_at: datetime
    hash: str
    brackets: tuple[FinalBracket, ...]


@atomic
def close_season(viewer: Viewer, season_public_id: str) -> str:
    """Freeze the boards of a season that is over and return their hash.

    Raises LookupError when the viewer's organisation has no such season, and Refusal, with the
    day from which it can be closed, while late answers may still come, or when it is closed.
    """
    season = points.get_season_of(viewer.organisation_id, season_public_id)
    opens_on = closes_from(season)
    if season.closed_at is None and org.today(season.organisation_id) < opens_on:
        raise Refusal(
            _(
                "Answers given in time may arrive until %(last)s. "
                "The season can be closed from %(day)s on.",
                last=format_date(opens_on - timedelta(days=1), "long"),
                day=format_date(opens_on, "long"),
            )
        )
    return freeze(season, ledger_until=clock.now() - SETTLED, actor_id=viewer.id)


def closes_from(season: SeasonView) -> date:
    """Return the first learning day on which a season can be closed.

    A set of its last day may arrive up to two days later, and is closed in the day after.
    """
    return season.ends_on + LATE + timedelta(days=1)


@atomic
def freeze(season: SeasonView, *, ledger_until: datetime, actor_id: int | None) -> str:
    """Write down the boards of a season, counting the ledger as it was at ``ledger_until``."""
    lock_for_command(BOARDS, 0)
    at = clock.now()
    points.mark_closed(season.id, at)
    seat_units(season)
    seated = known_seats(season.id)
    lines = final_lines(season, seated, until=ledger_until)
    rows = _rows(season, seated, lines)
    if rows:
        db.session.execute(insert(FinalRow), rows)
    final = Final(
        season_id=season.id,
        organisation_id=season.organisation_id,
        season_name=season.name,
        organisation_name=org.get_organisation(season.organisation_id).name,
        starts_on=season.starts_on,
        ends_on=season.ends_on,
        method=season.method,
        closed_at=at,
        closed_by=actor_id,
        ledger_until=ledger_until,
        hash="",
    )
    final.hash = seal(final, [FinalRow(**row) for row in rows])
    db.session.add(final)
    db.session.flush()
    settle_standings(season, lines)
    _show_anew(season.id)
    audit.record(
        "leaderboards.season_closed",
        f"season:{season.public_id}",
        actor_id=actor_id,
        name=season.name,
        hash=final.hash,
    )
    announce(
        SeasonClosed(
            season_id=season.id,
            season_public_id=season.public_id,
            season_name=season.name,
            organisation_id=season.organisation_id,
            ended_on=season.ends_on,
            honours=list_honours(season.id),
        )
    )
    return final.hash


def _rows(
    season: SeasonView, seated: dict[int, int | None], lines: list[Line]
) -> list[dict[str, object]]:
    """Return the rows to write down, with the names of this moment."""
    counted: dict[int, list[int]] = defaultdict(list)
    for unit_id, seat in seated.items():
        if seat is not None:
            counted[seat].append(unit_id)
    names = _names(season.organisation_id)
    return [
        {
            "season_id": season.id,
            "unit_id": line.unit_id,
            "bracket": line.bracket,
            "rank": line.rank,
            "name": names[line.unit_id][0],
            "workshop": names.get(names[line.unit_id][1] or 0, ("", None))[0],
            "members": line.members,
            "points": line.points,
            "member_days": line.member_days,
            "score": line.score,
            "gain": line.gain,
            "units": " ".join(str(unit_id) for unit_id in sorted(counted[line.unit_id])),
        }
        for line in lines
    ]


def _show_anew(season_id: int) -> None:
    """Give the boards that are still on show a new version: they are the closed ones now."""
    board = db.session.get(Board, season_id)
    if board is not None:
        board.version += 1
        announce(BoardsMoved(season_id=season_id, version=board.version))


def _names(organisation_id: int) -> dict[int, tuple[str, int | None]]:
    """Return name and unit above of every unit, open or closed."""
    units = db.session.execute(
        select(Unit.id, Unit.name, Unit.parent_id).where(Unit.organisation_id == organisation_id)
    )
    return {row.id: (row.name, row.parent_id) for row in units}


def get_final(viewer: Viewer, season_public_id: str) -> FinalBoards:
    """Return the boards of a closed season of the viewer's organisation.

    Raises LookupError when it has no such season, or the season is not closed.
    """
    season = points.get_season_of(viewer.organisation_id, season_public_id)
    final = db.session.get(Final, season.id)
    if final is None:
        raise LookupError(f"season {season_public_id} is not closed")
    teams = _teams(season.id)
    return FinalBoards(
        season_id=season.id,
        season_public_id=season.public_id,
        season_name=final.season_name,
        organisation_name=final.organisation_name,
        starts_on=final.starts_on,
        ends_on=final.ends_on,
        method=final.method,
        closed_at=final.closed_at,
        hash=final.hash,
        brackets=tuple(
            _bracket(bracket, [team for team in teams if team.bracket == bracket])
            for bracket in points_rules.SHRINKAGE
            if any(team.bracket == bracket for team in teams)
        ),
    )


def _bracket(bracket: str, teams: list[FinalTeam]) -> FinalBracket:
    return FinalBracket(
        bracket=bracket,
        rows=tuple(teams),
        honours=tuple(team for team in teams if team.rank <= HONOURED),
        most_improved=tuple(team for team in teams if team.is_most_improved),
    )


def _teams(season_id: int) -> list[FinalTeam]:
    """Return all places of a closed season by rank, ties by name."""
    rows = db.session.scalars(
        select(FinalRow)
        .where(FinalRow.season_id == season_id)
        .order_by(FinalRow.bracket, FinalRow.rank, FinalRow.name, FinalRow.unit_id)
    ).all()
    places: dict[tuple[str, int], int] = defaultdict(int)
    best: dict[str, int] = defaultdict(int)
    for row in rows:
        places[row.bracket, row.rank] += 1
        best[row.bracket] = max(best[row.bracket], row.gain or 0)
    return [
        FinalTeam(
            unit_id=row.unit_id,
            bracket=row.bracket,
            rank=row.rank,
            name=row.name,
            workshop=row.workshop,
            members=row.members,
            score=row.score,
            gain=row.gain,
            is_tied=places[row.bracket, row.rank] > 1,
            is_most_improved=bool(row.gain and row.gain > 0 and row.gain == best[row.bracket]),
        )
        for row in rows
    ]


def list_honours(season_id: int) -> tuple[Honour, ...]:
    """Return the first three places of each bracket of a closed season, ties included."""
    rows = db.session.execute(
        select(FinalRow.unit_id, FinalRow.bracket, FinalRow.rank)
        .where(FinalRow.season_id == season_id, FinalRow.rank <= HONOURED)
        .order_by(FinalRow.bracket, FinalRow.rank, FinalRow.unit_id)
    )
    return tuple(Honour(unit_id=row.unit_id, bracket=row.bracket, rank=row.rank) for row in rows)
