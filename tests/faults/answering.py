"""A process that takes sets until it is killed: ``python -m tests.faults.answering SEED``.

Writes the UUID of a submission to standard output once the command has returned, so the lines are
the journal of what was acknowledged. UUIDs follow from attempt and position: whoever goes on after
a kill sends what is open again, as a phone's outbox does.
"""

from __future__ import annotations

import os
import random
import sys
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

import config
from quizapp import create_app
from quizapp.accounts.models import Person
from quizapp.core.db import db
from quizapp.leaderboards import service as leaderboards
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import Submission
from tests.factories import people
from tests.factories.season import right_options


def uuid_of(attempt_id: str, position: int) -> str:
    """Return the UUID under which a position is submitted, every time the same."""
    return str(uuid5(NAMESPACE_OID, f"{attempt_id}:{position}"))


def take_set(person_id: int) -> None:
    """Take a person's set from its beginning, whatever is answered already, and say so."""
    viewer = people.viewer(person_id)
    attempt_id = quizzes.start_daily(viewer)
    for position in range(1, 6):
        uuid = uuid_of(attempt_id, position)
        options = right_options(attempt_id, position)
        quizzes.answer(viewer, attempt_id, Submission(position, options, uuid))
        print(uuid, flush=True)


def main(seed: int) -> None:
    """Let everybody of the first company take a set, in an order that ``seed`` gives."""
    chosen = type("Chosen", (config.Testing,), {"DATABASE_URL": os.environ["ANSWERING_URL"]})
    with create_app(chosen).app_context():
        first = select(Person.id).where(Person.organisation_id == 1).order_by(Person.id)
        who = list(db.session.scalars(first))
        random.Random(seed).shuffle(who)
        for person in who:
            take_set(person)
            leaderboards.tick()


if __name__ == "__main__":
    main(int(sys.argv[1]))
