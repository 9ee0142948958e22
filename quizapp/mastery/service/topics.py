"""What a person knows by theme and topic."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.org.rules import learning_day

from .. import rules
from ..models import MasteryCard


@dataclass(frozen=True)
class Known:
    """How many items of a theme or topic a person has met, and how many they know firmly now."""

    name: str
    met: int
    firm: int

    @property
    def share(self) -> float:
        """Return which part is firm, 0..1."""
        return self.firm / self.met


@dataclass(frozen=True)
class ThemeKnown:
    """A theme with its topics, those first that are worth another look."""

    theme: Known
    topics: tuple[Known, ...]


def list_known(viewer: Viewer) -> list[ThemeKnown]:
    """Return what the viewer knows by theme and topic; firm: known with 90 % and more today."""
    today = learning_day(clock.now(), viewer.time_zone)
    rows = db.session.execute(
        select(MasteryCard.item_id, MasteryCard.stability, MasteryCard.answered_on).where(
            MasteryCard.person_id == viewer.id, MasteryCard.answered_on.is_not(None)
        )
    ).all()
    met = items.list_met([row.item_id for row in rows], today)
    themes: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.item_id in met:
            about = met[row.item_id]
            is_firm = rules.is_firm(row.stability, row.answered_on, today)
            themes[about.theme][about.topic].append(is_firm)
    found = [
        ThemeKnown(
            _known(theme, [is_firm for topic in topics.values() for is_firm in topic]),
            tuple(sorted((_known(*topic) for topic in topics.items()), key=_weakest)),
        )
        for theme, topics in themes.items()
    ]
    return sorted(found, key=lambda one: _weakest(one.theme))


def _known(name: str, answers: list[bool]) -> Known:
    return Known(name, len(answers), sum(answers))


def _weakest(known: Known) -> tuple[float, int, str]:
    return known.share, -known.met, known.name
