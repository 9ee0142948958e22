"""Uploads are judged by their content, drawn anew, and sent to nobody else's people."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from quizapp.core import storage
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.items.models import ItemMedia
from quizapp.items.service import media
from tests.factories import people


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


def picture(format="PNG", size=(40, 30), mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, size, 1 if mode in ("L", "P", "1") else None).save(out, format, **more)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


WAV = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(24)
OGG = b"OggS" + bytes(60)
MP3 = b"ID3\x03" + bytes(60)
FRAME = b"\xff\xfb\x90\x00" + bytes(60)
MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(20) + b"hdlr" + bytes(8) + b"vide" + bytes(30)
M4A = b"\x00\x00\x00\x18ftypM4A " + bytes(20) + b"hdlr" + bytes(8) + b"soun" + bytes(30)
WEBM = b"\x1aE\xdf\xa3" + bytes(20) + b"webm" + bytes(40)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_are_drawn_anew(dana, format):
    kept = media.keep(dana, picture(format), "图.png")
    data = storage.get(kept.ref)
    assert kept.kind == "image"
    assert opened(data).format in ("PNG", "WEBP")
    row = db.session.query(ItemMedia).filter_by(ref=kept.ref).one()
    assert (row.width, row.height, row.name) == (40, 30, "图.png")


def test_large_pictures_become_1600_pixels_wide(dana):
    data = storage.get(media.keep(dana, picture("JPEG", (3200, 1000)), "x").ref)
    assert opened(data).size == (1600, 500)


def test_nothing_but_the_pixels_is_kept(dana):
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    data = storage.get(media.keep(dana, picture("JPEG", exif=exif), "x").ref)
    assert b"SECRET" not in data
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "SECRET NOTE")
    data = storage.get(media.keep(dana, picture("PNG", pnginfo=info), "x").ref)
    assert b"SECRET" not in data
    assert not opened(data).info.get("Comment")


def test_a_picture_is_turned_as_its_camera_says(dana):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = storage.get(media.keep(dana, picture("JPEG", (40, 30), exif=exif), "x").ref)
    assert opened(data).size == (30, 40)


def test_an_animation_shows_its_first_frame(dana):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    shown = opened(storage.get(media.keep(dana, out.getvalue(), "x").ref))
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((1, 1)) == (255, 0, 0)


def test_transparency_stays(dana):
    shown = opened(storage.get(media.keep(dana, picture("PNG", mode="RGBA"), "x").ref))
    assert shown.convert("RGBA").getpixel((1, 1))[3] == 0


def test_a_picture_that_unpacks_to_gigabytes_is_refused_unread(dana):
    def chunk(name, body):
        packed = name + body
        return struct.pack(">I", len(body)) + packed + struct.pack(">I", zlib.crc32(packed))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(Refusal):
        media.keep(dana, bomb, "x.png")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
        b"<!DOCTYPE svg><svg/>",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00 a program",
        b"%PDF-1.7",
        b"PK\x03\x04 a zip",
        picture("PNG")[:60],
        b"GIF89a" + bytes(4),
        b"\x00\x00\x00\x18ftypqt  " + bytes(40),
        b"\x00\x00\x00\x18ftypheic" + bytes(40),
        b"\xff\xff\xff\xff",
        picture("TIFF"),
        picture("BMP"),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_everything_else_is_refused_with_a_reason(dana, data):
    with pytest.raises(Refusal) as refused:
        media.keep(dana, data, "looks-like.png")
    assert refused.value.status == 422
    assert not db.session.query(ItemMedia).count()


@pytest.mark.parametrize(
    ("data", "kind", "content_type"),
    [
        (WAV, "audio", "audio/wav"),
        (OGG, "audio", "audio/ogg"),
        (MP3, "audio", "audio/mpeg"),
        (FRAME, "audio", "audio/mpeg"),
        (M4A, "audio", "audio/mp4"),
        (MP4, "video", "video/mp4"),
        (WEBM, "video", "video/webm"),
    ],
)
def test_sounds_and_films_are_known_by_their_first_bytes(dana, data, kind, content_type):
    kept = media.keep(dana, data, "x.bin")
    row = db.session.query(ItemMedia).filter_by(ref=kept.ref).one()
    assert (kept.kind, row.kind, row.content_type) == (kind, kind, content_type)
    assert storage.get(kept.ref) == data


def test_too_much_is_refused(dana, monkeypatch):
    monkeypatch.setattr(media, "MAX_BYTES", 100)
    with pytest.raises(Refusal):
        media.keep(dana, MP3 + bytes(100), "x.mp3")


def test_captions_become_webvtt_without_tags(dana):
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<b>先断电</b>\r\n\r\n"
        "2\r\n00:00:03,000 --> 00:00:04,000\r\n再检修"
    )
    text = storage.get(media.keep_captions(dana, srt.encode("gb18030"), "x.srt")).decode()
    assert text.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n先断电\n")
    vtt = "WEBVTT\n\nSTYLE\n::cue{}\n\n01:02.000 --> 01:03.000 line:0\n再<script>x</script>查"
    text = storage.get(media.keep_captions(dana, vtt.encode(), "x.vtt")).decode()
    assert "00:01:02.000 --> 00:01:03.000\n再x查" in text
    assert "STYLE" not in text
    for data in (b"WEBVTT\n\nno cue", b"\x00\xff", b"hello"):
        with pytest.raises(Refusal):
            media.keep_captions(dana, data, "x.vtt")


# --- over the web --------------------------------------------------------------------------------


def upload(browser, data, name="图.png", **more):
    form = {"file": (io.BytesIO(data), name), **more}
    return browser.post("/items/media", form, content_type="multipart/form-data")


def test_a_file_is_sent_to_its_own_people_only(as_person, world):
    ref = upload(as_person("dana"), picture()).get_json()["ref"]
    sent = as_person("bob").get(f"/items/media/{ref}")
    assert sent.status_code == 200
    assert sent.headers["Content-Type"] == "image/png"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "immutable" in sent.headers["Cache-Control"]
    assert "private" in sent.headers["Cache-Control"]
    for stranger in ("carol", "charlie"):
        assert as_person(stranger).get(f"/items/media/{ref}").status_code == 404
    assert as_person("bob").get(f"/items/media/{'0' * 64}").status_code == 404


def test_a_part_of_a_film_is_sent_alone(as_person, world):
    ref = upload(as_person("dana"), MP4, "x.mp4").get_json()["ref"]
    bob = as_person("bob")
    part = bob.get(f"/items/media/{ref}", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(MP4)}"
    beyond = bob.get(f"/items/media/{ref}", headers={"Range": "bytes=9999-"})
    assert beyond.status_code == 416
    again = bob.get(f"/items/media/{ref}", headers={"If-None-Match": f'"{ref}"'})
    assert again.status_code == 304


def test_uploads_need_an_author_a_file_and_a_known_kind(as_person, world):
    assert upload(as_person("bob"), picture()).status_code == 403
    dana = as_person("dana")
    assert dana.post("/items/media", {}).status_code == 422
    refused = upload(dana, b"<svg/>", "x.svg")
    assert refused.status_code == 422
    assert "SVG" in refused.get_json()["error"]
    captions = upload(dana, b"WEBVTT\n\n00:01.000 --> 00:02.000\nhi", "x.vtt", kind="captions")
    assert captions.get_json()["kind"] == "captions"


def test_the_same_bytes_are_kept_once_and_each_company_has_its_own_name(as_person, world):
    first = upload(as_person("dana"), picture()).get_json()["ref"]
    second = upload(as_person("dana"), picture()).get_json()["ref"]
    other = upload(as_person("carol"), picture()).get_json()["ref"]
    assert first == second == other
    assert db.session.query(ItemMedia).filter_by(ref=first).count() == 2
    assert as_person("carol").get(f"/items/media/{first}").status_code == 200
