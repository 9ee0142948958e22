"""The pack format: what it reads, how it refuses, and that writing loses nothing."""

import re
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats import problems
from question_bank.formats.pack import (
    Pack,
    PackItem,
    PackSource,
    answers,
    document,
    exchange,
    read,
    reading,
    write,
)
from question_bank.formats.pack.fields import ITEM_FIELDS, PACK_FIELDS, SOURCE_FIELDS
from question_bank.formats.problems import RULES, Problem, Where, in_english, problem
from question_bank.items import KINDS, Choice, Media, TrueFalse, building
from question_bank.items.draft import Accepted, Criterion, DraftBlank, DraftOption, Span
from question_bank.items.options import identify
from tests.question_bank.samples import DRAFTS, ITEMS, drafts

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "pack-format.md"

HEAD = """\
format = "zhixing-pack/1"
theme = "safety"
title = "安全生产"
language = "zh-CN"
licence = "Apache-2.0"
author = "知行题库组"

[sources.law]
title = "中华人民共和国安全生产法"
short = "安全生产法"
edition = "2021年修正"
url = "https://flk.npc.gov.cn/"
articles = 119
"""
HEAD_LINES = HEAD.count("\n")

FIELDS = {
    "id": '"safety-001"',
    "type": '"single"',
    "topic": '"紧急撤离"',
    "difficulty": '"easy"',
    "stem": '"吊索断股，先做什么？"',
    "options": '["继续", "撤离", "拍照", "等候"]',
    "key": '"B"',
    "explanation": '"可以先撤离。"',
    "source": '"law"',
    "clause": '"第五十五条"',
    "verified_on": "2026-11-22",
    "valid_until": "2028-10-31",
    "workplace": '"你会在什么时候撤离？"',
}
TRUE_FALSE = {"type": '"true_false"', "key": "true", "options": None}


def item(**changes):
    """Return the text of an item; a change of None leaves the field out."""
    fields = {name: value for name, value in (FIELDS | changes).items() if value is not None}
    return "[[item]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items())


def pack(*items, head=HEAD):
    return head + "".join(items or [item()])


def head_with(**changes):
    lines = [
        f"{name} = {changes.pop(name)}" if (name := line.split(" = ")[0]) in changes else line
        for line in HEAD.splitlines()
    ]
    assert not changes
    return "\n".join(line for line in lines if not line.endswith("= None")) + "\n"


def reported(text):
    """Return the problems of a text as (code, params) pairs."""
    return [(found.code, found.params) for found in read(text).problems]


def test_a_whole_pack_is_read():
    result = read(pack(item(), item(id='"safety-002"', **TRUE_FALSE)))
    assert result.problems == []
    law = PackSource(
        "law",
        "中华人民共和国安全生产法",
        "安全生产法",
        "2021年修正",
        "https://flk.npc.gov.cn/",
        119,
    )
    assert result.pack.sources == (law,)
    assert (result.pack.theme, result.pack.title) == ("safety", "安全生产")
    assert (result.pack.language, result.pack.licence) == ("zh-CN", "Apache-2.0")
    assert result.pack.author == "知行题库组"
    first, second = result.pack.items
    options = identify("safety-001", ["继续", "撤离", "拍照", "等候"])
    assert first == PackItem(
        uid="safety-001",
        item=Choice(
            "single",
            "吊索断股，先做什么？",
            options,
            frozenset({options[1].id}),
            "可以先撤离。",
        ),
        topic="紧急撤离",
        difficulty="easy",
        source=law,
        clause="第五十五条",
        verified_on=date(2026, 11, 22),
        valid_until=date(2028, 10, 31),
        workplace="你会在什么时候撤离？",
    )
    assert first.payload == first.item.to_payload()
    assert second.item == TrueFalse("吊索断股，先做什么？", True, "可以先撤离。")
    assert (first.line, second.line) == (HEAD_LINES + 1, HEAD_LINES + 15)


def test_options_may_be_fixed_and_credit_partial():
    text = pack(item(type='"multiple"', key='"ABD"', fixed="true", scoring='"partial"'))
    (packed,) = read(text).pack.items
    assert packed.item.is_fixed
    assert packed.item.scoring == "partial"
    assert {o.text for o in packed.item.options if o.id in packed.item.key} == {
        "继续",
        "撤离",
        "等候",
    }


def test_another_key_changes_no_option_id():
    ids = [
        tuple(o.id for o in read(pack(item(key=key))).pack.items[0].item.options)
        for key in ('"A"', '"B"', '"C"', '"D"')
    ]
    assert len(set(ids)) == 1


@pytest.mark.parametrize(
    "source",
    [
        pack().encode("utf-8"),
        pack().encode("utf-8-sig"),
        "\ufeff" + pack(),
        pack().replace("\n", "\r\n"),
        pack().replace("\n", "\r\n").encode("utf-8-sig"),
    ],
)
def test_byte_order_marks_and_windows_line_ends_make_no_difference(source):
    assert read(source) == read(pack())
    assert read(source).pack.items[0].line == HEAD_LINES + 1


