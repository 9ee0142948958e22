"""What survives when a process, or the store, is gone from one moment to the next."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select

from quizapp.accounts.models import Person
from quizapp.boards import service as boards
from quizapp.boards.views import COOKIE
from quizapp.core.checks import all_invariants
from quizapp.core.db import db
from quizapp.leaderboards import service as leaderboards
from quizapp.org.models import Unit
from quizapp.points.models import Entry
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Response
from tests.browser_client import Browser
from tests.conftest import build_app
from tests.factories import people
from tests.factories.season import finished_set, right_options, settle_boards
from tests.factories.teams import members_of, teams
from tests.faults.answering import take_set
from tests.faults.conftest import database_name, require_postgres, settled

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
KILLS = 5


def broken() -> list[str]:
    """Return what any invariant finds."""
    return [line for known in all_invariants() for line in known.check()]


def start_answering(url: str, seed: int) -> subprocess.Popen[str]:
    """Start a process that takes sets and writes down what was acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.answering", str(seed)],
        cwd=ROOT,
        env={**os.environ, "ANSWERING_URL": url, "REDIS_URL": "", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_after(process: subprocess.Popen[str], seconds: float, *, known: int = 1) -> list[str]:
    """Kill a process so long after ``known`` acknowledgements; return all it acknowledged."""
    assert process.stdout
    first = [process.stdout.readline().strip() for _one in range(known)]
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.stdout.close()
    process.wait(10)
    return [uuid for uuid in [*first, *rest] if len(uuid) == 36]


def test_what_was_acknowledged_survives_five_kills(live_app, live):
    teams(live.organisation, live.workshop, [30, 30, 40])
    settle_boards()
    db.session.commit()
    url = live_app.config["DATABASE_URL"]
    moments, journal = random.Random(20261122), []
    for kill in range(KILLS):
        process = start_answering(url, seed=kill)
        # Counted, not timed: a busy machine acknowledges few in half a second.
        journal.append(killed_after(process, moments.uniform(0, 0.1), known=moments.randint(5, 12)))
        assert process.returncode == -signal.SIGKILL, "the sets were over before the kill"
    db.session.rollback()
    stored = set(db.session.scalars(select(Response.submission_uuid)))
    acknowledged = {uuid for part in journal for uuid in part}
    assert all(journal)
    assert len(acknowledged) > 20
    assert acknowledged <= stored
    assert len(stored - acknowledged) <= KILLS  # at most the one each process died over
    # Finishing follows the last answer: a kill between them leaves it to the repetition.
    left_open = half_finished()
    assert len(left_open) <= KILLS
    for person_id in left_open:
        take_set(person_id)
    assert half_finished() == []
    assert broken() == []


def half_finished() -> list[int]:
    """Return the people whose set is complete and finished by nobody."""
    return list(
        db.session.scalars(
            select(Attempt.person_id)
            .join(Response, Response.attempt_id == Attempt.id)
            .where(Attempt.state == "open")
            .group_by(Attempt.id)
            .having(func.count() == Attempt.length)
        )
    )


def test_after_kills_everything_can_be_sent_again_and_is_paid_once(live_app, live):
    url = live_app.config["DATABASE_URL"]
    teams(live.organisation, live.workshop, [20])
    db.session.commit()
    for kill in range(2):
        killed_after(start_answering(url, seed=7), 0.1 + 0.1 * kill)
    last = start_answering(url, seed=7)
    acknowledged, _nothing = last.communicate(timeout=180)
    db.session.rollback()
    who = db.session.scalars(select(Person.id).where(Person.organisation_id == live.organisation))
    assert last.returncode == 0
    assert len(set(acknowledged.split())) == 5 * len(who.all())
    amounts = db.session.execute(
        select(Entry.beneficiary, func.count(), func.sum(Entry.amount)).group_by(Entry.beneficiary)
    ).all()
    assert {(number, amount) for _who, number, amount in amounts} == {(2, 6)}
    settle_boards()
    assert broken() == []
    assert leaderboards.rebuild() == 0


# -- the store


class Server:
    """A Redis of the test's own, that can be killed and started again empty."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(
            ["redis-server", *options, "--dir", str(self.folder), "--logfile", "redis.log"]
        )
        client, until = redis.Redis(port=self.port), time.monotonic() + 10
        while time.monotonic() < until:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.02)
        client.close()

    def kill(self) -> None:
        """Kill it from one moment to the next."""
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The Redis that these tests kill."""
    if not shutil.which("redis-server"):
        pytest.skip("needs redis-server; see make test-services")
    made = Server(tmp_path_factory.mktemp("redis"))
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def stored_app(server: Server) -> Iterator[Flask]:
    """An application on that Redis and a PostgreSQL database of its own."""
    require_postgres()
    made = build_app(database_name("store"), REDIS_URL=server.url)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def world(stored_app: Flask, server: Server) -> Iterator[people.World]:
    """The cast on that application, with the store running at the beginning."""
    if server.process is None:
        server.start()
    with settled(stored_app) as made:
        yield made


@pytest.fixture
def wall(stored_app: Flask, world: people.World) -> Browser:
    """A television paired in the workshop."""
    dana = people.viewer(world.people["dana"])
    boards.pair(
        dana,
        code=boards.offer_code("wall")[0],
        unit_public_id=db.session.get_one(Unit, world.workshop).public_id,
        name="大屏",
        distance_m=8,
        theme="dark",
    )
    browser = Browser(stored_app)
    browser.client.set_cookie(COOKIE, "wall", path="/boards")
    return browser


def board_on(wall: Browser) -> dict:
    """Return the board that a television polls."""
    response = wall.get("/boards/state")
    assert response.status_code == 200
    return response.json["board"]


def test_without_the_store_answers_are_accepted_and_paid(stored_app, world, server, wall):
    browser = Browser(stored_app).sign_in(world.people["bob"])
    address = browser.post("/quizzes/daily").location
    attempt_id = address.rsplit("/", 1)[1]
    server.kill()
    for position in range(1, 6):
        form = {
            "submission_uuid": str(uuid4()),
            "option": list(right_options(attempt_id, position)),
        }
        assert browser.post(f"{address}/{position}", form).status_code == 303
    for path in ("/", f"/result/{attempt_id}", "/team", "/me"):
        assert browser.get(path).status_code == 200, path
    assert db.session.scalar(select(func.sum(Entry.amount))) == 6
    assert broken() == []


def test_without_the_store_boards_come_from_the_database(stored_app, world, server, wall):
    before = board_on(wall)
    server.kill()
    assert board_on(wall) == before
    finished_set(people.viewer(world.people["bob"]))
    assert leaderboards.tick()  # nobody can be told, and nothing is lost
    after = board_on(wall)
    assert after["v"] == before["v"] + 1
    assert after["rows"][0][3] > before["rows"][0][3]
    assert wall.get("/boards/tv").status_code == 200
    assert wall.get("/readyz").status_code == 200


def test_pairing_without_the_store_is_said_to_wait(stored_app, world, server):
    server.kill()
    response = Browser(stored_app).get("/boards/pair")
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_a_store_that_comes_back_empty_shows_the_same_boards(stored_app, world, server, wall):
    finished_set(people.viewer(world.people["bob"]))
    settle_boards()
    before = board_on(wall)
    server.kill()
    server.start()
    assert board_on(wall) == before
    assert boards.current_state(world.organisation, world.workshop) == before


def test_flushing_the_store_changes_no_board_and_pays_nothing_twice(stored_app, world, wall):
    bob = people.viewer(world.people["bob"])
    attempt_id = finished_set(bob)
    settle_boards()
    before, rows = board_on(wall), standings(bob)
    stored_app.extensions["zhixing_store"].client.flushall()
    assert board_on(wall) == before
    assert not quizzes.finish(bob, attempt_id)
    assert leaderboards.rebuild() == 0
    assert standings(bob) == rows
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 2


def test_in_mid_season_a_flush_leaves_every_board_as_it_was_to_the_byte(
    stored_app, world, server, wall
):
    """Pages and walls of a season with many ties: what the store held, and what it holds again."""
    units = [world.team, *teams(world.organisation, world.workshop, [6] * 9 + [20] * 4)]
    for place, unit in enumerate(units):
        for person in members_of(unit)[: place % 3]:  # so that four or five teams share a place
            finished_set(people.viewer(person))
    settle_boards()
    readers = [Browser(stored_app).sign_in(members_of(unit)[-1]) for unit in units]
    store = stored_app.extensions["zhixing_store"].client

    def shown() -> list[bytes | str]:
        pages = [readers[place].get("/team") for place in range(len(units))]
        mains = [page.data.partition(b"<main")[2].partition(b"</main>")[0] for page in pages]
        return [*mains, json.dumps(board_on(wall))]

    def kept() -> dict[str, str]:
        return {key: store.get(key) for key in sorted(store.scan_iter("*wall*"))}

    before, walls = shown(), kept()
    ranks = [row.rank for row in standings(people.viewer(members_of(units[1])[0]))]
    assert len(set(ranks)) < len(ranks) / 2, "there are no ties to be kept in order"
    assert walls
    store.flushall()
    assert kept() == {}
    assert shown() == before
    assert kept() == walls
    server.kill()
    server.start()
    assert shown() == before
    rows = [standings(people.viewer(members_of(unit)[0])) for unit in units]
    store.flushall()
    assert leaderboards.rebuild() == 0
    assert [standings(people.viewer(members_of(unit)[0])) for unit in units] == rows
    assert board_on(wall)["rows"] == json.loads(before[-1])["rows"]
    assert broken() == []


def standings(viewer) -> list:
    """Return the rows of a person's board, in the order of the page."""
    db.session.rollback()
    return leaderboards.get_board(viewer).rows


def test_a_display_stays_paired_when_the_store_is_lost(world, server, wall):
    server.kill()
    server.start()
    assert wall.get("/boards/pair").location == "/boards/tv"
