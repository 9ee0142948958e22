"""Tasks that nobody assigns: what another room asks of a person by itself, as the law does.

A room registers a function that returns such tasks of a person. It keeps them itself: here they
are only listed, beside what was assigned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quizapp.accounts.access import Viewer

if TYPE_CHECKING:
    from .tasks import TaskLine

_sources: dict[str, Callable[[Viewer], list[TaskLine]]] = {}


def adds_tasks(room: str, source: Callable[[Viewer], list[TaskLine]]) -> None:
    """Register how a room tells the open tasks it has for a person."""
    _sources[room] = source


def list_standing(viewer: Viewer) -> list[TaskLine]:
    """Return the open tasks of a person that no assignment made, room by room."""
    return [line for room in sorted(_sources) for line in _sources[room](viewer)]
