"""Looking through a workbook before anything opens it: bombs, tricks with names, far-away cells.

A workbook is XML in a zip. The reader of workbooks trusts both, and lays a sheet out as one full
rectangle up to its farthest cell: two cells are enough to ask for a terabyte. So every part is
unpacked here first, counted byte by byte, and its cells are placed.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat  # nosec B406

from flask_babel import gettext as _

from quizapp.core.forms import Refusal

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 2000
MAX_ROWS = 200_000
MAX_COLUMNS = 60
HEADER_WITHIN = 30  # rows at the top among which the row of column names lies

# Things that the reader of workbooks keeps one by one, and more of them than any roster has.
_AT_MOST = {"mergeCell": 100_000, "si": 2_000_000}
_SMALL = 1024 * 1024  # below this a ratio says nothing: a page of blanks packs very well
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 0x1
_BAD_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|\\|\x00|(^|/)\.\.(/|$)")
_DIGITS = "0123456789"
# What the zip module raises about files that are none.
_BROKEN = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    EOFError,
    NotImplementedError,
    IndexError,
    struct.error,
)


def damaged() -> Refusal:
    """Return the refusal of a file that cannot be opened."""
    return Refusal(
        _("This file is damaged or is no Excel workbook. Save it again as .xlsx."), status=422
    )


def _too_large() -> Refusal:
    return Refusal(
        _("This workbook unpacks to far more than a roster needs. It was not opened."), status=422
    )


def too_many_rows() -> Refusal:
    """Return the refusal of a file that is too long."""
    return Refusal(
        _("A roster has at most %(rows)s rows. Please split the file.", rows=MAX_ROWS), status=422
    )


def too_many_columns() -> Refusal:
    """Return the refusal of a file that is too wide."""
    return Refusal(_("A roster has at most %(columns)s columns.", columns=MAX_COLUMNS), status=422)


def check_workbook(data: bytes) -> None:
    """Raise Refusal when ``data`` is no workbook, is locked, or could do harm when opened."""
    parts = _parts(data)
    if not any(part.filename.casefold() == "xl/workbook.xml" for part in parts):
        raise damaged()
    for name, content in _unpacked(data, parts):
        if name.casefold().endswith((".xml", ".rels")):
            _SheetLimits().check(content)


def _parts(data: bytes) -> list[zipfile.ZipInfo]:
    """Return the directory of the archive, once its names are harmless."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except _BROKEN:
        raise damaged() from None
    names = [part.orig_filename for part in parts]
    if len(parts) > MAX_PARTS or len({name.casefold() for name in names}) < len(names):
        raise damaged()
    if any(_BAD_NAME.search(name) for name in names):
        raise damaged()
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Refusal(_("This file has a password. Save it without one."), status=422)
    return parts


def _unpacked(data: bytes, parts: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Yield every part unpacked; stop as soon as there is too much of it.

    Sizes are counted, not taken from the directory, which may lie. Parts that share packed bytes
    are refused: that is how a small file holds petabytes.
    """
    room = min(MAX_UNPACKED, max(_SMALL, MAX_RATIO * len(data)))
    packed_until = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        begins, ends = _packed_span(data, part)
        if part.header_offset < packed_until:
            raise damaged()
        packed_until = ends
        content = _inflate(data[begins:ends], part.compress_type, room)
        room -= len(content)
        yield part.filename, content


def _packed_span(data: bytes, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Return where the packed bytes of a part begin and end."""
    try:
        header = _LOCAL_HEADER.unpack_from(data, part.header_offset)
    except struct.error:
        raise damaged() from None
    begins = part.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    ends = begins + part.compress_size
    if header[0] != b"PK\x03\x04" or header[3] != part.compress_type or ends > len(data):
        raise damaged()
    return begins, ends


def _inflate(packed: bytes, method: int, room: int) -> bytes:
    """Return the unpacked bytes of one part; raise Refusal when they exceed ``room``."""
    if method == zipfile.ZIP_STORED:
        content = packed
    elif method == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, room + 1)
        except zlib.error:
            raise damaged() from None
        if len(content) <= room and not unpacker.eof:
            raise damaged()
    else:
        raise damaged()
    if len(content) > room:
        raise _too_large()
    return content


class _SheetLimits:
    """Reads one part as XML, without keeping it, and refuses cells that lie too far away.

    Only cells that hold something count: an empty one with a colour costs the reader nothing. A
    document type stops the parser before any entity is expanded.
    """

    def __init__(self) -> None:
        self._row = self._column = 0  # where the cell being read lies, from 1
        self._columns: dict[str, int] = {}
        self._seen = dict.fromkeys(_AT_MOST, 0)

    def check(self, content: bytes) -> None:
        """Raise Refusal when ``content`` is no XML, declares a document type, or is too large."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError):
            raise damaged() from None

    def _refuse(self, *_about: Any) -> None:
        raise damaged()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._place(attributes.get("r"))
        elif name in ("v", "is"):
            if self._row > MAX_ROWS + HEADER_WITHIN:
                raise too_many_rows()
            if self._column > MAX_COLUMNS:
                raise too_many_columns()
        elif name == "row":
            number = attributes.get("r")
            self._row = int(number) if number else self._row + 1
            self._column = 0
        elif name == "Relationship":
            self._check_target(attributes)
        elif name in _AT_MOST:
            self._seen[name] += 1
            if self._seen[name] > _AT_MOST[name]:
                raise _too_large()

    def _place(self, reference: str | None) -> None:
        if not reference:
            self._column += 1
            return
        letters = reference.rstrip(_DIGITS)
        if letters not in self._columns:
            self._columns[letters] = _column_number(letters)
        self._column = self._columns[letters]
        self._row = int(reference[len(letters) :] or 0)

    def _check_target(self, attributes: dict[str, str]) -> None:
        """Refuse a sheet whose part has an ending that would not have been looked through."""
        is_sheet = attributes.get("Type", "").casefold().endswith("sheet")
        if is_sheet and not attributes.get("Target", "").casefold().endswith(".xml"):
            raise damaged()


def _column_number(letters: str) -> int:
    """Return the number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
