"""One app and one schema a run, built by the real migrations; one transaction a test.

Most tests begin with the same cast of people and the same bank. They are made once, in a second
database, and a test that asks for ``world`` works in a transaction on that one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine, event

import config
from quizapp import create_app
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.items import service as items
from tests.browser_client import Browser
from tests.factories import bank, people
from tests.savepoints import empty_store, forget_processes

# Time is measured in bench/, never in a test: a busy machine must not fail a property.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)  # Wednesday, 10:30 in Shanghai


def pytest_collection_finish() -> None:
    """Take the thousands of collected tests out of the garbage collector's rounds."""
    gc.collect()
    gc.freeze()


def fresh_database(url: str, name: str) -> str:
    """Create an empty PostgreSQL database beside the one of ``url`` and return its address."""
    address = sa.make_url(url)
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    server.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


def build_app(name: str, **settings: object) -> Flask:
    """Return an application on a database of its own, made by the migrations."""
    url = os.environ.get("DATABASE_URL", "sqlite://")
    if url.startswith("postgresql"):
        url = fresh_database(url, name)
    chosen = type("Chosen", (config.Testing,), {"DATABASE_URL": url, **settings})
    app = create_app(chosen)
    with app.app_context():
        flask_migrate.upgrade()
    return app


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    """The application, its schema made once for this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    store = os.environ.get("REDIS_URL", "")
    if store:  # a Redis database for each worker: every test empties its own
        store = re.sub(r"/\d*$", f"/{int(worker.removeprefix('gw')) % 15 + 1}", store)
    made = build_app(f"zx_{worker}", REDIS_URL=store, REDIS_PREFIX=f"test-{worker}-{os.getpid()}:")
    yield made
    with made.app_context():
        database.engine.dispose()


@dataclass(frozen=True)
class Cast:
    """A database in which the cast has been settled."""

    engine: Engine
    world: people.World


@pytest.fixture(scope="session")
def cast() -> Iterator[Cast]:
    """The database of the cast, made once for this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    made = build_app(f"zx_{worker}_cast", REDIS_URL="")
    with made.app_context():
        forget_processes()
        with clock.frozen(NOW):
            world = settled_world()
        database.session.remove()
        engine = database.engine
    yield Cast(engine, world)
    engine.dispose()


@contextlib.contextmanager
def rolled_back(app: Flask, engine: Engine | None = None) -> Iterator[object]:
    """Open the database inside a transaction that is rolled back at the end of the block.

    ``engine`` opens another database of the same schema in its place.

    Code under test may commit: it only ends a savepoint. Flask-SQLAlchemy picks the engine itself
    and ignores a session's own bind, so the open connection takes the engine's place.
    """
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        connection = (engine or database.engine).connect()
        transaction = connection.begin()
        patch.setitem(database.engines, None, connection)
        database.session.configure(join_transaction_mode="create_savepoint")
        forget_processes()
        try:
            yield database
        finally:
            database.session.remove()
            transaction.rollback()
            connection.close()
            empty_store()


@pytest.fixture
def db(app: Flask, request: pytest.FixtureRequest) -> Iterator[object]:
    """The database, empty or with the cast, in a transaction that is rolled back after the test."""
    wants_cast = "cast" in request.fixturenames
    with rolled_back(app, request.getfixturevalue("cast").engine if wants_cast else None) as opened:
        yield opened


@pytest.fixture
def frozen() -> Iterator[None]:
    """Stop the clock at ``NOW``: a Wednesday morning in the middle of a learning day."""
    with clock.frozen(NOW):
        yield


def settled_world() -> people.World:
    """Create the cast of two companies, with a bank of 15 approved items in the first."""
    made = people.world()
    items.load_packs(made.organisation, [bank.pack()])
    items.approve_for_demo(made.organisation)
    return made


@pytest.fixture
def world(db: object, cast: Cast, frozen: None) -> people.World:
    """The cast of two companies, with a bank of 15 approved items in the first."""
    connection = database.engines[None]  # type: ignore[attr-defined]
    assert connection.engine is cast.engine, "this module's `db` is another: settled_world() there"
    return replace(cast.world, people=dict(cast.world.people))


@pytest.fixture
def client(app: Flask, db: object) -> Browser:
    """A browser that nobody has signed in to."""
    return Browser(app)


@pytest.fixture
def as_person(app: Flask, world: people.World):
    """Return a browser of somebody of the cast: ``as_person("bob")``."""

    def open_browser(name: str) -> Browser:
        return Browser(app).sign_in(world.people[name])

    return open_browser


@pytest.fixture
def count_statements():
    """Count SQL statements, without savepoints: ``with count_statements() as seen: ...``."""

    @contextlib.contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
