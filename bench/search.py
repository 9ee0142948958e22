"""How long the list of the bank takes over many items: words, filters, page turns, similar items.

``python -m bench.search [--items N] [--rounds N]`` invents a bank on SQLite, and on PostgreSQL too
when DATABASE_URL names one, and prints the middle and the 95th percentile of whole page requests.
``python -m bench --search N`` does the same after everything else, with N items.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import config
from question_bank.formats import pack as packs
from question_bank.starter import paths
from quizapp import create_app
from quizapp.accounts import service as accounts
from quizapp.accounts.models import Person, RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import atomic, db, is_sqlite
from quizapp.items.models import Item, ItemDraft, Source, Topic
from quizapp.items.service import searching, similar
from quizapp.org import service as org
from quizapp.org.models import Membership

from . import world

BATCH = 5000
SEED = 20_251_122
KINDS = ("single", "single", "single", "multiple", "true_false", "cloze")
# What is asked: a common and a rare word of two characters, two words, a long one, a number.
WORDS = ("安全", "职工", "劳动", "消防", "孔子", "灭火", "工会 代表", "安全生产法", "特种设备")


@dataclass(frozen=True)
class Timing:
    """How long one request took over many rounds, in milliseconds, and the statements of one."""

    name: str
    p50: float
    p95: float
    statements: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, measure and print on each database that is at hand."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-search-"))
        urls = {"SQLite": f"sqlite:///{folder}/bank.sqlite3"}
        if os.environ.get("DATABASE_URL", "").startswith("postgresql"):
            urls["PostgreSQL"] = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        for name, url in urls.items():
            print(table(name, *measure(url, chosen.items, chosen.rounds)), flush=True)
    return 0


def measure(url: str, number: int, rounds: int) -> tuple[float, int, list[Timing]]:
    """Return the seconds that filling took, how many items there are, and the timings."""
    app = _app(url)
    with app.app_context():
        began = time.perf_counter()
        author = fill(number)
        took = time.perf_counter() - began
        _settle(url)
        client = _signed_in(app, author)
        found = [_time(app, name, run, rounds) for name, run in _asked(client, author)]
        db.session.remove()
        db.engine.dispose()
    return took, number, found


def _app(url: str) -> Flask:
    settings = {
        "DATABASE_URL": url,
        "SECRET_KEY": "bench" * 10,
        "TESTING": True,
        "REDIS_URL": "",
        "PUBLIC_BASE_URL": "https://localhost",
        "TRUSTED_HOSTS": ["localhost"],
        "WTF_CSRF_ENABLED": False,
    }
    app = create_app(type("SearchBench", (config.Production,), settings))
    with app.app_context():
        flask_migrate.upgrade()
    return app


@atomic
def fill(number: int) -> int:
    """Invent a bank of sentences that starter items are made of; return the id of its author."""
    organisation_id = org.found_organisation(name="Bench", time_zone="Asia/Shanghai", code="B")
    root = org.find_unit_by_code(organisation_id, "B")
    assert root is not None
    author = Person(
        organisation_id=organisation_id,
        employee_number="1",
        number_key="1",
        name="Author",
        consent="granted",
    )
    db.session.add(author)
    db.session.flush()
    since = clock.now().date() - timedelta(days=30)
    db.session.add(Membership(person_id=author.id, unit_id=root.id, starts_on=since))
    db.session.add(RoleGrant(person_id=author.id, role=Role.AUTHOR.value, unit_id=root.id))
    topics = [Topic(organisation_id=organisation_id, name=f"主题 {n}") for n in range(30)]
    sources = [
        Source(organisation_id=organisation_id, title=f"法规 {n}", short=f"法规{n}")
        for n in range(50)
    ]
    db.session.add_all([*topics, *sources])
    db.session.flush()
    dice = random.Random(SEED)  # nosec B311 - no secret
    pieces = _sentences()
    for start in range(0, number, BATCH):
        count = min(BATCH, number - start)
        _add(organisation_id, author.id, start, count, (topics, sources), pieces, dice)
    return author.id


def _sentences() -> list[str]:
    """Return the sentences of the starter bank: its stems, options and explanations."""
    found = [packs.read(Path(path).read_bytes()).pack for path in paths()]
    texts = [
        text
        for pack in found
        if pack
        for packed in pack.items
        for text in (packed.item.stem, *packed.item.explanation.split("。"))
    ]
    return [text for text in texts if len(text) > 4]


def _add(
    organisation_id: int,
    author_id: int,
    start: int,
    count: int,
    filed: tuple[list[Topic], list[Source]],
    pieces: list[str],
    dice: random.Random,
) -> None:
    topics, sources = filed
    now, today = clock.now(), clock.now().date()
    values = []
    for n in range(start, start + count):
        topic, source = dice.choice(topics), dice.choice(sources)
        status = dice.choice(("approved",) * 8 + ("draft", "checked"))
        values.append(
            {
                "id": n + 1,  # asking the database for the ids of many rows takes minutes
                "public_id": f"bench{n:011}",
                "organisation_id": organisation_id,
                "uid": f"bench-{n}",
                "theme_id": topic.id,
                "topic_id": topic.id,
                "source_id": source.id,
                "author_id": author_id if n % 10 == 0 else None,
                "status": status,
                "stage": "editing" if status == "draft" else "",
                "kind": dice.choice(KINDS),
                "title": (dice.choice(pieces) + "，" + dice.choice(pieces))[:200],
                "difficulty": "easy",
                "source_label": f"《{source.short}》第{dice.randint(1, 99)}条",
                "valid_until": today + timedelta(days=dice.randint(-30, 800)),
                "facility": dice.random() if n % 3 else None,
                "flag": "facility_high" if n % 50 == 0 else "",
                "updated_at": now,
            }
        )
    ids = [n + 1 for n in range(start, start + count)]
    db.session.execute(sa.insert(Item), values)
    db.session.execute(
        sa.insert(ItemDraft),
        [
            {
                "item_id": item_id,
                "content": f'{{"draft": {{"kind": "single", "stem": "{value["title"]}"}}}}',
                "revision": 1,
            }
            for item_id, value in zip(ids, values, strict=True)
        ],
    )
    searching.index_items(ids)


def _settle(url: str) -> None:
    """Let the database know its tables, as it does by itself once they have been there a while."""
    db.session.rollback()
    if is_sqlite():
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()
    else:
        world.settle(url)


def _signed_in(app: Flask, author_id: int) -> FlaskClient:
    opened = accounts.open_session(author_id, agent="bench")
    client = app.test_client()
    with client.session_transaction(base_url="https://localhost") as cookie:
        cookie.update(_user_id=opened.person_public_id, _fresh=True, secret=opened.secret)
    return client


Run = Callable[[], object]


def _asked(client: FlaskClient, author_id: int) -> list[tuple[str, Run]]:
    """Return what is measured: (name, what to run)."""

    def page(query: str) -> Run:
        return lambda: _open(client, f"/items{query}")

    middle = (db.session.scalar(sa.select(sa.func.max(Item.id))) or 0) // 2
    topic = db.session.scalar(sa.select(sa.func.min(Topic.id)))
    organisation_id = db.session.get_one(Person, author_id).organisation_id
    stem = db.session.scalar(sa.select(Item.title).where(Item.id == middle)) or ""
    listed: list[tuple[str, Run]] = [
        ("first page", page("")),
        ("page in the middle", page(f"?before={middle}")),
        ("page before", page(f"?after={middle}")),
        *((f"search {word}", page(f"?q={word}")) for word in WORDS),
        ("search 安全, third page", page(f"?q=安全&before={middle}")),
        ("search #number", page(f"?q=%23{middle}")),
        ("search one character", page("?q=火")),
        ("topic and type", page(f"?topic={topic}&kind=single")),
        ("state and share right", page("?status=approved&facility=hard")),
        ("view: expiring", page("?view=expiring")),
        ("view: my drafts", page("?view=drafts")),
        ("search 安全 in a topic", page(f"?q=安全&topic={topic}")),
        ("similar items", lambda: similar.find_similar(organisation_id, stem)),
    ]
    return listed


def _open(client: FlaskClient, address: str) -> None:
    answer = client.get(address, base_url="https://localhost")
    assert answer.status_code == 200, f"{address}: {answer.status_code}"


def _time(app: Flask, name: str, run: Run, rounds: int) -> Timing:
    seen = 0

    def note(*_event: object) -> None:
        nonlocal seen
        seen += 1

    run()  # caches of the process and of the database are warm, as they are on a working day
    sa.event.listen(db.engine, "before_cursor_execute", note)
    taken = []
    for _round in range(rounds):
        seen = 0
        began = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - began))
    sa.event.remove(db.engine, "before_cursor_execute", note)
    taken.sort()
    return Timing(name, statistics.median(taken), taken[int(0.95 * (len(taken) - 1))], seen)


def table(name: str, took: float, number: int, found: Sequence[Timing]) -> str:
    """Return what was measured on a database as lines for people."""
    lines = [f"{name}: {number:,} items, filled and indexed in {took:.1f} s"]
    lines.append(f"{'':<28}{'p50 ms':>9}{'p95 ms':>9}{'statements':>12}")
    lines += [f"{one.name:<28}{one.p50:>9.1f}{one.p95:>9.1f}{one.statements:>12}" for one in found]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
