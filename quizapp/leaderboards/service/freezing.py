"""Boards that stand still before a ceremony, and their reveal. Points go on meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.points import service as points

from ..models import Freeze, FrozenStanding, Standing
from .shown import Shown, shown_boards
from .stepping import step_boards
from .updating import BOARDS

LONGEST = timedelta(days=31)


@atomic
def freeze_boards(viewer: Viewer, reveals_at: datetime | None = None) -> None:
    """Let every board and wall of the season stand still as of now, until ``reveals_at``.

    ``reveals_at`` None: until somebody reveals them by hand. Raises Refusal when there are no
    boards, they stand still already, or the moment is past or more than 31 days ahead.
    """
    lock_for_command(BOARDS, 0)
    shown = _boards(viewer)
    if shown.freeze_id:
        raise Refusal(_("The boards stand still already. Reveal them first."))
    _check(reveals_at)
    freeze = Freeze(
        season_id=shown.season.id,
        active_season_id=shown.season.id,
        version=shown.version,
        frozen_at=clock.now(),
        reveals_at=reveals_at,
        frozen_by=viewer.id,
    )
    db.session.add(freeze)
    db.session.flush()
    _copy(freeze)
    step_boards(shown.season.id)
    _note("leaderboards.boards_frozen", shown, viewer.id, reveals_at)


def _copy(freeze: Freeze) -> None:
    """Copy the standings of a season into the frozen ones, within the database."""
    frozen, standing = FrozenStanding.__table__.c, Standing.__table__.c
    names = [column.name for column in frozen if column.name != "freeze_id"]
    db.session.execute(
        insert(FrozenStanding).from_select(
            ["freeze_id", *names],
            select(literal(freeze.id), *(standing[name] for name in names)).where(
                standing.season_id == freeze.season_id
            ),
        )
    )


@atomic
def schedule_reveal(viewer: Viewer, reveals_at: datetime | None) -> None:
    """Set, change or take away the moment at which the boards move again by themselves.

    Raises Refusal when they do not stand still, or the moment is past or too far ahead.
    """
    shown = _boards(viewer)
    freeze = _active(shown)
    _check(reveals_at)
    freeze.reveals_at = reveals_at
    step_boards(shown.season.id)
    _note("leaderboards.reveal_scheduled", shown, viewer.id, reveals_at)


@atomic
def reveal_boards(viewer: Viewer) -> None:
    """Let the boards move again; raise Refusal when they do not stand still."""
    lock_for_command(BOARDS, 0)
    shown = _boards(viewer)
    _end(_active(shown), viewer.id)
    _note("leaderboards.boards_revealed", shown, viewer.id, None)


@atomic
def reveal_due() -> int:
    """Reveal the boards whose moment has come; return how many. For the background process."""
    lock_for_command(BOARDS, 0)
    due = db.session.scalars(
        select(Freeze).where(Freeze.active_season_id.is_not(None), Freeze.reveals_at <= clock.now())
    ).all()
    for freeze in due:
        season = points.get_season(freeze.season_id)
        _end(freeze, None)
        audit.record("leaderboards.boards_revealed", f"season:{season.public_id}", by="time")
    return len(due)


def has_due() -> bool:
    """Tell whether boards wait for their reveal by now; a read, so that no lock is taken."""
    return bool(
        db.session.scalar(
            select(Freeze.id)
            .where(Freeze.active_season_id.is_not(None), Freeze.reveals_at <= clock.now())
            .limit(1)
        )
    )


def _end(freeze: Freeze, actor_id: int | None) -> None:
    season_id = freeze.season_id
    freeze.active_season_id = None
    freeze.revealed_at, freeze.revealed_by = clock.now(), actor_id
    db.session.execute(
        delete(FrozenStanding)
        .where(FrozenStanding.freeze_id == freeze.id)
        .execution_options(synchronize_session=False)
    )
    db.session.flush()
    step_boards(season_id)


def _boards(viewer: Viewer) -> Shown:
    shown = shown_boards(viewer.organisation_id)
    if shown is None:
        raise Refusal(_("There are no boards yet. They begin with a season."))
    return shown


def _active(shown: Shown) -> Freeze:
    if not shown.freeze_id:
        raise Refusal(_("The boards do not stand still at the moment."))
    return db.session.get_one(Freeze, shown.freeze_id)


def _check(reveals_at: datetime | None) -> None:
    if reveals_at is None:
        return
    if reveals_at <= clock.now():
        raise Refusal(_("This moment is past. Choose a later one."), field="reveals_at", status=422)
    if reveals_at > clock.now() + LONGEST:
        raise Refusal(
            _("Boards stand still for 31 days at most. Choose an earlier moment."),
            field="reveals_at",
            status=422,
        )


def _note(action: str, shown: Shown, actor_id: int, reveals_at: datetime | None) -> None:
    facts = {"reveals_at": reveals_at.isoformat()} if reveals_at else {}
    audit.record(action, f"season:{shown.season.public_id}", actor_id=actor_id, **facts)
