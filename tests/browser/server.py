"""The demo server as people start it: a child process with a data folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask

import config
from question_bank.items import Item, from_payload
from quizapp import create_app
from quizapp.accounts import service as accounts
from quizapp.core.db import db
from quizapp.org.rules import learning_day

DATABASE = "zhixing.sqlite3"
ROOT = Path(__file__).resolve().parents[2]
EMPLOYEE, ADMIN = "100482", "100001"
PATIENCE_SECONDS = 180  # on a busy machine the demo world takes ten


class DemoServer:
    """``deploy/embedded.py demo`` on ``folder``; the port is free at the first start, then kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.address = ""
        self.link = ""
        self.process: subprocess.Popen[str] | None = None
        self._given: set[str] = set()

    def copy(self, folder: Path) -> DemoServer:
        """Return a server, not yet started, on a copy of this one's data as they are now."""
        shutil.copy(self.folder / "secret-key", folder)
        with (
            closing(sqlite3.connect(self.folder / DATABASE)) as source,
            closing(sqlite3.connect(folder / DATABASE)) as target,
        ):
            source.backup(target)
        return DemoServer(folder)

    def __enter__(self) -> DemoServer:
        try:
            self.start()
        except BaseException:
            self.end(signal.SIGKILL)
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def start(self) -> None:
        """Start the process and wait for its one line with the one-time link."""
        self.process = subprocess.Popen(
            [sys.executable, "-u", "deploy/embedded.py", "demo"],
            cwd=ROOT,
            env={
                **os.environ,
                "HOST": "127.0.0.1",
                "PORT": str(self.port),
                "DATA_DIR": str(self.folder),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        watchdog = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        watchdog.start()
        said = []
        assert self.process.stdout
        for line in self.process.stdout:
            said.append(line)
            found = re.search(r"(http://[\d.]+:(\d+))(/link/\S+)", line)
            if found:
                break
        watchdog.cancel()
        if not said or not found:
            raise RuntimeError(f"the demo did not start: {''.join(said)}")
        self.address, self.port, self.link = found[1], int(found[2]), found[3]

    def end(self, number: int = signal.SIGTERM) -> None:
        """End the process: in good order, or with SIGKILL as a power cut would."""
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        self.process = None

    # -- its data, read and prepared from outside ------------------------------------------------

    @cached_property
    def app(self) -> Flask:
        """An application on the same database, for what a person at the console would do."""
        secret = (self.folder / "secret-key").read_text(encoding="utf-8").strip()
        settings = {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / DATABASE}",
            "REDIS_URL": "",
            "WEB_CONCURRENCY": 1,
            "SECRET_KEY": secret,
            "PUBLIC_BASE_URL": self.address,
        }
        return create_app(type("Console", (config.Demo,), settings))

    @contextmanager
    def console(self) -> Iterator[None]:
        """Work with the services on the server's own database."""
        with self.app.app_context():
            yield
            db.session.remove()
            db.engine.dispose()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement on the database and return its rows."""
        with closing(sqlite3.connect(self.folder / DATABASE, timeout=10)) as connection:
            found = connection.execute(sql, values).fetchall()
            connection.commit()
            return found

    def value(self, sql: str, *values: object) -> Any:
        """Return the only value of the only row."""
        [[found]] = self.rows(sql, *values)
        return found

    def link_for(self, number: str) -> str:
        """Return a fresh one-time link that signs in the person with an employee number."""
        person_id = self.value("SELECT id FROM accounts_person WHERE number_key = ?", number)
        with self.console():
            return f"/link/{accounts.make_link(person_id)}"

    def member_of(self, workshop: str) -> str:
        """Return the number of some employee of a workshop."""
        return str(
            self.rows(
                """SELECT p.employee_number FROM accounts_person p
                JOIN org_membership m ON m.person_id = p.id JOIN org_unit t ON t.id = m.unit_id
                JOIN org_unit w ON w.id = t.parent_id WHERE w.name = ? ORDER BY p.id LIMIT 1""",
                workshop,
            )[0][0]
        )

    def somebody(self, *teams: str) -> str:
        """Return the number of an employee who has not begun today's set; never the same twice.

        Of one of the teams, when some are named; otherwise from the end of the list, so that some
        are left in the teams that tests name. In the evening most people have taken theirs.
        """
        rows = self.rows(
            f"""SELECT p.employee_number FROM accounts_person p
            JOIN org_membership m ON m.person_id = p.id JOIN org_unit t ON t.id = m.unit_id
            WHERE p.consent = 'granted' AND t.kind = 'team'
            {"AND t.name IN (" + ",".join("?" * len(teams)) + ")" if teams else ""}
            AND p.id NOT IN (SELECT person_id FROM accounts_role_grant)
            AND p.id NOT IN (SELECT person_id FROM org_absence)
            AND p.id NOT IN (SELECT person_id FROM quizzes_attempt WHERE day = ?)
            ORDER BY p.id {"" if teams else "DESC"}""",
            *teams,
            str(learning_day(datetime.now(UTC), "Asia/Shanghai")),
        )
        number = next(number for (number,) in rows if number not in self._given)
        self._given.add(number)
        return str(number)

    def team_of(self, number: str) -> str:
        """Return the name of a person's team."""
        return str(
            self.value(
                """SELECT t.name FROM accounts_person p JOIN org_membership m ON m.person_id = p.id
                JOIN org_unit t ON t.id = m.unit_id WHERE p.number_key = ?""",
                number,
            )
        )

    def item_at(self, attempt_id: str, position: int) -> Item:
        """Return the item at a position of an attempt, key and all."""
        payload = self.value(
            """SELECT v.payload FROM quizzes_attempt a
            JOIN quizzes_form_item i ON i.form_id = a.form_id
            JOIN items_version v ON v.id = i.item_version_id
            WHERE a.public_id = ? AND i.position = ?""",
            attempt_id,
            position,
        )
        return from_payload(json.loads(payload))

    def kinds_of(self, attempt_id: str) -> list[str]:
        """Return the kind of every question of an attempt, in order."""
        rows = self.rows(
            """SELECT v.kind FROM quizzes_attempt a
            JOIN quizzes_form_item i ON i.form_id = a.form_id
            JOIN items_version v ON v.id = i.item_version_id
            WHERE a.public_id = ? ORDER BY i.position""",
            attempt_id,
        )
        return [kind for (kind,) in rows]

    def responses(self, attempt_id: str) -> list[tuple[int, list[str], bool]]:
        """Return position, chosen options and verdict of every stored response of an attempt."""
        return [
            (position, json.loads(given), bool(is_correct))
            for position, given, is_correct in self.rows(
                """SELECT r.position, r.given, r.is_correct FROM quizzes_response r
                JOIN quizzes_attempt a ON a.id = r.attempt_id
                WHERE a.public_id = ? ORDER BY r.position""",
                attempt_id,
            )
        ]
