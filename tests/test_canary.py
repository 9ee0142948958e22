"""No key leaves the server before the answer: a canary on every page, and two worlds in one byte.

A canary is a word that stands only where a learner must not look yet. It cannot see a key among
options that everybody sees, so the second proof compares: in two worlds that differ in key and
explanation only, every byte sent before the answer has to be the same.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from question_bank.formats import pack as packs
from question_bank.formats.pack.written import cannot_carry
from question_bank.items import KINDS, Choice, Item, Option, TrueFalse
from quizapp.accounts.access import Viewer
from quizapp.badges import models as badge_models
from quizapp.badges.service import keys as badge_keys
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.db import is_sqlite
from quizapp.items import service as items
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.views import showing
from quizapp.quizzes.views import taking as quizzes_views
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back
from tests.factories import badges as medals
from tests.factories import bank, people, season
from tests.factories import kinds as sets
from tests.question_bank.test_kinds import twin
from tests.scene import Scene, routes, set_scene

CROWD = ("anonymous", "bob", "dana", "display")
AUTHORS_ROOMS = ("items", "review")  # Dana writes and reviews: there she is shown what is right
WHOLE, PART = {}, {"X-Requested-With": "fetch"}
MARKS = ("option--right", "option--mine", "option__tag", 'id="verdict"', "mine_right", "key_ids")


def read(browser: Browser, path: str, **options) -> tuple[TestResponse, str]:
    """Open a page and return it with its text; of a stream only what it sends at once."""
    with contextlib.closing(browser.get(path, **options)) as response:
        if response.mimetype == "text/event-stream":
            return response, "".join(
                part.decode() for part in itertools.islice(response.response, 2)
            )
        return response, response.data.decode(errors="replace")


def crawl(app: Flask, scene: Scene, crowd: tuple[str, ...] = CROWD) -> Iterator[tuple[str, str]]:
    """Yield (who and where, everything sent) for every page; for the learner every position too.

    The pages of a set are asked for whole and as the fragment that a script asks for.
    """
    for who in crowd:
        for _method, rule in routes(app, "GET"):
            if who == "dana" and rule.endpoint.partition(".")[0] in AUTHORS_ROOMS:
                continue
            path = scene.address(rule)
            is_own = who == "bob" and "attempt_id" in rule.arguments
            places = range(1, 6) if is_own and "position" in rule.arguments else (1,)
            for place, headers in itertools.product(places, (WHOLE, PART) if is_own else (WHOLE,)):
                there = re.sub(r"/1$", f"/{place}", path)
                response, text = read(scene.browsers[who], there, headers=headers)
                yield f"{who} on {there}", f"{response.headers}\n{text}"


# --- the canary -----------------------------------------------------------------------------------


@pytest.fixture
def five(db, frozen) -> people.World:
    """The cast, with a bank of exactly five items: every set shows every kind."""
    made = people.world()
    items.load_packs(made.organisation, [bank.pack(5)])
    items.approve_for_demo(made.organisation)
    return made


@pytest.fixture
def bob(five) -> Viewer:
    """Bob, as services meet him."""
    return people.viewer(five.people["bob"])


@pytest.fixture
def unanswered(app, five):
    """The scene, in which nothing is answered yet."""
    return set_scene(app, five, answered=0)


def test_a_set_of_five_shows_the_kinds_of_every_day(unanswered, bob):
    attempt = quizzes.get_attempt(bob, unanswered.values["attempt_id"])
    kinds = {quizzes.get_shown(attempt, place).prompt.kind for place in range(1, 6)}
    assert kinds == {"single", "multiple", "true_false"}


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
    explained = []
    for place, sent in crawl(app, unanswered):
        found = set(re.findall(rf"{bank.CANARY}-\d+", sent))
        is_his = place.startswith("bob") and place.endswith("/3")
        assert found <= ({own} if is_his else set()), place
        explained += [place] * bool(found)
    assert len(explained) >= 2, "he is shown it at its place and when he looks back"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_key_of_any_kind_is_sent_before_the_answer(app, five, bob, kind):
    """A word that is only in the key, the feedback, the rubric, the explanation is nowhere."""
    secret = sets.secret(kind, bank.CANARY)
    attempt_id, browser = sets.seat(bob, [secret]), Browser(app).sign_in(five.people["bob"])
    sent = [
        read(browser, path, headers=headers)[1]
        for path in (f"/quizzes/{attempt_id}", f"/quizzes/{attempt_id}/1", "/", "/me/")
        for headers in (WHOLE, PART)
    ]
    refused = browser.post(f"/quizzes/{attempt_id}/1", {"option": "x", "submission_uuid": ""})
    for text in (*sent, refused.get_data(as_text=True)):
        assert not [word for word in (bank.CANARY, *MARKS) if word in text]
    assert secret.stem[:6] in sent[2]


def test_a_refused_answer_tells_nothing(app, unanswered):
    browser = unanswered.browsers["bob"]
    address = f"/quizzes/{unanswered.values['attempt_id']}/1"
    for option in ([], ["nonsense"], ["A", "B", "C", "D", "E"]):
        for headers in (WHOLE, PART):
            form = {"option": option, "submission_uuid": "3f333df6-90a4-4fda-8dd3-9485d27cee36"}
            answer = browser.post(address, form, headers=headers)
            assert answer.status_code == 422
            page = answer.get_data(as_text=True)
            assert not [word for word in (bank.CANARY, *MARKS) if word in page]


def test_a_set_that_was_closed_unanswered_tells_nothing(app, unanswered):
    with clock.frozen(NOW + timedelta(days=5)):
        assert quizzes.close_stale() == 1
        for place, sent in crawl(app, unanswered):
            if "styleguide" not in place:
                assert not [word for word in (bank.CANARY, *MARKS) if word in sent], place


# --- two worlds -----------------------------------------------------------------------------------


def options(*texts: str) -> tuple[Option, ...]:
    """Return options; the pack gives them their ids."""
    return tuple(Option(str(place), text) for place, text in enumerate(texts))


_DO = "泄漏时先做什么？"
_DO_ALL = "泄漏时做哪几件事？"
_MAY = "泄漏时可以继续作业。"
_FOUR = options("关闭阀门", "打开阀门", "报告班长", "继续作业")

# Every kind of item, twice: the same to look at, with another key, explanation and scoring.
TWINS: dict[str, tuple[Item, Item]] = {
    "single": (
        Choice("single", _DO, _FOUR, frozenset("0"), "先切断来源，再处理其他。"),
        Choice("single", _DO, _FOUR, frozenset("3"), "另一种说法，长短也不一样，长得多。"),
    ),
    "multiple": (
        Choice("multiple", _DO_ALL, _FOUR, frozenset("02"), "两件事都要做。"),
        Choice("multiple", _DO_ALL, _FOUR, frozenset("013"), "另外三件。", scoring="partial"),
    ),
    "true_false": (
        TrueFalse(_MAY, False, "先停下来。"),
        TrueFalse(_MAY, True, "这一次的说明不同。"),
    ),
} | {kind: twin(kind) for kind in KINDS if kind not in ("single", "multiple", "true_false")}


def test_every_kind_of_item_has_its_twins():
    assert TWINS.keys() == KINDS.keys(), "A new kind of item needs a pair in TWINS"


@pytest.mark.parametrize("kind", TWINS)
def test_twins_look_the_same_and_are_not(kind):
    one, other = TWINS[kind]
    assert one.prompt(1) == other.prompt(1)
    assert one.solution() != other.solution()
    assert one.explanation != other.explanation


def pack_with(item: Item) -> packs.Pack:
    """Return a pack of five with ``item`` in it, as it comes out of a file: ids and all.

    What a file cannot carry is put into the pack as it is.
    """
    made = bank.pack(5)
    if cannot_carry(item):
        return replace(made, items=(replace(made.items[0], item=item), *made.items[1:]))
    written = packs.write(replace(made, items=(replace(made.items[0], item=item), *made.items[1:])))
    reading = packs.read(written)
    assert not [problem for problem in reading.problems if problem.severity == "error"]
    return reading.pack


def load_dice(patch: pytest.MonkeyPatch) -> None:
    """Make everything random fall the same way in every world: names in addresses, codes, ids."""
    number, dice = itertools.count(), random.Random("two worlds")
    patch.setattr(secrets, "token_urlsafe", lambda size=32: f"{next(number):0{size}}"[-16:])
    patch.setattr(secrets, "token_hex", lambda size=32: f"{next(number):0{2 * size}x}")
    patch.setattr(secrets, "choice", dice.choice)
    patch.setattr(showing, "uuid4", lambda: UUID(int=next(number)))
    patch.setattr(badge_models, "uuid4", lambda: UUID(int=next(number)))
    patch.setattr(badge_keys, "new_private_key", lambda: medals.private_key(0))


def number_from_one() -> None:
    """Let rows have the same numbers in every world; SQLite forgets the old ones by itself."""
    if not is_sqlite():
        names = database.session.scalars(sa.text("SELECT sequencename FROM pg_sequences")).all()
        for name in names:
            database.session.execute(sa.text(f"ALTER SEQUENCE {name} RESTART"))
        database.session.commit()


def everything_sent(app: Flask, item: Item, *crowd: str) -> dict[str, str]:
    """Return what a world with ``item`` sends before the answer, by who and where."""
    with rolled_back(app), clock.frozen(NOW), pytest.MonkeyPatch.context() as patch:
        load_dice(patch)
        number_from_one()
        world = people.world()
        items.load_packs(world.organisation, [pack_with(item)])
        items.approve_for_demo(world.organisation)
        scene = set_scene(app, world, answered=0)
        sent = dict(crawl(app, scene, crowd))
        address = f"/quizzes/{scene.values['attempt_id']}/1"
        for wrong in ("nonsense", "true"):
            answer = scene.browsers["bob"].post(address, {"option": wrong, "submission_uuid": ""})
            sent[f"refused {wrong}"] = answer.get_data(as_text=True)
        return {place: without_stamps(text) for place, text in sent.items()}


def without_stamps(text: str) -> str:
    """Return ``text`` without what carries the time of day: headers, signed tokens."""
    text = re.sub(r"(?m)^(Set-Cookie|Content-Length|ETag|Date|Expires): .*", r"\1", text)
    named = r'((?:name|id)=\\?"(?:csrf[_-]token|ticket|claim)\\?" (?:content|value)=\\?")[^"\\]*'
    return re.sub(r'("token":\s*")[^"]*', r"\1", re.sub(named, r"\1", text))


@pytest.mark.parametrize("kind", [kind for kind in TWINS if kind != "essay"])
def test_two_worlds_that_differ_in_a_key_send_the_same_bytes(app, kind):
    one, other = (everything_sent(app, item, "bob", "display") for item in TWINS[kind])
    beginning = TWINS[kind][0].stem.split("____")[0]
    assert one.keys() == other.keys()
    questions = [place for place, text in one.items() if beginning in text]
    assert questions, "nobody was shown the question, so nothing is proven"
    for place, text in one.items():
        assert text == other[place], place


def test_the_comparison_notices_a_leak(app, monkeypatch):
    """If the page did say the key in any form, the two worlds would differ."""
    kept = quizzes_views.take_page

    def leaky(*arguments, **named):
        return replace(kept(*arguments, **named), kept=tuple(leak))

    monkeypatch.setattr(quizzes_views, "take_page", leaky)
    worlds = []
    for item in TWINS["true_false"]:
        leak = item.key_ids
        worlds.append(everything_sent(app, item, "bob"))
    assert worlds[0] != worlds[1]


# --- fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "path", "fields"),
    [
        ("bob", "/csrf", {"token", "person"}),
        ("anonymous", "/healthz", {"status"}),
        ("anonymous", "/readyz", {"database", "store"}),
        ("anonymous", "/boards/pair/status", {"state", "next"}),
        ("display", "/boards/state", {"look", "board", "news", "question"}),
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
