"""What changed between two wordings of an item: only its writing, or what is right, too."""

import unicodedata
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from question_bank.items import Item, building
from question_bank.items.draft import Draft

# A slip of the pen in an explanation: more is another explanation, which is read anew.
TYPO_MOST = 6
_INSIDE_NUMBERS = ".,:/-~%"


def folded(text: str) -> str:
    """Return the letters, digits, hanzi and signs of a text, without punctuation and space.

    Width is folded, case is not. Marks inside numbers stay: 5.5 is not 55, and -3 is not 3.
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        character
        for place, character in enumerate(plain)
        if not _is_mark(character) or _is_in_number(plain, place)
    )


def _is_mark(character: str) -> bool:
    """Tell whether a character is punctuation, space or invisible. Signs such as < are none."""
    return unicodedata.category(character)[0] in "PZC"


def _is_in_number(text: str, place: int) -> bool:
    """Tell whether a mark belongs to the number beside it."""
    if text[place] not in _INSIDE_NUMBERS:
        return False
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return after.isdigit() or (text[place] == "%" and before.isdigit())


def _texts_folded(value: Any) -> Any:
    """Fold every text of a draft, all the way down; numbers and names of pictures stay."""
    if isinstance(value, str):
        return folded(value)
    if isinstance(value, tuple):
        return tuple(_texts_folded(one) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(
            value,
            **{name: _texts_folded(getattr(value, name)) for name in value.__dataclass_fields__},
        )
    return value


def is_typo(old: Item, new: Item) -> bool:
    """Tell whether `new` only mends the writing of `old`.

    Punctuation, space and width may change anywhere. Beyond that only the explanation may, by at
    most six characters, and in none of its digits. Kind, order, key, scoring and pictures stay.
    """
    before, after = building.draft_of(old), building.draft_of(new)
    if _without_explanation(before) != _without_explanation(after):
        return False
    pairs = zip(_explanations(before), _explanations(after), strict=True)
    return all(_is_slip(folded(one), folded(other)) for one, other in pairs)


def _without_explanation(draft: Draft) -> Draft:
    # Numbers are compared as they are written: what a blank accepts is no prose.
    bare: Draft = _texts_folded(replace(draft, explanation="", parts=(), blanks=(), spans=()))
    return replace(
        bare,
        blanks=draft.blanks,
        spans=draft.spans,
        parts=tuple(_without_explanation(part) for part in draft.parts),
    )


def _explanations(draft: Draft) -> list[str]:
    return [draft.explanation, *(text for part in draft.parts for text in _explanations(part))]


def _is_slip(before: str, after: str) -> bool:
    """Tell whether two folded texts differ by a few characters, and in none of a number."""
    if _numbers(before) != _numbers(after):
        return False
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    changed = sum(
        max(end - start, other_end - other_start)
        for tag, start, end, other_start, other_end in matcher.get_opcodes()
        if tag != "equal"
    )
    return changed <= TYPO_MOST


def _numbers(text: str) -> list[str]:
    """Return the digits of a folded text, hanzi that count among them, and the marks inside."""
    return [character for character in text if character.isnumeric() or _is_mark(character)]


def is_key_changed(old: Item, new: Item) -> bool:
    """Tell whether another response is right now, or earns something else.

    What is compared is what a person could have given: the wording of stems and of wrong options
    may change without it.
    """
    return _key(building.draft_of(old)) != _key(building.draft_of(new))


def _key(draft: Draft) -> tuple[Any, ...]:
    """Return what makes a response right, in words instead of ids."""
    right = [folded(option.text) for option in draft.options if option.is_right]
    in_order = [folded(option.text) for option in draft.options]
    return (
        draft.kind,
        draft.scoring,
        in_order if draft.kind == "ordering" else sorted(right),
        sorted((folded(o.text), o.weight) for o in draft.options if o.weight is not None),
        draft.is_true,
        draft.blanks,
        draft.spans,
        sorted((folded(left), folded(fitting)) for left, fitting in draft.pairs),
        [zone for zone in draft.zones if zone.is_right],
        [_key(part) for part in draft.parts],
    )
