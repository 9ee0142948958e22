"""People who assign and people who are meant, and tasks between them."""

from __future__ import annotations

from datetime import date

import pytest

from quizapp.accounts.permissions import Role
from quizapp.agenda import service
from quizapp.core.db import atomic
from quizapp.org import service as org
from tests.factories import people
from tests.factories import published as quizzes

THURSDAY = date(2026, 11, 26)


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
def tess(world):
    """Tess, who trains the company for safety."""
    root = org.find_unit_by_code(world.organisation, "A")

    @atomic
    def appoint():
        return people.person(world.organisation, root.id, "Tess", "1101", role=Role.SAFETY_TRAINER)

    world.people["tess"] = appoint()
    return people.viewer(world.people["tess"])


@pytest.fixture
def team(world):
    """The public id of the team."""
    return org.get_units([world.team])[world.team].public_id


@pytest.fixture
def quiz(world):
    """Publish a quiz for everybody: ``quiz("名称", ...)`` returns its public id."""

    def publish(name="动火作业专题测验", **settings):
        return quizzes.publish(world.organisation, name, **settings)

    return publish


@pytest.fixture
def assign(quiz, team):
    """Assign a quiz as somebody; without more words to the team, a new quiz, recommended."""
    number = iter(range(1, 100))

    def act(viewer, subject_id=None, *, units=None, persons=(), due_on=THURSDAY, **more):
        return service.assign(
            viewer,
            service.Draft(
                kind="quiz",
                subject_id=subject_id or quiz(f"测验{next(number)}"),
                units=tuple([team] if units is None else units),
                people=tuple(persons),
                due_on=due_on,
                **{"wish": "recommended", **more},
            ),
        )

    return act
