"""The desks of absences and shifts, and the forms that merge and split units."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from quizapp.core.db import db as database
from quizapp.org import service as org
from quizapp.org.models import Unit
from tests.browser_client import Browser
from tests.factories import people
from tests.factories.teams import members_of, teams
from tests.scene import public_id_of

TODAY = date(2026, 11, 18)


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast, with a second team of six."""
    made = people.world()
    teams(made.organisation, made.workshop, [6])
    return made


@pytest.fixture
def dana(app, world) -> Browser:
    """Dana's browser."""
    return Browser(app).sign_in(world.people["dana"])


def other_team(world: people.World) -> int:
    """Return the id of the second team."""
    return max(unit.id for unit in org.list_units(world.organisation))


# -- absences


def test_an_absence_is_recorded_shown_and_taken_back(dana, world):
    form = {"number": "1002", "kind": "away", "since": "2026-11-18", "until": "2026-11-20"}
    assert dana.post("/admin/absences", form).status_code == 303
    page = dana.get("/admin/absences").text
    assert "Bob" in page
    assert "11月21日" in page
    number = page.split('name="absence" value="')[1].split('"')[0]
    assert dana.post("/admin/absences/remove", {"absence": number}).status_code == 303
    assert "没有离岗人员" in dana.get("/admin/absences").text
    assert dana.post("/admin/absences/remove", {"absence": number}).status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"number": "", "kind": "away", "since": "2026-11-18"}, "field__error"),
        ({"number": "9", "kind": "away", "since": "2026-11-18"}, "没有工号为 9 的人员"),
        ({"number": "1002", "kind": "lent", "since": "2026-11-18"}, "缺少单位编码"),
        ({"number": "1002", "kind": "away", "since": "x"}, "field__error"),
    ],
)
def test_what_cannot_be_recorded_is_explained(dana, world, form, words):
    page = dana.post("/admin/absences", form)
    assert page.status_code == 422
    assert words in page.text


def test_a_table_goes_from_its_dry_run_to_the_import(dana, world):
    data = "工号,类别,开始日期\n1002,请假,2026-11-18\n".encode()
    sent = dana.post("/admin/absences/import", {"file": (BytesIO(data), "离岗.csv")})
    assert sent.status_code == 303
    page = dana.get(sent.location).text
    assert "试运行" in page
    assert "自 11月18日起不计入" in page
    assert dana.post(f"{sent.location}/apply").status_code == 303
    assert "已导入" in dana.get(sent.location).text
    assert org.count_eligible(world.organisation, TODAY)[world.team] == 7


def test_a_table_with_a_problem_cannot_be_imported_but_put_away(dana, world):
    data = "工号,类别,开始日期\n9999,请假,2026-11-18\n".encode()
    sent = dana.post("/admin/absences/import", {"file": (BytesIO(data), "离岗.csv")})
    page = dana.get(sent.location).text
    assert "disabled" in page
    assert "9999" in page
    problems = dana.get(f"{sent.location}/problems.xlsx")
    assert problems.data.startswith(b"PK")
    dana.post(f"{sent.location}/cancel")
    assert "已放弃" in dana.get(sent.location).text or "收起" in dana.get(sent.location).text


def test_a_file_that_is_no_table_is_refused_at_its_field(dana, world):
    for data, name in ((b"\x00\x01", "x.bin"), (b"", "x.csv"), (b"PK\x03\x04", "x.xlsx")):
        page = dana.post("/admin/absences/import", {"file": (BytesIO(data), name)})
        assert page.status_code == 422
        assert "field__error" in page.text


# -- shifts


def test_a_pattern_is_written_assigned_and_shown(dana, world):
    form = {"code": "ZW", "name": "驻外", "cycle": "14白14休", "anchor_on": "2026-11-02"}
    assert dana.post("/admin/shifts", form).status_code == 303
    assign = {
        "pattern": "ZW",
        "unit": public_id_of(Unit, world.team),
        "since": "2026-11-02",
        "offset_days": "0",
    }
    assert dana.post("/admin/shifts/assign", assign).status_code == 303
    page = dana.get("/admin/shifts").text
    assert "1 个单位" in page
    assert "有，不计入" in page
    assert page.count("shift-day--R") == 12  # of fourteen days from the 18th on
    assert org.shift_of_unit(world.team, TODAY) == "R"


@pytest.mark.parametrize("cycle", ["", "休", "甲乙", "200白"])
def test_what_is_no_pattern_is_explained(dana, world, cycle):
    form = {"code": "ZW", "name": "驻外", "cycle": cycle, "anchor_on": "2026-11-02"}
    page = dana.post("/admin/shifts", form)
    assert page.status_code == 422
    assert "field__error" in page.text


def test_without_a_pattern_the_desk_says_when_one_is_needed(dana, world):
    assert "还没有班制" in dana.get("/admin/shifts").text


def test_the_desk_of_shifts_takes_as_many_statements_for_many_patterns(
    dana, world, count_statements
):
    def asked() -> int:
        with count_statements() as seen:
            dana.get("/admin/shifts")
        return len(seen)

    def write(code: str) -> None:
        org.set_pattern(None, world.organisation, code=code, name=code, cycle="DR", anchor_on=TODAY)

    write("A")
    one = asked()
    for code in "BCDE":
        write(code)
    assert asked() == one


# -- mergers and splits


def test_a_unit_is_merged_with_a_form_and_its_history_is_shown(dana, world):
    other = other_team(world)
    where = f"/admin/units/{public_id_of(Unit, other)}"
    assert "合并" in dana.get(f"{where}/merge").text
    into = public_id_of(Unit, world.team)
    sent = dana.post(f"{where}/merge", {"into": into, "since": "2026-11-18"})
    assert sent.status_code == 302
    assert org.unit_on(members_of(other)[0], TODAY) == world.team
    assert "并入" in dana.get(f"/admin/units/{into}/edit").text


@pytest.mark.parametrize("since", ["", "2026-12-24", "2026-01-01"])
def test_a_merger_on_an_impossible_day_is_explained(dana, world, since):
    where = f"/admin/units/{public_id_of(Unit, other_team(world))}/merge"
    page = dana.post(where, {"into": public_id_of(Unit, world.team), "since": since})
    assert page.status_code == 422
    assert "field__error" in page.text


def test_a_unit_is_split_by_choosing_people(dana, world):
    where = f"/admin/units/{public_id_of(Unit, world.team)}/split"
    page = dana.get(where).text
    assert "Bob" in page
    chosen = page.split('name="people" value="')[1].split('"')[0]
    form = {"name": "新班", "code": "N1", "since": "2026-11-18", "people": [chosen]}
    assert dana.post(where, form).status_code == 302
    new = org.find_unit_by_code(world.organisation, "N1")
    assert new
    assert database.session.get_one(Unit, new.id).parent_id == world.workshop
    assert org.count_members(world.organisation, TODAY)[new.id] == 1


def test_a_split_without_people_keeps_what_was_typed(dana, world):
    where = f"/admin/units/{public_id_of(Unit, world.team)}/split"
    page = dana.post(where, {"name": "新班", "code": "N1", "since": "2026-11-18"})
    assert page.status_code == 422
    assert "新班" in page.text
    assert "请选择调入新单位的人员" in page.text
