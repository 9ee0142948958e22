"""What the page of a team shows: sums out of the boards and the ledger, and nobody's name.

The number of people is told up to yesterday. A number that moved with each answer would tell whose
answer it was to anybody who looks twice.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from redis.exceptions import RedisError

from quizapp.accounts.access import Viewer
from quizapp.core.redis import store
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import Place
from quizapp.mastery import service as mastery
from quizapp.org.rules import week_of
from quizapp.points import rules as points_rules
from quizapp.points import service as points

from .. import rules
from .places import Team, today_of

KEPT_SECONDS = 86_400
LIGHT = "light"


@dataclass(frozen=True)
class Way:
    """The way to the next place: its rank, the score that is missing, and what that means.

    ``sets`` is how many daily sets would do it; None where the formula gives no sensible number.
    ``is_for_each``: there are at least as many members, so that each of them takes one.
    """

    rank: int
    gap: int
    sets: int | None
    is_for_each: bool


@dataclass(frozen=True)
class Earners:
    """How many people earned something in a week up to yesterday; ``monday`` names the week."""

    people: rules.People
    monday: date
    is_last_week: bool


@dataclass(frozen=True)
class Known:
    """What a team still knew in the last month that may be told: percent right, of how many."""

    month: date
    percent: int
    people: int


@dataclass(frozen=True)
class Overview:
    """The numbers of a team; without ``place`` there is only the unit itself.

    ``is_light``: the organisation shows no ranks, so neither a rank nor a way to one is told.
    """

    team: Team
    place: Place | None
    is_over: bool
    is_light: bool
    way: Way | None
    earners: Earners | None
    weeks: list[rules.Week]
    this_monday: date
    active_weeks: int
    season_weeks: int
    season_points: int
    known: list[Known]

    @property
    def is_still(self) -> bool:
        """Tell whether score and rank wait for a ceremony."""
        return self.place is not None and self.place.is_still

    @property
    def hides_rank(self) -> bool:
        """Tell whether no rank may be on the page."""
        return self.is_light or self.is_still


def get_overview(viewer: Viewer, team: Team) -> Overview:
    """Return the numbers of ``team``, which was fetched with its permission check."""
    today = today_of(viewer)
    place = team.place
    is_light = leaderboards.profile_of(viewer.organisation_id) == LIGHT
    weeks: list[rules.Week] = []
    active, length, total = 0, 0, 0
    if place:
        season = place.season
        first = min(
            season.starts_on, week_of(place.day)[0] - timedelta(weeks=rules.WEEKS_SHOWN - 1)
        )
        days = leaderboards.sums_of_rows(season.id, [place.unit_id], first, place.day)
        sums = [(day.day, day.points, day.members) for day in days[place.unit_id]]
        weeks = [week for week in rules.weeks_of(sums) if week.member_days][-rules.WEEKS_SHOWN :]
        of_season = [one for one in sums if one[0] >= season.starts_on]
        active = rules.active_weeks(rules.weeks_of(of_season))
        total = sum(earned for _day, earned, _members in of_season)
        length = rules.weeks_between(season.starts_on, season.ends_on)
    return Overview(
        team=team,
        place=place,
        is_over=bool(place and today > place.season.ends_on),
        is_light=is_light,
        way=_way(place, today) if place and not is_light and not place.is_still else None,
        earners=_earners(place, today) if place else None,
        weeks=weeks,
        this_monday=week_of(today)[0],
        active_weeks=active,
        season_weeks=length,
        season_points=total,
        known=_known(viewer, team, today),
    )


def own_active_weeks(viewer: Viewer, place: Place) -> int:
    """Return in how many weeks of the season the viewer did something; only they see it."""
    return points.active_weeks(viewer.id, place.season.starts_on, place.day)


def _way(place: Place, today: date) -> Way | None:
    if place.next_rank is None or place.next_score is None:
        return None
    missing = _points_missing(place)
    a_set = rules.usual_set(points.rules_on(place.season.organisation_id, today))
    sets = rules.sets_needed(missing, a_set) if missing else None
    return Way(
        rank=place.next_rank,
        gap=place.next_score - place.score,
        sets=sets,
        is_for_each=bool(sets and sets <= place.members),
    )


def _points_missing(place: Place) -> int | None:
    """Return how many points are missing to the next place, by the method of the season.

    None by ``best_k``: whose set it is would decide whether it counts at all.
    """
    if place.above is None or place.next_score is None:
        return None
    if place.season.method == points_rules.TOTAL:
        return place.next_score - place.score
    if place.season.method != points_rules.SHRUNKEN_MEAN:
        return None
    return rules.points_missing(
        place.own, place.above, place.whole, points_rules.SHRINKAGE[place.bracket]
    )


def _earners(place: Place, today: date) -> Earners | None:
    """Count the people of the week that yesterday belongs to; on a Monday that is the last one."""
    yesterday = min(today - timedelta(days=1), place.season.ends_on)
    monday = week_of(yesterday)[0]
    shown = rules.shown_people(_count_earners(place, monday, yesterday), place.members)
    if shown is None:
        return None
    return Earners(shown, monday, is_last_week=monday != week_of(today)[0])


def _count_earners(place: Place, first: date, last: date) -> int:
    """Count once a day: a team of ten thousand has many lines in a week."""
    opened = store()
    key = opened.key("team-earners", place.season.id, place.unit_id, last.isoformat())
    with suppress(RedisError):
        kept = opened.client.get(key)
        if kept is not None:
            return int(kept)
    number = points.count_earners(place.unit_ids, first, last)
    with suppress(RedisError):
        opened.client.set(key, number, ex=KEPT_SECONDS)
    return number


def _known(viewer: Viewer, team: Team, today: date) -> list[Known]:
    """Return what the team still knew, month by month, the newest first.

    Which months may be told is decided over the whole organisation, which changes once a month; so
    that is done once a day for each team.
    """
    opened = store()
    key = opened.key("team-known", team.unit.id, today.isoformat())
    with suppress(RedisError):
        kept = opened.client.get(key)
        if kept is not None:
            return [Known(date.fromisoformat(m), p, n) for m, p, n in json.loads(kept)]
    found = [
        Known(mean.month, mean.percent, mean.people)
        for mean in reversed(mastery.retention(viewer, team.unit.public_id))
        if mean.percent is not None and mean.people is not None
    ]
    text = json.dumps([(known.month.isoformat(), known.percent, known.people) for known in found])
    with suppress(RedisError):
        opened.client.set(key, text, ex=KEPT_SECONDS)
    return found
