"""Error reports: only after the answer, without names, with an answer for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from quizapp.accounts.permissions import Role
from quizapp.core.checks import all_invariants
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.items.models import Item, ItemDraft, ItemVersion, Report
from quizapp.items.service import get_stored, reporting
from quizapp.points import service as points
from quizapp.points.models import Entry
from quizapp.quizzes import service as quizzes
from tests import snapshots
from tests.conftest import NOW
from tests.factories import bench as benches
from tests.factories import people, season


@pytest.fixture
def made(world):
    return benches.bench(world)


@pytest.fixture
def bob(world):
    return people.viewer(world.people["bob"])


@pytest.fixture
def attempt_id(bob):
    """Bob's set with its first question answered."""
    attempt_id = quizzes.start_daily(bob)
    season.answer(bob, attempt_id, 1)
    return attempt_id


def item_of(viewer, attempt_id, position=1) -> Item:
    found = quizzes.get_answered(viewer, attempt_id, position)
    return database.session.get_one(
        Item, get_stored(found.version_id).item_id, populate_existing=True
    )


def reported_by(world, names, reason="key", text="答案不对"):
    """Let several people report the item that all of them answered."""
    first = min(items.get_pool(world.organisation, NOW.date()).uids)
    for name in names:
        viewer = people.viewer(world.people[name])
        attempt_id = quizzes.start_daily(viewer)
        for position in range(1, 6):
            season.answer(viewer, attempt_id, position)
        positions = {item_of(viewer, attempt_id, n).id: n for n in range(1, 6)}
        reporting.report(viewer, attempt_id, positions[first], reason=reason, text=text)
    return database.session.get_one(Item, first, populate_existing=True)


@pytest.fixture
def five_items(db, world):
    """Only five items are drawn, so that every set has the same."""
    ids = db.session.scalars(select(Item.id).order_by(Item.id)).all()
    for item in db.session.scalars(select(Item).where(Item.id.in_(ids[5:]))):
        item.is_suspended = True
    db.session.commit()


def broken() -> list[str]:
    return [line for known in all_invariants() for line in known.check()]


def test_one_report_a_person_and_wording(db, bob, attempt_id):
    assert reporting.report(bob, attempt_id, 1, reason="key", text="  应选 B  ")
    assert not reporting.report(bob, attempt_id, 1, reason="wording")
    kept = db.session.scalars(select(Report)).one()
    assert (kept.reason, kept.text, kept.state, kept.is_expert) == ("key", "应选 B", "open", False)
    assert item_of(bob, attempt_id).open_reports == 1
    own = reporting.list_own_reports(bob)
    assert [(one.reason, one.answer) for one in own] == [("key", "")]
    assert broken() == []


def test_nothing_is_shown_or_taken_before_the_answer(db, world, bob, attempt_id):
    alice = people.viewer(world.people["alice"])
    for viewer, position in ((bob, 2), (bob, 99), (alice, 1)):
        with pytest.raises(LookupError):
            reporting.get_reportable(viewer, attempt_id, position)
        with pytest.raises(LookupError):
            reporting.report(viewer, attempt_id, position, reason="key")
    assert db.session.scalar(select(func.count()).select_from(Report)) == 0


@pytest.mark.parametrize(("reason", "text"), [("", ""), ("nonsense", "x"), ("other", "  ")])
def test_a_report_says_what_is_wrong(bob, attempt_id, reason, text):
    with pytest.raises(Refusal) as refused:
        reporting.report(bob, attempt_id, 1, reason=reason, text=text)
    assert refused.value.status == 422


def test_three_reports_take_it_out_of_rotation(world, five_items):
    item = reported_by(world, ["bob", "alice"])
    assert (item.open_reports, item.is_suspended) == (2, False)
    item = reported_by(world, ["dana"])
    assert (item.open_reports, item.is_suspended) == (3, True)
    drawable = set(items.get_pool(world.organisation, NOW.date()).uids)
    assert item.id not in drawable


