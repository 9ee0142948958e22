"""Writing an item: saving, two people at once, handing in, every kind, hostile text."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from question_bank.items import KINDS
from question_bank.items.building import build
from question_bank.items.draft import Accepted, DraftBlank, Span
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.items.forms.writing import read_draft, read_passport, read_span
from quizapp.items.models import Item, ItemDraft, Source, Topic
from quizapp.items.service import contents, editing, previewing, sources, topics, vetting
from quizapp.items.service.editing import Conflict
from tests.factories import desk, people

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"{{7*7777}}"


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


def stored(item_id):
    row = db.session.get_one(ItemDraft, item_id, populate_existing=True)
    return contents.load(row.content)


def item_of(page):
    name = re.search(r"/items/([\w-]{16})", page.headers["Location"])[1]
    return db.session.scalars(select(Item).where(Item.public_id == name)).one()


# --- the page ------------------------------------------------------------------------------------


def test_a_new_item_is_saved_from_the_form(as_person, world):
    dana = as_person("dana")
    page = dana.post("/items/new", desk.form(item_id="A" * 16))
    assert page.status_code == 303
    item = item_of(page)
    kept = stored(item.id)
    assert (item.public_id, item.status, item.stage) == ("A" * 16, "draft", "editing")
    assert item.title == "发现险情时，从业人员可以怎样做？"
    assert [option.is_right for option in kept.draft.options] == [True, False, False, False]
    assert kept.draft.options[1].feedback == "先保人"
    assert kept.passport.valid_until == date(2027, 6, 30)
    topic, theme = (
        db.session.get_one(Topic, item.topic_id),
        db.session.get_one(Topic, item.theme_id),
    )
    assert (theme.name, topic.name) == ("安全", "撤离")
    assert db.session.get_one(Source, item.source_id).short == "安全生产法"
    assert item.source_label == "《安全生产法》第五十五条"


def test_the_same_page_sent_twice_makes_one_item(as_person, world):
    dana = as_person("dana")
    for _time in range(2):
        assert dana.post("/items/new", desk.form(item_id="B" * 16)).status_code == 303
    assert db.session.query(Item).filter_by(public_id="B" * 16).count() == 1


def test_a_name_that_somebody_else_holds_is_not_taken_over(as_person, world):
    item = desk.add_item(world)
    taken = as_person("carol").post("/items/new", desk.form(item_id=item.public_id, stem="我的"))
    assert taken.status_code == 404
    assert "发现险情" in db.session.get_one(Item, item.id, populate_existing=True).title


def test_autosave_answers_with_the_next_revision_and_makes_no_topics(as_person, world):
    dana, topics = as_person("dana"), db.session.query(Topic).count()
    data = desk.form(item_id="C" * 16, do="autosave", topic="安", source="安全")
    first = dana.post("/items/new", data).get_json()
    assert first["revision"] == 1
    second = dana.post(first["url"], {**data, "revision": "1", "stem": "改过的题干怎样写？"})
    answer = second.get_json()
    assert (answer["revision"], answer["number"]) == (2, first["number"])
    assert "checks" in answer
    item = db.session.get_one(Item, answer["number"], populate_existing=True)
    assert item.title == "改过的题干怎样写？"
    assert db.session.query(Topic).count() - topics <= 1, "half a word is no topic yet"
    assert stored(item.id).passport.source_text == "安全"
    final = dana.post(f"/items/{'C' * 16}/edit", desk.form(revision="2"))
    assert final.status_code == 303
    assert stored(item.id).passport.source_text == ""


def test_submitting_from_the_form_hands_it_to_the_reviewers(as_person, world):
    page = as_person("dana").post("/items/new", desk.form(item_id="D" * 16, do="submit"))
    assert page.status_code == 303
    assert item_of(page).stage == "first"


def test_what_keeps_an_item_from_review_is_listed_and_the_text_stays(as_person, world):
    dana = as_person("dana")
    data = desk.form(item_id="E" * 16, do="submit", clause="", explanation="")
    page = dana.post("/items/new", data)
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "做完手头的工序" in text
    assert text.count("<li>") > 2
    item = db.session.scalars(select(Item).where(Item.public_id == "E" * 16)).one()
    assert item.stage == "editing"


def test_an_item_under_review_is_closed_to_changes(as_person, world):
    dana = as_person("dana")
    item = item_of(dana.post("/items/new", desk.form(item_id="F" * 16, do="submit")))
    assert "data-submit" not in dana.get(f"/items/{item.public_id}/edit").get_data(as_text=True)
    refused = dana.post(f"/items/{item.public_id}/edit", desk.form(stem="换掉的题干", revision="1"))
    assert refused.status_code == 409
    assert "换掉的题干" in refused.get_data(as_text=True), "what was typed is still there"
    back = dana.post(f"/items/{item.public_id}/take-back")
    assert back.status_code == 303
    assert db.session.get_one(Item, item.id, populate_existing=True).stage == "editing"


def test_a_published_item_is_edited_beside_the_live_wording(as_person, world):
    item = desk.first_item(world)
    dana = as_person("dana")
    page = dana.get(f"/items/{item.public_id}/edit").get_data(as_text=True)
    assert item.title in page
    version, until = item.current_version_id, item.valid_until
    dana.post(f"/items/{item.public_id}/edit", desk.form())
    item = db.session.get_one(Item, item.id, populate_existing=True)
    assert (item.stage, item.status) == ("editing", "approved")
    assert (item.current_version_id, item.valid_until) == (version, until)
    dana.post(f"/items/{item.public_id}/discard")
    item = db.session.get_one(Item, item.id, populate_existing=True)
    assert item.stage == ""
    assert "发现险情" not in item.title


# --- two people ----------------------------------------------------------------------------------


def test_two_people_at_once_choose_and_lose_nothing(as_person, world, dana):
    item = desk.add_item(world)
    theirs, mine = desk.wording("对方改过的题干怎么写？"), "我改过的题干怎么写？"
    editing.save(dana, item.public_id, theirs, revision=1)
    browser = as_person("dana")
    address, data = f"/items/{item.public_id}/edit", desk.form(stem=mine, revision="1")
    conflict = browser.post(address, data)
    text = conflict.get_data(as_text=True)
    assert conflict.status_code == 409
    assert "对方" in text
    assert "settle" in text
    assert mine in text
    before = db.session.query(Item).count()
    copied = browser.post(address, {**data, "settle": "copy"})
    assert stored(item.id).draft.stem == theirs.draft.stem
    assert stored(item_of(copied).id).draft.stem == mine
    browser.post(address, {**data, "settle": "replace"})
    assert stored(item.id).draft.stem == mine
    assert db.session.query(Item).count() == before + 2
    copy = db.session.scalars(select(Item).order_by(Item.id.desc())).first()
    assert stored(copy.id).draft.stem == theirs.draft.stem
    assert browser.post(address, {**data, "settle": "burn"}).status_code == 422


def test_an_autosave_that_comes_too_late_is_told_so(as_person, world, dana):
    item = desk.add_item(world)
    editing.save(dana, item.public_id, desk.wording("对方的题干怎么写？"), revision=1)
    late = as_person("dana").post(
        f"/items/{item.public_id}/edit", desk.form(do="autosave", revision="1")
    )
    assert late.status_code == 409
    assert "Dana" in late.get_json()["error"]
    assert stored(item.id).draft.stem == "对方的题干怎么写？"


def test_a_stale_revision_never_overwrites(world, dana):
    item = desk.add_item(world)
    with pytest.raises(Conflict):
        editing.save(dana, item.public_id, desk.wording("晚到的题干"), revision=7)


# --- buttons -------------------------------------------------------------------------------------


def test_buttons_change_the_wording_and_keep_the_rest(as_person, world):
    dana = as_person("dana")
    item = item_of(
        dana.post("/items/new", desk.form(item_id="G" * 16, do="kind", new_kind="multiple"))
    )
    kept = stored(item.id).draft
    assert (kept.kind, kept.options[0].is_right, len(kept.options)) == ("multiple", True, 4)
    case = {
        "kind": "case",
        "stem": "一段经过",
        "part": ["1"],
        "part1-kind": "true_false",
        "part1-stem": "说法甲",
        "part1-is_true": "true",
        "part1-explanation": "因为",
    }
    address = f"/items/{item.public_id}/edit"
    dana.post(address, {**case, "revision": "1", "do": "add_part", "part_kind": "numeric"})
    parts = stored(item.id).draft.parts
    assert [part.kind for part in parts] == ["true_false", "numeric"]
    assert parts[0].is_true is True
    dana.post(address, {**case, "revision": "2", "do": "drop_part:0"})
    assert stored(item.id).draft.parts == ()


def test_a_pasted_question_is_taken_apart(as_person, world):
    pasted = "1. 发生火灾时首先拨打哪个电话？（B）\nA. 110\nB. 119\nC. 120\n解析：火警电话是119。"
    dana = as_person("dana")
    page = dana.post("/items/new", desk.form(item_id="H" * 16, do="paste", pasted=pasted))
    draft = stored(item_of(page).id).draft
    assert "火灾" in draft.stem
    assert [option.text for option in draft.options if option.is_right] == ["119"]
    nothing = dana.post("/items/new", desk.form(item_id="I" * 16, do="paste", pasted=""))
    assert nothing.status_code == 422


# --- every kind ----------------------------------------------------------------------------------

SENT = {
    "single": desk.form(),
    "multiple": desk.form(right=["0", "2"], scoring="partial"),
    "true_false": {"stem": "说法", "is_true": "false", "feedback": ["甲", "乙"]},
    "cloze": {
        "stem": "一个____，一个____，一个____",
        "blank_kind": ["text", "number", "choice"],
        "blank_text": ["权益\n权利 = 50%", "8 ± 0.5", "*甲\n乙"],
        "blank_exact": ["1", "", ""],
    },
    "numeric": {
        "stem": "几米？",
        "low": ["2", ""],
        "high": ["", ""],
        "credit": ["", ""],
        "unit": "m",
    },
    "ordering": {"stem": "排序", "option": ["甲", "乙", "丙"]},
    "matching": {"stem": "配对", "left": ["a", "b", ""], "match": ["1", "2", ""], "extras": "3\n4"},
    "essay": {"stem": "谈谈", "criterion": ["要点", ""], "points": ["2.5", ""], "sample": "范文"},
    "hotspot": {
        "stem": "在哪里？",
        "image": "f" * 64,
        "zone_shape": ["rect", "circle"],
        "zone_coords": ["0 0 500,500", "700 700 100"],
        "zone_label": ["左上", "右下"],
        "right": ["1"],
        "media_ref": ["f" * 64],
        "media_kind": ["image"],
        "media_alt": ["图"],
        "media_captions": [""],
    },
    "case": {
        "stem": "经过",
        "part": ["1", "2"],
        "part1-kind": "single",
        "part1-stem": "问一",
        "part1-option": ["甲", "乙"],
        "part1-right": "1",
        "part2-kind": "numeric",
        "part2-stem": "问二",
        "part2-low": "3",
        "part2-high": "4",
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_from_its_fields_and_makes_an_item(kind):
    sent = {
        "explanation": "因为如此",
        "part1-explanation": "x",
        "part2-explanation": "y",
        **SENT[kind],
    }
    draft = read_draft(MultiDict(sent), kind)
    built = build(draft, "uid")
    assert built.item is not None, [problem.code for problem in built.problems]
    assert built.item.kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_saves_and_opens_again(kind, as_person, world):
    dana = as_person("dana")
    page = dana.get(f"/items/new?kind={kind}")
    assert page.status_code == 200
    name = f"{kind:x<16}"[:16]
    data = {**SENT[kind], "kind": kind, "item_id": name, "explanation": "因为如此"}
    assert dana.post("/items/new", data).status_code == 303
    for address in ("/edit", "", f"?{kind}"):
        assert dana.get(f"/items/{name}{address}").status_code == 200
    shown = dana.post("/items/preview", {**data})
    assert shown.status_code == 200
    assert "因为如此" not in shown.get_data(as_text=True), "a preview holds no explanation"


def test_spans_are_read_as_people_write_them():
    assert read_span("8") == Span("8", "8")
    assert read_span("7.5 … 8.5") == Span("7.5", "8.5")
    assert read_span("8 ± 0.5") == Span("7.5", "8.5")
    assert read_span("100～200 = 50%") == Span("100", "200", 0.5)
    assert read_span("甲 ± 乙") == Span("甲", "甲")


def test_blanks_of_a_cloze_are_as_many_as_the_stem_has():
    form = MultiDict(
        {"stem": "一个____", "blank_text": ["甲", "乙"], "blank_kind": ["text", "text"]}
    )
    assert read_draft(form, "cloze").blanks == (DraftBlank((Accepted("甲"),)),)


def test_a_passport_knows_what_the_bank_has_and_keeps_what_it_has_not(world):
    tree = topics.list_topics(world.organisation)
    cited = sources.names_of_sources(world.organisation)
    known = read_passport(
        MultiDict({"topic": tree[1].path, "source": "《测试法》", "validity": "long"}), tree, cited
    )
    assert (known.topic_id, known.source_id) == (tree[1].id, cited[0].id)
    assert (known.is_long_term, known.valid_until) == (True, None)
    new = read_passport(
        MultiDict({"topic": "新点", "source": "新规", "verified_on": "x", "difficulty": "x"}),
        tree,
        cited,
    )
    assert (new.topic_id, new.topic_text, new.source_text) == (None, "新点", "新规")
    assert (new.verified_on, new.difficulty) == (None, "")


# --- hostile text, checks ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_any_field_stays_text_on_every_page(kind, as_person, world):
    dana = as_person("dana")
    data = {
        name: [EVIL for _one in value]
        if isinstance(value, list)
        and name
        in (
            "option",
            "feedback",
            "blank_text",
            "left",
            "match",
            "criterion",
            "zone_label",
            "media_alt",
        )
        else value
        for name, value in {**desk.form(), **SENT[kind]}.items()
    }
    free = (
        "stem",
        "explanation",
        "topic",
        "source",
        "clause",
        "workplace",
        "author",
        "extras",
        "sample",
        "unit",
        "part1-stem",
        "edition",
    )
    data |= dict.fromkeys(free, EVIL) | {"kind": kind, "item_id": "Z" * 16}
    if kind == "cloze":
        data["stem"] = EVIL + "____"
    assert dana.post("/items/new", data).status_code in (303, 422)
    pages = [
        "/items",
        f"/items/{'Z' * 16}",
        f"/items/{'Z' * 16}/edit",
        "/items/topics",
        "/items/sources",
        f"/items/preview?item={'Z' * 16}",
        f"/items/paper?item={'Z' * 16}",
    ]
    for address in pages:
        text = dana.get(address).get_data(as_text=True)
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert "54439" not in text, address


def test_checks_say_what_is_missing_and_what_is_well(world, dana):
    source_id = db.session.scalar(
        select(Source.id).where(Source.organisation_id == world.organisation)
    )
    wording = desk.wording(source_text="", source_id=source_id, clause="第五条")
    whole = vetting.check_wording(dana, wording)
    kinds = {check.kind for check in whole}
    assert "ok" in kinds
    assert "no" not in kinds, [check.text for check in whole if check.kind == "no"]
    bare = vetting.check_wording(
        dana, contents.Wording(contents.empty_draft("single"), contents.Passport())
    )
    assert sum(check.kind == "no" for check in bare) >= 4


def test_a_preview_needs_neither_key_nor_explanation():
    for kind in KINDS:
        shown = previewing.preview(contents.empty_draft(kind))
        assert shown.stem == ""
    form = MultiDict({"stem": "问", "option": ["甲", "乙"]})
    shown = previewing.preview(read_draft(form, "single"))
    assert [option.text for option in shown.prompt.options] == ["甲", "乙"]


def test_preview_pages_are_framed_by_this_site_only(as_person, world):
    page = as_person("dana").get("/items/preview")
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_kinds_turn_into_each_other_without_losing_texts():
    draft = read_draft(MultiDict(SENT["multiple"]), "multiple")
    single = previewing.turned_into(draft, "single")
    assert [option.text for option in single.options] == [one.text for one in draft.options]
    assert not any(option.is_right for option in single.options)
    for kind in KINDS:
        assert previewing.turned_into(draft, kind).stem == draft.stem


def test_discarding_the_only_draft_is_refused(world, dana):
    item = desk.add_item(world)
    with pytest.raises(Refusal):
        editing.discard_draft(dana, item.public_id)
