"""Seasons: the stretches in which team scores are compared."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from .. import rules
from ..events import SeasonChanged
from ..models import Season


@dataclass(frozen=True)
class SeasonView:
    """A season as other rooms need it; ``ends_on`` is its last day.

    ``closed_at`` None: its boards are not frozen yet.
    """

    id: int
    public_id: str
    organisation_id: int
    name: str
    starts_on: date
    ends_on: date
    method: str = rules.SHRUNKEN_MEAN
    closed_at: datetime | None = None


@dataclass(frozen=True)
class SeasonDraft:
    """A season as it is asked for; ``ends_on`` is its last day."""

    name: str
    starts_on: date
    ends_on: date
    method: str = rules.SHRUNKEN_MEAN


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
    return [_season(season) for season in _meeting(organisation_id, first, last)]


def _meeting(organisation_id: int, first: date, last: date) -> list[Season]:
    found = db.session.scalars(
        select(Season)
        .where(
            Season.organisation_id == organisation_id,
            Season.starts_on <= last,
            Season.ends_on >= first,
        )
        .order_by(Season.starts_on)
    )
    return list(found)


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


def get_season_of(organisation_id: int, public_id: str) -> SeasonView:
    """Return an organisation's season by its public id; raise LookupError when it has none."""
    return _season(_fetch(organisation_id, public_id))


def _fetch(organisation_id: int, public_id: str) -> Season:
    season = db.session.scalar(
        select(Season).where(
            Season.organisation_id == organisation_id, Season.public_id == public_id
        )
    )
    if season is None:
        raise LookupError(f"season {public_id}")
    return season


def _season(season: Season) -> SeasonView:
    return SeasonView(**{field.name: getattr(season, field.name) for field in fields(SeasonView)})


@atomic
def set_season(
    actor_id: int | None,
    organisation_id: int,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    method: str = rules.SHRUNKEN_MEAN,
) -> int:
    """Open a season, or change the one that begins on the same day or is running; return its id.

    Raises Refusal when the days are the wrong way round, too many, or meet another season, and
    when the season is closed.
    """
    draft = SeasonDraft(name, starts_on, ends_on, method)
    _check_days(draft)
    meeting = _meeting(organisation_id, starts_on, ends_on)
    if len(meeting) > 1 or (meeting and meeting[0].starts_on < starts_on):
        raise _meets(meeting[0])
    season = meeting[0] if meeting else Season(organisation_id=organisation_id)
    return _write(actor_id, season, draft)


@atomic
def plan_season(actor_id: int | None, organisation_id: int, draft: SeasonDraft) -> int:
    """Plan a season of its own and return its id.

    Raises Refusal when the days are the wrong way round, too many, or meet another season.
    """
    _check_days(draft)
    meeting = _meeting(organisation_id, draft.starts_on, draft.ends_on)
    if meeting:
        raise _meets(meeting[0])
    return _write(actor_id, Season(organisation_id=organisation_id), draft)


@atomic
def change_season(actor_id: int, organisation_id: int, public_id: str, draft: SeasonDraft) -> None:
    """Change a season that is not closed; raise LookupError when the organisation has no such.

    Its first day and its method are fixed once it has begun: teams were seated by the one, and
    play by the other. Raises Refusal, too, when the days do not fit.
    """
    season = _fetch(organisation_id, public_id)
    _check_days(draft)
    others = [
        known
        for known in _meeting(organisation_id, draft.starts_on, draft.ends_on)
        if known.id != season.id
    ]
    if others:
        raise _meets(others[0])
    today = org.today(organisation_id)
    if season.starts_on <= today:
        _check_begun(season, draft, today)
    _write(actor_id, season, draft)


def _check_begun(season: Season, draft: SeasonDraft, today: date) -> None:
    """Refuse what may not change any more in a season that has begun."""
    if draft.starts_on != season.starts_on:
        raise Refusal(
            _("This season has begun; its first day stays %(day)s.", day=season.starts_on),
            field="starts_on",
            status=422,
        )
    if draft.method != season.method:
        raise Refusal(
            _("This season has begun; its way of scoring stays as it was announced."),
            field="method",
            status=422,
        )
    if draft.ends_on != season.ends_on and min(draft.ends_on, season.ends_on) < today:
        raise Refusal(
            _("Days that are over stay as they were; the last day may be today or later."),
            field="ends_on",
            status=422,
        )


def _check_days(draft: SeasonDraft) -> None:
    if draft.ends_on < draft.starts_on:
        raise Refusal(_("The last day lies before the first."), field="ends_on", status=422)
    if draft.ends_on - draft.starts_on >= timedelta(days=rules.SEASON_MAX_DAYS):
        raise Refusal(_("A season has at most 13 weeks."), field="ends_on", status=422)


def _meets(season: Season) -> Refusal:
    return Refusal(
        _("These days meet the season “%(name)s”.", name=season.name),
        field="starts_on",
        status=422,
    )


def _write(actor_id: int | None, season: Season, draft: SeasonDraft) -> int:
    if season.closed_at is not None:
        raise Refusal(_("The season “%(name)s” is closed; it stays as it is.", name=season.name))
    season.name, season.method = draft.name, draft.method
    season.starts_on, season.ends_on = draft.starts_on, draft.ends_on
    db.session.add(season)
    db.session.flush()
    audit.record(
        "points.season_set",
        f"season:{season.public_id}",
        actor_id=actor_id,
        name=season.name,
        starts_on=season.starts_on,
        ends_on=season.ends_on,
        method=season.method,
    )
    announce(SeasonChanged(season_id=season.id))
    return season.id


@atomic
def mark_closed(season_id: int, at: datetime) -> None:
    """Note that a season's boards are frozen; raise Refusal when they already are."""
    season = db.session.get_one(Season, season_id, with_for_update=True)
    if season.closed_at is not None:
        raise Refusal(_("The season “%(name)s” is closed; it stays as it is.", name=season.name))
    season.closed_at = at
    db.session.flush()
