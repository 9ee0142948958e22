"""The state machine of review and who may sign, as pure functions. Source: domain-rules.md 2.3."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

FIRST, SECOND, FINAL, DEMO = "first", "second", "final", "demo"
DEFAULT_LEVELS = 3

# From which states an act leads to which; a level that is passed leads to the next one instead.
ENDS: Mapping[str, tuple[frozenset[str], str]] = {
    "return": (frozenset({FIRST, SECOND, FINAL}), "returned"),
    "cancel": (frozenset({FIRST, SECOND, FINAL, "scheduled"}), "cancelled"),
    "publish": (frozenset({FINAL, "scheduled"}), "published"),
    "schedule": (frozenset({FINAL}), "scheduled"),
    "withdraw": (frozenset({"published"}), "withdrawn"),
    "expire": (frozenset({"published"}), "expired"),
    "supersede": (frozenset({"published"}), "superseded"),
}
UNDERWAY = frozenset({FIRST, SECOND, FINAL, "scheduled"})
# What was published once, whatever became of it; its signatures have to be complete for ever.
PUBLISHED_ONCE = frozenset({"published", "withdrawn", "expired", "superseded"})

# What a reviewer ticks before passing: codes, worded by the desk. Each kind of thing adds its own.
CHECKLISTS: Mapping[str, tuple[str, ...]] = {
    FIRST: ("facts", "language"),
    SECOND: ("law", "secrecy", "respect"),
    FINAL: ("direction", "settled", "symbols"),
}


def path_of(levels: int, *, is_typo: bool = False) -> tuple[str, ...]:
    """Return the levels a wording passes, in order, under a policy of ``levels`` from 1 to 3.

    The last word is always the final one. A mended typo skips the first of three levels.
    """
    if levels == 1:
        return (FINAL,)
    if levels == 2:
        return (FIRST, FINAL)
    return (SECOND, FINAL) if is_typo else (FIRST, SECOND, FINAL)


def after(path: Sequence[str], level: str) -> str | None:
    """Return the level after ``level``, or None when it is the last one."""
    place = path.index(level)
    return path[place + 1] if place + 1 < len(path) else None


def may(act: str, state: str) -> bool:
    """Tell whether ``act``, a key of ``ENDS``, is possible in ``state``."""
    return state in ENDS[act][0]


def why_not_sign(
    person_id: int, *, author_id: int | None, signed_by: Collection[int | None], has_role: bool
) -> str:
    """Return why a person may not sign the level a case is at, empty when they may.

    Reasons: ``author`` (nobody reviews their own wording), ``signed`` (each level is another
    person's), ``role`` (the level is not theirs).
    """
    if person_id == author_id:
        return "author"
    if person_id in signed_by:
        return "signed"
    return "" if has_role else "role"


def missing_points(asked: Sequence[str], ticked: Collection[str]) -> tuple[str, ...]:
    """Return the points of a checklist that are not ticked yet, in its order."""
    return tuple(code for code in asked if code not in ticked)


def is_due(publish_at: datetime | None, now: datetime) -> bool:
    """Tell whether a wording that passed is published now; None: as soon as it passed."""
    return publish_at is None or publish_at <= now


def why_unsound(
    path: Sequence[str],
    author_id: int | None,
    content_hash: str,
    signatures: Sequence[tuple[str, int | None, str]],
) -> str:
    """Return what is wrong with the signatures of a published wording, empty when nothing is.

    ``signatures`` holds (stage, person, hash) of every signature that passed it. Sound are those of
    all levels by different people who are not the author, or the single one of the demo.
    """
    stages = sorted(stage for stage, _person, _hash in signatures)
    people = [person for _stage, person, _hash in signatures]
    if any(signed != content_hash for _stage, _person, signed in signatures):
        return "signed for other content"
    if stages == [DEMO]:
        return ""
    if stages != sorted(path):
        return "published without the signatures for it"
    if len(set(people)) != len(people):
        return "signed twice by one person"
    return "signed by its author" if author_id is not None and author_id in people else ""
