"""What phones and walls are sent: old browsers understand it, it is small, it stays on this server.

The oldest browsers in the workshops are Chromium 80 (WeCom on Android 6, televisions) and iOS 14.
They drop a rule, or a whole script, that they cannot parse, and show no error.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from quizapp.core import http

ROOT = Path(__file__).resolve().parent.parent
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
KILOBYTE = 1024

VENDOR = STATIC / "vendor"
SCRIPTS = sorted(STATIC.rglob("*.js"))
SHEETS = sorted(STATIC.rglob("*.css"))
# Loaded by no template, because the code itself names them.
NAMED_BY_CODE = {
    "core/mark.svg",
    "core/worker.js",
    "core/no-worker.js",
    "vendor/vendor.toml",
    "vendor/idb-keyval-6.3.0.LICENCE.txt",
}

COMMENTS = re.compile(r"/\*[\s\S]*?\*/")
TOO_NEW_FOR_SHEETS = {
    "cascade layers": r"@layer\b",
    "container queries": r"@container\b|\bcontainer(-type|-name)?\s*:",
    "nesting": r"&",
    ":has()": r":has\(",
    ":is(), :where()": r":(is|where)\(",
    "inset": r"(?<![\w-])inset(-inline|-block)?\s*:",
    "color-mix() and new colour spaces": r"\b(color-mix|oklch|oklab|lab|lch)\(",
    "aspect-ratio": r"(?<![\w-])aspect-ratio\s*:",
    "logical shorthands": r"(?<![\w-])(margin|padding)-(inline|block)\s*:",
    "dynamic viewport units": r"\d(dvh|svh|lvh|dvw|svw|lvw)\b",
    "lists inside :not()": r":not\([^()]*,",
    "registered properties": r"@property\b",
    "ranges in media queries": r"@media[^{]*[<>]",
    ":focus-visible, unless it only takes away": r"(?<!:not\():focus-visible",
}
TOO_NEW_FOR_SCRIPTS = {
    "optional chaining": r"\?\.(?!\d)",
    "??": r"\?\?",
    "logical assignment": r"(\|\||&&)=",
    "private members": r"(?<![\w$])#[A-Za-z_$]",
    "fields and static blocks": r"^\s+static\s+[\w$]+\s*=|\bstatic\s*\{",
    "catch without a name": r"\bcatch\s*\{",
    "numeric separators": r"\b\d+_\d",
    "big integers": r"\b\d+n\b",
    "newer methods": r"\.(replaceAll|at|findLast|toSorted|toReversed|groupBy|hasOwn|any)\(",
    "structuredClone": r"\bstructuredClone\(",
    "await outside a function": r"^await\b",
    "dynamic import": r"\bimport\(",
}


def name_of(path: Path) -> str:
    """Return a path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


def blank(text: str, pattern: re.Pattern[str]) -> str:
    """Return ``text`` without what ``pattern`` matches; every line keeps its number."""
    return pattern.sub(lambda found: "\n" * found[0].count("\n"), text)


def hits(text: str, patterns: dict[str, str]) -> Iterator[str]:
    """Yield "line: what" wherever one of ``patterns`` occurs."""
    for what, pattern in patterns.items():
        for found in re.finditer(pattern, text, re.MULTILINE):
            yield f"line {text.count(chr(10), 0, found.start()) + 1}: {what}"


def zipped(paths: Iterable[Path]) -> int:
    """Return how many bytes a proxy sends for these files, one by one."""
    return sum(len(gzip.compress(sent(path), 6, mtime=0)) for path in paths)


def sent(path: Path) -> bytes:
    """Return what the server sends of a file."""
    if path.suffix not in (".js", ".css"):
        return path.read_bytes()
    return http.without_comments(path.read_text(encoding="utf-8")).encode()


# --- style sheets ---------------------------------------------------------------------------------


def code_of_sheet(path: Path) -> str:
    """Return a style sheet without comments and without what stands in quotes."""
    text = blank(path.read_text(encoding="utf-8"), COMMENTS)
    return blank(text, re.compile(r"\"[^\"]*\"|'[^']*'"))


def blocks(text: str) -> Iterator[tuple[int, str, str, bool]]:
    """Yield every block of a style sheet: line, what opens it, its own declarations, is it nested.

    Nested is a block inside a block of declarations; one inside an at-rule is not.
    """
    open_blocks: list[list[str]] = []
    start = 0
    for brace in re.finditer(r"[{}]", text):
        piece = text[start : brace.start()]
        start = brace.end()
        if brace[0] == "{":
            before, _, opening = piece.rpartition(";")
            if open_blocks:
                open_blocks[-1][1] += before + ";"
            open_blocks.append([opening.strip(), ""])
        else:
            opening, body = open_blocks.pop()
            line = text.count("\n", 0, brace.start()) + 1
            is_nested = any(not outer.startswith("@") for outer, _body in open_blocks)
            yield line, opening, body + piece, is_nested
    assert not open_blocks, f"a block is never closed: {open_blocks[-1][0]}"


