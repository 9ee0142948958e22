"""Making questions of the entries of a JSON file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from question_bank.formats.authored import facts
from question_bank.formats.authored.drafting import draft_from
from question_bank.formats.authored.hints import usual_way
from question_bank.formats.authored.keys import Way
from question_bank.formats.authored.kinds import kind_named, kind_within
from question_bank.formats.authored.options import markers
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.text import excerpt, tidy
from question_bank.formats.encodings import decode
from question_bank.formats.key_value.fields import has_stem, named, options_of, text_of
from question_bank.formats.key_value.loading import Entry, load
from question_bank.formats.plain.lines import lines_of
from question_bank.formats.plain.reading import read_lines
from question_bank.formats.problems import Problem, problem
from question_bank.formats.reading import Question, Reading
from question_bank.formats.sheets.reading import case_of
from question_bank.items.draft import BLANK
from question_bank.items.options import LETTERS

# In these files a run of spaces is a blank that the options fill.
_GAP = re.compile(r"(?<=\S)[ \u3000\u00a0]{4,}")
_NOTE_IN_EXPLANATION = re.compile(r"(?=^解：)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Read:
    """An entry as far as it was read: its pieces, its index key, or questions out of one blob."""

    entry: Entry
    raw: Raw
    index: int | None = None
    made: tuple[Question, ...] = ()


def read(data: bytes, filename: str) -> Reading:
    """Read JSON, JSON lines or `stem|option -> answer` lines; `filename` is not needed."""
    decoded = decode(data)
    if isinstance(decoded, Problem):
        return Reading("key_value", (), problems=(decoded,))
    loaded = load(decoded.text)
    read_entries = [_read_entry(entry) for entry in loaded.entries]
    hint = usual_way(one.raw for one in read_entries if not one.made)
    base = _index_base([one for one in read_entries if one.index is not None])
    questions: list[Question] = []
    for material, group in groupby(read_entries, key=lambda one: _material(one.entry)):
        made = [question for one in group for question in _questions(one, hint, base)]
        questions += [case_of(material, made)] if material and made else made
    return Reading("key_value", tuple(questions), decoded.encoding, loaded.problems)


def _material(entry: Entry) -> str:
    return text_of(named(entry.value, "material"))


def _read_entry(entry: Entry) -> _Read:
    value = entry.value
    if len(value) == 1 and not has_stem(value):
        return _Read(entry, _pair(entry))
    options, right = options_of(value)
    answer = named(value, "answer")
    stem = text_of(named(value, "stem"))
    if not options and len(markers(stem)) > 1:
        made = _blob(entry, stem, answer)
        if made:
            return _Read(entry, Raw(stem, entry.where), made=made)
    index = _index(answer) if options and not right else None
    kind = kind_named(str(named(value, "kind") or "")) or kind_within(
        str(named(value, "kind") or "")
    )
    raw = Raw(
        stem=stem,
        where=entry.where,
        kind=kind,
        options=tuple(options),
        answer=right or ("" if index is not None else text_of(answer)),
        explanation=text_of(named(value, "explanation")),
        blanks=_blanks(value) if kind in ("", "cloze") else (),
    )
    return _Read(entry, raw, index)


def _pair(entry: Entry) -> Raw:
    """Return the pieces of `stem|option|option` and its answer."""
    ((key, answer),) = entry.value.items()
    stem, *texts = [piece for piece in re.split(r"[|｜]", str(key))]
    options = tuple(zip(LETTERS, (tidy(text) for text in texts if text.strip()), strict=False))
    stem = _GAP.sub(BLANK, tidy(stem))
    return Raw(stem=stem, where=entry.where, options=options, answer=text_of(answer))


def _blanks(value: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    found = named(value, "blanks")
    if not isinstance(found, list):
        return ()
    return tuple(
        tuple(text_of(text) for text in one) if isinstance(one, list) else (text_of(one),)
        for one in found
    )


def _index(answer: Any) -> int | None:
    """Return a key that is the index of an option; None for every other key."""
    return answer if isinstance(answer, int) and not isinstance(answer, bool) else None


def _index_base(entries: Sequence[_Read]) -> int | None:
    """Return whether indexes count from 0 or from 1; None when the file leaves both open."""
    if any(one.index == 0 for one in entries):
        return 0
    if any(one.index == len(one.raw.options) for one in entries):
        return 1
    return None


def _with_index(one: _Read, base: int | None) -> Raw:
    raw = one.raw
    if one.index is None:
        return raw
    place = one.index - (base or 0)
    if not 0 <= place < len(raw.options):
        return replace(raw, answer=str(one.index))
    raw = replace(raw, answer=raw.labels[place])
    if base is None and place > 0:
        first, second = raw.labels[place], raw.labels[place - 1]
        raw = raw.noting("table.key_ambiguous", found=str(one.index), first=first, second=second)
    return raw


def _questions(one: _Read, hint: Way | None, base: int | None) -> list[Question]:
    if one.made:
        return list(one.made)
    value = one.entry.value
    raw = replace(_with_index(one, base), hint=hint)
    draft, problems = draft_from(raw)
    return [_described(Question(draft, raw.where, problems=problems), value, one.entry.topic)]


def _described(question: Question, value: dict[str, Any], topic: str) -> Question:
    """Return the question with what the other fields say about it."""
    if len(value) == 1:
        return question
    said = text_of(named(value, "difficulty"))
    difficulty = facts.difficulty(said)
    problems = question.problems
    if difficulty is None:
        note = problem("table.difficulty_unknown", question.where, found=excerpt(said))
        problems = (*problems, note)
    points = facts.points(text_of(named(value, "points"))) if named(value, "points") else None
    category = facts.path(text_of(named(value, "category"))) or ((topic,) if topic else ())
    return replace(
        question,
        name=text_of(named(value, "name")),
        category=category,
        tags=facts.tags(text_of(named(value, "tags"))),
        difficulty=difficulty or "",
        points=question.points if question.points is not None else points,
        source=text_of(named(value, "source")),
        problems=problems,
    )


def _blob(entry: Entry, stem: str, answer: Any) -> tuple[Question, ...]:
    """Return the questions of a text that holds stems, numbers and options all in one.

    Their answers come as a list, in the order of the questions; empty when the numbers differ, so
    that the text is then read as one question.
    """
    keys = [text_of(one) for one in answer] if isinstance(answer, list) else [text_of(answer)]
    explanation = text_of(named(entry.value, "explanation"))
    notes = [piece.strip() for piece in _NOTE_IN_EXPLANATION.split(explanation) if piece.strip()]
    questions, problems = read_lines(lines_of(stem))
    if problems or len(questions) != 1:
        return ()
    parts = questions[0].draft.parts or (questions[0].draft,)
    if len(parts) != len(keys) or any(len(part.options) < 2 for part in parts):
        return ()
    said = notes if len(notes) == len(keys) else [""] * len(keys)
    if len(parts) == 1:
        said = [explanation]
    kept = tuple(note for note in questions[0].problems if note.code != "table.key_missing")
    made = []
    for part, key, note in zip(parts, keys, said, strict=True):
        options = tuple(zip(LETTERS, (one.text for one in part.options), strict=False))
        draft, about = draft_from(
            Raw(part.stem, entry.where, options=options, answer=key, explanation=note)
        )
        made.append(draft)
        kept = (*kept, *about)
    whole = questions[0]
    if whole.draft.parts:
        loose = explanation if not any(said) else ""
        draft = replace(whole.draft, parts=tuple(made), explanation=loose)
    else:
        draft = made[0]
    kept = tuple(replace(note, where=entry.where) for note in kept)
    question = replace(whole, draft=draft, where=entry.where, problems=kept)
    return (_described(question, entry.value, entry.topic),)
