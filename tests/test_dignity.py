"""Dignity, house-wide: the rules of domain-rules 1.3 on every page, for every role, in every table.

Rooms test their own pages for this as well. Here nobody has to remember: a page, an export, a
column or a message that comes later is met by the same crawl.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.agenda import rules as agenda_rules
from quizapp.agenda import service as agenda
from quizapp.core import clock
from quizapp.core.db import atomic
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.org.models import Membership, Unit
from quizapp.points import service as points
from quizapp.points.models import Entry
from tests.conftest import NOW, rolled_back
from tests.factories import bank, people, published, season
from tests.scene import WHO, Scene, public_id_of, routes, set_scene
from tests.test_canary import load_dice, number_from_one, without_stamps

# One worker opens every page as everybody once, for all tests of this file.
pytestmark = pytest.mark.xdist_group("dignity")

ROOT = Path(__file__).resolve().parent.parent
CANARY = 7919  # a person's points, and nobody else's and no team's
SEEN_CANARY = re.compile(r"7[,. ]?919")
POWERFUL = ("alice", "olga", "avi", "dana")  # who could make others feel what they see
STREAMED = 2  # parts of a stream that are read: it would go on for ever


@dataclass(frozen=True)
class Page:
    """What one request was answered with."""

    who: str
    endpoint: str
    path: str
    status: int
    text: str

    def __str__(self) -> str:
        return f"{self.who} on {self.path}"


def crawl(app: Flask, scene: Scene, crowd: tuple[str, ...] = WHO) -> Iterator[Page]:
    """Open everything that can be opened, as everybody of ``crowd``; files are unpacked."""
    for who, (_method, rule) in itertools.product(crowd, routes(app, "GET")):
        path = scene.address(rule)
        if rule.endpoint.rpartition(".")[2] == "static":
            continue
        with closing(scene.browsers[who].get(path)) as response:
            if response.mimetype == "text/event-stream":
                parts = itertools.islice(response.response, STREAMED)
                text = "".join(part.decode() for part in parts)
            else:
                text = text_in(response.data)
            yield Page(who, rule.endpoint, path, response.status_code, text)


def text_in(data: bytes) -> str:
    """Return what can be read in a page, a sheet, a document, an archive or a PDF.

    Without the properties of a document: they say at which second it was written.
    """
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("docProps/")]
            return "\n".join(text_in(archive.read(name)) for name in names)
    if data.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return data.decode(errors="replace")


@atomic
def give_canary(world: people.World) -> None:
    """Let Bob have more points than anybody can earn, for himself and not for his team."""
    database.session.add(
        Entry(
            beneficiary=points.person_key(world.people["bob"]),
            unit_id=None,
            day=NOW.date(),
            activity="daily_correct",
            quantity=1,
            amount=CANARY,
            rule_version=1,
            source="test:canary",
        )
    )


def team_mates(world: people.World) -> list[int]:
    """Return the six of Bob's and Alice's team who have no part in the scene."""
    cast = set(world.people.values())
    rows = database.session.scalars(
        select(Membership.person_id)
        .where(Membership.unit_id == world.team)
        .order_by(Membership.person_id)
    )
    return [person for person in rows if person not in cast]


@pytest.fixture(scope="module")
def pages(app: Flask) -> list[Page]:
    """Every page as everybody: seven of a team of eight took part, and Bob has the canary."""
    with rolled_back(app), clock.frozen(NOW):
        world = people.world()
        items.load_packs(world.organisation, [bank.pack()])
        items.approve_for_demo(world.organisation)
        scene = set_scene(app, world)
        give_canary(world)
        quiz = scene.values["quiz_id"]
        for person in [*team_mates(world), world.people["alice"]]:
            season.finished_set(people.viewer(person))
            agenda.note_done(person, "quiz", quiz, NOW.date())
        season.settle_boards()
        return list(crawl(app, scene))


# --- 1. Voluntary by default ----------------------------------------------------------------------


def test_rule_1_the_crawl_opens_the_house(pages):
    """A crawl that is turned away at every door would prove nothing."""
    opened = {page.endpoint for page in pages if page.status == 200}
    assert len(opened) > 80
    assert {page.who for page in pages if page.status == 200} == set(WHO)
    assert not [str(page) for page in pages if page.status >= 500]


def test_rule_1_only_what_the_law_asks_is_called_a_must(pages):
    for page in pages:
        is_statutory = page.endpoint.startswith("training.")
        assert is_statutory or not re.search("必须|务必", page.text), page


def assigned(world: people.World, name: str, wish: str) -> str:
    """Let Alice assign a new quiz to her team for the next Thursday and return the task."""
    return agenda.assign(
        people.viewer(world.people["alice"]),
        agenda.Draft(
            kind="quiz",
            subject_id=published.publish(world.organisation, name),
            units=(public_id_of(Unit, world.team),),
            people=(),
            due_on=date(2026, 11, 26),
            wish=wish,
        ),
    )


def test_rule_1_a_task_is_a_wish_unless_a_law_is_named(world):
    with pytest.raises(Refusal):
        assigned(world, "动火作业专题测验", agenda_rules.STATUTORY)


READ_IN = re.compile(r"用时 [\d.]+ 秒")  # how long the server took to read a file


def told_of(app: Flask, took_part: int) -> dict[str, str]:
    """Return all that the powerful are sent in a world where one of six colleagues took part."""
    with rolled_back(app), clock.frozen(NOW), pytest.MonkeyPatch.context() as patch:
        load_dice(patch)
        number_from_one()
        world = people.world()
        items.load_packs(world.organisation, [bank.pack(5)])
        items.approve_for_demo(world.organisation)
        scene = set_scene(app, world)
        person = team_mates(world)[took_part]
        season.finished_set(people.viewer(person))
        agenda.note_done(person, "quiz", scene.values["quiz_id"], NOW.date())
        season.settle_boards()
        return {
            str(page): READ_IN.sub("", without_stamps(page.text))
            for page in crawl(app, scene, POWERFUL)
        }


def test_rule_1_nobody_can_tell_which_colleague_took_part(app):
    """Byte for byte the same for leader, organiser, auditor and administrator, exports included.

    So there is no list of those who did not, whatever it is called.
    """
    one, other = told_of(app, 0), told_of(app, 3)
    assert one.keys() == other.keys()
    assert [place for place, text in one.items() if text != other[place]] == []


# --- 2. No dwell time -----------------------------------------------------------------------------

DWELL = re.compile(
    r"dwell|elapsed|duration|spent|online|seconds|minutes|time_on|visit|page_?view|click"
    r"|last_(seen|login|active|sign)|login_?count|check_?in|sign_?in_(days|count)|streak"
)
NOT_DWELL = {
    "accounts_session.last_seen_at": "",
    "boards_display.last_seen_at": "a television, for its remote list",
    "items_topic.minutes": "",
    "mastery_card.last_seen_on": "when an item was last met, for the memory model",
    "mastery_card.streak": "right answers in a row to one item, for the memory model",
    "quizzes_attempt.credited_seconds": "what an outage took, given back",
    "quizzes_attempt.grace_seconds": "a setting, fixed when the attempt began",
    "quizzes_blueprint.grace_seconds": "a setting",
    "quizzes_blueprint.limit_seconds": "a setting",
    "quizzes_credit.seconds": "what an outage took, given back",
}


def test_rule_2_no_column_holds_how_long_somebody_stayed():
    named = {
        f"{table.name}.{column.name}"
        for table in database.metadata.sorted_tables
        for column in table.columns
        if DWELL.search(column.name)
    }
    assert named <= NOT_DWELL.keys(), "no dwell time, no check-ins: " + ", ".join(
        sorted(named - NOT_DWELL.keys())
    )


def test_rule_2_when_an_answer_came_is_forgotten(app):
    """``received_at`` may be empty: it is emptied once a set is final, after seven days."""
    column = database.metadata.tables["quizzes_response"].columns["received_at"]
    assert column.nullable


def test_rule_2_no_script_measures_how_long_a_page_is_open():
    for script in sorted((ROOT / "static").rglob("*.js")):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"sendBeacon|IdleDetector|geolocation", text), script.name


# --- 4. No individual leaderboard -----------------------------------------------------------------


def test_rule_4_a_persons_points_are_shown_to_that_person_alone(pages):
    seen = [page for page in pages if SEEN_CANARY.search(page.text)]
    assert {page.who for page in seen} == {"bob"}, [str(page) for page in seen]
    assert {page.endpoint for page in seen} <= OWN_PAGES


OWN_PAGES = {"home.me", "home.ledger", "home.today", "home.consent"}


def test_rule_4_no_address_promises_a_list_of_people_by_points(app):
    names = re.compile(r"rank(ing)?s?/people|people/rank|top.?people|best.?(person|learner)")
    assert not [rule.rule for _method, rule in routes(app) if names.search(rule.rule)]


# --- 6. No rate of participation ------------------------------------------------------------------

SHARE = re.compile(
    r"(?<![\d./-])(?:[71]\s*[/／]\s*8(?![\d/-])|(?:87\.5|88|12\.5|13)\s*[%％]|8\s*人中\D{0,3}[71]\s*人)"
)
RATE = re.compile(r"参与率|完成率|到课率|覆盖率|participation rate|completion rate", re.IGNORECASE)


def test_rule_6_no_page_says_what_share_of_a_team_took_part(pages):
    """Seven of eight did; no page, sheet or stream says 7/8, 87.5 % or 88 %, or who one is."""
    for page in pages:
        found = SHARE.search(visible(page.text)) or RATE.search(page.text)
        assert not found, f"{page}: {found[0]}"


def visible(text: str) -> str:
    """Return a page without its tags and scripts, where numbers may be anything."""
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", text)
    return re.sub(r"<[^>]+>", " ", text)


def test_rule_6_no_table_keeps_a_rate():
    named = re.compile(r"particip|_rate$|^rate_|coverage|turnout|absentee|laggard|non_?part")
    assert not [
        f"{table.name}.{column.name}"
        for table in database.metadata.sorted_tables
        for column in table.columns
        if named.search(column.name) or named.search(table.name)
    ]


# --- 11. A budget of reminders --------------------------------------------------------------------


def test_rule_11_nothing_is_pushed_to_anybody():
    """Tasks wait on the page of the day. A channel that is added needs a budget and a test."""
    push = re.compile(
        r"smtplib|sendmail|pushManager|Notification\.requestPermission|webpush|\bsms\b",
        re.IGNORECASE,
    )
    sources = [*(ROOT / "quizapp").rglob("*.py"), *(ROOT / "static").rglob("*.js")]
    assert not [path.name for path in sources if push.search(path.read_text(encoding="utf-8"))]


def test_rule_11_a_week_has_room_for_two_tasks_and_the_server_counts(world):
    for number in range(agenda_rules.WEEK_LIMIT):
        assigned(world, f"测验{number}", agenda_rules.RECOMMENDED)
    with pytest.raises(agenda.TooMuch):
        assigned(world, "又一个测验", agenda_rules.RECOMMENDED)


def test_rule_11_putting_a_task_aside_costs_no_points(world):
    bob = people.viewer(world.people["bob"])
    season.finished_set(bob)
    before = database.session.scalar(select(func.sum(Entry.amount)))
    task = assigned(world, "测验", agenda_rules.VOLUNTARY)
    agenda.put_aside(bob, task, is_aside=True)
    assert database.session.scalar(select(func.sum(Entry.amount))) == before


# --- 15. Walls ------------------------------------------------------------------------------------

BODY_PX = 48  # at 1080 lines


def test_rule_15_a_wall_says_nothing_about_people(app, pages):
    """Nobody consented to stand there, so no name and no number of anybody is sent to a display."""
    walls = [
        page
        for page in pages
        if page.who == "display" and page.endpoint.startswith("boards.") and page.status == 200
    ]
    assert len(walls) >= 3
    names = ("Alice", "Bob", "Dana", "Olga", "Tess", "Avi", "同事")
    numbers = re.compile(r"\b(1001|1002|1003|1101|20\d\d(?!-))\b")
    for page in walls:
        shown = visible(page.text)
        assert not [name for name in names if name in shown], page
        assert not [n for n in numbers.findall(shown) if not n.startswith("202")], page


def test_rule_15_rows_of_a_wall_can_be_read_from_eight_metres():
    """The row of a board is sized in hundredths of the height: at 1080 lines at least 48 px."""
    css = (ROOT / "static/boards/tv.css").read_text(encoding="utf-8")
    row = re.search(r"--row:\s*calc\(var\(--u\) \* ([\d.]+)\)", css)
    assert row, "say in --row how large the rows of a wall are"
    assert float(row[1]) * 10.8 >= BODY_PX
    second = re.search(r"--second:\s*calc\(var\(--u\) \* ([\d.]+)\)", css)
    assert second
    assert float(second[1]) * 10.8 >= BODY_PX
