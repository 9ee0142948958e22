"""Documents say what the code does: settings, commands, limits, tests, links and pictures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import time, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from flask.cli import FlaskGroup, ScriptInfo

from question_bank.formats import pack as packs
from question_bank.starter import paths as starter_paths

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
README = ROOT / "README.md"
PRODUCTION = ROOT / "docs/production.md"
SETTINGS_OF_THE_START = {"HOST", "PORT"}  # read by deploy/, not by config.py
KILOBYTE = 1024

UNITS = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "bytes": 1,
    "MB": 1024 * 1024,
    "%": 0.01,
}
SUFFIXES = {
    "SECONDS": timedelta(seconds=1),
    "HOURS": timedelta(hours=1),
    "DAYS": timedelta(days=1),
}


@cache
def text_of(path: Path) -> str:
    """Return a document."""
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """Return a path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


def rows_of(path: Path, columns: int) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables of a document that have so many columns."""
    for line in text_of(path).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == columns:
            yield cells


# --- settings -------------------------------------------------------------------------------------


def settings_read() -> dict[str, str]:
    """Return every variable that config.py reads, with its default; empty when it has none.

    Of several readings the first counts: that of the class every configuration shares.
    """
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(text_of(ROOT / "config.py"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {"env", "env_int"}:
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant):
            given = node.args[1] if node.args[1:] else None
            default = str(given.value) if isinstance(given, ast.Constant) else ""
            found.setdefault(name.value, default)
    return found


def settings_documented() -> dict[str, str]:
    """Return the variables of the README's table with the default it states; empty for none."""
    return {
        name.strip("`"): re.sub(r"none|empty|`", "", default)
        for name, default, _what in rows_of(README, 3)
        if re.fullmatch(r"`[A-Z_]+`", name)
    }


def test_every_setting_is_in_the_readme_and_no_other():
    assert settings_documented().keys() == settings_read().keys() | SETTINGS_OF_THE_START


@pytest.mark.parametrize("name", sorted(settings_read().keys() - {"DATA_DIR"}))
def test_the_readme_states_the_default_of_a_setting(name):
    assert settings_documented()[name] == settings_read()[name]


