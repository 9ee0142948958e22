"""Reading GIFT: every trap of the format, one by one."""

from __future__ import annotations

import pytest

from question_bank.formats.gift import read
from question_bank.formats.reading import Question
from question_bank.items import building
from question_bank.items.draft import Accepted, Span


def questions(text: str) -> list[Question]:
    return list(read(text.encode(), "x.gift").questions)


def one(text: str) -> Question:
    (found,) = questions(text)
    return found


def codes(question: Question) -> list[str]:
    return [found.code for found in question.problems]


# Escapes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\:b\#c\=d\{e\}f\~g", "a:b#c=d{e}f~g"),
        (r"a\\b", r"a\b"),
        (r"a\\nb", r"a\nb"),
        (r"a\nb", "a\nb"),
        (r"a\\\=b", r"a\=b"),
        (r"a\tb \x \- \%", r"a\tb \x \- \%"),
        (r"\\frac\{1\}\{2\}", r"\frac{1}{2}"),
        ("a &lt; b", "a < b"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("see https://a.cn/b//c", "see https://a.cn/b//c"),
    ],
)
def test_escapes(written, meant):
    assert one(f"{written}{{T}}").draft.stem == meant


def test_latex_that_begins_like_a_line_break_stays_latex():
    question = one(r"x $$ a \neq b \nu $$ y\nz {T}")
    assert question.draft.stem == "x $$ a \\neq b \\nu $$ y\nz"
    assert [found.params["text"] for found in question.problems] == [r"\neq", r"\nu"]
    assert one(r"\(a\neq b\){T}").draft.stem == r"\(a\neq b\)"
    assert one(r"\\(a\neq b\\){T}").draft.stem == r"\(a\neq b\)"
    assert one(r"not a formula\neq {T}").draft.stem == "not a formula\neq"
    # A formula that is never closed ends at the next blank line.
    assert questions("$$ open {T}\n\na\\neq {T}")[1].draft.stem == "a\neq"


def test_an_escaped_equals_sign_does_not_lose_the_question():
    draft = one("Solve {=x \\= 2 ~x \\= 3}").draft
    assert [(o.text, o.is_right) for o in draft.options] == [("x = 2", True), ("x = 3", False)]


# Which kind of question


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ("{}", "essay"),
        ("{####general}", "essay"),
        ("{#5}", "numeric"),
        ("{~a =b}", "single"),
        ("{~%50%a ~%50%b ~c}", "multiple"),
        ("{=a =b}", "cloze"),
        ("{a}", "cloze"),
        ("{=T}", "cloze"),
        ("{=a -> 1 =b -> 2}", "matching"),
        ("{T}", "true_false"),
        ("{FALSE#no#yes}", "true_false"),
        ("{=a#not ~ b}", "single"),  # a ~ in feedback: Moodle takes it for a choice
    ],
)
def test_the_kind_is_found_in_the_order_of_moodle(answers, kind):
    assert one(f"Q{answers}").draft.kind == kind


def test_text_without_answers_is_refused_by_name():
    assert codes(one("Only a text.")) == ["plain.description"]
    assert one("Only a text.").draft.stem == "Only a text."


@pytest.mark.parametrize("text", ["Q {=a ~b", "Q =a ~b}", "Q }=a{"])
def test_a_missing_brace_refuses_one_question_and_the_file_goes_on(text):
    first, second = questions(f"{text}\n\nR {{T}}")
    assert codes(first) == ["plain.brace_missing"]
    assert codes(second) == []


def test_two_pairs_of_braces_are_an_error():
    assert codes(one("Q {=a ~b} and {=c ~d}")) == ["plain.second_answers"]


def test_a_blank_line_inside_the_answers_is_mended():
    question = one("Q {\n=a\n\n~b\n}")
    assert codes(question) == ["plain.blank_line_inside"]
    assert len(question.draft.options) == 2


def test_a_missing_blank_line_before_the_next_name_is_mended():
    first, second = questions("::a::Q {T}\n::b::R {F}")
    assert (codes(first), codes(second)) == ([], ["plain.blank_line_added"])
    assert (second.name, second.draft.is_true, second.where.line) == ("b", False, 2)


