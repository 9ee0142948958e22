"""How a person likes to learn: whether to ask how sure they are, and a day of rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.org.rules import learning_day

from ..models import MasterySetting


@dataclass(frozen=True)
class Settings:
    """How a person likes to learn; ``pauses_until`` is the last day of rest, or None."""

    asks_confidence: bool = False
    pauses_until: date | None = None

    def rests_on(self, day: date) -> bool:
        """Tell whether nothing is to be reviewed on ``day``."""
        return self.pauses_until is not None and self.pauses_until >= day


def get_settings(person_id: int) -> Settings:
    """Return how a person likes to learn; without a word from them, nothing is asked."""
    row = db.session.get(MasterySetting, person_id)
    return Settings(row.asks_confidence, row.pauses_until) if row else Settings()


@atomic
def set_confidence(viewer: Viewer, *, asks: bool) -> None:
    """Ask the viewer with each answer how sure they are, or do not."""
    _keep(viewer.id, asks_confidence=asks)


@atomic
def set_rest(viewer: Viewer, *, rests: bool) -> None:
    """Let the viewer have the rest of this learning day off from reviews, or take that back."""
    today = learning_day(clock.now(), viewer.time_zone)
    _keep(viewer.id, pauses_until=today if rests else None)


def _keep(person_id: int, **values: Any) -> None:
    db.session.execute(
        insert(MasterySetting)
        .values(**{"person_id": person_id, "asks_confidence": False, **values})
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
