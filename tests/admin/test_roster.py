"""The roster desk: upload, dry run, import; how far it reaches; files that mean harm."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
import python_calamine as calamine
from sqlalchemy import func, select

from quizapp.accounts.models import Person, RoleGrant, RosterFile, RosterRow
from quizapp.accounts.permissions import Role
from quizapp.accounts.service.roster import applying as writing
from quizapp.accounts.service.roster import desk, read_table, reading
from quizapp.accounts.service.roster.desk import applying as desk_applying
from quizapp.accounts.service.roster.desk import receiving, stored
from quizapp.accounts.service.roster.desk.applying import STALE
from quizapp.core import clock, jobs
from quizapp.core.audit import AuditRow
from quizapp.core.db import db as database
from quizapp.core.storage import Blob
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from tests import snapshots
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.factories import people as cast
from tests.factories.rosters import COLUMNS, TEAM, text_table, workbook

ZHANG = ["3001", "张三", "焊工", TEAM, "2026-10-01", "", "在岗", ""]
PAGE = "/admin/people/import"


@pytest.fixture
def dana(as_person):
    """The browser of who administers the whole company."""
    return as_person("dana")


@pytest.fixture
def petra(app, world):
    """The browser of a plant's administrator; a second plant lies beside theirs."""
    root = org.find_unit_by_code(world.organisation, "A")
    world.plant2 = cast.unit(world.organisation, root.id, "plant", "二厂", "A2")
    world.team2 = cast.unit(world.organisation, world.plant2, "team", "总装一班", "A21")
    world.people["otto"] = cast.person(world.organisation, world.team2, "Otto", "5001")
    world.people["petra"] = cast.person(
        world.organisation, world.plant, "Petra", "5000", role=Role.ADMIN
    )
    database.session.commit()
    return Browser(app).sign_in(world.people["petra"])


def csv(*rows: list[str], encoding: str = "utf-8", header: list[str] = COLUMNS) -> bytes:
    """Return a roster with these rows."""
    return text_table([header, *rows], encoding=encoding)


def send(browser, data: bytes, name: str = "花名册.csv"):
    """Upload a file and return the answer."""
    return browser.post(PAGE, {"file": (io.BytesIO(data), name)})


def dry_run(browser, *rows: list[str]) -> str:
    """Upload rows and return the address of their dry run."""
    answer = send(browser, csv(*rows))
    assert answer.status_code == 303, answer.text
    return answer.location


def stored_file() -> RosterFile:
    """Return the latest file as it is stored."""
    return database.session.scalars(
        select(RosterFile).order_by(RosterFile.id.desc()).execution_options(populate_existing=True)
    ).first()


def results() -> list[tuple[int, str]]:
    """Return (line, result) of the latest file."""
    rows = select(RosterRow.line, RosterRow.result).where(RosterRow.file_id == stored_file().id)
    return [tuple(row) for row in database.session.execute(rows.order_by(RosterRow.position))]


def said() -> dict[int, list[str]]:
    """Return what the latest file's lines are told, errors only."""
    rows = select(RosterRow).where(RosterRow.file_id == stored_file().id)
    return {
        row.line: [
            text
            for severity, _cell, text in json.loads(row.content)["notes"]
            if severity == "error"
        ]
        for row in database.session.scalars(rows)
    }


def person(world, number: str) -> Person | None:
    """Return somebody of the first company."""
    return database.session.scalar(
        select(Person)
        .where(Person.organisation_id == world.organisation, Person.employee_number == number)
        .execution_options(populate_existing=True)
    )


def count(model) -> int:
    """Return the number of rows of a table."""
    return database.session.scalar(select(func.count()).select_from(model)) or 0


# --- the way of a file ----------------------------------------------------------------------------


