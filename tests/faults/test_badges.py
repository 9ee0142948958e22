"""Badges when many do the same at once, and when the one who gives them is stopped half way."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from quizapp.badges import service
from quizapp.badges.models import Award, IssuerKey, Waiting
from quizapp.badges.service import earning, keys, own
from quizapp.core.checks import all_invariants
from quizapp.core.db import db
from tests.factories import badges, people
from tests.faults.test_races import together

pytestmark = pytest.mark.services


def count(model) -> int:
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def broken() -> list[str]:
    """Return what the invariants of badges find."""
    return [
        line for one in all_invariants() if one.number in {"I70", "I71"} for line in one.check()
    ]


def test_six_workers_give_one_badge(live_app, live):
    bob_id = live.people["bob"]
    badges.active(people.viewer(live.people["dana"]))
    badges.act(bob_id)
    for _time in range(30):
        service.mark([bob_id])

    def work(place: int) -> int:
        return earning.award_missing() if place % 2 else service.evaluate_waiting()

    given = together(live_app, 6, work)
    assert sorted(given) == [0, 0, 0, 0, 0, 1]
    assert count(Award) == 1
    assert count(Waiting) == 0
    assert broken() == []


def test_who_is_stopped_half_way_leaves_everybody_waiting(live_app, live, monkeypatch):
    bob_id = live.people["bob"]
    badges.active(people.viewer(live.people["dana"]))
    badges.act(bob_id)

    def die(*_arguments):
        raise RuntimeError("the process is stopped")

    with monkeypatch.context() as patch:
        patch.setattr(earning, "_give", die)
        with pytest.raises(RuntimeError):
            service.evaluate_waiting()
    assert (count(Award), count(Waiting)) == (0, 1)
    assert service.evaluate_waiting() == 1
    assert broken() == []


def test_facts_and_looks_at_once_leave_nobody_out(live_app, live):
    badges.active(people.viewer(live.people["dana"]))
    ids = sorted(live.people[name] for name in ("alice", "bob", "dana"))

    def work(place: int) -> None:
        if place < len(ids):
            badges.act(ids[place])
        service.evaluate_waiting()

    assert together(live_app, 6, work) == [None] * 6
    service.evaluate_waiting()
    assert count(Award) == 3
    assert broken() == []


def test_the_first_key_is_made_once(live_app, live, monkeypatch):
    monkeypatch.setattr(keys, "new_private_key", badges.private_key)
    names = together(live_app, 6, lambda _place: keys.prepare())
    assert len(set(names)) == 1
    assert count(IssuerKey) == 1


def test_a_badge_shown_from_six_devices_has_one_link(live_app, live):
    bob = people.viewer(live.people["bob"])
    award_id = badges.earned(people.viewer(live.people["dana"]), bob.id)
    assert together(live_app, 6, lambda _place: own.share(bob, award_id, shows=True)) == [None] * 6
    assert own.get_award(bob, award_id).share_token
