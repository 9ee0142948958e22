"""The boards of many walls, read at once: equal to each of them read alone, for far less."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.leaderboards import service
from quizapp.leaderboards.models import Standing
from quizapp.org.models import Unit
from quizapp.points import service as points
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.factories.season import settle_boards
from tests.factories.teams import teams

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[people.World]:
    """A company with workshops of teams of all sizes, ranked with ties."""
    with rolled_back(app), clock.frozen(NOW):
        made = people.world()
        for n in range(8):
            shop = people.unit(made.organisation, made.plant, "workshop", f"车间{n}", f"W{n}")
            teams(made.organisation, shop, [6, 8, 20, 45][: 2 + n % 3], name=f"班{n}-")
        points.set_season(
            None,
            made.organisation,
            name="十一月",
            starts_on=TODAY - timedelta(days=3),
            ends_on=TODAY + timedelta(days=20),
        )
        settle_boards()
        draw = random.Random(7)
        for row in database.session.scalars(select(Standing)):
            row.score = draw.randint(1, 9) * 100
        for bracket in ("small", "middle", "large"):
            rows = database.session.scalars(
                select(Standing).where(Standing.bracket == bracket).order_by(Standing.score.desc())
            ).all()
            for row in rows:
                row.rank = 1 + sum(other.score > row.score for other in rows)
                row.rank_before = draw.randint(1, 9)
        database.session.commit()
        yield made


def all_units(world: people.World) -> list[int]:
    """Return every unit of the company."""
    mine = Unit.organisation_id == world.organisation
    return list(database.session.scalars(select(Unit.id).where(mine)))


def test_walls_read_together_equal_walls_read_alone(world):
    units = all_units(world)
    alone = {unit: service.get_workshop_board(world.organisation, unit) for unit in units}
    assert service.get_workshop_boards(world.organisation, units) == alone
    assert any(board and board.own for board in alone.values())


def test_few_walls_are_read_one_by_one(world):
    units = all_units(world)[:2]
    alone = {unit: service.get_workshop_board(world.organisation, unit) for unit in units}
    assert service.get_workshop_boards(world.organisation, units) == alone


def test_more_walls_cost_no_more_statements(world, count_statements):
    units = all_units(world)
    alone = []
    for unit in units:
        with count_statements() as seen:
            service.get_workshop_board(world.organisation, unit)
        alone.append(len(seen))
    with count_statements() as together:
        service.get_workshop_boards(world.organisation, units)
    assert len(units) > 20
    assert len(together) <= 3 * max(alone) + 5, "a board of each bracket, one walk, the names"


def test_a_company_without_a_season_has_no_boards(world):
    assert service.get_workshop_boards(world.other_organisation, [world.other_team]) == {
        world.other_team: None
    }
