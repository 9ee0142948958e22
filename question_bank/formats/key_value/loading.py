"""From text to entries: JSON, JSON lines, or lines of `stem|option|option -> answer`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from question_bank.formats.authored.text import excerpt
from question_bank.formats.problems import Problem, Where, problem

MAX_DEPTH = 40
_LISTS = (
    "questions", "items", "data", "list", "examples", "example", "题目", "试题", "题库", "quiz",
    "records", "results", "rows", "questionList", "question_list",
)  # fmt: skip
_ARROW = re.compile(r"\s*(?:->|=>|→|\t|＝|==)\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its value, where it is, and the topic of the list that it was found in."""

    value: dict[str, Any]
    where: Where
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The entries of a file and what is to be said about the rest of it."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


def load(text: str) -> Loaded:
    """Return the entries of a text; one broken line does not stop the others."""
    text = text.lstrip("\ufeff \t\n")
    if not text.startswith(("{", "[")):
        return _arrows(text)
    try:
        whole = json.loads(text)
    except RecursionError:
        return Loaded((), (problem("table.json", Where(line=1), line=1),))
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        lines = _lines(text)
        if lines.entries:
            return lines
        return Loaded((), (problem("table.json", Where(line=line), line=line),))
    problems: list[Problem] = []
    entries = tuple(_entries(whole, problems))
    return Loaded(entries, tuple(problems))


def _lines(text: str) -> Loaded:
    """Read an object per line."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.strip().rstrip(","))
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            entries.append(Entry(value, Where(line=number)))
        else:
            problems.append(_unreadable(line, Where(line=number)))
    return Loaded(tuple(entries), tuple(problems))


def _arrows(text: str) -> Loaded:
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        sides = _ARROW.split(line.strip(), maxsplit=1)
        if len(sides) == 2 and all(side.strip() for side in sides):
            entries.append(Entry({sides[0]: sides[1]}, Where(line=number)))
        else:
            problems.append(_unreadable(line, Where(line=number)))
    return Loaded(tuple(entries), tuple(problems))


def _entries(
    value: Any, problems: list[Problem], topic: str = "", depth: int = 0
) -> Iterator[Entry]:
    """Yield the objects of a list, of a list inside an object, or the pairs of an object."""
    if depth > MAX_DEPTH:
        problems.append(_unreadable(str(value)[:80], Where()))
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            if isinstance(one, dict) and _inner_list(one) is None:
                yield Entry(one, Where(item=str(number)), topic)
            elif isinstance(one, dict):
                yield from _entries(one, problems, topic, depth + 1)
            else:
                problems.append(_unreadable(str(one), Where(item=str(number))))
    elif isinstance(value, dict):
        inner = _inner_list(value)
        if inner is not None:
            name = next((value[key] for key in ("name", "title") if key in value), topic)
            yield from _entries(inner, problems, str(name or ""), depth + 1)
        elif value and all(isinstance(one, str | int | float | bool) for one in value.values()):
            yield from _pairs(value, topic)
        elif any(isinstance(one, list | dict) for one in value.values()):
            yield from _groups(value, problems, topic, depth)
    else:
        problems.append(_unreadable(str(value), Where()))


def _groups(
    value: dict[str, Any], problems: list[Problem], topic: str, depth: int
) -> Iterator[Entry]:
    """Yield a lone question, or the entries of lists that stand under names of their own."""
    from_names = [key for key, one in value.items() if isinstance(one, list) and one]
    if any(key in value for key in ("question", "stem", "题干", "题目")) or not from_names:
        yield Entry(value, Where(item="1"), topic)
        return
    for key in from_names:
        if all(isinstance(one, dict) for one in value[key]):
            yield from _entries(value[key], problems, key, depth + 1)


def _inner_list(value: dict[str, Any]) -> list[Any] | None:
    for key in _LISTS:
        inner = value.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            return inner
    return None


def _pairs(value: dict[str, Any], topic: str) -> Iterator[Entry]:
    """Yield a question with named fields as one, otherwise each pair as a question of its own."""
    names = {key.casefold() for key in value}
    if names & {"question", "stem", "题干", "题目", "问题", "title", "content"}:
        yield Entry(value, Where(item="1"), topic)
        return
    for number, (stem, answer) in enumerate(value.items(), start=1):
        yield Entry({stem: answer}, Where(item=str(number)), topic)


def _unreadable(found: str, where: Where) -> Problem:
    return problem("table.entry_unreadable", where, found=excerpt(found))
