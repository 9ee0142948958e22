"""Closing a season: what is frozen, who may read it, and that nothing moves it afterwards."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core import clock
from quizapp.core import events as core_events
from quizapp.core.checks import all_invariants
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.leaderboards import rules, service
from quizapp.leaderboards.events import SeasonClosed
from quizapp.leaderboards.models import Final, FinalRow, Seat
from quizapp.leaderboards.service.sealing import hash_of
from quizapp.org import service as org
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.models import Season
from quizapp.points.rules import shrunken_mean
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.factories.season import settle_boards
from tests.factories.teams import join, members_of, teams
from tests.leaderboards.test_service import FIRST, LAST, TODAY, Company
from tests.savepoints import undone

# Sets of the 30th arrive until 2 December, and are closed on the 3rd.
OPENS = date(2026, 12, 4)


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[Company]:
    """A company whose three teams have earned something, made once."""
    with rolled_back(app), clock.frozen(NOW):
        world = people.world()
        beta, gamma = teams(world.organisation, world.workshop, [6, 10])
        season = points.set_season(
            None, world.organisation, name="十一月", starts_on=FIRST, ends_on=LAST
        )
        company = Company(world, world.team, beta, gamma, season)
        company.earn(company.alpha, 30)
        company.earn(beta, 12)
        company.earn(gamma, 40)
        settle_boards()
        yield company


@pytest.fixture
def company(settled: Company) -> Iterator[Company]:
    """That company, as it was made."""
    with undone(), clock.frozen(NOW):
        yield settled


def public_id(company: Company) -> str:
    """Return the public id of the season."""
    return database.session.get_one(Season, company.season).public_id


def dana(company: Company):
    """Return the administrator."""
    return people.viewer(company.world.people["dana"])


def closing_day():
    """Stop the clock on the first day on which the season can be closed."""
    return clock.frozen(NOW + (OPENS - TODAY))


def closed(company: Company) -> service.FinalBoards:
    """Close the season as soon as that is possible, and return its boards."""
    with closing_day():
        service.close_season(dana(company), public_id(company))
    return service.get_final(dana(company), public_id(company))


def rows_of(boards: service.FinalBoards) -> dict[int, service.FinalTeam]:
    """Return the teams of closed boards by unit."""
    return {row.unit_id: row for bracket in boards.brackets for row in bracket.rows}


def broken() -> list[str]:
    """Return what the invariants of the boards find."""
    numbers = ("I1", "I10", "I12")
    return [line for known in all_invariants() if known.number in numbers for line in known.check()]


# -- when


@pytest.mark.parametrize("day", [TODAY, LAST, OPENS - timedelta(days=1)])
def test_it_waits_until_late_answers_have_arrived(company, day):
    with clock.frozen(NOW + (day - TODAY)), pytest.raises(Refusal) as refused:
        service.close_season(dana(company), public_id(company))
    assert "2026年12月3日" in refused.value.message
    assert "2026年12月4日" in refused.value.message
    with pytest.raises(LookupError):
        service.get_final(dana(company), public_id(company))


def test_it_happens_once(company):
    boards = closed(company)
    with closing_day(), pytest.raises(Refusal, match="十一月"):
        service.close_season(dana(company), public_id(company))
    assert service.get_final(dana(company), public_id(company)) == boards


def test_nobody_of_another_organisation_closes_or_reads_it(company):
    carol = people.viewer(company.world.people["carol"])
    with closing_day(), pytest.raises(LookupError):
        service.close_season(carol, public_id(company))
    closed(company)
    with pytest.raises(LookupError):
        service.get_final(carol, public_id(company))


def test_a_closed_season_keeps_its_days_name_and_method(company):
    closed(company)
    with pytest.raises(Refusal):
        points.set_season(
            None, company.world.organisation, name="别的", starts_on=FIRST, ends_on=LAST
        )
    with pytest.raises(Refusal):
        points.change_season(
            1,
            company.world.organisation,
            public_id(company),
            points.SeasonDraft("别的", FIRST, LAST),
        )


# -- what


def test_the_boards_are_those_of_the_ledger(company):
    boards = closed(company)
    rows = rows_of(boards)
    assert set(rows) == {company.alpha, company.beta, company.gamma}
    days = (LAST - FIRST).days + 1
    mean = Fraction(28 * 82, 24 * days)
    for unit, size, earned in (
        (company.alpha, 8, 30),
        (company.beta, 6, 12),
        (company.gamma, 10, 40),
    ):
        assert rows[unit].score == shrunken_mean(earned, size * days, mean, 9)
        assert rows[unit].members == size
    assert (boards.season_name, boards.method) == ("十一月", "shrunken_mean")
    assert (boards.starts_on, boards.ends_on) == (FIRST, LAST)
    assert broken() == []


def test_the_board_of_the_last_day_and_the_closed_one_agree(company):
    with clock.frozen(NOW + (LAST - TODAY)):
        settle_boards()
        live = {
            unit: (company.standing(unit).score, company.standing(unit).rank)
            for unit in (company.alpha, company.beta, company.gamma)
        }
    frozen_rows = rows_of(closed(company))
    assert {unit: (row.score, row.rank) for unit, row in frozen_rows.items()} == live


def test_it_is_announced_with_its_honours(company, monkeypatch):
    heard: list[SeasonClosed] = []
    monkeypatch.setattr(core_events, "_listeners", [(SeasonClosed, heard.append)])
    closed(company)
    assert [fact.season_id for fact in heard] == [company.season]
    assert {honour.rank for honour in heard[0].honours} == {1, 2, 3}
    assert heard[0].honours == service.list_honours(company.season)
    assert heard[0].ended_on == LAST


def test_who_ties_shares_a_place_and_the_honours(company):
    extra = teams(company.world.organisation, company.world.workshop, [8], name="同分班")[0]
    company.earn(extra, 30)
    rows = closed(company).brackets[0]
    tied = [row for row in rows.honours if row.is_tied]
    assert {row.unit_id for row in tied} == {company.alpha, extra}
    assert len({row.rank for row in tied}) == 1


def test_the_most_improved_team_gained_most_in_the_second_half(company):
    company.earn(company.alpha, 40, FIRST)
    company.earn(company.beta, 30, LAST)
    best = closed(company).brackets[0].most_improved
    assert [row.unit_id for row in best] == [company.beta]
    assert best[0].gain > 0


def test_nobody_is_most_improved_when_nobody_gained(company):
    with clock.frozen(NOW):
        season = points.plan_season(
            1,
            company.world.organisation,
            points.SeasonDraft("短", LAST + timedelta(days=1), LAST + timedelta(days=1)),
        )
    view = points.get_season(season)
    with clock.frozen(NOW + timedelta(days=30)):
        service.freeze(view, ledger_until=clock.now(), actor_id=None)
    boards = service.get_final(dana(company), view.public_id)
    assert all(row.gain is None for row in rows_of(boards).values())
    assert all(bracket.most_improved == () for bracket in boards.brackets)


# -- afterwards


def test_names_stay_those_of_the_time(company):
    before = closed(company)
    org.change_unit(company.alpha, name="新名字")
    org.change_unit(company.world.workshop, name="新车间")
    assert service.get_final(dana(company), public_id(company)) == before
    assert broken() == []


def test_later_entries_stay_with_their_people_and_move_nothing(company):
    before = closed(company)
    with clock.frozen(NOW + (OPENS - TODAY) + timedelta(hours=1)):
        company.earn(company.beta, 30, LAST)
        settle_boards()
        person = members_of(company.beta)[0]
        assert points.sum_of_person(person, LAST, LAST) == 5
    assert service.get_final(dana(company), public_id(company)) == before
    assert company.standing(company.beta).score == rows_of(before)[company.beta].score
    assert service.rebuild_season(company.season) == 0
    assert broken() == []


def test_leave_that_is_recorded_later_changes_nothing(company):
    before = closed(company)
    org.record_absence(members_of(company.alpha)[0], FIRST, None)
    with closing_day():
        settle_boards()
    assert service.get_final(dana(company), public_id(company)) == before
    assert broken() == []


def test_who_changed_teams_left_their_points_where_they_were_earned(company):
    person = members_of(company.beta)[0]
    org.join_unit(person, company.gamma, TODAY)
    rows = rows_of(closed(company))
    sums = {row.unit_id: row.points for row in database.session.scalars(sa.select(FinalRow))}
    assert sums == {company.alpha: 30, company.beta: 12, company.gamma: 40}
    assert rows[company.beta].members == 6


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(FinalRow).values(score=1),
        sa.update(Final).values(season_name="x"),
        sa.delete(FinalRow),
        sa.delete(Final),
    ],
)
def test_the_database_refuses_to_change_it(company, statement):
    closed(company)
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), database.session.begin_nested():
        database.session.execute(statement)


def test_the_database_refuses_another_row(company):
    closed(company)
    row = database.session.execute(sa.select(FinalRow.__table__)).mappings().first()
    more = sa.insert(FinalRow).values(**{**row, "unit_id": company.world.workshop})
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), database.session.begin_nested():
        database.session.execute(more)


def test_a_row_that_was_changed_all_the_same_is_found(company):
    closed(company)
    drop = "DROP TRIGGER leaderboards_final_row_update"
    if database.engine.dialect.name != "sqlite":
        drop += " ON leaderboards_final_row"
    database.session.execute(sa.text(drop))
    database.session.execute(
        sa.update(FinalRow).where(FinalRow.unit_id == company.beta).values(score=999)
    )
    assert len([line for line in broken() if "seal" in line]) == 1
    assert len([line for line in broken() if "ledger" in line]) == 1


# -- mergers and splits


def test_a_merged_team_counts_in_the_row_of_its_successor(company):
    org.merge_units(None, company.beta, into_id=company.gamma, on=TODAY)
    settle_boards()
    assert company.standing(company.beta) is None
    row = company.standing(company.gamma)
    assert (row.points, row.bracket, row.members) == (52, "small", 10)
    assert row.member_days == (TODAY - FIRST).days * 16 + 16
    company.earn(company.beta, 5, FIRST)  # an answer from before that came late
    settle_boards()
    assert company.standing(company.gamma).points == 57
    assert service.rebuild_season(company.season) == 0
    assert set(rows_of(closed(company))) == {company.alpha, company.gamma}
    assert broken() == []


def test_a_team_merged_afterwards_stays_on_the_closed_boards(company):
    before = closed(company)
    with closing_day():
        org.merge_units(None, company.beta, into_id=company.gamma, on=OPENS)
        settle_boards()
    assert service.get_final(dana(company), public_id(company)) == before
    assert broken() == []


def test_a_merger_that_empties_a_shared_row_leaves_it_alone(company):
    tiny = teams(company.world.organisation, company.world.workshop, [4], name="小")[0]
    join(company.world.organisation, [company.world.workshop])
    company.earn(tiny, 5)
    settle_boards()
    assert company.row(Seat, tiny).ranked_unit_id == company.world.workshop
    org.merge_units(None, tiny, into_id=company.gamma, on=TODAY)
    settle_boards()
    assert company.row(Seat, tiny).ranked_unit_id == company.world.workshop
    assert company.standing(company.world.workshop).members == 5


def test_a_split_team_keeps_its_row_and_its_bracket(company):
    chosen = members_of(company.gamma)[:5]
    new = org.split_unit(None, company.gamma, name="新班", code="N9", people=chosen, on=TODAY)
    settle_boards()
    assert company.standing(company.gamma).points == 40
    assert company.standing(company.gamma).members == 10
    assert (company.standing(new).points, company.standing(new).members) == (0, 5)
    assert service.rebuild_season(company.season) == 0


# -- by every method


@pytest.mark.parametrize("method", points_rules.METHODS)
def test_the_live_board_and_the_closed_one_agree_by_every_method(company, method):
    database.session.execute(
        sa.update(Season).where(Season.id == company.season).values(method=method)
    )
    database.session.commit()
    dice = random.Random(method)
    for number in range((LAST - FIRST).days + 1):
        for unit in (company.alpha, company.beta, company.gamma):
            company.earn(unit, dice.randrange(40), FIRST + timedelta(days=number))
    with clock.frozen(NOW + (LAST - TODAY)):
        settle_boards()
        kept = {unit: company.standing(unit).score for unit in (company.alpha, company.gamma)}
        assert service.rebuild_season(company.season) == 0
        assert broken() == []
    rows = rows_of(closed(company))
    assert {unit: rows[unit].score for unit in kept} == kept
    assert broken() == []


# -- the seal


def test_the_seal_does_not_depend_on_the_order_of_rows():
    rows = [{"unit_id": 2, "name": "乙"}, {"unit_id": 10, "name": "甲"}]
    assert hash_of({"a": 1}, rows) == hash_of({"a": 1}, rows[::-1])
    assert hash_of({"a": 1}, rows) != hash_of({"a": 2}, rows)
    assert hash_of({}, []) == ("30162eb365c5810202f9dbc3394f8b0fac8751296d4bcee9f717eba382b2c8f0")


@pytest.mark.parametrize(("days", "length"), [(2, 1), (3, 1), (30, 15), (91, 45)])
def test_both_halves_of_a_season_are_equally_long(days, length):
    (first, middle), (later, last) = rules.halves(FIRST, FIRST + timedelta(days=days - 1))
    assert (middle - first).days + 1 == (last - later).days + 1 == length
    assert middle < later
    assert rules.halves(FIRST, FIRST) is None
