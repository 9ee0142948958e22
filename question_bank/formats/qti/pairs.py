"""Arranging: `orderInteraction`, `matchInteraction`, `associateInteraction`."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.asked import Asked, Refusal
from question_bank.formats.qti.content import Content
from question_bank.formats.qti.credit import MAX_TRIED, Score
from question_bank.formats.qti.declarations import ResponseDeclaration
from question_bank.formats.qti.tree import child, children, find_all
from question_bank.items.draft import Draft, DraftOption

Pair = tuple[str, str]


def order(element: Element, asked: Asked) -> Draft:
    """Return entries to put in order. Raises Refusal unless the key orders all of them."""
    declaration = asked.declaration(element)
    elements = {one.get("identifier", ""): one for one in find_all(element, "simpleChoice")}
    key = [text for text in declaration.key_texts if text in elements]
    if key and sorted(key) != sorted(elements):
        raise Refusal("qti.order_partial", count=len(key), all=len(elements))
    options = []
    for identifier in key or elements:
        text, image = asked.content.option(elements[identifier])
        options.append(DraftOption(text, image=image))
    if not key:
        asked.content.report("qti.no_key")
    return Draft(
        "ordering",
        asked.content.of(child(element, "prompt")),
        asked.comments(declaration, ()).explanation,
        options=tuple(options),
        scoring=_order_scoring(asked, element, declaration, key),
    )


def _order_scoring(
    asked: Asked, element: Element, declaration: ResponseDeclaration, key: Sequence[str]
) -> str:
    if asked.is_own or len(key) < 3:
        return asked.note(element, "scoring")
    swaps = [
        [*key[:place], key[place + 1], key[place], *key[place + 2 :]]
        for place in range(min(len(key), MAX_TRIED) - 1)
    ]
    is_partial = asked.tried(
        declaration, lambda score: any(score(one) > score([]) for one in swaps)
    )
    return "partial" if is_partial else "all_or_nothing"


def match(element: Element, asked: Asked) -> Draft:
    """Return two columns to match. Raises Refusal."""
    sets = list(children(element, "simpleMatchSet"))
    if len(sets) != 2:
        raise Refusal("qti.no_options")
    lefts, rights = (_texts(one, "simpleAssociableChoice", asked) for one in sets)
    return _matching(element, asked, lefts, rights)


def associate(element: Element, asked: Asked) -> Draft:
    """Return pairs out of one list, when none of them is in two pairs. Raises Refusal."""
    texts = _texts(element, "simpleAssociableChoice", asked)
    pairs = _pairs(asked.declaration(element), texts, texts)
    firsts = {first: texts[first] for first, _ in pairs}
    return _matching(
        element, asked, firsts, {one: text for one, text in texts.items() if one not in firsts}
    )


def _matching(
    element: Element, asked: Asked, lefts: dict[str, str], rights: dict[str, str]
) -> Draft:
    declaration = asked.declaration(element)
    pairs = _pairs(declaration, lefts, rights)
    if not pairs:
        asked.content.report("qti.no_key")
    draft = matched(lefts, rights, pairs, asked.content)
    return Draft(
        "matching",
        asked.content.of(child(element, "prompt")),
        asked.comments(declaration, ()).explanation,
        pairs=draft.pairs,
        extras=draft.extras,
        scoring=_match_scoring(asked, element, declaration, pairs),
    )


def _match_scoring(
    asked: Asked, element: Element, declaration: ResponseDeclaration, pairs: Sequence[Pair]
) -> str:
    if asked.is_own or len(pairs) < 2:
        return asked.note(element, "scoring")

    def scoring(score: Score) -> str:
        base = score([])
        if score(list(declaration.key_texts)) <= base:
            return ""
        return "partial" if score([" ".join(pairs[0])]) > base else "all_or_nothing"

    return asked.tried(declaration, scoring)


def _texts(element: Element, tag: str, asked: Asked) -> dict[str, str]:
    """Return the texts of choices by identifier. Raises Refusal for one that is only a picture."""
    found = {}
    for one in find_all(element, tag):
        text, image = asked.content.option(one)
        picture = next(find_all(one, "img", "object"), None)
        if picture is not None and not text:
            source = picture.get("src") or picture.get("data") or ""
            raise Refusal("qti.picture_in_pair", name=image or source[:200])
        found[one.get("identifier", "")] = text
    return found


def _pairs(
    declaration: ResponseDeclaration, lefts: dict[str, str], rights: dict[str, str]
) -> list[Pair]:
    """Return the pairs of the key, or those that a mapping rewards where the file has no key."""
    mapping = declaration.mapping
    rewarded = [one.key for one in mapping.entries if one.worth > 0] if mapping else []
    found = []
    for text in declaration.key_texts or rewarded:
        ends = text.split()
        if len(ends) == 2 and ends[0] in lefts and ends[1] in rights:
            found.append((ends[0], ends[1]))
        elif len(ends) == 2 and ends[1] in lefts and ends[0] in rights:
            found.append((ends[1], ends[0]))
    return list(dict.fromkeys(found))


def matched(
    lefts: dict[str, str], rights: dict[str, str], pairs: Sequence[Pair], content: Content
) -> Draft:
    """Return a matching in which every left side has one right side.

    Where a left side has several or none, the columns change places if that helps; left sides that
    then still have none are left out, which is reported. Without pairs the left sides come with
    nothing beside them. Raises Refusal where entries of both columns have several partners.
    """
    if not pairs:
        alone = tuple((text, "") for text in lefts.values())
        return Draft("matching", pairs=alone, extras=tuple(rights.values()))
    ways = [
        (lefts, rights, dict(pairs)),
        (rights, lefts, {right: left for left, right in pairs}),
    ]
    single = [way for way in ways if len(way[2]) == len(pairs)]
    if not single:
        raise Refusal("qti.many_to_many")
    first, second, by_first = next((way for way in single if set(way[0]) == set(way[2])), single[0])
    dropped = [text for one, text in first.items() if one not in by_first]
    if dropped:
        content.report("qti.unmatched", texts=", ".join(dropped)[:200])
    used = set(by_first.values())
    return Draft(
        "matching",
        pairs=tuple((first[one], second[by_first[one]]) for one in first if one in by_first),
        extras=tuple(text for one, text in second.items() if one not in used),
    )