def is_grid(body: str) -> bool:
    """Tell whether a block itself says that it lays out a grid."""
    return bool(re.search(r"display\s*:\s*(inline-)?grid|(?<![\w-])grid(-template|-auto)?", body))


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_old_browsers_understand_every_rule(path):
    text = code_of_sheet(path)
    wrong = list(hits(text, TOO_NEW_FOR_SHEETS))
    wrong += [
        f"line {line}: {opening} is nested" for line, opening, _body, is_in in blocks(text) if is_in
    ]
    assert not wrong, f"Chromium 80 drops these rules of {name_of(path)}: {wrong}"


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_gaps_are_between_grid_cells_only(path):
    wrong = [
        f"line {line}: {opening}"
        for line, opening, body, _is_nested in blocks(code_of_sheet(path))
        if re.search(r"(?<![\w-])(grid-|row-|column-)?gap\s*:", body)
        and not is_grid(body)
        and not re.search(r"(?<![\w-])column(s|-count|-width)\s*:", body)
    ]
    assert not wrong, f"Chromium 80 knows no gap in a flex box; use margins: {wrong}"


def test_style_sheets_fetch_nothing():
    pattern = re.compile(r"@import\b|url\((?!\"data:image/svg\+xml,)")
    wrong = [
        f"{name_of(path)}: {found[0]}"
        for path in SHEETS
        for found in pattern.finditer(blank(path.read_text(encoding="utf-8"), COMMENTS))
    ]
    assert not wrong, f"A style sheet draws with data: images and loads nothing else: {wrong}"


def test_the_style_of_a_phone_page_fits_in_ten_kilobytes():
    size = zipped([STATIC / "core/tokens.css", STATIC / "core/phone.css"])
    assert size <= 10 * KILOBYTE, f"{size} bytes gzipped; a phone on 2G waits for each of them"


# --- scripts --------------------------------------------------------------------------------------

_QUOTED = re.compile(
    r"/\*[\s\S]*?\*/|(?<![:\"'\\])//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
)


def code_of_script(path: Path) -> str:
    """Return a script without comments and strings."""
    return blank(path.read_text(encoding="utf-8"), _QUOTED)


