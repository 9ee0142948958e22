"""The code of a team for a shift: who types it on a wall speaks for that team.

Nothing is stored: it follows from the server's key, and the next shift has another one.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from flask import current_app

from quizapp.org import service as org
from quizapp.org.rules import TEAM

from ...rules import Shift

DIGITS = 6


def code_of(unit_public_id: str, shift: Shift) -> str:
    """Return the six digits that a team's leader reads on the phone and types on the wall."""
    said = f"preshift-code:{unit_public_id}:{shift.day}:{shift.slot}"
    key = str(current_app.config["SECRET_KEY"]).encode()
    number = int.from_bytes(hmac.new(key, said.encode(), hashlib.sha256).digest()[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}}"


def find_team(
    organisation_id: int, unit: org.UnitLine, shift: Shift, typed: str
) -> org.UnitLine | None:
    """Return the team at or below ``unit`` whose code was typed; None when it is nobody's.

    Two teams with the same code, one chance in a million, are nobody's either.
    """
    folded = "".join(unicodedata.normalize("NFKC", typed).split())
    teams = org.list_units(organisation_id, below=unit.path, kinds=(TEAM,))
    found = [
        team
        for team in teams
        if hmac.compare_digest(code_of(team.public_id, shift).encode(), folded.encode())
    ]
    return found[0] if len(found) == 1 else None
