"""Pages of statutory training: what each says, who may open it, and what opening writes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from sqlalchemy import func, select

from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic
from quizapp.quizzes import service as quizzes
from quizapp.training import service as training
from quizapp.training.models import Certificate, PaperResult
from tests import snapshots
from tests.factories import people, season
from tests.factories import training as courses

TODAY = date(2026, 11, 18)
FORM = {
    "title": "高处作业初次培训",
    "kind": "special",
    "legal_document": "安全生产法",
    "legal_clause": "第三十条",
    "hours": "24",
    "validity_months": "36",
    "window_days": "60",
    "complete_by": "2026-12-31",
    "minutes": "45",
    "cut_percent": "80",
    "attempts": "",
    "place": ["2", "1", ""],
    "heading": ["后读", "先读", ""],
    "body": ["二", "一", ""],
    "source": ["", "", ""],
    "theme": [courses.THEME, ""],
    "easy": ["4", ""],
    "medium": ["", ""],
    "hard": ["", ""],
}


@pytest.fixture
def desk(tess, as_person):
    """The trainer's browser."""
    return as_person("tess")


@pytest.fixture
def certificate(world, tess, course_id):
    """Bob's certificate, as its owner sees it."""
    name = courses.certify(tess, course_id, world.people["bob"], TODAY)
    return training.get_certificate(people.viewer(world.people["bob"]), name)


def audited(db, action):
    """Tell how often an action is in the log."""
    return db.session.scalar(
        select(func.count()).select_from(AuditRow).where(AuditRow.action == action)
    )


# --- learners -------------------------------------------------------------------------------------


def test_a_learner_finds_the_course_with_its_day_and_its_basis(as_person, course_id):
    bob = as_person("bob")
    mine = bob.get("/training").text
    assert "煤气安全年度复训" in mine
    assert "12月18日前" in mine
    page = bob.get(f"/training/courses/{course_id}").text
    for words in (
        "《安全生产法》第二十八条",
        "必须通过考核",
        "认识煤气",
        "先撤离，再报告。",
        "去考试",
    ):
        assert words in page


def test_the_course_is_a_task_until_it_is_passed(world, tess, as_person, course_id):
    bob = as_person("bob")
    for path in ("/", "/tasks"):
        page = bob.get(path).text
        assert "煤气安全年度复训" in page, path
        assert "法定" in page
        assert f"/training/courses/{course_id}" in page
    courses.certify(tess, course_id, world.people["bob"], TODAY)
    for path in ("/", "/tasks"):
        assert "煤气安全年度复训" not in bob.get(path).text, path


def test_only_this_room_orders(as_person, course_id):
    bob = as_person("bob")
    assert "必须" in bob.get(f"/training/courses/{course_id}").text
    for path in ("/", "/me", "/training", "/team/rules"):
        assert "必须" not in bob.get(path).text, path


def test_the_rules_say_what_is_told_and_who_sees_it(as_person, course_id):
    page = as_person("bob").get(f"/training/courses/{course_id}/exam").text
    for words in (
        "5 题，20 分钟",
        "60 秒宽限",
        "还可考 3 次",
        "不提示对错",
        "看不到分数",
        "不计积分",
    ):
        assert words in page
    assert 'id="device"' in page


def test_the_result_of_the_exam_leads_to_the_certificate(world, as_person, course_id):
    bob = people.viewer(world.people["bob"])
    attempt_id = training.start_exam(bob, course_id)
    for position in range(1, 6):
        season.answer(bob, attempt_id, position)
    quizzes.hand_in(bob, attempt_id)
    page = as_person("bob").get(f"/result/{attempt_id}").text
    assert 'href="/training"' in page
    assert "我的证书" in page


def test_a_result_below_the_mark_leads_back_to_the_course(world, as_person, course_id):
    bob = people.viewer(world.people["bob"])
    attempt_id = training.start_exam(bob, course_id)
    quizzes.hand_in(bob, attempt_id)
    page = as_person("bob").get(f"/result/{attempt_id}").text
    assert 'href="/training"' in page
    assert "法定必训" in page
    assert "我的证书" not in page


