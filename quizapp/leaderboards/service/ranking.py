"""Scores and ranks as expressions of the database: 50,000 teams are ranked where their rows lie.

``points.rules`` says what a score is, exactly and in plain fractions; here the same is said to the
database, and the tests hold both against each other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select, update

from quizapp.core.db import db
from quizapp.points import rules as points_rules

from ..models import Standing


def shrunken_mean(points: Any, member_days: Any, mean: Fraction, shrinkage: int) -> Any:
    """Return ``points_rules.shrunken_mean`` of two columns as an expression of the database.

    The same fraction, brought to one numerator and one denominator: a division of whole numbers
    is exact on every database, and cuts off like ``int`` does. With a million people who have all
    they can earn the numerator stays below 2**63.
    """
    window = points_rules.WINDOW_DAYS
    size = member_days + window * shrinkage
    top, bottom = (cast(part, BigInteger) for part in (mean.numerator, mean.denominator))
    doubled = 20 * window * (points * bottom + shrinkage * top) + bottom * size
    return doubled // (2 * bottom * size)


def rank_by(season_id: int, bracket: str, *, now: Any, before: Any) -> set[int]:
    """Write score and rank of every team of a bracket, from expressions over its standing.

    ``now`` is today's score, ``before`` that of the day before, which counts for teams that had
    people then. Ties share a rank: 1, 2, 2, 4. Returns the units with another score or move; one
    that moves may change the rank of thousands, which follow from the scores.
    """
    mine = and_(Standing.season_id == season_id, Standing.bracket == bracket)
    had_people = Standing.member_days_before != 0
    scored = (
        select(
            Standing.unit_id,
            now.label("score"),
            had_people.label("had_people"),
            before.label("score_before"),
        )
        .where(mine)
        .subquery()
    )
    rank_before = func.rank().over(
        partition_by=scored.c.had_people, order_by=scored.c.score_before.desc()
    )
    ranked = select(
        scored.c.unit_id,
        scored.c.score,
        func.rank().over(order_by=scored.c.score.desc()).label("rank"),
        case((scored.c.had_people, rank_before)).label("rank_before"),
    ).subquery()
    fresh = {name: ranked.c[name] for name in ("score", "rank", "rank_before")}
    told = {name: ranked.c[name] for name in ("score", "rank_before")}
    moved = (
        select(Standing.unit_id)
        .join(ranked, ranked.c.unit_id == Standing.unit_id)
        .where(mine, differs(told))
    )
    changed = set(db.session.scalars(moved))
    write_changed(
        update(Standing)
        .values(fresh)
        .where(mine, Standing.unit_id == ranked.c.unit_id, differs(fresh))
    )
    return changed


def differs(fresh: dict[str, Any]) -> Any:
    """Return the condition that a standing holds something else than ``fresh``."""
    return or_(*(getattr(Standing, name).is_distinct_from(value) for name, value in fresh.items()))


def write_changed(statement: Any) -> None:
    """Run an update of standings; what the session has read of them is read anew."""
    db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expire_all()
