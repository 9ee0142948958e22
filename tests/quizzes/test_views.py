"""Taking the daily set as a browser without scripts does, and as one with them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.events import Rewardable
from quizapp.items.service import get_stored
from quizapp.points import service as points
from quizapp.points.models import Entry
from quizapp.quizzes.models import Attempt, FormItem, Response
from quizapp.quizzes.service import finishing
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back, settled_world
from tests.factories import people
from tests.factories.season import open_season, settle_boards
from tests.factories.teams import join
from tests.savepoints import undone


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """The cast with a bank and a running season, made once."""
    with rolled_back(app), clock.frozen(NOW):
        world = settled_world()
        open_season(world.organisation)
        yield world


@pytest.fixture
def db(settled: people.World) -> Iterator[object]:
    """The database with the cast in it; pages are shown at ``NOW`` and answered 20 s later."""
    later = clock.frozen(NOW + timedelta(seconds=20))
    with undone(), time_machine.travel(NOW, tick=False), later:
        yield database


@pytest.fixture
def world(db: object, settled: people.World) -> people.World:
    """The cast."""
    return settled


READING = 20  # seconds that a question is looked at


@pytest.fixture
def bob(as_person) -> Browser:
    """Bob's browser."""
    return as_person("bob")


@dataclass(frozen=True)
class Question:
    """A page with a question, as its form stands there."""

    action: str
    hidden: dict[str, str]
    options: list[str]
    kind: str
    text: str

    @classmethod
    def on(cls, response: TestResponse) -> Question:
        """Read the form on a page."""
        text = response.get_data(as_text=True)
        form = re.search(r'<form[^>]* id="quiz" method="post" action="([^"]+)">', text)
        assert form, text
        return cls(
            action=html.unescape(form.group(1)),
            hidden=dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text)),
            options=re.findall(r'name="option" value="([^"]+)"', text),
            kind=re.search(r'type="(radio|checkbox)"', text).group(1),
            text=text,
        )

    def send(self, browser: Browser, *options: str, **more) -> TestResponse:
        """Send the form with these options chosen, after a while of reading."""
        with clock.frozen(clock.now() + timedelta(seconds=READING)):
            return browser.open(
                self.action, method="POST", data={**self.hidden, "option": list(options)}, **more
            )


def start(browser: Browser) -> str:
    """Start today's set as the button on Today does; return the address of the set."""
    response = browser.post("/quizzes/daily")
    assert response.status_code == 302
    return response.location


def question(browser: Browser, address: str) -> Question:
    """Open a page and read its form."""
    return Question.on(browser.get(address))


def key_of(address: str, position: int) -> list[str]:
    """Return the right options at a position of the set at ``address``."""
    version = database.session.scalars(
        select(FormItem.item_version_id)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(Attempt.public_id == address.rsplit("/", 1)[1], FormItem.position == position)
    ).one()
    return sorted(get_stored(version).item.key_ids)


def answer_rightly(browser: Browser, address: str, *positions: int) -> TestResponse:
    """Answer these positions through their pages; return the last response."""
    for position in positions:
        response = question(browser, f"{address}/{position}").send(
            browser, *key_of(address, position)
        )
        assert response.status_code == 303
    return response


def count(model) -> int:
    """Return how many rows a table has."""
    return database.session.scalar(select(func.count()).select_from(model))


# -- the way through


def test_a_set_is_taken_with_plain_forms(bob):
    address = start(bob)
    page = bob.get(address)
    for position in range(1, 6):
        shown = Question.on(page)
        assert shown.action == f"{address}/{position}"
        response = shown.send(bob, *key_of(address, position))
        assert response.status_code == 303
        assert response.location == f"{address}/{position}#verdict"
        verdict = bob.get(response.location).get_data(as_text=True)
        assert 'id="verdict"' in verdict
        assert "KEYCANARY" in verdict
        following = re.search(r'id="next" href="([^"]+)"', verdict).group(1)
        page = bob.get(following)
    assert following == f"/result/{address.rsplit('/', 1)[1]}"
    assert page.status_code == 200
    amounts = dict(database.session.execute(select(Entry.activity, Entry.amount)).all())
    assert amounts == {"daily_correct": 5, "daily_finished": 1}


