"""Expressions of response processing, QTI 2 and 3, carried out one by one.

Patterns and chance are left out on purpose: a stranger's pattern may take for ever, and what is
drawn anew each time has no one result.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.declarations import ZERO, ResponseDeclaration
from question_bank.formats.qti.values import Many, Scalar, Value, as_number, is_same, items_of
from question_bank.formats.qti.values import scalar as read_scalar

MAX_STEPS = 200_000
MAX_DEPTH = 50  # of expressions in each other, far below what Python can follow


class Unsupported(Exception):
    """The rules use something that is not carried out here; `name` is its element."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class State:
    """What rules see and change: declarations, the responses given, the outcomes so far.

    `steps` counts what was carried out over all runs, `depth` how deep it is at the moment; rules
    past `MAX_STEPS` or `MAX_DEPTH` are given up.
    """

    declarations: Mapping[str, ResponseDeclaration]
    responses: Mapping[str, Value]
    outcomes: dict[str, Value] = field(default_factory=dict)
    steps: int = 0
    depth: int = 0

    def variable(self, identifier: str) -> Value:
        """Return the value of a response or an outcome; None for one nobody declared."""
        if identifier in self.responses:
            return self.responses[identifier]
        return self.outcomes.get(identifier)


Expression = Callable[[Element, State], Value]


def evaluate(element: Element, state: State) -> Value:
    """Return the value of an expression. Raises Unsupported."""
    state.steps += 1
    if state.steps > MAX_STEPS or state.depth > MAX_DEPTH:
        raise Unsupported("responseProcessing")
    try:
        found = _EXPRESSIONS[element.tag]
    except KeyError:
        raise Unsupported(element.tag) from None
    state.depth += 1
    try:
        with localcontext() as context:
            context.prec = 40
            return found(element, state)
    except ArithmeticError:
        return None
    finally:
        state.depth -= 1


def is_true(element: Element, state: State) -> bool:
    """Return whether a condition holds; what has no value does not hold."""
    return evaluate(element, state) is True


def _operands(element: Element, state: State) -> list[Value]:
    return [evaluate(one, state) for one in element]


def _two(element: Element, state: State) -> tuple[Value, Value]:
    operands = _operands(element, state)
    if len(operands) != 2:
        raise Unsupported(element.tag)
    return operands[0], operands[1]


def _numbers(element: Element, state: State) -> list[Decimal] | None:
    """Return all numbers below an expression, containers opened; None when one is missing."""
    found = []
    for operand in _operands(element, state):
        if operand is None:
            return None
        for item in items_of(operand):
            value = as_number(item)
            if value is None:
                return None
            found.append(value)
    return found


def _two_numbers(element: Element, state: State) -> tuple[Decimal, Decimal] | None:
    numbers = _numbers(element, state)
    return (numbers[0], numbers[1]) if numbers is not None and len(numbers) == 2 else None


def _base_value(element: Element, state: State) -> Value:
    return read_scalar("".join(element.itertext()), element.get("baseType") or "identifier")


def _variable(element: Element, state: State) -> Value:
    return state.variable(element.get("identifier", ""))


def _correct(element: Element, state: State) -> Value:
    declaration = state.declarations.get(element.get("identifier", ""))
    return declaration.key if declaration else None


def _map_response(element: Element, state: State) -> Value:
    identifier = element.get("identifier", "")
    declaration = state.declarations.get(identifier)
    if declaration is None or declaration.mapping is None:
        return None
    return declaration.mapping.worth(state.variable(identifier))


def _match(element: Element, state: State) -> Value:
    left, right = _two(element, state)
    if left is None or right is None:
        return None
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None:
        return first == second
    return is_same(left, right)


def _equal(element: Element, state: State) -> Value:
    pair = _two_numbers(element, state)
    if pair is None:
        return None
    value, low, high = _tolerance(element, *pair)
    above = value >= low if element.get("includeLowerBound") != "false" else value > low
    below = value <= high if element.get("includeUpperBound") != "false" else value < high
    return above and below


