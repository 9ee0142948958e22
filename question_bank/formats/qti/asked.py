"""What the readers of single interactions work with, and how they refuse one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.problems import Param, Where, problem
from question_bank.formats.qti.content import Content
from question_bank.formats.qti.credit import Score
from question_bank.formats.qti.declarations import ResponseDeclaration
from question_bank.formats.qti.expressions import Unsupported
from question_bank.formats.qti.feedback import Comment, Comments, assigned
from question_bank.formats.qti.rules import Judge
from question_bank.formats.qti.tree import find_all
from question_bank.formats.reading import Question
from question_bank.items.draft import Draft

T = TypeVar("T")
MAX_ASKED = 200  # answers that one question may ask for, so that trying them has an end
FEEDBACK = ("modalFeedback", "feedbackInline", "feedbackBlock")


class Refusal(Exception):
    """A question that cannot be carried over; `code` of the table `qti` says why."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def guarded(read: Callable[[], Question], where: Where) -> Question:
    """Return the question that `read` gives, or a refused one where an item is past reading.

    So that one question, broken in a way nobody thought of, never stops the rest.
    """
    try:
        return read()
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError):
        found = problem("qti.unreadable", where)
        return Question(Draft(""), where, name=where.item or "", problems=(found,))


@dataclass
class Asked:
    """One item while its interactions are read.

    `is_own` tells that this house wrote the file, so that its notes in `data-` attributes count.
    `remarks` are the feedback elements outside options, `rubrics` the rubric blocks.
    """

    judge: Judge
    content: Content
    is_own: bool = False
    remarks: list[Element] = field(default_factory=list)
    rubrics: list[Element] = field(default_factory=list)

    def declaration(self, interaction: Element) -> ResponseDeclaration:
        """Return what an interaction asks for. Raises Refusal when the item does not declare it."""
        identifier = interaction.get("responseIdentifier", "")
        found = self.judge.declarations.get(identifier)
        if found is None:
            raise Refusal("qti.response_undeclared", name=identifier[:80])
        return found

    def tried(self, declaration: ResponseDeclaration, work: Callable[[Score], T]) -> T:
        """Return what `work` finds with the scoring of one response, answers given as texts.

        Rules that cannot be carried out are replaced by the key, and that is reported.
        """

        def score(texts: list[str]) -> Decimal:
            return self.judge.score(declaration.identifier, declaration.value(texts))

        try:
            score(list(declaration.key_texts))
            return work(score)
        except Unsupported as found:
            self.content.report("qti.rules_unsupported", name=found.name[:80])
            self.judge.give_up()
            return work(score)

    def comments(self, declaration: ResponseDeclaration, options: Sequence[str]) -> Comments:
        """Return the feedback of the item, given to the options that show it."""
        return assigned(self._comments(declaration), options)

    def _comments(self, declaration: ResponseDeclaration) -> Iterator[Comment]:
        for element in self.remarks:
            text = self.content.of(element)
            identifier = element.get("identifier", "")
            outcome = element.get("outcomeIdentifier", "")

            def shows(option: str, outcome: str = outcome, identifier: str = identifier) -> bool:
                try:
                    value = declaration.value([option])
                    shown = self.judge.shown(declaration.identifier, value)
                except Unsupported:
                    return False
                return identifier in shown.get(outcome, frozenset())

            knows = self.judge.has_rules and element.get("showHide") != "hide"
            yield Comment(identifier, text, shows if knows else None)

    def note(self, element: Element, name: str) -> str:
        """Return what this house noted on an element when it wrote the file, else nothing."""
        return element.get(f"data-{name}", "") if self.is_own else ""


def feedback_inside(element: Element, content: Content) -> str:
    """Return the feedback that stands inside an option."""
    texts = (content.of(one) for one in find_all(element, "feedbackInline", "feedbackBlock"))
    return "\n".join(text for text in texts if text)
