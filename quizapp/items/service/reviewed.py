"""What reviewers see of a version: every word that learners will meet, beside the live wording."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from question_bank.differences import Segment, differences
from question_bank.items import building, from_payload
from question_bank.items.draft import Draft, DraftBlank, Span
from question_bank.quality.items import EXPLANATION_LEAST, EXPLANATION_MOST
from quizapp.core.db import db
from quizapp.review import service as review

from .. import rules
from ..models import Correction, Item, ItemStatistic, ItemVersion
from ..wording import kind_names
from .approving import SUBJECT
from .versions import hash_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Row:
    """A part of an item in both wordings; ``before`` is None when it is new, ``after`` when gone.

    The segments say what changed; both are empty for a part that did not.
    """

    name: str
    before: str | None
    after: str | None
    segments: tuple[Segment, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether the part is the same in both wordings."""
        return self.before == self.after


@dataclass(frozen=True)
class Live:
    """What people answered to the live wording; ``facility`` is None below 30 responses."""

    number: int
    responses: int
    facility: float | None


@dataclass(frozen=True)
class Reviewed:
    """A version and the live one before it, part by part; ``live`` is None for a first wording."""

    number: int
    kind: str
    rows: tuple[Row, ...]
    live: Live | None
    live_since: str
    note: str
    is_key_changed: bool

    @property
    def changes(self) -> int:
        """Return how many parts changed."""
        return sum(not row.is_same for row in self.rows)


def show(organisation_id: int, version_id: int) -> review.Sheet:
    """Return a version as the desk draws it; raise LookupError for another organisation's."""
    found = db.session.execute(
        select(ItemVersion, Item)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(ItemVersion.id == version_id, Item.organisation_id == organisation_id)
    ).first()
    if found is None:
        raise LookupError(f"item version {version_id}")
    version, item = found
    before = _before(item, version)
    correction = db.session.scalar(
        select(Correction).where(Correction.new_version_id == version.id)
    )
    context = Reviewed(
        number=version.number,
        kind=kind_names().get(version.kind, version.kind),
        rows=compare(before, version),
        live=_live(before) if before else None,
        live_since=before.created_at.date().isoformat() if before else "",
        note=correction.note if correction else "",
        is_key_changed=bool(correction and correction.is_key_changed),
    )
    return review.Sheet(
        template="items/_reviewed.html",
        context={"wording": context},
        content_hash=hash_of(version),
        points=_points(version),
    )


def _before(item: Item, version: ItemVersion) -> ItemVersion | None:
    """Return the wording that learners met before this one, None for a first one."""
    return db.session.scalar(
        select(ItemVersion)
        .where(ItemVersion.item_id == item.id, ItemVersion.number < version.number)
        .where(
            ItemVersion.id == item.current_version_id
            if item.current_version_id != version.id
            else ItemVersion.number == version.number - 1
        )
        .order_by(ItemVersion.number.desc())
        .limit(1)
    )


def _live(version: ItemVersion) -> Live:
    responses, correct = db.session.execute(
        select(
            func.coalesce(func.sum(ItemStatistic.responses), 0),
            func.coalesce(func.sum(ItemStatistic.correct), 0),
        ).where(ItemStatistic.version_id == version.id)
    ).one()
    facility = correct / responses if responses >= rules.ENOUGH_RESPONSES else None
    return Live(version.number, int(responses), facility)


def compare(before: ItemVersion | None, after: ItemVersion) -> tuple[Row, ...]:
    """Return two versions part by part, in the order of the newer one; gone parts come last."""
    old = dict(_parts(before)) if before else {}
    new = dict(_parts(after))
    names = [*new, *(name for name in old if name not in new)]
    return tuple(_row(name, old.get(name), new.get(name)) for name in names)


def _row(name: str, before: str | None, after: str | None) -> Row:
    is_changed = before is not None and after is not None and before != after
    return Row(name, before, after, differences(before or "", after or "") if is_changed else ())


def _parts(version: ItemVersion) -> Iterator[tuple[str, str]]:
    """Yield each part of a version by its name: the item, then its papers."""
    yield from _item_parts(building.draft_of(from_payload(json.loads(version.payload))))
    papers = [rules.source_label(version.source_short, version.clause), version.edition]
    yield _("Source"), "\n".join(part for part in [*papers, version.source_url] if part)
    yield _("Checked on"), version.verified_on.isoformat()
    yield (
        _("Holds until"),
        version.valid_until.isoformat() if version.valid_until else _("It has no end"),
    )
    yield _("Printed author"), version.author
    if version.workplace:
        yield _("At the workplace"), version.workplace


def _item_parts(draft: Draft, prefix: str = "") -> Iterator[tuple[str, str]]:
    yield prefix + _("Stem"), draft.stem
    yield from ((prefix + name, text) for name, text in _answers(draft))
    for number, part in enumerate(draft.parts, start=1):
        yield from _item_parts(part, f"{prefix}{number}. ")
    for number, one in enumerate(draft.media, start=1):
        about = [one.alt, one.captions, one.ref]
        name = prefix + _("Picture or sound %(n)s", n=number)
        yield name, "\n".join(part for part in about if part)
    if draft.scoring not in ("", "all_or_nothing"):
        yield prefix + _("Scoring"), _scoring(draft.scoring)
    if draft.explanation or not prefix:
        yield prefix + _("Explanation"), draft.explanation


