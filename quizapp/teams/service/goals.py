"""Shared goals: set together with the leader, measured out of sums, celebrated once a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, func, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.leaderboards.service import Place
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import normal_name
from quizapp.points import service as points

from .. import rules
from ..models import Cheer, Goal
from .measuring import measure_row
from .places import Team, get_team, may_lead, today_of

GOALS = 7061  # class of the advisory locks, one per unit


@dataclass(frozen=True)
class Draft:
    """A goal as a leader proposes it; ``ends_on`` is its last day."""

    kind: str
    target: int
    ends_on: date
    note: str = ""


@dataclass(frozen=True)
class GoalLine:
    """A goal with how far it is; ``full`` of ``steps`` graduations are drawn full."""

    public_id: str
    kind: str
    target: int
    value: int
    full: int
    steps: int
    note: str
    ends_on: date
    met_on: date | None
    is_celebrated: bool

    @property
    def left(self) -> int:
        """Return what is still to go; 0 once it is met."""
        return max(0, self.target - self.value)


@dataclass(frozen=True)
class Goals:
    """A team's goals that go on, and those that it has met this season, the newest first."""

    open: list[GoalLine]
    met: list[GoalLine]


NO_GOALS = Goals([], [])


def list_goals(viewer: Viewer, place: Place) -> Goals:
    """Return the goals of a row of the boards: two statements, and one more while any is open.

    A goal that was met lately is celebrated until the viewer has put that away.
    """
    today = today_of(viewer)
    rows = db.session.scalars(
        select(Goal)
        .where(Goal.unit_id == place.unit_id, Goal.season_id == place.season.id)
        .order_by(Goal.met_on.desc(), Goal.ends_on, Goal.id)
    ).all()
    going = [row for row in rows if rules.is_open(row.met_on, row.ends_on, today)]
    met = [row for row in rows if row.met_on]
    values = measure_row(place.season, place.unit_id, going)
    fresh = [row.id for row in met if rules.is_fresh(row.met_on, today)]
    cheered = set(
        db.session.scalars(
            select(Cheer.goal_id).where(Cheer.goal_id.in_(fresh), Cheer.person_id == viewer.id)
        )
        if fresh
        else ()
    )
    waits = set(fresh) - cheered if viewer.unit_id in place.unit_ids else set()
    return Goals(
        [_line(row, values[row.id], is_celebrated=False) for row in going],
        [_line(row, row.target, is_celebrated=row.id in waits) for row in met],
    )


def _line(goal: Goal, value: int, *, is_celebrated: bool) -> GoalLine:
    full, total = rules.steps(value, goal.target)
    return GoalLine(
        public_id=goal.public_id,
        kind=goal.kind,
        target=goal.target,
        value=value,
        full=full,
        steps=total,
        note=goal.note,
        ends_on=goal.ends_on,
        met_on=goal.met_on,
        is_celebrated=is_celebrated,
    )


def get_led_team(viewer: Viewer, unit_id: str) -> Team:
    """Return a team the viewer leads; raise LookupError for any other."""
    team = get_team(viewer, unit_id)
    if not may_lead(viewer, team):
        raise LookupError(f"unit {unit_id}")
    return team


def get_place_for_goals(viewer: Viewer, team: Team) -> Place:
    """Return the row that goals of ``team`` belong to; raise Refusal when it can have none now."""
    place = team.place
    if place is None or today_of(viewer) > place.season.ends_on:
        raise Refusal(_("Goals belong to a season, and none is running for this team."))
    if team.is_merged:
        raise Refusal(_("A team can set goals from five people on, so that nobody stands out."))
    return place


@atomic
def set_goal(viewer: Viewer, unit_id: str, draft: Draft) -> str:
    """Set a goal for a team the viewer leads and return its public id.

    Raises LookupError for another team, Refusal when the goal is out of reach or reached already,
    ends outside the season, or two goals are open.
    """
    team = get_led_team(viewer, unit_id)
    place = get_place_for_goals(viewer, team)
    today = today_of(viewer)
    lock_for_command(GOALS, place.unit_id)
    _refuse_third(place, today)
    _refuse_days(place, draft, today)
    goal = Goal(
        unit_id=place.unit_id,
        season_id=place.season.id,
        kind=draft.kind,
        target=draft.target,
        note=normal_name(draft.note)[: rules.MOST_NOTE],
        set_on=today,
        ends_on=draft.ends_on,
        set_by_id=viewer.id,
    )
    _refuse_target(place, goal, today)
    db.session.add(goal)
    db.session.flush()
    audit.record(
        "teams.goal_set",
        f"goal:{goal.public_id}",
        actor_id=viewer.id,
        kind=goal.kind,
        target=goal.target,
    )
    return goal.public_id


