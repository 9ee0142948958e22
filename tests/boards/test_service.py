"""Pairing a display, what its wall shows, and how it learns of a new board."""

from __future__ import annotations

import dataclasses
import json
import queue
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from quizapp.accounts.models import RoleGrant
from quizapp.boards import rules, service
from quizapp.boards.models import Display
from quizapp.core import clock, security, sse
from quizapp.core.audit import AuditRow
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.core.redis import store
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.models import Standing
from quizapp.org.models import Unit
from quizapp.points import service as points
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.factories.season import settle_boards
from tests.factories.teams import teams
from tests.savepoints import empty_store, undone

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """Two companies, the first with 60 teams of twelve-character names and a season."""
    with rolled_back(app), clock.frozen(NOW):
        world = people.world()
        units = teams(world.organisation, world.workshop, [6] * 60)
        for place, unit_id in enumerate([world.team, *units]):
            database.session.get_one(Unit, unit_id).name = f"焊装车间第{place:02}装配流水大班"
        database.session.commit()
        points.set_season(
            None,
            world.organisation,
            name="二〇二六年第四季度",
            starts_on=TODAY - timedelta(days=3),
            ends_on=TODAY + timedelta(days=40),
        )
        settle_boards()
        yield world


@pytest.fixture
def db(settled: people.World) -> Iterator[object]:
    """The database with those companies in it; every test finds them as they were made."""
    with undone(), clock.frozen(NOW):
        yield database


@pytest.fixture
def world(db: object, settled: people.World) -> people.World:
    """The two companies, at the tests' present."""
    return settled


