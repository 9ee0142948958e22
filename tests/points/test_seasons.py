"""Planning seasons, and the ways of scoring as pure functions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core import clock
from quizapp.core.forms import Refusal
from quizapp.leaderboards import service as leaderboards
from quizapp.points import rules, service
from quizapp.points.service import SeasonDraft
from tests.conftest import NOW
from tests.factories import people

TODAY = date(2026, 11, 18)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast, at a fixed present."""
    return people.world()


# -- rules


@pytest.mark.parametrize(
    ("members", "counted"), [(5, 1), (6, 1), (7, 2), (10, 3), (13, 3), (14, 4), (17, 5), (120, 5)]
)
def test_at_most_five_and_at_most_three_in_ten_count(members, counted):
    assert rules.best_k(members) == counted


@given(
    st.lists(st.lists(st.integers(0, 50), max_size=12), max_size=6),
    st.integers(1, 5),
    st.integers(1, 20),
)
def test_one_more_low_contribution_changes_nothing(contributions, number, low):
    before = rules.best_contributions(contributions, number)
    full = [[amount + low for amount in amounts] for amounts in contributions]
    assert rules.best_contributions(full, number) >= before
    more = [[*amounts, 0] for amounts in contributions]
    assert rules.best_contributions(more, number) == before


def test_the_best_of_each_activity_are_added_up():
    assert rules.best_contributions([[5, 1, 9], [2], []], 2) == 16
    assert rules.best_contributions([[-3, 2]], 2) == 2
    assert rules.best_contributions([], 5) == 0


@pytest.mark.parametrize("method", [rules.BEST_K, rules.TOTAL])
def test_other_ways_than_the_mean_count_the_whole_season(method):
    late = FIRST + timedelta(days=80)
    assert rules.window(FIRST, late, method) == (FIRST, late)
    assert rules.window(FIRST, late) == (late - timedelta(days=27), late)


# -- planning


def plan(world, first=FIRST, last=LAST, name="十一月", method=rules.SHRUNKEN_MEAN) -> str:
    """Plan a season and return its public id."""
    draft = SeasonDraft(name, first, last, method)
    season_id = service.plan_season(world.people["dana"], world.organisation, draft)
    return service.get_season(season_id).public_id


def change(world, public_id: str, first=FIRST, last=LAST, method=rules.SHRUNKEN_MEAN) -> None:
    """Change a season."""
    draft = SeasonDraft("改", first, last, method)
    service.change_season(world.people["dana"], world.organisation, public_id, draft)


def test_seasons_do_not_overlap(world):
    plan(world)
    with pytest.raises(Refusal, match="十一月"):
        plan(world, LAST, LAST + timedelta(days=20), "十二月")
    plan(world, LAST + timedelta(days=1), LAST + timedelta(days=31), "十二月")


def test_a_season_has_at_most_thirteen_weeks(world):
    plan(world, FIRST, FIRST + timedelta(days=90))
    with pytest.raises(Refusal):
        plan(world, FIRST + timedelta(days=100), FIRST + timedelta(days=191))
    with pytest.raises(Refusal):
        plan(world, LAST, FIRST)


def test_what_was_announced_stays_once_a_season_has_begun(world):
    public_id = plan(world)
    change(world, public_id, last=LAST + timedelta(days=5))
    for wrong, field in (
        ({"first": FIRST + timedelta(days=1)}, "starts_on"),
        ({"method": rules.TOTAL}, "method"),
        ({"last": TODAY - timedelta(days=1)}, "ends_on"),
    ):
        with pytest.raises(Refusal) as refused:
            change(world, public_id, **{"last": LAST, **wrong})
        assert refused.value.field == field


def test_a_planned_season_may_change_in_everything(world):
    first = TODAY + timedelta(days=5)
    public_id = plan(world, first, first + timedelta(days=20))
    later = first + timedelta(days=3)
    change(world, public_id, later, later + timedelta(days=20), rules.BEST_K)
    season = service.get_season_of(world.organisation, public_id)
    assert (season.name, season.starts_on, season.method) == ("改", later, rules.BEST_K)


def test_nobody_changes_the_season_of_another_organisation(world):
    public_id = plan(world)
    with pytest.raises(LookupError):
        service.change_season(
            1, world.other_organisation, public_id, SeasonDraft("改", FIRST, LAST)
        )


# -- the desk


def test_the_next_season_is_the_next_calendar_month(world):
    dana = people.viewer(world.people["dana"])
    first = leaderboards.next_season(dana)
    # Thirteen days are left of November: December is taken along.
    assert (first.starts_on, first.ends_on) == (TODAY, date(2026, 12, 31))
    plan(world, method=rules.TOTAL)
    following = leaderboards.next_season(dana)
    assert (following.starts_on, following.ends_on) == (date(2026, 12, 1), date(2026, 12, 31))
    assert following.method == rules.TOTAL


def test_the_desk_says_what_a_season_waits_for(world):
    dana = people.viewer(world.people["dana"])
    public_id = plan(world)
    states = []
    for day in (FIRST - timedelta(days=1), TODAY, LAST, date(2026, 12, 3), date(2026, 12, 4)):
        with clock.frozen(NOW + (day - TODAY)):
            states.append(leaderboards.get_for_desk(dana, public_id).state)
    assert states == ["planned", "running", "running", "waiting", "ready"]
    with clock.frozen(NOW + timedelta(days=30)):
        leaderboards.close_season(dana, public_id)
        assert [line.state for line in leaderboards.list_for_desk(dana)] == ["closed"]
