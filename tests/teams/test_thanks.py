"""Thanks: to colleagues of one's own team, private until the receiver decides, a few a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from quizapp.core import clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.points.models import Entry
from quizapp.teams import rules, service
from quizapp.teams.models import Thanks
from tests.conftest import NOW
from tests.factories import people
from tests.factories.teams import members_of, teams


@pytest.fixture
def third(world):
    """Somebody else of the team."""
    return people.viewer(members_of(world.team)[2])


@pytest.fixture
def stranger(world):
    """Somebody of another team of the same workshop."""
    other = teams(world.organisation, world.workshop, [6])[0]
    return people.viewer(members_of(other)[0])


def texts(lines) -> list[str]:
    """Return the words of thanks."""
    return [line.text for line in lines]


def test_thanks_are_for_the_receiver_alone_until_they_share_them(alice, bob, third, name_of):
    thanks_id = service.give_thanks(alice, " 谢谢\n你 ", name_of("bob"))
    assert texts(service.list_unread(bob)) == ["谢谢 你"]
    assert service.list_shared(third) == []
    assert service.list_shared(alice) == []
    service.handle(bob, thanks_id, "share")
    assert texts(service.list_shared(third)) == ["谢谢 你"]
    assert service.list_unread(bob) == []
    service.handle(bob, thanks_id, "keep")
    assert service.list_shared(third) == []


def test_thanks_to_the_whole_team_are_read_by_it_and_nobody_else(alice, bob, third, stranger):
    service.give_thanks(alice, "谢谢大家")
    for viewer in (alice, bob, third):
        assert texts(service.list_shared(viewer)) == ["谢谢大家"]
    assert service.list_shared(stranger) == []


def test_only_colleagues_of_the_own_team_are_found_and_thanked(
    alice, bob, stranger, charlie, name_of
):
    assert [one.name for one in service.find_colleagues(alice, "bo")] in ([], ["Bob"])
    assert [one.name for one in service.find_colleagues(alice, "Bob")] == ["Bob"]
    assert service.find_colleagues(alice, "Alice") == []  # oneself
    assert service.find_colleagues(stranger, "Bob") == []
    assert service.find_colleagues(alice, "") == []  # a search, and no list of the team
    assert service.find_colleagues(alice, "%") == []
    assert len(service.find_colleagues(alice, "同事")) == 6
    for somebody in (name_of("alice"), name_of("charlie"), stranger.public_id, "nobody"):
        with pytest.raises(LookupError):
            service.give_thanks(alice, "谢谢", somebody)


@pytest.mark.parametrize("words", ["", "   ", "\n\t", "谢" * 121])
def test_words_are_needed_and_few(alice, name_of, words):
    with pytest.raises(Refusal) as refusal:
        service.give_thanks(alice, words, name_of("bob"))
    assert refusal.value.field == "text"
    assert db.session.query(Thanks).count() == 0


def test_the_longest_words_fit(alice, name_of):
    assert service.give_thanks(alice, "谢" * 120, name_of("bob"))


def test_five_a_week_and_taking_back_makes_no_room(alice, bob, name_of):
    for _n in range(rules.THANKS_A_WEEK):
        last = service.give_thanks(alice, "谢谢", name_of("bob"))
    service.handle(alice, last, "take_back")
    with pytest.raises(Refusal, match="下周一"):
        service.give_thanks(alice, "谢谢")
    assert service.give_thanks(bob, "谢谢", name_of("alice"))  # everybody has their own five
    with clock.frozen(NOW + timedelta(days=5)):
        assert service.give_thanks(alice, "谢谢")


@pytest.mark.parametrize(("who", "deed"), [("alice", "take_back"), ("bob", "remove")])
def test_what_is_taken_back_or_removed_is_deleted(request, alice, bob, name_of, who, deed):
    thanks_id = service.give_thanks(alice, "谢谢", name_of("bob"))
    service.handle(request.getfixturevalue(who), thanks_id, deed)
    row = db.session.scalars(select(Thanks)).one()
    assert (row.state, row.text) == ("gone", "")
    assert service.get_page(alice).given == service.get_page(bob).received == []


@pytest.mark.parametrize(
    ("who", "deeds"),
    [
        ("alice", {"take_back"}),
        ("bob", {"share", "remove", "report"}),
        ("third", set()),
        ("stranger", set()),
        ("charlie", set()),
        ("dana", set()),
    ],
)
def test_who_may_do_what_with_private_thanks(request, alice, name_of, who, deeds):
    thanks_id = service.give_thanks(alice, "谢谢", name_of("bob"))
    viewer = request.getfixturevalue(who)
    for deed in {"share", "keep", "remove", "take_back", "report", "", "nonsense"} - deeds:
        with pytest.raises(LookupError):
            service.handle(viewer, thanks_id, deed)
    for deed in deeds:
        db.session.execute(text("UPDATE teams_thanks SET state = 'private', text = '谢谢'"))
        db.session.commit()
        service.handle(viewer, thanks_id, deed)


def test_members_may_report_what_the_team_can_read(alice, third, stranger):
    thanks_id = service.give_thanks(alice, "谢谢大家")
    with pytest.raises(LookupError):
        service.handle(stranger, thanks_id, "report")
    service.handle(third, thanks_id, "report")
    assert service.list_shared(alice) == []
    assert service.get_page(alice).given == []


def test_a_report_keeps_nobodys_name_and_an_administrator_decides(
    alice, bob, third, dana, world, name_of
):
    to_team = service.give_thanks(alice, "谢谢大家")
    to_bob = service.give_thanks(alice, "谢谢你", name_of("bob"))
    service.handle(third, to_team, "report")
    service.handle(bob, to_bob, "report")
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "teams.thanks_reported"))
    assert {row.actor_id for row in rows} == {None}
    lines = service.list_reported(dana)
    assert texts(lines) == ["谢谢大家", "谢谢你"]
    assert "Bob" not in repr(lines)
    service.settle_report(dana, to_team, is_kept=True)
    service.settle_report(dana, to_bob, is_kept=False)
    assert texts(service.list_shared(bob)) == ["谢谢大家"]
    assert service.list_unread(bob) == []
    with pytest.raises(LookupError):
        service.settle_report(dana, to_bob, is_kept=True)


def test_reports_of_another_company_are_not_there(world, alice):
    thanks_id = service.give_thanks(alice, "谢谢大家")
    service.handle(people.viewer(members_of(world.team)[2]), thanks_id, "report")
    carol = people.viewer(world.people["carol"])
    assert service.list_reported(carol) == []
    with pytest.raises(LookupError):
        service.settle_report(carol, thanks_id, is_kept=True)


def test_thanks_earn_nothing_and_no_line_has_a_number(alice, bob, name_of):
    before = db.session.query(Entry).count()
    service.give_thanks(alice, "谢谢", name_of("bob"))
    assert db.session.query(Entry).count() == before
    assert not {"count", "number", "rank"} & set(service.ThanksPage.__dataclass_fields__)


def test_old_thanks_leave_the_page_of_the_team(alice, bob, name_of):
    service.give_thanks(alice, "谢谢大家")
    with clock.frozen(NOW + timedelta(days=28)):
        assert service.list_shared(bob) == []


def test_rows_that_are_gone_are_deleted_when_their_week_is_long_over(alice, bob, name_of):
    thanks_id = service.give_thanks(alice, "谢谢", name_of("bob"))
    kept = service.give_thanks(alice, "谢谢", name_of("bob"))
    service.handle(alice, thanks_id, "take_back")
    assert service.forget_gone() == 0
    with clock.frozen(NOW + timedelta(days=16)):
        assert service.forget_gone() == 1
    assert db.session.scalars(select(Thanks.public_id)).all() == [kept]


def test_reading_asks_once_however_many_there_are(alice, bob, name_of, count_statements):
    for _n in range(5):
        service.give_thanks(alice, "谢谢大家")
    with count_statements() as seen:
        assert len(service.list_shared(bob, 30)) == 5
    assert len(seen) == 1


def test_somebody_without_a_team_has_nobody_to_thank(world, alice):
    alone = replace(alice, unit_id=None, unit_path=None, unit_name=None)
    with pytest.raises(Refusal):
        service.give_thanks(alone, "谢谢")
    assert service.list_shared(alone) == []
