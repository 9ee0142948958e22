"""The texts of one question: made plain, with their pictures and with what is said about them."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from question_bank.formats.moodle.texts import text_of
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.items.media import Media

_NONE: Mapping[str, str] = MappingProxyType({})


class Rich:
    """Turns the texts of one question into plain ones.

    `problems` is what was found; `embedded` holds the pictures that stood inside a text as data.
    """

    def __init__(self, where: Where) -> None:
        self.where = where
        self.problems: list[Problem] = []
        self.embedded: dict[str, bytes] = {}
        self._media: list[Media] = []

    def text(self, text: str, text_format: str, files: Mapping[str, str] = _NONE) -> str:
        """Return the plain text of a stem or an answer; its pictures wait in `take_media`.

        `files` are the files enclosed with the text, by name: the ref of each.
        """
        plain = text_of(text, text_format, self.where)
        self.problems += [found for found in plain.problems if found not in self.problems]
        for one in plain.media:
            if one.ref in plain.embedded:
                self.embedded[one.ref] = plain.embedded[one.ref]
                self._media.append(one)
            elif one.ref in files:
                captions = files.get(one.captions, "")
                self._media.append(replace(one, ref=files[one.ref], captions=captions))
            else:
                self.note("markup.media_missing", name=one.ref[:200])
        return plain.text

    def aside(self, text: str, text_format: str, files: Mapping[str, str] = _NONE) -> str:
        """Return the plain text of feedback; its pictures have no place and are reported."""
        kept = self._media
        self._media = []
        plain = self.text(text, text_format, files)
        self.drop_media()
        self._media = kept
        return plain

    def take_media(self) -> tuple[Media, ...]:
        """Return the pictures of the texts read since the last call."""
        taken = tuple(dict.fromkeys(self._media))
        self._media = []
        return taken

    def drop_media(self) -> None:
        """Report the pictures that wait, because there is no place for them."""
        for one in self.take_media():
            self.note("plain.media_elsewhere", name=one.ref[:200])

    def note(self, code: str, **params: Param) -> None:
        """Add a problem of this question, once."""
        found = problem(code, self.where, **params)
        if found not in self.problems:
            self.problems.append(found)
