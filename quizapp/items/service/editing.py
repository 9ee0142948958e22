"""Writing an item: its draft is saved as it is typed, and two people at once lose nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.core.security import public_id as new_public_id
from quizapp.org.rules import learning_day

from .. import rules
from ..models import (
    DRAFT,
    EDITING,
    NO_STAGE,
    RETURNED,
    SCHEDULED,
    Item,
    ItemDraft,
    ItemVersion,
)
from . import contents, finding, searching, sources, topics
from .contents import Passport, Wording

UNDER_REVIEW = frozenset({"first", "second", "final", SCHEDULED})
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True, kw_only=True)
class EditSheet:
    """An item as its author meets it.

    ``revision`` is 0 while nothing is saved of the next wording, ``version`` the number of the
    newest version, 0 when nothing was ever submitted. ``number`` is None for an item that is not
    stored yet.
    """

    public_id: str
    number: int | None
    wording: Wording
    revision: int = 0
    version: int = 0
    editor: str = ""
    saved_at: datetime | None = None
    status: str = DRAFT
    stage: str = NO_STAGE
    item_id: int | None = None
    is_deleted: bool = False

    @property
    def is_locked(self) -> bool:
        """Tell whether the newest wording is under review and cannot be changed now."""
        return self.stage in UNDER_REVIEW


@dataclass(frozen=True)
class Saved:
    """What a save left behind."""

    public_id: str
    number: int
    revision: int
    saved_at: datetime


class Conflict(Refusal):
    """Somebody else saved the same draft meanwhile; ``theirs`` is what is stored now."""

    def __init__(self, theirs: EditSheet) -> None:
        super().__init__(_("Somebody else has saved this question meanwhile."), status=409)
        self.theirs = theirs


def blank_sheet(viewer: Viewer, kind: str) -> EditSheet:
    """Return an empty sheet for a new item, with the topic and the source written with last."""
    last = db.session.scalar(
        select(Item)
        .where(
            Item.author_id == viewer.id,
            Item.organisation_id == viewer.organisation_id,
            Item.import_id.is_(None),  # an import says nothing about what is written next
        )
        .order_by(Item.id.desc())
        .limit(1)
    )
    passport = Passport(
        topic_id=last.topic_id if last else None,
        source_id=last.source_id if last else None,
        difficulty="easy",
        verified_on=learning_day(clock.now(), viewer.time_zone),
        author=viewer.name,
    )
    return EditSheet(
        public_id=new_public_id(),
        number=None,
        wording=Wording(contents.empty_draft(kind), passport),
    )


def get_sheet(viewer: Viewer, public_id: str) -> EditSheet:
    """Return an item as it stands on the desk; raise LookupError for one of others."""
    return _sheet(finding.find_item(viewer, public_id))


def _sheet(item: Item) -> EditSheet:
    row, version = finding.draft_row(item.id), finding.last_version(item.id)
    editor = db.session.get(Person, row.editor_id) if row and row.editor_id else None
    return EditSheet(
        public_id=item.public_id,
        number=item.id,
        wording=contents.newest(item, row, version),
        revision=row.revision if row else 0,
        version=version.number if version else 0,
        editor=editor.name if editor else "",
        saved_at=row.saved_at if row else None,
        status=item.status,
        stage=item.stage,
        item_id=item.id,
        is_deleted=item.deleted_at is not None,
    )


@atomic
def create(viewer: Viewer, public_id: str, wording: Wording, *, is_final: bool = True) -> Saved:
    """Store a new item under the name its page was given, and return what was saved.

    The same page sent twice makes one item. Raises Conflict when somebody changed it in between.
    """
    if not _PUBLIC_ID.fullmatch(public_id):
        public_id = new_public_id()
    known = db.session.scalar(select(Item).where(Item.public_id == public_id))
    if known is not None:
        if known.author_id != viewer.id:
            raise LookupError(f"item {public_id}")
        return save(viewer, public_id, wording, revision=1, is_final=is_final)
    place = _place(viewer, wording.passport, None)
    item = Item(
        public_id=public_id,
        organisation_id=viewer.organisation_id,
        uid=public_id,
        topic_id=place.topic_id,
        theme_id=place.theme_id,
        author_id=viewer.id,
        status=DRAFT,
        stage=EDITING,
    )
    db.session.add(item)
    db.session.flush()
    audit.record("items.added", f"item:{public_id}", actor_id=viewer.id)
    return _write(viewer, item, None, wording, is_final=is_final)


@atomic
def save(
    viewer: Viewer, public_id: str, wording: Wording, *, revision: int, is_final: bool = True
) -> Saved:
    """Save the next wording of an item over the revision the author saw.

    ``is_final``: topics and documents that were typed and do not exist are made; otherwise what was
    typed is kept as it is, because it may be half a word. Raises Conflict when somebody else saved
    meanwhile, Refusal while the item is under review or in the bin, LookupError for others' items.
    """
    item = finding.find_item(viewer, public_id, for_change=True)
    _refuse_unless_open(item)
    row = finding.draft_row(item.id)
    if (row.revision if row else 0) != revision:
        raise Conflict(_sheet(item))
    return _write(viewer, item, row, wording, is_final=is_final)


def _refuse_unless_open(item: Item) -> None:
    if item.deleted_at is not None:
        raise Refusal(_("This question is in the bin. Put it back first."))
    if item.stage in UNDER_REVIEW:
        raise Refusal(_("This wording is under review. Take it back first to change it."))


def _write(
    viewer: Viewer, item: Item, row: ItemDraft | None, wording: Wording, *, is_final: bool
) -> Saved:
    passport = _resolved(viewer, item, wording.passport) if is_final else wording.passport
    wording = replace(wording, passport=passport)
    if row is None:
        row = ItemDraft(item_id=item.id, revision=0)
        db.session.add(row)
    row.content, row.editor_id = contents.dump(wording), viewer.id
    row.revision, row.saved_at = row.revision + 1, clock.now()
    _describe(viewer, item, wording)
    db.session.flush()
    searching.index_items([item.id])
    return Saved(item.public_id, item.id, row.revision, row.saved_at)


def _place(viewer: Viewer, passport: Passport, item: Item | None) -> topics.Place:
    """Return where an item belongs: as chosen, else where it is, else with what is not sorted."""
    chosen = passport.topic_id or (item.topic_id if item else None)
    if chosen:
        return topics.place_of(viewer.organisation_id, chosen)
    return topics.make_topic(viewer.organisation_id, _("Not yet sorted"))


def _resolved(viewer: Viewer, item: Item, passport: Passport) -> Passport:
    """Turn a topic and a document that were typed into those of the bank."""
    if passport.topic_text.strip():
        place = topics.make_topic(viewer.organisation_id, passport.topic_text)
        passport = replace(passport, topic_id=place.topic_id, topic_text="")
    if passport.source_text.strip():
        source_id = sources.make_source(
            viewer.organisation_id, passport.source_text, passport.edition_text
        )
        passport = replace(passport, source_id=source_id, source_text="", edition_text="")
    return passport


def _describe(viewer: Viewer, item: Item, wording: Wording) -> None:
    """Keep what lists show of an item: that of its newest wording."""
    passport = wording.passport
    place = _place(viewer, passport, item)
    item.topic_id, item.theme_id = place.topic_id, place.theme_id
    item.kind, item.title = wording.draft.kind, rules.title_of(wording.draft.stem)
    item.difficulty, item.updated_at = passport.difficulty, clock.now()
    source = sources.get_source(viewer.organisation_id, passport.source_id)
    item.source_id = source.id if source else None
    short = source.short if source else passport.source_text.strip("《》 ")
    item.source_label = rules.source_label(short, passport.clause)[:200] if short else ""
    if item.current_version_id is None:
        item.valid_until = passport.valid_until
    if item.stage not in UNDER_REVIEW and item.stage != RETURNED:
        item.stage = EDITING


@atomic
def settle(viewer: Viewer, public_id: str, wording: Wording, how: str) -> Saved:
    """Settle that two people wrote at once, so that neither wording is lost.

    ``how`` is ``copy``: mine becomes a question of its own; or ``replace``: mine takes the place,
    and theirs becomes a question of its own, written by who wrote it. Raises Refusal for any other.
    """
    item = finding.find_item(viewer, public_id, for_change=True)
    if how == "copy":
        return _copy(viewer, item, wording, author_id=viewer.id)
    if how != "replace":
        raise Refusal(_("Choose what becomes of the two wordings."), status=422)
    _refuse_unless_open(item)
    row = finding.draft_row(item.id)
    if row is not None:
        _copy(viewer, item, contents.load(row.content), author_id=row.editor_id)
    return _write(viewer, item, row, wording, is_final=True)


@atomic
def duplicate(viewer: Viewer, public_id: str) -> Saved:
    """Make a new draft of one's own with the newest wording of an item; raise LookupError."""
    item = finding.find_item(viewer, public_id)
    wording = _sheet(item).wording
    mine = replace(wording, passport=replace(wording.passport, author=viewer.name))
    return _copy(viewer, item, mine, author_id=viewer.id)


