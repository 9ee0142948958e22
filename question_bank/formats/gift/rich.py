"""Texts of a GIFT question: their format, and the pictures in them.

A GIFT file encloses no pictures. Those that stand inside the text as data are kept.
"""

from question_bank.formats.gift.blocks import restored
from question_bank.formats.moodle.texts import HTML, MARKDOWN, MOODLE, PLAIN, text_of
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.items.media import Media

_FORMATS = frozenset({HTML, MARKDOWN, MOODLE, PLAIN})


def split_format(text: str, default: str) -> tuple[str, str]:
    """Return a text without the format it names, as in `[html]`, and the format."""
    stripped = text.strip()
    if stripped.startswith("["):
        name, mark, rest = stripped[1:].partition("]")
        if mark and name in _FORMATS:
            return rest, name
    return stripped, default


class Rich:
    """Turns the texts of one question into plain ones, and gathers what is said about them."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.problems: list[Problem] = []
        self.embedded: dict[str, bytes] = {}
        self._media: list[Media] = []

    def text(self, text: str, text_format: str) -> str:
        """Return the plain text of a stem or an answer; its pictures wait in `take_media`."""
        plain = text_of(restored(text), text_format, self.where)
        self.problems += [found for found in plain.problems if found not in self.problems]
        self.embedded.update(plain.embedded)
        for one in plain.media:
            if one.ref in plain.embedded:
                self._media.append(one)
            else:
                self.problems.append(problem("markup.media_missing", self.where, name=one.ref))
        return plain.text

    def aside(self, text: str, text_format: str) -> str:
        """Return the plain text of feedback; its pictures have no place and are reported."""
        kept = len(self._media)
        plain = self.text(text, text_format)
        for one in self._media[kept:]:
            self.embedded.pop(one.ref, None)
            self.problems.append(problem("plain.media_elsewhere", self.where, name=one.ref))
        del self._media[kept:]
        return plain

    def take_media(self) -> tuple[Media, ...]:
        """Return the pictures of the texts read since the last call."""
        taken = tuple(dict.fromkeys(self._media))
        self._media.clear()
        return taken

    def drop_media(self) -> None:
        """Report the pictures that wait, because the kind of question has no place for them."""
        for one in self.take_media():
            self.embedded.pop(one.ref, None)
            self.note("plain.media_elsewhere", name=one.ref)

    def note(self, code: str, **params: Param) -> None:
        """Add a problem of this question."""
        self.problems.append(problem(code, self.where, **params))
