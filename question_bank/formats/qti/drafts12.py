"""Items of QTI 1.2 as drafts, one function for each kind."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.asked import Refusal
from question_bank.formats.qti.choices import as_true_false
from question_bank.formats.qti.conditions12 import Judge12
from question_bank.formats.qti.content import Content, marked, split_marked, with_blanks
from question_bank.formats.qti.credit import (
    Open,
    Score,
    accepted,
    multiple_credit,
    single_credit,
    spans,
)
from question_bank.formats.qti.expressions import Unsupported
from question_bank.formats.qti.feedback import Comment, Comments, assigned
from question_bank.formats.qti.pairs import matched
from question_bank.formats.qti.pictures import picture_size, zone
from question_bank.formats.qti.presentation12 import (
    Response,
    beside,
    material,
    right_column,
)
from question_bank.formats.qti.tree import find_all, text_in
from question_bank.formats.qti.values import decimal_text, number
from question_bank.items.draft import BLANK, Accepted, Draft, DraftBlank, DraftOption, Span

# Brackets of Canvas with a name inside, and lines that are drawn where a word is missing.
_DRAWN = re.compile(r"_{2,}|＿{2,}")
_LISTED = frozenset({"dropdown", "wordbank"})


@dataclass
class Item12:
    """One item while it is read."""

    element: Element
    presentation: Element | None
    responses: list[Response]
    judge: Judge12
    content: Content

    def score(self, response: Response) -> Score:
        """Return what scores answers to one response; nothing where the rules are too strange."""

        def of(texts: list[str]) -> Decimal:
            try:
                return self.judge.score(response.identifier, texts)
            except Unsupported as found:
                self.content.report("qti.rules_unsupported", name=found.name[:80])
                return Decimal(0)

        return of

    def key(self, response: Response) -> list[str]:
        """Return what the rules reward."""
        return self.judge.key(response.identifier)

    def stem(self) -> str:
        """Return all text outside the responses."""
        ids = {id(one.element) for one in self.responses}
        hidden = material(
            self.presentation, self.content, lambda one: "" if id(one) in ids else None
        )
        return self.content.of_html(hidden)

    def comments(self, response: Response, options: Sequence[str]) -> Comments:
        """Return the feedback, given to the options that show it."""
        return assigned(self._comments(response), options)

    def _comments(self, response: Response) -> Iterator[Comment]:
        several = {label.identifier for label in response.labels}
        for one in find_all(self.element, "itemfeedback"):
            identifier = one.get("ident", "")
            text = self.content.of_html(material(one, self.content))

            def shows(option: str, identifier: str = identifier) -> bool:
                try:
                    return identifier in self.judge.shown(response.identifier, [option])
                except Unsupported:
                    return False

            plain = re.sub(r"[_-]?fb$", "", identifier)
            yield Comment(plain if plain in several else identifier, text, shows)


def choice(item: Item12) -> Draft:
    """Return a choice; Canvas leaves empty options behind, and they go."""
    draft = _choice(item, item.responses[0])
    return replace(draft, stem=_joined(item.stem(), draft.stem), media=item.content.media)


def true_false(item: Item12) -> Draft:
    """Return a statement, or a choice where the options are not true and false."""
    return as_true_false(choice(item))


def _choice(item: Item12, response: Response, *, is_alone: bool = True) -> Draft:
    ids = [label.identifier for label in response.labels]
    if not ids:
        raise Refusal("qti.no_options")
    key = [one for one in item.key(response) if one in ids]
    is_single = response.cardinality == "Single"
    score = item.score(response)
    credit = (single_credit if is_single else multiple_credit)(ids, key, score)
    if credit.is_changed:
        item.content.report("qti.scoring_changed")
    comments = item.comments(response, ids) if is_alone else Comments()
    options = []
    for label in response.labels:
        text, image = item.content.option_html(label.markup)
        is_right = label.identifier in credit.right
        said = comments.by_option.get(label.identifier, "")
        weight = credit.weights.get(label.identifier)
        if text or image or is_right:
            options.append(DraftOption(text, is_right, weight, said, image))
    if len(options) < len(ids):
        item.content.report("qti.empty_options", count=len(ids) - len(options))
    return Draft(
        "single" if is_single else "multiple",
        item.content.of_html(response.markup),
        comments.explanation,
        options=tuple(options),
        is_fixed=_is_fixed(response),
        scoring=credit.scoring,
    )


def _is_fixed(response: Response) -> bool:
    said = [one.get("shuffle", "").lower() for one in find_all(response.element, "render_choice")]
    stays = any(label.element.get("rshuffle", "").lower() == "no" for label in response.labels)
    return "no" in said or ("yes" in said and stays)


def text(item: Item12) -> Draft:
    """Return a text with blanks to type into."""
    return _cloze(item, [_typed(item, one) for one in item.responses])


def _typed(item: Item12, response: Response) -> DraftBlank:
    score = item.score(response)
    if response.is_number:
        found, _ = _spans(item, response)
        return DraftBlank(spans=found)
    key = item.key(response)
    answers, _ = accepted(key, score)
    return DraftBlank(accepted=answers or tuple(Accepted(one) for one in key))


def gaps(item: Item12) -> Draft:
    """Return a text with blanks; in Canvas whatever a blank lists is accepted."""
    return _cloze(item, [_gap(item, one) for one in item.responses])


def _gap(item: Item12, response: Response) -> DraftBlank:
    if not response.is_choice:
        return _typed(item, response)
    if any(label.element.get("answer_type") in _LISTED for label in response.labels):
        return _listed(item, response)
    if any("regex" in label.element.get("scoring_algorithm", "").lower()
           for label in response.labels):  # fmt: skip
        item.content.report("qti.pattern")
    texts = [item.content.of_html(label.markup) for label in response.labels]
    return DraftBlank(accepted=tuple(Accepted(one) for one in dict.fromkeys(texts) if one))


def lists(item: Item12) -> Draft:
    """Return a text with blanks to be filled from lists."""
    return _cloze(item, [_listed(item, one) for one in item.responses])


def _listed(item: Item12, response: Response) -> DraftBlank:
    ids = [label.identifier for label in response.labels]
    key = [one for one in item.key(response) if one in ids]
    credit = single_credit(ids, key, item.score(response))
    return DraftBlank(
        options=tuple(
            DraftOption(
                item.content.of_html(label.markup),
                label.identifier in credit.right,
                credit.weights.get(label.identifier),
            )
            for label in response.labels
        )
    )


def _cloze(item: Item12, blanks: Sequence[DraftBlank]) -> Draft:
    """Put the blanks in their places: a name in brackets, the place of the response, or the end."""
    stem, order = _places(item)
    comments = item.comments(item.responses[0], ())
    return Draft(
        "cloze",
        stem,
        comments.explanation,
        blanks=tuple(blanks[place] for place in order),
        media=item.content.media,
    )


def _places(item: Item12) -> tuple[str, list[int]]:
    """Return the stem with `BLANK` for each response, and the responses in that order."""
    numbers = {id(one.element): place for place, one in enumerate(item.responses)}

    def put(element: Element) -> str | None:
        place = numbers.get(id(element))
        return None if place is None else marked(place)

    flowing = item.content.of_marked(material(item.presentation, item.content, put))
    pieces, order = split_marked(flowing)
    text = "".join(pieces)
    named = {place: _bracketed(one, text) for place, one in enumerate(item.responses)}
    if all(named.values()):
        for place, name in named.items():
            text = text.replace(f"[{name}]", marked(place), 1)
        return with_blanks(text.rstrip("\n"))
    has_text_after = any(piece.strip() for piece in pieces[1:])
    if not has_text_after:
        drawn = _DRAWN.findall(text)
        if len(drawn) == len(order):
            places = iter(order)
            drawn_text = _DRAWN.sub(lambda _: marked(next(places)), text)
            return with_blanks(drawn_text.rstrip("\n"))
        if len(order) == 1:
            stem, _ = with_blanks(text.rstrip("\n"))
            return stem, order
    return with_blanks(flowing)


def _bracketed(response: Response, text: str) -> str:
    """Return the name that stands in brackets for a response, empty when none does."""
    said = "".join(re.sub(r"<[^>]*>", "", response.markup).split())
    for name in (response.identifier.removeprefix("response_"), response.identifier, said):
        if name and f"[{name}]" in text:
            return name
    return ""


def numeric(item: Item12) -> Draft:
    """Return a number to be given."""
    response = item.responses[0]
    found, _ = _spans(item, response)
    stem, _order = _places(item)
    if BLANK in stem and not stem.endswith(BLANK):
        return text(item)
    explanation = item.comments(response, ()).explanation
    stem = stem.removesuffix(BLANK).rstrip()
    return Draft("numeric", stem, explanation, spans=found, media=item.content.media)


def _spans(item: Item12, response: Response) -> tuple[tuple[Span, ...], Decimal]:
    try:
        found, best = spans(item.judge.numbers(response.identifier), item.score(response))
    except Open:
        item.content.report("qti.open_range")
        found, best = (), Decimal(0)
    if not found:
        exact = [value for one in item.key(response) if (value := number(one)) is not None]
        found = tuple(Span(decimal_text(one), decimal_text(one)) for one in exact)
    return found, best


def essay(item: Item12) -> Draft:
    """Return an essay."""
    comments = item.comments(item.responses[0], ())
    return Draft("essay", item.stem(), comments.explanation, media=item.content.media)


def matching(item: Item12) -> Draft:
    """Return two columns: each response is an entry on the left, its labels are on the right."""
    lefts: dict[str, str] = {}
    rights: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    apart = right_column(item.presentation, item.content)
    stem = _without_columns(item) if apart else item.stem()
    for response in item.responses:
        markup = response.markup or beside(item.presentation, response, item.content)
        lefts[response.identifier] = item.content.of_html(markup)
        for place, label in enumerate(response.labels):
            markup = label.markup or (apart[place] if place < len(apart) else "")
            rights.setdefault(label.identifier, item.content.of_html(markup))
        known = {label.identifier for label in response.labels}
        pairs += [(response.identifier, one) for one in item.key(response) if one in known]
    hollow = {one for one, other in pairs if not lefts[one] and not rights[other]}
    hollow |= {one for one, said in lefts.items() if not said and one not in dict(pairs)}
    if hollow:
        item.content.report("qti.empty_options", count=len(hollow))
    lefts = {one: said for one, said in lefts.items() if one not in hollow}
    rights = {one: said for one, said in rights.items() if said}
    pairs = [(one, other) for one, other in pairs if one in lefts and other in rights]
    draft = matched(lefts, rights, pairs, item.content)
    explanation = item.comments(item.responses[0], ()).explanation
    return replace(draft, stem=stem, explanation=explanation, media=item.content.media)


def _without_columns(item: Item12) -> str:
    """Return the question alone, where Blackboard puts the columns into blocks of their own."""
    for flow in find_all(item.presentation, "flow"):
        if flow.get("class") == "QUESTION_BLOCK":
            return item.content.of_html(material(flow, item.content))
    return item.stem()


def ordering(item: Item12) -> Draft:
    """Return entries to put in order; the rules list them in the right one. Raises Refusal."""
    response = item.responses[0]
    labels = {label.identifier: label for label in response.labels}
    key = [one for one in item.key(response) if one in labels]
    if key and len(key) != len(labels):
        raise Refusal("qti.order_partial", count=len(key), all=len(labels))
    if not key:
        item.content.report("qti.no_key")
    options = []
    for identifier in key or labels:
        said, image = item.content.option_html(labels[identifier].markup)
        options.append(DraftOption(said, image=image))
    return Draft(
        "ordering",
        _joined(item.stem(), item.content.of_html(response.markup)),
        item.comments(response, ()).explanation,
        options=tuple(options),
        media=item.content.media,
    )


def hotspot(item: Item12) -> Draft:
    """Return zones on a picture, when the rules name one of several. Raises Refusal."""
    response = item.responses[0]
    key = set(item.key(response))
    areas = [label for label in response.labels if label.element.get("rarea")]
    if len(areas) < 2 or not key & {label.identifier for label in areas}:
        raise Refusal("qti.interaction", name="hot_spot_question")
    picture = next(find_all(response.element, "matimage"), None)
    if picture is None:
        raise Refusal("qti.picture_missing")
    source = picture.get("uri") or ""
    image = item.content.enclosed_source(source)
    stored = picture_size(item.content.package.used.get(image, b"")) if image else None
    said = number(picture.get("width")), number(picture.get("height"))
    size = (float(said[0]), float(said[1])) if said[0] and said[1] else stored
    if size is None:
        raise Refusal("qti.picture_size", name=source[:200])
    zones = tuple(
        zone(
            label.element.get("rarea", "").lower(),
            text_in(label.element),
            size,
            label="",
            is_right=label.identifier in key,
        )
        for label in areas
    )
    explanation = item.comments(response, ()).explanation
    return Draft("hotspot", item.stem(), explanation, image=image, zones=zones)


def mixed(item: Item12) -> Draft:
    """Return a case: one part for each response."""
    parts = []
    for response in item.responses:
        if response.is_choice:
            parts.append(_choice(item, response, is_alone=False))
        else:
            stem = item.content.of_html(response.markup)
            parts.append(Draft("cloze", stem, blanks=(_typed(item, response),)))
    explanation = item.comments(item.responses[0], ()).explanation
    return Draft("case", item.stem(), explanation, parts=tuple(parts), media=item.content.media)


READERS: Mapping[str, Callable[[Item12], Draft]] = MappingProxyType(
    {
        "single": true_false,
        "multiple": choice,
        "true_false": true_false,
        "text": text,
        "gaps": gaps,
        "lists": lists,
        "number": numeric,
        "essay": essay,
        "matching": matching,
        "ordering": ordering,
        "hotspot": hotspot,
        "mixed": mixed,
    }
)


def _joined(*texts: str) -> str:
    return "\n".join(one for one in texts if one)
