"""A document of QTI 1.2 as questions: items in sections, and items that are only spoken of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.problems import Where, problem
from question_bank.formats.qti.asked import MAX_ASKED, Refusal, guarded
from question_bank.formats.qti.conditions12 import Judge12
from question_bank.formats.qti.content import Content
from question_bank.formats.qti.drafts12 import READERS, Item12
from question_bank.formats.qti.kinds12 import called, kind_of
from question_bank.formats.qti.metadata import described
from question_bank.formats.qti.package import Document, Package
from question_bank.formats.qti.presentation12 import field_of, material, responses_of
from question_bank.formats.qti.tree import child, children, find_all, text_in
from question_bank.formats.qti.values import number
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft

_POINTS = ("points_possible", "qmd_absolutescore_max", "cc_weighting", "qmd_weighting")
_STIMULUS = "parent_stimulus_item_ident"
_BANKS = ("sourcebank_ref", "bankentry_item")


def questions_of(document: Document, package: Package) -> list[Question]:
    """Return the questions of a document, in order; those in absent banks are refused."""
    root = document.root
    items = [root] if root.tag == "item" else list(find_all(root, "item"))
    category = _bank(root)
    shared = _shared(items)
    questions = [
        _question(one, document, package, shared) for one in items if one.get("ident") not in shared
    ]
    if category:
        questions = [replace(one, category=(category,)) for one in questions]
    return [*questions, *_absent(root, document, package)]


def _shared(items: Sequence[Element]) -> dict[str, Element]:
    """Return the passages that other items refer to, by identifier."""
    wanted = {field_of(one, _STIMULUS) for one in items} - {""}
    return {one.get("ident", ""): one for one in items if one.get("ident") in wanted}


def _bank(root: Element) -> str:
    """Return the title of a bank of questions, empty for a test."""
    for one in find_all(root, "objectbank"):
        return field_of(one, "bank_title")
    return ""


def _absent(root: Element, document: Document, package: Package) -> Iterator[Question]:
    """Yield what a test takes from banks that the package does not hold."""
    for one in find_all(root, *_BANKS):
        bank = one.get("sourcebank_ref") or text_in(one)
        if bank in package.banks:
            continue
        item = one.get("item_ref")
        where = Where(item=item or bank or None, entry=document.name or None)
        found = problem("qti.bank_absent", where, bank=bank[:80])
        points = number(one.get("points_possible"))
        yield Question(
            Draft(""), where, points=None if points is None else float(points), problems=(found,)
        )


def _question(
    item: Element, document: Document, package: Package, shared: Mapping[str, Element]
) -> Question:
    title = " ".join((item.get("title") or "").split())
    where = Where(item=item.get("ident") or title or None, entry=document.name or None)
    return guarded(lambda: _read(item, title, where, package, shared), where)


def _read(
    item: Element, title: str, where: Where, package: Package, shared: Mapping[str, Element]
) -> Question:
    content = Content(package, where.entry or "", where)
    try:
        draft = _draft(item, content)
        stimulus = shared.get(field_of(item, _STIMULUS))
        if stimulus is not None:
            passage = content.of_html(material(child(stimulus, "presentation"), content))
            stem = "\n".join(filter(None, (passage, draft.stem)))
            draft = replace(draft, stem=stem, media=content.media)
    except Refusal as refusal:
        draft = _refused(item, content)
        content.problems.append(problem(refusal.code, where, **refusal.params))
    if not draft.stem and title and draft.kind:
        draft = replace(draft, stem=title)
        content.report("qti.stem_from_title")
    points = number(field_of(item, *_POINTS))
    question = Question(
        draft,
        where,
        name=title or where.item or "",
        points=float(points) if points is not None and points > 0 else None,
        problems=tuple(content.problems),
    )
    return described(question, package.resources.get(where.entry or ""))


def _refused(item: Element, content: Content) -> Draft:
    """Return what is known of an item that is not carried over: its text."""
    text = content.of_html(material(child(item, "presentation"), content))
    return Draft("", text, media=content.media)


def _draft(item: Element, content: Content) -> Draft:
    """Return the draft of an item. Raises Refusal."""
    presentation = child(item, "presentation")
    responses = responses_of(presentation, content)
    if len(responses) > MAX_ASKED:
        raise Refusal("qti.too_many", count=len(responses), limit=MAX_ASKED)
    several = {one.identifier for one in responses if one.cardinality != "Single"}
    judge = Judge12(item, frozenset(several))
    rewarded = any(judge.key(one.identifier) for one in responses)
    kind = kind_of(item, responses, rewarded)
    if kind == "text_only":
        raise Refusal("qti.no_interaction")
    if kind == "drawn" or child(item, "itemproc_extension") is not None:
        raise Refusal("qti.randomised")
    if kind == "refused":
        raise Refusal("qti.interaction", name=called(item)[:80])
    draft = READERS[kind](Item12(item, presentation, responses, judge, content))
    rubrics = [content.of_html(material(one, content)) for one in children(item, "rubric")]
    explanation = "\n".join(dict.fromkeys(filter(None, (draft.explanation, *rubrics))))
    return replace(draft, explanation=explanation)
