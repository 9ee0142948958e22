"""Reading boards from the tables: the truth, and what is read when the store has no ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, null, select
from sqlalchemy.orm import aliased

from quizapp.core.db import db
from quizapp.org.models import Unit
from quizapp.points import rules as points_rules

from .. import rules
from .rows import Place, Slice
from .shown import Boards

TOP = 50
AROUND = 2
LEADERS = 3
MOST_LEADERS = 10  # rows, should very many teams share the first three places

Above = aliased(Unit)


def read_slice(
    shown: Boards, *, bracket: str | None, own_id: int | None, today: date
) -> Slice | None:
    """Return the rows of a bracket that a page shows; None when nobody is ranked.

    The bracket is ``bracket`` when it has teams, else that of ``own_id``, else the first one.
    """
    counted = count_brackets(shown)
    if not counted:
        return None
    own = find_own(shown, own_id)
    chosen = bracket if bracket in counted else own.bracket if own else next(iter(counted))
    if own is not None and own.bracket != chosen:
        own = None
    teams, lowest, highest = counted[chosen]
    table = shown.table.c
    found: dict[str, list[Any]] = {"own": [own] if own is not None else []}
    if shown.profile.is_light:
        start = rules.rotation(teams, TOP, today) if shown.profile.listing == rules.ROTATE else 0
        found["rows"] = _read(shown, chosen, [], _by_name(), limit=TOP, offset=start)
        leads = [table.rank <= LEADERS]
        found["leaders"] = _read(shown, chosen, leads, _by_rank(shown), limit=MOST_LEADERS)
    else:
        found["rows"] = _read(shown, chosen, [table.rank <= TOP], _by_rank(shown), limit=TOP)
    if own is not None:
        found |= _around(shown, chosen, own)
    placed = _placed(shown, chosen, found)
    return Slice(
        bracket=chosen,
        teams={name: count for name, (count, _low, _high) in counted.items()},
        rows=placed["rows"],
        own=placed["own"][0] if placed["own"] else None,
        above=placed.get("above", []),
        below=placed.get("below", []),
        better=next_place(shown, chosen, own.rank, is_better=True) if own else None,
        worse=next_place(shown, chosen, own.rank, is_better=False) if own else None,
        lowest=lowest,
        highest=highest,
        leaders=placed.get("leaders", []),
    )


def count_brackets(shown: Boards) -> dict[str, tuple[int, int, int]]:
    """Return teams, lowest and highest score of every bracket that has any, small ones first."""
    table = shown.table
    rows = db.session.execute(
        select(table.c.bracket, func.count(), func.min(table.c.score), func.max(table.c.score))
        .where(shown.is_of(table))
        .group_by(table.c.bracket)
    )
    found = {bracket: (int(n), int(low), int(high)) for bracket, n, low, high in rows}
    return {bracket: found[bracket] for bracket in points_rules.SHRINKAGE if bracket in found}


def read_top(shown: Boards, bracket: str, *, limit: int, among: Sequence[Any] = ()) -> list[Place]:
    """Return the first places of a bracket, those of teams that fit ``among``; ties by name."""
    return to_places(shown, bracket, _read(shown, bracket, among, _by_rank(shown), limit=limit))


def read_named(
    shown: Boards, bracket: str, *, limit: int, among: Sequence[Any] = (), offset: int = 0
) -> list[Place]:
    """Return teams of a bracket by name."""
    found = _read(shown, bracket, among, _by_name(), limit=limit, offset=offset)
    return to_places(shown, bracket, found)


def read_all_named(shown: Boards, *, limit: int, among: Sequence[Any]) -> list[tuple[str, Place]]:
    """Return teams of all brackets by name, each with its bracket."""
    statement = _select(shown).where(shown.is_of(shown.table), *among)
    rows = list(db.session.execute(statement.order_by(*_by_name()).limit(limit)))
    found: list[tuple[str, Place]] = []
    for bracket in points_rules.SHRINKAGE:
        mine = [row for row in rows if row.bracket == bracket]
        found += [(bracket, place) for place in to_places(shown, bracket, mine)]
    order = {row.unit_id: at for at, row in enumerate(rows)}
    return sorted(found, key=lambda pair: order[pair[1].unit_id])


def find_own(shown: Boards, unit_id: int | None) -> Any:
    """Return the row of a team with its names, or None."""
    if unit_id is None:
        return None
    statement = _select(shown).where(shown.is_of(shown.table), shown.table.c.unit_id == unit_id)
    return db.session.execute(statement).first()


def read_last(shown: Boards, bracket: str) -> int | None:
    """Return the id of a team in the last place, for checks that look at a whole bracket."""
    table = shown.table.c
    return db.session.scalar(
        select(table.unit_id)
        .where(shown.is_of(shown.table), table.bracket == bracket)
        .order_by(table.rank.desc(), table.unit_id)
        .limit(1)
    )


def next_place(
    shown: Boards, bracket: str, rank: int, *, is_better: bool
) -> tuple[int, int] | None:
    """Return rank and score of the next better or worse place, or None."""
    table = shown.table.c
    condition = table.rank < rank if is_better else table.rank > rank
    row = db.session.execute(
        select(table.rank, table.score)
        .where(shown.is_of(shown.table), table.bracket == bracket, condition)
        .order_by(table.rank.desc() if is_better else table.rank)
        .limit(1)
    ).first()
    return (row.rank, row.score) if row else None


def tied(shown: Boards, bracket: str, ranks: set[int]) -> set[int]:
    """Return those of ``ranks`` that several teams of a bracket share."""
    if not ranks:
        return set()
    table = shown.table.c
    return set(
        db.session.scalars(
            select(table.rank)
            .where(shown.is_of(shown.table), table.bracket == bracket, table.rank.in_(ranks))
            .group_by(table.rank)
            .having(func.count() > 1)
        )
    )


def _around(shown: Boards, bracket: str, own: Any) -> dict[str, list[Any]]:
    """Return the rows next to ``own``: it leads those that share its place."""
    table = shown.table.c
    before, names_back = [table.rank < own.rank], (table.rank.desc(), Unit.name.desc())
    back = _read(shown, bracket, before, (*names_back, table.unit_id.desc()), limit=AROUND)
    after = [table.rank >= own.rank, table.unit_id != own.unit_id]
    return {
        "above": back[::-1],
        "below": _read(shown, bracket, after, _by_rank(shown), limit=AROUND),
    }


def _by_rank(shown: Boards) -> tuple[Any, ...]:
    return (shown.table.c.rank, *_by_name())


def _by_name() -> tuple[Any, ...]:
    return (Unit.name, Unit.id)


def _select(shown: Boards) -> Any:
    table = shown.table.c
    return (
        select(
            table.unit_id,
            table.bracket,
            table.members,
            table.rank,
            table.score,
            table.rank_before if "rank_before" in table else null().label("rank_before"),
            Unit.name,
            func.coalesce(Above.name, "").label("workshop"),
        )
        .join(Unit, Unit.id == table.unit_id)
        .outerjoin(Above, Above.id == Unit.parent_id)
    )


def _read(
    shown: Boards,
    bracket: str,
    conditions: Sequence[Any],
    order: Sequence[Any],
    *,
    limit: int,
    offset: int = 0,
) -> list[Any]:
    statement = _select(shown).where(
        shown.is_of(shown.table), shown.table.c.bracket == bracket, *conditions
    )
    return list(db.session.execute(statement.order_by(*order).limit(limit).offset(offset)))


def to_places(shown: Boards, bracket: str, rows: Iterable[Any]) -> list[Place]:
    """Return rows of a bracket as places."""
    return _placed(shown, bracket, {"rows": list(rows)})["rows"]


def _placed(shown: Boards, bracket: str, found: dict[str, list[Any]]) -> dict[str, list[Place]]:
    """Turn rows into places; which of them are shared is asked once for all."""
    shared = tied(shown, bracket, {row.rank for rows in found.values() for row in rows})
    return {
        key: [
            Place(
                unit_id=row.unit_id,
                name=row.name,
                workshop=row.workshop,
                members=row.members,
                rank=row.rank,
                score=row.score,
                rank_before=row.rank_before,
                is_tied=row.rank in shared,
            )
            for row in rows
        ]
        for key, rows in found.items()
    }
