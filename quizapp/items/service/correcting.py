"""Corrections with consequences: the public note, and the answers that are graded again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import aliased

from question_bank.items import changes, from_payload
from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import KeyCorrected
from ..models import Correction, Item, ItemVersion

NOTE_LENGTH = 500
SHOWN = 100
# Sets that were open when a key was corrected are final by then, and graded again too.
LATE = timedelta(days=7)


@dataclass(frozen=True)
class CorrectionLine:
    """A public note. ``gained`` is None where nothing was graded again, or not yet.

    ``gained_few`` says that there were some, but too few to show their number.
    """

    public_id: str
    title: str
    note: str
    at: datetime
    is_key_changed: bool
    gained: int | None
    gained_few: bool


def record_correction(
    item: Item, before: ItemVersion | None, version: ItemVersion, note: str
) -> None:
    """Keep the public note of a version that is handed in; it shows once that is published.

    Raises Refusal when learners never met the item.
    """
    if before is None:
        raise Refusal(_("Nobody has met this question yet: nothing is to be corrected."))
    db.session.add(
        Correction(
            organisation_id=item.organisation_id,
            item_id=item.id,
            old_version_id=before.id,
            new_version_id=version.id,
            is_key_changed=_is_key_changed(before, version),
            note=note.strip()[:NOTE_LENGTH],
        )
    )


def _is_key_changed(before: ItemVersion, after: ItemVersion) -> bool:
    return changes.is_key_changed(
        from_payload(json.loads(before.payload)), from_payload(json.loads(after.payload))
    )


def drop_correction(version_id: int) -> None:
    """Forget the note of a version that is not published after all; part of a command."""
    db.session.execute(delete(Correction).where(Correction.new_version_id == version_id))


def publish_correction(version_id: int) -> None:
    """Date the note of a version that is published now, and announce a changed key."""
    correction = db.session.scalar(
        select(Correction).where(Correction.new_version_id == version_id)
    )
    if correction is None:
        return
    correction.at = clock.now()
    audit.record("items.corrected", f"correction:{correction.public_id}")
    db.session.flush()
    if correction.is_key_changed:
        announce(_fact(correction))


def _fact(correction: Correction) -> KeyCorrected:
    """Return what is to be graded again: every earlier wording that had the same wrong key."""
    old = db.session.get_one(ItemVersion, correction.old_version_id)
    earlier = db.session.scalars(
        select(ItemVersion)
        .where(ItemVersion.item_id == correction.item_id, ItemVersion.number <= old.number)
        .order_by(ItemVersion.number)
    )
    return KeyCorrected(
        correction_id=correction.id,
        organisation_id=correction.organisation_id,
        item_id=correction.item_id,
        version_ids=tuple(one.id for one in earlier if not _is_key_changed(one, old)),
        new_version_id=correction.new_version_id,
    )


def _public() -> Select[Correction]:
    """Select the corrections whose version was published: it is, or was, the current one."""
    current, new = aliased(ItemVersion), aliased(ItemVersion)
    return (
        select(Correction)
        .join(Item, Item.id == Correction.item_id)
        .join(current, current.id == Item.current_version_id)
        .join(new, new.id == Correction.new_version_id)
        .where(new.number <= current.number)
    )


def get_key_correction(correction_id: int) -> KeyCorrected | None:
    """Return a published correction of a key, as it was announced; None when it is none."""
    found = db.session.scalar(
        _public().where(Correction.id == correction_id, Correction.is_key_changed)
    )
    return _fact(found) if found else None


def list_open_corrections() -> list[int]:
    """Return the corrections of keys whose grading is not through, or may still meet late sets."""
    found = _public().where(
        Correction.is_key_changed,
        Correction.credited.is_(None) | (Correction.at > clock.now() - LATE),
    )
    return [one.id for one in db.session.scalars(found.order_by(Correction.id))]


@atomic
def record_regraded(correction_id: int, regraded: int, credited: int) -> None:
    """Note how many responses a correction concerned and how many of them gained."""
    db.session.execute(
        update(Correction)
        .where(Correction.id == correction_id)
        .values(regraded=regraded, credited=credited)
    )


def list_corrections(viewer: Viewer) -> list[CorrectionLine]:
    """Return the newest hundred public notes of the viewer's organisation, newest first."""
    rows = db.session.execute(
        _public()
        .add_columns(Item.title)
        .where(Correction.organisation_id == viewer.organisation_id, Item.deleted_at.is_(None))
        .order_by(Correction.at.desc(), Correction.id.desc())
        .limit(SHOWN)
    ).all()
    return [_line(correction, title) for correction, title in rows]


def _line(correction: Correction, title: str) -> CorrectionLine:
    gained = correction.credited if correction.is_key_changed else None
    return CorrectionLine(
        public_id=correction.public_id,
        title=title,
        note=correction.note,
        at=correction.at,
        is_key_changed=correction.is_key_changed,
        gained=gained if gained is not None and rules.may_count(gained) else None,
        gained_few=bool(gained) and not rules.may_count(gained or 0),
    )


def titles_of(correction_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return for each correction the title of its item and the public note."""
    rows = db.session.execute(
        select(Correction.id, Item.title, Correction.note)
        .join(Item, Item.id == Correction.item_id)
        .where(Correction.id.in_(list(correction_ids)))
    )
    return {row.id: (row.title, row.note) for row in rows}
