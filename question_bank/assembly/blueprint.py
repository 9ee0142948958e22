"""What a form should look like: sections of rules, each with how many items of which sort."""

from dataclasses import dataclass

DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Rule:
    """So many items of one sort.

    `topics` are names of themes or topics and `kinds` are kinds of items; empty means any. `quotas`
    says how many of a difficulty there have to be; the rest is of any difficulty. Raises ValueError
    for a count below 1, an unknown or repeated difficulty, and quotas that exceed the count.
    """

    count: int
    topics: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    quotas: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("count: a rule asks for at least one item")
        named = [difficulty for difficulty, _n in self.quotas]
        if len(set(named)) != len(named) or not set(named) <= set(DIFFICULTIES):
            raise ValueError(f"quotas: each of {', '.join(DIFFICULTIES)} at most once")
        if any(n < 1 for _difficulty, n in self.quotas):
            raise ValueError("quotas: a quota is at least one item")
        if sum(n for _difficulty, n in self.quotas) > self.count:
            raise ValueError("quotas: more than the rule asks for")

    def places(self) -> tuple[tuple[str | None, int], ...]:
        """Return (difficulty, how many), the open places last as (None, how many)."""
        rest = self.count - sum(n for _difficulty, n in self.quotas)
        return (*self.quotas, (None, rest)) if rest else self.quotas


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form with a title, empty for a form of one part. Needs at least one rule."""

    title: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError("rules: a section has at least one rule")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The sections of a form, and what holds for all of them.

    An item that the person met less than `rest_days` ago is not rested. `most_repeats` says how
    many such items may appear: None as many as it takes, as a last resort; 0 none. `facility` is
    the mean expected facility that every form comes to; None means the mean of what the rules can
    draw. `spread_topics` keeps one theme from filling the form (see `assemble`).
    Raises ValueError for no section, a negative rest or number of repeats, and a facility outside
    of 0 to 1.
    """

    sections: tuple[Section, ...]
    rest_days: int = 14
    most_repeats: int | None = None
    shuffle_items: bool = True
    shuffle_options: bool = True
    facility: float | None = None
    spread_topics: bool = False

    def __post_init__(self) -> None:
        if not self.sections:
            raise ValueError("sections: a form has at least one section")
        if self.rest_days < 0:
            raise ValueError("rest_days: an item cannot rest for less than no days")
        if self.most_repeats is not None and self.most_repeats < 0:
            raise ValueError("most_repeats: not below zero")
        if self.facility is not None and not 0 <= self.facility <= 1:
            raise ValueError("facility: between 0 and 1")

    @property
    def count(self) -> int:
        """Return how many items the form has."""
        return sum(rule.count for section in self.sections for rule in section.rules)


def simple(count: int, rest_days: int = 14, *, spread_topics: bool = True) -> Blueprint:
    """Return the blueprint of one rule without conditions, such as the daily set."""
    sections = (Section("", (Rule(count),)),)
    return Blueprint(sections, rest_days=rest_days, spread_topics=spread_topics)
