"""Writing what is arranged or pointed at: ordering, matching, hotspot."""

from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.pictures import picture_size
from question_bank.formats.qti.writing.elements import element, mapping_of, response
from question_bank.formats.qti.writing.item import (
    Incomplete,
    Writing,
    lines,
    notes,
    option_of,
    text_of,
)
from question_bank.items.draft import Draft, Zone


def ordering(draft: Draft, writing: Writing) -> list[Element]:
    """Return the body of an ordering. Raises Incomplete."""
    if len(draft.options) < 2:
        raise Incomplete
    identifier = writing.next_response()
    ids = [f"choice-{place}" for place in range(1, len(draft.options) + 1)]
    writing.declarations.append(response(identifier, "identifier", ids, cardinality="ordered"))
    writing.credit_key(identifier)
    writing.has_other_scoring |= draft.scoring == "partial"
    interaction = element(
        "qti-order-interaction", response_identifier=identifier, shuffle="true", **notes(draft)
    )
    for name, one in zip(ids, draft.options, strict=True):
        interaction.append(option_of("qti-simple-choice", name, one, identifier, writing))
    return [*text_of(draft, writing), interaction]


def matching(draft: Draft, writing: Writing) -> list[Element]:
    """Return the body of a matching. Raises Incomplete."""
    rights = list(dict.fromkeys((*(right for _, right in draft.pairs), *draft.extras)))
    if not draft.pairs:
        raise Incomplete
    identifier = writing.next_response()
    names = {text: f"right-{place}" for place, text in enumerate(rights, start=1)}
    key = [f"left-{place} {names[right]}" for place, (_, right) in enumerate(draft.pairs, start=1)]
    share = 1 / len(key)
    is_strict = draft.scoring == "all_or_nothing"
    mapping = None if is_strict else mapping_of((pair, share) for pair in key)
    writing.declarations.append(
        response(identifier, "directedPair", key, cardinality="multiple", mapping=mapping)
    )
    (writing.credit_key if is_strict else writing.credit_map)(identifier)
    lefts = [(f"left-{place}", left) for place, (left, _) in enumerate(draft.pairs, start=1)]
    interaction = element(
        "qti-match-interaction",
        _match_set(lefts, "1"),
        _match_set([(name, text) for text, name in names.items()], str(len(lefts))),
        response_identifier=identifier,
        shuffle="true",
        max_associations=str(len(lefts)),
        **notes(draft),
    )
    return [*text_of(draft, writing), interaction]


def _match_set(choices: list[tuple[str, str]], most: str) -> Element:
    return element(
        "qti-simple-match-set",
        *(
            element("qti-simple-associable-choice", *lines(text), identifier=name, match_max=most)
            for name, text in choices
        ),
    )


def hotspot(draft: Draft, writing: Writing) -> list[Element]:
    """Return the body of zones on a picture. Raises Incomplete."""
    address = writing.enclosures.enclose(draft.image) if draft.image else ""
    if not address or not draft.zones:
        raise Incomplete
    size = picture_size(writing.enclosures.media[draft.image]) or (1000.0, 1000.0)
    identifier = writing.next_response()
    names = [f"zone-{place}" for place in range(1, len(draft.zones) + 1)]
    right = [name for name, one in zip(names, draft.zones, strict=True) if one.is_right]
    writing.declarations.append(response(identifier, "identifier", right, cardinality="multiple"))
    writing.credit_key(identifier)
    writing.has_other_scoring |= draft.scoring in ("partial", "corrected")
    width, height = str(int(size[0])), str(int(size[1]))
    picture = element("img", src=address, alt="", width=width, height=height)
    choices = [_zone(name, one, size) for name, one in zip(names, draft.zones, strict=True)]
    interaction = element(
        "qti-hotspot-interaction",
        picture,
        *choices,
        response_identifier=identifier,
        max_choices="0",
        **notes(draft),
    )
    return [*text_of(draft, writing), interaction]


def _zone(name: str, zone: Zone, size: tuple[float, float]) -> Element:
    """Return a zone in pixels; the exact thousandths are noted beside them."""
    pixels = [
        round(
            value
            * size[0 if place % 2 == 0 or (zone.shape == "circle" and place == 2) else 1]
            / 1000
        )
        for place, value in enumerate(zone.coords)
    ]
    found = element(
        "qti-hotspot-choice",
        identifier=name,
        shape=zone.shape,
        coords=",".join(map(str, pixels)),
        data_coords=",".join(map(str, zone.coords)),
    )
    if zone.label:
        found.set("hotspot-label", zone.label)
    return found
