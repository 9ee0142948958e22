"""What is noted of answers, and what is due: the real schema."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from quizapp.core import events
from quizapp.core.db import atomic, db
from quizapp.core.events import GradedResponse, ResponsesGraded, announce
from quizapp.items.models import Item
from quizapp.items.service import get_stored
from quizapp.mastery import service
from quizapp.mastery.models import MasteryCard, MasterySetting, Retest
from quizapp.mastery.rules import DUE_A_DAY
from tests.factories import people

DAY = date(2026, 11, 18)


def some_versions(world, number):
    """Return the current versions of the first items, of any kind."""
    found = db.session.scalars(
        select(Item.current_version_id)
        .where(Item.organisation_id == world.organisation)
        .order_by(Item.id)
        .limit(number)
    )
    return list(found)


def facts(world, results, *, day=DAY, source="attempt:1", who="bob", mode="daily", **more):
    """Return the fact that a person answered the first items: True, False, or a whole response."""
    versions = some_versions(world, len(results))
    responses = tuple(
        result
        if isinstance(result, GradedResponse)
        else GradedResponse(
            item_id=get_stored(version).item_id,
            item_version_id=version,
            score=float(result),
            is_correct=result,
            is_rapid=False,
        )
        for version, result in zip(versions, results, strict=True)
    )
    return ResponsesGraded(
        user_id=world.people[who],
        occurred_on=day,
        unit_id=world.team,
        mode=mode,
        source=source,
        responses=responses,
        **more,
    )


def told(world, results, **more):
    """Announce that a person answered the first items."""
    atomic(announce)(facts(world, results, **more))


def cards(world, who="bob"):
    """Return a person's cards, by item."""
    db.session.expire_all()
    return db.session.scalars(
        select(MasteryCard)
        .where(MasteryCard.person_id == world.people[who])
        .order_by(MasteryCard.item_id)
    ).all()


def test_answers_become_cards(world):
    told(world, [True, False])
    right, wrong = cards(world)
    assert right.due_on > DAY
    assert not right.is_mistake
    assert wrong.due_on == DAY + timedelta(days=1)
    assert wrong.is_mistake


def test_a_set_told_again_changes_nothing(world):
    told(world, [True, False])
    before = [card.history for card in cards(world)]
    told(world, [True, False], source="attempt:2", day=DAY + timedelta(days=3))
    after = [card.history for card in cards(world)]
    assert before != after
    told(world, [True, False])
    assert [card.history for card in cards(world)] == after
    assert [card.reps for card in cards(world)] == [2, 2]


def test_a_late_set_takes_its_place_in_the_order_of_days(world):
    told(world, [True], source="attempt:2", day=DAY)
    told(world, [False], source="attempt:1", day=DAY - timedelta(days=1))
    (card,) = cards(world)
    assert card.last_seen_on == DAY
    assert card.is_mistake
    assert card.streak == 1


def test_exams_leave_no_card(world):
    told(world, [False], mode="exam")
    told(world, [False], mode="preshift")
    assert cards(world) == []


def test_a_whole_attempt_is_one_read_and_one_write(world, count_statements):
    for number in (3, 12):
        fact = facts(world, [True] * number, source=f"attempt:{number}")
        with count_statements() as seen:
            service.remember(fact)
        statements = [words for words in seen if "advisory" not in words]
        assert len(statements) == 2
        assert statements[0].startswith("SELECT")
        assert statements[1].startswith("INSERT")
    with count_statements() as seen:
        service.remember(fact)
    assert len([words for words in seen if "advisory" not in words]) == 1


def test_recall_is_one_statement_and_knows_what_was_seen(world, count_statements):
    told(world, [True, False])
    told(world, [True] * 3, source="attempt:2", day=DAY - timedelta(days=15))
    with count_statements() as seen:
        recalled = service.recall(world.people["bob"], DAY)
    assert len(seen) == 1
    first, second, _third = cards(world)
    assert recalled.seen == {first.item_id: DAY, second.item_id: DAY}


def test_at_most_five_are_due_and_the_rest_waits(world):
    told(world, [False] * 12)
    later = DAY + timedelta(days=4)
    due = service.recall(world.people["bob"], later).due
    assert len(due) == DUE_A_DAY
    told(world, [True] * 3, source="attempt:2", day=later)
    assert len(service.recall(world.people["bob"], later).due) == DUE_A_DAY - 3
    assert len(service.recall(world.people["bob"], later + timedelta(days=1)).due) == DUE_A_DAY


def test_what_cannot_be_drawn_keeps_no_place(world):
    told(world, [False] * 12)
    drawable = {card.item_id for card in cards(world)[7:]}
    recalled = service.recall(world.people["bob"], DAY + timedelta(days=1), drawable)
    assert set(recalled.due) == drawable


