"""The pre-shift question on a wall: what it shows, when it turns, answers touched there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.boards import rules, service
from quizapp.boards.models import Display
from quizapp.core import clock, sse
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.org.models import Unit
from quizapp.quizzes.models import Preshift, PreshiftAnswer
from quizapp.quizzes.service import preshift
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back
from tests.factories import bank, people
from tests.savepoints import empty_store, undone
from tests.scene import DISPLAY_SECRET, pair_display

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """The cast with a bank, made once."""
    with rolled_back(app), clock.frozen(NOW):
        made = people.world()
        items.load_packs(made.organisation, [bank.pack(20)])
        items.approve_for_demo(made.organisation)
        yield made


@pytest.fixture
def world(settled: people.World) -> Iterator[people.World]:
    """The cast, at the tests' present: 10:30, an early shift."""
    with undone(), clock.frozen(NOW):
        empty_store()
        yield settled


@pytest.fixture
def dana(world):
    """The administrator."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def alice(world):
    """The leader of the team."""
    return people.viewer(world.people["alice"])


@pytest.fixture
def hang(app, dana, world):
    """Return a paired display: ``hang(unit_id, "preshift", "board")``."""

    def paired(unit_id: int, *pages: str, hours: str = rules.HOURS) -> Browser:
        public_id = pair_display(dana, unit_id)
        look = service.Look(
            name="墙",
            unit_public_id=database.session.get_one(Unit, unit_id).public_id,
            distance_m=8,
            theme="dark",
            pages=tuple((page, 12) for page in pages or (rules.PRESHIFT,)),
            hours=hours,
        )
        service.change_display(dana, public_id, look)
        browser = Browser(app)
        browser.client.set_cookie("zhixing-display", DISPLAY_SECRET)
        return browser

    return paired


def question_on(wall: Browser) -> dict:
    """Return the question that a wall is sent."""
    return wall.get("/boards/state").get_json()["question"]


def answer(alice, place: int = 0) -> None:
    """Let Alice answer for her team."""
    found = preshift.find_question(
        alice.organisation_id,
        preshift.get_team(alice),
        preshift.present_shift(alice.organisation_id),
    )
    preshift.record(alice, preshift.Entry(found.claim, found.prompt.options[place].id, {}))


def touch_form(wall: Browser) -> tuple[str, list[str]]:
    """Return the claim and the option ids of the page for fingers."""
    page = wall.get("/boards/preshift/answer").get_data(as_text=True)
    claim = re.search(r'id="claim" name="claim" value="([^"]+)"', page)
    assert claim, page
    return claim[1], re.findall(r'name="option" value="([^"]+)"', page)


# --- rules ----------------------------------------------------------------------------------------


def test_hours_are_read_as_people_write_them():
    assert rules.read_hours("13:30-15:30, 5:30–9:00") == (
        (time(5, 30), time(9)),
        (time(13, 30), time(15, 30)),
    )
    assert rules.write_hours(rules.read_hours(rules.HOURS)) == rules.HOURS


@pytest.mark.parametrize(
    "text",
    ["", "morning", "9:00-8:00", "05:30-09:00 08:00-10:00", "25:00-26:00", "1:00-2:00 " * 7],
)
def test_hours_that_cannot_be_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        rules.read_hours(text)


def at(hour: int, minute: int = 0) -> datetime:
    """Return a moment by the wall clock."""
    return datetime(2026, 11, 18, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("wall", "pages"),
    [
        (at(5, 29), ("board", "event")),
        (at(5, 30), ("preshift",)),
        (at(9), ("board", "event")),
        (at(23, 30), ("board", "event")),
    ],
)
def test_in_its_hours_the_question_has_the_wall_to_itself(wall, pages):
    assert rules.pages_at("board:12 preshift:30 event:12", rules.HOURS, wall) == pages


@pytest.mark.parametrize("page", ["board", "preshift"])
def test_a_display_with_one_page_shows_it_all_day(page):
    for wall in (at(6), at(12)):
        assert rules.pages_at(f"{page}:12", rules.HOURS, wall) == (page,)


# --- pages ----------------------------------------------------------------------------------------


def test_only_a_display_that_asks_is_sent_the_question(hang, world):
    assert hang(world.team, "board").get("/boards/state").get_json()["question"] is None
    look = hang(world.team, "preshift", "board").get("/boards/state").get_json()["look"]
    assert look["pages"] == [["preshift", 12], ["board", 12]]
    assert look["hours"] == [[330, 540], [810, 930], [1290, 1410]]


def test_a_question_says_until_when_it_hangs(hang, world):
    with clock.frozen(at(8)):
        assert question_on(hang(world.team))["until"] == "2026-11-18T13:30:00+08:00"


def test_many_walls_read_a_question_once(hang, world, count_statements):
    wall = hang(world.team)
    question_on(wall)
    with count_statements() as seen:
        question_on(wall)
    assert not [one for one in seen if "items_" in one or "quizzes_preshift" in one]


def test_a_wall_shows_the_question_of_its_team(hang, alice, world):
    shown = question_on(hang(world.team))
    found = preshift.find_question(
        world.organisation, preshift.get_team(alice), preshift.present_shift(world.organisation)
    )
    assert shown["stem"] == found.prompt.stem
    assert [letter for letter, _text in shown["options"]] == list("ABCD")[: len(shown["options"])]
    assert (shown["scope"], shown["shift"], shown["day"]) == (
        "焊装一班",
        "早班",
        ["11月18日", "周三"],
    )
    assert shown["told"] is None
    assert database.session.scalar(select(func.count()).select_from(Preshift)) == 0


def test_nothing_of_the_key_is_on_the_wall_before_the_answer(hang, world):
    for unit in (world.team, world.workshop):
        wall = hang(unit)
        for path in ("/boards/tv", "/boards/state", "/boards/preshift/answer"):
            page = wall.get(path).get_data(as_text=True)
            assert bank.CANARY not in page
            assert "tile--right" not in page


def test_a_stream_begins_with_the_whole_question(hang, world):
    wall = hang(world.team)
    response = wall.get("/boards/events")
    sent = next(response.response).decode()
    response.close()
    kind, data = sent.removeprefix("event: ").strip().split("\ndata: ")
    assert (kind, json.loads(data)["question"]) == ("state", question_on(wall))


def test_the_answer_is_published_to_the_team_and_its_workshop(
    hang, alice, dana, world, monkeypatch
):
    hang(world.team)
    database.session.add(
        Display(
            organisation_id=world.organisation,
            unit_id=world.workshop,
            name="大厅",
            secret_print="x" * 64,
            pages="preshift:12",
        )
    )
    database.session.commit()
    sent = {}
    monkeypatch.setattr(sse, "publish", lambda channel, state: sent.update({channel: state}))
    answer(alice)
    team, workshop = (service.preshift_channel(i) for i in (world.team, world.workshop))
    assert {team, workshop} <= sent.keys()
    assert bank.CANARY in sent[team]["told"]["why"]
    assert sent[team]["told"]["right"] in "ABCD"
    assert sent[team]["told"]["source"]
    assert sent[workshop]["told"]["chosen"] is None, "the only team of the workshop has answered"
    assert len(json.dumps(sent[team])) < 8000


def test_a_plants_display_has_no_question(hang, dana, world):
    with pytest.raises(Refusal) as refused:
        hang(world.plant)
    assert refused.value.field == "unit"
    wall = hang(world.plant, "board")
    assert wall.get("/boards/state").get_json()["question"] is None
    assert wall.get("/boards/preshift/answer").location == "/boards/tv"


@pytest.mark.parametrize(("pages", "hours"), [(("everything",), rules.HOURS), (("board",), "soon")])
def test_settings_are_checked(hang, world, pages, hours):
    with pytest.raises(Refusal):
        hang(world.team, *pages, hours=hours)


def test_a_bank_without_short_questions_says_so(hang, world, monkeypatch):
    monkeypatch.setattr(preshift.asking, "draw", lambda *_arguments: None)
    wall = hang(world.team)
    shown = question_on(wall)
    assert (shown["stem"], shown["options"]) == (None, [])
    assert wall.get("/boards/preshift/answer").location == "/boards/tv"


# --- the display itself ---------------------------------------------------------------------------


def code_of(alice) -> str:
    """Return the code that Alice's phone shows."""
    return preshift.code_of(
        preshift.get_team(alice).public_id, preshift.present_shift(alice.organisation_id)
    )


