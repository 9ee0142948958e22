"""Exporting: a selection of items as a file in one of the formats, written in the background."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.formats import FORMATS, MAX_QUESTIONS, Written
from question_bank.formats.problems import Problem, Where
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock, jobs, storage
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.core.threads import aside

from ..models import Export, Import, Item, ItemDraft, ItemVersion, Source
from . import contents, topics
from .importing.rows import dump_problems, load_problems

WRITE_JOB = "items.write_export"
BATCH = 500
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class ExportView:
    """An export as its page shows it; ``left_out`` says what the format could not carry."""

    public_id: str
    format: str
    total: int
    state: str
    filename: str
    at: datetime
    left_out: Sequence[Problem]


@dataclass(frozen=True)
class ExportFile:
    """The file itself."""

    data: bytes
    filename: str
    media_type: str


@atomic
def start(viewer: Viewer, item_ids: Sequence[int], format: str, *, has_key: bool = True) -> str:
    """Have a selection written as a file; return the public id of the export.

    ``has_key`` False leaves the answers out where the format is for paper. Raises Refusal for an
    unknown format, an empty selection, or more than 20,000 items.
    """
    chosen = FORMATS.get(format)
    if chosen is None or chosen.write is None:
        raise Refusal(_("This format is not known."), status=422, field="format")
    if not item_ids:
        raise Refusal(_("Choose at least one question to export."), status=422)
    if len(item_ids) > MAX_QUESTIONS:
        raise Refusal(
            _("At most %(limit)s questions fit into one file.", limit=MAX_QUESTIONS), status=422
        )
    export = Export(
        organisation_id=viewer.organisation_id,
        person_id=viewer.id,
        format=format,
        has_key=has_key,
        selection=json.dumps(list(item_ids)),
        total=len(item_ids),
    )
    db.session.add(export)
    db.session.flush()
    audit.record("items.exported", f"export:{export.public_id}", number=export.total, format=format)
    on_commit(partial(jobs.enqueue, WRITE_JOB, export_id=export.id))
    return export.public_id


def write(export_id: int) -> None:
    """Write an export's file; once it is written, doing so again changes nothing."""
    export = db.session.get(Export, export_id)
    if export is None or export.state != "writing":
        return
    item_ids = json.loads(export.selection)
    questions = list(_questions(export.organisation_id, item_ids))
    written = aside(_written, export.format, export.has_key, questions, _media(questions))
    _finish(export_id, written)


def _written(
    format: str, has_key: bool, questions: Sequence[Question], media: Mapping[str, bytes]
) -> Written:
    if format == "word":
        # Loaded here, as the registry does: the library behind it slows every start.
        from question_bank.formats import word

        return word.write(questions, media, with_key="end" if has_key else "none")
    chosen = FORMATS[format]
    assert chosen.write is not None
    return chosen.write(questions, media)


@atomic
def _finish(export_id: int, written: Written) -> None:
    export = db.session.get(Export, export_id, with_for_update=True)
    if export is None or export.state != "writing":
        return
    export.blob_ref = storage.put(written.data)
    export.media_type = written.media_type
    day = clock.now().date().isoformat()
    export.filename = f"{_('Questions')}-{day}{written.filename_extension}"
    export.left_out = dump_problems(written.left_out)
    export.state = "done"


@atomic
def fail(export_id: int) -> None:
    """Note that an export could not be written, so that its page says so."""
    export = db.session.get(Export, export_id)
    if export is not None and export.state == "writing":
        export.state = "failed"


def _questions(organisation_id: int, item_ids: Sequence[int]) -> Iterator[Question]:
    """Yield the newest wording of each item in the order of the selection."""
    paths = {
        line.id: tuple(line.path.split(topics.SEPARATOR))
        for line in topics.list_topics(organisation_id, is_counted=False)
    }
    sources = {
        source.id: source.title
        for source in db.session.scalars(
            select(Source).where(Source.organisation_id == organisation_id)
        )
    }
    for some in _parts(item_ids):
        wordings = _wordings(organisation_id, some)
        for item_id in some:
            if item_id in wordings:
                item, wording = wordings[item_id]
                yield _question(item, wording, paths, sources)


