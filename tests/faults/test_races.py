"""Many at once: threads behind a barrier, on PostgreSQL, with real commits.

Under SQLite there is one writer and none of this can go wrong, so these tests say nothing there.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.accounts import service as accounts
from quizapp.accounts.models import OneTimeLink, Session
from quizapp.boards import service as boards
from quizapp.boards.models import Display
from quizapp.core.checks import all_invariants
from quizapp.core.db import db
from quizapp.core.events import Rewardable
from quizapp.core.forms import Refusal
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.models import Dirty, Standing
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import week_of
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.models import Entry
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Form, Response
from quizapp.quizzes.service import Submission, finishing
from tests.browser_client import Browser
from tests.factories import people
from tests.factories.season import answer, right_options, settle_boards
from tests.factories.teams import members_of, teams

pytestmark = pytest.mark.services

PATIENCE_SECONDS = 180


def together(app: Flask, number: int, act: Callable[[int], Any]) -> list[Any]:
    """Let so many threads do ``act`` at the same moment; return results and exceptions by place."""
    barrier = threading.Barrier(number)
    results: list[Any] = [None] * number

    def run(place: int) -> None:
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            try:
                results[place] = act(place)
            except Exception as error:
                results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    db.session.rollback()  # what was read before is old now
    return results


def count(model: Any) -> int:
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def broken(*besides: str) -> list[str]:
    """Return what any invariant finds, ``besides`` those named."""
    wanted = [known for known in all_invariants() if known.number not in besides]
    return [line for known in wanted for line in known.check()]


@pytest.fixture
def bob(live: people.World) -> Any:
    """Bob, as services meet him."""
    return people.viewer(live.people["bob"])


@pytest.mark.parametrize("is_same_uuid", [True, False], ids=["same uuid", "own uuids"])
def test_one_answer_sent_ten_times_at_once_is_one_row(live_app, live, bob, is_same_uuid):
    attempt_id = quizzes.start_daily(bob)
    options, uuid = list(right_options(attempt_id, 1)), str(uuid4())

    def prepare() -> tuple[Browser, dict[str, Any]]:
        browser = Browser(live_app).sign_in(bob.id)
        sent = uuid if is_same_uuid else str(uuid4())
        form = {"csrf_token": browser.csrf_token(), "submission_uuid": sent, "option": options}
        return browser, form

    ready = [prepare() for _thread in range(10)]

    def send(place: int) -> tuple[int, bytes]:
        browser, form = ready[place]
        response = browser.open(
            f"/quizzes/{attempt_id}/1",
            method="POST",
            data=form,
            headers={"X-Requested-With": "fetch"},
        )
        return response.status_code, response.get_data()

    results = together(live_app, 10, send)
    assert {status for status, _body in results} == {200}
    assert len({body for _status, body in results}) == 1
    assert b'id="verdict"' in results[0][1]
    assert count(Response) == 1
    assert broken() == []


def test_ten_different_answers_at_once_keep_one_and_all_see_it(live_app, live, bob):
    attempt_id = quizzes.start_daily(bob)
    shown = quizzes.get_shown(quizzes.get_attempt(bob, attempt_id), 1)
    options = [option.id for option in shown.prompt.options]

    def send(place: int) -> frozenset[str]:
        chosen = (options[place % len(options)],)
        answered = quizzes.answer(bob, attempt_id, Submission(1, chosen, str(uuid4())))
        return answered.shown.verdict.chosen

    results = together(live_app, 10, send)
    assert len(set(results)) == 1
    assert count(Response) == 1


def test_one_uuid_for_two_items_at_once_is_taken_once(live_app, live, bob):
    attempt_id, uuid = quizzes.start_daily(bob), str(uuid4())
    options = {position: right_options(attempt_id, position) for position in (1, 2)}

    def send(place: int) -> int:
        position = 1 + place % 2
        quizzes.answer(bob, attempt_id, Submission(position, options[position], uuid))
        return position

    results = together(live_app, 8, send)
    kept = db.session.scalars(select(Response.position)).one()
    assert {result for result in results if isinstance(result, int)} == {kept}
    assert {error.status for error in results if isinstance(error, Refusal)} == {409}


def test_the_last_two_answers_at_once_finish_and_pay_once(live_app, live, bob):
    attempt_id = quizzes.start_daily(bob)
    for position in (1, 2, 3):
        answer(bob, attempt_id, position)
    last = {position: right_options(attempt_id, position) for position in (4, 5)}

    def send(place: int) -> bool:
        position = 4 + place % 2
        submission = Submission(position, last[position], str(uuid4()))
        return quizzes.answer(bob, attempt_id, submission).is_last

    results = together(live_app, 8, send)
    assert results.count(True) == 1
    assert quizzes.get_attempt(bob, attempt_id).state == "finished"
    paid = sorted(db.session.execute(select(Entry.activity, Entry.amount)))
    assert paid == [("daily_correct", 5), ("daily_finished", 1)]
    assert broken() == []


def test_finishing_from_eight_threads_happens_once(live_app, live, bob, monkeypatch):
    attempt_id = quizzes.start_daily(bob)
    # The process died between the last answer and the finish: complete, and still open.
    monkeypatch.setattr(finishing, "conclude", lambda *_arguments: None)
    for position in range(1, 6):
        answer(bob, attempt_id, position)
    monkeypatch.undo()
    results = together(live_app, 8, lambda _place: quizzes.finish(bob, attempt_id))
    assert sorted(results) == [False] * 7 + [True]
    assert count(Entry) == 2
    assert count(Dirty) == 1


def reading(person_id: int, unit_id: int, source: str, day: Any, quantity: int = 1) -> Rewardable:
    """Return a fact of an activity that many sources may reward."""
    return Rewardable(
        user_id=person_id,
        activity="daily_correct",
        source=source,
        quantity=quantity,
        occurred_on=day,
        unit_id=unit_id,
    )


@pytest.fixture
def wide_rules(monkeypatch: pytest.MonkeyPatch) -> points_rules.RuleSet:
    """Rules under which the limit of the day and of the week are the ones that are met."""
    rule = points_rules.Rule("daily_correct", points=1, day_limit=100)
    wide = points_rules.RuleSet(
        version=1, since=date(2020, 1, 1), rules=(rule,), day_limit=12, week_limit=20
    )
    monkeypatch.setattr(points_rules, "RULE_SETS", (wide,))
    return wide


def test_sixteen_awards_at_once_stay_under_the_limit_of_the_activity(live_app, live):
    who, today = live.people["bob"], org.today(live.organisation)
    results = together(
        live_app,
        16,
        lambda place: points.award(reading(who, live.team, f"race:{place}", today)),
    )
    assert sorted(results) == [0] * 11 + [1] * 5
    assert points.sum_of_person(who, today, today) == 5
    assert count(Entry) == 16


def test_sixteen_awards_at_once_stay_under_the_limits_of_day_and_week(live_app, live, wide_rules):
    who = live.people["bob"]
    monday = week_of(org.today(live.organisation))[0]

    def award(place: int) -> int:
        """Award ten points on one of the first four days of the week, late ones among them."""
        day = monday + timedelta(days=place % 4)
        return sum(
            points.award(reading(who, live.team, f"race:{place}:{part}", day, 5)) or 0
            for part in range(2)
        )

    results = together(live_app, 16, award)
    assert sum(results) == 20
    for day in range(4):
        on = monday + timedelta(days=day)
        assert points.sum_of_person(who, on, on) <= wide_rules.day_limit
    assert points.sum_of_person(who, monday, monday + timedelta(days=6)) == wide_rules.week_limit


def test_one_fact_told_by_sixteen_threads_is_one_entry(live_app, live):
    who, today = live.people["bob"], org.today(live.organisation)
    results = together(
        live_app, 16, lambda _place: points.award(reading(who, live.team, "once", today, 3))
    )
    assert sorted(results, key=str) == [3] + [None] * 15
    assert count(Entry) == 1


def test_a_thousand_bursts_pay_once(live_app, live):
    """Ten hands tell the same act a hundred times over: each act is one payment."""
    who, today = live.people["bob"], org.today(live.organisation)
    monday = week_of(today)[0]
    rounds = 100

    def tell(_place: int) -> int:
        """Tell every act in turn; return how much this hand was the one to be paid for."""
        paid = 0
        for act in range(rounds):
            day = monday - timedelta(days=act)
            facts = [
                reading(who, live.team, f"burst:{act}:correct", day, 4),
                replace(
                    reading(who, live.team, f"burst:{act}:done", day), activity="daily_finished"
                ),
            ]
            paid += sum(amount or 0 for amount in points.award_all(facts))
        return paid

    results = together(live_app, 10, tell)
    assert count(Entry) == 2 * rounds
    assert sum(results) == points.sum_of_person(who, monday - timedelta(days=rounds), today)
    for week in range(rounds // 7):
        first = monday - timedelta(days=7 * (week + 1))
        assert points.sum_of_person(who, first, first + timedelta(days=6)) == 7 * 5


def test_two_people_do_not_wait_for_one_anothers_limits(live_app, live):
    who, today = members_of(live.team), org.today(live.organisation)
    results = together(
        live_app,
        8,
        lambda place: points.award(reading(who[place], live.team, "club:1", today, 5)),
    )
    assert results == [5] * 8


def test_a_set_started_from_eight_devices_is_one_set(live_app, live, bob):
    results = together(live_app, 8, lambda _place: quizzes.start_daily(bob))
    assert len(set(results)) == 1
    assert (count(Attempt), count(Form)) == (1, 1)


def test_the_first_people_of_a_company_start_together(live_app, live):
    viewers = [people.viewer(person) for person in members_of(live.team)]
    results = together(live_app, 8, lambda place: quizzes.start_daily(viewers[place]))
    assert len(set(results)) == 8
    assert broken() == []


def test_a_one_time_link_used_by_eight_opens_one_session(live_app, live):
    secret = accounts.make_link(live.people["bob"])
    results = together(live_app, 8, lambda _place: accounts.use_link(secret, agent="Android"))
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 7
    assert {refusal.status for refusal in refused} == {410}
    assert count(Session) == 1
    assert db.session.scalars(select(OneTimeLink.used_at)).one() is not None


def test_two_administrators_typing_one_code_pair_it_once(live_app, live):
    dana, carol = (people.viewer(live.people[name]) for name in ("dana", "carol"))
    code, _seconds = boards.offer_code("wall")
    places = {
        dana: db.session.get_one(Unit, live.workshop).public_id,
        carol: db.session.get_one(Unit, live.other_team).public_id,
    }

    def pair(place: int) -> str:
        who = (dana, carol)[place % 2]
        return boards.pair(
            who, code=code, unit_public_id=places[who], name="大屏", distance_m=8, theme="dark"
        )

    results = together(live_app, 8, pair)
    paired = [result for result in results if isinstance(result, str)]
    assert len(paired) == 1
    assert {error.status for error in results if not isinstance(error, str)} == {422}
    assert count(Display) == 1


def test_two_aggregators_and_200_finished_sets_lose_nothing(live_app, live):
    """Eight threads take sets, two more tick all the while; then everything must add up."""
    sizes = [5, 9, 16, 30, 41]
    units = teams(live.organisation, live.workshop, sizes) + teams(
        live.organisation, live.plant, [99]
    )
    who = [person for unit in units for person in members_of(unit)]
    assert len(who) == 200
    settle_boards()
    is_over = threading.Event()

    def take(place: int) -> int:
        for person in who[place::8]:
            viewer = people.viewer(person)
            attempt_id = quizzes.start_daily(viewer)
            for position in range(1, 6):
                submission = Submission(position, right_options(attempt_id, position), str(uuid4()))
                quizzes.answer(viewer, attempt_id, submission)
        return len(who[place::8])

    def work(place: int) -> int:
        if place < 8:
            try:
                return take(place)
            finally:
                finished.release()
        ticks = 0
        while not is_over.is_set():
            ticks += leaderboards.tick()
            db.session.remove()
            is_over.wait(0.02)
        return ticks

    finished = threading.Semaphore(0)

    def wait_for_all() -> None:
        for _taker in range(8):
            finished.acquire(timeout=PATIENCE_SECONDS)
        is_over.set()

    watcher = threading.Thread(target=wait_for_all)
    watcher.start()
    results = together(live_app, 10, work)
    watcher.join()
    assert all(isinstance(result, int) for result in results), results
    assert sum(results[:8]) == 200
    assert min(results[8:]) >= 1
    settle_boards()
    assert count(Dirty) == 0
    today = org.today(live.organisation)
    ledger = points.sums_of_unit_days([(unit, today) for unit in units])
    shown = dict(db.session.execute(select(Standing.unit_id, Standing.points)).all())
    assert {unit: shown[unit] for unit in units} == {unit: ledger[unit, today] for unit in units}
    assert sum(ledger.values()) == 200 * 6
    assert broken() == []
    assert leaderboards.rebuild() == 0


def test_a_rebuild_among_ticks_and_awards_loses_nothing(live_app, live):
    today = org.today(live.organisation)
    who = members_of(live.team)

    def act(place: int) -> None:
        if place < 6:
            for number in range(6):
                fact = reading(who[place], live.team, f"race:{place}:{number}", today)
                points.award(fact)
        elif place == 6:
            for _time in range(3):
                leaderboards.rebuild()
        else:
            for _time in range(6):
                leaderboards.tick()

    results = together(live_app, 8, act)
    assert results == [None] * 8
    settle_boards()
    assert broken("I15") == [], "no room tells of these facts, so their weeks have no cause"
    assert leaderboards.rebuild() == 0
    assert (
        db.session.scalars(select(Standing.points).where(Standing.unit_id == live.team)).one()
        == 6 * 5
    )


def test_rewarding_again_while_people_finish_pays_nobody_twice(live_app, live):
    who = [people.viewer(person) for person in members_of(live.team)]
    started = [quizzes.start_daily(viewer) for viewer in who]
    for viewer, attempt_id in zip(who, started, strict=True):
        for position in range(1, 5):
            answer(viewer, attempt_id, position)
    last = [right_options(attempt_id, 5) for attempt_id in started]
    today = org.today(live.organisation)

    def act(place: int) -> Any:
        if place < 8:
            submission = Submission(5, last[place], str(uuid4()))
            return quizzes.answer(who[place], started[place], submission).is_last
        return points.reward_again(today)

    results = together(live_app, 10, act)
    assert results[:8] == [True] * 8
    assert Counter(db.session.scalars(select(Entry.amount))) == {5: 8, 1: 8}
    assert broken() == []