# Weights


def test_without_a_right_answer_several_may_be_chosen():
    draft = one("Q {~%50%a ~%50%b ~%-50%c ~%-50%d}").draft
    assert (draft.kind, draft.scoring) == ("multiple", "partial")
    assert [o.weight for o in draft.options] == [None] * 4


def test_wrong_options_that_cost_everything_together_correct_for_guessing():
    draft = one("Q {~%50%a ~%50%b ~%-33.33333%c ~%-33.33333%d ~%-33.33333%e}").draft
    assert draft.scoring == "corrected"


@pytest.mark.parametrize(
    "answers",
    ["{~%50%a ~%50%b ~c}", "{~%60%a ~%40%b ~%-50%c}", "{~%50%a ~%50%b ~%-100%c ~%-100%d}"],
)
def test_other_weights_are_kept(answers):
    draft = one(f"Q {answers}").draft
    assert (draft.kind, draft.scoring) == ("multiple", "weighted")
    assert all(o.weight is not None for o in draft.options)


def test_a_single_choice_with_shares_keeps_them():
    draft = one("Q {=a ~%50%b ~%-25%c ~d}").draft
    assert (draft.kind, draft.scoring) == ("single", "weighted")
    assert [o.weight for o in draft.options] == [1.0, 0.5, -0.25, 0.0]


def test_several_right_answers_of_a_single_choice_each_earn_everything():
    draft = one("Q {=a =b ~c}").draft
    assert (draft.kind, [o.weight for o in draft.options]) == ("single", [1.0, 1.0, 0.0])
    assert building.build(draft, "x").item is not None


def test_a_rounded_third_is_a_third():
    draft = one("Q {~%33.33333%a ~%33.333%b ~%33.33%c ~d}").draft
    assert sum(o.weight for o in draft.options) == pytest.approx(1.0, abs=1e-4)
    assert draft.options[0].weight == 1 / 3


def test_a_share_after_the_equals_sign_and_a_share_out_of_range():
    assert one("Q {=%100%a ~b}").draft.options[0].text == "a"
    assert codes(one("Q {~%150%a ~b}")) == ["plain.grade_unreadable"]


@pytest.mark.parametrize("text", ["Q {~a}", "Q {~}", "Q {=a->b}"])
def test_too_few_answers_are_an_error(text):
    assert codes(one(text)) == ["plain.answers_few"]


# Numbers


@pytest.mark.parametrize(
    ("answer", "spans"),
    [
        ("#3:2", [("1", "5")]),
        ("#1..5", [("1", "5")]),
        ("#-3..-1", [("-3", "-1")]),
        ("#5..1", [("1", "5")]),
        ("#1822:0", [("1822", "1822")]),
        ("#3.1415:0.0005", [("3.141", "3.142")]),
        ("#3,5", [("3.5", "3.5")]),
        ("#1e3", [("1000", "1000")]),
        ("#=1 =%50%2:1", [("1", "1"), ("1", "3")]),
        ("#=1 =%0%2#no", [("1", "1")]),
    ],
)
def test_numbers(answer, spans):
    found = one(f"Q {{{answer}}}").draft.spans
    assert [(span.low, span.high) for span in found] == spans


def test_numbers_with_shares_and_feedback_on_any_other():
    question = one("Q {#=5 =%50%6~#Completely wrong}")
    assert question.draft.spans == (Span("5", "5"), Span("6", "6", 0.5))
    assert [found.params["text"] for found in question.problems] == ["Completely wrong"]


def test_what_is_no_number_is_refused():
    assert codes(one("Q {#abc}")) == ["plain.not_a_number"]
    assert codes(one("Q {#}")) == ["plain.answers_few"]
    assert codes(one("Q {#1e999}")) == ["plain.not_a_number"]


# Matching, words, statements