@pytest.fixture
def dana(world):
    """The administrator of the first company."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def carol(world):
    """The administrator of the other company."""
    return people.viewer(world.people["carol"])


def public_id(unit_id: int) -> str:
    """Return the public id of a unit."""
    return database.session.get_one(Unit, unit_id).public_id


def pair(viewer, code: str, unit_id: int, **look) -> str:
    """Pair the display that shows ``code``."""
    chosen = {"name": "东门大屏", "distance_m": 8, "theme": "dark", **look}
    return service.pair(viewer, code=code, unit_public_id=public_id(unit_id), **chosen)


def look(unit_id: int, **more) -> service.Look:
    """Return settings of a display in a unit."""
    chosen = {"name": "", "distance_m": 8, "theme": "dark", **more}
    return service.Look(unit_public_id=public_id(unit_id), **chosen)


@pytest.fixture
def screen(world, dana) -> service.Screen:
    """A display paired in the workshop; its secret is ``wall``."""
    code, _seconds = service.offer_code("wall")
    pair(dana, code, world.workshop)
    return service.find_screen("wall")


# -- the code


def test_a_code_can_be_read_across_a_hall():
    codes = {rules.new_code() for _time in range(300)}
    assert len(codes) > 290
    assert all(re.fullmatch(r"[A-Z0-9]{6}", code) for code in codes)
    assert not set("".join(codes)) & set("0O1IL2Z5S8B")
    assert len(set(rules.CODE_ALPHABET)) == len(rules.CODE_ALPHABET) == 25


@pytest.mark.parametrize(
    "typed",
    ["ACD 346", "acd346", "ＡＣＤ３４６", "ａｃｄ－３４６", " A-C-D-3 4\u30006 ", "acd—346"],
)
def test_a_code_is_read_as_people_type_it(typed):
    assert rules.normal_code(typed) == "ACD346"


@pytest.mark.parametrize("typed", ["", "ACD34", "ACD3467", "ACD34O", "ＡＣＤ"])
def test_what_cannot_be_a_code_is_none(typed):
    assert not rules.is_code(rules.normal_code(typed))


def test_asking_again_shows_the_same_code(world):
    code, seconds = service.offer_code("a")
    assert service.offer_code("a")[0] == code
    assert 0 < service.offer_code("a")[1] <= seconds == 600


def test_two_displays_show_two_codes(world):
    assert service.offer_code("a")[0] != service.offer_code("b")[0]


def test_a_taken_code_is_drawn_again(world, monkeypatch):
    taken, _seconds = service.offer_code("a")
    draws = iter([taken, taken, "ACD346"])
    monkeypatch.setattr(rules, "new_code", lambda: next(draws))
    assert service.offer_code("b")[0] == "ACD346"


def test_when_no_code_is_free_the_display_says_so(world, monkeypatch):
    taken, _seconds = service.offer_code("a")
    monkeypatch.setattr(rules, "new_code", lambda: taken)
    with pytest.raises(Refusal) as refused:
        service.offer_code("b")
    assert refused.value.status == 503


def test_the_store_knows_no_secret(world):
    service.offer_code("a-very-secret-secret")
    kept = [store().client.get(key) for key in store().client.keys("*pair*")]
    assert "a-very-secret-secret" not in "".join(map(str, kept))


# -- pairing


def test_the_code_makes_the_browser_a_display_of_the_unit(world, dana):
    code, _seconds = service.offer_code("wall")
    assert service.find_screen("wall") is None
    paired = pair(dana, code, world.workshop, distance_m=10, theme="light")
    screen = service.find_screen("wall")
    assert (screen.public_id, screen.unit_id) == (paired, world.workshop)
    assert (screen.name, screen.distance_m, screen.theme) == ("东门大屏", 10, "light")


def test_pairing_is_written_down(db, world, dana, screen):
    row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert (row.action, row.actor_id) == ("boards.paired", dana.id)
    assert row.object == f"display:{screen.public_id}"


def test_only_a_fingerprint_of_the_secret_is_stored(db, screen):
    assert db.session.scalars(select(Display.secret_print)).all() == [security.fingerprint("wall")]


def test_a_display_without_a_name_is_called_as_its_unit(world, dana):
    code, _seconds = service.offer_code("wall")
    pair(dana, code, world.workshop, name="")
    assert service.find_screen("wall").name == "焊装车间"


@pytest.mark.parametrize("typed", ["acd 346", "ＡＣＤ－３４６"])
def test_a_code_typed_in_any_way_pairs(world, dana, monkeypatch, typed):
    monkeypatch.setattr(rules, "new_code", lambda: "ACD346")
    service.offer_code("wall")
    assert pair(dana, typed, world.workshop)


@pytest.mark.parametrize("code", ["ACD347", "", "ACD", "0O1IL2", "ACD346ACD346"])
def test_a_wrong_code_is_refused_and_stores_nothing(db, world, dana, monkeypatch, code):
    monkeypatch.setattr(rules, "new_code", lambda: "ACD346")
    service.offer_code("wall")
    with pytest.raises(Refusal) as refused:
        pair(dana, code, world.workshop)
    assert (refused.value.status, refused.value.field) == (422, "code")
    assert db.session.scalar(select(func.count()).select_from(Display)) == 0


def test_an_expired_code_is_a_wrong_one(world, dana):
    code, _seconds = service.offer_code("wall")
    store().client.delete(store().key("pair", code))
    with pytest.raises(Refusal) as refused:
        pair(dana, code, world.workshop)
    assert refused.value.status == 422


def test_codes_end_after_ten_minutes(world):
    code, _seconds = service.offer_code("wall")
    for key in (("pair", code), ("pair", "of", security.fingerprint("wall"))):
        assert 590 < store().client.ttl(store().key(*key)) <= 600


def test_a_code_pairs_once(db, world, dana):
    code, _seconds = service.offer_code("wall")
    pair(dana, code, world.workshop)
    with pytest.raises(Refusal):
        pair(dana, code, world.team)
    assert service.find_screen("wall").unit_id == world.workshop
    assert db.session.scalar(select(func.count()).select_from(Display)) == 1


def test_of_two_administrators_the_first_has_the_display(db, world, dana, carol):
    code, _seconds = service.offer_code("wall")
    pair(carol, code, world.other_team)
    with pytest.raises(Refusal):
        pair(dana, code, world.workshop)
    assert service.find_screen("wall").organisation_id == world.other_organisation


def test_after_too_many_tries_even_the_right_code_waits(world, dana, carol):
    code, _seconds = service.offer_code("wall")
    for _try in range(service.TRIES_PER_TEN_MINUTES):
        with pytest.raises(Refusal) as refused:
            pair(dana, "ACD346" if code != "ACD346" else "ACD347", world.workshop)
        assert refused.value.status == 422
    with pytest.raises(Refusal) as refused:
        pair(dana, code, world.workshop)
    assert refused.value.status == 429
    assert pair(carol, code, world.other_team)  # tries are counted for each person


def test_a_success_forgives_the_tries_before(world, dana):
    for _try in range(service.TRIES_PER_TEN_MINUTES - 1):
        with pytest.raises(Refusal):
            pair(dana, "nonsense", world.workshop)
    pair(dana, service.offer_code("wall")[0], world.workshop)
    assert pair(dana, service.offer_code("next")[0], world.workshop)


def test_another_companys_unit_is_refused_and_the_code_stays_good(world, dana):
    code, _seconds = service.offer_code("wall")
    with pytest.raises(Refusal) as refused:
        pair(dana, code, world.other_team)
    assert (refused.value.status, refused.value.field) == (422, "unit")
    assert pair(dana, code, world.workshop)


def test_a_plants_administrator_pairs_in_the_plant_only(db, world, dana):
    """A grant for the workshop does not reach the plant above it."""
    db.session.execute(
        update(RoleGrant).where(RoleGrant.person_id == dana.id).values(unit_id=world.workshop)
    )
    db.session.commit()
    local = people.viewer(dana.id)
    code, _seconds = service.offer_code("wall")
    with pytest.raises(Refusal):
        pair(local, code, world.plant)
    assert pair(local, code, world.team)


@pytest.mark.parametrize("look", [{"distance_m": 7}, {"theme": "pink"}])
def test_a_look_that_does_not_exist_is_refused(world, dana, look):
    code, _seconds = service.offer_code("wall")
    with pytest.raises(Refusal):
        pair(dana, code, world.workshop, **look)
    assert service.find_screen("wall") is None


def test_a_paired_display_cannot_be_taken_by_another_company(world, dana, carol, screen):
    code, _seconds = service.offer_code("wall")
    with pytest.raises(Refusal):
        pair(carol, code, world.other_team)
    assert service.find_screen("wall").organisation_id == world.organisation


# -- changing and unpairing


def test_a_revoked_display_is_nobodys(world, dana, screen):
    service.revoke(dana, screen.public_id)
    assert service.find_screen("wall") is None


def test_a_revoked_display_can_be_paired_again_also_elsewhere(db, world, dana, carol, screen):
    service.revoke(dana, screen.public_id)
    pair(carol, service.offer_code("wall")[0], world.other_team)
    assert service.find_screen("wall").organisation_id == world.other_organisation
    assert db.session.scalar(select(func.count()).select_from(Display)) == 1


def test_a_foreign_display_does_not_exist(world, carol, screen):
    with pytest.raises(LookupError):
        service.revoke(carol, screen.public_id)
    with pytest.raises(LookupError):
        service.change_display(carol, screen.public_id, look(world.other_team))
    assert service.list_displays(carol).lines == []


def test_a_display_can_hang_elsewhere(world, dana, screen):
    moved_to = look(world.plant, name="西门", distance_m=4, theme="light")
    service.change_display(dana, screen.public_id, moved_to)
    moved = service.find_screen("wall")
    assert moved == dataclasses.replace(
        screen, name="西门", unit_id=world.plant, distance_m=4, theme="light"
    )


def test_a_display_cannot_be_moved_to_another_company(world, dana, screen):
    with pytest.raises(Refusal):
        service.change_display(dana, screen.public_id, look(world.other_team))
    assert service.find_screen("wall") == screen


def test_revoked_displays_come_last_in_the_list(world, dana, screen):
    pair(dana, service.offer_code("next")[0], world.team, name="二号")
    service.revoke(dana, screen.public_id)
    listed = service.list_displays(dana).lines
    assert [(line.name, line.state) for line in listed] == [
        ("二号", rules.LOST),
        ("东门大屏", rules.UNPAIRED),
    ]


def test_a_display_is_online_while_it_is_heard_of(world, dana, screen):
    assert not service.list_displays(dana).lines[0].is_online
    service.note_seen(screen.id)
    line = service.list_displays(dana).lines[0]
    assert (line.is_online, line.last_seen) == (True, NOW)
    with clock.frozen(NOW + timedelta(seconds=44)):
        assert service.list_displays(dana).lines[0].is_online
    with clock.frozen(NOW + timedelta(seconds=45)):
        assert not service.list_displays(dana).lines[0].is_online


def test_a_revoked_display_is_not_online(world, dana, screen):
    service.note_seen(screen.id)
    service.revoke(dana, screen.public_id)
    assert not service.list_displays(dana).lines[0].is_online


# -- what a wall shows


def size(state: dict) -> int:
    """Return how many bytes a state has on the wire."""
    return len(sse.compact(state).encode())


def test_a_wall_with_60_teams_of_twelve_characters_fits_in_two_kilobytes(db, world):
    draw = random.Random(3)
    for place, row in enumerate(db.session.scalars(select(Standing)), start=1):
        row.score, row.rank, row.rank_before = draw.randint(100, 999), place, draw.randint(1, 61)
    db.session.commit()
    state = service.wall_state(world.organisation, world.workshop)
    assert (len(state["rows"]), len(state["own"])) == (15, 6)
    assert {len(row[1]) for row in state["rows"]} == {12}
    assert size(state) <= 2048


def test_the_longest_names_there_can_be_fit_too(db, world):
    """Rare characters take four bytes, and a season may be called by sixty."""
    for unit in db.session.scalars(select(Unit)):
        unit.name = "𠮷" * 40
    for row in db.session.scalars(select(Standing)):
        row.score, row.rank, row.rank_before = 10_000 + row.unit_id, 10 + row.unit_id % 3, 90
    db.session.commit()
    season = points.season_on(world.organisation, TODAY)
    points.set_season(
        None,
        world.organisation,
        name="季" * 60,
        starts_on=season.starts_on,
        ends_on=season.ends_on,
    )
    assert size(service.wall_state(world.organisation, world.workshop)) <= 2048


def test_a_wall_speaks_chinese_whoever_asks(world):
    state = service.wall_state(world.organisation, world.workshop)
    assert "二〇二六年第四季度" in state["title"]
    assert re.search("[一-鿿]", state["scope"])
    assert state["teams"].startswith("61")
    assert state["clock"] == "10:30"
    assert json.loads(sse.compact(state)) == state


def test_a_wall_shows_names_and_numbers_and_no_person(world):
    text = sse.compact(service.wall_state(world.organisation, world.workshop))
    assert not any(name in text for name in ("Alice", "Bob", "同事"))


def test_own_teams_are_marked(db, world):
    other = teams(world.organisation, world.plant, [6], name="别处")[0]
    leaderboards.rebuild()
    db.session.execute(update(Standing).where(Standing.unit_id == other).values(rank=1, score=900))
    db.session.execute(update(Standing).where(Standing.unit_id != other).values(rank=2, score=100))
    db.session.commit()
    db.session.expire_all()
    rows = service.wall_state(world.organisation, world.workshop)["rows"]
    assert rows[0] == [1, "别处001", 0, 900, 0]
    assert {row[4] for row in rows[1:]} == {1}


def test_a_wall_before_the_first_season_says_when_it_begins(world):
    state = service.wall_state(world.other_organisation, world.other_team)
    assert (state["v"], state["rows"], state["own"]) == (0, [], [])
    assert state["note"]


def test_a_board_comes_back_when_the_store_was_emptied(world, screen):
    before = service.current_state(world.organisation, world.workshop)
    assert store().client.get(store().key("wall", world.workshop))
    empty_store()
    assert service.current_state(world.organisation, world.workshop) == before


def test_a_kept_board_is_not_built_again(world, screen, count_statements):
    service.current_state(world.organisation, world.workshop)
    with count_statements() as seen:
        service.current_state(world.organisation, world.workshop)
    assert not [statement for statement in seen if "leaderboards_standing" in statement]


def test_a_board_that_moved_while_the_store_was_away_is_built_anew(world, screen):
    key = store().key("wall", world.workshop)
    kept = service.current_state(world.organisation, world.workshop)
    store().client.set(key, sse.compact({**kept, "v": kept["v"] - 1, "title": "old"}))
    assert service.current_state(world.organisation, world.workshop) == kept
    assert json.loads(store().client.get(key)) == kept


def test_a_wall_that_nobody_refreshed_is_built_anew_at_pairing(world, dana, screen):
    service.current_state(world.organisation, world.workshop)
    service.revoke(dana, screen.public_id)
    leaderboards.rebuild()  # no display hangs there, so nobody is told
    pair(dana, service.offer_code("next")[0], world.workshop)
    shown = service.current_state(world.organisation, world.workshop)
    assert shown["v"] == leaderboards.board_state(world.organisation)[1]


def test_a_board_built_on_demand_does_not_replace_a_newer_one(world, screen, monkeypatch):
    old = service.wall_state(world.organisation, world.workshop)

    def slowly(organisation_id: int, unit_id: int) -> dict:
        monkeypatch.undo()
        leaderboards.rebuild()
        return old

    monkeypatch.setattr(service.walls, "wall_state", slowly)
    service.current_state(world.organisation, world.workshop)
    assert service.current_state(world.organisation, world.workshop)["v"] == old["v"] + 1


# -- how a wall learns of it


@pytest.fixture
def joined(app, world, screen) -> Iterator[queue.Queue]:
    """An inbox that watches the workshop's wall and the display's own channel."""
    hub = app.extensions["zhixing_hub"]
    channels = [service.channel(world.workshop), service.own_channel(screen.id)]
    inbox = hub.join(channels)
    yield inbox
    hub.leave(channels, inbox)


def test_a_tick_reaches_the_walls_of_the_company(world, joined):
    leaderboards.note_dirty(world.team, TODAY)
    leaderboards.tick()
    channel, data = joined.get(timeout=2)
    assert channel == service.channel(world.workshop)
    expected = {**service.wall_state(world.organisation, world.workshop), "n": 0}
    assert json.loads(data) == expected


def test_a_tick_is_kept_for_whoever_comes_next(world, joined):
    before = service.current_state(world.organisation, world.workshop)
    leaderboards.note_dirty(world.team, TODAY)
    leaderboards.tick()
    assert service.current_state(world.organisation, world.workshop)["v"] == before["v"] + 1


def test_every_unit_with_a_display_is_sent_its_own_board(world, dana, screen):
    pair(dana, service.offer_code("next")[0], world.plant)
    pair(dana, service.offer_code("third")[0], world.plant)
    assert service.publish_season(world.organisation) == 2
    assert service.publish_season(world.other_organisation) == 0


def test_unpairing_reaches_the_display_at_once(world, dana, screen, joined):
    service.revoke(dana, screen.public_id)
    assert joined.get(timeout=2) == (service.own_channel(screen.id), "{}")


def test_a_command_that_fails_tells_no_wall(world, dana, screen, joined):
    with pytest.raises(Refusal):
        service.change_display(dana, screen.public_id, look(world.plant, distance_m=5))
    with pytest.raises(queue.Empty):
        joined.get(timeout=0.05)
