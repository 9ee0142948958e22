"""Corrections by hand: references, what may be corrected, by whom, and what it leaves behind."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.audit import AuditRow
from quizapp.core.events import Rewardable, RewardCorrected
from quizapp.core.forms import Refusal
from quizapp.leaderboards.models import Dirty
from quizapp.org import service as org
from quizapp.points import rules, service
from quizapp.points.models import Entry
from quizapp.points.service import by_hand, references
from tests.conftest import NOW
from tests.factories import people
from tests.points.test_service import MONDAY, WEDNESDAY, broken

WHY = "题目作废，按全对计"


@pytest.fixture
def dana(world):
    """Dana, who administers."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def bob(world):
    """Bob, whose line it is."""
    return people.viewer(world.people["bob"])


def earned(world, quantity=2, *, who="bob", activity="daily_correct", day=WEDNESDAY, **more):
    """Let somebody earn, and return the reference of the line."""
    fact = Rewardable(
        user_id=world.people[who] if who else None,
        activity=activity,
        source=more.pop("source", f"test:{who}:{activity}:{day}"),
        quantity=quantity,
        occurred_on=day,
        unit_id=world.team,
        **more,
    )
    service.award(fact)
    return reference(fact.source)


def reference(source):
    """Return the reference of the entry with a source."""
    from quizapp.core.db import db

    return service.reference_of(db.session.scalars(select(Entry.id).filter_by(source=source)).one())


# --- references ---------------------------------------------------------------------------------


@given(st.integers(min_value=1, max_value=2**31 - 1))
def test_a_reference_leads_back_to_its_entry(app, entry_id):
    with app.app_context():
        assert service.entry_id_of(service.reference_of(entry_id)) == entry_id


def test_a_reference_is_in_groups_of_four_without_letters_that_are_misread(app):
    with app.app_context():
        shown = service.reference_of(1)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4]
    assert not set("0O1IL") & set(references.ALPHABET)
    assert len(references.ALPHABET) ** references.CHECK_LENGTH > 2**30


def test_typing_is_forgiven(app):
    with app.app_context():
        shown = service.reference_of(4711)
        wide = "".join(
            chr(ord(letter) + 0xFEE0) if letter != "-" else "—" for letter in shown.lower()
        )
        assert unicodedata.normalize("NFKC", wide) != wide
        for typed in (
            shown.lower(),
            shown.replace("-", " "),
            f" {shown}\t",
            wide,
            f"\u200b{shown}",
        ):
            assert service.entry_id_of(typed) == 4711, typed


@pytest.mark.parametrize(
    "typed", ["", "-", "ABCD", "O0I1-L000-0000", "你好", "2" * 60, "2222-2222-2222"]
)
def test_nonsense_names_nothing(app, typed):
    with app.app_context():
        assert service.entry_id_of(typed) is None


def test_every_single_typo_names_nothing(app):
    with app.app_context():
        shown = service.reference_of(123456).replace("-", "")
        for place in range(len(shown)):
            for letter in references.ALPHABET:
                if letter != shown[place]:
                    typo = shown[:place] + letter + shown[place + 1 :]
                    assert service.entry_id_of(typo) is None, typo
        assert service.entry_id_of("2" + shown) is None, "a line has one spelling"


def test_another_key_makes_other_references(app, monkeypatch):
    with app.app_context():
        shown = service.reference_of(7)
        monkeypatch.setitem(app.config, "SECRET_KEY", "another")
        assert service.entry_id_of(shown) is None


# --- the command --------------------------------------------------------------------------------


def test_a_correction_by_hand_is_the_difference_with_its_reason(db, world, dana):
    ref = earned(world)
    assert service.correct_by_hand(dana, ref, amount=4, note=f" {WHY} ") == 2
    entry = db.session.scalars(select(Entry).where(Entry.author_id.is_not(None))).one()
    assert (entry.amount, entry.quantity, entry.note) == (2, 0, WHY)
    assert (entry.author_id, entry.day, entry.unit_id) == (dana.id, WEDNESDAY, world.team)
    assert entry.source == f"correction:{entry.corrects_id}:1"
    assert service.find_line(dana, ref).amount == 4
    row = db.session.scalars(select(AuditRow).filter_by(action="points.corrected")).one()
    assert (row.actor_id, row.object) == (dana.id, f"points_entry:{entry.id}")
    assert row.facts == '{"before": 2, "after": 4}'
    assert broken("I2", "I6", "I14") == []


def test_a_correction_may_take_back_all_and_not_more(db, world, dana):
    ref = earned(world, 5)
    assert service.correct_by_hand(dana, ref, amount=0, note=WHY) == -5
    with pytest.raises(Refusal, match="0～5 分") as refused:
        service.correct_by_hand(dana, ref, amount=-1, note=WHY)
    assert (refused.value.field, refused.value.status) == ("amount", 422)
    assert service.correct_by_hand(dana, ref, amount=3, note=WHY) == 3
    assert broken("I2", "I6", "I14") == []


