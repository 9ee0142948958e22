"""What must hold for the weeks that pages of teams show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from quizapp.core import clock
from quizapp.core.checks import invariant
from quizapp.points import rules as points_rules
from quizapp.points import service as points


@invariant("I15", "Active weeks on the ledger are those of what people and teams did.")
def active_weeks_are_the_facts() -> Iterator[str]:
    """Yield people and teams whose weeks differ; as far back as a season can reach."""
    yield from points.find_wrong_weeks(
        clock.now().date() - timedelta(days=points_rules.SEASON_MAX_DAYS)
    )