@pytest.mark.parametrize("place", ["team", "workshop"])
def test_an_answer_is_touched_on_the_display(hang, alice, world, place):
    wall = hang(getattr(world, place))
    claim, options = touch_form(wall)
    form = {"claim": claim, "option": options[1], "code": code_of(alice)}
    response = wall.post("/boards/preshift/answer", form)
    assert (response.status_code, response.location) == (303, "/boards/tv")
    kept = database.session.scalars(select(PreshiftAnswer)).one()
    assert (kept.way, kept.recorded_by, kept.given) == ("kiosk", None, json.dumps([options[1]]))
    assert question_on(wall)["told"]


def test_a_wrong_code_changes_nothing_and_keeps_the_choice(hang, world):
    wall = hang(world.team)
    claim, options = touch_form(wall)
    form = {"claim": claim, "option": options[1], "code": "000000"}
    response = wall.post("/boards/preshift/answer", form)
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert "提交码与本班次不符" in page
    assert f'value="{options[1]}" checked' in page
    assert database.session.scalar(select(func.count()).select_from(PreshiftAnswer)) == 0


def test_codes_cannot_be_tried_out(hang, alice, world):
    wall = hang(world.team)
    claim, options = touch_form(wall)
    for n in range(rules.CODE_TRIES):
        form = {"claim": claim, "option": options[0], "code": f"{n:06}"}
        assert wall.post("/boards/preshift/answer", form).status_code == 422
    form = {"claim": claim, "option": options[0], "code": code_of(alice)}
    assert wall.post("/boards/preshift/answer", form).status_code == 429


def test_yesterdays_code_and_yesterdays_form_are_refused(hang, alice, world):
    wall = hang(world.team)
    claim, options = touch_form(wall)
    old = code_of(alice)
    with clock.frozen(NOW + timedelta(days=1)):
        late = {"claim": claim, "option": options[0], "code": old}
        assert wall.post("/boards/preshift/answer", late).status_code == 422
        late["code"] = code_of(alice)
        assert wall.post("/boards/preshift/answer", late).status_code == 409


# --- the clock ------------------------------------------------------------------------------------


def test_walls_prepare_the_next_shift(hang, world):
    hang(world.workshop)
    with clock.frozen(at(4, 25)):
        assert service.prepare_walls() == 1
        assert service.prepare_walls() == 0
    row = database.session.scalars(select(Preshift)).one()
    assert (row.unit_id, row.day, row.slot) == (world.team, DAY, "A")


def test_a_wall_with_the_board_prepares_nothing(hang, world):
    hang(world.workshop, "board")
    assert service.prepare_walls() == 0
