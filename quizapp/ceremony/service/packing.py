"""The boards of a closed season as a ceremony needs them: podiums, and an archive of its files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import FinalBoards, FinalBracket, FinalTeam

from .. import rules
from ..rules import Column, Honoured
from .paper import write_paper
from .workbook import write_workbook

LIGHT = "light"


@dataclass(frozen=True)
class Podium:
    """A bracket as it is revealed; ``teams`` is how many were ranked in it."""

    bracket: str
    teams: int
    columns: tuple[Column, ...]
    most_improved: tuple[Honoured, ...]


@dataclass(frozen=True)
class Pack:
    """A closed season with its podiums; ``is_light``: no ranks, no scores, names in their order."""

    boards: FinalBoards
    is_light: bool
    podiums: tuple[Podium, ...]


def get_pack(viewer: Viewer, season_id: str) -> Pack:
    """Return a closed season of the viewer's organisation for its ceremony.

    Raises LookupError when there is no such season, it is not closed, or the viewer may not.
    """
    if not viewer.may(Permission.MANAGE_RECOGNITION):
        raise LookupError(f"season {season_id}")
    boards = leaderboards.get_final(viewer, season_id)
    is_light = leaderboards.profile_of(viewer.organisation_id) == LIGHT
    return Pack(
        boards, is_light, tuple(_podium(bracket, is_light=is_light) for bracket in boards.brackets)
    )


def _podium(bracket: FinalBracket, *, is_light: bool) -> Podium:
    listed = [team for team in bracket.honours if rules.may_be_listed(team.members)]
    honoured = [_honoured(team, is_light=is_light) for team in listed]
    arrange = rules.in_turn if is_light else rules.columns
    return Podium(
        bracket=bracket.bracket,
        teams=len(bracket.rows),
        columns=arrange(honoured),
        most_improved=tuple(
            _honoured(team, is_light=True)
            for team in bracket.most_improved
            if rules.may_be_listed(team.members)
        ),
    )


def _honoured(team: FinalTeam, *, is_light: bool) -> Honoured:
    return Honoured(team.name, team.workshop, team.rank, None if is_light else team.score)


def write_archive(pack: Pack, names: tuple[str, str]) -> bytes:
    """Return the workbook and the sheet in one ZIP file, under these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(names[0], write_workbook(pack))
        archive.writestr(names[1], write_paper(pack))
    return out.getvalue()
