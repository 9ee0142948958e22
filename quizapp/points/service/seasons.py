"""Seasons: the stretches in which team scores are compared."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import SeasonChanged
from ..models import Season


@dataclass(frozen=True)
class SeasonView:
    """A season as other rooms need it; ``ends_on`` is its last day."""

    id: int
    public_id: str
    organisation_id: int
    name: str
    starts_on: date
    ends_on: date


# Built once: every page with a board asks for it.
_SEASON = Season.__table__.c
_UNTIL = (
    select(*(_SEASON[field.name] for field in fields(SeasonView)))
    .where(
        _SEASON.organisation_id == bindparam("organisation"), _SEASON.starts_on <= bindparam("day")
    )
    .order_by(_SEASON.starts_on.desc())
    .limit(1)
)


def season_on(organisation_id: int, day: date) -> SeasonView | None:
    """Return the season that ``day`` falls in, or None between two."""
    season = db.session.scalar(
        select(Season).where(
            Season.organisation_id == organisation_id,
            Season.starts_on <= day,
            Season.ends_on >= day,
        )
    )
    return _season(season) if season else None


def season_until(organisation_id: int, day: date) -> SeasonView | None:
    """Return the season that is running on ``day``, else the last one before it, or None."""
    row = db.session.execute(_UNTIL, {"organisation": organisation_id, "day": day}).first()
    return SeasonView(*row) if row else None


def list_seasons(organisation_id: int, first: date, last: date) -> list[SeasonView]:
    """Return the seasons that have a day from ``first`` to ``last``, in their order."""
    seasons = db.session.scalars(
        select(Season)
        .where(
            Season.organisation_id == organisation_id,
            Season.starts_on <= last,
            Season.ends_on >= first,
        )
        .order_by(Season.starts_on)
    )
    return [_season(season) for season in seasons]


def latest_season(organisation_id: int) -> SeasonView | None:
    """Return the season that began or begins last, or None when there was never one."""
    season = db.session.scalar(
        select(Season)
        .where(Season.organisation_id == organisation_id)
        .order_by(Season.starts_on.desc())
        .limit(1)
    )
    return _season(season) if season else None


def get_season(season_id: int) -> SeasonView:
    """Return a season; raise LookupError when there is none."""
    season = db.session.get(Season, season_id)
    if season is None:
        raise LookupError(f"season {season_id}")
    return _season(season)


def _season(season: Season) -> SeasonView:
    return SeasonView(
        season.id,
        season.public_id,
        season.organisation_id,
        season.name,
        season.starts_on,
        season.ends_on,
    )


@atomic
def set_season(
    actor_id: int | None, organisation_id: int, *, name: str, starts_on: date, ends_on: date
) -> int:
    """Open a season, or change the one that begins on the same day or is running; return its id.

    Raises Refusal when the days are the wrong way round, too many, or meet another season.
    """
    if ends_on < starts_on:
        raise Refusal(_("The last day lies before the first."), field="ends_on", status=422)
    if ends_on - starts_on >= timedelta(days=rules.SEASON_MAX_DAYS):
        raise Refusal(_("A season has at most 13 weeks."), field="ends_on", status=422)
    overlapping = db.session.scalars(
        select(Season).where(
            Season.organisation_id == organisation_id,
            Season.starts_on <= ends_on,
            Season.ends_on >= starts_on,
        )
    ).all()
    if len(overlapping) > 1 or (overlapping and overlapping[0].starts_on < starts_on):
        raise Refusal(
            _("These days meet the season “%(name)s”.", name=overlapping[0].name),
            field="starts_on",
            status=422,
        )
    season = overlapping[0] if overlapping else Season(organisation_id=organisation_id)
    season.name, season.starts_on, season.ends_on = name, starts_on, ends_on
    db.session.add(season)
    db.session.flush()
    audit.record("points.season_set", f"season:{season.public_id}", actor_id=actor_id, name=name)
    announce(SeasonChanged(season_id=season.id))
    return season.id
