"""Hashes that are the same on every machine: contents of an item, and numbers drawn from a seed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def content_hash(payload: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a payload's canonical JSON as 64 hex digits.

    Canonical means sorted keys, no spaces and unescaped UTF-8, so that equal payloads have equal
    hashes.
    """
    canonical = json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def seeded_number(*parts: object, bits: int = 256) -> int:
    """Return a number of at most `bits` bits (1..256) that depends on the parts and nothing else.

    Python's own `hash` differs from process to process; a form must come out the same everywhere.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big") >> (256 - bits)
