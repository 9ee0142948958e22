"""What the facts of people come to, by each badge: read from other rooms, many people at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.core.db import db
from quizapp.items.service import filing, topics
from quizapp.mastery import rules as memory
from quizapp.mastery.service import knowing
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.points.service import participation

from .. import rules
from ..models import Badge, SeasonPlace
from ..rules import Rule


@dataclass(frozen=True)
class Found:
    """What somebody's facts come to for a badge, and of which season that is."""

    value: int = 0
    season_id: int | None = None


Findings = dict[tuple[int, int], Found]  # by (badge, person)


def rule_of(badge: Badge) -> Rule:
    """Return the rule of a badge."""
    return Rule(badge.kind, badge.number, badge.topic_id, badge.topic_name, badge.activity)


def gather(organisation_id: int, badges: Sequence[Badge], person_ids: Sequence[int]) -> Findings:
    """Return what people's facts come to for badges of their organisation; 0 is left out.

    One statement for each kind of rule, two for mastery beside the tree of topics, and one for
    each season with places of honour, however many people are asked about.
    """
    found: Findings = {}
    if not person_ids:
        return found
    by_kind = {kind: [one for one in badges if one.kind == kind] for kind in rules.KINDS}
    if by_kind[rules.MASTERY]:
        found |= _mastered(organisation_id, by_kind[rules.MASTERY], person_ids)
    if by_kind[rules.ACTIVITY]:
        found |= _done(by_kind[rules.ACTIVITY], person_ids)
    if by_kind[rules.WEEKS]:
        weeks = participation.weeks_active(person_ids)
        for badge in by_kind[rules.WEEKS]:
            found |= {(badge.id, who): Found(number) for who, number in weeks.items()}
    if by_kind[rules.SEASON]:
        found |= _placed(organisation_id, by_kind[rules.SEASON], person_ids)
    return found


def _mastered(organisation_id: int, badges: Sequence[Badge], person_ids: Sequence[int]) -> Findings:
    """Count by badge and person the items of its topic that are known firmly today."""
    today = org.today(organisation_id)
    tree = topics.list_topics(organisation_id, is_counted=False)
    wanted = {badge.id: topics.below(tree, [badge.topic_id]) for badge in badges if badge.topic_id}
    answered = knowing.list_answered(person_ids)
    filed = filing.topics_of({one.item_id for one in answered})
    counted: Counter[tuple[int, int]] = Counter()
    for one in answered:
        topic_id = filed.get(one.item_id)
        places = [badge_id for badge_id, below in wanted.items() if topic_id in below]
        if places and memory.is_firm(one.stability, one.answered_on, today):
            counted.update((badge_id, one.person_id) for badge_id in places)
    return {key: Found(number) for key, number in counted.items()}


def _done(badges: Sequence[Badge], person_ids: Sequence[int]) -> Findings:
    activities = {badge.activity for badge in badges}
    numbers = participation.quantities(person_ids, activities, except_for=rules.NOT_DONE)
    return {
        (badge.id, who): Found(number)
        for badge in badges
        for (who, activity), number in numbers.items()
        if activity == badge.activity
    }


def _placed(organisation_id: int, badges: Sequence[Badge], person_ids: Sequence[int]) -> Findings:
    """Find the best place of honour of a team that each person earned points for."""
    found: Findings = {}
    for season_id, first, last, places in _seasons(organisation_id):
        for who, unit_id in participation.units_of(person_ids, places.keys(), first, last):
            for badge in badges:
                known = found.get((badge.id, who))
                if known is None or places[unit_id] < known.value:
                    found[badge.id, who] = Found(places[unit_id], season_id)
    return found


def _seasons(organisation_id: int) -> Iterable[tuple[int, date, date, dict[int, int]]]:
    """Yield each closed season with places of honour: its days, and the rank of each unit."""
    by_season: dict[int, dict[int, int]] = {}
    for season_id, unit_id, rank in db.session.execute(
        select(SeasonPlace.season_id, SeasonPlace.unit_id, SeasonPlace.rank).order_by(
            SeasonPlace.season_id, SeasonPlace.unit_id
        )
    ):
        by_season.setdefault(season_id, {})[unit_id] = rank
    for season_id, places in by_season.items():
        season = points.get_season(season_id)
        if season.organisation_id == organisation_id:
            yield season_id, season.starts_on, season.ends_on, places


def organisations_of(person_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return by organisation which of these people belong to it."""
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(Person.organisation_id, Person.id)
        .where(Person.id.in_(list(person_ids)))
        .order_by(Person.id)
    )
    for organisation_id, person_id in rows:
        found.setdefault(organisation_id, []).append(person_id)
    return found
