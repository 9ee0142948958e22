"""What the edit page sends: rows of repeated fields, read into a draft. Nothing is refused here.

Every kind of item has its own fields; those of the parts of a case begin with ``part<n>-``. An
author may save half a question, so whatever is missing stays missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest

from werkzeug.datastructures import MultiDict

from question_bank.items import PART_KINDS
from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)
from question_bank.items.media import MEDIA_KINDS, Media

from ..service.contents import Passport
from ..service.sources import SourceLine
from ..service.topics import TopicLine

MAX_ROWS = 60
MAX_TEXT = 20_000  # characters of a field
_RANGE = re.compile(r"\s*(?:…|\.\.\.?|~|～|—|\u81f3|to)\s*")
_CREDIT = re.compile(r"^(.*\S)\s*[=＝]\s*(\d{1,3}(?:\.\d+)?)\s*[%％]$")

Fields = MultiDict[str, str]


def text_of(form: Fields, name: str) -> str:
    """Return a field of one or more lines, without white space at its ends."""
    return form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()[:MAX_TEXT]


def list_of(form: Fields, name: str) -> list[str]:
    """Return the values of a repeated field in the order of the page."""
    values = form.getlist(name)[:MAX_ROWS]
    return [one.replace("\r\n", "\n").replace("\x00", "").strip()[:MAX_TEXT] for one in values]


def number_of(text: str, otherwise: float) -> float:
    """Return a number that was typed; ``otherwise`` for anything that is none."""
    try:
        found = float(text.replace("，", ".").replace(",", ".").rstrip("%％"))
    except ValueError:
        return otherwise
    return found if abs(found) < 1e6 else otherwise


def read_draft(form: Fields, kind: str, prefix: str = "") -> Draft:
    """Return the draft that a form describes; ``prefix`` is that of a part of a case."""

    def text(name: str) -> str:
        return text_of(form, prefix + name)

    def rows(*names: str) -> Iterator[tuple[str, ...]]:
        yield from zip_longest(*(list_of(form, prefix + name) for name in names), fillvalue="")

    right = {int(one) for one in list_of(form, f"{prefix}right") if one.isdigit()}
    return Draft(
        kind=kind,
        stem=text("stem"),
        explanation=text("explanation"),
        options=_options(kind, list(rows("option", "feedback", "weight", "option_image")), right),
        is_fixed=kind in ("single", "multiple") and bool(text("is_fixed")),
        scoring=text("scoring") if kind not in ("true_false", "essay") else "",
        is_true={"true": True, "false": False}.get(text("is_true"))
        if kind == "true_false"
        else None,
        blanks=_blanks(kind, list(rows("blank_kind", "blank_text", "blank_exact")), text("stem")),
        spans=tuple(_spans(rows("low", "high", "credit"))) if kind == "numeric" else (),
        unit=text("unit")[:40] if kind == "numeric" else "",
        pairs=tuple((a, b) for a, b in rows("left", "match") if a or b),
        extras=tuple(line for line in text("extras").split("\n") if line.strip()),
        parts=tuple(_parts(form)) if kind == "case" else (),
        rubric=tuple(
            Criterion(one, number_of(points, 1.0))
            for one, points in rows("criterion", "points")
            if one
        ),
        sample=text("sample"),
        image=text("image")[:64],
        zones=tuple(_zones(list(rows("zone_shape", "zone_coords", "zone_label")), right)),
        media=tuple(_media(list(rows("media_ref", "media_kind", "media_alt", "media_captions")))),
    )


def _options(kind: str, rows: list[tuple[str, ...]], right: set[int]) -> tuple[DraftOption, ...]:
    """Return the options that say something; true and false keep their two places for hints."""
    if kind == "true_false":
        hints = [feedback for _text, feedback, _weight, _image in rows][:2]
        return tuple(DraftOption("", feedback=hint) for hint in hints) if any(hints) else ()
    return tuple(
        DraftOption(
            text=text,
            is_right=place in right,
            weight=number_of(weight, 0.0) / 100 if weight else None,
            feedback=feedback,
            image=image[:64],
        )
        for place, (text, feedback, weight, image) in enumerate(rows)
        if text or feedback or image
    )


def _blanks(kind: str, rows: list[tuple[str, ...]], stem: str) -> tuple[DraftBlank, ...]:
    if kind != "cloze":
        return ()
    count = max(1, stem.count("____"))
    return tuple(_blank(*row) for row in rows[:count])


def _blank(kind: str, text: str, exact: str) -> DraftBlank:
    """Read the answers of a blank, one a line: `8 … 9` is a span, `*甲` the right choice."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if kind == "number":
        return DraftBlank(spans=tuple(map(read_span, lines)))
    if kind == "choice":
        options = (DraftOption(line.lstrip("*＊ "), line[0] in "*＊") for line in lines)
        return DraftBlank(options=tuple(options))
    accepted = (Accepted(*_credited(line)) for line in lines)
    return DraftBlank(accepted=tuple(accepted), is_exact=exact == "1")


