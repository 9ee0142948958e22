"""Closing a season: what is frozen, who may read it, and that nothing moves it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from quizapp.core import clock
from quizapp.core import events as core_events
from quizapp.core.checks import all_invariants
from quizapp.core.db import db as database
from quizapp.leaderboards import service
from quizapp.leaderboards.events import SeasonClosed
from quizapp.points import service as points
from quizapp.points.models import Season
from quizapp.points.rules import shrunken_mean
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.factories.season import settle_boards
from tests.factories.teams import teams
from tests.leaderboards.test_service import Company
from tests.savepoints import undone

FIRST, LAST = date(2026, 11, 12), date(2026, 11, 30)
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
        company.earn(company.alpha, 40)
        company.earn(beta, 12)
        company.earn(gamma, 50)
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


def closed(company: Company) -> service.FinalBoards:
    """Close the season on the first day on which that is possible, and return its boards."""
    with clock.frozen(NOW + timedelta(days=(OPENS - date(2026, 11, 18)).days)):
        service.close_season(dana(company), public_id(company))
    return service.get_final(dana(company), public_id(company))


def broken() -> list[str]:
    """Return what the invariants of the boards find."""
    numbers = ("I1", "I10", "I12")
    return [line for known in all_invariants() if known.number in numbers for line in known.check()]


def test_the_boards_are_those_of_the_ledger(company):
    boards = closed(company)
    assert [bracket.bracket for bracket in boards.brackets] == ["small"]
    rows = {row.unit_id: row for row in boards.brackets[0].rows}
    assert set(rows) == {company.alpha, company.beta, company.gamma}
    # The window of the last day: 28 days, but not before the season's first.
    days = (LAST - FIRST).days + 1
    from fractions import Fraction

    mean = Fraction(28 * 102, 24 * days)
    for unit, size, earned in (
        (company.alpha, 8, 40),
        (company.beta, 6, 12),
        (company.gamma, 10, 50),
    ):
        assert rows[unit].score == shrunken_mean(earned, size * days, mean, 9)
        assert rows[unit].members == size
    assert len(boards.hash) == 64


def test_it_is_announced_with_its_honours(company, monkeypatch):
    heard: list[SeasonClosed] = []
    monkeypatch.setattr(core_events, "_listeners", [(SeasonClosed, heard.append)])
    closed(company)
    assert [fact.season_id for fact in heard] == [company.season]
    assert {honour.rank for honour in heard[0].honours} == {1, 2, 3}
    assert heard[0].honours == service.list_honours(company.season)
