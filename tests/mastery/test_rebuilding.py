"""Cards are derived: folding them anew from the responses gives what listening gave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.mastery import service
from quizapp.mastery.models import MasteryCard, Retest
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import FormItem
from tests.conftest import NOW
from tests.factories import people, season


def everything():
    """Return every card and every sum, as rows."""
    return [
        [
            dict(row)
            for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in (MasteryCard.__table__, Retest.__table__)
    ]


@atomic
def ask_cold(position: int = 1):
    """Make the items at a position of every form a cold re-test."""
    db.session.execute(
        update(FormItem).where(FormItem.position == position).values(purpose="retest")
    )


@pytest.fixture
def lived(world):
    """Two people over six weeks: right, wrong, late, and asked again cold."""
    bob, alice = (people.viewer(world.people[name]) for name in ("bob", "alice"))
    with clock.frozen(NOW - timedelta(days=41)):
        late = quizzes.start_daily(alice)
        season.answer(alice, late, 1)
    for days_ago in (41, 40, 20, 9, 8, 0):
        with clock.frozen(NOW - timedelta(days=days_ago)):
            attempt_id = quizzes.start_daily(bob)
            ask_cold()
            for position in range(1, 6):
                options = season.wrong_options(attempt_id, position) if position % 2 else None
                season.answer(bob, attempt_id, position, options)
            quizzes.finish(bob, attempt_id)
    with clock.frozen(NOW - timedelta(days=40)):
        season.finished_set(alice)
    quizzes.close_stale()  # the set that was begun first becomes final last
    return world


def test_rebuilding_gives_what_listening_gave(lived):
    before = everything()
    assert len(before[0]) > 5
    assert len(before[1]) == 2  # October and November
    assert service.rebuild() == 0
    assert everything() == before


def test_lost_cards_come_back(lived):
    before = everything()
    atomic(db.session.execute)(delete(MasteryCard))
    atomic(db.session.execute)(delete(Retest))
    assert service.rebuild() == len(before[0]) + len(before[1])
    assert everything() == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE mastery_card SET stability = 77, streak = 9",
        "UPDATE mastery_card SET history = '[[739000,\"attempt:9999\",3,1]]'",
        "UPDATE mastery_retest SET people = 5, answered = 9",
    ],
)
def test_damage_is_mended(lived, damage):
    before = everything()
    atomic(db.session.execute)(text(damage))
    assert [*service.find_wrong_cards(), *service.find_wrong_sums()]
    assert service.rebuild()
    db.session.expire_all()
    assert everything() == before
    assert [*service.find_wrong_cards(), *service.find_wrong_sums()] == []


def test_cards_of_nothing_go(lived):
    before = everything()
    first = before[0][0]
    atomic(db.session.execute)(
        text(
            "INSERT INTO mastery_card (person_id, item_id, version_id, last_seen_on, reps, lapses,"
            " streak, is_mistake, history) SELECT person_id, (SELECT max(id) FROM items_item),"
            " version_id, '2026-01-01', 0, 0, 0, FALSE, '[[739617,\"attempt:9\",0,1]]'"
            f" FROM mastery_card WHERE item_id = {first['item_id']} LIMIT 1"
            " ON CONFLICT DO NOTHING"
        )
    )
    service.rebuild()
    db.session.expire_all()
    assert everything() == before


def test_a_set_that_becomes_final_meanwhile_is_kept(lived, monkeypatch):
    before = everything()
    monkeypatch.setattr("quizapp.mastery.service.rebuilding.responses_since", lambda _day: iter(()))
    service.rebuild()
    db.session.expire_all()
    cards, _sums = everything()
    assert {card["last_seen_on"] for card in cards} == {NOW.date()}
    monkeypatch.undo()
    service.rebuild()
    db.session.expire_all()
    assert everything() == before