def _credited(line: str) -> tuple[str, float]:
    """Split `答案 = 50%` into the answer and the credit it gives."""
    found = _CREDIT.match(line)
    return (found[1], float(found[2]) / 100) if found else (line, 1.0)


def read_span(line: str) -> Span:
    """Read a number, `8`, a span, `7.5 … 8.5`, or a tolerance, `8 ± 0.5`; credit as `= 50%`."""
    text, credit = _credited(line)
    for sign in ("±", "+-", "+/-"):
        if sign in text:
            middle, _sign, tolerance = (part.strip() for part in text.partition(sign))
            return _around(middle, tolerance, credit)
    low, *rest = _RANGE.split(text, maxsplit=1)
    return Span(low.strip(), rest[0].strip() if rest else low.strip(), credit)


def _around(middle: str, tolerance: str, credit: float) -> Span:
    try:
        low, high = Decimal(middle) - Decimal(tolerance), Decimal(middle) + Decimal(tolerance)
    except (InvalidOperation, ValueError):
        return Span(middle, middle, credit)
    return Span(format(low, "f"), format(high, "f"), credit)


def _spans(rows: Iterator[tuple[str, ...]]) -> Iterator[Span]:
    for low, high, credit in rows:
        if low or high:
            share = number_of(credit, 100.0) / 100 if credit else 1.0
            yield Span(low or high, high or low, share)


def _parts(form: Fields) -> Iterator[Draft]:
    for number in list_of(form, "part"):
        if number.isdigit():
            prefix = f"part{number}-"
            kind = text_of(form, f"{prefix}kind")
            yield read_draft(form, kind if kind in PART_KINDS else "single", prefix)


def _zones(rows: list[tuple[str, ...]], right: set[int]) -> Iterator[Zone]:
    for place, (shape, coords, label) in enumerate(rows):
        numbers = [int(one) for one in re.findall(r"\d{1,4}", coords)]
        if numbers or label:
            yield Zone(shape or "rect", tuple(numbers[:64]), label, place in right)


def _media(rows: list[tuple[str, ...]]) -> Iterator[Media]:
    for ref, kind, alt, captions in rows:
        if ref and kind in MEDIA_KINDS:
            yield Media(ref[:64], kind, alt, captions[:64])


def read_passport(form: Fields, topics: list[TopicLine], sources: list[SourceLine]) -> Passport:
    """Return the passport that a form describes; names of the bank become its topics, documents."""
    topic = text_of(form, "topic")[:200]
    known_topic = next((one.id for one in topics if topic in (one.path, one.name)), None)
    source = text_of(form, "source").strip("《》")[:200]
    known_source = next((one.id for one in sources if source in (one.short, one.title)), None)
    is_long_term = text_of(form, "validity") == "long"
    return Passport(
        topic_id=known_topic if topic else None,
        topic_text="" if known_topic else topic,
        source_id=known_source if source else None,
        source_text="" if known_source else source,
        edition_text="" if known_source else text_of(form, "edition")[:120],
        difficulty=_among(text_of(form, "difficulty"), ("easy", "medium", "hard")),
        clause=text_of(form, "clause")[:80],
        verified_on=_day(text_of(form, "verified_on")),
        valid_until=None if is_long_term else _day(text_of(form, "valid_until")),
        is_long_term=is_long_term,
        workplace=text_of(form, "workplace"),
        author=text_of(form, "author")[:80],
    )


def _among(value: str, choices: tuple[str, ...]) -> str:
    return value if value in choices else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
