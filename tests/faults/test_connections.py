"""The pool after the database went away, and what a command sees that follows a read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core import db as foundation
from quizapp.core.audit import AuditRow, record
from quizapp.core.db import atomic, db
from tests.conftest import build_app

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def served() -> Iterator[Flask]:
    """An application whose sessions have connections of their own, as in production."""
    made = build_app("zx_connections")
    if not made.config["DATABASE_URL"].startswith("postgresql"):
        pytest.skip("needs PostgreSQL")
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def context(served: Flask) -> Iterator[None]:
    """The context of a request that has not read anything yet."""
    with served.app_context():
        yield


@atomic
def write(action: str) -> int:
    """Add a row to the log and return how many there are of its kind."""
    record(action, "thing:1")
    db.session.flush()
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(AuditRow).where(AuditRow.action == action)
    )


def backend() -> int:
    """Return the server process behind this session's connection."""
    return db.session.scalar(sa.text("SELECT pg_backend_pid()"))


def terminate_backends(served: Flask) -> None:
    """End every other connection to the database, as a restart of the server does."""
    other = sa.create_engine(served.config["DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
        )
    other.dispose()


def test_a_connection_that_died_while_it_was_idle_is_replaced(served, context, monkeypatch):
    monkeypatch.setattr(foundation, "IDLE_SECONDS", 0.05)
    before = backend()
    db.session.remove()
    terminate_backends(served)
    time.sleep(0.1)
    assert backend() != before


def test_a_connection_in_use_is_not_tested_again(served, context):
    assert backend() == backend()
    before = backend()
    db.session.remove()
    assert backend() == before


def test_one_failure_clears_the_whole_pool(served, context):
    backend()
    db.session.remove()
    terminate_backends(served)
    with pytest.raises(sa.exc.OperationalError):
        backend()
    db.session.remove()
    assert backend()


def test_a_command_goes_on_in_the_transaction_of_the_reads_before_it(served, context):
    read_in = db.session.scalar(sa.text("SELECT pg_current_xact_id()"))
    wrote_in = atomic(lambda: db.session.scalar(sa.text("SELECT pg_current_xact_id()")))()
    assert read_in == wrote_in


def test_a_command_after_a_read_sees_what_others_committed_meanwhile(served, context):
    assert db.session.scalar(sa.text("SELECT current_setting('transaction_isolation')")) == (
        "read committed"
    )
    written = []

    def somebody_else() -> None:
        with served.app_context():
            written.append(write("connections.meanwhile"))

    other = threading.Thread(target=somebody_else)
    other.start()
    other.join()
    assert write("connections.meanwhile") == written[0] + 1


def test_a_command_that_fails_after_a_read_leaves_nothing(served, context):
    @atomic
    def fail() -> None:
        record("connections.failed", "thing:1")
        db.session.flush()
        raise ZeroDivisionError

    backend()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert write("connections.failed") == 1