@pytest.mark.parametrize(
    ("source", "offset"),
    [
        (pack().encode("gb18030"), 52),
        (pack().encode("utf-16"), 0),
        (b"\xef\xbb\xbf\xff", 0),
        ("a = '\ud800'", 5),
    ],
)
def test_another_encoding_is_named_not_guessed(source, offset):
    result = read(source)
    assert result.pack is None
    assert result.problems == [problem("pack.encoding", Where(), offset=offset)]


@pytest.mark.parametrize("convert", [str, str.encode])
def test_a_file_over_ten_megabytes_is_not_even_parsed(convert):
    started = time.perf_counter()
    result = read(convert("#" * 10_000_001))
    assert result.problems == [
        problem("pack.too_large", Where(), size=10_000_001, limit=10_000_000)
    ]
    assert time.perf_counter() - started < 1


def test_too_many_items_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ITEMS", 2)
    items = [item(id=f'"safety-00{n}"') for n in range(3)]
    assert read(pack(*items[:2])).problems == []
    assert reported(pack(*items)) == [("pack.too_many_items", {"count": 3, "limit": 2})]
    assert read(pack(*items)).pack is None


def test_the_limits_are_those_that_were_agreed():
    assert (document.MAX_BYTES, reading.MAX_ITEMS) == (10_000_000, 20_000)
    assert (reading.MIN_OPTIONS, reading.MAX_OPTIONS) == (2, 10)
    limits = {name: ITEM_FIELDS["single"][name].limit for name in ("stem", "options")}
    assert limits == {"stem": 2000, "options": 500}
    assert ITEM_FIELDS["true_false"]["explanation"].limit == 2000


LONG = "长" * 2001


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({"stem": None}, "field.missing", {"field": "stem"}),
        ({"options": None}, "field.missing", {"field": "options"}),
        ({"workplace": None}, "field.missing", {"field": "workplace"}),
        ({"hint": '"B"'}, "field.unknown", {"field": "hint"}),
        ({"x" * 99: '"B"'}, "field.unknown", {"field": "x" * 60}),
        (
            {"scoring": '"partial"'},
            "field.not_for_type",
            {"field": "scoring", "type": "single"},
        ),
        (
            TRUE_FALSE | {"options": '["对", "错"]'},
            "field.not_for_type",
            {"field": "options", "type": "true_false"},
        ),
        (
            TRUE_FALSE | {"fixed": "true"},
            "field.not_for_type",
            {"field": "fixed", "type": "true_false"},
        ),
        (
            {"stem": "3"},
            "field.type",
            {"field": "stem", "expected": "text", "found": "whole number"},
        ),
        (
            {"stem": "3.5"},
            "field.type",
            {"field": "stem", "expected": "text", "found": "number"},
        ),
        (
            {"stem": "07:32:00"},
            "field.type",
            {"field": "stem", "expected": "text", "found": "time"},
        ),
        (
            {"key": "true"},
            "field.type",
            {"field": "key", "expected": "text", "found": "true or false"},
        ),
        (
            TRUE_FALSE | {"key": '"A"'},
            "field.type",
            {"field": "key", "expected": "true or false", "found": "text"},
        ),
        (
            TRUE_FALSE | {"key": "1"},
            "field.type",
            {"field": "key", "expected": "true or false", "found": "whole number"},
        ),
        (
            {"options": '"ABCD"'},
            "field.type",
            {"field": "options", "expected": "list of texts", "found": "text"},
        ),
        (
            {"options": '["甲", 2]'},
            "field.type",
            {"field": "options", "expected": "list of texts", "found": "list"},
        ),
        (
            {"verified_on": "2026-11-22T08:00:00"},
            "field.type",
            {"field": "verified_on", "expected": "date", "found": "date with a time"},
        ),
        (
            {"verified_on": '"2026-11-22"'},
            "field.type",
            {"field": "verified_on", "expected": "date", "found": "text"},
        ),
        ({"stem": '""'}, "field.empty", {"field": "stem"}),
        ({"stem": '" \\n "'}, "field.empty", {"field": "stem"}),
        ({"options": '["甲", "", "丙"]'}, "field.empty", {"field": "options[2]"}),
        ({"stem": '"先做什么？ "'}, "field.whitespace", {"field": "stem"}),
        ({"stem": '"""\n先做什么？\n"""'}, "field.whitespace", {"field": "stem"}),
        ({"stem": '"甲\\u0007乙"'}, "field.control", {"field": "stem", "character": "U+0007"}),
        ({"stem": '"甲\\u202e乙"'}, "field.control", {"field": "stem", "character": "U+202E"}),
        ({"stem": '"甲\\u200b乙"'}, "field.control", {"field": "stem", "character": "U+200B"}),
        (
            {"stem": f'"{LONG}"'},
            "field.too_long",
            {"field": "stem", "length": 2001, "limit": 2000},
        ),
        (
            {"explanation": f'"{LONG}"'},
            "field.too_long",
            {"field": "explanation", "length": 2001, "limit": 2000},
        ),
        (
            {"options": f'["甲", "{LONG[:501]}"]'},
            "field.too_long",
            {"field": "options[2]", "length": 501, "limit": 500},
        ),
        (
            {"difficulty": '"simple"'},
            "field.value",
            {"field": "difficulty", "found": "simple", "allowed": "easy, medium, hard"},
        ),
        (
            {"type": '"hotspot"'},
            "field.value",
            {
                "field": "type",
                "found": "hotspot",
                "allowed": "single, multiple, true_false, cloze, numeric, ordering, matching, "
                "case, essay",
            },
        ),
        ({"id": '"fire-001"'}, "item.id_format", {"found": "fire-001", "theme": "safety"}),
        ({"id": '"safety-1"'}, "item.id_format", {"found": "safety-1", "theme": "safety"}),
        ({"options": "[]"}, "item.option_count", {"count": 0, "least": 2, "most": 10}),
        ({"options": '["甲"]'}, "item.option_count", {"count": 1, "least": 2, "most": 10}),
        (
            {"options": str([f"选{n}" for n in range(11)])},
            "item.option_count",
            {"count": 11, "least": 2, "most": 10},
        ),
        (
            {"options": '["甲 1", "乙", "丙", "甲１"]'},
            "item.duplicate_option",
            {"first": "A", "second": "D"},
        ),
        ({"key": '"E"'}, "item.key_letter", {"letter": "E", "last": "D"}),
        ({"key": '"b"'}, "item.key_letter", {"letter": "b", "last": "D"}),
        ({"key": '"AB"'}, "item.key_count", {"count": 2, "least": 1, "most": 1}),
        (
            {"type": '"multiple"', "key": '"A"'},
            "item.key_count",
            {"count": 1, "least": 2, "most": 4},
        ),
        ({"type": '"multiple"', "key": '"ABA"'}, "item.key_repeated", {"letter": "A"}),
        ({"source": '"elsewhere"'}, "item.source_unknown", {"source": "elsewhere"}),
        (
            {"valid_until": "2026-11-21"},
            "item.dates",
            {"verified_on": "2026-11-22", "valid_until": "2026-11-21"},
        ),
    ],
)
def test_one_wrong_item_is_named_and_the_others_are_read(changes, code, params):
    good, bad = item(id='"safety-900"'), item(**changes)
    result = read(pack(bad, good))
    name = changes.get("id", FIELDS["id"]).strip('"')
    assert result.problems == [problem(code, Where(HEAD_LINES + 1, name), **params)]
    assert [packed.uid for packed in result.pack.items] == ["safety-900"]


