"""Group commit: what many requests write at the same moment goes into one transaction.

A commit waits for the disk whether it carries one row or fifty, so under load most of a lone
insert is waiting. Here whoever comes while a transaction is being written leaves its row with the
others, and the first of them to get the turn writes them all. Nobody waits for a window to fill:
alone, a row is written at once; the slower the store, the larger the groups become by themselves.

No thread of its own: the work is done by the requests, so that there is nothing to start, to stop
or to forget after a fork.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError

Row = TypeVar("Row")
Result = TypeVar("Result")

MOST_ROWS = 64
MOST_WAITING = 2000


class Crowded(Exception):
    """So many rows wait already that another one would not be written in time."""


class _Slot(Generic[Row, Result]):
    """A row that waits to be written, and then what became of it."""

    __slots__ = ("error", "is_done", "result", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.is_done = False
        self.result: Result | None = None
        self.error: BaseException | None = None


class GroupWriter(Generic[Row, Result]):
    """Writes rows in groups with ``write``, a command that returns a result for each, in order.

    ``write`` must be safe to repeat: when a group fails for a fault of its data, each of its rows
    is written again alone, so that a bad one fails by itself.
    """

    def __init__(
        self, write: Callable[[Sequence[Row]], Sequence[Result]], *, most: int = MOST_ROWS
    ) -> None:
        self._write = write
        self._most = most
        self._turn = threading.Lock()
        # Rows arrive while a group is taken out: its ends move each in one step.
        self._waiting: deque[_Slot[Row, Result]] = deque()

    def submit(self, row: Row) -> Result:
        """Write ``row`` and return its result once that is committed.

        Raises what ``write`` raises for it, and Crowded when too many wait.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise Crowded
        slot: _Slot[Row, Result] = _Slot(row)
        self._waiting.append(slot)
        with self._turn:
            while not slot.is_done:
                self._settle(self._take())
        if slot.error is not None:
            raise slot.error
        return slot.result  # type: ignore[return-value]

    def _take(self) -> list[_Slot[Row, Result]]:
        """Take out who came first; only whoever has the turn does."""
        return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]

    def _settle(self, group: list[_Slot[Row, Result]]) -> None:
        """Write a group and say to each slot what became of it."""
        try:
            results = self._write([slot.row for slot in group])
            pairs = list(zip(group, results, strict=True))
        except Exception as error:
            is_outage = isinstance(error, DBAPIError) and error.connection_invalidated
            if len(group) == 1 or is_outage:
                self._fail(group, error)
            else:
                for slot in group:
                    self._settle([slot])
        except BaseException as error:  # a request that is killed takes nobody's answer with it
            self._fail(group, error)
            raise
        else:
            for slot, result in pairs:
                slot.result, slot.is_done = result, True

    @staticmethod
    def _fail(group: list[_Slot[Row, Result]], error: BaseException) -> None:
        for slot in group:
            slot.error, slot.is_done = error, True
