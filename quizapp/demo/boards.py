"""Boards of the demo: campaigns that run, come and are over, and what is counted by night."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core.db import atomic, db
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import CampaignDraft
from quizapp.org import service as org
from quizapp.org.rules import PLANT

from . import names

# Name, days until it begins (negative: since it began), days that it lasts, whether for one plant.
CAMPAIGNS = (
    ("安全生产月·人人讲安全", -9, 21, False),
    ("班组长领学周", -2, 7, True),
    ("岁末节能知识周", 12, 7, False),
)


def write(organisation_id: int, today: date) -> None:
    """Open the campaigns and count what is counted by day and by minute."""
    _open(organisation_id, today)
    leaderboards.count_by_minute()
    leaderboards.count_by_day()


@atomic
def _open(organisation_id: int, today: date) -> None:
    admin = db.session.scalars(
        select(Person).where(
            Person.organisation_id == organisation_id, Person.employee_number == names.ADMIN[1]
        )
    ).one()
    plant = org.list_units(organisation_id, kinds=(PLANT,))[0]
    for title, starts_in, days, is_of_plant in CAMPAIGNS:
        starts_on = today + timedelta(days=starts_in)
        leaderboards.record_campaign(
            organisation_id,
            CampaignDraft(
                title,
                starts_on,
                starts_on + timedelta(days=days - 1),
                (plant.public_id,) if is_of_plant else (),
            ),
            actor_id=admin.id,
        )
