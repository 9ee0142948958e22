"""Every kind of question from its page to its verdict, as a browser without scripts sees it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from question_bank.items import Media, building
from question_bank.items.draft import DraftOption
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.items.models import Item
from quizapp.org import service as org
from quizapp.quizzes import checks, service
from quizapp.quizzes.models import Response
from tests.factories import kinds as sets
from tests.factories import people
from tests.question_bank.samples import DRAFTS, ITEMS, UID, item

AUTOMATIC = [kind for kind in ITEMS if kind != "essay"]
HIDDEN = r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?'


@pytest.fixture
def viewer(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def bob(as_person):
    """Bob's browser."""
    return as_person("bob")


def page_of(browser, attempt_id, position=1, **options):
    response = browser.get(f"/quizzes/{attempt_id}/{position}", **options)
    assert response.status_code == 200
    return html.unescape(response.get_data(as_text=True))


def as_fields(kind, values):
    """Return values as the page's own fields send them: those of a part under its number."""
    if kind != "case":
        return [("option", value) for value in values]
    parts = (value.partition("/") for value in values)
    return [(f"option.{number}", value) for number, _slash, value in parts]


def post(browser, attempt_id, kind, values, position=1, uuid=None):
    form = re.findall(
        HIDDEN, browser.get(f"/quizzes/{attempt_id}/{position}").get_data(as_text=True)
    )
    fields = [(name, html.unescape(value)) for name, value in form]
    sent = {
        name: [v for n, v in as_fields(kind, values) if n == name]
        for name, _ in as_fields(kind, values)
    }
    body = {**dict(fields), **sent, "submission_uuid": uuid or str(uuid4())}
    return browser.post(f"/quizzes/{attempt_id}/{position}", body)


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_a_question_is_answered_repeated_judged_and_looked_back_at(kind, viewer, bob, world):
    attempt_id = sets.seat(viewer, [ITEMS[kind], ITEMS["single"]])
    values, uuid = sets.values_of(ITEMS[kind]), str(uuid4())
    before = page_of(bob, attempt_id)
    assert 'id="verdict"' not in before
    assert ITEMS[kind].explanation not in before

    answer = post(bob, attempt_id, kind, values, uuid=uuid)
    assert answer.status_code == 303
    again = post(bob, attempt_id, kind, sets.values_of(ITEMS[kind], is_right=False), uuid=uuid)
    assert again.status_code == 303
    [stored] = database.session.scalars(select(Response)).all()
    assert (stored.score, stored.is_correct) == (1.0, True)
    assert set(json.loads(stored.given)) >= {v for v in values if v and "=" not in v}

    for path in (f"/quizzes/{attempt_id}/1", f"/quizzes/{attempt_id}/review/1"):
        after = html.unescape(bob.get(path).get_data(as_text=True))
        assert "verdict--ok" in after
        assert ITEMS[kind].explanation in after
    assert list(checks.scores_can_be_graded_again()) == []


@pytest.mark.parametrize("kind", AUTOMATIC)
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_wrong_answer_says_what_is_right_in_both_languages(kind, locale, viewer, bob):
    attempt_id = sets.seat(viewer, [ITEMS[kind]])
    bob.post("/locale", {"locale": locale, "next": "/"})
    assert (
        post(bob, attempt_id, kind, sets.values_of(ITEMS[kind], is_right=False)).status_code == 303
    )
    page = page_of(bob, attempt_id)
    assert "verdict--notyet" in page
    shown = re.sub(r"<[^>]+>", " ", page)
    right = {
        "single": "停下撤离", "multiple": "ABC", "numeric": "7.5 – 8.5 kN", "cloze": "操作资格证书",
        "ordering": "判断环境", "matching": "禁止", "hotspot": "1", "case": "停止动火",
        "true_false": {"zh_CN": "错", "en": "False"}[locale],
    }[kind]  # fmt: skip
    assert right in shown or kind == "multiple"


@pytest.mark.parametrize("kind", ITEMS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_page_has_a_field_for_every_value_and_a_name_for_every_field(kind, seed, viewer, bob):
    attempt_id = sets.seat(viewer, [ITEMS[kind]], seed=seed)
    page = page_of(bob, attempt_id)
    quiz = page[page.index('id="quiz"') :]
    named = re.findall(r'<(?:input|select|textarea)[^>]* name="(option(?:\.\d)?)"', quiz)
    count = {"cloze": 3, "numeric": 1, "ordering": 4, "matching": 3, "case": 3, "essay": 1}
    prompt = ITEMS[kind].prompt(seed)
    assert len(named) == count.get(kind, len(prompt.options) + len(prompt.zones))
    if kind == "case":
        assert named == ["option.1", "option.1", "option.2"]
    loose = [
        tag
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", quiz)
        if 'type="hidden"' not in tag and "aria-label=" not in tag
    ]
    assert all("<label" in quiz[: quiz.index(tag)].rsplit("</label>")[-1] for tag in loose)
    assert len(re.findall(r' id="([^"]+)"', quiz)) == len(set(re.findall(r' id="([^"]+)"', quiz)))


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("cloze", ["", "", ""], "请作答后再提交。"),
        ("cloze", ["证书", "很多", ""], "请填写一个数"),
        ("numeric", ["八吨"], "请填写一个数"),
        ("ordering", ["{0}=1", "{1}=1", "{2}=2", "{3}=3"], "两项的位置相同"),
        ("ordering", ["{0}=1", "{1}=", "{2}=", "{3}="], "请给每一项都选好位置"),
        ("matching", ["{0}="], "请作答后再提交。"),
        ("essay", ["长" * 4001], "写得太长"),
        ("hotspot", [], "请作答后再提交。"),
        ("single", [], "请选择一个选项"),
        ("case", ["1/", "2/"], "不属于本题"),
    ],
)
def test_what_cannot_be_graded_is_explained_and_what_was_given_stays(
    kind, values, said, viewer, bob
):
    made = ITEMS[kind]
    ids = getattr(made, "order", ()) or tuple(left.id for left in getattr(made, "lefts", ()))
    sent = [value.format(*ids) if ids else value for value in values]
    attempt_id = sets.seat(viewer, [made])
    answer = post(bob, attempt_id, kind, sent)
    assert answer.status_code == 422
    page = html.unescape(answer.get_data(as_text=True))
    assert said in page
    assert made.explanation not in page
    for value in sent:
        if value and not value.endswith(("=", "/")):
            assert value[:4000] in page
    assert database.session.scalars(select(Response)).all() == []


