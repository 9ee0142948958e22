"""Reviewers, reporters and regrading at the same moment: on PostgreSQL, with real commits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from quizapp.accounts.permissions import Role
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.items.models import Correction, Item, ItemVersion, Report
from quizapp.items.service import get_stored, reporting
from quizapp.points.models import Entry
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Regrade
from quizapp.review import service as review
from quizapp.review.models import Signature
from tests.factories import bench as benches
from tests.factories import people, season
from tests.faults.test_races import broken, count, together

pytestmark = pytest.mark.services


@pytest.fixture
def made(live: people.World) -> benches.Bench:
    """The people who keep the bank of company A."""
    return benches.bench(live)


def errors(results: list[Any]) -> list[Exception]:
    """Return what went wrong."""
    return [one for one in results if isinstance(one, Exception)]


def test_two_reviewers_pass_one_level_and_the_second_is_told_who_did(live_app, live, made):
    case_id = items.submit(made.author, benches.drafted(made.author, benches.wording(live))).case_id
    chief = ((Role.FIRST_REVIEWER, made.first.unit_path or "/"),)
    rivals = [made.first, *(replace(person, scopes=chief) for person in (made.second, made.final))]

    def act(place: int) -> None:
        benches.sign(rivals[place], case_id, "first")

    results = together(live_app, 3, act)
    kept = db.session.scalars(
        select(Signature).where(Signature.stage == "first", Signature.checklist != "[]")
    ).one()
    winner = next(person for person in rivals if person.id == kept.person_id)
    refused = errors(results)
    assert len(refused) == 2
    assert all(isinstance(one, Refusal) and winner.name in one.message for one in refused)
    assert review.get_case(made.author, case_id).state == "second"
    assert broken() == []


def test_passing_and_returning_at_once_leave_one_decision(live_app, live, made):
    case_id = items.submit(made.author, benches.drafted(made.author, benches.wording(live))).case_id
    other = replace(made.second, scopes=((Role.FIRST_REVIEWER, made.first.unit_path or "/"),))
    seen = review.get_case(made.first, case_id).content_hash

    def act(place: int) -> None:
        if place:
            benches.sign(made.first, case_id, "first")
        else:
            review.return_wording(other, case_id, level="first", seen_hash=seen, comment="请改")

    results = together(live_app, 2, act)
    assert len(errors(results)) == 1
    assert review.get_case(made.author, case_id).state in ("second", "returned")
    assert broken() == []


def test_a_draft_that_is_handed_in_twice_at_once_is_one_case(live_app, live, made):
    public_id = benches.drafted(made.author, benches.wording(live))
    results = together(live_app, 4, lambda _place: items.submit(made.author, public_id))
    assert len(errors(results)) == 3
    item_id = benches.item(public_id).id
    versions = select(func.count()).where(ItemVersion.item_id == item_id)
    assert db.session.scalar(versions) == 1
    assert broken() == []


def test_due_wordings_are_published_once_by_several_workers(live_app, live, made):
    from datetime import timedelta

    from quizapp.core import clock

    case_id = items.submit(made.author, benches.drafted(made.author, benches.wording(live))).case_id
    benches.publish(made, case_id, ("first", "second"))
    benches.sign(made.final, case_id, "final", publish_at=clock.now() + timedelta(hours=1))
    with clock.frozen(clock.now() + timedelta(hours=2)):
        results = together(live_app, 4, lambda _place: review.publish_due())
    assert sum(results) == 1
    assert review.get_case(made.author, case_id).state == "published"
    assert broken() == []


def only_item(live: people.World, made: benches.Bench) -> str:
    """Publish an item and let nothing else be drawn."""
    public_id = benches.published(made, benches.wording(live))
    db.session.execute(update(Item).where(Item.public_id != public_id).values(is_suspended=True))
    db.session.commit()
    return public_id


def test_five_reports_at_once_are_five_and_end_the_rotation(live_app, live, made):
    public_id = only_item(live, made)
    names = ("alice", "bob", "dana")
    viewers = [people.viewer(live.people[name]) for name in names]
    sets = [quizzes.start_daily(viewer) for viewer in viewers]
    for viewer, attempt_id in zip(viewers, sets, strict=True):
        season.answer(viewer, attempt_id, 1)

    def act(place: int) -> bool:
        who = place % 3  # everybody sends it twice
        return reporting.report(viewers[who], sets[who], 1, reason="key")

    results = together(live_app, 6, act)
    assert errors(results) == []
    assert results.count(True) == 3
    assert count(Report) == 3
    item = benches.item(public_id)
    assert (item.open_reports, item.is_suspended) == (3, True)
    assert broken() == []


def test_regrading_by_several_workers_pays_once(live_app, live, made):
    public_id = only_item(live, made)
    stored = get_stored(benches.item(public_id).current_version_id).item
    second = stored.options[1].id
    viewers = [people.viewer(live.people[name]) for name in ("alice", "bob", "dana")]
    for viewer in viewers:
        attempt_id = quizzes.start_daily(viewer)
        season.answer(viewer, attempt_id, 1, (second,))
        quizzes.finish(viewer, attempt_id)
    benches.redrafted(made.author, public_id, benches.with_key(1))
    case_id = items.submit(made.author, public_id, correction="第二项才对。").case_id
    benches.publish(made, case_id)
    correction = db.session.scalars(select(Correction.id)).one()
    results = together(live_app, 4, lambda _place: quizzes.regrade(correction))
    assert errors(results) == []
    assert count(Regrade) == 3
    assert set(db.session.scalars(select(Attempt.score)).all()) == {1}
    corrections = select(func.count()).where(Entry.corrects_id.is_not(None))
    assert db.session.scalar(corrections) == 3
    assert broken() == []
