"""The exam of a course as a trainer writes it, and the blueprint that it becomes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from question_bank.assembly import DIFFICULTIES, Blueprint, Rule
from question_bank.assembly import Section as FormSection
from quizapp.quizzes.service import statutory


@dataclass(frozen=True)
class ExamRow:
    """How many easy, medium and hard questions come from a theme."""

    theme: str
    easy: int = 0
    medium: int = 0
    hard: int = 0

    @property
    def count(self) -> int:
        """Return how many questions the row asks for."""
        return self.easy + self.medium + self.hard


@dataclass(frozen=True)
class ExamPlan:
    """An exam: its rows, its minutes, the percentage that passes; ``attempts`` None: any number."""

    rows: tuple[ExamRow, ...] = ()
    minutes: int = 30
    cut_percent: int = 80
    attempts: int | None = 3

    @property
    def count(self) -> int:
        """Return how many questions the exam has."""
        return sum(row.count for row in self.rows)


@dataclass(frozen=True)
class Lack:
    """A row of an exam that the bank cannot fill, and how many questions are missing."""

    theme: str
    missing: int


def to_json(plan: ExamPlan) -> str:
    """Return a plan as it is stored; ``from_json`` reverses it."""
    return json.dumps(
        {
            "rows": [[row.theme, row.easy, row.medium, row.hard] for row in plan.rows],
            "minutes": plan.minutes,
            "cut_percent": plan.cut_percent,
            "attempts": plan.attempts,
        },
        ensure_ascii=False,
    )


def from_json(text: str) -> ExamPlan:
    """Return a stored plan."""
    stored = json.loads(text)
    rows = tuple(ExamRow(*row) for row in stored.pop("rows"))
    return ExamPlan(rows=rows, **stored)


def to_blueprint(plan: ExamPlan) -> Blueprint:
    """Return the blueprint of a plan: one section, every row a rule with its quotas.

    What was met yesterday in the daily set may be asked: whoever learned it should be able to
    show it.
    """
    rules = tuple(
        Rule(
            count=row.count,
            topics=frozenset({row.theme}),
            quotas=tuple((name, getattr(row, name)) for name in DIFFICULTIES if getattr(row, name)),
        )
        for row in plan.rows
    )
    return Blueprint((FormSection("", rules),), rest_days=0)


def find_lacks(organisation_id: int, plan: ExamPlan) -> list[Lack]:
    """Return the rows that today's bank cannot fill."""
    drawn = statutory.draw(organisation_id, to_blueprint(plan), "trial")
    return [Lack(plan.rows[short.rule].theme, short.missing) for short in drawn.shortfalls]
