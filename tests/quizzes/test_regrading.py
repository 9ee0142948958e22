"""A corrected key: everybody's answers are graded again, in their favour and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from question_bank.items import Choice
from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.items import service as items
from quizapp.items.models import Correction, Item
from quizapp.items.service import correcting, get_stored
from quizapp.points import service as points
from quizapp.points.models import Entry
from quizapp.quizzes import service
from quizapp.quizzes.models import Attempt, Regrade, Response
from quizapp.quizzes.service import regrading
from tests.conftest import NOW
from tests.factories import bench as benches
from tests.factories import people, season
from tests.ledger import opened_ledger


@pytest.fixture
def made(world):
    return benches.bench(world)


@pytest.fixture
def wrong_item(db, world, made) -> str:
    """An item whose key is wrong: the first option, where the second one is right.

    It is the only one that is drawn, so that every set has it.
    """
    public_id = benches.published(made, benches.wording(world))
    others = update(Item).where(Item.public_id != public_id).values(is_suspended=True)
    db.session.execute(others)
    db.session.commit()
    return public_id


def options_of(public_id: str) -> list[str]:
    stored = get_stored(benches.item(public_id).current_version_id)
    assert isinstance(stored.item, Choice)
    return [option.id for option in stored.item.options]


def answered(viewer, option: str) -> str:
    attempt_id = service.start_daily(viewer)
    season.answer(viewer, attempt_id, 1, (option,))
    assert service.get_attempt(viewer, attempt_id).is_final
    return attempt_id


def correct(made, public_id, right=1, note="正确答案是第二项。"):
    benches.redrafted(made.author, public_id, benches.with_key(right))
    case_id = items.submit(made.author, public_id, correction=note).case_id
    benches.publish(made, case_id)


def score_of(db, attempt_id) -> float:
    return db.session.scalars(select(Attempt.score).where(Attempt.public_id == attempt_id)).one()


def points_of(viewer) -> int:
    return points.sum_of_person(viewer.id, NOW.date(), NOW.date())


def broken() -> list[str]:
    return [line for known in all_invariants() for line in known.check()]


def test_who_was_right_after_all_gains_and_nobody_loses(db, world, made, wrong_item):
    alice, bob, dana = (people.viewer(world.people[name]) for name in ("alice", "bob", "dana"))
    first, second, third, _fourth = options_of(wrong_item)
    sets = {
        "old key": answered(alice, first),
        "new key": answered(bob, second),
        "neither": answered(dana, third),
    }
    before = [points_of(viewer) for viewer in (alice, bob, dana)]
    correct(made, wrong_item)
    assert {who: score_of(db, attempt) for who, attempt in sets.items()} == {
        "old key": 1,
        "new key": 1,
        "neither": 0,
    }
    assert [points_of(viewer) for viewer in (alice, bob, dana)] == [
        before[0],
        before[1] + 1,
        before[2],
    ]
    correction = db.session.scalars(select(Correction)).one()
    assert (correction.regraded, correction.credited) == (3, 1)
    assert broken() == []


def test_the_response_stays_as_it_was_graded(db, world, made, wrong_item):
    bob = people.viewer(world.people["bob"])
    answered(bob, options_of(wrong_item)[1])
    correct(made, wrong_item)
    response = db.session.scalars(select(Response)).one()
    regrade = db.session.scalars(select(Regrade)).one()
    assert (response.score, response.is_correct) == (0, False)
    assert (regrade.old_score, regrade.new_score, regrade.person_id) == (0, 1, bob.id)


def test_the_job_again_pays_nobody_twice(db, world, made, wrong_item):
    bob = people.viewer(world.people["bob"])
    attempt_id = answered(bob, options_of(wrong_item)[1])
    correct(made, wrong_item)
    after = (score_of(db, attempt_id), points_of(bob))
    correction = db.session.scalars(select(Correction.id)).one()
    assert service.regrade(correction) == 0
    assert service.regrade_open() == 0
    assert (score_of(db, attempt_id), points_of(bob)) == after
    assert db.session.scalar(select(func.count()).select_from(Regrade)) == 1


def test_a_set_that_was_open_gains_when_it_is_final(db, world, made, wrong_item):
    bob = people.viewer(world.people["bob"])
    attempt_id = service.start_daily(bob)
    option = options_of(wrong_item)[1]
    correct(made, wrong_item)
    season.answer(bob, attempt_id, 1, (option,))
    assert service.get_attempt(bob, attempt_id).is_final
    assert score_of(db, attempt_id) == 0
    assert service.regrade_open() == 1
    assert score_of(db, attempt_id) == 1
    assert broken() == []


def test_a_stopped_run_is_taken_up(db, world, made, wrong_item, monkeypatch):
    viewers = [people.viewer(world.people[name]) for name in ("alice", "bob", "dana")]
    option = options_of(wrong_item)[1]
    sets = [answered(viewer, option) for viewer in viewers]
    monkeypatch.setattr(regrading, "BATCH", 1)
    real, runs = regrading._regrade_batch, []

    def stops(fact, attempt_ids):
        if len(runs) == 1:
            raise RuntimeError("the process died")
        runs.append(attempt_ids)
        return real(fact, attempt_ids)

    monkeypatch.setattr(regrading, "_regrade_batch", stops)
    correct(made, wrong_item)
    assert [score_of(db, attempt) for attempt in sets].count(1) == 1
    assert db.session.scalars(select(Correction.credited)).one() is None
    monkeypatch.setattr(regrading, "_regrade_batch", real)
    assert service.regrade_open() == 2
    assert [score_of(db, attempt) for attempt in sets] == [1, 1, 1]
    assert db.session.scalars(select(Correction.credited)).one() == 3
    assert broken() == []


def test_a_late_answer_gains_nothing(db, world, made, wrong_item):
    bob = people.viewer(world.people["bob"])
    option = options_of(wrong_item)[1]
    attempt_id = service.start_daily(bob)
    with clock.frozen(NOW + timedelta(days=4)):
        service.close_stale()
        season.answer(bob, attempt_id, 1, (option,))
        correct(made, wrong_item)
    assert score_of(db, attempt_id) == 0
    assert db.session.scalar(select(func.count()).select_from(Regrade)) == 0


def test_corrected_twice_each_gain_counts_once(db, world, made, wrong_item):
    alice, bob = (people.viewer(world.people[name]) for name in ("alice", "bob"))
    _first, second, third, _fourth = options_of(wrong_item)
    sets = [answered(alice, second), answered(bob, third)]
    correct(made, wrong_item, right=1)
    correct(made, wrong_item, right=2, note="仍有误，第三项才对。")
    assert [score_of(db, attempt) for attempt in sets] == [1, 0]
    assert service.regrade_open() == 0
    assert broken() == []


def test_earlier_wordings_with_the_same_wrong_key_are_graded_again_too(db, world, made, wrong_item):
    alice, bob = (people.viewer(world.people[name]) for name in ("alice", "bob"))
    option = options_of(wrong_item)[1]
    old = answered(alice, option)

    def reworded(kept):
        return replace(kept, draft=replace(kept.draft, stem="发现险情时先做哪一件事？"))

    benches.redrafted(made.author, wrong_item, reworded)
    benches.publish(made, items.submit(made.author, wrong_item).case_id)
    newer = answered(bob, option)
    correct(made, wrong_item)
    assert [score_of(db, attempt) for attempt in (old, newer)] == [1, 1]


def test_without_a_correction_nothing_is_graded_again(db, world, made, wrong_item):
    bob = people.viewer(world.people["bob"])
    attempt_id = answered(bob, options_of(wrong_item)[1])
    benches.redrafted(made.author, wrong_item, benches.with_key(1))
    benches.publish(made, items.submit(made.author, wrong_item).case_id)
    assert score_of(db, attempt_id) == 0


def test_a_note_about_wording_only_grades_nothing(db, world, made, wrong_item):
    answered(people.viewer(world.people["bob"]), options_of(wrong_item)[1])

    def reworded(kept):
        return replace(kept, draft=replace(kept.draft, stem="发现险情时先做哪一件事？"))

    benches.redrafted(made.author, wrong_item, reworded)
    case_id = items.submit(made.author, wrong_item, correction="题干更清楚了。").case_id
    benches.publish(made, case_id)
    line = correcting.list_corrections(made.author)[0]
    assert (line.is_key_changed, line.gained, line.gained_few) == (False, None, False)
    assert db.session.scalar(select(func.count()).select_from(Regrade)) == 0


def test_a_returned_correction_leaves_no_note(db, made, wrong_item):
    from quizapp.review import service as review

    benches.redrafted(made.author, wrong_item, benches.with_key(1))
    case_id = items.submit(made.author, wrong_item, correction="第二项才对。").case_id
    assert correcting.list_corrections(made.author) == []  # not before it is published
    seen = review.get_case(made.first, case_id)
    review.return_wording(
        made.first, case_id, level="first", seen_hash=seen.content_hash, comment="依据？"
    )
    assert db.session.scalar(select(func.count()).select_from(Correction)) == 0


def test_people_are_told_once(world, made, wrong_item):
    alice, bob = (people.viewer(world.people[name]) for name in ("alice", "bob"))
    first, second, *_rest = options_of(wrong_item)
    answered(alice, first)
    answered(bob, second)
    correct(made, wrong_item)
    assert service.list_regrade_notices(alice) == []
    notice = service.list_regrade_notices(bob)[0]
    assert (notice.gained, notice.note) == (1, "正确答案是第二项。")
    service.see_regrades(alice)
    assert service.list_regrade_notices(bob)
    service.see_regrades(bob)
    assert service.list_regrade_notices(bob) == []


def test_few_gains_are_not_shown_as_a_number(db, world, made, wrong_item):
    answered(people.viewer(world.people["bob"]), options_of(wrong_item)[1])
    correct(made, wrong_item)
    line = correcting.list_corrections(people.viewer(world.people["alice"]))[0]
    assert (line.gained, line.gained_few) == (None, True)
    db.session.execute(update(Correction).values(credited=5))
    db.session.commit()
    line = correcting.list_corrections(people.viewer(world.people["alice"]))[0]
    assert (line.gained, line.gained_few) == (5, False)
    assert correcting.list_corrections(people.viewer(world.people["charlie"])) == []


def test_a_lost_ledger_is_written_anew_with_the_gain(db, world, made, wrong_item):
    bob = people.viewer(world.people["bob"])
    answered(bob, options_of(wrong_item)[1])
    correct(made, wrong_item)
    before = points_of(bob)
    with opened_ledger():
        db.session.execute(Entry.__table__.delete().where(Entry.corrects_id.is_not(None)))
    db.session.commit()
    assert any("no correction" in line for line in broken())
    points.reward_again(NOW.date())
    assert broken() == []
    assert points_of(bob) == before
