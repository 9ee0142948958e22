"""Recording what a team answered, once, by whoever speaks for it; and telling what it earns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.grading import grade
from question_bank.responses import ResponseError, read_response
from quizapp.accounts.access import Viewer
from quizapp.core import clock, security
from quizapp.core.db import atomic, db, insert
from quizapp.core.events import Rewardable, announce, announce_rewards, tells_rewards
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.org import service as org

from ... import rules
from ...events import PreshiftAnswered
from ...models import Preshift, PreshiftAnswer
from ...rules import Shift
from .asking import PURPOSE, get_team, present_shift
from .codes import find_team
from .drawing import Drawn, anchor_of, option_seed
from .keeping import keep

BATCH = 500
ACTIVITY = "preshift_answered"


@dataclass(frozen=True)
class Entry:
    """What a form brings: the signed claim of what was shown, the option, the hands for each."""

    claim: str
    option: str
    hands: Mapping[str, str]
    way: str = rules.TV


@dataclass(frozen=True)
class _Claim:
    unit: str
    shift: Shift
    version_id: int


@atomic
def record(viewer: Viewer, entry: Entry) -> str:
    """Store the answer of a team of the viewer's and return the public id of its question.

    Who comes second is shown what is stored. Raises LookupError for a team of others, Refusal when
    the form cannot be taken.
    """
    claim = _read(entry)
    unit = get_team(viewer, claim.unit)
    way = rules.PAPER if entry.way == rules.PAPER else rules.TV
    return _record(viewer.organisation_id, unit, claim, entry, way, viewer.id)


@atomic
def record_on_wall(organisation_id: int, unit: org.UnitLine, entry: Entry, code: str) -> str:
    """Store the answer that was typed on the wall of ``unit``, for the team whose ``code`` it is.

    Raises Refusal when the code is nobody's or the form cannot be taken.
    """
    claim = _read(entry)
    now = present_shift(organisation_id)
    team = find_team(organisation_id, unit, now, code)
    if team is None:
        raise Refusal(
            _("This code is not the one of this shift. The leader's phone shows it."),
            field="code",
            status=422,
        )
    if claim.shift != now:
        raise Refusal(_("A new shift has begun. Its question is on the wall."), status=409)
    return _record(organisation_id, team, claim, entry, rules.KIOSK, None)


def _read(entry: Entry) -> _Claim:
    signed = security.unsign(PURPOSE, entry.claim)
    if signed is None:
        raise Refusal(_("This page is not complete. Please load it again."), status=422)
    unit, day, slot, version_id = signed[0]
    return _Claim(unit, Shift(date.fromisoformat(day), slot), version_id)


def _record(
    organisation_id: int,
    unit: org.UnitLine,
    claim: _Claim,
    entry: Entry,
    way: str,
    person_id: int | None,
) -> str:
    if not rules.may_enter(claim.shift, present_shift(organisation_id)):
        raise Refusal(
            _(
                "A question can be entered from its shift on, for %(n)s days.",
                n=rules.PRESHIFT_ENTRY_DAYS,
            ),
            status=409,
        )
    given = _given(claim.version_id, entry.option)
    hands = _hands(claim.version_id, entry.hands)
    order = option_seed(anchor_of(unit), claim.shift)
    seen = Drawn(items.get_stored(claim.version_id).item_id, claim.version_id, order)
    kept = keep(organisation_id, unit, claim.shift, seen)
    if _is_answered(kept):
        return kept.public_id
    # What the team had before its eyes counts, also where something else was stored meanwhile.
    kept.item_id, kept.item_version_id = seen.item_id, seen.version_id
    kept.option_seed = seen.option_seed
    db.session.flush()
    item = items.get_stored(claim.version_id).item
    written = db.session.execute(
        insert(PreshiftAnswer)
        .values(
            preshift_id=kept.id,
            given=json.dumps(given),
            hands=json.dumps(hands),
            is_correct=grade(item, read_response(item, given)).is_correct,
            way=way,
            recorded_by=person_id,
            recorded_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["preshift_id"])
        .returning(PreshiftAnswer.preshift_id)
    ).scalar()
    if written is not None:
        announce_rewards([_reward(kept)])
        announce(PreshiftAnswered(organisation_id=organisation_id, unit_id=unit.id))
    return kept.public_id


def _is_answered(kept: Preshift) -> bool:
    return db.session.get(PreshiftAnswer, kept.id) is not None


def _given(version_id: int, option: str) -> list[str]:
    item = items.get_stored(version_id).item
    try:
        return read_response(item, [option]).values()
    except ResponseError:
        raise Refusal(
            _("Choose the option that most hands were for, then submit."),
            field="option",
            status=422,
        ) from None


def _hands(version_id: int, counted: Mapping[str, str]) -> dict[str, int]:
    """Return how many hands each option got, of those that were counted."""
    ids = items.get_stored(version_id).item.option_ids  # type: ignore[union-attr]
    found: dict[str, int] = {}
    for option, typed in counted.items():
        if option not in ids or not typed.strip():
            continue
        if not typed.strip().isdecimal() or int(typed) > rules.MAX_HANDS:
            raise Refusal(
                _("Hands are a number up to %(n)s, or left empty.", n=rules.MAX_HANDS),
                field="hands",
                status=422,
            )
        found[option] = int(typed)
    return found


def _reward(kept: Preshift) -> Rewardable:
    """Return what an answered question may earn: for taking part, right or wrong alike."""
    return Rewardable(
        user_id=None,
        activity=ACTIVITY,
        source=rules.preshift_source(kept.id),
        quantity=1,
        occurred_on=kept.day,
        unit_id=kept.unit_id,
    )


@tells_rewards("quizzes.preshift")
def rewards_since(day: date) -> Iterator[Rewardable]:
    """Yield what every answered question may earn whose day is ``day`` or later."""
    last_id = 0
    while True:
        rows = db.session.scalars(
            select(Preshift)
            .join(PreshiftAnswer, PreshiftAnswer.preshift_id == Preshift.id)
            .where(Preshift.day >= day, Preshift.id > last_id)
            .order_by(Preshift.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        yield from map(_reward, rows)
        last_id = rows[-1].id
