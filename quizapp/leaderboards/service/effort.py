"""What a score means in daily sets: the distance to a place, and where the stars begin."""

from __future__ import annotations

from datetime import date

from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules


def default_thresholds(organisation_id: int, day: date) -> tuple[int, int, int]:
    """Return the scores of one, two and three stars that follow from the rules of ``day``."""
    return rules.star_scores(points_of_set(organisation_id, day, rules.SET_SIZE))


def points_of_set(organisation_id: int, day: date, right: int) -> int:
    """Return what a daily set with so many right answers earns by the rules of ``day``."""
    in_force = points.rules_on(organisation_id, day)
    correct, finished = in_force.rule("daily_correct"), in_force.rule("daily_finished")
    return (correct.points * right if correct else 0) + (finished.points if finished else 0)


def effort_for(
    season: SeasonView, day: date, *, gap: int, member_days: int, members: int, bracket: str
) -> rules.Effort | None:
    """Return about how many daily sets of colleagues close a gap of the score.

    None where the method of the season gives no simple answer, or there is no gap.
    """
    if season.method != points_rules.SHRUNKEN_MEAN:
        return None
    return rules.effort(
        gap,
        member_days=member_days,
        members=members,
        shrinkage=points_rules.SHRINKAGE[bracket],
        points_of_set=points_of_set(season.organisation_id, day, rules.USUALLY_RIGHT),
    )
