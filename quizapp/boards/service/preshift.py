"""The pre-shift question on a wall: what it shows, and answers that are typed there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy import select

from quizapp.core import clock, sse
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.core.redis import store
from quizapp.org import service as org
from quizapp.org.models import Organisation
from quizapp.org.rules import TEAM, WORKSHOP, day_opens_at
from quizapp.quizzes import rules as quiz_rules
from quizapp.quizzes.service import preshift

from .. import rules
from ..models import Display
from .displays import Screen

AHEAD = timedelta(hours=2)
KEPT_SECONDS = 60
TRIES_SECONDS = 600


@dataclass(frozen=True)
class PreshiftWall:
    """A wall's question: the JSON for its page, and what a form on the wall itself carries.

    ``claim`` is empty when there is nothing to answer.
    """

    state: dict[str, Any]
    claim: str
    options: tuple[tuple[str, str, str], ...]  # id, letter, text


def current_question(organisation_id: int, unit_id: int) -> dict[str, Any] | None:
    """Return the question of a wall; None in a unit that is no team and no workshop.

    It is kept in the store for a minute: hundreds of walls that find their server again read it
    once for each unit.
    """
    opened = store()
    key = opened.key("question", unit_id)
    shift = preshift.present_shift(organisation_id)
    mark = f"{shift.day}:{shift.slot}"
    try:
        kept = opened.client.get(key)
        question: dict[str, Any] = json.loads(str(kept)) if kept else {}
        if question.get("turn") == mark:
            return question
    except RedisError:
        pass
    try:
        state = get_preshift(organisation_id, unit_id).state
    except LookupError:
        return None
    _keep(unit_id, state)
    return state


def _keep(unit_id: int, state: dict[str, Any]) -> None:
    opened = store()
    try:
        opened.client.set(opened.key("question", unit_id), sse.compact(state), ex=KEPT_SECONDS)
    except RedisError:
        return


def get_preshift(organisation_id: int, unit_id: int) -> PreshiftWall:
    """Return the question of a wall for the present shift; nothing is stored. Always in Chinese.

    The right option, the explanation and the source are there once the answer is stored, and not
    a byte of them before. Raises LookupError for a unit that is no team and no workshop.
    """
    unit = org.get_units([unit_id])[unit_id]
    if unit.kind not in (TEAM, WORKSHOP):
        raise LookupError(f"unit {unit_id}")
    shift = preshift.present_shift(organisation_id)
    found = preshift.find_question(organisation_id, unit, shift)
    with force_locale("zh_CN"):
        options = _options(found) if found else ()
        state = {
            "scope": unit.name,
            "shift": _shift_name(shift.slot),
            "day": [
                format_skeleton("MMMd", shift.day, locale="zh_CN"),
                format_date(shift.day, "EEE", locale="zh_CN"),
            ],
            "turn": f"{shift.day}:{shift.slot}",
            "until": _end_of(shift, _zone(organisation_id)),
            "as_of": _now(organisation_id).isoformat(timespec="seconds"),
            "stem": found.prompt.stem if found else None,
            "options": [[letter, text] for _id, letter, text in options],
            "count": _count(unit, found),
            "told": _told(found, options) if found and found.told else None,
            "none": None if found else _("No question is short enough yet."),
        }
    is_open = found is not None and found.told is None
    return PreshiftWall(state, found.claim if found and is_open else "", options)


def _end_of(shift: quiz_rules.Shift, zone: str) -> str:
    """Return when the question of the next shift takes the place of this one's."""
    length = timedelta(hours=quiz_rules.PRESHIFT_HOURS)
    turns = quiz_rules.SLOTS.index(shift.slot) + 1
    end = day_opens_at(shift.day, zone) + turns * length - quiz_rules.PRESHIFT_LEAD
    return end.isoformat(timespec="seconds")


def _options(found: preshift.Question) -> tuple[tuple[str, str, str], ...]:
    words = {"true": _("True"), "false": _("False")}
    is_statement = found.prompt.kind == "true_false"
    return tuple(
        (one.id, one.letter, words[one.id] if is_statement else one.text)
        for one in found.prompt.options
    )


