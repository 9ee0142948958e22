"""References of ledger lines: how a person names a line of theirs to an administrator.

Nothing is stored: a reference is the number of the entry with a keyed check behind it. So nobody
reads other lines off their own, and a mistyped one names nothing instead of another line.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from flask import current_app

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L, which are misread
CHECK_LENGTH = 7  # 31 ** 7: more than 34 bits
NUMBER_LENGTH = 5  # at least; it grows with the ledger
MOST_NUMBER_LENGTH = 9
GROUP = 4


def reference_of(entry_id: int) -> str:
    """Return the reference of an entry, in groups: ``K7M4-RX2P-9TQB``."""
    whole = _written(entry_id, NUMBER_LENGTH) + _check_of(entry_id)
    return "-".join(whole[start : start + GROUP] for start in range(0, len(whole), GROUP))


def entry_id_of(reference: str) -> int | None:
    """Return the entry that somebody's typing names, or None when it names none.

    Width, case, spaces and dashes make no difference.
    """
    typed = _normal(reference)
    number, check = typed[:-CHECK_LENGTH], typed[-CHECK_LENGTH:]
    if not NUMBER_LENGTH <= len(number) <= MOST_NUMBER_LENGTH or set(typed) - set(ALPHABET):
        return None
    entry_id = 0
    for letter in number:
        entry_id = entry_id * len(ALPHABET) + ALPHABET.index(letter)
    # The number has one spelling: zeros in front of it would give a line many references.
    is_ours = hmac.compare_digest(check, _check_of(entry_id))
    return entry_id if is_ours and _written(entry_id, NUMBER_LENGTH) == number else None


def _normal(reference: str) -> str:
    folded = unicodedata.normalize("NFKC", reference[:80]).upper()
    return "".join(
        letter
        for letter in folded
        if not letter.isspace() and unicodedata.category(letter) not in ("Pd", "Cf")
    )


def _check_of(entry_id: int) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.digest(key, f"points entry {entry_id}".encode(), hashlib.sha256)
    return _written(int.from_bytes(digest, "big") % len(ALPHABET) ** CHECK_LENGTH, CHECK_LENGTH)


def _written(number: int, length: int) -> str:
    """Return a number in the letters of the alphabet, filled up to ``length`` in front."""
    letters = ""
    while number:
        number, place = divmod(number, len(ALPHABET))
        letters = ALPHABET[place] + letters
    return letters.rjust(length, ALPHABET[0])
