"""Days, names and kinds of units."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from quizapp.org import rules

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 11, 21, 21, 59, tzinfo=UTC), date(2026, 11, 21)),  # 05:59 in Shanghai
        (datetime(2026, 11, 21, 22, 0, tzinfo=UTC), date(2026, 11, 22)),  # 06:00
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), date(2026, 11, 22)),  # 23:59
        (datetime(2026, 11, 22, 16, 1, tzinfo=UTC), date(2026, 11, 22)),  # 00:01, still that day
    ],
)
def test_the_learning_day_runs_from_six_to_six(utc, day):
    assert rules.learning_day(utc, SHANGHAI) == day


def test_a_day_closes_when_the_next_one_opens():
    assert rules.day_closes_at(date(2026, 11, 22), SHANGHAI) == rules.day_opens_at(
        date(2026, 11, 23), SHANGHAI
    )


def test_a_learning_day_survives_the_change_to_summer_time():
    opens = rules.day_opens_at(date(2026, 3, 29), "Europe/Berlin").astimezone(UTC)
    closes = rules.day_closes_at(date(2026, 3, 28), "Europe/Berlin").astimezone(UTC)
    assert opens == closes == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22)])
def test_a_week_begins_on_monday(day):
    assert rules.week_of(day) == (date(2026, 11, 16), date(2026, 11, 23))


@pytest.mark.parametrize("typed", ["a100482", "Ａ１００４８２", " A 100482 ", "A100482"])
def test_look_alike_numbers_are_one_number(typed):
    assert rules.normal_number(typed) == "a100482"


def test_a_name_keeps_its_letters_and_loses_its_line_breaks():
    assert rules.normal_name("  张\n海涛\t（大） ") == "张海涛（大）"


def test_a_team_lies_below_a_workshop_and_never_the_other_way_round():
    assert rules.may_contain(rules.WORKSHOP, rules.TEAM)
    assert not rules.may_contain(rules.TEAM, rules.WORKSHOP)
    assert not rules.may_contain(rules.TEAM, rules.TEAM)


def test_only_real_time_zones_count():
    assert rules.is_time_zone(SHANGHAI)
    assert not rules.is_time_zone("Asia/Nowhere")


@pytest.mark.parametrize(
    ("starts", "ends", "shared"),
    [
        (date(2026, 11, 1), None, (date(2026, 11, 10), date(2026, 11, 20))),
        (date(2026, 11, 12), date(2026, 11, 15), (date(2026, 11, 12), date(2026, 11, 15))),
        (date(2026, 11, 1), date(2026, 11, 10), None),
        (date(2026, 11, 20), None, None),
    ],
)
def test_days_two_stretches_share(starts, ends, shared):
    window = date(2026, 11, 10), date(2026, 11, 20)
    assert rules.overlap(starts, ends, *window) == shared
