"""Blanks in a stem and the answers that fill them."""

import re
from dataclasses import dataclass

from question_bank.formats.authored.text import narrow, tidy
from question_bank.items.draft import BLANK, Accepted, DraftBlank

_LINE = re.compile(r"[_＿]{2,}|_(?=[\s，。,.；;、）)]|$)|[﹍﹎﹏‗]{2,}|[—―─━]{4,}")
_BRACED = re.compile(r"\{\{([^{}\n]{0,200})\}\}")
_EMPTY_BRACKET = re.compile(r"[(\[【〔][ _\u3000\u00a0\t]{0,40}[)\]】〕]")
_GAP = re.compile(r"[ \u3000\u00a0\t]{4,}")
_FILLED_BRACKET = re.compile(r"\(([^()\n]{1,60})\)")
EMPTY = "（ ）"


@dataclass(frozen=True, slots=True)
class Blanks:
    """A stem whose gaps are `BLANK`, how many there are, and answers that stood in the gaps."""

    stem: str
    count: int
    inside: tuple[str, ...] = ()
    is_guess: bool = False


def mark_blanks(stem: str) -> Blanks:
    """Return the stem with its gaps marked; the first style of gap that occurs counts.

    Double braces hold their answer, lines of underscores, empty brackets and wide spaces none.
    """
    braced = _BRACED.findall(stem)
    if braced:
        return Blanks(_BRACED.sub(BLANK, stem), len(braced), tuple(one.strip() for one in braced))
    for pattern, text in ((_LINE, stem), (_EMPTY_BRACKET, narrow(stem)), (_GAP, stem)):
        spans = [match.span() for match in pattern.finditer(text)]
        if pattern is _GAP:
            spans = [span for span in spans if span[0] > 0]
        if spans:
            return Blanks(_cut(stem, spans), len(spans))
    return Blanks(stem, 0)


def mark_filled(stem: str) -> Blanks:
    """Return the stem with its filled brackets marked, and what stood in them.

    Brackets with spaces inside were drawn as gaps; without any of those every bracket counts, and
    from two on that is a guess.
    """
    matches = list(_FILLED_BRACKET.finditer(narrow(stem)))
    padded = [match for match in matches if match[1] != match[1].strip() and match[1].strip()]
    chosen = padded or [match for match in matches if match[1].strip()]
    inside = tuple(stem[match.start(1) : match.end(1)].strip() for match in chosen)
    marked = _cut(stem, [match.span() for match in chosen])
    return Blanks(marked, len(chosen), inside, not padded and len(chosen) > 1)


def _cut(stem: str, spans: list[tuple[int, int]]) -> str:
    """Put a blank in the place of each span; two blanks that touch stay two."""
    pieces: list[str] = []
    last = 0
    for start, end in spans:
        pieces += (stem[last:start], BLANK)
        last = end
    joined = "".join([*pieces, stem[last:]])
    return joined.replace(BLANK * 2, f"{BLANK} {BLANK}").replace(BLANK * 2, f"{BLANK} {BLANK}")


def has_blanks(stem: str) -> bool:
    """Tell whether a stem has gaps that are drawn: lines or double braces, not just brackets."""
    return bool(_LINE.search(stem) or _BRACED.search(stem))


def even_brackets(stem: str) -> str:
    """Write every empty bracket of a choice's stem the same way."""
    flat = narrow(stem)
    pieces: list[str] = []
    last = 0
    for match in _EMPTY_BRACKET.finditer(flat):
        if flat[match.start()] != "(":
            continue
        pieces += (stem[last : match.start()], EMPTY)
        last = match.end()
    return "".join([*pieces, stem[last:]])


def split_answers(answer: str, count: int) -> tuple[list[list[str]], str]:
    """Return the answers of each blank, alternatives in order, and the separator they needed.

    Semicolons and line breaks part the blanks, bars part alternatives. When these do not give as
    many answers as there are blanks, commas, double spaces and single spaces are tried: the
    separator is then returned, otherwise an empty text.
    """
    text = tidy(answer)
    usual = [piece for piece in re.split(r"[；;\n]", text) if piece.strip()]
    if len(usual) == count or count == 0:
        return [_alternatives(piece) for piece in usual], ""
    if count > 1:
        for name, pattern in (
            ("、", r"、"),
            ("，", r"[，,]"),
            ("|", r"[|｜]"),
            ("$", r"\$+"),
            ("/", r"/"),
            ("  ", r"[ \t\u3000]{2,}"),
            (" ", r"\s+"),
        ):
            pieces = [piece for piece in re.split(pattern, text) if piece.strip()]
            if len(pieces) == count:
                return [_alternatives(piece) for piece in pieces], name
    return [_alternatives(piece) for piece in usual], ""


def _alternatives(piece: str) -> list[str]:
    numbered = re.sub(
        r"^\s*(?:[(（]\d{1,2}[)）]|[①-⑳]|第[一二三四五六七八九十\d]空[:：])\s*", "", piece
    )
    found = [tidy(one) for one in re.split(r"[|｜]", numbered)]
    return [one for one in found if one]


def accepting(alternatives: list[str]) -> DraftBlank:
    """Return a blank that accepts any of these texts in full."""
    return DraftBlank(accepted=tuple(Accepted(text) for text in alternatives))