def test_all_that_is_wrong_with_an_item_is_told_at_once():
    bad = item(
        type='"multiple"',
        difficulty="3",
        key='"AE"',
        options='["甲", "甲", "丙"]',
        source='"x"',
        stem=None,
    )
    assert {code for code, _ in reported(pack(bad))} == {
        "field.type",
        "item.key_letter",
        "item.duplicate_option",
        "item.source_unknown",
        "field.missing",
    }


def test_an_unknown_type_is_not_asked_for_the_fields_of_another():
    bad = item(type="1", options='["甲"]', fixed="3")
    assert [code for code, _ in reported(pack(bad))] == ["field.type"]


def test_an_item_without_a_readable_id_still_has_a_line():
    (found,) = read(pack(item(id="7"))).problems
    assert (found.code, found.where) == ("field.type", Where(HEAD_LINES + 1, None))
    (found,) = read(pack(item(id=None))).problems
    assert (found.code, found.where) == ("field.missing", Where(HEAD_LINES + 1, None))


def test_the_first_of_two_equal_ids_wins():
    result = read(pack(item(), item(key='"C"')))
    where = Where(HEAD_LINES + 15, "safety-001")
    assert result.problems == [problem("item.duplicate_id", where, first_line=HEAD_LINES + 1)]
    assert len(result.pack.items) == 1


@pytest.mark.parametrize(
    ("head", "code", "params"),
    [
        (head_with(author="None"), "field.missing", {"field": "author"}),
        (head_with(theme='"Safety"'), "field.slug", {"field": "theme", "found": "Safety"}),
        (head_with(language='"中文"'), "field.language", {"field": "language", "found": "中文"}),
        (
            head_with(format='"zhixing-pack/2"'),
            "pack.format",
            {"found": "zhixing-pack/2", "expected": "zhixing-pack/1"},
        ),
    ],
)
def test_without_a_whole_head_there_is_no_pack_but_items_are_looked_at(head, code, params):
    result = read(pack(item(), item(id='"safety-002"', key='"E"'), head=head))
    assert result.pack is None
    first, second = result.problems
    assert (first.code, first.params, first.where) == (code, params, Where())
    assert second.code == "item.key_letter"


def test_unknown_fields_of_the_pack_and_of_a_source_are_named():
    text = pack(head='publisher = "x"\n' + HEAD + 'isbn = "x"\n')
    assert reported(text) == [
        ("field.unknown", {"field": "publisher"}),
        ("field.unknown", {"field": "sources.law.isbn"}),
    ]


