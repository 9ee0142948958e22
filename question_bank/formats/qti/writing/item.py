"""One item while it is written, and what all kinds of items share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.writing.elements import (
    Child,
    constant,
    element,
    is_key,
    outcome,
    paragraphs,
    set_outcome,
    variable,
    when,
)
from question_bank.formats.qti.writing.media import Enclosures
from question_bank.items.draft import Draft, DraftOption

GENERAL = "general"


class Incomplete(Exception):
    """A draft that lacks what its kind is made of."""


@dataclass
class Writing:
    """One item while it is written. `shares` are the credits with their weight in the score."""

    enclosures: Enclosures
    declarations: list[Element] = field(default_factory=list)
    outcomes: list[Element] = field(default_factory=list)
    rules: list[Element] = field(default_factory=list)
    shares: list[tuple[str, float]] = field(default_factory=list)
    is_scored_by_hand: bool = False
    has_other_scoring: bool = False
    count: int = 0

    def next_response(self) -> str:
        """Return the identifier of one more response."""
        self.count += 1
        return "RESPONSE" if self.count == 1 else f"RESPONSE-{self.count}"

    def credit(self, rule: Callable[[str], Element], weight: float = 1.0) -> None:
        """Add what a response is worth, 0 to 1: `rule` gets the name of the outcome to set."""
        name = f"CREDIT-{len(self.shares) + 1}"
        self.outcomes.append(outcome(name, default="0"))
        self.rules.append(rule(name))
        self.shares.append((name, weight))

    def credit_key(self, identifier: str, weight: float = 1.0) -> None:
        """Give full credit for the key and none for anything else."""
        self.credit(
            lambda name: when((is_key(identifier), set_outcome(name, constant("1")))), weight
        )

    def credit_map(self, identifier: str, weight: float = 1.0) -> None:
        """Give the credit of the mapping."""
        mapped = element("qti-map-response", identifier=identifier)
        self.credit(lambda name: set_outcome(name, mapped), weight)


def text_of(draft: Draft, writing: Writing) -> list[Element]:
    """Return the text and the media of a draft."""
    return [*paragraphs(draft.stem), *media_of(draft, writing)]


def media_of(draft: Draft, writing: Writing) -> list[Element]:
    """Return what shows the media of a draft, as far as their bytes are at hand."""
    shown = (writing.enclosures.shown(one) for one in draft.media)
    return [one for one in shown if one is not None]


def option_of(
    tag: str, name: str, option: DraftOption, identifier: str, writing: Writing
) -> Element:
    """Return an option of the response `identifier`: text, picture, feedback."""
    children: list[Child] = list(lines(option.text))
    if option.image:
        address = writing.enclosures.enclose(option.image)
        if address:
            children.append(element("img", src=address, alt=""))
    if option.feedback:
        outcome_name = f"CHOSEN-{identifier}"
        comment = element(
            "qti-feedback-inline",
            *lines(option.feedback),
            outcome_identifier=outcome_name,
            identifier=name,
            show_hide="show",
        )
        children.append(comment)
        if outcome_name not in {one.get("identifier") for one in writing.outcomes}:
            writing.outcomes.append(outcome(outcome_name, "identifier", cardinality="multiple"))
            chosen = element("qti-multiple", variable(identifier))
            writing.rules.append(set_outcome(outcome_name, chosen))
    return element(tag, *children, identifier=name)


def lines(text: str) -> list[Child]:
    """Return a text whose lines are parted by line breaks."""
    children: list[Child] = []
    for line in text.split("\n"):
        children += [element("br"), line] if children else [line]
    return children


def explanation(tag: str, text: str) -> Element:
    """Return feedback that everybody sees after the answer."""
    return element(
        tag,
        element("qti-content-body", *paragraphs(text)),
        outcome_identifier="FEEDBACK",
        identifier=GENERAL,
        show_hide="show",
    )


def notes(draft: Draft) -> dict[str, str]:
    """Return what this house notes on an interaction."""
    return {"data_kind": draft.kind, "data_scoring": draft.scoring}


def flag(value: bool) -> str:
    """Return a truth as XML has it."""
    return "true" if value else "false"
