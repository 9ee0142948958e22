"""One act, one command, one transaction."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from quizapp.core import db as core
from quizapp.core.audit import AuditRow, record
from quizapp.core.db import as_table, atomic, end_read, insert, on_commit, savepoint

pytestmark = pytest.mark.usefixtures("db")


def actions() -> list[str]:
    """Return what the log holds, in the order it was written."""
    return list(core.db.session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


@atomic
def write(action: str) -> str:
    """Add a row to the log, as a command of its own or as part of another."""
    record(action, "test:1")
    return action


@atomic
def write_and_fail(action: str) -> None:
    """Add a row and raise."""
    record(action, "test:1")
    core.db.session.flush()
    raise ValueError(action)


def test_a_command_keeps_what_it_wrote_and_returns_its_result():
    assert write("kept") == "kept"
    core.db.session.rollback()
    assert actions() == ["kept"]


def test_a_command_that_raises_leaves_nothing():
    with pytest.raises(ValueError, match="gone"):
        write_and_fail("gone")
    assert actions() == []


def test_a_command_inside_another_joins_it():
    @atomic
    def outer() -> None:
        write("inner")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the one it raises itself
        outer()
    assert actions() == []


def test_an_inner_failure_that_is_caught_is_not_undone_by_itself():
    """Joining means sharing the fate: only a savepoint takes back a part."""

    @atomic
    def outer() -> None:
        with pytest.raises(ValueError, match="inner"):
            write_and_fail("inner")

    outer()
    assert actions() == ["inner"]


def test_a_command_after_one_that_failed_starts_clean():
    with pytest.raises(ValueError, match="gone"):
        write_and_fail("gone")
    write("kept")
    assert actions() == ["kept"]


def test_a_refusal_by_the_database_rolls_back_the_whole_command():
    @atomic
    def break_a_rule() -> None:
        record("before", "test:1")
        core.db.session.execute(insert(AuditRow).values(action=None, at=None, object="", facts=""))

    with pytest.raises(IntegrityError):
        break_a_rule()
    assert actions() == []


def test_a_command_decides_on_fresh_rows():
    """What the request has read before may be old by the time the command runs."""
    write("first")
    row = core.db.session.scalars(select(AuditRow)).one()
    table = AuditRow.__table__
    core.db.session.connection().execute(table.update().values(action="changed by another"))
    core.db.session.commit()

    @atomic
    def look() -> str:
        return core.db.session.get_one(AuditRow, row.id).action

    assert look() == "changed by another"


def test_unsaved_changes_from_outside_are_refused():
    core.db.session.add(AuditRow(action="lost", object="test:1", facts="{}"))
    with pytest.raises(RuntimeError, match="outside a command"):
        write("kept")
    core.db.session.rollback()
    assert actions() == []


def test_nothing_of_a_command_survives_in_the_session_when_it_was_refused():
    core.db.session.add(AuditRow(action="lost", object="test:1", facts="{}"))
    with pytest.raises(RuntimeError):
        write("kept")
    core.db.session.rollback()
    with pytest.raises(RuntimeError, match="needs a command"):
        on_commit(lambda: None)


# --- after the commit -----------------------------------------------------------------------------


def test_callbacks_wait_for_the_outermost_commit_and_keep_their_order():
    heard: list[str] = []

    @atomic
    def inner() -> None:
        on_commit(lambda: heard.append("second"))

    @atomic
    def outer() -> None:
        on_commit(lambda: heard.append("first"))
        inner()
        on_commit(lambda: heard.append("third"))
        assert heard == []

    outer()
    assert heard == ["first", "second", "third"]


def test_callbacks_find_the_rows_written():
    found: list[str] = []

    @atomic
    def act() -> None:
        record("acted", "test:1")
        on_commit(lambda: found.extend(actions()))

    act()
    assert found == ["acted"]


def test_a_callback_may_be_a_command_of_its_own():
    @atomic
    def act() -> None:
        on_commit(lambda: write("later"))

    act()
    assert actions() == ["later"]


def test_callbacks_of_a_failed_command_never_run():
    heard: list[str] = []

    @atomic
    def act() -> None:
        on_commit(lambda: heard.append("no"))
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        act()
    write("next")
    assert heard == []


def test_a_broken_callback_is_logged_and_the_others_run(caplog):
    heard: list[str] = []

    @atomic
    def act() -> str:
        on_commit(lambda: 1 / 0)
        on_commit(lambda: heard.append("still"))
        record("kept", "test:1")
        return "done"

    assert act() == "done"
    assert heard == ["still"]
    assert actions() == ["kept"]
    assert "after-commit callback failed" in caplog.text


def test_on_commit_needs_a_command():
    with pytest.raises(RuntimeError, match="needs a command"):
        on_commit(lambda: None)


# --- savepoints -----------------------------------------------------------------------------------


def test_a_savepoint_takes_back_its_rows_and_its_callbacks_and_nothing_else():
    heard: list[str] = []

    @atomic
    def act() -> None:
        record("before", "test:1")
        on_commit(lambda: heard.append("before"))
        with contextlib.suppress(ValueError), savepoint():
            record("inside", "test:1")
            on_commit(lambda: heard.append("inside"))
            raise ValueError
        on_commit(lambda: heard.append("after"))
        record("after", "test:1")

    act()
    assert actions() == ["before", "after"]
    assert heard == ["before", "after"]


def test_savepoints_nest():
    heard: list[str] = []

    @atomic
    def act() -> None:
        with savepoint():
            on_commit(lambda: heard.append("outer"))
            record("outer", "test:1")
            with contextlib.suppress(ValueError), savepoint():
                on_commit(lambda: heard.append("inner"))
                record("inner", "test:1")
                raise ValueError

    act()
    assert (actions(), heard) == (["outer"], ["outer"])


def test_a_savepoint_that_went_well_shares_the_fate_of_its_command():
    @atomic
    def act() -> None:
        with savepoint():
            record("inside", "test:1")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        act()
    assert actions() == []


# --- dialects and moments -------------------------------------------------------------------------


def test_an_insert_may_meet_what_is_there():
    values = {"id": 1, "action": "once", "object": "test:1", "facts": "{}", "at": datetime.now(UTC)}

    @atomic
    def twice() -> list[int | None]:
        statement = insert(AuditRow).values(values).on_conflict_do_nothing().returning(AuditRow.id)
        return [core.db.session.execute(statement).scalar() for _time in range(2)]

    assert twice() == [1, None]
    assert core.db.session.scalar(select(func.count()).select_from(AuditRow)) == 1


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
        datetime(2026, 11, 23, 7, 30, tzinfo=timezone(timedelta(hours=8))),
    ],
)
def test_moments_come_back_aware_and_in_utc(moment):
    @atomic
    def keep() -> None:
        core.db.session.add(AuditRow(action="kept", object="test:1", facts="{}", at=moment))

    keep()
    core.db.session.expunge_all()
    found = core.db.session.scalars(select(AuditRow.at)).one()
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused():
    @atomic
    def keep() -> None:
        naive = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - the very thing that is refused
        core.db.session.add(AuditRow(action="kept", object="test:1", facts="{}", at=naive))

    with pytest.raises(Exception, match="needs a time zone"):
        keep()
    assert actions() == []


def test_ending_a_read_gives_the_session_back():
    before = core.db.session()
    end_read()
    assert core.db.session() is not before


@pytest.mark.parametrize("numbers", [{}, {7: 0, 8: 5}, {n: n * n for n in range(2000)}])
def test_numbers_can_be_joined_like_a_table(numbers):
    table = as_table(numbers)
    found = core.db.session.execute(select(table.c.key, table.c.value)).all()
    assert {key: value for key, value in found} == numbers