@pytest.mark.parametrize(
    ("head", "code", "params"),
    [
        (
            head_with(articles="-1"),
            "field.too_small",
            {"field": "sources.law.articles", "found": -1, "least": 0},
        ),
        (
            head_with(articles="true"),
            "field.type",
            {
                "field": "sources.law.articles",
                "expected": "whole number",
                "found": "true or false",
            },
        ),
        (
            head_with(url='"javascript:alert(1)"'),
            "field.url",
            {"field": "sources.law.url", "found": "javascript:alert(1)"},
        ),
        (head_with(short="None"), "field.missing", {"field": "sources.law.short"}),
    ],
)
def test_a_wrong_source_is_told_once_with_its_line(head, code, params):
    result = read(pack(item(), head=head))
    assert result.problems == [problem(code, Where(8), **params)]
    assert result.pack.sources == ()
    assert result.pack.items == ()


def test_sources_have_slugs_and_are_tables():
    text = HEAD.replace("[sources.law]", '[sources."Die Rechte"]') + item(source='"Die Rechte"')
    assert reported(text) == [("field.slug", {"field": "sources", "found": "Die Rechte"})]
    text = HEAD.replace("[sources.law]", "[sources]\nlaw = 3\n[sources.other]") + item()
    assert reported(text) == [
        ("field.type", {"field": "sources.law", "expected": "table", "found": "value"})
    ]
    text = "sources = 3\n" + HEAD[: HEAD.index("[sources")] + item()
    assert [code for code, _ in reported(text)] == ["field.type", "item.source_unknown"]


def test_a_pack_without_items_is_a_problem():
    assert reported(HEAD) == [("pack.no_items", {})]


def test_an_empty_file_is_told_what_it_lacks():
    result = read("")
    assert result.pack is None
    missing = {found.params["field"] for found in result.problems if found.params}
    assert missing == set(PACK_FIELDS)


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ('stem = "没有结尾\n', 6),
        ("stem = 没有引号\n", 6),
        ('id = "again"\n', 6),
        ("options = [\n", 7),
        ("verified_on = 2026-13-41\n", 6),
        ("articles = " + "9" * 5000 + "\n", 1),
        ("stem = " + "[" * 5000 + "\n", 1),
    ],
)
def test_a_syntax_error_costs_one_item_only(broken, line):
    lines = item(id='"safety-002"').splitlines(keepends=True)
    bad = "".join([*lines[:5], broken, *lines[5:6]])
    first, third = item(), item(id='"safety-003"')
    result = read(pack(first, bad, third))
    (found,) = result.problems
    assert found.code == "pack.syntax"
    start = HEAD_LINES + first.count("\n")
    assert found.where == Where(start + line, "safety-002")
    assert [packed.uid for packed in result.pack.items] == ["safety-001", "safety-003"]
    assert [packed.line for packed in result.pack.items] == [
        HEAD_LINES + 1,
        start + bad.count("\n") + 1,
    ]


@pytest.mark.parametrize("part", ["a.", "a . ", '"a".', '"\\"" . ', "'a'.", "a1_-\t."])
@pytest.mark.parametrize("line", ["{} = 1\n", "[{}]\n", "[[item]]\n{} = 1\n", "x = {{ {} = 1 }}\n"])
def test_a_key_that_would_cost_the_square_of_its_length_is_refused(part, line):
    started = time.perf_counter()
    result = read(HEAD + line.format(part * 1_000_000 + "a"))
    assert time.perf_counter() - started < 5
    (found,) = result.problems
    assert found.code == "pack.syntax"
    assert found.where.line == HEAD_LINES + line.count("\n")


@pytest.mark.parametrize(
    "part",
    ["a", "a ", '\\"', '"', "'", '"""', "'''", '"""\\', "[", "\n[", "{a=", "a=1,", '"a"', "#\n"],
)
def test_no_short_file_takes_long(part):
    started = time.perf_counter()
    assert read("x = [" + part * 100_000).pack is None
    assert read(part * 100_000).pack is None
    assert time.perf_counter() - started < 5


def test_several_broken_items_are_all_named():
    broken = "[[item]]\nid = 'safety-00{}'\nstem = \n"
    result = read(pack(broken.format(1), item(id='"safety-002"'), broken.format(3)))
    assert [found.where.item for found in result.problems] == ["safety-001", "safety-003"]
    assert [packed.uid for packed in result.pack.items] == ["safety-002"]


def test_a_broken_head_hides_nothing_about_the_items():
    result = read(pack(item(), item(id='"x"', key='"E"'), head="title = \n" + HEAD))
    assert result.pack is None
    syntax, letter = result.problems
    assert (syntax.code, syntax.where) == ("pack.syntax", Where(1))
    assert letter.code == "item.key_letter"


def test_a_file_that_begins_with_a_broken_item_keeps_the_others():
    text = "[[item]]\nid = \n" + item() + HEAD.replace('format = "', '[x]\ny = "')
    assert [found.where.line for found in read(text).problems if found.code == "pack.syntax"] == [2]


