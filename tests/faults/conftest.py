"""A real application on PostgreSQL: nothing is rolled back, several connections at once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from redis.exceptions import RedisError

from quizapp.core.db import db
from tests.conftest import build_app, settled_world
from tests.factories import people
from tests.factories.season import open_season
from tests.savepoints import empty_store, forget_processes


def require_postgres() -> None:
    """Skip the test, saying why, when DATABASE_URL does not name a PostgreSQL server."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        pytest.skip("needs PostgreSQL: DATABASE_URL is not set; run make test-services")


def database_name(purpose: str) -> str:
    """Return the name of a database that no other worker of this run uses."""
    return f"zx_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"


@pytest.fixture(scope="module")
def live_app() -> Iterator[Flask]:
    """An application on a PostgreSQL database of its own."""
    require_postgres()
    made = build_app(database_name("faults"), REDIS_PREFIX=f"faults-{os.getpid()}:")
    yield made
    with made.app_context():
        db.engine.dispose()


@contextlib.contextmanager
def settled(app: Flask) -> Iterator[people.World]:
    """Make the cast with a bank and a running season, committed; empty everything afterwards."""
    with app.app_context():
        forget_processes()  # other databases gave out the same numbers
        made = settled_world()
        open_season(made.organisation)
        try:
            yield made
        finally:
            db.session.remove()
            tables = ", ".join(table.name for table in db.metadata.sorted_tables)
            with db.engine.begin() as connection:
                connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
            forget_processes()
            with contextlib.suppress(RedisError):
                empty_store()


@pytest.fixture
def live(live_app: Flask) -> Iterator[people.World]:
    """The cast on that application."""
    with settled(live_app) as made:
        yield made