def test_one_expert_is_enough(world, bob, attempt_id):
    expert = replace(bob, scopes=(*bob.scopes, (Role.SECOND_REVIEWER, "/1/")))
    reporting.report(expert, attempt_id, 1, reason="source", text="出处不是这一条")
    item = item_of(bob, attempt_id)
    assert (item.open_reports, item.is_suspended) == (1, True)


def handle(made, item, *, is_accepted, answer="谢谢，已核对。"):
    page = reporting.get_triage(made.author, item.public_id)
    return reporting.handle_reports(
        made.author,
        item.public_id,
        [line.public_id for line in page.open],
        is_accepted=is_accepted,
        answer=answer,
    )


def test_declined_it_is_back_in_rotation_with_an_answer(world, made, bob, five_items):
    item = reported_by(world, ["bob", "alice", "dana"])
    assert handle(made, item, is_accepted=False) == 3
    item = benches.item(item.public_id)
    assert (item.open_reports, item.is_suspended, item.stage) == (0, False, "")
    own = reporting.list_own_reports(bob)[0]
    assert (own.state, own.answer) == ("declined", "谢谢，已核对。")
    assert points.quantity_of_person(bob.id, "report_accepted", NOW.date(), NOW.date()) == 0
    assert broken() == []


def test_accepted_it_opens_a_draft_and_earns(db, world, made, bob, five_items):
    item = reported_by(world, ["bob", "alice"])
    assert handle(made, item, is_accepted=True) == 2
    item = benches.item(item.public_id)
    assert (item.open_reports, item.is_suspended, item.stage) == (0, True, "editing")
    assert db.session.get(ItemDraft, item.id) is not None
    entries = db.session.scalars(select(Entry).where(Entry.activity == "report_accepted")).all()
    assert sorted(entry.amount for entry in entries) == [2, 2]
    assert {entry.source.split(":")[0] for entry in entries} == {"report"}
    assert broken() == []


def test_publishing_the_correction_ends_the_pause(world, made, five_items):
    item = reported_by(world, ["bob"], reason="wording", text="题干不清楚")
    handle(made, item, is_accepted=True)
    assert not benches.item(item.public_id).is_suspended  # unclear is no reason to pause it
    item = reported_by(world, ["alice"])
    handle(made, item, is_accepted=True)
    assert benches.item(item.public_id).is_suspended
    benches.redrafted(made.author, item.public_id, lambda _old: benches.wording(world))
    case_id = items.submit(made.author, item.public_id, correction="答案已更正。").case_id
    benches.publish(made, case_id)
    assert not benches.item(item.public_id).is_suspended


def test_a_pause_by_hand_is_not_ended_by_an_answer(world, made, five_items):
    item = reported_by(world, ["bob"])
    item.is_suspended = True
    database.session.commit()
    handle(made, item, is_accepted=False)
    assert benches.item(item.public_id).is_suspended


def test_an_answer_and_a_report_are_needed(world, made, five_items):
    item = reported_by(world, ["bob"])
    with pytest.raises(Refusal):
        handle(made, item, is_accepted=False, answer=" ")
    with pytest.raises(Refusal):
        reporting.handle_reports(
            made.author, item.public_id, ["nothing"], is_accepted=True, answer="x"
        )
    assert benches.item(item.public_id).open_reports == 1


def test_nobody_earns_by_accepting_their_own_report(db, world, made, five_items):
    item = reported_by(world, ["dana"])
    dana = people.viewer(world.people["dana"])
    page = reporting.get_triage(dana, item.public_id)
    reporting.handle_reports(
        dana, item.public_id, [page.open[0].public_id], is_accepted=True, answer="是的"
    )
    assert not db.session.scalars(select(Entry).where(Entry.activity == "report_accepted")).all()
    assert broken() == []


