"""From an item back to the draft that builds it."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from question_bank.items import (
    Blank,
    Case,
    Choice,
    Cloze,
    Essay,
    Hotspot,
    Item,
    Matching,
    Numeric,
    Option,
    Ordering,
    TrueFalse,
)
from question_bank.items.draft import Draft, DraftBlank, DraftOption, Zone


def draft_of(item: Item) -> Draft:
    """Return the draft of an item: `build(draft_of(item), uid).item == item`."""
    common = Draft(item.kind, item.stem, item.explanation, media=item.media)
    match item:
        case Choice():
            return replace(
                common,
                options=_options(item.options, item.key),
                is_fixed=item.is_fixed,
                scoring=item.scoring,
            )
        case TrueFalse():
            said = tuple(DraftOption("", feedback=text) for text in item.feedback)
            return replace(common, is_true=item.key, options=said if any(item.feedback) else ())
        case Cloze():
            return replace(common, blanks=tuple(map(_blank, item.blanks)))
        case Numeric():
            return replace(common, spans=item.spans, unit=item.unit)
        case Ordering():
            return replace(common, options=_options(item.options, ()), scoring=item.scoring)
        case Matching():
            return _matching(item, common)
        case Case():
            return replace(common, parts=tuple(draft_of(part) for part in item.parts))
        case Essay():
            return replace(common, rubric=item.rubric, sample=item.sample)
        case Hotspot():
            return _hotspot(item, common)


def _options(options: Iterable[Option], key: Collection[str]) -> tuple[DraftOption, ...]:
    return tuple(DraftOption(o.text, o.id in key, o.weight, o.feedback, o.image) for o in options)


def _blank(blank: Blank) -> DraftBlank:
    options = _options(blank.options, blank.key)
    return DraftBlank(blank.accepted, blank.spans, options, blank.weight, blank.is_exact)


def _matching(item: Matching, common: Draft) -> Draft:
    fitting = set(item.key)
    return replace(
        common,
        pairs=tuple((left.text, right.text) for left, right in item.pairs),
        extras=tuple(right.text for right in item.rights if right.id not in fitting),
        scoring=item.scoring,
    )


def _hotspot(item: Hotspot, common: Draft) -> Draft:
    zones = tuple(Zone(z.shape, z.coords, z.label, z.id in item.key) for z in item.zones)
    return replace(common, image=item.image, zones=zones, scoring=item.scoring)
