"""Reading Moodle XML."""

from dataclasses import replace
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.markup import bare
from question_bank.formats.moodle.categories import path_of
from question_bank.formats.moodle.embedded import Unreadable
from question_bank.formats.moodle.passport import with_tags
from question_bank.formats.moodle_xml.files import Files, media_refs
from question_bank.formats.moodle_xml.kinds import KINDS
from question_bank.formats.moodle_xml.source import Source, letters
from question_bank.formats.moodle_xml.titles import title_of
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import MAX_QUESTIONS, Question, Reading
from question_bank.formats.safe_xml import mended, parse
from question_bank.items.draft import Draft

# Texts that Moodle itself puts into every question; nothing is lost with them.
_USUAL = frozenset(
    {
        "Your answer is correct.",
        "Your answer is partially correct.",
        "Your answer is incorrect.",
        "您的答案是正确的。",
        "您的答案部分正确。",
        "您的答案不正确。",
    }
)
_OVERALL = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def read(data: bytes, filename: str) -> Reading:
    """Read a Moodle XML file. Never raises; what cannot be a question has a problem."""
    text, repairs = mended(data)
    root = parse(text)
    if isinstance(root, Problem):
        return Reading("moodle_xml", (), problems=(root,))
    if root.tag != "quiz":
        return Reading("moodle_xml", (), problems=(problem("file.unknown", Where()),))
    questions: list[Question] = []
    files = Files()
    category: tuple[str, ...] = ()
    for number, element in enumerate(root.iter("question"), start=1):
        if element.get("type") == "category":
            category = path_of(letters(element.find("category")))
        else:
            questions.append(replace(_question(element, number, files), category=category))
        if len(questions) > MAX_QUESTIONS:
            break
    used = {ref for question in questions for ref in media_refs(question.draft)}
    media = {ref: content for ref, content in files.media.items() if ref in used}
    return Reading("moodle_xml", tuple(questions), "utf-8", repairs, media)


def _question(element: Element, number: int, files: Files) -> Question:
    """Read one question."""
    name = " ".join(bare(letters(element.find("name"))).split())
    name = name or bare(letters(element.find("idnumber")))
    source = Source(element, Where(item=name or str(number)), files)
    draft, refusals = _draft(source)
    if not refusals:
        _note_losses(source)
    files.media.update(source.rich.embedded)
    question = Question(
        draft,
        source.rich.where,
        "" if name == title_of(draft.stem) else name,
        points=source.points,
        problems=tuple(refusals or source.rich.problems),
    )
    tags = [bare(letters(tag)) for tag in element.findall("./tags/tag")]
    return with_tags(question, tags)


def _draft(source: Source) -> tuple[Draft, list[Problem]]:
    """Return the draft of a question; a refused one keeps its text."""
    kind = (source.element.get("type") or "").strip()
    reader = KINDS.get(kind)
    try:
        if reader is None:
            code = "plain.type_unsupported" if kind else "plain.type_missing"
            raise Unreadable(code, **({"type": kind[:60]} if kind else {}))
        draft = reader(source)
    except Unreadable as found:
        draft = source.base("")
        return draft, [problem(found.code, source.rich.where, **found.params)]
    return draft, []


def _note_losses(source: Source) -> None:
    """Report texts that the house has no place for."""
    element = source.element
    for name in _OVERALL:
        text = source.aside(element.find(name))
        if text and text not in _USUAL:
            source.rich.note("plain.overall_lost", text=text[:200])
    hints = sum(1 for hint in element.findall("hint") if source.aside(hint))
    if hints:
        source.rich.note("plain.hints_lost", count=hints)
    if letters(element.find("hidden")).strip() == "1":
        source.rich.note("plain.hidden")
    for name in source.broken:
        source.rich.note("plain.media_unreadable", name=name[:200])
