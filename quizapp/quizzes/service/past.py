"""Recording sets of the past in bulk: sets taken on paper, and the demo's history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from question_bank.assembly import Pick, Pool, assemble
from question_bank.examples import right_values, wrong_values
from question_bank.grading import grade
from question_bank.responses import read_response
from quizapp.core import security
from quizapp.core.db import atomic, db, insert
from quizapp.items import service as items
from quizapp.org import rules as days
from quizapp.org import service as org

from .. import rules
from ..models import FINISHED, Attempt, Form, FormItem, Response
from .forming import Memory
from .recollecting import Met, Recollection
from .settings import BUILT_IN_RULES, built_in

CHUNK = 500
_NAMESPACE = UUID("6f1f4f0e-5d1c-4f4b-9b59-3c1d2a7e8f90")
_SECONDS_PER_ITEM = 25


@dataclass(frozen=True)
class PastSet:
    """A finished set: who, for which team and day, when, and which items were right.

    ``mode`` is the daily set, or practice, of which a person may have taken any number.
    """

    person_id: int
    unit_id: int
    day: date
    at: datetime
    right: tuple[bool, ...]
    mode: str = rules.DAILY

    @property
    def seed(self) -> str:
        """Return the seed of its form."""
        return f"{self.mode}:{self.day}:{self.person_id}"


@dataclass(frozen=True)
class _Written:
    """A set with its form: what was asked and why, and the responses."""

    past: PastSet
    picks: tuple[Pick, ...]
    memory: Memory
    responses: list[dict[str, Any]]


@atomic
def record_past(organisation_id: int, sets: Iterable[PastSet]) -> int:
    """Write finished sets of the past, each with a form, its responses and its score; count them.

    ``sets`` come in the order of days. Nothing is announced: the caller rewards them in bulk. What
    was met comes again as the memory model asks for it. A wrong item gets a wrong response where
    there is one, and every response is graded as any other.
    """
    zone = org.get_organisation(organisation_id).time_zone
    blueprints = {mode: built_in(organisation_id, mode) for mode in (rules.DAILY, rules.PRACTICE)}
    known: dict[int, Recollection] = {}
    pool = items.get_pool(organisation_id, org.today(organisation_id))
    written = 0
    for chunk in _chunks(sets):
        _write(blueprints, zone, [_set(past, pool, known) for past in chunk])
        written += len(chunk)
    return written


def _chunks(sets: Iterable[PastSet]) -> Iterator[list[PastSet]]:
    coming = iter(sets)
    while chunk := list(islice(coming, CHUNK)):
        yield chunk


def _set(past: PastSet, pool: Pool, known: dict[int, Recollection]) -> _Written:
    """Return a set as its person would have met it, and remember how it went."""
    recollection = known.setdefault(past.person_id, Recollection(past.person_id))
    memory = recollection.memory(past.day)
    form = assemble(
        BUILT_IN_RULES[rules.DAILY],
        pool,
        past.seed,
        today=past.day,
        seen=memory.seen,
        wanted=memory.wanted,
    )
    responses = _responses(past, form.picks)
    recollection.note(
        past.day,
        [
            Met(pick.uid, pick.version, row["is_correct"], memory.purpose_of(pick.uid))
            for pick, row in zip(form.picks, responses, strict=True)
        ],
    )
    return _Written(past, tuple(form.picks), memory, responses)


def _write(blueprints: Mapping[str, int], zone: str, sets: Sequence[_Written]) -> None:
    forms = db.session.scalars(
        insert(Form).returning(Form.id, sort_by_parameter_order=True),
        [
            {
                "blueprint_id": blueprints[one.past.mode],
                "seed": one.past.seed,
                "length": len(one.picks),
                "created_at": one.past.at,
            }
            for one in sets
        ],
    ).all()
    attempts = db.session.scalars(
        insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True),
        [
            {
                **_attempt(one.past, form_id, zone, one.responses),
                "blueprint_id": blueprints[one.past.mode],
            }
            for one, form_id in zip(sets, forms, strict=True)
        ],
    ).all()
    shown, given = [], []
    for one, form_id, attempt_id in zip(sets, forms, attempts, strict=True):
        for position, pick in enumerate(one.picks, start=1):
            shown.append(
                {
                    "form_id": form_id,
                    "position": position,
                    "item_id": pick.uid,
                    "item_version_id": pick.version,
                    "option_seed": pick.option_seed,
                    "purpose": one.memory.purpose_of(pick.uid),
                }
            )
        given += [{**row, "attempt_id": attempt_id} for row in one.responses]
    db.session.execute(insert(FormItem), shown)
    db.session.execute(insert(Response), given)


def _attempt(
    past: PastSet, form_id: int, zone: str, responses: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "public_id": security.public_id(),
        "person_id": past.person_id,
        "form_id": form_id,
        "unit_id": past.unit_id,
        "mode": past.mode,
        "slot": rules.daily_slot(past.day) if past.mode == rules.DAILY else None,
        "day": past.day,
        "length": len(responses),
        "started_at": past.at,
        "deadline_at": rules.daily_deadline(days.day_closes_at(past.day, zone)),
        "state": FINISHED,
        "finished_at": past.at + timedelta(seconds=_SECONDS_PER_ITEM * len(responses)),
        "score": sum(row["score"] for row in responses),
    }


def _responses(past: PastSet, picks: Sequence[Pick]) -> list[dict[str, Any]]:
    rows = []
    for position, pick in enumerate(picks, start=1):
        item = items.get_stored(pick.version).item
        which = past.person_id + past.day.toordinal()
        wrong = None if past.right[position - 1] else wrong_values(item, which)
        response = read_response(item, wrong or right_values(item))
        score = grade(item, response)
        rows.append(
            {
                "position": position,
                "item_version_id": pick.version,
                "submission_uuid": str(
                    uuid5(_NAMESPACE, f"{past.person_id}:{past.day}:{position}")
                ),
                "given": json.dumps(response.values(), ensure_ascii=False),
                "score": score.points,
                "is_correct": score.is_correct,
                "is_rapid": False,
                "is_late": False,
                "received_at": past.at + timedelta(seconds=_SECONDS_PER_ITEM * position),
            }
        )
    return rows
