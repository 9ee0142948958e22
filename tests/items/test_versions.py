"""Versions: reading and comparing them, taking an old one up, copies, paper."""

from __future__ import annotations

import pytest

from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.items.models import Item, ItemDraft, ItemVersion
from quizapp.items.service import contents, editing, submitting, versions
from tests.factories import desk, people


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


@pytest.fixture
def twice(world, dana):
    """An item of the bank with a second version under review."""
    item = desk.first_item(world)
    editing.save(dana, item.public_id, desk.wording("改过的题干是怎样的？"), revision=0)
    submitting.submit(dana, item.public_id, note="换了问法")
    return db.session.get_one(Item, item.id, populate_existing=True)


def test_versions_are_listed_newest_first(world, dana, twice):
    listed = versions.list_versions(dana, twice.public_id)
    assert [(one.number, one.is_live) for one in listed] == [(2, False), (1, True)]
    carol = people.viewer(world.people["carol"])
    for act in (versions.list_versions, lambda who, name: versions.get_version(who, name, 1)):
        with pytest.raises(LookupError):
            act(carol, twice.public_id)


def test_two_versions_are_compared_field_by_field(as_person, twice):
    dana = as_person("dana")
    page = dana.get(f"/items/{twice.public_id}/versions/2").get_data(as_text=True)
    assert "<del>" in page
    assert "<ins>" in page
    assert "改过的题干" in page
    alone = dana.get(f"/items/{twice.public_id}/versions/1").get_data(as_text=True)
    assert "<del>" not in alone
    other = dana.get(f"/items/{twice.public_id}/versions/1?with=2")
    assert other.status_code == 200
    for wrong in ("versions/3", "versions/0", "versions/1?with=9"):
        assert dana.get(f"/items/{twice.public_id}/{wrong}").status_code == 404


def test_an_item_shows_its_papers_and_what_was_said(as_person, twice):
    page = as_person("dana").get(f"/items/{twice.public_id}").get_data(as_text=True)
    for words in ("换了问法", "第五十五条", "2027-06-30", "初审中"):
        assert words in page, words


def test_an_old_version_becomes_a_draft(world, dana, twice, as_person):
    with pytest.raises(Refusal):
        editing.restore_version(dana, twice.public_id, 1)
    as_person("dana").post(f"/items/{twice.public_id}/take-back")
    with pytest.raises(Refusal):
        editing.restore_version(dana, twice.public_id, 1)
    as_person("dana").post(f"/items/{twice.public_id}/discard")
    taken = as_person("dana").post(f"/items/{twice.public_id}/versions/1/take")
    assert taken.status_code == 303
    kept = contents.load(db.session.get_one(ItemDraft, twice.id).content)
    assert kept.draft.stem == "第 0 题应选哪一项？"
    assert as_person("dana").post(f"/items/{twice.public_id}/versions/9/take").status_code in (
        404,
        409,
    )


def test_what_was_submitted_stays_letter_by_letter(world, dana, twice, as_person):
    before = {
        row.id: (row.payload, row.content_hash)
        for row in db.session.query(ItemVersion).filter_by(item_id=twice.id)
    }
    as_person("dana").post(f"/items/{twice.public_id}/take-back")
    editing.save(dana, twice.public_id, desk.wording("又改了一遍的题干？"), revision=1)
    after = {
        row.id: (row.payload, row.content_hash)
        for row in db.session.query(ItemVersion).filter_by(item_id=twice.id)
    }
    assert before == after


def test_a_copy_is_a_draft_of_ones_own(world, dana):
    item = desk.first_item(world)
    saved = editing.duplicate(dana, item.public_id)
    copy = db.session.get_one(Item, saved.number)
    assert (copy.status, copy.stage, copy.author_id) == ("draft", "editing", dana.id)
    assert copy.title == item.title
    assert contents.load(db.session.get_one(ItemDraft, copy.id).content).passport.author == "Dana"


def test_paper_has_the_answers_on_a_page_of_their_own_or_none(as_person, world):
    dana, item = as_person("dana"), desk.add_item(world)
    live, half = desk.first_item(world), desk.add_item(world, stem="")
    query = f"item={item.public_id}&item={live.public_id}&item={half.public_id}"
    with_key = dana.get(f"/items/paper?{query}").get_data(as_text=True)
    without = dana.get(f"/items/paper?{query}&key=no").get_data(as_text=True)
    assert "做完手头的工序" in with_key
    assert "做完手头的工序" in without
    assert desk.EXPLANATION in with_key
    assert desk.EXPLANATION not in without
    assert str(half.id) in without, "what is not finished is named"
    assert dana.get("/items/paper").status_code == 200


def test_an_item_goes_to_the_bin_and_back_from_its_page(as_person, world):
    dana, item = as_person("dana"), desk.add_item(world)
    address = f"/items/{item.public_id}/bin"
    gone = dana.post(address, {"act": "delete"})
    assert "undo=" in gone.headers["Location"]
    assert db.session.get_one(Item, item.id, populate_existing=True).deleted_at is not None
    assert dana.post(f"/items/{item.public_id}/edit", desk.form(revision="1")).status_code == 409
    dana.post(address, {"act": "restore"})
    assert db.session.get_one(Item, item.id, populate_existing=True).deleted_at is None
    live = desk.first_item(world)
    kept = dana.post(f"/items/{live.public_id}/bin", {"act": "delete"})
    assert kept.status_code == 303
    assert db.session.get_one(Item, live.id, populate_existing=True).deleted_at is None