def test_a_correction_keeps_the_limits_of_day_and_week(world, dana):
    ref = earned(world, 2)
    earned(world, 2, source="another")
    assert service.find_line(dana, ref).most == 3
    with pytest.raises(Refusal, match="0～3 分"):
        service.correct_by_hand(dana, ref, amount=4, note=WHY)
    service.correct_by_hand(dana, ref, amount=3, note=WHY)
    assert broken("I6") == []


def test_a_correction_keeps_the_limit_of_a_full_week(world, dana):
    for n in range(7):
        earned(world, 5, day=MONDAY + timedelta(days=n))
        earned(world, 1, activity="daily_finished", day=MONDAY + timedelta(days=n))
    ref = reference(f"test:bob:daily_correct:{MONDAY + timedelta(days=6)}")
    assert service.find_line(dana, ref).most == 4


def test_nothing_to_correct_is_said(world, dana):
    ref = earned(world)
    with pytest.raises(Refusal, match="没有需要更正的"):
        service.correct_by_hand(dana, ref, amount=2, note=WHY)


def test_a_form_that_is_sent_twice_corrects_once(db, world, dana):
    ref = earned(world)
    service.correct_by_hand(dana, ref, amount=3, note=WHY)
    with pytest.raises(Refusal, match="没有需要更正的"):
        service.correct_by_hand(dana, ref, amount=3, note=WHY)


@pytest.mark.parametrize("note", ["", "  ", "错", " ab ", "长" * 201])
def test_a_reason_is_needed(db, world, dana, note):
    ref = earned(world)
    with pytest.raises(Refusal) as refused:
        service.correct_by_hand(dana, ref, amount=3, note=note)
    assert refused.value.field == "note"


def test_nobody_corrects_their_own_points(world, dana):
    ref = earned(world, who="dana")
    assert service.find_line(dana, ref).is_own
    with pytest.raises(Refusal, match="您本人"):
        service.correct_by_hand(dana, ref, amount=3, note=WHY)


def test_nobody_corrects_what_their_team_earned_as_a_whole(db, world, dana):
    ref = earned(world, 1, who=None, activity="preshift_answered", source="preshift:1")
    assert service.correct_by_hand(dana, ref, amount=0, note=WHY) == -1
    org.join_unit(dana.id, world.team, MONDAY)
    with pytest.raises(Refusal, match="您班组"):
        service.correct_by_hand(dana, ref, amount=1, note=WHY)
    assert broken("I2", "I6") == []


