"""The seal of a closed season, and the proof that it still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from quizapp.core.db import db
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.rules import BEST_K, TeamSum

from ..models import Final, FinalRow
from .settling import score_bracket


def seal(final: Final, rows: list[FinalRow]) -> str:
    """Return the SHA-256 over a closed season and its rows, in hexadecimal."""
    head = {
        "season": final.season_id,
        "name": final.season_name,
        "organisation": final.organisation_name,
        "first": final.starts_on.isoformat(),
        "last": final.ends_on.isoformat(),
        "method": final.method,
        "closed_at": final.closed_at.isoformat(timespec="microseconds"),
        "ledger_until": final.ledger_until.isoformat(timespec="microseconds"),
    }
    return hash_of(head, [_sealed(row) for row in rows])


def hash_of(head: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> str:
    """Return the SHA-256, in hexadecimal, over a head and its rows in any order.

    The bytes are canonical: JSON with sorted keys, without spaces, in UTF-8, the rows by their
    ``unit_id``. The same values give the same seal on every machine.
    """
    whole = {"head": head, "rows": sorted(rows, key=lambda row: str(row["unit_id"]).zfill(20))}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _sealed(row: FinalRow) -> dict[str, object]:
    names = (column.name for column in FinalRow.__table__.columns if column.name != "season_id")
    return {name: getattr(row, name) for name in names}


def find_broken_seals() -> Iterator[str]:
    """Yield what is wrong with closed seasons: a broken seal, or rows that the ledger denies.

    Points are summed anew from the ledger as it was then, scores and ranks computed anew from
    them. Member-days are taken as they were sealed: leave that is recorded later counts no more.
    """
    for final in db.session.scalars(select(Final).order_by(Final.season_id)).all():
        rows = list(
            db.session.scalars(
                select(FinalRow)
                .where(FinalRow.season_id == final.season_id)
                .order_by(FinalRow.unit_id)
            )
        )
        if seal(final, rows) != final.hash:
            yield f"season {final.season_id}: its seal does not fit its rows"
        yield from _denied(final, rows)


def _denied(final: Final, rows: list[FinalRow]) -> Iterator[str]:
    """Yield rows of a closed season that come out otherwise from the ledger of that time."""
    seats = {int(unit): row.unit_id for row in rows for unit in row.units.split()}
    first, last = points_rules.window(final.starts_on, final.ends_on, final.method)
    earned = points.sums_of_units(seats, first, last, until=final.ledger_until)
    sums = dict.fromkeys((row.unit_id for row in rows), 0)
    for unit_id, seat in seats.items():
        sums[seat] += earned.get(unit_id, 0)
    best: dict[int, int] = {}
    if final.method == BEST_K:
        counted = {row.unit_id: points_rules.best_k(row.members) for row in rows}
        best = points.best_sums(seats, counted, first, last, until=final.ledger_until)
    for bracket in points_rules.SHRINKAGE:
        mine = [row for row in rows if row.bracket == bracket]
        teams = [TeamSum(row.unit_id, sums[row.unit_id], row.member_days) for row in mine]
        scores = score_bracket(final.method, bracket, teams, best)
        ranks = points_rules.ranks(list(scores.items()))
        for row in mine:
            found = (sums[row.unit_id], scores[row.unit_id], ranks[row.unit_id])
            if found != (row.points, row.score, row.rank):
                yield (
                    f"season {final.season_id}, unit {row.unit_id}: points, score, rank "
                    f"{(row.points, row.score, row.rank)}, the ledger says {found}"
                )