def _copy(viewer: Viewer, item: Item, wording: Wording, *, author_id: int | None) -> Saved:
    name = new_public_id()
    copied = Item(
        public_id=name,
        organisation_id=item.organisation_id,
        uid=name,
        topic_id=item.topic_id,
        theme_id=item.theme_id,
        author_id=author_id,
        status=DRAFT,
        stage=EDITING,
    )
    db.session.add(copied)
    db.session.flush()
    audit.record("items.copied", f"item:{item.public_id}", actor_id=viewer.id, copy=name)
    return _write(viewer, copied, None, wording, is_final=False)


@atomic
def restore_version(viewer: Viewer, public_id: str, number: int) -> Saved:
    """Make an old version the next wording of its item, as a draft. Raises Refusal, LookupError.

    A draft that somebody is writing is not thrown away for it.
    """
    item = finding.find_item(viewer, public_id, for_change=True)
    _refuse_unless_open(item)
    row = finding.draft_row(item.id)
    if row is not None:
        raise Refusal(_("There is a draft of this question. Submit it or discard it first."))
    version = db.session.scalar(
        select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.number == number)
    )
    if version is None:
        raise LookupError(f"version {number} of {public_id}")
    audit.record("items.version_taken", f"item:{public_id}", actor_id=viewer.id, version=number)
    return _write(viewer, item, None, contents.of_version(item, version), is_final=False)