def _scoring(scoring: str) -> str:
    return {
        "partial": _("A share of the points for a part of the answer"),
        "corrected": _("A share of the points, with guessing taken off"),
        "weighted": _("Each option has a weight of its own"),
    }.get(scoring, scoring)


def _answers(draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield what can be answered, with what is right, by the kind of item."""
    if draft.kind == "true_false":
        yield _("The answer"), _("True") if draft.is_true else _("False")
        return
    for number, option in enumerate(draft.options):
        name = LETTERS[number % 26]
        if draft.kind == "ordering":
            name = _("Place %(n)s", n=number + 1)
        elif option.is_right:
            name = _("%(letter)s Right answer", letter=name)
        extra = [option.text, option.feedback]
        if option.weight is not None:
            extra.append(f"{option.weight:+.0%}")
        yield name, "\n".join(part for part in extra if part)
    for number, blank in enumerate(draft.blanks, start=1):
        yield _("Blank %(n)s", n=number), _blank(blank)
    if draft.spans:
        yield _("The answer"), " / ".join(_span(span) + draft.unit for span in draft.spans)
    for number, (left, right) in enumerate(draft.pairs, start=1):
        yield _("Pair %(n)s", n=number), f"{left} = {right}"
    if draft.extras:
        yield _("Fits nothing"), "\n".join(draft.extras)
    for number, criterion in enumerate(draft.rubric, start=1):
        yield _("Criterion %(n)s", n=number), f"{criterion.text} ({criterion.points:g})"
    if draft.sample:
        yield _("Sample answer"), draft.sample
    for number, zone in enumerate(draft.zones, start=1):
        name = _("Place %(n)s", n=number)
        shape = f"{zone.shape} {', '.join(map(str, zone.coords))}"
        yield (
            _("%(letter)s Right answer", letter=name) if zone.is_right else name,
            "\n".join(part for part in (zone.label, shape) if part),
        )


def _blank(blank: DraftBlank) -> str:
    if blank.options:
        return " / ".join(f"{o.text}{' ✓' if o.is_right else ''}" for o in blank.options)
    if blank.spans:
        return " / ".join(map(_span, blank.spans))
    return " / ".join(
        one.text if one.credit == 1 else f"{one.text} ({one.credit:.0%})" for one in blank.accepted
    )


def _span(span: Span) -> str:
    text = span.low if span.low == span.high else f"{span.low} – {span.high}"
    return text if span.credit == 1 else f"{text} ({span.credit:.0%})"


def _points(version: ItemVersion) -> Mapping[str, tuple[review.Point, ...]]:
    """Return what is ticked for questions, with what helps to judge it."""
    length = len(json.loads(version.payload).get("explanation", ""))
    source = review.Point(
        "source",
        _("The clause says so"),
        _("Compare it with %(clause)s", clause=version.clause),
    )
    key = review.Point("key", _("One right answer, beyond dispute"))
    explanation = review.Point(
        "explanation",
        _("The explanation says why"),
        _(
            "%(n)s characters; %(least)s to %(most)s read well",
            n=length,
            least=EXPLANATION_LEAST,
            most=EXPLANATION_MOST,
        ),
    )
    distractors = review.Point("distractors", _("Wrong options are plausible and no traps"))
    validity = review.Point("validity", _("The day until which it holds is right"))
    return {
        "first": (source, key, distractors, explanation),
        "second": (source, key),
        "final": (validity,),
    }


def labels(version_ids: Sequence[int]) -> dict[int, str]:
    """Return for each version what lists say of it: new, its number, or that it corrects."""
    rows = db.session.execute(
        select(ItemVersion.id, ItemVersion.number, Correction.id)
        .outerjoin(Correction, Correction.new_version_id == ItemVersion.id)
        .where(ItemVersion.id.in_(list(version_ids)))
    )
    return {version_id: _label(number, correction) for version_id, number, correction in rows}


def _label(number: int, correction_id: int | None) -> str:
    if correction_id is not None:
        return _("Correction")
    return _("New question") if number == 1 else _("Version %(n)s", n=number)


def hash_now(version_id: int) -> str:
    """Return the hash over what is stored of a version now."""
    return hash_of(db.session.get_one(ItemVersion, version_id, populate_existing=True))


KIND = review.Kind(
    subject=SUBJECT,
    name=lambda: _("Questions"),
    show=show,
    hash_of=hash_now,
    labels=labels,
)


@dataclass(frozen=True)
class Described:
    """A version part by part, with how it was answered."""

    number: int
    kind: str
    parts: tuple[tuple[str, str], ...]
    live: Live


def describe(version_id: int) -> Described:
    """Return a version as people of the bank read it, with how it was answered."""
    version = db.session.get_one(ItemVersion, version_id)
    return Described(
        number=version.number,
        kind=kind_names().get(version.kind, version.kind),
        parts=tuple(_parts(version)),
        live=_live(version),
    )
