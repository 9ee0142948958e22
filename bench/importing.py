"""How long the import of a large sheet takes: 20,000 questions, on SQLite and on PostgreSQL.

``python -m bench.importing`` prints seconds and peak memory; PostgreSQL is measured when
DATABASE_URL names one. Each store has a process of its own, so that memory is that of one import.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import flask_migrate
import xlsxwriter

import config
from question_bank import formats
from quizapp import create_app
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core.db import db
from quizapp.items.service import importing
from quizapp.org import service as org

from . import world

ROOT = Path(__file__).resolve().parent.parent
ROWS = 20_000
HEAD = ("题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "难度", "知识点")


@dataclass(frozen=True)
class Figures:
    """One import: seconds to read the file, until its dry run stands, and to write it."""

    store: str
    rows: int
    file_megabytes: float
    parse_seconds: float
    dry_run_seconds: float
    write_seconds: float
    peak_megabytes: float
    imported: int


def sheet(rows: int) -> bytes:
    """Return an xlsx of invented questions; no two say the same."""
    dice = random.Random(20_261_122)
    hanzi = [chr(code) for code in range(0x4E00, 0x4E00 + 900)]

    def words(length: int) -> str:
        return "".join(dice.choices(hanzi, k=length))

    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"constant_memory": True})
    page = book.add_worksheet("题库")
    page.write_row(0, 0, HEAD)
    for row in range(1, rows + 1):
        options = [words(dice.randint(6, 14)) for _option in range(4)]
        page.write_row(
            row,
            0,
            (
                "单选题",
                f"{words(dice.randint(16, 36))}？",
                *options,
                dice.choice("ABCD"),
                f"{words(50)}。",
                dice.choice(("易", "中", "难")),
                f"知识点{row % 12}",
            ),
        )
    book.close()
    return output.getvalue()


def measure_here(url: str, rows: int) -> Figures:
    """Import a sheet into the empty database at ``url``, in this process."""
    data = sheet(rows)
    own = {"DATABASE_URL": url, "REDIS_URL": "", "TESTING": True}
    app = create_app(type("Bench", (config.Testing,), own))
    with app.app_context():
        flask_migrate.upgrade()
        author = _author()
        began = time.perf_counter()
        formats.read(data, "questions.xlsx")
        parsed = time.perf_counter()
        public_id = importing.receive(author, "questions.xlsx", data)
        read = time.perf_counter()
        importing.confirm(author, public_id)
        written = time.perf_counter()
        view = importing.view_import(author, public_id)
        dialect = db.engine.dialect.name
    return Figures(
        store={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[dialect],
        rows=rows,
        file_megabytes=len(data) / 1e6,
        parse_seconds=parsed - began,
        dry_run_seconds=read - parsed,
        write_seconds=written - read,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        imported=view.tally.get("imported", 0),
    )


def _author() -> Viewer:
    """Found a company and return somebody who may write items there."""
    organisation_id = org.found_organisation(name="测", time_zone="Asia/Shanghai", code="M")
    root = org.find_unit_by_code(organisation_id, "M")
    assert root is not None
    person = Person(
        organisation_id=organisation_id, employee_number="1", number_key="1", name="出题人"
    )
    db.session.add(person)
    db.session.commit()
    return Viewer(
        id=person.id,
        public_id=person.public_id,
        organisation_id=organisation_id,
        organisation_name="测",
        time_zone="Asia/Shanghai",
        name=person.name,
        employee_number="1",
        locale=None,
        is_large=False,
        consent="granted",
        must_change_password=False,
        is_demo=False,
        session_id=0,
        unit_id=None,
        unit_path=None,
        unit_name=None,
        scopes=((Role.AUTHOR, root.path),),
    )


def measure(rows: int = ROWS) -> list[Figures]:
    """Measure on SQLite, and on PostgreSQL when DATABASE_URL names one; each in a new process."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-bench-"))
        urls = [f"sqlite:///{folder}/import.sqlite3"]
        if os.environ.get("DATABASE_URL", "").startswith("postgresql"):
            urls.append(stack.enter_context(world.own_database(os.environ["DATABASE_URL"])))
        return [_in_a_process(url, rows) for url in urls]


def _in_a_process(url: str, rows: int) -> Figures:
    command = (sys.executable, "-m", "bench.importing", "--url", url, "--rows", str(rows))
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def table(measured: list[Figures]) -> str:
    """Return the figures as lines for people."""
    return "\n".join(
        f"import of {one.rows:,} rows ({one.file_megabytes:.1f} MB xlsx), {one.store}: "
        f"read {one.parse_seconds:.1f} s, dry run {one.dry_run_seconds:.1f} s in all, "
        f"written in {one.write_seconds:.1f} s, {one.imported:,} imported, "
        f"peak {one.peak_megabytes:.0f} MB"
        for one in measured
    )


def main() -> None:
    """Measure one store in this process when --url names it, else every store there is."""
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    parser.add_argument("--url", default="", help="measure in this process, on this database")
    parser.add_argument("--rows", type=int, default=ROWS)
    chosen = parser.parse_args()
    if chosen.url:
        print(json.dumps(asdict(measure_here(chosen.url, chosen.rows))))
    else:
        print(table(measure(chosen.rows)))


if __name__ == "__main__":
    main()
