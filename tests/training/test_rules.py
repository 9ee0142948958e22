"""Validity, the re-training window, codes and masked names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.training import rules


@pytest.mark.parametrize(
    ("passed_on", "months", "until"),
    [
        (date(2026, 11, 18), 12, date(2027, 11, 17)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2026, 12, 15), 36, date(2029, 12, 14)),
    ],
)
def test_a_certificate_is_valid_up_to_the_day_before(passed_on, months, until):
    assert rules.last_day(passed_on, months) == until


def test_without_months_there_is_no_end_and_no_window():
    assert rules.last_day(date(2026, 11, 18), None) is None
    assert rules.due_from(date(2026, 11, 18), None, 60) is None
    assert rules.standing(None, None, date(2099, 1, 1)) == rules.VALID


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 120), st.integers(0, 180))
def test_windows_lie_inside_of_the_validity(passed_on, months, window):
    until = rules.last_day(passed_on, months)
    due = rules.due_from(passed_on, until, window)
    assert passed_on < due
    assert due <= until
    assert rules.standing(until, due, passed_on) == rules.VALID
    assert rules.standing(until, due, until + timedelta(days=1)) == rules.EXPIRED


def test_the_states_follow_each_other_on_the_days_they_say():
    until, due = date(2027, 11, 17), date(2027, 9, 18)
    assert rules.due_from(date(2026, 11, 18), until, 60) == due
    states = {
        date(2027, 9, 17): rules.VALID,
        due: rules.DUE,
        until: rules.DUE,
        date(2027, 11, 18): rules.EXPIRED,
    }
    assert {day: rules.standing(until, due, day) for day in states} == states
    assert [rules.is_asked(state) for state in rules.STANDINGS] == [False, True, True, True]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张海涛", "张*涛"),
        ("张伟", "张*"),
        ("欧阳娜娜", "欧**娜"),
        ("Alexander", "A***r"),
        ("", "*"),
        ("张", "*"),
    ],
)
def test_a_masked_name_says_little(name, shown):
    assert rules.masked(name) == shown


def test_check_codes_are_long_and_survive_being_typed():
    codes = {rules.new_code() for _place in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert rules.is_code(code)
        assert rules.normal_code(f" {rules.grouped(code).lower()} ") == code
    assert not rules.is_code("ACDEF")
    assert not rules.is_code("O" * rules.CODE_LENGTH)


def test_numbers_begin_with_the_day():
    assert rules.new_number(date(2026, 11, 18)).startswith("20261118-")