def _parts(item_ids: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(item_ids)
    while part := list(islice(remaining, BATCH)):
        yield part


def _wordings(
    organisation_id: int, item_ids: Sequence[int]
) -> dict[int, tuple[Item, contents.Wording]]:
    """Return items with their newest wordings, two statements for all of them."""
    rows = db.session.execute(
        select(Item, ItemVersion, ItemDraft.content)
        .outerjoin(ItemVersion, ItemVersion.id == Item.current_version_id)
        .outerjoin(ItemDraft, ItemDraft.item_id == Item.id)
        .where(
            Item.organisation_id == organisation_id,
            Item.id.in_(item_ids),
            Item.deleted_at.is_(None),
        )
    )
    found = {}
    for row in rows:
        item, version, content = row[0], row[1], row.content
        if content:
            found[item.id] = (item, contents.load(content))
        elif version:
            found[item.id] = (item, contents.of_version(item, version))
    return found


def _question(
    item: Item,
    wording: contents.Wording,
    paths: Mapping[int, tuple[str, ...]],
    sources: Mapping[int, str],
) -> Question:
    passport = wording.passport
    return Question(
        draft=wording.draft,
        where=Where(item=item.uid),
        name=item.uid,
        category=paths.get(item.topic_id, ()),
        difficulty=passport.difficulty,
        source=sources.get(passport.source_id or 0, ""),
        clause=passport.clause,
        author=passport.author,
        verified_on=passport.verified_on,
        valid_until=passport.valid_until,
        workplace=passport.workplace,
    )


def _media(questions: Iterable[Question]) -> dict[str, bytes]:
    return storage.get_all({ref for question in questions for ref in _refs(question.draft)})


def _refs(draft: Draft) -> Iterator[str]:
    yield from (media.ref for media in draft.media)
    yield from (media.captions for media in draft.media if media.captions)
    yield from (option.image for option in draft.options if option.image)
    if draft.image:
        yield draft.image
    for part in draft.parts:
        yield from _refs(part)


def _get(viewer: Viewer, public_id: str) -> Export:
    """Return the viewer's own export; raise LookupError for any other."""
    export = db.session.scalar(
        select(Export).where(Export.public_id == public_id, Export.person_id == viewer.id)
    )
    if export is None or not viewer.may(Permission.WRITE_ITEMS):
        raise LookupError(f"export {public_id}")
    return export


def view_export(viewer: Viewer, public_id: str) -> ExportView:
    """Return how far the viewer's export is; raise LookupError for anybody else's."""
    export = _get(viewer, public_id)
    return ExportView(
        public_id=export.public_id,
        format=FORMATS[export.format].title,
        total=export.total,
        state=export.state,
        filename=export.filename,
        at=export.created_at,
        left_out=load_problems(export.left_out),
    )


def get_export_file(viewer: Viewer, public_id: str) -> ExportFile:
    """Return the file of the viewer's export; raise LookupError until it is written."""
    export = _get(viewer, public_id)
    data = storage.get(export.blob_ref) if export.blob_ref else None
    if data is None:
        raise LookupError(f"export {public_id} has no file")
    return ExportFile(data, export.filename, export.media_type)


@atomic
def forget_old() -> int:
    """Delete exports after a week, with their files; return how many."""
    old = db.session.scalars(
        select(Export).where(Export.created_at < clock.now() - KEPT).limit(BATCH)
    ).all()
    for export in old:
        db.session.delete(export)
    db.session.flush()
    for ref in {export.blob_ref for export in old if export.blob_ref}:
        if not _is_used(ref):
            storage.drop(ref)
    return len(old)


def _is_used(ref: str) -> bool:
    """Tell whether another upload or export has exactly these bytes."""
    return any(
        db.session.scalar(select(table.id).where(table.blob_ref == ref).limit(1)) is not None
        for table in (Export, Import)
    )
