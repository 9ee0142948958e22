"""Call down, announce up: who hears, in which order, and what a broken listener can lose."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from datetime import date

import pytest
from sqlalchemy import select

from quizapp.core import events
from quizapp.core.audit import AuditRow, record
from quizapp.core.db import atomic, on_commit
from quizapp.core.db import db as database
from quizapp.core.events import (
    Event,
    Rewardable,
    announce,
    listens_to,
    rewards_since,
    tells_rewards,
)

pytestmark = pytest.mark.usefixtures("db")


@dataclass(frozen=True, kw_only=True)
class LampLit(Event):
    """A fact of this test."""

    name: str


@dataclass(frozen=True, kw_only=True)
class RedLampLit(LampLit):
    """A more exact fact."""


@pytest.fixture(autouse=True)
def own_listeners(monkeypatch):
    """Let the listeners of this test be the only ones, and forget them afterwards."""
    monkeypatch.setattr(events, "_listeners", [])
    monkeypatch.setattr(events, "_reward_sources", {})


@atomic
def light(fact: LampLit | None = None) -> None:
    """Write a row and announce it."""
    record("lit", "lamp:1")
    announce(fact or LampLit(name="one"))
    record("told", "lamp:1")


def actions() -> list[str]:
    """Return what the log holds, in the order it was written."""
    return list(database.session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_listeners_hear_in_the_order_they_registered():
    heard = []
    for place in range(3):
        listens_to(LampLit)(lambda fact, place=place: heard.append((place, fact.name)))
    light()
    assert heard == [(0, "one"), (1, "one"), (2, "one")]


def test_a_listener_hears_more_exact_facts_too_and_no_vaguer_ones():
    heard = []
    listens_to(LampLit)(lambda fact: heard.append("lamp"))
    listens_to(RedLampLit)(lambda fact: heard.append("red"))
    light(RedLampLit(name="red"))
    light(LampLit(name="any"))
    assert heard == ["lamp", "red", "lamp"]


def test_registering_twice_is_registering_once():
    heard = []

    def listener(fact: LampLit) -> None:
        heard.append(fact)

    for _time in range(2):
        assert listens_to(LampLit)(listener) is listener
    light()
    assert len(heard) == 1


def test_a_listener_writes_in_the_same_transaction():
    listens_to(LampLit)(lambda fact: record("heard", "lamp:1"))

    @atomic
    def light_and_fail() -> None:
        light()
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        light_and_fail()
    assert actions() == []
    light()
    assert actions() == ["lit", "heard", "told"]


def test_a_broken_listener_loses_its_own_writes_and_nothing_else(caplog):
    called = []

    def broken(fact: LampLit) -> None:
        record("broken", "lamp:1")
        on_commit(lambda: called.append("broken"))
        raise ZeroDivisionError

    def sound(fact: LampLit) -> None:
        record("sound", "lamp:1")
        on_commit(lambda: called.append("sound"))

    for listener in (sound, broken, sound):
        listens_to(LampLit)(listener)
    listens_to(LampLit)(lambda fact: sound(fact))
    light()
    assert actions() == ["lit", "sound", "sound", "told"]
    assert called == ["sound", "sound"]
    assert "broken failed on LampLit(name='one')" in caplog.text


def test_a_listener_that_breaks_the_database_loses_its_own_writes_only():
    def broken(fact: LampLit) -> None:
        record("broken", "lamp:1")
        database.session.add(AuditRow(action=None, object="", facts=""))
        database.session.flush()

    listens_to(LampLit)(broken)
    light()
    assert actions() == ["lit", "told"]


def test_what_a_broken_listener_announced_is_lost_with_it():
    heard = []

    def echo(fact: RedLampLit) -> None:
        record("echo", "lamp:1")
        on_commit(lambda: heard.append("echo"))

    def broken(fact: LampLit) -> None:
        if not isinstance(fact, RedLampLit):
            announce(RedLampLit(name="red"))
            raise ValueError

    listens_to(RedLampLit)(echo)
    listens_to(LampLit)(broken)
    light()
    assert actions() == ["lit", "told"]
    assert heard == []


def test_a_fact_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        LampLit(name="one").name = "two"


def test_rewards_are_told_again_by_every_room_in_the_order_of_their_names():
    def fact(room: str) -> Rewardable:
        return Rewardable(
            user_id=1,
            activity="x",
            source=room,
            quantity=1,
            occurred_on=date(2026, 11, 18),
            unit_id=None,
        )

    for room in ("quizzes", "campaigns"):
        tells_rewards(room)(lambda day, room=room: iter([fact(room)]))
    told = [reward.source for reward in rewards_since(date(2026, 11, 1))]
    assert told == ["campaigns", "quizzes"]
