"""What a machine can say about a wording before people read it: the checks beside the form."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from question_bank.items.draft import Draft
from question_bank.quality.clauses import articles_of
from question_bank.quality.items import EXPLANATION_LEAST, EXPLANATION_MOST, LONG_KEY_FACTOR
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.org.rules import learning_day

from ..models import Item, Source
from . import contents
from .contents import Wording
from .readiness import Readiness, check_draft
from .similar import SimilarItem, find_similar

OK, NOTE, NO = "ok", "note", "no"


@dataclass(frozen=True)
class Check:
    """A finding in words: ``kind`` is ok, note (worth a look) or no (it cannot be submitted).

    ``public_id`` names the item it is about, where it is another one.
    """

    kind: str
    text: str
    public_id: str = ""


def check_wording(viewer: Viewer, wording: Wording, *, item_id: int | None = None) -> list[Check]:
    """Return what there is to say about a wording, the worst first; at most four statements."""
    # The item itself is not looked at: without a name, no finding begins with one.
    nameless = Item(organisation_id=viewer.organisation_id, uid="")
    ready = check_draft(
        nameless, contents.dump(wording), learning_day(clock.now(), viewer.time_zone)
    )
    found = [Check(NO, text) for text in ready.errors]
    found += [Check(NOTE, text) for text in ready.warnings]
    if wording.draft.stem.strip():
        near = find_similar(viewer.organisation_id, wording.draft.stem, except_id=item_id)
        found += map(_of_similar, near)
    return [*found, *_praise(wording, ready)]


def _of_similar(near: SimilarItem) -> Check:
    if near.is_strong:
        text = _(
            "Nearly the same as #%(number)s (%(percent)s%%)",
            number=near.number,
            percent=near.percent,
        )
    else:
        text = _("%(percent)s%% like #%(number)s", percent=near.percent, number=near.number)
    return Check(NOTE, text, near.public_id)


def _praise(wording: Wording, ready: Readiness) -> Iterator[Check]:
    """Yield what was looked at and found good, so that silence is not taken for it."""
    if _is_clause_there(wording.passport.clause, ready.source):
        yield Check(OK, _("The clause exists in the source"))
    if _is_balanced(wording.draft):
        yield Check(OK, _("The options are of balanced length"))
    if EXPLANATION_LEAST <= len(wording.draft.explanation) <= EXPLANATION_MOST:
        yield Check(OK, _("The explanation is of a good length"))


def _is_clause_there(clause: str, source: Source | None) -> bool:
    if source is None or not source.articles:
        return False
    articles = articles_of(clause)
    return bool(articles) and max(articles or [0]) <= source.articles


def _is_balanced(draft: Draft) -> bool:
    lengths = [len(option.text) for option in draft.options]
    keys = [len(option.text) for option in draft.options if option.is_right]
    if draft.kind != "single" or len(keys) != 1 or not all(lengths):
        return False
    return keys[0] <= LONG_KEY_FACTOR * statistics.median(lengths)
