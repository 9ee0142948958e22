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
    """Return a paired display: ``hang(unit_id, shows="preshift")``."""

    def paired(unit_id: int, shows: str = "preshift", hours: str = rules.HOURS) -> Browser:
        public_id = pair_display(dana, unit_id)
        service.change_display(
            dana,
            public_id,
            name="墙",
            unit_public_id=database.session.get_one(Unit, unit_id).public_id,
            distance_m=8,
            theme="dark",
            shows=shows,
            hours=hours,
        )
        browser = Browser(app)
        browser.client.set_cookie("zhixing-display", DISPLAY_SECRET)
        return browser

    return paired


def question_on(wall: Browser) -> dict:
    """Return the question that a wall is sent."""
    return wall.get("/boards/preshift/state").get_json()["question"]


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
    ("wall", "page", "seconds"),
    [
        (at(5, 29), "board", 60),
        (at(5, 30), "preshift", 3.5 * 3600),
        (at(9), "board", 4.5 * 3600),
        (at(23, 30), "board", 6 * 3600),
    ],
)
def test_a_display_that_rotates_turns_by_the_hour(wall, page, seconds):
    assert rules.page_at("rotate", rules.HOURS, wall) == page
    assert rules.seconds_to_turn("rotate", rules.HOURS, wall) == seconds


@pytest.mark.parametrize("shows", ["board", "preshift"])
def test_other_displays_never_turn(shows):
    assert rules.page_at(shows, rules.HOURS, at(6)) == shows
    assert rules.seconds_to_turn(shows, rules.HOURS, at(6)) is None


# --- pages ----------------------------------------------------------------------------------------


def test_a_display_shows_what_its_setting_says(hang, world):
    assert hang(world.team, "board").get("/boards/tv").status_code == 200
    wall = hang(world.team, "preshift")
    assert wall.get("/boards/tv").location == "/boards/preshift"
    assert wall.get("/boards/preshift").status_code == 200


@pytest.mark.parametrize(("moment", "is_question"), [(at(8), True), (at(10), False)])
def test_a_display_that_rotates_shows_the_page_of_the_hour(hang, world, moment, is_question):
    with clock.frozen(moment):
        wall = hang(world.team, "rotate")
        response = wall.get("/boards/tv")
        assert (response.status_code == 302) is is_question
        look = wall.get("/boards/state").get_json()
    assert look["page"] == ("preshift" if is_question else "board")
    assert f'data-turn-seconds="{3600 if is_question else 12600}"' in wall_page(wall, moment)


def wall_page(wall: Browser, moment: datetime) -> str:
    """Return the page that a wall shows at a moment."""
    with clock.frozen(moment):
        response = wall.get("/boards/tv")
        if response.location:
            response = wall.get(response.location)
        return response.get_data(as_text=True)


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
        for path in ("/boards/preshift", "/boards/preshift/state", "/boards/preshift/answer"):
            page = wall.get(path).get_data(as_text=True)
            assert bank.CANARY not in page
            assert "tile--right" not in page


def test_a_stream_begins_with_the_whole_question(hang, world):
    wall = hang(world.team)
    response = wall.get("/boards/preshift/events")
    sent = [next(response.response).decode() for _n in range(2)]
    response.close()
    assert sent[0].startswith("event: hello\n")
    kind, data = sent[1].removeprefix("event: ").strip().split("\ndata: ")
    assert (kind, json.loads(data)) == ("question", question_on(wall))


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
            shows="preshift",
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
    assert refused.value.field == "shows"
    wall = hang(world.plant, "board")
    assert wall.get("/boards/preshift").location == "/boards/tv"
    assert wall.get("/boards/preshift/state").status_code == 404


@pytest.mark.parametrize(("shows", "hours"), [("everything", rules.HOURS), ("rotate", "soon")])
def test_settings_are_checked(hang, world, shows, hours):
    with pytest.raises(Refusal):
        hang(world.team, shows, hours)


def test_a_bank_without_short_questions_says_so(hang, world, monkeypatch):
    monkeypatch.setattr(preshift.asking, "draw", lambda *_arguments: None)
    wall = hang(world.team)
    shown = question_on(wall)
    assert (shown["stem"], shown["options"]) == (None, [])
    assert wall.get("/boards/preshift/answer").location == "/boards/preshift"


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
    assert (response.status_code, response.location) == (303, "/boards/preshift")
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
