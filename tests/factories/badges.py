"""Badges for tests: written, active, earned by entries of the ledger, and shown."""

from __future__ import annotations

from functools import lru_cache
from itertools import count

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.badges import service
from quizapp.badges.models import Award, Badge
from quizapp.badges.rules import ACTIVITY, GOLD, Rule
from quizapp.badges.service import desk, keys, own
from quizapp.badges.service.desk import Draft
from quizapp.core.db import db
from quizapp.core.events import Rewardable
from quizapp.org import service as org
from quizapp.points import service as points

_numbers = count(1)
REPORTS = Rule(ACTIVITY, 1, activity="report_accepted")


_make_key = keys.new_private_key
_turns = count()


@lru_cache(maxsize=3)
def _made(number: int) -> bytes:
    """Return one of three private keys; making one takes a fifth of a second."""
    return _make_key()


def private_key(number: int | None = None) -> bytes:
    """Return a private key: the one of that number, else another than the two times before."""
    return _made((next(_turns) if number is None else number) % 3)


def draft(name: str = "题目纠错", rule: Rule = REPORTS, description: str = "") -> Draft:
    """Return a badge as somebody writes it."""
    return Draft(name, description, "flag", GOLD, rule)


def active(viewer: Viewer, name: str = "题目纠错", rule: Rule = REPORTS) -> str:
    """Write a badge, let it be earned and return its name in addresses."""
    badge_id = desk.add_badge(viewer, draft(name, rule))
    desk.activate(viewer, badge_id)
    return badge_id


def act(person_id: int, activity: str = "report_accepted", quantity: int = 1) -> None:
    """Let a person have done something, as the room it happens in tells the ledger."""
    organisation_id = _organisation_of(person_id)
    today = org.today(organisation_id)
    fact = Rewardable(
        user_id=person_id,
        activity=activity,
        source=f"test:{next(_numbers)}",
        quantity=quantity,
        occurred_on=today,
        unit_id=org.unit_on(person_id, today),
    )
    points.award(fact)
    service.mark([person_id])


def _organisation_of(person_id: int) -> int:
    return db.session.get_one(Person, person_id).organisation_id


def earned(viewer: Viewer, person_id: int, name: str = "题目纠错") -> str:
    """Let a person earn a badge that ``viewer`` writes; return the name of the award."""
    badge_id = active(viewer, name)
    act(person_id)
    service.evaluate_waiting()
    return award_of(badge_id, person_id)


def award_of(badge_id: str, person_id: int) -> str:
    """Return the name of a person's award in addresses."""
    return db.session.scalars(
        select(Award.public_id)
        .join(Badge, Badge.id == Award.badge_id)
        .where(Badge.public_id == badge_id, Award.person_id == person_id)
    ).one()


def shown(viewer: Viewer, award_id: str) -> str:
    """Let the owner show a badge and return the token of its link."""
    own.share(viewer, award_id, shows=True)
    token = own.get_award(viewer, award_id).share_token
    assert token
    return token


def badge_of(award_id: str) -> str:
    """Return the name of the badge that an award is of."""
    return db.session.scalars(
        select(Badge.public_id)
        .join(Award, Award.badge_id == Badge.id)
        .where(Award.public_id == award_id)
    ).one()
