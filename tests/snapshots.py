"""What the whole database holds at a moment, for tests that say: this changed nothing."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from quizapp.core.db import db


def tables() -> dict[str, tuple[int, str]]:
    """Return the number of rows and a checksum over all of them, by table."""
    db.session.commit()  # what the test itself added belongs to the picture
    connection = db.session.connection()
    found: dict[str, tuple[int, str]] = {}
    for table in db.metadata.sorted_tables:
        rows = sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
        found[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    db.session.commit()
    return found


def changed(before: dict[str, tuple[int, str]]) -> dict[str, int]:
    """Return the tables that differ from ``before``, with how many rows each has more."""
    now = tables()
    return {name: now[name][0] - before[name][0] for name in now if now[name] != before.get(name)}
