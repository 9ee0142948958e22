"""Building a generation: a whole copy of the standings, there at once when its pointer moves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex

from quizapp.core.redis import store
from quizapp.points import rules as points_rules

from .scripts import STEP, SWITCH, pointer_of, run

CHUNK = 1000
UNFINISHED_SECONDS = 3600  # a copy whose builder died goes away by itself
KEPT_SECONDS = 3 * 24 * 3600  # a new day makes a new copy; a season that is over, one in three days


@dataclass(frozen=True)
class RankedTeam:
    """A standing with its names, as it goes into a ranking."""

    unit_id: int
    bracket: str
    members: int
    score: int
    rank: int
    rank_before: int | None
    name: str
    workshop: str


def details(team: RankedTeam) -> str:
    """Return what the store keeps of a team beside its score."""
    return json.dumps(
        [team.name, team.workshop, team.members, team.rank_before],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def endings() -> list[str]:
    """Return how the keys of a generation end, after its base."""
    sets = [f":{kind}:{name}" for kind in ("rank", "name") for name in points_rules.SHRINKAGE]
    return [*sets, ":rows"]


def version_of(scope: str) -> int | None:
    """Return the version at which a board's ranking is; None when there is none."""
    found = store().client.hget(pointer_of(scope), "version")
    return int(str(found)) if found else None


def forget(scope: str) -> None:
    """Let go of a board's ranking."""
    store().client.delete(pointer_of(scope))


def is_sound(teams: Sequence[RankedTeam]) -> bool:
    """Tell whether every rank is one more than the number of higher scores of its bracket.

    A ranking works ranks out of the scores. Where the rows say something else, it stays away.
    """
    known: dict[str, list[tuple[int, int]]] = {bracket: [] for bracket in points_rules.SHRINKAGE}
    for team in teams:
        known[team.bracket].append((team.unit_id, team.score))
    ranks = {
        unit: rank for rows in known.values() for unit, rank in points_rules.ranks(rows).items()
    }
    return len(teams) < STEP and all(ranks[team.unit_id] == team.rank for team in teams)


def build(scope: str, version: int, teams: Sequence[RankedTeam]) -> bool:
    """Write a new generation of ``teams``, given by name, and move the pointer to it.

    Returns False when the rows are not sound, or a newer generation was there first.
    """
    if not is_sound(teams):
        return False
    base = store().key("ranking", scope, token_hex(8))
    for number, commands in enumerate(_commands(base, teams)):
        with store().client.pipeline(transaction=False) as pipe:
            for key, entries in commands:
                if key.endswith(":rows"):
                    pipe.hset(key, mapping=dict(entries.items()))
                else:
                    pipe.zadd(key, entries)
                if number == 0:
                    pipe.expire(key, UNFINISHED_SECONDS)
            pipe.execute()
    return bool(run(SWITCH, pointer_of(scope), version, base, KEPT_SECONDS, *endings()))


def _commands(
    base: str, teams: Sequence[RankedTeam]
) -> Iterator[list[tuple[str, dict[str, str | int]]]]:
    """Yield for each chunk of teams what goes into which key. The first chunk opens every key."""
    opening = {
        bracket: [team for team in teams if team.bracket == bracket][:1]
        for bracket in points_rules.SHRINKAGE
    }
    order = {team.unit_id: place for place, team in enumerate(teams)}
    chunks = [[team for found in opening.values() for team in found]]
    chunks += [list(teams[start : start + CHUNK]) for start in range(0, len(teams), CHUNK)]
    for chunk in chunks:
        entries: dict[str, dict[str, str | int]] = {f"{base}:rows": {}}
        for team in chunk:
            unit, place = str(team.unit_id), order[team.unit_id]
            ranked = entries.setdefault(f"{base}:rank:{team.bracket}", {})
            ranked[unit] = place - team.score * STEP
            entries.setdefault(f"{base}:name:{team.bracket}", {})[unit] = place
            entries[f"{base}:rows"][unit] = details(team)
        yield [(key, found) for key, found in entries.items() if found]
