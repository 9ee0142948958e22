"""Courses, exams, certificates and results from paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic
from quizapp.core.events import announce
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.points.models import Entry as Entry_
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.events import AttemptFinished
from quizapp.quizzes.models import Accommodation, Attempt, Audience, Form, QuizBlueprint
from quizapp.quizzes.service import statutory
from quizapp.training import service as training
from quizapp.training.models import Certificate, Edition, PaperResult
from quizapp.training.service import Asked, Entry, ExamPlan, ExamRow
from quizapp.training.service import people as lists
from tests.conftest import NOW
from tests.factories import people, season
from tests.factories import training as courses

TODAY = date(2026, 11, 18)


def count(db, model):
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model))


def audited(db, action):
    """Return the facts of an action in the log."""
    return db.session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


@atomic
def passed_attempt(db, person_id, edition, *, is_passed=True, day=TODAY):
    """Write a final attempt at the exam of an edition and announce it; return its id."""
    form = Form(blueprint_id=edition.blueprint_id, seed="s", length=5)
    db.session.add(form)
    db.session.flush()
    attempt = Attempt(
        person_id=person_id,
        blueprint_id=edition.blueprint_id,
        form_id=form.id,
        mode="statutory",
        slot=None,
        day=day,
        length=5,
        started_at=NOW,
        deadline_at=NOW,
        state="finished",
        finished_at=NOW,
        score=5.0 if is_passed else 1.0,
        is_passed=is_passed,
    )
    db.session.add(attempt)
    db.session.flush()
    announce(fact_of(attempt))
    return attempt.id


def fact_of(attempt):
    """Return what the engine announces about an attempt."""
    return AttemptFinished(
        attempt_id=attempt.id,
        public_id=attempt.public_id,
        blueprint_id=attempt.blueprint_id,
        person_id=attempt.person_id,
        unit_id=attempt.unit_id,
        mode=attempt.mode,
        day=attempt.day,
        score=attempt.score,
        length=attempt.length,
        is_passed=attempt.is_passed,
    )


# --- courses --------------------------------------------------------------------------------------


def test_a_published_course_opens_its_exam_without_points(db, world, tess, course_id):
    edition = courses.edition(course_id)
    quiz = db.session.get_one(QuizBlueprint, edition.blueprint_id)
    assert (quiz.mode, quiz.state, quiz.legal_basis) == (
        "statutory",
        "published",
        "《安全生产法》第二十八条",
    )
    assert (quiz.limit_seconds, quiz.grace_seconds, quiz.attempts_allowed) == (1200, 60, 3)
    assert quiz.cut_score == 0.8
    assert (quiz.tells_during, quiz.tells_after) == ("", "verdict,explanation,source")
    assert "key" in quiz.tells_closed.split(",")
    units = db.session.scalars(select(Audience.unit_id).where(Audience.blueprint_id == quiz.id))
    assert units.all() == [world.plant]
    assert audited(db, "training.published")


def test_a_course_needs_a_legal_basis(world, tess):
    with pytest.raises(Refusal) as refused:
        training.add_course(tess, courses.text(world, legal_document="《》"))
    assert refused.value.field == "legal_document"


def test_a_course_is_for_units_of_ones_own_scope_only(world, tess):
    foreign = courses.text(world, unit_id=world.other_team)
    with pytest.raises(Refusal):
        training.add_course(tess, foreign)
    with pytest.raises(Refusal):
        training.add_course(tess, courses.text(world, units=()))
    plant = courses.trainer(world, "paul", world.workshop)
    with pytest.raises(Refusal):
        training.add_course(plant, courses.text(world))


def test_what_is_incomplete_is_not_published(world, tess):
    course_id = training.add_course(tess, courses.text(world, sections=()))
    with pytest.raises(Refusal, match="学习内容"):
        training.publish(tess, course_id)
    training.save_draft(tess, course_id, courses.text(world, exam=ExamPlan()))
    with pytest.raises(Refusal, match="考试题目"):
        training.publish(tess, course_id)
    greedy = ExamPlan(rows=(ExamRow(courses.THEME, easy=5, hard=2),))
    training.save_draft(tess, course_id, courses.text(world, exam=greedy))
    with pytest.raises(Refusal, match="缺 2 题"):
        training.publish(tess, course_id)


def test_what_is_published_does_not_change(db, world, tess, course_id):
    with pytest.raises(Refusal):
        training.save_draft(tess, course_id, courses.text(world, title="改名"))
    with pytest.raises(Refusal):
        training.discard(tess, course_id)
    assert courses.edition(course_id).title == "煤气安全年度复训"


def test_a_new_edition_keeps_old_certificates_and_closes_the_old_exam(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    courses.certify(tess, course_id, bob.id, TODAY)
    training.revise(tess, course_id)
    training.revise(tess, course_id)
    draft = courses.edition(course_id, 2)
    assert draft.state == "draft"
    assert training.get_course(bob, course_id).edition.number == 1
    training.publish(tess, course_id)
    first, second = courses.edition(course_id), courses.edition(course_id, 2)
    assert (first.state, second.state) == ("closed", "published")
    assert db.session.get_one(QuizBlueprint, first.blueprint_id).state == "closed"
    view = training.get_course(bob, course_id)
    assert view.edition.number == 2
    assert [one.heading for one in view.edition.sections] == ["认识煤气", "报警之后"]
    assert view.standing.where == "valid"
    assert training.list_own(bob)[0].edition == 1


def test_a_course_that_was_never_published_goes_with_its_draft(db, world, tess):
    course_id = training.add_course(tess, courses.text(world))
    assert training.discard(tess, course_id) is False
    assert count(db, Edition) == 0
    with pytest.raises(LookupError):
        training.publish(tess, course_id)


def test_two_courses_of_one_name_are_refused(world, tess, course_id):
    again = training.add_course(tess, courses.text(world))
    with pytest.raises(Refusal) as refused:
        training.publish(tess, again)
    assert refused.value.field == "title"


def test_a_trainer_of_another_unit_sees_nothing(world, tess):
    @atomic
    def other_plant():
        root = org.find_unit_by_code(world.organisation, "A")
        return people.unit(world.organisation, root.id, "plant", "二厂", "A2")

    course_id = courses.published(tess, courses.text(world))
    paul = courses.trainer(world, "paul", other_plant())
    from quizapp.training.service import desk

    assert desk.list_desk(paul) == []
    for act in (desk.get_sheet, training.publish, training.close, training.revise):
        with pytest.raises(LookupError):
            act(paul, course_id)
    with pytest.raises(LookupError):
        training.list_people(paul, course_id, Asked())
    with pytest.raises(LookupError):
        training.log_reading(paul, course_id, "page")


# --- learning -------------------------------------------------------------------------------------


def test_a_course_is_for_its_audience_only(world, tess, course_id):
    bob, dana, charlie = (people.viewer(world.people[n]) for n in ("bob", "dana", "charlie"))
    assert [line.title for line in training.list_courses(bob)] == ["煤气安全年度复训"]
    assert training.list_courses(dana) == []
    assert training.list_courses(charlie) == []
    for viewer in (dana, charlie):
        with pytest.raises(LookupError):
            training.get_course(viewer, course_id)
    assert training.get_course(tess, course_id).standing is None


def test_the_course_comes_back_in_its_window_and_after_its_end(world, tess, course_id):
    bob = people.viewer(world.people["bob"])

    def standing(*moment):
        with clock.frozen(datetime(*moment, tzinfo=UTC)):
            line = training.list_courses(bob)[0]
            return line.standing.where, line.standing.before

    assert standing(2026, 11, 18, 3) == ("none", date(2026, 12, 18))
    courses.certify(tess, course_id, bob.id, TODAY)
    # The learning day turns at 06:00 in Shanghai, 22:00 UTC of the day before.
    assert standing(2027, 9, 17, 21, 59) == ("valid", None)
    assert standing(2027, 9, 17, 22, 0) == ("due", date(2027, 11, 17))
    assert standing(2027, 11, 17, 21, 59) == ("due", date(2027, 11, 17))
    assert standing(2027, 11, 17, 22, 0)[0] == "expired"


def test_the_rules_count_attempts(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    exam = training.get_exam(bob, course_id)
    assert (exam.questions, exam.minutes, exam.left, exam.may_start) == (5, 20, 3, True)
    for _place in range(3):
        passed_attempt(db, bob.id, courses.edition(course_id), is_passed=False)
    exam = training.get_exam(bob, course_id)
    assert (exam.left, exam.may_start) == (0, False)
    with pytest.raises(Refusal, match="纸质考试"):
        training.start_exam(bob, course_id)


def test_more_time_stands_in_the_rules(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    for factor, minutes in ((1.5, 30), (0, None)):
        db.session.merge(Accommodation(person_id=bob.id, factor=factor))
        db.session.commit()
        assert training.get_exam(bob, course_id).minutes == minutes


def test_an_exam_is_taken_handed_in_and_certified(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    attempt_id = training.start_exam(bob, course_id)
    assert training.start_exam(bob, course_id) == attempt_id
    assert training.get_exam(bob, course_id).open_id == attempt_id
    for position in range(1, 6):
        season.answer(bob, attempt_id, position)
    quizzes.hand_in(bob, attempt_id)
    assert [one.passed_on for one in training.list_own(bob)] == [TODAY]
    assert training.list_courses(bob)[0].standing.where == "valid"
    assert not count(db, Entry_)
    assert not [*training.find_missing(), *training.find_unfounded()]


def test_an_exam_that_is_not_passed_leaves_the_course_on_the_list(world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    attempt_id = training.start_exam(bob, course_id)
    for position in range(1, 6):
        season.answer(bob, attempt_id, position, season.wrong_options(attempt_id, position))
    quizzes.hand_in(bob, attempt_id)
    assert training.list_own(bob) == []
    exam = training.get_exam(bob, course_id)
    assert (exam.left, exam.open_id) == (2, None)


# --- certificates ---------------------------------------------------------------------------------


def test_passing_writes_one_certificate_however_often_it_is_told(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    attempt_id = passed_attempt(db, bob.id, courses.edition(course_id))
    announced = atomic(lambda: announce(fact_of(db.session.get_one(Attempt, attempt_id))))
    announced()
    certificate = training.list_own(bob)[0]
    assert count(db, Certificate) == 1
    assert certificate.passed_on == TODAY
    assert certificate.valid_until == date(2027, 11, 17)
    assert not certificate.is_paper
    assert db.session.scalars(select(Certificate.unit_id)).one() is None


def test_not_passing_writes_none(db, world, tess, course_id):
    passed_attempt(db, world.people["bob"], courses.edition(course_id), is_passed=False)
    assert count(db, Certificate) == 0


def test_a_pass_that_was_missed_is_made_up_for(db, world, tess, course_id):
    passed_attempt(db, world.people["bob"], courses.edition(course_id))
    db.session.delete(db.session.scalars(select(Certificate)).one())
    db.session.commit()
    assert list(training.find_missing())
    assert training.issue_missing() == 1
    assert training.issue_missing() == 0
    assert not [*training.find_missing(), *training.find_unfounded()]


def test_a_certificate_is_its_owners_and_its_trainers(world, tess, course_id):
    bob, alice, dana = (people.viewer(world.people[n]) for n in ("bob", "alice", "dana"))
    name = courses.certify(tess, course_id, bob.id, TODAY)
    assert training.get_certificate(bob, name).is_own
    assert training.get_certificate(tess, name).may_withdraw
    for viewer in (alice, dana, people.viewer(world.people["charlie"])):
        with pytest.raises(LookupError):
            training.get_certificate(viewer, name)


def test_a_code_shows_a_masked_name_to_strangers(world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    name = courses.certify(tess, course_id, bob.id, TODAY)
    code = training.get_certificate(bob, name).check_code
    shown = training.check(None, code, address="a")
    assert (shown.name, shown.state, shown.passed_on) == ("B*b", "valid", TODAY)
    assert training.check(people.viewer(world.people["alice"]), code, address="a").name == "B*b"
    assert training.check(bob, code, address="a").name == "Bob"
    assert training.check(tess, code, address="a").name == "Bob"
    with clock.frozen(datetime(2028, 1, 1, tzinfo=UTC)):
        assert training.check(None, code, address="a").state == "expired"


def test_guessing_codes_has_an_end(world, tess, course_id):
    name = courses.certify(tess, course_id, world.people["bob"], TODAY)
    code = training.get_certificate(tess, name).check_code
    for _place in range(30):
        assert training.check(None, "A" * 20, address="10.0.0.1") is None
    with pytest.raises(Refusal) as refused:
        training.check(None, code, address="10.0.0.1")
    assert refused.value.status == 429
    assert training.check(None, code, address="10.0.0.2")


def test_a_withdrawn_certificate_counts_no_more_and_says_why(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    name = courses.certify(tess, course_id, bob.id, TODAY)
    with pytest.raises(Refusal):
        training.withdraw(tess, name, "  ")
    training.withdraw(tess, name, "替考")
    with pytest.raises(Refusal):
        training.withdraw(tess, name, "又一次")
    shown = training.get_certificate(bob, name)
    assert (shown.state, shown.withdrawn_reason) == ("withdrawn", "替考")
    assert training.check(None, shown.check_code, address="a").state == "withdrawn"
    assert training.list_courses(bob)[0].standing.where == "none"
    assert "替考" in audited(db, "training.certificate_withdrawn")[0].facts
    assert training.issue_missing() == 0


# --- the list -------------------------------------------------------------------------------------


def test_the_list_says_who_stands_where(world, tess, course_id):
    bob, alice = world.people["bob"], world.people["alice"]
    courses.certify(tess, course_id, bob, TODAY)
    courses.certify(tess, course_id, alice, TODAY - timedelta(days=320))
    page = training.list_people(tess, course_id, Asked())
    by_name = {line.name: line for line in page.lines}
    assert page.total == 8
    assert (by_name["Bob"].where, by_name["Bob"].valid_until) == ("valid", date(2027, 11, 17))
    assert by_name["Alice"].where == "due"
    assert by_name["同事0"].where == "none"
    assert [x.name for x in training.list_people(tess, course_id, Asked(where="due")).lines] == [
        "Alice"
    ]
    assert training.list_people(tess, course_id, Asked(search="1002")).total == 1
    top, *children = lists.count_by_unit(tess, course_id)
    assert (top.valid, top.due, top.rest) == (1, 1, 6)
    assert [(one.name, one.people, one.has_children) for one in children] == [("焊装车间", 8, True)]


def test_the_best_certificate_counts(world, tess, course_id):
    bob = world.people["bob"]
    courses.certify(tess, course_id, bob, TODAY - timedelta(days=360))
    courses.certify(tess, course_id, bob, TODAY)
    lines = training.list_people(tess, course_id, Asked(search="Bob")).lines
    assert [(line.where, line.passed_on) for line in lines] == [("valid", TODAY)]


def test_a_trainer_sees_their_own_scope_of_a_course(world, tess):
    """A course that a plant keeps is for more than the workshop of its trainer."""
    plant = courses.trainer(world, "paul", world.plant)
    course_id = courses.published(plant, courses.text(world, unit_id=world.workshop))
    atomic(people.person)(world.organisation, world.plant, "厂长", "9100")
    assert training.list_people(plant, course_id, Asked()).total == 8
    with pytest.raises(LookupError):
        training.list_people(plant, course_id, Asked(unit_id="AAAAAAAAAAAAAAAA"))


def test_a_line_has_no_room_for_a_score():
    fields = set(lists.PersonLine.__dataclass_fields__)
    assert not {name for name in fields if "score" in name or "attempt" in name or "time" in name}


def test_lists_cost_the_same_for_any_number_of_people(world, tess, course_id, count_statements):
    from quizapp.training.service import desk

    def costs():
        found = []
        for act in (
            lambda: training.list_people(tess, course_id, Asked()),
            lambda: lists.count_by_unit(tess, course_id),
            lambda: desk.list_desk(tess),
            lambda: training.list_courses(people_bob),
            lambda: training.list_own(people_bob),
        ):
            with count_statements() as seen:
                act()
            found.append(len(seen))
        return found

    people_bob = people.viewer(world.people["bob"])
    courses.certify(tess, course_id, world.people["bob"], TODAY)
    before = costs()
    for number in range(30):
        one = atomic(people.person)(world.organisation, world.team, f"多{number}", f"77{number:02}")
        courses.certify(tess, course_id, one, TODAY)
    assert costs() == before
    assert max(before) <= 8


# --- paper ----------------------------------------------------------------------------------------


def test_a_result_from_paper_makes_the_same_certificate(db, world, tess, course_id):
    bob = people.viewer(world.people["bob"])
    assert training.enter(tess, course_id, [Entry("1002", TODAY, False)]) == 1
    assert training.list_own(bob) == []
    assert training.enter(tess, course_id, [Entry(" １００２ ", TODAY, True)]) == 1
    assert training.enter(tess, course_id, [Entry("1002", TODAY, True)]) == 0
    assert [one.is_paper for one in training.list_own(bob)] == [True]
    assert count(db, PaperResult) == 1
    rows = audited(db, "training.result_entered")
    assert [row.actor_id for row in rows] == [tess.id, tess.id]
    with pytest.raises(Refusal):
        training.enter(tess, course_id, [Entry("1002", TODAY, False)])


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (Entry("", TODAY, True), "缺少工号"),
        (Entry("1002", None, True), "日期看不明白"),
        (Entry("1002", TODAY + timedelta(days=1), True), "还没有到"),
        (Entry("1002", TODAY - timedelta(days=400), True), "一年以前"),
        (Entry("1002", TODAY, None), "通过"),
        (Entry("9999", TODAY, True), "没有这个工号"),
        (Entry("1003", TODAY, True), "培训对象"),
        (Entry("1002", TODAY, True, "Alice"), "对不上"),
    ],
)
def test_a_mistake_in_a_result_is_named(db, world, tess, course_id, entry, reason):
    with pytest.raises(Refusal, match=reason):
        training.enter(tess, course_id, [entry])
    assert count(db, PaperResult) == 0


def test_nobody_enters_their_own_result(world):
    paul = courses.trainer(world, "paul", world.plant)
    course_id = courses.published(paul, courses.text(world))
    with pytest.raises(Refusal, match="本人"):
        training.enter(paul, course_id, [Entry(paul.employee_number, TODAY, True)])


def test_a_paper_form_keeps_its_key_whatever_becomes_of_the_bank(db, world, tess, course_id):
    from quizapp.items.models import Item
    from quizapp.training.service import papers

    assert papers.make(tess, course_id) == 1
    assert papers.make(tess, course_id) == 2
    _edition, lines = papers.get(tess, course_id, 1)
    assert len(lines) == 5
    for item in db.session.scalars(select(Item)):
        item.is_suspended = True
    db.session.commit()
    assert [line.prompt for line in papers.get(tess, course_id, 1)[1]] == [x.prompt for x in lines]
    with pytest.raises(Refusal):
        papers.make(tess, course_id)
    with pytest.raises(LookupError):
        papers.get(tess, course_id, 9)
    assert statutory.list_papers(courses.edition(course_id).blueprint_id)


FILE = """工号,姓名,结果,考试日期
1002,Bob,合格,2026-11-17
1001,Alice,未通过,2026年11月17日
9999,谁,通过,2026-11-17
2000,,也许,2026-11-17
2001,,通过,十一月
1002,Bob,合格,2026-11-17
"""


def test_a_file_is_looked_at_before_anything_is_written(db, world, tess, course_id):
    file_id = training.receive(tess, course_id, "成绩.csv", FILE.encode())
    page = training.view_file(tess, file_id)
    assert [bool(row.problem) for _line, row in page.rows] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    assert (page.ready, page.problems) == (2, 4)
    assert count(db, PaperResult) == 0
    assert training.apply_file(tess, file_id) == 2
    assert training.apply_file(tess, file_id) == 0
    assert count(db, PaperResult) == 2
    assert count(db, Certificate) == 1
    page = training.view_file(tess, file_id)
    assert (page.state, page.entered, page.rows) == ("applied", 2, [])


def test_a_file_belongs_to_who_uploaded_it(world, tess, course_id):
    file_id = training.receive(tess, course_id, "成绩.csv", FILE.encode())
    other = courses.trainer(world, "paul")
    with pytest.raises(LookupError):
        training.view_file(other, file_id)
    with pytest.raises(LookupError):
        training.apply_file(other, file_id)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("姓名,结果\nBob,合格\n", "列名"),
        ("工号,结果,日期\n", "没有"),
        ("", "空"),
        ("工号,结果,日期\n" + "1002,合格,2026-11-17\n" * 2001, "2000"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_reason(world, tess, course_id, data, reason):
    with pytest.raises(Refusal, match=reason):
        training.receive(tess, course_id, "成绩.csv", data.encode())


def test_files_that_nobody_entered_are_forgotten_after_a_week(world, tess, course_id):
    file_id = training.receive(tess, course_id, "成绩.csv", FILE.encode())
    with clock.frozen(NOW + timedelta(days=6)):
        assert training.forget_old() == 0
    with clock.frozen(NOW + timedelta(days=8)):
        assert training.forget_old() == 1
    with pytest.raises(LookupError):
        training.view_file(tess, file_id)


def test_a_role_given_for_a_team_keeps_that_team_only(world, tess, course_id):
    from quizapp.accounts import service as accounts

    dana = people.viewer(world.people["dana"])
    alice = people.viewer(world.people["alice"])
    from quizapp.org.models import Unit
    from tests.scene import public_id_of

    accounts.grant_role(
        dana, alice.public_id, Role.SAFETY_TRAINER.value, public_id_of(Unit, world.team)
    )
    alice = people.viewer(alice.id)
    with pytest.raises(LookupError):
        training.list_people(alice, course_id, Asked())
    own = courses.published(
        alice, replace(courses.text(world, unit_id=world.team), title="班组安全教育")
    )
    assert training.list_people(alice, own, Asked()).total == 8
