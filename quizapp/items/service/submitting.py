"""Handing a draft in: it becomes a version that never changes, and a case for the reviewers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.items import Item as BankItem
from question_bank.items import changes, from_payload
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.review import service as review

from .. import rules
from ..models import (
    APPROVED,
    CHECKED,
    EDITING,
    NO_STAGE,
    RETURNED,
    Item,
    ItemDraft,
    ItemVersion,
    Source,
    Topic,
)
from . import contents, correcting
from .approving import SUBJECT
from .finding import draft_row, find_item, last_version
from .readiness import Readiness, check_draft
from .sources import make_source
from .topics import make_topic, place_of
from .versions import hash_of


class NotReady(Refusal):
    """A draft cannot be reviewed yet; ``reasons`` says all that is missing or wrong."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join([_("It cannot be handed in yet."), *self.reasons]), status=422)


@dataclass(frozen=True)
class Submitted:
    """A wording is under review: the case's public id, and what its author was warned of."""

    case_id: str
    warnings: tuple[str, ...]


def get_readiness(viewer: Viewer, item_public_id: str) -> Readiness | None:
    """Return what stands between an item's draft and its review; None when it has no draft.

    Raises LookupError for an item of another organisation.
    """
    item = find_item(viewer, item_public_id)
    row = draft_row(item.id)
    return check_draft(item, row.content, org.today(item.organisation_id)) if row else None


@atomic
def submit(
    viewer: Viewer,
    item_public_id: str,
    *,
    note: str = "",
    is_typo: bool = False,
    correction: str = "",
) -> Submitted:
    """Hand an item's draft in for review.

    An item of a pack that nobody approved yet is handed in as it is, without a draft.

    ``is_typo``: the short way, granted only when nothing but writing changed. ``correction``: the
    public note when this puts right what learners met; empty otherwise. Raises LookupError for an
    item of another organisation, NotReady with every reason, Refusal when it is not its turn.
    """
    item = find_item(viewer, item_public_id, for_change=True)
    if item.status == CHECKED and item.stage == NO_STAGE and item.deleted_at is None:
        return _submit_checked(viewer, item, note)
    row = _draft_of(item)
    ready = check_draft(item, row.content, org.today(item.organisation_id))
    if ready.errors or ready.item is None:
        raise NotReady(ready.errors)
    before = db.session.get(ItemVersion, item.current_version_id or 0)
    version = _add_version(viewer, item, row, ready, ready.item)
    if before is not None and before.content_hash == version.content_hash:
        raise Refusal(_("Nothing was changed."), status=422)
    if is_typo and not _is_typo(item, before, version):
        raise Refusal(_("More than writing was changed: it takes the whole way."), status=422)
    if correction.strip():
        correcting.record_correction(item, before, version, correction)
    case_id = review.submit_wording(viewer, _wording(item, version), note=note, is_typo=is_typo)
    return Submitted(case_id, ready.warnings)


def _submit_checked(viewer: Viewer, item: Item, note: str) -> Submitted:
    """Hand in a version that came from a pack as it is; who does so vouches for it as its author.

    Raises NotReady when it is out of date by now.
    """
    version = db.session.get_one(ItemVersion, item.current_version_id)
    kept = contents.dump(contents.of_version(item, version))
    ready = check_draft(item, kept, org.today(item.organisation_id))
    if ready.errors:
        raise NotReady(ready.errors)
    wording = replace(_wording(item, version), author_id=version.author_id or viewer.id)
    return Submitted(review.submit_wording(viewer, wording, note=note), ready.warnings)


def _draft_of(item: Item) -> ItemDraft:
    """Return the draft to hand in; raise Refusal when there is none or it is not its turn."""
    if item.deleted_at is not None:
        raise Refusal(_("This question is in the bin. Take it out first."))
    if item.stage not in (EDITING, RETURNED):
        raise Refusal(_("A wording of this is under review already. Take it back first."))
    row = draft_row(item.id)
    if row is None:
        raise Refusal(_("There is no draft to hand in."))
    return row


def _add_version(
    viewer: Viewer, item: Item, row: ItemDraft, ready: Readiness, built: BankItem
) -> ItemVersion:
    """Fix the draft as the next version of its item."""
    author_id = row.editor_id or item.author_id or viewer.id
    papers, source = ready.papers, _file(item, ready)
    last = last_version(item.id)
    version = ItemVersion(
        item_id=item.id,
        number=last.number + 1 if last else 1,
        kind=built.kind,
        payload=json.dumps(built.to_payload(), ensure_ascii=False, sort_keys=True),
        difficulty=papers.difficulty,
        source_title=source.title,
        source_short=source.short,
        edition=source.edition,
        clause=papers.clause.strip(),
        source_url=source.url,
        author=papers.author.strip() or _name_of(author_id),
        verified_on=papers.verified_on or org.today(item.organisation_id),
        valid_until=papers.valid_until,
        workplace=papers.workplace.strip(),
        author_id=author_id,
    )
    version.content_hash = hash_of(version)
    db.session.add(version)
    db.session.flush()
    return version


def _file(item: Item, ready: Readiness) -> Source:
    """Give an item the topic and the document of its draft, made when they were only typed."""
    papers = ready.papers
    place = (
        place_of(item.organisation_id, papers.topic_id)
        if papers.topic_id
        else make_topic(item.organisation_id, papers.topic_text)
    )
    item.topic_id, item.theme_id = place.topic_id, place.theme_id
    source = ready.source or db.session.get_one(
        Source, make_source(item.organisation_id, papers.source_text, papers.edition_text)
    )
    item.source_id = source.id
    item.source_label = rules.source_label(source.short, papers.clause.strip())[:200]
    item.updated_at = clock.now()
    return source


def _name_of(person_id: int) -> str:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def _wording(item: Item, version: ItemVersion) -> review.Wording:
    return review.Wording(
        organisation_id=item.organisation_id,
        subject=SUBJECT,
        subject_id=version.id,
        thread_id=item.id,
        title=rules.case_title(item.id, _topic_of(item)),
        author_id=version.author_id,
        content_hash=version.content_hash,
    )


def _topic_of(item: Item) -> str:
    return db.session.scalar(select(Topic.name).where(Topic.id == item.topic_id)) or ""


def _is_typo(item: Item, before: ItemVersion | None, version: ItemVersion) -> bool:
    """Tell whether the short way is open: only writing changed, and the papers are the same."""
    if before is None or item.status != APPROVED:
        return False
    return _papers(before) == _papers(version) and changes.is_typo(
        from_payload(json.loads(before.payload)), from_payload(json.loads(version.payload))
    )


def _papers(version: ItemVersion) -> tuple[str | date | None, ...]:
    return (
        version.source_title,
        version.edition,
        version.clause,
        version.source_url,
        version.verified_on,
        version.valid_until,
        changes.folded(version.workplace),
    )
