"""Bringing the boards up to date, reading them, and building them anew."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.db import db as database
from quizapp.core.events import Rewardable
from quizapp.core.forms import Refusal
from quizapp.leaderboards import service
from quizapp.leaderboards.models import Board, BracketMean, Dirty, Seat, Standing, UnitDay
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.points.rules import shrunken_mean
from tests.conftest import NOW, rolled_back, settled_world
from tests.factories import people
from tests.factories.season import finished_set, settle_boards
from tests.factories.teams import join, members_of, teams
from tests.savepoints import undone

TODAY = date(2026, 11, 18)
FIRST, LAST = date(2026, 11, 12), date(2026, 11, 30)
DAYS = 7  # of the season, today included


def days_later(number: int):
    """Stop the clock so many days after the tests' present."""
    return clock.frozen(NOW + timedelta(days=number))


@dataclass
class Company:
    """The cast with three teams of 8, 6 and 10 in one workshop, and a season a week old."""

    world: people.World
    alpha: int
    beta: int
    gamma: int
    season: int
    _sources: Iterator[int] = field(default_factory=lambda: count(1))

    def viewer_of(self, unit_id: int):
        """Return somebody of a unit, as services meet them."""
        return people.viewer(members_of(unit_id)[0])

    def earn(self, unit_id: int, amount: int, day: date = TODAY) -> None:
        """Give a unit points on a day, five a person and day at most."""
        for place, person in enumerate(members_of(unit_id)):
            part = min(5, amount - 5 * place)
            if part > 0:
                points.award(
                    Rewardable(
                        user_id=person,
                        activity="daily_correct",
                        source=f"test:{next(self._sources)}",
                        quantity=part,
                        occurred_on=day,
                        unit_id=unit_id,
                    )
                )

    def standing(self, unit_id: int) -> Standing | None:
        """Return a unit's row of the running season, freshly read."""
        return self.row(Standing, unit_id)

    def row(self, model, unit_id: int):
        """Return a unit's row of a table of the season, freshly read."""
        database.session.expire_all()
        return database.session.get(model, (self.season, unit_id))


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[Company]:
    """A company with boards that are up to date, made once."""
    with rolled_back(app), clock.frozen(NOW):
        world = people.world()
        beta, gamma = teams(world.organisation, world.workshop, [6, 10])
        season = points.set_season(
            None, world.organisation, name="十一月", starts_on=FIRST, ends_on=LAST
        )
        settle_boards()
        yield Company(world, world.team, beta, gamma, season)


@pytest.fixture
def db(settled: Company) -> Iterator[object]:
    """The database with that company in it; every test finds it as it was made."""
    with undone(), clock.frozen(NOW):
        yield database


@pytest.fixture
def company(db: object, settled: Company) -> Company:
    """The company, at the tests' present."""
    return settled


def version(db, company: Company) -> int:
    """Return the version the season's boards have now."""
    return db.session.scalar(select(Board.version).where(Board.season_id == company.season))


def broken() -> list[str]:
    """Return what the invariants of the boards find."""
    numbers = ("I1", "I10")
    return [line for known in all_invariants() if known.number in numbers for line in known.check()]


def shown(company: Company) -> list[tuple]:
    """Return everything the pages show of every bracket, in the order it is shown in."""
    pages = []
    for unit_id in (company.alpha, company.beta, company.gamma):
        viewer = company.viewer_of(unit_id)
        for bracket in ("small", "middle", "large"):
            board = service.get_board(viewer, bracket)
            pages.append((board.bracket, board.rows, board.around, board.own, board.next_score))
    return pages


# -- bringing up to date


def test_a_finished_set_moves_its_team(db):
    world = settled_world()
    rival = teams(world.organisation, world.workshop, [8])[0]
    points.set_season(None, world.organisation, name="十一月", starts_on=FIRST, ends_on=LAST)
    bob = people.viewer(world.people["bob"])
    settle_boards()
    assert service.team_line(bob).is_tied
    finished_set(bob)
    assert service.tick()
    line = service.team_line(bob)
    assert (line.rank, line.is_tied) == (1, False)
    assert service.team_line(people.viewer(members_of(rival)[0])).rank == 2
    assert broken() == []


