"""Response processing of QTI 2 and 3 carried out: what an answer scores, and what it shows."""

from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.declarations import (
    ZERO,
    ResponseDeclaration,
    read_defaults,
    read_responses,
)
from question_bank.formats.qti.expressions import State, Unsupported, evaluate, is_true
from question_bank.formats.qti.tree import child, find_all
from question_bank.formats.qti.values import Value, as_number, is_same, items_of

# The templates of the standard and of Common Cartridge, by what they do.
_MATCHING = frozenset({"match_correct", "cc2_match", "cc2_match_basic", "cc2_match_single"})
_MAPPING = frozenset({"map_response", "cc2_map_response"})
_NOT_SCORES = frozenset({"maxscore", "max_score", "completionstatus", "duration", "numattempts"})


class _Exit(Exception):
    """The rules ask to stop."""


class Judge:
    """The rules of one item. `declarations` are its responses by identifier.

    `template` is the name of a standard template, empty when the item has rules of its own or
    none; `unknown` is the name of a template that is not known here.
    """

    def __init__(self, item: Element) -> None:
        self._item = item
        self.declarations: Mapping[str, ResponseDeclaration] = read_responses(item)
        self.processing = child(item, "responseProcessing")
        self.template = ""
        self.unknown = ""
        self._defaults = read_defaults(item)
        self._score_name = self._find_score_name()
        self._steps = 0
        self._read_template()

    @property
    def has_rules(self) -> bool:
        """Tell whether the item says itself how answers are scored."""
        return self.processing is not None and len(self.processing) > 0

    def score(self, identifier: str, value: Value) -> Decimal:
        """Return what an answer scores while every other response is as its key says.

        Raises Unsupported for rules that cannot be carried out.
        """
        if not self.has_rules:
            return self._score_by_template(self.declarations[identifier], value)
        outcomes = self._run(self._given(identifier, value))
        return as_number(outcomes.get(self._score_name)) or ZERO

    def shown(self, identifier: str, value: Value) -> dict[str, frozenset[str]]:
        """Return the outcomes that choose feedback, as texts, by name. Raises Unsupported."""
        if not self.has_rules:
            return {}
        outcomes = self._run(self._given(identifier, value))
        return {name: _texts(one) for name, one in outcomes.items()}

    def give_up(self) -> None:
        """Leave the rules aside: from now on the key and the mapping decide."""
        self.processing = None

    def _given(self, identifier: str, value: Value) -> dict[str, Value]:
        given = {name: one.key for name, one in self.declarations.items()}
        given[identifier] = value
        return given

    def _run(self, responses: dict[str, Value]) -> dict[str, Value]:
        state = State(self.declarations, responses, dict(self._defaults), self._steps)
        try:
            for rule in self.processing if self.processing is not None else ():
                _carry_out(rule, state)
        except _Exit:
            pass
        finally:
            self._steps = state.steps
        return state.outcomes

    def _score_by_template(self, declaration: ResponseDeclaration, value: Value) -> Decimal:
        mapping = declaration.mapping
        wants_mapping = self.template == "map_response" or declaration.key is None
        if mapping is not None and wants_mapping:
            return mapping.worth(value)
        return Decimal(1) if is_same(value, declaration.key) else ZERO

    def _read_template(self) -> None:
        if self.processing is None or self.has_rules:
            return
        where = self.processing.get("template") or self.processing.get("templateLocation") or ""
        name = where.replace("\\", "/").rpartition("/")[2].removesuffix(".xml")
        if name.lower() in _MATCHING:
            self.template = "match_correct"
        elif name.lower() in _MAPPING:
            self.template = "map_response"
        elif name and name.lower() != "map_response_point":
            self.unknown = name

    def _find_score_name(self) -> str:
        """Return the outcome that is the score: SCORE, or else the one that the rules set last."""
        if "SCORE" in self._defaults:
            return "SCORE"
        names = [
            one.get("identifier", "")
            for one in find_all(self.processing, "setOutcomeValue")
            if isinstance(self._defaults.get(one.get("identifier", "")), Decimal)
        ]
        scores = [name for name in names if name.lower() not in _NOT_SCORES]
        return scores[-1] if scores else "SCORE"

    def declared_maximum(self) -> Decimal | None:
        """Return what the item gives at most, as its outcomes say; None where they say nothing."""
        for name in ("MAXSCORE", "MAX_SCORE", "maxScore"):
            value = as_number(self._defaults.get(name))
            if value is not None and value > 0:
                return value
        for one in find_all(self._item, "outcomeDeclaration"):
            if one.get("identifier") == self._score_name:
                value = as_number(one.get("normalMaximum") or "")
                if value is not None and value > 0:
                    return value
        return None


def _texts(value: Value) -> frozenset[str]:
    return frozenset(item for item in items_of(value) if isinstance(item, str))


def _carry_out(rule: Element, state: State) -> None:
    """Carry out one rule. Raises Unsupported."""
    if rule.tag == "setOutcomeValue":
        if len(rule) != 1:
            raise Unsupported(rule.tag)
        state.outcomes[rule.get("identifier", "")] = evaluate(rule[0], state)
    elif rule.tag == "responseCondition":
        _branch(rule, state)
    elif rule.tag == "responseProcessingFragment":
        for one in rule:
            _carry_out(one, state)
    elif rule.tag == "exitResponse":
        raise _Exit
    else:
        raise Unsupported(rule.tag)


def _branch(condition: Element, state: State) -> None:
    for branch in condition:
        if branch.tag == "responseElse":
            rules = list(branch)
        elif branch.tag in ("responseIf", "responseElseIf") and len(branch):
            if not is_true(branch[0], state):
                continue
            rules = list(branch)[1:]
        else:
            raise Unsupported(branch.tag)
        for rule in rules:
            _carry_out(rule, state)
        return
