"""Word files: numbering, tables, marks, pictures, tracked changes; papers and back."""

import io
import re
import zipfile

import docx
import pytest
from docx.shared import RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import formats
from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from question_bank.formats.word import read, write
from question_bank.formats.word.layout import columns_for
from question_bank.formats.word.numerals import written
from question_bank.items.draft import (
    BLANK,
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
)
from question_bank.items.media import Media

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def p(text="", num=None, level=0):
    """One paragraph; `text` may be XML of runs."""
    numbered = (
        f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr></w:pPr>'
        if num
        else ""
    )
    body = text if text.startswith("<") else f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p>{numbered}{body}</w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def numbering(*levels):
    """Lists 1, 2, …: each is a format and the text of its label, or several levels of such."""
    lists = [one if isinstance(one[0], tuple) else (one,) for one in levels]
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">'
        + "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for place, (form, text) in enumerate(one)
        )
        + "</w:abstractNum>"
        for n, one in enumerate(lists, start=1)
    )
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n in range(1, len(lists) + 1)
    )
    return f"<w:numbering {NAMES}>{abstract}{nums}</w:numbering>"


def document(*blocks, lists=None, parts=(), relations=""):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        body = "".join(blocks)
        archive.writestr(
            "word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>"
        )
        if lists:
            archive.writestr("word/numbering.xml", numbering(*lists))
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{relations}</Relationships>",
        )
        for name, data in parts:
            archive.writestr(name, data)
    return target.getvalue()


def key(draft):
    return "".join("ABCDEFGH"[n] for n, one in enumerate(draft.options) if one.is_right)


def said(reading):
    return [
        (one.draft.kind, one.draft.stem, [o.text for o in one.draft.options], key(one.draft))
        for one in reading.questions
    ]


WANTED = [("single", "甲题", ["子", "丑"], "B"), ("single", "乙题", ["寅", "卯", "辰"], "A")]
QUESTION_LISTS = [
    ("decimal", "%1."), ("decimal", "%1、"), ("decimal", "（%1）"), ("decimal", "第%1题"),
    ("decimal", "%1"), ("decimalFullWidth", "%1．"), ("decimalZero", "%1."),
    ("decimalEnclosedParen", "%1"), ("decimal", "【%1】"),
]  # fmt: skip
OPTION_LISTS = [
    ("upperLetter", "%1."), ("upperLetter", "%1、"), ("upperLetter", "(%1)"),
    ("lowerLetter", "%1)"),
    ("decimal", "%1."), ("decimalEnclosedCircle", "%1"), ("lowerRoman", "%1."),
    ("ideographTraditional", "%1、"),
]  # fmt: skip


@pytest.mark.parametrize("questions", QUESTION_LISTS)
@pytest.mark.parametrize("options", OPTION_LISTS)
@pytest.mark.parametrize("is_level", [False, True])
def test_automatic_numbers_of_every_sort(questions, options, is_level):
    lists = [(questions, options)] if is_level else [questions, options]
    option = {"num": 1, "level": 1} if is_level else {"num": 2}
    reading = read(
        document(
            p("一、单选题"), p("甲题", 1), p("子", **option), p("丑", **option), p("答案：B"),
            p("乙题", 1), p("寅", **option), p("卯", **option), p("辰", **option), p("答案：A"),
            lists=lists,
        ),
        "x.docx",
    )  # fmt: skip
    assert said(reading) == WANTED
    assert not reading.problems


def test_headings_may_be_numbered_too():
    lists = [("chineseCountingThousand", "%1、"), ("decimal", "%1."), ("upperLetter", "%1.")]
    blocks = [
        p("单选题", 1),
        p("甲（ B ）", 2),
        p("子", 3),
        p("丑", 3),
        p("判断题", 1),
        p("乙。（√）", 2),
    ]
    reading = read(document(*blocks, lists=lists), "x")
    assert [one.draft.kind for one in reading.questions] == ["single", "true_false"]


def test_typed_options_below_automatic_numbers_and_lists_inside_stems():
    lists = [("decimal", "%1."), ("decimalEnclosedCircle", "%1")]
    blocks = [p("正确的是（A）", 1), p("可以停车", 2), p("不可停车", 2), p("A. ①  B. ②"),
              p("乙（B）", 1), p("A. 子  B. 丑")]  # fmt: skip
    reading = read(document(*blocks, lists=lists), "x")
    assert [key(one.draft) for one in reading.questions] == ["A", "B"]
    assert reading.questions[0].draft.stem == "正确的是（ ）\n①可以停车\n②不可停车"


def test_numerals_as_word_writes_them():
    assert [written(n, "chineseCountingThousand") for n in (1, 10, 11, 20, 105, 110)] == [
        "一", "十", "十一", "二十", "一百零五", "一百一十"
    ]  # fmt: skip
    assert [written(n, "upperLetter") for n in (1, 26, 27)] == ["A", "Z", "AA"]
    assert [written(n, "upperRoman") for n in (4, 9, 14)] == ["IV", "IX", "XIV"]
    assert (written(3, "decimalEnclosedCircle"), written(2, "ideographTraditional")) == ("③", "乙")
    assert written(7, "no such format") == "7"


