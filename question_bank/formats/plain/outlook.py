"""What comes further down: looked up once for a whole text, so that asking costs nothing."""

from collections.abc import Sequence

from question_bank.formats.plain.tokens import Piece

_STOPS = frozenset({"numbered", "heading", "break", "fence"})
_ENDS = frozenset({"heading", "fence"})


class Outlook:
    """Answers what follows a place among the pieces of a text."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        count = len(pieces)
        self._option = [""] * (count + 1)
        self._answer = [False] * (count + 1)
        self._numbered = [False] * (count + 1)
        self._again = [False] * (count + 1)
        self._said = [""] * (count + 1)
        self._look_back()

    def _look_back(self) -> None:
        option, answer, numbered, said = "", False, False, ""
        coming: set[tuple[str, int]] = set()
        for place in range(len(self._pieces) - 1, -1, -1):
            piece = self._pieces[place]
            if piece.what in _STOPS:
                option, answer = "", False
            elif piece.what == "option":
                option = piece.name
            elif piece.what == "answer":
                answer = True
            if piece.what in _ENDS:
                numbered = False
                coming.clear()
            elif piece.what == "numbered":
                numbered = numbered or piece.style != "spaced"
                self._again[place] = (piece.style, piece.number) in coming
                coming.add((piece.style, piece.number))
            if piece.what != "blank":
                said = piece.whole
            self._option[place], self._answer[place] = option, answer
            self._numbered[place], self._said[place] = numbered, said

    def has_options(self, place: int) -> bool:
        """Tell whether options come after this place, before the next number or heading."""
        return bool(self._option[place + 1])

    def next_option(self, place: int) -> str:
        """Return the letter of the next option before the next number or heading, or nothing."""
        return self._option[place + 1]

    def has_answer(self, place: int) -> bool:
        """Tell whether an answer comes after this place, before the next number or heading."""
        return self._answer[place + 1]

    def is_numbered(self, start: int) -> bool:
        """Tell whether questions have numbers from this place on, up to the next heading."""
        return self._numbered[start]

    def appears_again(self, place: int) -> bool:
        """Tell whether the number at this place comes again before the next heading."""
        return self._again[place]

    def said_after(self, place: int) -> str:
        """Return the text of the next piece that is not blank."""
        return self._said[place + 1]

    def texts_from(self, place: int, most: int = 60) -> list[str]:
        """Return the plain texts that follow each other from this place on, at most so many."""
        texts = []
        for ahead in range(place, min(place + 2 * most, len(self._pieces))):
            what = self._pieces[ahead].what
            if what == "text":
                texts.append(self._said[ahead])
            elif what != "blank":
                break
        return texts[:most]