def test_a_set_takes_sixteen_taps_and_those_for_further_options(bob):
    """Start, then three for each item: choose, submit, and the page after it leads on."""
    address = start(bob)
    taps = 1
    for position in range(1, 6):
        response = answer_rightly(bob, address, position)
        assert key_of(address, position)
        taps += 2  # a second right option is a choice more, whatever the page is like
        assert "#verdict" in response.location
        taps += 1
    assert taps == 16


def test_no_word_of_the_key_comes_before_the_answer(bob):
    address = start(bob)
    assert "KEYCANARY" not in question(bob, address).text


def test_several_may_be_right_is_a_list_of_boxes(bob):
    address = start(bob)
    kinds = {}
    for position in range(1, 6):
        kinds[position] = question(bob, f"{address}/{position}").kind
    assert {
        position: "checkbox" if len(key_of(address, position)) > 1 else "radio"
        for position in range(1, 6)
    } == kinds


def test_starting_twice_is_the_same_set(bob):
    assert start(bob) == start(bob)
    assert count(Attempt) == 1


def test_the_set_goes_on_where_it_stopped(bob):
    address = start(bob)
    answer_rightly(bob, address, 1, 3)
    assert question(bob, address).action == f"{address}/2"


def test_a_finished_set_leads_to_its_result(bob):
    address = start(bob)
    answer_rightly(bob, address, 1, 2, 3, 4, 5)
    assert bob.get(address).location == f"/result/{address.rsplit('/', 1)[1]}"


def test_the_result_of_an_open_set_goes_on_instead(bob):
    address = start(bob)
    answer_rightly(bob, address, 1)
    assert bob.get(f"/result/{address.rsplit('/', 1)[1]}").location == address


def test_an_answered_item_can_be_looked_at_again(bob):
    address = start(bob)
    answer_rightly(bob, address, 1)
    page = bob.get(f"{address}/review/1").get_data(as_text=True)
    assert "KEYCANARY" in page
    assert 'id="quiz"' not in page


def test_looking_back_at_an_open_item_shows_the_question_instead(bob):
    address = start(bob)
    assert bob.get(f"{address}/review/1").location == address


# -- again, back, twice


def test_reloading_a_question_changes_nothing(bob):
    address = start(bob)
    first, second = question(bob, address), question(bob, address)
    assert (first.action, first.options) == (second.action, second.options)
    assert count(Response) == 0


def test_reloading_a_verdict_shows_it_again(bob):
    address = start(bob)
    shown = answer_rightly(bob, address, 1).location
    assert bob.get(shown).get_data() == bob.get(shown).get_data()


def test_the_back_button_shows_the_verdict_and_not_the_form(bob):
    address = start(bob)
    answer_rightly(bob, address, 1)
    page = bob.get(f"{address}/1").get_data(as_text=True)
    assert 'id="verdict"' in page
    assert 'id="quiz"' not in page


def test_a_double_tap_counts_once(bob):
    address = start(bob)
    shown = question(bob, address)
    responses = [shown.send(bob, *key_of(address, 1)) for _tap in range(2)]
    assert {response.location for response in responses} == {f"{address}/1#verdict"}
    assert count(Response) == 1


def test_an_old_form_does_not_change_what_was_answered(bob):
    """The back button of an old browser brings the form back from its cache."""
    address = start(bob)
    shown = question(bob, address)
    shown.send(bob, *key_of(address, 1))
    wrong = next(option for option in shown.options if option not in key_of(address, 1))
    again = shown.send(bob, wrong)
    assert again.status_code == 303
    assert database.session.scalars(select(Response.is_correct)).all() == [True]


def test_two_tabs_answer_one_item_once(bob):
    address = start(bob)
    one, other = question(bob, address), question(bob, address)
    assert one.hidden["submission_uuid"] != other.hidden["submission_uuid"]
    one.send(bob, *key_of(address, 1))
    assert other.send(bob, *key_of(address, 1)).status_code == 303
    assert count(Response) == 1


def test_the_last_answer_sent_twice_pays_once(bob):
    address = start(bob)
    answer_rightly(bob, address, 1, 2, 3, 4)
    shown = question(bob, address)
    for _time in range(2):
        assert shown.send(bob, *key_of(address, 5)).status_code == 303
    assert count(Entry) == 2


def test_a_lost_last_answer_finishes_when_it_is_sent_again(bob, world, monkeypatch):
    """The process died between the answer, which was stored, and the finish."""
    address = start(bob)
    answer_rightly(bob, address, 1, 2, 3, 4)
    shown = question(bob, address)

    def dies(*_arguments) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(finishing, "conclude", dies)
    with pytest.raises(KeyboardInterrupt):
        shown.send(bob, *key_of(address, 5))
    monkeypatch.undo()
    database.session.rollback()
    assert (count(Response), count(Entry)) == (5, 0)
    shown.send(bob, *key_of(address, 5))
    assert count(Entry) == 2


