"""Keys that stand in the brackets of a stem, and options that stand in its text."""

import re
from dataclasses import dataclass, replace

from question_bank.formats.authored import keys
from question_bank.formats.authored.blanks import EMPTY, even_brackets
from question_bank.formats.authored.options import by_markers, markers
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.text import narrow, tidy

_BRACKET = re.compile(r"[(\[【]([^()\[\]【】\n]{0,40})[)\]】]")
_MOST_BRACKETS = 20
_END = re.compile(r"[\s。.．！!？?，,；;]*$")
_TAIL_BRACKET = re.compile(r"\s*[(\[【]\s*[)\]】]\s*([。.！!？?]?)\s*$")


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    text: str
    reading: tuple[int, ...] | bool


def settle_options(raw: Raw) -> Raw:
    """Return the question with its options: taken out of the stem where they have no own place."""
    if raw.options or raw.said not in ("", "choice", "single", "multiple", "ordering"):
        return raw
    found = markers(raw.stem)
    if len(found) < 2:
        return raw
    stem = tidy(raw.stem[: found[0].start])
    if not stem:
        return raw
    options = tuple(by_markers(raw.stem, found))
    return replace(raw, stem=stem, options=options).noting("table.options_from_stem")


def settle_stem(raw: Raw) -> Raw:
    """Return the question with its key taken out of the brackets of its stem, if it stands there.

    The emptied bracket stays in a choice and goes in a statement.
    """
    if raw.said in ("cloze", "essay", "matching", "numeric"):
        return raw
    candidates = _candidates(raw)
    if candidates:
        raw = _with_answer(raw, candidates)
    if raw.options and raw.said != "true_false":
        return replace(raw, stem=even_brackets(raw.stem))
    if raw.said == "true_false" or keys.truth(raw.answer, is_weak_ok=False) is not None:
        return replace(raw, stem=without_tail_bracket(raw.stem))
    return raw


def without_tail_bracket(stem: str) -> str:
    """Return a statement without the empty bracket at its end."""
    match = _TAIL_BRACKET.search(narrow(stem))
    if match is None or not stem[: match.start()].strip():
        return stem
    return stem[: match.start()].rstrip() + stem[match.start(1) : match.end(1)]


def _candidates(raw: Raw) -> list[_Candidate]:
    found = []
    flat = narrow(raw.stem)
    for match in _BRACKET.finditer(flat):
        inside = raw.stem[match.start(1) : match.end(1)]
        is_at_edge = match.start() == 0 or bool(_END.match(flat, match.end()))
        reading = _reading(raw, inside, is_at_edge=is_at_edge)
        if reading is not None:
            found.append(_Candidate(match.start(), match.end(), inside.strip(), reading))
    return found[-_MOST_BRACKETS:]


def _reading(raw: Raw, inside: str, *, is_at_edge: bool) -> tuple[int, ...] | bool | None:
    """Return what a bracket says as a key, None when it is no key."""
    if not inside.strip():
        return None
    if raw.options and not _is_truth_pair(raw):
        named = keys.letters(inside)
        if named is None or not all(letter in raw.labels for letter in named):
            return None
        return tuple(raw.labels.index(letter) for letter in named)
    if raw.said not in ("", "true_false"):
        return None
    if not is_at_edge:
        return None
    return keys.truth(inside, is_weak_ok=raw.said == "true_false")


def _is_truth_pair(raw: Raw) -> bool:
    return is_truth_pair(raw.texts, is_weak_ok=raw.said == "true_false")


def is_truth_pair(texts: tuple[str, ...], *, is_weak_ok: bool = True) -> bool:
    """Tell whether two options are just true and false, in either order.

    Without `is_weak_ok` yes and no do not count: they may answer a question.
    """
    if len(texts) != 2:
        return False
    said = [keys.truth(text, is_weak_ok=is_weak_ok) for text in texts]
    return None not in said and said[0] is not said[1]


def _with_answer(raw: Raw, candidates: list[_Candidate]) -> Raw:
    chosen = candidates[-1]
    if raw.answer.strip():
        same = [one for one in candidates if _says(raw, one.reading)]
        if same:
            return _emptied(raw, same[-1])
        if _has_empty_bracket(raw.stem):
            return raw
        return raw.about_key("table.keys_differ", first=chosen.text, second=tidy(raw.answer)[:40])
    others = [one for one in candidates[:-1] if one.reading != chosen.reading]
    # Beside an empty bracket a letter in brackets is as likely a name as the key.
    if others or _has_empty_bracket(raw.stem):
        raw = raw.noting("table.key_in_stem", found=chosen.text)
    return replace(_emptied(raw, chosen), answer=chosen.text)


def _says(raw: Raw, reading: tuple[int, ...] | bool) -> bool:
    if isinstance(reading, bool):
        return keys.truth(raw.answer) is reading
    ways = keys.read_key(raw.answer, raw.labels, raw.texts, raw.hint)
    return any(way.places == reading for way in ways)


def _has_empty_bracket(stem: str) -> bool:
    return any(not match[1].strip() for match in _BRACKET.finditer(narrow(stem)))


def _emptied(raw: Raw, candidate: _Candidate) -> Raw:
    before, after = raw.stem[: candidate.start], raw.stem[candidate.end :]
    if isinstance(candidate.reading, bool):
        return replace(raw, stem=tidy(before.rstrip() + after))
    return replace(raw, stem=tidy(before + EMPTY + after))
