"""Which format a file has: by what it holds first, by the ending of its name only when in doubt.

People rename files, and mail programs lose endings; a wrong or missing ending must not matter.
"""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import PurePath

from question_bank.formats.archives import is_archive, open_archive
from question_bank.formats.encodings import decode
from question_bank.formats.problems import Problem

OLD_OFFICE = b"\xd0\xcf\x11\xe0"

_BY_ENDING = {
    ".gift": "gift",
    ".csv": "table",
    ".tsv": "table",
    ".xlsx": "table",
    ".docx": "word",
    ".toml": "pack",
    ".json": "key_value",
    ".xml": "moodle_xml",
}
_SAMPLE = 200_000
_TABLE_ROWS = 30

# Atomic groups and possessive counts keep hostile text from being matched in many ways.
_ROOT = re.compile(
    r"(?:(?>\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?>))*+"
    r"<(?:[\w.-]++:)?([\w.-]++)([^>]*+)>",
    re.DOTALL,
)
_QTI2_ROOTS = frozenset(
    {"assessmentItem", "assessmentTest", "assessmentSection", "assessmentStimulus"}
)
_QTI = frozenset({"qti12", "qti2", "qti3"})
_QTI3_NAMESPACE = re.compile(r"imsqtiasi_v3p\d|imsqti_\w*xmlv3p\d|qtiv3p\d")
_QTI2_NAMESPACE = re.compile(r"imsqti_v2p|imsqti_\w*xmlv2p|qtiv2p|apipv1p0")
_QTI1_NAMESPACE = re.compile(
    r"imsqti_\w*xmlv1p|ims_qtiasiv1p2|qtiasiv1p2|associatedcontent/imscc_xmlv1p"
)

_JSON = re.compile(r"""\[\s*["\[{]|\{\s*"[^"\n]*"\s*:""")
_PACK = re.compile(r"""^format\s*=\s*["']zhixing-pack/""", re.MULTILINE)
_CLOZE = re.compile(r"\{\s*+\d*+\s*+:\s*+[A-Za-z_]{2,20}+\s*+:")
_AIKEN_KEY = re.compile(r"^[ \t]*+ANSWER[ \t]*+[:：][ \t]*+[A-Za-z]", re.MULTILINE)
_AIKEN_OPTION = re.compile(r"^[ \t]*+[A-Z][.)．）、]", re.MULTILINE)
_GIFT_NAME = re.compile(r"^[ \t]*+(?:::|：：).{0,500}?(?:::|：：)", re.MULTILINE)
_GIFT_CATEGORY = re.compile(r"^[ \t]*+\$CATEGORY[ \t]*+[:：]", re.MULTILINE)
_GIFT_ANSWERS = re.compile(
    r"[{｛]\s*+(?:[}｝]|[#＃]|[=~＝～]|(?:T|F|TRUE|FALSE)\s*+[#＃}｝])", re.IGNORECASE
)
_GIFT_FORMAT = re.compile(
    r"^[ \t]*+(?:::.{0,500}?::)?[ \t]*+\[(?:html|markdown|plain|moodle)\]", re.MULTILINE
)
_ESCAPED = re.compile(r"\\[\\{}=~#:]")
_MISSING_WORD = re.compile(r"[^{}]++\{\s*+[=~][^{}]*+\}\s*+(?![\"; .。])[^{}]++")
_TABLE_WORDS = re.compile(
    r"题型|类型|题干|题目|试题|问题|选项|选择项|答案|解析|难度|知识点|分值|章节|"
    r"question|answer|option|correct|type|explanation|time limit",
    re.IGNORECASE,
)
_DELIMITERS = ("\t", ",", ";", "|")


def sniff(data: bytes, filename: str) -> tuple[str, ...]:
    """Return the names of the formats that a file may have, the most likely first; or none."""
    if is_archive(data):
        found = _of_archive(data, filename)
    elif data.startswith(OLD_OFFICE):
        return ()
    else:
        decoded = decode(data)
        if isinstance(decoded, Problem) or not decoded.text.strip("\ufeff \t\n"):
            return ()
        found = _of_text(decoded.text, filename)
    hinted = _BY_ENDING.get(PurePath(filename).suffix.casefold())
    # The sort is stable: the ending decides only between formats that are equally likely.
    ranked = sorted(found, key=lambda name: (-found[name], name != hinted))
    return tuple(ranked)


def _of_archive(data: bytes, filename: str) -> dict[str, int]:
    """Weigh the formats of a zip by the files in it."""
    parts = open_archive(data, may_nest=True)
    if isinstance(parts, Problem):
        # A dangerous or damaged one goes to the reader that would say so.
        ending = _BY_ENDING.get(PurePath(filename).suffix.casefold())
        return {ending if ending in ("table", "word") else "qti2": 1}
    names = {name.casefold(): name for name in parts}
    if "xl/workbook.xml" in names:
        return {"kahoot": 2, "table": 1} if _is_kahoot_book(parts) else {"table": 1}
    if any(name.startswith("word/document") for name in names):
        return {"word": 1}
    return _of_package(parts)


