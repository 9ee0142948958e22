"""What an import would do: changes as plain values, comparable, made by ``checking``."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from quizapp.org.rules import normal_number

from .findings import Line, Message
from .known import Known
from .reach import Reach
from .reading import Table
from .timeline import UNSETTLED, Settled

# A unit is named by its id; one that does not exist yet by -1, -2, ... in order of appearance.
UnitRef = int


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit as it shall be; None where something stays. Parents come before their children."""

    unit: UnitRef
    code: str
    kind: str
    name: str | None
    parent: UnitRef | None
    line: Line

    @property
    def effects(self) -> Iterator[str]:
        """Yield what happens: new, or renamed and moved."""
        if self.unit < 0:
            yield "new"
            return
        if self.name is not None:
            yield "renamed"
        if self.parent is not None:
            yield "moved"


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person as they shall be; None where something stays. ``person_id`` None: a new person."""

    line: Line
    person_id: int | None
    number: str
    name: str | None = None
    post: str | None = None
    is_active: bool | None = None
    memberships: Settled = UNSETTLED
    is_away: bool | None = None
    away_from: UnitRef | None = None  # the unit that counts one member more or less
    roles: tuple[tuple[str, UnitRef], ...] = ()

    @property
    def effects(self) -> Iterator[str]:
        """Yield what happens: new, changed, moved, deactivated, reactivated."""
        if self.person_id is None:
            yield "new"
            return
        if self.name is not None or self.post is not None or self.is_away is not None or self.roles:
            yield "changed"
        if self.is_active is False:
            yield "deactivated"
        elif self.is_active:
            yield "reactivated"
        elif self.memberships:
            yield "moved"

    def __bool__(self) -> bool:
        """Tell whether anything happens at all."""
        return any(self.effects)


@dataclass(frozen=True)
class Plan:
    """What a file would change on ``today``, and what there is to say about it."""

    organisation_id: int
    table: Table
    today: date
    messages: tuple[Message, ...]
    units: tuple[UnitChange, ...]
    people: tuple[PersonChange, ...]
    unchanged: int  # people in the file who stay as they are
    reach: Reach
    known: Known  # what it is measured against
    paths: Mapping[UnitRef, str]  # where every unit lies, as it would be

    @property
    def errors(self) -> int:
        """Count the messages that keep the file from being imported."""
        return sum(message.severity == "error" for message in self.messages)

    @property
    def changes(self) -> int:
        """Count the units and people who would not stay as they are."""
        return len(self.units) + len(self.people)

    @property
    def digest(self) -> str:
        """Return a short name of all changes, with what they replace.

        What was looked at is what will be written, over nothing else.
        """
        replaced = [self.known.people.get(normal_number(change.number)) for change in self.people]
        told = [(old.name, old.post, old.belongs_to(self.today)) for old in replaced if old]
        return hashlib.sha256(repr((self.units, self.people, told)).encode()).hexdigest()

    def unit_effects(self) -> Counter[str]:
        """Count units by what happens to them: new, renamed, moved."""
        return Counter(effect for change in self.units for effect in change.effects)

    def people_effects(self) -> Counter[str]:
        """Count people by what happens to them; one person may count in several ways."""
        return Counter(effect for change in self.people for effect in change.effects)