def test_a_file_is_looked_at_then_applied(dana, world):
    address = dry_run(
        dana,
        ZHANG,
        ["1002", "Bob", "电工", "一厂/焊装车间/焊装二班", "2026-11-10", "", "", ""],
        ["1001", "Alice", "", TEAM, "", "", "", ""],
    )
    page = dana.get(address).text
    assert results() == [(2, "new"), (3, "moved"), (4, "unchanged")]
    assert "导入 3 项变更" in page  # two people and a new unit
    assert person(world, "3001") is None
    assert dana.post(f"{address}/apply").location == address
    after = dana.get(address).text
    assert "1 人新增" in after or "新增 1" in after
    assert person(world, "3001").name == "张三"
    assert org.unit_on(world.people["bob"], org.today(world.organisation)) != world.team
    assert "张三" in dana.get("/admin/people?q=3001").text
    rows = database.session.execute(
        select(AuditRow.action, AuditRow.actor_id).where(AuditRow.action.startswith("people."))
    ).all()
    assert ("people.imported", world.people["dana"]) in [tuple(row) for row in rows]


def test_the_page_says_old_and_new_in_words(dana):
    address = dry_run(
        dana, ["1002", "鲍勃", "电工", "一厂/焊装车间", "2026-11-10", "", "离岗", "班组长"]
    )
    page = dana.get(address).text
    for text in ("焊装一班", "焊装车间", "自 2026-11-10 起", "鲍勃", "电工", "离岗", "班组长"):
        assert text in page
    assert re.search(r'class="cell">B2<', page), "a new name under a known number, with its cell"


def test_every_result_can_be_filtered_and_every_line_looked_at(dana, world):
    address = dry_run(
        dana,
        ZHANG,
        ["1002", "Bob", "电工", "", "", "", "", ""],
        ["1001", "Alice", "", "", "", "", "停用", ""],
        ["2000", "同事0", "", "", "", "", "", ""],
        ["", "", "焊工", "", "", "", "", ""],
        ["3009", "钱七", "", TEAM, "昨天", "", "", ""],
    )
    expected = ["new", "changed", "deactivated", "unchanged", "skipped", "problem"]
    assert [result for _line, result in results()] == expected
    for position, result in enumerate(expected, start=1):
        page = dana.get(f"{address}?result={result}").text
        assert page.count("data-row") == 1, result
        assert dana.get(f"{address}?line={position}").status_code == 200
    assert dana.get(f"{address}?result=flagged").text.count("data-row") == 1
    assert dana.get(f"{address}?result=nonsense").text.count("data-row") == 6
    assert dana.get(f"{address}?line=99").status_code == 404


def test_a_problem_is_named_by_line_and_cell_and_blocks_the_file(dana, world):
    address = dry_run(dana, ZHANG, ["3002", "李四", "", TEAM, "去年", "", "", ""])
    page = dana.get(address).text
    assert 'class="cell">E3<' in page
    assert "去年" in page
    assert f"{address}/apply" not in page
    before = snapshots.tables()
    refused = dana.post(f"{address}/apply")
    assert refused.status_code == 303
    assert snapshots.changed(before) == {}
    assert "1 处需要修改" in dana.get(address).text
    assert person(world, "3001") is None


def test_a_problem_of_one_line_holds_the_others_of_the_same_person_back(dana):
    dry_run(
        dana,
        ["3001", "张三", "", TEAM, "2026-01-01", "2026-05-31", "", ""],
        ["3001", "张三", "", "焊装车间", "去年", "", "", ""],
    )
    assert results() == [(2, "problem"), (3, "problem")]


def test_a_table_can_be_pasted(dana, world):
    answer = dana.post(PAGE, {"pasted": "工号\t姓名\t班组\n3001\t张三\t焊装一班\n"})
    dana.post(f"{answer.location}/apply")
    assert person(world, "3001") is not None


@pytest.mark.parametrize(("field", "text"), [("pasted", "   "), ("pasted", "x" * 1_000_001)])
def test_nothing_or_too_much_is_explained(dana, field, text):
    answer = dana.post(PAGE, {field: text})
    assert answer.status_code == 422
    assert count(RosterFile) == 0


def test_the_units_of_a_sheet_are_lines_too(dana, world):
    data = workbook(
        {
            "单位": [
                ["编码", "名称", "级别", "上级编码"],
                ["A1", "第一厂", "厂", ""],
                ["A12", "涂装车间", "车间", "A1"],
                ["A111", "焊装一班", "班组", "A12"],
            ],
            "人员": [["工号", "姓名", "单位编码"], ["3001", "张三", "A12"]],
        }
    )
    address = send(dana, data, "花名册.xlsx").location
    page = dana.get(address).text
    assert [result for _line, result in results()] == ["changed", "new", "moved", "new"]
    assert "一厂" in page
    assert "第一厂" in page
    dana.post(f"{address}/apply")
    assert org.find_unit_by_code(world.organisation, "A12").name == "涂装车间"