def test_sources_between_the_items_survive_a_broken_item():
    late = "[sources.late]\n" + HEAD.split("[sources.law]\n")[1]
    result = read(pack(item(source='"late"'), late, "[[item]]\nid = \n"))
    assert [found.code for found in result.problems] == ["pack.syntax"]
    assert [source.slug for source in result.pack.sources] == ["late", "law"]
    assert [packed.uid for packed in result.pack.items] == ["safety-001"]


def test_parts_that_contradict_each_other_are_a_problem():
    twice = "[sources.law]\n" + HEAD.split("[sources.law]\n")[1].replace("119", "3")
    result = read(pack(item(), twice, item(id='"safety-002"')))
    (found,) = result.problems
    assert found.code == "pack.syntax"
    assert found.where.line == HEAD_LINES + 15
    assert result.pack.sources[0].articles == 119
    assert len(result.pack.items) == 2


def test_headers_inside_strings_and_comments_are_no_items():
    stem = '"""\\\n    甲\n[[item]]\n乙"""'
    text = pack(
        item(stem=stem), "# [[item]]\n", "  [[ item ]]  # 乙\n" + item(id='"safety-002"')[9:]
    )
    result = read(text)
    assert result.problems == []
    assert result.pack.items[0].item.stem == "甲\n[[item]]\n乙"
    assert [packed.line for packed in result.pack.items] == [HEAD_LINES + 1, HEAD_LINES + 19]


def test_items_written_another_way_are_read_without_lines():
    fields = item().removeprefix("[[item]]\n").strip().replace("\n", ", ")
    result = read(f"item = [{{ {fields} }}]\n" + HEAD)
    assert result.problems == []
    assert [packed.line for packed in result.pack.items] == [None]


@pytest.mark.parametrize("items", ["item = 3\n", "item = [3]\n"])
def test_items_that_are_no_tables_are_refused(items):
    assert reported(items + HEAD) == [
        ("field.type", {"field": "item", "expected": "table", "found": "value"})
    ]


def test_one_table_item_is_read_like_a_list_of_one():
    result = read(pack(item().replace("[[item]]", "[item]")))
    assert [packed.uid for packed in result.pack.items] == ["safety-001"]


@given(st.text() | st.binary(max_size=300))
def test_nothing_makes_the_reader_fail(source):
    result = read(source)
    assert result.pack is None
    assert result.problems


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_pack_still_gives_an_answer(data):
    text = pack(item(), item(id='"safety-002"', **TRUE_FALSE), item(id='"safety-003"'))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    insertion = data.draw(st.sampled_from(["", '"', '"""', "[", "]", "\n", "=", "\\", "'''", "#"]))
    result = read(text[:start] + insertion + text[end:])
    if start == end and not insertion:
        assert result.problems == []
    if result.pack:
        assert len(result.pack.items) <= 3


def test_a_large_broken_pack_is_read_in_reasonable_time():
    items = [item(id=f'"safety-{n:06}"', stem=f'"第 {n} 题"') for n in range(2000)]
    items[1000] = items[1000].replace("key", "key key")
    started = time.perf_counter()
    result = read(pack(*items))
    assert len(result.problems) == 1
    assert len(result.pack.items) == 1999
    assert time.perf_counter() - started < 20


# Writing

PLAIN = (
    st.text(
        st.sampled_from("安全生产法，。？“”abcXYZ 019\"'\\\n\t#[]{}=%😀👩‍🔧éß\u00a0\u3000𠮷"),
        min_size=1,
        max_size=30,
    )
    .map(str.strip)
    .filter(bool)
)
ANY_TEXT = st.text(min_size=1, max_size=10)
DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(9000, 1, 1))


def fold(text):
    return answers._folded(text)


@st.composite
def packs(draw, texts=PLAIN):
    slugs = draw(st.lists(st.from_regex(r"[a-z0-9]{1,5}", fullmatch=True), min_size=1, max_size=3))
    sources = tuple(
        PackSource(slug, *(draw(texts) for _ in range(3)), "https://x.cn/", draw(st.integers(0)))
        for slug in dict.fromkeys(slugs)
    )
    numbers = draw(st.lists(st.integers(0, 999_999), min_size=1, max_size=3, unique=True))
    items = []
    for number in numbers:
        uid = f"theme-{number:03}"
        verified_on = draw(DAYS)
        items.append(
            PackItem(
                uid=uid,
                item=draw(items_of(uid, texts)),
                topic=draw(texts),
                difficulty=draw(st.sampled_from(["easy", "medium", "hard"])),
                source=draw(st.sampled_from(sources)),
                clause=draw(texts),
                verified_on=verified_on,
                valid_until=verified_on + timedelta(days=draw(st.integers(0, 999))),
                workplace=draw(texts),
            )
        )
    names = [draw(texts) for _ in range(3)]
    return Pack("theme", names[0], "zh-CN", names[1], names[2], sources, tuple(items))


