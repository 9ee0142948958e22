"""What the walls do when the boards move, and when a team has answered before its shift."""

from __future__ import annotations

from quizapp.core.db import on_commit
from quizapp.core.events import listens_to
from quizapp.leaderboards.events import BoardsMoved
from quizapp.points.service import get_season
from quizapp.quizzes.events import PreshiftAnswered

from . import service


@listens_to(BoardsMoved)
def show(fact: BoardsMoved) -> None:
    """Send the walls of the season's organisation their new board, once it is committed."""
    organisation_id = get_season(fact.season_id).organisation_id
    on_commit(lambda: _publish(organisation_id))


@listens_to(PreshiftAnswered)
def reveal(fact: PreshiftAnswered) -> None:
    """Show the walls of the team what came of its answer, once it is committed."""
    on_commit(lambda: service.publish_preshift(fact.unit_id))


def _publish(organisation_id: int) -> None:
    service.publish_season(organisation_id)
