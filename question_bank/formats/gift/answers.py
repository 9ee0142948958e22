"""What stands between the braces: which kind of question it is, and its answers."""

import re
import unicodedata
from dataclasses import dataclass, replace

from question_bank.formats.gift.blocks import restored
from question_bank.formats.gift.formats import split_format
from question_bank.formats.markup import bare
from question_bank.formats.moodle.answers import accepted_texts, credited_spans
from question_bank.formats.moodle.gaps import drawn, one_gap
from question_bank.formats.moodle.grades import grade, multiple_choice, single_choice
from question_bank.formats.moodle.numbers import span_of
from question_bank.formats.moodle.rich import Rich
from question_bank.formats.problems import Param, Problem, problem
from question_bank.items.draft import Accepted, Draft, DraftBlank, DraftOption, Span

_WEIGHT = re.compile(r"\s*+%\s*+(-?[0-9]{1,3}(?:[.,][0-9]{0,10})?)\s*+%")
_TRUE = frozenset({"T", "TRUE", "对", "正确", "是", "√"})
_FALSE = frozenset({"F", "FALSE", "错", "错误", "否", "×"})
_AS_MOODLE = frozenset({"T", "TRUE", "F", "FALSE"})


@dataclass(slots=True)
class Answers:
    """The text between the braces, without general feedback, and the format it is in."""

    text: str
    text_format: str
    rich: Rich


class _Refused(Exception):
    """The answers cannot be read."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def draft_of(answers: Answers, base: Draft) -> tuple[Draft, list[Problem]]:
    """Return the draft that the answers make of `base`, in the order in which Moodle decides."""
    try:
        draft = _kind(answers, base)
        return replace(draft, stem=drawn(draft.stem)), []
    except _Refused as refused:
        draft = replace(base, stem=drawn(base.stem))
        return draft, [problem(refused.code, answers.rich.where, **refused.params)]


def _kind(answers: Answers, base: Draft) -> Draft:
    text = answers.text
    if not text:
        return replace(base, kind="essay")
    if text.startswith("#"):
        return _numeric(answers, base)
    if "~" in text:
        return _choice(answers, base)
    if "=" in text and "->" in text:
        return _matching(answers, base)
    word = text.partition("#")[0].strip()
    plain = unicodedata.normalize("NFKC", restored(word)).upper()
    if plain in _TRUE or plain in _FALSE:
        return _true_false(answers, base, word, is_true=plain in _TRUE)
    return _short(answers, base)


def _parts(text: str, mark: str, least: int) -> list[str]:
    """Split answers at their marks; raise _Refused when there are too few."""
    parts = [part.strip() for part in text.split(mark)]
    if not parts[0]:
        del parts[0]
    if len(parts) < least:
        raise _Refused("plain.answers_few", count=len(parts), least=least)
    return parts


def _weight(text: str, default: float) -> tuple[float, str]:
    """Return the weight that an answer begins with, and the answer after it."""
    found = _WEIGHT.match(text)
    if found is None:
        return default, text
    share = grade(found[1])
    if share is None:
        raise _Refused("plain.grade_unreadable", text=found[1])
    return share, text[found.end() :]


def _option(answers: Answers, text: str, weight: float) -> DraftOption:
    """Return an option with its feedback and its picture."""
    rich = answers.rich
    said, _, feedback = text.partition("#")
    body, text_format = split_format(said, answers.text_format)
    plain = rich.text(body, text_format)
    images = [one for one in rich.take_media() if one.kind == "image"]
    return DraftOption(
        plain,
        weight=weight,
        feedback=rich.aside(*split_format(feedback, answers.text_format)),
        image=images[0].ref if images else "",
    )


def _choice(answers: Answers, base: Draft) -> Draft:
    """Read a choice. Without any `=` several options may be chosen."""
    is_single = "=" in answers.text
    options = []
    for part in _parts(answers.text.replace("=", "~="), "~", 2):
        is_right = part.startswith("=")
        weight, text = _weight(part[1:] if is_right else part, 1.0 if is_right else 0.0)
        options.append(_option(answers, text, weight))
    judge = single_choice if is_single else multiple_choice
    scoring, judged = judge(options)
    kind = "single" if is_single else "multiple"
    return replace(base, kind=kind, options=judged, scoring=scoring)


def _matching(answers: Answers, base: Draft) -> Draft:
    """Read pairs. A right side without a left one fits nothing."""
    pairs: list[tuple[str, str]] = []
    extras: list[str] = []
    for part in _parts(answers.text, "=", 2):
        left, arrow, right = part.partition("->")
        if not arrow:
            raise _Refused("plain.arrow_missing", text=restored(part)[:60])
        body, text_format = split_format(left, answers.text_format)
        plain = answers.rich.text(body, text_format)
        target = bare(restored(right))
        if plain:
            pairs.append((plain, target))
        else:
            extras.append(target)
    answers.rich.drop_media()
    return replace(
        base, kind="matching", pairs=tuple(pairs), extras=tuple(extras), scoring="partial"
    )


def _true_false(answers: Answers, base: Draft, word: str, *, is_true: bool) -> Draft:
    """Read a statement. The first feedback is for those who are wrong."""
    rich = answers.rich
    if word not in _AS_MOODLE:
        meaning = "TRUE" if is_true else "FALSE"
        rich.note("plain.true_false_word", text=restored(word), meaning=meaning)
    said = [*answers.text.split("#", 2)[1:], "", ""][:2]
    wrong, right = (rich.aside(*split_format(one, answers.text_format)) for one in said)
    on_true, on_false = (right, wrong) if is_true else (wrong, right)
    options = (DraftOption("", feedback=on_true), DraftOption("", feedback=on_false))
    return replace(
        base, kind="true_false", is_true=is_true, options=options if on_true or on_false else ()
    )


def _short(answers: Answers, base: Draft) -> Draft:
    """Read words to be typed."""
    given = []
    for part in _parts(answers.text, "=", 1):
        weight, text = _weight(part, 1.0)
        said, _, feedback = text.partition("#")
        body, text_format = split_format(said, answers.text_format)
        word = Accepted(answers.rich.text(body, text_format), weight)
        given.append((word, answers.rich.aside(*split_format(feedback, answers.text_format))))
    answers.rich.drop_media()
    accepted, problems = accepted_texts(given, answers.rich.where)
    answers.rich.problems += problems
    stem, mended = one_gap(base.stem, answers.rich.where)
    answers.rich.problems += mended
    return replace(base, kind="cloze", stem=stem, blanks=(DraftBlank(accepted),))


def _numeric(answers: Answers, base: Draft) -> Draft:
    """Read numbers with their margins."""
    numbers, _, wrong = answers.text[1:].partition("~")
    given: list[tuple[Span | None, str, str]] = []
    parts = [part for part in _parts(numbers, "=", 0) if part]
    for part in parts:
        weight, text = _weight(part, 1.0)
        said, _, feedback = text.partition("#")
        word = restored(said).strip()
        span = span_of(word, weight)
        if span is None and word != "*":
            raise _Refused("plain.not_a_number", text=word[:60])
        given.append((span, word, answers.rich.aside(*split_format(feedback, answers.text_format))))
    if not given:
        raise _Refused("plain.answers_few", count=0, least=1)
    other = wrong.partition("#")[2]
    given.append((None, "*", answers.rich.aside(*split_format(other, answers.text_format))))
    spans, problems = credited_spans(given, answers.rich.where)
    answers.rich.problems += problems
    return replace(base, kind="numeric", spans=spans)
