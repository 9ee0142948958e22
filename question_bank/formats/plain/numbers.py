"""What a number at the start of a line counts: questions, or something inside one."""

from question_bank.formats.plain import keyblocks
from question_bank.formats.plain.outlook import Outlook
from question_bank.formats.plain.questions import Asked
from question_bank.formats.plain.tokens import Piece

FREE_KINDS = frozenset({"essay", "case"})
# So many numbers may be missing where a number could as well be part of an answer.
_GAP = 5


class Numbers:
    """Keeps count of the questions of a section.

    `last` is the number of the last question, `style` how it was written, `inner` the last number
    that counted something inside it.
    """

    def __init__(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self.last = 0
        self.style = ""
        self.inner = 0

    def begin_section(self) -> None:
        """Forget the numbers of the section before."""
        self.last, self.style, self.inner = 0, "", 0

    def count(self, piece: Piece) -> None:
        """Take a number as that of a question."""
        self.last, self.style, self.inner = piece.number, piece.style, 0

    def begins(
        self, piece: Piece, place: int, current: Asked | None, section: str, *, after_blank: bool
    ) -> bool:
        """Tell whether a number begins a question.

        It does when it goes on from the last one, unless a list inside the question has just come
        to the same number. A number that begins again does so only where a question is over.
        `section` is the kind that the heading says.
        """
        number = piece.number
        if piece.style == "word":
            return True
        if piece.style in ("spaced", "chinese") and not self._is_plausible(piece, place, section):
            return False
        if current is None:
            return True
        has_options = self._outlook.has_options(place)
        if self.style and piece.style != self.style:
            return current.is_complete and number == self.last + 1 and has_options
        is_running = self.inner > 0 and self.inner == number - 1
        if number == self.last + 1:
            return not (is_running and self._outlook.appears_again(place))
        if is_running:
            return False
        is_prose = is_free_answer(current, section)
        if number <= self.last:
            is_over = current.is_complete and current.state in ("options", "answer")
            is_restart = number == 1 and is_over and not is_prose
            return is_restart or (current.is_complete and has_options)
        if is_prose or current.state == "explanation":
            return number <= self.last + _GAP and (current.is_complete or after_blank)
        return True

    def _is_plausible(self, piece: Piece, place: int, section: str) -> bool:
        """Tell whether `3 甲` or `三、甲` may be a question: it goes on, and something follows."""
        if piece.number != self.last + 1:
            return False
        is_listed = self.style == piece.style or bool(section)
        has_more = self._outlook.has_options(place) or self._outlook.has_answer(place)
        return is_listed or has_more

    def is_part(self, piece: Piece, place: int, current: Asked | None, section: str) -> bool:
        """Tell whether (1), (2) below a number are the questions of a case."""
        if current is None or piece.style != "bracket" or self.style in ("bracket", ""):
            return False
        if current.parts:
            return piece.number == current.parts[-1].number + 1
        if piece.number != 1 or current.state != "stem":
            return False
        is_case = section == "case" and self._outlook.has_answer(place)
        return is_case or self._outlook.has_options(place)


def is_free_answer(current: Asked, section: str) -> bool:
    """Tell whether the lines that come in are the answer to an open question."""
    kind = current.kind or section
    is_open = kind in FREE_KINDS or (not kind and not current.options)
    if current.state != "answer" or not is_open:
        return False
    return not current.answer or not keyblocks.is_key(current.answer[0])
