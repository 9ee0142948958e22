"""Who stands where on a podium, and in which order places are revealed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.ceremony.rules import Honoured, columns, in_turn, may_be_listed


def teams(*ranks: int) -> list[Honoured]:
    """Return a team for each rank, named after its place in the list."""
    return [Honoured(f"{n}班", "车间", rank, 100 - rank) for n, rank in enumerate(ranks)]


def shape(*ranks: int) -> list[tuple[int, int, int]]:
    """Return the columns from left to right as (rank, step, height)."""
    return [(one.rank, one.step, one.height) for one in columns(teams(*ranks))]


def test_second_first_third_and_the_winner_comes_last():
    assert shape(1, 2, 3) == [(2, 2, 2), (1, 3, 3), (3, 1, 1)]


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ((), []),
        ((1,), [(1, 1, 3)]),
        ((1, 1), [(1, 1, 3)]),
        ((1, 2), [(2, 1, 2), (1, 2, 3)]),
        ((1, 1, 3), [(3, 1, 2), (1, 2, 3)]),
        ((1, 2, 2), [(2, 1, 2), (1, 2, 3)]),
        ((1, 2, 3, 3, 3), [(2, 2, 2), (1, 3, 3), (3, 1, 1)]),
    ],
)
def test_ties_share_a_column_and_leave_no_gap(ranks, expected):
    assert shape(*ranks) == expected


def test_nobody_below_the_third_place_is_on_it():
    assert shape(1, 2, 3, 4, 5) == shape(1, 2, 3)


@given(st.lists(st.integers(1, 3), max_size=12))
def test_every_honoured_team_is_revealed_once(ranks):
    made = columns(teams(*ranks))
    assert sorted(team.name for one in made for team in one.teams) == sorted(
        team.name for team in teams(*ranks)
    )
    assert sorted(one.step for one in made) == list(range(1, len(made) + 1))
    last = max(made, key=lambda one: one.step, default=None)
    assert last is None or last.rank == min(ranks)


def test_without_ranks_teams_come_by_name_on_one_height():
    made = in_turn([Honoured("丙班", "", 1, None), Honoured("乙班", "", 3, None)])
    assert [one.teams[0].name for one in made] == ["丙班", "乙班"]
    assert {one.height for one in made} == {1}
    assert {one.rank for one in made} == {0}


def test_rows_of_fewer_than_five_are_not_listed():
    assert not may_be_listed(4)
    assert may_be_listed(5)
