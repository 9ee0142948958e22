"""What people would have been asked again, in sets that are written long after their day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quizapp.mastery import rules as memory_rules
from quizapp.mastery.rules import Line, Meeting

from .. import rules
from ..models import RETEST
from .forming import Memory


@dataclass(frozen=True)
class Met:
    """How an item went in a set of the past."""

    item_id: int
    version_id: int
    is_correct: bool
    purpose: str


class Recollection:
    """What one person remembers while their sets are written, day by day."""

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id
        self._meetings: dict[int, list[Meeting]] = {}
        self._lines: dict[int, Line] = {}

    def memory(self, day: date) -> Memory:
        """Return what a set of ``day`` asks again, as the memory model tells the daily set."""
        lines = list(self._lines.values())
        seen = {line.item_id: line.last_seen_on for line in lines}
        retest = None
        if not memory_rules.was_retested(lines, day):
            retest = memory_rules.pick_retest(lines, self.person_id, day)
        due = [one.item_id for one in memory_rules.in_turn(lines, day) if one.item_id != retest]
        return Memory(seen, due[: rules.DAILY_DUE], retest)

    def note(self, day: date, met: Iterable[Met]) -> None:
        """Remember how the items of a set went."""
        for one in met:
            rating = memory_rules.rating_of(
                is_correct=one.is_correct, is_rapid=False, is_confident=None
            )
            unit = 0 if one.purpose == RETEST else None
            meetings = self._meetings.setdefault(one.item_id, [])
            meetings.append(Meeting(day, f"past:{len(meetings)}", rating, one.version_id, unit))
            known = memory_rules.fold(meetings, f"{self.person_id}:{one.item_id}")
            self._lines[one.item_id] = Line(
                one.item_id,
                known.last_seen_on,
                known.due_on,
                known.answered_on,
                known.stability,
                known.last_rating,
                known.reps,
                known.retested_on,
            )
