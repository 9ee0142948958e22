"""Earning: by the ledger, by what somebody knows, by weeks, by a season; once, and for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from quizapp.badges import service
from quizapp.badges.models import Award, Badge, SeasonPlace, Waiting
from quizapp.badges.rules import ACTIVITY, MASTERY, SEASON, WEEKS, Rule
from quizapp.badges.service import desk, own
from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.db import atomic, db
from quizapp.core.events import GradedResponse, ResponsesGraded, announce
from quizapp.core.forms import Refusal
from quizapp.items.models import Item
from quizapp.leaderboards.events import Honour, SeasonClosed
from quizapp.mastery import service as mastery
from quizapp.org import service as org
from quizapp.points import service as points
from tests.conftest import NOW
from tests.factories import badges, people, season
from tests.ledger import opened_ledger


def own_names(viewer) -> list[str]:
    return [line.name for line in service.get_shelf(viewer).earned]


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(Waiting))


def broken() -> list[str]:
    return [
        line for one in all_invariants() if one.number in {"I70", "I71"} for line in one.check()
    ]


def items_of(world) -> list[Item]:
    return list(
        db.session.scalars(
            select(Item).where(Item.organisation_id == world.organisation).order_by(Item.id)
        )
    )


def know(person_id: int, items: list[Item], day: date, *, is_correct: bool = True) -> None:
    mastery.remember(
        ResponsesGraded(
            user_id=person_id,
            occurred_on=day,
            unit_id=None,
            mode="practice",
            source=f"test:{day}:{is_correct}",
            responses=tuple(
                GradedResponse(
                    item_id=item.id,
                    item_version_id=item.current_version_id,
                    score=float(is_correct),
                    is_correct=is_correct,
                    is_rapid=False,
                )
                for item in items
            ),
        )
    )
    service.mark([person_id])


# --- things done ----------------------------------------------------------------------------------


def test_the_first_contribution_earns_a_badge(dana, bob, alice):
    badges.active(dana)
    badges.act(bob.id)
    assert service.evaluate_waiting() == 1
    assert own_names(bob) == ["题目纠错"]
    assert own_names(alice) == []
    assert broken() == []


def test_a_badge_is_earned_once(dana, bob):
    badges.active(dana)
    for _time in range(3):
        badges.act(bob.id)
        service.evaluate_waiting()
    assert len(own_names(bob)) == 1


def test_several_times_are_counted_and_said(dana, bob):
    badges.active(dana, rule=Rule(ACTIVITY, 3, activity="report_accepted"))
    badges.act(bob.id, quantity=2)
    assert service.evaluate_waiting() == 0
    line = service.get_shelf(bob).ahead[0]
    assert (line.note, line.percent) == ("还差 1 次", 66)
    badges.act(bob.id)
    assert service.evaluate_waiting() == 1
    assert service.get_shelf(bob).earned[0].note == "3 条采纳"


def test_an_activity_of_another_kind_does_not_count(dana, bob):
    badges.active(dana)
    badges.act(bob.id, activity="item_contributed")
    assert service.evaluate_waiting() == 0


def test_what_was_not_really_done_does_not_count(dana, bob, world):
    badges.active(dana, rule=Rule(ACTIVITY, 1, activity="daily_finished"))
    fact = {"user_id": bob.id, "source": "test:rapid", "occurred_on": org.today(world.organisation)}
    from quizapp.core.events import Rewardable

    points.award(
        Rewardable(activity="daily_finished", quantity=1, unit_id=None, note="rapid", **fact)
    )
    service.mark([bob.id])
    assert service.evaluate_waiting() == 0


def test_who_takes_part_without_points_earns_badges_all_the_same(dana, world):
    quiet = atomic(people.person)(
        world.organisation, world.team, "Quiet", "1999", consent="declined"
    )
    badges.active(dana)
    badges.act(quiet)
    assert service.evaluate_waiting() == 1


def test_people_of_another_company_earn_nothing_here(dana, world):
    badges.active(dana)
    badges.act(world.people["charlie"])
    assert service.evaluate_waiting() == 0


def test_a_draft_and_a_retired_badge_earn_nothing_and_what_is_earned_stays(dana, bob, alice):
    desk.add_badge(dana, badges.draft("草稿"))
    badge_id = badges.active(dana)
    badges.act(bob.id)
    service.evaluate_waiting()
    desk.retire(dana, badge_id)
    badges.act(alice.id)
    assert service.evaluate_waiting() == 0
    assert own_names(bob) == ["题目纠错"]
    assert broken() == []


def test_what_was_done_before_the_badge_began_counts_when_it_begins(dana, bob):
    badges.act(bob.id)
    service.evaluate_waiting()
    badges.active(dana)
    assert own_names(bob) == ["题目纠错"]


# --- mastery --------------------------------------------------------------------------------------


@pytest.fixture
def mastered(dana, world):
    """A badge for knowing five items of the theme of the bank."""
    theme_id = items_of(world)[0].theme_id
    return badges.active(dana, "动火安全", Rule(MASTERY, 5, topic_id=theme_id))


def test_items_known_firmly_at_the_same_time_earn_mastery(mastered, bob, world):
    today = org.today(world.organisation)
    theme_id = items_of(world)[0].theme_id
    items = [item for item in items_of(world) if item.theme_id == theme_id]
    know(bob.id, items[:4], today)
    assert service.evaluate_waiting() == 0
    assert service.get_shelf(bob).ahead[0].note == "还差 1 题"
    know(bob.id, items[4:5], today - timedelta(days=1))
    assert service.evaluate_waiting() == 1
    assert own_names(bob) == ["动火安全"]
    assert broken() == []


def test_wrong_answers_are_no_mastery_and_fading_takes_nothing_away(mastered, bob, world):
    today = org.today(world.organisation)
    theme_id = items_of(world)[0].theme_id
    items = [item for item in items_of(world) if item.theme_id == theme_id]
    know(bob.id, items[:5], today)
    assert service.evaluate_waiting() == 1
    with clock.frozen(NOW + timedelta(days=300)):
        know(bob.id, items[:5], org.today(world.organisation), is_correct=False)
        service.evaluate_waiting()
        service.award_missing()
        assert own_names(bob) == ["动火安全"]
        assert broken() == []


def test_a_topic_that_is_gone_is_mastered_by_nobody_and_breaks_nothing(mastered, bob, world):
    atomic(db.session.execute)(text("UPDATE badges_badge SET topic_id = 999999"))
    know(bob.id, items_of(world)[:5], org.today(world.organisation))
    assert service.evaluate_waiting() == 0


# --- weeks and seasons ----------------------------------------------------------------------------


def test_active_weeks_need_not_follow_each_other(dana, bob):
    badges.active(dana, "坚持", Rule(WEEKS, 3))
    for weeks_ago in (9, 4, 0):
        with clock.frozen(NOW - timedelta(weeks=weeks_ago)):
            badges.act(bob.id)
    assert service.evaluate_waiting() == 1


def closed(world, season_id: int, *, rank: int, unit_id: int | None = None) -> SeasonClosed:
    found = points.get_season(season_id)
    return SeasonClosed(
        season_id=season_id,
        season_public_id=found.public_id,
        season_name=found.name,
        organisation_id=world.organisation,
        ended_on=found.ends_on,
        honours=(Honour(unit_id=unit_id or world.team, bracket="small", rank=rank),),
    )


def test_everybody_who_earned_for_the_team_has_its_place(dana, bob, alice, world):
    season_id = season.open_season(world.organisation)
    badges.active(dana, "赛季前三", Rule(SEASON, 3))
    badges.act(bob.id)
    badges.act(dana.id)  # for another unit
    atomic(announce)(closed(world, season_id, rank=2))
    assert service.evaluate_waiting() == 1
    assert own_names(bob) == ["赛季前三"]
    assert own_names(alice) == []  # no entry in that season
    assert broken() == []


def test_a_place_below_the_rule_earns_nothing(dana, bob, world):
    season_id = season.open_season(world.organisation)
    badges.active(dana, "赛季第一", Rule(SEASON, 1))
    badges.act(bob.id)
    atomic(announce)(closed(world, season_id, rank=2))
    assert service.evaluate_waiting() == 0


def test_a_small_team_has_the_place_of_the_unit_it_counts_under(dana, world):
    small = atomic(people.unit)(world.organisation, world.workshop, "team", "小班", "A119")
    member = atomic(people.person)(world.organisation, small, "小张", "1777")
    for number in range(5):
        atomic(people.person)(world.organisation, world.workshop, "工艺员", f"188{number}")
    season_id = season.open_season(world.organisation)
    badges.active(dana, "赛季前三", Rule(SEASON, 3))
    badges.act(member)
    seats = dict(
        db.session.execute(text("SELECT unit_id, ranked_unit_id FROM leaderboards_seat")).all()
    )
    atomic(announce)(closed(world, season_id, rank=1, unit_id=seats[small]))
    assert service.evaluate_waiting() >= 1
    assert own_names(people.viewer(member)) == ["赛季前三"]


def test_a_season_told_twice_changes_nothing(dana, bob, world):
    season_id = season.open_season(world.organisation)
    badges.active(dana, "赛季前三", Rule(SEASON, 3))
    badges.act(bob.id)
    for _time in range(2):
        atomic(announce)(closed(world, season_id, rank=2))
        service.evaluate_waiting()
    assert db.session.scalar(select(func.count()).select_from(SeasonPlace)) >= 1
    assert len(own_names(bob)) == 1


# --- who waits ------------------------------------------------------------------------------------


def test_a_finished_set_costs_one_inserted_row(bob, world, count_statements):
    season.open_season(world.organisation)
    with count_statements() as seen:
        season.finished_set(bob)
    ours = [one for one in seen if "badges_" in one]
    assert len(ours) == 1
    assert ours[0].startswith("INSERT INTO badges_waiting")
    assert waiting() == 1


def test_looking_costs_the_same_for_one_and_for_many(dana, world, count_statements):
    badges.active(dana)
    badges.active(dana, "坚持", Rule(WEEKS, 3))
    ids = list(db.session.scalars(text("SELECT id FROM accounts_person")))
    numbers = []
    for chosen in (ids[:2], ids):
        service.mark(chosen)
        with count_statements() as seen:
            service.evaluate_waiting()
        numbers.append(len(seen))
    assert numbers[0] <= numbers[1] <= numbers[0] + 4  # another company is looked at on its own
    assert waiting() == 0


def test_nothing_is_written_when_nobody_waits(world, count_statements):
    with count_statements() as seen:
        service.evaluate_waiting()
    assert len(seen) == 1


def test_rebuilding_finds_what_was_missed_and_gives_it_once(dana, bob):
    badges.active(dana)
    badges.act(bob.id)
    db.session.execute(text("DELETE FROM badges_waiting"))
    assert [line for line in broken() if f"person {bob.id}" in line]
    assert service.award_missing() == 1
    assert service.award_missing() == 0
    assert broken() == []


def test_verify_leaves_those_out_who_are_about_to_be_looked_at(dana, bob):
    badges.active(dana)
    badges.act(bob.id)
    assert broken() == []


def test_verify_notices_a_badge_without_a_cause(award_id):
    assert broken() == []
    with opened_ledger():
        db.session.execute(
            text("UPDATE points_entry SET quantity = 0 WHERE activity = 'report_accepted'")
        )
    assert [line for line in broken() if "do not earn" in line]


def test_verify_notices_a_noted_cause_that_is_too_small(award_id):
    db.session.execute(text("UPDATE badges_award SET reached = 0"))
    assert [line for line in broken() if "do not earn" in line]


def test_the_database_refuses_a_second_badge_of_the_same_kind(award_id):
    award = db.session.scalars(select(Award)).one()
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"), db.session.begin_nested():
        db.session.execute(
            text(
                "INSERT INTO badges_award (public_id, credential_id, badge_id, person_id, reached,"
                " issued_at, salt, state, state_reason) SELECT 'x', 'y', badge_id, person_id,"
                " reached, issued_at, salt, state, state_reason FROM badges_award WHERE id = :id"
            ),
            {"id": award.id},
        )


# --- the desk -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["忠诚标兵", "政治过硬", "Loyal colleague", "品德 高尚"])
def test_no_badge_is_called_after_virtue(dana, name):
    with pytest.raises(Refusal, match="不评价品行与立场") as refused:
        desk.add_badge(dana, badges.draft(name))
    assert refused.value.field == "name"


def test_nor_described_by_it(dana):
    with pytest.raises(Refusal) as refused:
        desk.add_badge(dana, badges.draft(description="表彰思想觉悟"))
    assert refused.value.field == "description"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(MASTERY, 20, topic_id=999), "topic"),
        (Rule(MASTERY, 20), "topic"),
        (Rule(ACTIVITY, 1, activity="signed_in"), "activity"),
        (Rule(ACTIVITY, 1, activity="session_hosted"), "activity"),  # its room is not built yet
        (Rule(ACTIVITY, 0, activity="report_accepted"), "times"),
        (Rule(SEASON, 9), "place"),
        (Rule(WEEKS, 0), "weeks"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(dana, rule, field):
    with pytest.raises(Refusal) as refused:
        desk.add_badge(dana, badges.draft(rule=rule))
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Badge)) == 0


@pytest.mark.parametrize("number", [4, 400])
def test_mastery_asks_for_enough_and_not_for_more_than_there_is(dana, world, number):
    theme_id = items_of(world)[0].theme_id
    with pytest.raises(Refusal) as refused:
        desk.add_badge(dana, badges.draft(rule=Rule(MASTERY, number, topic_id=theme_id)))
    assert refused.value.field == "mastered"


def test_what_can_be_earned_does_not_change(dana):
    badge_id = badges.active(dana)
    with pytest.raises(Refusal):
        desk.change_badge(dana, badge_id, badges.draft("另一个"))
    with pytest.raises(Refusal):
        desk.delete(dana, badge_id)
    with pytest.raises(Refusal):
        desk.activate(dana, badge_id)
    desk.retire(dana, badge_id)
    with pytest.raises(Refusal):
        desk.retire(dana, badge_id)


def test_two_badges_have_two_names_and_a_draft_may_keep_its_own(dana):
    badge_id = desk.add_badge(dana, badges.draft())
    desk.change_badge(dana, badge_id, badges.draft(description="一句话"))
    with pytest.raises(Refusal, match="同名"):
        desk.add_badge(dana, badges.draft())
    desk.delete(dana, badge_id)
    desk.add_badge(dana, badges.draft())


def test_another_company_sees_and_moves_nothing(dana, carol):
    badge_id = badges.active(dana)
    for act in (desk.get_badge, desk.retire, desk.delete, desk.activate):
        with pytest.raises(LookupError):
            act(carol, badge_id)
    assert desk.list_badges(carol) == []


def test_how_many_have_it_is_told_from_five_on(dana, world):
    badge_id = badges.active(dana)
    colleagues = list(
        db.session.scalars(
            text("SELECT id FROM accounts_person WHERE name LIKE '同事%' ORDER BY id")
        )
    )
    for person_id in colleagues[:4]:
        badges.act(person_id)
    service.evaluate_waiting()
    assert desk.get_badge(dana, badge_id).earned is None
    assert desk.get_badge(dana, badge_id).is_earned
    badges.act(colleagues[4])
    service.evaluate_waiting()
    assert desk.get_badge(dana, badge_id).earned == 5


def test_the_list_of_badges_costs_two_statements(dana, count_statements):
    for number in range(4):
        badges.active(dana, f"徽章{number}")
    with count_statements() as seen:
        assert len(desk.list_badges(dana)) == 4
    assert len(seen) == 2


def test_ones_own_shelf_costs_the_same_for_one_badge_and_for_many(dana, bob, count_statements):
    badges.active(dana)
    service.get_shelf(bob)
    numbers = []
    for more in range(2):
        with count_statements() as seen:
            service.get_shelf(bob)
        numbers.append(len(seen))
        for number in range(5):
            badges.active(dana, f"徽章{more}{number}")
    assert numbers[0] == numbers[1] <= 3


def test_me_shows_what_was_earned_and_what_is_nearest(dana, bob, award_id):
    badges.active(dana, "三条", Rule(ACTIVITY, 3, activity="report_accepted"))
    badges.active(dana, "五条", Rule(ACTIVITY, 5, activity="report_accepted"))
    badges.active(dana, "赛季", Rule(SEASON, 1))
    shelf = service.get_shelf(bob)
    assert [line.name for line in shelf.on_me] == ["题目纠错", "三条", "五条"]
    assert [line.name for line in shelf.ahead] == ["三条", "五条", "赛季"]


# --- one's own to show ----------------------------------------------------------------------------


def test_showing_is_ones_own_to_do(award_id, bob, alice):
    with pytest.raises(LookupError):
        own.share(alice, award_id, shows=True)
    first = badges.shown(bob, award_id)
    own.share(bob, award_id, shows=False)
    with pytest.raises(LookupError):
        own.get_shown(first)
    assert badges.shown(bob, award_id) != first
