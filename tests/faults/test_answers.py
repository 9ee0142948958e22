"""Answers over networks that lose what comes back, past servers that die, in crowds."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from quizapp.accounts import service as accounts
from quizapp.accounts.models import Person, Session
from quizapp.core.db import db
from quizapp.points.models import Entry
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Response
from quizapp.quizzes.service import Submission, tickets
from tests.conftest import build_app
from tests.factories import people
from tests.factories import quizzes as made
from tests.factories.season import right_options, wrong_options
from tests.factories.teams import teams
from tests.faults.answering import uuid_of
from tests.faults.conftest import database_name, require_postgres, settled
from tests.faults.proxy import losing
from tests.faults.test_races import PATIENCE_SECONDS, broken, count, together

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, LENGTH = 20, 5
POOL, CROWD = 5, 500


def first_people(organisation_id: int, number: int) -> list[int]:
    """Return so many people of a company."""
    rows = db.session.execute(
        select(Person.id)
        .where(Person.organisation_id == organisation_id)
        .order_by(Person.id)
        .limit(number)
    )
    found = [row.id for row in rows]
    assert len(found) == number
    return found


# -- a network that loses acknowledgements


@pytest.fixture
def port(live_app: Flask) -> Iterator[int]:
    """The port of a real web server on the application, with a thread a request."""
    server = make_server("127.0.0.1", 0, live_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(PATIENCE_SECONDS)
    server.server_close()


def send(port: int, answer: dict[str, Any]) -> dict[str, Any] | None:
    """Send an answer; return what came back, None when nothing did."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "POST",
            "/api/v1/answers",
            json.dumps(answer),
            {"Content-Type": "application/json", "Connection": "close"},
        )
        response = connection.getresponse()
        told = json.loads(response.read())
        assert response.status == 200, told
        return told
    except (http.client.HTTPException, OSError):
        return None
    finally:
        connection.close()


def outbox_of(person_id: int, place: int) -> list[dict[str, Any]]:
    """Start a person's set and return its answers, as they wait on a signed-in device."""
    accounts.open_session(person_id, agent="Android")
    session_id = db.session.scalar(
        select(func.max(Session.id)).where(Session.person_id == person_id)
    )
    viewer = replace(people.viewer(person_id), session_id=session_id)
    attempt_id = quizzes.start_daily(viewer)
    return [
        made.sent(
            viewer,
            attempt_id,
            position,
            wrong_options(attempt_id, position) if (place + position) % 3 == 0 else (),
        )
        for position in range(1, LENGTH + 1)
    ]


@pytest.mark.faults
def test_with_two_acknowledgements_in_five_lost_everything_is_stored_once(live_app, live, port):
    teams(live.organisation, live.workshop, [CLIENTS])
    db.session.commit()
    who = first_people(live.organisation, CLIENTS)
    outboxes = [outbox_of(person, place) for place, person in enumerate(who)]
    db.session.commit()
    with losing(port, lost=0.4, seed=20261130) as proxy:

        def empty(place: int) -> list[dict[str, Any]]:
            """Send each answer until it is acknowledged."""
            told = []
            for answer in outboxes[place]:
                while (one := send(proxy.port, answer)) is None:
                    continue
                told.append(one)
            return told

        told = together(live_app, CLIENTS, empty)
        lost = proxy.dropped
    assert not [each for each in told if isinstance(each, Exception)]
    assert lost > CLIENTS, "the network was too good to prove anything"
    states = Counter(one["state"] for each in told for one in each)
    assert states.keys() == {"stored", "repeated"}
    stored = db.session.scalars(select(Response.submission_uuid)).all()
    assert sorted(stored) == sorted(answer["uuid"] for box in outboxes for answer in box)
    for box, acknowledged in zip(outboxes, told, strict=True):
        for answer, first in zip(box, acknowledged, strict=True):
            again = send(port, answer)
            assert again["state"] == "repeated"
            for name in ("is_correct", "marks", "word", "explanation", "source"):
                assert again["verdict"][name] == first["verdict"][name]
    assert count(Response) == CLIENTS * LENGTH
    assert db.session.scalars(select(Attempt.state)).all() == ["finished"] * CLIENTS
    paid = db.session.execute(
        select(Entry.beneficiary, func.count()).group_by(Entry.beneficiary)
    ).all()
    assert len(paid) == CLIENTS
    assert max(number for _who, number in paid) == 2
    assert broken() == []


