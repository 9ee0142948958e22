"""What can be assigned: each room registers its kind of thing, and what must be known of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from quizapp.accounts.access import Viewer


@dataclass(frozen=True)
class Description:
    """A thing that can be assigned, for those who assign.

    ``reach`` are the paths of the units it is for, empty: everybody; ``closes_on`` None: it stays
    open. ``legal_basis`` is empty for what no law asks for.
    """

    title: str
    minutes: int | None
    closes_on: date | None
    reach: tuple[str, ...] = ()
    legal_basis: str = ""


@dataclass(frozen=True)
class SubjectState:
    """How a thing stands for one person; ``opens_on`` is set while it is not open yet."""

    title: str
    minutes: int | None
    is_open: bool
    is_done: bool
    opens_on: date | None = None


@dataclass(frozen=True)
class Subject:
    """What a room says about its things. ``word`` names the kind in the current language.

    ``describe`` takes (viewer, paths, ids): the things that are open and for somebody below one of
    the paths, by public id; ids None: all of them. ``state_of`` takes (viewer, ids) and leaves out
    what is not for this person. Both answer for many ids in one statement. ``address`` takes an id
    and returns the endpoint of its page with the values of the address.
    """

    word: Callable[[], str]
    picture: str
    describe: Callable[[Viewer, tuple[str, ...], Sequence[str] | None], Mapping[str, Description]]
    state_of: Callable[[Viewer, Sequence[str]], Mapping[str, SubjectState]]
    address: Callable[[str], tuple[str, dict[str, str]]]


_subjects: dict[str, Subject] = {}


def registers(kind: str, subject: Subject) -> None:
    """Register what is known about one kind of thing; the room of the thing says it."""
    _subjects[kind] = subject


def subject_of(kind: str) -> Subject | None:
    """Return what is known about a kind of thing, or None for an unknown one."""
    return _subjects.get(kind)


def list_subjects() -> list[tuple[str, Subject]]:
    """Return every kind of thing that can be assigned, by its name."""
    return sorted(_subjects.items())
