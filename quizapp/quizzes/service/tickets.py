"""Tickets: what a question that is shown carries, so that its answer needs no looking up.

A ticket names the attempt, the position, the version that was shown and in which order, the person
and the session. It is signed and dated, so it also proves when the question was shown. It holds
nothing of a key. Whether the session is still alive and the attempt still open is asked when the
answer is stored: a ticket opens nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from quizapp.accounts.access import Viewer
from quizapp.core import security
from quizapp.core.i18n import LOCALES

_PURPOSE = "quizzes.ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The numbers of a ticket; ``rapid_tenths`` are the tenths of a second that reading takes."""

    attempt_id: int
    person_id: int
    session_id: int
    position: int
    version_id: int
    option_seed: int
    blueprint_id: int
    rapid_tenths: int
    language: int

    @property
    def locale(self) -> str:
        """Return the language in which the question was shown."""
        return LOCALES[self.language] if 0 <= self.language < len(LOCALES) else LOCALES[0]


_NAMES = tuple(field.name for field in fields(Ticket))


def seal(ticket: Ticket) -> str:
    """Return a ticket as a page carries it: about 100 characters."""
    return security.seal(_PURPOSE, ".".join(str(getattr(ticket, name)) for name in _NAMES))


def read(text: str) -> tuple[Ticket, datetime] | None:
    """Return a ticket and when its question was shown; None for anything that is not one."""
    found = security.unseal(_PURPOSE, text) if text else None
    if found is None:
        return None
    numbers = found[0].split(".")
    if len(numbers) != len(_NAMES):  # of a version of this program that is gone
        return None
    return Ticket(*map(int, numbers)), found[1]


def read_own(viewer: Viewer, text: str) -> tuple[Ticket, datetime] | None:
    """Return a ticket of the viewer's, whichever session it was shown in; None for any other."""
    found = read(text)
    return found if found and found[0].person_id == viewer.id else None
