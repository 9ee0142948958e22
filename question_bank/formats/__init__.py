"""Formats that items are read from and written to, and the problems their readers report.

`FORMATS` names them all. `sniff` says which one a file has, `read` reads it. A format's module is
loaded when it is first used, so that reading a text file needs neither workbooks nor XML.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

from question_bank.formats.encodings import MIXED
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import MAX_QUESTIONS, Question, Reading
from question_bank.formats.sniffing import OLD_OFFICE, sniff
from question_bank.formats.writing import Written

__all__ = ["FORMATS", "MAX_BYTES", "MAX_QUESTIONS", "Format", "Written", "read", "sniff"]

MAX_BYTES = 50 * 1024 * 1024

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Reader = Callable[[bytes, str], Reading]
Writer = Callable[[Sequence[Question], Mapping[str, bytes]], Written]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in code, its title for people, and what it can do.

    `extensions` are the usual endings of its files. `read` or `write` is None when the house only
    writes or only reads it. `carries` are the kinds of items that `write` can hold; without a
    writer, those that `read` may give.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    read: Reader | None
    write: Writer | None
    carries: frozenset[str]


def _reader(module: str) -> Reader:
    """Return the `read` of a module, which is loaded at the first call."""

    def read_with(data: bytes, filename: str) -> Reading:
        reading: Reading = _load(module).read(data, filename)
        return reading

    return read_with


def _writer(module: str) -> Writer:
    """Return the `write` of a module, which is loaded at the first call."""

    def write_with(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
        written: Written = _load(module).write(questions, media)
        return written

    return write_with


def _load(module: str) -> Any:
    return import_module(module, __name__)


_CHOICES = frozenset({"single", "multiple"})
_MOODLE = _CHOICES | {"true_false", "cloze", "numeric", "matching", "essay"}
_EVERY_KIND = _MOODLE | {"ordering", "case", "hotspot"}

_ALL = (
    Format(
        "pack",
        "Pack",
        (".toml",),
        _reader(".pack.exchange"),
        _writer(".pack.exchange"),
        _EVERY_KIND - {"hotspot"},
    ),
    Format("gift", "GIFT", (".gift", ".txt"), _reader(".gift"), _writer(".gift"), _MOODLE),
    Format("aiken", "Aiken", (".txt",), _reader(".aiken"), None, _CHOICES),
    Format(
        "missing_word",
        "Missing word",
        (".txt",),
        _reader(".missing_word"),
        None,
        frozenset({"single", "cloze"}),
    ),
    Format(
        "cloze",
        "Cloze (embedded answers)",
        (".txt",),
        _reader(".cloze"),
        None,
        frozenset({"cloze", "multiple"}),
    ),
    Format(
        "moodle_xml",
        "Moodle XML",
        (".xml",),
        _reader(".moodle_xml"),
        _writer(".moodle_xml"),
        _MOODLE | {"ordering"},
    ),
    Format("qti12", "QTI 1.2", (".zip", ".xml"), _reader(".qti.qti12"), None, _EVERY_KIND),
    Format("qti2", "QTI 2", (".zip", ".xml"), _reader(".qti.qti2"), None, _EVERY_KIND),
    Format(
        "qti3", "QTI 3", (".zip", ".xml"), _reader(".qti.qti3"), _writer(".qti.qti3"), _EVERY_KIND
    ),
    Format("kahoot", "Kahoot", (".xlsx", ".csv"), _reader(".kahoot"), None, _CHOICES),
    Format(
        "table",
        "Excel",
        (".xlsx", ".csv", ".tsv"),
        _reader(".sheets"),
        _writer(".sheets"),
        _EVERY_KIND - {"hotspot"},
    ),
    Format(
        "csv",
        "CSV",
        (".csv", ".tsv"),
        _reader(".sheets"),
        _writer(".sheets.commas"),
        _EVERY_KIND - {"hotspot"},
    ),
    Format(
        "key_value", "JSON", (".json", ".jsonl"), _reader(".key_value"), None, _MOODLE | {"case"}
    ),
    Format(
        "word", "Word", (".docx",), _reader(".word"), _writer(".word"), _EVERY_KIND - {"hotspot"}
    ),
    Format("plain", "Text", (".txt", ".md"), _reader(".plain"), None, _MOODLE | {"case"}),
)

FORMATS: Mapping[str, Format] = MappingProxyType({format_.name: format_ for format_ in _ALL})


def read(data: bytes, filename: str, format: str | None = None) -> Reading:
    """Read a file as `format`, or as what it is found to be. Never raises.

    `filename` is only a hint. A file that cannot be read gives a reading without questions whose
    problems say why.
    """
    refusal = _refuse_early(data)
    if refusal is not None:
        return Reading(format or "", (), problems=(refusal,))
    names = (format,) if format else sniff(data, filename)
    first: Reading | None = None
    for name in names:
        reading = _read_as(name, data, filename)
        if reading.questions:
            return _checked(reading)
        first = first or reading
    if first is None:
        return Reading("", (), problems=(problem("file.unknown", Where()),))
    return first if first.problems else replace(first, problems=(_nothing(),))


def _refuse_early(data: bytes) -> Problem | None:
    """Return why a file is not even looked at, or None."""
    if not data:
        return problem("file.empty", Where())
    if len(data) > MAX_BYTES:
        size = -(-len(data) // (1024 * 1024))
        return problem("file.too_large", Where(), size=size, limit=MAX_BYTES // (1024 * 1024))
    if data.startswith(OLD_OFFICE):
        return problem("file.password" if _ENCRYPTED in data else "file.old_office", Where())
    return None


def _read_as(name: str, data: bytes, filename: str) -> Reading:
    """Read with one format; a reader that fails refuses the file instead of ending the import."""
    known = FORMATS.get(name)
    if known is None or known.read is None:
        return Reading(name, (), problems=(problem("file.unknown", Where()),))
    try:
        return known.read(data, filename)
    except Exception:
        return Reading(name, (), problems=(problem("file.reader_failed", Where(), format=name),))


def _checked(reading: Reading) -> Reading:
    """Return a reading within the limit on questions, with a note on mixed encodings."""
    if len(reading.questions) > MAX_QUESTIONS:
        refusal = problem("file.too_many_questions", Where(), limit=MAX_QUESTIONS)
        return replace(reading, questions=(), media={}, problems=(refusal,))
    if reading.encoding == MIXED:
        note = problem("file.mixed_encodings", Where())
        return replace(reading, problems=(*reading.problems, note))
    return reading


def _nothing() -> Problem:
    return problem("file.no_questions", Where())