def test_a_right_side_alone_fits_nothing():
    draft = one("Q {=a -> 1 =b -> 2 = -> 3}").draft
    assert (draft.pairs, draft.extras) == ((("a", "1"), ("b", "2")), ("3",))


def test_a_pair_without_an_arrow_is_an_error():
    question = one("Q {=a -> 1 =b}")
    assert codes(question) == ["plain.arrow_missing"]
    assert question.problems[0].params == {"text": "b"}


def test_words_with_shares():
    question = one("Q {=Frog#Good! =%50%Cat =%0%*#No}")
    assert question.draft.blanks[0].accepted == (Accepted("Frog"), Accepted("Cat", 0.5))
    assert codes(question) == ["plain.feedback_lost", "plain.feedback_lost"]


def test_asterisks_accept_anything_in_moodle_and_are_reported():
    question = one("Q {=*manual* =*}")
    assert question.draft.blanks[0].accepted == (Accepted("manual"),)
    assert codes(question) == ["plain.wildcard", "plain.accepts_anything"]
    assert one(r"Q {=2 \\* 3}").draft.blanks[0].accepted == (Accepted("2 * 3"),)


def test_the_first_feedback_on_a_statement_is_for_the_wrong():
    right, wrong = one("Q {TRUE#wrong#right}").draft.options
    assert (right.feedback, wrong.feedback) == ("right", "wrong")
    said_true, said_false = one("Q {FALSE#wrong#right}").draft.options
    assert (said_true.feedback, said_false.feedback) == ("wrong", "right")


@pytest.mark.parametrize(("word", "is_true"), [("true", True), ("错", False), ("√", True)])
def test_other_words_for_true_and_false_are_reported(word, is_true):
    question = one(f"Q {{{word}}}")
    assert question.draft.is_true is is_true
    assert codes(question) == ["plain.true_false_word"]


# Blanks


@pytest.mark.parametrize(
    ("text", "stem", "said"),
    [
        ("Two and two are {=4}.", "Two and two are ____.", []),
        ("Two and two {=4}", "Two and two", []),
        ("_____ is far. {=Asia}", "____ is far.", []),
        ("__________ is far. {=Asia}", "____ is far.", []),
        ("_____ and _____ {=x}", "___ and ___", ["plain.underscores"]),
        ("_____ and {=x}!", "___ and ____!", ["plain.underscores"]),
        ("Grant is {~buried =entombed} here.", "Grant is ____ here.", []),
    ],
)
def test_where_the_blank_is(text, stem, said):
    question = one(text)
    assert question.draft.stem == stem
    assert codes(question) == said
    assert building.build(question.draft, "x").item is not None


# Names, comments, categories


def test_names():
    assert one("::a\\:b::Q{T}").name == "a:b"
    assert one("::never closed Q{T}").name == ""
    assert one("::a::::b::Q{T}").draft.stem == "::b::Q"


def test_comments_count_only_where_they_begin_a_line():
    draft = one("// one\nQ // no {=a\n  // two\n~b}").draft
    assert draft.stem == "Q // no"
    assert len(draft.options) == 2


def test_comments_carry_an_id_and_tags():
    question = one("// x [id:7] [tag:fire] [tag:a\\]b]\nQ{T}")
    assert (question.name, question.tags) == ("7", ("fire", "a]b"))
    assert one("// [id:7]\n::name::Q{T}").name == "name"


def test_tags_of_the_house_become_the_passport():
    question = one(
        "// [tag:source=GB 30871] [tag:difficulty=hard] [tag:points=2] [tag:tag=x=y]\nQ{T}"
    )
    assert (question.source, question.difficulty, question.points) == ("GB 30871", "hard", 2.0)
    assert question.tags == ("x=y",)
    assert one("// [tag:difficulty=awful]\nQ{T}").tags == ("difficulty=awful",)