def test_tables_of_questions_options_and_keys():
    blocks = [
        p("一、单选题"), p("1. 甲（ ）"), table(["A. 子", "B. 丑"], ["C. 寅", "D. 卯"]),
        p("2. 乙（ ）"), p("A. 子  B. 丑"),
        table(["题号", "1", "2"], ["答案", "C", "A"]),
        table(["题型", "题干", "选项", "答案"], ["判断", "丙。", "", "对"]),
        p("二、填空题"), p("1. 丁____"), p("答案：8"),
    ]  # fmt: skip
    reading = read(document(*blocks), "x")
    assert [key(one.draft) for one in reading.questions][:2] == ["C", "A"]
    assert [one.draft.kind for one in reading.questions][2:] == ["true_false", "cloze"]
    assert not reading.problems


def test_a_table_of_figures_is_part_of_the_stem():
    (question,) = read(
        document(p("1. 见下表（A）"), table(["年份", "产量"], ["2024", "8"]), p("A. 子  B. 丑")),
        "x",
    ).questions
    assert question.draft.stem == "见下表（ ）\n年份 | 产量\n2024 | 8"


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("properties", "style"),
    [('<w:b/>', "bold"), ('<w:color w:val="FF0000"/>', "red"),
     ('<w:u w:val="single"/>', "underline"),
     ('<w:highlight w:val="yellow"/>', "highlight")],
)  # fmt: skip
def test_an_option_that_stands_out_is_offered_as_the_answer(properties, style):
    blocks = [p("1. 甲（ ）"), p("A. 子"), p(run("B. ") + run("丑", properties)), p("C. 寅")]
    (question,) = read(document(*blocks), "x").questions
    (note,) = [one for one in question.problems if one.severity == "decision"]
    assert (note.code, note.params) == ("table.key_by_style", {"found": "B", "style": style})
    assert key(question.draft) == "B"
    told = read(document(*blocks, p("答案：A")), "x").questions[0]
    assert (key(told.draft), [one.severity for one in told.problems]) == ("A", ["fix"])


def test_red_by_another_program():
    paper = docx.Document()
    paper.add_paragraph("1. 甲（ ）")
    for text in ("A. 子", "B. 丑"):
        colored = paper.add_paragraph().add_run(text)
        if text.startswith("B"):
            colored.font.color.rgb = RGBColor(0xFF, 0, 0)
    target = io.BytesIO()
    paper.save(target)
    assert key(read(target.getvalue(), "x").questions[0].draft) == "B"


