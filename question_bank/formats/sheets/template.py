"""The sheet that authors fill in: column names, a sheet of examples, a page of instructions."""

import io

import xlsxwriter

from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from question_bank.formats.sheets.columns import Counts, columns
from question_bank.formats.sheets.records import filled, record_all
from question_bank.formats.sheets.writing import (
    XLSX_TYPE,
    add_lists,
    cell_formats,
    write_header,
    write_text,
)
from question_bank.formats.writing import Written
from question_bank.items.draft import Accepted, Criterion, Draft, DraftBlank, DraftOption, Span

_FIELDS = ("unit", "rubric", "explanation", "difficulty", "tags", "category", "points", "source")
_ROWS = 500

_SHEETS = {
    "zh": ("题目", "填写示例", "填写说明"),
    "en": ("Questions", "Examples", "Instructions"),
}
_INSTRUCTIONS = {
    "zh": (
        "怎样填写这张表",
        "1. 在“题目”表中填写，一行一题。带 * 的列每题都要填，其余可以空着。",
        "2. 题型：单选题、多选题、判断题、填空题、数值题、排序题、连线题、简答题。",
        "3. 单选题、多选题：每个选项占一列；答案写字母，如 B 或 ACD。",
        "4. 判断题：答案写“对”或“错”，不填选项。",
        "5. 填空题：题干中用四个下划线 ____ 表示一个空；第一空的答案写在“空1”，第二空写在“空2”；"
        "同一空有几种写法时，在单元格内换行（Alt + Enter）逐行列出。",
        "6. 数值题：答案写一个数，或写范围，如 7.5~8.5；单位写在“答案单位”。",
        "7. 排序题：选项按任意顺序填写，答案按正确顺序写字母，如 CABD。",
        "8. 连线题：左边写在选项列，右边写在同一字母的“配对”列；多余的右边写在“干扰项”列。",
        "9. 简答题：答案写参考答案；评分标准每行一条，末尾用括号写分值，如：说出两个出口 (2)。",
        "10. 难度写易、中、难；知识点可写多个，用分号隔开；章节可写层级，如 安全>消防。",
        "11. “填写示例”表只供参考，导入时不会自动收入题库。",
    ),
    "en": (
        "How to fill in this workbook",
        "1. Fill in the sheet “Questions”, one row per question. Columns with * are always needed.",
        "2. Types: single choice, multiple answers, true/false, fill in the blanks, numeric, "
        "ordering, matching, essay.",
        "3. Single choice, multiple answers: one column per option; the answer is the letters, "
        "such as B or ACD.",
        "4. True/false: the answer is TRUE or FALSE; leave the options empty.",
        "5. Fill in the blanks: write ____ (four underscores) for each blank. The answer to the "
        "first goes to “Blank 1”, to the second to “Blank 2”; several spellings on lines of "
        "their own (Alt + Enter).",
        "6. Numeric: the answer is a number or a range such as 7.5~8.5; its unit goes to "
        "“Answer unit”.",
        "7. Ordering: write the options in any order; the answer is the right order, such as CABD.",
        "8. Matching: the left sides go to the options, the right sides to “Match” of the same "
        "letter; right sides that fit nothing go to “Extra”.",
        "9. Essay: the answer is a sample; the rubric has one line per criterion with its points "
        "in brackets at the end.",
        "10. Difficulty is easy, medium or hard; separate tags with semicolons; write topics as a "
        "path such as Safety>Fire.",
        "11. The sheet “Examples” is only for looking at; its rows are not imported by themselves.",
    ),
}


def template(language: str = "zh") -> Written:
    """Return a workbook for authors in Chinese (`zh`) or English (`en`).

    Raises KeyError for another language.
    """
    names, lines = _SHEETS[language], _INSTRUCTIONS[language]
    examples = record_all(_examples(language), language)
    shown = columns(Counts(6, 3, 6, 2), _FIELDS, language)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        formats = cell_formats(book)
        sheet = book.add_worksheet(names[0])
        write_header(sheet, shown, formats, "", star="kind stem")
        add_lists(sheet, shown, _ROWS, language)
        sheet = book.add_worksheet(names[1])
        write_header(sheet, shown, formats, "", star="kind stem")
        for number, record in enumerate(examples.records, start=1):
            for column, text in enumerate(filled(shown, record)):
                write_text(sheet, number, column, text, formats)
        sheet = book.add_worksheet(names[2])
        sheet.set_column(0, 0, 100)
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line, formats["title" if number == 0 else "text"])
    return Written(target.getvalue(), ".xlsx", XLSX_TYPE)


