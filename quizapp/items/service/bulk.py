"""What is done with many items at once, and taking the last such act back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic, db, on_commit, savepoint
from quizapp.core.forms import Refusal
from quizapp.org.rules import learning_day
from quizapp.review import service as review

from ..models import APPROVED, Item
from . import editing, finding, topics
from .approving import SUBJECT
from .contents import Wording
from .drawing import get_stored
from .submitting import submit

DONE, UNDONE = "items.bulk_changed", "items.bulk_undone"
UNDO_TIME = timedelta(hours=1)


@dataclass(frozen=True)
class BulkResult:
    """What became of the chosen items: how many were changed, and (number, why not) of the rest.

    ``undo`` is the number under which the act can be taken back, None when it cannot.
    """

    act: str
    done: int
    left: tuple[tuple[int, str], ...]
    undo: int | None


Act = Callable[[Item], Any]


def _each(viewer: Viewer, public_ids: Sequence[str], act: str, change: Act) -> BulkResult:
    """Change every item on its own: one that refuses is named and the others go on.

    ``change`` returns what undoing needs to know of the item, None when that is nothing.
    """
    before: dict[str, Any] = {}
    left: list[tuple[int, str]] = []
    done = 0
    for item in finding.find_items(viewer, public_ids):
        try:
            with savepoint():
                known = change(item)
        except Refusal as refusal:
            db.session.refresh(item)
            left.append((item.id, refusal.message))
            continue
        done += 1
        if known is not None:
            before[str(item.id)] = known
    undo = _note(viewer, act, done, before) if done else None
    return BulkResult(act, done, tuple(left), undo)


def _note(viewer: Viewer, act: str, done: int, before: dict[str, Any]) -> int | None:
    row = AuditRow(
        actor_id=viewer.id,
        action=DONE,
        object=f"organisation:{viewer.organisation_id}",
        facts=json.dumps({"act": act, "number": done, "before": before}, ensure_ascii=False),
    )
    db.session.add(row)
    db.session.flush()
    return row.id if before else None


@atomic
def change_topic(viewer: Viewer, public_ids: Sequence[str], text: str) -> BulkResult:
    """File items under another topic, by its path; raise Refusal for an impossible one.

    A topic is no part of a wording: nothing has to be reviewed again.
    """
    place = topics.make_topic(viewer.organisation_id, text)

    def change(item: Item) -> list[int] | None:
        before = [item.topic_id, item.theme_id, place.topic_id]
        if item.topic_id == place.topic_id:
            return None
        _file(item, place.topic_id, place.theme_id)
        return before

    result = _each(viewer, public_ids, "topic", change)
    on_commit(get_stored.cache_clear)
    return result


def _file(item: Item, topic_id: int, theme_id: int) -> None:
    """Put an item, and the draft of its next wording, under a topic."""
    item.topic_id, item.theme_id = topic_id, theme_id
    row = finding.draft_row(item.id)
    if row is not None:
        content = json.loads(row.content)
        content.setdefault("passport", {})["topic_id"] = topic_id
        row.content = json.dumps(content, ensure_ascii=False)


@atomic
def extend_validity(viewer: Viewer, public_ids: Sequence[str], until: date | None) -> BulkResult:
    """Give drafts another last day; None makes them long-term.

    Until when a wording is valid is signed like the rest of it. So a published item gets a draft
    with the new day, which is then submitted for review like any other.
    """

    def change(item: Item) -> list[Any]:
        row = finding.draft_row(item.id)
        had_draft = row is not None
        before = editing.change_draft(viewer, item, lambda wording: _until(wording, until))
        saved = finding.draft_row(item.id)
        day = before.passport.valid_until
        return [
            had_draft,
            day.isoformat() if day else None,
            before.passport.is_long_term,
            saved.revision if saved else 0,
        ]

    return _each(viewer, public_ids, "validity", change)


def _until(wording: Wording, until: date | None, *, is_long_term: bool | None = None) -> Wording:
    is_open = until is None if is_long_term is None else is_long_term
    passport = replace(wording.passport, valid_until=until, is_long_term=is_open)
    return replace(wording, passport=passport)


@atomic
def submit_many(viewer: Viewer, public_ids: Sequence[str], note: str = "") -> BulkResult:
    """Submit the drafts among these items for review; the others say what keeps them."""
    return _each(
        viewer,
        public_ids,
        "submit",
        lambda item: submit(viewer, item.public_id, note=note).case_id,
    )


@atomic
def verify_again(viewer: Viewer, public_ids: Sequence[str]) -> BulkResult:
    """Say of published items that they are still right today, and submit them as new versions.

    They take the edition of their document that is in force now.
    """
    today = learning_day(clock.now(), viewer.time_zone)

    def change(item: Item) -> str:
        editing.change_draft(
            viewer,
            item,
            lambda wording: replace(wording, passport=replace(wording.passport, verified_on=today)),
        )
        return submit(viewer, item.public_id, note=_("Checked against the new edition.")).case_id

    return _each(viewer, public_ids, "submit", change)


@atomic
def withdraw_many(viewer: Viewer, public_ids: Sequence[str], reason: str) -> BulkResult:
    """Withdraw published items, which only who passes the final level may do; it is not undone.

    Raises Refusal for anybody else.
    """
    if not viewer.may(Permission.REVIEW_FINAL):
        raise Refusal(_("Only the final reviewer withdraws questions."), status=403)

    def change(item: Item) -> None:
        case = review.find_case(SUBJECT, item.current_version_id or 0)
        if item.status != APPROVED or case is None:
            raise Refusal(_("It is not published."))
        review.withdraw(viewer, case, reason)

    return _each(viewer, public_ids, "withdraw", change)


@atomic
def put_away(viewer: Viewer, public_ids: Sequence[str]) -> BulkResult:
    """Put items in the bin; what is published or under review stays until that has ended."""

    def change(item: Item) -> bool | None:
        if item.deleted_at is not None:
            return None
        if item.status == APPROVED:
            raise Refusal(_("It is published. It has to be withdrawn first."))
        if item.stage in editing.UNDER_REVIEW:
            raise Refusal(_("It is under review. It has to be taken back first."))
        item.deleted_at = clock.now()
        return True

    return _each(viewer, public_ids, "delete", change)


@atomic
def bring_back(viewer: Viewer, public_ids: Sequence[str]) -> BulkResult:
    """Take items out of the bin again, as they were."""

    def change(item: Item) -> bool | None:
        if item.deleted_at is None:
            return None
        item.deleted_at = None
        return True

    return _each(viewer, public_ids, "restore", change)


@atomic
def undo(viewer: Viewer, number: int) -> BulkResult:
    """Take back one's own last act on many items, within the hour; return what became of them.

    Items that somebody changed since are left as they are. Raises Refusal when there is nothing to
    take back any more.
    """
    row = db.session.scalar(
        select(AuditRow)
        .where(AuditRow.actor_id == viewer.id, AuditRow.action.in_((DONE, UNDONE)))
        .order_by(AuditRow.id.desc())
        .limit(1)
    )
    if row is None or row.id != number or row.action != DONE or clock.now() - row.at > UNDO_TIME:
        raise Refusal(_("This can no longer be taken back."))
    facts = json.loads(row.facts)
    act, before = str(facts["act"]), dict(facts["before"])
    items = db.session.scalars(
        select(Item)
        .where(
            Item.organisation_id == viewer.organisation_id,
            Item.id.in_([int(item_id) for item_id in before]),
        )
        .order_by(Item.id)
    ).all()
    done, left = 0, []
    for item in items:
        try:
            with savepoint():
                _REVERSE[act](viewer, item, before[str(item.id)])
                done += 1
        except Refusal as refusal:
            left.append((item.id, refusal.message))
    audit.record(UNDONE, f"act:{number}", actor_id=viewer.id, number=done)
    on_commit(get_stored.cache_clear)
    return BulkResult("undo", done, tuple(left), None)


def _changed_since() -> Refusal:
    return Refusal(_("It was changed since."))


def _undo_topic(_viewer: Viewer, item: Item, before: list[int]) -> None:
    topic_id, theme_id, given = before
    if item.topic_id != given:
        raise _changed_since()
    _file(item, topic_id, theme_id)


def _undo_validity(viewer: Viewer, item: Item, before: list[Any]) -> None:
    had_draft, day, is_long_term, revision = before
    row = finding.draft_row(item.id)
    if row is None or row.revision != revision:
        raise _changed_since()
    if not had_draft:
        editing.discard_draft(viewer, item.public_id)
        return
    until = date.fromisoformat(day) if day else None
    editing.change_draft(
        viewer, item, lambda wording: _until(wording, until, is_long_term=is_long_term)
    )


def _undo_submit(viewer: Viewer, _item: Item, case: str) -> None:
    review.cancel(viewer, case)


def _undo_delete(_viewer: Viewer, item: Item, _before: bool) -> None:
    item.deleted_at = None


def _undo_restore(_viewer: Viewer, item: Item, _before: bool) -> None:
    item.deleted_at = clock.now()


_REVERSE: dict[str, Callable[[Viewer, Item, Any], None]] = {
    "topic": _undo_topic,
    "validity": _undo_validity,
    "submit": _undo_submit,
    "delete": _undo_delete,
    "restore": _undo_restore,
}
