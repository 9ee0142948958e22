"""A season with three teams of the cast's workshop, and the people who look at them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core.db import db
from quizapp.org.models import Unit
from tests.factories import people
from tests.factories.season import open_season
from tests.factories.teams import teams


@pytest.fixture
def season(world):
    """A running season of 28 days, begun a week ago, with two more teams; returns its id."""
    teams(world.organisation, world.workshop, [6, 12])
    return open_season(world.organisation)


@pytest.fixture
def alice(world):
    """Alice, who leads the team."""
    return people.viewer(world.people["alice"])


@pytest.fixture
def bob(world):
    """Bob, who is in it."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def dana(world):
    """Dana, who administers the company."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def charlie(world):
    """Charlie, of another company."""
    return people.viewer(world.people["charlie"])


@pytest.fixture
def team_id(world):
    """The name of Alice's team in addresses."""
    return db.session.get_one(Unit, world.team).public_id


@pytest.fixture
def name_of(world):
    """Return the name in addresses of somebody of the cast."""

    def find(who: str) -> str:
        return db.session.scalar(select(Person.public_id).where(Person.id == world.people[who]))

    return find
