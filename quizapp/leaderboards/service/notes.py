"""Noting what has to be summed again. Rows are added only: no lock, no counter, nothing hot."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, or_, select

from quizapp.core.db import atomic, db, insert
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.points import service as points
from quizapp.points.rules import WINDOW_DAYS

from ..models import Dirty, Renamed, Seat


@atomic
def note_dirty(unit_id: int, day: date) -> None:
    """Note that a unit's day has to be summed again."""
    db.session.execute(insert(Dirty).values(unit_id=unit_id, day=day))


@atomic
def note_dirty_since(unit_id: int, since: date) -> None:
    """Note every day of a unit from ``since`` until today that a score may still count."""
    unit = db.session.get_one(Unit, unit_id)
    today = org.today(unit.organisation_id)
    first = max(since, today - timedelta(days=WINDOW_DAYS))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    if days:
        db.session.execute(insert(Dirty), [{"unit_id": unit_id, "day": day} for day in days])


@atomic
def note_named(unit_id: int) -> None:
    """Note that boards which show the name of a unit, or of the unit above, have to be made anew.

    Nothing is noted for a unit that no board shows, as one that was just made.
    """
    seated = db.session.execute(
        select(Unit.id, Unit.organisation_id)
        .join(Seat, Seat.unit_id == Unit.id)
        .where(or_(Unit.id == unit_id, Unit.parent_id == unit_id))
        .limit(1)
    ).first()
    if seated:
        db.session.execute(insert(Renamed).values(organisation_id=seated.organisation_id))
        note_dirty(seated.id, org.today(seated.organisation_id))


@atomic
def seat_anew(unit_id: int) -> None:
    """Have the units of the season that is running seated anew, because this one was merged.

    Without a seat it is one that the boards do not know, and such a one makes them seat everybody.
    """
    organisation_id = db.session.get_one(Unit, unit_id).organisation_id
    today = org.today(organisation_id)
    season = points.season_on(organisation_id, today)
    if season is not None:
        db.session.execute(
            delete(Seat)
            .where(Seat.season_id == season.id, Seat.unit_id == unit_id)
            .execution_options(synchronize_session=False)
        )
        note_dirty(unit_id, today)
