"""Years of daily sets, written by the database itself: what growth is measured on.

Everybody has a set of five on each of the last 500 days. Sets lie in the table as they would have
come, day by day, so that one person's are scattered over all of it. Rows are like the product's own
in every column; ids, addresses and UUIDs are spread as random ones are.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta

import sqlalchemy as sa

from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.items.models import Item
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes

from . import sets

DAYS, POSITIONS = 500, 5
TABLES = ("quizzes_form", "quizzes_form_item", "quizzes_attempt", "quizzes_response")

# Set number k (from 0) is that of person k % :people on day k / :people.
_FORMS = """
INSERT INTO quizzes_form (id, blueprint_id, seed, length, created_at)
SELECT k + 1, :blueprint, 'daily:' || :first + (k / :people)::int || ':' || k % :people, 5,
       :first + (k / :people)::int + time '12:00'
FROM generate_series(0, :count - 1) AS k
"""
_FORM_ITEMS = """
INSERT INTO quizzes_form_item
    (form_id, position, item_id, item_version_id, option_seed, section, purpose)
SELECT k + 1, p, item_id, version_id, (k * 31 + p) % 1000000, 0, 'new'
FROM generate_series(0, :count - 1) AS k, generate_series(1, 5) AS p, bench_line
WHERE bench_line.number = (k * 5 + p) % :lines
"""
_ATTEMPTS = """
INSERT INTO quizzes_attempt
    (id, public_id, person_id, blueprint_id, form_id, unit_id, mode, slot, number, day, length,
     started_at, deadline_at, grace_seconds, is_timed, credited_seconds, flags, state, finished_at,
     score, awaits_marking)
SELECT k + 1, substr(md5('attempt ' || k), 1, 22), :person + k % :people, :blueprint, k + 1, :unit,
       'daily', 'daily:' || :first + (k / :people)::int, 1, :first + (k / :people)::int, 5,
       :first + (k / :people)::int + time '12:00', :first + (k / :people)::int + time '22:00',
       0, false, 0, '', 'finished', :first + (k / :people)::int + time '12:03', 4, false
FROM generate_series(0, :count - 1) AS k
"""
_RESPONSES = """
INSERT INTO quizzes_response
    (attempt_id, position, item_version_id, submission_uuid, sequence, given, score, is_correct,
     is_rapid, is_late, is_pending)
SELECT k + 1, p, version_id, md5(k || ':' || p)::uuid::text, 1, given,
       CASE WHEN p = 5 THEN 0 ELSE 1 END, p <> 5, false, false, false
FROM generate_series(0, :count - 1) AS k, generate_series(1, 5) AS p, bench_line
WHERE bench_line.number = (k * 5 + p) % :lines
"""


def fill(
    url: str, people: Sequence[int], unit_id: int, blueprint_id: int, today: date,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Write 500 days of sets of ``people``, whose ids follow each other, into empty tables."""
    count = DAYS * len(people)
    values: dict[str, object] = {
        "people": len(people),
        "person": people[0],
        "unit": unit_id,
        "blueprint": blueprint_id,
        "count": count,
        "first": today - timedelta(days=DAYS),  # PostgreSQL adds whole numbers to a date
        "lines": _store_lines(),
    }
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        indexes = _drop_indexes(connection)
    say(f"{count:,} sets, {POSITIONS * count:,} responses")
    _at_once(engine, [(_FORMS, _FORM_ITEMS), (_ATTEMPTS, _RESPONSES)], values)
    say(f"{len(indexes)} indexes")
    halves = [tuple(indexes[place::2]) for place in range(2)]
    _at_once(engine, halves, {})
    say("vacuum")
    with engine.connect() as connection:
        for table in TABLES:
            if table != "quizzes_form_item":
                connection.execute(
                    sa.text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                        f" FROM {table}"
                    )
                )
        connection.execute(sa.text("DROP TABLE bench_line"))
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))
    engine.dispose()


def _store_lines() -> int:
    """Number the items of the bank in a table of their own; return how many there are."""
    rows = db.session.execute(
        sa.select(Item.id, Item.current_version_id)
        .where(Item.current_version_id.is_not(None))
        .order_by(Item.id)
    ).all()
    lines: list[dict[str, object]] = []
    for row in rows:
        if items.get_stored(row.current_version_id).item.kind != "essay":
            given = json.dumps(sets.right_values_of(row.current_version_id), ensure_ascii=False)
            lines.append(
                {"n": len(lines), "i": row.id, "v": row.current_version_id, "given": given}
            )
    db.session.execute(
        sa.text(
            "CREATE TABLE bench_line (number bigint PRIMARY KEY, item_id integer, "
            "version_id integer, given text)"
        )
    )
    db.session.execute(sa.text("INSERT INTO bench_line VALUES (:n, :i, :v, :given)"), lines)
    db.session.commit()
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            sa.text("ANALYZE bench_line")
        )
    return len(lines)


def _drop_indexes(connection: sa.Connection) -> list[str]:
    """Drop all but the primary keys, and return the statements that make them anew."""
    made: list[str] = []
    for table in TABLES:
        constraints = connection.execute(
            sa.text(
                "SELECT conname, pg_get_constraintdef(oid) AS told FROM pg_constraint "
                "WHERE conrelid = CAST(:t AS regclass) AND contype = 'u'"
            ),
            {"t": table},
        ).all()
        for row in constraints:
            connection.execute(sa.text(f'ALTER TABLE {table} DROP CONSTRAINT "{row.conname}"'))
            made.append(f'ALTER TABLE {table} ADD CONSTRAINT "{row.conname}" {row.told}')
        indexes = connection.execute(
            sa.text(
                "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = :t AND NOT "
                "EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
            ),
            {"t": table},
        ).all()
        for row in indexes:
            connection.execute(sa.text(f'DROP INDEX "{row.indexname}"'))
            made.append(row.indexdef)
    return made


def _at_once(engine: sa.Engine, groups: Sequence[Sequence[str]], values: dict[str, object]) -> None:
    """Run groups of statements beside each other, each group in its order."""
    failed: list[BaseException] = []

    def run(group: Sequence[str]) -> None:
        try:
            with engine.connect() as connection:
                for setting in (
                    "session_replication_role = replica",  # keys are right by construction
                    "synchronous_commit = off",
                    "maintenance_work_mem = '2GB'",
                    "max_parallel_maintenance_workers = 0",
                ):
                    connection.execute(sa.text(f"SET {setting}"))
                for statement in group:
                    connection.execute(sa.text(statement), values)
        except BaseException as error:
            failed.append(error)

    with ExitStack() as stack:
        for group in groups:
            thread = threading.Thread(target=run, args=(group,))
            thread.start()
            stack.callback(thread.join)
    if failed:
        raise failed[0]


def daily_blueprint(organisation_id: int) -> int:
    """Return the id of the organisation's daily quiz, made now unless it is there."""
    made = quizzes.built_in(organisation_id, rules.DAILY)
    db.session.commit()
    return made