def imported(path: Path) -> list[str]:
    """Return the files below static/ that a script imports."""
    text = path.read_text(encoding="utf-8")
    folder = path.parent.relative_to(STATIC).as_posix()
    return [
        posixpath.normpath(f"{folder}/{found[1]}")
        for found in re.finditer(r"(?:from|import)\s+[\"']([^\"']+)[\"']", text)
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_old_browsers_understand_every_script(path):
    wrong = list(hits(code_of_script(path), TOO_NEW_FOR_SCRIPTS))
    assert not wrong, f"Scripts are ES2018; {name_of(path)} stops at {wrong}"


# Televisions are older than phones: their scripts are ES2017.
TOO_NEW_FOR_WALLS = {
    "rest and spread of objects": r"\{\s*\.\.\.|,\s*\.\.\.\w+\s*\}",
    "asynchronous iteration": r"\bfor\s+await\b|\basync\s*\*",
    "finally of a promise": r"\)\s*\.finally\(",
}


def scripts_of_walls() -> list[str]:
    """Return every script that a page of the displays loads, with all that these import."""
    begun = set()
    for path in (TEMPLATES / "boards").glob("*.html"):
        for found in re.finditer(r"asset\('(boards/[\w-]+\.js)'\)", path.read_text("utf-8")):
            begun |= loaded_by(found[1])
    return sorted(begun)


def test_televisions_understand_every_script():
    names = scripts_of_walls()
    assert {"boards/tv.js", "boards/news.js", "boards/wall.js", "boards/pair.js"} <= set(names)
    wrong = {
        name: found
        for name in names
        if (found := list(hits(code_of_script(STATIC / name), TOO_NEW_FOR_WALLS)))
    }
    assert not wrong, f"Scripts of walls are ES2017: {wrong}"


@pytest.mark.parametrize("line", ["f({ ...a })", "const { a, ...b } = c", "for await (a of b) {}"])
def test_what_is_too_new_for_a_wall_would_be_noticed(line):
    assert list(hits(line, TOO_NEW_FOR_WALLS))


def test_the_scripts_and_styles_of_a_wall_are_small():
    sheets = [STATIC / f"boards/{name}.css" for name in ("tv", "preshift", "pages")]
    size = zipped([STATIC / name for name in loaded_by("boards/tv.js")]) + zipped(sheets)
    assert size <= 25 * KILOBYTE, f"{size} bytes gzipped"


def test_old_browsers_understand_every_pattern():
    wrong = [name_of(path) for path in SCRIPTS if "(?<" in path.read_text(encoding="utf-8")]
    assert not wrong, f"iOS 14 knows neither lookbehind nor named groups: {wrong}"


def loaded_by(name: str) -> set[str]:
    """Return a script below static/ with all that it imports."""
    found, left = set(), [name]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += imported(STATIC / one)
    return found


@pytest.mark.parametrize("page", ["quizzes/take.js", "home/today.js", "home/leaving.js"])
def test_the_scripts_of_a_phone_page_fit_in_fifteen_kilobytes(page):
    size = zipped(STATIC / name for name in loaded_by(page) | {"core/shell.js"})
    assert size <= 15 * KILOBYTE, f"{size} bytes gzipped"


def test_a_phone_keeps_every_script_that_answering_without_a_network_needs():
    pages = ("quizzes/take.js", "home/today.js", "home/offline.js", "core/shell.js")
    needed = set().union(*(loaded_by(name) for name in pages))
    assert needed == {name for name in http.SHELL if name.endswith(".js")}
    assert all((STATIC / name).is_file() for name in http.SHELL)


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_loses_its_comments_on_the_way_and_nothing_else(path):
    text = path.read_text(encoding="utf-8")
    broken = [found[0] for found in _QUOTED.finditer(text) if re.match(r"`[^`]*\n", found[0])]
    assert not broken, f"A text over several lines would lose its indentation: {broken}"
    there, here = code_of_script(path), blank(http.without_comments(text), _QUOTED)
    assert here.split() == there.split()
    assert ("/*!" in text) == ("/*!" in http.without_comments(text))


def test_files_of_others_are_what_they_were():
    stated = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["file"]
    named = {"vendor.toml"}
    for one in stated:
        for name, digest in (("file", "sha256"), ("licence_file", "licence_sha256")):
            named.add(one[name])
            found = hashlib.sha256((VENDOR / one[name]).read_bytes()).hexdigest()
            assert found == one[digest], one[name]
    assert named == {path.name for path in VENDOR.iterdir()}


# --- addresses ------------------------------------------------------------------------------------


def referenced() -> dict[str, set[str]]:
    """Return every static file that a template or a script names, with who names it."""
    names: dict[str, set[str]] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        for found in re.finditer(r"\basset\(\s*[\"']([^\"']+)[\"']", path.read_text("utf-8")):
            names.setdefault(found[1], set()).add(name_of(path))
    for path in SCRIPTS:
        for name in imported(path):
            names.setdefault(name, set()).add(name_of(path))
    return names


def test_every_asset_that_is_named_exists():
    missing = {name: who for name, who in referenced().items() if not (STATIC / name).is_file()}
    assert not missing


def test_every_asset_is_used():
    known = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    unused = known - referenced().keys() - NAMED_BY_CODE
    assert not unused, f"Nothing loads these files; take them out: {sorted(unused)}"


def test_assets_are_named_through_their_version():
    wrong = [
        f"{name_of(path)}: {found[0]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in re.finditer(r"[\"'(]/?static/[^\"')]*", path.read_text(encoding="utf-8"))
    ]
    assert not wrong, f"Write asset('room/file'): its address changes with the file. {wrong}"


def test_pages_load_nothing_from_elsewhere():
    allowed = re.compile(r"http://www\.w3\.org/(2000/svg|1999/xlink)$")
    wrong = [
        f"{name_of(path)}: {found[0]}"
        for folder in (TEMPLATES, STATIC)
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".html", ".css", ".js", ".svg"}
        for found in re.finditer(
            r"\b(?:https?|wss?)://[^\s\"'<>)]*|(?:src|href|action)=[\"']//[^\"']*",
            path.read_text(encoding="utf-8"),
        )
        if not allowed.match(found[0])
    ]
    assert not wrong, (
        "A phone in the plant network reaches this server only. Addresses of official sources come "
        f"with the items, never from a template: {wrong}"
    )


# --- the rules themselves -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule", ["a:has(b) {}", ".a { & b {} }", "a { inset: 0 }", "a { color: color-mix(in srgb) }"]
)
def test_new_rules_would_be_noticed(rule):
    assert list(hits(rule, TOO_NEW_FOR_SHEETS))


def test_nested_blocks_and_loose_gaps_would_be_noticed():
    sheet = "@media print { .a { color: red; .b { gap: 1px } } } .c { display: grid; gap: 2px }"
    found = {
        opening: (is_nested, is_grid(body)) for _line, opening, body, is_nested in blocks(sheet)
    }
    assert found == {
        ".b": (True, False),
        ".a": (False, False),
        "@media print": (False, False),
        ".c": (False, True),
    }


@pytest.mark.parametrize(
    "line", ["a?.b", "a ?? b", "a ||= b", "  #secret = 1", "try {} catch {}", "a.replaceAll(b, c)"]
)
def test_new_scripts_would_be_noticed(line):
    assert list(hits(line, TOO_NEW_FOR_SCRIPTS))