def test_a_tick_without_work_only_looks(db, company, count_statements):
    before = version(db, company)
    with count_statements() as seen:
        assert not service.tick()
    assert {statement.split()[0] for statement in seen} == {"SELECT"}
    assert version(db, company) == before


def test_a_tick_steps_the_version_once(db, company):
    before = version(db, company)
    company.earn(company.alpha, 5)
    company.earn(company.beta, 5)
    assert service.tick()
    assert version(db, company) == before + 1
    assert not service.tick()


def test_many_notes_of_a_day_become_one_sum(db, company, count_statements):
    def statements_of_a_tick(notes: int) -> int:
        for _note in range(notes):
            service.note_dirty(company.alpha, TODAY)
        with count_statements() as seen:
            assert service.tick()
        assert db.session.scalar(select(func.count()).select_from(Dirty)) == 0
        return len(seen)

    company.earn(company.alpha, 30)
    service.tick()
    assert statements_of_a_tick(1) == statements_of_a_tick(60)
    assert company.standing(company.alpha).points == 30


def test_the_score_is_the_formula_over_the_ledger(db, company):
    company.earn(company.alpha, 40)
    company.earn(company.beta, 10, FIRST)
    service.tick()
    alpha, beta = company.standing(company.alpha), company.standing(company.beta)
    assert (alpha.points, alpha.member_days) == (40, 8 * DAYS)
    assert (beta.points, beta.member_days) == (10, 6 * DAYS)
    mean = company.row(BracketMean, "small")
    exact = 28 * Fraction(40 + 10 + 0, (8 + 6 + 10) * DAYS)
    assert (mean.numerator, mean.denominator) == (exact.numerator, exact.denominator)
    assert alpha.score == shrunken_mean(40, 8 * DAYS, exact, 9)


def test_everybody_who_shares_a_mean_is_rescored(company):
    before = company.standing(company.gamma).score
    company.earn(company.alpha, 40)
    service.tick()
    assert company.standing(company.gamma).score > before


def test_a_late_entry_of_an_earlier_day_counts(company):
    company.earn(company.alpha, 5, FIRST)
    service.tick()
    assert company.standing(company.alpha).points == 5
    assert broken() == []


def test_an_entry_before_the_season_does_not_count(db, company):
    before = version(db, company)
    company.earn(company.alpha, 5, FIRST - timedelta(days=1))
    assert service.tick()
    assert company.standing(company.alpha).points == 0
    assert version(db, company) == before


def test_another_company_does_not_move(db, company):
    other = company.world.other_organisation
    season = points.set_season(None, other, name="乙", starts_on=FIRST, ends_on=LAST)
    settle_boards()
    before = db.session.get(Board, season).version
    company.earn(company.alpha, 5)
    service.tick()
    db.session.expire_all()
    assert db.session.get(Board, season).version == before


# -- people who come, go and are away


def test_points_stay_where_they_were_earned_and_member_days_follow(company):
    company.earn(company.alpha, 5, TODAY - timedelta(days=3))
    mover = members_of(company.alpha)[0]
    org.join_unit(mover, company.beta, TODAY - timedelta(days=1))
    service.tick()
    alpha, beta = company.standing(company.alpha), company.standing(company.beta)
    assert (alpha.points, beta.points) == (5, 0)
    assert alpha.member_days == 8 * DAYS - 2
    assert beta.member_days == 6 * DAYS + 2
    assert broken() == []


def test_who_moved_earns_for_the_new_team(company):
    mover = members_of(company.alpha)[0]
    org.join_unit(mover, company.beta, TODAY)
    assert org.unit_on(mover, TODAY) == company.beta
    assert org.unit_on(mover, TODAY - timedelta(days=1)) == company.alpha


def test_a_move_does_not_change_a_bracket_or_a_size(company):
    for person in members_of(company.gamma)[:6]:
        org.join_unit(person, company.beta, TODAY)
    service.tick()
    assert company.standing(company.gamma).members == 10
    assert company.standing(company.beta).members == 6
    with days_later(1):
        service.tick()
    assert company.standing(company.beta).members == 6


