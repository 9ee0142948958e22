"""Carrying a new version of the boards into the store: the changed teams only, in one step."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from redis.exceptions import RedisError

from .building import RankedTeam, details
from .scripts import MOVE, pointer_of, run

log = logging.getLogger(__name__)
MOST_CHANGED = 5000  # more are faster written as a new generation, which holds nobody up


@dataclass(frozen=True)
class Moved:
    """A board that came to ``version`` by these changed teams."""

    scope: str
    version: int
    teams: Sequence[RankedTeam]


def carry(moved: Moved) -> bool:
    """Bring a ranking from the version before to the one of ``moved``; return whether it was there.

    When the store is away, has another version, or does not know one of the teams, nothing is
    written: readers go to the tables until the ranking is built anew.
    """
    arguments: list[object] = [moved.version - 1, moved.version]
    for team in moved.teams:
        arguments += [team.bracket, team.unit_id, team.score, details(team)]
    try:
        return bool(run(MOVE, pointer_of(moved.scope), *arguments))
    except RedisError as error:
        log.warning("the ranking of board %s was not carried on: %s", moved.scope, error)
        return False