@st.composite
def items_of(draw, uid, texts):
    stem, explanation = draw(texts), draw(texts)
    if draw(st.booleans()):
        return TrueFalse(stem, draw(st.booleans()), explanation)
    # Half a surrogate pair has no bytes to hash, so no option id can come from it.
    whole = texts.filter(lambda text: not re.search("[\ud800-\udfff]", text))
    options = identify(uid, draw(st.lists(whole, min_size=2, max_size=5, unique_by=fold)))
    kind = draw(st.sampled_from(["single", "multiple"]))
    least, most = (1, 1) if kind == "single" else (2, None)
    key = draw(st.sets(st.sampled_from(options), min_size=least, max_size=most))
    scorings = ["all_or_nothing"] + ["partial"] * (kind == "multiple")
    return Choice(
        kind,
        stem,
        options,
        frozenset(option.id for option in key),
        explanation,
        draw(st.booleans()),
        draw(st.sampled_from(scorings)),
    )


@settings(deadline=None)
@given(packs())
def test_what_is_written_is_read_again(written):
    result = read(write(written))
    assert result.problems == []
    assert result.pack == written


@settings(deadline=None)
@given(packs(ANY_TEXT | st.text(st.characters(categories=["Cc", "Cs"]), min_size=1)))
def test_a_text_that_cannot_be_read_again_is_a_problem_and_never_a_loss(written):
    result = read(write(written).encode("utf-8"))
    assert result.pack == written or result.problems
    assert all(
        found.code.startswith(("field.", "pack.syntax", "item.")) for found in result.problems
    )


def test_a_written_pack_looks_like_one_written_by_hand():
    text = DOCUMENTATION.read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    written = write(read(example).pack)
    assert sorted(written.splitlines()) == sorted(example.splitlines())
    assert written.startswith(example[: example.index("[[item]]")])


def test_odd_slugs_are_quoted():
    law = PackSource("a b", "t", "s", "e", "https://x.cn/", 1)
    assert '[sources."a b"]' in write(Pack("t", "t", "en", "l", "a", (law,), ()))


# Every kind

CARRIED = tuple(kind for kind in KINDS if kind != "hotspot")
PASSPORT = {
    name: FIELDS[name]
    for name in (
        "topic",
        "difficulty",
        "explanation",
        "source",
        "clause",
        "verified_on",
        "valid_until",
        "workplace",
    )
}


def of_kind(kind, answers, parts="", **changes):
    """Return the text of an item of a kind with these lines of answers."""
    fields = {
        "id": '"safety-001"',
        "type": f'"{kind}"',
        "stem": '"题____？"',
        **PASSPORT,
        **changes,
    }
    lines = "".join(f"{name} = {value}\n" for name, value in fields.items())
    return pack(f"[[item]]\n{lines}{answers}\n{parts}")


def test_there_are_fields_for_every_kind_but_hotspots():
    assert set(ITEM_FIELDS) == set(CARRIED)


@settings(deadline=None, max_examples=50)
@given(drafts(CARRIED, has_media=False))
def test_every_kind_is_written_and_read_again(draft):
    made = building.build(draft, "safety-001").item
    (first,) = read(pack()).pack.items
    source = read(pack()).pack
    whole = replace(source, items=(replace(first, item=made),))
    result = read(write(whole))
    assert [found for found in result.problems if found.severity == "error"] == []
    assert result.pack == whole


def part(text="", **fields):
    lines = {"type": '"true_false"', "stem": '"对吗？"', "key": "true", **fields}
    written = "".join(f"{name} = {value}\n" for name, value in lines.items() if value)
    return f"[[item.part]]\n{written}{text}"


@pytest.mark.parametrize(
    ("kind", "answers", "draft"),
    [
        (
            "cloze",
            'answers = [["8", "八"]]',
            {"blanks": (DraftBlank((Accepted("8"), Accepted("八"))),)},
        ),
        (
            "cloze",
            'answers = [["8", ["9", 0.5]]]\nexact = true',
            {"blanks": (DraftBlank((Accepted("8"), Accepted("9", 0.5)), is_exact=True),)},
        ),
        (
            "cloze",
            'answers = [{ accepted = ["八"], weight = 2, exact = true }]',
            {"blanks": (DraftBlank((Accepted("八"),), weight=2.0, is_exact=True),)},
        ),
        (
            "cloze",
            'answers = [{ spans = [["7", "9"], ["1", "2", 0.5]] }]',
            {"blanks": (DraftBlank(spans=(Span("7", "9"), Span("1", "2", 0.5))),)},
        ),
        (
            "cloze",
            'answers = [{ options = ["甲", "乙"], key = "B", weights = [0.5, 1], '
            'feedback = ["", "对"] }]',
            {
                "blanks": (
                    DraftBlank(
                        options=(DraftOption("甲", False, 0.5), DraftOption("乙", True, 1, "对"))
                    ),
                )
            },
        ),
        ("numeric", 'answer = "8"', {"spans": (Span("8", "8"),)}),
        (
            "numeric",
            'answer = "8"\ntolerance = "0.5"\nunit = "kN"',
            {"spans": (Span("7.5", "8.5"),), "unit": "kN"},
        ),
        ("numeric", 'spans = [["7.5", "8.5"]]', {"spans": (Span("7.5", "8.5"),)}),
        (
            "ordering",
            'options = ["甲", "乙"]\nscoring = "partial"',
            {"options": (DraftOption("甲"), DraftOption("乙")), "scoring": "partial"},
        ),
        (
            "matching",
            'pairs = [["甲", "1"], ["乙", "2"]]\nextras = ["3"]',
            {"pairs": (("甲", "1"), ("乙", "2")), "extras": ("3",), "scoring": "partial"},
        ),
        (
            "essay",
            'rubric = [["要点", 2]]\nsample = "范例"',
            {"rubric": (Criterion("要点", 2),), "sample": "范例"},
        ),
    ],
)
def test_each_way_to_write_an_answer(kind, answers, draft):
    result = read(of_kind(kind, answers))
    assert result.problems == []
    (packed,) = result.pack.items
    drafted = building.draft_of(packed.item)
    assert {name: getattr(drafted, name) for name in draft} == draft
    assert read(write(result.pack)).pack == result.pack