# --- once, all of it or nothing -------------------------------------------------------------------


def test_two_taps_import_once(dana, world):
    address = dry_run(dana, ZHANG)
    dana.post(f"{address}/apply")
    before = snapshots.tables()
    assert dana.post(f"{address}/apply").status_code == 303
    assert snapshots.changed(before) == {}


def test_the_same_file_again_changes_nothing(dana):
    dana.post(f"{dry_run(dana, ZHANG)}/apply")
    address = dry_run(dana, ZHANG)
    assert results() == [(2, "unchanged")]
    assert "没有变更" in dana.get(address).text
    dana.post(f"{address}/apply")
    assert stored_file().state == "ready"


def test_what_changed_meanwhile_is_said_and_shown(dana, world):
    address = dry_run(dana, ["1002", "Bob", "电工", "", "", "", "", ""])
    bob = org_person_address(world)
    dana.post(f"{bob}/edit", {"name": "Bob", "post": "钳工"})
    dana.post(f"{address}/apply")
    assert person(world, "1002").post == "钳工"
    page = dana.get(address).text
    assert "检查之后数据有了变化" in page
    assert "钳工" in page, "the dry run is of now"
    dana.post(f"{address}/apply")
    assert person(world, "1002").post == "电工"


def org_person_address(world) -> str:
    """Return the address of Bob's page."""
    public_id = database.session.get_one(Person, world.people["bob"]).public_id
    return f"/admin/people/{public_id}"


def test_a_dry_run_of_another_day_is_made_anew_first(dana, world):
    address = dry_run(dana, ["3001", "张三", "", TEAM, "", "", "", ""])
    with clock.frozen(NOW + timedelta(days=1)):
        page = dana.get(address).text
        assert "重新检查" in page
        assert f"{address}/apply" not in page
        dana.post(f"{address}/apply")
        assert person(world, "3001") is None
        dana.post(f"{address}/check")
        dana.post(f"{address}/apply")
        starts = select(Membership.starts_on).where(
            Membership.person_id == person(world, "3001").id
        )
        assert database.session.scalars(starts).all() == [org.today(world.organisation)]


def test_the_other_language_is_offered(dana):
    address = dry_run(dana, ["3001", "张三", "", TEAM, "yesterday", "", "", ""])
    assert "重新检查" not in dana.get(address).text
    dana.post("/locale", {"locale": "en"})
    assert "cannot be read as a day" not in dana.get(address).text
    dana.post(f"{address}/check")
    assert "cannot be read as a day" in dana.get(address).text


def test_put_away_is_gone_and_applied_is_not(dana):
    address = dry_run(dana, ZHANG)
    dana.post(f"{address}/cancel")
    assert count(RosterRow) == 0
    assert "已放弃" in dana.get(address).text
    dana.post(f"{address}/apply")
    assert stored_file().state == "cancelled"
    applied = dry_run(dana, ZHANG)
    dana.post(f"{applied}/apply")
    dana.post(f"{applied}/cancel")
    assert stored_file().state == "applied"
    assert count(RosterRow) == 1


def test_a_large_file_is_checked_and_applied_by_jobs(dana, world, monkeypatch):
    for module in (receiving, desk_applying):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    asked: list[str] = []
    enqueue = jobs.enqueue

    def note(name, **arguments):
        asked.append(name)
        return enqueue(name, **arguments)

    monkeypatch.setattr(jobs, "enqueue", note)
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(jobs, "say_progress", lambda _name, done, total: told.append((done, total)))
    address = dry_run(dana, ZHANG, ["3002", "李四", "", TEAM, "", "", "", ""])
    dana.post(f"{address}/apply")
    assert asked == ["accounts.check_roster", "accounts.apply_roster"]
    assert told[0] == (0, 2)
    assert stored_file().state == "applied"
    assert person(world, "3002") is not None