def test_a_certificate_can_be_printed_and_checked(as_person, certificate):
    page = as_person("bob").get(f"/training/certificates/{certificate.public_id}").text
    for words in ("法定培训合格证", "Bob", "2026-11-18", "2027-11-17", certificate.number, "8"):
        assert words in page
    assert 'src="data:image/svg+xml' in page
    assert "撤销这张证书" not in page


def test_anybody_checks_a_code_and_learns_little(client, certificate):
    page = client.get(f"/training/verify/{certificate.check_code}")
    assert page.status_code == 200
    for words in ("这张证书有效", "B*b", "煤气安全年度复训", "2027-11-17"):
        assert words in page.text
    for words in ("Bob", "1002", "焊装", "得分"):
        assert words not in page.text
    typed = certificate.check_code.lower()
    found = client.get(f"/training/verify?code={typed[:5]}-{typed[5:]}")
    assert found.headers["Location"].endswith(certificate.check_code)


def test_a_wrong_code_shows_nothing(client, certificate):
    page = client.get("/training/verify/" + "A" * 20)
    assert page.status_code == 404
    assert "没有这个查验码" in page.text
    assert client.get("/training/verify?code=kurz").status_code == 200


def test_somebody_signed_in_is_a_stranger_too(as_person, certificate):
    page = as_person("charlie").get(f"/training/verify/{certificate.check_code}").text
    assert "B*b" in page
    assert "Bob" not in page


# --- the desk -------------------------------------------------------------------------------------


def test_a_course_is_written_published_and_revised(db, world, desk):
    from quizapp.org.models import Unit

    plant = db.session.get_one(Unit, world.plant).public_id
    saved = desk.post("/training/desk/new", {**FORM, "units": [plant]})
    assert saved.status_code == 303
    address = saved.headers["Location"]
    page = desk.get(address).text
    assert page.index("1. 先读") < page.index("2. 后读")
    assert "36 个月" in page
    assert desk.post(f"{address}/publish").status_code == 303
    assert "已发布" in desk.get(address).text
    assert desk.get(f"{address}/edit").status_code == 409
    assert desk.post(f"{address}/revise").headers["Location"].endswith("/edit")
    assert "先读" in desk.get(f"{address}/edit").text
    more = desk.post(f"{address}/edit", {**FORM, "units": [plant], "more": "1"})
    assert more.headers["Location"].endswith("/edit")
    assert desk.post(f"{address}/close").status_code == 303


def test_a_form_with_mistakes_keeps_what_was_written(desk):
    page = desk.post("/training/desk/new", {**FORM, "hours": "viele", "complete_by": "bald"})
    assert page.status_code == 422
    for words in ("请填写整数", "2026-11-22", "先读", "高处作业初次培训"):
        assert words in page.text
    page = desk.post("/training/desk/new", FORM)
    assert page.status_code == 422
    assert "请选择培训对象" in page.text


def test_a_course_that_cannot_be_published_says_why(world, tess, desk):
    course_id = training.add_course(tess, courses.text(world, sections=()))
    page = desk.post(f"/training/desk/{course_id}/publish")
    assert page.status_code == 422
    assert "学习内容" in page.text


def test_the_list_opens_after_its_reading_was_logged(db, desk, course_id, certificate):
    address = f"/training/desk/{course_id}/people"
    closed = desk.get(address).text
    assert "Bob" not in closed
    assert "审计日志" in closed
    assert audited(db, "training.list_read") == 0
    assert desk.post(address).status_code == 303
    opened = desk.get(address).text
    for words in ("Bob", "1002", "2026-11-18", "2027-11-17", "有效", "尚未通过"):
        assert words in opened
    assert "80" not in re.sub(r"\s|<[^>]+>", "", opened.split("</thead>")[1].split("</table>")[0])
    assert audited(db, "training.list_read") == 1


def test_opening_one_list_opens_no_other(world, tess, desk, course_id):
    other = courses.published(tess, courses.text(world, title="高处作业培训"))
    desk.post(f"/training/desk/{course_id}/people")
    assert "打开名单" in desk.get(f"/training/desk/{other}/people").text


def test_reading_pages_of_the_desk_writes_nothing(desk, course_id, certificate):
    desk.post(f"/training/desk/{course_id}/people")
    before = snapshots.tables()
    for path in ("", f"/{course_id}", f"/{course_id}/people", f"/{course_id}/results", "/new"):
        assert desk.get(f"/training/desk{path}").status_code == 200
    assert snapshots.changed(before) == {}


