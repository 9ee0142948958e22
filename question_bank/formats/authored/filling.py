"""Drafts of questions that are answered by writing: blanks, numbers, essays, pairs."""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from question_bank.formats.authored.blanks import (
    Blanks,
    accepting,
    mark_blanks,
    mark_filled,
    split_answers,
)
from question_bank.formats.authored.choosing import Drafted
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.text import excerpt, fold, narrow, tidy
from question_bank.items.draft import BLANK, Criterion, Draft, Span

_NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(rf"^({_NUMBER})$")
_TOLERANCE = re.compile(rf"^({_NUMBER})\s*(?:±|\+-|\+/-|:)\s*({_NUMBER})$")
_INTERVAL = re.compile(rf"^[\[(]?({_NUMBER})\s*(?:~|-|–|—|\.\.|至|到|,)\s*({_NUMBER})[\])]?$")
_CRITERION = re.compile(r"^(.*?)\s*[(]\s?(\d{1,3}(?:\.\d{1,2})?)\s?分?\s?[)]\s*[。.]?$")
_MOST_CRITERIA = 12
_UNIT = re.compile(r"(?<=\d)\s*([^\d\s.,~±:+\-()\[\]]{1,8})\s*$")
# Both sides of a matching printed as lists: 1-C, ②-A.
_LINK = re.compile(r"(\d{1,2}|[①-⑳])\s?[-—–~:→]\s?([A-Za-z])(?![A-Za-z])")
_LEFT = re.compile(r"^\s*(?:[(]?(\d{1,2})[).、]|([①-⑳]))\s*(\S.*)$")
_PAIR = re.compile(r"\s*(?:->|→|⇒|=>|——|=|\t|—|:)\s*")


def draft_cloze(raw: Raw) -> Drafted:
    """Return the draft of a text with blanks."""
    if raw.is_exact:
        return _cloze(raw, [list(texts) for texts in raw.blanks])
    marked = mark_blanks(raw.stem)
    if raw.blanks:
        return _with_columns(raw, marked)
    answer = raw.answer.strip()
    if not answer and not any(marked.inside):
        marked = mark_filled(raw.stem)
        if not marked.count:
            return _cloze(replace(raw.about_key("table.key_missing"), stem=raw.stem), [])
        code = "table.blanks_in_brackets" if marked.is_guess else ""
        raw = raw.noting(code, count=marked.count) if code else raw
        return _cloze(replace(raw, stem=marked.stem), [[text] for text in marked.inside])
    if not marked.count:
        marked = _answers_in_brackets(raw)
    if any(marked.inside) and (not answer or marked.count == 1):
        answers = split_answers("；".join(marked.inside), marked.count)[0]
        return _cloze(replace(raw, stem=marked.stem), answers)
    return _fitted(replace(raw, stem=marked.stem), marked.count)


def _answers_in_brackets(raw: Raw) -> Blanks:
    """Return the stem with those brackets as blanks that hold just what the answer says too."""
    filled = mark_filled(raw.stem)
    said = [fold(piece) for piece in re.split(r"[；;\n、，,|｜]", raw.answer) if piece.strip()]
    if filled.count and [fold(text) for text in filled.inside] == said:
        return Blanks(filled.stem, filled.count)
    return Blanks(raw.stem, 0)


def _with_columns(raw: Raw, marked: Blanks) -> Drafted:
    count = marked.count
    if count not in (0, len(raw.blanks)):
        raw = raw.about_key("table.blanks_differ", blanks=count, answers=len(raw.blanks))
    stem = marked.stem
    if count == 0 and len(raw.blanks) > 1:
        raw, stem = _blanks_added(raw, len(raw.blanks))
    return _cloze(replace(raw, stem=stem), [list(texts) for texts in raw.blanks])


def _fitted(raw: Raw, count: int) -> Drafted:
    """Give every blank its answers, or say that they do not fit."""
    answers, separator = split_answers(raw.answer, count)
    if separator:
        raw = raw.about_key("table.answers_split", separator=separator)
    if count == 1 and len(answers) > 1:
        raw = raw.about_key("table.blank_alternatives", found=excerpt(raw.answer))
        answers = [[text for texts in answers for text in texts]]
    elif count == 0 and len(answers) > 1:
        raw, stem = _blanks_added(raw, len(answers))
        raw = replace(raw, stem=stem)
    elif count > 1 and len(answers) != count:
        raw = raw.about_key("table.blanks_differ", blanks=count, answers=len(answers))
    return _cloze(raw, answers)


def _blanks_added(raw: Raw, count: int) -> tuple[Raw, str]:
    stem = f"{raw.stem} {' '.join([BLANK] * count)}"
    return raw.noting("table.blanks_added", count=count), stem


def _cloze(raw: Raw, answers: list[list[str]]) -> Drafted:
    if raw.said not in ("", "cloze"):
        raw = raw.about_key(
            "table.key_against_kind",
            declared=raw.said,
            suggested="cloze",
            key=excerpt(raw.answer),
        )
    elif not raw.said:
        raw = raw.noting("table.kind_guessed", kind="cloze")
    draft = Draft(
        kind="cloze",
        stem=raw.stem,
        explanation=raw.explanation,
        blanks=tuple(accepting(texts) for texts in answers if texts),
        media=raw.media,
    )
    return draft, raw


