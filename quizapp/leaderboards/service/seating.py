"""Seating units in a season: under whose name points count, and which rows a board has."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import delete, select

from quizapp.core.db import db, insert
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.points import rules as points_rules
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Seat, Standing


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


def seat_units(season: SeasonView) -> dict[int, int | None]:
    """Seat every unit that has people and open a row for each that is ranked; return the seats.

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
    if seated != known_seats(season.id):
        _write_seats(season.id, seated)
    # A merger changes nobody's bracket: only those count who were in the row from the beginning.
    members = {size.id: size.members for size in sizes if begun[size.id] == placed[size.id]}
    _open_rows(season, seated, members)
    return seated


def _write_seats(season_id: int, seated: dict[int, int | None]) -> None:
    db.session.execute(delete(Seat).where(Seat.season_id == season_id))
    rows = [
        {"season_id": season_id, "unit_id": unit, "ranked_unit_id": seat}
        for unit, seat in seated.items()
    ]
    if rows:
        db.session.execute(insert(Seat), rows)


def known_seats(season_id: int) -> dict[int, int | None]:
    """Return under which unit each seated unit's points count; None: it has no row."""
    rows = db.session.execute(
        select(Seat.unit_id, Seat.ranked_unit_id).where(Seat.season_id == season_id)
    )
    return {unit: seat for unit, seat in rows}


def _open_rows(season: SeasonView, seated: dict[int, int | None], members: dict[int, int]) -> None:
    """Write size and bracket of every ranked unit; a unit that is ranked no more loses its row."""
    total: dict[int, int] = defaultdict(int)
    for unit, seat in seated.items():
        if seat is not None:
            total[seat] += members.get(unit, 0)
    ranked = select(Seat.ranked_unit_id).where(
        Seat.season_id == season.id, Seat.ranked_unit_id.is_not(None)
    )
    db.session.execute(
        delete(Standing)
        .where(Standing.season_id == season.id, Standing.unit_id.not_in(ranked))
        .execution_options(synchronize_session=False)
    )
    empty = dict.fromkeys(
        ("points", "member_days", "points_before", "member_days_before", "score", "rank"), 0
    )
    rows = [
        {
            **empty,
            "season_id": season.id,
            "unit_id": seat,
            "bracket": points_rules.bracket_of(number),
            "members": number,
        }
        for seat, number in sorted(total.items())
    ]
    if rows:
        statement = insert(Standing)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["season_id", "unit_id"],
                set_={
                    "bracket": statement.excluded.bracket,
                    "members": statement.excluded.members,
                },
            ),
            rows,
        )
