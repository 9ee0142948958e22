"""Citations as the person meets them whom they would name: nothing is shown before a yes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org.models import Unit

from .. import rules
from ..models import Bulletin, BulletinUnit
from .bulletins import follow

SHOWN = 20


@dataclass(frozen=True)
class Citation:
    """What a wall would say of a person, word for word, and where and until when."""

    public_id: str
    name: str
    under: str
    why: str
    kind: str
    units: tuple[str, ...]
    starts_on: date
    ends_on: date
    consent: str


def list_citations(viewer: Viewer, *, only_asked: bool = False) -> list[Citation]:
    """Return the citations of the viewer that are or will be on walls, the newest first.

    ``only_asked``: those about which the viewer has said nothing yet.
    """
    today = clock.now().astimezone(ZoneInfo(viewer.time_zone)).date()
    which = [
        Bulletin.person_id == viewer.id,
        Bulletin.ends_on >= today,
        Bulletin.taken_down_at.is_(None),
    ]
    if only_asked:
        which.append(Bulletin.consent == rules.ASKED)
    rows = db.session.scalars(
        select(Bulletin).where(*which).order_by(Bulletin.id.desc()).limit(SHOWN)
    ).all()
    units = _units_of([row.id for row in rows]) if rows else {}
    return [
        Citation(
            public_id=row.public_id,
            name=row.name,
            under=row.under,
            why=row.text,
            kind=row.title,
            units=tuple(units[row.id]),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            consent=row.consent or rules.ASKED,
        )
        for row in rows
    ]


def _units_of(bulletin_ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    for bulletin_id, name in db.session.execute(
        select(BulletinUnit.bulletin_id, Unit.name)
        .join(Unit, Unit.id == BulletinUnit.unit_id)
        .where(BulletinUnit.bulletin_id.in_(bulletin_ids))
        .order_by(Unit.path)
    ):
        names[bulletin_id].append(name)
    return names


@atomic
def decide_citation(viewer: Viewer, public_id: str, decision: str) -> str:
    """Agree to one's own citation, decline it or take the name off all walls; return the consent.

    Deciding twice alike changes nothing. Raises LookupError for a citation of somebody else, and
    Refusal for a decision that does not exist or has nothing to decide about any more.
    """
    bulletin = db.session.scalar(
        select(Bulletin)
        .where(Bulletin.public_id == public_id, Bulletin.person_id == viewer.id)
        .with_for_update()
    )
    if bulletin is None:
        raise LookupError(f"citation {public_id}")
    wanted = rules.DECISIONS.get(decision)
    if wanted is None or bulletin.consent is None:
        raise Refusal(_("Choose one of the answers."), status=422)
    if bulletin.consent == wanted:
        return wanted
    if not rules.may_decide(bulletin.consent, decision):
        raise Refusal(_("This was decided already. Please look at it once more."), status=409)
    bulletin.consent, bulletin.decided_at = wanted, clock.now()
    follow(bulletin)
    audit.record(f"boards.citation_{wanted}", f"bulletin:{public_id}", actor_id=viewer.id)
    return wanted
