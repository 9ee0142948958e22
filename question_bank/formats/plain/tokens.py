"""From lines to pieces: headings, numbers, options, answers, explanations and plain text.

Every pattern has bounded repeats and looks at one line, so that no text takes long. What a number
at the start of a line means is left to the machine, which knows what came before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from question_bank.formats.authored.kinds import kind_named
from question_bank.formats.authored.options import Marker, bare_marker, markers, mislabelled
from question_bank.formats.authored.text import narrow
from question_bank.formats.plain.headings import CHINESE, Heading, heading_of, is_fence, is_rule
from question_bank.formats.plain.lines import Line
from question_bank.items.options import LETTERS

_ANSWER = "答案要点|答题要点|参考要点|正确答案|参考答案|标准答案|试题答案|本题答案|正确选项|答案"
_EXPLANATION = (
    "答案解析|试题解析|题目解析|参考解析|试题分析|答案说明|解析|详解|解题思路|解释|点评|注解"
)
_FACTS = {
    "难度": "difficulty", "难易度": "difficulty", "难易程度": "difficulty",
    "难度系数": "difficulty",
    "知识点": "tags", "考点": "tags", "标签": "tags", "关键词": "tags",
    "分值": "points", "分数": "points", "章节": "category", "分类": "category",
    "来源": "source", "出处": "source", "依据": "source", "题型": "kind", "类型": "kind",
    "采分点": "rubric", "评分标准": "rubric", "得分点": "rubric", "评分要点": "rubric",
}  # fmt: skip
_FACT_NAMES = "|".join(sorted(_FACTS, key=len, reverse=True))
_LABEL = re.compile(
    rf"[【\[]\s?(?P<in_brackets>{_EXPLANATION}|{_ANSWER}|分析|说明|{_FACT_NAMES})\s?"
    rf"(?:[:]\s?(?P<inside>[^】\]\n]{{0,200}}))?[】\]]\s?:?"
    rf"|(?:^|(?<=[\s;。.,)】\]]))\s?(?P<with_colon>{_EXPLANATION}|{_ANSWER}|{_FACT_NAMES})\s?"
    rf"(?:是|为)?\s?:"
    r"|^\s*(?P<at_start>答|分析|说明|注|Answers?|ANSWERS?|Key|KEY|Correct answer|Explanation|"
    r"Rationale)\s?:"
    rf"|^\s*(?P<bare>{_ANSWER})\s*(?:是|为)?\s*(?=[A-Za-z√×✓✗对错(]{{1,8}}[\s.。)]*$|正确\s*$|错误\s*$)"
)
_BRACKET_KEY = r"[(]\s{0,8}(?P<lead>[A-Za-z]{1,8}|[√×✓✔✗✘xX对错]|正确|错误)\s{0,8}[)]\s*"
_NUMBER = re.compile(
    rf"\s*(?:{_BRACKET_KEY})?(?:"
    r"(?P<digits>\d{1,4})\s{0,2}(?:、|\)|[.:](?!\d)|[.](?=\d{3,}[^\d.]))\s*"
    r"|[(\[【]\s?(?P<bracketed>\d{1,4})\s?[)\]】]\s?[.、:]?\s*"
    rf"|第\s?(?P<ordinal>\d{{1,4}}|[{CHINESE}]{{1,5}})\s?[题问]\s?[.、:)]?\s*"
    rf"|(?:问题|题目|试题|题)\s?(?P<named>\d{{1,4}}|[{CHINESE}]{{1,5}})\s?[.、:)]\s*"
    r"|(?:Question|QUESTION|Q|No\.?)\s?(?P<english>\d{1,4})\s?[.、:)]?\s+"
    rf"|(?P<chinese>[{CHINESE}]{{1,5}})\s?[、.]\s*"
    r"|(?P<spaced>\d{1,4})[ ]{1,8}(?=[^\d\s.,、%°\-+*/=])"
    r")"
)
# A tag may stand before the number: 【单选题】1.
_TAG = re.compile(r"^\s*[【\[(]\s?([^】\])\n]{2,8})\s?[】\])]\s*(?=[\d(第【])")
_CLASSES = {
    "digits": "digit", "spaced": "spaced", "bracketed": "bracket", "ordinal": "word",
    "named": "word", "english": "word", "chinese": "chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: what it is, where its own text begins and ends, where its mark begins.

    `what` is blank, break, heading, numbered, option, answer, explanation, fact or text. `number`
    and `style` belong to a numbered piece, `lead` is a key that stood before its number. `name` is
    the letter of an option, the name of a fact, the word of a label, or the kind in a tag.
    """

    what: str
    line: Line
    start: int = 0
    end: int = 0
    mark: int = 0
    number: int = 0
    style: str = ""
    lead: str = ""
    name: str = ""
    inside: str = ""
    heading: Heading | None = None

    @property
    def text(self) -> str:
        """Return its own text, without its mark."""
        return self.inside or self.line.text[self.start : self.end].strip()

    @property
    def whole(self) -> str:
        """Return its text with its mark, for when the mark turns out to be none."""
        return self.line.text[self.mark : self.end].strip()


