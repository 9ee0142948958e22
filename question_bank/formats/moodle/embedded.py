"""Answers embedded in a text, as in `{1:SHORTANSWER:=Beijing~%50%Peking#Nearly}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from question_bank.formats.moodle.answers import accepted_texts, credited_spans
from question_bank.formats.moodle.gaps import GAP
from question_bank.formats.moodle.grades import grade, multiple_choice
from question_bank.formats.moodle.numbers import span_of
from question_bank.formats.moodle.rich import Rich
from question_bank.formats.problems import Param
from question_bank.items.draft import BLANK, Accepted, Draft, DraftBlank, DraftOption, Span

_BEGIN = re.compile(r"\{\s*+([0-9]{0,4})\s*+:\s*+([A-Za-z_]{2,20})\s*+(:?)")
_PART_END = re.compile(r"[~#}]")
_SHARE = re.compile(r"\s*+(?:(=)|%\s*+(-?[0-9]{1,3}(?:[.,][0-9]{0,10})?)\s*+%)")
_UNESCAPED = re.compile(r"\\([}#~/\"])")
_ROW = re.compile("_{4,}")

_TEXT = frozenset({"SHORTANSWER", "SA", "MW"})
_EXACT = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
_NUMBER = frozenset({"NUMERICAL", "NM"})
_CHOICE = frozenset(
    {"MULTICHOICE", "MC"}
    | {f"MULTICHOICE_{how}" for how in ("V", "H", "S", "VS", "HS")}
    | {f"MC{how}" for how in ("V", "H", "S", "VS", "HS")}
)
_SEVERAL = frozenset(
    {"MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MULTIRESPONSE_S", "MULTIRESPONSE_HS"}
    | {"MRH", "MRS", "MRHS"}
)


@dataclass(slots=True)
class _Answer:
    """One answer of a blank: its text, what it earns, and its feedback."""

    text: str
    share: float
    feedback: str = ""


@dataclass(slots=True)
class _Found:
    """One embedded question as it stands in the text."""

    weight: float
    kind: str
    answers: list[_Answer] = field(default_factory=list)


class Unreadable(Exception):
    """A text whose embedded answers cannot be read; `code` and `params` say why."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_embedded(text: str, text_format: str, rich: Rich, files: Mapping[str, str]) -> Draft:
    """Return the draft of a text with embedded answers, without its explanation.

    One question with several right options is a multiple choice; anything else is a fill-in.
    Raises Unreadable.
    """
    marked, found = _taken_apart(text)
    stem = _ROW.sub("___", rich.text(marked, text_format, files)).replace(GAP, BLANK)
    media = rich.take_media()
    if not found:
        raise Unreadable("plain.no_blanks")
    base = Draft("cloze", stem, media=media)
    if len(found) == 1 and found[0].kind in _SEVERAL:
        scoring, options = multiple_choice(_options(found[0], text_format, rich, files))
        return replace(base, kind="multiple", scoring=scoring, options=options)
    blanks = tuple(
        _blank(one, number, text_format, rich, files) for number, one in enumerate(found, start=1)
    )
    return replace(base, blanks=blanks)


def has_embedded(text: str) -> bool:
    """Tell whether a text has something like embedded answers."""
    return _BEGIN.search(text) is not None


def _taken_apart(text: str) -> tuple[str, list[_Found]]:
    """Return the text with `GAP` for each embedded question, and the questions."""
    parts: list[str] = []
    found: list[_Found] = []
    place = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < place:
            continue
        shown = text[begin.start() : begin.start() + 60]
        if not begin[3]:
            raise Unreadable("plain.blank_unreadable", text=shown)
        kind = begin[2].upper()
        if kind not in _TEXT | _EXACT | _NUMBER | _CHOICE | _SEVERAL:
            raise Unreadable("plain.blank_type", type=begin[2])
        one = _Found(float(begin[1] or 1), kind)
        ends = _read_answers(text, begin.end(), one)
        if ends is None:
            raise Unreadable("plain.blank_unreadable", text=shown)
        parts += (text[place : begin.start()], GAP)
        found.append(one)
        place = ends
    return "".join((*parts, text[place:])), found


