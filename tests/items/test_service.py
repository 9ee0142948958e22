"""Stored items: loading, versions, approval, the pool."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from quizapp.core.forms import Refusal
from quizapp.items import rules, service
from quizapp.items.models import APPROVED, CHECKED, Item, ItemVersion
from quizapp.review.models import Signature
from tests.factories import bank, people

TODAY = date(2026, 11, 18)


@pytest.fixture
def empty(db, frozen):
    """The cast, without a bank."""
    return people.world()


def statuses(db):
    """Return every status there is."""
    return set(db.session.scalars(select(Item.status)))


def test_a_pack_is_stored_as_checked_and_not_yet_approved(db, empty):
    result = service.load_packs(empty.organisation, [bank.pack(6)])
    assert (result.added, result.changed, result.unchanged) == (6, 0, 0)
    assert statuses(db) == {CHECKED}
    assert len(service.get_pool(empty.organisation, TODAY)) == 0


def test_loading_the_same_again_changes_nothing(db, empty):
    service.load_packs(empty.organisation, [bank.pack(6)])
    assert service.load_packs(empty.organisation, [bank.pack(6)]).unchanged == 6
    assert db.session.scalar(select(func.count()).select_from(ItemVersion)) == 6


def test_another_wording_is_another_version_and_needs_approval_again(db, world):
    pack = bank.pack()
    changed = replace(pack.items[0], clause="第九十九条")
    result = service.load_packs(
        world.organisation, [replace(pack, items=(changed, *pack.items[1:]))]
    )
    assert (result.changed, result.unchanged) == (1, 14)
    item = db.session.scalars(select(Item).where(Item.uid == changed.uid)).one()
    assert item.status == CHECKED
    versions = db.session.scalars(
        select(ItemVersion).where(ItemVersion.item_id == item.id).order_by(ItemVersion.number)
    ).all()
    assert [version.number for version in versions] == [1, 2]
    assert versions[0].clause != versions[1].clause


def test_an_item_past_its_date_is_not_drawn(db, empty):
    service.load_packs(empty.organisation, [bank.pack(6, valid_until=TODAY)])
    service.approve_for_demo(empty.organisation)
    assert len(service.get_pool(empty.organisation, TODAY)) == 6
    assert service.has_drawable(empty.organisation, TODAY)
    assert len(service.get_pool(empty.organisation, date(2026, 11, 19))) == 0
    assert not service.has_drawable(empty.organisation, date(2026, 11, 19))


def test_three_different_people_approve(db, empty):
    service.load_packs(empty.organisation, [bank.pack(3)])
    signers = tuple(empty.people[name] for name in ("alice", "bob", "dana"))
    uids = service.list_checked_uids(empty.organisation)
    assert service.approve(empty.organisation, uids, signers) == 3
    assert statuses(db) == {APPROVED}
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 9


def test_one_person_does_not_sign_twice(db, empty):
    service.load_packs(empty.organisation, [bank.pack(3)])
    alice, bob = empty.people["alice"], empty.people["bob"]
    uids = service.list_checked_uids(empty.organisation)
    with pytest.raises(Refusal):
        service.approve(empty.organisation, uids, (alice, bob, alice))
    assert statuses(db) == {CHECKED}


def test_the_demo_is_approved_by_nobody_and_says_so(db, world):
    signed = db.session.execute(select(Signature.stage, Signature.person_id).distinct()).all()
    assert [tuple(row) for row in signed] == [("demo", None)]


def test_approval_without_reviewers_exists_in_the_demo_only(app, empty, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)
    with pytest.raises(Refusal):
        service.approve_for_demo(empty.organisation)


def test_a_stored_item_is_read_once_and_carries_its_papers(db, world, count_statements):
    stored = service.get_stored(service.get_pool(world.organisation, TODAY).versions[0])
    with count_statements() as seen:
        assert service.get_stored(stored.version_id) is stored
    assert seen == []
    assert stored.source.startswith("《测试法》第")
    assert stored.theme == "测试主题"


def test_a_version_that_was_tampered_with_is_found(db, world):
    version = db.session.scalars(select(ItemVersion).limit(1)).one()
    assert service.find_broken_versions() == []
    version.clause = "第一条之一"
    db.session.commit()
    assert len(service.find_broken_versions()) == 1


def test_the_other_company_has_a_bank_of_its_own(world):
    assert service.count_by_status(world.other_organisation) == {}
    assert len(service.get_pool(world.other_organisation, TODAY)) == 0


@pytest.mark.parametrize(
    ("status", "valid_until", "drawable"),
    [
        ("approved", TODAY, True),
        ("approved", date(2026, 11, 17), False),
        ("checked", TODAY, False),
        ("withdrawn", TODAY, False),
    ],
)
def test_only_approved_and_valid_items_may_be_drawn(status, valid_until, drawable):
    assert rules.is_drawable(status, valid_until, TODAY) is drawable


def test_loading_leaves_an_item_alone_that_somebody_works_on(db, world):
    pack = bank.pack()
    changed = replace(pack.items[0], clause="第九十九条")
    item = db.session.scalars(select(Item).where(Item.uid == changed.uid)).one()
    item.stage = "first"
    db.session.commit()
    result = service.load_packs(
        world.organisation, [replace(pack, items=(changed, *pack.items[1:]))]
    )
    assert (result.changed, result.unchanged, result.kept) == (0, 14, 1)
    assert item.status == APPROVED
