"""The machine that makes questions of pieces.

It walks over the pieces once. A number at the start of a line begins a question only if it goes on
from the last one; otherwise it counts something inside the stem, the answer or the explanation. No
piece is dropped: what belongs to no question is kept in `strays`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from question_bank.formats.authored import keys
from question_bank.formats.authored.kinds import kind_named
from question_bank.formats.authored.options import trimmed
from question_bank.formats.authored.text import narrow
from question_bank.formats.plain import keyblocks
from question_bank.formats.plain.headings import Heading
from question_bank.formats.plain.keylists import KeyLists
from question_bank.formats.plain.lines import Line
from question_bank.formats.plain.materials import material_in
from question_bank.formats.plain.numbers import FREE_KINDS, Numbers, is_free_answer
from question_bank.formats.plain.outlook import Outlook
from question_bank.formats.plain.questions import Asked, Heard, Material, Section
from question_bank.formats.plain.tokens import Piece, pieces_of

_TAG = re.compile(
    r"^\s*(?:[【\[(<《]\s?([^】\])>》\n]{1,12})\s?[】\])>》]\s?[:：]?|([^\s:：。，,]{2,8}题)\s?[:：])\s*"
)
_TAGGED = frozenset({"single", "multiple", "true_false", "cloze"})
_TAIL_TAG = re.compile(r"\s*[【\[(]\s?([^】\])\n]{2,10})\s?[】\])]\s*$")
# A place to write in, as papers print it, is no answer.
_ROOM = re.compile(r"^[_＿\s]{4,}")
_CJK_END = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]$")


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
        self._after_blank = True
        self._material: Material | None = None
        self._outlook = Outlook(pieces)
        self._numbers = Numbers(self._outlook)
        self._lists = KeyLists(self._heard, self._outlook)
        self._is_numbered = self._outlook.is_numbered(0)

    def run(self) -> Heard:
        """Return what was heard when every piece has been taken."""
        for place, piece in enumerate(self._pieces):
            self._place = place
            if piece.what == "blank":
                self._after_blank = True
                continue
            if not (self._lists.is_open and self._lists.take(piece, self._place)):
                getattr(self, f"_take_{piece.what}")(piece)
            self._after_blank = False
        self._drop_material()
        return self._heard

    # Headings and other structure.

    def _take_fence(self, piece: Piece) -> None:
        """End everything where a block of code begins or ends: it is a text of its own."""
        self._lists.begin_text()
        self._open_section(Heading("kind", "", ""))

    def _take_break(self, piece: Piece) -> None:
        self._close()

    def _take_heading(self, piece: Piece) -> None:
        heading = piece.heading
        assert heading is not None
        if heading.what == "keys":
            self._close()
            self._lists.begin(heading.kind, self._category)
        elif heading.what == "chapter":
            self._category = (heading.title,)
            self._open_section(Heading("kind", "", ""))
        elif heading.what == "kind":
            self._open_section(heading)
        else:
            self._close()

    def _open_section(self, heading: Heading) -> None:
        self._close()
        self._lists.end()
        self._section = Section(heading.kind, self._category, heading.points)
        self._heard.sections.append(self._section)
        self._drop_material()
        self._numbers.begin_section()
        self._is_numbered = self._outlook.is_numbered(self._place + 1)

    def _close(self) -> None:
        """End the question that is open."""
        self._current = None
        self._numbers.inner = 0

    # Numbers.

    def _take_numbered(self, piece: Piece) -> None:
        current, kind, numbers = self._current, self._section.kind, self._numbers
        if numbers.is_part(piece, self._place, current, kind):
            self._begin_part(piece)
        elif numbers.begins(piece, self._place, current, kind, after_blank=self._after_blank):
            self._begin(piece)
        else:
            numbers.inner = piece.number
            self._take_text(replace(piece, start=piece.mark))

    def _begin(self, piece: Piece) -> None:
        number, last = piece.number, self._numbers.last
        if last and number > last + 1:
            self._heard.jumps.append((piece.line, last, number))
        if last and number <= last and number == 1:
            # The numbers begin again without a heading: answers may be listed per run.
            self._section = replace(self._section, questions=[], has_keys=False)
            self._heard.sections.append(self._section)
        self._start(piece, number)
        self._numbers.count(piece)

    def _start(self, piece: Piece, number: int) -> Asked:
        asked = Asked(piece.line, number, piece.name if number else "")
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
            self._drop_material()
            return None
        material.is_used = True
        return material

    # Parts of a case: (1), (2) below a number.

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
        kind = kind_named(tail[1]) if tail else ""
        if tail and kind in _TAGGED and keys.truth(tail[1]) is None:
            asked.kind = kind
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
        if self._answers_parts(listed):
            return
        if len(listed) > 1 or (listed and self._current is None):
            self._lists.add_line(piece, listed, self._section)
            self._close()
            return
        asked = self._open
        if asked is None:
            if not self._opens_unnumbered(piece):
                self._stray(piece.line, piece.whole)
            return
        asked.state = "answer"
        asked.answer_line = asked.answer_line or piece.line
        if piece.text and not _ROOM.match(piece.text):
            asked.answer.append(piece.text)

    def _answers_parts(self, listed: list[tuple[int, str]]) -> bool:
        """Give the open question its answer by number, or the parts of the open case theirs."""
        current = self._current
        if current is None or not listed:
            return False
        by_number = {part.number: part for part in current.parts} or {current.number: current}
        if not {number for number, _ in listed} <= by_number.keys():
            return False
        for number, key in listed:
            by_number[number].answer.append(key)
            by_number[number].state = "answer"
        return True

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
        before = asked.facts.get(piece.name, "")
        is_more = piece.name == "rubric" and before
        asked.facts[piece.name] = f"{before}\n{piece.text}" if is_more else piece.text
        if piece.name == "kind":
            asked.kind = kind_named(piece.text)

    def _take_text(self, piece: Piece) -> None:
        """Put a line without any mark where it goes on; it may begin a material or a question."""
        asked = self._open
        if asked is None and self._material is not None and not self._material.is_used:
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
        return (
            asked.state == "answer"
            and asked.has_answer
            and not is_free_answer(asked, self._section.kind)
        )

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
        elif asked.state == "answer" and not _is_complete_key(asked):
            asked.answer.append(text)
        else:
            asked.explanation.append(text)

    def _note_pictures(self, asked: Asked, line: Line) -> None:
        asked.pictures += [name for name in line.pictures if name not in asked.pictures]

    def _drop_material(self) -> None:
        """Forget the material; note its lines when no question came to it."""
        material, self._material = self._material, None
        if material is not None and not material.is_used:
            self._stray(material.line, "\n".join(material.text))

    def _goes_on_with_options(self) -> bool:
        """Tell whether the next option has the letter after the last one."""
        asked = self._open
        assert asked is not None
        return self._outlook.next_option(self._place) > asked.options[-1][0]

    def _begins_material(self, piece: Piece) -> bool:
        """Begin the material of a case when this line and those after it say that they are one."""
        found = material_in([piece.text, *self._outlook.texts_from(self._place + 1)])
        if found is None:
            return False
        self._close()
        self._drop_material()
        first, last, is_sure = found
        self._material = Material(piece.line, [piece.text], first, last, [], is_sure)
        self._material.pictures += piece.line.pictures
        if first:
            self._numbers.last = first - 1
        self._is_numbered = True
        return True

    def _begins_unnumbered(self, piece: Piece) -> bool:
        """Tell whether a line without a number begins a question in a section without numbers."""
        asked = self._open
        if asked is None:
            return (
                bool(self._section.kind)
                or self._outlook.has_options(self._place)
                or self._outlook.has_answer(self._place)
            )
        if asked.number:
            return False
        kind = self._section.kind
        if asked.state == "options":
            return not self._goes_on_with_options()
        if asked.state in ("answer", "explanation"):
            is_free = kind in FREE_KINDS or asked.state == "explanation"
            return not is_free or self._after_blank
        if kind == "true_false":
            return True
        return kind == "cloze" and self._after_blank

    def _stray(self, line: Line, text: str) -> None:
        self._heard.strays.append((line, text))


def _is_complete_key(asked: Asked) -> bool:
    """Tell whether the answer is a key: a line right below it explains it."""
    return bool(asked.answer) and keyblocks.is_key(asked.answer[0])


def joined(before: str, after: str) -> str:
    """Join two parts of a text that a hard line break parted."""
    if not before or not after:
        return before or after
    return f"{before}{after}" if _CJK_END.search(before) else f"{before} {after}"
