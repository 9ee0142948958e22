"""Blueprints as values that JSON can hold, and back; what makes no sense is refused by name."""

from collections.abc import Mapping
from typing import Any

from question_bank.assembly.blueprint import Blueprint, Rule, Section

_GENERAL = (
    "rest_days",
    "most_repeats",
    "shuffle_items",
    "shuffle_options",
    "facility",
    "spread_topics",
)


def blueprint_to_dict(blueprint: Blueprint) -> dict[str, Any]:
    """Return the blueprint as plain values; `blueprint_from_dict` reverses it."""
    return {
        "sections": [
            {
                "title": section.title,
                "rules": [
                    {
                        "count": rule.count,
                        "topics": sorted(rule.topics),
                        "kinds": sorted(rule.kinds),
                        "quotas": dict(rule.quotas),
                    }
                    for rule in section.rules
                ],
            }
            for section in blueprint.sections
        ],
        **{name: getattr(blueprint, name) for name in _GENERAL},
    }


def blueprint_from_dict(values: Any) -> Blueprint:
    """Build the blueprint from its values. Raises ValueError naming the field that is wrong.

    A field that is left out has its default; a field that is not known is refused.
    """
    given = _fields(values, "blueprint", {"sections", *_GENERAL})
    sections = tuple(
        _section(one, f"sections[{number}]")
        for number, one in enumerate(_list(given.get("sections"), "sections"))
    )
    general: dict[str, Any] = {}
    for name in _GENERAL:
        if name in given:
            general[name] = _general(name, given[name])
    return Blueprint(sections, **general)


def _general(name: str, value: Any) -> Any:
    if name in ("most_repeats", "facility") and value is None:
        return None
    if name == "facility":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name}: not a number")
        return float(value)
    return _whole(value, name) if name in ("rest_days", "most_repeats") else _truth(value, name)


def _section(values: Any, name: str) -> Section:
    given = _fields(values, name, {"title", "rules"})
    title = _text(given.get("title", ""), f"{name}.title")
    rules = tuple(
        _rule(one, f"{name}.rules[{number}]")
        for number, one in enumerate(_list(given.get("rules"), f"{name}.rules"))
    )
    try:
        return Section(title, rules)
    except ValueError as error:
        raise ValueError(f"{name}.{error}") from None


def _rule(values: Any, name: str) -> Rule:
    given = _fields(values, name, {"count", "topics", "kinds", "quotas"})
    count = _whole(given.get("count"), f"{name}.count")
    topics = _names(given.get("topics", []), f"{name}.topics")
    kinds = _names(given.get("kinds", []), f"{name}.kinds")
    quotas = tuple(
        (key, _whole(n, f"{name}.quotas.{key}"))
        for key, n in _fields(given.get("quotas", {}), f"{name}.quotas", None).items()
    )
    try:
        return Rule(count, topics, kinds, quotas)
    except ValueError as error:
        raise ValueError(f"{name}.{error}") from None


def _fields(values: Any, name: str, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
        raise ValueError(f"{name}: not an object")
    unknown = sorted(set(values) - known) if known is not None else []
    if unknown:
        raise ValueError(f"{name}: unknown field {unknown[0]!r}")
    return values


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{name}: not a list")
    return value


def _names(value: Any, name: str) -> frozenset[str]:
    return frozenset(_text(one, name) for one in _list(value, name))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: not text")
    return value


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name}: not a whole number")
    return value


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name}: neither true nor false")
    return value
