"""A real application on PostgreSQL: nothing is rolled back, several connections at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.db import db
from quizapp.items import service as items
from tests.conftest import build_app
from tests.factories import bank, people
from tests.factories.season import open_season


@pytest.fixture(scope="module")
def live_app() -> Iterator[Flask]:
    """An application on a PostgreSQL database of its own."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        pytest.skip("needs PostgreSQL: DATABASE_URL is not set; see make test-services")
    made = build_app("zx_faults", REDIS_PREFIX=f"faults-{os.getpid()}:")
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def live(live_app: Flask) -> Iterator[people.World]:
    """The cast with a bank and a running season, committed; everything is emptied afterwards."""
    with live_app.app_context():
        items.get_stored.cache_clear()  # other databases gave out the same numbers
        made = people.world()
        items.load_packs(made.organisation, [bank.pack()])
        items.approve_for_demo(made.organisation)
        open_season(made.organisation)
        yield made
        db.session.remove()
        tables = ", ".join(table.name for table in db.metadata.sorted_tables)
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        items.get_stored.cache_clear()
        live_app.extensions["zhixing_store"].client.flushdb()
