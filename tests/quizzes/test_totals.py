"""Results for organisers and signals for the auditor: five people or nothing, never a name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.org import service as org
from quizapp.quizzes.models import CLOSED, Attempt, QuizBlueprint, Response
from quizapp.quizzes.service import signals, totals
from tests.conftest import NOW
from tests.factories import people
from tests.factories import published as quizzes
from tests.factories.teams import join


@pytest.fixture
def weekly(world):
    """A weekly quiz that anybody may take, and that is passed with half of it; its public id."""
    return quizzes.publish(world.organisation, "周测", mode="weekly", cut_score=0.5)


@pytest.fixture
def olga(world):
    """An organiser of the whole company."""
    return somebody(world, Role.ORGANISER)


@pytest.fixture
def avi(world):
    """An auditor of the whole company."""
    return somebody(world, Role.AUDITOR)


def somebody(world, role):
    root = org.find_unit_by_code(world.organisation, "A")
    return people.viewer(
        people.person(world.organisation, root.id, "查看", f"77{role.value}", role=role)
    )


def sit(persons, quiz_id, score=7.0, *, responses=()):
    """Let people have taken a quiz, each with this score of ten."""
    for person in persons:
        fact = quizzes.finish(person, quiz_id, is_passed=score >= 5)
        attempt = database.session.get_one(Attempt, fact.attempt_id)
        attempt.score = score
        for position, values in enumerate(responses, 1):
            database.session.add(
                Response(
                    attempt_id=attempt.id,
                    position=position,
                    submission_uuid=f"{attempt.id}-{position}",
                    **values,
                )
            )
        database.session.commit()


def close(quiz_id):
    database.session.query(QuizBlueprint).filter_by(public_id=quiz_id).one().state = CLOSED
    database.session.commit()


def test_nothing_is_told_while_it_is_open(world, olga, weekly):
    sit(join(world.organisation, [world.team] * 6), weekly)
    assert totals.get_totals(olga, weekly).state == "later"


def test_nothing_is_told_of_four(world, olga, weekly):
    sit(join(world.organisation, [world.team] * 4), weekly)
    close(weekly)
    page = totals.get_totals(olga, weekly)
    assert (page.state, page.people, page.units, page.bars) == ("few", 0, (), ())


def test_five_have_a_mean(world, olga, weekly):
    sit(join(world.organisation, [world.team] * 5), weekly)
    close(weekly)
    page = totals.get_totals(olga, weekly)
    assert (page.people, page.percent, page.passed_percent) == (5, 70, 100)
    assert {unit.people for unit in page.units} == {5}


def test_the_best_attempt_of_a_person_counts_once(world, olga, weekly):
    five = join(world.organisation, [world.team] * 5)
    sit(five, weekly, 4.0)
    sit(five, weekly, 8.0)
    close(weekly)
    page = totals.get_totals(olga, weekly)
    assert (page.people, page.percent) == (5, 80)


def test_no_subtraction_tells_of_fewer_than_five(world, olga, weekly):
    other = people.unit(world.organisation, world.workshop, "team", "新班", "A112")
    sit(join(world.organisation, [world.team] * 8), weekly, 9.0)
    sit(join(world.organisation, [other] * 3), weekly, 1.0)
    close(weekly)
    page = totals.get_totals(olga, weekly)
    assert page.people == 11
    assert 8 not in {unit.people for unit in page.units}
    assert page.hidden == 2


def test_bars_of_fewer_than_five_are_merged(world, olga, weekly):
    sit(join(world.organisation, [world.team] * 6), weekly, 9.0)
    sit(join(world.organisation, [world.team] * 2), weekly, 1.0)
    sit(join(world.organisation, [world.team] * 5), weekly, 5.0)
    close(weekly)
    bars = totals.get_totals(olga, weekly).bars
    assert [(bar.low, bar.high, bar.people) for bar in bars] == [(0, 60, 7), (60, 100, 6)]


def test_a_leader_sees_the_own_team_alone(world, weekly):
    other = people.unit(world.organisation, world.workshop, "team", "新班", "A112")
    sit(join(world.organisation, [world.team] * 6), weekly, 9.0)
    sit(join(world.organisation, [other] * 6), weekly, 1.0)
    close(weekly)
    page = totals.get_totals(people.viewer(world.people["alice"]), weekly)
    assert (page.people, page.percent) == (6, 90)
    assert len(page.units) == 1


def test_another_company_has_no_such_quiz(world, weekly):
    with pytest.raises(LookupError):
        totals.get_totals(people.viewer(world.people["carol"]), weekly)


def test_the_pages_and_the_workbook_name_nobody(world, weekly, as_person):
    sit(join(world.organisation, [world.team] * 6), weekly)
    close(weekly)
    browser = as_person("dana")
    assert "周测" in browser.get("/quizzes/results").text
    page = browser.get(f"/quizzes/results/{weekly}").text
    assert "70" in page
    book = browser.get(f"/quizzes/results/{weekly}.xlsx")
    assert book.data.startswith(b"PK")


def test_results_cost_the_same_for_many(world, weekly, olga, count_statements):
    close(weekly)
    sit(join(world.organisation, [world.team] * 6), weekly)
    with count_statements() as few:
        totals.get_totals(olga, weekly)
    sit(join(world.organisation, [world.team] * 30), weekly)
    with count_statements() as many:
        totals.get_totals(olga, weekly)
    assert len(few) == len(many)


def test_signals_are_shares_of_weeks_that_are_over(world, avi, weekly, settled_version):
    answer = {"item_version_id": settled_version, "given": '["a"]', "score": 0, "is_correct": False}
    six = join(world.organisation, [world.team] * 6)
    with clock.frozen(NOW - timedelta(days=14)):
        sit(six, weekly, responses=({**answer, "is_rapid": True}, answer))
    sit(six, weekly)
    (line,) = signals.list_signals(avi)
    assert (line.people, line.rapid, line.late, line.again) == (6, 50.0, 0.0, 0.0)
    assert (line.alike, line.expected) == (None, None)


def test_the_same_errors_are_compared_within_and_between_teams():
    counts = {(1, 1, "a"): 9, (1, 2, "b"): 5, (1, 2, "a"): 4}
    within, between = signals._agreement(counts)
    assert within == round(100 * (36 + 10 + 6) / 72, 1)
    assert between == round(100 * 36 / 81, 1)


def test_fewer_than_five_give_no_signal(world, avi, weekly):
    with clock.frozen(NOW - timedelta(days=14)):
        sit(join(world.organisation, [world.team] * 4), weekly)
    assert signals.list_signals(avi) == []


@pytest.fixture
def settled_version(world):
    """A version of an item, to have answered."""
    from quizapp.items.models import Item

    return database.session.query(Item.current_version_id).first()[0]
