"""Decisions about displays: what is on the wall when, how a display is, whose turn it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

import pytest

from quizapp.boards import rules

NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    """Return a moment by the wall clock."""
    return datetime(2026, 11, 18, hour, minute)  # noqa: DTZ001 - the local clock


def test_a_sequence_of_pages_is_stored_and_read():
    pages = (("honours", 20), ("board", 12))
    assert rules.read_pages(rules.write_pages(pages)) == pages


def test_every_page_fits_in_the_column():
    assert len(rules.write_pages((page, 60) for page in rules.PAGES)) <= 120


@pytest.mark.parametrize(
    "pages",
    [
        (),
        (("board", 12), ("board", 12)),
        (("people", 12),),
        (("board", 5),),
        (("board", 61),),
    ],
)
def test_sequences_that_cannot_be_are_refused(pages):
    with pytest.raises(ValueError, match=r".*"):
        rules.write_pages(pages)


@pytest.mark.parametrize(
    ("awake", "bright", "dark"),
    [
        ("06:30-20:30", [at(6, 30), at(20, 29)], [at(6, 29), at(20, 30), at(0)]),
        ("22:00-06:00", [at(22), at(0), at(5, 59)], [at(6), at(21, 59)]),
        ("", [at(0), at(12)], []),
    ],
)
def test_a_display_is_bright_in_its_hours(awake, bright, dark):
    assert all(rules.is_awake(awake, wall) for wall in bright)
    assert not any(rules.is_awake(awake, wall) for wall in dark)


@pytest.mark.parametrize("text", ["soon", "06:00", "08:00-08:00", "25:00-26:00"])
def test_hours_on_the_wall_that_cannot_be_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        rules.read_awake(text)


def test_hours_on_the_wall_are_read_as_people_write_them():
    assert rules.read_awake(" 6:30～20:30 ".replace("～", "–")) == (time(6, 30), time(20, 30))


@pytest.mark.parametrize(
    ("seen_ago", "is_awake", "state"),
    [
        (timedelta(seconds=20), True, rules.ONLINE),
        (timedelta(minutes=32), True, rules.STALE),
        (timedelta(days=3), True, rules.LOST),
        (None, True, rules.LOST),
        (timedelta(seconds=20), False, rules.ASLEEP),
        (timedelta(hours=9), False, rules.ASLEEP),
        (timedelta(days=4), False, rules.LOST),
    ],
)
def test_how_a_display_is(seen_ago, is_awake, state):
    seen = NOW - seen_ago if seen_ago is not None else None
    assert rules.state_of(seen, NOW, is_awake=is_awake, is_revoked=False) == state
    assert rules.state_of(seen, NOW, is_awake=is_awake, is_revoked=True) == rules.UNPAIRED


@pytest.mark.parametrize("number", [0, 1, 3, 4, 7, 11])
def test_each_citation_gets_its_day(number):
    listed = list(range(number))
    days = [rules.turn_of(listed, date(2026, 11, 1) + timedelta(days=n), 3) for n in range(12)]
    assert set(chain(*days)) == set(listed)
    assert all(len(set(shown)) == len(shown) == min(3, number) for shown in days)


@pytest.mark.parametrize(
    ("consent", "decisions"),
    [
        (rules.ASKED, {"agree", "decline"}),
        (rules.AGREED, {"withdraw"}),
        (rules.DECLINED, {"agree"}),
        (rules.WITHDRAWN, {"agree"}),
    ],
)
def test_a_mind_can_be_changed_at_any_time(consent, decisions):
    known = {*rules.DECISIONS, "anything"}
    assert {one for one in known if rules.may_decide(consent, one)} == decisions


@pytest.mark.parametrize("link", ["/", "/training", "/quizzes/abc?x=1"])
def test_a_wall_leads_to_pages_of_this_site(link):
    assert rules.is_own_path(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "//evil",
        "/\\evil",
        "http://evil.example",
        "javascript:1",
        "/a b",
        "/a\nb",
        "/" + "a" * 200,
    ],
)
def test_a_wall_leads_nowhere_else(link):
    assert not rules.is_own_path(link)


@pytest.mark.parametrize("text", ["a\nb", "a\u202eb", "a\u200bb", "\x00"])
def test_signs_that_no_wall_shows_are_noticed(text):
    assert rules.has_hidden_signs(text)
    assert not rules.has_hidden_signs("带出 3 名持证焊工，整理图册 46 页（全）·“好”")