def test_defaults_of_the_start_are_those_of_the_makefile():
    makefile = dict(re.findall(r"^([A-Z_]+) \?= (\S+)$", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert makefile == {name: settings_documented()[name] for name in makefile}


def test_what_production_must_set_is_in_its_example():
    example = re.search(
        r"^ZHIXING_CONFIG=Production\n(?:.+\n)+?```", text_of(PRODUCTION), re.MULTILINE
    )
    assert example
    named = set(re.findall(r"^([A-Z_]+)=", example[0], re.MULTILINE))
    asked = set(re.findall(r'"([A-Z_]+)(?: is not set)', text_of(ROOT / "config.py")))
    asked |= {"SECRET_KEY", "DATABASE_URL", "PUBLIC_BASE_URL", "REDIS_URL"}
    assert asked <= named
    assert named <= settings_documented().keys()


# --- commands -------------------------------------------------------------------------------------


def test_every_make_target_is_in_the_readme_and_no_other():
    targets = set(re.findall(r"^([a-z-]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)`", text_of(README))) == targets


def code_of(path: Path) -> Iterator[str]:
    """Yield every line of code of a document: of its fenced blocks, and between backticks."""
    is_code = False
    for line in text_of(path).splitlines():
        if line.startswith("```"):
            is_code = not is_code
        elif is_code:
            yield from re.split(r"&&|\|\||;", line)
    prose = re.sub(r"^```.*?^```", "", text_of(path), flags=re.MULTILINE | re.DOTALL)
    yield from (found.replace("\n", " ") for found in re.findall(r"`([^`]+)`", prose))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_make_targets_that_are_named_exist(path):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    called = (
        re.match(r"(?:[A-Z_]+=\S+ |make )*make ([a-z-]+)", line.strip()) for line in code_of(path)
    )
    assert {found[1] for found in called if found} <= targets


def flask_commands(path: Path) -> Iterator[list[str]]:
    """Yield the words of every ``flask ...`` command that a document names."""
    for line in code_of(path):
        words = line.split("#")[0].replace("$ ", "").split()
        if words[:1] == ["flask"] and words[1:] and re.fullmatch(r"[a-z-]+", words[1]):
            yield words[1:]


def find_command(app: Any, words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that ``words`` call and the words left for it; fail when there is none."""
    group: click.Command = FlaskGroup(create_app=lambda: app)
    context = click.Context(group, obj=ScriptInfo(create_app=lambda: app))
    left = list(words)
    while isinstance(group, click.Group) and left:
        found = group.get_command(context, left[0])
        assert found, f"there is no `flask {' '.join(words)}`"
        group = found
        left = left[1:]
    assert not isinstance(group, click.Group), f"`flask {' '.join(words)}` is not a whole command"
    return group, left


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_flask_commands_that_are_named_exist(app, path):
    for words in flask_commands(path):
        if words == ["<room>", "<verb>"]:
            continue
        command, left = find_command(app, words)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in left if word.startswith("-")} <= known, " ".join(words)


def test_every_command_of_the_product_is_documented(app):
    documented = {" ".join(words) for path in DOCUMENTS for words in flask_commands(path)}
    names = [
        f"{name} {verb}" if verb else name
        for name, command in app.cli.commands.items()
        if name != "db"  # Flask-Migrate brings it and documents it
        for verb in (command.commands if isinstance(command, click.Group) else [""])
    ]
    missing = [
        name for name in names if not any(f"{text} ".startswith(f"{name} ") for text in documented)
    ]
    assert not missing, f"Say in docs/production.md what these are for: {missing}"


# --- limits ---------------------------------------------------------------------------------------


def limits() -> list[list[str]]:
    """Return the rows of docs/limits.md that state a limit: what, limit, where."""
    return [row for row in rows_of(ROOT / "docs/limits.md", 3) if ": " in row[2]]


def meant_by(text: str) -> Any:
    """Return a limit as a value: 5, 60 % as 0.6, 8 MB in bytes, 48 hours as a timedelta, a time."""
    if re.fullmatch(r"\d\d:\d\d", text):
        return time.fromisoformat(text)
    number, _, unit = text.replace(",", "").partition(" ")
    return float(number) * UNITS[unit] if unit else float(number)


def in_code(place: str) -> Any:
    """Return the value of ``module: expression``; numbers named for a unit of time in that unit."""
    module, _, expression = place.strip("`").partition(": ")
    value = eval(expression, vars(import_module(module)).copy())  # our own document
    unit = SUFFIXES.get(expression.rpartition("_")[2])
    return value * unit if unit else value


@pytest.mark.parametrize("row", limits(), ids=lambda row: row[2].strip("`"))
def test_a_limit_is_what_the_table_says(row):
    said, found = meant_by(row[1]), in_code(row[2])
    assert said == (pytest.approx(found) if isinstance(found, float) else found)


def test_the_table_of_limits_was_read():
    assert len(limits()) > 40


def test_the_numbers_of_the_bank_are_right():
    bank = [packs.read(path.read_bytes()).pack for path in starter_paths()]
    items = sum(len(pack.items) for pack in bank if pack)
    assert len(bank) == 12
    assert f"{items} questions" in text_of(README)
    assert f"{items} questions in twelve themes" in text_of(ROOT / "CHANGELOG.md")


# --- names of tests -------------------------------------------------------------------------------


@cache
def names_of_tests() -> set[str]:
    """Return every test as "path::name"."""
    return {
        f"{name_of(path)}::{node.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_tests_that_are_named_exist(path):
    named = set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", text_of(path)))
    missing = named - names_of_tests()
    assert not missing, f"{name_of(path)} names tests that do not exist: {sorted(missing)}"


def test_every_threat_has_a_test():
    rows = [
        row
        for row in rows_of(ROOT / "docs/threats.md", 3)
        if row[2] != "proven by" and "---" not in row[0]
    ]
    assert len(rows) > 20
    assert not [row[0] for row in rows if not re.search(r"`tests/[\w/]+\.py::\w+`", row[2])]


# --- links and pictures ---------------------------------------------------------------------------


def prose_of(path: Path) -> str:
    """Return a document without its code."""
    text = re.sub(r"^```.*?^```", "", text_of(path), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]+`", "", text)


def anchors_of(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", prose_of(path))
    for link in (one or other for one, other in links):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{name_of(path)}: {link}"
        assert target.is_relative_to(ROOT)
        assert not anchor or anchor in anchors_of(target), f"{name_of(path)}: {link}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_files_that_are_named_exist(path):
    """A path in backticks that begins with a folder of the project is one of its files."""
    folders = "bench|deploy|docs|migrations|question_bank|quizapp|static|templates|tests"
    for found in re.findall(rf"`((?:{folders})/[\w./-]*)`", text_of(path)):
        assert (ROOT / found).exists(), f"{name_of(path)}: {found}"


def test_pictures_are_used_and_small():
    shown = set(re.findall(r"docs/images/([\w-]+\.png)", text_of(README)))
    there = {path.name: path.stat().st_size for path in (ROOT / "docs/images").iterdir()}
    assert there.keys() == shown
    assert {name: size for name, size in there.items() if size > 150 * KILOBYTE} == {}


def test_every_decision_has_the_same_parts():
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [path.name.partition("-")[0] for path in records]
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = text_of(path)
        assert text.startswith(f"# {path.name.partition('-')[0]}: ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
        assert "\nStatus: " in text


def test_documents_name_no_place_of_one_machine():
    places = re.compile(r"/(?:root|work|tmp|home/\w+)/")
    assert not [
        f"{name_of(path)}: {found[0]}"
        for path in DOCUMENTS
        for found in places.finditer(text_of(path))
    ]
