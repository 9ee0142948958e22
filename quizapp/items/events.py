"""Facts this room announces."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.core.events import Event


@dataclass(frozen=True, kw_only=True)
class KeyCorrected(Event):
    """An item was wrong about what is right; a wording with the right key is published now.

    Answers to ``version_ids``, every earlier wording with the same key as the wrong one, are to be
    graded again.
    """

    correction_id: int
    organisation_id: int
    item_id: int
    version_ids: tuple[int, ...]
    new_version_id: int
