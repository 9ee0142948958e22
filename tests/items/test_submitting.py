"""From a draft to what learners meet: the gate, the three levels, publication, the last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from question_bank.items.media import Media
from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.items.models import Correction, Item, ItemDraft, ItemVersion
from quizapp.items.service import editing, following, hash_of
from quizapp.points.models import Entry
from quizapp.review import service as review
from tests.conftest import NOW
from tests.factories import bench as benches
from tests.factories import people


@pytest.fixture
def made(world):
    return benches.bench(world)


@pytest.fixture
def kept(world):
    return benches.wording(world)


def pool(world) -> set[int]:
    return set(items.get_pool(world.organisation, NOW.date()).uids)


def broken() -> list[str]:
    return [line for known in all_invariants() for line in known.check()]


def test_a_draft_goes_the_whole_way(db, world, made, kept):
    public_id = benches.drafted(made.author, kept)
    case_id = items.submit(made.author, public_id, note="请审核").case_id
    for level, reviewer in made.reviewers.items():
        item = benches.item(public_id)
        assert (item.stage, item.status) == (level, "draft")
        assert item.id not in pool(world)
        benches.sign(reviewer, case_id, level)
    item = benches.item(public_id)
    version = db.session.get_one(ItemVersion, item.current_version_id)
    assert (item.stage, item.status, item.valid_until) == ("", "approved", date(2028, 1, 1))
    assert version.content_hash == hash_of(version)
    assert version.author_id == made.author.id
    assert item.id in pool(world)
    assert db.session.get(ItemDraft, item.id) is None
    assert broken() == []


def test_its_author_earns_three_points_once(db, world, made, kept):
    public_id = benches.published(made, kept)
    item = benches.item(public_id)
    entry = db.session.scalars(select(Entry).where(Entry.source == f"item:{item.id}")).one()
    assert (entry.beneficiary, entry.amount) == (f"u:{made.author.id}", 3)
    benches.redrafted(
        made.author,
        public_id,
        lambda old: replace(old, draft=replace(old.draft, stem="发现险情，先做什么？请选一项")),
    )
    benches.publish(made, items.submit(made.author, public_id).case_id)
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


PICTURE = Media("a" * 64, "image", "")  # nobody stored it, and nobody says what it shows


def without(**papers):
    return lambda kept: replace(kept, passport=replace(kept.passport, **papers))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without(source_id=None), "出处"),
        (without(clause=""), "条款"),
        (without(verified_on=None), "核对"),
        (without(valid_until=None), "有效"),
        (without(valid_until=date(2026, 1, 1)), "2026-01-01"),
        (without(clause="第一百零二条"), "102"),
        (lambda kept: replace(kept, draft=replace(kept.draft, explanation=" ")), "解析"),
        (lambda kept: replace(kept, draft=replace(kept.draft, options=())), ""),
        (lambda kept: replace(kept, draft=replace(kept.draft, media=(PICTURE,))), ""),
    ],
)
def test_the_gate_says_what_is_missing(db, world, made, kept, change, said):
    public_id = benches.drafted(made.author, change(kept))
    with pytest.raises(items.NotReady) as refused:
        items.submit(made.author, public_id)
    assert any(said in reason for reason in refused.value.reasons)
    assert benches.item(public_id).stage == "editing"
    assert (
        db.session.scalar(
            select(func.count()).where(ItemVersion.item_id == benches.item(public_id).id)
        )
        == 0
    )


def test_the_gate_says_everything_at_once(world, made, kept):
    bare = without(source_id=None, clause="", verified_on=None, valid_until=None)(kept)
    public_id = benches.drafted(made.author, bare)
    with pytest.raises(items.NotReady) as refused:
        items.submit(made.author, public_id)
    assert len(refused.value.reasons) == 4
    ready = items.get_readiness(made.author, public_id)
    assert ready is not None
    assert ready.errors == refused.value.reasons


def test_advice_does_not_hold_it_up(world, made, kept):
    short = replace(kept, draft=replace(kept.draft, explanation="规定如此。"))
    done = items.submit(made.author, benches.drafted(made.author, short))
    assert any("40" in warning for warning in done.warnings)


def test_what_is_under_review_cannot_be_handed_in_twice_or_edited(world, made, kept):
    public_id = benches.drafted(made.author, kept)
    items.submit(made.author, public_id)
    with pytest.raises(Refusal):
        items.submit(made.author, public_id)
    with pytest.raises(Refusal):
        benches.redrafted(made.author, public_id, lambda old: old)


def test_the_same_again_is_no_new_version(world, made, kept):
    public_id = benches.published(made, kept)
    benches.redrafted(made.author, public_id, lambda old: old)
    with pytest.raises(Refusal) as refused:
        items.submit(made.author, public_id)
    assert refused.value.status == 422


def test_a_returned_draft_is_open_again_with_the_comment(db, world, made, kept):
    public_id = benches.drafted(made.author, kept)
    case_id = items.submit(made.author, public_id).case_id
    seen = review.get_case(made.first, case_id)
    review.return_wording(
        made.first, case_id, level="first", seen_hash=seen.content_hash, comment="请核对条款"
    )
    item = benches.item(public_id)
    assert (item.stage, item.status) == ("returned", "draft")
    assert [one.text for one in review.history("item", item.id)] == ["", "请核对条款"]
    benches.redrafted(made.author, public_id, benches.with_key(1))
    again = items.submit(made.author, public_id).case_id
    benches.publish(made, again)
    assert [one.decision for one in review.history("item", item.id)] == [
        "submitted",
        "returned",
        "submitted",
        "passed",
        "passed",
        "passed",
    ]
    assert broken() == []


def test_while_the_next_wording_is_reviewed_learners_meet_the_live_one(db, world, made, kept):
    public_id = benches.published(made, kept)
    live = benches.item(public_id).current_version_id
    benches.redrafted(made.author, public_id, benches.with_key(1))
    case_id = items.submit(made.author, public_id).case_id
    item = benches.item(public_id)
    assert (item.current_version_id, item.status, item.stage) == (live, "approved", "first")
    review.cancel(made.author, case_id)
    assert benches.item(public_id).stage == "editing"
    benches.publish(made, items.submit(made.author, public_id).case_id)
    item = benches.item(public_id)
    assert item.current_version_id != live
    assert review.get_case(made.final, review.find_case("item", live)).state == "superseded"


def mended(kept):
    return replace(kept, draft=replace(kept.draft, stem=kept.draft.stem.replace("？", "，？")))


def test_a_typo_takes_the_short_way(world, made, kept):
    public_id = benches.published(made, kept)
    benches.redrafted(made.author, public_id, mended)
    case_id = items.submit(made.author, public_id, is_typo=True).case_id
    assert benches.item(public_id).stage == "second"
    benches.publish(made, case_id, ("second", "final"))
    assert benches.item(public_id).stage == ""
    assert broken() == []


@pytest.mark.parametrize(
    "change",
    [
        benches.with_key(1),
        lambda kept: replace(kept, draft=replace(kept.draft, stem="发现险情最后做什么？")),
        without(clause="第四条"),
        without(valid_until=date(2029, 1, 1)),
        lambda kept: replace(kept, draft=replace(kept.draft, explanation=EXPLAINED)),
    ],
)
def test_more_than_a_typo_takes_the_whole_way(world, made, kept, change):
    public_id = benches.published(made, kept)
    benches.redrafted(made.author, public_id, change)
    with pytest.raises(Refusal) as refused:
        items.submit(made.author, public_id, is_typo=True)
    assert refused.value.status == 422
    assert items.submit(made.author, public_id).case_id


EXPLAINED = (
    "这是完全不同的一段解析，讲的是别的道理，也没有人审核过它，"
    "所以不能当作错别字来处理，需要重新审。"
)


def test_nothing_unpublished_takes_the_short_way(world, made, kept):
    with pytest.raises(Refusal):
        items.submit(made.author, benches.drafted(made.author, kept), is_typo=True)


def test_withdrawing_takes_it_from_learners_at_once(world, made, kept):
    public_id = benches.published(made, kept)
    item = benches.item(public_id)
    case_id = review.find_case("item", item.current_version_id)
    review.withdraw(made.final, case_id, "条款已废止")
    assert benches.item(public_id).status == "withdrawn"
    assert item.id not in pool(world)
    assert broken() == []


def test_it_expires_by_itself(world, made, kept):
    public_id = benches.published(made, kept)
    assert following.expire_everywhere() == 0
    with clock.frozen(NOW + timedelta(days=700)):
        drawable = items.get_pool(world.organisation, clock.now().date())
        assert benches.item(public_id).id not in set(drawable.uids)
        assert following.expire_everywhere() >= 1
        item = benches.item(public_id)
        assert item.status == "expired"
        case = review.get_case(made.final, review.find_case("item", item.current_version_id))
        assert case.state == "expired"
        assert following.expire_everywhere() == 0
    assert broken() == []


def test_a_planned_wording_waits_for_its_moment(world, made, kept):
    public_id = benches.drafted(made.author, kept)
    case_id = items.submit(made.author, public_id).case_id
    benches.publish(made, case_id, ("first", "second"))
    benches.sign(made.final, case_id, "final", publish_at=NOW + timedelta(hours=2))
    item = benches.item(public_id)
    assert (item.stage, item.status) == ("scheduled", "draft")
    assert item.id not in pool(world)
    assert review.publish_due() == 0
    with clock.frozen(NOW + timedelta(hours=3)):
        assert review.publish_due() == 1
        assert review.publish_due() == 0
    item = benches.item(public_id)
    assert (item.stage, item.status) == ("", "approved")


def test_items_of_another_company_are_not_there(world, made, kept):
    public_id = benches.drafted(made.author, kept)
    carol = people.viewer(world.people["carol"])
    with pytest.raises(LookupError):
        items.submit(carol, public_id)
    with pytest.raises(LookupError):
        items.get_readiness(carol, public_id)


def test_a_correction_needs_something_to_correct(db, world, made, kept):
    with pytest.raises(Refusal):
        items.submit(made.author, benches.drafted(made.author, kept), correction="改正答案")
    assert db.session.scalar(select(func.count()).select_from(Correction)) == 0


def test_the_author_is_who_wrote_the_draft(world, made, kept):
    public_id = benches.drafted(made.author, kept)
    dana = people.viewer(world.people["dana"])
    case_id = items.submit(dana, public_id).case_id
    assert review.get_case(made.author, case_id).is_mine
    assert not review.get_case(dana, case_id).is_mine
    assert editing.get_sheet(dana, public_id).is_locked


@pytest.fixture
def checked(db, world):
    """An item as a pack brings it: its sources were checked, nobody has approved it."""
    from tests.factories import bank

    items.load_packs(world.organisation, [bank.pack(3, theme="fresh")])
    return db.session.scalars(select(Item).where(Item.uid == "fresh-000")).one().public_id


def test_what_a_pack_brought_is_handed_in_as_it_is(db, world, made, checked):
    version_id = benches.item(checked).current_version_id
    case_id = items.submit(made.author, checked, note="请审").case_id
    assert (benches.item(checked).stage, benches.item(checked).status) == ("first", "checked")
    with pytest.raises(Refusal):
        items.submit(made.author, checked)
    everything = review.get_case(made.author, case_id)
    assert everything.is_mine
    benches.publish(made, case_id)
    item = benches.item(checked)
    assert (item.status, item.stage, item.current_version_id) == ("approved", "", version_id)
    assert not db.session.scalars(select(Entry)).all()  # its author is nobody here
    assert broken() == []


def test_what_a_pack_brought_and_was_returned_is_edited_then(world, made, checked):
    case_id = items.submit(made.author, checked).case_id
    seen = review.get_case(made.first, case_id)
    review.return_wording(
        made.first, case_id, level="first", seen_hash=seen.content_hash, comment="请改题干"
    )
    assert benches.item(checked).stage == "returned"
    benches.redrafted(made.author, checked, lambda _old: benches.wording(world))
    benches.publish(made, items.submit(made.author, checked).case_id)
    assert benches.item(checked).status == "approved"
    assert broken() == []
