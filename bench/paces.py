"""What people with a long history do, timed on one database: ``python -m bench.paces PLAN.json``.

Services are called as the views call them, without HTTP, one after the other. A process of its own
for every turn, so that two databases can be measured in turn with nothing in common.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.home import service as home
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import tickets
from tests.factories import people

from . import sets, world
from .messages import HOST

KINDS = ("start", "answer", "finish", "result", "past")
EXPLAINED_PEOPLE = 2
_WATCHED = re.compile(r"quizzes_(response|attempt|form_item)")

T = TypeVar("T")


@dataclass
class Plan:
    """Who is measured on which days; ``explains``: plans of the statements are kept as well."""

    url: str
    people: list[int]
    days: list[str]
    explains: bool


class Watch:
    """The stop watch: milliseconds by kind, and plans by statement when they are wanted."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.plans: dict[str, dict[str, Any]] = {}
        self.explains = False

    def time(self, kind: str, act: Callable[[], T]) -> T:
        """Return what ``act`` returns, and note how long it took from a fresh transaction on."""
        db.session.rollback()
        if self.explains:
            with _noting() as seen:
                result = act()
            self._explain(kind, seen)
            return result
        began = time.perf_counter()
        result = act()
        self.taken[kind].append(1000 * (time.perf_counter() - began))
        return result

    def _explain(self, kind: str, seen: list[tuple[str, Any]]) -> None:
        db.session.rollback()
        for statement, parameters in seen:
            if statement in self.plans:
                continue
            with db.engine.connect() as connection, connection.begin() as transaction:
                try:
                    rows = connection.exec_driver_sql(
                        f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters
                    ).all()
                except DBAPIError:  # a plain INSERT, which cannot be done twice
                    continue
                finally:
                    transaction.rollback()
            self.plans[statement] = {"of": kind, "plan": [row[0] for row in rows]}


@contextmanager
def _noting() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        is_query = statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE"))
        if is_query and _WATCHED.search(statement):
            seen.append((statement, parameters[0] if many else parameters))

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)


def take(viewer: Viewer, watch: Watch) -> None:
    """Take today's set as the service layer sees it, and look at the result and back."""
    attempt_id = watch.time("start", lambda: quizzes.start_daily(viewer))
    attempt = quizzes.get_attempt(viewer, attempt_id)
    shown = quizzes.list_shown(attempt)
    sealed = [quizzes.ticket_for(viewer, attempt, each) for each in shown]
    for place, each in enumerate(shown, start=1):
        known = tickets.read(sealed[place - 1])
        assert known
        submission = quizzes.Submission(
            position=each.position,
            options=sets.right_values_of(each.version_id),
            uuid=str(uuid4()),
            ticket=sealed[place - 1],
            sequence=1,
        )
        kind = "finish" if place == len(shown) else "answer"
        answer = partial(quizzes.answer_by_ticket, *known, submission)
        watch.time(kind, answer)
    watch.time("result", lambda: home.get_result(viewer, attempt_id))
    watch.time("past", lambda: quizzes.list_past(viewer))


def measure(plan: Plan) -> Watch:
    """Let everybody of ``plan`` take the set of each of its days."""
    app = world.build_app(world.environment(plan.url, 0))
    watch = Watch()
    try:
        with app.app_context():
            rows = db.session.execute(
                sa.select(Person.id, Person.public_id).where(Person.id.in_(plan.people))
            ).all()
            accounts = world.sign_in(app, [(row.id, row.public_id, 0) for row in rows])
            app.config["TESTING"] = False  # a served process keeps its pool for a minute
        with app.test_request_context(base_url=f"http://{HOST}"):
            viewers = [
                replace(people.viewer(one.id), session_id=one.session_id) for one in accounts
            ]
            first = date.fromisoformat(plan.days[0]) - timedelta(days=1)
            _day(first, viewers[:3], Watch())  # caches are warm; nobody else has that day
            for day in plan.days:
                _day(date.fromisoformat(day), viewers, watch)
            if plan.explains:
                watch.explains = True
                after = date.fromisoformat(plan.days[-1]) + timedelta(days=1)
                _day(after, viewers[:EXPLAINED_PEOPLE], watch)
    finally:
        world.forget_store(app)
    return watch


def _day(day: date, viewers: list[Viewer], watch: Watch) -> None:
    at = datetime.combine(day, wall_time(12), ZoneInfo(world.ZONE))
    with clock.frozen(at):
        for viewer in viewers:
            take(viewer, watch)


def main() -> None:
    """Measure what the plan in the file of the command line says, and print it as JSON."""
    watch = measure(Plan(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
    print(json.dumps({"taken": watch.taken, "plans": watch.plans}))


if __name__ == "__main__":
    main()