# -- what cannot be


def test_sending_without_an_option_asks_for_one_and_keeps_the_question(bob):
    address = start(bob)
    shown = question(bob, address)
    response = shown.send(bob)
    assert response.status_code == 422
    again = Question.on(response)
    assert re.search(r'role="alert">', again.text)
    assert again.options == shown.options
    assert count(Response) == 0
    assert again.send(bob, *key_of(address, 1)).status_code == 303


def test_an_error_does_not_make_the_next_answer_look_rapid(bob):
    """Who read the question, and forgot to choose, has read it."""
    address = start(bob)
    with (
        clock.frozen(NOW + timedelta(seconds=40)),
        time_machine.travel(NOW + timedelta(seconds=40)),
    ):
        shown = question(bob, address)
    with time_machine.travel(NOW + timedelta(seconds=60)):
        again = Question.on(shown.send(bob))
    assert again.hidden["ticket"] == shown.hidden["ticket"]
    with clock.frozen(NOW + timedelta(seconds=61)):
        again.send(bob, *key_of(address, 1))
    assert database.session.scalars(select(Response.is_rapid)).all() == [False]


def test_a_token_of_another_item_proves_nothing(bob):
    address = start(bob)
    first, second = question(bob, f"{address}/1"), question(bob, f"{address}/2")
    with clock.frozen(NOW):
        second.hidden["ticket"] = first.hidden["ticket"]
        second.send(bob, *key_of(address, 2))
    assert database.session.scalars(select(Response.is_rapid)).all() == [False]


def test_guessing_without_reading_is_said_kindly_and_earns_nothing(bob):
    address = start(bob)
    shown = question(bob, address)
    with clock.frozen(NOW):
        verdict = bob.get(shown.send(bob, *key_of(address, 1)).location)
    assert "verdict--ok" in verdict.get_data(as_text=True)
    assert database.session.scalars(select(Response.is_rapid)).all() == [True]


@pytest.mark.parametrize("options", [["nonsense"], ["true", "x" * 900], ["a"] * 50])
def test_an_option_that_does_not_exist_is_refused(bob, options):
    address = start(bob)
    assert question(bob, address).send(bob, *options).status_code == 422
    assert count(Response) == 0


@pytest.mark.parametrize("uuid", ["", "1", "x" * 5000])
def test_a_form_without_its_number_saves_nothing(bob, uuid):
    address = start(bob)
    shown = question(bob, address)
    shown.hidden["submission_uuid"] = uuid
    assert shown.send(bob, *key_of(address, 1)).status_code == 422
    assert count(Response) == 0


def test_a_number_used_for_another_item_is_refused(bob):
    address = start(bob)
    shown = question(bob, f"{address}/1")
    shown.send(bob, *key_of(address, 1))
    other = question(bob, f"{address}/2")
    other.hidden["submission_uuid"] = shown.hidden["submission_uuid"]
    assert other.send(bob, *key_of(address, 2)).status_code == 409
    assert count(Response) == 1


def test_a_form_without_its_token_is_refused(bob):
    address = start(bob)
    shown = question(bob, address)
    del shown.hidden["csrf_token"]
    assert shown.send(bob, *key_of(address, 1)).status_code == 400
    assert count(Response) == 0


@pytest.mark.parametrize("name", ["alice", "dana", "charlie", "carol"])
def test_somebody_elses_set_is_not_there(bob, as_person, name):
    address = start(bob)
    answer_rightly(bob, address, 1)
    other = as_person(name)
    for path in (address, f"{address}/1", f"{address}/2", f"{address}/review/1"):
        assert other.get(path).status_code == 404
    answer = {"submission_uuid": str(uuid4()), "option": key_of(address, 2)}
    assert other.post(f"{address}/2", answer).status_code == 404
    assert count(Response) == 1


def test_a_position_past_the_end_is_not_there(bob):
    address = start(bob)
    for position in (0, 6, 99):
        assert bob.get(f"{address}/{position}").status_code == 404
        answer = {"submission_uuid": str(uuid4()), "option": "true"}
        assert bob.post(f"{address}/{position}", answer).status_code == 404


