"""The people of the demo: whether there are any, and who is who."""

from __future__ import annotations

from sqlalchemy import select

from quizapp.core.db import db
from quizapp.org.rules import normal_number

from ..models import Person


def has_demo_people() -> bool:
    """Tell whether the database holds a person of the demo."""
    return db.session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None


def find_demo_person(organisation_id: int, number: str) -> int | None:
    """Return the id of the demo's person with an employee number; None for anybody real."""
    return db.session.scalar(
        select(Person.id).where(
            Person.organisation_id == organisation_id,
            Person.number_key == normal_number(number),
            Person.is_demo,
        )
    )
