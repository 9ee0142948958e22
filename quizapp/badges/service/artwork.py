"""The drawing of a badge: a hexagon and an icon of the house, made here and never uploaded.

The same badge gives the same bytes. A drawing may carry the credential, "baked" into it as Open
Badges 3.0 describes, so that the picture alone can be verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr  # nosec B406 - writes XML, reads none

from .. import rules

NUT = "M30 4.5 52 17.25v25.5L30 55.5 8 42.75v-25.5z"
BAKED = "https://purl.imsglobal.org/ob/v3p0"

ICONS = {
    "flame": (
        "M12.75 3.25c.5 3.7 5 5.5 5 10.75a5.75 5.75 0 0 1-11.5.25"
        "c0-2.05.85-3.6 2.1-4.85.3 1.35.9 2.25 1.75 2.75.05-3.5.75-6.3 2.65-8.9zM12 19.75"
        "c-1.35-.6-2-1.5-2-2.65 0-1.1.75-1.85 1.75-2.85"
    ),
    "flag": "M6 21V4M6 4.5h12l-2.75 4 2.75 4H6",
    "book": (
        "M12 7c-2-1.6-4.8-2.2-8.5-2v13c3.7-.2 6.5.4 8.5 2 2-1.6 4.8-2.2 8.5-2V5"
        "c-3.7-.2-6.5.4-8.5 2zM12 7v13"
    ),
    "shield": (
        "M12 3.5 19 6v5.5c0 4.4-2.8 7.5-7 9-4.2-1.5-7-4.6-7-9V6zM8.75 11.75l2.5 2.5 4.25-4.5"
    ),
    "helmet": (
        "M2.75 16h18.5v1.5A1.5 1.5 0 0 1 19.75 19H4.25a1.5 1.5 0 0 1-1.5-1.5zM4.5 16v-1.75"
        "A7.5 7.5 0 0 1 9.25 7.3M19.5 16v-1.75a7.5 7.5 0 0 0-4.75-6.95M9.25 12.25v-7h5.5v7"
    ),
    "scales": (
        "M12 4v16M8 20h8M5 7h14M5 7 2.5 13.5h5zM19 7l-2.5 6.5h5zM2.5 13.5a2.5 2.5 0 0 0 5 0"
        "M16.5 13.5a2.5 2.5 0 0 0 5 0"
    ),
    "bolt": "M13 3 5.5 13.5H11L10 21l8-11h-5.75z",
    "wrench": (
        "M14.5 6.5a4 4 0 0 1 5-3.8l-2.3 2.5 1.6 1.6 2.5-2.3a4 4 0 0 1-5.4 4.7L7 18.1"
        "a2 2 0 0 1-2.9-2.9l8.9-8.9a4 4 0 0 1 1.5.2z"
    ),
    "gear": (
        "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21"
        "M5.65 5.65l1.75 1.75M16.6 16.6l1.75 1.75M18.35 5.65 16.6 7.4M7.4 16.6l-1.75 1.75"
    ),
    "heart": (
        "M12 20C5.5 15.5 3.5 12.5 3.5 9.25A4.25 4.25 0 0 1 12 7.5a4.25 4.25 0 0 1 8.5 1.75"
        "c0 3.25-2 6.25-8.5 10.75z"
    ),
    "drop": (
        "M12 3.5c3.5 4.25 5.5 7.25 5.5 10.25a5.5 5.5 0 0 1-11 0c0-3 2-6 5.5-10.25zM9.5 14.25"
        "A2.5 2.5 0 0 0 12 16.75"
    ),
    "leaf": "M5 19c0-9 5-14 15-14 0 10-5 14-11 14-2.5 0-4-1.5-4-4M5 19c2-5 5-7.5 9-9.5",
    "pen": "M4.5 19.5l1-4.5L16.25 4.25l3.5 3.5L9 18.5zM13.75 6.75l3.5 3.5",
    "people": (
        "M9 5a3.25 3.25 0 1 0 0 6.5A3.25 3.25 0 0 0 9 5zM2.75 19c.5-3.5 2.9-5.25 6.25-5.25"
        "S14.75 15.5 15.25 19M15.5 5.4a3.25 3.25 0 0 1 0 5.7M17.75 14.25"
        "c2 .6 3.2 2.2 3.5 4.75"
    ),
    "star": "M12 3.75l2.5 5.3 5.75.75-4.2 4 1.05 5.75L12 16.75l-5.1 2.8 1.05-5.75-4.2-4 5.75-.75z",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7M8.5 15l2.5 2.25 4.5-4.5",
}
# Ground, edge and sign of the two tones; on paper and on any page they are the same.
TONES = {
    rules.GOLD: ("#FBF1DF", "#D9BC82", "#8A5A12"),
    rules.BRAND: ("#E9F1F7", "#9DB9CE", "#1D5C8C"),
}


@dataclass(frozen=True)
class Art:
    """What a drawing is made of."""

    icon: str
    tone: str
    title: str
    subtitle: str = ""


def draw(art: Art, *, credential: str = "") -> bytes:
    """Return a badge as an SVG file; ``credential`` (a compact JWS) is baked into it when given."""
    ground, edge, sign = TONES[art.tone]
    baked, space = "", ""
    if credential:
        space = f" xmlns:openbadges={quoteattr(BAKED)}"
        baked = f"<openbadges:credential verify={quoteattr(credential)}></openbadges:credential>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg"{space} viewBox="0 0 60 60" width="480" '
        f'height="480" role="img" aria-labelledby="t d">{baked}'
        f'<title id="t">{escape(art.title)}</title><desc id="d">{escape(art.subtitle)}</desc>'
        f'<path d="{NUT}" fill="{ground}" stroke="{edge}" stroke-width="1.75" '
        'stroke-linejoin="round"/>'
        f'<path d="{ICONS[art.icon]}" transform="translate(18 18)" fill="none" stroke="{sign}" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"/></svg>\n'
    ).encode()
