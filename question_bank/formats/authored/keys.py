"""Reading a key in all its spellings: letters, option numbers, option texts, marks for true."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from question_bank.formats.authored.text import fold, narrow, tidy
from question_bank.items.options import LETTERS

Way = Literal["letter", "text", "number", "truth"]

_LABEL = re.compile(
    r"^\s*(?:正确答案|参考答案|标准答案|正确选项|答案是|答案为|答案|故选|应选|选|答|answer|key)\s*[:：]?\s*",
    re.IGNORECASE,
)
_PAIRS = {"(": ")", "[": "]", "【": "】", "{": "}", "<": ">", "〔": "〕", "“": "”", '"': '"'}
_BETWEEN = re.compile(r"[\s,、;/\\|.+&和及与。·_]+")
_RANGE = re.compile(r"^([A-Z])\s*[-~—–至到]\s*([A-Z])$")
_LETTER_AND_TEXT = re.compile(r"^\s*[(\[]?\s*([A-Za-z])\s*(?:[)\].、:：．]|\s)\s*(\S[\s\S]*)$")
_FLOAT = re.compile(r"^\d+\.0+$")
_CIRCLED = {chr(0x2460 + place): str(place + 1) for place in range(20)}
_TEXT_SEPARATORS = ("\n", "；", ";", "|", "｜", "$", "、", "，", ",", "/")

_TRUE = "对 正确 √ ✓ ✔ ☑ ✅ 是 真 true t yes y 1 勾 v 正 right correct 对的 正确的 对√ 成立 yes."
_FALSE = (
    "错 错误 × ✗ ✘ ✕ ✖ ☒ ❌ 否 假 false f no n 0 叉 x 误 wrong incorrect 错的 错误的 不对 不正确 "
    "不是 非 错× 不成立 ╳ ☓ х"
)
_TRUTH = {fold(word): True for word in _TRUE.split()} | {fold(w): False for w in _FALSE.split()}
# Marks that nobody uses for anything but true and false: they tell the kind without a column.
_STRONG = frozenset(
    {
        *"√✓✔☑✅×✗✘✕✖☒❌╳☓对错",
        *("正确", "错误", "对的", "错的", "不对", "不正确", "true", "false"),
    }
)


@dataclass(frozen=True, slots=True)
class KeyReading:
    """One way to read a key: the places of the right options, counted from 0, in order."""

    places: tuple[int, ...]
    way: Way

    def letters(self, labels: Sequence[str]) -> str:
        """Return the letters that the options have in the file."""
        return "".join(labels[place] for place in self.places)


def unwrapped(text: str) -> str:
    """Return a key without its label, its brackets and the stop after it."""
    text = _LABEL.sub("", tidy(text), count=1).strip()
    for _ in range(3):
        flat = narrow(text)
        if len(text) > 1 and _PAIRS.get(flat[0]) == flat[-1]:
            text = text[1:-1].strip()
        elif len(text) > 1 and text[-1] in "。.．；;，,、":
            text = text[:-1].strip()
        else:
            break
    return text


def truth(text: str, *, is_weak_ok: bool = True) -> bool | None:
    """Return what a mark for true or false says; None when the text is none.

    With `is_weak_ok` false only marks count that mean nothing else: 对 and √, but not 1, T or 是.
    """
    mark = fold(unwrapped(text))
    if _FLOAT.match(mark):
        mark = mark.split(".")[0]
    if not is_weak_ok and mark not in _STRONG:
        return None
    return _TRUTH.get(mark)


def letters(text: str) -> tuple[str, ...] | None:
    """Return the letters of a key such as `A、C`, `ａｂ` or `A-C`, each once, or None."""
    flat = narrow(unwrapped(text)).upper()
    span = _RANGE.match(flat)
    if span and span[1] < span[2]:
        return tuple(LETTERS[LETTERS.index(span[1]) : LETTERS.index(span[2]) + 1])
    found = _BETWEEN.sub("", flat)
    if not 0 < len(found) <= len(LETTERS) or not all(one in LETTERS for one in found):
        return None
    if len(set(found)) != len(found) or not _spelled_alike(flat):
        return None
    return tuple(sorted(found))


def _spelled_alike(flat: str) -> bool:
    """Tell keys from words: either all letters stand together, or each stands alone."""
    tokens = [token for token in _BETWEEN.split(flat) if token]
    return len(tokens) == 1 or all(len(token) == 1 for token in tokens)


def read_key(
    text: str, labels: Sequence[str], texts: Sequence[str], hint: Way | None = None
) -> list[KeyReading]:
    """Return the ways to read a key of a choice; the first is the likeliest, none means unreadable.

    `labels` are the letters of the options in the file, `texts` their texts. `hint` is how the
    other keys of the same sheet are written; it decides between a number and a text.
    """
    by_letters = _by_letters(text, labels)
    ways = (
        by_letters,
        _by_letter_and_text(text, labels, texts) if by_letters is None else None,
        _by_texts(text, texts, is_whole=by_letters is not None),
        _by_numbers(text, len(texts)) if by_letters is None else None,
    )
    found = [reading for reading in ways if reading is not None]
    if hint is not None:
        found.sort(key=lambda reading: reading.way != hint)
    distinct: list[KeyReading] = []
    for reading in found:
        if all(reading.places != other.places for other in distinct):
            distinct.append(reading)
    return distinct


def _by_letters(text: str, labels: Sequence[str]) -> KeyReading | None:
    named = letters(text)
    if named is None or not all(letter in labels for letter in named):
        return None
    return KeyReading(tuple(labels.index(letter) for letter in named), "letter")


def _by_letter_and_text(
    text: str, labels: Sequence[str], texts: Sequence[str]
) -> KeyReading | None:
    """Read `B. 两次`, when option B says just that; several stand on lines of their own."""
    places: list[int] = []
    for line in unwrapped(text).split("\n"):
        match = _LETTER_AND_TEXT.match(narrow(line))
        if match is None or match[1].upper() not in labels:
            return None
        place = labels.index(match[1].upper())
        said = fold(line[match.start(2) :])
        if said not in (fold(texts[place]), fold(texts[place]) + "。") or place in places:
            return None
        places.append(place)
    return KeyReading(tuple(sorted(places)), "letter") if places else None


def _by_texts(text: str, texts: Sequence[str], *, is_whole: bool) -> KeyReading | None:
    """Read the text of an option, or, unless `is_whole`, those of several between separators."""
    folded = [fold(one) for one in texts]
    for whole in (tidy(text), unwrapped(text)):
        if folded.count(fold(whole)) == 1:
            return KeyReading((folded.index(fold(whole)),), "text")
    if is_whole:
        return None
    for separator in _TEXT_SEPARATORS:
        pieces = [fold(piece) for piece in unwrapped(text).split(separator) if piece.strip()]
        is_each = all(folded.count(piece) == 1 for piece in pieces)
        if len(pieces) > 1 and len(set(pieces)) == len(pieces) and is_each:
            return KeyReading(tuple(sorted(folded.index(one) for one in pieces)), "text")
    return None


def _by_numbers(text: str, count: int) -> KeyReading | None:
    """Read option numbers from 1: `3`, `1,3`, `①③`; `123` is the first three options."""
    flat = narrow(unwrapped(text)).strip()
    circled = [_CIRCLED[one] for one in flat if one in _CIRCLED]
    tokens = [token for token in _BETWEEN.split(flat) if token]
    if _FLOAT.match(flat):
        tokens = [flat.split(".")[0]]
    if circled and len(circled) == len("".join(tokens)):
        tokens = circled
    if not tokens or not all(token.isascii() and token.isdigit() for token in tokens):
        return None
    if len(tokens) == 1 and int(tokens[0][:6]) > count:
        tokens = list(tokens[0])
    places = [int(token[:6]) - 1 for token in tokens]
    if len(set(places)) != len(places) or not all(0 <= place < count for place in places):
        return None
    return KeyReading(tuple(sorted(places)), "number")
