"""A role holds for a unit and all below it: what an administrator of one plant can reach.

Erin administers the plant in which Bob works. Frank works in Bob's team and administers the whole
company: he is in Erin's plant, and yet above her.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from quizapp.accounts.models import Person, RoleGrant
from quizapp.accounts.permissions import Permission, Role
from quizapp.core.db import db as database
from quizapp.org import service as org
from quizapp.org.models import Unit
from tests import snapshots
from tests.browser_client import Browser
from tests.factories import people

PEOPLE, SETTINGS = Permission.MANAGE_PEOPLE, Permission.MANAGE_SETTINGS


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast, with Erin, Frank, and Gina in another plant."""
    made = people.world()
    root = org.find_unit_by_code(made.organisation, "A").id
    other = people.unit(made.organisation, root, "plant", "二厂", "A2")
    organisation = made.organisation
    made.people |= {
        "erin": people.person(organisation, made.plant, "Erin", "3001", role=Role.ADMIN),
        "frank": people.person(organisation, made.team, "Frank", "3002"),
        "gina": people.person(organisation, other, "Gina", "3003"),
    }
    frank = made.people["frank"]
    database.session.add(RoleGrant(person_id=frank, role=Role.ADMIN.value, unit_id=root))
    database.session.commit()
    return made


@pytest.fixture
def erin(app, world) -> Browser:
    """Erin, signed in."""
    return Browser(app).sign_in(world.people["erin"])


def name_of(world, person: str) -> str:
    """Return how somebody is called in addresses."""
    return database.session.get_one(Person, world.people[person]).public_id


def unit_name(unit_id: int) -> str:
    """Return how a unit is called in addresses."""
    return database.session.get_one(Unit, unit_id).public_id


def roles_of(world, person: str) -> list[tuple[str, int]]:
    """Return the roles somebody has, each with its unit."""
    rows = select(RoleGrant.role, RoleGrant.unit_id).where(
        RoleGrant.person_id == world.people[person]
    )
    return [tuple(row) for row in database.session.execute(rows)]


def test_a_scope_is_a_unit_and_all_below_it(world):
    viewer = people.viewer(world.people["erin"])
    team, plant = (database.session.get_one(Unit, n).path for n in (world.team, world.plant))
    assert viewer.scope_paths(PEOPLE) == (plant,)
    assert viewer.covers(PEOPLE, team)
    assert not viewer.covers(PEOPLE, "/1/")
    assert not viewer.covers(PEOPLE, plant.rstrip("/") + "9/")  # a path that only begins alike


def test_settings_belong_to_the_whole_company(erin, world):
    assert not people.viewer(world.people["erin"]).may(SETTINGS)
    assert erin.get("/admin/settings").status_code == 403
    assert people.viewer(world.people["frank"]).may(SETTINGS)


def test_the_list_ends_at_the_scope(erin):
    page = erin.get("/admin/people").get_data(as_text=True)
    assert "Bob" in page
    assert "Gina" not in page
    assert "二厂" not in page


@pytest.mark.parametrize("path", ["", "/edit"])
def test_people_of_another_plant_are_hidden(erin, world, path):
    assert erin.get(f"/admin/people/{name_of(world, 'bob')}{path}").status_code == 200
    assert erin.get(f"/admin/people/{name_of(world, 'gina')}{path}").status_code == 404
    assert erin.get(f"/admin/people/{name_of(world, 'dana')}{path}").status_code == 404


@pytest.mark.parametrize("action", ["edit", "move", "close", "reopen", "roles", "roles/revoke"])
def test_people_of_another_plant_cannot_be_changed(erin, world, action):
    form = {"name": "x", "post": "", "unit": unit_name(world.team), "since": "2026-11-18"}
    before = snapshots.tables()
    address = f"/admin/people/{name_of(world, 'gina')}/{action}"
    assert erin.post(address, {**form, "role": "admin"}).status_code == 404
    assert snapshots.changed(before) == {}


def test_nobody_is_moved_out_of_the_scope(erin, world):
    root = unit_name(org.find_unit_by_code(world.organisation, "A").id)
    before = snapshots.tables()
    form = {"unit": root, "since": "2026-11-18"}
    assert erin.post(f"/admin/people/{name_of(world, 'bob')}/move", form).status_code == 422
    assert snapshots.changed(before) == {}


def test_nobody_gives_a_role_beyond_their_own(erin, world):
    root = unit_name(org.find_unit_by_code(world.organisation, "A").id)
    before = snapshots.tables()
    for person in ("bob", "erin"):
        form = {"role": "admin", "unit": root}
        assert erin.post(f"/admin/people/{name_of(world, person)}/roles", form).status_code == 422
    assert snapshots.changed(before) == {}


def test_a_role_within_the_scope_is_given_and_taken(erin, world):
    address = f"/admin/people/{name_of(world, 'bob')}/roles"
    erin.post(address, {"role": "leader", "unit": unit_name(world.team)})
    assert roles_of(world, "bob") == [("leader", world.team)]
    erin.post(f"{address}/revoke", {"role": "leader", "unit_id": str(world.team)})
    assert roles_of(world, "bob") == []


def test_a_role_beyond_the_scope_is_not_taken(erin, world):
    root = org.find_unit_by_code(world.organisation, "A").id
    before = snapshots.tables()
    address = f"/admin/people/{name_of(world, 'frank')}/roles/revoke"
    assert erin.post(address, {"role": "admin", "unit_id": str(root)}).status_code == 403
    assert snapshots.changed(before) == {}


def test_nobody_takes_over_the_account_of_somebody_above(erin, world):
    """Who can print a card can sign in with it."""
    before = snapshots.tables()
    card = {"person": [name_of(world, "bob"), name_of(world, "frank")], "confirmed": "1"}
    answer = erin.post("/admin/people/cards", card)
    assert answer.status_code == 403
    assert "上级管理员" in answer.get_data(as_text=True)
    assert snapshots.changed(before) == {}


def test_nobody_closes_the_account_of_somebody_above(erin, world):
    before = snapshots.tables()
    assert erin.post(f"/admin/people/{name_of(world, 'frank')}/close").status_code == 403
    assert snapshots.changed(before) == {}


def test_an_administrator_of_the_same_unit_is_not_above(app, world):
    """Two administrators of the whole company can help each other out."""
    frank = Browser(app).sign_in(world.people["frank"])
    card = {"person": name_of(world, "dana"), "confirmed": "1"}
    assert frank.post("/admin/people/cards", card).status_code == 200


@pytest.mark.parametrize("action", ["edit", "close"])
def test_units_beyond_the_scope_are_hidden(erin, world, action):
    for code in ("A", "A2"):
        unit = org.find_unit_by_code(world.organisation, code).public_id
        form = {"name": "x", "parent": unit_name(world.workshop)}
        assert erin.post(f"/admin/units/{unit}/{action}", form).status_code == 404


def test_displays_beyond_the_scope_are_hidden(erin, app, world):
    from tests.scene import pair_display

    frank = people.viewer(world.people["frank"])
    outside = pair_display(frank, org.find_unit_by_code(world.organisation, "A2").id, "one")
    inside = pair_display(frank, world.workshop, "two")
    assert erin.get(f"/admin/displays?display={inside}").status_code == 200
    assert erin.get(f"/admin/displays?display={outside}").status_code == 404
    assert erin.post(f"/admin/displays/{outside}/unpair").status_code == 404
    assert outside not in erin.get("/admin/displays").get_data(as_text=True)
