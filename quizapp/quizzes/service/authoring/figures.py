"""What the bank yields for a quiz: the figures at the top of the desk, and what each rule gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from question_bank.assembly import (
    Blueprint,
    Pool,
    Rule,
    RuleOutlook,
    distinct_forms,
    expected_facility,
    outlook,
)
from quizapp.accounts.access import Viewer
from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.org import service as org

from ... import rules
from ...models import DRAFT, Attempt, FormItem, QuizBlueprint
from .sheets import Sheet

MOST_OF_LAST = 5000  # items of the quiz before this one that are looked at


@dataclass(frozen=True)
class RowFigures:
    """What one rule gets; ``row`` counts rules over all sections from 0.

    ``lacking`` are difficulties as (difficulty, wanted, available) of which there are too few;
    ``rivals`` the rows that want the same items; ``expired`` and ``unfinished`` how many items of
    the rule cannot be drawn because they are out of date, or not approved yet.
    """

    row: int
    wanted: int
    available: int
    missing: int
    lacking: tuple[tuple[str, int, int], ...]
    rivals: tuple[int, ...]
    other_kinds: tuple[tuple[str, int], ...]
    repeats_of_last: int
    expired: int
    unfinished: int


@dataclass(frozen=True)
class Figures:
    """What a quiz comes to: ``facility`` 0 to 1, ``seconds`` the median time of the whole form.

    ``forms`` is how many forms without a common item there are.
    """

    wanted: int
    missing: int
    facility: float
    seconds: float
    forms: int
    rows: tuple[RowFigures, ...]

    @property
    def available(self) -> int:
        """Return how many places can be filled."""
        return self.wanted - self.missing


def get_figures(viewer: Viewer, sheet: Sheet, blueprint: Blueprint | None = None) -> Figures:
    """Return what the bank yields today for a quiz, or for other rules that it might have."""
    plan = blueprint or sheet.blueprint
    pool = pool_of(viewer, sheet.mode)
    lines = outlook(plan, pool, last_form=_items_of_last(sheet))
    missing = sum(line.missing for line in lines)
    numbers = {(line.section, line.rule_index): row for row, line in enumerate(lines)}
    unusable = items.count_unusable(viewer.organisation_id) if missing else {}
    return Figures(
        wanted=plan.count,
        missing=missing,
        facility=expected_facility(plan, pool),
        seconds=_seconds(plan, pool, items.list_usual_seconds(viewer.organisation_id)),
        forms=distinct_forms(plan, pool),
        rows=tuple(
            _row(
                row,
                line,
                plan.sections[line.section].rules[line.rule_index],
                tuple(numbers[rival] for rival in line.rivals),
                unusable,
            )
            for row, line in enumerate(lines)
        ),
    )


def pool_of(viewer: Viewer, mode: str) -> Pool:
    """Return what a quiz of a mode could draw from today."""
    return items.get_pool(
        viewer.organisation_id,
        org.today(viewer.organisation_id),
        with_essays=mode in rules.MARKED,
    )


def _row(
    row: int,
    line: RuleOutlook,
    rule: Rule,
    rivals: tuple[int, ...],
    unusable: Mapping[items.Corner, items.Unusable],
) -> RowFigures:
    by_difficulty = dict(line.by_difficulty)
    out_of_use = [
        numbers
        for corner, numbers in unusable.items()
        if (not rule.topics or corner.theme in rule.topics or corner.topic in rule.topics)
        and (not rule.kinds or corner.kind in rule.kinds)
    ]
    return RowFigures(
        row=row,
        wanted=line.wanted,
        available=line.available,
        missing=line.missing,
        lacking=tuple(
            (difficulty, wanted, by_difficulty[difficulty])
            for difficulty, wanted in rule.quotas
            if by_difficulty[difficulty] < wanted
        ),
        rivals=rivals,
        other_kinds=line.other_kinds,
        repeats_of_last=line.repeats_of_last,
        expired=sum(numbers.expired for numbers in out_of_use),
        unfinished=sum(numbers.unfinished for numbers in out_of_use),
    )


def _seconds(plan: Blueprint, pool: Pool, typical: Mapping[tuple[str, str], float]) -> float:
    """Return the median time of a form: that of the items each rule can draw, added up."""
    total = 0.0
    for section in plan.sections:
        for rule in section.rules:
            sizes = [
                (pool.size(number), pool.strata[number])
                for number in pool.select(rule.topics, rule.kinds).strata
            ]
            many = sum(size for size, _stratum in sizes)
            spent = sum(
                size * typical.get((stratum.theme, stratum.kind), typical["", stratum.kind])
                for size, stratum in sizes
            )
            total += rule.count * spent / many if many else 0.0
    return total


def _items_of_last(sheet: Sheet) -> set[int]:
    """Return items of the quiz of the same mode that the unit had before this one."""
    last = db.session.scalar(
        select(QuizBlueprint.id)
        .where(
            QuizBlueprint.unit_id == sheet.unit_id,
            QuizBlueprint.mode == sheet.mode,
            QuizBlueprint.state != DRAFT,
            QuizBlueprint.id != sheet.id,
        )
        .order_by(QuizBlueprint.published_at.desc(), QuizBlueprint.id.desc())
        .limit(1)
    )
    if last is None:
        return set()
    return set(
        db.session.scalars(
            select(FormItem.item_id)
            .join(Attempt, Attempt.form_id == FormItem.form_id)
            .where(Attempt.blueprint_id == last)
            .limit(MOST_OF_LAST)
        )
    )
