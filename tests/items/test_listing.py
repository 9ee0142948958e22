"""The list of the bank: what it finds, what it costs, what is done with many, what others see."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.items import service
from quizapp.items.models import ARRIVING, Item
from quizapp.items.service import bulk, listing
from quizapp.items.service.listing import Filters, state_of
from tests.browser_client import Browser
from tests.factories import desk, people


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


def found(viewer, **filters):
    return [line.number for line in listing.list_items(viewer, Filters(**filters)).lines]


def items(world):
    return list(
        db.session.query(Item).filter_by(organisation_id=world.organisation).order_by(Item.id)
    )


def test_pages_open_with_every_kind_and_every_view(as_person, world):
    dana = as_person("dana")
    item = desk.add_item(world)
    assert dana.get("/items").status_code == 200
    for view in listing.VIEWS:
        assert dana.get(f"/items?view={view}").status_code == 200
    query = "q=%25&topic=999999&kind=x&status=y&facility=z&validity=w&reviewer=nobody&before=x"
    assert dana.get(f"/items?{query}").status_code == 200
    for address in ("topics", "sources", "sources/new", "preview", f"{item.public_id}"):
        assert dana.get(f"/items/{address}").status_code == 200


@pytest.mark.parametrize(
    ("status", "stage", "until", "state"),
    [
        ("draft", "editing", None, "draft"),
        ("draft", "", None, "draft"),
        ("draft", "first", None, "first"),
        ("approved", "", date(2026, 11, 18), "approved"),
        ("approved", "", date(2026, 11, 17), "expired"),
        ("approved", "editing", None, "revising"),
        ("approved", "second", None, "second"),
        ("checked", "", None, "checked"),
        ("withdrawn", "", None, "withdrawn"),
        ("expired", "returned", None, "returned"),
    ],
)
def test_where_an_item_stands_is_one_word(status, stage, until, state):
    assert state_of(status, stage, until, date(2026, 11, 18)) == state


def test_the_filter_of_a_state_finds_what_is_shown_with_it(world, dana):
    combinations = [
        (status, stage, until)
        for status in ("draft", "checked", "approved", "withdrawn", "expired")
        for stage in ("", "editing", "first", "second", "final", "scheduled", "returned")
        for until in (None, clock.now().date() - timedelta(days=1))
    ]
    rows = items(world)
    for status, stage, until in combinations:
        rows[0].status, rows[0].stage, rows[0].valid_until = status, stage, until
        db.session.commit()
        shown = state_of(status, stage, until, clock.now().date())
        hits = [
            code
            for code in (
                "draft",
                "first",
                "second",
                "final",
                "scheduled",
                "returned",
                "revising",
                "approved",
                "checked",
                "withdrawn",
                "expired",
            )
            if rows[0].id in found(dana, status=code)
        ]
        assert hits == [shown], (status, stage, until)


def test_filters_narrow_together(world, dana):
    rows = items(world)
    rows[0].facility, rows[1].facility, rows[2].facility = 0.2, 0.8, 0.95
    rows[3].valid_until = clock.now().date() + timedelta(days=30)
    rows[4].valid_until = None
    rows[5].flag, rows[6].open_reports = "leak", 2
    db.session.commit()
    assert found(dana, facility="hard") == [rows[0].id]
    assert found(dana, facility="very_easy") == [rows[2].id]
    assert rows[0].id not in found(dana, facility="none")
    assert found(dana, validity="soon") == [rows[3].id]
    assert found(dana, validity="long_term") == [rows[4].id]
    assert found(dana, view="flagged") == [rows[6].id, rows[5].id]
    assert found(dana, view="expiring") == [rows[3].id]
    singles = [row.id for row in rows if row.kind == "single"]
    assert found(dana, kind="single") == singles[::-1]
    assert found(dana, kind="single", facility="hard") == [rows[0].id]
    assert (
        found(dana, topic_ids=frozenset({rows[0].topic_id}))
        == [row.id for row in rows if row.topic_id == rows[0].topic_id][::-1]
    )


def test_the_reviewer_filter_finds_what_a_person_signed(world):
    reviewers = tuple(
        desk.reviewer(world, role, f"90{n}")
        for n, role in enumerate((Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER))
    )
    rows = items(world)
    for row in rows[:2]:
        row.status = "checked"
    db.session.execute(db.text("DELETE FROM review_signature"))
    db.session.execute(db.text("DELETE FROM review_case"))
    db.session.commit()
    service.approve(world.organisation, [rows[0].uid, rows[1].uid], reviewers)
    viewer = people.viewer(world.people["dana"])
    first = people.viewer(reviewers[0])
    assert found(viewer, reviewer=first.public_id) == [rows[1].id, rows[0].id]
    assert found(viewer, reviewer=viewer.public_id) == []


def test_pages_turn_by_number_both_ways(world, dana, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_LENGTH", 4)
    numbers = [row.id for row in items(world)][::-1]
    first = listing.list_items(dana, Filters())
    assert [line.number for line in first.lines] == numbers[:4]
    assert (first.total, first.is_capped, first.after) == (15, False, None)
    second = listing.list_items(dana, Filters(), before=first.before)
    assert [line.number for line in second.lines] == numbers[4:8]
    back = listing.list_items(dana, Filters(), after=second.after)
    assert [line.number for line in back.lines] == numbers[:4]
    assert back.after is None
    last = listing.list_items(dana, Filters(), before=numbers[11])
    assert [line.number for line in last.lines] == numbers[12:]
    assert last.before is None


def test_statements_do_not_grow_with_the_bank(as_person, world, count_statements):
    dana = as_person("dana")
    dana.get("/items")
    with count_statements() as few:
        dana.get("/items?q=应选")
    for number in range(30):
        desk.add_item(world, stem=f"第 {number} 问，遇到应选的情况怎么办？")
    with count_statements() as many:
        dana.get("/items?q=应选")
    assert len(many) == len(few) <= 12


def test_nothing_of_another_company_is_listed_or_opened(as_person, world):
    item = desk.add_item(world, stem="甲集团自己的题目怎么写？")
    carol, name = as_person("carol"), item.public_id
    assert "甲集团自己的题目" not in carol.get("/items").get_data(as_text=True)
    assert "甲集团自己的题目" not in carol.get("/items?q=自己的题").get_data(as_text=True)
    for address in ("", "/edit", "/versions/1"):
        assert carol.get(f"/items/{name}{address}").status_code == 404
    for address in ("edit", "duplicate", "discard", "bin", "take-back", "versions/1/take"):
        assert carol.post(f"/items/{name}/{address}", desk.form()).status_code == 404, address
    assert carol.get(f"/items/paper?item={name}").status_code == 404
    assert carol.get(f"/items/preview?item={name}").status_code == 404
    carol.post("/items/bulk", {"item": [name], "act": "delete"})
    assert db.session.get_one(Item, item.id, populate_existing=True).deleted_at is None


def test_what_is_arriving_is_hidden_everywhere(as_person, world, dana):
    item = desk.add_item(world, stem="正在导入的题目长什么样？")
    item.deleted_at = ARRIVING
    db.session.commit()
    assert item.id not in found(dana)
    assert item.id not in found(dana, view="bin")
    assert as_person("dana").get(f"/items/{item.public_id}").status_code == 404


# --- many at once --------------------------------------------------------------------------------


def undo_of(page):
    return re.search(r"undo=(\d+)", page.headers["Location"])[1]


def test_a_topic_is_changed_for_many_and_taken_back(as_person, world):
    rows = items(world)[:3]
    before = [row.topic_id for row in rows]
    dana = as_person("dana")
    data = {"item": [row.public_id for row in rows], "act": "topic", "topic": "新主题 › 新点"}
    page = dana.post("/items/bulk", data)
    assert page.status_code == 303
    db.session.expire_all()
    assert len({row.topic_id for row in rows} - set(before)) == 1
    assert all(row.theme_id != row.topic_id for row in rows)
    shown = dana.get(page.headers["Location"]).get_data(as_text=True)
    assert f'name="undo" value="{undo_of(page)}"' in shown
    dana.post("/items/bulk/undo", {"undo": undo_of(page)})
    db.session.expire_all()
    assert [row.topic_id for row in rows] == before


def test_undo_is_for_ones_own_last_act_once_and_within_the_hour(world, dana, frozen):
    rows = [desk.add_item(world, stem=f"第 {n} 个要删除的题目是什么？") for n in range(3)]
    names = [row.public_id for row in rows]
    first = bulk.put_away(dana, names[:1])
    second = bulk.put_away(dana, names[1:])
    carol = people.viewer(world.people["carol"])
    for viewer, number in ((dana, first.undo), (carol, second.undo), (dana, 0)):
        with pytest.raises(Refusal):
            bulk.undo(viewer, number)
    assert bulk.undo(dana, second.undo).done == 2
    with pytest.raises(Refusal):
        bulk.undo(dana, second.undo)
    third = bulk.put_away(dana, names[1:])
    with clock.frozen(clock.now() + timedelta(hours=2)), pytest.raises(Refusal):
        bulk.undo(dana, third.undo)


def test_undo_leaves_what_somebody_changed_since(world, dana):
    rows = items(world)[:2]
    names = [row.public_id for row in rows]
    before = rows[1].topic_id
    done = bulk.change_topic(dana, names, "甲点")
    rows[0].topic_id = before
    db.session.commit()
    back = bulk.undo(dana, done.undo)
    assert (back.done, len(back.left)) == (1, 1)
    assert rows[1].topic_id == before


def test_the_bin_takes_drafts_and_gives_them_back(as_person, world, dana):
    item = desk.add_item(world, stem="要删除又要找回的题目是哪一道？")
    live = items(world)[0]
    result = bulk.put_away(dana, [item.public_id, live.public_id])
    assert result.done == 1
    assert [number for number, _reason in result.left] == [live.id]
    assert item.id not in found(dana)
    assert found(dana, view="bin") == [item.id]
    assert "恢复" in as_person("dana").get(f"/items/{item.public_id}").get_data(as_text=True)
    assert bulk.bring_back(dana, [item.public_id]).done == 1
    assert item.id in found(dana)


def test_a_new_day_is_a_draft_to_review_and_undo_takes_it_away(world, dana):
    live, draft = items(world)[0], desk.add_item(world)
    names = [live.public_id, draft.public_id]
    until = live.valid_until
    done = bulk.extend_validity(dana, names, date(2029, 1, 1))
    assert done.done == 2
    assert (live.stage, live.valid_until) == ("editing", until), "what is live stays as signed"
    assert draft.valid_until == date(2029, 1, 1)
    assert bulk.undo(dana, done.undo).done == 2
    assert live.stage == ""
    assert draft.valid_until == date(2027, 6, 30)


def test_submitting_many_names_what_keeps_the_rest(world, dana):
    whole = desk.add_item(world)
    half = desk.add_item(world, stem="还没有出处的题目可以送审吗？", source_text="", clause="")
    result = bulk.submit_many(dana, [whole.public_id, half.public_id])
    assert result.done == 1
    assert [number for number, _reason in result.left] == [half.id]
    assert whole.stage == "first"
    assert bulk.undo(dana, result.undo).done == 1
    assert whole.stage == "editing"


def test_only_the_final_reviewer_withdraws(world, dana):
    with pytest.raises(Refusal):
        bulk.withdraw_many(dana, [items(world)[0].public_id], "过时")
    final = people.viewer(desk.reviewer(world, Role.FINAL_REVIEWER, "999"))
    live = items(world)[0]
    assert bulk.withdraw_many(final, [live.public_id], "过时").done == 1
    assert live.status == "withdrawn"


def test_a_reader_of_the_bank_changes_nothing(app, world):
    browser = Browser(app).sign_in(desk.reviewer(world, Role.FIRST_REVIEWER, "998"))
    item = desk.add_item(world)
    assert browser.get("/items").status_code == 200
    assert browser.get(f"/items/{item.public_id}").status_code == 200
    assert browser.get(f"/items/{item.public_id}/edit").status_code == 403
    for act in ("topic", "validity", "submit", "delete", "restore"):
        sent = browser.post("/items/bulk", {"item": [item.public_id], "act": act})
        assert sent.status_code == 403, act


def test_bulk_asks_for_a_choice_and_a_known_act(as_person, world):
    dana, name = as_person("dana"), items(world)[0].public_id
    assert dana.post("/items/bulk", {"act": "delete"}).status_code == 422
    assert dana.post("/items/bulk", {"item": [name], "act": "burn"}).status_code == 400
    data = {"item": [name], "act": "validity", "valid_until": "soon"}
    assert dana.post("/items/bulk", data).status_code == 422
    data = {"item": [name], "act": "topic", "topic": "a/b/c/d/e"}
    assert dana.post("/items/bulk", data).status_code == 422
    data = {"item": [name], "act": "topic", "topic": "x", "here": "//evil.example/"}
    assert dana.post("/items/bulk", data).headers["Location"].startswith("/items")


def test_titles_of_the_list_are_text(as_person, world):
    desk.add_item(world, stem="<script>alert(1)</script>怎么办？", source_text="<b>法</b>")
    page = as_person("dana").get("/items").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<b>法" not in page
