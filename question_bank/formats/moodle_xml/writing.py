"""Writing Moodle XML, with media enclosed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405

from question_bank.formats.moodle.categories import text_of_path
from question_bank.formats.moodle.grades import (
    multiple_choice,
    percent_text,
    scoring_of,
    single_choice,
    weights_of,
)
from question_bank.formats.moodle.numbers import middle_of
from question_bank.formats.moodle.passport import draft_tags, tags_of
from question_bank.formats.moodle_xml.markup import Markup, valid
from question_bank.formats.moodle_xml.titles import title_of
from question_bank.formats.moodle_xml.writing_blanks import embedded
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.formats.reading import Question
from question_bank.formats.writing import Written
from question_bank.items.cloze import marks_in, segments_of
from question_bank.items.draft import Draft

# Moodle draws the field to type in where it finds five underscores or more.
_DRAWN_BLANK = "_____"


def write(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
    """Write questions as Moodle XML; `media` are the bytes of their pictures, sounds and films."""
    quiz = Element("quiz")
    left_out: list[Problem] = []
    category: tuple[str, ...] = ()
    for question in questions:
        writer = _Writer(question, media)
        element = writer.question()
        left_out += writer.left_out
        if element is None:
            continue
        if question.category != category:
            category = question.category
            _add_category(quiz, category)
        quiz.append(element)
    for element in quiz.iter():
        element.text = valid(element.text or "") or None
        element.attrib.update({name: valid(value) for name, value in element.attrib.items()})
    indent(quiz)
    data = tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"
    return Written(data, ".xml", "application/xml", tuple(left_out))


def _add_category(quiz: Element, path: tuple[str, ...]) -> None:
    element = SubElement(quiz, "question", type="category")
    _add_text(SubElement(element, "category"), text_of_path(path))


def _add_text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text


class _Writer:
    """Writes one question, and gathers what the format cannot hold of it."""

    def __init__(self, question: Question, media: Mapping[str, bytes]) -> None:
        self._question = question
        self._draft = question.draft
        where = Where(line=question.where.line, item=question.name or None)
        self._markup = Markup(media, where)
        self._notes: list[Problem] = []
        self._where = where

    @property
    def left_out(self) -> list[Problem]:
        """Return what the file does not hold."""
        return [*self._notes, *self._markup.problems]

    def question(self) -> Element | None:
        """Return the question as an element, None when it cannot be written."""
        draft = self._draft
        writers = {
            "single": self._choice,
            "multiple": self._choice,
            "true_false": self._true_false,
            "cloze": self._cloze,
            "numeric": self._numeric,
            "ordering": self._ordering,
            "matching": self._matching,
            "essay": self._essay,
        }
        write_kind = writers.get(draft.kind)
        if write_kind is None:
            self._note("written.kind", kind=draft.kind)
            return None
        element = write_kind(draft)
        if element is None:
            self._note("written.empty")
        else:
            self._add_tags(element)
        return element

    def _note(self, code: str, **params: Param) -> None:
        self._notes.append(problem(code, self._where, **params))

    def _head(self, kind: str, stem: str | None = None, html: str | None = None) -> Element:
        """Return a question with what every type has."""
        draft = self._draft
        element = Element("question", type=kind)
        _add_text(SubElement(element, "name"), self._question.name or title_of(draft.stem))
        text = SubElement(element, "questiontext")
        self._markup.fill(text, draft.stem if stem is None else stem, draft.media, html)
        self._markup.fill(SubElement(element, "generalfeedback"), draft.explanation)
        if self._question.points is not None:
            SubElement(element, "defaultgrade").text = f"{self._question.points:g}"
        return element

    def _add_tags(self, element: Element) -> None:
        names = ["scoring"] if self._scoring_is_lost() else []
        tags = tags_of(self._question, draft_tags(self._draft, names))
        if names:
            self._note("written.scoring", scoring=scoring_of(self._draft))
        if tags:
            parent = SubElement(element, "tags")
            for tag in tags:
                _add_text(SubElement(parent, "tag"), " ".join(tag.split()))

    def _scoring_is_lost(self) -> bool:
        """Tell whether the weights in the file say another scoring than the question has."""
        draft = self._draft
        if draft.kind in ("single", "multiple"):
            judge = single_choice if draft.kind == "single" else multiple_choice
            weights = weights_of(draft.kind, draft.scoring, draft.options)
            weighed = [replace(o, weight=w) for o, w in zip(draft.options, weights, strict=True)]
            return judge(weighed)[0] != scoring_of(draft)
        return draft.kind == "matching" and scoring_of(draft) != "partial"

    def _add_answer(
        self, parent: Element, text: str, share: float | str, feedback: str = "", image: str = ""
    ) -> Element:
        """Add an answer, whose text may show a picture."""
        fraction = share if isinstance(share, str) else percent_text(share)
        answer = SubElement(parent, "answer", fraction=fraction)
        self._markup.fill(answer, text, self._markup.picture(image))
        self._markup.fill(SubElement(answer, "feedback"), feedback)
        return answer

    def _add_typed(self, parent: Element, text: str, share: float) -> Element:
        """Add an answer to be typed, which is never marked up."""
        answer = SubElement(parent, "answer", fraction=percent_text(share), format="plain_text")
        _add_text(answer, text)
        return answer

    def _choice(self, draft: Draft) -> Element | None:
        weights = weights_of(draft.kind, draft.scoring, draft.options)
        if len(weights) < 2 or not any(weight > 0 for weight in weights):
            return None
        element = self._head("multichoice")
        SubElement(element, "single").text = "true" if draft.kind == "single" else "false"
        SubElement(element, "shuffleanswers").text = "false" if draft.is_fixed else "true"
        SubElement(element, "answernumbering").text = "ABCD"
        for option, weight in zip(draft.options, weights, strict=True):
            self._add_answer(element, option.text, weight, option.feedback, option.image)
        return element

    def _true_false(self, draft: Draft) -> Element | None:
        if draft.is_true is None:
            return None
        element = self._head("truefalse")
        said = (*(option.feedback for option in draft.options), "", "")[:2]
        for word, is_right, feedback in zip(
            ("true", "false"), (draft.is_true, not draft.is_true), said, strict=True
        ):
            answer = self._add_typed(element, word, float(is_right))
            self._markup.fill(SubElement(answer, "feedback"), feedback)
        return element

    def _cloze(self, draft: Draft) -> Element | None:
        if not draft.blanks or marks_in(draft.stem) not in (
            {0, 1} if len(draft.blanks) == 1 else {len(draft.blanks)}
        ):
            return None
        first = draft.blanks[0]
        if len(draft.blanks) == 1 and first.accepted and first.weight == 1:
            return self._short(draft)
        if any(option.image for blank in draft.blanks for option in blank.options):
            self._note("written.media")
        html, problems = embedded(draft, self._where)
        self._notes += problems
        return None if html is None else self._head("cloze", html=html)

    def _short(self, draft: Draft) -> Element:
        stem = draft.stem
        if marks_in(stem):
            stem = _DRAWN_BLANK.join(segments_of(stem, 1))
        element = self._head("shortanswer", stem)
        blank = draft.blanks[0]
        SubElement(element, "usecase").text = "1" if blank.is_exact else "0"
        for one in blank.accepted:
            self._add_typed(element, one.text.replace("*", "\\*"), one.credit)
        return element

    def _numeric(self, draft: Draft) -> Element | None:
        middles = [middle_of(span) for span in draft.spans]
        if not middles or None in middles:
            return None
        element = self._head("numerical")
        for span, middle in zip(draft.spans, middles, strict=True):
            number, margin = middle or ("", "")
            answer = self._add_typed(element, number, span.credit)
            SubElement(answer, "tolerance").text = margin
        if draft.unit:
            unit = SubElement(SubElement(element, "units"), "unit")
            SubElement(unit, "multiplier").text = "1"
            SubElement(unit, "unit_name").text = draft.unit
        return element

    def _matching(self, draft: Draft) -> Element | None:
        if len(draft.pairs) + len(draft.extras) < 2:
            return None
        element = self._head("matching")
        for left, right in (*draft.pairs, *(("", extra) for extra in draft.extras)):
            pair = SubElement(element, "subquestion")
            self._markup.fill(pair, left)
            _add_text(SubElement(pair, "answer"), right)
        return element

    def _ordering(self, draft: Draft) -> Element | None:
        if len(draft.options) < 2:
            return None
        element = self._head("ordering")
        is_whole = scoring_of(draft) == "all_or_nothing"
        for name, value in (
            ("layouttype", "VERTICAL"),
            ("selecttype", "ALL"),
            ("gradingtype", "ALL_OR_NOTHING" if is_whole else "LONGEST_ORDERED_SUBSET"),
        ):
            SubElement(element, name).text = value
        for place, option in enumerate(draft.options, start=1):
            self._add_answer(element, option.text, f"{place}.0000000", image=option.image)
        return element

    def _essay(self, draft: Draft) -> Element:
        element = self._head("essay")
        notes = SubElement(element, "graderinfo", format="html")
        _add_text(notes, self._markup.rubric(_criteria(draft), draft.sample))
        return element


def _criteria(draft: Draft) -> Iterable[tuple[str, str]]:
    return ((one.text, f"{one.points:g}") for one in draft.rubric)
