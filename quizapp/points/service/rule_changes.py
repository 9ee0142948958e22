"""Who wrote or took back which version of the rules, for the desk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core.audit import AuditRow
from quizapp.core.db import db

PLANNED, DROPPED = "points.rules_planned", "points.rules_dropped"


@dataclass(frozen=True)
class RuleChange:
    """An act on the rules; ``since``: the first day of the version that was planned."""

    at: datetime
    by: str
    is_planned: bool
    version: str
    since: date | None


def list_rule_changes(viewer: Viewer, *, limit: int = 10) -> list[RuleChange]:
    """Return the newest acts on the rules of the viewer's organisation, the last one first."""
    rows = db.session.execute(
        select(AuditRow.at, AuditRow.action, AuditRow.object, AuditRow.facts, Person.name)
        .join(Person, Person.id == AuditRow.actor_id)
        .where(
            AuditRow.action.in_((PLANNED, DROPPED)),
            Person.organisation_id == viewer.organisation_id,
        )
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(limit)
    )
    return [
        RuleChange(
            at=row.at,
            by=row.name,
            is_planned=row.action == PLANNED,
            version=row.object.partition(":")[2],
            since=_day(json.loads(row.facts).get("since")),
        )
        for row in rows
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
