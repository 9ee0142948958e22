"""Looking through a zip before anything opens it: bombs, tricks with names, links, locked entries.

Packages of questions, Word files and workbooks are zips. Sizes are counted while unpacking, never
taken from the directory, which may lie. Names are never used as paths; they are refused all the
same when they would be dangerous to whoever unpacks the archive next.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from question_bank.formats.encodings import Decoded, decode
from question_bank.formats.problems import Param, Problem, Where, problem

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 25_000
MAGIC = b"PK\x03\x04"

_SMALL = 1024 * 1024  # below this a ratio says nothing: a page of blanks packs very well
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_BAD_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|\\|\x00|(^|/)\.\.(/|$)")
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
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


class ArchiveError(Exception):
    """An archive that is not opened; `problem` says why."""

    def __init__(self, code: str, entry: str | None = None, **params: Param) -> None:
        super().__init__(code)
        self.problem: Problem = problem(code, Where(entry=entry), **params)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its name, and where its packed bytes lie."""

    name: str
    info: zipfile.ZipInfo


def is_archive(data: bytes) -> bool:
    """Tell whether bytes begin as a zip does."""
    return data.startswith((MAGIC, b"PK\x05\x06"))


def open_archive(data: bytes, *, may_nest: bool = False) -> dict[str, bytes] | Problem:
    """Return the files of an archive by name, in the order they lie in it, or why it is refused.

    `may_nest` lets a file in it be an archive again, as in Word files with tables from a workbook:
    it is returned packed.
    """
    try:
        return dict(unpack(data, may_nest=may_nest))
    except ArchiveError as error:
        return error.problem


def unpack(data: bytes, *, may_nest: bool = False) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file; stop as soon as there is too much of it.

    Folders and what file managers leave behind are passed over. Raises ArchiveError for an archive
    that is damaged, locked, dangerous or too large.
    """
    room = min(MAX_UNPACKED, max(_SMALL, MAX_RATIO * len(data)))
    packed_until = 0
    for entry in sorted(list_entries(data), key=lambda entry: entry.info.header_offset):
        begins, ends = _packed_span(data, entry)
        if entry.info.header_offset < packed_until:
            # Entries that share packed bytes are how a small file holds petabytes.
            raise ArchiveError("file.archive_damaged", entry.name)
        packed_until = ends
        content = _inflate(data[begins:ends], entry, room)
        room -= len(content)
        if not may_nest and content.startswith(MAGIC):
            raise ArchiveError("file.archive_nested", entry.name, name=entry.name)
        if not entry.name.endswith("/") and not _LITTER.search(entry.name):
            yield entry.name, content


def list_entries(data: bytes) -> list[Entry]:
    """Return the directory of an archive, once its names are harmless. Raises ArchiveError."""
    if data.count(_DIRECTORY_ENTRY) > 2 * MAX_ENTRIES:
        raise ArchiveError("file.archive_entries", limit=MAX_ENTRIES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except _BROKEN:
        raise ArchiveError("file.archive_damaged") from None
    if len(infos) > MAX_ENTRIES:
        raise ArchiveError("file.archive_entries", limit=MAX_ENTRIES)
    entries = [Entry(_name(info), info) for info in infos]
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        if entry.name.casefold() in seen:
            raise ArchiveError("file.archive_duplicate", name=entry.name)
        seen.add(entry.name.casefold())
    return entries


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name as it was typed: old Chinese systems write GBK and do not say so."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    found = decode(raw)
    if isinstance(found, Decoded) and (found.text.isascii() or max(found.text) > "\u07ff"):
        return found.text
    # Few bytes of GBK may be UTF-8 by accident; what comes out then are no Chinese characters.
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return info.orig_filename


def _check_entry(entry: Entry) -> None:
    if _BAD_NAME.search(entry.name) or _BAD_NAME.search(entry.info.orig_filename):
        raise ArchiveError("file.archive_name", name=entry.name.replace("\x00", "�"))
    if entry.info.flag_bits & _ENCRYPTED:
        raise ArchiveError("file.password", entry.name)
    kind = stat.S_IFMT(entry.info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError("file.archive_link", name=entry.name)


def _packed_span(data: bytes, entry: Entry) -> tuple[int, int]:
    """Return where the packed bytes of an entry begin and end."""
    offset = entry.info.header_offset
    if offset < 0 or offset + _LOCAL_HEADER.size > len(data):
        raise ArchiveError("file.archive_damaged", entry.name)
    header = _LOCAL_HEADER.unpack_from(data, offset)
    begins = offset + _LOCAL_HEADER.size + header[9] + header[10]
    ends = begins + entry.info.compress_size
    if header[0] != MAGIC or header[3] != entry.info.compress_type or ends > len(data):
        raise ArchiveError("file.archive_damaged", entry.name)
    return begins, ends


def _inflate(packed: bytes, entry: Entry, room: int) -> bytes:
    """Return the unpacked bytes of one entry. Raises ArchiveError when they exceed `room`."""
    if entry.info.compress_type == zipfile.ZIP_STORED:
        content = packed
    elif entry.info.compress_type == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, room + 1)
        except zlib.error:
            raise ArchiveError("file.archive_damaged", entry.name) from None
        if len(content) <= room and not unpacker.eof:
            raise ArchiveError("file.archive_damaged", entry.name)
    else:
        raise ArchiveError("file.archive_damaged", entry.name)
    if len(content) > room:
        raise ArchiveError("file.archive_unpacked", entry.name)
    if zlib.crc32(content) != entry.info.CRC:
        raise ArchiveError("file.archive_damaged", entry.name)
    return content
