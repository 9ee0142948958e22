"""The quality gate: every check passes what is right and names what is not."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.formats.pack import Pack, PackItem, PackSource, read
from question_bank.formats.problems import Where
from question_bank.items import Choice, TrueFalse, building
from question_bank.items.draft import Accepted, Criterion, DraftBlank, DraftOption
from question_bank.items.options import identify
from question_bank.quality import duplicates, lint, neighbours
from question_bank.quality.__main__ import main
from question_bank.quality.clauses import articles_of, from_hanzi, to_hanzi
from tests.question_bank.samples import DRAFTS

TODAY = date(2026, 11, 22)
LAW = PackSource(
    "law", "中华人民共和国安全生产法", "安全生产法", "2021年修正", "https://x.cn/", 119
)
EXPLANATION = (
    "危险直接威胁人身安全时可以先撤离，不用等批准。单位不得因此降低工资，也不得解除劳动合同。"
)
HANZI = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
    "闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
)
EXAMPLE = (
    (Path(__file__).parents[2] / "docs" / "pack-format.md")
    .read_text(encoding="utf-8")
    .split("```toml\n")[1]
    .split("```")[0]
)


def stem_of(number):
    """Return a stem that shares no 3-gram with that of another number below 2000."""
    characters = []
    for place in range(4):
        characters += [HANZI[number % 44], HANZI[(number // 44) % 44], HANZI[place]]
    return "".join(characters)


def single(number=1, key="B", texts=("继续作业", "停手撤离", "拍照留存", "等候通知"), **changes):
    uid = f"safety-{number:03}"
    options = identify(uid, texts)
    chosen = frozenset(options["ABCD".index(letter)].id for letter in key)
    kind = "single" if len(key) == 1 else "multiple"
    stem = changes.pop("stem", stem_of(number))
    explanation = changes.pop("explanation", EXPLANATION)
    return packed(uid, Choice(kind, stem, options, chosen, explanation), **changes)


def statement(number=1, key=True, **changes):
    return packed(f"safety-{number:03}", TrueFalse(stem_of(number), key, EXPLANATION), **changes)


def packed(uid, item, **changes):
    values = {
        "topic": "紧急撤离",
        "difficulty": "easy",
        "source": LAW,
        "clause": "第五十五条",
        "verified_on": TODAY,
        "valid_until": date(2028, 10, 31),
        "workplace": "你会在什么时候撤离？",
        "line": 17,
    }
    return PackItem(uid=uid, item=item, **values | changes)


def pack(*items, **changes):
    values = {"theme": "safety", "title": "安全生产", "language": "zh-CN", "sources": (LAW,)}
    return Pack(**values | {"licence": "Apache-2.0", "author": "x", "items": items} | changes)


def found_in(*items, **changes):
    """Return the problems of a bank of one pack as (code, params) pairs."""
    return [(one.code, one.params) for one in lint([pack(*items, **changes)], TODAY)]


def test_a_good_item_passes():
    assert found_in(single(), statement(2), single(3, "ABD")) == []


def test_a_problem_names_the_line_and_the_item():
    (found,) = lint([pack(single(clause="第一百二十条"))], TODAY)
    assert found.where == Where(17, "safety-001")
    assert found.severity == "error"


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        (
            {"texts": ["走", "停下手里的活撤到安全处", "跑", "继续"]},
            "quality.long_key",
            {"length": 11, "median": 1.5},
        ),
        (
            {"explanation": "解" * 39},
            "quality.explanation_length",
            {"length": 39, "least": 40, "most": 120},
        ),
        (
            {"explanation": "解析，" * 41},
            "quality.explanation_length",
            {"length": 123, "least": 40, "most": 120},
        ),
        ({"clause": " "}, "quality.clause_missing", {}),
        ({"clause": "第55条"}, "quality.clause_unreadable", {"clause": "第55条"}),
        ({"clause": "第二章"}, "quality.clause_unreadable", {"clause": "第二章"}),
        ({"clause": "第一百二十条"}, "quality.clause_range", {"article": 120, "articles": 119}),
        (
            {"clause": "第五条、第二百条"},
            "quality.clause_range",
            {"article": 200, "articles": 119},
        ),
        (
            {"valid_until": date(2026, 11, 21), "verified_on": date(2025, 1, 1)},
            "quality.expired",
            {"valid_until": "2026-11-21"},
        ),
        (
            {"valid_until": date(2028, 11, 23)},
            "quality.validity_too_long",
            {"valid_until": "2028-11-23", "latest": "2028-11-22"},
        ),
        (
            {"verified_on": date(2024, 2, 29), "valid_until": date(2026, 3, 1)},
            "quality.expired",
            {"valid_until": "2026-03-01"},
        ),
        (
            {"verified_on": date(2026, 11, 23)},
            "quality.verified_in_future",
            {"verified_on": "2026-11-23"},
        ),
        ({"topic": "题" * 13}, "quality.topic_long", {"length": 13, "most": 12}),
        (
            {"stem": "题" * 41 + "？"},
            "quality.long_sentence",
            {"field": "stem", "length": 41, "most": 40},
        ),
        (
            {"texts": ["选" * 41 + "。", "项" * 20, "择" * 20, "挑" * 20]},
            "quality.long_sentence",
            {"field": "options[1]", "length": 41, "most": 40},
        ),
        (
            {"workplace": "先" * 41},
            "quality.long_sentence",
            {"field": "workplace", "length": 41, "most": 40},
        ),
        (
            {"texts": ["停手撤离", "继续作业", "拍照留存", "以上都对"]},
            "quality.forbidden_word",
            {"word": "以上都对", "field": "options[4]", "reason": "catch_all_option"},
        ),
        (
            {"workplace": "谁是落后分子？"},
            "quality.forbidden_word",
            {"word": "落后分子", "field": "workplace", "reason": "judges_people"},
        ),
        (
            {"stem": "哪种做法太笨？"},
            "quality.forbidden_word",
            {"word": "笨", "field": "stem", "reason": "demeaning"},
        ),
        (
            {"stem": "最先进的做法是？"},
            "quality.forbidden_word",
            {"word": "最先进", "field": "stem", "reason": "absolute"},
        ),
        (
            {"workplace": "务必想一想。"},
            "quality.forbidden_word",
            {"word": "务必", "field": "workplace", "reason": "bossy"},
        ),
        (
            {"stem": "吊索断股,先做什么？"},
            "quality.ascii_punctuation",
            {"found": ",", "field": "stem"},
        ),
        (
            {"workplace": "什么时候撤离?"},
            "quality.ascii_punctuation",
            {"found": "?", "field": "workplace"},
        ),
        (
            {"stem": "职工(含劳务派遣)有权做什么？"},
            "quality.ascii_punctuation",
            {"found": "(", "field": "stem"},
        ),
    ],
)
def test_what_is_wrong_with_one_item_is_named(changes, code, params):
    assert (code, params) in found_in(single(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"explanation": "解析，" * 40},
        {"explanation": "解" * 40},
        {"valid_until": date(2028, 11, 22)},
        {"valid_until": TODAY},
        {"verified_on": date(2024, 11, 22), "valid_until": TODAY},
        {"clause": "第一百一十九条"},
        {"clause": "第三条第三款"},
        {"clause": "第十七条之一"},
        {"clause": "第五十五条、第五十六条第二款第（三）项"},
        {"clause": "序言"},
        {"clause": "附件一"},
        {"source": replace(LAW, articles=0), "clause": "第二章"},
        {"stem": "笨重的工件怎样搬？"},
        {"stem": "三年以上不满五年，年休假几天？"},
        {"stem": "50人以上均应设机构吗？"},
        {"stem": "电压 3.5 V, 电流 2 A，怎么办？"},
        {"stem": "题" * 40 + "？" + "题" * 40 + "，\n" + "干" * 40},
        {"topic": "题" * 12},
        {"texts": ["走" * 4, "停" * 10, "跑" * 4, "站" * 4]},
        {"key": "ABD", "texts": ["甲" * 30, "乙", "丙", "丁" * 30]},
    ],
)
def test_what_is_right_passes(changes):
    assert [code for code, _ in found_in(single(**changes))] == []


def test_leap_days_have_an_anniversary():
    item = single(verified_on=date(2028, 2, 29), valid_until=date(2030, 3, 1))
    params = {"valid_until": "2030-03-01", "latest": "2030-02-28"}
    assert ("quality.validity_too_long", params) in found_in(item)


def test_how_chinese_is_written_is_not_asked_of_english():
    item = single(explanation="Short, and to the point.", topic="Leaving the workplace in time")
    assert found_in(item, language="en", title="Safety at work and duties") == []


# Clauses


@given(st.integers(1, 9999))
def test_numerals_are_read_as_they_are_written(number):
    assert from_hanzi(to_hanzi(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("五", 5),
        ("十", 10),
        ("十七", 17),
        ("二十", 20),
        ("五十五", 55),
        ("一百零五", 105),
        ("一百〇五", 105),
        ("一百一十", 110),
        ("一百一十九", 119),
        ("一千零一", 1001),
        ("一千零一十", 1010),
        ("一千二百六十", 1260),
        ("五五", None),
        ("一百五", None),
        ("一十", None),
        ("一百十九", None),
        ("零", None),
        ("", None),
        ("55", None),
        ("十十", None),
    ],
)
def test_numerals_that_no_law_writes_are_refused(text, number):
    assert from_hanzi(text) == number


@pytest.mark.parametrize(
    ("clause", "articles"),
    [
        ("第五十五条", [55]),
        ("第三条第三款", [3]),
        ("第十七条之一", [17]),
        ("第二章第十条第一款", [10]),
        ("第十四条和第十五条", [14, 15]),
        ("附录第三条", []),
        ("第一百五条", None),
        ("第五条、第六六条", None),
        ("总则", None),
    ],
)
def test_articles_are_found_in_a_clause(clause, articles):
    assert articles_of(clause) == articles


# Repetition


def test_an_id_in_two_packs_is_named():
    found = lint([pack(single(1)), pack(statement(1), theme="fire")], TODAY)
    assert [(one.code, one.where.item) for one in found] == [("quality.duplicate_id", "safety-001")]


def test_nearly_the_same_question_is_named_once():
    stem = "打磨工小周发现头顶的吊索断了几股，工件还悬在半空。他可以先怎么做？"
    items = [
        single(1, stem=stem),
        single(2, stem=stem.replace("小周", "小李")),
        single(3, stem=stem + "！"),
        single(4, stem="上班路上受伤，怎样申请工伤认定？"),
    ]
    found = [one for one in lint([pack(*items)], TODAY) if one.code == "quality.duplicate"]
    assert [(one.where.item, one.params) for one in found] == [
        ("safety-002", {"other": "safety-001", "similarity": 82}),
        ("safety-003", {"other": "safety-001", "similarity": 100}),
    ]


def test_the_same_stem_with_another_right_answer_may_be_another_question():
    stem = "下列做法哪一项对？"
    other = ("报告班长马上处理", "关闭阀门切断气源", "撤到上风口集合", "拨打报警电话说清地点")
    assert found_in(single(1, stem=stem), single(2, stem=stem, key="D", texts=other)) == []


def test_statements_are_compared_by_their_stem():
    item = statement(1)
    twin = packed("safety-002", replace(item.item, key=False))
    (found,) = found_in(item, twin)
    assert found == ("quality.duplicate", {"other": "safety-001", "similarity": 100})


def test_short_and_empty_stems_are_compared_too():
    short = [packed(f"safety-{n:03}", TrueFalse("对。", True, EXPLANATION)) for n in (1, 2)]
    assert [code for code, _ in found_in(*short)] == ["quality.duplicate"]


@given(st.lists(st.text("甲乙丙丁", min_size=3, max_size=12), max_size=12))
def test_no_pair_is_missed_by_looking_at_rare_grams_only(stems):
    items = [packed(f"x-{n:03}", TrueFalse(stem, True, "")) for n, stem in enumerate(stems)]
    grams = [neighbours.grams(stem) for stem in stems]
    expected = {
        items[b].uid
        for a, b in combinations(range(len(items)), 2)
        if len(grams[a] & grams[b]) / len(grams[a] | grams[b]) >= 0.8
    }
    found = duplicates.check_duplicates(items)
    assert {one.where.item for one in found} == expected


# Packs and banks


def test_a_long_title_and_an_unused_source_are_doubtful():
    other = replace(LAW, slug="other")
    found = lint([pack(single(), title="安全生产与从业人员权利义务", sources=(LAW, other))], TODAY)
    assert [(one.code, one.severity, one.params) for one in found] == [
        ("quality.title_long", "warning", {"theme": "safety", "length": 13, "most": 10}),
        ("quality.source_unused", "warning", {"theme": "safety", "source": "other"}),
    ]


LONGEST = ("继续作业", "停手撤离吧", "拍照留存", "等候通知")
TIED = ("继续作业吧", "停手撤离吧", "拍照留存", "等候通知")


@pytest.mark.parametrize(
    ("longest", "others", "share"),
    [(5, 5, 50.0), (4, 6, None), (9, 0, None), (10, 0, 100.0)],
)
def test_a_pack_whose_longest_option_is_too_often_right_is_doubtful(longest, others, share):
    items = [single(n, texts=LONGEST if n < longest else TIED) for n in range(longest + others)]
    found = [params for code, params in found_in(*items) if code == "quality.longest_key"]
    params = {"theme": "safety", "share": share, "count": longest + others, "most": 45}
    assert found == ([params] if share else [])


def bank_of(letters):
    half = len(letters) // 2
    items = [single(n, key) for n, key in enumerate(letters)]
    return [pack(*items[:half]), pack(*items[half:], theme="fire")]


def positions(letters):
    found = lint(bank_of(letters), TODAY)
    return {
        o.params["letter"]: o.params["share"] for o in found if o.code == "quality.key_position"
    }


def test_keys_are_spread_over_the_letters_of_the_whole_bank():
    assert positions("ABCD" * 10) == {}
    assert positions("A" * 8 + "B" * 12 + "C" * 10 + "D" * 10) == {}
    assert positions("A" * 7 + "B" * 13 + "C" * 10 + "D" * 10) == {"A": 17.5, "B": 32.5}
    assert positions("B" * 39) == {}
    assert positions("B" * 40) == {"A": 0.0, "B": 100.0, "C": 0.0, "D": 0.0}


def test_only_single_choices_of_four_options_count_for_the_spread():
    three = [single(n, "A", ("继续作业", "停手撤离", "拍照留存")) for n in range(30)]
    several = [single(n, "AB") for n in range(30, 60)]
    balanced = [single(n, "ABCD"[n % 4]) for n in range(60, 100)]
    assert found_in(*three, *several, *balanced) == []


@pytest.mark.parametrize(
    ("false", "true", "share"),
    [(7, 13, None), (13, 7, None), (6, 14, 30.0), (14, 6, 70.0), (0, 19, None), (0, 20, 0.0)],
)
def test_true_and_false_are_in_balance(false, true, share):
    items = [statement(n, n >= false) for n in range(false + true)]
    params = {"share": share, "count": false + true, "least": 35, "most": 65}
    expected = [] if share is None else [("quality.false_share", params)]
    assert found_in(*items) == expected


def test_stems_of_these_tests_do_not_resemble_each_other():
    counts = Counter(stem_of(number) for number in range(1900))
    assert max(counts.values()) == 1


# The command line


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "safety.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def test_the_documented_example_passes(example, capsys):
    assert main([str(example)], TODAY) == 0
    assert capsys.readouterr().out == "packs: 1, items: 3, errors: 0, warnings: 0\n"
    assert lint([read(EXAMPLE).pack], TODAY) == []


def test_problems_are_printed_with_file_line_code_and_sentence(example, capsys):
    text = EXAMPLE.replace('key = "B"', 'key = "E"').replace("第五十九条", "第二百条")
    example.write_text(text, encoding="utf-8")
    assert main([str(example.parent)], TODAY) == 1
    first, second, summary = capsys.readouterr().out.splitlines()
    assert first == (
        f"{example}:15: error: item.key_letter: "
        "The key names “E”; the options are A to D. (safety-001)"
    )
    assert second == (
        f"{example}:56: error: quality.clause_range: "
        "Article 200 is cited; the source has 119. (safety-003)"
    )
    assert summary == "packs: 1, items: 2, errors: 2, warnings: 0"


def test_warnings_alone_do_not_fail(example, capsys):
    title = 'title = "安全生产与从业人员权利义务"'
    example.write_text(EXAMPLE.replace('title = "安全生产"', title), encoding="utf-8")
    assert main([str(example)], TODAY) == 0
    assert "warning: quality.title_long: The title of safety has 13" in capsys.readouterr().out


def test_a_file_that_is_no_pack_fails_and_the_others_are_looked_at(example, capsys):
    other = example.with_name("other.toml")
    other.write_bytes(EXAMPLE.encode("gb18030"))
    assert main([str(other), str(example)], TODAY) == 1
    out = capsys.readouterr().out
    assert "error: pack.encoding: The file is not UTF-8" in out
    assert "packs: 2, items: 3, errors: 1" in out


def test_a_path_that_cannot_be_read_is_named(tmp_path, capsys):
    assert main([str(tmp_path / "nowhere.toml")], TODAY) == 2
    assert "nowhere.toml: No such file" in capsys.readouterr().err


def test_the_module_can_be_run(example):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "question_bank.quality", str(example)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert "packs: 1, items: 3, " in run.stdout


def test_without_paths_the_starter_bank_is_looked_at(capsys):
    main([], TODAY)
    assert "packs: " in capsys.readouterr().out


# Every kind


def of_kind(kind, **changes):
    """Return the sample of a kind with its passport, its draft changed."""
    draft = replace(DRAFTS[kind], explanation=EXPLANATION, **changes)
    item = building.build(draft, "safety-001").item
    return replace(statement(), uid="safety-001", item=item)


def codes_of(packed):
    return [(p.code, p.params.get("field")) for p in lint([pack(packed)], TODAY)]


@pytest.mark.parametrize("kind", [kind for kind in DRAFTS if kind != "hotspot"])
def test_a_good_item_of_any_kind_passes(kind):
    assert codes_of(of_kind(kind)) == []


LONG, BAD = "长" * 41, "务必小心"


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        (
            "single",
            {"options": (DraftOption("甲", True, feedback=BAD), DraftOption("乙"))},
            "feedback[1]",
        ),
        ("true_false", {"options": (DraftOption("", feedback=BAD),)}, "feedback[1]"),
        ("cloze", {"stem": "空____。", "blanks": (DraftBlank((Accepted(BAD),)),)}, "answers[1]"),
        ("cloze", {"stem": BAD + "____。", "blanks": (DraftBlank((Accepted("一"),)),)}, "stem"),
        ("ordering", {"options": (DraftOption("甲"), DraftOption(BAD))}, "options[2]"),
        ("matching", {"pairs": (("甲", "1"), ("乙", BAD))}, "pairs[2]"),
        ("matching", {"extras": (BAD,)}, "extras[1]"),
        ("essay", {"sample": BAD}, "sample"),
        ("essay", {"rubric": (Criterion(BAD, 1),)}, "rubric[1]"),
        ("case", {"stem": BAD}, "stem"),
        ("case", {"parts": (replace(DRAFTS["numeric"], stem=BAD),)}, "part[1].stem"),
        (
            "case",
            {
                "parts": (
                    replace(DRAFTS["ordering"], options=(DraftOption("甲"), DraftOption(BAD))),
                )
            },
            "part[1].options[2]",
        ),
        ("case", {"parts": (replace(DRAFTS["numeric"], explanation=BAD),)}, "part[1].explanation"),
    ],
)
def test_every_text_of_every_kind_is_read_by_the_gate(kind, changes, field):
    assert codes_of(of_kind(kind, **changes)) == [("quality.forbidden_word", field)]


def test_a_blank_has_no_length_but_what_is_around_it_has():
    blank = (DraftBlank((Accepted("一"),)),)
    assert codes_of(of_kind("cloze", stem="字" * 36 + "________", blanks=blank)) == []
    assert codes_of(of_kind("cloze", stem=LONG + "____", blanks=blank)) == [
        ("quality.long_sentence", "stem")
    ]


def test_a_key_that_its_length_gives_away_is_found_inside_a_case():
    options = (DraftOption("停" * 30, is_right=True), DraftOption("甲"), DraftOption("乙"))
    part = replace(DRAFTS["single"], options=options)
    assert ("quality.long_key", None) in codes_of(of_kind("case", parts=(part,)))


def test_a_source_without_edition_or_address_is_named():
    bare = replace(LAW, edition="", url="")
    found = lint([replace(pack(replace(statement(), source=bare)), sources=(bare,))], TODAY)
    assert [p.params["field"] for p in found if p.code == "quality.source_incomplete"] == [
        "edition",
        "url",
    ]