@atomic
def record_met_goal(viewer: Viewer, place: Place, draft: Draft, *, met_on: date) -> None:
    """Write a goal that was met already, for a history that is written in one go."""
    db.session.add(
        Goal(
            unit_id=place.unit_id,
            season_id=place.season.id,
            kind=draft.kind,
            target=draft.target,
            note=draft.note,
            set_on=place.season.starts_on,
            ends_on=draft.ends_on,
            set_by_id=viewer.id,
            met_on=met_on,
        )
    )


def _refuse_third(place: Place, today: date) -> None:
    number = db.session.scalar(
        select(func.count()).where(
            Goal.unit_id == place.unit_id,
            Goal.season_id == place.season.id,
            Goal.met_on.is_(None),
            Goal.ends_on >= today,
        )
    )
    if (number or 0) >= rules.GOALS_OPEN:
        raise Refusal(_("Two goals are open already. End one of them first, or wait for it."))


def _refuse_days(place: Place, draft: Draft, today: date) -> None:
    if draft.ends_on < today:
        raise Refusal(
            _("This day is over. Choose today or a later one."), field="ends_on", status=422
        )
    if draft.ends_on > place.season.ends_on:
        raise Refusal(
            _(
                "The season ends on %(day)s; a goal ends no later.",
                day=place.season.ends_on.isoformat(),
            ),
            field="ends_on",
            status=422,
        )


def _refuse_target(place: Place, goal: Goal, today: date) -> None:
    """Refuse what nobody could reach, and what the team has already."""
    rule = points.rules_on(place.season.organisation_id, today).rule(rules.PRESHIFT_ACTIVITY)
    limit = (rule.week_limit or 7 * rule.day_limit) if rule else 0
    most = rules.most_target(goal.kind, place.season.starts_on, goal.ends_on, limit)
    if not 0 < goal.target <= most:
        raise Refusal(
            _(
                "Until that day at most %(most)s can be reached. Choose a smaller number.",
                most=most,
            ),
            field="target",
            status=422,
        )
    value = measure_row(place.season, place.unit_id, [goal])[goal.id]
    if value >= goal.target:
        raise Refusal(
            ngettext(
                "The team has %(num)d already. Choose a larger number.",
                "The team has %(num)d already. Choose a larger number.",
                value,
            ),
            field="target",
            status=422,
        )


def _get_goal(viewer: Viewer, goal_id: str) -> tuple[Goal, Unit]:
    """Return a goal of the viewer's organisation with its unit; raise LookupError for any other."""
    row = db.session.execute(
        select(Goal, Unit)
        .join(Unit, Unit.id == Goal.unit_id)
        .where(Goal.public_id == goal_id, Unit.organisation_id == viewer.organisation_id)
    ).first()
    if row is None:
        raise LookupError(f"goal {goal_id}")
    return row[0], row[1]


@atomic
def withdraw_goal(viewer: Viewer, goal_id: str) -> str:
    """End an open goal of a team the viewer leads; return the unit's public id.

    Raises LookupError for a goal of another team, Refusal for one that is met.
    """
    goal, unit = _get_goal(viewer, goal_id)
    if not viewer.covers(Permission.LEAD_TEAM, unit.path):
        raise LookupError(f"goal {goal_id}")
    if goal.met_on:
        raise Refusal(_("This goal is met; it stays with the season."))
    db.session.delete(goal)
    audit.record("teams.goal_ended", f"goal:{goal.public_id}", actor_id=viewer.id)
    return unit.public_id


@atomic
def cheer(viewer: Viewer, goal_id: str) -> None:
    """Put the celebration of a goal of the viewer's own team away; a second time does nothing.

    Raises LookupError for a goal of another team, or one that is not met.
    """
    goal, _unit = _get_goal(viewer, goal_id)
    team = org.get_units([viewer.unit_id])[viewer.unit_id] if viewer.unit_id else None
    is_own = team is not None and goal.unit_id in {
        int(part) for part in team.path.strip("/").split("/")
    }
    if not is_own or goal.met_on is None:
        raise LookupError(f"goal {goal_id}")
    db.session.execute(
        insert(Cheer).values(goal_id=goal.id, person_id=viewer.id).on_conflict_do_nothing()
    )


@atomic
def forget_cheers(before: date) -> int:
    """Delete who put celebrations away of goals that ended before a day; return how many rows."""
    old = select(Goal.id).where(Goal.ends_on < before)
    gone = db.session.scalars(
        delete(Cheer)
        .where(Cheer.goal_id.in_(old))
        .returning(Cheer.goal_id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
