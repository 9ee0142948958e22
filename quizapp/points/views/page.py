"""The public rules: in force, older and coming ones, a week to try out, a sheet to hang up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.org import service as org
from quizapp.org.rules import TEAM, learning_day

from .. import rules, service
from ..rules import RuleSet
from .blueprint import bp
from .wording import activity_label, bracket_label, in_order, limit_label

DAILY = "daily"
TEAM_ACTS = ("preshift_answered",)  # they earn for the team and never for a person
USUAL = {DAILY: 4, "quiz_passed": 1, "report_accepted": 1}
MOST_TIMES = 14


@dataclass(frozen=True)
class RuleLine:
    """A line of the rules."""

    label: str
    points: int
    limit: str


@dataclass(frozen=True)
class VersionLine:
    """A version, and in words when it begins and which days it holds."""

    version: int
    begins: str
    days: str
    state: str  # old, now, coming
    is_shown: bool


@dataclass(frozen=True)
class TrialLine:
    """An act to try out, and what it comes to within the limit of its activity."""

    key: str
    label: str
    times: int
    most: int
    counted: int
    problem: str | None


@dataclass(frozen=True)
class TrialPart:
    """A week tried out; ``notes`` say which limits were reached."""

    lines: list[TrialLine]
    points: int
    most: int
    notes: list[str]


@dataclass(frozen=True)
class EffectPart:
    """What the week tried out does for a team; ``team`` None: the viewer's has no row of its own.

    ``others`` are sizes of teams with the points their score would gain.
    """

    team: str | None
    members: int
    gain: int | None
    others: list[tuple[int, int]]
    shrinkage: int


@dataclass(frozen=True)
class RulesPage:
    """A version of the rules, as anybody may read it."""

    lines: list[RuleLine]
    day_limit: int
    week_limit: int
    shown: VersionLine
    versions: list[VersionLine]
    brackets: list[tuple[str, int]]


@bp.get("", endpoint="rules")
@allow(Permission.TAKE_PART)
def show() -> Any:
    """Show the rules in force, or another version of them, with a week to try out."""
    shown = _asked_version()
    trial = _trial(shown)
    may_edit = viewer().may(Permission.MANAGE_RECOGNITION)
    return render_template(
        "points/rules.html" if may_edit else "points/rules_phone.html",
        page=_page(shown),
        trial=trial,
        effect=_effect(trial.points),
    )


@bp.get("/sheet")
@allow(Permission.TAKE_PART)
def sheet() -> Any:
    """Show the rules as one page of A4 to hang up."""
    return render_template("points/rules_sheet.html", page=_page(_asked_version()))


def _today() -> date:
    return learning_day(clock.now(), viewer().time_zone)


def _asked_version() -> RuleSet:
    """Return the version that the address names, the one in force when it names none."""
    known = service.rule_sets(viewer().organisation_id)
    asked = request.args.get("version")
    if asked is None:
        return rules.in_force(known, _today())
    found = next((one for one in known if str(one.version) == asked), None)
    return found or abort(404)


def _page(shown: RuleSet) -> RulesPage:
    versions = version_lines(service.rule_sets(viewer().organisation_id), _today(), shown.version)
    return RulesPage(
        lines=[
            RuleLine(activity_label(rule.activity), rule.points, limit_label(rule))
            for rule in in_order(shown.rules)
        ],
        day_limit=shown.day_limit,
        week_limit=shown.week_limit,
        shown=next(line for line in versions if line.is_shown),
        versions=versions,
        brackets=[(bracket_label(key), k) for key, k in rules.SHRINKAGE.items()],
    )


def version_lines(
    known: tuple[RuleSet, ...], today: date, shown: int | None = None
) -> list[VersionLine]:
    """Return all versions, the newest first, each with the days it holds."""
    in_force = rules.in_force(known, today).version
    ordered = sorted(known, key=lambda one: one.since)
    lines = []
    for one, following in zip(ordered, [*ordered[1:], None], strict=True):
        state = "now" if one.version == in_force else "coming" if one.since > today else "old"
        until = following.since - timedelta(days=1) if following else None
        begins = format_date(one.since, "long")
        days = _days(begins, until)
        lines.append(VersionLine(one.version, begins, days, state, one.version == shown))
    return lines[::-1]


def _days(begins: str, until: date | None) -> str:
    if until is None:
        return _("from %(day)s on", day=begins)
    return _("%(first)s to %(last)s", first=begins, last=format_date(until, "long"))


def _acts(shown: RuleSet) -> dict[str, dict[str, int]]:
    """Return what a person can try out: a daily quiz with every answer right is one act."""
    acts: dict[str, dict[str, int]] = {}
    for rule in in_order(shown.rules):
        if not rule.points or rule.activity in TEAM_ACTS:
            continue
        if rule.activity == "daily_correct":
            acts.setdefault(DAILY, {})[rule.activity] = max(1, rule.day_limit // rule.points)
        elif rule.activity == "daily_finished":
            acts.setdefault(DAILY, {})[rule.activity] = 1
        else:
            acts[rule.activity] = {rule.activity: 1}
    return acts


def _trial(shown: RuleSet) -> TrialPart:
    acts = _acts(shown)
    asked = {key: _times(key) for key in acts}
    tried = service.try_week(shown, {key: times for key, (times, _p) in asked.items()}, acts)
    lines = [
        TrialLine(
            key=one.key,
            label=_act_label(one.key),
            times=asked[one.key][0],
            most=_most(one.key),
            counted=one.counted,
            problem=asked[one.key][1],
        )
        for one in tried.acts
    ]
    return TrialPart(lines, tried.counted, shown.week_limit, _notes(tried, shown))


def _act_label(key: str) -> str:
    return {
        DAILY: _("Daily quiz, all answers right, days"),
        "quiz_passed": _("Weekly or themed quiz passed, times"),
        "item_contributed": _("Question published, times"),
        "report_accepted": _("Error report accepted, times"),
    }.get(key) or activity_label(key)


def _most(key: str) -> int:
    return 7 if key == DAILY else MOST_TIMES


def _times(key: str, values: Mapping[str, str] | None = None) -> tuple[int, str | None]:
    """Return how often an act is tried, and what is wrong with the number that was asked for."""
    values = request.args if values is None else values
    asked = values.get(key, "").strip()
    if not asked:
        return (0 if key in values else USUAL.get(key, 0)), None
    if asked.isdecimal() and len(asked) < 4 and int(asked) <= _most(key):
        return int(asked), None
    return USUAL.get(key, 0), _("A whole number from 0 to %(most)s, please.", most=_most(key))


def _notes(tried: service.Trial, shown: RuleSet) -> list[str]:
    notes = [
        _(
            "%(what)s: %(gained)s points, %(counted)s of them count",
            what=_act_label(one.key),
            gained=one.gained,
            counted=one.counted,
        )
        for one in tried.acts
        if one.counted < one.gained
    ]
    if tried.counted < tried.gained:
        notes.insert(
            0,
            _(
                "%(gained)s points; at most %(day)s a day and %(week)s a week count",
                gained=tried.gained,
                day=shown.day_limit,
                week=shown.week_limit,
            ),
        )
    return notes


def _effect(points: int) -> EffectPart:
    """Return what ``points`` of one person do for the viewer's team, and for others."""
    unit_id, today = viewer().unit_id, _today()
    members, name = 0, None
    unit = org.get_units([unit_id])[unit_id] if unit_id is not None else None
    if unit is not None and unit.kind == TEAM:
        members = org.eligible_members([unit.id], today, today).get((unit.id, today), 0)
        name = unit.name
    own = service.effect_on_team(points, members)
    sizes = (10, 30, 60) if own is None else (60,) if members <= 25 else (20,)
    others = [(size, service.effect_on_team(points, size) or 0) for size in sizes]
    bracket = rules.bracket_of(members) or rules.MIDDLE
    return EffectPart(
        team=None if own is None else name,
        members=members,
        gain=own,
        others=others,
        shrinkage=rules.SHRINKAGE[bracket],
    )