def test_a_case_shows_each_part_with_its_own_answer(viewer, bob):
    parts = (
        replace(DRAFTS["single"], explanation="第一问的说明。"),
        DRAFTS["matching"],
        DRAFTS["hotspot"],
        DRAFTS["ordering"],
        DRAFTS["true_false"],
        DRAFTS["numeric"],
    )
    made = item("case", parts=parts)
    attempt_id = sets.seat(viewer, [made])
    right, wrong = sets.values_of(made), sets.values_of(made, is_right=False)
    assert (
        post(bob, attempt_id, "case", [*wrong, *(v for v in right if v[0] != "1")]).status_code
        == 303
    )
    page = page_of(bob, attempt_id)
    assert "第一问的说明。" in page
    assert page.count('class="part"') == 6
    shown = service.get_shown(service.get_attempt(viewer, attempt_id), 1)
    assert shown.verdict.score == pytest.approx(5 / 6)


def test_a_share_of_the_credit_is_named(viewer, bob):
    attempt_id = sets.seat(viewer, [ITEMS["cloze"]])
    page_of(bob, attempt_id)
    body = {"option": ["操作资格证书", "3", ""], "submission_uuid": str(uuid4())}
    assert bob.post(f"/quizzes/{attempt_id}/1", body).status_code == 303
    page = page_of(bob, attempt_id)
    assert "得分 67 %" in page
    assert "未作答" in page


def test_what_was_chosen_is_told_what_its_author_wrote_for_it(viewer, bob):
    said = (
        DraftOption("停下撤离", is_right=True, feedback="正是这样。"),
        DraftOption("继续作业", feedback="这样会伤到人。"),
    )
    made = item("single", options=said)
    attempt_id = sets.seat(viewer, [made])
    assert "这样会伤到人" not in page_of(bob, attempt_id)
    post(bob, attempt_id, "single", sets.values_of(made, is_right=False))
    page = page_of(bob, attempt_id)
    assert "这样会伤到人。" in page
    assert "正是这样。" not in page


def test_media_have_controls_captions_and_words(viewer, bob):
    media = (
        Media("1" * 64, "image", "一台冲床"),
        Media("2" * 64, "audio", "警铃声"),
        Media("3" * 64, "video", "灭火演示", "4" * 64),
    )
    made = item("single", media=media, options=(
        DraftOption("甲", is_right=True, image="5" * 64), DraftOption("乙"),
    ))  # fmt: skip
    page = page_of(bob, sets.seat(viewer, [made]))
    assert 'alt="一台冲床"' in page
    assert re.search(r'<audio[^>]* controls[^>]* aria-label="警铃声"', page)
    assert re.search(r'<video[^>]* controls.*<track kind="captions" src="/items/media/4+"', page)
    assert page.count(f"/items/media/{'5' * 64}") == 2


def test_essays_and_cases_with_one_are_not_drawn_for_a_daily_set(viewer, world):
    case = item("case", parts=(DRAFTS["true_false"], DRAFTS["essay"]))
    quoting = item("case", stem='他写下 "kind": "essay" 几个字。')
    sets.seat(viewer, [ITEMS["essay"], case, quoting, ITEMS["cloze"]])
    pool = set(items.get_pool(world.organisation, org.today(world.organisation)).uids)
    kinds = sorted(
        row.kind
        for row in database.session.scalars(select(Item))
        if row.id in pool and row.uid.startswith("kinds-")
    )
    assert kinds == ["case", "cloze"]


def test_an_essay_cannot_be_answered_here(viewer):
    attempt_id = sets.seat(viewer, [ITEMS["essay"]])
    with pytest.raises(Refusal):
        sets.give(viewer, attempt_id, 1, ("一段话",))


def test_reading_time_counts_every_text(viewer):
    prompt = building.build(DRAFTS["case"], UID).item.prompt(1)
    assert sum(map(len, prompt.texts())) > len(prompt.stem) + 10


def test_many_values_are_cut_off_before_they_are_read(viewer, bob):
    attempt_id = sets.seat(viewer, [ITEMS["cloze"]])
    answer = post(bob, attempt_id, "cloze", ["甲"] * 2000)
    assert answer.status_code == 422
    assert service.get_attempt(viewer, attempt_id).answered == ()
