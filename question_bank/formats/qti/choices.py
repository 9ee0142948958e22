"""Choosing: `choiceInteraction`, `hottextInteraction`, and true or false."""

from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.html_tree import words
from question_bank.formats.qti.asked import Asked, Refusal, feedback_inside
from question_bank.formats.qti.credit import ChoiceCredit, multiple_credit, single_credit
from question_bank.formats.qti.declarations import ResponseDeclaration
from question_bank.formats.qti.tree import child, find_all
from question_bank.items.draft import Draft, DraftOption

_TRUE = words("true t 对 正确 √ ✓ ✔ 真 waar juist vrai wahr richtig verdadero vero")
_FALSE = words("false f 错 错误 × ✗ ✘ 假 不正确 onwaar onjuist faux falsch falso")


def choice(element: Element, asked: Asked) -> Draft:
    """Return a choice among options in a list. Raises Refusal."""
    options = list(find_all(element, "simpleChoice"))
    return _choice(element, asked, options, asked.content.of(child(element, "prompt")))


def hottext(element: Element, asked: Asked) -> Draft:
    """Return a choice among words of a passage; the passage is the stem. Raises Refusal."""
    passage = [asked.content.of(child(element, "prompt")), asked.content.of(element)]
    stem = "\n".join(text for text in passage if text)
    return _choice(element, asked, list(find_all(element, "hottext")), stem)


def _choice(element: Element, asked: Asked, elements: list[Element], stem: str) -> Draft:
    declaration = asked.declaration(element)
    ids = [one.get("identifier", "") for one in elements]
    if not ids:
        raise Refusal("qti.no_options")
    key = [text for text in declaration.key_texts if text in ids]
    is_single = _is_single(element, asked, declaration, key)
    credit = choice_credit(element, asked, declaration, ids, is_single=is_single)
    comments = asked.comments(declaration, ids)
    options = []
    for one, identifier in zip(elements, ids, strict=True):
        text, image = asked.content.option(one)
        inside = feedback_inside(one, asked.content)
        said = "\n".join(filter(None, (inside, comments.by_option.get(identifier, ""))))
        weight = credit.weights.get(identifier)
        options.append(DraftOption(text, identifier in credit.right, weight, said, image))
    draft = Draft(
        "single" if is_single else "multiple",
        stem,
        comments.explanation,
        options=tuple(options),
        is_fixed=_is_fixed(element, elements, asked),
        scoring=credit.scoring,
    )
    may_be_statement = asked.note(element, "kind") in ("", "true_false")
    is_list = element.tag == "choiceInteraction"
    return as_true_false(draft) if may_be_statement and is_list else draft


def choice_credit(
    element: Element,
    asked: Asked,
    declaration: ResponseDeclaration,
    ids: list[str],
    *,
    is_single: bool,
) -> ChoiceCredit:
    """Return which options are right and what each is worth; own files say it themselves."""
    key = [text for text in declaration.key_texts if text in ids]
    if asked.is_own:
        return _own_credit(declaration, key, asked.note(element, "scoring"))
    find = single_credit if is_single else multiple_credit
    credit = asked.tried(declaration, lambda score: find(ids, key, score))
    if credit.is_changed:
        asked.content.report("qti.scoring_changed")
    return credit


def _own_credit(declaration: ResponseDeclaration, key: list[str], scoring: str) -> ChoiceCredit:
    """Return the credit that this house wrote down: the mapping counts where weights do."""
    mapping = declaration.mapping
    worths = {} if mapping is None else {one.key: float(one.worth) for one in mapping.entries}
    weights = worths if scoring in ("", "weighted") else {}
    return ChoiceCredit(frozenset(key), scoring, weights)


def _is_single(
    element: Element, asked: Asked, declaration: ResponseDeclaration, key: list[str]
) -> bool:
    noted = asked.note(element, "kind")
    if noted:
        return noted != "multiple"
    most = element.get("maxChoices")
    return len(key) < 2 and (declaration.cardinality == "single" or most == "1")


def _is_fixed(element: Element, elements: list[Element], asked: Asked) -> bool:
    """Tell whether the order is the author's; one option that stays in place fixes all of them."""
    if element.get("shuffle") != "true":
        return element.tag == "hottextInteraction" or element.get("shuffle") == "false"
    some = [one.get("fixed") == "true" for one in elements]
    if any(some) and not all(some):
        asked.content.report("qti.partly_fixed")
    return any(some)


def as_true_false(draft: Draft) -> Draft:
    """Return a choice between True and False as a statement; any other choice as it is."""
    if draft.kind != "single" or len(draft.options) != 2 or draft.scoring == "weighted":
        return draft
    truths = [truth(option.text) for option in draft.options]
    if set(truths) != {True, False} or any(option.image for option in draft.options):
        return draft
    by_truth = dict(zip(truths, draft.options, strict=True))
    right = [value for value in (True, False) if by_truth[value].is_right]
    said = tuple(DraftOption("", feedback=by_truth[value].feedback) for value in (True, False))
    return Draft(
        "true_false",
        draft.stem,
        draft.explanation,
        options=said if any(one.feedback for one in said) else (),
        is_true=right[0] if len(right) == 1 else None,
        media=draft.media,
    )


def truth(text: str) -> bool | None:
    """Return what a word says that names true or false, None for any other text."""
    word = text.strip().strip(".。").casefold()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None
