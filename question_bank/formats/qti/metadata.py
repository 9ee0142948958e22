"""What a manifest says about an item in the words of LOM: topics, tags, difficulty, author."""

from dataclasses import replace
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.tree import child, children, find_all, text_in
from question_bank.formats.reading import Question

_DIFFICULTY = {
    "very easy": "easy",
    "easy": "easy",
    "medium": "medium",
    "difficult": "hard",
    "hard": "hard",
    "very difficult": "hard",
}


def described(question: Question, resource: Element | None) -> Question:
    """Return a question with what the manifest says about it."""
    lom = next(find_all(child(resource, "metadata"), "lom"), None)
    if lom is None:
        return question
    general = child(lom, "general")
    tags = [text_in(one) for one in children(general, "keyword")]
    difficulty = text_in(child(child(child(lom, "educational"), "difficulty"), "value"))
    return replace(
        question,
        category=question.category or _category(lom),
        tags=tuple(tag for tag in tags if tag),
        difficulty=_DIFFICULTY.get(difficulty.lower(), ""),
        author=_author(lom),
    )


def _category(lom: Element) -> tuple[str, ...]:
    """Return the path of topics: the first classification by discipline."""
    for one in children(lom, "classification"):
        purpose = text_in(child(child(one, "purpose"), "value"))
        if purpose == "discipline":
            entries = (text_in(child(taxon, "entry")) for taxon in find_all(one, "taxon"))
            return tuple(entry for entry in entries if entry)
    return ()


def _author(lom: Element) -> str:
    for one in find_all(child(lom, "lifeCycle", "lifecycle"), "contribute"):
        if text_in(child(child(one, "role"), "value")) == "author":
            entity = text_in(child(one, "entity"))
            return entity.partition("FN:")[2].partition(" END:")[0].strip() or entity
    return ""