@pytest.mark.parametrize("who", ["bob", "alice", "olga", "tess"])
def test_only_administrators_correct(world, who):
    from tests.scene import _appoint

    _appoint(world)
    ref = earned(world, who="bob")
    stranger = people.viewer(world.people[who])
    for call in (
        lambda: service.correct_by_hand(stranger, ref, amount=3, note=WHY),
        lambda: service.find_line(stranger, ref),
        lambda: service.list_by_hand(stranger),
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.status == 403


def test_another_companys_line_does_not_exist(db, world, dana):
    """The same answer for a line of others, a mistyped reference and one that never was."""
    service.award(
        Rewardable(
            user_id=world.people["charlie"],
            activity="daily_correct",
            source="foreign",
            quantity=2,
            occurred_on=WEDNESDAY,
            unit_id=world.other_team,
        )
    )
    for ref in (reference("foreign"), "2222-2222-2222", service.reference_of(999999)):
        with pytest.raises(LookupError, match="no line"):
            service.find_line(dana, ref)
        with pytest.raises(LookupError, match="no line"):
            service.correct_by_hand(dana, ref, amount=0, note=WHY)


def test_guessing_ends_after_ten_tries(world, dana):
    ref = earned(world)
    for _try in range(by_hand.TRIES):
        service.find_line(dana, ref)
        with pytest.raises(LookupError):
            service.find_line(dana, "2222-2222-2222")
    with pytest.raises(Refusal) as refused:
        service.find_line(dana, ref)
    assert refused.value.status == 429


def test_without_consent_nothing_is_given_by_hand_either(db, world, dana):
    db.session.get_one(Person, world.people["bob"]).consent = "declined"
    db.session.commit()
    ref = earned(world)
    assert service.find_line(dana, ref).most == 0
    with pytest.raises(Refusal, match="0～0 分"):
        service.correct_by_hand(dana, ref, amount=1, note=WHY)


def test_a_rapid_line_can_be_set_right(world, dana):
    ref = earned(world, note="rapid")
    assert service.correct_by_hand(dana, ref, amount=2, note=WHY) == 2


def test_what_no_season_holds_any_more_stays(world, dana):
    old = NOW.date() - timedelta(days=rules.CORRECTABLE_DAYS + 1)
    ref = earned(world, day=old)
    assert service.find_line(dana, ref).is_too_old
    with pytest.raises(Refusal, match="13 周"):
        service.correct_by_hand(dana, ref, amount=1, note=WHY)


def test_a_correction_moves_the_board_of_its_day(db, world, dana):
    ref = earned(world, day=MONDAY)
    db.session.query(Dirty).delete()
    db.session.commit()
    service.correct_by_hand(dana, ref, amount=1, note=WHY)
    assert db.session.execute(select(Dirty.unit_id, Dirty.day)).all() == [(world.team, MONDAY)]


def test_by_hand_and_by_regrading_are_numbered_together(db, world, dana):
    ref = earned(world, source="attempt:1")
    regraded = {"user_id": world.people["bob"], "activity": "daily_correct", "source": "attempt:1"}
    service.correct(RewardCorrected(quantity=3, **regraded))
    service.correct_by_hand(dana, ref, amount=1, note=WHY)
    service.correct(RewardCorrected(quantity=4, **regraded))
    service.correct_by_hand(dana, ref, amount=5, note=WHY)
    numbers = [
        source.rsplit(":", 1)[1]
        for source in db.session.scalars(select(Entry.source).order_by(Entry.id)).all()[1:]
    ]
    assert numbers == ["1", "2", "3", "4"]
    assert broken("I2", "I4", "I6", "I14") == []


def test_a_corrections_own_reference_leads_to_the_line(db, world, dana):
    ref = earned(world, source="attempt:1")
    service.correct_by_hand(dana, ref, amount=1, note=WHY)
    own = service.reference_of(db.session.scalars(select(Entry.id).filter_by(amount=-1)).one())
    assert service.find_line(dana, own).reference == ref


# --- what its owner and the other administrators see --------------------------------------------


def test_the_owner_is_told_until_they_have_read_it(db, world, dana, bob):
    ref = earned(world)
    assert service.list_notices(bob) == []
    service.correct_by_hand(dana, ref, amount=1, note=WHY)
    notices = service.list_notices(bob)
    assert [(one.amount, one.note, one.day) for one in notices] == [(-1, WHY, WEDNESDAY)]
    assert service.list_notices(dana) == []
    service.correct_by_hand(dana, ref, amount=3, note="再更正")
    service.see_corrections(bob, notices[-1].id)
    assert [one.amount for one in service.list_notices(bob)] == [2], "this one was not on the page"
    service.see_corrections(bob, 2**31)
    assert service.list_notices(bob) == []


def test_what_a_regrade_gave_is_told_elsewhere(world, bob):
    earned(world, source="attempt:1")
    service.correct(
        RewardCorrected(user_id=bob.id, activity="daily_correct", source="attempt:1", quantity=3)
    )
    assert service.list_notices(bob) == []


def test_a_line_stands_with_its_corrections(world, dana, bob):
    ref = earned(world)
    earned(world, 1, activity="daily_finished")
    service.correct_by_hand(dana, ref, amount=5, note=WHY)
    finished, correct = service.list_lines(bob, limit=9)
    assert (finished.total, finished.corrections) == (1, ())
    assert (correct.amount, correct.total, correct.reference) == (2, 5, ref)
    assert [(one.amount, one.note) for one in correct.corrections] == [(3, WHY)]


def test_lines_can_be_looked_through_by_activity_and_days(world, bob):
    earned(world, day=MONDAY)
    earned(world, 1, activity="daily_finished", day=MONDAY)
    earned(world)
    assert len(service.list_lines(bob, limit=9)) == 3
    assert len(service.list_lines(bob, limit=9, activity="daily_correct")) == 2
    assert len(service.list_lines(bob, limit=9, days=(MONDAY, MONDAY))) == 2
    newest = service.list_lines(bob, limit=1)[0]
    assert len(service.list_lines(bob, limit=9, before_id=newest.id)) == 2
    assert service.first_day_of(bob) == MONDAY


def test_the_list_says_what_was_corrected_and_not_whose(world, dana):
    ref = earned(world)
    other = earned(world, who="alice")
    service.correct_by_hand(dana, ref, amount=1, note=WHY)
    with clock.frozen(NOW + timedelta(minutes=1)):
        service.correct_by_hand(dana, other, amount=4, note="第二条")
    listed = service.list_by_hand(dana)
    assert [(one.note, one.before, one.after) for one in listed] == [("第二条", 2, 4), (WHY, 2, 1)]
    assert {one.author for one in listed} == {dana.name}
    assert service.list_by_hand(dana, before=listed[0].key) == listed[1:]
    assert service.list_by_hand(dana, limit=1) == listed[:1]
    carol = people.viewer(world.people["carol"])
    assert service.list_by_hand(carol) == []


def test_the_list_takes_the_same_statements_however_long(world, dana, count_statements):
    refs = [
        earned(
            world,
            source=f"many:{n}",
            activity="daily_correct",
            day=MONDAY + timedelta(days=n % 3),
            quantity=1,
        )
        for n in range(9)
    ]
    service.correct_by_hand(dana, refs[0], amount=0, note=WHY)
    with count_statements() as one:
        service.list_by_hand(dana)
    for ref in refs[1:]:
        service.correct_by_hand(dana, ref, amount=0, note=WHY)
    with count_statements() as many:
        assert len(service.list_by_hand(dana)) == 9
    assert len(one) == len(many)
