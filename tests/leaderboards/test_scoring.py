"""What the database reckons is what the rules say, to the last integer and the last tie."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from sqlalchemy import literal, select

from quizapp.leaderboards.models import BracketMean, Standing
from quizapp.leaderboards.service import scoring
from quizapp.points import rules
from quizapp.points import service as points
from tests.conftest import settled_world
from tests.factories import season, teams

EXTREMES = [
    (0, 0, Fraction(0), 9),
    (0, 28, Fraction(0), 80),
    (1, 28, Fraction(1, 3), 9),
    (9, 28 * 9, Fraction(1, 2), 9),  # 10 * (9 + 9/2) / 18 = 7.5: half goes up
    (-5, 28, Fraction(0), 9),  # more was taken back than earned
    (-40, 28, Fraction(-3, 7), 25),
    (336_000_000, 28_000_000, Fraction(28 * 336_000_000, 28_000_001), 80),  # a million people
]


def draws(number: int) -> list[tuple[int, int, Fraction, int]]:
    """Return invented teams: points, member-days, the mean of their bracket, its shrinkage."""
    dice = random.Random("scores")
    return [
        (
            dice.randint(-20, 40_000),
            dice.randint(0, 28 * 120),
            Fraction(28 * dice.randint(0, 10**8), dice.randint(1, 28 * 10**6)),
            dice.choice(list(rules.SHRINKAGE.values())),
        )
        for _team in range(number)
    ]


@pytest.mark.parametrize("drawn", [EXTREMES, draws(400)], ids=["extremes", "drawn"])
def test_a_score_of_the_database_is_the_score_of_the_rules(db, drawn):
    columns = [
        scoring.shrunken_mean(literal(earned), literal(days), mean, shrinkage).label(f"s{place}")
        for place, (earned, days, mean, shrinkage) in enumerate(drawn)
    ]
    assert list(db.session.execute(select(*columns)).one()) == [
        rules.shrunken_mean(*team) for team in drawn
    ]


def reckoned(rows: list[Standing], bracket: str) -> dict[int, tuple[int, int, int | None]]:
    """Return score, rank and rank before of each team of a bracket, by the rules alone."""
    now = [rules.TeamSum(row.unit_id, row.points, row.member_days) for row in rows]
    before = [
        rules.TeamSum(row.unit_id, row.points_before, row.member_days_before)
        for row in rows
        if row.member_days_before
    ]

    def scores(teams_: list[rules.TeamSum]) -> dict[int, int]:
        mean = rules.bracket_mean(teams_)
        shrinkage = rules.SHRINKAGE[bracket]
        return {
            team.unit_id: rules.shrunken_mean(team.points, team.member_days, mean, shrinkage)
            for team in teams_
        }

    fresh = scores(now)
    ranks = rules.ranks(list(fresh.items()))
    ranks_before = rules.ranks(list(scores(before).items()))
    return {unit: (fresh[unit], ranks[unit], ranks_before.get(unit)) for unit in fresh}


@pytest.mark.parametrize("seed", range(4))
def test_a_bracket_is_ranked_as_the_rules_say_ties_included(db, frozen, seed):
    """Many equal teams, some without people the day before, some that earned nothing."""
    dice = random.Random(seed)
    world = settled_world()
    teams.teams(
        world.organisation, world.workshop, [dice.choice((5, 6, 20)) for _team in range(40)]
    )
    season_id = season.open_season(world.organisation)
    mine = select(Standing).where(Standing.season_id == season_id)
    rows = db.session.scalars(mine).all()
    for row in rows:
        row.points = dice.choice((0, 7, 7, 12, 30))
        row.points_before = dice.choice((0, 7, 7))
        row.member_days_before = dice.choice((0, 28, 140))
    db.session.commit()
    for bracket in {row.bracket for row in rows}:
        scoring.rescore(points.get_season(season_id), [bracket])
        kept = [row for row in db.session.scalars(mine) if row.bracket == bracket]
        assert len(kept) > 5
        found = {row.unit_id: (row.score, row.rank, row.rank_before) for row in kept}
        assert found == reckoned(kept, bracket)
        mean = db.session.get_one(BracketMean, (season_id, bracket))
        sums = [rules.TeamSum(row.unit_id, row.points, row.member_days) for row in kept]
        assert Fraction(mean.numerator, mean.denominator) == rules.bracket_mean(sums)


def test_a_rescore_costs_four_statements_a_bracket(db, frozen, count_statements):
    world = settled_world()
    view = points.get_season(season.open_season(world.organisation))
    with count_statements() as seen:
        scoring.rescore(view, rules.SHRINKAGE)
    assert len(seen) == 4 * len(rules.SHRINKAGE)  # one of them asks who moved
