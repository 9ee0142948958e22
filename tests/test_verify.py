"""``flask verify``: silent on a sound database, and one invariant after the other notices damage.

The damage is done by raw SQL, as a bug, a careless hand or a broken disk would do it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from quizapp.agenda import service as agenda
from quizapp.badges import service as badges
from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.db import db as database
from quizapp.core.db import is_sqlite
from quizapp.core.events import RewardCorrected
from quizapp.items import service as items
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt
from tests import snapshots
from tests.conftest import NOW, rolled_back, settled_world
from tests.factories import badges as medals
from tests.factories import people, published, season
from tests.factories import training as courses
from tests.ledger import opened_ledger
from tests.savepoints import undone

PROMISED = {"I1", "I2", "I3", "I4", "I5", "I6", "I8", "I10", "I11", "I16", "I17", "I19", "I20"}
PROMISED |= {"I14"}  # corrections by hand
PROMISED |= {"I12"}  # closed seasons
PROMISED |= {"I13"}  # rankings in the store
PROMISED |= {"I22", "I23"}  # attempts and the time that outages gave back
PROMISED |= {"I24"}  # what teams answer before their shift
PROMISED |= {"I40", "I41"}  # what people know
PROMISED |= {"I50", "I51", "I52"}  # marking and appeals
PROMISED |= {"I53"}  # quizzes as they are written
PROMISED |= {"I30", "I31", "I32"}  # tasks
PROMISED |= {"I60", "I61"}  # statutory training
PROMISED |= {"I70", "I71"}  # badges
PROMISED |= {"I15"}  # active weeks


def write_history(world: people.World) -> None:
    """Let a week pass: sets finished, abandoned and late, a correction, a day without a point."""
    bob, alice, dana = (people.viewer(world.people[name]) for name in ("bob", "alice", "dana"))
    with clock.frozen(NOW - timedelta(days=6)):
        quizzes.start_daily(dana)  # and never goes on
        late = quizzes.start_daily(alice)
        season.answer(alice, late, 1)
    for days_ago in (5, 4, 1):
        with clock.frozen(NOW - timedelta(days=days_ago)):
            season.finished_set(bob)
    with clock.frozen(NOW - timedelta(days=1)):
        season.answer(alice, late, 2)
        assert quizzes.close_stale() == 2
    wrong = quizzes.start_daily(alice)
    for position in range(1, 6):
        season.answer(alice, wrong, position, season.wrong_options(wrong, position))
    quizzes.finish(alice, wrong)
    regrade(wrong, world.people["alice"])
    correct_by_hand(dana, world.people["bob"])
    items.count_again()
    season.open_season(world.organisation)
    assign_tasks(world)
    tess = courses.trainer(world)
    courses.certify(
        tess, courses.published(tess, courses.text(world)), world.people["bob"], NOW.date()
    )
    medals.active(dana, rule=medals.Rule(medals.ACTIVITY, 1, activity="daily_finished"))
    badges.evaluate_waiting()


def assign_tasks(world: people.World) -> None:
    """Let Alice assign two quizzes in one week and one in the next, and Bob take the first."""
    alice = people.viewer(world.people["alice"])
    team = org.get_units([world.team])[world.team].public_id
    for place, due_on in enumerate((26, 27, 30)):
        quiz_id = published.publish(world.organisation, f"测验{place}")
        agenda.assign(
            alice,
            agenda.Draft(
                kind="quiz",
                subject_id=quiz_id,
                units=(team,),
                people=(),
                due_on=date(2026, 11, due_on),
                wish="recommended",
            ),
        )
        if place == 0:
            published.finish(world.people["bob"], quiz_id)


def regrade(attempt_id: str, person_id: int) -> None:
    """Correct the points of an attempt, as regrading in the learner's favour does."""
    row_id = database.session.scalars(
        select(Attempt.id).where(Attempt.public_id == attempt_id)
    ).one()
    fact = RewardCorrected(
        user_id=person_id,
        activity="daily_correct",
        source=f"attempt:{row_id}:correct",
        quantity=1,
    )
    points.correct(fact)


def correct_by_hand(dana: people.Viewer, person_id: int) -> None:
    """Let Dana take a point from somebody's newest line, whose reference they handed over."""
    first = points.list_entries(person_id)[0]
    points.correct_by_hand(
        dana, points.reference_of(first.id), amount=first.amount - 1, note="重复计分"
    )


