"""The administrator's desk: people, units, displays, settings."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from quizapp.accounts.models import Person, RoleGrant
from quizapp.boards.models import Display
from quizapp.core.audit import AuditRow
from quizapp.org import service as org
from quizapp.org.models import Unit
from tests.browser_client import Browser


@pytest.fixture
def dana(as_person):
    """The administrator's browser."""
    return as_person("dana")


def public_id(db, model, row_id):
    """Return the name of a row in URLs."""
    return db.session.get_one(model, row_id).public_id


@pytest.fixture
def team(db, world):
    """The public id of the team."""
    return public_id(db, Unit, world.team)


@pytest.fixture
def bob(db, world):
    """Bob's public id."""
    return public_id(db, Person, world.people["bob"])


def audited(db, action):
    """Tell how often an action is in the log."""
    return db.session.scalar(
        select(func.count()).select_from(AuditRow).where(AuditRow.action == action)
    )


def test_the_list_shows_a_unit_with_everything_below_it(dana, team):
    page = dana.get(f"/admin/people?unit={team}")
    assert page.status_code == 200
    for text in ("Alice", "Bob", "1002", "焊装一班", "班组长"):
        assert text in page.text
    assert "Charlie" not in page.text


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("q=Ali", "Alice", "Bob"),
        ("q=1002", "Bob", "Alice"),
        ("q=%EF%BC%91%EF%BC%90%EF%BC%90%EF%BC%92", "Bob", "Alice"),  # full-width 1002
        ("role=leader", "Alice", ">Bob<"),
    ],
)
def test_searching_and_filtering(dana, query, found, missing):
    page = dana.get(f"/admin/people?{query}").text
    assert found in page
    assert missing not in page


def test_a_search_without_a_match_says_so(dana):
    assert "没有" in dana.get("/admin/people?q=%25").text


def test_the_list_costs_the_same_for_one_person_and_for_fifty(dana, world, db, count_statements):
    from tests.factories import people

    dana.get("/admin/people")
    with count_statements() as few:
        dana.get("/admin/people")
    for number in range(60):
        people.person(world.organisation, world.team, f"人{number}", f"77{number:03}")
    db.session.commit()
    with count_statements() as many:
        dana.get("/admin/people")
    assert len(many) == len(few) <= 14


def test_a_person_is_added_and_found(dana, team, db):
    answer = dana.post(
        "/admin/people/add",
        {
            "name": "王敏",
            "employee_number": "100290",
            "post": "工艺员",
            "unit": team,
            "since": "2026-11-18",
        },
    )
    assert answer.status_code == 302
    assert "王敏" in dana.get(answer.location).text
    assert audited(db, "people.added") == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("employee_number", "１００２", "已"),  # Bob's, in full width
        ("employee_number", "", "请填写"),
        ("name", "", "请填写"),
        ("since", "tomorrow", "2026"),
        ("unit", "nonsense", "范围"),
    ],
)
def test_a_wrong_field_is_explained_and_nothing_is_saved(dana, team, db, field, value, words):
    form = {"name": "王敏", "employee_number": "100290", "unit": team, "since": "2026-11-18"}
    before = db.session.scalar(select(func.count()).select_from(Person))
    answer = dana.post("/admin/people/add", {**form, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == before


def test_a_person_is_renamed_moved_closed_and_opened_again(dana, world, bob, team, db):
    workshop = public_id(db, Unit, world.workshop)
    dana.post(f"/admin/people/{bob}/edit", {"name": "鲍勃", "post": "焊工"})
    dana.post(f"/admin/people/{bob}/move", {"unit": workshop, "since": "2026-11-18"})
    page = dana.get(f"/admin/people/{bob}").text
    assert "鲍勃" in page
    assert page.count("焊装车间") >= 1
    assert org.unit_on(world.people["bob"], org.today(world.organisation)) == world.workshop
    dana.post(f"/admin/people/{bob}/close")
    person = db.session.get_one(Person, world.people["bob"], populate_existing=True)
    assert not person.is_active
    assert org.unit_on(person.id, org.today(world.organisation)) is None
    assert "停用" in dana.get(f"/admin/people/{bob}").text
    dana.post(f"/admin/people/{bob}/reopen", {"unit": team})
    assert org.unit_on(person.id, org.today(world.organisation)) == world.team


def test_a_closed_person_is_signed_out_at_once(dana, bob, as_person):
    browser = as_person("bob")
    assert browser.get("/").status_code == 200
    dana.post(f"/admin/people/{bob}/close")
    assert "/login" in browser.get("/").location


def test_nobody_closes_their_own_account(dana, world, db):
    own = public_id(db, Person, world.people["dana"])
    assert dana.post(f"/admin/people/{own}/close").status_code == 409
    assert db.session.get_one(Person, world.people["dana"], populate_existing=True).is_active


def test_a_role_is_given_and_taken(dana, world, bob, team, db):
    dana.post(f"/admin/people/{bob}/roles", {"role": "leader", "unit": team})
    grant = db.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == world.people["bob"])
    ).one()
    assert grant.role == "leader"
    dana.post(
        f"/admin/people/{bob}/roles/revoke", {"role": "leader", "unit_id": str(grant.unit_id)}
    )
    assert (
        db.session.scalars(
            select(RoleGrant).where(RoleGrant.person_id == world.people["bob"])
        ).all()
        == []
    )


@pytest.mark.parametrize("role", ["king", "", "employee"])
def test_a_role_that_does_not_exist_is_refused(dana, bob, team, role):
    answer = dana.post(f"/admin/people/{bob}/roles", {"role": role, "unit": team})
    assert answer.status_code == 422