@pytest.fixture
def waiting(dana, monkeypatch):
    """A large file whose job has not run yet; returns its address."""
    for module in (receiving, desk_applying):
        monkeypatch.setattr(module, "AT_ONCE", 0)
    address = dry_run(dana, ZHANG)
    monkeypatch.setattr(jobs, "enqueue", lambda name, **_arguments: name)
    dana.post(f"{address}/apply")
    assert stored_file().state == "applying"
    return address


def test_a_waiting_page_tells_how_far_it_is(dana, waiting):
    name = desk_applying.progress_name(stored_file().public_id)
    assert dana.get(f"{waiting}/progress").get_json() == {
        "state": "applying",
        "done": 0,
        "total": 0,
    }
    with dana.app.app_context():
        jobs.say_progress(name, 500, 2000)
    assert dana.get(f"{waiting}/progress").get_json()["done"] == 500
    page = dana.get(waiting).text
    assert 'max="2000"' in page
    assert "500" in page


def test_a_job_that_is_run_twice_writes_once(waiting, world):
    file_id = stored_file().id
    desk.write_file(file_id)
    before = snapshots.tables()
    desk.write_file(file_id)
    assert snapshots.changed(before) == {}
    assert person(world, "3001") is not None


def test_a_killed_job_leaves_nothing_and_is_taken_up_again(waiting, world, monkeypatch):
    before = snapshots.tables()
    write_roles = writing._write_roles

    class Killed(BaseException):
        """What ends a process ends it in the middle of a transaction."""

    def die(*_arguments):
        raise Killed

    monkeypatch.setattr(writing, "_write_roles", die)
    with pytest.raises(Killed):
        desk.write_file(stored_file().id)
    assert snapshots.changed(before) == {}
    assert stored_file().state == "applying"
    monkeypatch.setattr(writing, "_write_roles", write_roles)
    with clock.frozen(NOW + STALE / 2):
        assert desk.resume_stale() == 0
    asked: list[tuple[str, dict]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **given: asked.append((name, given)))
    with clock.frozen(NOW + STALE + timedelta(seconds=1)):
        assert desk.resume_stale() == 1
        assert desk.resume_stale() == 0, "it was just woken"
    assert asked == [("accounts.apply_roster", {"file_id": stored_file().id})]
    desk.write_file(stored_file().id)
    assert person(world, "3001") is not None