@pytest.mark.parametrize(
    ("kind", "answers", "code"),
    [
        ("cloze", 'answers = ["八"]', "field.type"),
        ("cloze", "answers = [[8]]", "field.type"),
        ("cloze", 'answers = [["八", "九"], ["十"]]', "build.blanks_mismatch"),
        ("cloze", 'answers = [{ accepted = "八" }]', "field.type"),
        ("cloze", 'answers = [{ accept = ["八"] }]', "field.unknown"),
        ("cloze", 'answers = [{ accepted = ["八"], exact = 1 }]', "field.type"),
        ("cloze", 'answers = [{ accepted = ["八"], weight = "2" }]', "field.type"),
        ("cloze", 'answers = [{ spans = ["1"] }]', "field.type"),
        ("cloze", 'answers = [{ options = ["甲", 1], key = "A" }]', "field.type"),
        ("cloze", 'answers = [{ options = ["甲", "乙"] }]', "field.empty"),
        ("cloze", 'answers = [{ options = ["甲"], key = "A" }]', "item.option_count"),
        ("cloze", 'answers = [{ options = ["甲", "乙"], key = "C" }]', "item.key_letter"),
        (
            "cloze",
            'answers = [{ options = ["甲", "乙"], key = "A", weights = [1] }]',
            "item.beside_options",
        ),
        (
            "cloze",
            'answers = [{ options = ["甲", "乙"], key = "A", weights = ["1", 0] }]',
            "field.type",
        ),
        ("numeric", 'unit = "kN"', "field.missing"),
        ("numeric", 'answer = "多"', "build.number"),
        ("numeric", 'answer = "8"\ntolerance = "x"', "build.number"),
        ("numeric", 'answer = "8"\nspans = [["1", "2"]]', "item.answer_twice"),
        ("numeric", 'spans = [["1"]]', "field.type"),
        ("ordering", 'options = ["甲"]', "item.option_count"),
        ("matching", 'pairs = [["甲"]]', "field.type"),
        ("matching", 'pairs = [["甲", "1"]]', "build.options_few"),
        ("essay", 'rubric = ["要点"]', "field.type"),
        ("essay", 'rubric = [["要点", "2"]]', "field.type"),
        ("essay", 'rubric = [["要点", 0]]', "build.weight"),
        ("case", "part = [1]", "field.type"),
        ("case", "part = []", "build.parts_missing"),
        ("single", 'options = ["甲", "乙"]\nkey = "A"\nfeedback = ["对"]', "item.beside_options"),
        ("single", 'options = ["甲", "乙"]\nkey = "A"\nweights = [2, 0]', "build.weight"),
        ("true_false", 'key = true\nfeedback = ["对"]', "item.beside_options"),
    ],
)
def test_an_answer_that_does_not_fit_is_named_with_its_line(kind, answers, code):
    result = read(of_kind(kind, answers))
    assert (code, HEAD_LINES + 1) in [(p.code, p.where.line) for p in result.problems]
    assert result.pack.items == ()


def test_one_exact_blank_among_others_is_written_as_a_table():
    answers = 'answers = [["八"], { accepted = ["mW"], exact = true }]'
    result = read(of_kind("cloze", answers, stem='"____和____"'))
    assert [blank.is_exact for blank in result.pack.items[0].item.blanks] == [False, True]
    assert read(write(result.pack)).pack == result.pack


def test_feedback_and_weights_of_options():
    answers = 'options = ["甲", "乙"]\nkey = "AB"\nweights = [1, 1.0]\nfeedback = ["", "也对"]'
    (packed,) = read(of_kind("single", answers)).pack.items
    assert packed.item.scoring == "weighted"
    assert [option.feedback for option in packed.item.options] == ["", "也对"]