def test_days_of_absence_are_not_member_days(company):
    away = members_of(company.alpha)[0]
    org.record_absence(away, TODAY - timedelta(days=4), TODAY - timedelta(days=1))
    service.tick()
    assert company.standing(company.alpha).member_days == 8 * DAYS - 3


def test_an_open_absence_lasts(company):
    org.record_absence(members_of(company.alpha)[0], TODAY, None)
    service.tick()
    with days_later(2):
        service.tick()
    assert company.standing(company.alpha).member_days == 8 * (DAYS - 1) + 7 * 3


def test_an_absence_goes_along_to_the_next_team(company):
    mover = members_of(company.alpha)[0]
    org.join_unit(mover, company.beta, TODAY - timedelta(days=2))
    service.tick()
    org.record_absence(mover, TODAY - timedelta(days=4), None)
    service.tick()
    assert company.standing(company.alpha).member_days == 8 * DAYS - 3 - 2
    assert company.standing(company.beta).member_days == 6 * DAYS


def test_a_move_that_begins_later_counts_when_it_begins(company):
    org.join_unit(members_of(company.alpha)[0], company.beta, TODAY + timedelta(days=1))
    service.tick()
    assert company.standing(company.beta).member_days == 6 * DAYS
    with days_later(1):
        service.tick()
    assert company.standing(company.beta).member_days == 6 * (DAYS + 1) + 1


# -- days go by


def test_a_new_day_rolls_without_an_entry(db, company):
    before = version(db, company)
    with days_later(1):
        assert service.tick()
        assert not service.tick()
    assert version(db, company) == before + 1
    assert company.standing(company.alpha).member_days == 8 * (DAYS + 1)


def test_the_night_shift_ends_the_day_not_midnight(company):
    with clock.frozen(NOW.replace(hour=21, minute=59)):  # 05:59 in Shanghai, the day after
        assert not service.tick()
    with clock.frozen(NOW.replace(hour=22, minute=0)):
        assert service.tick()


def test_the_window_slides(db, company):
    points.set_season(
        None, company.world.organisation, name="长", starts_on=FIRST, ends_on=date(2027, 1, 20)
    )
    company.earn(company.alpha, 10, FIRST)
    company.earn(company.alpha, 3, FIRST + timedelta(days=1))
    service.tick()
    for days, total in ((21, 13), (22, 3), (23, 0)):
        with days_later(days):
            service.tick()
            row = company.standing(company.alpha)
            assert (row.points, row.member_days) == (total, 8 * 28)
            assert broken() == []


def test_a_server_that_slept_for_days_catches_up(company):
    company.earn(company.alpha, 10)
    with days_later(5):
        service.tick()
        assert company.standing(company.alpha).member_days == 8 * (DAYS + 5)
        assert service.rebuild_season(company.season) == 0


def test_the_rank_before_is_that_of_the_day_before(company):
    company.earn(company.alpha, 20)
    with days_later(1):
        company.earn(company.beta, 30, TODAY + timedelta(days=1))
        service.tick()
    ranks = {
        unit: (company.standing(unit).rank, company.standing(unit).rank_before)
        for unit in (company.alpha, company.beta, company.gamma)
    }
    assert ranks == {company.alpha: (2, 1), company.beta: (1, 2), company.gamma: (3, 3)}


def test_on_the_first_day_nobody_has_a_rank_before(company):
    later = points.set_season(
        None,
        company.world.organisation,
        name="十二月",
        starts_on=date(2026, 12, 1),
        ends_on=date(2026, 12, 31),
    )
    with days_later(13):
        service.tick()
        board = service.get_board(company.viewer_of(company.alpha))
    assert board.season.id == later
    assert {row.move for row in board.rows} == {None}


# -- which rows there are


def test_a_small_team_counts_with_its_workshop(company):
    world = company.world
    workshop = people.unit(world.organisation, world.plant, "workshop", "总装车间", "A12")
    small, smaller = teams(world.organisation, workshop, [4, 3], name="小班")
    company.earn(small, 10)
    company.earn(smaller, 5)
    service.tick()
    assert company.standing(small) is None
    row = company.standing(workshop)
    assert (row.points, row.members, row.bracket) == (15, 7, "small")
    board = service.get_board(company.viewer_of(small))
    assert board.is_merged
    assert (board.own.name, board.own.workshop) == ("总装车间", "一厂")
    assert service.team_line(company.viewer_of(small)).name == "总装车间"