def _is_kahoot_book(parts: Mapping[str, bytes]) -> bool:
    """Tell whether a workbook has the columns of Kahoot: time limit and correct answer(s)."""
    texts = b"".join(
        content
        for name, content in parts.items()
        if name.casefold().startswith(("xl/sharedstrings", "xl/worksheets/"))
    ).lower()
    return b"time limit" in texts and b"answer 1" in texts and b"correct answer" in texts


def _of_package(parts: Mapping[str, bytes]) -> dict[str, int]:
    """Weigh the versions of QTI by the manifest and the roots of the other files."""
    found: dict[str, int] = {}
    for name, content in parts.items():
        if not name.casefold().endswith(".xml"):
            continue
        decoded = decode(content[:_SAMPLE])
        if isinstance(decoded, Problem):
            continue
        versions = _of_xml(decoded.text)
        if not versions and name.casefold().endswith("imsmanifest.xml"):
            versions = _by_namespace(decoded.text)
        for version, weight in versions.items():
            if version in _QTI:
                found[version] = found.get(version, 0) + weight
    if not found and any(name.casefold().endswith("imsmanifest.xml") for name in parts):
        return {"qti2": 1}
    return found


def _of_text(text: str, filename: str) -> dict[str, int]:
    """Weigh the formats of a text; every text may at least be plain questions."""
    head = text[:_SAMPLE].lstrip("\ufeff \t\n")
    if head.startswith("<"):
        found = _of_xml(head)
        if found or head.startswith("<?xml"):
            return found
    if _JSON.match(head):
        return {"key_value": 2, "plain": 1}
    if _PACK.search(head):
        return {"pack": 3}
    found = _of_marks(head)
    ending = PurePath(filename).suffix.casefold()
    weight = _table_weight(head, ending in (".csv", ".tsv"))
    if weight:
        kind = "kahoot" if _is_kahoot_text(head) else "table"
        found = {**found, "table": weight, kind: weight}
    return {**found, "plain": 1}


def _of_xml(text: str) -> dict[str, int]:
    """Weigh the formats of XML by its root and namespaces."""
    root = _ROOT.match(text)
    if root is None:
        return {}
    name, attributes = root[1], root[2]
    if name == "quiz" and "xmlns" not in attributes:
        return {"moodle_xml": 3}
    if name == "questestinterop" or (name == "item" and "ident" in attributes):
        return {"qti12": 3}
    if name.startswith("qti-"):
        return {"qti3": 3}
    if name in _QTI2_ROOTS:
        return {"qti2": 3}
    return _by_namespace(text if name == "manifest" else attributes)


def _by_namespace(text: str) -> dict[str, int]:
    """Weigh the versions of QTI by how often a manifest names them."""
    counts = {
        "qti3": len(_QTI3_NAMESPACE.findall(text)),
        "qti2": len(_QTI2_NAMESPACE.findall(text)),
        "qti12": len(_QTI1_NAMESPACE.findall(text)),
    }
    return {name: count for name, count in counts.items() if count}


def _of_marks(text: str) -> dict[str, int]:
    """Weigh the text formats that are recognised by their marks."""
    found: dict[str, int] = {}
    bare = _ESCAPED.sub("", text)
    clozes = len(_CLOZE.findall(bare))
    if clozes and not _GIFT_NAME.search(bare):
        found["cloze"] = 5 + clozes
    keys = len(_AIKEN_KEY.findall(text))
    if keys and _AIKEN_OPTION.search(text):
        found["aiken"] = 4 + keys
    answers = len(_GIFT_ANSWERS.findall(bare))
    marks = answers + len(_GIFT_NAME.findall(bare)) + len(_GIFT_CATEGORY.findall(text))
    if marks or _GIFT_FORMAT.search(text):
        found["gift"] = 4 + marks
    if answers and marks == answers and _is_missing_word(bare):
        found["missing_word"] = found["gift"] + 1
    return found


def _is_missing_word(text: str) -> bool:
    """Tell whether every paragraph is a sentence with one word in braces, and goes on after it."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    return all(
        _MISSING_WORD.fullmatch(block.strip()) and "->" not in block and "//" not in block
        for block in blocks
    )


def _table_weight(text: str, is_named_so: bool) -> int:
    """Weigh whether lines are rows: a row of column names, or the same number of cells throughout.

    `is_named_so` says that the file is called a table, so that cells alone are enough.
    """
    lines = text.split("\n")[: 4 * _TABLE_ROWS]
    best = 0
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        rows = [row for row in rows if any(cell.strip() for cell in row)][:_TABLE_ROWS]
        if any(_names_columns(row) for row in rows):
            best = max(best, 50)
        widths = {len(row) for row in rows}
        if len(rows) > 1 and len(widths) == 1 and min(widths) > 2:
            best = max(best, 40 if is_named_so or delimiter == "\t" else 2)
        elif is_named_so and max(widths, default=0) > 2:
            best = max(best, 3)
    return best


def _names_columns(row: list[str]) -> bool:
    """Tell whether at least three short cells of a row, or all of two, look like column names."""
    named = [cell for cell in row if len(cell) <= 30 and _TABLE_WORDS.search(cell)]
    return len(named) >= 3 or (len(named) == 2 == len(row))


def _is_kahoot_text(text: str) -> bool:
    head = text[:5000].lower()
    return "time limit" in head and "answer 1" in head and "correct answer" in head