def _tolerance(
    element: Element, first: Decimal, second: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    """Return the value asked about and the bounds that a tolerance sets around the other.

    The tolerance stands around the first expression.
    """
    bounds = tolerated(element, first)
    return second, bounds[0], bounds[1]


def tolerated(element: Element, centre: Decimal) -> tuple[Decimal, Decimal]:
    """Return the bounds that an `equal` sets around a number."""
    mode = element.get("toleranceMode") or "exact"
    texts = (element.get("tolerance") or "").split()
    widths = [as_number(text) for text in texts]
    if mode == "exact" or not widths or widths[0] is None or widths[-1] is None:
        return centre, centre
    below, above = widths[0], widths[-1]
    if mode == "relative":
        below, above = abs(centre) * below / 100, abs(centre) * above / 100
    return centre - below, centre + above


def _equal_rounded(element: Element, state: State) -> Value:
    pair = _two_numbers(element, state)
    if pair is None:
        return None
    if element.get("roundingMode") == "significantFigures":
        raise Unsupported(element.tag)
    figures = as_number(element.get("figures") or "0")
    if figures is None or not 0 <= figures <= 20:
        raise Unsupported(element.tag)
    step = Decimal(1).scaleb(-int(figures))
    return pair[0].quantize(step, ROUND_HALF_UP) == pair[1].quantize(step, ROUND_HALF_UP)


def _string_match(element: Element, state: State) -> Value:
    left, right = _two(element, state)
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    if element.get("caseSensitive") == "false":
        left, right = left.casefold(), right.casefold()
    return right in left if element.get("substring") == "true" else left == right


def _substring(element: Element, state: State) -> Value:
    left, right = _two(element, state)
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    if element.get("caseSensitive") == "false":
        left, right = left.casefold(), right.casefold()
    return left in right


def _member(element: Element, state: State) -> Value:
    left, right = _two(element, state)
    if left is None or right is None or isinstance(left, Many):
        return None
    return left in items_of(right)


def _contains(element: Element, state: State) -> Value:
    left, right = _two(element, state)
    if left is None or right is None:
        return None
    rest = list(items_of(left))
    for item in items_of(right):
        if item not in rest:
            return False
        rest.remove(item)
    return True


def _and(element: Element, state: State) -> Value:
    return all(is_true(one, state) for one in element)


def _or(element: Element, state: State) -> Value:
    return any(is_true(one, state) for one in element)


def _not(element: Element, state: State) -> Value:
    operands = _operands(element, state)
    return None if operands[:1] == [None] else operands[:1] != [True]


def _any_n(element: Element, state: State) -> Value:
    held = sum(1 for one in element if is_true(one, state))
    least, most = as_number(element.get("min") or "0"), as_number(element.get("max") or "0")
    if least is None or most is None:
        raise Unsupported(element.tag)
    return least <= held <= most


def _is_null(element: Element, state: State) -> Value:
    operands = _operands(element, state)
    return all(not items_of(one) or one == "" for one in operands)


def _compared(test: Callable[[Decimal, Decimal], bool]) -> Expression:
    def compare(element: Element, state: State) -> Value:
        pair = _two_numbers(element, state)
        return None if pair is None else test(*pair)

    return compare


def _folded(work: Callable[[list[Decimal]], Decimal]) -> Expression:
    def fold(element: Element, state: State) -> Value:
        numbers = _numbers(element, state)
        return work(numbers) if numbers else None

    return fold


def _product(numbers: list[Decimal]) -> Decimal:
    result = Decimal(1)
    for one in numbers:
        result *= one
    return result


def _paired(work: Callable[[Decimal, Decimal], Decimal]) -> Expression:
    def pair_up(element: Element, state: State) -> Value:
        pair = _two_numbers(element, state)
        return None if pair is None else work(*pair)

    return pair_up


def _container(is_ordered: bool) -> Expression:
    def gather(element: Element, state: State) -> Value:
        items: list[Scalar] = []
        for operand in _operands(element, state):
            items.extend(items_of(operand))
        return Many(tuple(items), is_ordered) if items else None

    return gather


def _size(element: Element, state: State) -> Value:
    return Decimal(sum(len(items_of(one)) for one in _operands(element, state)))


def _index(element: Element, state: State) -> Value:
    place = as_number(element.get("n") or "")
    items = [item for one in _operands(element, state) for item in items_of(one)]
    if place is None or place != place.to_integral_value():
        raise Unsupported(element.tag)
    return items[int(place) - 1] if 1 <= place <= len(items) else None


def _delete(element: Element, state: State) -> Value:
    left, right = _two(element, state)
    if left is None or not isinstance(right, Many):
        return None
    kept = tuple(item for item in right.items if item not in items_of(left))
    return Many(kept, right.is_ordered) if kept else None


_EXPRESSIONS: dict[str, Expression] = {
    "baseValue": _base_value,
    "variable": _variable,
    "correct": _correct,
    "mapResponse": _map_response,
    "null": lambda element, state: None,
    "match": _match,
    "equal": _equal,
    "equalRounded": _equal_rounded,
    "stringMatch": _string_match,
    "substring": _substring,
    "member": _member,
    "contains": _contains,
    "and": _and,
    "or": _or,
    "not": _not,
    "anyN": _any_n,
    "isNull": _is_null,
    "lt": _compared(lambda left, right: left < right),
    "lte": _compared(lambda left, right: left <= right),
    "gt": _compared(lambda left, right: left > right),
    "gte": _compared(lambda left, right: left >= right),
    "sum": _folded(lambda numbers: sum(numbers, ZERO)),
    "product": _folded(_product),
    "min": _folded(min),
    "max": _folded(max),
    "round": _folded(lambda numbers: numbers[0].to_integral_value(ROUND_HALF_UP)),
    "truncate": _folded(lambda numbers: Decimal(int(numbers[0]))),
    "integerToFloat": _folded(lambda numbers: numbers[0]),
    "subtract": _paired(lambda left, right: left - right),
    "divide": _paired(lambda left, right: left / right),
    "multiple": _container(is_ordered=False),
    "ordered": _container(is_ordered=True),
    "containerSize": _size,
    "index": _index,
    "delete": _delete,
}
