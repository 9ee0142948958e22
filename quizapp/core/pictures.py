"""Pictures that people upload: read, checked and drawn anew; nothing but the pixels is kept."""

from __future__ import annotations

from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, UnidentifiedImageError

from .forms import Refusal

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 4_000_000
EDGE = 256  # pixels


def encode_logo(upload: bytes) -> bytes:
    """Return an uploaded PNG as a PNG of our own, at most 256 pixels an edge.

    Raises Refusal for another kind of file, one that is too large, or one that is damaged.
    """
    if len(upload) > MAX_BYTES:
        raise Refusal(_("The picture is larger than 1 MB."), field="logo", status=422)
    try:
        with Image.open(BytesIO(upload), formats=["PNG"]) as image:
            # The size is in the header: a small file may unpack to gigabytes.
            if image.width * image.height > MAX_PIXELS:
                raise Refusal(_("The picture has too many pixels."), field="logo", status=422)
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refusal(_("This is not a PNG picture."), field="logo", status=422) from error
    drawn.thumbnail((EDGE, EDGE))
    encoded = BytesIO()
    drawn.save(encoded, format="PNG", optimize=True)
    return encoded.getvalue()