def test_fewer_than_five_in_all_are_shown_nowhere(company):
    world = company.world
    workshop = people.unit(world.organisation, world.plant, "workshop", "小车间", "A13")
    small = teams(world.organisation, workshop, [4])[0]
    company.earn(small, 20)
    service.tick()
    line = service.team_line(company.viewer_of(small))
    assert (line.is_ranked, line.rank, line.score) == (False, None, None)
    board = service.get_board(company.viewer_of(small))
    assert board.own is None
    assert {row.unit_id for row in board.rows} == {company.alpha, company.beta, company.gamma}
    assert broken() == []


def test_a_team_founded_during_the_season_gets_a_row(company):
    team = teams(company.world.organisation, company.world.workshop, [7], since=TODAY)[0]
    company.earn(team, 5)
    service.tick()
    row = company.standing(team)
    assert (row.members, row.member_days, row.points) == (7, 7, 5)
    assert service.rebuild_season(company.season) == 0


def test_a_team_that_begins_in_silence_has_its_row_that_day(company):
    """Its people were entered before; nothing happens on the day itself."""
    team = teams(
        company.world.organisation, company.world.workshop, [7], since=TODAY + timedelta(days=1)
    )[0]
    with days_later(1):
        service.tick()
        assert company.standing(team).members == 7
        assert service.rebuild_season(company.season) == 0


def test_a_small_team_that_comes_later_joins_its_workshop(company):
    world = company.world
    workshop = people.unit(world.organisation, world.plant, "workshop", "总装车间", "A12")
    first = teams(world.organisation, workshop, [2, 2], name="小班", since=FIRST)
    company.earn(first[0], 5)
    service.tick()
    assert company.standing(workshop) is None
    later = teams(world.organisation, workshop, [3], name="新班", since=TODAY)[0]
    company.earn(later, 5)
    service.tick()
    row = company.standing(workshop)
    assert (row.members, row.points, row.member_days) == (7, 10, 4 * DAYS + 3)
    assert service.rebuild_season(company.season) == 0


def test_a_unit_nobody_can_be_seated_in_stops_nothing(db, company):
    """Everybody left before the season began; a late entry still arrives."""
    left = teams(company.world.organisation, company.world.workshop, [6])[0]
    for person in members_of(left):
        org.leave_unit(person, FIRST)
    settle_boards()
    company.earn(left, 5)
    assert service.tick()
    assert not service.tick()
    assert company.standing(left) is None
    assert broken() == []


# -- seasons begin and end


def test_before_the_first_season_there_is_no_board(db, frozen):
    world = people.world()
    alice = people.viewer(world.people["alice"])
    assert not service.tick()
    assert service.get_board(alice) is None
    assert service.team_line(alice) is None
    assert service.board_state(world.organisation) is None
    assert service.get_workshop_board(world.organisation, world.workshop) is None


def test_a_season_that_has_not_begun_has_no_board(db, frozen):
    world = people.world()
    points.set_season(
        None, world.organisation, name="以后", starts_on=TODAY + timedelta(days=1), ends_on=LAST
    )
    assert not service.tick()
    assert service.get_board(people.viewer(world.people["alice"])) is None
    with days_later(1):
        assert service.tick()
        assert service.get_board(people.viewer(world.people["alice"])) is not None


def test_between_two_seasons_the_last_board_stays(company):
    company.earn(company.alpha, 10)
    service.tick()
    points.set_season(
        None,
        company.world.organisation,
        name="新年",
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 1, 31),
    )
    with days_later(20):
        service.tick()
        board = service.get_board(company.viewer_of(company.alpha))
        assert (board.season.id, board.days_left) == (company.season, 0)
        assert board.own.rank == 1


def test_a_set_finished_after_the_last_day_counts_for_it(company):
    """Responses arrive up to two days later; the season's board waits for them."""
    with days_later(14):  # the 2nd of December
        company.earn(company.alpha, 40, LAST)
        assert service.tick()
        row = company.standing(company.alpha)
        assert (row.points, row.member_days) == (40, 8 * 19)
        assert not service.tick()
        assert service.rebuild_season(company.season) == 0