def _read_answers(text: str, place: int, one: _Found) -> int | None:
    """Read answers up to the closing brace; return where it ends, or None when there is none."""
    is_wide = one.kind in _NUMBER | _TEXT | _EXACT
    while True:
        share = _SHARE.match(text, place)
        earned = 1.0 if share and share[1] else grade(share[2]) if share else 0.0
        if earned is None:
            raise Unreadable("plain.grade_unreadable", text=share[2] if share else "")
        begins = share.end() if share else place
        ends = _part_end(text, begins)
        if ends is None:
            return None
        answer = _Answer(_UNESCAPED.sub(r"\1", text[begins:ends]).strip(), earned)
        if text[ends] == "#":
            begins, ends = ends + 1, _part_end(text, ends + 1, marks="~}")
            if ends is None:
                return None
            answer.feedback = _UNESCAPED.sub(r"\1", text[begins:ends]).strip()
        if answer.text or not is_wide:
            one.answers.append(answer)
        if text[ends] == "}":
            return ends + 1
        place = ends + 1


def _part_end(text: str, place: int, marks: str = "~#}") -> int | None:
    """Return where an answer or a feedback ends: a mark that is not escaped, nor in an entity."""
    for found in _PART_END.finditer(text, place):
        at = found.start()
        if found[0] not in marks or text[at - 1] == "\\":
            continue
        if found[0] == "#" and text[max(0, at - 5) : at].endswith(("&", "&amp;")):
            continue
        return at
    return None


def _blank(
    one: _Found, number: int, text_format: str, rich: Rich, files: Mapping[str, str]
) -> DraftBlank:
    if one.kind in _SEVERAL:
        raise Unreadable("plain.blank_several", number=number)
    if one.kind in _CHOICE:
        return _choice(one, number, _options(one, text_format, rich, files))
    if not any(answer.share == 1 for answer in one.answers):
        raise Unreadable("plain.blank_full_missing", number=number)
    said = [
        (
            rich.aside(answer.text, text_format),
            answer.share,
            rich.aside(answer.feedback, text_format),
        )
        for answer in one.answers
    ]
    if one.kind in _NUMBER:
        return _number(one, said, rich)
    accepted, problems = accepted_texts(
        [(Accepted(text, share), feedback) for text, share, feedback in said], rich.where
    )
    rich.problems += problems
    return DraftBlank(accepted, weight=one.weight, is_exact=one.kind in _EXACT)


def _number(one: _Found, said: list[tuple[str, float, str]], rich: Rich) -> DraftBlank:
    given: list[tuple[Span | None, str, str]] = []
    for text, share, feedback in said:
        span = span_of(text, share)
        if span is None and text != "*":
            raise Unreadable("plain.not_a_number", text=text[:60])
        given.append((span, text, feedback))
    spans, problems = credited_spans(given, rich.where)
    rich.problems += problems
    return DraftBlank(spans=spans, weight=one.weight)


def _options(
    one: _Found, text_format: str, rich: Rich, files: Mapping[str, str]
) -> list[DraftOption]:
    if len(one.answers) < 2:
        raise Unreadable("plain.answers_few", count=len(one.answers), least=2)
    options = []
    for answer in one.answers:
        text = rich.text(answer.text, text_format, files)
        images = [shown.ref for shown in rich.take_media() if shown.kind == "image"]
        feedback = rich.aside(answer.feedback, text_format, files)
        options.append(
            DraftOption(text, weight=answer.share, feedback=feedback, image=(*images, "")[0])
        )
    return options


def _choice(one: _Found, number: int, options: list[DraftOption]) -> DraftBlank:
    """Return a blank with a list; weights are kept when they say more than right and wrong."""
    shares = [option.weight or 0.0 for option in options]
    if 1.0 not in shares:
        raise Unreadable("plain.blank_full_missing", number=number)
    is_plain = set(shares) <= {0.0, 1.0}
    judged = tuple(
        replace(option, is_right=share == 1, weight=None if is_plain else share)
        for option, share in zip(options, shares, strict=True)
    )
    return DraftBlank(options=judged, weight=one.weight)
