"""The checks of a single item."""

import re
import statistics
from collections.abc import Iterable, Iterator
from datetime import date

from question_bank.formats.pack import Pack, PackItem
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.items import Case, Choice, Cloze, Essay, Item, Matching, Ordering, TrueFalse
from question_bank.quality.clauses import articles_of
from question_bank.quality.words import AVOIDED

EXPLANATION_LEAST = 40
EXPLANATION_MOST = 120
SENTENCE_MOST = 40
LONG_KEY_FACTOR = 2.5
VALIDITY_YEARS = 2
TOPIC_MOST = 12

_HANZI = r"[\u4e00-\u9fff]"
_ASCII_PUNCTUATION = re.compile(rf"(?<={_HANZI})[,.;:!?()\"'](?={_HANZI}|$)")
_STOPS = re.compile("[。！？；，\n]")
_MARK = re.compile("_{4,}")

Finding = tuple[str, dict[str, Param]]


def check_item(packed: PackItem, pack: Pack, today: date) -> list[Problem]:
    """Report what is wrong with one item; how Chinese is written is asked of Chinese packs only."""
    findings = [*_options(packed), *_clause(packed), *_validity(packed, today)]
    if pack.language.startswith("zh"):
        findings += [*_lengths(packed), *_wording(packed)]
    where = Where(packed.line, packed.uid)
    return [problem(code, where, **params) for code, params in findings]


def _options(packed: PackItem) -> Iterator[Finding]:
    """Find a key that its length gives away; in a case, that of each part."""
    for item in parts_of(packed.item):
        if not isinstance(item, Choice) or item.kind != "single":
            continue
        median = statistics.median(len(option.text) for option in item.options)
        length = next(len(option.text) for option in item.options if option.id in item.key)
        if length > LONG_KEY_FACTOR * median:
            yield "quality.long_key", {"length": length, "median": median}


def parts_of(item: Item) -> tuple[Item, ...]:
    """Return the items that are answered one by one: the parts of a case, or the item itself."""
    return item.parts if isinstance(item, Case) else (item,)


def _clause(packed: PackItem) -> Iterator[Finding]:
    """Find a clause that is missing or that the source does not have."""
    if not packed.clause.strip():
        yield "quality.clause_missing", {}
        return
    if not packed.source.articles:
        return
    articles = articles_of(packed.clause)
    if articles is None:
        yield "quality.clause_unreadable", {"clause": packed.clause}
        return
    for article in articles:
        if article > packed.source.articles:
            params: dict[str, Param] = {"article": article, "articles": packed.source.articles}
            yield "quality.clause_range", params


def _validity(packed: PackItem, today: date) -> Iterator[Finding]:
    """Find an item that is out of date, or that nobody would look at again in time."""
    until = packed.valid_until
    latest = _years_after(packed.verified_on, VALIDITY_YEARS)
    if until < today:
        yield "quality.expired", {"valid_until": until.isoformat()}
    if until > latest:
        yield (
            "quality.validity_too_long",
            {"valid_until": until.isoformat(), "latest": latest.isoformat()},
        )
    if packed.verified_on > today:
        yield "quality.verified_in_future", {"verified_on": packed.verified_on.isoformat()}


def _lengths(packed: PackItem) -> Iterator[Finding]:
    """Find an explanation or a topic of the wrong length, and sentences too long to read."""
    length = len(packed.item.explanation)
    if not EXPLANATION_LEAST <= length <= EXPLANATION_MOST:
        yield (
            "quality.explanation_length",
            {"length": length, "least": EXPLANATION_LEAST, "most": EXPLANATION_MOST},
        )
    if len(packed.topic) > TOPIC_MOST:
        yield "quality.topic_long", {"length": len(packed.topic), "most": TOPIC_MOST}
    for field, text in _texts(packed):
        # Blanks have no length of their own: what people write there is read, not the marks.
        longest = max(len(sentence.strip()) for sentence in _STOPS.split(_MARK.sub("", text)))
        if longest > SENTENCE_MOST:
            yield (
                "quality.long_sentence",
                {"field": field, "length": longest, "most": SENTENCE_MOST},
            )


def _wording(packed: PackItem) -> Iterator[Finding]:
    """Find words to be avoided, and half-width punctuation in Chinese text."""
    for field, text in _texts(packed):
        for avoided in AVOIDED:
            if word := avoided.pattern.search(text):
                yield (
                    "quality.forbidden_word",
                    {"word": word[0], "field": field, "reason": avoided.reason},
                )
        if mark := _ASCII_PUNCTUATION.search(text):
            yield "quality.ascii_punctuation", {"found": mark[0], "field": field}


def _texts(packed: PackItem) -> Iterator[tuple[str, str]]:
    """Yield every text of the item that people read, with the name of its field."""
    item = packed.item
    yield "stem", item.stem
    if isinstance(item, Case):
        for number, part in enumerate(item.parts, start=1):
            yield f"part[{number}].stem", part.stem
            for field, text in _answers(part):
                yield f"part[{number}].{field}", text
            if part.explanation:
                yield f"part[{number}].explanation", part.explanation
    else:
        yield from _answers(item)
    yield "explanation", item.explanation
    yield "workplace", packed.workplace


def _answers(item: Item) -> Iterator[tuple[str, str]]:
    """Yield what people choose from, arrange, write or are told for it, with the field's name."""
    match item:
        case Choice():
            yield from _numbered("options", [option.text for option in item.options])
            yield from _numbered("feedback", [option.feedback for option in item.options])
        case TrueFalse():
            yield from _numbered("feedback", item.feedback)
        case Cloze():
            for number, blank in enumerate(item.blanks, start=1):
                texts = [one.text for one in blank.accepted] + [o.text for o in blank.options]
                yield from ((f"answers[{number}]", text) for text in texts)
        case Ordering():
            yield from _numbered("options", [option.text for option in item.options])
        case Matching():
            for number, pair in enumerate(item.pairs, start=1):
                yield from ((f"pairs[{number}]", side.text) for side in pair)
            extras = [right.text for right in item.rights if right.id not in set(item.key)]
            yield from _numbered("extras", extras)
        case Essay():
            yield from _numbered("rubric", [criterion.text for criterion in item.rubric])
            yield from (("sample", item.sample),) if item.sample else ()


def _numbered(name: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((f"{name}[{n}]", text) for n, text in enumerate(texts, start=1) if text)


def _years_after(day: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