def test_days_after_the_season_do_not_move_its_board(db, company):
    with days_later(13):
        settle_boards()
        before = version(db, company)
        company.earn(company.alpha, 40, TODAY + timedelta(days=13))
        service.tick()
    assert version(db, company) == before
    assert company.standing(company.alpha).points == 0


def test_the_next_season_begins_at_nought(company):
    company.earn(company.alpha, 40)
    service.tick()
    points.set_season(
        None,
        company.world.organisation,
        name="十二月",
        starts_on=date(2026, 12, 1),
        ends_on=date(2026, 12, 31),
    )
    with days_later(13):
        service.tick()
        board = service.get_board(company.viewer_of(company.alpha))
        assert board.season.name == "十二月"
        assert {row.score for row in board.rows} == {0}
    assert company.standing(company.alpha).points == 40


def test_opening_a_season_leaves_the_one_before_as_it_was(company):
    company.earn(company.alpha, 40)
    service.tick()
    with days_later(13):
        points.set_season(
            None,
            company.world.organisation,
            name="十二月",
            starts_on=date(2026, 12, 1),
            ends_on=date(2026, 12, 31),
        )
        settle_boards()
        assert broken() == []
        assert service.rebuild_season(company.season) == 0
    assert company.standing(company.alpha).points == 40


# -- ties


def test_equal_scores_share_a_rank_and_stand_by_name(company):
    gamma = company.viewer_of(company.gamma)
    board = service.get_board(gamma)
    assert [(row.rank, row.is_tied) for row in board.rows] == [(1, True)] * 3
    names = [row.name for row in board.rows]
    assert names == sorted(names)


def test_the_place_after_a_tie_is_skipped(company):
    delta = teams(company.world.organisation, company.world.workshop, [8], name="丁班")[0]
    company.earn(company.alpha, 20)
    company.earn(delta, 20)
    company.earn(company.gamma, 50)
    service.tick()
    board = service.get_board(company.viewer_of(delta))
    assert [(row.rank, row.is_tied) for row in board.rows] == [
        (1, False),
        (2, True),
        (2, True),
        (4, False),
    ]
    assert (board.own.rank, board.next_rank) == (2, 1)


# -- building anew


def something_happens(
    company: Company, units: list[int], draw: random.Random, since: date, today: date
) -> None:
    """Let somebody earn, move or be away, or a team begin."""
    unit = draw.choice([unit for unit in units if members_of(unit)])
    who = draw.choice(members_of(unit))
    kind = draw.choice(["points", "points", "move", "absence", "team"])
    if kind == "points":
        company.earn(unit, draw.randint(1, 9), since)
    elif kind == "move":
        with contextlib.suppress(Refusal):
            org.join_unit(who, draw.choice(units), since)
    elif kind == "absence":
        org.record_absence(who, since, since + timedelta(days=draw.randint(1, 6)))
    elif len(units) < 8:
        above = draw.choice([company.world.workshop, company.world.plant])
        units += teams(company.world.organisation, above, [draw.randint(1, 20)], since=today)


def live_through(company: Company, draw: random.Random, days: int) -> None:
    """Live through days on which things happen, some of them late, with a tick now and then."""
    units = [company.alpha, company.beta, company.gamma]
    for day in range(days):
        today = TODAY + timedelta(days=day)
        with days_later(day):
            for _act in range(draw.randint(0, 6)):
                since = today - timedelta(days=draw.randint(0, 3))
                something_happens(company, units, draw, since, today)
                if draw.random() < 0.3:
                    service.tick()


@pytest.mark.parametrize("seed", range(3))
def test_a_rebuild_finds_what_was_there(company, seed):
    live_through(company, random.Random(seed), days=8)
    with days_later(8):
        settle_boards()
        before = shown(company)
        assert broken() == []
        assert service.rebuild() == 0
        assert shown(company) == before


