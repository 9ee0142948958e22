"""Places on a picture: `hotspotInteraction`, and how large a picture is."""

import math
import struct
from collections.abc import Sequence
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.asked import Asked, Refusal
from question_bank.formats.qti.choices import choice_credit
from question_bank.formats.qti.tree import child, children, find_all, text_in
from question_bank.formats.qti.values import number
from question_bank.items.draft import Draft, Zone

Size = tuple[float, float]

_CORNERS = 16  # of the polygon that stands for an ellipse
_LEAST = {"rect": 4, "circle": 3, "ellipse": 4, "poly": 6}
_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB})


def hotspot(element: Element, asked: Asked) -> Draft:
    """Return zones on a picture. Raises Refusal for zones that cannot be placed on it."""
    declaration = asked.declaration(element)
    choices = list(children(element, "hotspotChoice"))
    ids = [one.get("identifier", "") for one in choices]
    picture = child(element, "object", "img", "picture")
    image, size = _picture(picture, asked)
    is_single = declaration.cardinality == "single"
    credit = choice_credit(element, asked, declaration, ids, is_single=is_single)
    scoring = credit.scoring
    if scoring == "weighted":
        asked.content.report("qti.scoring_changed")
        scoring = "all_or_nothing" if is_single else "partial"
    zones = tuple(
        zone(
            one.get("shape", ""),
            asked.note(one, "coords") or one.get("coords", ""),
            (1000.0, 1000.0) if asked.note(one, "coords") else size,
            label=one.get("hotspotLabel") or "",
            is_right=identifier in credit.right,
        )
        for one, identifier in zip(choices, ids, strict=True)
    )
    return Draft(
        "hotspot",
        asked.content.of(child(element, "prompt")),
        asked.comments(declaration, ()).explanation,
        scoring="" if is_single else scoring,
        image=image,
        zones=zones,
    )


def _picture(element: Element | None, asked: Asked) -> tuple[str, Size]:
    """Return the ref of the picture, empty when it is not enclosed, and its size."""
    if element is None:
        raise Refusal("qti.picture_missing")
    found = next(find_all(element, "img", "source"), element)
    source = found.get("data") or found.get("src") or element.get("data") or ""
    image = asked.content.enclosed_source(source)
    stored = picture_size(asked.content.package.used.get(image, b"")) if image else None
    said = number(element.get("width")), number(element.get("height"))
    if said[0] and said[1] and said[0] > 0 and said[1] > 0:
        return image, (float(said[0]), float(said[1]))
    if stored is None:
        raise Refusal("qti.picture_size", name=source[:200] or text_in(element)[:80])
    return image, stored


def zone(shape: str, coords: str, size: Size, *, label: str, is_right: bool) -> Zone:
    """Return a zone in thousandths of the picture. Raises Refusal for coordinates that are none.

    `coords` are in pixels, or in per cent where they say so.
    """
    shape = {"rectangle": "rect", "bounded": "poly", "polygon": "poly"}.get(shape, shape)
    if shape == "default":
        return Zone("rect", (0, 0, 1000, 1000), label, is_right)
    places = _thousandths(coords, size)
    if places is None or len(places) < _LEAST.get(shape, 1000) or len(places) > 400:
        raise Refusal("qti.zone", shape=shape[:40], coords=coords[:80])
    if shape == "ellipse":
        shape, places = "poly", _ellipse(places)
    count = len(places) - len(places) % 2 if shape == "poly" else _LEAST[shape]
    whole = [min(1000, max(0, round(place))) for place in places[:count]]
    if shape == "rect":
        whole = [min(whole[0], whole[2]), min(whole[1], whole[3]),
                 max(whole[0], whole[2]), max(whole[1], whole[3])]  # fmt: skip
    if shape == "poly" and whole[:2] == whole[-2:] and len(whole) > 6:
        whole = whole[:-2]
    return Zone(shape, tuple(whole), label, is_right)


def _thousandths(coords: str, size: Size) -> list[float] | None:
    """Return coordinates as shares of the width and, every second one, of the height.

    So the radius of a circle, its third number, is a share of the width.
    """
    found: list[float] = []
    for text in coords.replace(";", ",").replace(" ", ",").split(","):
        if not text:
            continue
        value = number(text.removesuffix("%"))
        if value is None:
            return None
        whole = 100.0 if text.endswith("%") else size[len(found) % 2]
        found.append(1000 * float(value) / whole)
    return found


def _ellipse(places: Sequence[float]) -> list[float]:
    """Return the corners of a polygon close to an ellipse: centre, then the two radii."""
    x, y, across, down = places[:4]
    corners = []
    for step in range(_CORNERS):
        angle = 2 * math.pi * step / _CORNERS
        corners += [x + across * math.cos(angle), y + down * math.sin(angle)]
    return corners


def picture_size(data: bytes) -> Size | None:
    """Return width and height in pixels of a PNG, GIF or JPEG; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return _positive(*struct.unpack(">II", data[16:24]))
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return _positive(*struct.unpack("<HH", data[6:10]))
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> Size | None:
    """Walk over the segments of a JPEG to the one that holds its size."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return _positive(width, height)
        place += 2 + max(length, 2)
    return None


def _positive(width: int, height: int) -> Size | None:
    return (float(width), float(height)) if width > 0 and height > 0 else None