def test_runs_of_all_sorts():
    runs = (
        run("1. 水是 H") + run("2", '<w:vertAlign w:val="subscript"/>') + run("O，")
        + '<w:ins>' + run("灯亮") + '</w:ins><w:del><w:r><w:delText>灯灭</w:delText></w:r></w:del>'
        + '<w:hyperlink>' + run("时停机") + "</w:hyperlink>"
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        + '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
        + "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num>"
        + "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    )  # fmt: skip
    blocks = [p(runs), p("答案：对")]
    (question,) = read(document(p("一、判断题"), *blocks), "x").questions
    assert question.draft.stem == "水是 H₂O，灯亮时停机✓1/2"


def test_underlined_spaces_are_blanks_and_breaks_are_lines():
    runs = run("1. 周期") + run("    ", '<w:u w:val="single"/>') + run("小时")
    (question,) = read(document(p("一、填空题"), p(runs), p("答案：8")), "x").questions
    assert question.draft.stem == f"周期{BLANK}小时"
    lines = "<w:r><w:t>1. 甲（A）</w:t><w:br/><w:t>A. 子</w:t><w:tab/><w:t>B. 丑</w:t></w:r>"
    (question,) = read(document(p(lines)), "x").questions
    assert [one.text for one in question.draft.options] == ["子", "丑"]


def test_text_boxes_are_read_once():
    box = f"<wps:txbx><w:txbxContent>{p('2. 乙（B）')}{p('A. 子 B. 丑')}</w:txbxContent></wps:txbx>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    reading = read(document(p("1. 甲（A）"), p("A. 子 B. 丑"), p(both)), "x")
    assert [key(one.draft) for one in reading.questions] == ["A", "B"]


PNG = b"\x89PNG\r\n\x1a\nrest"


def test_pictures_come_with_their_question():
    drawing = '<w:r><w:drawing><a:blip r:embed="r1"/></w:drawing></w:r>'
    relations = (
        '<Relationship Id="r1" Target="media/image1.png" Type="image"/>'
        '<Relationship Id="r2" Target="http://example.invalid/x.png" TargetMode="External" '
        'Type="i"/>'
    )
    data = document(
        p("1. 图中是（A）"), p(drawing), p("A. 子 B. 丑"), p("2. 乙（B）"), p("A. 子 B. 丑"),
        parts=[("word/media/image1.png", PNG), ("word/media/unused.png", PNG)], relations=relations,
    )  # fmt: skip
    reading = read(data, "x")
    assert [one.draft.media for one in reading.questions] == [
        (Media("word/media/image1.png", "image"),), ()
    ]  # fmt: skip
    assert reading.media == {"word/media/image1.png": PNG}


def test_what_is_no_word_file_is_refused_by_name():
    for data, code in (
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file.old_office"),
        (b"PK\x03\x04broken", "file.archive_damaged"),
        (b"plain", "file.archive_damaged"),
    ):
        assert [one.code for one in read(data, "x.doc").problems] == [code]
    dtd = io.BytesIO()
    with zipfile.ZipFile(dtd, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    assert [one.code for one in read(dtd.getvalue(), "x").problems] == ["file.xml_doctype"]


PRINTED = (
    Draft("single", "电话贴在（ ）。", "见手册。",
          tuple(DraftOption(text, text == "外墙") for text in ("大门", "外墙", "食堂", "仓库"))),
    Draft("multiple", "步骤有（ ）", "",
          tuple(DraftOption(f"{text}，这是一个比较长的选项", text != "拆泵")
                for text in ("降速", "关阀", "拆泵"))),
    Draft("true_false", "灰灯亮时应停机。", is_true=False),
    Draft("cloze", f"周期为{BLANK}小时，保存{BLANK}年。", blanks=(
        DraftBlank((Accepted("8"), Accepted("八"))), DraftBlank((Accepted("3"),)))),
    Draft("numeric", "每月领多少副", spans=(Span("24", "24"),), unit="副"),
    Draft("ordering", "排列做法。", options=tuple(map(DraftOption, ("报警", "断电", "撤离")))),
    Draft("matching", "连一连。", pairs=(("红色", "禁止"), ("蓝色", "指令")), extras=("提示",)),
    Draft("essay", "简述交接班。", sample="设备状态；\n注意事项",
          rubric=(Criterion("设备状态", 2.0), Criterion("注意事项", 1.0))),
    Draft("case", "夜班时配电箱冒烟。", parts=(
        Draft("single", "先做什么", "", (DraftOption("断电", True), DraftOption("拍照"))),
        Draft("true_false", "可以泼水。", is_true=False))),
)  # fmt: skip


def test_a_paper_with_its_key_is_read_back():
    questions = [Question(draft, Where(), points=2.0) for draft in PRINTED]
    paper = write(questions, {})
    assert (paper.filename_extension, paper.left_out) == (".docx", ())
    reading = formats.read(paper.data, "paper.docx")
    assert [one.draft for one in reading.questions] == list(PRINTED)
    assert [one.points for one in reading.questions] == [2.0] * 9
    assert {note.code for note in reading.problems} == {"table.line_unused"}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(PRINTED), min_size=1, max_size=6))
def test_any_selection_is_read_back(drafts):
    reading = read(write([Question(draft, Where()) for draft in drafts], {}).data, "x")
    kinds = [draft.kind for draft in PRINTED]
    wanted = sorted(drafts, key=lambda draft: kinds.index(draft.kind))
    assert [one.draft for one in reading.questions] == wanted


def test_a_paper_without_its_key_and_the_key_alone():
    questions = [Question(draft, Where()) for draft in PRINTED]

    def text_of(data):
        paragraphs = docx.Document(io.BytesIO(data)).paragraphs
        return "\n".join(paragraph.text for paragraph in paragraphs)

    without = text_of(write(questions, {}, with_key="none").data)
    assert "参考答案" not in without
    assert "见手册" not in without
    assert "姓名" in without
    only = text_of(write(questions, {}, with_key="only", title="安全测试").data)
    assert only.startswith("安全测试  参考答案")
    assert "电话贴在" not in only
    assert "1. B" in only


def test_the_page_is_a4_with_chinese_fonts_and_page_numbers():
    data = write([Question(PRINTED[0], Where())], {}).data
    section = docx.Document(io.BytesIO(data)).sections[0]
    assert round(section.page_width.cm, 1) == 21.0
    assert round(section.page_height.cm, 1) == 29.7
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
        footer = "".join(
            archive.read(name).decode() for name in archive.namelist() if "footer" in name
        )
    assert 'w:eastAsia="宋体"' in xml
    assert re.findall(r"instrText[^>]*> (\w+) ", footer) == ["PAGE", "NUMPAGES"]


def test_options_stand_in_columns_by_their_length():
    assert columns_for(["A. 大门", "B. 食堂"]) == 4
    assert columns_for(["A. 这是一个中等长度的选项文字", "B. 食堂"]) == 2
    assert columns_for(["A. " + "很长的选项" * 6, "B. 食堂"]) == 1


def test_a_paper_says_what_it_does_not_show():
    sound = Draft(
        "true_false", "听。", is_true=True, media=(Media("a", "audio"), Media("b", "image"))
    )
    written_paper = write([Question(sound, Where()), Question(Draft("hotspot", "图"), Where())], {})
    assert [note.code for note in written_paper.left_out] == [
        "word.lost_media", "word.lost_picture", "word.question_left_out"
    ]  # fmt: skip
