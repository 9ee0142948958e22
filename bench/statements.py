"""How many SQL statements a request takes, counted in this process and not under load."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from .messages import BROWSER, HOST, Message
from .scenarios import Scenario

# The frame of a transaction comes with every command; what is counted is what it does.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
WARM, COUNTED = 3, 5


class Unexpected(RuntimeError):
    """A request was not answered as its scenario says."""


@contextlib.contextmanager
def noting() -> Iterator[list[str]]:
    """Collect the statements that are executed inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(FRAME):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def send(app: Flask, message: Message, expected: int) -> bytes:
    """Send ``message`` to ``app`` in this process and return the body of the answer.

    Raises Unexpected unless the status is ``expected``.
    """
    client = app.test_client(use_cookies=False)
    response = client.open(
        message.path,
        method=message.method,
        base_url=f"http://{HOST}",
        headers={**BROWSER, **message.headers},
        data=message.body or None,
    )
    if response.status_code != expected:
        raise Unexpected(f"{message.method} {message.path}: {response.status}")
    return response.data


def count(app: Flask, scenario: Scenario) -> list[str]:
    """Return the statements of one request of ``scenario`` once caches are warm: the longest list.

    Requests that work once are used up; any other is sent twice and counted the second time.
    """
    taken = scenario.requests[: WARM + COUNTED]
    if scenario.is_once:
        del scenario.requests[: WARM + COUNTED]
    for message in taken[:WARM] if scenario.is_once else taken:
        send(app, message, scenario.expected)
    lists = []
    for message in taken[WARM:]:
        with noting() as seen:
            send(app, message, scenario.expected)
        lists.append(seen)
    return max(lists, key=len)
