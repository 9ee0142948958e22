"""Sums, figures and flags: from rows of responses to what an author reads."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update

from question_bank.psychometrics import flags
from quizapp.core import clock, jobs
from quizapp.core.db import atomic
from quizapp.core.redis import store
from quizapp.items import service
from quizapp.items.models import (
    Calibration,
    Item,
    ItemQuality,
    ItemStatistic,
    ItemVersion,
    TimeBucket,
)
from quizapp.items.service import calibrating, numbers, statistics, times
from quizapp.quizzes.models import Response
from quizapp.quizzes.service import answering
from tests.factories import answers, people, season
from tests.factories.answers import right, wrong

DAY = date(2026, 11, 3)
TODAY = date(2026, 11, 18)


@pytest.fixture
def five(world):
    """Five single-choice versions of the bank."""
    return answers.versions(world.organisation, 5)


@pytest.fixture
def bob(world):
    return world.people["bob"]


def row(db, version_id, day=DAY):
    db.session.expire_all()
    return db.session.get(ItemStatistic, (version_id, day))


def everything(db):
    """Return every row of sums as plain values."""
    columns = ItemStatistic.__table__.columns
    return sorted(tuple(found) for found in db.session.execute(select(*columns)))


def test_a_day_is_counted_with_rest_scores_and_groups(db, world, five, bob):
    a, b, c, d, e = five
    answers.final_set(
        bob,
        DAY,
        [(a, right(a)), (b, right(b)), (c, wrong(c)), (d, wrong(d)), (e, right(e))],
        rapid=[1],
    )
    alice = world.people["alice"]
    answers.final_set(alice, DAY, [(v, wrong(v)) for v in five])
    assert service.count_again(DAY) == 5
    of_a = row(db, a)
    assert (of_a.responses, of_a.people, of_a.correct, of_a.rapid) == (2, 2, 1, 1)
    # Bob had two of the other four right, Alice none.
    assert (of_a.sum_score, of_a.sum_rest, of_a.sum_product) == (1.0, 0.5, 0.5)
    assert (of_a.sum_score_squared, of_a.sum_rest_squared) == (1.0, 0.25)
    assert json.loads(of_a.options) == {
        "groups": [1, 0, 1, 0, 0],
        "chosen": {
            right(a)[0]: {"groups": [0, 0, 1, 0, 0], "rest": 0.5},
            wrong(a)[0]: {"groups": [1, 0, 0, 0, 0], "rest": 0.0},
        },
    }


def test_what_is_left_out_and_what_is_late(db, world, five, bob):
    a, b, c, d, e = five
    answers.final_set(bob, DAY, [(a, right(a)), (b, right(b)), (c, right(c)), (d, None), (e, None)])
    answers.final_set(world.people["alice"], DAY, [(v, right(v)) for v in five], late=[5])
    service.count_again(DAY)
    # The first item after the last answer was seen and left out; the next one never came.
    assert (row(db, d).responses, row(db, d).omitted) == (1, 1)
    assert row(db, e) is None
    assert row(db, a).responses == 2


def test_a_set_with_two_responses_says_nothing(db, world, five, bob):
    answers.final_set(bob, DAY, [(five[0], right(five[0])), (five[1], right(five[1]))])
    assert service.count_again(DAY) == 0
    assert everything(db) == []


def test_open_sets_do_not_count(db, world, five, bob):
    season.open_season(world.organisation)
    viewer = people.viewer(bob)
    attempt = season.quizzes.start_daily(viewer)
    for position in (1, 2, 3, 4):
        season.answer(viewer, attempt, position)
    assert service.count_again() == 0
    season.answer(viewer, attempt, 5)
    season.quizzes.finish(viewer, attempt)
    assert service.count_again() == 5
    assert row(db, db.session.scalars(select(Response.item_version_id)).first(), TODAY)


def test_counting_again_changes_nothing_and_mends_everything(db, world, five):
    everybody = answers.crowd(world, 12)
    answers.history(everybody, [DAY, DAY + timedelta(days=1)], five)
    assert service.count_again(DAY) == 10
    before = everything(db)
    assert service.count_again(DAY) == 0
    db.session.execute(update(ItemStatistic).where(ItemStatistic.day == DAY).values(correct=99))
    db.session.execute(
        delete(ItemStatistic).where(ItemStatistic.day > DAY, ItemStatistic.version_id == five[0])
    )
    db.session.add(
        ItemStatistic(
            version_id=five[0],
            day=DAY + timedelta(days=5),
            **dict.fromkeys(("responses", "people", "correct", "rapid", "omitted"), 1),
            **dict.fromkeys(("sum_score", "sum_score_squared", "sum_rest"), 1.0),
            sum_rest_squared=1.0,
            sum_product=1.0,
            options="{}",
        )
    )
    db.session.commit()
    assert len(list(service.find_wrong_sums())) == 7
    assert service.count_again(DAY) == 7
    assert everything(db) == before
    assert list(service.find_wrong_sums()) == []


def test_days_are_counted_from_the_last_one_that_was(db, world, five, bob):
    answers.final_set(bob, DAY, [(v, right(v)) for v in five])
    assert service.count_again() == 5  # nothing was ever counted: from the beginning
    answers.final_set(bob, DAY + timedelta(days=3), [(v, right(v)) for v in five])
    assert service.count_again() == 5  # the job slept for a fortnight
    answers.final_set(bob, TODAY, [(v, right(v)) for v in five])
    answers.final_set(bob, DAY, [(v, wrong(v)) for v in five])  # too long ago for the hourly job
    assert service.count_again() == 5
    assert row(db, five[0]).responses == 1
    assert jobs._jobs["items.count_since"].work(DAY.isoformat()) == 5
    assert row(db, five[0]).responses == 2


# --- figures and flags ---------------------------------------------------------------------------


@pytest.fixture
def flagged(world, five):
    """Sixty people answered five items; the key of the first must be wrong."""
    everybody = answers.crowd(world, 60)
    days = [DAY + timedelta(days=number) for number in range(10)]
    answers.history(everybody, days, five, miskeyed=five[0])
    service.count_again()
    return five


def item_of(db, version_id):
    db.session.expire_all()
    return db.session.scalars(select(Item).where(Item.current_version_id == version_id)).one()


def test_items_carry_their_figures_and_their_gravest_flag(db, flagged):
    doubtful, fine = item_of(db, flagged[0]), item_of(db, flagged[1])
    assert doubtful.responses == 60
    assert doubtful.flag == "key_doubtful"
    assert doubtful.facility == pytest.approx(
        db.session.get(ItemStatistic, (flagged[0], DAY)).correct / 6, abs=0.6
    )
    assert (fine.responses, fine.flag) == (60, "")
    quality = db.session.get(ItemQuality, flagged[0])
    (flag, *_rest) = json.loads(quality.flags)
    letters = "ABCD"
    assert flag["params"]["option"] in letters
    assert flag["params"]["key"] in letters
    assert quality.discrimination < 0


def test_sums_over_days_give_the_figures_of_all_responses_at_once(db, flagged):
    version_id = flagged[1]
    figures = numbers.evaluate([version_id])[version_id]
    responses = db.session.execute(
        select(Response.attempt_id, Response.item_version_id, Response.score)
    ).all()
    by_attempt: dict[int, dict[int, float]] = {}
    for attempt_id, version, score in responses:
        by_attempt.setdefault(attempt_id, {})[version] = score
    from statistics import correlation, mean

    own = [given[version_id] for given in by_attempt.values()]
    rest = [(sum(given.values()) - given[version_id]) / 4 for given in by_attempt.values()]
    assert figures.facility == pytest.approx(mean(own))
    assert figures.discrimination == pytest.approx(correlation(own, rest))
    assert sum(figures.groups) == 60
    assert sum(option.chosen for option in figures.options) == 60
    assert [option.is_key for option in figures.options].count(True) == 1


def test_nothing_is_said_below_thirty_responses(db, world, five):
    answers.history(answers.crowd(world, 29), [DAY], five, miskeyed=five[0])
    service.count_again()
    item = item_of(db, five[0])
    assert (item.responses, item.facility, item.flag) == (29, None, "")
    assert db.session.get(ItemQuality, five[0]) is None


def test_nothing_is_said_of_fewer_than_five_people(db, world, five):
    four = answers.crowd(world, 4)
    for number in range(10):
        answers.history(four, [DAY + timedelta(days=number)], five, seed=number)
    service.count_again()
    assert item_of(db, five[0]).responses == 40
    assert item_of(db, five[0]).facility is None
    fifth = answers.crowd(world, 0) or [world.people["bob"]]
    answers.history(fifth, [DAY], five)
    service.count_again(DAY)
    assert item_of(db, five[0]).facility is not None


def test_a_new_version_starts_from_nothing(db, world, flagged):
    item = item_of(db, flagged[0])
    old = db.session.get(ItemVersion, flagged[0])
    columns = {
        column.name: getattr(old, column.name)
        for column in ItemVersion.__table__.columns
        if column.name not in ("id", "number")
    }
    new = ItemVersion(**columns, number=2)
    db.session.add(new)
    db.session.flush()
    item.current_version_id = new.id
    db.session.commit()
    service.count_again()
    assert (item_of(db, new.id).facility, item_of(db, new.id).flag) == (None, "")
    assert db.session.get(ItemQuality, flagged[0]).responses == 60  # the old one keeps its own


def test_exposure_is_measured_against_the_other_items(db, world, five):
    others_shown = five[1:] + answers.versions(world.organisation, 9, kind="multiple")
    others_shown += answers.versions(world.organisation, 9, kind="true_false")
    everybody = answers.crowd(world, 48)
    for place, person_id in enumerate(everybody):
        rare = [others_shown[(place + step) % len(others_shown)] for step in range(2)]
        given = [(version_id, right(version_id)) for version_id in (five[0], *rare)]
        answers.final_set(person_id, TODAY - timedelta(days=2), given)
    service.count_again()
    others = numbers.what_is_usual()
    figures = numbers.evaluate([five[0]], others)[five[0]]
    assert figures.shown == 48
    assert figures.shown_mean == pytest.approx(48 * 3 / (1 + len(others_shown)))
    assert "exposed" in {flag.code for flag in flags.find_flags(figures)}


def test_weeks_bring_facility_and_time_together(db, world, five):
    monday = date(2026, 11, 9)
    answers.history(answers.crowd(world, 40), [monday, monday + timedelta(days=6)], five)
    db.session.add(TimeBucket(version_id=five[0], week=monday, bucket=4, responses=40))
    db.session.commit()
    service.count_again()
    (week,) = numbers.evaluate([five[0]])[five[0]].weeks
    assert week.responses == 40
    assert week.seconds == pytest.approx(15.5)


# --- times ---------------------------------------------------------------------------------------


def test_times_go_through_the_store_into_the_table(db, world, five):
    @atomic
    def answer(seconds):
        service.count_time(five[0], seconds)

    for seconds in (4, 5, 200, 1801, -1):
        answer(seconds)
    assert db.session.scalar(select(func.count()).select_from(TimeBucket)) == 0
    assert service.drain_times() == 3
    assert service.drain_times() == 0
    answer(4)
    service.drain_times()
    found = {
        (kept.week, kept.bucket): kept.responses for kept in db.session.scalars(select(TimeBucket))
    }
    assert found == {(date(2026, 11, 16), 1): 3, (date(2026, 11, 16), 12): 1}


def test_answering_counts_the_time_since_the_question_was_shown(db, world, bob):
    viewer = people.viewer(bob)
    attempt = season.quizzes.start_daily(viewer)
    view, shown_at = season.quizzes.get_attempt(viewer, attempt), clock.now()
    for position, seconds in ((1, 20), (2, 4000)):
        options = season.right_options(attempt, position)
        shown = season.quizzes.get_shown(view, position)
        ticket = season.quizzes.ticket_for(viewer, view, shown)
        submission = answering.Submission(position, options, str(uuid4()), ticket)
        with clock.frozen(shown_at + timedelta(seconds=seconds)):
            season.quizzes.answer(viewer, attempt, submission)
            season.quizzes.answer(viewer, attempt, submission)  # sent again by a weak network
    season.answer(viewer, attempt, 3)  # without a proof of when it was shown
    assert service.drain_times() == 1
    (kept,) = db.session.scalars(select(TimeBucket))
    assert (kept.bucket, kept.responses) == (5, 1)


def test_counts_of_a_version_that_is_gone_are_dropped(db, world):
    opened = store()
    opened.client.hincrby(opened.key(times._KEY), "987654:2026-11-16:3", 1)
    assert service.drain_times() == 1
    assert db.session.scalar(select(func.count()).select_from(TimeBucket)) == 0


# --- calibration ---------------------------------------------------------------------------------


def test_calibration_keeps_parameters_with_errors(db, world, five, monkeypatch):
    monkeypatch.setattr(calibrating, "LEAST_RESPONSES", 40)
    answers.history(answers.crowd(world, 60), [DAY], five)
    told = []
    found = service.calibrate(told.append)
    assert found.responses == 300
    assert found.has_converged
    assert told[-1].number == found.steps
    kept = db.session.scalars(select(Calibration)).all()
    assert found.versions == len(kept) > 0
    assert {row.version_id for row in kept} <= set(five)
    for calibration in kept:
        assert calibration.model == "2pl"
        assert calibration.responses == 60
        assert calibration.discrimination > 0
        assert calibration.difficulty_error > 0


def test_rapid_guesses_are_not_calibrated(db, world, five, monkeypatch):
    monkeypatch.setattr(calibrating, "LEAST_RESPONSES", 10)
    for place, person_id in enumerate(answers.crowd(world, 20)):
        given = [(v, right(v) if place % 2 else wrong(v)) for v in five]
        answers.final_set(person_id, DAY, given, rapid=[1, 2, 3, 4, 5])
    result = service.calibrate()
    assert (result.responses, result.log_likelihood) == (0, None)


def test_the_command_says_what_it_did(app, db, world, five, monkeypatch):
    monkeypatch.setattr(calibrating, "LEAST_RESPONSES", 40)
    nothing = app.test_cli_runner().invoke(args=["items", "calibrate"])
    assert nothing.exit_code == 1
    answers.history(answers.crowd(world, 60), [DAY], five)
    result = app.test_cli_runner().invoke(args=["items", "calibrate"])
    assert result.exit_code == 0, result.output
    assert "step 1: log-likelihood" in result.stderr
    assert result.stdout.startswith("300 responses, ")
    assert "converged" in result.stdout


def test_the_command_rebuilds_all_statistics(app, db, world, five, bob):
    answers.final_set(bob, DAY, [(v, right(v)) for v in five])
    result = app.test_cli_runner().invoke(args=["rebuild", "statistics"])
    assert result.stdout == "5 rows differed\n"
    result = app.test_cli_runner().invoke(args=["rebuild", "statistics", "--since", "2026-11-01"])
    assert result.stdout == "0 rows differed\n"


def test_ordinary_numbers_need_no_numeric_library(app):
    import subprocess
    import sys

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, quizapp.items.jobs, question_bank.psychometrics.flags;"
            "print('numpy' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


def test_settled_days_are_those_that_no_set_can_still_change():
    # 48 hours of grace after a learning day, the closing job, and a day for time zones.
    assert statistics.OPEN_DAYS * 24 >= 24 + 48 + 24
