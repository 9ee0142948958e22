"""Building the demo world: organisation, people, bank, season; the past is in ``history``."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.formats import pack as packs
from question_bank.starter import paths
from quizapp.accounts import service as accounts
from quizapp.accounts.models import Consent, Person, RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.accounts.rules import NOTICE_VERSION
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.leaderboards import service as leaderboards
from quizapp.mastery import service as mastery
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.models import Absence, Membership
from quizapp.points import service as points

from . import (
    badges,
    bank,
    boards,
    corrections,
    displays,
    exams,
    history,
    names,
    quizzes,
    seasons,
    tasks,
    together,
    training,
)

HISTORY_DAYS = 30
SEASON_AGE_DAYS = 21
LINK_HOURS = 24


def load(progress: Callable[[str], None]) -> None:
    """Fill an empty database with the demo world; raise Refusal anywhere but in the demo."""
    if not (current_app.config["IS_DEMO"] or current_app.config["TESTING"]):
        raise Refusal(_("Demo accounts exist in the demo only."), status=403)
    organisation_id = _found()
    today = org.today(organisation_id)
    progress("24 个班组、300 位职工 · 24 teams, 300 people")
    _populate(organisation_id, today)
    progress("载入题库 · Loading the question bank")
    items.load_packs(organisation_id, _starter_packs())
    items.approve_for_demo(organisation_id)
    progress("写入 30 天的答题记录 · Writing thirty days of quizzes")
    seasons.write_shifts(organisation_id, today)
    history.write(organisation_id, today, days=HISTORY_DAYS)
    badges.practise(organisation_id, today)
    bank.write(organisation_id)
    quizzes.write(organisation_id)
    exams.write(organisation_id)
    training.write(organisation_id, today)
    corrections.write(organisation_id, today)
    progress("计算班组榜 · Computing the team boards")
    season_start = today - timedelta(days=SEASON_AGE_DAYS)
    seasons.write_pilot(organisation_id, today - timedelta(days=HISTORY_DAYS), season_start)
    points.set_season(
        None,
        organisation_id,
        name=f"{season_start.month} 月",
        starts_on=season_start,
        ends_on=season_start + timedelta(days=30),
    )
    while leaderboards.tick():
        continue
    boards.write(organisation_id, today)
    items.count_again()
    mastery.rebuild()
    tasks.write(organisation_id, today)
    together.write(organisation_id, today)
    seasons.plan_next(organisation_id)
    seasons.announce_rules(organisation_id, today)
    badges.write(organisation_id, today)
    displays.write(organisation_id, today)


def _starter_packs() -> list[packs.Pack]:
    found = [packs.read(path.read_bytes()).pack for path in paths()]
    return [pack for pack in found if pack]


@atomic
def _found() -> int:
    return org.found_organisation(
        name=names.GROUP, time_zone="Asia/Shanghai", code="JC", is_demo=True
    )


@atomic
def _populate(organisation_id: int, today: date) -> None:
    """Create the units and their people; memberships began before the history does."""
    root = org.find_unit_by_code(organisation_id, "JC")
    assert root is not None
    dice = random.Random("the people of the demo")  # nosec B311 - no secret
    number = iter(range(100500, 101500))
    for p, (plant, workshops) in enumerate(names.PLANTS, start=1):
        plant_id = org.add_unit(
            organisation_id, root.id, kind=org_rules.PLANT, name=plant, code=f"JC{p}"
        )
        for w, (workshop, teams) in enumerate(workshops, start=1):
            code = f"JC{p}{w:02}"
            workshop_id = org.add_unit(
                organisation_id, plant_id, kind=org_rules.WORKSHOP, name=workshop, code=code
            )
            for _staff in range(names.STAFF.get(workshop, 0)):
                _add(organisation_id, workshop_id, _person(dice, number, "工艺员"), today)
            for t, (team, size) in enumerate(teams, start=1):
                team_id = org.add_unit(
                    organisation_id, workshop_id, kind=org_rules.TEAM, name=team, code=f"{code}{t}"
                )
                posts = next(v for k, v in names.POSTS.items() if workshop.startswith(k))
                fixed = [names.EMPLOYEE, names.LEADER] if team == names.HOME_TEAM else []
                people = fixed + [
                    _person(dice, number, dice.choice(posts)) for _n in range(size - len(fixed))
                ]
                for place, person in enumerate(people):
                    added = _add(organisation_id, team_id, person, today)
                    is_leader = person == names.LEADER or (place == 0 and not fixed)
                    if is_leader:
                        added.post = "班组长"
                        _grant(added, Role.LEADER, team_id)
    for person, role in (
        (names.ADMIN, Role.ADMIN),
        (names.ORGANISER, Role.ORGANISER),
        (names.TRAINER, Role.SAFETY_TRAINER),
        (names.AUDITOR, Role.AUDITOR),
        (names.AUTHOR, Role.AUTHOR),
        (names.FIRST_REVIEWER, Role.FIRST_REVIEWER),
        (names.SECOND_REVIEWER, Role.SECOND_REVIEWER),
        (names.FINAL_REVIEWER, Role.FINAL_REVIEWER),
    ):
        _grant(_add(organisation_id, root.id, person, today), role, root.id)


def _person(dice: random.Random, number: object, post: str) -> tuple[str, str, str]:
    name = dice.choice(names.SURNAMES) + dice.choice(names.GIVEN)
    return name, str(next(number)), post  # type: ignore[call-overload]


def _add(organisation_id: int, unit_id: int, person: tuple[str, str, str], today: date) -> Person:
    """Add a person with consent; the demo's employee meets the first-use notice instead."""
    name, number, post = person
    is_new = person == names.EMPLOYEE
    is_quiet = not is_new and int(number) % 41 == 0
    consent = "unasked" if is_new else "declined" if is_quiet else "granted"
    added = Person(
        organisation_id=organisation_id,
        employee_number=number,
        number_key=number,
        name=name,
        post=post,
        consent=consent,
        is_demo=True,
    )
    db.session.add(added)
    db.session.flush()
    if not is_new:
        db.session.add(Consent(person_id=added.id, decision=consent, notice_version=NOTICE_VERSION))
    db.session.add(
        Membership(
            person_id=added.id, unit_id=unit_id, starts_on=today - timedelta(days=HISTORY_DAYS + 60)
        )
    )
    if int(number) % 37 == 0:
        db.session.add(
            Absence(
                person_id=added.id,
                starts_on=today - timedelta(days=9),
                ends_on=today + timedelta(days=5),
            )
        )
    return added


def _grant(person: Person, role: Role, unit_id: int) -> None:
    db.session.add(RoleGrant(person_id=person.id, role=role.value, unit_id=unit_id))


def make_link() -> str:
    """Return the path of a fresh one-time link for the demo's employee."""
    person_id = db.session.scalar(
        select(Person.id).where(Person.employee_number == names.EMPLOYEE[1], Person.is_demo)
    )
    if person_id is None:
        raise LookupError("the demo world is not loaded")
    return f"/link/{accounts.make_link(person_id, hours=LINK_HOURS)}"
