"""Comparing free text: what people type differently and mean alike, and what they do not."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.numerals import arabic_in
from question_bank.text import MAX_TEXT, decimal_text, fold, is_alike, read_number

ALIKE = [
    ("１２０", "120"),
    ("一百二十", "120"),
    ("一百二", "120"),
    ("壹佰贰拾", "120"),
    ("两千零五", "2005"),
    ("二〇二六年", "2026年"),
    ("一九四九", "1949"),
    ("零零七", "007"),
    ("十五", "15"),
    ("三万五", "35000"),
    ("3万5千", "35000"),
    ("3万", "30000"),
    ("1.5亿", "150000000"),
    ("一亿零三万", "100030000"),
    ("三万亿", "3000000000000"),
    ("百万", "1000000"),
    ("三点五零", "3.50"),
    ("负二", "-2"),
    ("百分之五", "5%"),
    ("百分之百", "100％"),
    ("千分之三", "3‰"),
    ("三分之二", "2/3"),
    ("第五十五条", "第55条"),
    ("1,000", "1000"),
    ("Ａ班", "a 班"),
    ("使用 pH 试纸", "使用PH试纸"),
    ("fire  door", "Fire door"),
    ("（防火门）。", "防火门"),
    ("“安全第一”", "安全第一"),
    ("−1", "-1"),
    ("\u200b灭火\u200b", "灭火"),
    (" ．5", ".5"),
    ("。", "。"),
    ("m²", "m2"),
]
DIFFERENT = [
    ("001", "1"),
    ("-1", "1"),
    ("+86", "86"),
    ("1,2,3", "123"),
    ("5%", "5"),
    ("C++", "C"),
    ("3.5", "35"),
    ("二十三四", "234"),
    ("三两", "32"),
    ("百千", "1000"),
    ("五九分之一", "1/59x"),
    ("防火门", "防火窗"),
    ("", "0"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one, other):
    assert is_alike(one, other)
    assert is_alike(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one, other):
    assert not is_alike(one, other)


@pytest.mark.parametrize(
    ("given_text", "accepted", "expected"),
    [
        ("Ａ", "A", False),
        ("a", "A", False),
        (" A\u3000", "A", True),
        ("一", "1", False),
        ("A。", "A", False),
    ],
)
def test_exact_leaves_only_spaces_around_out_of_account(given_text, accepted, expected):
    assert is_alike(given_text, accepted, is_exact=True) is expected


@settings(max_examples=50)
@given(st.text(st.sampled_from("一二十百千万亿零两点负分之aA１ .,，。-+%５0/ \u3000"), max_size=30))
def test_folding_what_was_folded_changes_what_is_alike_no_more(text):
    assert is_alike(text, text)
    assert fold(text) == fold(text + "\u3000") == fold("\u200b" + text)


@pytest.mark.parametrize(
    "hostile",
    ["一" * 5000, "1" * 5000 + "x", "百分之" * 2000, "1,234" * 2000, "负点" * 2500, "( " * 2500],
)
def test_no_text_takes_long(hostile):
    started = time.perf_counter()
    fold(hostile)
    read_number(hostile)
    arabic_in(hostile)
    assert time.perf_counter() - started < 0.5


def test_only_so_much_of_a_text_is_compared():
    assert is_alike("长" * MAX_TEXT + "短", "长" * MAX_TEXT)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("8", "", "8"),
        (" ８．５ ", "", "8.5"),
        ("+8", "", "8"),
        ("−0.5", "", "-0.5"),
        (".5", "", "0.5"),
        ("1,000", "", "1000"),
        ("-12,345.6", "", "-12345.6"),
        ("3,5", "", "3.5"),
        ("0,125", "", "0.125"),
        ("1234,567", "", "1234.567"),
        ("1.234.567,5", "", "1234567.5"),
        ("1.5e3", "", "1500"),
        ("1.5×10^3", "", "1500"),
        ("三点五", "", "3.5"),
        ("一百二十", "", "120"),
        ("3万", "", "30000"),
        ("5%", "", "0.05"),
        ("5 ‰", "", "0.005"),
        ("5%", "%", "5"),
        ("8 kN", "kN", "8"),
        ("三米。", "米。", "3"),
        ("8。", "", "8"),
        ("八千牛", "牛", "8000"),
        ("8 kn", "kN", None),
        ("8 mW", "MW", None),
        ("8 米", "", None),
        ("", "", None),
        ("--1", "", None),
        ("1.2.3", "", None),
        ("1,2,3", "", None),
        ("1e99", "", None),
        ("٣", "", None),
        ("NaN", "", None),
        ("Infinity", "", None),
        ("2/3", "", None),
        ("9" * 65, "", None),
    ],
)
def test_reading_a_number(text, unit, number):
    assert read_number(text, unit) == (None if number is None else Decimal(number))


@settings(max_examples=50)
@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_number_comes_back_from_its_digits(number):
    assert read_number(decimal_text(number)) == number
    assert read_number(f"{number:,}") == number
    assert "E" not in decimal_text(number * 10**9)
