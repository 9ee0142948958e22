"""The engine under random hands, over HTML and JSON: a plain model says what must be stored.

People tap, their taps wait, arrive twice, late or in the wrong order, by form, by ticket or in a
batch; clocks run out, servers are away, people move and sign out. After every step the tables hold
exactly what the model holds, and no page has told more than its phase allows.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from quizapp.accounts.models import Session
from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.db import db as database
from quizapp.core.db import is_sqlite
from quizapp.items.service import get_stored
from quizapp.org import service as org
from quizapp.points.models import Entry
from quizapp.quizzes import rules, service
from quizapp.quizzes.models import Attempt, FormItem, Response, Revision
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.factories import bank, people, season
from tests.factories import quizzes as made
from tests.savepoints import forget_processes, undone

PLACES = st.integers(0, 11)
SURFACES = st.sampled_from(["form", "fragment", "ticket", "batch"])
MODES = st.sampled_from([rules.DAILY, rules.THEMED, rules.EXAM, rules.EXAM, rules.CHALLENGE])
WAITS = st.sampled_from([30, 240, 240, 700, 86_400])
LIMIT = 600
READING = timedelta(seconds=20)


@dataclass
class Tap:
    """An answer on its way, as a device holds it."""

    attempt: Sat
    position: int
    payload: dict[str, Any]
    is_right: bool
    session_id: int


@dataclass
class Held:
    """What counts at a position."""

    uuid: str
    sequence: int
    is_right: bool
    is_late: bool
    at: datetime


@dataclass
class Sat:
    """An attempt as the model knows it; ``kept`` is what counts, by position."""

    id: int
    public_id: str
    mode: str
    unit_id: int
    blueprint_id: int
    started_at: datetime
    deadline: datetime
    grace: timedelta
    length: int
    canaries: dict[int, str]
    state: str = "open"
    kept: dict[int, Held] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    credits: dict[datetime, timedelta] = field(default_factory=dict)
    moved: timedelta = timedelta(0)

    @property
    def is_exam(self) -> bool:
        return self.mode == rules.EXAM

    @property
    def score(self) -> float | None:
        if self.state == "open":
            return None
        return sum(held.is_right and not held.is_late for held in self.kept.values())

    def is_over(self, now: datetime) -> bool:
        return self.state != "open" or now > self.deadline + self.grace

    def told(self) -> set[str]:
        """Return the canaries that its pages may show by now."""
        if self.state != "open":
            return set(self.canaries.values())
        return set() if self.is_exam else {self.canaries[place] for place in self.kept}

    def take(self, tap: Tap, sequence: int, now: datetime) -> str:
        """Store an answer as the rules say and return in a word what became of it."""
        uuid, held = tap.payload["uuid"], self.kept.get(tap.position)
        is_late = self.is_over(now)
        new = Held(uuid, sequence, tap.is_right, is_late, now)
        if held is None:
            self.kept[tap.position] = new
            self._end()
            return "stored"
        if held.uuid == uuid:
            return "repeated"
        if not self.is_exam:
            return "kept"
        if is_late or sequence <= held.sequence or uuid in self.replaced:
            self.replaced.add(uuid)
            return "kept"
        self.replaced.add(held.uuid)
        self.kept[tap.position] = new
        return "stored"

    def _end(self) -> None:
        """End where the last answer ends: a challenge with the first error, others when full."""
        if self.state != "open" or self.is_exam:
            return
        if self.mode == rules.CHALLENGE:
            if not all(held.is_right for held in self.kept.values()):
                self.finish("finished")
        elif len(self.kept) == self.length:
            self.finish("finished")

    def finish(self, state: str) -> None:
        self.state = state
        if self.mode == rules.CHALLENGE:
            self.length = len(self.kept)

    def give_back(self, began: datetime, now: datetime) -> None:
        """Let the clock stand still from ``began`` until now."""
        if not self.is_exam or self.state == "finished" or began >= self.deadline:
            return
        lost = now - max(began, self.started_at)
        # A clock that began anew has as long as it was given then, not the whole limit once more.
        since = min(self.credits, default=now) if self.moved else self.started_at
        given = sum((d for at, d in self.credits.items() if at > since), timedelta(0))
        whole = self.deadline - given - since
        self.deadline += lost
        self.credits[now] = lost
        if self.state == "closed":
            self.state = "open"
            moved = max(self.deadline, now + min(lost, whole)) - self.deadline
            self.deadline += moved
            self.moved += moved
        for held in self.kept.values():
            held.is_late = held.is_late and held.at > self.deadline + self.grace


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def test_whatever_arrives_is_stored_once_and_told_in_its_time(app: Flask, world):
    teams = (world.team, people.unit(world.organisation, world.workshop, "team", "二班", "A112"))
    quizzes = {
        rules.THEMED: made.publish(world.organisation, attempts_allowed=3).public_id,
        rules.EXAM: made.publish(
            world.organisation, rules.EXAM, limit_seconds=LIMIT, attempts_allowed=3, name="考试"
        ).public_id,
    }
    bob_id = world.people["bob"]
    database.session.commit()

    class Engine(RuleBasedStateMachine):
        """One thing after the other, on one person's devices."""

        def __init__(self) -> None:
            super().__init__()
            self.stack = contextlib.ExitStack()
            self.stack.enter_context(undone())
            self.now = NOW
            self.outage_ended = NOW
            self.unit_id = world.team
            self.attempts: list[Sat] = []
            self.taps: list[Tap] = []
            self.browser = Browser(app)
            self.session_id = 0
            self.sign_in()

        def teardown(self) -> None:
            try:
                with clock.frozen(self.now):
                    assert [line for known in engines() for line in known.check()] == []
            finally:
                self.stack.close()

        # -- what the steps need

        @property
        def viewer(self):
            return replace(people.viewer(bob_id), session_id=self.session_id)

        def at(self, place: int) -> Sat | None:
            return self.attempts[place % len(self.attempts)] if self.attempts else None

        def read(self, response: Any, *about: Sat) -> Any:
            """Return a response after looking at what it tells of keys."""
            text = response.get_data(as_text=True)
            told = set(re.findall(rf"{bank.CANARY}-\d+", text))
            assert told <= {word for sat in about for word in sat.told()}, text
            assert response.status_code < 500
            return response

        def send_json(self, path: str, body: dict[str, Any]) -> Any:
            headers = {"X-CSRFToken": self.browser.csrf_token()} if "batch" in path else {}
            return self.browser.open(path, method="POST", json=body, headers=headers)

        # -- the steps

        @rule()
        def sign_in(self):
            if self.session_id:
                return
            with clock.frozen(self.now):
                self.browser = Browser(app).sign_in(bob_id)
                mine = select(Session.id).where(Session.person_id == bob_id)
                self.session_id = database.session.scalars(mine.order_by(Session.id.desc())).first()

        @rule()
        @precondition(lambda self: self.session_id and len(self.taps) > 3)
        def sign_out(self):
            with clock.frozen(self.now):
                self.browser.post("/me/sign-out")
            self.session_id = 0

        @rule(mode=MODES)
        @precondition(lambda self: self.session_id)
        def start(self, mode):
            path = f"quiz/{quizzes[mode]}/start" if mode in quizzes else mode
            with clock.frozen(self.now):
                response = self.read(self.browser.post(f"/quizzes/{path}"))
                if response.status_code >= 400:  # no attempts left, or no questions
                    assert not [s for s in self.attempts if s.mode == mode and s.state == "open"
                                and s.mode != rules.DAILY]  # fmt: skip
                    return
                self._meet(response.location.rsplit("/", 1)[1], mode)

        def _meet(self, public_id: str, mode: str) -> None:
            if known := [sat for sat in self.attempts if sat.public_id == public_id]:
                assert known[0].state == "open" or mode == rules.DAILY
                return
            others = [s for s in self.attempts if s.mode == mode and s.state == "open"]
            assert not others or mode == rules.DAILY, "two attempts are open at once"
            row = self._row(public_id)
            sat = Sat(
                row.id, public_id, mode, self.unit_id, row.blueprint_id, self.now, row.deadline_at,
                timedelta(seconds=row.grace_seconds), row.length, {},
            )  # fmt: skip
            if mode == rules.EXAM:
                assert (sat.deadline - self.now).total_seconds() == LIMIT
            self._learn(sat, row.form_id)
            self.attempts.append(sat)

        def _row(self, public_id: str) -> Attempt:
            return database.session.scalars(
                select(Attempt).where(Attempt.public_id == public_id)
            ).one()

        def _learn(self, sat: Sat, form_id: int) -> None:
            lines = select(FormItem.position, FormItem.item_version_id)
            for position, version in database.session.execute(
                lines.where(FormItem.form_id == form_id)
            ):
                words = get_stored(version).item.explanation
                sat.canaries[position] = re.search(rf"{bank.CANARY}-\d+", words)[0]

        @rule(
            place=PLACES,
            position=PLACES,
            is_right=st.booleans(),
            back=st.sampled_from([0, 0, 0, 100_000]),
            surface=SURFACES,
            waits=st.integers(0, 3),
        )
        @precondition(lambda self: self.session_id and self.attempts)
        def tap(self, place, position, is_right, back, surface, waits):
            sat = self.at(place)
            if not sat.length:
                return
            position = position % sat.length + 1
            with clock.frozen(self.now):
                pick = season.right_options if is_right else season.wrong_options
                options = pick(sat.public_id, position)
                payload = made.sent(self.viewer, sat.public_id, position, options)
                payload["sequence"] = milliseconds(self.now + READING) - back
            self.now += READING
            self.taps.append(Tap(sat, position, payload, is_right, self.session_id))
            if waits:
                self.deliver(len(self.taps) - 1, surface)

        @rule(place=st.integers(0, 100), surface=SURFACES)
        @precondition(lambda self: self.taps)
        def deliver(self, place, surface):
            """Send a tap, for the first time or once more."""
            tap = self.taps[place % len(self.taps)]
            if not self.session_id:
                surface = "ticket"
            with clock.frozen(self.now):
                getattr(self, f"by_{surface}")(tap)
                if tap.attempt.mode == rules.CHALLENGE and tap.attempt.state == "open":
                    row = self._row(tap.attempt.public_id)
                    tap.attempt.length = max(tap.attempt.length, row.length)
                    self._learn(tap.attempt, row.form_id)

        def by_form(self, tap: Tap, headers: dict[str, str] | None = None) -> None:
            values = {
                "submission_uuid": tap.payload["uuid"],
                "option": tap.payload["given"],
                "ticket": tap.payload["ticket"],
            }
            address = f"/quizzes/{tap.attempt.public_id}/{tap.position}"
            tap.attempt.take(tap, milliseconds(self.now), self.now)
            response = self.browser.post(address, values, headers=headers or {})
            assert response.status_code == (200 if headers else 303)
            self.read(response, tap.attempt)

        def by_fragment(self, tap: Tap) -> None:
            self.by_form(tap, {"X-Requested-With": "fetch"})

        def by_ticket(self, tap: Tap) -> None:
            if tap.session_id != self.session_id:
                gone = self.read(self.send_json("/api/v1/answers", tap.payload))
                assert gone.status_code == 401
                return
            state = tap.attempt.take(tap, tap.payload["sequence"], self.now)
            told = self.read(self.send_json("/api/v1/answers", tap.payload), tap.attempt)
            self._agree(told.get_json(), tap, state)

        def by_batch(self, tap: Tap) -> None:
            one = {
                **tap.payload, "attempt": tap.attempt.public_id, "position": tap.position,
            }  # fmt: skip
            state = tap.attempt.take(tap, tap.payload["sequence"], self.now)
            body = {"answers": [one, one]}
            told = self.read(self.send_json("/api/v1/answers/batch", body), tap.attempt)
            first, again = told.get_json()["results"]
            self._agree(first, tap, state)
            assert again["state"] in ("repeated", "kept")

        def _agree(self, told: dict[str, Any], tap: Tap, state: str) -> None:
            assert told["state"] == state
            assert told["is_late"] is tap.attempt.kept[tap.position].is_late

        @rule(place=PLACES, position=PLACES, page=st.sampled_from(["", "n", "check", "api", "re"]))
        @precondition(lambda self: self.session_id and self.attempts)
        def look(self, place, position, page):
            sat = self.at(place)
            number = position % max(sat.length, 1) + 1
            address = f"/quizzes/{sat.public_id}"
            paths = {
                "": address, "n": f"{address}/{number}", "check": f"{address}/check",
                "api": f"/api/v1/attempts/{sat.public_id}", "re": f"{address}/review/{number}",
            }  # fmt: skip
            with clock.frozen(self.now):
                self.read(self.browser.get(paths[page]), sat)

        @rule(place=PLACES)
        @precondition(lambda self: self.session_id and self.attempts)
        def hand_in(self, place):
            sat = self.at(place)
            with clock.frozen(self.now):
                if sat.state == "open" and sat.mode != rules.DAILY:
                    sat.finish("finished")
                self.read(self.browser.post(f"/quizzes/{sat.public_id}/hand-in"), sat)

        @rule(seconds=WAITS)
        def wait(self, seconds):
            self.now += timedelta(seconds=seconds)

        @rule()
        def close_stale(self):
            over = [sat for sat in self.attempts if sat.state == "open" and sat.is_over(self.now)]
            with clock.frozen(self.now):
                assert service.close_stale() == len(over)
            for sat in over:
                sat.finish("closed")

        @rule(seconds=st.sampled_from([45, 200, 500]))
        def be_away(self, seconds):
            """Find out that the servers were away until now."""
            began = max(self.outage_ended, self.now - timedelta(seconds=seconds))
            if began >= self.now:
                return
            with clock.frozen(self.now):
                service.record_outage(began, self.now)
                service.give_back_all()
                service.give_back_all()
            self.outage_ended = self.now
            for sat in self.attempts:
                sat.give_back(began, self.now)

        @rule(place=PLACES, seconds=st.sampled_from([200, 500]), late=st.sampled_from([1, 90]))
        @precondition(lambda self: any(sat.is_exam for sat in self.attempts))
        def be_away_over_the_end(self, place, seconds, late):
            """Let the clock run out, and only then find out that the servers were away."""
            exams = [sat for sat in self.attempts if sat.is_exam]
            sat = exams[place % len(exams)]
            end = sat.deadline + sat.grace + timedelta(seconds=late)
            if sat.state == "open" and self.now < end:
                self.now = end
                self.close_stale()
                self.be_away(seconds)

        @rule(to=st.integers(0, 1))
        def move(self, to):
            with clock.frozen(self.now):
                org.join_unit(bob_id, teams[to], org.today(world.organisation))
                database.session.commit()
            self.unit_id = teams[to]

        @rule()
        def restart(self):
            forget_processes()

        # -- what always holds

        @invariant()
        def the_tables_hold_what_the_model_holds(self):
            mine = [sat.id for sat in self.attempts]
            database.session.expire_all()
            rows = database.session.scalars(select(Response).where(Response.attempt_id.in_(mine)))
            found = {
                (r.attempt_id, r.position): (r.submission_uuid, r.is_correct, r.is_late)
                for r in rows
            }
            assert found == {
                (sat.id, position): (held.uuid, held.is_right, held.is_late)
                for sat in self.attempts
                for position, held in sat.kept.items()
            }
            gone = database.session.execute(select(Revision.attempt_id, Revision.submission_uuid))
            assert set(map(tuple, gone)) >= {
                (sat.id, uuid) for sat in self.attempts for uuid in sat.replaced
            }

        @invariant()
        def attempts_stand_where_the_model_stands(self):
            for sat in self.attempts:
                row = database.session.get_one(Attempt, sat.id)
                stands = (row.state, row.score, row.length, row.deadline_at, row.unit_id)
                assert stands == (sat.state, sat.score, sat.length, sat.deadline, sat.unit_id)

        @invariant()
        def points_are_paid_once_and_for_what_is_final(self):
            entries = database.session.scalars(select(Entry)).all()
            paid = Counter((entry.activity, entry.source) for entry in entries)
            assert all(number == 1 for number in paid.values()), paid
            final = {
                source
                for sat in self.attempts
                if sat.state != "open" and sat.mode in (rules.DAILY, rules.THEMED)
                for source in (
                    f"attempt:{sat.id}:correct", f"attempt:{sat.id}:finished",
                    f"quiz:{sat.blueprint_id}:passed",
                )
            }  # fmt: skip
            assert {source for _activity, source in paid} <= final

    def engines() -> list[Any]:
        return [one for one in all_invariants() if "quizzes" in one.check.__module__]

    assert engines()
    examples, steps = (15, 40) if is_sqlite() else (10, 40)
    run_state_machine_as_test(
        Engine,
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
    )
