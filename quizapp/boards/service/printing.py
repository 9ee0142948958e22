"""The board on paper, for a wall without a television."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import WorkshopBoard
from quizapp.org import service as org
from quizapp.org.service import UnitLine


@dataclass(frozen=True)
class PrintedBoard:
    """A unit and the board that hangs there; ``board`` None: nobody is ranked yet."""

    unit: UnitLine
    board: WorkshopBoard | None


def get_printed_board(viewer: Viewer, public_id: str | None) -> PrintedBoard:
    """Return the board of a unit to be printed; the viewer's own team's when none is named.

    For who manages its displays or leads it. Raises LookupError for a unit of others or none at
    all, PermissionError for one of the same organisation that is not the viewer's.
    """
    if public_id is None:
        unit = org.get_units([viewer.unit_id or 0]).get(viewer.unit_id or 0)
    else:
        unit = org.find_unit(viewer.organisation_id, public_id)
    if unit is None:
        raise LookupError(f"unit {public_id}")
    asked = (Permission.MANAGE_DISPLAYS, Permission.RECORD_GROUP)
    if not any(viewer.covers(permission, unit.path) for permission in asked):
        raise PermissionError(f"unit {public_id}")
    return PrintedBoard(unit, leaderboards.get_workshop_board(viewer.organisation_id, unit.id))
