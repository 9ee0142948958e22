"""Two languages, both complete: what the code says in English has its Chinese in one catalogue."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from question_bank.formats.problems import RULES

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((ROOT / "quizapp/translations/zh_CN").glob("*.po"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}

HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
FORBIDDEN = ("必须", "务必", "逾期", "亲")
# What the law orders is said as the law says it, in the room of statutory training alone.
STATUTORY = ("必须", "training.po: ")
# Days are written by code, and the demo world is data of its own.
SPEAKS_CHINESE = ("quizapp/demo/", "quizapp/core/i18n.py")


def short(path: Path) -> str:
    """Return a path as people read it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def product() -> list[Path]:
    """Return every Python file of the application."""
    return sorted((ROOT / "quizapp").rglob("*.py"))


@cache
def said() -> dict[str | tuple[str, str], str]:
    """Return every message of the code (a pair when it has a plural) and a place that says it."""
    found: dict[str | tuple[str, str], str] = {}
    for path in [*product(), *TEMPLATES]:
        is_page = path.suffix == ".html"
        method, options = (
            ("jinja2.ext:babel_extract", {"silent": "false"}) if is_page else ("python", {})
        )
        for line, message, _comments, _context in extract_from_file(
            method, path, keywords=KEYWORDS, options=options
        ):
            key = (message[0], message[1]) if isinstance(message, tuple) else message
            found.setdefault(key, f"{short(path)}:{line}")
    for code, rule in RULES.items():  # worded by quizapp/items/wording.py
        found.setdefault(rule.english, f"question_bank/formats/problems, {code}")
    return found


@cache
def read(path: Path) -> Catalog:
    """Return a catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def entries() -> list[tuple[Path, Message]]:
    """Return every entry of every catalogue, without the headers."""
    return [(path, message) for path in CATALOGUES for message in read(path) if message.id]


def key_of(message: Message) -> str | tuple[str, str]:
    """Return how ``said`` names a message."""
    return tuple(message.id) if message.pluralizable else message.id


def strings_of(message: Message) -> tuple[str, ...]:
    """Return the Chinese of a message, each form of it."""
    return tuple(message.string) if message.pluralizable else (message.string,)


def chinese() -> Iterator[tuple[str, str]]:
    """Yield (place, Chinese text) for every form of every entry."""
    for path, message in entries():
        for text in strings_of(message):
            yield f"{short(path)}: {text}", text


def names_in(text: str) -> Counter[str]:
    """Return the placeholders of a text, with how often each occurs."""
    return Counter(found[1] or found[2] for found in PLACEHOLDER.finditer(text))


def test_every_message_has_its_chinese():
    known = {key_of(message) for _path, message in entries() if all(strings_of(message))}
    missing = [f"{place}: {message!r}" for message, place in said().items() if message not in known]
    assert not missing, "\n".join(
        [
            "Add these to quizapp/translations/zh_CN/<room>.po (core.po if several rooms say it):",
            *sorted(missing),
        ]
    )


def test_no_entry_outlives_its_message():
    unused = [
        f"{short(path)}: {key_of(message)!r}"
        for path, message in entries()
        if key_of(message) not in said()
    ]
    assert not unused, "\n".join(["Nobody says these any more; take them out:", *sorted(unused)])


def test_no_message_stands_twice():
    # A second entry of one file would silently replace the first, so the lines are counted too.
    pattern = re.compile(r'^msgid ((?:".*"\n?)+)', re.MULTILINE)
    counted = Counter(
        "".join(re.findall(r'"(.*)"', found[1]))
        for path in CATALOGUES
        for found in pattern.finditer(path.read_text(encoding="utf-8"))
    )
    twice = sorted(message for message, number in counted.items() if message and number > 1)
    assert not twice, f"A message of several rooms belongs in core.po only: {twice}"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_catalogues_say_what_they_are(path):
    catalogue = read(path)
    assert catalogue.locale_identifier == "zh_CN"
    assert catalogue.charset == "utf-8"
    assert catalogue.num_plurals == 1
    assert not list(catalogue.obsolete), "commented-out entries are for version control"
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_placeholders_are_the_same_in_both_languages():
    wrong = []
    for path, message in entries():
        english = message.id[1] if message.pluralizable else message.id
        for text in strings_of(message):
            if set(names_in(text)) != set(names_in(english)):
                wrong.append(f"{short(path)}: {english!r} / {text!r}")
    assert not wrong, "\n".join(wrong)


def test_chinese_has_full_width_punctuation():
    wrong = []
    for place, text in chinese():
        # A placeholder stands for words, so punctuation beside it is judged by what is beyond it.
        plain = PLACEHOLDER.sub("", text)
        if re.search(rf"{HAN.pattern}\s*[,.?!:;()]|[(,:;?!]\s*{HAN.pattern}", plain):
            wrong.append(place)
    assert not wrong, "\n".join(["Between hanzi punctuation is full width:", *wrong])


@pytest.mark.parametrize("word", FORBIDDEN)
def test_chinese_commands_nobody(word):
    wrong = [
        place
        for place, text in chinese()
        if word in text and not (word == STATUTORY[0] and STATUTORY[1] in place)
    ]
    assert not wrong, f"“{word}” shames or orders about; say what helps instead: {wrong}"


def test_no_entry_is_english_in_disguise():
    same = [
        f"{short(path)}: {message.id!r}"
        for path, message in entries()
        for text in strings_of(message)
        if not HAN.search(text) and re.search(r"[A-Za-z]{4}", PLACEHOLDER.sub("", text))
    ]
    assert not same, f"These have letters and no hanzi: {same}"


def test_chinese_stands_in_catalogues_only():
    wrong = []
    for path in product():
        if short(path).startswith(SPEAKS_CHINESE):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        }
        wrong += [
            f"{short(path)}:{node.lineno}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and HAN.search(node.value)
        ]
    for path in [*TEMPLATES, *(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]:
        text = re.sub(r"\{#[\s\S]*?#\}", "", path.read_text(encoding="utf-8"))
        wrong += [f"{short(path)}: {found[0]}" for found in re.finditer(f"{HAN.pattern}+", text)]
    assert not wrong, "\n".join(["Say it in English and put the Chinese into a catalogue:", *wrong])


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_problem_of_a_pack_is_worded(app, code):
    from flask_babel import force_locale

    from question_bank.formats.problems import Where, problem
    from quizapp.items.wording import word

    values = dict.fromkeys(RULES[code].params, "x")
    found = problem(code, Where(line=3, item="safety-001"), **values)
    with app.test_request_context(), force_locale("zh_CN"):
        assert HAN.search(word(found))
    with app.test_request_context(), force_locale("en"):
        assert RULES[code].english.format(**values) in word(found)
