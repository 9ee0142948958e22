"""Rows of many threads in one group: each gets its own result, and a bad one fails alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from quizapp.core import grouping
from quizapp.core.grouping import Crowded, GroupWriter

SECONDS = 20  # that a thread may take before the test says that it hangs


class Store:
    """A store that remembers its groups, can be held, and fails for what it is told to."""

    def __init__(self, bad: Callable[[Sequence[int]], BaseException | None] = lambda _rows: None):
        self.bad = bad
        self.groups: list[list[int]] = []
        self.written: list[int] = []
        self.entered, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self, rows: Sequence[int]) -> list[str]:
        self.groups.append(list(rows))
        self.entered.set()
        assert self.gate.wait(SECONDS)
        if error := self.bad(rows):
            raise error
        self.written += rows
        return [f"result of {row}" for row in rows]


def fails_for(*rows: int, error: type[BaseException] = ValueError) -> Callable[..., Any]:
    """Return a fault of the data: the group that holds one of ``rows`` fails."""
    return lambda group: error(f"bad: {group}") if set(rows) & set(group) else None


def submit_all(writer: GroupWriter[int, str], rows: Sequence[int]) -> tuple[dict, dict]:
    """Submit every row in a thread of its own; return results and errors by row."""
    results: dict[int, str] = {}
    errors: dict[int, BaseException] = {}

    def one(row: int) -> None:
        try:
            results[row] = writer.submit(row)
        except BaseException as error:
            errors[row] = error

    threads = [threading.Thread(target=one, args=(row,), daemon=True) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not [thread for thread in threads if thread.is_alive()], "somebody waits for ever"
    return results, errors


def together(store: Store, writer: GroupWriter[int, str], rows: Sequence[int]) -> tuple[dict, dict]:
    """Submit row 0 and hold it in the store until all of ``rows`` wait behind it."""
    store.gate.clear()
    first = threading.Thread(target=writer.submit, args=(0,), daemon=True)
    first.start()
    assert store.entered.wait(SECONDS)

    def open_when_all_wait() -> None:
        while len(writer._waiting) < len(rows):
            threading.Event().wait(0.002)
        store.gate.set()

    threading.Thread(target=open_when_all_wait, daemon=True).start()
    told = submit_all(writer, rows)
    first.join(SECONDS)
    return told


def test_alone_a_row_is_written_at_once():
    store = Store()
    assert GroupWriter(store).submit(7) == "result of 7"
    assert store.groups == [[7]]


def test_who_comes_meanwhile_goes_together_and_each_gets_its_own_result():
    store = Store()
    results, errors = together(store, GroupWriter(store), range(1, 31))
    assert results == {row: f"result of {row}" for row in range(1, 31)}
    assert errors == {}
    assert [len(group) for group in store.groups] == [1, 30]


def test_a_group_has_a_largest_size_and_takes_who_came_first():
    store = Store()
    writer = GroupWriter(store, most=4)
    together(store, writer, range(1, 11))
    assert [len(group) for group in store.groups] == [1, 4, 4, 2]
    assert sorted(store.written) == list(range(11))


def test_a_bad_row_fails_alone():
    store = Store(fails_for(3))
    results, errors = together(store, GroupWriter(store), range(1, 8))
    assert set(errors) == {3}
    assert str(errors[3]) == "bad: [3]"
    assert set(results) == {1, 2, 4, 5, 6, 7}
    assert sorted(store.written) == [0, 1, 2, 4, 5, 6, 7], "each of the others is written once"


def outage(_group: object = None) -> DBAPIError:
    """Return what SQLAlchemy raises when the server went away."""
    return DBAPIError("INSERT", {}, Exception("gone"), connection_invalidated=True)


def test_an_outage_fails_everybody_at_once_and_is_not_tried_row_by_row():
    store = Store(lambda rows: outage() if 0 not in rows else None)
    results, errors = together(store, GroupWriter(store), range(1, 8))
    assert results == {}
    assert {type(error) for error in errors.values()} == {DBAPIError}
    assert len(store.groups) == 2


def test_an_error_of_the_database_that_is_no_outage_is_tried_row_by_row():
    def fault(rows: Sequence[int]) -> BaseException | None:
        return DBAPIError("INSERT", {}, Exception("check")) if 2 in rows else None

    results, errors = together(store := Store(fault), GroupWriter(store), range(1, 4))
    assert (set(results), set(errors)) == ({1, 3}, {2})


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_a_writer_that_is_killed_leaves_nobody_waiting(error):
    store = Store(fails_for(2, error=error))
    writer = GroupWriter(store)
    results, errors = together(store, writer, range(1, 6))
    assert results.keys() | errors.keys() == set(range(1, 6))
    assert {type(one) for one in errors.values()} == {error}
    store.bad = lambda _rows: None
    assert writer.submit(9) == "result of 9"


@pytest.mark.parametrize("returned", [[], ["one", "too many"]])
def test_a_store_that_loses_count_fails_and_nobody_waits(returned):
    """Whatever ``write`` returns, everybody is told something."""
    results, errors = submit_all(GroupWriter(lambda _rows: returned), range(3))
    assert results == {}
    assert {type(error) for error in errors.values()} == {ValueError}


def test_too_many_are_told_so_at_once(monkeypatch):
    monkeypatch.setattr(grouping, "MOST_WAITING", 3)
    store = Store()
    writer = GroupWriter(store)
    store.gate.clear()
    with ExitStack() as held:
        held.callback(store.gate.set)
        threading.Thread(target=writer.submit, args=(0,), daemon=True).start()
        assert store.entered.wait(SECONDS)
        for row in (1, 2, 3):
            threading.Thread(target=writer.submit, args=(row,), daemon=True).start()
        while len(writer._waiting) < 3:
            threading.Event().wait(0.002)
        with pytest.raises(Crowded):
            writer.submit(4)
    while len(store.written) < 4:
        threading.Event().wait(0.002)
    assert writer.submit(5) == "result of 5"
    assert 4 not in store.written


class Slow(int):
    """A size; whenever it is asked for, another row arrives before the answer."""

    arrive: Callable[[], None]

    def __index__(self) -> int:
        self.arrive()
        return int(self)

    def __lt__(self, other: int) -> bool:
        self.arrive()
        return int(self) < other

    def __gt__(self, other: int) -> bool:
        self.arrive()
        return int(self) > other


def test_a_row_that_comes_while_a_group_is_taken_is_not_forgotten():
    """Threads change places at any moment, also between reading a list and putting it back."""
    store, size = Store(), Slow(64)
    writer = GroupWriter(store, most=size)
    late: list[threading.Thread] = []

    def arrive() -> None:
        if len(late) == 3:
            return
        late.append(threading.Thread(target=writer.submit, args=(len(late) + 1,), daemon=True))
        waiting = len(writer._waiting)
        late[-1].start()
        while len(writer._waiting) == waiting:
            threading.Event().wait(0.002)

    size.arrive = arrive
    writer.submit(0)
    for thread in late:
        thread.join(SECONDS)
    assert sorted(store.written) == list(range(len(late) + 1))
    assert late


def test_many_threads_that_change_places_all_the_time_get_their_own():
    kept = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        store = Store(fails_for(*range(0, 400, 50)))
        results, errors = submit_all(GroupWriter(store, most=8), range(400))
    finally:
        sys.setswitchinterval(kept)
    assert set(errors) == set(range(0, 400, 50))
    assert results == {row: f"result of {row}" for row in range(400) if row % 50}
    assert sorted(store.written) == sorted(results)
