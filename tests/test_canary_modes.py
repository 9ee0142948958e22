"""No key before its phase, in every mode and for every kind: pages, fragments, JSON, the book.

Each item has a word of its own wherever a learner must not look early. One set with an item of
every kind goes its way in every mode, and after each step everything its learner can open is read:
no word of an item may be there that the quiz does not tell by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from question_bank.items import KINDS
from quizapp.core import clock
from quizapp.core.db import atomic
from quizapp.core.db import db as database
from quizapp.items.models import Item as StoredItem
from quizapp.items.service import get_stored
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Form, FormItem
from quizapp.quizzes.views import showing
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.factories import bank, people
from tests.factories import kinds as sets
from tests.factories import quizzes as made
from tests.scene import routes, set_scene
from tests.test_canary import MARKS, PART, WHOLE, read

WORD = "WORDCANARY"
CLOSES = NOW + timedelta(hours=6)
ONLY_VERDICT = rules.told({rules.VERDICT})

# What an authored quiz tells during, after handing in, and once it has closed.
TELLS = {
    rules.THEMED: (made.ALL, made.ALL, made.ALL),
    rules.WEEKLY: (ONLY_VERDICT, made.ALL, made.ALL),
    rules.EXAM: (made.NOTHING, ONLY_VERDICT, made.ALL),
    rules.STATUTORY: (made.NOTHING, made.NOTHING, made.NOTHING),
}
MODES = (rules.DAILY, rules.CHALLENGE, rules.PRACTICE, rules.MISTAKES, *TELLS)
PHASES = (rules.DURING, rules.AFTER, rules.CLOSED)


class Sitting:
    """Bob's open attempt in a mode, with an item of every kind; ``words`` by position."""

    def __init__(self, app, world, mode: str) -> None:
        self.bob = people.viewer(world.people["bob"])
        self.mode = mode
        self.kinds = [kind for kind in KINDS if kind != "essay" or mode in rules.MARKED]
        self.words = {n: f"{WORD}{n:02}E" for n in range(1, len(self.kinds) + 1)}
        secrets = [sets.secret(kind, self.words[n]) for n, kind in enumerate(self.kinds, 1)]
        self.id = sets.seat(self.bob, secrets)
        tells = TELLS.get(mode, (made.ALL,) * 3)
        self.tells = dict(zip(PHASES, tells, strict=True))
        self.quiz_id = self._put_into_mode(world.organisation)
        self.answered: set[int] = set()
        self.browser = Browser(app).sign_in(world.people["bob"])

    @atomic
    def _put_into_mode(self, organisation_id: int) -> str | None:
        if self.mode in TELLS:
            quiz = made.publish(
                organisation_id,
                self.mode,
                closes_at=CLOSES,
                **{f"tells_{phase}": told for phase, told in self.tells.items()},
            )
            number = quiz.id
        else:
            number, quiz = quizzes.built_in(organisation_id, self.mode), None
        attempt = database.session.scalars(
            select(Attempt).where(Attempt.public_id == self.id)
        ).one()
        attempt.blueprint_id, attempt.mode = number, self.mode
        database.session.execute(
            update(Form).where(Form.id == attempt.form_id).values(blueprint_id=number)
        )
        return quiz.public_id if quiz else None

    def addresses(self) -> Iterator[str]:
        """Yield every page on which something of the set may be."""
        own = f"/quizzes/{self.id}"
        yield from (own, f"{own}/check", f"/api/v1/attempts/{self.id}")
        for position in self.words:
            yield from (f"{own}/{position}", f"{own}/review/{position}")
        yield from (f"/result/{self.id}", f"/result/{self.id}/team", "/", "/me", "/me/points")
        yield from ("/quizzes/past", "/mastery", "/mastery/mastered", "/mastery/topics")
        yield "/mastery/print"
        if self.quiz_id:
            yield f"/quizzes/quiz/{self.quiz_id}"
        shown = select(StoredItem.public_id).join(FormItem, FormItem.item_id == StoredItem.id)
        yield from (f"/mastery/items/{each}" for each in database.session.scalars(shown))

    def check(self, text: str, allowed: set[int], where: str) -> bool:
        """Check one page; return whether it told anything."""
        found = {int(number) for number in re.findall(WORD + r"(\d\d)E", text)}
        assert found <= allowed, where
        if not allowed:
            told = [] if self.tells[rules.DURING] or self.answered else MARKS
            assert not [mark for mark in told if mark in text], where
        return bool(found)

    def crawl(self, phase: str) -> int:
        """Read everything; return how many places told something."""
        allowed: set[int] = set()
        if {rules.EXPLANATION, rules.KEY} & set(self.tells[phase].split(",")):
            allowed = self.answered if phase == rules.DURING else set(self.words)
        return sum(
            self.check(read(self.browser, path, headers=headers)[1], allowed, f"{phase}: {path}")
            for path in list(self.addresses())
            for headers in ((WHOLE, PART) if path.startswith("/quizzes/") else (WHOLE,))
        )

    def answer(self, position: int, surface: str) -> str:
        """Answer wrongly, as a device of one sort sends it, and return what came back."""
        attempt = quizzes.get_attempt(self.bob, self.id)
        item = get_stored(quizzes.get_shown(attempt, position).version_id).item
        values = ("答：先停下来，再报告。",)
        if self.kinds[position - 1] != "essay":
            values = sets.values_of(item, is_right=False)
        sent = made.sent(self.bob, self.id, position, values)
        self.answered.add(position)
        if surface == "ticket":
            response = self.browser.open("/api/v1/answers", method="POST", json=sent)
        elif surface == "batch":
            one = {**sent, "attempt": self.id, "position": position}
            response = self.browser.open(
                "/api/v1/answers/batch",
                method="POST",
                json={"answers": [one]},
                headers={"X-CSRFToken": self.browser.csrf_token()},
            )
        else:
            form = {"submission_uuid": sent["uuid"], "option": list(values)}
            headers = PART if surface == "fragment" else WHOLE
            response = self.browser.post(f"/quizzes/{self.id}/{position}", form, headers=headers)
        assert response.status_code in (200, 303), response.get_data(as_text=True)
        return response.get_data(as_text=True)


