"""Lists of answers: `1-5 ABCDA`, `1.D 2.A`, `1、√ 2、×`, or just `ABCDA`."""

import re

from question_bank.formats.authored import keys
from question_bank.formats.authored.text import narrow

Entry = tuple[int, str]

_TO = r"\s{0,2}(?:-|~|—|–|﹣|至|到)+\s{0,2}"
_SPAN = re.compile(rf"(?<!\d)(\d{{1,4}}){_TO}(\d{{1,4}})\s{{0,2}}题?\s{{0,2}}[.、:)]?\s*")
_KEY = r"(?:[A-Za-z]{1,12}|正确|错误|[√×✓✔✗✘对错是否])"
_SINGLE = re.compile(
    rf"(?<![\d.])(\d{{1,4}})\s{{0,2}}题?\s{{0,2}}[.、:)\]】-]{{0,2}}\s{{0,4}}[(\[【]?\s?({_KEY}"
    rf"(?:\s?[,、]\s?[A-Za-z](?![A-Za-z.、:)]))*)\s?[)\]】]?(?=[\s,;。、.|(\[【]|\d|$)"
)
_BETWEEN = re.compile(r"[\s,;。、.|，；()\[\]【】]+")
_LETTERS = re.compile(r"[A-H]{2,200}")
_WORD = re.compile(_KEY)
_TRUTH = re.compile(r"正确|错误|[√×✓✔✗✘对错是否]|[TF](?![a-z])")


def entries_of(text: str, kind: str = "") -> list[Entry]:
    """Return the numbers and keys of a line that is nothing but such; empty for any other line.

    `kind` is that of the section: in a section of single choices `1-3 ABC` is one letter each.
    """
    flat = narrow(text).strip()
    spans = list(_SPAN.finditer(flat))
    if spans:
        return _spans(flat, spans, kind)
    singles = list(_SINGLE.finditer(flat))
    if not singles or _BETWEEN.sub("", _SINGLE.sub("", flat)):
        return []
    return [(int(match[1]), match[2]) for match in singles]


def _spans(flat: str, spans: list[re.Match[str]], kind: str) -> list[Entry]:
    """Return the entries of `1-5 ABCDA 6-8 AB CD ABC`, and of single ones between the spans."""
    if flat[: spans[0].start()].strip(" ([【:;,"):
        before = entries_of(flat[: spans[0].start()], kind)
        if not before:
            return []
    else:
        before = []
    found = before
    ends = [match.start() for match in spans[1:]] + [len(flat)]
    for match, end in zip(spans, ends, strict=True):
        first, last = int(match[1]), int(match[2])
        body = flat[match.end() : end]
        tail = _SINGLE.search(body) if any(one.isdigit() for one in body) else None
        said = body[: tail.start()] if tail else body
        listed = sequence(said, last - first + 1)
        if not listed:
            return []
        found += [(first + place, key) for place, key in enumerate(listed)]
        if tail:
            rest = entries_of(body[tail.start() :], kind)
            if not rest:
                return []
            found += rest
    return found


def sequence(text: str, count: int) -> list[str]:
    """Return `count` keys that stand one after another; empty when there are not as many.

    With spaces or commas between them each token is a key; `ABCDA` is one letter each.
    """
    flat = narrow(text).strip(" ()[]【】。;,、")
    tokens = [token.strip("()[]【】") for token in re.split(r"[\s,;、|]+", flat) if token]
    if len(tokens) == count and all(_is_key(token) for token in tokens):
        return tokens
    glued = "".join(tokens)
    if len(glued) == count and glued.isascii() and glued.isalpha():
        return list(glued)
    marks = _TRUTH.findall(glued)
    if len(marks) == count and len("".join(marks)) == len(glued):
        return marks
    return []


def unnumbered(text: str) -> list[str]:
    """Return the keys of a line that has keys only, without any number; empty for other lines."""
    flat = narrow(text).strip()
    tokens = [token.strip("()[]【】") for token in re.split(r"[\s,;、|]+", flat) if token]
    if len(tokens) == 1 and _LETTERS.fullmatch(tokens[0]):
        return list(tokens[0])
    if len(tokens) == 1:
        marks = _TRUTH.findall(tokens[0])
        if len(marks) > 1 and "".join(marks) == tokens[0]:
            return marks
    return tokens if all(_is_key(token) for token in tokens) else []


def _is_key(token: str) -> bool:
    return bool(_WORD.fullmatch(token)) and (
        keys.letters(token) is not None or keys.truth(token) is not None
    )


def is_key(text: str) -> bool:
    """Tell whether a text is just the key of a choice or of a statement."""
    return _is_key(keys.unwrapped(narrow(text)).replace(" ", "").replace("、", "").replace(",", ""))
