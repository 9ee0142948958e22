"""One `assessmentItem` of QTI 2 or 3 as a question."""

from dataclasses import replace
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.problems import Where, problem
from question_bank.formats.qti.asked import FEEDBACK, Asked, Refusal, guarded
from question_bank.formats.qti.body import draft_of_body
from question_bank.formats.qti.content import Content
from question_bank.formats.qti.metadata import described
from question_bank.formats.qti.package import Document, Package, is_elsewhere
from question_bank.formats.qti.rubrics import with_rubrics
from question_bank.formats.qti.rules import Judge
from question_bank.formats.qti.tree import child, children, find_all
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft

OWN_TOOL = "zhixing"


def questions_of(document: Document, package: Package) -> list[Question]:
    """Return the questions of a document: one for each item in it."""
    items = list(find_all(document.root, "assessmentItem"))
    return [_question(item, document, package) for item in items]


def _question(item: Element, document: Document, package: Package) -> Question:
    title = " ".join((item.get("title") or "").split())
    where = Where(item=item.get("identifier") or title or None, entry=document.name or None)
    return guarded(lambda: _read(item, title, where, package), where)


def _read(item: Element, title: str, where: Where, package: Package) -> Question:
    is_own = item.get("toolName") == OWN_TOOL
    content = Content(package, where.entry or "", where, is_own=is_own)
    judge = Judge(item)
    asked = Asked(judge, content, is_own)
    try:
        draft = _draft(item, asked)
        _report_strangers(item, judge, content)
    except Refusal as refusal:
        draft = Draft("", content.of(child(item, "itemBody")), media=content.media)
        content.problems.append(problem(refusal.code, where, **refusal.params))
    if draft.kind and title and not draft.stem:
        draft = replace(draft, stem=title)
        content.report("qti.stem_from_title")
    points = judge.declared_maximum()
    question = Question(
        draft,
        where,
        name=title or where.item or "",
        points=float(points) if points is not None else None,
        problems=tuple(content.problems),
    )
    return described(question, package.resources.get(where.entry or ""))


def _draft(item: Element, asked: Asked) -> Draft:
    """Return the draft of an item. Raises Refusal."""
    if item.get("adaptive") == "true":
        raise Refusal("qti.adaptive")
    if child(item, "templateProcessing") is not None:
        raise Refusal("qti.randomised")
    body = child(item, "itemBody", "body")
    if body is None:
        raise Refusal("qti.no_interaction")
    asked.remarks = [
        one
        for one in find_all(item, *FEEDBACK)
        if not any(inner.tag.endswith("Interaction") for inner in one.iter())
    ]
    asked.rubrics = list(find_all(body, "rubricBlock"))
    _leave_options(asked, body)
    draft = draft_of_body(body, asked, title=" ".join((item.get("title") or "").split()))
    draft = with_rubrics(draft, asked)
    return _with_stimulus(draft, item, asked)


def _leave_options(asked: Asked, body: Element) -> None:
    """Take feedback inside options out of the remarks: it belongs to its option."""
    inside = {
        id(one)
        for option in find_all(body, "simpleChoice", "inlineChoice", "hottext")
        for one in find_all(option, *FEEDBACK)
    }
    asked.remarks = [one for one in asked.remarks if id(one) not in inside]


def _with_stimulus(draft: Draft, item: Element, asked: Asked) -> Draft:
    """Put the text that several items share before the stem; it is in the package or absent."""
    texts = []
    for reference in children(item, "assessmentStimulusRef"):
        href = reference.get("href", "")
        entry = asked.content.package.resolve(asked.content.base, href)
        stimulus = asked.content.package.stimuli.get(entry or "")
        if stimulus is None:
            code = "markup.remote_media" if is_elsewhere(href) else "markup.media_missing"
            param = "url" if is_elsewhere(href) else "name"
            asked.content.report(code, **{param: href[:200]})
            continue
        body = child(stimulus, "stimulusBody")
        texts.append(asked.content.of(stimulus if body is None else body))
    if not texts:
        return draft
    stem = "\n".join(filter(None, (*texts, draft.stem)))
    return replace(draft, stem=stem, media=asked.content.media)


def _report_strangers(item: Element, judge: Judge, content: Content) -> None:
    """Say what an item refers to and does not hold: rules elsewhere, styles on another server."""
    if judge.unknown:
        content.report("qti.template_unknown", name=judge.unknown[:80])
    for one in find_all(item, "stylesheet"):
        if is_elsewhere(one.get("href", "")):
            content.report("markup.remote_media", url=one.get("href", "")[:200])
