"""Pictures, sounds and films of items: checked by their content, and drawn anew where possible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select

from question_bank.formats.encodings import Decoded, decode
from question_bank.items.draft import Draft
from question_bank.items.media import Media, MediaKind
from quizapp.core import storage
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.core.threads import aside

from ..models import ItemMedia

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
EDGE = 1600  # pixels
PNG_BYTES = 200 * 1024  # a drawing that is larger is stored as WebP, without loss
PICTURES = ("PNG", "JPEG", "WEBP", "GIF")
MAX_CUES = 2000
CAPTIONS = "captions"


@dataclass(frozen=True)
class File:
    """Bytes with what they are; width and height in pixels, None for everything but pictures."""

    data: bytes
    kind: str
    content_type: str
    width: int | None = None
    height: int | None = None


class Owner(Protocol):
    """For whom a file is kept: a viewer, or whom a job works for."""

    @property
    def id(self) -> int:
        """Return the id of the person."""

    @property
    def organisation_id(self) -> int:
        """Return the organisation whose items may show the file."""


class _Unusable(Exception):
    """A picture that cannot be taken; the argument says why, for ``_REASONS``."""


def keep(viewer: Owner, data: bytes, name: str) -> Media:
    """Store a picture, sound or film for items of the viewer's organisation and return it.

    Pictures are drawn anew, at most 1,600 pixels an edge: nothing but the pixels is kept. Sounds
    and films are kept as they are once their first bytes say what they are. Raises Refusal.
    """
    found = read_file(data)
    ref = _store(viewer, found, name)
    kind: MediaKind = found.kind  # type: ignore[assignment]
    return Media(ref=ref, kind=kind)


def keep_captions(viewer: Owner, data: bytes, name: str) -> str:
    """Store captions, WebVTT or SRT, as WebVTT of our own and return their ref. Raises Refusal."""
    if len(data) > MAX_BYTES:
        raise Refusal(_("The file is larger than 20 MB."), status=422, field="media")
    decoded = decode(data)
    cues = _cues(decoded.text) if isinstance(decoded, Decoded) else []
    if not cues:
        raise Refusal(_("These are no captions: use a WebVTT or SRT file."), status=422)
    text = "WEBVTT\n\n" + "\n\n".join(f"{start} --> {end}\n{text}" for start, end, text in cues)
    return _store(viewer, File(f"{text}\n".encode(), CAPTIONS, "text/vtt; charset=utf-8"), name)


@atomic
def _store(viewer: Owner, file: File, name: str) -> str:
    ref = storage.put(file.data)
    db.session.execute(
        insert(ItemMedia.__table__)
        .values(
            organisation_id=viewer.organisation_id,
            ref=ref,
            kind=file.kind,
            content_type=file.content_type,
            width=file.width,
            height=file.height,
            name=re.split(r"[\\/]", name)[-1][:120],
            created_by=viewer.id,
        )
        .on_conflict_do_nothing()
    )
    return ref


def read_file(data: bytes) -> File:
    """Return what an upload is, judged by its content alone. Raises Refusal."""
    if len(data) > MAX_BYTES:
        raise Refusal(_("The file is larger than 20 MB."), status=422, field="media")
    if sound_or_film := _recognised(data):
        return File(data, *sound_or_film)
    if _is_svg(data):
        raise Refusal(
            _("SVG pictures can carry programs and are not taken. Save it as PNG."),
            status=422,
            field="media",
        )
    try:
        return aside(_drawn, data)
    except _Unusable as reason:
        messages = {
            "pixels": _("The picture has too many pixels."),
            "damaged": _("The picture is damaged."),
            "unknown": _("Use PNG, JPEG, WebP or GIF; MP3, M4A, OGG or WAV; MP4 or WebM."),
        }
        raise Refusal(messages[str(reason)], status=422, field="media") from reason


def _drawn(data: bytes) -> File:
    """Draw the first frame of a picture anew; raise _Unusable. Runs beside the other requests."""
    try:
        with Image.open(BytesIO(data), formats=PICTURES) as opened:
            # The size is in the header: a small file may unpack to gigabytes.
            if opened.width * opened.height > MAX_PIXELS:
                raise _Unusable("pixels")
            is_photo = opened.format in ("JPEG", "WEBP")
            picture = ImageOps.exif_transpose(opened)
            has_alpha = "A" in picture.getbands() or "transparency" in picture.info
            picture = picture.convert("RGBA" if has_alpha else "RGB")
    except UnidentifiedImageError as error:
        raise _Unusable("unknown") from error
    except Image.DecompressionBombError as error:
        raise _Unusable("pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _Unusable("damaged") from error
    picture.thumbnail((EDGE, EDGE))
    return _encoded(picture, is_photo=is_photo)


def _encoded(picture: Image.Image, *, is_photo: bool) -> File:
    plain = Image.new(picture.mode, picture.size)
    plain.paste(picture)  # the pixels and nothing else: no place, no camera, no comment
    out = BytesIO()
    if not is_photo:
        plain.save(out, format="PNG", optimize=True)
        if out.tell() <= PNG_BYTES:
            return File(out.getvalue(), "image", "image/png", plain.width, plain.height)
        out = BytesIO()
    plain.save(out, format="WEBP", quality=84, method=4, lossless=not is_photo)
    return File(out.getvalue(), "image", "image/webp", plain.width, plain.height)


def _is_svg(data: bytes) -> bool:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in start


def _recognised(data: bytes) -> tuple[str, str] | None:
    """Return the kind and the type of a sound or a film by its first bytes, None for neither."""
    if data[:4] == b"OggS":
        return "audio", "audio/ogg"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio", "audio/wav"
    if data[4:8] == b"ftyp" and data[8:12] not in (b"qt  ", b"heic", b"heix", b"mif1", b"avif"):
        # The handler of a track says what it carries; a sound has no track of pictures.
        return ("video", "video/mp4") if b"vide" in data else ("audio", "audio/mp4")
    if data[:4] == b"\x1aE\xdf\xa3" and b"webm" in data[:64]:
        return "video", "video/webm"
    if data[:3] == b"ID3" or _is_mpeg_frame(data):
        return "audio", "audio/mpeg"
    return None


def _is_mpeg_frame(data: bytes) -> bool:
    """Tell whether the data begin with the header of an MPEG audio frame of layer III."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return False
    return data[2] >> 4 not in (0, 15) and (data[2] >> 2) & 3 != 3