@pytest.fixture(scope="module")
def history(app: Flask) -> Iterator[people.World]:
    """A world with a week behind it, made once; every test undoes what it breaks."""
    with rolled_back(app), clock.frozen(NOW):
        world = settled_world()
        write_history(world)
        yield world


@pytest.fixture
def verify(app: Flask, history: people.World):
    """Return a function that damages the database and says what verify then finds."""

    def run(*damage: str):
        with opened_ledger() if damage else contextlib.nullcontext():
            for statement in damage:
                changed = database.session.execute(text(statement))
                assert changed.rowcount, f"this damaged nothing: {statement}"
        database.session.commit()
        return app.test_cli_runner().invoke(args=["verify"])

    with undone():
        yield run


def broken(result) -> dict[str, str]:
    """Return the sentences of the invariants that a run of verify found broken, by number."""
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    return {number: sentence for number, state, sentence in lines if state == "BROKEN"}


def test_every_promised_invariant_is_checked(app):
    assert {known.number for known in all_invariants()} == PROMISED


def test_a_sound_database_is_ok(verify):
    result = verify()
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert [line[1] for line in lines] == ["ok"] * len(PROMISED)
    assert [line[0] for line in lines] == sorted(PROMISED, key=lambda number: int(number[1:]))


def test_an_empty_database_is_ok(app, history):
    with undone():
        database.session.execute(text("UPDATE items_item SET current_version_id = NULL"))
        with opened_ledger():
            for table in reversed(database.metadata.sorted_tables):
                database.session.execute(text(f"DELETE FROM {table}"))
        database.session.commit()
        assert app.test_cli_runner().invoke(args=["verify"]).exit_code == 0


def test_the_history_has_something_for_every_check(history):
    counted = {
        "closed": "SELECT count(*) FROM quizzes_attempt WHERE state = 'closed'",
        "late": "SELECT count(*) FROM quizzes_response WHERE is_late",
        "corrected": "SELECT count(*) FROM points_entry WHERE corrects_id IS NOT NULL",
        "empty": "SELECT count(*) FROM points_entry WHERE amount = 0",
        "by hand": "SELECT count(*) FROM points_entry WHERE author_id IS NOT NULL",
        "standing": "SELECT count(*) FROM leaderboards_standing WHERE points > 0",
        "assigned": "SELECT count(*) FROM agenda_assignment WHERE done = 1",
        "signed": "SELECT count(*) FROM review_signature",
    }
    found = {name: database.session.scalar(text(sql)) for name, sql in counted.items()}
    database.session.commit()
    assert all(found.values()), found


def test_looking_changes_nothing(verify):
    before = snapshots.tables()
    verify()
    assert snapshots.changed(before) == {}


# An entry, a response and a finished attempt of Bob, who answered everything rightly.
ENTRY = "(SELECT min(id) FROM points_entry WHERE activity = 'daily_correct' AND amount = 5)"
RESPONSE = "(SELECT min(id) FROM quizzes_response WHERE is_correct AND NOT is_late)"
BY_HAND = "(SELECT min(id) FROM points_entry WHERE author_id IS NOT NULL)"
BOB = "(SELECT min(id) FROM accounts_person WHERE employee_number = '1002')"
FINISHED = "(SELECT min(id) FROM quizzes_attempt WHERE state = 'finished')"
VERSION = "(SELECT min(id) FROM items_version)"
SETTLED = (NOW - timedelta(days=5)).date()
CASE = f"(SELECT id FROM review_case WHERE subject_id = {VERSION})"
SCRIPT = (
    "INSERT INTO quizzes_script (response_id, public_id, attempt_id, blueprint_id, place, stage,"
    " draft) SELECT quizzes_response.id, 'x', attempt_id, blueprint_id, 1, '{stage}', '' FROM"
    " quizzes_response JOIN quizzes_attempt ON quizzes_attempt.id = attempt_id"
    f" WHERE quizzes_response.id = {RESPONSE}"
)