def draft_essay(raw: Raw) -> Drafted:
    """Return the draft of an essay: its answer is the sample, and its rubric if there is no other.

    Without a rubric nobody could mark it, so each point of the answer becomes a criterion.
    """
    if raw.said in ("", "case"):
        raw = raw.noting("table.kind_guessed", kind="essay")
    sample = tidy(raw.answer)
    rubric = read_rubric(raw.rubric)
    if not rubric and not sample:
        raw = raw.about_key("table.key_missing")
    elif not rubric:
        rubric = _rubric_of(sample, raw.points)
        raw = raw.about_key("table.rubric_from_answer", count=len(rubric))
    draft = Draft(
        kind="essay",
        stem=raw.stem,
        explanation=raw.explanation,
        sample=sample,
        rubric=rubric,
        media=raw.media,
    )
    return draft, raw


def read_rubric(text: str) -> tuple[Criterion, ...]:
    """Return the criteria of a rubric, one per line, its points at the end: `both exits (2)`."""
    found = []
    for line in text.split("\n"):
        match = _CRITERION.match(narrow(line))
        if match and line[: match.end(1)].strip():
            found.append(Criterion(line[: match.end(1)].strip(), float(match[2])))
        elif line.strip():
            found.append(Criterion(line.strip(), 1.0))
    return tuple(found)


def _rubric_of(sample: str, points: float | None) -> tuple[Criterion, ...]:
    """Return a criterion for each point of an answer; the points are shared out evenly."""
    pieces = [piece.strip() for piece in re.split(r"[；;\n]", sample) if piece.strip()]
    if any(_CRITERION.match(narrow(piece)) for piece in pieces):
        return read_rubric("\n".join(pieces))
    share = (points or float(len(pieces))) / len(pieces)
    if len(pieces) > _MOST_CRITERIA or share * 2 != int(share * 2):
        return (Criterion(" ".join(sample.split()), points or 1.0),)
    return tuple(Criterion(piece, share) for piece in pieces)


def draft_numeric(raw: Raw) -> Drafted:
    """Return the draft of a question for a number: `8`, `8±0.5`, `7.5~8.5`, several with a bar."""
    pieces = [piece for piece in re.split(r"[|;\n]", narrow(raw.answer)) if piece.strip()]
    unit = _UNIT.search(pieces[0]) if pieces and not raw.is_exact else None
    if unit and not raw.unit:
        raw = replace(raw, unit=unit[1])
        pieces = [piece.strip().removesuffix(unit[1]) for piece in pieces]
    spans = [read_span(piece) for piece in pieces]
    if not pieces:
        raw = raw.about_key("table.key_missing")
    elif None in spans:
        raw = raw.about_key("table.number_unreadable", found=excerpt(raw.answer))
    draft = Draft(
        kind="numeric",
        stem=raw.stem,
        explanation=raw.explanation,
        spans=tuple(span for span in spans if span is not None),
        unit=raw.unit,
        media=raw.media,
    )
    return draft, raw


def read_span(text: str) -> Span | None:
    """Return the numbers that a text such as `8`, `8±0.5` or `7.5~8.5` means; None for others."""
    text = narrow(text).strip()
    try:
        if match := _PLAIN.match(text):
            value = _decimal(match[1])
            return Span(value, value)
        if match := _TOLERANCE.match(text):
            middle, margin = Decimal(_decimal(match[1])), abs(Decimal(_decimal(match[2])))
            return Span(_shown(middle - margin), _shown(middle + margin))
        if match := _INTERVAL.match(text):
            low, high = sorted((Decimal(_decimal(match[1])), Decimal(_decimal(match[2]))))
            return Span(_shown(low), _shown(high))
    except InvalidOperation:
        return None
    return None


def _decimal(text: str) -> str:
    return _shown(Decimal(text.replace(",", "").lstrip("+")))


def _shown(value: Decimal) -> str:
    return format(value, "f")


def draft_matching(raw: Raw) -> Drafted:
    """Return the draft of a matching: pairs from their columns, or `left -> right` per line.

    Where the right sides are lettered and the left ones numbered in the stem, the key links them.
    """
    raw = _linked(raw) if raw.options and not raw.pairs else raw
    pairs = raw.pairs or _pairs(raw.answer)
    if not pairs and raw.answer.strip():
        raw = raw.about_key("table.pairs_unreadable", found=excerpt(raw.answer))
    elif not pairs:
        raw = raw.about_key("table.key_missing")
    draft = Draft(
        kind="matching",
        stem=raw.stem,
        explanation=raw.explanation,
        pairs=pairs,
        extras=raw.extras,
        media=raw.media,
    )
    return draft, raw


def _linked(raw: Raw) -> Raw:
    """Return a matching whose key says `1-C 2-A` with the pairs that it links."""
    lines = raw.stem.split("\n")
    lefts = {
        _place(match[1] or match[2]): match[3] for line in lines if (match := _LEFT.match(line))
    }
    links = {_place(left): right.upper() for left, right in _LINK.findall(narrow(raw.answer))}
    rights = dict(raw.options)
    if not links or links.keys() != lefts.keys() or not set(links.values()) <= rights.keys():
        return raw
    stem = "\n".join(line for line in lines if not _LEFT.match(line))
    return replace(
        raw,
        stem=stem,
        options=(),
        pairs=tuple((lefts[place].strip(), rights[links[place]]) for place in sorted(lefts)),
        extras=tuple(text for letter, text in raw.options if letter not in links.values()),
    )


def _place(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() else ord(text) - 0x245F


def _pairs(answer: str) -> tuple[tuple[str, str], ...]:
    found = []
    for line in re.split(r"[\n;；|]", tidy(answer)):
        sides = [side.strip() for side in _PAIR.split(narrow(line)) if side.strip()]
        if not line.strip():
            continue
        if len(sides) != 2:
            return ()
        found.append((sides[0], sides[1]))
    return tuple(found)
