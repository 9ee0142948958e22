"""Seating units in a season: under whose name points count, and which rows a board has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from quizapp.core.db import db, insert, survey
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.points import rules as points_rules
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Seat, Standing

MANY = 500  # rows that are new at once, from which on the database has to look at them
CHUNK = 5000  # units named in one statement: below every database's limit of parameters


def _sizes(season: SeasonView) -> list[rules.Sized]:
    """Return every unit with its members on the season's first day, or on its own first day.

    Who is at a long rest that day is a member all the same: the size of a crew does not depend on
    which half of its rotation a season begins in.
    """
    members = org.count_eligible(season.organisation_id, season.starts_on, with_resting=True)
    later: dict[date, set[int]] = defaultdict(set)
    for unit_id, day in org.first_days(season.organisation_id, season.starts_on).items():
        if unit_id not in members:
            later[day].add(unit_id)
    for day, unit_ids in later.items():
        counted = org.eligible_members(unit_ids, day, day, with_resting=True)
        members.update({unit_id: counted.get((unit_id, day), 0) for unit_id in unit_ids})
    units = db.session.execute(
        select(Unit.id, Unit.parent_id).where(Unit.organisation_id == season.organisation_id)
    )
    return [rules.Sized(row.id, row.parent_id, members.get(row.id, 0)) for row in units]


@dataclass(frozen=True)
class Seating:
    """What seating changed: ``new`` units had no seat before; ``is_changed`` by a seat or a row."""

    new: frozenset[int]
    is_changed: bool


def seat_units(season: SeasonView) -> Seating:
    """Seat every unit that has people and open a row for each that is ranked.

    The same people give the same seats at any time: sizes are those of the season's first day, or
    of a unit's own first day, so a unit that came later is seated among those that are there. A
    unit that was merged meanwhile brings its points, and the days they were earned in, to the row
    of its successor, whose bracket stays; a row that holds several small units stays as it is.
    """
    sizes = _sizes(season)
    begun = rules.seats(sizes)
    until = min(season.ends_on, org.today(season.organisation_id))
    placed = rules.follow(begun, org.successors(season.organisation_id, until))
    populated = {size.id for size in sizes if size.members} | {
        seat for seat in placed.values() if seat
    }
    seated = {unit: seat for unit, seat in placed.items() if unit in populated}
    known = known_seats(season.id)
    if seated != known:
        _write_seats(season.id, seated, known)
    # A merger changes nobody's bracket: only those count who were in the row from the beginning.
    members = {size.id: size.members for size in sizes if begun[size.id] == placed[size.id]}
    written = _open_rows(season.id, seated, members)
    if written > MANY:
        survey(Seat, Standing)
    return Seating(
        new=frozenset(seated.keys() - known.keys()), is_changed=seated != known or written > 0
    )


def _write_seats(
    season_id: int, seated: dict[int, int | None], known: dict[int, int | None]
) -> None:
    """Bring the seats from ``known`` to ``seated``; a seat that stays is not written."""
    gone = sorted(known.keys() - seated.keys())
    for start in range(0, len(gone), CHUNK):
        db.session.execute(
            delete(Seat)
            .where(Seat.season_id == season_id, Seat.unit_id.in_(gone[start : start + CHUNK]))
            .execution_options(synchronize_session=False)
        )
    rows = [
        {"season_id": season_id, "unit_id": unit, "ranked_unit_id": seat}
        for unit, seat in sorted(seated.items())
        if unit not in known or known[unit] != seat
    ]
    if rows:
        statement = insert(Seat)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["season_id", "unit_id"],
                set_={"ranked_unit_id": statement.excluded.ranked_unit_id},
            ),
            rows,
        )


def known_seats(season_id: int, unit_ids: Collection[int] | None = None) -> dict[int, int | None]:
    """Return under which unit the points of seated units count (None: all); None: it has no row."""
    statement = select(Seat.unit_id, Seat.ranked_unit_id).where(Seat.season_id == season_id)
    if unit_ids is not None:
        statement = statement.where(Seat.unit_id.in_(sorted(unit_ids)))
    return {unit: seat for unit, seat in db.session.execute(statement)}


def _open_rows(season_id: int, seated: dict[int, int | None], members: dict[int, int]) -> int:
    """Write size and bracket of ranked units, where they changed; return how many rows changed.

    A unit that is ranked no more loses its row.
    """
    total: dict[int, int] = defaultdict(int)
    for unit, seat in seated.items():
        if seat is not None:
            total[seat] += members.get(unit, 0)
    ranked = select(Seat.ranked_unit_id).where(
        Seat.season_id == season_id, Seat.ranked_unit_id.is_not(None)
    )
    gone = db.session.execute(
        delete(Standing)
        .where(Standing.season_id == season_id, Standing.unit_id.not_in(ranked))
        .execution_options(synchronize_session=False)
    )
    known = {
        row.unit_id: (row.bracket, row.members)
        for row in db.session.execute(
            select(Standing.unit_id, Standing.bracket, Standing.members).where(
                Standing.season_id == season_id
            )
        )
    }
    wanted = {seat: (points_rules.bracket_of(size), size) for seat, size in sorted(total.items())}
    changed = {seat: row for seat, row in wanted.items() if known.get(seat) != row}
    _write_rows(season_id, changed)
    return len(changed) + int(gone.rowcount)  # type: ignore[attr-defined]


def _write_rows(season_id: int, rows: dict[int, tuple[str | None, int]]) -> None:
    """Write bracket and size of standings by unit; what a new one earned is summed afterwards."""
    empty = dict.fromkeys(
        ("points", "member_days", "points_before", "member_days_before", "score", "rank"), 0
    )
    statement = insert(Standing)
    statement = statement.on_conflict_do_update(
        index_elements=["season_id", "unit_id"],
        set_={"bracket": statement.excluded.bracket, "members": statement.excluded.members},
    )
    listed = [
        {**empty, "season_id": season_id, "unit_id": unit, "bracket": bracket, "members": members}
        for unit, (bracket, members) in rows.items()
    ]
    for start in range(0, len(listed), CHUNK):
        db.session.execute(statement, listed[start : start + CHUNK])