def test_the_list_is_filtered_and_paged(world, desk, course_id, certificate):
    for number in range(60):
        atomic(people.person)(world.organisation, world.team, f"多{number}", f"77{number:02}")
    address = f"/training/desk/{course_id}/people"
    desk.post(address)
    assert "第 1/2 页" in desk.get(address).text or "1" in desk.get(address).text
    assert "多59" in desk.get(f"{address}?page=2").text
    page = desk.get(f"{address}?where=valid").text
    assert "Bob" in page
    assert "多1" not in page
    assert desk.get(f"{address}?unit=AAAAAAAAAAAAAAAA").status_code == 404


def test_the_file_is_text_and_its_reading_is_logged(db, world, tess, desk, course_id):
    evil = atomic(people.person)(world.organisation, world.team, "=1+1", "=cmd|calc")
    courses.certify(tess, course_id, evil, TODAY)
    file = desk.post(f"/training/desk/{course_id}/people.xlsx")
    assert file.status_code == 200
    book = zipfile.ZipFile(io.BytesIO(file.data))
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert audited(db, "training.list_read") == 1


@pytest.mark.parametrize("who", ["alice", "dana", "olga"])
def test_leaders_organisers_and_administrators_see_no_list(world, as_person, course_id, who):
    from quizapp.accounts.permissions import Role

    if who == "olga":
        atomic(
            lambda: world.people.update(
                olga=people.person(
                    world.organisation, world.plant, "Olga", "1101", role=Role.ORGANISER
                )
            )
        )()
    browser = as_person(who)
    for path in ("", f"/{course_id}", f"/{course_id}/people", f"/{course_id}/results"):
        assert browser.get(f"/training/desk{path}").status_code == 403
    assert browser.post(f"/training/desk/{course_id}/people").status_code == 403
    assert browser.post(f"/training/desk/{course_id}/people.xlsx").status_code == 403


def test_withdrawing_needs_a_reason_and_is_told(as_person, desk, certificate):
    address = f"/training/certificates/{certificate.public_id}"
    assert "撤销这张证书" in desk.get(address).text
    assert desk.post(f"{address}/withdraw").status_code == 422
    assert desk.post(f"{address}/withdraw", {"reason": "录入有误"}).status_code == 303
    assert "录入有误" in as_person("bob").get(address).text


# --- paper ----------------------------------------------------------------------------------------


def test_a_paper_form_is_printed_without_its_key(desk, course_id):
    made = desk.post(f"/training/desk/{course_id}/papers")
    sheet = desk.get(made.headers["Location"]).text
    assert sheet.count('class="paper__item"') == 5
    assert "答题卡" in sheet
    assert "paper__key" not in sheet
    key = desk.get(made.headers["Location"] + "?key=1").text
    assert key.count("paper__key") == 5
    assert "paper__item" not in key
    assert desk.get(f"/training/desk/{course_id}/papers/9").status_code == 404


def test_a_result_is_entered_by_number(db, desk, course_id):
    address = f"/training/desk/{course_id}/results"
    form = {"number": "1002", "held_on": "2026-11-17", "result": "passed"}
    assert desk.post(address, {**form, "number": "9999"}).status_code == 422
    assert desk.post(address, form).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_a_file_goes_through_a_dry_run(db, desk, course_id):
    rows = "工号,结果,日期\n1002,合格,2026-11-17\n8888,合格,2026-11-17\n"
    sent = desk.post(
        f"/training/desk/{course_id}/results/file",
        {"file": (io.BytesIO(rows.encode("gb18030")), "成绩.csv")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303
    address = sent.headers["Location"]
    page = desk.get(address).text
    assert "将登记" in page
    assert "没有这个工号" in page
    assert db.session.scalar(select(func.count()).select_from(PaperResult)) == 0
    assert desk.post(f"{address}/apply").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(PaperResult)) == 1
    assert "这份文件已登记" in desk.get(address).text


def test_a_file_of_another_kind_is_refused_at_its_field(desk, course_id):
    sent = desk.post(
        f"/training/desk/{course_id}/results/file",
        {"file": (io.BytesIO(b"%PDF-1.4"), "a.pdf")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 422
    assert desk.post(f"/training/desk/{course_id}/results/file").status_code == 422
