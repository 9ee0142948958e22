"""What the boards do about others' facts: note which unit's day has to be summed again."""

from __future__ import annotations

from quizapp.core.events import listens_to
from quizapp.org.events import MembershipChanged, UnitChanged, UnitMerged
from quizapp.points.events import EntryWritten, SeasonChanged

from . import service
from .events import BoardsMoved


@listens_to(EntryWritten)
def sum_again(fact: EntryWritten) -> None:
    """Note a unit's day that has new points."""
    service.note_dirty(fact.unit_id, fact.day)


@listens_to(MembershipChanged)
def count_again(fact: MembershipChanged) -> None:
    """Note every day of the window on which a unit's members may be others now."""
    service.note_dirty_since(fact.unit_id, fact.since)


@listens_to(UnitChanged)
def name_again(fact: UnitChanged) -> None:
    """Give the boards a new version: names of units are part of what they show."""
    service.note_named(fact.unit_id)


@listens_to(UnitMerged)
def join_rows(fact: UnitMerged) -> None:
    """Let what a merged unit earned count in the row of its successor."""
    service.seat_anew(fact.unit_id)


@listens_to(SeasonChanged)
def seat_again(fact: SeasonChanged) -> None:
    """Have the boards of a season whose days changed made anew, by the next tick."""
    service.note_season(fact.season_id)


@listens_to(BoardsMoved)
def rank_again(fact: BoardsMoved) -> None:
    """Carry the new version of the boards into their ranking in the store."""
    service.carry_on(fact.season_id, fact.version, fact.changed)
