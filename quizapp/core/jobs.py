"""Work outside requests: periodic jobs, long jobs, and the loops of the one background process.

A room registers with ``@job`` (run by name, or by the clock when it has ``every``) and ``@loop``
(run every few seconds by exactly one process). The queue is huey's: Redis in production, an
SQLite file of its own beside the embedded database.
"""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer
from huey.exceptions import HueyException
from redis.exceptions import RedisError
from sqlalchemy import text

from .db import db, is_sqlite

log = logging.getLogger(__name__)

ALIVE_KEY = "zhixing:background-alive"
ALIVE_SECONDS = 15
PROGRESS_KEY = "zhixing:progress:"
LEAST_PAUSE = 0.2  # seconds between two turns of a loop whose work takes as long as its interval
ADVISORY_CLASS = 7001  # loops; people's ledgers use another class


@dataclass(frozen=True)
class Job:
    """A registered piece of work."""

    name: str
    work: Callable[..., Any]
    every: dict[str, str] | None


@dataclass(frozen=True)
class Loop:
    """Work that one process begins every so many ``seconds``; ``number`` names its lock."""

    name: str
    work: Callable[[], Any]
    seconds: float
    number: int


_jobs: dict[str, Job] = {}
_loops: dict[str, Loop] = {}
_pulses: dict[str, Loop] = {}


def job(name: str, *, every: dict[str, str] | None = None) -> Callable[[Callable[..., Any]], Any]:
    """Register ``name`` as a job; ``every`` holds crontab fields (``minute="*/10"``) in UTC."""

    def register(work: Callable[..., Any]) -> Callable[..., Any]:
        _jobs[name] = Job(name, work, every)
        return work

    return register


def loop(name: str, *, seconds: float) -> Callable[[Callable[[], Any]], Any]:
    """Register work that the background process repeats every ``seconds``."""

    def register(work: Callable[[], Any]) -> Callable[[], Any]:
        _loops[name] = Loop(name, work, seconds, number=zlib.crc32(name.encode()) & 0x7FFFFFFF)
        return work

    return register


def pulse(name: str, *, seconds: float) -> Callable[[Callable[[], Any]], Any]:
    """Register work that every process which serves people repeats every ``seconds``."""

    def register(work: Callable[[], Any]) -> Callable[[], Any]:
        _pulses[name] = Loop(name, work, seconds, number=0)
        return work

    return register


def start_pulses(app: Flask) -> None:
    """Start the pulses of ``app`` in this process, which begins to serve people."""
    for registered in _pulses.values():
        threading.Thread(
            target=_repeat, args=(app, registered), name=f"pulse-{registered.name}", daemon=True
        ).start()


def init_app(app: Flask) -> None:
    """Open the queue of ``app``."""
    if app.config["TESTING"]:  # on every store alike: a test has no background process
        queue: Huey = Huey("jobs", immediate=True)
    elif app.config["REDIS_URL"]:
        queue = RedisHuey(
            app.config["REDIS_PREFIX"] + "jobs", url=app.config["REDIS_URL"], immediate=False
        )
    else:
        folder = Path(app.config["DATA_DIR"])
        folder.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey("jobs", filename=str(folder / "jobs.sqlite3"))
    app.extensions["zhixing_queue"] = queue

    def run(name: str, arguments: dict[str, Any]) -> Any:
        with app.app_context():
            return _jobs[name].work(**arguments)

    run_task = queue.task(name="run")(run)
    app.extensions["zhixing_run_job"] = run_task


def schedule(app: Flask) -> list[str]:
    """Put every job that has times on the clock of ``app``'s queue; return their names.

    Rooms register their jobs while they open, after the core: so this waits for the background.
    """
    queue: Huey = app.extensions["zhixing_queue"]
    timed = [registered for registered in _jobs.values() if registered.every]
    for registered in timed:
        _put_on_the_clock(app, queue, registered)
    return sorted(registered.name for registered in timed)


def _put_on_the_clock(app: Flask, queue: Huey, registered: Job) -> None:
    def run_periodic() -> None:
        with app.app_context():
            registered.work()

    times = crontab(**(registered.every or {}))
    queue.periodic_task(times, name=f"every:{registered.name}")(run_periodic)