def test_cards_are_asked_for_first_and_shown_once(dana, bob, world, db):
    asked = dana.post("/admin/people/cards", {"person": bob})
    assert asked.status_code == 200
    assert db.session.get_one(Person, world.people["bob"]).password_hash is None
    sheet = dana.post("/admin/people/cards", {"person": bob, "confirmed": "1"}).text
    password = re.search(r"[A-Z0-9]{5}-[A-Z0-9]{5}", sheet)
    assert password
    assert password[0] not in dana.get(f"/admin/people/{bob}").text
    person = db.session.get_one(Person, world.people["bob"], populate_existing=True)
    assert person.must_change_password
    assert password[0] not in (person.password_hash or "")


def test_a_card_signs_in_once_and_asks_for_a_password_of_ones_own(dana, bob, world, app):
    sheet = dana.post("/admin/people/cards", {"person": bob, "confirmed": "1"}).text
    password = re.search(r"[A-Z0-9]{5}-[A-Z0-9]{5}", sheet)[0]
    browser = Browser(app)
    organisation = org.get_organisation(world.organisation).public_id
    answer = browser.post(
        "/login",
        {"employee_number": "1002", "password": password, "organisation": organisation},
    )
    assert answer.status_code == 302
    assert "/me/password" in browser.get("/").location
    changed = browser.post(
        "/me/password",
        {
            "current": password,
            "password": "春风又绿江南岸，明月照我还",
            "again": "春风又绿江南岸，明月照我还",
        },
    )
    assert changed.status_code == 302, changed.text
    assert browser.get("/").status_code == 200


def test_choosing_nobody_for_cards_is_explained(dana):
    answer = dana.post("/admin/people/cards", {})
    assert answer.status_code == 422
    assert "至少" in answer.text


def test_a_unit_is_made_renamed_and_closed(dana, world, db):
    workshop = public_id(db, Unit, world.workshop)
    dana.post(
        "/admin/units/add",
        {"name": "焊装九班", "code": "A119", "kind": "team", "parent": workshop},
    )
    made = org.find_unit_by_code(world.organisation, "A119")
    assert made is not None
    dana.post(f"/admin/units/{made.public_id}/edit", {"name": "焊装十班", "parent": workshop})
    assert "焊装十班" in dana.get(f"/admin/people?unit={made.public_id}").text
    dana.post(f"/admin/units/{made.public_id}/close")
    assert not db.session.get_one(Unit, made.id, populate_existing=True).is_active


@pytest.mark.parametrize(
    "form",
    [
        {"name": "班", "code": "A111", "kind": "team"},  # the code is taken
        {"name": "厂", "code": "A99", "kind": "plant"},  # a plant below a workshop
        {"name": "班", "code": "A99", "kind": "planet"},
        {"name": "", "code": "A99", "kind": "team"},
    ],
)
def test_a_unit_that_does_not_fit_is_explained(dana, world, db, form):
    workshop = public_id(db, Unit, world.workshop)
    before = db.session.scalar(select(func.count()).select_from(Unit))
    assert dana.post("/admin/units/add", {**form, "parent": workshop}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Unit)) == before


def test_a_unit_cannot_be_hung_below_itself(dana, world, db, team):
    plant = public_id(db, Unit, world.plant)
    answer = dana.post(f"/admin/units/{plant}/edit", {"name": "一厂", "parent": team})
    assert answer.status_code == 422
    assert "自身" in answer.text or "自己" in answer.text


def test_a_display_is_paired_changed_and_unpaired(app, dana, world, db):
    television = Browser(app)
    code = re.search(r'aria-label="([A-Z0-9 ]{6,7})"', television.get("/boards/pair").text)[1]
    workshop = public_id(db, Unit, world.workshop)
    look = {"unit": workshop, "name": "东门", "distance_m": "8", "theme": "dark"}
    answer = dana.post("/admin/displays", {"code": code.lower(), **look})
    assert answer.status_code == 302
    assert television.get("/boards/tv").status_code == 200
    display = db.session.scalars(select(Display)).one()
    assert "东门" in dana.get("/admin/displays").text
    dana.post(
        f"/admin/displays/{display.public_id}",
        {**look, "name": "西门", "distance_m": "10", "page_1": "board"},
    )
    assert "西门" in dana.get("/admin/displays").text
    dana.post(f"/admin/displays/{display.public_id}/unpair")
    assert "/boards/pair" in television.get("/boards/tv").location


@pytest.mark.parametrize("code", ["", "AAAAAA", "000000", "too long by far", "'; DROP"])
def test_a_wrong_code_is_explained(dana, world, db, code):
    workshop = public_id(db, Unit, world.workshop)
    form = {"code": code, "unit": workshop, "distance_m": "8", "theme": "dark"}
    assert dana.post("/admin/displays", form).status_code == 422
    assert db.session.scalars(select(Display)).all() == []


def test_settings_are_saved(dana, world):
    dana.post("/admin/settings", {"name": "新集团", "time_zone": "Asia/Urumqi"})
    organisation = org.get_organisation(world.organisation)
    assert (organisation.name, organisation.time_zone) == ("新集团", "Asia/Urumqi")
    refused = dana.post("/admin/settings", {"name": "新集团", "time_zone": "Mars"})
    assert refused.status_code == 422


def test_a_logo_is_shown_on_the_page_where_people_sign_in(app, dana, world):
    drawn = BytesIO()
    Image.new("RGB", (64, 64), "blue").save(drawn, format="PNG")
    dana.post("/admin/settings/logo", {"logo": (BytesIO(drawn.getvalue()), "标志.png")})
    organisation = org.get_organisation(world.organisation)
    shown = Browser(app).get(f"/logo/{organisation.public_id}.png")
    assert shown.mimetype == "image/png"
    broken = dana.post("/admin/settings/logo", {"logo": (BytesIO(b"<svg>"), "x.svg")})
    assert broken.status_code == 422
