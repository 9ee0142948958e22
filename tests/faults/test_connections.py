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

pytestmark = pytest.mark.services


@pytest.fixture
def context(live_app: Flask) -> Iterator[None]:
    """The context of a request that has not read anything yet."""
    with live_app.app_context():
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


def terminate_backends(live_app: Flask) -> None:
    """End every other connection to the database, as a restart of the server does."""
    other = sa.create_engine(live_app.config["DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
        )
    other.dispose()


def test_a_connection_that_died_while_it_was_idle_is_replaced(live_app, context, monkeypatch):
    monkeypatch.setattr(foundation, "IDLE_SECONDS", 0.05)
    before = backend()
    db.session.remove()
    terminate_backends(live_app)
    time.sleep(0.1)
    assert backend() != before


def test_a_connection_in_use_is_not_tested_again(live_app, context):
    assert backend() == backend()
    before = backend()
    db.session.remove()
    assert backend() == before


def test_one_failure_clears_the_whole_pool(live_app, context):
    backend()
    db.session.remove()
    terminate_backends(live_app)
    with pytest.raises(sa.exc.OperationalError):
        backend()
    db.session.remove()
    assert backend()


def test_a_command_goes_on_in_the_transaction_of_the_reads_before_it(live_app, context):
    read_in = db.session.scalar(sa.text("SELECT pg_current_xact_id()"))
    wrote_in = atomic(lambda: db.session.scalar(sa.text("SELECT pg_current_xact_id()")))()
    assert read_in == wrote_in


def test_a_command_after_a_read_sees_what_others_committed_meanwhile(live_app, context):
    assert db.session.scalar(sa.text("SELECT current_setting('transaction_isolation')")) == (
        "read committed"
    )
    written = []

    def somebody_else() -> None:
        with live_app.app_context():
            written.append(write("connections.meanwhile"))

    other = threading.Thread(target=somebody_else)
    other.start()
    other.join()
    assert write("connections.meanwhile") == written[0] + 1


def test_a_command_that_fails_after_a_read_leaves_nothing(live_app, context):
    @atomic
    def fail() -> None:
        record("connections.failed", "thing:1")
        db.session.flush()
        raise ZeroDivisionError

    backend()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert write("connections.failed") == 1