def test_a_cold_retest_is_chosen_and_held_once_a_week(world):
    told(world, [True] * 4, day=DAY - timedelta(days=30))
    recalled = service.recall(world.people["bob"], DAY)
    assert recalled.retest in {card.item_id for card in cards(world)}
    assert recalled.retest not in recalled.due
    chosen = next(card for card in cards(world) if card.item_id == recalled.retest)
    response = GradedResponse(
        item_id=chosen.item_id,
        item_version_id=chosen.version_id,
        score=1,
        is_correct=True,
        is_rapid=False,
        purpose="retest",
    )
    told(world, [response], source="attempt:2")
    assert service.recall(world.people["bob"], DAY + timedelta(days=1)).retest is None
    sums = db.session.scalars(select(Retest)).one()
    assert (sums.unit_id, sums.month, sums.people) == (world.team, date(2026, 11, 1), 1)


@atomic
def rest(person_id: int, until: date) -> None:
    """Let a person take a rest."""
    db.session.add(MasterySetting(person_id=person_id, pauses_until=until))


def test_nothing_is_due_on_a_day_of_rest(world):
    told(world, [False] * 3, day=DAY - timedelta(days=2))
    rest(world.people["bob"], DAY)
    recalled = service.recall(world.people["bob"], DAY)
    assert recalled.due == ()
    assert len(recalled.seen) == 3
    assert len(service.recall(world.people["bob"], DAY + timedelta(days=1)).due) == 3


def test_people_do_not_share_cards(world):
    told(world, [False])
    assert service.recall(world.people["alice"], DAY + timedelta(days=1)).due == ()


def test_a_listener_that_fails_is_heard_in_tests(world):
    """``announce`` swallows what a listener raises, so the other tests would pass on nothing."""
    assert any(kind is ResponsesGraded for kind, _listener in events._listeners)
    service.remember(facts(world, [True]))
    assert len(cards(world)) == 1


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_the_sums_of_retests_count_people_once(world, who):
    versions = some_versions(world, 2)
    for place, (version, is_correct) in enumerate(zip(versions, [True, False], strict=True)):
        response = GradedResponse(
            item_id=get_stored(version).item_id,
            item_version_id=version,
            score=float(is_correct),
            is_correct=is_correct,
            is_rapid=False,
            purpose="retest",
        )
        fact = ResponsesGraded(
            user_id=people.viewer(world.people[who]).id,
            occurred_on=DAY + timedelta(days=7 * place),
            unit_id=world.team,
            mode="daily",
            source=f"attempt:{place}",
            responses=(response,),
        )
        service.remember(fact)
        service.remember(fact)
    db.session.expire_all()
    sums = db.session.scalars(select(Retest)).one()
    assert (sums.people, sums.answered, sums.correct) == (1, 2, 1)


def test_the_mistakes_that_may_be_reviewed_come_in_their_turn(world, count_statements):
    told(world, [False, False, False, True], day=DAY - timedelta(days=5))
    told(world, [False], source="attempt:2")
    first, second, third, fourth = (card.item_id for card in cards(world))
    with count_statements() as seen:
        due = service.list_due(world.people["bob"], DAY)
    assert set(due) == {first, second, third}
    assert due[-1] == first  # got wrong just now: the others wait longer
    assert fourth not in due
    assert len(seen) == 3
    assert len(service.list_due(world.people["bob"], DAY, limit=1)) == 1


def test_a_mistake_that_was_answered_rightly_waits(world):
    told(world, [False], day=DAY - timedelta(days=5))
    told(world, [True], source="attempt:2")
    assert service.list_due(world.people["bob"], DAY) == []


def test_a_withdrawn_question_is_not_reviewed(world):
    told(world, [False, False])
    first, second = (card.item_id for card in cards(world))
    atomic(db.session.execute)(update(Item).where(Item.id == first).values(status="withdrawn"))
    assert service.list_due(world.people["bob"], DAY) == [second]
    book = service.get_book(people.viewer(world.people["bob"]))
    assert book.ready == 1
    assert book.listing.total == 1


def test_settings_are_off_until_somebody_turns_them_on(world):
    bob = people.viewer(world.people["bob"])
    assert service.get_settings(bob.id) == service.Settings(False, None)
    service.set_confidence(bob, asks=True)
    service.set_rest(bob, rests=True)
    assert service.get_settings(bob.id) == service.Settings(True, DAY)
    service.set_rest(bob, rests=False)
    assert service.get_settings(bob.id) == service.Settings(True, None)