def test_an_answer_after_the_closing_is_kept_and_said_to_be_late(bob):
    address = start(bob)
    shown = question(bob, address)
    with clock.frozen(NOW + timedelta(days=4)):
        verdict = bob.get(shown.send(bob, *key_of(address, 1)).location)
    assert verdict.status_code == 200
    assert "verdict__pts" in verdict.get_data(as_text=True)
    assert database.session.scalars(select(Response.is_late)).all() == [True]


def test_a_company_without_questions_says_so(as_person):
    response = as_person("charlie").post("/quizzes/daily")
    assert response.status_code < 500
    assert count(Attempt) == 0


# -- with scripts


def test_a_script_gets_the_verdict_in_place(bob):
    address = start(bob)
    shown = question(bob, address)
    response = shown.send(bob, *key_of(address, 1), headers={"X-Requested-With": "fetch"})
    part = response.get_data(as_text=True)
    assert response.status_code == 200
    assert 'id="verdict"' in part
    assert "<html" not in part
    assert f'href="{address}/2"' in part


def test_a_script_gets_the_same_verdict_again(bob):
    address = start(bob)
    shown = question(bob, address)
    fetch = {"headers": {"X-Requested-With": "fetch"}}
    first = shown.send(bob, *key_of(address, 1), **fetch).get_data()
    assert shown.send(bob, *key_of(address, 1), **fetch).get_data() == first


def test_a_script_gets_the_note_in_place(bob):
    address = start(bob)
    response = question(bob, address).send(bob, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 422
    assert "<html" not in response.get_data(as_text=True)
    assert 'role="alert"' in response.get_data(as_text=True)


def test_the_verdict_in_place_is_that_of_the_page(bob):
    address = start(bob)
    shown = question(bob, address)
    part = shown.send(bob, *key_of(address, 1), headers={"X-Requested-With": "fetch"})
    page = bob.get(f"{address}/1").get_data(as_text=True)
    assert part.get_data(as_text=True).strip() in page


def test_a_script_that_lost_its_session_is_told(app, db):
    anonymous = Browser(app)
    answer = {"submission_uuid": str(uuid4()), "option": "true"}
    response = anonymous.post("/quizzes/x/1", answer, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 401


# -- what it costs


def statements(browser: Browser, count_statements, path: str) -> int:
    """Return how many statements a page costs."""
    with count_statements() as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "fetch"}])
def test_answering_costs_five_statements_at_most(bob, count_statements, headers):
    address = start(bob)
    for position in range(1, 5):
        shown = question(bob, f"{address}/{position}")
        key = key_of(address, position)
        for _time in range(2):  # the second is a repetition
            with count_statements() as seen:
                shown.send(bob, *key, headers=headers)
            assert len(seen) <= 5, "\n".join(seen)


def test_finishing_costs_the_same_for_a_person_with_a_long_ledger(
    app, world, as_person, count_statements
):
    def finishing(name: str) -> int:
        browser = as_person(name)
        address = start(browser)
        answer_rightly(browser, address, 1, 2, 3, 4)
        shown = question(browser, f"{address}/5")
        with count_statements() as seen:
            shown.send(browser, *key_of(address, 5))
        return len(seen)

    points.rule_sets(world.organisation)  # read once by every process
    first = finishing("alice")
    for days in range(40, 0, -1):
        add_entry(world.people["bob"], world.team, days)
    assert finishing("bob") == first


def add_entry(person_id: int, unit_id: int, days_ago: int) -> None:
    """Write an entry of some days ago."""
    points.award(
        Rewardable(
            user_id=person_id,
            activity="daily_correct",
            source=f"past:{days_ago}",
            quantity=3,
            occurred_on=NOW.date() - timedelta(days=days_ago),
            unit_id=unit_id,
        )
    )


def test_today_and_result_cost_the_same_however_much_there_is(bob, world, count_statements):
    address = start(bob)
    answer_rightly(bob, address, 1, 2, 3, 4, 5)
    settle_boards()
    result = f"/result/{address.rsplit('/', 1)[1]}"
    before = [statements(bob, count_statements, path) for path in ("/", result)]
    for days in range(40, 0, -1):
        add_entry(world.people["bob"], world.team, days)
    for person in join(world.organisation, [world.team] * 20):
        add_entry(person, world.team, 1)
    settle_boards()
    after = [statements(bob, count_statements, path) for path in ("/", result)]
    assert after == before
    assert max(before) <= 20