def test_a_failure_while_writing_is_said_and_leaves_nothing(dana, world, monkeypatch):
    address = dry_run(dana, ZHANG)

    def fail(*_arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(writing, "_write_roles", fail)
    dana.post(f"{address}/apply")
    page = dana.get(address).text
    assert "系统出错" in page
    assert "the disk is full" not in page
    assert person(world, "3001") is None
    monkeypatch.undo()
    dana.post(f"{address}/apply")
    assert person(world, "3001") is not None
    assert "系统出错" not in dana.get(address).text


# --- how far an administrator reaches -------------------------------------------------------------


def test_a_plants_administrator_imports_into_their_plant(petra, world):
    address = dry_run(
        petra,
        ZHANG,
        ["3002", "李四", "", "一厂/涂装车间/涂装一班", "", "", "", "班组长"],
        ["1002", "Bob", "", "焊装车间", "", "", "", ""],
    )
    assert [result for _line, result in results()] == ["new", "new", "moved"]
    petra.post(f"{address}/apply")
    assert person(world, "3002") is not None
    made = database.session.scalars(select(Unit).where(Unit.name == "涂装一班")).one()
    assert made.path.startswith(database.session.get_one(Unit, world.plant).path)


OUTSIDE = {
    "somebody of another plant": ["5001", "Otto", "钳工", "", "", "", "", ""],
    "somebody of the company itself": ["1003", "Dana", "钳工", "", "", "", "", ""],
    "somebody of another plant, pulled over": ["5001", "Otto", "", TEAM, "", "", "", ""],
    "somebody of another plant, closed": ["5001", "Otto", "", "", "", "", "停用", ""],
    "a new person in another plant": ["3009", "张三", "", "二厂/总装一班", "", "", "", ""],
    "a new person in the company itself": ["3009", "张三", "", "甲集团", "", "", "", ""],
    "a new unit in another plant": ["3009", "张三", "", "二厂/总装二班", "", "", "", ""],
    "a new plant": ["3009", "张三", "", "三厂/总装一班", "", "", "", ""],
    "moved out": ["1002", "Bob", "", "二厂/总装一班", "", "", "", ""],
    "moved up": ["1002", "Bob", "", "甲集团", "", "", "", ""],
    "a history elsewhere": ["1002", "Bob", "", "二厂/总装一班", "2025-01-01", "2025-05-01", "", ""],
    "a role elsewhere": ["1002", "Bob", "", "二厂", "", "", "", "管理员"],
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_lines_outside_the_scope_are_refused_with_words(petra, world, case):
    before = snapshots.tables()
    address = dry_run(petra, ZHANG, OUTSIDE[case])
    assert [result for _line, result in results()] == ["new", "problem"]
    assert "范围" in said()[3][0]
    petra.post(f"{address}/apply")
    changed = snapshots.changed(before)
    assert not {"accounts_person", "org_unit", "org_membership", "accounts_role_grant"} & set(
        changed
    )


@pytest.mark.parametrize("case", OUTSIDE)
def test_the_whole_companys_administrator_may(petra, dana, case):
    dry_run(dana, ZHANG, OUTSIDE[case])
    assert results()[0] == (2, "new")
    assert "范围" not in json.dumps(said(), ensure_ascii=False)


def test_nothing_is_learnt_of_another_scope(petra, world):
    """Neither the name of somebody, nor units that share a name, nor what a code stands for."""
    other = cast.unit(world.organisation, world.plant2, "team", "焊装一班", "A22")
    database.session.commit()
    assert other
    address = dry_run(
        petra,
        ["5001", "某人", "", "", "", "", "", ""],
        ["3001", "张三", "", "焊装一班", "", "", "", ""],
    )
    page = petra.get(address).text
    assert "Otto" not in page
    assert "总装" not in page
    assert "二厂" not in page
    assert [result for _line, result in results()] == ["problem", "new"], "their own is meant"


@pytest.mark.parametrize(
    "row",
    [
        ["A21", "别名班", "班组", ""],  # renamed
        ["A21", "总装一班", "班组", "A1"],  # pulled over
        ["A111", "焊装一班", "班组", "A2"],  # pushed out
        ["A", "新集团名", "", ""],
        ["A1", "一厂", "厂", "A"],
        ["A99", "新厂", "厂", "A"],
        ["A98", "新厂", "厂", ""],
    ],
)
def test_units_outside_the_scope_stay(petra, world, row):
    header = ["编码", "名称", "级别", "上级编码"]
    data = workbook({"单位": [header, ["A12", "涂装车间", "车间", "A1"], row]})
    send(petra, data, "单位.xlsx")
    found = [result for _line, result in results()]
    is_as_it_was = row[0] == "A1"
    assert found == ["new", "unchanged" if is_as_it_was else found[1]]
    if row == ["A", "新集团名", "", ""]:
        assert found[1] == "unchanged"  # the organisation keeps its own name
    elif not is_as_it_was:
        assert found[1] == "problem"
        assert stored.load_summary(stored_file()).errors


def test_who_administers_more_cannot_be_closed_from_below(petra, world):
    person_id = world.people["alice"]
    root = org.find_unit_by_code(world.organisation, "A")
    database.session.add(RoleGrant(person_id=person_id, role="admin", unit_id=root.id))
    database.session.commit()
    dry_run(petra, ["1001", "Alice", "", "", "", "", "停用", ""])
    assert results() == [(2, "problem")]
    assert "管理" in said()[2][0]


def test_nobody_closes_their_own_account_by_a_file(petra, dana):
    dry_run(petra, ["5000", "Petra", "", "", "", "", "停用", ""])
    assert results() == [(2, "problem")]
    dry_run(dana, ["1003", "Dana", "", "", "", "", "停用", ""])
    assert results() == [(2, "problem")]


def test_a_scope_that_shrank_meanwhile_holds(petra, world):
    address = dry_run(petra, ZHANG)
    grant = database.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == world.people["petra"])
    ).one()
    grant.unit_id = world.plant2
    database.session.commit()
    petra.post(f"{address}/apply")
    assert person(world, "3001") is None
    assert results() == [(2, "problem")]


