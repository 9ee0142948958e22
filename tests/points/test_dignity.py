"""What points never do (domain-rules 1.3, numbers 3, 9 and 12), held by looking at everything.

3: nothing for signing in, and no counter that breaks. 9: nobody but the person gets their points,
on no page, in no file, at no address. 12: a season has at most 13 weeks.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint
from werkzeug.test import TestResponse

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.points import rules, service
from quizapp.points.models import Entry
from tests.conftest import NOW, rolled_back, settled_world
from tests.savepoints import undone
from tests.scene import WHO, Scene, form_for, routes, set_scene

ROOT = Path(__file__).resolve().parents[2]
# A counter in a row of days, or points for being there. Right answers in a row are about a
# question, not about a person's days, and break nothing: a card goes on where it stands.
OF_SIGNING_IN = re.compile(r"sign_?in|log_?in|check_?in|attend|visit|daily_open|online|dwell")
OF_STREAKS = re.compile(r"streak|in_a_row|consecutive|unbroken")
IN_WORDS = re.compile(r"连续(?!休息)[^。，]{0,6}[天日周月]|连胜|打卡|签到|签到积分|全勤|在线时长")
MASTERY_OF_A_QUESTION = {"mastery_card.streak"}


# --- 3 ------------------------------------------------------------------------------------------


def test_no_rule_pays_for_signing_in():
    assert not [name for name in rules.ACTIVITIES if OF_SIGNING_IN.search(name)]
    assert not [
        rule.activity
        for known in rules.RULE_SETS
        for rule in known.rules
        if OF_SIGNING_IN.search(rule.activity) or OF_STREAKS.search(rule.activity)
    ]
    draft = rules.RuleSet(9, date(2027, 1, 1), (rules.Rule("sign_in", 1, 1),), 12, 40)
    assert rules.problems_of(draft) == {"sign_in.points": "unknown"}


def test_no_column_counts_days_in_a_row(app):
    with app.app_context():
        found = {
            f"{table.name}.{column.name}"
            for table in database.metadata.sorted_tables
            for column in table.columns
            if OF_STREAKS.search(column.name)
        }
    assert found == MASTERY_OF_A_QUESTION


def test_no_sentence_speaks_of_signing_in_day_by_day():
    said = {
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "quizapp/translations").rglob("*.po")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("msgstr") and IN_WORDS.search(line)
    }
    assert said == set()


def test_no_template_draws_a_streak():
    drawn = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(r"streak_days|day_streak|check_in_streak", path.read_text(encoding="utf-8"))
    ]
    assert drawn == []


def test_a_week_off_takes_no_active_week_away(db, world):
    bob = world.people["bob"]
    days = [NOW.date() - timedelta(weeks=n) for n in (0, 1, 3, 4)]  # a week off in between
    for n, day in enumerate(days):
        db.session.add(_entry(f"u:{bob}", n, day=day, amount=1))
    db.session.commit()
    assert service.active_weeks(bob, days[-1], days[0]) == 4


# --- 9 ------------------------------------------------------------------------------------------

# One worker walks everything once, for all tests of this file.
pytestmark = pytest.mark.xdist_group("dignity")

WITH_DESKS = ("alice", "tess", "dana")
SUMS = (83_117, 83_118)  # of Bob: numbers that stand nowhere else


def _entry(beneficiary: str, number: int, *, day: date, amount: int, **more: object) -> Entry:
    return Entry(
        beneficiary=beneficiary,
        day=day,
        activity="daily_correct",
        quantity=1,
        amount=amount,
        rule_version=1,
        source=f"canary:{number}",
        **more,
    )


@pytest.fixture(scope="module")
def crawled(app: Flask) -> Iterator[tuple[Scene, list[tuple[str, str]]]]:
    """Everything that is sent to anybody in a company where Bob has points to be recognised.

    They count for no team: what is found of them is a person's, not a sum of his team.
    """
    with rolled_back(app), clock.frozen(NOW):
        scene = set_scene(app, settled_world())
        bob = f"u:{scene.world.people['bob']}"
        for number, (amount, days_ago) in enumerate(((SUMS[0], 0), (1, 1))):
            day = NOW.date() - timedelta(days=days_ago)
            database.session.add(_entry(bob, number, day=day, amount=amount))
        database.session.commit()
        yield scene, list(_everything(app, scene))


def _everything(app: Flask, scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield (who, all that is sent): every page as everybody, and what desks are posted."""
    for who in WHO:
        for method, rule in routes(app):
            if rule.endpoint == "core.static_file" or (method == "POST" and who not in WITH_DESKS):
                continue
            with undone():
                browser, path = scene.visitor(who), scene.address(rule)
                form = form_for(scene, method, rule)
                sent = browser.post(path, form) if method == "POST" else browser.get(path)
                with contextlib.closing(sent):
                    yield f"{who} on {method} {path}", _text_of(sent)


def _text_of(sent: TestResponse) -> str:
    """Return what was sent as text, files unpacked; of a stream only what comes at once."""
    if sent.mimetype == "text/event-stream":
        return b"".join(itertools.islice(sent.response, 2)).decode()
    data = sent.data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(
                packed.read(name).decode(errors="replace") for name in packed.namelist()
            )
    return data.decode(errors="replace")


def _shows(text: str) -> bool:
    bare = text.replace(",", "")
    return any(str(number) in bare for number in SUMS)


def test_a_persons_points_reach_nobody_else(crawled):
    _scene, sent = crawled
    assert [place for place, text in sent if _shows(text) and not place.startswith("bob ")] == []


def test_the_person_has_them(crawled):
    """Or the crawl would find nothing whoever looked."""
    _scene, sent = crawled
    places = [place for place, text in sent if place.startswith("bob ") and _shows(text)]
    assert "bob on GET /me" in places
    assert "bob on GET /me/points" in places


def test_a_reference_is_shown_to_its_owner_and_to_whom_it_was_handed(crawled):
    scene, sent = crawled
    reference = scene.values["reference"]
    places = {place for place, text in sent if reference in text}
    assert "bob on GET /me/points" in places
    # The desk says back what was typed; what it says of the line is in ``test_desk``.
    others = {place for place in places if not place.startswith("bob ")}
    assert [place for place in others if "/team/rules/corrections" not in place] == []


def test_no_address_names_a_person_and_their_points(app):
    """Not even one that is closed: a person's points have no address but ``/me``."""
    found = [
        rule.rule
        for _method, rule in routes(app)
        if {"person_id", "user_id"} & rule.arguments
        and re.search(r"point|ledger|score|rank|badge", rule.rule)
    ]
    assert found == []


# --- 12 -----------------------------------------------------------------------------------------


def test_a_season_is_thirteen_weeks_at_most(db, world):
    first = date(2027, 1, 1)
    last = first + timedelta(weeks=13) - timedelta(days=1)
    service.set_season(None, world.organisation, name="季", starts_on=first, ends_on=last)
    with pytest.raises(Refusal, match="13"):
        service.set_season(
            None,
            world.organisation,
            name="太长",
            starts_on=last + timedelta(days=1),
            ends_on=last + timedelta(weeks=13, days=1),
        )


def test_the_database_knows_the_order_of_a_seasons_days(app):
    from quizapp.points.models import Season

    checks = [c for c in Season.__table__.constraints if isinstance(c, CheckConstraint)]
    assert any("ends_on >= starts_on" in str(check.sqltext) for check in checks)
