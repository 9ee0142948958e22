"""Importing questions: the dry run, decisions, the import itself, taking it back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from question_bank.formats import pack as packs
from quizapp.core import clock, storage
from quizapp.core.forms import Refusal
from quizapp.items import jobs
from quizapp.items.models import ARRIVING, Import, ImportRow, Item, ItemDraft, ItemGram
from quizapp.items.service import importing, searching
from tests.conftest import NOW
from tests.factories import bank, people

GIFT = """
$CATEGORY: $course$/安全生产/紧急撤离

::q1::发现直接危及人身安全的紧急情况，有权怎么做？{=停止作业或撤离 ~继续作业 ~等待批准}

::q2::特种作业人员持证上岗。{T}

::broken::这一题没有收尾{=对 ~错

::q3::两个数的和是多少？{#8:0.5}
"""


@pytest.fixture
def author(db, world):
    """Who may write items of the first company."""
    return people.viewer(world.people["dana"])


def take_in(author, text=GIFT, name="题目.gift.txt", **options):
    """Upload text and return its import's public id; the job runs at once in tests."""
    data = text if isinstance(text, bytes) else text.encode()
    return importing.receive(author, name, data, **options)


def rows_of(db, public_id):
    """Return the rows of an import in order."""
    return db.session.scalars(
        select(ImportRow)
        .join(Import, Import.id == ImportRow.import_id)
        .where(Import.public_id == public_id)
        .order_by(ImportRow.position)
    ).all()


def test_a_dry_run_lists_every_question_and_writes_none(db, author):
    before = db.session.scalar(select(func.count()).select_from(Item))
    public_id = take_in(author)
    view = importing.view_import(author, public_id)
    assert view.state == "ready"
    assert view.format == "GIFT"
    assert view.encoding == "utf-8"
    assert view.tally == {"ready": 3, "refused": 1}
    assert db.session.scalar(select(func.count()).select_from(Item)) == before


def test_one_broken_question_says_where_and_stops_nobody(db, author):
    public_id = take_in(author)
    refused = [row for row in rows_of(db, public_id) if row.status == "refused"]
    assert [row.place for row in refused] == ["8"]
    assert "error" in refused[0].problems


def test_the_import_makes_drafts_under_their_topics(db, author):
    public_id = take_in(author)
    assert importing.confirm(author, public_id) == 3
    view = importing.view_import(author, public_id)
    assert (view.state, view.done, view.tally) == ("done", 3, {"imported": 3, "refused": 1})
    items = db.session.scalars(select(Item).where(Item.import_id.is_not(None))).all()
    assert {item.uid for item in items} == {"q1", "q2", "q3"}
    assert {(item.status, item.stage, item.deleted_at) for item in items} == {
        ("draft", "editing", None)
    }
    drafts = db.session.scalars(
        select(ItemDraft).where(ItemDraft.item_id.in_([item.id for item in items]))
    ).all()
    assert {json.loads(draft.content)["draft"]["kind"] for draft in drafts} == {
        "single",
        "true_false",
        "numeric",
    }
    grams = select(func.count()).where(ItemGram.item_id.in_([item.id for item in items]))
    assert db.session.scalar(grams) > 20


def test_a_second_tap_imports_nothing_twice(db, author):
    public_id = take_in(author)
    importing.confirm(author, public_id)
    with pytest.raises(Refusal):
        importing.confirm(author, public_id)
    assert db.session.scalar(select(func.count()).where(Item.import_id.is_not(None))) == 3


def test_the_same_file_again_is_recognised_question_by_question(db, author):
    importing.confirm(author, take_in(author))
    again = take_in(author)
    assert importing.view_import(author, again).tally == {"duplicate": 3, "refused": 1}
    first = rows_of(db, again)[0]
    assert first.similarity == 100
    assert db.session.get(Item, first.similar_id).uid == "q1"


def test_a_repeated_question_can_be_imported_all_the_same(db, author):
    importing.confirm(author, take_in(author))
    again = take_in(author)
    importing.decide(author, again, 1, importing.IMPORT)
    assert importing.confirm(author, again) == 1
    uids = db.session.scalars(select(Item.uid).where(Item.import_id.is_not(None))).all()
    assert len(uids) == len(set(uids)) == 4


def test_a_question_is_corrected_in_place(db, author):
    public_id = take_in(author, "::x::哪一项对？{=甲 ~甲 ~乙}\n\n::y::好。{T}\n")
    row = rows_of(db, public_id)[0]
    assert row.status == "refused"
    panel = importing.view_row(author, public_id, 1)
    given = importing.Fields("single", "哪一项对？", "甲\n丙\n乙", "Ｂ", "因为丙对。")
    assert importing.correct(author, public_id, 1, importing.corrected(panel.draft, given)) == ()
    panel = importing.view_row(author, public_id, 1)
    assert [option.text for option in panel.draft.options if option.is_right] == ["丙"]
    assert rows_of(db, public_id)[0].status == "fixed"
    importing.take_back(author, public_id, 1)
    assert rows_of(db, public_id)[0].status == "refused"
    assert [option.text for option in importing.view_row(author, public_id, 1).draft.options] == [
        "甲",
        "甲",
        "乙",
    ]


def test_a_correction_that_is_not_one_says_what_is_left(db, author):
    public_id = take_in(author, "::x::哪一项对？{=甲 ~甲 ~乙}\n")
    panel = importing.view_row(author, public_id, 1)
    given = importing.Fields("single", "哪一项对？", "甲\n乙", "", "")
    left = importing.correct(author, public_id, 1, importing.corrected(panel.draft, given))
    assert left
    assert rows_of(db, public_id)[0].status == "refused"


def test_an_import_is_taken_back_as_a_whole_but_not_the_work_since(db, author):
    public_id = take_in(author)
    importing.confirm(author, public_id)
    touched = db.session.scalars(select(ItemDraft).join(Item).where(Item.uid == "q1")).one()
    touched.revision = 2
    db.session.commit()
    assert importing.undo(author, public_id) == (2, 1)
    alive = select(Item.uid).where(Item.import_id.is_not(None), Item.deleted_at.is_(None))
    assert db.session.scalars(alive).all() == ["q1"]


def test_a_killed_import_goes_on_and_shows_nothing_before_its_end(db, author, monkeypatch):
    public_id = take_in(author)
    monkeypatch.setattr(importing.committing, "BATCH", 1)
    monkeypatch.setattr(importing.committing.jobs, "enqueue", lambda *_a, **_k: None)
    importing.confirm(author, public_id)
    batch = db.session.scalars(select(Import).where(Import.public_id == public_id)).one()
    assert importing.committing._write_some(batch.id)  # and here the process dies
    hidden = db.session.scalars(select(Item).where(Item.import_id == batch.id)).all()
    assert [item.deleted_at for item in hidden] == [ARRIVING]
    jobs.write_import(batch.id)
    db.session.expire_all()
    shown = db.session.scalars(select(Item).where(Item.import_id == batch.id)).all()
    assert [item.deleted_at for item in shown] == [None] * 3
    assert importing.view_import(author, public_id).state == "done"


def test_a_stopped_import_leaves_nothing(db, author, monkeypatch):
    public_id = take_in(author)
    monkeypatch.setattr(importing.committing, "BATCH", 1)
    monkeypatch.setattr(importing.committing.jobs, "enqueue", lambda *_a, **_k: None)
    importing.confirm(author, public_id)
    batch = db.session.scalars(select(Import).where(Import.public_id == public_id)).one()
    importing.committing._write_some(batch.id)
    importing.cancel(author, public_id)
    assert not importing.committing._write_some(batch.id)
    assert db.session.scalar(select(func.count()).where(Item.import_id == batch.id)) == 0
    assert importing.view_import(author, public_id).state == "cancelled"


def test_stale_imports_are_taken_up_again(db, author, monkeypatch):
    monkeypatch.setattr(importing.receiving.jobs, "enqueue", lambda *_a, **_k: None)
    take_in(author)
    called = []
    monkeypatch.setattr(
        importing.committing.jobs, "enqueue", lambda name, **options: called.append(name)
    )
    assert importing.resume_stale() == 0
    with clock.frozen(NOW + timedelta(minutes=3)):
        assert importing.resume_stale() == 1
    assert called == ["items.read_import"]


def test_nobody_of_another_company_sees_an_import(db, author, world):
    public_id = take_in(author)
    stranger = people.viewer(world.people["carol"])
    with pytest.raises(LookupError):
        importing.view_import(stranger, public_id)
    with pytest.raises(LookupError):
        importing.confirm(stranger, public_id)
    assert importing.list_imports(stranger) == []


def test_who_may_not_write_items_may_not_import(db, author, world):
    public_id = take_in(author)
    bob = people.viewer(world.people["bob"])
    with pytest.raises(LookupError):
        importing.view_import(bob, public_id)


def test_an_empty_file_is_refused(author):
    with pytest.raises(Refusal):
        take_in(author, b"")


def test_bytes_that_are_no_questions_say_why(db, author):
    view = importing.view_import(author, take_in(author, b"\x00\x01\x02" * 50, "x.bin"))
    assert view.state == "ready"
    assert view.problems
    assert view.tally == {}


def test_the_file_is_kept_as_it_came(db, author):
    public_id = take_in(author)
    batch = db.session.scalars(select(Import).where(Import.public_id == public_id)).one()
    assert storage.get(batch.blob_ref) == GIFT.encode()


def test_imported_questions_are_found_by_two_characters(db, author):
    importing.confirm(author, take_in(author))
    assert searching.grams_of("撤离") == {"撤离"}
    found = select(ItemGram.item_id).where(ItemGram.gram == "持证")
    assert db.session.scalars(found).all()


def test_a_pack_keeps_its_papers(db, author):
    text = packs.write(bank.pack(3, theme="papers"))
    public_id = take_in(author, text, "papers.toml")
    assert importing.view_import(author, public_id).tally == {"duplicate": 3}  # of the cast's bank
    for position in (1, 2, 3):
        importing.decide(author, public_id, position, importing.IMPORT)
    importing.confirm(author, public_id)
    item = db.session.scalars(select(Item).where(Item.uid == "papers-000")).one()
    assert item.source_label.startswith("《")
    assert item.difficulty == "easy"


def test_an_essay_without_a_rubric_gets_one_to_begin_with(db, author):
    public_id = take_in(author, "::e::请简述交接班的三个步骤。{}\n")
    assert importing.view_import(author, public_id).tally == {"fixed": 1}
    draft = importing.view_row(author, public_id, 1).draft
    assert [criterion.points for criterion in draft.rubric] == [10.0]
    assert importing.confirm(author, public_id) == 1