@pytest.mark.parametrize("change", [{"points": 999}, {"rank": 7}, {"bracket": "large"}])
def test_a_corrupted_standing_is_found_and_mended(db, company, change):
    company.earn(company.alpha, 30)
    service.tick()
    before = shown(company)
    db.session.execute(
        update(Standing).where(Standing.unit_id == company.alpha).values(**change),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
    db.session.expire_all()
    assert service.rebuild_season(company.season) == 1
    assert shown(company) == before


def test_a_wrong_sum_is_found_by_verify(db, company):
    company.earn(company.alpha, 30)
    service.tick()
    db.session.execute(update(Standing).values(points=Standing.points + 1))
    db.session.commit()
    assert len(broken()) == 3
    service.rebuild()
    assert broken() == []


def test_a_wrong_day_is_found_by_verify(db, company):
    company.earn(company.alpha, 30)
    service.tick()
    db.session.execute(update(UnitDay).where(UnitDay.day == TODAY).values(points=7))
    db.session.commit()
    assert len(broken()) >= 3
    service.rebuild()
    assert broken() == []


def test_a_day_that_waits_to_be_summed_breaks_nothing(company):
    company.earn(company.alpha, 30)
    assert broken() == []  # it is noted
    service.tick()
    assert broken() == []


def test_a_rebuild_says_how_far_it_is(company):
    told: list[tuple[int, int]] = []
    service.rebuild(lambda done, total: told.append((done, total)))
    assert [done for done, _total in told] == list(range(1, DAYS + 2))
    assert {total for _done, total in told} == {DAYS + 1}


def test_a_rebuild_writes_what_is_wrong_and_nothing_else(db, company, count_statements):
    company.earn(company.alpha, 30)
    service.tick()
    kept = db.session.execute(select(UnitDay.__table__).order_by("unit_id", "day")).all()
    db.session.execute(update(UnitDay).where(UnitDay.day == TODAY).values(points=7, members=1))
    db.session.commit()
    assert service.rebuild_season(company.season) == 0  # standings were right
    assert db.session.execute(select(UnitDay.__table__).order_by("unit_id", "day")).all() == kept


def test_saving_a_season_leaves_the_work_to_the_next_tick(db, company, count_statements):
    with count_statements() as seen:
        points.set_season(
            None, company.world.organisation, name="短", starts_on=FIRST, ends_on=TODAY
        )
    assert not [text for text in seen if "leaderboards_unit_day" in text]
    before = version(db, company)
    assert service.tick()
    assert not service.tick()
    assert version(db, company) == before + 1
    assert service.rebuild_season(company.season) == 0


def test_a_season_of_the_past_is_built_at_once_when_it_is_changed(db, company):
    company.earn(company.alpha, 30)
    service.tick()
    with days_later(30):
        points.set_season(
            None, company.world.organisation, name="短", starts_on=FIRST, ends_on=TODAY
        )
        assert db.session.get(Board, company.season).day == TODAY
        assert company.standing(company.alpha).member_days == 8 * DAYS


def test_a_team_that_comes_later_does_not_make_the_others_be_summed_again(
    company, count_statements
):
    def statements() -> int:
        team = teams(company.world.organisation, company.world.workshop, [7], since=TODAY)[0]
        company.earn(team, 5)
        with count_statements() as seen:
            assert service.tick()
        assert not [
            text
            for text in seen
            if text.startswith(
                "INSERT INTO leaderboards_unit_day (unit_id, day, points, members) SELECT"
            )
        ]
        return len(seen)

    few = statements()
    teams(company.world.organisation, company.world.workshop, [5] * 60)
    settle_boards()
    service.rebuild()
    assert statements() == few


def test_everything_can_be_thrown_away(db, company):
    company.earn(company.alpha, 30)
    company.earn(company.beta, 10, FIRST)
    service.tick()
    before = shown(company)
    for table in (Dirty, UnitDay, Seat, Standing, BracketMean):
        db.session.execute(delete(table))
    db.session.commit()
    assert service.rebuild() == 3
    assert shown(company) == before


def test_a_rebuild_goes_on_counting_versions(db, company):
    before = version(db, company)
    service.rebuild()
    assert version(db, company) == before + 1


# -- reading


@pytest.fixture
def big(db, company) -> list[int]:
    """Sixty more small teams in the places after the first three, the last ten sharing one."""
    units = teams(company.world.organisation, company.world.plant, [5] * 60, name="大赛")
    service.rebuild()
    for place, unit in enumerate(units, start=4):
        rank = min(place, 54)
        db.session.execute(
            update(Standing).where(Standing.unit_id == unit).values(rank=rank, score=1000 - rank)
        )
    for place, unit in enumerate((company.alpha, company.beta, company.gamma), start=1):
        db.session.execute(
            update(Standing).where(Standing.unit_id == unit).values(rank=place, score=1000 - place)
        )
    db.session.commit()
    db.session.expire_all()
    return units


def test_the_page_shows_the_top_and_a_team_among_it(company, big):
    board = service.get_board(company.viewer_of(big[3]))
    assert [row.rank for row in board.rows] == list(range(1, 51))
    assert board.own == board.rows[6]
    assert board.around == []
    assert (board.next_rank, board.next_score) == (6, 994)


def test_a_team_below_the_top_sees_two_places_up_and_down(company, big):
    board = service.get_board(company.viewer_of(big[48]))
    assert [row.rank for row in board.around] == [51, 52, 53, 54]  # 50 stands above
    assert not board.is_apart
    assert (board.own.rank, board.own.unit_id) == (52, big[48])
    assert (board.next_rank, board.next_score) == (51, 949)


def test_a_team_that_shares_its_place_leads_it(company, big):
    board = service.get_board(company.viewer_of(big[59]))
    assert [row.unit_id for row in board.around] == [big[n] for n in (48, 49, 59, 50, 51)]
    assert board.own.is_tied
    assert board.is_apart
    assert (board.lowest, board.highest) == (946, 999)


def test_another_bracket_can_be_looked_at(company):
    large = teams(company.world.organisation, company.world.plant, [45], name="大班")[0]
    company.earn(large, 9)
    service.tick()
    alpha = company.viewer_of(company.alpha)
    board = service.get_board(alpha, "large")
    assert (board.bracket, board.brackets) == ("large", ("small", "large"))
    assert [row.unit_id for row in board.rows] == [large]
    assert (board.own, board.next_rank) == (None, None)


@pytest.mark.parametrize("asked", [None, "middle", "nonsense"])
def test_a_bracket_that_is_not_there_leads_to_ones_own(company, asked):
    assert service.get_board(company.viewer_of(company.alpha), asked).bracket == "small"


def test_who_is_in_no_team_sees_the_first_bracket(company):
    dana = people.viewer(company.world.people["dana"])
    board = service.get_board(dana)
    assert (board.own, board.bracket) == (None, "small")
    assert not service.team_line(dana).is_ranked


def test_the_page_knows_its_season_and_scale(company):
    company.earn(company.alpha, 30)
    service.tick()
    board = service.get_board(company.viewer_of(company.beta))
    assert (board.season.name, board.days_left) == ("十一月", 12)
    assert board.highest == company.standing(company.alpha).score
    assert board.lowest == min(company.standing(u).score for u in (company.beta, company.gamma))
    assert board.as_of == NOW


def test_the_line_of_today_says_how_far_it_is(company):
    company.earn(company.alpha, 30)
    service.tick()
    line = service.team_line(company.viewer_of(company.gamma))
    alpha, gamma = company.standing(company.alpha), company.standing(company.gamma)
    beta = company.standing(company.beta)
    above = beta if beta.rank < gamma.rank else alpha
    assert (line.rank, line.score) == (gamma.rank, gamma.score)
    assert (line.next_rank, line.gap) == (above.rank, above.score - gamma.score)
    first = service.team_line(company.viewer_of(company.alpha))
    assert (first.rank, first.next_rank, first.gap) == (1, None, None)


def effect(company: Company, amount: int, day: date = TODAY):
    """Return what ``amount`` points of a set did for the first team."""
    viewer = company.viewer_of(company.alpha)
    return service.get_effect(viewer, company.alpha, day, amount)


def test_what_a_set_did_is_pending_until_the_board_has_seen_it(company):
    company.earn(company.alpha, 6)
    seen = effect(company, 6)
    assert (seen.is_pending, seen.before, seen.after) == (True, None, None)


def test_what_a_set_did_is_the_score_with_and_without_it(company):
    company.earn(company.alpha, 5)
    service.tick()
    seen = effect(company, 5)
    assert not seen.is_pending
    assert seen.before < seen.after == company.standing(company.alpha).score
    mean = company.row(BracketMean, "small")
    exact = Fraction(mean.numerator, mean.denominator)
    assert seen.before == shrunken_mean(0, 8 * DAYS, exact, 9)


def test_a_set_without_points_waits_for_nothing(company):
    seen = effect(company, 0)
    assert not seen.is_pending
    assert seen.before == seen.after


def test_outside_seasons_and_teams_there_is_no_effect(company):
    assert effect(company, 5, day=FIRST - timedelta(days=1)) is None
    viewer = company.viewer_of(company.alpha)
    assert service.get_effect(viewer, None, TODAY, 5) is None


def test_a_set_that_left_the_window_moves_nothing_any_more(company):
    points.set_season(
        None, company.world.organisation, name="长", starts_on=FIRST, ends_on=date(2027, 1, 20)
    )
    company.earn(company.alpha, 5, FIRST)
    with days_later(22):
        settle_boards()
        seen = effect(company, 5, day=FIRST)
    assert (seen.before, seen.after) == (None, None)


def test_a_team_too_small_for_a_row_has_an_effect_without_numbers(company):
    world = company.world
    workshop = people.unit(world.organisation, world.plant, "workshop", "小车间", "A13")
    small = teams(world.organisation, workshop, [4])[0]
    company.earn(small, 5)
    service.tick()
    seen = service.get_effect(company.viewer_of(small), small, TODAY, 5)
    assert (seen.line.is_ranked, seen.before, seen.is_pending) == (False, None, False)


def test_a_wall_shows_its_own_workshops_teams(company):
    world = company.world
    workshop = people.unit(world.organisation, world.plant, "workshop", "涂装车间", "A14")
    own = teams(world.organisation, workshop, [9, 7], name="涂装")
    company.earn(company.alpha, 30)
    company.earn(own[1], 10)
    service.tick()
    board = service.get_workshop_board(world.organisation, workshop)
    assert {row.unit_id for row, _rank, _gap in board.own} == set(own)
    assert board.teams == 5
    assert board.rows[0].unit_id == company.alpha
    row, next_rank, gap = board.own[0]
    above = company.standing(company.alpha)
    assert (next_rank, gap) == (above.rank, above.score - row.score)


def test_a_wall_shows_the_bracket_most_of_its_teams_are_in(company):
    world = company.world
    workshop = people.unit(world.organisation, world.plant, "workshop", "涂装车间", "A14")
    teams(world.organisation, workshop, [20, 30, 7])
    settle_boards()
    with days_later(1):
        service.tick()
    assert service.get_workshop_board(world.organisation, workshop).bracket == "middle"


def test_a_wall_without_ranked_teams_shows_the_fullest_bracket(company):
    world = company.world
    empty = people.unit(world.organisation, world.plant, "workshop", "新车间", "A15")
    board = service.get_workshop_board(world.organisation, empty)
    assert (board.bracket, board.own) == ("small", [])


def test_200_teams_cost_as_many_statements_as_20(company, count_statements):
    viewer = company.viewer_of(company.gamma)
    workshop = (company.world.organisation, company.world.workshop)

    def statements() -> dict[str, int]:
        service.note_dirty(company.alpha, TODAY)
        service.get_board(viewer)  # the rules of points are remembered for a while
        counts = {}
        for name, act in {
            "tick": service.tick,
            "board": lambda: service.get_board(viewer),
            "line": lambda: service.team_line(viewer),
            "wall": lambda: service.get_workshop_board(*workshop),
        }.items():
            with count_statements() as seen:
                act()
            counts[name] = len(seen)
        return counts

    teams(company.world.organisation, company.world.workshop, [5] * 17)
    service.rebuild()
    few = statements()
    teams(company.world.organisation, company.world.workshop, [5] * 180)
    service.rebuild()
    assert len(service.get_board(viewer).rows) == 50
    assert statements() == few
    assert few["board"] <= 16


def test_people_who_join_in_bulk_are_members_too(company):
    join(company.world.organisation, [company.alpha] * 3, since=TODAY)
    service.note_dirty_since(company.alpha, TODAY)
    service.tick()
    assert company.standing(company.alpha).member_days == 8 * DAYS + 3