def test_who_arrives_later_still_belongs_to_the_plant_that_took_them_in(petra):
    row = ["3001", "张三", "", TEAM, "2026-12-01", "", "", ""]
    petra.post(f"{dry_run(petra, row)}/apply")
    dry_run(petra, row)
    assert results() == [(2, "unchanged")]


def test_a_file_is_its_owners_alone(petra, dana, as_person):
    address = dry_run(petra, ZHANG)
    for other in (dana, as_person("carol")):
        for path in (address, f"{address}/progress", f"{address}/problems.xlsx"):
            assert other.get(path).status_code == 404
        for step in ("apply", "check", "cancel"):
            assert other.post(f"{address}/{step}").status_code == 404
        assert address not in other.get(PAGE).text
    assert address in petra.get(PAGE).text


def test_employees_have_no_business_here(as_person):
    bob = as_person("bob")
    assert bob.get(PAGE).status_code == 403
    assert send(bob, csv(ZHANG)).status_code == 403
    assert count(RosterFile) == 0


# --- files that mean harm -------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_are_found_out(dana, world, encoding):
    address = send(dana, csv(ZHANG, encoding=encoding)).location
    dana.post(f"{address}/apply")
    assert person(world, "3001").name == "张三"


@pytest.mark.parametrize(
    ("locale", "words"), [("zh_CN", "文件太大"), ("en", "The file is too large")]
)
@pytest.mark.parametrize("megabytes", [22, 100])
def test_a_body_that_is_too_large_is_refused_unread(dana, locale, words, megabytes):
    dana.post("/locale", {"locale": locale})

    class Body(io.BytesIO):
        """A long body that notes how much of it was read."""

        taken = 0

        def read(self, size=-1):
            self.taken += size if size >= 0 else megabytes * 2**20
            return b"x" * max(size, 0)

        def seek(self, offset, whence=0):
            self.place = megabytes * 2**20 if whence == 2 else offset
            return self.place

        def tell(self):
            return getattr(self, "place", 0)

    body = Body()
    answer = dana.open(
        PAGE,
        method="POST",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": dana.csrf_token()},
    )
    assert answer.status_code == 413
    assert words in answer.text
    assert body.taken < 2**20
    assert count(RosterFile) == count(Blob) == 0