def enqueue(name: str, **arguments: Any) -> Any:
    """Have the background process run job ``name``; returns huey's result handle."""
    if name not in _jobs:
        raise KeyError(name)
    return current_app.extensions["zhixing_run_job"](name, arguments)


def run_anywhere(name: str, *, patience_seconds: float = 60, **arguments: Any) -> Any:
    """Run job ``name`` where the stores live and return its result.

    With the embedded store that is the running server, reached through the queue; when none runs,
    and with a store of its own, this process does it.
    """
    if not current_app.config["REDIS_URL"] and is_background_alive():
        return enqueue(name, **arguments).get(blocking=True, timeout=patience_seconds)
    return _jobs[name].work(**arguments)


def say_progress(name: str, done: int, total: int) -> None:
    """Let everybody see how far ``name`` is: beside the database, whose transaction is still open.

    A store that does not answer stops no work.
    """
    queue: Huey = current_app.extensions["zhixing_queue"]
    try:
        queue.put(PROGRESS_KEY + name, f"{done}/{total}")
    except (HueyException, RedisError) as error:
        log.warning("progress of %s was not told: %s", name, error)


def progress_of(name: str) -> tuple[int, int]:
    """Return how far ``name`` is as (done, total); zeros when nothing was said."""
    queue: Huey = current_app.extensions["zhixing_queue"]
    try:
        said = queue.get(PROGRESS_KEY + name, peek=True)
    except (HueyException, RedisError):
        said = None
    done, _slash, total = str(said or "0/0").partition("/")
    return int(done), int(total)


def forget_progress(name: str) -> None:
    """Drop what was said of ``name``."""
    queue: Huey = current_app.extensions["zhixing_queue"]
    try:
        queue.get(PROGRESS_KEY + name)
    except (HueyException, RedisError) as error:
        log.warning("progress of %s was not forgotten: %s", name, error)


def is_background_alive() -> bool:
    """Tell whether a background process reported within the last seconds."""
    queue: Huey = current_app.extensions["zhixing_queue"]
    try:
        said = queue.get(ALIVE_KEY, peek=True)
    except (HueyException, RedisError):
        return False
    return bool(said) and time.time() - float(said) < ALIVE_SECONDS


def start_background(app: Flask) -> Consumer:
    """Start the consumer of the queue and the loops of ``app``; return the consumer, to stop it."""
    schedule(app)
    queue: Huey = app.extensions["zhixing_queue"]
    consumer = queue.create_consumer(
        workers=2, periodic=True, worker_type="thread", scheduler_interval=1, max_delay=0.5
    )
    # The server keeps its own signal handlers; huey would replace them.
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    for registered in (*_loops.values(), Loop("alive", _say_alive, 5, 0)):
        threading.Thread(
            target=_repeat, args=(app, registered), name=f"loop-{registered.name}", daemon=True
        ).start()
    return consumer


def _say_alive() -> None:
    current_app.extensions["zhixing_queue"].put(ALIVE_KEY, str(time.time()))


def _repeat(app: Flask, registered: Loop) -> None:
    """Run a loop for as long as the process lives; a failure is logged and tried again."""
    while True:
        try:
            with app.app_context():
                _lead(registered)
        except Exception:
            log.exception("loop %s starts again", registered.name)
        time.sleep(2)


def _lead(registered: Loop) -> None:
    """Repeat the work while this process holds the loop's lock; return when it is not ours."""
    if registered.number == 0 or is_sqlite():
        while True:
            _work_once(registered)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        lock = {"kind": ADVISORY_CLASS, "number": registered.number}
        if not holder.scalar(text("SELECT pg_try_advisory_lock(:kind, :number)"), lock):
            return
        while True:
            holder.execute(text("SELECT 1"))  # the lock is gone with its connection: then stop
            _work_once(registered)


def _work_once(registered: Loop) -> None:
    """Do a loop's work and wait until its next turn, counted from the beginning of this one."""
    began = time.monotonic()
    registered.work()
    db.session.remove()
    time.sleep(max(LEAST_PAUSE, registered.seconds - (time.monotonic() - began)))
