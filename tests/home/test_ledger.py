"""One's own ledger: lines with reasons and references, what limits leave, what to choose."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.home import service
from quizapp.points import service as points
from tests.conftest import NOW
from tests.factories import people
from tests.points.test_by_hand import WHY, earned
from tests.points.test_service import MONDAY, WEDNESDAY


@pytest.fixture
def bob(world):
    """Bob, as services meet him."""
    return people.viewer(world.people["bob"])


def test_the_day_and_the_week_say_what_is_left(world, bob):
    earned(world, 5, day=MONDAY)
    earned(world, 4)
    page = service.get_ledger(bob)
    assert (page.day.points, page.day.limit, page.day.left) == (4, 12, 8)
    assert (page.week.points, page.week.limit, page.week.left) == (9, 40, 31)


def test_what_is_left_is_said_in_words(world, as_person):
    earned(world, 4)
    page = as_person("bob").get("/me/points").text
    assert "还可得 8 分" in page
    assert "还可得 36 分" in page


def test_every_line_has_its_reference_and_its_reason(world, as_person):
    ref = earned(world, 5)
    capped = earned(world, 2, source="more")
    rapid = earned(world, 1, activity="daily_finished", note="rapid")
    page = as_person("bob").get("/me/points").text
    for shown in (ref, capped, rapid, "已到每日或每周上限", "答得很快，不计分"):
        assert shown in page


def test_without_points_the_page_says_so(db, world, as_person):
    db.session.get_one(Person, world.people["bob"]).consent = "declined"
    db.session.commit()
    earned(world, 3)
    page = as_person("bob").get("/me/points").text
    assert "不计积分参与" in page
    assert "还可得" not in page


def test_a_correction_stands_beside_its_line(world, bob, as_person):
    ref = earned(world, 3, day=MONDAY)
    earned(world, 1, activity="daily_finished")
    dana = people.viewer(world.people["dana"])
    points.correct_by_hand(dana, ref, amount=1, note=WHY)
    newest, corrected = service.get_ledger(bob).entries
    assert newest.changes == ()
    assert (corrected.amount, corrected.total, corrected.reference) == (3, 1, ref)
    assert [(one.amount, one.note) for one in corrected.changes] == [(-2, WHY)]
    page = as_person("bob").get("/me/points").text
    assert "−2" in page
    assert WHY in page
    assert dana.name not in page, "who corrected is for the desk"


def test_lines_can_be_chosen_by_month_and_activity(world, bob):
    earned(world, 3, day=WEDNESDAY - timedelta(days=20))
    earned(world, 3)
    earned(world, 1, activity="daily_finished")
    page = service.get_ledger(bob)
    assert [key for key, _first in page.months] == ["2026-11", "2026-10"]
    assert len(service.get_ledger(bob, month="2026-10").entries) == 1
    assert len(service.get_ledger(bob, month="2026-11").entries) == 2
    chosen = service.get_ledger(bob, month="2026-11", activity="daily_finished")
    assert (len(chosen.entries), chosen.activity, chosen.month) == (
        1,
        "daily_finished",
        "2026-11",
    )


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=x", "activity=x", "month=1999-01&activity=%00", "before=x"]
)
def test_nonsense_counts_as_no_choice(world, as_person, query):
    ref = earned(world, 3)
    page = as_person("bob").get(f"/me/points?{query}")
    assert page.status_code == 200
    assert ref in page.text


def test_a_choice_without_lines_leads_back_to_all(world, as_person):
    earned(world, 3)
    page = as_person("bob").get("/me/points?activity=report_accepted").text
    assert "这里没有明细" in page
    assert 'href="/me/points"' in page


def test_pages_keep_the_choice_and_show_every_line_once(world, bob, as_person):
    for n in range(service.LEDGER_PAGE + 5):
        earned(world, 1, day=WEDNESDAY, source=f"many:{n}")
    first = service.get_ledger(bob, activity="daily_correct")
    second = service.get_ledger(bob, first.older_than, activity="daily_correct")
    seen = [line.reference for line in (*first.entries, *second.entries)]
    assert len(set(seen)) == len(seen) == service.LEDGER_PAGE + 5
    page = as_person("bob").get("/me/points?activity=daily_correct").text
    assert f"before={first.older_than}&amp;activity=daily_correct" in page


def test_the_ledger_takes_the_same_statements_however_long(world, bob, count_statements):
    earned(world, 1)
    service.get_ledger(bob)
    with count_statements() as few:
        service.get_ledger(bob)
    dana = people.viewer(world.people["dana"])
    for n in range(20):
        ref = earned(world, 1, source=f"many:{n}", day=WEDNESDAY - timedelta(days=n))
        if n % 2:
            points.correct_by_hand(dana, ref, amount=0, note=WHY)
    with count_statements() as many:
        assert len(service.get_ledger(bob).entries) == 21
    assert len(many) == len(few) <= 6


def test_a_notice_stays_until_it_was_read(world, bob):
    ref = earned(world, 3)
    points.correct_by_hand(people.viewer(world.people["dana"]), ref, amount=1, note=WHY)
    with clock.frozen(NOW + timedelta(days=40)):
        assert [one.amount for one in service.get_today(bob).corrected] == [-2]
    points.see_corrections(bob, service.get_me(bob).corrected[-1].id)
    assert service.get_me(bob).corrected == []


def test_an_unread_notice_costs_today_one_statement(world, bob, count_statements):
    with count_statements() as seen:
        points.list_notices(bob)
    assert len(seen) == 1
