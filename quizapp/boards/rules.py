"""Decisions about pairing and presence, as pure functions."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta

# Without 0 O 1 I L 2 Z 5 S 8 B: read across a hall, typed on a phone.
CODE_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
CODE_LENGTH = 6
CODE_SECONDS = 600
ONLINE_FOR = timedelta(seconds=45)
DISTANCES = (4, 6, 8, 10)
THEMES = ("dark", "light")


def new_code() -> str:
    """Return a random pairing code: 25^6, alive for ten minutes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def normal_code(typed: str) -> str:
    """Return a code as it is looked up: NFKC, upper case, without spaces and dashes."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in folded if letter not in " -\u3000—－")


def is_code(text: str) -> bool:
    """Tell whether ``text`` could be a code at all."""
    return len(text) == CODE_LENGTH and all(letter in CODE_ALPHABET for letter in text)


def is_online(last_seen: datetime | None, now: datetime) -> bool:
    """Tell whether a display that was heard of at ``last_seen`` counts as connected."""
    return last_seen is not None and now - last_seen < ONLINE_FOR
