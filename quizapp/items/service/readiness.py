"""The gate before review: whether a draft is an item that somebody could vouch for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _

from question_bank.formats.pack import Pack, PackItem, PackSource
from question_bank.formats.problems import Problem, Where
from question_bank.items import Item as BankItem
from question_bank.items import building
from question_bank.items.draft import Draft
from question_bank.quality.items import check_item
from quizapp.core.db import db

from ..models import Item, Source
from ..wording import word
from . import contents
from .contents import Passport
from .media import find_faults

# Of what the quality gate finds these keep an item out; the rest is advice, also to reviewers.
HARD = frozenset(
    {
        "quality.clause_range",
        "quality.expired",
        "quality.verified_in_future",
    }
)


@dataclass(frozen=True)
class Readiness:
    """What stands between a draft and its review.

    ``item`` is None when there is an error. Errors and warnings are worded for the author.
    """

    draft: Draft
    papers: Passport
    source: Source | None
    item: BankItem | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def check_draft(item: Item, content: str, today: date) -> Readiness:
    """Return whether a stored draft of ``item`` may be reviewed, with every reason against it."""
    wording = contents.load(content)
    draft, papers = wording.draft, wording.passport
    source = _source(item, papers)
    built = building.build(draft, item.uid)
    found = list(built.problems)
    if built.item is not None:
        found += check_item(_packed(item, built.item, papers, source, today), _pack(source), today)
    missing = [*_missing(draft, papers, source), *find_faults(item.organisation_id, draft)]
    errors = missing + [_words(one) for one in found if _is_hard(one)]
    warnings = [_words(one) for one in found if not _is_hard(one) and one.code not in _SAID]
    return Readiness(
        draft=draft,
        papers=papers,
        source=source,
        item=built.item if not errors else None,
        errors=tuple(dict.fromkeys(errors)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


_SAID = frozenset({"quality.clause_missing"})  # by this module, also for a draft without an item


def _words(found: Problem) -> str:
    """Word a problem without the item's own name, but with the number of a case's part."""
    part = (found.where.item or "").partition("/")[2]
    return word(replace(found, where=Where(item=part or None)))


def _is_hard(found: Problem) -> bool:
    if found.code.startswith("quality."):
        return found.code in HARD
    return found.severity in ("error", "decision")


def _missing(draft: Draft, papers: Passport, source: Source | None) -> Iterable[str]:
    """Yield what a passport lacks: nobody can vouch for an item without it."""
    if not draft.explanation.strip():
        yield _("An explanation is missing: it says why the answer is right.")
    if source is None and not papers.source_text.strip():
        yield _("The source is missing: name the document.")
    if not papers.clause.strip():
        yield _("The clause is missing.")
    if papers.topic_id is None and not papers.topic_text.strip():
        yield _("The topic is missing.")
    if papers.verified_on is None:
        yield _("Say on which day it was checked against the source.")
    if papers.valid_until is None and not papers.is_long_term:
        yield _("Say until which day it holds, or that it has no end.")


def _source(item: Item, papers: Passport) -> Source | None:
    if papers.source_id is None:
        return None
    found = db.session.get(Source, papers.source_id)
    return found if found and found.organisation_id == item.organisation_id else None


def _described(source: Source | None) -> PackSource:
    return PackSource(
        slug="source",
        title=source.title if source else "",
        short=source.short if source else "",
        edition=source.edition if source else "",
        url=source.url if source else "",
        articles=source.articles if source else 0,
    )


def _packed(
    item: Item, built: BankItem, papers: Passport, source: Source | None, today: date
) -> PackItem:
    """Return the draft as the quality gate reads it; dates that are missing are asked elsewhere."""
    return PackItem(
        uid=item.uid,
        item=built,
        topic="",
        difficulty="medium",
        source=_described(source),
        clause=papers.clause,
        verified_on=papers.verified_on or today,
        valid_until=papers.valid_until or today,
        workplace=papers.workplace,
    )


def _pack(source: Source | None) -> Pack:
    return Pack(
        theme="draft",
        title="",
        language="zh-CN",
        licence="",
        author="",
        sources=(_described(source),),
        items=(),
    )
