"""The machine that makes questions of pieces.

It walks over the pieces once. A number at the start of a line begins a question only if it goes on
from the last one; otherwise it counts something inside the stem, the answer or the explanation. No
piece is dropped: what belongs to no question is kept in `strays`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from question_bank.formats.authored import keys
from question_bank.formats.authored.kinds import kind_named
from question_bank.formats.authored.options import trimmed
from question_bank.formats.authored.text import narrow
from question_bank.formats.plain import keyblocks
from question_bank.formats.plain.headings import Heading
from question_bank.formats.plain.lines import Line
from question_bank.formats.plain.materials import material_in
from question_bank.formats.plain.questions import Asked, KeyEntry, KeyGroup, Material, Section
from question_bank.formats.plain.tokens import Piece, is_entry, pieces_of

_TAG = re.compile(
    r"^\s*(?:[【\[(<《]\s?([^】\])>》\n]{1,12})\s?[】\])>》]\s?[:：]?|([^\s:：。，,]{2,8}题)\s?[:：])\s*"
)
_TAIL_TAG = re.compile(r"\s*[【\[(]\s?([^】\])\n]{2,10})\s?[】\])]\s*$")
_CJK_END = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]$")
_FREE_KINDS = frozenset({"essay", "case"})


@dataclass(slots=True)
class Heard:
    """What a text says: its sections with questions, lists of answers, and lines that are neither.

    `jumps` are (line, number before, number after) where numbers were left out.
    """

    sections: list[Section] = field(default_factory=list)
    groups: list[KeyGroup] = field(default_factory=list)
    strays: list[tuple[Line, str]] = field(default_factory=list)
    jumps: list[tuple[Line, int, int]] = field(default_factory=list)


def listen(lines: Sequence[Line]) -> Heard:
    """Return the questions and answers of a text."""
    return Machine(pieces_of(lines)).run()


class Machine:
    """One walk over the pieces of a text."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._place = 0
        self._heard = Heard()
        self._section = Section()
        self._heard.sections.append(self._section)
        self._category: tuple[str, ...] = ()
        self._current: Asked | None = None
        self._last = 0
        self._style = ""
        self._inner = 0
        self._after_blank = True
        self._material: Material | None = None
        self._group: KeyGroup | None = None
        self._since = 0
        self._entry: KeyEntry | None = None
        self._is_numbered = self._section_is_numbered()

    def run(self) -> Heard:
        """Return what was heard when every piece has been taken."""
        for self._place, piece in enumerate(self._pieces):
            if piece.what == "blank":
                self._after_blank = True
                continue
            if self._group is not None and self._take_key(piece):
                self._after_blank = False
                continue
            getattr(self, f"_take_{piece.what}")(piece)
            self._after_blank = False
        return self._heard

    # Headings and other structure.

    def _take_fence(self, piece: Piece) -> None:
        """End everything where a block of code begins or ends: it is a text of its own."""
        self._since = len(self._heard.sections)
        self._open_section(Heading("kind", "", ""))

    def _take_break(self, piece: Piece) -> None:
        self._close()

    def _take_heading(self, piece: Piece) -> None:
        heading = piece.heading
        assert heading is not None
        if heading.what == "keys":
            self._close()
            self._open_list(heading.kind)
        elif heading.what == "chapter":
            self._category = (heading.title,)
            self._open_section(Heading("kind", "", ""))
        elif heading.what == "kind":
            self._open_section(heading)
        else:
            self._close()

    def _open_list(self, kind: str, *, is_same: bool = False) -> None:
        """Begin a list of answers; with `is_same` it goes on with the one before it."""
        groups = self._heard.groups
        since = groups[-1].since if is_same else self._since
        until = groups[-1].until if is_same else len(self._heard.sections)
        self._group = KeyGroup(kind, self._category, since=since, until=until)
        self._entry = None
        self._since = until
        groups.append(self._group)

    def _open_section(self, heading: Heading) -> None:
        self._close()
        self._group = self._entry = None
        self._section = Section(heading.kind, self._category, heading.points)
        self._heard.sections.append(self._section)
        self._material = None
        self._last, self._inner, self._style = 0, 0, ""
        self._is_numbered = self._section_is_numbered(self._place + 1)

    def _close(self) -> None:
        """End the question that is open."""
        self._current = None
        self._inner = 0

    def _section_is_numbered(self, start: int = 0) -> bool:
        """Tell whether questions have numbers from here to the next heading."""
        for piece in self._pieces[start:]:
            if piece.what in ("heading", "fence"):
                return False
            if piece.what == "numbered" and piece.style != "spaced":
                return True
        return False

    # Numbers.

    def _take_numbered(self, piece: Piece) -> None:
        if self._is_part(piece):
            self._begin_part(piece)
        elif self._begins(piece):
            self._begin(piece)
        else:
            self._inner = piece.number
            self._take_text(replace(piece, start=piece.mark))

    def _begins(self, piece: Piece) -> bool:
        """Tell whether a number begins a question rather than counts something inside one."""
        current, number = self._current, piece.number
        if piece.style == "word":
            return True
        if piece.style in ("spaced", "chinese") and not self._is_plausible(piece):
            return False
        if current is None:
            return True
        if self._style and piece.style != self._style:
            return current.is_complete and number == self._last + 1 and self._has_options(1)
        is_running = self._inner > 0 and self._inner == number - 1
        if number == self._last + 1:
            return not (is_running and self._appears_again(piece))
        if is_running:
            return False
        if number <= self._last:
            is_over = current.is_complete and current.state in ("options", "answer")
            is_restart = is_over and not self._is_prose(current)
            return (number == 1 and is_restart) or (current.is_complete and self._has_options(1))
        if self._is_prose(current) or current.state == "explanation":
            return number <= self._last + 5 and (current.is_complete or self._after_blank)
        return True

    def _is_prose(self, current: Asked) -> bool:
        """Tell whether the lines that come in are the answer to an open question."""
        kind = current.kind or self._section.kind
        is_open = kind in _FREE_KINDS or (not kind and not current.options)
        return current.state == "answer" and is_open and not keyblocks.is_key(current.answer[0])

    def _is_plausible(self, piece: Piece) -> bool:
        """Tell whether `3 甲` or `三、甲` may be a question: it goes on, and options follow."""
        if piece.number != self._last + 1:
            return False
        is_listed = self._style == piece.style or bool(self._section.kind)
        return is_listed or self._has_options(1) or self._has_answer(1)

    def _has_options(self, ahead: int) -> bool:
        """Tell whether options come before the next number or heading."""
        return self._comes("option", ahead)

    def _has_answer(self, ahead: int) -> bool:
        return self._comes("answer", ahead)

    def _comes(self, what: str, ahead: int) -> bool:
        for piece in self._pieces[self._place + ahead :]:
            if piece.what == what:
                return True
            if piece.what in ("numbered", "heading", "break", "fence"):
                return False
        return False

    def _appears_again(self, piece: Piece) -> bool:
        """Tell whether the same number comes again before the next heading."""
        for other in self._pieces[self._place + 1 :]:
            if other.what == "heading":
                return False
            if other.what == "numbered" and other.style == piece.style:
                if other.number == piece.number:
                    return True
        return False

    def _begin(self, piece: Piece) -> None:
        number = piece.number
        if self._last and number > self._last + 1:
            self._heard.jumps.append((piece.line, self._last, number))
        if self._last and number <= self._last and number == 1:
            # The numbers begin again without a heading: answers may be listed per run.
            self._section = replace(self._section, questions=[], has_keys=False)
            self._heard.sections.append(self._section)
        self._start(piece, number)
        self._last, self._style, self._inner = number, piece.style, 0

    def _start(self, piece: Piece, number: int) -> Asked:
        asked = Asked(piece.line, number)
        if piece.lead:
            asked.answer.append(piece.lead)
            asked.answer_line = piece.line
        self._note_pictures(asked, piece.line)
        text = self._tagged(asked, piece.text)
        if text:
            asked.stem.append(text)
        asked.material = self._material_for(number)
        self._section.questions.append(asked)
        self._current = asked
        return asked

    def _material_for(self, number: int) -> Material | None:
        material = self._material
        if material is None:
            return None
        if material.last and number and not material.first <= number <= material.last:
            self._material = None
        return self._material

    # Parts of a case: (1), (2) below a number.

    def _is_part(self, piece: Piece) -> bool:
        current = self._current
        if current is None or piece.style != "bracket" or self._style in ("bracket", ""):
            return False
        if current.parts:
            return piece.number == current.parts[-1].number + 1
        if piece.number != 1 or current.state != "stem":
            return False
        return self._has_options(1) or (self._section.kind == "case" and self._has_answer(1))

    def _begin_part(self, piece: Piece) -> None:
        assert self._current is not None
        part = Asked(piece.line, piece.number, state="stem")
        text = self._tagged(part, piece.text)
        if text:
            part.stem.append(text)
        self._current.parts.append(part)

    @property
    def _open(self) -> Asked | None:
        """The question that lines go to: the last part of a case, or the question itself."""
        if self._current is not None and self._current.parts:
            return self._current.parts[-1]
        return self._current

    # Tags.

    def _tagged(self, asked: Asked, text: str) -> str:
        """Take the kind out of a tag at either end of a stem's first line."""
        match = _TAG.match(narrow(text))
        if match:
            kind = kind_named(match[1] or match[2])
            if kind:
                asked.kind = kind
                return text[match.end() :].strip()
        tail = _TAIL_TAG.search(narrow(text))
        if tail and kind_named(tail[1]) in ("single", "multiple", "true_false", "cloze"):
            if keys.truth(tail[1]) is None:
                asked.kind = kind_named(tail[1])
                return text[: tail.start()].strip()
        return text

    # What belongs to the open question.

    def _take_option(self, piece: Piece) -> None:
        asked = self._open
        if asked is None or (asked.options and piece.name <= asked.options[-1][0]):
            if asked is None or piece.name != "A":
                self._stray(piece.line, piece.whole)
                return
            # A second list of options in one question: what came before it was another question.
            asked = self._split_off(piece)
        asked.state = "options"
        said = narrow(piece.line.text[piece.mark : piece.start]).upper()
        if piece.name not in said and said.isascii():
            asked.relabelled = piece.name
        asked.options.append((piece.name, trimmed(piece.text)))
        self._note_styles(asked, piece)

    def _split_off(self, piece: Piece) -> Asked:
        """Begin a question without a number at the lines since the last option."""
        asked = Asked(piece.line)
        self._section.questions.append(asked)
        self._current = asked
        return asked

    def _note_styles(self, asked: Asked, piece: Piece) -> None:
        letter = asked.options[-1][0]
        width = max(1, len(piece.text))
        for start, end, style in piece.line.styles:
            shared = min(end, piece.end) - max(start, piece.start)
            if shared * 2 >= width:
                asked.styles.setdefault(style, set()).add(letter)

    def _take_answer(self, piece: Piece) -> None:
        listed = keyblocks.entries_of(piece.text, self._section.kind) if piece.text else []
        is_list = len(listed) > 1 or (listed and self._current is None)
        if is_list:
            group = KeyGroup(self._section.kind, self._category, section=self._section)
            group.entries = [KeyEntry(piece.line, number, [key]) for number, key in listed]
            self._heard.groups.append(group)
            self._close()
            return
        asked = self._open
        if asked is None:
            if not self._opens_unnumbered(piece):
                self._stray(piece.line, piece.whole)
            return
        asked.state = "answer"
        asked.answer_line = asked.answer_line or piece.line
        if piece.text:
            asked.answer.append(piece.text)

    def _opens_unnumbered(self, piece: Piece) -> bool:
        """Give an answer without a question to the last question that has none."""
        last = self._section.questions[-1] if self._section.questions else None
        if last is None or last.has_answer or not piece.text:
            return False
        last.answer.append(piece.text)
        last.answer_line = piece.line
        return True

    def _take_explanation(self, piece: Piece) -> None:
        asked = self._open
        if asked is None:
            self._stray(piece.line, piece.whole)
            return
        asked.state = "explanation"
        if piece.text:
            asked.explanation.append(piece.text)

    def _take_fact(self, piece: Piece) -> None:
        asked = self._open
        if asked is None:
            if piece.name == "category" and piece.text:
                self._category = (piece.text,)
                return
            self._stray(piece.line, piece.whole)
            return
        asked.facts[piece.name] = piece.text
        if piece.name == "kind":
            asked.kind = kind_named(piece.text)

    def _take_text(self, piece: Piece) -> None:
        """Put a line without any mark where it goes on; it may begin a material or a question."""
        asked = self._open
        if asked is None and self._material is not None and not self._has_questions():
            self._material.text.append(piece.text)
            self._material.pictures += piece.line.pictures
            return
        if asked is None or (asked.is_complete and piece.start == 0):
            if self._begins_material(piece):
                return
            if not self._is_numbered and self._begins_unnumbered(piece):
                self._start(piece, 0)
                return
        if asked is None:
            self._stray(piece.line, piece.text)
            return
        if not self._is_numbered and self._begins_unnumbered(piece):
            self._start(piece, 0)
            return
        if self._after_blank and self._is_over(asked):
            self._stray(piece.line, piece.text)
            return
        self._append(asked, piece)

    def _is_over(self, asked: Asked) -> bool:
        """Tell whether a line after a blank one can no longer belong to a question."""
        if asked.state == "options":
            return not self._goes_on_with_options()
        return asked.state == "answer" and asked.has_answer and not self._is_prose(asked)

    def _append(self, asked: Asked, piece: Piece) -> None:
        self._note_pictures(asked, piece.line)
        text = piece.text
        if not text:
            return
        if asked.state == "stem":
            asked.stem.append(self._tagged(asked, text) if not asked.stem else text)
        elif asked.state == "options":
            letter, said = asked.options[-1]
            asked.options[-1] = (letter, joined(said, text))
        elif asked.state == "answer":
            asked.answer.append(text)
        else:
            asked.explanation.append(text)

    def _note_pictures(self, asked: Asked, line: Line) -> None:
        asked.pictures += [name for name in line.pictures if name not in asked.pictures]

    def _has_questions(self) -> bool:
        return any(one.material is self._material for one in self._section.questions)

    def _goes_on_with_options(self) -> bool:
        """Tell whether the next option has the letter after the last one."""
        asked = self._open
        assert asked is not None
        for piece in self._pieces[self._place + 1 :]:
            if piece.what == "option":
                return piece.name > asked.options[-1][0]
            if piece.what in ("numbered", "heading", "break", "fence", "answer"):
                return False
        return False

    def _begins_material(self, piece: Piece) -> bool:
        """Begin the material of a case when this line and those after it say that they are one."""
        texts = [piece.text]
        for other in self._pieces[self._place + 1 :]:
            if other.what not in ("text", "blank") or len(texts) > 60:
                break
            if other.what == "text":
                texts.append(other.text)
        found = material_in(texts)
        if found is None:
            return False
        self._close()
        first, last, is_sure = found
        self._material = Material(piece.line, [piece.text], first, last, [], is_sure)
        self._material.pictures += piece.line.pictures
        if first:
            self._last = first - 1
        self._is_numbered = True
        return True

    def _begins_unnumbered(self, piece: Piece) -> bool:
        """Tell whether a line without a number begins a question in a section without numbers."""
        asked = self._open
        if asked is None:
            return bool(self._section.kind) or self._has_options(1) or self._has_answer(1)
        if asked.number:
            return False
        kind = self._section.kind
        if asked.state == "options":
            return not self._goes_on_with_options()
        if asked.state in ("answer", "explanation"):
            is_free = kind in _FREE_KINDS or asked.state == "explanation"
            return not is_free or self._after_blank
        if kind == "true_false":
            return True
        has_key = kind == "cloze" and self._after_blank
        return has_key

    def _stray(self, line: Line, text: str) -> None:
        self._heard.strays.append((line, text))

    # Lists of answers.

    def _take_key(self, piece: Piece) -> bool:
        """Take a piece into the list of answers; False ends the list."""
        group = self._group
        assert group is not None
        if piece.what == "heading":
            return self._key_heading(piece)
        if piece.what in ("option", "break", "fence"):
            self._group = self._entry = None
            return False
        if piece.what == "numbered":
            return self._key_numbered(piece)
        listed = keyblocks.entries_of(piece.text, group.kind) if piece.what != "explanation" else []
        if listed:
            self._list(piece, listed)
            return True
        if self._entry is None:
            return self._bare_keys(piece)
        if piece.what == "answer":
            self._entry.key += [piece.text] if piece.text else []
        elif piece.what == "explanation" or self._entry.explanation:
            self._entry.explanation += [piece.text] if piece.text else []
        else:
            self._entry.key += [piece.whole]
        return True

    def _key_heading(self, piece: Piece) -> bool:
        """Go on with the list below a heading of it, or end the list at a heading of questions."""
        heading = piece.heading
        assert heading is not None
        self._entry = None
        if heading.what == "keys":
            return False
        if heading.what == "neutral":
            self._group = None
            return False
        is_known = any(
            one.questions and not one.has_keys and one.kind == heading.kind
            for one in self._heard.sections
        )
        chapter = (heading.title,) if heading.what == "chapter" else None
        if chapter:
            is_known = any(
                one.category == chapter and one.questions for one in self._heard.sections
            )
        following = next(
            (one.whole for one in self._pieces[self._place + 1 :] if one.what != "blank"), ""
        )
        if not is_known or (self._comes("option", 1) and not is_entry(following)):
            self._group = None
            return False
        if chapter:
            self._category = chapter
        kind = "" if chapter else heading.kind
        self._open_list(kind, is_same=True)
        return True

    def _key_numbered(self, piece: Piece) -> bool:
        group = self._group
        assert group is not None
        listed = keyblocks.entries_of(piece.line.text[piece.mark : piece.end], group.kind)
        if listed:
            self._list(piece, listed)
            return True
        if self._has_options(1):
            self._group = self._entry = None
            return False
        entries = group.entries
        if entries and piece.number != entries[-1].number + 1 and self._is_inside_entry(piece):
            assert self._entry is not None
            target = self._entry.explanation or self._entry.key
            target.append(piece.whole)
            return True
        self._entry = KeyEntry(piece.line, piece.number, [piece.text] if piece.text else [])
        entries.append(self._entry)
        return True

    def _is_inside_entry(self, piece: Piece) -> bool:
        """Tell whether a number counts steps inside an answer rather than the answers."""
        entry = self._entry
        if entry is None or not (entry.key or entry.explanation):
            return False
        return piece.number <= entry.number and bool(self._group and self._group.kind == "essay")

    def _list(self, piece: Piece, listed: list[tuple[int, str]]) -> None:
        assert self._group is not None
        self._group.entries += [KeyEntry(piece.line, number, [key]) for number, key in listed]
        self._entry = self._group.entries[-1] if len(listed) == 1 else None

    def _bare_keys(self, piece: Piece) -> bool:
        """Take a line of keys without numbers, or note that a line of the list is none."""
        assert self._group is not None
        listed = keyblocks.unnumbered(piece.text)
        if listed:
            self._group.entries += [KeyEntry(piece.line, 0, [key]) for key in listed]
        else:
            self._stray(piece.line, piece.whole)
        return True


def joined(before: str, after: str) -> str:
    """Join two parts of a text that a hard line break parted."""
    if not before or not after:
        return before or after
    return f"{before}{after}" if _CJK_END.search(before) else f"{before} {after}"
