"""Recording answers of the past in bulk: the demo's history."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.org import service as org

from ... import rules
from ...models import Preshift, PreshiftAnswer
from ...rules import Shift
from .keeping import prepare


@dataclass(frozen=True)
class PastAnswer:
    """What a team answered before a shift: when, and whether most hands were right."""

    unit_id: int
    shift: Shift
    at: datetime
    is_right: bool


@atomic
def record_past(organisation_id: int, answers: Iterable[PastAnswer]) -> int:
    """Write answers of the past with their questions; count them.

    Nothing is announced: the caller rewards them in bulk.
    """
    written = 0
    for past in answers:
        unit = org.get_units([past.unit_id])[past.unit_id]
        prepare(organisation_id, [unit], past.shift)
        kept = db.session.scalar(
            select(Preshift).where(
                Preshift.unit_id == unit.id,
                Preshift.day == past.shift.day,
                Preshift.slot == past.shift.slot,
            )
        )
        if kept is None:
            continue  # the bank has no item short enough
        kept.prepared_at = past.at
        item = items.get_stored(kept.item_version_id).item
        key = item.key_ids  # type: ignore[union-attr]
        wrong = sorted(item.option_ids - key)  # type: ignore[union-attr]
        db.session.add(
            PreshiftAnswer(
                preshift_id=kept.id,
                given=json.dumps(sorted(key) if past.is_right else wrong[:1]),
                is_correct=past.is_right,
                way=rules.TV,
                recorded_at=past.at,
            )
        )
        written += 1
    return written
