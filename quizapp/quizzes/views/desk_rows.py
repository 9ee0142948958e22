"""The rows of the desk as they are typed: from a blueprint to fields, and from fields back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from flask_babel import gettext as _
from flask_babel import ngettext

from question_bank.assembly import DIFFICULTIES, Blueprint, Rule, Section
from question_bank.items import KINDS
from quizapp.items.service import topics

from ..service import authoring

INDENT = "\u2003"
MOST_TITLE = 80
MOST_VALUE = 2000
MOST_REST_DAYS = 366
FIELDS = ("topic", "kind", *DIFFICULTIES, "count")


class TopicChoices:
    """The topics of the bank as values of a select, and the names that a rule keeps of each.

    A value is the number of a topic; it stands for the topic with all below it. What a rule names
    and no single topic stands for has its names as value.
    """

    def __init__(self, lines: Collection[topics.TopicLine]) -> None:
        self._names: dict[str, frozenset[str]] = {}
        self._labels: dict[str, str] = {"": _("Any topic")}
        by_id = {line.id: line for line in lines}
        self.choices = [("", _("Any topic"))]
        for line in lines:
            below = {line.id} if line.depth == 0 else topics.below(lines, [line.id])
            self._names[str(line.id)] = frozenset(by_id[one].name for one in below)
            self._labels[str(line.id)] = line.name
            self.choices.append((str(line.id), INDENT * line.depth + line.name))

    def names(self, value: str) -> frozenset[str]:
        """Return the names that a value stands for; empty for any topic, and for nonsense."""
        if value.startswith("="):
            return frozenset(unquote(part) for part in value[1:].split("|") if part)
        return self._names.get(value, frozenset())

    def value(self, names: frozenset[str]) -> str:
        """Return the value that stands for these names."""
        if not names:
            return ""
        known = next((value for value, found in self._names.items() if found == names), None)
        return known or "=" + "|".join(quote(name) for name in sorted(names))

    def label(self, value: str) -> str:
        """Return what a value is called in a sentence."""
        return self._labels.get(value) or _(", ").join(sorted(self.names(value)))


@dataclass
class RowInput:
    """A row as typed; ``part`` is the title of the part that begins here, None when none does."""

    topic: str = ""
    kind: str = ""
    easy: str = ""
    medium: str = ""
    hard: str = ""
    count: str = "1"
    part: str | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class RulesInput:
    """The rules as typed, with what is wrong at each field."""

    rows: list[RowInput]
    rest_days: str = "14"
    most_repeats: str = ""
    facility: str = ""
    shuffle_items: bool = True
    shuffle_options: bool = True
    spread_topics: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_faulty(self) -> bool:
        """Tell whether a field needs another look."""
        return bool(self.errors) or any(row.errors for row in self.rows)


def to_input(blueprint: Blueprint, choices: TopicChoices) -> RulesInput:
    """Return a blueprint as its fields."""
    rows: list[RowInput] = []
    for section in blueprint.sections:
        for number, rule in enumerate(section.rules):
            quotas = {difficulty: str(n) for difficulty, n in rule.quotas}
            begins = number == 0 and (bool(rows) or bool(section.title))
            rows.append(
                RowInput(
                    topic=choices.value(rule.topics),
                    kind=",".join(sorted(rule.kinds)),
                    count=str(rule.count),
                    part=section.title if begins else None,
                    easy=quotas.get("easy", ""),
                    medium=quotas.get("medium", ""),
                    hard=quotas.get("hard", ""),
                )
            )
    return RulesInput(
        rows=rows,
        rest_days=str(blueprint.rest_days),
        most_repeats="" if blueprint.most_repeats is None else str(blueprint.most_repeats),
        facility="" if blueprint.facility is None else str(round(100 * blueprint.facility)),
        shuffle_items=blueprint.shuffle_items,
        shuffle_options=blueprint.shuffle_options,
        spread_topics=blueprint.spread_topics,
    )


def read_input(form: Mapping[str, str]) -> RulesInput:
    """Return what was sent, as it was typed."""
    rows = []
    for number in range(authoring.MOST_ROWS + 1):
        if f"row-{number}-count" not in form:
            break
        part = form.get(f"row-{number}-part")
        row = RowInput(part=None if part is None else part.strip()[:MOST_TITLE])
        for name in FIELDS:
            setattr(row, name, form.get(f"row-{number}-{name}", "").strip()[:MOST_VALUE])
        rows.append(row)
    return RulesInput(
        rows=rows or [RowInput()],
        rest_days=form.get("rest_days", "").strip()[:10],
        most_repeats=form.get("most_repeats", "").strip()[:10],
        facility=form.get("facility", "").strip()[:10],
        shuffle_items="shuffle_items" in form,
        shuffle_options="shuffle_options" in form,
        spread_topics="spread_topics" in form,
    )


def to_blueprint(typed: RulesInput, choices: TopicChoices) -> Blueprint | None:
    """Return the blueprint that was typed; None when something is wrong, noted at its field."""
    rules = [_rule(row, choices) for row in typed.rows]
    rest_days = _number(typed.errors, "rest_days", typed.rest_days, 0, MOST_REST_DAYS)
    repeats = _optional(typed.errors, "most_repeats", typed.most_repeats, authoring.MOST_ITEMS)
    facility = _optional(typed.errors, "facility", typed.facility, 100)
    if len(typed.rows) > authoring.MOST_ROWS:
        typed.errors["rows"] = _("At most %(most)s rows.", most=authoring.MOST_ROWS)
    if typed.is_faulty:
        return None
    sections: list[tuple[str, list[Rule]]] = []
    for row, rule in zip(typed.rows, rules, strict=True):
        if not sections or row.part is not None:
            sections.append((row.part or "", []))
        sections[-1][1].append(rule or Rule(1))
    return Blueprint(
        sections=tuple(Section(title, tuple(found)) for title, found in sections),
        rest_days=rest_days or 0,
        most_repeats=repeats,
        facility=None if facility is None else facility / 100,
        shuffle_items=typed.shuffle_items,
        shuffle_options=typed.shuffle_options,
        spread_topics=typed.spread_topics,
    )


def _rule(row: RowInput, choices: TopicChoices) -> Rule | None:
    """Return the rule of a row, or None with what is wrong at its fields."""
    names = choices.names(row.topic)
    kinds = frozenset(row.kind.split(",")) - {""}
    if row.topic and not names:
        row.errors["topic"] = _("This topic is not there any more. Choose another one.")
    if not kinds <= set(KINDS):
        row.errors["kind"] = _("Choose a type from the list.")
    count = _number(row.errors, "count", row.count, 1, authoring.MOST_ITEMS)
    quotas = tuple(
        (one, n)
        for one in DIFFICULTIES
        if (n := _optional(row.errors, one, getattr(row, one), authoring.MOST_ITEMS))
    )
    if row.errors or count is None:
        return None
    asked = sum(n for _difficulty, n in quotas)
    if asked > count:
        row.errors["count"] = ngettext(
            "The difficulties come to %(num)d question; ask for at least as many.",
            "The difficulties come to %(num)d questions; ask for at least as many.",
            asked,
        )
        return None
    return Rule(count, names, kinds, quotas)


def _optional(errors: dict[str, str], name: str, text: str, most: int) -> int | None:
    return _number(errors, name, text, 0, most) if text else None


def _number(errors: dict[str, str], name: str, text: str, least: int, most: int) -> int | None:
    """Return a whole number within bounds, or None with a message at its field."""
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    errors[name] = _("A whole number from %(least)s to %(most)s.", least=least, most=most)
    return None


def apply(typed: RulesInput, act: str) -> int | None:
    """Do what a button of the page says with the rows; return the row to go to, None for none.

    Acts are "add", and with the number of a row: "copy:2", "drop:2", "part:2", "join:2", "free:2",
    "kind:2:single", "count:2:5". Anything else changes nothing.
    """
    name, _colon, rest = act.partition(":")
    number, _colon, value = rest.partition(":")
    if name == "add":
        typed.rows.append(RowInput())
        return len(typed.rows) - 1
    row = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if not 0 <= row < len(typed.rows) or name not in _ACTS:
        return None
    _ACTS[name](typed, row, value)
    return min(row + (name == "copy"), len(typed.rows) - 1)


def _copy(typed: RulesInput, row: int, _value: str) -> None:
    typed.rows.insert(row + 1, replace(typed.rows[row], part=None, errors={}))


def _drop(typed: RulesInput, row: int, _value: str) -> None:
    if len(typed.rows) == 1:
        return
    gone = typed.rows.pop(row)
    if gone.part is not None and row < len(typed.rows) and typed.rows[row].part is None:
        typed.rows[row].part = gone.part  # the part begins with what is now its first row


def _part(typed: RulesInput, row: int, _value: str) -> None:
    typed.rows[row].part = ""


def _join(typed: RulesInput, row: int, _value: str) -> None:
    typed.rows[row].part = None


def _free(typed: RulesInput, row: int, _value: str) -> None:
    for one in DIFFICULTIES:
        setattr(typed.rows[row], one, "")


def _kind(typed: RulesInput, row: int, value: str) -> None:
    typed.rows[row].kind = value


def _count(typed: RulesInput, row: int, value: str) -> None:
    typed.rows[row].count = value
    _free(typed, row, "")


_ACTS = {
    "copy": _copy,
    "drop": _drop,
    "part": _part,
    "join": _join,
    "free": _free,
    "kind": _kind,
    "count": _count,
}