_TIMES = re.compile(
    r"(?:(\d{1,3}):)?(\d{2}):(\d{2})[.,](\d{3})\s*-->\s*(?:(\d{1,3}):)?(\d{2}):(\d{2})[.,](\d{3})"
)
_TAG = re.compile(r"<[^<>]*>")


def _cues(text: str) -> list[tuple[str, str, str]]:
    """Return the cues of WebVTT or SRT as (start, end, text); settings, styles and tags are left
    out."""
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip().split("\n")
        for place, line in enumerate(lines[:2]):
            if times := _TIMES.match(line.strip()):
                words = [
                    _TAG.sub("", one).replace("-->", "→").strip() for one in lines[place + 1 :]
                ]
                spoken = "\n".join(one for one in words if one)
                if spoken:
                    found.append((_time(*times.groups()[:4]), _time(*times.groups()[4:]), spoken))
                break
    return found[:MAX_CUES]


def _time(hours: str | None, minutes: str, seconds: str, thousandths: str) -> str:
    return f"{int(hours or 0):02}:{minutes}:{seconds}.{thousandths}"


@dataclass(frozen=True)
class MediaFile:
    """A stored file as it is sent."""

    data: bytes
    content_type: str
    name: str


def get_file(organisation_id: int, ref: str) -> MediaFile:
    """Return a file of an organisation's items; raise LookupError where it has none."""
    row = db.session.execute(
        select(ItemMedia.content_type, ItemMedia.name).where(
            ItemMedia.organisation_id == organisation_id, ItemMedia.ref == ref
        )
    ).first()
    data = storage.get(ref) if row else None
    if row is None or data is None:
        raise LookupError(f"media {ref}")
    return MediaFile(data, row.content_type, row.name)


def known_media(organisation_id: int, refs: list[str]) -> dict[str, str]:
    """Return the kind of each of these refs that the organisation has."""
    if not refs:
        return {}
    rows = db.session.execute(
        select(ItemMedia.ref, ItemMedia.kind).where(
            ItemMedia.organisation_id == organisation_id, ItemMedia.ref.in_(refs)
        )
    )
    return {ref: kind for ref, kind in rows}


def find_faults(organisation_id: int, draft: Draft) -> list[str]:
    """Return what keeps the pictures, sounds and films of a draft from being shown, in words."""
    drafts = (draft, *draft.parts)
    shown = [one for each in drafts for one in each.media]
    images = [each.image for each in drafts if each.image]
    images += [option.image for each in drafts for option in each.options if option.image]
    refs = [*(one.ref for one in shown), *images]
    known = known_media(organisation_id, refs)
    found = []
    if any(not one.alt.strip() for one in shown):
        found.append(_("Say in words what the picture, sound or film shows."))
    if any(one.kind == "video" and not one.captions for one in shown):
        found.append(_("A film needs captions."))
    if any(ref not in known for ref in refs):
        found.append(_("A picture, sound or film is not stored here. Upload it again."))
    return found
