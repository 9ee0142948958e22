"""The guard from outside: whatever is assigned and taken back, no list ever has a third task.

What the rules promise of audiences, this tries with the statements that find them: people's own
lists are counted, so a target that a statement overlooks shows as a task too many.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.agenda import rules, service
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org.models import Unit
from quizapp.org.rules import week_of
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.factories import published as quizzes
from tests.savepoints import undone

WEEKS = (date(2026, 11, 26), date(2026, 12, 3))
UNITS, PEOPLE, QUIZZES = 6, 5, 4


@dataclass
class Stage:
    """Six units in a tree, five people in them, four quizzes, and who assigns all of it."""

    dana: Viewer
    units: list[str]
    people: list[str]
    viewers: list[Viewer]
    quizzes: list[str]


@pytest.fixture(scope="module")
def stage(app: Flask) -> Iterator[Stage]:
    """The stage, made once; every script is undone."""
    with rolled_back(app), clock.frozen(NOW):
        yield build()


@atomic
def build() -> Stage:
    """Add a second workshop with a team, and a second team in the first workshop."""
    world = people.world(team_size=2)
    second = people.unit(world.organisation, world.workshop, "team", "焊装二班", "A112")
    other = people.unit(world.organisation, world.plant, "workshop", "总装车间", "A12")
    far = people.unit(world.organisation, other, "team", "总装一班", "A121")
    ids = [world.people["alice"], world.people["bob"]]
    ids += [
        people.person(world.organisation, unit_id, f"人{unit_id}", f"9{unit_id}")
        for unit_id in (second, far, world.workshop)
    ]
    unit_ids = (world.plant, world.workshop, world.team, second, other, far)
    return Stage(
        dana=people.viewer(world.people["dana"]),
        units=[db.session.get_one(Unit, unit_id).public_id for unit_id in unit_ids],
        people=[db.session.get_one(Person, person_id).public_id for person_id in ids],
        viewers=[people.viewer(person_id) for person_id in ids],
        quizzes=[quizzes.publish(world.organisation, f"测验{n}") for n in range(QUIZZES)],
    )


assigning = st.tuples(
    st.sets(st.integers(0, UNITS - 1), max_size=2),
    st.sets(st.integers(0, PEOPLE - 1), max_size=2),
    st.integers(0, QUIZZES - 1),
    st.sampled_from(WEEKS),
    st.sampled_from(("voluntary", "recommended")),
)
scripts = st.lists(st.one_of(assigning, assigning, st.integers(0, 9)), min_size=3, max_size=12)


def play(stage: Stage, script: list) -> None:
    """Assign and take back as the script says, looking at every list after every step."""
    tasks: list[str] = []
    for step in script:
        if isinstance(step, int):
            if tasks:
                service.withdraw(stage.dana, tasks.pop(step % len(tasks)))
        else:
            units, persons, quiz, due_on, wish = step
            draft = service.Draft(
                kind="quiz",
                subject_id=stage.quizzes[quiz],
                units=tuple(stage.units[n] for n in units),
                people=tuple(stage.people[n] for n in persons),
                due_on=due_on,
                wish=wish,
            )
            with contextlib.suppress(Refusal):
                tasks.append(service.assign(stage.dana, draft))
        assert_light(stage)


def assert_light(stage: Stage) -> None:
    """Fail when somebody's list has a third task in a week, or the same quiz twice."""
    for viewer in stage.viewers:
        weeks = [week_of(task.due_on)[0] for task in service.list_tasks(viewer).open]
        assert all(weeks.count(monday) <= rules.WEEK_LIMIT for monday in weeks), viewer.name


@settings(max_examples=25)
@given(script=scripts)
def test_no_list_ever_has_a_third_task_in_a_week(stage, script):
    with undone():
        play(stage, script)


@settings(max_examples=10)
@given(new=assigning, script=st.lists(assigning, min_size=2, max_size=6))
def test_the_week_that_is_offered_has_room(stage, new, script):
    """Whatever else there is: what TooMuch offers is taken when it is tried."""
    with undone():
        play(stage, script)
        units, persons, _quiz, due_on, wish = new
        draft = {
            "kind": "quiz",
            "subject_id": quizzes.publish(stage.dana.organisation_id, "新的"),
            "units": tuple(stage.units[n] for n in units) or (stage.units[2],),
            "people": tuple(stage.people[n] for n in persons),
            "wish": wish,
        }
        offered = attempt(stage, due_on, draft)
        if offered:
            assert (offered - due_on) % timedelta(weeks=1) == timedelta(0)
            assert attempt(stage, offered, draft) is None
        assert_light(stage)


def attempt(stage: Stage, due_on: date, draft: dict) -> date | None:
    """Assign by a day and return None, or the better day that is offered instead."""
    try:
        service.assign(stage.dana, service.Draft(due_on=due_on, **draft))
    except service.TooMuch as too_much:
        return too_much.better_on or date.max
    return None