@atomic
def discard_draft(viewer: Viewer, public_id: str) -> None:
    """Throw away the draft of an item that has versions; the newest of them counts again.

    Raises Refusal when the draft is all there is: such an item goes to the bin as a whole.
    """
    item = finding.find_item(viewer, public_id, for_change=True)
    _refuse_unless_open(item)
    row, version = finding.draft_row(item.id), finding.last_version(item.id)
    if version is None:
        raise Refusal(_("This draft is all there is of the question. Delete the question instead."))
    if row is not None:
        db.session.delete(row)
    _describe(viewer, item, contents.of_version(item, version))
    is_live = item.current_version_id == version.id
    item.stage = NO_STAGE if is_live else RETURNED
    db.session.flush()
    searching.index_items([item.id])
    audit.record("items.draft_discarded", f"item:{public_id}", actor_id=viewer.id)


@atomic
def change_draft(viewer: Viewer, item: Item, change: Callable[[Wording], Wording]) -> Wording:
    """Change the next wording of an item, part of a bulk act, and return what it was before.

    An item without a draft gets one from its newest version. Raises Refusal while it is closed.
    """
    _refuse_unless_open(item)
    row, version = finding.draft_row(item.id), finding.last_version(item.id)
    before = contents.newest(item, row, version)
    _write(viewer, item, row, change(before), is_final=False)
    return before
