"""No key leaves the server before the answer: a canary on every page, and two worlds in one byte.

A canary is a word that stands only where a learner must not look yet. It cannot see a key among
options that everybody sees, so the second proof compares: in two worlds that differ in key and
explanation only, every byte sent before the answer has to be the same.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from question_bank.formats import pack as packs
from question_bank.items import KINDS, Choice, Item, Option, TrueFalse
from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.items import service as items
from quizapp.quizzes import service as quizzes
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back
from tests.factories import bank, people, season
from tests.scene import DISPLAY_COOKIE, DISPLAY_SECRET, WHO, routes, set_scene

MARKS = ("option--right", "option--mine", "option__tag", 'id="verdict"', "mine_right", "key_ids")


def read(browser: Browser, path: str, **options) -> tuple[TestResponse, str]:
    """Open a page and return it with its text; of a stream only what it sends at once."""
    with contextlib.closing(browser.get(path, **options)) as response:
        if response.mimetype == "text/event-stream":
            return response, "".join(
                part.decode() for part in itertools.islice(response.response, 2)
            )
        return response, response.data.decode(errors="replace")


def crawl(app: Flask, scene) -> Iterator[tuple[str, str]]:
    """Yield (who and where, everything sent) for every page as everybody, fragments included."""
    for who in WHO:
        for _method, rule in routes(app, "GET"):
            path = scene.address(rule)
            positions = range(1, 6) if "position" in rule.arguments else [None]
            for position, headers in itertools.product(
                positions, ({}, {"X-Requested-With": "fetch"})
            ):
                if position:
                    path = re.sub(r"/\d+$", f"/{position}", path)
                response, text = read(scene.browsers[who], path, headers=headers)
                yield f"{who} on {path}", f"{response.headers}\n{text}"


# --- the canary -----------------------------------------------------------------------------------


@pytest.fixture
def five(db, frozen) -> people.World:
    """The cast, with a bank of exactly five items: every set shows every kind."""
    made = people.world()
    items.load_packs(made.organisation, [bank.pack(5)])
    items.approve_for_demo(made.organisation)
    return made


@pytest.fixture
def bob(five) -> people.Viewer:
    """Bob, as services meet him."""
    return people.viewer(five.people["bob"])


@pytest.fixture
def unanswered(app, five):
    """The scene, in which nothing is answered yet."""
    return set_scene(app, five, answered=0)


def test_a_set_of_five_shows_every_kind(unanswered, bob):
    attempt = quizzes.get_attempt(bob, unanswered.values["attempt_id"])
    kinds = {quizzes.get_shown(attempt, place).prompt.kind for place in range(1, 6)}
    assert kinds == set(KINDS)


def test_nothing_of_a_key_is_sent_before_the_answer(app, unanswered):
    seen = 0
    for place, sent in crawl(app, unanswered):
        if "styleguide" in place:
            assert bank.CANARY not in sent
            continue  # shows made-up verdicts
        leaked = [word for word in (bank.CANARY, *MARKS) if word in sent]
        assert not leaked, f"{place}: {leaked}"
        seen += "submission_uuid" in sent
    assert seen >= 10  # the crawl did meet the questions, five of them, whole and as a fragment


def test_only_the_answered_item_is_explained_and_only_to_its_learner(app, unanswered, bob):
    attempt_id = unanswered.values["attempt_id"]
    season.answer(bob, attempt_id, 3)
    shown = quizzes.get_shown(quizzes.get_attempt(bob, attempt_id), 3)
    own = re.search(rf"{bank.CANARY}-\d+", shown.verdict.explanation)[0]
    for place, sent in crawl(app, unanswered):
        found = set(re.findall(rf"{bank.CANARY}-\d+", sent))
        is_his = place.startswith("bob") and place.endswith("/3")
        assert found == ({own} if is_his else set()), place


def test_a_refused_answer_tells_nothing(app, unanswered):
    browser = unanswered.browsers["bob"]
    address = f"/quizzes/{unanswered.values['attempt_id']}/1"
    for option in ([], ["nonsense"], ["A", "B", "C", "D", "E"]):
        for headers in ({}, {"X-Requested-With": "fetch"}):
            form = {"option": option, "submission_uuid": "3f333df6-90a4-4fda-8dd3-9485d27cee36"}
            answer = browser.post(address, form, headers=headers)
            assert answer.status_code == 422
            page = answer.get_data(as_text=True)
            assert not [word for word in (bank.CANARY, *MARKS) if word in page]


def test_a_set_that_was_closed_unanswered_tells_nothing(app, unanswered):
    from datetime import timedelta

    with clock.frozen(NOW + timedelta(days=5)):
        assert quizzes.close_stale() == 1
        unanswered.browsers["bob"].sign_in(unanswered.world.people["bob"])
        for place, sent in crawl(app, unanswered):
            if "styleguide" not in place:
                assert not [word for word in (bank.CANARY, *MARKS) if word in sent], place


# --- two worlds -----------------------------------------------------------------------------------


def options(*texts: str) -> tuple[Option, ...]:
    """Return options; the pack gives them their ids."""
    return tuple(Option(str(place), text) for place, text in enumerate(texts))


_FOUR = options("关闭阀门", "打开阀门", "报告班长", "继续作业")

# Every kind of item, twice: the same to look at, with another key, explanation and scoring.
TWINS: dict[str, tuple[Item, Item]] = {
    "single": (
        Choice("single", "泄漏时先做什么？", _FOUR, frozenset({"0"}), "先切断来源，再处理其他。"),
        Choice("single", "泄漏时先做什么？", _FOUR, frozenset({"3"}), "另一种说法，长短也不一样，而且长得多。"),
    ),
    "multiple": (
        Choice("multiple", "泄漏时做什么？", _FOUR, frozenset({"0", "2"}), "两件事都要做。"),
        Choice("multiple", "泄漏时做什么？", _FOUR, frozenset({"1"}), "只有一件。", scoring="partial"),
    ),
    "true_false": (
        TrueFalse("泄漏时可以继续作业。", False, "先停下来。"),
        TrueFalse("泄漏时可以继续作业。", True, "这一次的说明不同。"),
    ),
}  # fmt: skip


def test_every_kind_of_item_has_its_twins():
    assert TWINS.keys() == KINDS.keys(), "A new kind of item needs a pair in TWINS"


@pytest.mark.parametrize("kind", TWINS)
def test_twins_look_the_same_and_are_not(kind):
    one, other = TWINS[kind]
    assert one.prompt(1) == other.prompt(1)
    assert one.key_ids != other.key_ids
    assert one.explanation != other.explanation


def pack_with(item: Item) -> packs.Pack:
    """Return a pack of five with ``item`` in it, as it comes out of a file: ids and all."""
    made = bank.pack(5)
    written = packs.write(replace(made, items=(replace(made.items[0], item=item), *made.items[1:])))
    reading = packs.read(written)
    assert not [problem for problem in reading.problems if problem.severity == "error"]
    return reading.pack


def everything_sent(app: Flask, item: Item) -> dict[str, str]:
    """Return what a world with ``item`` sends to everybody before the answer, without its noise."""
    with rolled_back(app), clock.frozen(NOW):
        world = people.world()
        for name, person_id in world.people.items():
            # The order of a set comes from its learner's name in addresses.
            database.session.get_one(Person, person_id).public_id = f"person-of-{name}"
        database.session.commit()
        items.load_packs(world.organisation, [pack_with(item)])
        items.approve_for_demo(world.organisation)
        scene = set_scene(app, world, answered=0)
        scene.browsers["display"].client.set_cookie(DISPLAY_COOKIE, DISPLAY_SECRET)
        names = {str(value): f"<{name}>" for name, value in scene.values.items() if name != "position"}
        sent = {quieter(place, names): quieter(text, names) for place, text in crawl(app, scene)}
        bob, address = scene.browsers["bob"], f"/quizzes/{scene.values['attempt_id']}/1"
        for wrong in ("nonsense", "true"):
            form = {"option": wrong, "submission_uuid": "not one"}
            answer = bob.post(address, form)
            sent[f"refused {wrong}"] = quieter(answer.get_data(as_text=True), names)
        return sent


def quieter(text: str, names: dict[str, str]) -> str:
    """Return ``text`` without what is random in every world: names in addresses, tokens, ids."""
    for value, name in names.items():
        text = text.replace(value, name)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", text)
    text = re.sub(r"(?m)^(X-Request-ID|Set-Cookie|Content-Length|ETag|Date): .*", r"\1", text)
    text = re.sub(r'((?:name|id)="(?:csrf[_-]token|shown_token)" (?:content|value)=")[^"]*', r"\1", text)
    text = re.sub(r'("token":\s*")[^"]*', r"\1", text)
    text = re.sub(r'((?:unit|person|parent)=|value="|/(?:units|people)/)[\w-]{16}(?=["&/])', r"\1<id>", text)
    return re.sub(r'\b[ACDEFGHJKMNPQRTUVWXY34679]{6}\b', "<code>", text)


@pytest.mark.parametrize("kind", TWINS)
def test_two_worlds_that_differ_in_a_key_send_the_same_bytes(app, kind):
    one, other = (everything_sent(app, item) for item in TWINS[kind])
    assert one.keys() == other.keys()
    questions = [place for place, text in one.items() if TWINS[kind][0].stem in text]
    assert questions, "nobody was shown the question, so nothing is proven"
    for place, text in one.items():
        assert text == other[place], place


def test_the_comparison_notices_a_leak(app, monkeypatch):
    """If the page did say the key in any form, the two worlds would differ."""
    from quizapp.quizzes import views

    kept = views._row

    def leaky(option, verdict):
        row = kept(option, verdict)
        return replace(row, is_chosen=option.id in leak)

    monkeypatch.setattr(views, "_row", leaky)
    worlds = []
    for item in TWINS["true_false"]:
        leak = item.key_ids
        worlds.append(everything_sent(app, item))
    assert worlds[0] != worlds[1]


# --- fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "path", "fields"),
    [
        ("bob", "/csrf", {"token"}),
        ("anonymous", "/healthz", {"status"}),
        ("anonymous", "/readyz", {"database", "store"}),
        ("anonymous", "/boards/pair/status", {"state", "next"}),
        ("display", "/boards/state", {"board", "assets", "theme", "distance_m"}),
    ],
)
def test_json_has_exactly_the_fields_that_are_meant_for_its_reader(unanswered, who, path, fields):
    assert unanswered.browsers[who].get(path).get_json().keys() == fields


def test_a_wall_knows_teams_and_no_people(unanswered):
    board = unanswered.browsers["display"].get("/boards/state").get_json()["board"]
    assert board.keys() == {
        "v", "title", "scope", "teams", "rule", "as_of", "clock", "rows", "own", "note",
    }  # fmt: skip
    assert board["rows"]
    assert not [word for word in ("Alice", "Bob", "同事", "1002") if word in str(board)]
