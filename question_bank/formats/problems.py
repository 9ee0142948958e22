"""Problems that a reader or the gate reports: codes with parameters and a place, never sentences.

`RULES` is the table of every code: its severity, its parameters, and one plain English sentence for
the command line. The interface words the same codes in its own languages, and may list the table to
prove that it words them all. Parameters hold numbers and strings only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning"]
Param = str | int | float


@dataclass(frozen=True, slots=True)
class Where:
    """Where a problem is: a line of the file, counted from 1, and an item's id, as far as known."""

    line: int | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (`error`: do not load it) or doubtful (`warning`: look at it)."""

    code: str
    where: Where
    params: dict[str, Param] = field(default_factory=dict)
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means: its severity, and the English sentence that its parameters go into."""

    severity: Severity
    english: str

    @property
    def params(self) -> frozenset[str]:
        """Return the names of the code's parameters: those that its sentence uses."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.english) if name)


# The table: code, then the sentence with the parameters in braces.
_ERRORS = {
    # The file as a whole.
    "pack.encoding": "The file is not UTF-8 (at byte {offset}). Save it as UTF-8.",
    "pack.too_large": "The file has {size} bytes; {limit} are allowed.",
    "pack.syntax": "This is not valid TOML: {detail}.",
    "pack.format": "The format is “{found}”; it should be “{expected}”.",
    "pack.too_many_items": "The pack has {count} items; {limit} are allowed.",
    "pack.no_items": "The pack has no item.",
    # One field of the pack, of a source or of an item; `field` is its path.
    "field.missing": "The field {field} is missing.",
    "field.unknown": "The field {field} is unknown. Is it misspelt?",
    "field.not_for_type": "An item of type {type} has no field {field}.",
    "field.type": "The field {field} should be {expected}, not {found}.",
    "field.empty": "The field {field} is empty.",
    "field.whitespace": "The field {field} begins or ends with a space or a line break.",
    "field.control": "The field {field} holds the invisible character {character}.",
    "field.too_long": "The field {field} has {length} characters; {limit} are allowed.",
    "field.too_small": "The number in {field} is {found}; the least is {least}.",
    "field.value": "The field {field} is “{found}”; allowed: {allowed}.",
    "field.slug": "“{found}” in {field} may hold only a-z, 0-9 and hyphens.",
    "field.language": "“{found}” in {field} is no language tag such as zh-CN.",
    "field.url": "The address “{found}” in {field} should begin with http:// or https://.",
    # One item.
    "item.id_format": "The id “{found}” should be {theme}- and three to six digits.",
    "item.duplicate_id": "The id was used before, in line {first_line}.",
    "item.option_count": "There are {count} options; {least} to {most} are allowed.",
    "item.duplicate_option": "Options {first} and {second} say the same.",
    "item.key_letter": "The key names “{letter}”; the options are A to {last}.",
    "item.key_repeated": "The key names {letter} more than once.",
    "item.key_count": "The key names {count} options; {least} to {most} are right here.",
    "item.source_unknown": "The source “{source}” is not described in the pack.",
    "item.dates": "Valid until {valid_until}, but verified only on {verified_on}.",
    # The gate, one item.
    "quality.duplicate_id": "Another pack uses this id too.",
    "quality.duplicate": "{similarity} % like {other}: one of them is enough.",
    "quality.long_key": "{length} characters against a median of {median} give the key away.",
    "quality.explanation_length": "The explanation has {length} characters, not {least} to {most}.",
    "quality.clause_missing": "The clause is missing.",
    "quality.clause_unreadable": "“{clause}” is no clause such as 第五十五条.",
    "quality.clause_range": "Article {article} is cited; the source has {articles}.",
    "quality.forbidden_word": "“{word}” in {field} is to be avoided ({reason}).",
    "quality.ascii_punctuation": "“{found}” in {field} should be full width.",
    "quality.long_sentence": "{length} characters without a stop in {field}; {most} is the limit.",
    "quality.expired": "It was valid until {valid_until}: check the source again.",
    "quality.validity_too_long": "Valid until {valid_until}; {latest} is the latest.",
    # The gate, the bank.
    "quality.key_position": "{share} % of {count} keys are {letter}; {least} to {most} % is right.",
    "quality.false_share": "{share} % of {count} statements are false, not {least} to {most} %.",
}
_WARNINGS = {
    # The gate, one item.
    "quality.verified_in_future": "It was verified on {verified_on}, which is yet to come.",
    "quality.topic_long": "The topic has {length} characters; {most} fit.",
    # The gate, a pack.
    "quality.title_long": "The title of {theme} has {length} characters; {most} fit.",
    "quality.source_unused": "No item of {theme} cites the source {source}.",
    "quality.longest_key": (
        "In {theme} the key is the longest option in {share} % of {count} items, over {most} %."
    ),
}

RULES: Mapping[str, Rule] = MappingProxyType(
    {code: Rule("error", english) for code, english in _ERRORS.items()}
    | {code: Rule("warning", english) for code, english in _WARNINGS.items()}
)


def problem(code: str, where: Where, **params: Param) -> Problem:
    """Build a problem with the severity of its code.

    Raises KeyError for a code that is not in the table, ValueError for parameters not its own.
    """
    rule = RULES[code]
    if params.keys() != rule.params:
        raise ValueError(f"{code} takes {sorted(rule.params)}, not {sorted(params)}")
    return Problem(code, where, params, rule.severity)


def in_english(found: Problem) -> str:
    """Return the sentence of a problem for the command line."""
    return RULES[found.code].english.format(**found.params)
