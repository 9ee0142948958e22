"""What else a wall shows beside board and question: citations, the next event, days, notices."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask_babel import force_locale
from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy import or_, select

from quizapp.accounts.models import Person
from quizapp.core import clock, sse
from quizapp.core.db import db
from quizapp.core.redis import store
from quizapp.org import service as org
from quizapp.org.models import Unit

from .. import rules
from ..models import Bulletin, BulletinUnit, Display
from .editions import edition_of

KEPT_SECONDS = 24 * 3600
ZH = "zh_CN"


def news_channel(unit_id: int) -> str:
    """Return the channel on which the bulletins of a unit's walls are published."""
    return f"news:{unit_id}"


def current_news(organisation_id: int, unit_id: int) -> dict[str, Any]:
    """Return the bulletins of a wall: from the store, else built and kept.

    What is kept counts only with the edition the database has, and until the clock changes it.
    """
    edition = edition_of(organisation_id)
    opened = store()
    try:
        kept = opened.client.get(opened.key("news", unit_id))
        news: dict[str, Any] = json.loads(str(kept)) if kept else {}
        if news.get("n") == edition and datetime.fromisoformat(news["until"]) > clock.now():
            return news
    except RedisError:
        pass
    built = build_news(organisation_id, [unit_id])
    _keep(built)
    return built[unit_id]


def _keep(states: dict[int, dict[str, Any]]) -> None:
    opened = store()
    try:
        with opened.client.pipeline(transaction=False) as kept:
            for unit_id, state in states.items():
                kept.set(opened.key("news", unit_id), sse.compact(state), ex=KEPT_SECONDS)
            kept.execute()
    except RedisError:
        return


def publish_news(organisation_id: int, below: Iterable[int]) -> int:
    """Send the walls in these units and below them their bulletins; return to how many units."""
    paths = [unit.path for unit in org.get_units(below).values()]
    if not paths:
        return 0
    units = db.session.scalars(
        select(Display.unit_id)
        .join(Unit, Unit.id == Display.unit_id)
        .where(
            Display.organisation_id == organisation_id,
            Display.revoked_at.is_(None),
            or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
        )
        .distinct()
    ).all()
    states = build_news(organisation_id, units)
    _keep(states)
    sse.publish_many({news_channel(unit_id): state for unit_id, state in states.items()})
    return len(states)


def build_news(organisation_id: int, unit_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Build the bulletins of the walls in ``unit_ids``, at most 2 KB each. Always in Chinese.

    Two statements, whatever the number of units. A person's citation is among them only while the
    person agrees to it and is active.
    """
    edition = edition_of(organisation_id)
    zone = ZoneInfo(org.get_organisation(organisation_id).time_zone)
    now = clock.now().astimezone(zone)
    units = org.get_units(unit_ids)
    lines = {
        unit.id: [int(part) for part in unit.path.strip("/").split("/")] for unit in units.values()
    }
    placed = _placed(now.date(), {above for line in lines.values() for above in line})
    with force_locale(ZH):
        return {
            unit_id: {"n": edition, **_news_of(_on_line(placed, line), now)}
            for unit_id, line in lines.items()
        }


def _placed(day: date, unit_ids: set[int]) -> dict[int, list[Bulletin]]:
    """Return what is shown on ``day`` in each of these units."""
    rows = db.session.execute(
        select(Bulletin, BulletinUnit.unit_id)
        .join(BulletinUnit, BulletinUnit.bulletin_id == Bulletin.id)
        .outerjoin(Person, Person.id == Bulletin.person_id)
        .where(
            BulletinUnit.unit_id.in_(unit_ids),
            Bulletin.taken_down_at.is_(None),
            Bulletin.starts_on <= day,
            Bulletin.ends_on >= day,
            or_(Bulletin.consent.is_(None), Bulletin.consent == rules.AGREED),
            or_(Bulletin.person_id.is_(None), Person.is_active),
        )
        .order_by(Bulletin.id)
    )
    found: dict[int, list[Bulletin]] = defaultdict(list)
    for bulletin, unit_id in rows:
        found[unit_id].append(bulletin)
    return found


def _on_line(placed: dict[int, list[Bulletin]], line: list[int]) -> list[Bulletin]:
    """Return what a wall shows of its own unit and those above: the nearest first, each once."""
    nearest = (bulletin for unit_id in reversed(line) for bulletin in placed.get(unit_id, ()))
    return list({bulletin.id: bulletin for bulletin in nearest}.values())


def _news_of(bulletins: list[Bulletin], now: datetime) -> dict[str, Any]:
    of = {kind: [one for one in bulletins if one.kind == kind] for kind in rules.KINDS}
    coming = [one for one in of[rules.EVENT] if one.begins_at and one.begins_at > now]
    event = min(coming, key=lambda one: (one.begins_at, one.id), default=None)
    days = sorted(
        (one for one in of[rules.COUNTDOWN] if one.day and one.day >= now.date()),
        key=lambda one: (one.day, one.id),
    )
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    until = min(midnight, event.begins_at) if event and event.begins_at else midnight
    news: dict[str, Any] = {
        "until": until.astimezone(now.tzinfo).isoformat(timespec="seconds"),
        "month": format_skeleton("MMM", now.date(), locale=ZH),
        "event": _event(event, now) if event else None,
        "countdowns": [
            [one.title, one.day.isoformat()] for one in days[: rules.WALL_COUNTDOWNS] if one.day
        ],
        "notices": [[one.title, one.text] for one in of[rules.NOTICE][: rules.WALL_NOTICES]],
        "citations": [],
    }
    return _with_citations(news, sorted(of[rules.CITATION], key=lambda one: one.id), now.date())


def _with_citations(news: dict[str, Any], citations: list[Bulletin], day: date) -> dict[str, Any]:
    """Add as many citations as fit in the message; where they are more, each has its day."""
    for room in range(rules.WALL_CITATIONS, 0, -1):
        shown = rules.turn_of(citations, day, room)
        news["citations"] = [[one.name, one.under, one.text, one.title] for one in shown]
        if len(sse.compact(news).encode()) <= rules.NEWS_BYTES - 16:  # for the edition
            break
    return news


def _event(event: Bulletin, now: datetime) -> dict[str, Any]:
    assert event.begins_at is not None
    begins = event.begins_at.astimezone(now.tzinfo)
    day = f"{format_skeleton('MMMd', begins, locale=ZH)} {format_date(begins, 'EEE', locale=ZH)}"
    join = event.join_until
    return {
        "at": begins.isoformat(timespec="seconds"),
        "day": f"{day} {begins:%H:%M}",
        "title": event.title,
        "place": event.place,
        "host": event.host,
        "seats": event.seats,
        "note": event.text,
        "join": _("sign up by %(day)s", day=format_skeleton("MMMd", join, locale=ZH))
        if join and join >= now.date()
        else "",
        "link": event.link,
    }