@pytest.fixture
def sitting(app, world, request) -> Sitting:
    """An attempt in a mode, nothing answered."""
    return Sitting(app, world, request.param)


@pytest.mark.parametrize("sitting", MODES, indirect=True)
def test_nothing_is_told_before_its_phase(sitting):
    """Before any answer, after each of a few, after handing in, after closing."""
    assert sitting.crawl(rules.DURING) == 0
    is_told = {rules.EXPLANATION, rules.KEY} & set(sitting.tells[rules.DURING].split(","))
    surfaces = ("ticket", "batch", "form", "fragment")
    for position in sitting.words:
        sent = sitting.answer(position, surfaces[position % 4])
        sitting.check(sent, {position} if is_told else set(), f"the answer to {position}")
        if sitting.mode == rules.CHALLENGE:
            break  # it is over
        if position == 2:
            assert bool(sitting.crawl(rules.DURING)) is bool(is_told)
    sitting.browser.post(f"/quizzes/{sitting.id}/hand-in")
    assert quizzes.get_attempt(sitting.bob, sitting.id).is_final
    told = sitting.crawl(rules.AFTER)
    assert bool(told) is (rules.EXPLANATION in sitting.tells[rules.AFTER])
    with clock.frozen(CLOSES + timedelta(minutes=1)):
        quizzes.forget_settings()
        told = sitting.crawl(rules.CLOSED)
    assert bool(told) is (rules.EXPLANATION in sitting.tells[rules.CLOSED])


@pytest.mark.parametrize("sitting", MODES, indirect=True)
def test_a_refused_answer_tells_nothing_in_any_mode(sitting):
    attempt = quizzes.get_attempt(sitting.bob, sitting.id)
    for position in sitting.words:
        shown = quizzes.get_shown(attempt, position)
        ticket = quizzes.ticket_for(sitting.bob, attempt, shown)
        for given in ([], ["nonsense"] * 3, ["x" * 5000]):
            body = {"ticket": ticket, "uuid": "no-uuid", "given": given}
            one = {**body, "attempt": sitting.id, "position": position}
            for path, sent in (
                ("/api/v1/answers", body),
                ("/api/v1/answers/batch", {"answers": [one]}),
            ):
                headers = {"X-CSRFToken": sitting.browser.csrf_token()}
                answer = sitting.browser.open(path, method="POST", json=sent, headers=headers)
                sitting.check(answer.get_data(as_text=True), set(), f"{path} {position}")
    assert quizzes.get_attempt(sitting.bob, sitting.id).answered == ()


def test_an_item_of_an_open_set_is_kept_back_wherever_it_was_told_before(app, world):
    """Told by an earlier set, asked by an exam now: the book is silent until that is over."""
    bob = people.viewer(world.people["bob"])
    secret = sets.secret("single", f"{WORD}01E")
    first = sets.seat(bob, [secret])
    wrong = sets.values_of(secret, is_right=False)
    sets.give(bob, first, 1, wrong)
    assert quizzes.get_attempt(bob, first).is_final
    item_id, version_id = database.session.execute(
        select(FormItem.item_id, FormItem.item_version_id)
    ).one()
    exam = sets.seat(bob, [sets.secret("single", "其他")])
    database.session.execute(
        update(FormItem)
        .where(FormItem.item_id != item_id)
        .values(item_id=item_id, item_version_id=version_id)
    )
    database.session.commit()
    browser = Browser(app).sign_in(bob.id)
    public_id = database.session.scalar(
        select(StoredItem.public_id).where(StoredItem.id == item_id)
    )
    book = ("/mastery", "/mastery/print", "/mastery/topics", f"/mastery/items/{public_id}")
    for path in (*book, f"/quizzes/{exam}/1", f"/api/v1/attempts/{exam}"):
        assert WORD not in read(browser, path)[1], path
    sets.give(bob, exam, 1, wrong)
    assert WORD in read(browser, book[3])[1]


def test_the_question_before_a_shift_is_not_answered_by_any_page(app, world):
    """Until the team has answered; the sheet on paper has its key on a page of its own."""
    scene = set_scene(app, world, answered=0)
    seen = 0
    for who in ("anonymous", "bob", "alice", "display"):
        for _method, rule in routes(app, "GET"):
            if "preshift" not in rule.endpoint and not rule.endpoint.startswith("boards."):
                continue
            if who == "alice" and ("paper" in rule.endpoint or "print" in rule.endpoint):
                continue
            response, text = read(scene.browsers[who], scene.address(rule))
            assert bank.CANARY not in text, f"{who} on {rule.rule}"
            seen += response.status_code == 200
    assert seen >= 5


def test_the_crawl_notices_a_leak(app, world, monkeypatch):
    """If a page said too much, this would be seen."""
    sitting = Sitting(app, world, rules.EXAM)
    kept = showing.take_page

    def leaky(*arguments, **named):
        page = kept(*arguments, **named)
        object.__setattr__(page, "note", sitting.words[1])
        return page

    monkeypatch.setattr("quizapp.quizzes.views.taking.take_page", leaky)
    with pytest.raises(AssertionError):
        sitting.crawl(rules.DURING)


def test_every_mode_of_the_engine_is_walked():
    assert {*MODES, rules.PRESHIFT} == {*rules.BUILT_IN, *rules.AUTHORED, rules.PRESHIFT}
