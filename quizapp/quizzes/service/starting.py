"""Starting a set: assemble its form from the pool, once a learning day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from question_bank.assembly import Pool, PoolItem, assemble, simple
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.org import rules as days
from quizapp.org import service as org

from .. import rules
from ..models import Attempt, Form, FormItem, QuizBlueprint

STARTING = 7003  # class of the advisory locks, one per person


@atomic
def start_daily(viewer: Viewer) -> str:
    """Return the public id of today's daily set, assembled now unless it was before.

    Two taps, two tabs and two devices get the same set. Raises Refusal when the pool is empty.
    """
    lock_for_command(STARTING, viewer.id)
    now = clock.now()
    day = days.learning_day(now, viewer.time_zone)
    slot = rules.daily_slot(day)
    known = db.session.scalar(
        select(Attempt.public_id).where(Attempt.person_id == viewer.id, Attempt.slot == slot)
    )
    if known:
        return known
    form = _assemble(viewer, day, seed=f"{slot}:{viewer.public_id}")
    attempt = Attempt(
        person_id=viewer.id,
        blueprint_id=form.blueprint_id,
        form_id=form.id,
        unit_id=org.unit_on(viewer.id, day),
        mode=rules.DAILY,
        slot=slot,
        day=day,
        length=form.length,
        started_at=now,
        deadline_at=rules.daily_deadline(days.day_closes_at(day, viewer.time_zone)),
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt.public_id


def _assemble(viewer: Viewer, day: date, seed: str) -> Form:
    drawn = assemble(
        simple(rules.DAILY_COUNT, rules.REST_DAYS),
        daily_pool(items.list_pool(viewer.organisation_id, day)),
        seed,
        today=day,
        seen=_last_seen(viewer.id),
    )
    if not drawn.picks:
        raise Refusal(_("There are no approved questions yet. They are on their way."))
    form = Form(
        blueprint_id=daily_blueprint(viewer.organisation_id), seed=seed, length=len(drawn.picks)
    )
    db.session.add(form)
    db.session.flush()
    db.session.execute(
        insert(FormItem),
        [
            {
                "form_id": form.id,
                "position": position,
                "item_id": pick.uid,
                "item_version_id": pick.version,
                "option_seed": pick.option_seed,
            }
            for position, pick in enumerate(drawn.picks, start=1)
        ],
    )
    return form


def daily_pool(lines: Iterable[items.PoolLine]) -> Pool:
    """Return the pool of a daily set, for which nothing but the theme of an item counts."""
    return Pool(
        PoolItem(line.item_id, line.version_id, line.theme, "", "", "medium", 0.0) for line in lines
    )


def _last_seen(person_id: int) -> dict[int, date]:
    """Return the last day on which a person met each item, by item id."""
    rows = db.session.execute(
        select(FormItem.item_id, func.max(Attempt.day))
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(Attempt.person_id == person_id)
        .group_by(FormItem.item_id)
    )
    return {item_id: day for item_id, day in rows}


def daily_blueprint(organisation_id: int) -> int:
    """Return the id of an organisation's blueprint for daily sets, made when it is first needed."""
    known = select(QuizBlueprint.id).where(
        QuizBlueprint.organisation_id == organisation_id, QuizBlueprint.mode == rules.DAILY
    )
    found = db.session.scalar(known)
    if found:
        return found
    # Two people may be the first of an organisation at the same moment.
    db.session.execute(
        insert(QuizBlueprint)
        .values(
            organisation_id=organisation_id,
            mode=rules.DAILY,
            name=rules.DAILY,
            rules=json.dumps({"count": rules.DAILY_COUNT, "rest_days": rules.REST_DAYS}),
        )
        .on_conflict_do_nothing()
    )
    return db.session.scalars(known).one()
