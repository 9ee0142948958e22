"""Open daily sets, prepared in bulk: what the answering and finishing scenarios use up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from question_bank.assembly import assemble, simple
from question_bank.examples import right_values
from question_bank.responses import read_response
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.org import rules as days
from quizapp.org import service as org
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Form, FormItem, Response
from quizapp.quizzes.service import tickets
from quizapp.quizzes.service.tickets import Ticket

from . import messages
from .messages import Message
from .world import ZONE, Account, World

FORMS_DRAWN = 100  # different sets of questions; people share them, each with rows of their own


@dataclass(frozen=True)
class Line:
    """An item of a set: its version, the seed of its options, the values of a right response."""

    item_id: int
    version_id: int
    option_seed: int
    right: tuple[str, ...]


@dataclass(frozen=True)
class OpenSet:
    """Somebody's set of today with an answer missing at every position of ``open``."""

    account: Account
    attempt_id: int
    blueprint_id: int
    lines: tuple[Line, ...]
    open: tuple[int, ...]

    def answer(self, position: int) -> Message:
        """Return the request that answers ``position``; needs an application context."""
        line = self.lines[position - 1]
        ticket = Ticket(
            attempt_id=self.attempt_id,
            person_id=self.account.id,
            session_id=self.account.session_id,
            position=position,
            version_id=line.version_id,
            option_seed=line.option_seed,
            blueprint_id=self.blueprint_id,
            rapid_tenths=0,
            language=0,
        )
        sent = {
            "ticket": tickets.seal(ticket),
            "uuid": str(uuid4()),
            "given": line.right,
            "sequence": 1,
            "claimed_at": None,
            "confident": None,
        }
        return messages.post_json("/api/v1/answers", self.account.cookie, sent)


@atomic
def open_sets(world: World, accounts: Sequence[Account], *, answered: int) -> list[OpenSet]:
    """Start today's set for ``accounts``, the first ``answered`` positions answered already."""
    today = org.today(world.organisation_id)
    drawn = _draw(world.organisation_id, today)
    lines = [drawn[place % len(drawn)] for place in range(len(accounts))]
    forms = _store_forms(world.organisation_id, lines)
    attempts = _store_attempts(world, accounts, forms, today)
    _store_responses([row.id for row in attempts], lines, answered)
    return [
        OpenSet(
            account, row.id, row.blueprint_id, chosen, tuple(range(answered + 1, len(chosen) + 1))
        )
        for account, row, chosen in zip(accounts, attempts, lines, strict=True)
    ]


def _draw(organisation_id: int, today: date) -> list[tuple[Line, ...]]:
    pool = items.get_pool(organisation_id, today)
    blueprint = simple(rules.DAILY_COUNT, rules.REST_DAYS)
    drawn = []
    for number in range(FORMS_DRAWN):
        picks = assemble(blueprint, pool, f"bench:{number}", today=today).picks
        drawn.append(
            tuple(
                Line(
                    item_id=pick.uid,
                    version_id=pick.version,
                    option_seed=pick.option_seed,
                    right=right_values_of(pick.version),
                )
                for pick in picks
            )
        )
    return drawn


def right_values_of(version_id: int) -> tuple[str, ...]:
    """Return the right response to a version as it is stored, and as a device may send it."""
    item = items.get_stored(version_id).item
    return tuple(read_response(item, right_values(item)).values())


def _store_forms(organisation_id: int, chosen: Sequence[tuple[Line, ...]]) -> Sequence[int]:
    blueprint_id = quizzes.built_in(organisation_id, rules.DAILY)
    forms = db.session.scalars(
        sa.insert(Form).returning(Form.id, sort_by_parameter_order=True),
        [{"blueprint_id": blueprint_id, "seed": "bench", "length": len(ls)} for ls in chosen],
    ).all()
    db.session.execute(
        sa.insert(FormItem),
        [
            {
                "form_id": form_id,
                "position": position,
                "item_id": line.item_id,
                "item_version_id": line.version_id,
                "option_seed": line.option_seed,
            }
            for form_id, lines in zip(forms, chosen, strict=True)
            for position, line in enumerate(lines, start=1)
        ],
    )
    return forms


def _store_attempts(
    world: World, accounts: Sequence[Account], forms: Sequence[int], today: date
) -> Sequence[Any]:
    deadline = rules.daily_deadline(days.day_closes_at(today, ZONE))
    blueprint_id = quizzes.built_in(world.organisation_id, rules.DAILY)
    return db.session.execute(
        sa.insert(Attempt).returning(
            Attempt.id, Attempt.blueprint_id, sort_by_parameter_order=True
        ),
        [
            {
                "person_id": account.id,
                "blueprint_id": blueprint_id,
                "form_id": form_id,
                "unit_id": account.unit_id,
                "mode": rules.DAILY,
                "slot": rules.daily_slot(today),
                "day": today,
                "length": rules.DAILY_COUNT,
                "deadline_at": deadline,
            }
            for account, form_id in zip(accounts, forms, strict=True)
        ],
    ).all()


def _store_responses(
    attempts: Sequence[int], chosen: Sequence[tuple[Line, ...]], answered: int
) -> None:
    rows = [
        {
            "attempt_id": attempt_id,
            "position": position,
            "item_version_id": line.version_id,
            "submission_uuid": str(uuid4()),
            "given": json.dumps(line.right),
            "score": 1.0,
            "is_correct": True,
            "received_at": clock.now(),
        }
        for attempt_id, lines in zip(attempts, chosen, strict=True)
        for position, line in enumerate(lines[:answered], start=1)
    ]
    if rows:
        db.session.execute(sa.insert(Response), rows)
