"""Tasks of the demo: what the employee's team was asked to do by its leader.

What the law asks is there by itself: ``training`` writes a course.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Role
from quizapp.agenda import service as agenda
from quizapp.core.db import db
from quizapp.org.models import Unit

from . import names
from .bank import as_role

SUGGESTED_IN = timedelta(days=3)
LATER_IN = timedelta(days=25)
NOTE = "做完可以对照本班组的作业票看一看，哪一条最容易漏。"


def write(organisation_id: int, today: date) -> None:
    """Assign the first open quizzes to the employee's team; nothing while none is published."""
    leader = as_role(organisation_id, names.LEADER, Role.LEADER)
    team = db.session.scalars(
        select(Unit.public_id).where(
            Unit.organisation_id == organisation_id, Unit.name == names.HOME_TEAM
        )
    ).one()
    offers = agenda.list_offers(leader)
    suggested = [offer for offer in offers if not offer.legal_basis]
    if suggested:
        _assign(leader, suggested[0], team, today + SUGGESTED_IN, "recommended", NOTE)
    if len(suggested) > 1:
        _assign(leader, suggested[1], team, today + LATER_IN, "voluntary")


def _assign(
    viewer: Viewer, offer: agenda.Offer, team: str, due_on: date, wish: str, note: str = ""
) -> None:
    kind, _colon, subject_id = offer.key.partition(":")
    agenda.assign(
        viewer,
        agenda.Draft(
            kind=kind,
            subject_id=subject_id,
            units=(team,),
            people=(),
            due_on=min(due_on, offer.closes_on or due_on),
            wish=wish,
            note=note,
        ),
    )