def test_a_file_that_is_a_little_too_large_says_the_limit(dana, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    answer = send(dana, csv(ZHANG, ZHANG))
    assert answer.status_code == 422
    assert "20 MB" in answer.text


HOSTILE = {
    "a formula": ('=HYPERLINK("http://evil")', "name"),
    "a full-width formula": ("＝1+1", "name"),
    "a huge cell": ("张" * 40_000, "name"),
    "a formula as a number": ("=1+1", "number"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_cells_that_mean_harm_are_problems(dana, world, case):
    text, field = HOSTILE[case]
    row = [text if field == "number" else "3001", text if field == "name" else "张三", "", TEAM]
    address = dry_run(dana, [*row, "", "", "", ""])
    assert results() == [(2, "problem")]
    assert dana.get(address).status_code == 200
    dana.post(f"{address}/apply")
    assert stored_file().state == "ready"


REFUSED = {
    "NUL bytes": (csv(ZHANG) + b"\x00", "a.csv"),
    "a program": (b"MZ\x90\x00" * 100, "a.exe"),
    "a cell without end": (csv() + b"3001," + b"x" * 200_000, "a.csv"),
    "nothing": (b"", "a.csv"),
    "names only": (csv(), "a.csv"),
    "no names": (b"a,b\n1,2\n", "a.csv"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_roster_is_refused_at_the_door(dana, case):
    answer = send(dana, *REFUSED[case])
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert count(RosterFile) == count(Blob) == 0


def test_a_bomb_is_not_opened(dana):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in zipfile.ZipFile(io.BytesIO(workbook({"a": [["工号", "姓名"]]}))).namelist():
            bomb.writestr(name, b" " * 2**20)
        bomb.writestr("xl/worksheets/sheet2.xml", bytes(60 * 2**20))
    answer = send(dana, out.getvalue(), "a.xlsx")
    assert answer.status_code == 422
    assert count(Blob) == 0


def test_circles_and_duplicates_are_problems(dana):
    header = ["编码", "名称", "级别", "上级编码"]
    rows = [
        ["X1", "甲车间", "车间", "X2"],
        ["X2", "乙班", "班组", "X1"],
        ["X1", "丙车间", "车间", ""],
    ]
    send(dana, workbook({"单位": [header, *rows]}), "单位.xlsx")
    assert "problem" in [result for _line, result in results()]
    dry_run(
        dana,
        ZHANG,
        ["３００１", "张三", "", TEAM, "", "", "", ""],
        ["3001", "李四", "", "", "", "", "", ""],
    )
    assert [result for _line, result in results()] == ["problem"] * 3


EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">{{7*7}}'


def test_names_are_text_and_nothing_else(dana):
    address = send(
        dana, csv([*ZHANG[:1], EVIL, EVIL, *ZHANG[3:]]), "<img src=x onerror=alert(3)>.csv"
    ).location
    for path in (address, f"{address}?line=1", PAGE):
        page = dana.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in re.findall(r">[^<>]*7\*7[^<>]*<|>49<", page)
    assert "&lt;script&gt;" in dana.get(address).text


def test_a_name_of_a_file_is_cleaned(dana):
    send(dana, csv(ZHANG), "C:\\fakepath\\..\\" + "长" * 300 + "\u202e.csv")
    name = stored_file().filename
    assert len(name) == 160
    assert name.endswith("长.csv")


def test_problems_are_downloaded_as_text_and_can_be_uploaded_again(dana, world):
    formula = "=cmd|' /C calc'!A0"
    address = dry_run(
        dana,
        ["3001", "张三", formula, TEAM, "", "", "", ""],
        ["3002", "李四", "+86", TEAM, "去年", "", "", ""],
        ["0003", "王五", "-1", TEAM, "2026-11-01", "", "", ""],
    )
    answer = dana.get(f"{address}/problems.xlsx")
    assert answer.status_code == 200
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    (name,) = book.sheet_names
    sheet = book.get_sheet_by_name(name)
    head, *rows = sheet.to_python()
    assert head[:4] == ["文件行号", "问题说明", "工号", "姓名"]
    assert [row[0] for row in rows] == ["2", "3"]
    assert "C2" in rows[0][1]
    assert rows[0][4] == formula, "as it was, and a string"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert not [n for n in parts.namelist() if b"<f>" in parts.read(n)]
    again = read_table(answer.data, "a.xlsx")
    assert [row.text("number") for row in again.people] == ["3001", "3002"]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_template_is_a_roster_in_either_language(dana, locale):
    dana.post("/locale", {"locale": locale})
    data = dana.get(f"{PAGE}/template.xlsx").data
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    head = book.get_sheet_by_index(0).to_python()[0]
    filled = workbook({"a": [head, ["0001", "张三", "焊工", TEAM, "", "", "", ""]]})
    (row,) = read_table(filled, "a.xlsx").people
    assert row.text("number") == "0001"
    assert row.text("unit_path") == TEAM
    assert len(row.values) == 4
    assert ("工号" in head) == (locale == "zh_CN")
    assert send(dana, data, "a.xlsx").status_code == 422, "a template has no rows"


def test_nothing_is_taken_without_a_token(dana):
    address = dry_run(dana, ZHANG)
    before = snapshots.tables()
    for path in (PAGE, f"{address}/apply", f"{address}/cancel", f"{address}/check"):
        assert dana.open(path, method="POST", data={"pasted": "工号,姓名\n1,a"}).status_code == 400
    assert snapshots.changed(before) == {}


def test_a_page_costs_the_same_for_three_lines_and_for_three_hundred(dana, count_statements):
    def cost(address: str) -> int:
        with count_statements() as seen:
            dana.get(f"{address}?line=1")
        return len(seen)

    few = dry_run(dana, *[[f"7{n:03}", "某人", "", TEAM, "", "", "", ""] for n in range(3)])
    many = dry_run(dana, *[[f"8{n:03}", "某人", "", TEAM, "", "", "", ""] for n in range(300)])
    dana.get(few)
    assert cost(many) == cost(few) <= 10
    page = dana.get(many).text
    assert page.count("data-row") == 100
    following = re.search(r'href="([^"]*after=100[^"]*)"', page)
    assert following
    assert dana.get(following[1].replace("&amp;", "&")).text.count("data-row") == 100