def test_at_most_ten_points_a_week_come_from_reports(db, world, bob):
    version = get_stored(quizzes.get_answered(bob, one_answer(bob), 1).version_id)
    versions = db.session.scalars(select(ItemVersion.id).order_by(ItemVersion.id).limit(6)).all()
    for version_id in versions:
        made_up = Report(
            organisation_id=world.organisation,
            item_id=version.item_id,
            version_id=version_id,
            person_id=bob.id,
            reason="key",
            state="accepted",
            handled_at=NOW,
            handled_by=world.people["dana"],
        )
        db.session.add(made_up)
    db.session.commit()
    for fact in list(reporting.reports_since(NOW.date())):
        points.award(fact)
    amounts = db.session.scalars(
        select(Entry.amount).where(Entry.activity == "report_accepted").order_by(Entry.id)
    ).all()
    assert amounts == [2, 2, 2, 2, 2, 0]


def one_answer(viewer) -> str:
    attempt_id = quizzes.start_daily(viewer)
    season.answer(viewer, attempt_id, 1)
    return attempt_id


def test_another_company_sees_no_reports(world, five_items):
    item = reported_by(world, ["bob"])
    carol = people.viewer(world.people["carol"])
    assert reporting.list_reported(carol) == []
    with pytest.raises(LookupError):
        reporting.get_triage(carol, item.public_id)
    with pytest.raises(LookupError):
        reporting.handle_reports(carol, item.public_id, [], is_accepted=True, answer="x")


def test_the_list_is_read_in_two_statements(world, made, five_items, count_statements):
    reported_by(world, ["bob", "alice"])
    with count_statements() as seen:
        lines = reporting.list_reported(made.author)
    assert len(seen) == 2
    assert [(line.open_reports, line.reasons) for line in lines] == [(2, (("key", 2),))]
    assert reporting.list_reported(made.author, is_open=False) == []


# --- pages ----------------------------------------------------------------------------------------


def test_the_way_from_the_verdict_to_the_answer(world, as_person, made, attempt_id):
    bob = as_person("bob")
    verdict = bob.get(f"/quizzes/{attempt_id}/review/1").get_data(as_text=True)
    address = f"/items/report/{attempt_id}/1"
    assert address in verdict
    assert address.replace("/1", "/2") not in verdict
    assert "哪里有问题" in bob.get(address).get_data(as_text=True)
    assert bob.post(address, {"reason": "other"}).status_code == 422
    sent = bob.post(address, {"reason": "key", "text": "应选 <b>B</b>"})
    assert sent.status_code == 303
    thanks = bob.get(address).get_data(as_text=True)
    assert "谢谢" in thanks
    assert "&lt;b&gt;B" in thanks
    item = item_of(people.viewer(world.people["bob"]), attempt_id)
    desk = as_person("lin")
    assert item.public_id in desk.get("/items/reports").get_data(as_text=True)
    page = desk.get(f"/items/reports/{item.public_id}").get_data(as_text=True)
    assert "应选" in page
    assert "Bob" not in page
    report = reporting.get_triage(made.author, item.public_id).open[0].public_id
    answer = {"report": report, "decision": "decline", "answer": "已核对，答案无误"}
    assert desk.post(f"/items/reports/{item.public_id}", answer).status_code == 303
    assert "已核对" in bob.get("/items/my-reports").get_data(as_text=True)


def test_a_page_about_an_item_not_answered_is_not_there(as_person, attempt_id):
    before = snapshots.tables()
    for name, position in (("bob", 2), ("alice", 1), ("charlie", 1)):
        browser = as_person(name)
        assert browser.get(f"/items/report/{attempt_id}/{position}").status_code == 404
        sent = browser.post(f"/items/report/{attempt_id}/{position}", {"reason": "key"})
        assert sent.status_code == 404
    assert "items_report" not in snapshots.changed(before)


def test_reviewers_read_reports_and_authors_answer_them(as_person, made, bob, attempt_id):
    reporting.report(bob, attempt_id, 1, reason="key")
    item = item_of(bob, attempt_id)
    assert as_person("chen").get(f"/items/reports/{item.public_id}").status_code == 200
    sent = as_person("chen").post(f"/items/reports/{item.public_id}", {"answer": "x"})
    assert sent.status_code == 403
    assert as_person("bob").get("/items/reports").status_code == 403