def _examples(language: str) -> list[Question]:
    return [
        Question(draft, Where(), difficulty="easy", points=2.0, tags=tags)
        for draft, tags in (_CHINESE if language == "zh" else _ENGLISH)
    ]


def _options(right: str, *texts: str) -> tuple[DraftOption, ...]:
    return tuple(
        DraftOption(text, letter in right) for letter, text in zip("ABCDEF", texts, strict=False)
    )


def _blank(*texts: str) -> DraftBlank:
    return DraftBlank(tuple(Accepted(text) for text in texts))


_CHINESE = (
    (Draft("single", "灭火器的压力表指针在哪个区域表示压力正常？", "绿色区域表示压力正常。",
           _options("B", "红色区域", "绿色区域", "黄色区域")), ("消防",)),
    (Draft("multiple", "进入作业现场前应当检查哪些个人防护用品？", "",
           _options("ABD", "安全帽", "防护鞋", "会议记录", "防护手套")), ("防护用品",)),
    (Draft("true_false", "疏散通道可以临时堆放物品。", "疏散通道应当保持畅通。", is_true=False),
     ("消防",)),
    (Draft("cloze", "火警电话是____，急救电话是____。",
           blanks=(_blank("119"), _blank("120"))), ("应急",)),
    (Draft("numeric", "一个班组有 12 人，每人每月领 2 副手套，全班组每月共领多少副？",
           spans=(Span("24", "24"),), unit="副"), ("计算",)),
    (Draft("ordering", "发现初起火情后，按先后顺序排列下列做法。",
           options=_options("", "呼叫同事并报警", "就近取灭火器", "拔下保险销", "对准根部喷射")),
     ("消防",)),
    (Draft("matching", "把标志的颜色与它的含义连起来。",
           pairs=(("红色", "禁止"), ("蓝色", "指令"), ("黄色", "警告")), extras=("提示",)),
     ("标志",)),
    (Draft("essay", "简述交接班时应当说明的内容。", sample="设备状态；未完成的工作；安全注意事项",
           rubric=(Criterion("设备状态", 1.0), Criterion("未完成的工作", 1.0))), ("班组管理",)),
)  # fmt: skip
_ENGLISH = (
    (Draft("single", "Which part of the gauge shows that a fire extinguisher is ready?",
           "Green means that the pressure is right.",
           _options("B", "The red part", "The green part", "The yellow part")), ("fire",)),
    (Draft("multiple", "What do you check before you enter the site?", "",
           _options("ABD", "Helmet", "Safety shoes", "Minutes of a meeting", "Gloves")), ("gear",)),
    (Draft("true_false", "Goods may stand in an escape route for a short time.", is_true=False),
     ("fire",)),
    (Draft("cloze", "In China the fire service is called at ____ and an ambulance at ____.",
           blanks=(_blank("119"), _blank("120"))), ("emergency",)),
    (Draft("numeric", "A team of 12 gets 2 pairs of gloves each. How many pairs are that?",
           spans=(Span("24", "24"),), unit="pairs"), ("numbers",)),
    (Draft("ordering", "Put in order what you do when a small fire breaks out.",
           options=_options("", "Call for help", "Fetch an extinguisher", "Pull the pin",
                            "Aim at the foot of the flame")), ("fire",)),
    (Draft("matching", "What do the colours of signs mean?",
           pairs=(("Red", "Stop"), ("Blue", "Do it"), ("Yellow", "Beware")), extras=("Exit",)),
     ("signs",)),
    (Draft("essay", "What is to be said at a change of shift?",
           sample="State of the machines; work left over; what to beware of",
           rubric=(Criterion("State of the machines", 1.0), Criterion("Work left over", 1.0))),
     ("team",)),
)  # fmt: skip
