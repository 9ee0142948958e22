"""Rankings in the store give what the tables give, byte for byte, or nothing at all."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as StoreAway
from redis.exceptions import ResponseError
from sqlalchemy import select, update

from quizapp.core import clock
from quizapp.core.db import atomic
from quizapp.core.db import db as database
from quizapp.core.events import announce
from quizapp.leaderboards import service
from quizapp.leaderboards.checks import rankings_are_the_standings
from quizapp.leaderboards.events import BoardsMoved
from quizapp.leaderboards.models import Board, Profile, Standing
from quizapp.leaderboards.service import rankings, tables
from quizapp.leaderboards.service.shown import shown_boards
from quizapp.org import service as org
from quizapp.points.rules import SHRINKAGE, ranks
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import finished_set, open_season, settle_boards
from tests.factories.teams import members_of, teams

SIZES = [5] * 60 + [16] * 3 + [41]


@pytest.fixture
def board(world: people.World) -> people.World:
    """The cast in a season, with 64 more teams in all three brackets."""
    teams(world.organisation, world.workshop, SIZES)
    open_season(world.organisation)
    return world


def shown(world: people.World):
    """Return the boards that people of the first company are shown."""
    found = shown_boards(world.organisation)
    assert found
    return found


def units_of(world: people.World) -> list[int]:
    """Return every ranked unit of the season, from the first place down."""
    mine = Standing.season_id == shown(world).season.id
    rows = select(Standing.unit_id).where(mine).order_by(Standing.bracket, Standing.rank)
    return list(database.session.scalars(rows))


@atomic
def score(world: people.World, wanted: dict[int, int], *, told: bool = True) -> None:
    """Give teams these scores as the boards would, and tell which rows changed, or that any may."""
    season = shown(world).season.id
    before = {
        row.unit_id: row
        for row in database.session.scalars(select(Standing).where(Standing.season_id == season))
    }
    for bracket in SHRINKAGE:
        rows = [row for row in before.values() if row.bracket == bracket]
        placed = ranks([(row.unit_id, wanted.get(row.unit_id, row.score)) for row in rows])
        for row in rows:
            row.score, row.rank = wanted.get(row.unit_id, row.score), placed[row.unit_id]
    state = database.session.get_one(Board, season)
    state.version += 1
    database.session.flush()
    changed = frozenset(wanted) if told else None
    announce(BoardsMoved(season_id=season, version=state.version, changed=changed))


def compared(world: people.World, *, is_kept: bool = True) -> None:
    """Compare what store and tables give to teams of all places and brackets."""
    boards, today = shown(world), org.today(world.organisation)
    some = units_of(world)[::6]
    for own in [None, *some, world.other_team]:
        for bracket in (None, "middle", "nonsense"):
            asked = {"bracket": bracket, "own_id": own, "today": today}
            kept = rankings.read_slice(boards, **asked)
            assert (kept is not None) == is_kept
            if is_kept:
                assert repr(kept) == repr(tables.read_slice(boards, **asked))


@pytest.mark.parametrize("profile", ["standard", "light", "rotate"])
@pytest.mark.parametrize("seed", range(3))
def test_the_store_gives_what_the_tables_give_with_any_ties(board, profile, seed):
    if profile != "standard":
        listing = "rotate" if profile == "rotate" else "name"
        database.session.add(
            Profile(organisation_id=board.organisation, profile="light", listing=listing)
        )
        database.session.commit()
    dice = random.Random(seed)
    most = (3, 12, 2000)[seed]  # hardly a difference, some ties, hardly a tie
    score(board, {unit: dice.randrange(most) for unit in units_of(board)}, told=False)
    assert service.keep_rankings() == 1
    compared(board)


@pytest.mark.parametrize("seed", range(3))
def test_changes_are_carried_into_the_store_row_by_row(board, seed):
    dice = random.Random(seed)
    service.keep_rankings()
    for _step in range(3):
        some = dice.sample(units_of(board), dice.randrange(1, 20))
        score(board, {unit: dice.randrange(6) for unit in some})
    compared(board)
    assert service.keep_rankings() == 0  # nothing had to be built


def test_points_of_people_reach_the_store(board):
    service.keep_rankings()
    finished_set(people.viewer(board.people["bob"]))
    settle_boards()
    compared(board)
    assert service.keep_rankings() == 0


def test_an_emptied_store_is_filled_again_byte_for_byte(app: Flask, board):
    score(board, {unit: unit % 4 for unit in units_of(board)}, told=False)
    service.keep_rankings()
    viewer = people.viewer(members_of(units_of(board)[55])[0])
    before = repr(service.get_board(viewer))
    app.extensions["zhixing_store"].client.flushdb()
    assert repr(service.get_board(viewer)) == before  # from the tables
    compared(board, is_kept=False)
    assert service.keep_rankings() == 1
    assert repr(service.get_board(viewer)) == before  # from the store
    compared(board)


def test_a_version_that_was_missed_is_never_shown(board):
    service.keep_rankings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rankings, "carry", lambda _moved: False)
        score(board, {units_of(board)[0]: 500})
    compared(board, is_kept=False)
    score(board, {units_of(board)[1]: 400})  # the next one finds the wrong version, and stays out
    compared(board, is_kept=False)
    assert service.keep_rankings() == 1
    compared(board)


def test_what_comes_late_does_not_put_the_store_back(board):
    service.keep_rankings()
    old = shown(board).version
    score(board, {units_of(board)[0]: 500})
    late = rankings.Moved(shown(board).scope, old, [])
    assert not rankings.carry(late)
    assert not rankings.build(shown(board).scope, old, [])
    compared(board)


def test_a_ranking_ahead_of_the_tables_is_let_go(board):
    score(board, {units_of(board)[0]: 500})
    service.keep_rankings()
    database.session.execute(update(Board).values(version=1))  # as after a backup was put back
    database.session.commit()
    database.session.expire_all()
    compared(board, is_kept=False)
    assert service.keep_rankings() == 1
    compared(board)


def test_a_new_day_and_a_new_name_make_a_new_generation(app: Flask, board):
    service.keep_rankings()
    bases = [base_of(app, board)]
    with clock.frozen(NOW + timedelta(days=1)):
        settle_boards()
        compared(board, is_kept=False)
        assert service.keep_rankings() == 1
        compared(board)
        bases.append(base_of(app, board))
        org.change_unit(board.workshop, name="阿车间")
        settle_boards()
        assert service.keep_rankings() == 1
        compared(board)
        bases.append(base_of(app, board))
    assert len(set(bases)) == 3
    client = app.extensions["zhixing_store"].client
    assert not [key for base in bases[:2] for key in client.scan_iter(f"{base}*")]


def base_of(app: Flask, world: people.World) -> str:
    """Return the name of the generation that is read."""
    opened = app.extensions["zhixing_store"]
    return str(opened.client.hget(opened.key("ranking", shown(world).scope), "base"))


def test_everything_in_the_store_goes_away_by_itself(app: Flask, board):
    service.keep_rankings()
    client = app.extensions["zhixing_store"].client
    keys = list(client.scan_iter("*ranking*"))
    assert len(keys) == 8
    assert all(0 < client.ttl(key) <= 3 * 24 * 3600 + 60 for key in keys)


def test_one_reader_takes_one_round_trip(app: Flask, board, monkeypatch):
    service.keep_rankings()
    boards, today = shown(board), org.today(board.organisation)
    asked = {"bracket": None, "own_id": board.team, "today": today}
    rankings.read_slice(boards, **asked)
    client = app.extensions["zhixing_store"].client
    sent: list[object] = []
    send = type(client).execute_command
    monkeypatch.setattr(
        type(client),
        "execute_command",
        lambda *given, **more: sent.append(given[1]) or send(*given, **more),
    )
    assert rankings.read_slice(boards, **asked)
    assert sent == ["EVALSHA"]


def test_verify_finds_a_ranking_that_says_something_else(app: Flask, board):
    service.keep_rankings()
    assert broken() == []
    client = app.extensions["zhixing_store"].client
    key = f"{base_of(app, board)}:rank:small"
    client.zincrby(key, -5 * (1 << 20), client.zrange(key, -1, -1)[0])
    assert broken() == [f"season {shown(board).season.id}, small: another order in the store"]


def broken() -> list[str]:
    """Return what the invariants say about rankings."""
    return list(rankings_are_the_standings())


def test_rows_that_do_not_fit_their_scores_are_not_ranked(board):
    database.session.execute(update(Standing).values(rank=7))
    database.session.commit()
    assert service.keep_rankings() == 0
    compared(board, is_kept=False)


@pytest.mark.parametrize("error", [StoreAway("gone"), ResponseError("unknown command 'EVAL'")])
def test_without_scripts_or_store_everything_comes_from_the_tables(
    app: Flask, board, monkeypatch, error
):
    def refuse(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setitem(app.extensions, "zhixing_rankings", {})
    monkeypatch.setattr(app.extensions["zhixing_store"].client, "eval", refuse)
    assert service.keep_rankings() == 0
    score(board, {units_of(board)[0]: 500})
    assert service.get_board(people.viewer(board.people["bob"]))
    compared(board, is_kept=False)


def test_a_page_takes_no_more_statements_for_many_teams(board, count_statements):
    bob = people.viewer(board.people["bob"])
    service.keep_rankings()
    service.get_board(bob)  # the rules of points are remembered for a while
    with count_statements() as seen:
        service.get_board(bob)
    assert len(seen) == 3, seen  # the season, its version, the own seat
