"""The rules of an organisation: what everybody begins with, and versions it wrote itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit
from quizapp.core.db import atomic, db, lock_for_command, on_commit
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from .. import rules
from ..models import StoredRules
from ..rules import Rule, RuleSet

RULES = 7013  # class of the advisory locks, one per organisation
AHEAD_DAYS = 92
# Every award asks for the rules. Another process may write a version at any time, but never one
# that has begun: what is remembered for so short a time is right for every day until tomorrow.
REMEMBERED_SECONDS = 20.0
_remembered: dict[int, tuple[float, tuple[RuleSet, ...]]] = {}


def rule_sets(organisation_id: int) -> tuple[RuleSet, ...]:
    """Return all versions of an organisation's rules, in the order they begin."""
    until, known = _remembered.get(organisation_id, (0.0, ()))
    if time.monotonic() >= until:
        rows = db.session.scalars(
            select(StoredRules)
            .where(StoredRules.organisation_id == organisation_id)
            .order_by(StoredRules.version)
        )
        known = tuple(_rule_set(row) for row in rows)
        _remembered[organisation_id] = (time.monotonic() + REMEMBERED_SECONDS, known)
    return (*rules.RULE_SETS, *known)


def forget_rules() -> None:
    """Drop what this process remembers; needed where databases change under it, as in tests."""
    _remembered.clear()


def rules_on(organisation_id: int, day: date) -> RuleSet:
    """Return the rules in force on a learning day."""
    return rules.in_force(rule_sets(organisation_id), day)


def _rule_set(row: StoredRules) -> RuleSet:
    return RuleSet(
        version=row.version,
        since=row.since,
        rules=tuple(Rule(*values) for values in row.rules),
        day_limit=row.day_limit,
        week_limit=row.week_limit,
    )


@atomic
def plan_rules(
    viewer: Viewer, *, since: date, listed: Sequence[Rule], day_limit: int, week_limit: int
) -> int:
    """Write the version that begins on ``since``, and return its number.

    A version that has not begun is written over; there is one at most. Raises Refusal, with the
    field, for a first day that is not in the next 92 days, for numbers that make no sense, and for
    whoever may not change rules.
    """
    _check_right(viewer)
    lock_for_command(RULES, viewer.organisation_id)
    today = org.today(viewer.organisation_id)
    if not today < since <= today + timedelta(days=AHEAD_DAYS):
        raise Refusal(
            _("New rules begin tomorrow at the earliest, and within three months."),
            field="since",
            status=422,
        )
    _drop_planned(viewer.organisation_id, today)
    newest = db.session.scalar(
        select(func.max(StoredRules.version)).where(
            StoredRules.organisation_id == viewer.organisation_id
        )
    )
    draft = RuleSet(
        version=(newest or rules.RULE_SETS[-1].version) + 1,
        since=since,
        rules=tuple(listed),
        day_limit=day_limit,
        week_limit=week_limit,
    )
    _check(draft)
    db.session.add(
        StoredRules(
            organisation_id=viewer.organisation_id,
            version=draft.version,
            since=since,
            rules=[[r.activity, r.points, r.day_limit, r.week_limit] for r in draft.rules],
            day_limit=day_limit,
            week_limit=week_limit,
            author_id=viewer.id,
        )
    )
    audit.record(
        "points.rules_planned",
        f"rules:{draft.version}",
        actor_id=viewer.id,
        since=since.isoformat(),
    )
    on_commit(forget_rules)
    return draft.version


@atomic
def drop_rules(viewer: Viewer, version: int) -> None:
    """Take back a version that has not begun.

    Raises LookupError when there is none of that number, Refusal when it has begun.
    """
    _check_right(viewer)
    today = org.today(viewer.organisation_id)
    row = db.session.scalar(
        select(StoredRules).where(
            StoredRules.organisation_id == viewer.organisation_id, StoredRules.version == version
        )
    )
    if row is None:
        raise LookupError(f"rules {version}")
    if row.since <= today:
        raise Refusal(_("This version has begun; write a new one instead."), status=409)
    db.session.delete(row)
    audit.record("points.rules_dropped", f"rules:{version}", actor_id=viewer.id)
    on_commit(forget_rules)


def _drop_planned(organisation_id: int, today: date) -> None:
    db.session.execute(
        delete(StoredRules).where(
            StoredRules.organisation_id == organisation_id, StoredRules.since > today
        )
    )


def _check_right(viewer: Viewer) -> None:
    if not viewer.may(Permission.MANAGE_RECOGNITION):
        raise Refusal(_("Only administrators change the rules of points."), status=403)


def _check(draft: RuleSet) -> None:
    """Raise Refusal for the first field whose number makes no sense."""
    for field, message in problems_in_words(draft).items():
        raise Refusal(message, field=field, status=422)


def problems_in_words(draft: RuleSet) -> dict[str, str]:
    """Return what is wrong with a draft, field > a sentence for the person; empty when sound."""
    words = {
        "range": _("This number is out of range: 0 to 10 points, at most 30 a day, 100 a week."),
        "below_once": _("This limit is lower than what one time earns."),
        "week_below_day": _("The limit of a week is lower than that of a day."),
        "above_all": _("The limit over all activities is lower than this one."),
        "unknown": _("Nothing in this product tells about this activity."),
    }
    return {field: words[problem] for field, problem in rules.problems_of(draft).items()}
