"""Response processing of QTI 1.2 carried out: what an answer scores, and which feedback it shows.

Makers differ in how they read the standard. What they agree on is taken: a condition ends the
rules only where it says `continue="No"`; several values for one response that takes a single answer
are alternatives; `other` holds when no condition before it did.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.expressions import MAX_STEPS, Unsupported
from question_bank.formats.qti.tree import child, children, find_all, text_in
from question_bank.formats.qti.values import number

ZERO = Decimal(0)
_FULL = Decimal(100)
_COMPARED = {
    "varlt": lambda given, bound: given < bound,
    "varlte": lambda given, bound: given <= bound,
    "vargt": lambda given, bound: given > bound,
    "vargte": lambda given, bound: given >= bound,
}
VALUES = ("varequal", *_COMPARED)


@dataclass
class _Run:
    """One answer on its way through the rules."""

    given: Mapping[str, list[str]]
    scores: dict[str, Decimal] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    has_met: bool = False


class Judge12:
    """The rules of one item. `several` are the responses that take more than one answer."""

    def __init__(self, item: Element, several: frozenset[str]) -> None:
        self._conditions = list(find_all(item, "respcondition"))
        self._several = several
        self._steps = 0
        declared = list(find_all(item, "decvar"))
        self._names = [one.get("varname") or "SCORE" for one in declared]
        self._full = next(
            (value for one in declared if (value := number(one.get("maxvalue")))), _FULL
        )

    def score(self, identifier: str, texts: list[str]) -> Decimal:
        """Return what an answer to one response scores, the others left out. Raises Unsupported."""
        scores = self._run({identifier: texts}).scores
        correct = next((v for name, v in scores.items() if name.lower() == "d2l_correct"), None)
        if correct is not None:
            wrong = (v for name, v in scores.items() if name.lower() == "d2l_incorrect")
            return correct - next(wrong, ZERO)
        for name in self._names:
            if name in scores:
                return scores[name]
        return sum(scores.values(), ZERO)

    def shown(self, identifier: str, texts: list[str]) -> frozenset[str]:
        """Return the identifiers of the feedback that an answer shows. Raises Unsupported."""
        return frozenset(self._run({identifier: texts}).shown)

    def key(self, identifier: str) -> list[str]:
        """Return the values that the rules reward for a response, in the order of the rules.

        Of conditions that set the score the best counts; those that add to it count together.
        """
        rewarded: list[tuple[Decimal, bool, list[str]]] = []
        for condition in self._conditions:
            worth, adds = self._worth(condition)
            texts = list(_wanted(condition, identifier))
            if texts and (worth > 0 or condition.get("correctanswer") == "Yes"):
                rewarded.append((worth, adds, texts))
        best = max((worth for worth, adds, _ in rewarded if not adds), default=ZERO)
        chosen = [texts for worth, adds, texts in rewarded if adds or worth == best]
        return list(dict.fromkeys(text for texts in chosen for text in texts))

    def numbers(self, identifier: str) -> Iterator[Decimal]:
        """Yield the numbers that the rules compare a response with."""
        for condition in self._conditions:
            for one in find_all(condition, *VALUES):
                value = number(text_in(one))
                if one.get("respident") == identifier and value is not None:
                    yield value

    def _worth(self, condition: Element) -> tuple[Decimal, bool]:
        """Return the most that a condition gives, and whether it adds it to the rest."""
        most, adds = ZERO, False
        for one in children(condition, "setvar"):
            name = (one.get("varname") or "").lower()
            value = self._amount(one)
            if value > most and name != "d2l_incorrect":
                most, adds = value, one.get("action") == "Add"
        return most, adds

    def _amount(self, setvar: Element) -> Decimal:
        text = text_in(setvar)
        value = number(text)
        if value is None:
            return self._full if text.lower().endswith(".max") else ZERO
        return value

    def _run(self, given: Mapping[str, list[str]]) -> _Run:
        run = _Run(given)
        for condition in self._conditions:
            self._count_step()
            variables = child(condition, "conditionvar")
            if variables is None or not self._holds_all(variables, run):
                continue
            run.has_met = run.has_met or child(variables, "other") is None
            for one in children(condition, "setvar"):
                self._set(one, run)
            shown = (one.get("linkrefid") or "" for one in children(condition, "displayfeedback"))
            run.shown.extend(shown)
            if condition.get("continue") == "No":
                break
        return run

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Unsupported("resprocessing")

    def _set(self, setvar: Element, run: _Run) -> None:
        name = setvar.get("varname") or setvar.get("variablename") or "SCORE"
        amount, before = self._amount(setvar), run.scores.get(name, ZERO)
        action = setvar.get("action") or "Set"
        if action == "Add":
            amount = before + amount
        elif action == "Subtract":
            amount = before - amount
        elif action == "Multiply":
            amount = before * amount
        elif action == "Divide":
            amount = before / amount if amount else before
        run.scores[name] = amount

    def _holds_all(self, variables: Element, run: _Run) -> bool:
        """Tell whether what a condition lists holds: all of it, or one of several alternatives."""
        tests = list(variables)
        names = {one.get("respident") for one in tests}
        are_values = len(names) == 1 and all(one.tag == "varequal" for one in tests)
        if are_values and names.isdisjoint(self._several):
            return any(self._holds(one, run) for one in tests)
        return bool(tests) and all(self._holds(one, run) for one in tests)

    def _holds(self, test: Element, run: _Run) -> bool:
        self._count_step()
        tag = test.tag
        if tag in ("and", "or", "not"):
            held = [self._holds(one, run) for one in test]
            return {"and": all(held), "or": any(held), "not": not all(held)}[tag]
        if tag == "other":
            return not run.has_met
        given = run.given.get(test.get("respident") or "", [])
        if tag == "unanswered":
            return not given
        return _compares(test, given)


def _compares(test: Element, given: list[str]) -> bool:
    """Tell whether one of the values given passes a test of values. Raises Unsupported."""
    wanted = text_in(test)
    if test.tag == "varequal":
        return any(_is_equal(one, wanted, test.get("case") == "No") for one in given)
    if test.tag in _COMPARED:
        bound = number(wanted)
        values = [value for one in given if (value := number(one)) is not None]
        return bound is not None and any(_COMPARED[test.tag](one, bound) for one in values)
    if test.tag == "varsubset":
        named = {one.strip() for one in wanted.split(",")}
        is_part = test.get("setmatch") == "Partial"
        return bool(named & set(given)) if is_part else named <= set(given)
    if test.tag == "varsubstring":
        return any(wanted.casefold() in one.casefold() for one in given)
    raise Unsupported(test.tag)


def _is_equal(given: str, wanted: str, ignores_case: bool) -> bool:
    if given == wanted or (ignores_case and given.casefold() == wanted.casefold()):
        return True
    left, right = number(given), number(wanted)
    return left is not None and left == right


def _wanted(condition: Element, identifier: str) -> Iterator[str]:
    """Yield the values that a condition asks for, without those it forbids."""

    def walk(element: Element) -> Iterator[str]:
        for one in element:
            if one.tag == "not":
                continue
            if one.tag in ("varequal", "varsubset") and one.get("respident") == identifier:
                texts = text_in(one).split(",") if one.tag == "varsubset" else [text_in(one)]
                yield from (text.strip() for text in texts)
            yield from walk(one)

    variables = child(condition, "conditionvar")
    return iter(()) if variables is None else walk(variables)
