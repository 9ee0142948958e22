"""The board of a bracket, and the rules of the game."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.org.rules import learning_day
from quizapp.points import rules as points_rules

from .. import rules, service
from . import kept
from .blueprint import bp
from .kept import BoardRow, Tab


@dataclass(frozen=True)
class OwnTeam:
    """The viewer's team, with its place on the scale to the next one (0..100).

    ``lead_rank`` and ``lead`` are the next place below and the distance to it, told at the top.
    """

    name: str
    rank: int
    is_tied: bool
    score: int
    next_rank: int | None
    next_score: int | None
    gap: int | None
    position_pct: int
    next_pct: int
    lead_rank: int | None
    lead: int | None
    effort: rules.Effort | None
    members: int
    stars: int | None
    to_star: int | None


@dataclass(frozen=True)
class BoardPage:
    """The team board as one team sees it: nothing of it depends on the person."""

    own: OwnTeam | None
    brackets: list[Tab]
    has_rows: bool
    leaders: list[BoardRow]
    neighbours: list[BoardRow]
    is_apart: bool
    as_of: datetime | None
    is_merged: bool
    thresholds: tuple[int, ...]
    sentence: str  # how the score comes about


@bp.get("")
@allow(Permission.TAKE_PART)
def board() -> Any:
    """Show the board of a bracket, the viewer's own when none is chosen."""
    asked = request.args.get("bracket", "")
    bracket = asked if asked in points_rules.SHRINKAGE else ""
    return kept.show("board", (bracket, viewer().unit_id), lambda shown: _draw(shown, bracket))


def _draw(shown: service.Shown, bracket: str) -> str | None:
    found = service.get_board(viewer(), bracket or None, shown=shown)
    if found is None:
        return None
    drawn = render_template("leaderboards/_board.html", page=_board_page(found))
    today = learning_day(clock.now(), viewer().time_zone)
    about = (found.season.id, found.version, found.bracket, today)
    own_id = found.own.unit_id if found.own else None
    return drawn.replace(kept.ROWS_PLACE, kept.lines(about, found.rows, own_id), 1)


def _board_page(found: service.BoardView) -> BoardPage:
    own_id = found.own.unit_id if found.own else None
    return BoardPage(
        own=_own(found),
        brackets=kept.brackets("board", found.brackets, found.bracket),
        has_rows=bool(found.rows),
        leaders=[kept.page_row(row, own_id) for row in found.leaders],
        neighbours=[kept.page_row(row, own_id) for row in found.around],
        is_apart=found.is_apart,
        as_of=found.as_of,
        is_merged=found.is_merged,
        thresholds=found.thresholds,
        sentence=service.score_sentence(found.season.method),
    )


def _own(found: service.BoardView) -> OwnTeam | None:
    if found.own is None:
        return None
    own = found.own
    return OwnTeam(
        name=own.name,
        rank=own.rank,
        is_tied=own.is_tied,
        score=own.score,
        next_rank=found.next_rank,
        next_score=found.next_score,
        gap=rules.gap_to_next(own.score, found.next_score),
        position_pct=rules.position_on_scale(own.score, found.lowest, found.highest),
        next_pct=rules.position_on_scale(
            found.next_score or own.score, found.lowest, found.highest
        ),
        lead_rank=found.after_rank,
        lead=own.score - found.after_score if found.after_score is not None else None,
        effort=found.effort,
        members=own.members,
        stars=own.stars,
        to_star=rules.to_next_star(own.score, found.thresholds),
    )
