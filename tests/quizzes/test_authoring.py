"""The assembly desk's service: writing, figures, conflicts, publishing, audience, more time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from question_bank.assembly import Blueprint, Rule, Section
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic
from quizapp.core.forms import Refusal
from quizapp.items.models import EXPIRED, Item, TimeBucket, Topic
from quizapp.items.service import unusable, usual
from quizapp.org.models import Unit
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import (
    CLOSED,
    DRAFT,
    PUBLISHED,
    Accommodation,
    Attempt,
    Audience,
    Form,
    FormItem,
    QuizBlueprint,
)
from quizapp.quizzes.service import authoring
from quizapp.quizzes.service.authoring import NewQuiz, Settings
from tests.factories import people

KINDS = ("single", "multiple", "true_false")


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


@pytest.fixture
def olga(world, db):
    """An organiser of the plant only."""
    made = people.person(world.organisation, world.plant, "Olga", "1101", role=Role.ORGANISER)
    db.session.commit()
    return people.viewer(made)


def unit_name(unit_id, db):
    return db.session.get_one(Unit, unit_id).public_id


@pytest.fixture
def new(world, db, dana):
    """Create a quiz: ``new(mode=..., name=..., viewer=...)`` returns its public id."""

    def create(mode=rules.THEMED, name="专题", viewer=None, unit=None, **more):
        unit_public_id = unit_name(unit or world.plant, db)
        return authoring.create_quiz(viewer or dana, NewQuiz(mode, name, unit_public_id, **more))

    return create


def plan(*rows, **general):
    return Blueprint((Section("", rows),), **general)


def row(count, topic="测试主题", kind=None, **quotas):
    kinds = frozenset({kind} if kind else ())
    return Rule(count, frozenset({topic} if topic else ()), kinds, tuple(quotas.items()))


def save(viewer, public_id, *rows, **general):
    revision = authoring.get_sheet(viewer, public_id).revision
    return authoring.save_rules(viewer, public_id, plan(*rows, **general), revision)


def settings(sheet, **changes):
    values = {
        "name": sheet.name,
        "opens_at": sheet.opens_at,
        "closes_at": sheet.closes_at,
        "limit_seconds": sheet.limit_seconds,
        "grace_seconds": sheet.grace_seconds,
        "attempts_allowed": sheet.attempts_allowed,
        "cut_score": sheet.cut_score,
        "tells": sheet.tells,
    }
    return Settings(**values | changes)


def refused(act, field=None):
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.field == field
    return caught.value.message


# --- writing --------------------------------------------------------------------------------------


def test_each_mode_begins_with_what_is_usual_for_it(dana, new):
    weekly = authoring.get_sheet(dana, new(rules.WEEKLY, "一"))
    themed = authoring.get_sheet(dana, new(rules.THEMED, "二", topics=frozenset({"要点 1"})))
    exam = authoring.get_sheet(dana, new(rules.EXAM, "三", count=20))
    assert weekly.closes_at == clock.now().replace(minute=0) + timedelta(days=7)
    assert weekly.attempts_allowed is None
    assert themed.cut_score == 0.8
    assert themed.blueprint == plan(row(10, "要点 1"))
    assert exam.blueprint.count == 20
    assert (exam.limit_seconds, exam.attempts_allowed) == (1800, 1)
    everything = {"verdict", "key", "explanation", "source"}
    assert exam.tells == (frozenset(), frozenset(), everything)
    assert weekly.tells == (frozenset(), everything, everything)
    assert {sheet.state for sheet in (weekly, themed, exam)} == {DRAFT}


def test_a_quiz_is_for_its_own_unit_until_somebody_says_otherwise(dana, new, world, db):
    sheet = authoring.get_sheet(dana, new())
    (line,) = authoring.list_audience(dana, sheet)
    assert (line.unit_name, line.role) == ("一厂", "")
    assert line.people == 8, "everybody in the plant's team"


def test_a_name_is_taken_once_a_mode(dana, new):
    new(name="同名")
    assert "同名" in refused(lambda: new(name=" 同名 "), "name")
    new(rules.WEEKLY, "同名")
    assert refused(lambda: new(name="  "), "name")


def test_a_statutory_quiz_names_its_law(dana, new):
    refused(lambda: new(rules.STATUTORY, "三级教育"), "legal_basis")
    sheet = authoring.get_sheet(dana, new(rules.STATUTORY, "三级教育", legal_basis="安全生产法 28"))
    refused(lambda: authoring.save_settings(dana, sheet.public_id, settings(sheet)), "legal_basis")


def test_nobody_writes_for_units_outside_their_scope(olga, dana, new, world, db):
    root = db.session.scalars(
        select(Unit.id).where(Unit.organisation_id == world.organisation).order_by(Unit.id)
    ).first()
    refused(lambda: new(viewer=olga, unit=root), "unit")
    refused(lambda: new(viewer=dana, unit=world.other_team), "unit")
    of_all = new(unit=root, name="全集团")
    for act in (
        lambda: authoring.get_sheet(olga, of_all),
        lambda: authoring.duplicate(olga, of_all),
        lambda: authoring.publish(olga, of_all),
        lambda: authoring.get_sheet(people.viewer(world.people["carol"]), of_all),
    ):
        with pytest.raises(LookupError):
            act()
    assert authoring.get_sheet(olga, new(viewer=olga)).unit_name == "一厂"


def test_rules_are_saved_and_a_second_writer_overwrites_nothing(dana, new):
    quiz = new()
    assert save(dana, quiz, row(3)) == 2
    assert save(dana, quiz, row(3)) == 2, "nothing changed"
    message = refused(lambda: authoring.save_rules(dana, quiz, plan(row(4)), 1))
    assert "还在本页" in message
    assert authoring.get_sheet(dana, quiz).blueprint == plan(row(3))
    refused(lambda: save(dana, quiz, row(authoring.MOST_ITEMS), row(1)), "rules")


def test_settings_are_saved_and_nonsense_is_refused_at_its_field(dana, new):
    quiz = new()
    new(name="已有")
    sheet = authoring.get_sheet(dana, quiz)
    now = clock.now()
    good = settings(
        sheet,
        name="新名",
        opens_at=now,
        closes_at=now + timedelta(days=1),
        limit_seconds=600,
        tells=({"verdict"}, {"verdict", "nonsense"}, ()),
    )
    authoring.save_settings(dana, quiz, good)
    saved = authoring.get_sheet(dana, quiz)
    assert (saved.name, saved.opens_at, saved.limit_seconds) == ("新名", now, 600)
    assert saved.tells == ({"verdict"}, {"verdict"}, frozenset())
    for field, changes in (
        ("closes_at", {"opens_at": now, "closes_at": now}),
        ("name", {"name": "已有"}),
        ("name", {"name": " "}),
    ):
        refused(
            lambda changes=changes: authoring.save_settings(dana, quiz, settings(sheet, **changes)),
            field,
        )


def test_a_copy_has_everything_but_the_dates(dana, new, world, db):
    quiz = new(rules.WEEKLY, "每周")
    save(dana, quiz, row(2))
    authoring.set_audience(dana, quiz, [(unit_name(world.team, db), "leader")])
    authoring.publish(dana, quiz)
    copy = authoring.get_sheet(dana, authoring.duplicate(dana, quiz))
    assert (copy.name, copy.state, copy.closes_at) == ("每周 (2)", DRAFT, None)
    assert copy.blueprint == plan(row(2))
    assert [(line.unit_name, line.role) for line in authoring.list_audience(dana, copy)] == [
        ("焊装一班", "leader")
    ]
    again = authoring.get_sheet(dana, authoring.duplicate(dana, quiz))
    assert again.name == "每周 (3)"


def test_only_a_draft_is_deleted(dana, new, db):
    quiz, kept = new(), new(name="留")
    authoring.delete_draft(dana, quiz)
    with pytest.raises(LookupError):
        authoring.get_sheet(dana, quiz)
    authoring.publish(dana, kept)
    assert "固定" in refused(lambda: authoring.delete_draft(dana, kept))


# --- figures --------------------------------------------------------------------------------------


def figures(viewer, public_id):
    return authoring.get_figures(viewer, authoring.get_sheet(viewer, public_id))


def test_figures_say_what_the_bank_yields(dana, new):
    quiz = new()
    save(dana, quiz, row(2, kind="single"), row(3, kind="multiple"))
    found = figures(dana, quiz)
    assert (found.wanted, found.available, found.missing, found.forms) == (5, 5, 0, 1)
    assert found.facility == pytest.approx(0.85), "all are easy, and nobody has answered"
    assert found.seconds == 2 * usual.USUAL_SECONDS["single"] + 3 * usual.USUAL_SECONDS["multiple"]
    assert [line.available for line in found.rows] == [5, 5]


def test_figures_of_rules_that_are_not_saved(dana, new):
    sheet = authoring.get_sheet(dana, new())
    assert authoring.get_figures(dana, sheet, plan(row(2))).wanted == 2


def test_a_row_says_why_it_is_short_and_what_would_do(dana, new, db, world):
    quiz = new()
    _expire(db, "要点 2", 3)
    save(
        dana,
        quiz,
        row(4, "要点 2", "true_false"),
        row(1, "要点 1", "essay"),
        row(2, "要点 0", hard=1),
    )
    first, second, third = figures(dana, quiz).rows
    assert (first.available, first.missing, first.expired, first.unfinished) == (2, 2, 3, 0)
    assert (second.available, second.missing) == (0, 1)
    assert second.other_kinds == (("multiple", 5),)
    assert (third.missing, third.lacking) == (1, (("hard", 1, 0),))


def _expire(db, topic, many):
    chosen = db.session.scalars(
        select(Item.id)
        .join(Topic, Topic.id == Item.topic_id)
        .where(Topic.name == topic)
        .limit(many)
    ).all()
    db.session.execute(update(Item).where(Item.id.in_(chosen)).values(status=EXPIRED))
    db.session.commit()


def test_two_rows_over_the_same_items_are_told_so(dana, new):
    quiz = new()
    save(dana, quiz, row(4, "要点 0"), row(3, "要点 0", "single"))
    first, second = figures(dana, quiz).rows
    assert first.missing + second.missing == 2
    assert (first.rivals, second.rivals) == ((1,), (0,))


def test_what_was_in_the_last_quiz_is_counted(dana, new, world, db):
    last = new(name="上次")
    authoring.publish(dana, last)
    _taken(db, last, [world.people["bob"]], items=12)
    quiz = new()
    save(dana, quiz, row(5))
    (line,) = figures(dana, quiz).rows
    assert (line.missing, line.repeats_of_last) == (0, 2)


@atomic
def _taken(db, public_id, person_ids, items=1):
    quiz = db.session.scalars(
        select(QuizBlueprint).where(QuizBlueprint.public_id == public_id)
    ).one()
    drawn = db.session.scalars(
        select(Item).where(Item.organisation_id == quiz.organisation_id).order_by(Item.id)
    ).all()[:items]
    for person_id in person_ids:
        form = Form(blueprint_id=quiz.id, seed="s", length=items)
        db.session.add(form)
        db.session.flush()
        db.session.add_all(
            FormItem(
                form_id=form.id,
                position=place,
                item_id=one.id,
                item_version_id=one.current_version_id,
                option_seed=1,
            )
            for place, one in enumerate(drawn, start=1)
        )
        db.session.add(
            Attempt(
                person_id=person_id,
                blueprint_id=quiz.id,
                form_id=form.id,
                mode=quiz.mode,
                day=clock.now().date(),
                length=items,
                deadline_at=clock.now(),
            )
        )


def test_median_times_come_from_the_histograms(world, db):
    item = db.session.scalars(
        select(Item).where(Item.organisation_id == world.organisation, Item.kind == "single")
    ).first()
    db.session.add(
        TimeBucket(
            version_id=item.current_version_id,
            week=clock.now().date(),
            bucket=4,
            responses=usual.LEAST_TIMES,
        )
    )
    db.session.commit()
    usual._usual.cache_clear()
    found = usual.list_usual_seconds(world.organisation)
    usual._usual.cache_clear()
    assert found["测试主题", "single"] == found["", "single"] == 15.5, "half of 13 to 18"
    assert found["", "essay"] == usual.USUAL_SECONDS["essay"]
    assert ("测试主题", "multiple") not in found


def test_items_that_cannot_be_drawn_are_counted_by_corner(world, db):
    assert unusable.count_unusable(world.organisation) == {}
    _expire(db, "要点 1", 2)
    assert unusable.count_unusable(world.organisation) == {
        ("测试主题", "要点 1", "multiple"): (2, 0)
    }


# --- sample papers --------------------------------------------------------------------------------


def test_a_sample_is_the_same_for_its_number_and_has_its_key_apart(dana, new):
    quiz = new()
    save(dana, quiz, row(5))
    sheet = authoring.get_sheet(dana, quiz)
    first = authoring.get_sample(dana, sheet, 1)
    assert authoring.get_sample(dana, sheet, 1) == first
    assert authoring.get_sample(dana, sheet, 2) != first
    assert [one.position for one in first.items] == [line.position for line in first.key]
    for one, line in zip(first.items, first.key, strict=True):
        assert "KEYCANARY" not in repr(one)
        assert "KEYCANARY" in line.explanation
        assert bool(line.letters) is (one.prompt.kind != "true_false")


def test_drawing_a_sample_counts_for_nothing(dana, new, db):
    sheet = authoring.get_sheet(dana, new())
    authoring.get_sample(dana, sheet, 1)
    assert not db.session.new
    assert db.session.scalars(select(Form.id)).first() is None


# --- publishing -----------------------------------------------------------------------------------


def test_publishing_waits_until_nothing_is_in_the_way(dana, new):
    quiz = new(rules.WEEKLY, "周")
    save(dana, quiz, row(16))
    sheet = authoring.get_sheet(dana, quiz)
    authoring.save_settings(dana, quiz, settings(sheet, closes_at=None))
    message = refused(lambda: authoring.publish(dana, quiz))
    assert "还缺 1 题。" in message
    assert "每周一测要设截止时间。" in message
    authoring.save_settings(dana, quiz, settings(sheet, closes_at=clock.now() - timedelta(hours=1)))
    assert "截止时间已过" in refused(lambda: authoring.publish(dana, quiz))


def test_what_is_published_is_taken_by_its_audience_alone(dana, new, world, db):
    quiz = new(rules.EXAM, "考核")
    save(dana, quiz, row(3, kind="single"), row(2, kind="true_false"))
    team = unit_name(world.team, db)
    authoring.set_audience(dana, quiz, [(team, "leader")])
    bob, alice = (people.viewer(world.people[name]) for name in ("bob", "alice"))
    with pytest.raises(LookupError):
        quizzes.start(alice, quiz)
    authoring.publish(dana, quiz)
    with pytest.raises(LookupError):
        quizzes.start(bob, quiz)
    authoring.grant_more_time(dana, "1001", 1.5)
    attempt_id = quizzes.start(alice, quiz)
    attempt = db.session.scalars(select(Attempt).where(Attempt.public_id == attempt_id)).one()
    assert attempt.length == 5
    assert attempt.deadline_at == clock.now() + timedelta(minutes=45), "half as long again"
    authoring.close_early(dana, quiz)
    assert quizzes.start(alice, quiz) == attempt_id, "who has begun goes on"


def test_after_publishing_the_rules_are_fixed(dana, new, world, db):
    quiz = new()
    authoring.publish(dana, quiz)
    sheet = authoring.get_sheet(dana, quiz)
    assert (sheet.state, sheet.published_at) == (PUBLISHED, clock.now())
    assert sheet.is_open
    for act in (
        lambda: save(dana, quiz, row(1)),
        lambda: authoring.save_settings(dana, quiz, settings(sheet)),
        lambda: authoring.set_audience(dana, quiz, [(unit_name(world.team, db), "")]),
        lambda: authoring.publish(dana, quiz),
    ):
        assert "固定" in refused(act)


def test_the_closing_time_moves_to_later_with_a_reason(dana, new, db):
    quiz = new(rules.WEEKLY, "周")
    authoring.publish(dana, quiz)
    later = authoring.get_sheet(dana, quiz).closes_at + timedelta(days=1)
    refused(lambda: authoring.extend(dana, quiz, later, "  "), "reason")
    refused(lambda: authoring.extend(dana, quiz, clock.now(), "停电"), "closes_at")
    authoring.extend(dana, quiz, later, "车间停电")
    sheet = authoring.get_sheet(dana, quiz)
    assert sheet.closes_at == later
    (kept,) = authoring.list_extensions(sheet)
    assert json.loads(kept.facts)["reason"] == "车间停电"


def test_ending_early_is_for_good(dana, new, db):
    quiz = new(rules.WEEKLY, "周")
    refused(lambda: authoring.close_early(dana, quiz))
    authoring.publish(dana, quiz)
    authoring.close_early(dana, quiz)
    sheet = authoring.get_sheet(dana, quiz)
    assert (sheet.state, sheet.closes_at) == (authoring.ENDED, clock.now())
    assert db.session.scalars(select(QuizBlueprint.state)).one() == CLOSED
    refused(lambda: authoring.extend(dana, quiz, clock.now() + timedelta(days=1), "因为"))


def test_what_is_done_with_a_quiz_is_on_record(dana, new, db):
    quiz = new()
    authoring.publish(dana, quiz)
    rows = db.session.scalars(
        select(AuditRow.action).where(AuditRow.object == f"quiz:{quiz}").order_by(AuditRow.id)
    ).all()
    assert rows == ["quizzes.created", "quizzes.published"]


# --- audience and more time -----------------------------------------------------------------------


def test_an_audience_lies_within_ones_own_scope(olga, new, world, db):
    quiz = new(viewer=olga)
    team, foreign = unit_name(world.team, db), unit_name(world.other_team, db)
    authoring.set_audience(olga, quiz, [(team, ""), (team, "leader"), (team, "")])
    sheet = authoring.get_sheet(olga, quiz)
    assert [line.role for line in authoring.list_audience(olga, sheet)] == ["", "leader"]
    for wrong in ([], [(foreign, "")], [(team, "king")], [(f"{n}", "") for n in range(101)]):
        refused(lambda wrong=wrong: authoring.set_audience(olga, quiz, wrong), "unit")
    assert len(db.session.scalars(select(Audience.role)).all()) == 2


def test_units_of_ones_scope_are_offered(olga, dana):
    assert [unit.name for unit in authoring.list_units_in_scope(olga)] == [
        "一厂",
        "焊装车间",
        "焊装一班",
    ]
    assert len(authoring.list_units_in_scope(dana)) == 4


def test_more_time_holds_for_a_person_and_has_no_reason(olga, world, db):
    assert authoring.grant_more_time(olga, " 1002 ", 1.25) == "Bob"
    assert authoring.grant_more_time(olga, "1002", 0) == "Bob"
    (one,) = authoring.list_more_time(olga)
    assert (one.name, one.factor, one.unit_name) == ("Bob", 0, "焊装一班")
    assert set(Accommodation.__table__.columns.keys()) == {
        "person_id",
        "factor",
        "granted_by",
        "granted_at",
    }
    refused(lambda: authoring.grant_more_time(olga, "1003", 1.5), "employee_number")
    refused(lambda: authoring.grant_more_time(olga, "1002", 3), "factor")
    carol = people.viewer(world.people["carol"])
    assert authoring.list_more_time(carol) == []
    with pytest.raises(LookupError):
        authoring.revoke_more_time(carol, one.person_public_id)
    authoring.revoke_more_time(olga, one.person_public_id)
    assert authoring.list_more_time(olga) == []


# --- the list -------------------------------------------------------------------------------------


def test_the_list_shows_how_many_took_part_from_five_on(dana, olga, new, world, db):
    many, few = new(name="多"), new(name="少")
    for quiz in (many, few):
        authoring.publish(dana, quiz)
    team = db.session.scalars(
        select(Person.id).where(Person.organisation_id == world.organisation)
    ).all()
    _taken(db, many, team[:5])
    _taken(db, few, [*team[:4], team[0]])
    new(name="稿")
    found = authoring.list_quizzes(olga)
    assert [(line.name, line.people) for line in found.lines] == [
        ("稿", None),
        ("少", None),
        ("多", 5),
    ]
    assert found.counts == {DRAFT: 1, PUBLISHED: 2, authoring.ENDED: 0}
    assert found.lines[0].audience == ("一厂",)


def test_the_list_knows_what_has_ended(dana, new, world):
    quiz = new(rules.WEEKLY, "周")
    authoring.publish(dana, quiz)
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert authoring.list_quizzes(dana, PUBLISHED).lines == []
        assert [one.name for one in authoring.list_quizzes(dana, authoring.ENDED).lines] == ["周"]
    assert [one.name for one in authoring.list_quizzes(dana, PUBLISHED).lines] == ["周"]
    assert authoring.list_quizzes(people.viewer(world.people["carol"])).lines == []


def test_the_list_goes_page_by_page_in_the_same_number_of_statements(
    dana, new, monkeypatch, count_statements
):
    for number in range(3):
        new(name=f"{number}")
    with count_statements() as few:
        authoring.list_quizzes(dana)
    for number in range(3, 8):
        new(name=f"{number}")
    with count_statements() as many:
        authoring.list_quizzes(dana)
    assert len(many) == len(few) == 4
    monkeypatch.setattr("quizapp.quizzes.service.authoring.listing.PAGE_LENGTH", 5)
    first = authoring.list_quizzes(dana)
    second = authoring.list_quizzes(dana, before=first.before)
    assert [line.name for line in (*first.lines, *second.lines)] == list("76543210")
    assert second.before is None
