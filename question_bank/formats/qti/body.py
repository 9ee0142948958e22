"""The body of an item: its text, its interactions, and what kind of question they make together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from types import MappingProxyType
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.asked import MAX_ASKED, Asked, Refusal
from question_bank.formats.qti.blanks import blank_of, evened, gap_blank, prompt_of
from question_bank.formats.qti.choices import choice, hottext
from question_bank.formats.qti.content import inner_html, marked, split_marked, with_blanks
from question_bank.formats.qti.pairs import associate, match, order
from question_bank.formats.qti.pictures import hotspot
from question_bank.formats.qti.rubrics import with_rubrics
from question_bank.formats.qti.tree import child, children
from question_bank.items.draft import BLANK, Draft, DraftBlank

_INLINE = frozenset({"textEntryInteraction", "inlineChoiceInteraction", "gap"})
_UNIT = re.compile(r"[^\s_。，；：？！.,;:?!]{1,12}")
_GAPS = "gapMatchInteraction"
# What runs a program of its own, and is refused as such.
_PROGRAMS = frozenset({"customInteraction", "portableCustomInteraction", "interactionModules"})


def essay(element: Element, asked: Asked) -> Draft:
    """Return an essay; the key, where there is one, is its sample answer. Raises Refusal."""
    declaration = asked.declaration(element)
    mapping = declaration.mapping
    sample = "\n".join(declaration.key_texts) if declaration.base_type == "string" else ""
    if not sample and mapping is not None and mapping.entries:
        best = max(mapping.entries, key=lambda entry: entry.worth)
        sample = best.key if best.worth > 0 else ""
    return Draft(
        "essay",
        asked.content.of(child(element, "prompt")),
        asked.comments(declaration, ()).explanation,
        sample=sample,
    )


_READERS: Mapping[str, Callable[[Element, Asked], Draft]] = MappingProxyType(
    {
        "choiceInteraction": choice,
        "hottextInteraction": hottext,
        "orderInteraction": order,
        "matchInteraction": match,
        "associateInteraction": associate,
        "extendedTextInteraction": essay,
        "hotspotInteraction": hotspot,
    }
)


@dataclass
class _Passage:
    """Lines of text and what is asked in them: one block interaction, or blanks."""

    before: list[str] = field(default_factory=list)
    block: Element | None = None
    text: str = ""


def draft_of_body(body: Element, asked: Asked, title: str = "") -> Draft:
    """Return the draft that a body makes. Raises Refusal.

    One interaction in a block makes a question of its kind, blanks in running text a cloze, and
    several of them a case. `title` stands in for the text of a case that has none.
    """
    _check(body)
    parts = [one for one in children(body, "div") if asked.note(one, "part")]
    if parts:
        return _own_case(body, parts, asked)
    places: list[tuple[Element, Element]] = []
    replace = _replacing(places, asked)
    if asked.is_own:
        text = asked.content.verbatim(body, replace)
    else:
        text = asked.content.of_marked(inner_html(body, asked.content, replace))
    seen = split_marked(text)[1]
    if not places or sorted(seen) != list(range(len(places))):
        raise Refusal("qti.out_of_sight")
    blocks = [place for place, (one, _) in enumerate(places) if one.tag not in _INLINE]
    if not blocks:
        return _filled(text, places, asked)
    if len(places) == 1:
        return _single(places[0][0], text, asked)
    return _case(text, places, asked, title)


def _check(body: Element) -> None:
    """Raise Refusal for a body that asks nothing, or asks in a way that is not carried over."""
    asking = [one.tag for one in body.iter() if one.tag.endswith("Interaction")]
    known = [
        tag for tag in asking if tag in _READERS or tag in _INLINE or tag == "gapMatchInteraction"
    ]
    if len(known) > MAX_ASKED:
        raise Refusal("qti.too_many", count=len(known), limit=MAX_ASKED)
    for tag in asking:
        if tag in _PROGRAMS:
            raise Refusal("qti.program", name=tag)
        if tag not in known and tag != "endAttemptInteraction":
            raise Refusal("qti.interaction", name=tag)
    if not known:
        name = "endAttemptInteraction"
        raise (
            Refusal("qti.interaction", name=name)
            if name in asking
            else Refusal("qti.no_interaction")
        )


def _replacing(
    places: list[tuple[Element, Element]], asked: Asked
) -> Callable[[Element], str | None]:
    """Return what puts placeholders in the text; each is noted with the interaction it is in."""
    passages: list[Element] = []

    def place(element: Element, interaction: Element) -> str:
        places.append((element, interaction))
        return marked(len(places) - 1)

    def replace_one(element: Element) -> str | None:
        tag = element.tag
        if tag == _GAPS:
            passages.append(element)
            prompt = child(element, "prompt")
            shown = "" if prompt is None else inner_html(prompt, asked.content, None)
            return f"<div>{shown}</div><div>{inner_html(element, asked.content, replace_one)}</div>"
        if tag == "gap" and passages:
            return place(element, passages[-1])
        if tag in _INLINE:
            prompt_text = prompt_of(element, asked)
            return f"{prompt_text} {place(element, element)}".lstrip()
        if tag in _READERS:
            mark = place(element, element)
            return mark if asked.is_own else f"<div>{mark}</div>"
        if tag == "endAttemptInteraction":
            return ""
        if tag == "span" and asked.note(element, "unit"):
            return ""
        return "" if tag in ("gapText", "gapImg") else None

    return replace_one


def _single(element: Element, text: str, asked: Asked) -> Draft:
    """Return a question that one block interaction asks, with the text around it as its stem."""
    draft = _READERS[element.tag](element, asked)
    around, _ = split_marked(text)
    if asked.is_own:
        return changed(draft, stem=around[0].removesuffix("\n"), media=asked.content.media)
    stem = "\n".join(piece.strip("\n") for piece in (around[0], draft.stem, *around[1:]))
    return changed(draft, stem=_tidy(stem), media=asked.content.media)


def _filled(text: str, places: list[tuple[Element, Element]], asked: Asked) -> Draft:
    """Return a cloze, or a number to be given."""
    stem, numbers = with_blanks(text)
    blanks = evened([_blank(*places[number], asked) for number in numbers], asked)
    first = asked.declaration(places[numbers[0]][1])
    explanation = asked.comments(first, ()).explanation
    media = asked.content.media
    if len(blanks) == 1 and blanks[0].spans:
        found = _number(stem, places[0][0], asked)
        if found is not None:
            text, unit = found
            return Draft(
                "numeric", text, explanation, spans=blanks[0].spans, unit=unit, media=media
            )
    if len(blanks) == 1 and _is_apart(stem, places[0][0], asked):
        stem = stem.removesuffix(BLANK).rstrip("\n")
    return Draft("cloze", stem, explanation, blanks=tuple(blanks), media=media)


def _number(stem: str, element: Element, asked: Asked) -> tuple[str, str] | None:
    """Return text and unit of a question for a number; None when the number is inside a sentence.

    A unit stands after a blank that begins a line.
    """
    if asked.note(element, "kind") not in ("", "numeric"):
        return None
    if stem.endswith(BLANK) and stem.count(BLANK) == 1:
        return stem.removesuffix(BLANK).rstrip(), asked.note(element, "unit")
    text, mark, unit = stem.rpartition(BLANK)
    if mark and (not text or text.endswith("\n")) and _UNIT.fullmatch(unit.strip()):
        return text.rstrip(), unit.strip()
    return None


def _is_apart(stem: str, element: Element, asked: Asked) -> bool:
    """Tell whether the one blank only follows the text, so that it needs no mark in it."""
    if asked.is_own:
        return bool(asked.note(element, "follows"))
    return stem == BLANK or stem.endswith("\n" + BLANK)


def _blank(element: Element, interaction: Element, asked: Asked) -> DraftBlank:
    if element.tag == "gap":
        return gap_blank(element, interaction, asked)
    return blank_of(element, asked)


def _own_case(body: Element, parts: list[Element], asked: Asked) -> Draft:
    """Return a case as this house wrote it: each part in an element of its own."""
    content = asked.content
    inside = {id(one) for one in parts}
    stem = content.of(body, lambda one: "" if id(one) in inside else None)
    read = []
    remarks, rubrics = asked.remarks, asked.rubrics
    theirs: set[int] = set()
    for one in parts:
        own = {id(inner) for inner in one.iter()}
        theirs |= own
        asked.content = content.part()
        asked.remarks = [element for element in remarks if id(element) in own]
        asked.rubrics = [element for element in rubrics if id(element) in own]
        read.append(with_rubrics(draft_of_body(_unmarked(one), asked), asked))
    asked.content = content
    asked.rubrics = [element for element in rubrics if id(element) not in theirs]
    general = [content.of(element) for element in remarks if id(element) not in theirs]
    return Draft(
        "case", stem, "\n".join(filter(None, general)), parts=tuple(read), media=content.media
    )


def _unmarked(part: Element) -> Element:
    part.attrib.pop("data-part", None)
    return part


def _case(text: str, places: list[tuple[Element, Element]], asked: Asked, title: str) -> Draft:
    """Return a case out of a body with several interactions, its text shared out by lines."""
    passages, trailing = _passages(text, places)
    stem = _stimulus(passages[0])
    if trailing:
        stem = "\n".join(filter(None, (stem, trailing)))
    remarks, asked.remarks = asked.remarks, []
    drafts = [_part(passage, places, asked) for passage in passages]
    general = [asked.content.of(one) for one in remarks]
    if len(drafts) == 1:
        whole = "\n".join(filter(None, (stem, drafts[0].stem)))
        return changed(drafts[0], stem=whole, media=asked.content.media)
    parts = tuple(part if part.stem else changed(part, stem=title) for part in drafts)
    return Draft(
        "case",
        stem or title,
        "\n".join(dict.fromkeys(filter(None, general))),
        parts=parts,
        media=asked.content.media,
    )


def _passages(text: str, places: list[tuple[Element, Element]]) -> tuple[list[_Passage], str]:
    """Share out lines: each interaction takes those before it, blanks that follow stay together."""
    found: list[_Passage] = []
    before: list[str] = []
    for line in text.split("\n"):
        _, numbers = split_marked(line)
        blocks = [number for number in numbers if places[number][0].tag not in _INLINE]
        if not numbers:
            before.append(line)
        elif blocks:
            found.append(_Passage(before, places[blocks[0]][0]))
            before = []
        elif found and found[-1].block is None:
            found[-1].text = "\n".join((found[-1].text, *before, line))
            before = []
        else:
            found.append(_Passage(before, None, line))
            before = []
    if before and found[-1].block is None:
        found[-1].text = "\n".join((found[-1].text, *before))
        before = []
    return found, "\n".join(before)


def _stimulus(first: _Passage) -> str:
    """Take what all parts share out of the first passage, and return it."""
    has_prompt = first.block is not None and child(first.block, "prompt") is not None
    keeps = 0 if has_prompt or (first.block is None and first.text) else 1
    shared = first.before[: len(first.before) - keeps]
    first.before = first.before[len(shared) :]
    return "\n".join(shared)


def _part(passage: _Passage, places: list[tuple[Element, Element]], asked: Asked) -> Draft:
    whole, asked.content = asked.content, asked.content.part()
    try:
        before = "\n".join(passage.before)
        if passage.block is None:
            draft = _filled("\n".join(filter(None, (before, passage.text))), places, asked)
        else:
            draft = _READERS[passage.block.tag](passage.block, asked)
            draft = changed(draft, stem=_tidy("\n".join((before, draft.stem))))
        return changed(draft, media=asked.content.media)
    finally:
        asked.content = whole


def _tidy(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())
