"""From the pieces of a question to its draft, with the same rules for every layout."""

import re
from collections.abc import Callable
from dataclasses import replace

from question_bank.formats.authored import choosing, filling, keys
from question_bank.formats.authored.blanks import has_blanks, mark_blanks
from question_bank.formats.authored.choosing import Drafted
from question_bank.formats.authored.raw import Raw
from question_bank.formats.authored.stems import is_truth_pair, settle_options, settle_stem
from question_bank.formats.authored.text import tidy
from question_bank.formats.problems import Problem
from question_bank.items.draft import Draft, DraftOption

_CHOICES = ("single", "multiple", "choice")
_WRITERS: dict[str, Callable[[Raw], Drafted]] = {
    "true_false": choosing.draft_true_false,
    "ordering": choosing.draft_ordering,
    "cloze": filling.draft_cloze,
    "essay": filling.draft_essay,
    "numeric": filling.draft_numeric,
    "matching": filling.draft_matching,
}
# What is written needs no options; those of a statement are just true and false.
_OPTIONLESS = (filling.draft_cloze, filling.draft_essay, filling.draft_numeric)
# Longer than this, or with a stop in it, an answer is prose and no filling for a blank.
_SHORT_ANSWER = 30
_PROSE = re.compile(r"[。！\n]")
_ASKS_FOR_PROSE = re.compile(
    r"^\s*(?:请?(?:简述|论述|试述|简要|谈谈|说明|分析|解释)|为什么|名词解释)"
)


def draft_from(raw: Raw) -> tuple[Draft, tuple[Problem, ...]]:
    """Return the draft of a question and what is to be said about it.

    A draft always comes back, so that a person can go on from it: an `error` among the problems
    means that something is missing, a `decision` that the draft holds one of two readings.
    """
    raw = replace(
        raw,
        explanation=tidy(raw.explanation),
        options=tuple((label, text) for label, text in raw.options if text.strip()),
    )
    if not raw.is_exact:
        raw = settle_stem(settle_options(raw))
    if not raw.stem.strip():
        raw = raw.noting("table.stem_missing")
    writer = _writer(raw)
    if writer in _OPTIONLESS:
        raw = _with_options_in_stem(raw)
    draft, raw = writer(raw)
    return draft, raw.problems


def _with_options_in_stem(raw: Raw) -> Raw:
    """Return a question that is no choice with what looked like options back in its stem."""
    if not raw.options or raw.pairs:
        return raw
    lines = [f"{label}. {text}" for label, text in raw.options]
    return replace(raw, stem="\n".join([raw.stem, *lines]), options=())


def _writer(raw: Raw) -> Callable[[Raw], Drafted]:
    """Return what makes the draft, by what the question is said to be and by what it has."""
    said, has_options = raw.said, len(raw.options) > 1
    if said == "hotspot":
        return _unsupported
    if said in ("ordering", "matching", "numeric"):
        return _WRITERS[said]
    if has_options:
        is_pair = is_truth_pair(raw.texts, is_weak_ok=said == "true_false")
        if is_pair and said in ("", "true_false"):
            return choosing.draft_true_false
        if said == "true_false" and not _is_key(raw):
            return _statement
        if said in ("essay", "cloze") and not _is_key(raw):
            return _WRITERS[said]
        return choosing.draft_choice
    if said in _CHOICES:
        return _optionless
    if said == "true_false":
        return _statement
    if said in _WRITERS:
        return _WRITERS[said]
    return _guessed(raw)


def _statement(raw: Raw) -> Drafted:
    """Return the draft of a statement; options that are not just true and false are part of it."""
    if is_truth_pair(raw.texts):
        return choosing.draft_true_false(raw)
    return choosing.draft_true_false(_with_options_in_stem(raw))


def _is_key(raw: Raw) -> bool:
    return bool(keys.read_key(raw.answer, raw.labels, raw.texts, raw.hint))


def _unsupported(raw: Raw) -> Drafted:
    raw = raw.noting("table.kind_unsupported", kind=raw.said)
    return Draft(kind=raw.said, stem=raw.stem, explanation=raw.explanation), raw


def _optionless(raw: Raw) -> Drafted:
    """Return the draft of a choice without options: perhaps it is a statement after all."""
    if keys.truth(raw.answer, is_weak_ok=False) is not None:
        return choosing.draft_true_false(raw)
    raw = raw.noting(
        "table.options_missing", raw.options_where, kind=raw.said, count=len(raw.options)
    )
    kind = "multiple" if raw.said == "multiple" else "single"
    options = tuple(DraftOption(text) for text in raw.texts)
    draft = Draft(kind, raw.stem, raw.explanation, options=options, media=raw.media)
    return draft, raw


def _guessed(raw: Raw) -> Callable[[Raw], Drafted]:
    """Return what makes the draft of a question without options that says nothing of its kind."""
    answer = raw.answer.strip()
    if raw.pairs:
        return filling.draft_matching
    if raw.said == "case":
        return filling.draft_essay
    if raw.blanks or has_blanks(raw.stem):
        return filling.draft_cloze
    is_weak_ok = raw.hint == "truth"
    if keys.truth(answer, is_weak_ok=is_weak_ok) is not None:
        return _statement
    if choosing.is_mark_and_more(answer):
        return _statement
    if not answer:
        return _keyless
    if mark_blanks(raw.stem).count:
        return filling.draft_cloze
    is_prose = len(answer) > _SHORT_ANSWER or _PROSE.search(answer)
    if is_prose or _ASKS_FOR_PROSE.match(raw.stem):
        return filling.draft_essay
    return filling.draft_cloze


def _keyless(raw: Raw) -> Drafted:
    """Return the draft of a question that is nothing but a stem."""
    if _ASKS_FOR_PROSE.match(raw.stem):
        return filling.draft_essay(raw)
    raw = _with_options_in_stem(raw).about_key("table.key_missing")
    return Draft(kind="essay", stem=raw.stem, explanation=raw.explanation, media=raw.media), raw