DAMAGE = {
    "I1 a sum was changed": [
        "UPDATE leaderboards_unit_day SET points = points + 1 WHERE points > 0",
    ],
    "I1 the ledger has more than the boards": [
        f"UPDATE points_entry SET amount = amount - 1 WHERE id = {ENTRY}",
    ],
    "I1 a day is missing": ["DELETE FROM leaderboards_unit_day WHERE points > 0"],
    "I15 a week in which nobody did anything": [
        "UPDATE points_entry SET day = '2026-10-05' WHERE corrects_id IS NULL AND id = "
        + "(SELECT min(id) FROM points_entry)",
    ],
    "I2 a correction of somebody else's entry": [
        f"UPDATE points_entry SET corrects_id = {ENTRY}, reason = 'x' WHERE id IN"
        " (SELECT min(id) FROM points_entry WHERE amount = 0)",
    ],
    "I2 a correction of a correction": [
        f"UPDATE points_entry SET corrects_id = {ENTRY} WHERE activity = 'daily_finished'"
        f" AND beneficiary = (SELECT beneficiary FROM points_entry WHERE id = {ENTRY})",
        f"UPDATE points_entry SET corrects_id = (SELECT max(id) FROM points_entry WHERE"
        f" corrects_id = {ENTRY}) WHERE id = (SELECT min(id) FROM points_entry WHERE"
        f" corrects_id = {ENTRY})",
    ],
    "I3 a response to an item that was not shown": [
        f"UPDATE quizzes_response SET position = 99 WHERE id = {RESPONSE}",
    ],
    "I3 the form was changed under its attempt": [
        "UPDATE quizzes_form_item SET item_version_id = (SELECT min(id) FROM items_version"
        " WHERE id != quizzes_form_item.item_version_id) WHERE position = 1"
        f" AND form_id = (SELECT form_id FROM quizzes_attempt WHERE id = {FINISHED})",
    ],
    "I2 corrected below zero": [f"UPDATE points_entry SET amount = -9 WHERE id = {BY_HAND}"],
    "I14 no reason": [f"UPDATE points_entry SET note = ' ' WHERE id = {BY_HAND}"],
    "I14 not in the log": ["DELETE FROM core_audit_row WHERE action = 'points.corrected'"],
    "I14 one's own line": [
        f"UPDATE points_entry SET author_id = {BOB} WHERE id = {BY_HAND}",
        f"UPDATE core_audit_row SET actor_id = {BOB} WHERE action = 'points.corrected'",
    ],
    "I14 one's own team": [
        f"UPDATE points_entry SET author_id = {BOB}, beneficiary = (SELECT 't:' || unit_id FROM"
        f" org_membership WHERE person_id = {BOB}) WHERE id = {BY_HAND}",
    ],
    "I2 a correction of nothing": [
        f"UPDATE points_entry SET corrects_id = id WHERE id = {ENTRY}",
    ],
    "I4 a fact without an entry": [f"DELETE FROM points_entry WHERE id = {ENTRY}"],
    "I5 a response from before the start": [
        f"UPDATE quizzes_response SET received_at = '2020-01-01 00:00:00' WHERE id = {RESPONSE}",
    ],
    "I5 a late response that counts": ["UPDATE quizzes_response SET is_late = FALSE WHERE is_late"],
    "I6 more than an activity allows": [
        f"UPDATE points_entry SET amount = 6 WHERE id = {ENTRY}",
    ],
    "I8 a score that grading does not give": [
        f"UPDATE quizzes_response SET score = 0 WHERE id = {RESPONSE}",
    ],
    "I8 a response that was changed afterwards": [
        f"UPDATE quizzes_response SET given = '[]' WHERE id = {RESPONSE}",
    ],
    "I8 a result that is not its sum": [
        f"UPDATE quizzes_attempt SET score = 1 WHERE id = {FINISHED}",
    ],
    "I10 a team with points that nobody earned": [
        "UPDATE leaderboards_standing SET points = points + 1 WHERE points > 0",
    ],
    "I10 a team that lost points": [
        "UPDATE leaderboards_standing SET points = 0 WHERE points > 0",
    ],
    "I10 a day of a seat that nobody noted": [
        "INSERT INTO leaderboards_unit_day (unit_id, day, points, members) SELECT unit_id,"
        f" '{NOW.date() - timedelta(days=6)}', 7, 0 FROM leaderboards_standing WHERE points > 0"
        " ON CONFLICT (unit_id, day) DO UPDATE SET points = leaderboards_unit_day.points + 7",
    ],
    "I10 a seat that was taken away": [
        "DELETE FROM leaderboards_seat WHERE ranked_unit_id IN"
        " (SELECT unit_id FROM leaderboards_standing WHERE points > 0)",
    ],
    "I11 the key of a version was changed": [
        f"UPDATE items_version SET payload = replace(payload, 'KEYCANARY', 'CHANGED')"
        f" WHERE id = {VERSION}",
    ],
    "I11 the passport of a version was changed": [
        f"UPDATE items_version SET clause = '第九十九条' WHERE id = {VERSION}",
    ],
    "I12 a closed season that nobody sealed": [
        "INSERT INTO leaderboards_final (season_id, organisation_id, season_name,"
        " organisation_name, starts_on, ends_on, method, closed_at, ledger_until, hash)"
        " SELECT id, organisation_id, name, 'x', starts_on, ends_on, method,"
        " '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'x' FROM points_season",
    ],
    "I16 a sign-off for other words": [
        f"UPDATE review_signature SET content_hash = 'other' WHERE case_id = {CASE}",
    ],
    "I11 learners meet what is not published": [
        f"UPDATE review_case SET state = 'withdrawn' WHERE id = {CASE}",
    ],
    "I16 published without a sign-off": [f"DELETE FROM review_signature WHERE case_id = {CASE}"],
    "I16 signed by its author": [
        "UPDATE review_case SET author_id = (SELECT min(id) FROM accounts_person)"
        f" WHERE id = {CASE}",
        f"UPDATE review_signature SET stage = 'final', person_id ="
        f" (SELECT min(id) FROM accounts_person) WHERE case_id = {CASE}",
    ],
    "I19 a report that nobody made": [
        "UPDATE items_item SET open_reports = 1 WHERE id = (SELECT min(id) FROM items_item)"
    ],
    "I20 a gain that went to somebody else": [
        "INSERT INTO items_correction (public_id, organisation_id, item_id, old_version_id,"
        " new_version_id, is_key_changed, note, at) SELECT 'x', organisation_id, id,"
        " current_version_id, current_version_id, TRUE, 'x', '2026-01-01 00:00:00' FROM items_item"
        " WHERE id = (SELECT min(id) FROM items_item)",
        "INSERT INTO quizzes_regrade (response_id, correction_id, person_id, old_score, new_score,"
        f" at) SELECT {RESPONSE}, max(id), (SELECT max(id) FROM accounts_person), 1, 1,"
        " '2026-01-01 00:00:00' FROM items_correction",
    ],
    "I22 two open attempts at one quiz": [
        "INSERT INTO quizzes_blueprint (public_id, organisation_id, mode, name, state, rules,"
        " grace_seconds, tells_during, tells_after, tells_closed, markers, legal_basis, revision,"
        " created_at) SELECT 'x', organisation_id, 'exam', 'x', 'published', rules, 60,"
        " '', '', '', 1, '', 1, created_at FROM quizzes_blueprint"
        " WHERE id = (SELECT min(id) FROM quizzes_blueprint)",
        *(
            "INSERT INTO quizzes_attempt (public_id, person_id, blueprint_id, form_id, mode, slot,"
            " number, day, length, started_at, deadline_at, grace_seconds, is_timed,"
            f" credited_seconds, flags, state, awaits_marking) SELECT 'x{n}', person_id,"
            " (SELECT max(id) FROM quizzes_blueprint), form_id, 'exam', 'x"
            f"{n}', {n}, day, 5, started_at, deadline_at, 0, FALSE, 0, '', 'open', FALSE"
            f" FROM quizzes_attempt WHERE id = {FINISHED}"
            for n in (1, 2)
        ),
    ],
    "I23 time that did not arrive": [
        "INSERT INTO quizzes_outage (public_id, began_at, ended_at, reason, recorded_at) VALUES"
        " ('x', '2026-01-01 00:00:00', '2026-01-01 00:01:00', '', '2026-01-01 00:00:00')",
        "INSERT INTO quizzes_credit (outage_id, attempt_id, seconds, at) SELECT max(id),"
        f" {FINISHED}, 60, '2026-01-01 00:00:00' FROM quizzes_outage",
    ],
    "I24 a team's answer that was turned": [
        "INSERT INTO quizzes_preshift (public_id, organisation_id, unit_id, day, slot, item_id,"
        " item_version_id, option_seed, prepared_at) SELECT 'x', items_item.organisation_id,"
        " (SELECT min(id) FROM org_unit), '2026-11-17', 'A', items_item.id, current_version_id, 1,"
        " '2026-01-01 00:00:00' FROM items_item WHERE items_item.id ="
        " (SELECT min(id) FROM items_item WHERE kind = 'true_false')",
        "INSERT INTO quizzes_preshift_answer (preshift_id, given, hands, is_correct, way,"
        " recorded_at) SELECT quizzes_preshift.id, '[\"true\"]', '{}',"
        " payload NOT LIKE '%%\"key\": true%%', 'tv', '2026-01-01 00:00:00' FROM quizzes_preshift"
        " JOIN items_version ON items_version.id = item_version_id",
    ],
    "I40 a card that was changed": ["UPDATE mastery_card SET streak = streak + 1"],
    "I40 a card that is missing": ["DELETE FROM mastery_card WHERE item_id > 1"],
    "I41 a re-test that nobody took": [
        "INSERT INTO mastery_retest (unit_id, month, people, answered, correct)"
        " SELECT min(id), '2026-10-01', 1, 1, 1 FROM org_unit"
    ],
    "I50 counted without a mark": [SCRIPT.format(stage="settled")],
    "I50 an answer that waits for nobody": [
        f"UPDATE quizzes_response SET is_pending = TRUE WHERE id = {RESPONSE}",
        "UPDATE quizzes_attempt SET awaits_marking = TRUE WHERE id ="
        f" (SELECT attempt_id FROM quizzes_response WHERE id = {RESPONSE})",
    ],
    "I50 a queue that holds what is final": [SCRIPT.format(stage="first")],
    "I51 somebody marked themselves": [
        "INSERT INTO quizzes_mark (response_id, round, marker_id, points, comment, note, at)"
        " SELECT quizzes_response.id, 'first', person_id, '[[1]]', '', '', '2026-01-01 00:00:00'"
        " FROM quizzes_response JOIN quizzes_attempt ON quizzes_attempt.id = attempt_id"
        f" WHERE quizzes_response.id = {RESPONSE}",
    ],
    "I52 an upheld appeal without a gain": [
        "INSERT INTO quizzes_appeal (public_id, response_id, blueprint_id, person_id, reason,"
        " state, answer, at, handled_at) SELECT 'x', quizzes_response.id, blueprint_id, person_id,"
        " 'x', 'upheld', 'x', '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM quizzes_response"
        " JOIN quizzes_attempt ON quizzes_attempt.id = attempt_id"
        f" WHERE quizzes_response.id = {RESPONSE}",
    ],
    "I53 rules that make no sense": ["UPDATE quizzes_blueprint SET rules = '{\"count\": 5}'"],
    "I53 a quiz of another organisation": [
        "UPDATE quizzes_blueprint SET unit_id = (SELECT max(id) FROM org_unit)"
    ],
    "I53 a quiz for another organisation": [
        "INSERT INTO quizzes_audience (blueprint_id, unit_id, role)"
        " SELECT max(quizzes_blueprint.id), max(org_unit.id), '' FROM quizzes_blueprint, org_unit"
    ],
    "I30 a count that was changed": ["UPDATE agenda_assignment SET done = done + 1"],
    "I30 a deed that is gone": ["DELETE FROM agenda_done"],
    "I31 a third task in a week": [
        f"UPDATE {table} SET due_on = '2026-11-28' WHERE due_on = '2026-11-30'"
        for table in ("agenda_assignment", "agenda_target")
    ],
    "I32 a task for another company": [
        "UPDATE agenda_target SET unit_id = (SELECT max(id) FROM org_unit)",
    ],
    "I32 a task for nobody": ["DELETE FROM agenda_target"],
    "I60 a pass without a certificate": ["DELETE FROM training_certificate"],
    "I61 a certificate that was made to last": [
        "UPDATE training_certificate SET valid_until = '2099-01-01'",
    ],
    "I61 a certificate of somebody who did not pass": [
        "UPDATE training_paper_result SET is_passed = FALSE",
    ],
    "I70 a badge without its cause": ["UPDATE badges_award SET reached = 0"],
    "I71 a badge that was not given": ["DELETE FROM badges_award"],
    "I17 a sum that was changed": [
        f"UPDATE items_statistic SET correct = correct + 1 WHERE day = '{SETTLED}'",
    ],
    "I17 a day that was not counted": [f"DELETE FROM items_statistic WHERE day = '{SETTLED}'"],
    "I17 sums of a day without responses": [
        f"UPDATE items_statistic SET day = '2026-11-01' WHERE day = '{SETTLED}'",
    ],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_named(verify, damage):
    result = verify(*DAMAGE[damage])
    number = damage.split()[0]
    assert number in broken(result), result.output
    assert result.exit_code == 1
    assert result.stderr.strip(), "no line says which row it is"


def test_every_invariant_is_broken_once():
    of_the_store = {"I13"}  # broken in tests/leaderboards/test_rankings.py
    assert {damage.split()[0] for damage in DAMAGE} | of_the_store == PROMISED


def test_a_ledger_without_its_guard_is_found(app, verify):
    guard = "points_entry_keeps_update" if is_sqlite() else "points_entry_keeps ON points_entry"
    database.session.execute(text(f"DROP TRIGGER {guard}"))
    assert set(broken(verify())) == {"I2"}


def test_more_than_a_week_allows_is_found(verify, history):
    """Each day keeps its limit of 12, and the week of 40 does not."""
    values = {
        "beneficiary": points.person_key(history.people["dana"]),
        "activity": "something_new",
        "quantity": 1,
        "amount": 12,
        "rule_version": 1,
    }
    from quizapp.points.models import Entry

    for day in range(4):
        at = NOW.date() - timedelta(days=NOW.weekday()) + timedelta(days=day)
        database.session.add(Entry(day=at, source=f"test:{day}", **values))
    database.session.commit()
    result = verify()
    assert set(broken(result)) == {"I6"}
    assert "48 points in the week" in result.stderr


def test_a_days_limit_is_the_sum_of_all_activities(verify, history):
    from quizapp.points.models import Entry

    database.session.add(
        Entry(
            beneficiary=points.person_key(history.people["dana"]),
            day=NOW.date(),
            activity="something_new",
            quantity=1,
            amount=13,
            rule_version=1,
            source="test:1",
        )
    )
    database.session.commit()
    result = verify()
    assert set(broken(result)) == {"I6"}
    assert f"13 points on {NOW.date()}" in result.stderr


def test_what_still_waits_to_be_summed_is_not_damage(verify):
    """A board a second behind is no broken board."""
    damaged = "UPDATE leaderboards_unit_day SET points = points - 1 WHERE points > 0"
    waiting = (
        "INSERT INTO leaderboards_dirty (unit_id, day)"
        " SELECT unit_id, day FROM leaderboards_unit_day WHERE points >= 0"
    )
    assert "I1" not in broken(verify(damaged, waiting))


def test_a_missing_entry_is_written_again_by_rebuilding(app, verify):
    assert "I4" in broken(verify(f"DELETE FROM points_entry WHERE id = {ENTRY}"))
    rebuilt = app.test_cli_runner().invoke(args=["rebuild", "points"])
    assert rebuilt.output == "1 entries added\n"
    season.settle_boards()
    assert verify().exit_code == 0


def test_boards_are_mended_by_rebuilding(app, verify):
    verify(
        "UPDATE leaderboards_standing SET points = 77, rank = 3",
        "DELETE FROM leaderboards_unit_day WHERE points > 0",
    )
    rebuilt = app.test_cli_runner().invoke(args=["rebuild", "boards"])
    assert not rebuilt.output.startswith("0 ")
    assert verify().exit_code == 0
    assert app.test_cli_runner().invoke(args=["rebuild", "boards"]).output == "0 rows differed\n"


def test_a_kept_response_is_what_was_sent(history):
    """What I8 grades again is the kept response, so it has to be readable as it is."""
    given = database.session.scalars(text("SELECT given FROM quizzes_response")).all()
    database.session.commit()
    assert all(isinstance(json.loads(one), list) for one in given)