def pieces_of(lines: Sequence[Line]) -> list[Piece]:
    """Return the pieces of all lines, in order; every character of a line is in one of them."""
    return list(_Tokenizer(lines).pieces())


class _Tokenizer:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._place = 0
        self._bare_next = ""
        self._last_letter = ""

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of every line."""
        for place, line in enumerate(self._lines):
            self._place = place
            if line.is_break:
                yield Piece("break", line)
            elif not line.text.strip() and not line.pictures:
                yield Piece("blank", line)
            elif is_fence(line.text) and not line.pictures:
                yield Piece("fence", line)
            elif is_rule(line.text) and not line.pictures:
                yield Piece("blank", line)
            else:
                yield from self._line(line)

    def _line(self, line: Line) -> Iterator[Piece]:
        heading = self._heading(line)
        if heading is not None:
            self._last_letter = ""
            yield Piece("heading", line, 0, len(line.text), heading=heading)
            return
        flat = narrow(line.text)
        labels = list(_LABEL.finditer(flat))
        ends = [*(match.start() for match in labels[1:]), len(flat)][: len(labels)]
        first = labels[0].start() if labels else len(flat)
        if flat[:first].strip() or not labels:
            yield from self._head(line, first)
        for match, end in zip(labels, ends, strict=True):
            yield from self._labelled(line, match, end)

    def _heading(self, line: Line) -> Heading | None:
        """Return the heading that a line is; a lone 答案： may be the label of just one answer."""
        heading = heading_of(line.text)
        if heading is None:
            return None
        flat = narrow(line.text).strip()
        number = _NUMBER.match(flat)
        is_arabic = bool(number and (number["digits"] or number["bracketed"] or number["named"]))
        if heading.what == "kind" and is_arabic:
            following = self._next_text()
            return heading if _NUMBER.match(narrow(following)) and not flat.endswith(":") else None
        is_label = heading.what == "keys" and bool(_LABEL.match(flat) or flat.endswith("答案"))
        if is_label and not heading.kind and _LABEL.match(flat) and not self._keys_follow():
            return None
        return heading

    def _keys_follow(self) -> bool:
        """Tell whether a list of answers follows, perhaps below a heading of its own."""
        following = self._next_text()
        heading = heading_of(following)
        if heading is not None and heading.what == "kind":
            following = self._next_text(2)
        return is_entry(following)

    def _next_text(self, ahead: int = 1) -> str:
        for line in self._lines[self._place + 1 :]:
            if line.text.strip():
                ahead -= 1
                if ahead == 0:
                    return line.text
        return ""

    def _labelled(self, line: Line, match: re.Match[str], end: int) -> Iterator[Piece]:
        word = match["in_brackets"] or match["with_colon"] or match["at_start"] or match["bare"]
        start = match.end()
        inside = ""
        if match["inside"] and match["inside"].strip():
            inside = line.text[match.start("inside") : match.end("inside")].strip()
        what = _what_label(word)
        name = _FACTS.get(word, word)
        if inside:
            yield Piece(what, line, start, start, match.start(), name=name, inside=inside)
            if line.text[start:end].strip():
                yield from self._head(line, end, start)
            return
        if what == "answer":
            # A key may be followed by options that come after it in the same line.
            found = markers(line.text[start:end])
            if len(found) > 1 and found[0].start > 0:
                yield Piece(what, line, start, start + found[0].start, match.start(), name=name)
                yield from _options(line, found, start, end)
                return
        yield Piece(what, line, start, end, match.start(), name=name)

    def _head(self, line: Line, end: int, start: int = 0) -> Iterator[Piece]:
        """Yield what stands before the first label: a number with its stem, options, or text."""
        text = line.text[start:end]
        tag = _TAG.match(narrow(text)) if start == 0 else None
        kind = kind_named(tag[1]) if tag else ""
        begins = tag.end() if tag and kind else 0
        number = _NUMBER.match(narrow(text), begins) if start == 0 else None
        body = number.end() if number else 0
        if number is not None:
            self._last_letter = ""
        found = self._markers(text, body)
        again = mislabelled(text, found) if found else None
        if again is not None:
            found.append(again)
        stop = found[0].start if found else len(text)
        if number is not None:
            yield replace(_numbered(line, number, start + stop), name=kind)
        elif text[:stop].strip() or not found:
            yield Piece("text", line, start, start + stop, start)
        if found:
            self._bare_next, self._last_letter = "", found[-1].letter
            if found[-1].style == "bare":
                self._bare_next = LETTERS[(LETTERS.index(found[-1].letter) + 1) % 26]
            yield from _options(line, found, start, end)

    def _markers(self, text: str, body: int) -> list[Marker]:
        """Return the options of a line: a chain from its start, or one from A inside it."""
        flat = narrow(text)
        opening = "" if body else _opening_letter(flat, 0)
        if opening and self._is_expected(opening):
            return markers(text, opening)
        found = [_moved(one, body) for one in markers(text[body:])]
        if found and body and found[0].start == body:
            # A question is more than options: 1. A、B两物体 begins with a name.
            found = []
        if len(found) > 1:
            return found
        if found and _opening_letter(narrow(self._next_text()), 0) == "B":
            # The first option ends the line of the stem, the others follow below.
            previous = flat[: found[0].start]
            return found if previous.endswith((" ", ")", "。", "?", "？", "_", "　")) else []
        return [] if body else self._bare(text)

    def _is_expected(self, letter: str) -> bool:
        """Tell whether an option may have this letter here: A, or one soon after the last."""
        if letter == "A":
            return True
        behind = LETTERS.index(letter) - LETTERS.find(self._last_letter)
        return bool(self._last_letter) and 1 <= behind <= 3

    def _bare(self, text: str) -> list[Marker]:
        """Return the option of a line such as `B 乙`, when the lines around it go on likewise."""
        if self._bare_next:
            marker = bare_marker(text, self._bare_next)
            if marker is not None:
                return _bare_chain(text, marker)
        marker = bare_marker(text, "A")
        if marker is None:
            return []
        chain = _bare_chain(text, marker)
        goes_on = bare_marker(self._next_text(), LETTERS[len(chain)]) is not None
        return chain if len(chain) > 1 or goes_on else []


_BARE_INSIDE = re.compile(r"(?<=[ \t])([A-Za-z])(?:[ \t]{1,4}(?=\S)|(?=[\u3400-\u9fff]))")


def _bare_chain(text: str, first: Marker) -> list[Marker]:
    chain = [first]
    flat = narrow(text)
    for match in _BARE_INSIDE.finditer(flat, first.end):
        place = LETTERS.index(chain[-1].letter) + 1
        if place < len(LETTERS) and match[1].upper() == LETTERS[place]:
            chain.append(Marker(LETTERS[place], match.start(), match.end(), "bare"))
    return chain


def _opening_letter(flat: str, body: int) -> str:
    """Return the letter of the option that a line begins with; empty when with none."""
    rest = flat[body:].lstrip()
    for letter in LETTERS:
        if rest[:3].upper().lstrip("([【〔 ").startswith(letter):
            found = markers(rest, letter)
            return letter if found and found[0].start == 0 else ""
    if rest[:1] and "Ⓐ" <= rest[0] <= "Ⓩ":
        return LETTERS[ord(rest[0]) - 0x24B6]
    return ""


def _moved(marker: Marker, by: int) -> Marker:
    return Marker(marker.letter, marker.start + by, marker.end + by, marker.style)


def _options(line: Line, found: Sequence[Marker], start: int, end: int) -> Iterator[Piece]:
    stops = [start + marker.start for marker in found[1:]] + [end]
    for marker, stop in zip(found, stops, strict=True):
        begins = start + marker.end
        yield Piece(
            "option",
            line,
            begins,
            stop,
            start + marker.start,
            style=marker.style,
            name=marker.letter,
        )


def _numbered(line: Line, match: re.Match[str], end: int) -> Piece:
    group = next(name for name in _CLASSES if match[name])
    lead = match["lead"] or ""
    number = to_number(match[group])
    style = _CLASSES[group]
    return Piece("numbered", line, match.end(), end, 0, number=number, style=style, lead=lead)


def _what_label(word: str) -> str:
    if word in _FACTS:
        return "fact"
    is_answer = (
        word in _ANSWER.split("|")
        or word == "答"
        or word.casefold().startswith(("answer", "key", "correct"))
    )
    return "answer" if is_answer else "explanation"


def to_number(text: str) -> int:
    """Return a number written in digits or in Chinese up to 999: 二十三 is 23."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for one in text:
        if one in "十百":
            total += max(digit, 1) * (10 if one == "十" else 100)
            digit = 0
        else:
            digit = CHINESE.index(one) + 1
    return total + digit


_ENTRY = re.compile(
    r"^\s*\d{1,4}\s*(?:(?:[-~—–至到]\s*\d{1,4})|[.、:)\s]*\s*[【(]?\s*(?:答案)?[】:]?\s*"
    r"(?:[A-Za-z]{1,10}|[√×✓✔✗✘对错]|正确|错误)\s*[)】。;,\s]*(?:\d|$|【|解析))"
)


def is_entry(text: str) -> bool:
    """Tell whether a line looks like an entry of a list of answers."""
    return bool(_ENTRY.match(narrow(text).strip()))


def is_numbered(text: str) -> bool:
    """Tell whether a text begins with a number as questions do."""
    return bool(_NUMBER.match(narrow(text)))