# -- a server that dies


@pytest.mark.faults
def test_a_set_whose_server_died_over_its_end_is_finished_by_the_repetition(live_app, live):
    """The last answer is stored before the set is finished: nothing is lost in between."""
    db.session.commit()
    bob = people.viewer(live.people["bob"])
    died = subprocess.run(
        [sys.executable, "-m", "tests.faults.dying", str(bob.id)],
        cwd=ROOT,
        env={
            **os.environ,
            "ANSWERING_URL": live_app.config["DATABASE_URL"],
            "REDIS_URL": "",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    db.session.rollback()
    attempt_id = quizzes.start_daily(bob)
    assert len(died.stdout.split()) == LENGTH - 1, "the last one was never acknowledged"
    assert count(Response) == LENGTH
    assert not quizzes.get_attempt(bob, attempt_id).is_final
    last = Submission(LENGTH, right_options(attempt_id, LENGTH), uuid_of(attempt_id, LENGTH))
    for _time in range(2):
        answered = quizzes.answer(bob, attempt_id, last)
        assert (answered.state, answered.attempt.is_final) == ("repeated", True)
    assert count(Response) == LENGTH
    assert count(Entry) == 2
    assert broken() == []


# -- a crowd


@pytest.fixture(scope="module")
def narrow_app() -> Iterator[Flask]:
    """An application whose process has five connections to the database."""
    require_postgres()
    made_app = build_app(
        database_name("narrow"), DATABASE_POOL=POOL, REDIS_PREFIX=f"narrow-{os.getpid()}:"
    )
    yield made_app
    with made_app.app_context():
        db.engine.dispose()


@pytest.fixture
def crowd(narrow_app: Flask) -> Iterator[people.World]:
    """The cast, and as many others as it takes."""
    with settled(narrow_app) as made_world:
        teams(made_world.organisation, made_world.workshop, [CROWD // LENGTH])
        db.session.commit()
        yield made_world


@pytest.mark.services
def test_five_hundred_at_once_share_five_connections(narrow_app, crowd):
    """Whoever waits for the turn to write holds no connection, or the writer would get none."""
    acts: list[Callable[[], quizzes.Answered]] = []
    for person in first_people(crowd.organisation, CROWD // LENGTH):
        viewer = people.viewer(person)
        attempt_id = quizzes.start_daily(viewer)
        attempt = quizzes.get_attempt(viewer, attempt_id)
        for position in range(1, LENGTH + 1):
            options = right_options(attempt_id, position)
            answer = Submission(position, options, uuid_of(attempt_id, position))
            shown = quizzes.get_shown(attempt, position)
            known = tickets.read(quizzes.ticket_for(viewer, attempt, shown))
            assert known
            # Forms look something up before they wait, scripts need a connection to write only.
            by_form = partial(quizzes.answer, viewer, attempt_id, answer)
            by_ticket = partial(quizzes.answer_by_ticket, *known, answer)
            acts.append(by_form if len(acts) % 2 else by_ticket)
    db.session.commit()
    db.session.remove()
    told = together(narrow_app, CROWD, lambda place: acts[place]())
    assert not [each for each in told if isinstance(each, Exception)]
    assert Counter(each.state for each in told) == {"stored": CROWD}
    assert count(Response) == CROWD
    assert db.session.scalars(select(Attempt.state)).all() == ["finished"] * (CROWD // LENGTH)
    assert broken() == []