def _told(
    found: preshift.Question, options: tuple[tuple[str, str, str], ...]
) -> dict[str, Any] | None:
    if found.told is None:
        return None
    letters = {one: letter for one, letter, _text in options}
    return {
        "right": letters[found.told.right],
        "chosen": letters.get(found.told.chosen),
        "why": found.told.explanation,
        "source": found.told.source,
    }


def _count(unit: org.UnitLine, found: preshift.Question | None) -> str | None:
    """Return how many teams of a workshop have answered; a number of teams, never which."""
    if unit.kind != WORKSHOP or found is None or not found.answered:
        return None
    return ngettext("%(num)d team has answered", "%(num)d teams have answered", found.answered)


def _shift_name(slot: str) -> str:
    return {
        quiz_rules.EARLY: _("Early shift"),
        quiz_rules.MIDDLE: _("Middle shift"),
        quiz_rules.NIGHT: _("Night shift"),
    }[slot]


def _zone(organisation_id: int) -> str:
    return db.session.get_one(Organisation, organisation_id).time_zone


def _now(organisation_id: int) -> datetime:
    return clock.now().astimezone(ZoneInfo(_zone(organisation_id)))


def record_on_display(screen: Screen, *, claim: str, option: str, code: str) -> None:
    """Record an answer that was typed on a display, with the code that the leader's phone shows.

    Raises Refusal when the code is wrong, after too many wrong ones, and for a form that is not
    complete.
    """
    opened = store()
    tries = opened.key("preshift", "tries", screen.id)
    if int(opened.client.incr(tries)) > rules.CODE_TRIES:
        raise Refusal(
            _("Too many tries. Please wait ten minutes, or answer on the phone."),
            status=429,
            field="code",
        )
    opened.client.expire(tries, TRIES_SECONDS)
    unit = org.get_units([screen.unit_id])[screen.unit_id]
    entry = preshift.Entry(claim=claim, option=option, hands={})
    preshift.record_on_wall(screen.organisation_id, unit, entry, code)
    opened.client.delete(tries)


def preshift_channel(unit_id: int) -> str:
    """Return the channel on which the question of a unit's walls is published."""
    return f"preshift:{unit_id}"


def publish_preshift(unit_id: int) -> None:
    """Send the walls of a team and of its workshop their question anew."""
    unit = org.get_units([unit_id])[unit_id]
    above = [int(part) for part in unit.path.strip("/").split("/")]
    rows = db.session.execute(
        select(Display.organisation_id, Display.unit_id)
        .where(Display.unit_id.in_(above), Display.revoked_at.is_(None))
        .distinct()
    ).all()
    for row in rows:
        try:
            state = get_preshift(row.organisation_id, row.unit_id).state
        except LookupError:
            continue  # a display of a plant, which shows boards only
        _keep(row.unit_id, state)
        try:
            sse.publish(preshift_channel(row.unit_id), state)
        except RedisError:
            return  # walls ask again when they find their server


def prepare_walls() -> int:
    """Store the questions of the shift that begins next for all walls that show them; count them.

    A wall and the phones below it then agree also when the bank changes in between.
    """
    stored = 0
    rows = db.session.execute(
        select(Display.organisation_id, Display.unit_id)
        .where(Display.revoked_at.is_(None), Display.pages.contains(f"{rules.PRESHIFT}:"))
        .distinct()
    ).all()
    units = org.get_units([row.unit_id for row in rows])
    for organisation_id in sorted({row.organisation_id for row in rows}):
        shift = quiz_rules.shift_at(clock.now() + AHEAD, _zone(organisation_id))
        teams = {
            team.id: team
            for row in rows
            if row.organisation_id == organisation_id
            for team in org.list_units(
                organisation_id, below=units[row.unit_id].path, kinds=(TEAM,)
            )
        }
        stored += preshift.prepare(organisation_id, [teams[i] for i in sorted(teams)], shift)
    return stored