def test_a_case_has_parts_and_their_problems_have_their_lines():
    whole = of_kind("case", "", part() + part(explanation='"看第九条。"'))
    result = read(whole)
    assert result.problems == []
    assert [p.explanation for p in result.pack.items[0].item.parts] == ["", "看第九条。"]
    assert read(write(result.pack)).pack == result.pack

    first = HEAD_LINES + 14
    broken = of_kind(
        "case",
        "",
        part(stem=None)
        + part(type='"case"')
        + part(hint="1")
        + part(type='"cloze"', key=None, stem='"空"', text='answers = [["a"], ["b"]]\n'),
    )
    result = read(broken)
    assert [(p.code, p.where.line, p.params.get("field")) for p in result.problems] == [
        ("field.missing", first, "part[1].stem"),
        ("field.value", first + 3, "part[2].type"),
        ("field.unknown", first + 7, "part[3].hint"),
    ]
    last = read(
        of_kind(
            "case", "", part() + part(type='"cloze"', key=None, text='answers = [["a"], ["b"]]\n')
        )
    )
    assert [(p.code, p.where.line, p.where.item) for p in last.problems] == [
        ("build.blanks_mismatch", first + 4, "safety-001")
    ]


def test_parts_keep_their_lines_when_another_item_cannot_be_parsed():
    text = pack(
        item(key="B B"), of_kind("case", "", part(hint="1"), id='"safety-002"')[len(HEAD) :]
    )
    (_syntax, found) = read(text).problems
    assert found.where.line == text[: text.index("[[item.part]]")].count("\n") + 1


def test_what_a_pack_cannot_carry_is_not_written_in_silence():
    (first,) = read(pack()).pack.items
    for lost in (ITEMS["hotspot"], replace(first.item, media=(Media("a" * 64, "image"),))):
        with pytest.raises(ValueError, match="safety-001"):
            write(replace(read(pack()).pack, items=(replace(first, item=lost),)))


# As one of the formats


def test_the_registry_reads_packs_as_questions():
    text = pack(item(), item(id='"safety-002"', key='"Z"'))
    reading = exchange.read(text.encode(), "safety.toml")
    (question,) = reading.questions
    assert (question.name, question.where.line) == ("safety-001", HEAD_LINES + 1)
    assert question.category == ("安全生产", "紧急撤离")
    assert question.draft == building.draft_of(read(pack()).pack.items[0].item)
    assert [found.code for found in reading.problems] == ["item.key_letter"]
    broken = exchange.read(b"\xff", "x")
    assert (broken.questions, len(broken.problems)) == ((), 1)


def test_the_registry_writes_what_has_a_passport_and_says_what_not():
    (question,) = exchange.read(pack().encode(), "x").questions
    rich = replace(question, draft=replace(question.draft, media=(Media("a" * 64, "image"),)))
    written = exchange.write(
        [
            question,
            rich,
            replace(question, clause="", workplace=""),
            replace(question, draft=replace(DRAFTS["hotspot"])),
            replace(question, draft=replace(question.draft, stem="")),
        ],
        {},
    )
    assert [(p.code, p.params.get("field")) for p in written.left_out] == [
        ("pack.media_left_out", None),
        ("pack.passport_missing", "clause"),
        ("pack.passport_missing", "workplace"),
        ("pack.kind_left_out", None),
        ("build.stem_missing", None),
    ]
    again = exchange.read(written.data, "x.toml")
    assert again.problems == ()
    assert [one.draft for one in again.questions] == [question.draft] * 2
    assert again.questions[0].source == question.source


# The table of codes and the documentation


def test_every_code_in_the_source_is_in_the_table_and_the_other_way_round():
    package = Path(problems.__file__).parents[2]
    pattern = re.compile(r'"((?:pack|field|item|quality|build)\.[a-z_]+)"')
    used = {
        code
        for path in package.rglob("*.py")
        if path.parent.name != "problems"
        for code in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert used == {code for code in RULES if pattern.fullmatch(f'"{code}"')}


def test_a_problem_takes_the_parameters_of_its_code():
    found = problem("item.key_letter", Where(3, "x"), letter="E", last="D")
    assert found == Problem("item.key_letter", Where(3, "x"), {"letter": "E", "last": "D"})
    assert in_english(found) == "The key names “E”; the options are A to D."
    with pytest.raises(ValueError, match="takes"):
        problem("item.key_letter", Where(), letter="E")
    with pytest.raises(KeyError):
        problem("item.nonsense", Where())


def documented(heading):
    """Return the field names in the table below a heading of the documentation."""
    text = DOCUMENTATION.read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", section, re.MULTILINE)


def test_the_documentation_names_the_fields_that_the_reader_knows():
    assert [name for name, _ in documented("Fields of the pack")] == list(PACK_FIELDS)
    assert [name for name, _ in documented("Fields of a source")] == list(SOURCE_FIELDS)
    kinds = {
        name: list(ITEM_FIELDS) if types == "all" else types.split(", ")
        for name, types in documented("Fields of an item")
    }
    for kind, fields in ITEM_FIELDS.items():
        assert {name for name, types in kinds.items() if kind in types} == set(fields)
