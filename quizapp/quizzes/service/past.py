"""Recording sets of the past in bulk: sets taken on paper, and the demo's history."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from question_bank.assembly import assemble
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
from .settings import BUILT_IN_RULES, built_in

CHUNK = 500
_NAMESPACE = UUID("6f1f4f0e-5d1c-4f4b-9b59-3c1d2a7e8f90")
_SECONDS_PER_ITEM = 25


@dataclass(frozen=True)
class PastSet:
    """A finished daily set: who, for which team and day, when, and which items were right."""

    person_id: int
    unit_id: int
    day: date
    at: datetime
    right: tuple[bool, ...]


@atomic
def record_past(organisation_id: int, sets: Iterable[PastSet]) -> int:
    """Write finished sets of the past, each with a form, its responses and its score; count them.

    Nothing is announced: the caller rewards them in bulk. A wrong item gets a wrong response where
    there is one, and every response is graded as any other.
    """
    zone = org.get_organisation(organisation_id).time_zone
    blueprint_id = built_in(organisation_id, rules.DAILY)
    seen: dict[int, dict[int, date]] = {}
    pool = items.get_pool(organisation_id, org.today(organisation_id))
    written, chunk = 0, []
    for past in sets:
        known = seen.setdefault(past.person_id, {})
        form = assemble(
            BUILT_IN_RULES[rules.DAILY],
            pool,
            f"{rules.daily_slot(past.day)}:{past.person_id}",
            today=past.day,
            seen=known,
        )
        picks = [(pick.uid, pick.version, pick.option_seed) for pick in form.picks]
        known.update({item_id: past.day for item_id, _version, _seed in picks})
        chunk.append((past, picks))
        if len(chunk) == CHUNK:
            written += _write(blueprint_id, zone, chunk)
            chunk = []
    return written + (_write(blueprint_id, zone, chunk) if chunk else 0)


def _write(
    blueprint_id: int, zone: str, chunk: list[tuple[PastSet, list[tuple[int, int, int]]]]
) -> int:
    forms = db.session.scalars(
        insert(Form).returning(Form.id, sort_by_parameter_order=True),
        [
            {
                "blueprint_id": blueprint_id,
                "seed": f"{rules.daily_slot(past.day)}:{past.person_id}",
                "length": len(picks),
                "created_at": past.at,
            }
            for past, picks in chunk
        ],
    ).all()
    attempts = db.session.scalars(
        insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True),
        [
            {
                **_attempt(past, form_id, zone, _responses(past, picks)),
                "blueprint_id": blueprint_id,
            }
            for (past, picks), form_id in zip(chunk, forms, strict=True)
        ],
    ).all()
    shown, given = [], []
    for (past, picks), form_id, attempt_id in zip(chunk, forms, attempts, strict=True):
        for position, (item_id, version_id, seed) in enumerate(picks, start=1):
            shown.append(
                {
                    "form_id": form_id,
                    "position": position,
                    "item_id": item_id,
                    "item_version_id": version_id,
                    "option_seed": seed,
                }
            )
        given += [{**row, "attempt_id": attempt_id} for row in _responses(past, picks)]
    db.session.execute(insert(FormItem), shown)
    db.session.execute(insert(Response), given)
    return len(chunk)


def _attempt(
    past: PastSet, form_id: int, zone: str, responses: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "public_id": security.public_id(),
        "person_id": past.person_id,
        "form_id": form_id,
        "unit_id": past.unit_id,
        "mode": rules.DAILY,
        "slot": rules.daily_slot(past.day),
        "day": past.day,
        "length": len(responses),
        "started_at": past.at,
        "deadline_at": rules.daily_deadline(days.day_closes_at(past.day, zone)),
        "state": FINISHED,
        "finished_at": past.at + timedelta(seconds=_SECONDS_PER_ITEM * len(responses)),
        "score": sum(row["score"] for row in responses),
    }


def _responses(past: PastSet, picks: list[tuple[int, int, int]]) -> list[dict[str, Any]]:
    rows = []
    for position, (_item_id, version_id, _seed) in enumerate(picks, start=1):
        item = items.get_stored(version_id).item
        which = past.person_id + past.day.toordinal()
        wrong = None if past.right[position - 1] else wrong_values(item, which)
        response = read_response(item, wrong or right_values(item))
        score = grade(item, response)
        rows.append(
            {
                "position": position,
                "item_version_id": version_id,
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
