"""Handing in, passing, returning, publishing: what the desk does, for any kind of thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.events import listens_to
from quizapp.core.forms import Refusal
from quizapp.review import events, rules, service
from quizapp.review.models import ReviewCase, Signature
from tests.conftest import NOW
from tests.factories import people
from tests.review.conftest import HASHES, digest

told: list[events.WordingMoved] = []


@listens_to(events.WordingMoved)
def remember(fact: events.WordingMoved) -> None:
    """Keep what this room announces about notices."""
    if fact.subject == "notice":
        told.append(fact)


@pytest.fixture(autouse=True)
def nothing_told():
    told.clear()


def sign(reviewer, case_id, level, **more):
    service.pass_level(
        reviewer,
        case_id,
        **{
            "level": level,
            "seen_hash": digest("a"),
            "ticked": rules.CHECKLISTS.get(level, ()),
            **more,
        },
    )


def send_back(reviewer, case_id, level, comment="请改"):
    service.return_wording(reviewer, case_id, level=level, seen_hash=digest("a"), comment=comment)


def state(case_id):
    return service.get_case(people_of(case_id), case_id).state


def people_of(case_id):
    """Return somebody who may look at a case."""
    from quizapp.core.db import db

    case = db.session.scalars(
        select(ReviewCase)
        .where(ReviewCase.public_id == case_id)
        .execution_options(populate_existing=True)
    ).one()
    return people.viewer(case.author_id)


def with_roles(viewer, *roles):
    """Return the same person with these roles of the whole company."""
    return replace(viewer, scopes=tuple((role, viewer.unit_path) for role in roles))


def test_three_levels_then_published(made, hand_in):
    case_id = hand_in(note="请审")
    for level, reviewer in made.reviewers.items():
        assert state(case_id) == level
        sign(reviewer, case_id, level)
    assert state(case_id) == "published"
    assert [type(fact).__name__ for fact in told] == [
        "WordingSubmitted",
        "WordingPassed",
        "WordingPassed",
        "WordingPublished",
    ]
    last = told[-1]
    assert (last.subject_id, last.thread_id, last.is_first) == (1, 1, True)
    assert list(service.find_unsound()) == []


def test_each_signature_keeps_the_hash_and_the_ticks(db, made, hand_in):
    case_id = hand_in()
    sign(made.first, case_id, "first", ticked=[*rules.CHECKLISTS["first"], "made up"])
    kept = db.session.scalars(select(Signature).where(Signature.stage == "first")).one()
    assert kept.content_hash == digest("a")
    assert kept.checklist == '["facts", "language"]'


def test_the_author_reviews_nothing_of_their_own(made, hand_in):
    everything = with_roles(
        made.author, Role.AUTHOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER
    )
    case_id = hand_in()
    with pytest.raises(Refusal) as refused:
        sign(everything, case_id, "first")
    assert refused.value.status == 403
    with pytest.raises(Refusal):
        send_back(everything, case_id, "first")
    assert service.get_case(everything, case_id).blocked
    assert service.list_queue(everything, "waiting").lines == []


def test_nobody_signs_two_levels(made, hand_in):
    both = with_roles(made.first, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
    case_id = hand_in()
    sign(both, case_id, "first")
    with pytest.raises(Refusal) as refused:
        sign(both, case_id, "second")
    assert refused.value.status == 403
    with pytest.raises(Refusal):
        send_back(both, case_id, "second")
    assert service.list_queue(both, "waiting").total == 0
    sign(made.second, case_id, "second")


def test_a_level_belongs_to_its_role(made, hand_in):
    case_id = hand_in()
    for reviewer in (made.second, made.final):
        with pytest.raises(Refusal) as refused:
            sign(reviewer, case_id, "first")
        assert refused.value.status == 403
    with pytest.raises(Refusal):
        sign(made.final, case_id, "final")  # nothing is skipped
    assert state(case_id) == "first"


def test_who_was_first_is_told_by_name(made, hand_in):
    case_id = hand_in()
    sign(made.first, case_id, "first")
    other = replace(with_roles(made.second, Role.FIRST_REVIEWER), name="Other")
    with pytest.raises(Refusal) as refused:
        sign(other, case_id, "first")
    assert "Chen" in refused.value.message
    send_back(made.second, case_id, "second")
    with pytest.raises(Refusal) as refused:
        sign(made.final, case_id, "second")
    assert "Sun" in refused.value.message


def test_what_was_not_seen_is_not_signed(made, hand_in):
    case_id = hand_in()
    with pytest.raises(Refusal):
        sign(made.first, case_id, "first", seen_hash=digest("b"))
    HASHES[1] = digest("b")
    assert not service.get_case(made.first, case_id).is_intact
    for seen in ("a", "b"):
        with pytest.raises(Refusal):
            sign(made.first, case_id, "first", seen_hash=digest(seen))
    with pytest.raises(Refusal):
        send_back(made.first, case_id, "first")


def test_every_point_is_ticked_before_it_passes(made, hand_in):
    case_id = hand_in()
    with pytest.raises(Refusal) as refused:
        sign(made.first, case_id, "first", ticked=["facts"])
    assert refused.value.status == 422
    assert state(case_id) == "first"


@pytest.mark.parametrize("comment", ["", "   \n"])
def test_returning_needs_a_comment(made, hand_in, comment):
    case_id = hand_in()
    with pytest.raises(Refusal):
        send_back(made.first, case_id, "first", comment)
    assert state(case_id) == "first"


def test_a_returned_wording_is_over_and_the_next_begins_anew(made, hand_in):
    first = hand_in(1)
    sign(made.first, first, "first")
    send_back(made.second, first, "second", "条款不对")
    assert state(first) == "returned"
    with pytest.raises(Refusal):
        sign(made.second, first, "second")
    second = hand_in(2, note="已改")
    assert state(second) == "first"
    told_so_far = service.history("notice", 1)
    assert [(one.stage, one.decision, one.text) for one in told_so_far] == [
        ("", "submitted", ""),
        ("first", "passed", ""),
        ("second", "returned", "条款不对"),
        ("", "submitted", "已改"),
    ]
    assert {one.content_hash for one in told_so_far} == {digest("a")}


def test_one_wording_of_a_thing_is_underway_at_a_time(made, hand_in):
    hand_in(1)
    with pytest.raises(Refusal):
        hand_in(2)
    hand_in(3, thread_id=2)


def test_only_its_author_takes_it_back(made, hand_in):
    case_id = hand_in()
    with pytest.raises(Refusal) as refused:
        service.cancel(made.first, case_id)
    assert refused.value.status == 403
    service.cancel(made.author, case_id)
    assert state(case_id) == "cancelled"
    with pytest.raises(Refusal):
        sign(made.first, case_id, "first")
    hand_in(2)


def test_a_new_wording_takes_the_place_of_the_old_one(made, hand_in):
    first = hand_in(1)
    for level, reviewer in made.reviewers.items():
        sign(reviewer, first, level)
    second = hand_in(2)
    for level, reviewer in made.reviewers.items():
        sign(reviewer, second, level)
    assert (state(first), state(second)) == ("superseded", "published")
    assert told[-1].is_first is False
    assert service.published_hashes("notice") == {2: digest("a")}
    assert [one.thread_id for one in service.first_publications("notice", None)] == [1]


def test_withdrawn_with_a_reason(made, hand_in):
    case_id = hand_in()
    for level, reviewer in made.reviewers.items():
        sign(reviewer, case_id, level)
    with pytest.raises(Refusal):
        service.withdraw(made.final, case_id, " ")
    service.withdraw(made.final, case_id, "已废止")
    assert state(case_id) == "withdrawn"
    with pytest.raises(Refusal):
        service.withdraw(made.final, case_id, "再来一次")


def test_what_was_only_planned_goes_back_to_its_author(made, hand_in):
    case_id = hand_in()
    sign(made.first, case_id, "first")
    sign(made.second, case_id, "second")
    sign(made.final, case_id, "final", publish_at=NOW + timedelta(days=1))
    service.withdraw(made.final, case_id, "先不发")
    assert state(case_id) == "cancelled"
    assert isinstance(told[-1], events.WordingCancelled)
    assert service.first_publications("notice", None) == []


def test_a_planned_wording_is_published_by_the_clock_or_by_hand(made, hand_in):
    ids = [hand_in(number, thread_id=number) for number in (1, 2)]
    for case_id in ids:
        sign(made.first, case_id, "first")
        sign(made.second, case_id, "second")
        sign(made.final, case_id, "final", publish_at=NOW + timedelta(days=1))
        assert state(case_id) == "scheduled"
    assert service.publish_due() == 0
    service.publish_now(made.final, ids[0])
    with pytest.raises(Refusal):
        service.publish_now(made.final, ids[0])
    with clock.frozen(NOW + timedelta(days=1)):
        assert service.publish_due() == 1
    assert [state(case_id) for case_id in ids] == ["published", "published"]


def test_nothing_is_planned_beyond_a_year(made, hand_in):
    case_id = hand_in()
    sign(made.first, case_id, "first")
    sign(made.second, case_id, "second")
    with pytest.raises(Refusal):
        sign(made.final, case_id, "final", publish_at=NOW + timedelta(days=800))
    sign(made.final, case_id, "final", publish_at=NOW - timedelta(days=1))
    assert state(case_id) == "published"


def test_the_policy_says_how_many_levels(db, made, world, hand_in):
    dana = people.viewer(world.people["dana"])
    assert ("notice", "Notices", 3) in service.list_policies(dana)
    before = hand_in(1)
    service.set_policy(dana, "notice", 1)
    assert service.levels_of(world.organisation, "notice") == 1
    assert service.levels_of(world.other_organisation, "notice") == 3
    short = hand_in(2, thread_id=2)
    assert (state(before), state(short)) == ("first", "final")
    sign(made.final, short, "final")
    assert state(short) == "published"
    service.set_policy(dana, "notice", 2)
    assert ("notice", "Notices", 2) in service.list_policies(dana)
    for subject, levels in (("notice", 0), ("notice", 4), ("unknown", 3)):
        with pytest.raises(Refusal):
            service.set_policy(dana, subject, levels)
    assert list(service.find_unsound()) == []


def test_a_typo_goes_past_the_first_level(made, hand_in):
    case_id = hand_in(is_typo=True)
    assert state(case_id) == "second"
    sign(made.second, case_id, "second")
    sign(made.final, case_id, "final")
    assert state(case_id) == "published"
    assert list(service.find_unsound()) == []


def test_each_sees_what_waits_for_them(made, hand_in):
    for number in range(1, 4):
        hand_in(number, thread_id=number)
    assert [line.title for line in service.list_queue(made.first).lines] == [
        "通知 1",
        "通知 2",
        "通知 3",
    ]
    assert service.list_queue(made.second).lines == []
    assert service.list_queue(made.second, "underway").total == 3
    own = service.list_queue(made.author)
    assert (own.view, own.total, own.lines[0].label) == ("mine", 3, "notice 1")
    assert service.count_waiting(made.first) == 3


def test_the_queue_is_read_in_a_few_statements(made, hand_in, count_statements):
    for number in range(1, 4):
        hand_in(number, thread_id=number)
    with count_statements() as few:
        service.list_queue(made.first)
    for number in range(4, 24):
        hand_in(number, thread_id=number)
    with count_statements() as many:
        assert service.list_queue(made.first).total == 23
    assert len(few) == len(many) <= 5


def test_another_company_finds_no_case(made, world, hand_in):
    case_id = hand_in()
    carol = with_roles(
        people.viewer(world.people["carol"]), Role.FIRST_REVIEWER, Role.FINAL_REVIEWER
    )
    with pytest.raises(LookupError):
        service.get_case(carol, case_id)
    with pytest.raises(LookupError):
        sign(carol, case_id, "first")
    with pytest.raises(LookupError):
        send_back(carol, case_id, "first")
    with pytest.raises(LookupError):
        service.cancel(carol, case_id)
    with pytest.raises(LookupError):
        service.withdraw(carol, case_id, "x")
    assert service.list_queue(carol, "underway").lines == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE review_signature SET content_hash = 'x' WHERE stage = 'second'",
        "UPDATE review_case SET author_id = (SELECT person_id FROM review_signature "
        "WHERE stage = 'final' AND case_id = review_case.id)",
        "DELETE FROM review_signature WHERE stage = 'first'",
        "UPDATE review_signature SET decision = 'returned' WHERE stage = 'first'",
    ],
)
def test_verify_notices_signatures_that_carry_nothing(db, made, hand_in, damage):
    case_id = hand_in()
    for level, reviewer in made.reviewers.items():
        sign(reviewer, case_id, level)
    assert list(service.find_unsound()) == []
    only = " AND " if "WHERE stage" in damage and "author_id" not in damage else " WHERE "
    own = "case_id" if "review_signature SET" in damage or "DELETE" in damage else "id"
    case = db.session.scalars(select(ReviewCase.id).where(ReviewCase.public_id == case_id)).one()
    db.session.execute(text(f"{damage}{only}{own} = {case}"))
    db.session.expire_all()
    assert len(list(service.find_unsound())) == 1


def test_the_database_itself_refuses_a_second_signature(db, made, hand_in):
    hand_in()
    case_id = db.session.scalars(select(ReviewCase.id).where(ReviewCase.subject == "notice")).one()
    same = {"case_id": case_id, "decision": "passed", "content_hash": digest("a")}
    db.session.add(Signature(stage="first", person_id=made.first.id, **same))
    db.session.flush()
    for stage, person in (("first", made.second.id), ("second", made.first.id)):
        with pytest.raises(Exception, match=r"(?i)unique"), db.session.begin_nested():
            db.session.add(Signature(stage=stage, person_id=person, **same))
    assert db.session.scalar(select(func.count()).where(Signature.case_id == case_id)) == 1