def test_categories():
    text = "$CATEGORY: $course$/top/a/b//c\n\nQ{T}\n\n$CATEGORY: d\nR{T}\n$CATEGORY：e\n\nS{T}"
    assert [one.category for one in questions(text)] == [("a", "b/c"), ("d",), ("e",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks(end, mark):
    text = mark + end.join(["::a::Q{T}", "", "// comment", "R{F}"])
    first, second = questions(text)
    assert (first.name, first.draft.is_true, second.draft.is_true) == ("a", True, False)
    assert (first.where.line, second.where.line) == (1, 4)


# Formats of texts


def test_answers_are_in_the_format_of_the_question():
    draft = one("[html]<p>a&nbsp;b</p>{=<b>c</b>#<i>d</i> ~[plain]<b>e</b>}").draft
    assert draft.stem == "a b"
    assert [o.text for o in draft.options] == ["c", "<b>e</b>"]
    assert draft.options[0].feedback == "d"


def test_an_unknown_format_is_text():
    assert one("[xyz]Q{T}").draft.stem == "[xyz]Q"


def test_markdown_and_preformatted_text():
    stem = one("[markdown]# Head\n**bold** `code` [x](http\\://a.cn)\n- one\n- two{T}").draft.stem
    assert stem == "Head\nbold code x (http://a.cn)\n• one\n• two"
    assert one("[html]<pre>\n a\n   b\n</pre>{T}").draft.stem == "a\n   b"


def test_pictures_inside_the_text_are_kept_and_others_reported():
    data = "iVBORw0KGgo="
    question = one(f'[html]Q <img src\\="data\\:image/png;base64,{data}"> <img src\\="a.png">{{T}}')
    assert [one.kind for one in question.draft.media] == ["image"]
    assert codes(question) == ["markup.media_missing"]


# Full width


def test_full_width_control_characters_are_read_and_asked_about():
    question = one("：：题：：水的沸点｛＝％１００％100℃　～90℃｝")
    assert question.name == "题"
    assert [(o.text, o.is_right) for o in question.draft.options] == [
        ("100℃", True),
        ("90℃", False),
    ]
    assert codes(question) == ["plain.full_width"]
    found = question.problems[0]
    assert found.severity == "decision"
    assert found.params["before"].startswith("：：题：：")
    assert found.params["after"].startswith("::题::水的沸点{")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Q {=10～20 ~20～30}", ["10～20", "20～30"]),
        ("Q {=1＃机组 ~2＃机组}", ["1＃机组", "2＃机组"]),
        ("Q {=上午～下午 ~A＝B}", ["上午～下午", "A＝B"]),
        ("Q：：甲：：乙 {=５％ ~６％}", ["５％", "６％"]),
    ],
)
def test_full_width_signs_of_a_sentence_are_text(text, options):
    question = one(text)
    assert [o.text for o in question.draft.options] == options
    assert question.problems == ()


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Q｛T＃错了＃对了｝", lambda d: [o.feedback for o in d.options] == ["对了", "错了"]),
        ("Q｛＃120：5｝", lambda d: (d.spans[0].low, d.spans[0].high) == ("115", "125")),
        ("Q｛＃1．．5｝", lambda d: (d.spans[0].low, d.spans[0].high) == ("1", "5")),
        ("Q｛＝甲－＞1　＝乙－＞2｝", lambda d: d.pairs == (("甲", "1"), ("乙", "2"))),
        ("Q｛＝甲～乙～丙｝", lambda d: [o.text for o in d.options] == ["甲", "乙", "丙"]),
        ("Q｛＝甲＃＃＃＃说明｝", lambda d: d.explanation == "说明"),
    ],
)
def test_every_kind_is_understood_in_full_width(text, check):
    question = one(text)
    assert codes(question) == ["plain.full_width"]
    assert check(question.draft)


def test_a_file_that_cannot_be_decoded_says_so():
    assert [found.code for found in read(b"\xff\xff\x81", "x").problems] == ["file.encoding"]


def test_a_file_of_many_questions_is_read_in_a_number_of_steps_that_grows_with_its_length():
    for text in ("{" * 20_000, "::" * 20_000, "Q {=a\n\n" * 4_000, "//\n" * 20_000, "\\n" * 20_000):
        assert read(text.encode(), "x").questions is not None
