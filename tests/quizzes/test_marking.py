"""Marking as a whole: the queue, blind rounds, taking back, settling, grading again, appeals."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.forms import Refusal
from quizapp.items.models import Correction, Item, ItemVersion
from quizapp.quizzes import service
from quizapp.quizzes.events import AttemptFinished
from quizapp.quizzes.models import Appeal, Mark, Regrade, Script
from quizapp.quizzes.service import finishing
from quizapp.quizzes.service.marking import (
    appealing,
    appeals,
    bench,
    queue,
    saving,
    told,
)
from quizapp.quizzes.service.marking import rules as marking_rules
from quizapp.quizzes.service.marking.marks import Given
from tests.conftest import NOW
from tests.factories import answers, kinds, marking, people, season
from tests.factories import published as quizzes

FULL, HALF, NONE = Given(((1.0, 2.0),)), Given(((0.5, 1.0),)), Given(((0.0, 0.0),))


@pytest.fixture
def exam(world):
    """An exam of the plant: an essay and a choice, passed with 60 %, marked once."""
    return marking.exam(world)


@pytest.fixture
def double(world):
    """The same, marked twice."""
    return marking.exam(world, markers=2)


@pytest.fixture
def markers(world):
    """Three people who may mark in the whole company, as services meet them."""
    ids = [marking.marker(world, name) for name in ("阅卷甲", "阅卷乙", "阅卷丙")]
    return [people.viewer(marker_id) for marker_id in ids]


@pytest.fixture
def facts(monkeypatch):
    """Every fact that settling and appeals announce."""
    seen = []
    real = finishing.announce
    monkeypatch.setattr(finishing, "announce", lambda fact: (seen.append(fact), real(fact)))
    return seen


def broken() -> list[str]:
    return [line for known in all_invariants() for line in known.check()]


def mark(viewer, of, given):
    """Take the next text and mark it; return what it waits for then."""
    script_id = queue.claim_next(viewer, of.public_id)
    assert script_id
    return saving.save_mark(viewer, of.public_id, script_id, given)


def line_of(viewer, of):
    return next(line for line in queue.list_queue(viewer) if line.public_id == of.public_id)


# --- the queue -----------------------------------------------------------------------------------


def test_what_a_person_has_to_mark_is_in_the_queue(world, exam, markers):
    attempt = marking.sat(world.people["bob"], exam, marking.answers(exam, "通道堆了托盘。"))
    line = line_of(markers[0], exam)
    assert (line.first, line.second, line.adjudication, line.done) == (1, 0, 0, 0)
    assert marking.attempt_of(attempt).awaits_marking
    assert broken() == []


def test_what_was_left_out_or_came_late_is_not_marked(world, exam, markers):
    marking.sat(world.people["bob"], exam, [None, marking.answers(exam, "")[1]])
    marking.sat(world.people["alice"], exam, marking.answers(exam, "晚了。"), late=1)
    assert queue.list_queue(markers[0]) == []
    assert broken() == []


def test_a_marker_sees_the_quizzes_of_their_scope(world, exam, markers):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    elsewhere = people.viewer(marking.marker(world, "别处", _other_plant(world)))
    assert queue.list_queue(elsewhere) == []
    with pytest.raises(LookupError):
        queue.claim_next(elsewhere, exam.public_id)
    for name in ("bob", "alice", "dana", "carol"):
        assert queue.list_queue(people.viewer(world.people[name])) == []
    own = people.viewer(marking.marker(world, "本厂", world.plant))
    assert queue.claim_next(own, exam.public_id)


def _other_plant(world):
    from quizapp.org import service as org

    root = org.find_unit_by_code(world.organisation, "A")
    return people.unit(world.organisation, root.id, "plant", "二厂", "A2")


def test_two_markers_get_two_texts(world, exam, markers):
    for name in ("bob", "alice"):
        marking.sat(world.people[name], exam, marking.answers(exam, f"{name}。"))
    first, second, third = markers
    taken = {queue.claim_next(viewer, exam.public_id) for viewer in (first, second)}
    assert len(taken) == 2
    assert queue.claim_next(third, exam.public_id) is None
    assert queue.claim_next(first, exam.public_id) in taken  # what they have open comes again


def test_a_text_that_lies_open_goes_to_somebody_else_after_half_an_hour(world, exam, markers):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    first, second, _third = markers
    script_id = queue.claim_next(first, exam.public_id)
    with clock.frozen(NOW + timedelta(minutes=29)):
        assert queue.claim_next(second, exam.public_id) is None
    with clock.frozen(NOW + timedelta(minutes=31)):
        assert queue.claim_next(second, exam.public_id) == script_id
        with pytest.raises(Refusal):
            saving.save_mark(first, exam.public_id, script_id, FULL)
        assert not bench.get_any_sheet(first, exam.public_id, script_id).is_held
        saving.save_mark(second, exam.public_id, script_id, FULL)
    assert broken() == []


def test_a_slow_marker_keeps_what_nobody_else_took(world, exam, markers):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    script_id = queue.claim_next(markers[0], exam.public_id)
    with clock.frozen(NOW + timedelta(hours=5)):
        assert saving.save_mark(markers[0], exam.public_id, script_id, FULL) == "done"


def test_ones_own_text_never_comes(world, exam, markers):
    marking.sat(markers[0].id, exam, marking.answers(exam, "自己的。"))
    assert queue.claim_next(markers[0], exam.public_id) is None
    script_id = queue.claim_next(markers[1], exam.public_id)
    for act in (bench.get_sheet, bench.get_any_sheet):
        with pytest.raises(LookupError):
            act(markers[0], exam.public_id, script_id)
    with pytest.raises(LookupError):
        saving.save_mark(markers[0], exam.public_id, script_id, FULL)


def test_the_order_says_nothing_about_time_or_person(world, exam, markers):
    people_ids = [world.people[name] for name in ("alice", "bob", "dana")]
    people_ids += answers.crowd(world, 9)
    sets = [
        marking.sat(person, exam, marking.answers(exam, f"第{place:02}份"))
        for place, person in enumerate(people_ids)
    ]
    seen = []
    for _each in sets:
        script_id = queue.claim_next(markers[0], exam.public_id)
        seen.append(bench.get_sheet(markers[0], exam.public_id, script_id).texts[0].text)
        saving.save_mark(markers[0], exam.public_id, script_id, FULL)
    assert sorted(seen) == [f"第{place:02}份" for place in range(12)]
    assert seen != sorted(seen)
    assert seen != sorted(seen, reverse=True)


def test_the_engine_hands_over_what_a_person_has_to_mark(world, markers):
    """From the start of an exam to its score, as a learner and a marker meet it."""
    marking.stored(world.organisation, [marking.ESSAY])
    rules = [{"count": 1, "kinds": ["essay"]}, {"count": 1, "kinds": ["single"]}]
    quiz_id = quizzes.publish(
        world.organisation,
        "上岗考试",
        mode="exam",
        unit_id=world.plant,
        rules=json.dumps({"sections": [{"title": "", "rules": rules}]}),
        cut_score=0.5,
        tells_after=marking.TOLD,
    )
    bob = people.viewer(world.people["bob"])
    attempt = service.start(bob, quiz_id)
    view = service.get_attempt(bob, attempt)
    for position in (1, 2):
        kind = service.get_shown(view, position).prompt.kind
        if kind == "essay":
            kinds.give(bob, attempt, position, ("通道堆了托盘，清走。",))
        else:
            season.answer(bob, attempt, position)
    view = service.hand_in(bob, attempt)
    assert (view.state, view.awaits_marking, view.is_passed) == ("finished", True, None)
    [line] = queue.list_queue(markers[0])
    assert (line.public_id, line.first) == (quiz_id, 1)
    script_id = queue.claim_next(markers[0], quiz_id)
    saving.save_mark(markers[0], quiz_id, script_id, HALF)
    assert marking.settle() == 1
    view = service.get_attempt(bob, attempt)
    assert (view.score, view.is_passed, view.awaits_marking) == (1.5, True, False)
    assert broken() == []


# --- rounds --------------------------------------------------------------------------------------


def test_two_people_mark_and_the_mean_counts(world, double, markers):
    attempt = marking.sat(world.people["bob"], double, marking.answers(double, "甲。"))
    first, second, third = markers
    assert mark(first, double, Given(((1.0, 2.0),))) == "second"
    assert queue.claim_next(first, double.public_id) is None  # nobody marks both rounds
    assert mark(second, double, Given(((0.5, 2.0),))) == "done"
    assert queue.claim_next(third, double.public_id) is None
    assert marking.settle() == 1
    assert marking.responses_of(attempt)[0].score == pytest.approx(2.75 / 3)
    assert broken() == []


def test_marks_far_apart_go_to_a_third_person_who_sees_both(world, double, markers):
    attempt = marking.sat(world.people["bob"], double, marking.answers(double, "甲。"))
    first, second, third = markers
    mark(first, double, Given(((1.0, 2.0),), "写得清楚", "给满分"))
    script_id = queue.claim_next(second, double.public_id)
    sheet = bench.get_sheet(second, double.public_id, script_id)
    assert sheet.marks == ()
    assert "写得清楚" not in repr(sheet)
    assert saving.save_mark(second, double.public_id, script_id, NONE) == "adjudication"
    assert line_of(third, double).adjudication == 1
    for viewer in (first, second):
        assert queue.claim_next(viewer, double.public_id) is None
    script_id = queue.claim_next(third, double.public_id)
    sheet = bench.get_sheet(third, double.public_id, script_id)
    assert [each.points for each in sheet.marks] == [((1.0, 2.0),), ((0.0, 0.0),)]
    assert sheet.marks[0].note == "给满分"
    assert saving.save_mark(third, double.public_id, script_id, HALF) == "done"
    marking.settle()
    assert marking.responses_of(attempt)[0].score == pytest.approx(0.5)
    assert broken() == []


@pytest.mark.parametrize("points", [((1.0,),), ((1.0, 2.5),), ((float("nan"), 1.0),), ()])
def test_points_that_do_not_fit_are_refused_and_change_nothing(world, exam, markers, points):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    script_id = queue.claim_next(markers[0], exam.public_id)
    with pytest.raises(Refusal):
        saving.save_mark(markers[0], exam.public_id, script_id, Given(points))
    assert bench.get_sheet(markers[0], exam.public_id, script_id).is_held


def test_a_comment_has_an_end(world, exam, markers):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    script_id = queue.claim_next(markers[0], exam.public_id)
    too_long = Given(((1.0, 2.0),), "长" * (marking_rules.MAX_WORDS + 1))
    with pytest.raises(Refusal):
        saving.save_mark(markers[0], exam.public_id, script_id, too_long)


# --- taking back ---------------------------------------------------------------------------------


def test_the_last_mark_is_taken_back_with_all_that_was_typed(world, exam, markers):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    given = Given(((1.0, 0.5),), "请写清做法", "地点对")
    script_id = queue.claim_next(markers[0], exam.public_id)
    saving.save_mark(markers[0], exam.public_id, script_id, given)
    assert saving.undo_mark(markers[0], exam.public_id) == script_id
    assert bench.get_sheet(markers[0], exam.public_id, script_id).draft == given
    assert marking.settle() == 0
    assert saving.save_mark(markers[0], exam.public_id, script_id, FULL) == "done"
    assert marking.settle() == 1
    assert broken() == []


def test_what_counts_or_was_built_on_is_not_taken_back(world, exam, double, markers):
    first, second, _third = markers
    with pytest.raises(Refusal):
        saving.undo_mark(first, exam.public_id)
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    mark(first, exam, FULL)
    marking.settle()
    with pytest.raises(Refusal):
        saving.undo_mark(first, exam.public_id)
    marking.sat(world.people["bob"], double, marking.answers(double, "乙。"))
    mark(first, double, FULL)
    script_id = queue.claim_next(second, double.public_id)
    with pytest.raises(Refusal):
        saving.undo_mark(first, double.public_id)
    saving.save_mark(second, double.public_id, script_id, FULL)
    with pytest.raises(Refusal):
        saving.undo_mark(first, double.public_id)
    assert saving.undo_mark(second, double.public_id) == script_id
    assert broken() == []


def test_a_draft_is_for_its_writer_alone(world, exam, markers):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    mark(markers[0], exam, Given(((1.0, 2.0),), "评语"))
    saving.undo_mark(markers[0], exam.public_id)
    with clock.frozen(NOW + timedelta(hours=1)):
        script_id = queue.claim_next(markers[1], exam.public_id)
        assert bench.get_sheet(markers[1], exam.public_id, script_id).draft is None


# --- settling ------------------------------------------------------------------------------------


def test_when_all_is_marked_the_attempt_gets_its_score_and_it_is_told(world, exam, markers, facts):
    attempt = marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    before = marking.attempt_of(attempt)
    assert (before.score, before.is_passed, before.awaits_marking) == (1.0, None, True)
    mark(markers[0], exam, HALF)
    assert marking.settle(minutes=9) == 0
    assert marking.settle() == 1
    assert marking.settle() == 0
    after = marking.attempt_of(attempt)
    assert (after.score, after.is_passed, after.awaits_marking) == (1.5, True, False)
    [response, _choice] = marking.responses_of(attempt)
    assert (response.score, response.is_correct, response.is_pending) == (0.5, False, False)
    [finished] = marking.told(facts)
    assert (finished.public_id, finished.score, finished.is_passed) == (attempt, 1.5, True)
    [graded] = [fact for fact in facts if not isinstance(fact, AttemptFinished)]
    assert [each.score for each in graded.responses] == [0.5]
    assert graded.source == f"attempt:{after.id}"
    assert broken() == []


def test_an_attempt_waits_for_its_last_text(world, markers):
    exam = marking.exam(world, (marking.ESSAY, marking.ESSAY), cut_score=None)
    attempt = marking.sat(world.people["bob"], exam, [["甲。"], ["乙。"]])
    mark(markers[0], exam, FULL)
    assert marking.settle() == 0
    mark(markers[1], exam, NONE)
    assert marking.settle() == 1
    after = marking.attempt_of(attempt)
    assert (after.score, after.is_passed) == (1.0, None)


def test_a_case_adds_what_was_marked_to_what_needs_no_person(world, markers):
    exam = marking.exam(world, (marking.CASE,))
    stop = next(o.id for o in marking.CASE.parts[0].options if o.text == "停止动火")
    attempt = marking.sat(world.people["bob"], exam, [[f"1/{stop}", "2/清走托盘。"]])
    mark(markers[0], exam, Given(((1.0, 1.0),)))
    marking.settle()
    assert marking.attempt_of(attempt).score == pytest.approx((1 + 2 / 3) / 2)
    assert broken() == []


def test_an_attempt_that_was_open_again_comes_anew(world, exam, markers, db):
    attempt = marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    mark(markers[0], exam, FULL)
    row = marking.attempt_of(attempt)
    row.state, row.finished_at = "open", None
    db.session.commit()
    assert marking.settle() == 0
    with pytest.raises(Refusal):
        saving.undo_mark(markers[0], exam.public_id)
    assert queue.claim_next(markers[1], exam.public_id) is None
    row.state, row.finished_at = "finished", NOW
    db.session.commit()
    service.hand_over(row.id)
    assert db.session.scalar(select(func.count()).select_from(Mark)) == 0
    assert marking.script_of(attempt).stage == "first"


# --- grading again -------------------------------------------------------------------------------


def test_a_corrected_key_credits_other_answers_and_marks_stay(world, exam, markers, db):
    wrong = marking.answers(exam, "甲。", is_right=False)
    attempt = marking.sat(world.people["bob"], exam, wrong)
    choice = marking.responses_of(attempt)[1]
    row = marking.attempt_of(attempt)
    assert choice.score == 0
    _correct(db, row, choice)
    mark(markers[0], exam, FULL)
    marking.settle()
    after = marking.attempt_of(attempt)
    assert (after.score, after.is_passed) == (2.0, True)
    assert broken() == []


def _correct(db, attempt, response):
    """Credit a response as a corrected key does."""
    version = db.session.get_one(ItemVersion, response.item_version_id)
    correction = Correction(
        organisation_id=db.session.get_one(Item, version.item_id).organisation_id,
        item_id=version.item_id,
        old_version_id=version.id,
        new_version_id=version.id,
        is_key_changed=True,
        note="更正",
    )
    db.session.add(correction)
    db.session.flush()
    db.session.add(
        Regrade(
            response_id=response.id,
            correction_id=correction.id,
            person_id=attempt.person_id,
            old_score=0.0,
            new_score=1.0,
        )
    )
    attempt.score += 1.0
    db.session.commit()


# --- the learner ---------------------------------------------------------------------------------


def test_the_learner_is_told_points_comments_and_once_that_it_is_done(world, exam, markers):
    bob = people.viewer(world.people["bob"])
    attempt = marking.sat(bob.id, exam, marking.answers(exam, "甲。"))
    before = told.get_marked(bob, attempt)
    assert before.awaits_marking
    assert (before.lines[0].is_pending, before.lines[0].points) == (True, ())
    assert told.list_mark_notices(bob) == []
    mark(markers[0], exam, Given(((1.0, 0.5),), "请写清做法", "只给阅卷人"))
    marking.settle()
    after = told.get_marked(bob, attempt)
    assert after.lines[0].points == ((1.0, 0.5),)
    assert after.lines[0].comments == ("请写清做法",)
    assert "只给阅卷人" not in repr(after)
    [notice] = told.list_mark_notices(bob)
    assert (notice.kind, notice.attempt_id) == ("marked", attempt)
    assert told.list_mark_notices(people.viewer(world.people["alice"])) == []
    told.see_marks(bob)
    assert told.list_mark_notices(bob) == []
    with pytest.raises(LookupError):
        told.get_marked(people.viewer(world.people["alice"]), attempt)


def test_nothing_is_told_before_the_quiz_tells_it(world, markers):
    closes_at = NOW + timedelta(days=2)
    exam = marking.exam(world, tells_after="", closes_at=closes_at)
    bob = people.viewer(world.people["bob"])
    attempt = marking.sat(bob.id, exam, marking.answers(exam, "甲。"))
    mark(markers[0], exam, Given(((1.0, 0.5),), "评语"))
    marking.settle()
    page = told.get_marked(bob, attempt)
    assert (page.is_told, page.lines, page.tells_at) == (False, (), closes_at)
    with pytest.raises(Refusal):
        appealing.appeal(bob, attempt, 1, "请再看")
    with clock.frozen(closes_at + timedelta(days=13)):
        assert told.get_marked(bob, attempt).lines[0].may_appeal
        appealing.appeal(bob, attempt, 1, "请再看")


# --- appeals -------------------------------------------------------------------------------------


@pytest.fixture
def appealed(world, exam, markers):
    """Bob appealed against the points of his essay, which the first marker gave."""
    bob = people.viewer(world.people["bob"])
    attempt = marking.sat(bob.id, exam, marking.answers(exam, "甲。", is_right=False))
    mark(markers[0], exam, Given(((0.5, 0.0),), "太短"))
    marking.settle()
    appealing.appeal(bob, attempt, 1, "地点写了。")
    return attempt


def only_appeal(viewer):
    [line] = appeals.list_appeals(viewer)
    return line


def test_somebody_else_answers_and_only_ever_adds(world, exam, markers, appealed, facts):
    bob = people.viewer(world.people["bob"])
    assert not only_appeal(markers[0]).may_answer
    line = only_appeal(markers[1])
    assert line.may_answer
    with pytest.raises(LookupError):
        appeals.get_appeal(markers[0], line.public_id)
    sheet = appeals.get_appeal(markers[1], line.public_id)
    assert (sheet.reason, sheet.points) == ("地点写了。", ((0.5, 0.0),))
    for points in (((0.5, 0.0),), ((0.0, 0.0),), ((1.0, 9.0),)):
        with pytest.raises(Refusal):
            appealing.uphold(markers[1], line.public_id, points, "更正")
    with pytest.raises(Refusal):
        appealing.uphold(markers[1], line.public_id, ((1.0, 2.0),), " ")
    gain = appealing.uphold(markers[1], line.public_id, ((1.0, 2.0),), "地点确实写了。")
    assert gain == pytest.approx(5 / 6)
    after = marking.attempt_of(appealed)
    assert after.score == pytest.approx(1.0)
    assert [fact.score for fact in marking.told(facts)][-1] == pytest.approx(1.0)
    [notice] = [each for each in told.list_mark_notices(bob) if each.kind == "upheld"]
    assert (notice.position, notice.answer) == (1, "地点确实写了。")
    shown = told.get_marked(bob, appealed).lines[0]
    assert (shown.percent, shown.points, shown.appeal) == (100, ((1.0, 2.0),), "upheld")
    assert service.list_regrade_notices(bob) == []
    with pytest.raises(Refusal):
        appealing.decline(markers[2], line.public_id, "不同意")
    assert broken() == []


def test_a_declined_appeal_changes_no_score_and_is_answered(world, markers, appealed):
    bob = people.viewer(world.people["bob"])
    before = marking.attempt_of(appealed).score
    line = only_appeal(markers[1])
    with pytest.raises(Refusal):
        appealing.decline(markers[1], line.public_id, "")
    appealing.decline(markers[1], line.public_id, "做法没有写。")
    assert marking.attempt_of(appealed).score == before
    assert appeals.list_appeals(markers[1]) == []
    assert {notice.kind for notice in told.list_mark_notices(bob)} == {"marked", "declined"}
    with pytest.raises(Refusal):
        appealing.appeal(bob, appealed, 1, "再来一次")
    assert broken() == []


def test_a_score_without_a_marker_is_appealed_against_too(world, exam, markers, appealed):
    bob = people.viewer(world.people["bob"])
    appealing.appeal(bob, appealed, 2, "题目两种理解都通。")
    line = next(each for each in appeals.list_appeals(markers[0]) if each.may_answer)
    sheet = appeals.get_appeal(markers[0], line.public_id)
    assert sheet.automatic
    assert sheet.automatic.given
    before = marking.attempt_of(appealed).score
    appealing.uphold(markers[0], line.public_id, ((0.5,),), "给一半。")
    assert marking.attempt_of(appealed).score == pytest.approx(before + 0.5)
    assert broken() == []


def test_what_is_an_appeal_and_what_is_not(world, exam, markers, appealed):
    bob, alice = (people.viewer(world.people[name]) for name in ("bob", "alice"))
    for reason in ("", "  ", "长" * (marking_rules.MAX_WORDS + 1)):
        with pytest.raises(Refusal):
            appealing.appeal(bob, appealed, 2, reason)
    with pytest.raises(Refusal):
        appealing.appeal(bob, appealed, 1, "第二次")
    for viewer, position in ((alice, 1), (bob, 3)):
        with pytest.raises(LookupError):
            appealing.appeal(viewer, appealed, position, "别人的")
    with clock.frozen(NOW + timedelta(days=marking_rules.APPEAL_DAYS + 1)), pytest.raises(Refusal):
        appealing.appeal(bob, appealed, 2, "太晚")
    waiting = marking.sat(alice.id, exam, marking.answers(exam, "还没有人看。"))
    for position in (1, 2):  # nobody has marked it, and more cannot be had
        with pytest.raises(Refusal):
            appealing.appeal(alice, waiting, position, "请看")


def test_a_marker_does_not_answer_their_own_appeal(world, exam, markers):
    attempt = marking.sat(markers[0].id, exam, marking.answers(exam, "甲。"))
    mark(markers[1], exam, HALF)
    marking.settle()
    appealing.appeal(markers[0], attempt, 1, "请看")
    line = only_appeal(markers[0])
    assert not line.may_answer
    with pytest.raises(LookupError):
        appealing.uphold(markers[0], line.public_id, ((1.0, 2.0),), "好")
    assert only_appeal(markers[2]).may_answer


def test_the_queue_takes_the_same_statements_for_one_quiz_and_for_many(
    world, exam, markers, count_statements
):
    marking.sat(world.people["bob"], exam, marking.answers(exam, "甲。"))
    with count_statements() as one:
        queue.list_queue(markers[0])
    for _each in range(4):
        more = marking.exam(world)
        marking.sat(world.people["bob"], more, marking.answers(more, "乙。"))
    with count_statements() as many:
        assert len(queue.list_queue(markers[0])) == 5
    assert len(one) == len(many) == 3


def test_a_marker_waits_for_few_statements(world, exam, markers, count_statements):
    for name in ("bob", "alice"):
        marking.sat(world.people[name], exam, marking.answers(exam, f"{name}。"))
    script_id = queue.claim_next(markers[0], exam.public_id)
    bench.get_sheet(markers[0], exam.public_id, script_id)  # the version is known from here on
    with count_statements() as seen:
        saving.save_mark(markers[0], exam.public_id, script_id, FULL)
    assert len(seen) <= 9, seen
    with count_statements() as seen:
        script_id = queue.claim_next(markers[0], exam.public_id)
    assert len(seen) <= 3, seen
    with count_statements() as seen:
        bench.get_sheet(markers[0], exam.public_id, script_id)
    assert len(seen) <= 2, seen


def test_scores_of_an_attempt_take_the_same_statements_for_any_length(
    world, markers, count_statements
):
    bob = people.viewer(world.people["bob"])
    numbers = []
    for length in (1, 6):
        exam = marking.exam(world, [marking.ESSAY] * length)
        attempt = marking.sat(bob.id, exam, [["甲。"]] * length)
        for _each in range(length):
            mark(markers[0], exam, HALF)
        marking.settle()
        told.get_marked(bob, attempt)
        with count_statements() as seen:
            assert len(told.get_marked(bob, attempt).lines) == length
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 5


def test_appeals_and_scripts_have_no_field_for_a_person():
    named = {"person", "person_id", "unit", "unit_id", "attempt", "attempt_id", "name", "number"}
    for kind in (bench.Sheet, bench.TextView, appeals.AppealSheet, appeals.AppealLine):
        assert not named & set(kind.__dataclass_fields__), kind
    assert Script.__tablename__ == "quizzes_script"
    assert Appeal.__tablename__ == "quizzes_appeal"
