"""The types of questions in Moodle XML, each as a draft."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.html_tree import Node, parse_html
from question_bank.formats.markup import bare, plain_node
from question_bank.formats.moodle.answers import accepted_texts, credited_spans
from question_bank.formats.moodle.embedded import Unreadable, read_embedded
from question_bank.formats.moodle.gaps import GAP, one_gap
from question_bank.formats.moodle.grades import grade, multiple_choice, single_choice
from question_bank.formats.moodle.numbers import number_of, span_around
from question_bank.formats.moodle_xml.source import Source, is_set, letters
from question_bank.items.draft import (
    BLANK,
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
)

_GAP_MARK = re.compile(r"\[\[([0-9]{1,3})\]\]")
_ROW = re.compile("_{4,}")


def _share(answer: Element) -> float:
    """Return what an answer earns. Raises Unreadable when its share is none."""
    text = (answer.get("fraction") or letters(answer.find("fraction")) or "0").strip()
    if answer.get("fraction") is None and number_of(text) is not None and "." in text:
        text = str(100 * float(text))  # an old file has a share from 0 to 1 as an element
    share = grade(text)
    if share is None:
        raise Unreadable("plain.grade_unreadable", text=text[:60])
    return share


def _options(source: Source) -> list[DraftOption]:
    options = []
    for answer in source.element.findall("answer"):
        text = source.text(answer)
        images = [one.ref for one in source.rich.take_media() if one.kind == "image"]
        feedback = source.aside(answer.find("feedback"))
        options.append(DraftOption(text, False, _share(answer), feedback, (*images, "")[0]))
    if len(options) < 2:
        raise Unreadable("plain.answers_few", count=len(options), least=2)
    return options


def _is_fixed(source: Source) -> bool:
    return not is_set(source.element.find("shuffleanswers"), True)


def _multichoice(source: Source) -> Draft:
    is_single = is_set(source.element.find("single"), True)
    draft = source.base("single" if is_single else "multiple")
    scoring, options = (single_choice if is_single else multiple_choice)(_options(source))
    return replace(draft, options=options, scoring=scoring, is_fixed=_is_fixed(source))


def _all_or_nothing(source: Source) -> Draft:
    """Read the choice of a plugin in which only the whole key counts."""
    options = tuple(
        replace(one, is_right=(one.weight or 0) > 0, weight=None) for one in _options(source)
    )
    draft = source.base("multiple")
    return replace(draft, options=options, scoring="all_or_nothing", is_fixed=_is_fixed(source))


def _true_false(source: Source) -> Draft:
    """Read a statement: by the words true and false, in old files by their order."""
    draft = source.base("true_false")
    shares: dict[bool, float] = {}
    feedback = {True: "", False: ""}
    for number, answer in enumerate(source.element.findall("answer")[:2]):
        word = letters(answer).lower()
        side = word == "true" if word in ("true", "false") else number == 0
        shares[side] = _share(answer)
        feedback[side] = source.aside(answer.find("feedback"))
    is_true = shares.get(True, 0.0) > shares.get(False, 0.0)
    if not shares or max(shares.values()) <= 0 or len(set(shares.values())) == 1 < len(shares):
        raise Unreadable("plain.true_false_unclear")
    options = tuple(DraftOption("", feedback=feedback[side]) for side in (True, False))
    return replace(draft, is_true=is_true, options=options if any(feedback.values()) else ())


def _short(source: Source) -> Draft:
    draft = source.base("cloze")
    given = [
        (Accepted(bare(letters(answer)), _share(answer)), source.aside(answer.find("feedback")))
        for answer in source.element.findall("answer")
    ]
    if not given:
        raise Unreadable("plain.answers_few", count=0, least=1)
    accepted, problems = accepted_texts(given, source.rich.where)
    stem, mended = one_gap(draft.stem, source.rich.where)
    source.rich.problems += [*problems, *mended]
    blank = DraftBlank(accepted, is_exact=is_set(source.element.find("usecase"), False))
    return replace(draft, stem=stem, blanks=(blank,))


def _numerical(source: Source) -> Draft:
    draft = source.base("numeric")
    given: list[tuple[Span | None, str, str]] = []
    for answer in source.element.findall("answer"):
        inner = answer.find("text")
        word = (letters(answer) if inner is not None else answer.text or "").strip() or "*"
        margin = letters(answer.find("tolerance")) or "0"
        span = None if word == "*" else span_around(word, margin, _share(answer))
        if span is None and word != "*":
            raise Unreadable("plain.not_a_number", text=f"{word}:{margin}"[:60])
        given.append((span, word, source.aside(answer.find("feedback"))))
    if not any(span for span, _word, _feedback in given):
        raise Unreadable("plain.answers_few", count=0, least=1)
    spans, problems = credited_spans(given, source.rich.where)
    source.rich.problems += problems
    return replace(draft, spans=spans, unit=_unit(source))


def _unit(source: Source) -> str:
    """Return the unit in which the answer is given, and report the others."""
    units = source.element.findall("./units/unit")
    names = [
        bare(letters(unit.find("unit_name")))
        for unit in units
        if number_of(letters(unit.find("multiplier")) or "1") == 1
    ]
    unit = names[0] if names else ""
    if len(units) > 1 or (units and not unit):
        source.rich.note("plain.units_lost", unit=unit)
    if unit and letters(source.element.find("unitgradingtype")) in ("1", "2"):
        source.rich.note("plain.unit_needed")
    return unit


def _matching(source: Source) -> Draft:
    """Read pairs. A right side without a left one fits nothing."""
    draft = source.base("matching")
    pairs: list[tuple[str, str]] = []
    extras: list[str] = []
    for pair in source.element.findall("subquestion"):
        left, answer = source.text(pair), pair.find("answer")
        is_rich = answer is not None and answer.get("format") is not None
        right = source.text(answer) if is_rich else bare(letters(answer))
        if left:
            pairs.append((left, right))
        elif right:
            extras.append(right)
    source.rich.drop_media()
    if len(pairs) + len(extras) < 2:
        raise Unreadable("plain.answers_few", count=len(pairs) + len(extras), least=2)
    return replace(draft, pairs=tuple(pairs), extras=tuple(extras), scoring="partial")


def _ordering(source: Source) -> Draft:
    """Read entries to put in order; their share is their place."""
    entries: list[tuple[float, DraftOption]] = []
    for number, answer in enumerate(source.element.findall("answer"), start=1):
        place = number_of(answer.get("fraction") or "")
        text = source.text(answer)
        images = [one.ref for one in source.rich.take_media() if one.kind == "image"]
        entry = DraftOption(text, image=(*images, "")[0])
        entries.append((float(place) if place is not None else number, entry))
    if len(entries) < 2:
        raise Unreadable("plain.answers_few", count=len(entries), least=2)
    is_whole = letters(source.element.find("gradingtype")) in ("ALL_OR_NOTHING", "-1")
    return replace(
        source.base("ordering"),
        options=tuple(entry for _place, entry in sorted(entries, key=lambda one: one[0])),
        scoring="all_or_nothing" if is_whole else "partial",
    )


def _essay(source: Source) -> Draft:
    """Read an essay. The notes for graders are its rubric, and a sample answer below it."""
    draft = source.base("essay")
    notes = source.element.find("graderinfo")
    if letters(source.element.find("responsetemplate")):
        source.rich.note("plain.template_lost")
    rubric, sample = _rubric(letters(notes))
    if rubric:
        return replace(draft, rubric=rubric, sample=sample)
    text = source.aside(notes)
    points = source.points or 1.0
    return replace(draft, rubric=(Criterion(text, points),) if text else ())


def _rubric(html: str) -> tuple[tuple[Criterion, ...], str]:
    """Return the criteria of a table with a text and points in each row, and what else is said."""
    root = parse_html(html)
    table = next(
        (one for one in root.children if isinstance(one, Node) and one.tag == "table"), None
    )
    if table is None:
        return (), ""
    criteria = []
    for row in _rows(table):
        cells = [plain_node(cell).text for cell in row.children if isinstance(cell, Node)]
        points = number_of(cells[1]) if len(cells) == 2 else None
        if points is None:
            return (), ""
        criteria.append(Criterion(cells[0], float(points)))
    root.children.remove(table)
    return tuple(criteria), plain_node(root).text


def _rows(table: Node) -> list[Node]:
    rows: list[Node] = []
    for child in table.children:
        if isinstance(child, Node):
            rows += [child] if child.tag == "tr" else _rows(child)
    return rows


def _cloze(source: Source) -> Draft:
    text = source.element.find("questiontext")
    draft = read_embedded(letters(text), source.text_format, source.rich, source.files(text))
    media = (*draft.media, *source.old_picture())
    return replace(draft, explanation=source.explanation(), media=media)


def _gaps(source: Source) -> Draft:
    """Read a text with numbered gaps, each with a list of words from its group."""
    element = source.element.find("questiontext")
    boxes = [*source.element.findall("dragbox"), *source.element.findall("selectoption")]
    words = [(source.text(box), letters(box.find("group")) or "1") for box in boxes]
    source.rich.drop_media()
    blanks: list[DraftBlank] = []

    def gap(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 1 <= number <= len(words):
            raise Unreadable("plain.gap_unknown", number=number)
        right, group = words[number - 1]
        choices = dict.fromkeys(text for text, other in words if other == group)
        options = tuple(DraftOption(text, text == right) for text in choices)
        blanks.append(DraftBlank(options=options))
        return GAP

    marked = _GAP_MARK.sub(gap, letters(element))
    if not blanks:
        raise Unreadable("plain.no_blanks")
    stem = source.rich.text(marked, source.text_format, source.files(element))
    media = source.rich.take_media()
    stem = _ROW.sub("___", stem).replace(GAP, BLANK)
    return Draft("cloze", stem, source.explanation(), blanks=tuple(blanks), media=media)


def _description(source: Source) -> Draft:
    raise Unreadable("plain.description")


# What reads each type; a type that is not here is refused by its name.
KINDS: Mapping[str, Callable[[Source], Draft]] = MappingProxyType(
    {
        "multichoice": _multichoice,
        "multichoiceset": _all_or_nothing,
        "truefalse": _true_false,
        "shortanswer": _short,
        "numerical": _numerical,
        "matching": _matching,
        "match": _matching,
        "ddmatch": _matching,
        "ordering": _ordering,
        "essay": _essay,
        "cloze": _cloze,
        "multianswer": _cloze,
        "ddwtos": _gaps,
        "gapselect": _gaps,
        "description": _description,
    }
)
