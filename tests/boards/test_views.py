"""What a television meets: pairing, its board, the stream, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from quizapp.accounts.access import permission_of
from quizapp.accounts.permissions import Permission
from quizapp.boards import service
from quizapp.boards.views import COOKIE
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.redis import store
from quizapp.leaderboards import service as leaderboards
from quizapp.org.models import Unit
from quizapp.points import service as points
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.factories.season import settle_boards
from tests.savepoints import empty_store, undone

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """The cast with a running season, made once."""
    with rolled_back(app), clock.frozen(NOW):
        world = people.world()
        points.set_season(
            None,
            world.organisation,
            name="十一月",
            starts_on=TODAY - timedelta(days=2),
            ends_on=TODAY + timedelta(days=12),
        )
        settle_boards()
        yield world


@pytest.fixture
def world(settled: people.World) -> Iterator[people.World]:
    """The cast, at the tests' present."""
    with undone(), clock.frozen(NOW):
        yield settled


@pytest.fixture
def dana(world):
    """The administrator."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def tv(app, world) -> Browser:
    """A browser on a television that is not paired."""
    return Browser(app)


@pytest.fixture
def wall(tv, dana, world) -> Browser:
    """The same browser, paired in the workshop by its code."""
    pair(dana, code_on(tv), world.workshop)
    return tv


def code_on(tv: Browser) -> str:
    """Return the code that a television shows."""
    page = tv.get("/boards/pair").get_data(as_text=True)
    shown = re.search(r'data-code="(\w{6})"', page) or re.search(r"qr/(\w{6})\.svg", page)
    assert shown, page
    return shown.group(1)


def pair(viewer, code: str, unit_id: int) -> str:
    """Pair the display that shows ``code``."""
    unit = database.session.get_one(Unit, unit_id).public_id
    return service.pair(
        viewer, code=code, unit_public_id=unit, name="大屏", distance_m=8, theme="dark"
    )


def frames(response: TestResponse, number: int) -> list[tuple[str, dict]]:
    """Read so many frames of a stream and close it."""
    chunks = iter(response.response)
    read = [next(chunks) for _frame in range(number)]
    response.close()
    parsed = []
    for chunk in read:
        text = chunk.decode() if isinstance(chunk, bytes) else chunk
        event, data = re.fullmatch(r"event: (\w+)\ndata: (.*)\n\n", text).groups()
        parsed.append((event, json.loads(data)))
    return parsed


def test_an_unpaired_browser_shows_a_code_and_keeps_a_secret(tv):
    response = tv.get("/boards/pair")
    assert response.status_code == 200
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(COOKIE)
    assert "HttpOnly" in cookie
    assert "Path=/boards" in cookie
    assert "SameSite=Lax" in cookie


def test_reloading_shows_the_same_code(tv):
    assert code_on(tv) == code_on(tv)


def test_a_waiting_display_is_told_when_it_is_paired(tv, dana, world):
    code = code_on(tv)
    assert tv.get(f"/boards/pair/status?code={code}").json["state"] == "waiting"
    pair(dana, code, world.workshop)
    status = tv.get(f"/boards/pair/status?code={code}").json
    assert (status["state"], status["next"]) == ("paired", "/boards/tv")


def test_a_code_that_is_no_more_is_told(tv):
    code = code_on(tv)
    empty_store()
    assert tv.get(f"/boards/pair/status?code={code}").json["state"] == "expired"
    assert code_on(tv) != code


def test_a_browser_without_a_cookie_begins_at_pairing(tv):
    assert tv.get("/boards/pair/status?code=ACD346").json["state"] == "expired"
    assert tv.get("/boards/tv").location == "/boards/pair"


def test_a_paired_display_goes_to_its_board(wall):
    assert wall.get("/boards/pair").location == "/boards/tv"
    page = wall.get("/boards/tv")
    assert page.status_code == 200
    kept = re.search(r'id="document">(.*?)</script>', page.get_data(as_text=True)).group(1)
    assert [row[1] for row in json.loads(kept)["board"]["rows"]] == ["焊装一班"]


def test_the_display_stays_paired_for_a_year(wall):
    assert re.search(r"Max-Age=(\d+)", wall.get("/boards/tv").headers["Set-Cookie"]).group(
        1
    ) == str(400 * 24 * 3600)


def test_opening_the_board_is_a_sign_of_life(wall, dana):
    assert not service.list_displays(dana).lines[0].is_online
    wall.get("/boards/tv")
    assert service.list_displays(dana).lines[0].is_online


def test_the_code_to_scan_leads_to_the_configured_address(app, tv, monkeypatch):
    drawn: list[str] = []

    def make(content: str, **options):
        drawn.append(content)
        return original(content, **options)

    from quizapp.boards.views import pictures

    original = pictures.segno.make
    monkeypatch.setattr(pictures.segno, "make", make)
    tv.get("/boards/pair/qr/ACD346.svg", headers={"Host": "localhost"})
    tv.get("/boards/qr.svg")
    assert drawn == ["http://localhost/admin/displays?code=ACD346", "http://localhost/"]


def test_no_picture_is_drawn_of_what_is_no_code(tv):
    assert tv.get("/boards/pair/qr/OOOOOO.svg").status_code == 404
    assert tv.get("/boards/pair/qr/ACD346.svg").mimetype == "image/svg+xml"


# -- polling


def test_the_board_can_be_polled(wall, world):
    answer = wall.get("/boards/state").json
    assert answer["board"] == service.wall_state(world.organisation, world.workshop)
    assert (answer["look"]["theme"], answer["look"]["distance_m"]) == ("dark", 8)
    assert answer["news"]["citations"] == []
    assert answer["question"] is None, "this display does not show it"


def test_polling_without_a_pairing_is_gone(tv):
    assert tv.get("/boards/state").status_code == 410


def test_polling_after_unpairing_is_gone(wall, dana):
    assert wall.get("/boards/state").status_code == 200
    service.revoke(dana, service.list_displays(dana).lines[0].public_id)
    assert wall.get("/boards/state").status_code == 410
    assert wall.get("/boards/tv").location == "/boards/pair"


# -- the stream


def test_a_stream_begins_with_the_whole_board(wall, world):
    response = wall.get("/boards/events")
    assert response.mimetype == "text/event-stream"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert response.headers["Cache-Control"] == "no-store"
    [(event, state)] = frames(response, 1)
    assert event == "state"
    assert state.keys() == {"look", "board", "news", "question"}
    assert state["board"] == service.wall_state(world.organisation, world.workshop)


def test_the_next_version_follows_by_itself(wall, world):
    response = wall.get("/boards/events")
    leaderboards.note_dirty(world.team, TODAY)
    leaderboards.tick()
    *_opening, (event, board) = frames(response, 2)
    assert event == "board"
    assert board["v"] == leaderboards.board_state(world.organisation)[1]


def test_an_unpaired_browser_is_told_that_it_is_gone(tv):
    response = tv.get("/boards/events")
    assert response.status_code == 200  # an EventSource would never come back from a 410
    assert frames(response, 1) == [("gone", {})]


def test_unpairing_ends_the_stream(wall, dana):
    response = wall.get("/boards/events")
    service.revoke(dana, service.list_displays(dana).lines[0].public_id)
    chunks = list(response.response)
    response.close()
    assert len(chunks) == 2
    assert chunks[-1].decode().startswith("event: gone")


def test_a_change_just_before_the_stream_listens_is_not_missed(app, wall, dana, monkeypatch):
    hub = app.extensions["zhixing_hub"]
    join = hub.join

    def change_and_join(channels):
        line = service.get_display(dana, service.list_displays(dana).lines[0].public_id)
        look = service.Look(line.line.name, line.unit_public_id, 10, "light")
        service.change_display(dana, line.line.public_id, look)
        return join(channels)

    monkeypatch.setattr(hub, "join", change_and_join)
    assert frames(wall.get("/boards/events"), 1) == [("gone", {})]


def test_a_full_process_sends_the_display_to_poll(app, wall, monkeypatch):
    hub = app.extensions["zhixing_hub"]
    monkeypatch.setattr(hub, "_limit", hub._count + 1)
    first = wall.get("/boards/events")
    second = wall.get("/boards/events")
    assert second.status_code == 503
    assert int(second.headers["Retry-After"]) > 0
    first.close()
    third = wall.get("/boards/events")
    assert third.status_code == 200
    third.close()


def test_a_stream_that_nobody_reads_gives_its_place_back(app, wall):
    hub = app.extensions["zhixing_hub"]
    before = hub._count
    wall.get("/boards/events").close()
    assert hub._count == before


def test_an_open_stream_holds_no_connection(app, wall):
    response = wall.get("/boards/events")
    next(iter(response.response))
    with app.app_context():
        assert not database.session().in_transaction()
    response.close()


def test_a_silent_stream_beats_and_shows_that_the_display_lives(wall, dana, monkeypatch):
    from quizapp.core import sse

    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    response = wall.get("/boards/events")
    store().client.delete(store().key("seen"))
    assert frames(response, 2)[-1] == ("ping", {})
    assert service.list_displays(dana).lines[0].is_online


# -- and nothing else


def test_a_displays_cookie_opens_nothing_else(app, wall):
    """The browser sends it below /boards only; here it is sent everywhere."""
    secret = wall.client.get_cookie(COOKIE, path="/boards").value
    adapter, opened = app.url_map.bind("localhost"), []
    login = adapter.build("accounts.sign_in")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "boards.events":
            continue
        values = dict.fromkeys(rule.arguments, "1") | {"version": "x", "filename": "x"}
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        with app.app_context():
            permission = permission_of(rule.endpoint)
        if permission in (Permission.ANYONE, Permission.WATCH_BOARD):
            continue
        answer = Browser(app).get(path, headers={"Cookie": f"{COOKIE}={secret}"})
        opened.append(path)
        if path.startswith("/api/"):  # a program is not sent to a form
            assert answer.status_code == 401, path
            continue
        assert answer.status_code == 302, path
        assert answer.location.startswith(login), path
    assert len(opened) > 10


def test_a_display_cannot_do_anything(app, wall):
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and not rule.arguments and rule.endpoint.startswith("admin"):
            assert wall.post(rule.rule).status_code in (302, 303), rule.rule
