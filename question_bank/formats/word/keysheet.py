"""The answers as they stand on a key sheet, and the order of what is printed mixed."""

import hashlib
from collections.abc import Sequence

from question_bank.items.draft import Draft, DraftBlank, Span
from question_bank.items.options import LETTERS


def shuffled_texts(texts: Sequence[str]) -> list[str]:
    """Return texts in an order that says nothing of their own, the same every time."""
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode("utf-8")).digest())


def circled(number: int) -> str:
    """Return a number in a circle up to 20, in brackets beyond."""
    return chr(0x245F + number) if number <= 20 else f"({number})"


def key_lines(draft: Draft) -> list[str]:
    """Return the lines of a question on the key sheet: its answer, then its explanation."""
    lines = [_key(draft)]
    if draft.kind == "essay":
        lines += [f"采分点：{one.text}（{one.points:g} 分）" for one in draft.rubric]
    if draft.explanation:
        lines.append(f"【解析】{draft.explanation}")
    lines += [
        f"【解析】（{place}）{part.explanation}"
        for place, part in enumerate(draft.parts, start=1)
        if part.explanation
    ]
    return lines


def _key(draft: Draft) -> str:
    if draft.kind in ("single", "multiple"):
        return "".join(LETTERS[place] for place, one in enumerate(draft.options) if one.is_right)
    if draft.kind == "true_false":
        return "√" if draft.is_true else "×"
    if draft.kind == "cloze":
        return "；".join(_blank(blank) for blank in draft.blanks)
    if draft.kind == "numeric":
        return f"{'|'.join(_span(span) for span in draft.spans)}{draft.unit}"
    if draft.kind == "ordering":
        texts = [option.text for option in draft.options]
        printed = shuffled_texts(texts)
        return "".join(LETTERS[printed.index(text)] for text in texts)
    if draft.kind == "matching":
        printed = shuffled_texts([right for _, right in draft.pairs] + list(draft.extras))
        return "  ".join(
            f"{circled(place)}-{LETTERS[printed.index(right)]}"
            for place, (_, right) in enumerate(draft.pairs, start=1)
        )
    if draft.kind == "case":
        return " ".join(
            f"（{place}）{_key(part)}" for place, part in enumerate(draft.parts, start=1)
        )
    return draft.sample


def _blank(blank: DraftBlank) -> str:
    if blank.accepted:
        return "|".join(one.text for one in blank.accepted)
    if blank.spans:
        return "|".join(_span(span) for span in blank.spans)
    return "|".join(option.text for option in blank.options if option.is_right)


def _span(span: Span) -> str:
    return span.low if span.low == span.high else f"{span.low}~{span.high}"
