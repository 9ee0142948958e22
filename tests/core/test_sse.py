"""Live updates: what goes over the wire, who receives it, and that every place is freed again."""

from __future__ import annotations

import json
import queue

import pytest

from quizapp.core import sse
from quizapp.core.db import db as database
from quizapp.core.sse import Hub, TooManyStreams, compact, frame, publish

PATIENCE = 5  # seconds that a message may take on a busy machine; nobody waits when it is there


@pytest.fixture(scope="module")
def shared(app) -> Hub:
    """A hub for three streams, which listens for as long as this module runs."""
    return Hub(app.extensions["zhixing_store"], limit=3)


@pytest.fixture
def hub(app, db, shared, monkeypatch) -> Hub:
    """The hub of the application; every stream of a test has to have left at its end."""
    monkeypatch.setitem(app.extensions, "zhixing_hub", shared)
    yield shared
    assert shared._count == 0
    assert not shared._clients


def test_a_frame_is_one_event():
    assert frame("board", '{"v":1}') == 'event: board\ndata: {"v":1}\n\n'


def test_a_state_is_short_and_keeps_its_hanzi():
    assert compact({"title": "班组榜", "rows": [1, 2]}) == '{"title":"班组榜","rows":[1,2]}'


def test_a_state_with_line_breaks_is_still_one_line():
    assert "\n" not in compact({"name": "一班\n二班\r\n"})


# --- the hub --------------------------------------------------------------------------------------


def test_who_joined_receives_what_is_published(hub):
    inbox = hub.join(["wall:1"])
    publish("wall:1", {"v": 2})
    assert inbox.get(timeout=PATIENCE) == ("wall:1", '{"v":2}')
    hub.leave(["wall:1"], inbox)


def test_everybody_receives_their_own_channels_only(hub):
    one, both = hub.join(["wall:1"]), hub.join(["wall:1", "wall:2"])
    publish("wall:2", {"v": 2})
    publish("wall:1", {"v": 1})
    assert both.get(timeout=PATIENCE)[0] == "wall:2"
    assert both.get(timeout=PATIENCE)[0] == "wall:1"
    assert one.get(timeout=PATIENCE)[0] == "wall:1"
    assert one.empty()
    hub.leave(["wall:1"], one)
    hub.leave(["wall:1", "wall:2"], both)


def test_a_channel_that_nobody_watches_is_no_trouble(hub):
    inbox = hub.join(["wall:1"])
    publish("wall:99", {"v": 9})
    publish("wall:1", {"v": 1})
    assert inbox.get(timeout=PATIENCE) == ("wall:1", '{"v":1}')
    hub.leave(["wall:1"], inbox)


def test_who_left_receives_nothing_more(hub):
    gone, stays = hub.join(["wall:1"]), hub.join(["wall:1"])
    hub.leave(["wall:1"], gone)
    publish("wall:1", {"v": 1})
    assert stays.get(timeout=PATIENCE)
    assert gone.empty()
    hub.leave(["wall:1"], stays)


def test_the_limit_holds_and_a_place_is_free_at_once(hub):
    inboxes = [hub.join([f"wall:{n}"]) for n in range(3)]
    with pytest.raises(TooManyStreams):
        hub.join(["wall:4"])
    hub.leave(["wall:0"], inboxes[0])
    inboxes[0] = hub.join(["wall:0"])
    for number, inbox in enumerate(inboxes):
        hub.leave([f"wall:{number}"], inbox)


def test_leaving_twice_frees_one_place(hub):
    one, other = hub.join(["wall:1", "wall:2"]), hub.join(["wall:1"])
    for _time in range(2):
        hub.leave(["wall:1", "wall:2"], one)
    assert hub._count == 1
    hub.leave(["wall:1"], other)


def test_a_slow_reader_loses_old_states_and_holds_up_nobody(hub):
    slow, quick = hub.join(["wall:1"]), hub.join(["wall:1"])
    name = hub._store.key(sse.CHANNEL, "wall:1")
    for version in range(sse.QUEUE_LENGTH + 5):
        hub._deliver(name, f'{{"v":{version}}}')
        assert quick.get_nowait() == ("wall:1", f'{{"v":{version}}}')
    assert slow.qsize() == sse.QUEUE_LENGTH
    hub.leave(["wall:1"], slow)
    hub.leave(["wall:1"], quick)


# --- a stream -------------------------------------------------------------------------------------


def open_stream(**changes):
    """Open a stream of one wall, as its page does."""
    options = {
        "events": {"wall:1": "board", "display:1": "gone"},
        "first": lambda: [frame("hello", "{}"), frame("board", '{"v":1}')],
        "beat": lambda: None,
    }
    return sse.stream(**{**options, **changes})


def test_a_stream_begins_with_the_whole_state(hub):
    response = open_stream()
    frames = response.response
    assert [next(frames), next(frames)] == [frame("hello", "{}"), frame("board", '{"v":1}')]
    assert response.mimetype == "text/event-stream"
    assert response.headers["X-Accel-Buffering"] == "no"
    response.close()


def test_a_stream_goes_on_with_every_new_state(hub):
    response = open_stream(first=list)
    publish("wall:1", {"v": 2})
    assert next(response.response) == frame("board", '{"v":2}')
    response.close()


def test_nothing_is_missed_between_joining_and_the_first_state(hub):
    def first() -> list[str]:
        publish("wall:1", {"v": 2})
        return [frame("board", '{"v":1}')]

    response = open_stream(first=first)
    frames = response.response
    assert [json.loads(next(frames).split("data: ")[1])["v"] for _time in range(2)] == [1, 2]
    response.close()


def test_a_quiet_stream_says_that_it_lives(hub, monkeypatch):
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0)
    beats = []
    response = open_stream(first=list, beat=lambda: beats.append(1))
    assert [next(response.response) for _time in range(2)] == [frame("ping", "{}")] * 2
    assert len(beats) == 2
    response.close()


def test_a_stream_ends_when_its_display_is_gone(hub):
    response = open_stream(first=list)
    publish("display:1", {})
    assert list(response.response) == [frame("gone", "{}")]
    assert hub._count == 0


def test_a_stream_that_nobody_ever_read_frees_its_place(hub):
    open_stream().close()
    assert hub._count == 0


def test_a_first_state_that_fails_frees_the_place(hub):
    def fail() -> list[str]:
        raise queue.Empty

    with pytest.raises(queue.Empty):
        open_stream(first=fail)
    assert hub._count == 0


def test_a_stream_holds_no_database_connection(hub):
    database.session.execute(database.text("SELECT 1"))
    response = open_stream(first=list)
    assert not database.session.registry.has()
    response.close()


def test_a_full_process_sends_the_display_to_polling(hub, app, as_person, world):
    from quizapp.boards import service as boards
    from tests.factories import people
    from tests.scene import DISPLAY_SECRET, pair_display

    pair_display(people.viewer(world.people["dana"]), world.workshop)
    browser = as_person("bob")
    browser.client.set_cookie("zhixing-display", DISPLAY_SECRET)
    inboxes = [hub.join([boards.channel(n)]) for n in range(3)]
    answer = browser.get("/boards/events")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    for number, inbox in enumerate(inboxes):
        hub.leave([boards.channel(number)], inbox)
    with browser.get("/boards/events") as stream:
        assert next(stream.response).startswith(b"event: state")
