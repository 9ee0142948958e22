"""Writing GIFT: what is written reads back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from question_bank.formats import FORMATS, sniff
from question_bank.formats.gift import read, write
from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from question_bank.items.draft import Accepted, Draft, DraftBlank, DraftOption, Span
from question_bank.items.media import Media
from tests.question_bank import nasty

KINDS = {
    "single": nasty.single(),
    "multiple": nasty.multiple(),
    "true_false": nasty.true_false(),
    "cloze": nasty.one_blank(),
    "numeric": nasty.numeric(),
    "matching": nasty.matching(),
    "essay": nasty.essay(),
}


def back(*questions: Question) -> list[Question]:
    written = write(questions, {})
    reading = read(written.data, "x.gift")
    assert reading.problems == ()
    return [replace(question, where=Where()) for question in reading.questions]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_reads_back_equal(kind):
    @settings(max_examples=40)
    @given(nasty.questions(KINDS[kind]))
    def check(question):
        assert back(question) == [question]

    check()


def test_the_registry_says_which_kinds_are_carried():
    assert FORMATS["gift"].carries == set(KINDS)


def written(*drafts: Draft) -> tuple[str, list[str]]:
    out = write([Question(draft, Where(), name=f"n{n}") for n, draft in enumerate(drafts)], {})
    return out.data.decode(), [found.code for found in out.left_out]


def test_a_file_is_recognised_and_looks_as_people_write_it():
    options = (DraftOption("100℃", True, feedback="对"), DraftOption("90℃"))
    choice = Draft("single", "水的沸点是____？", "见手册", options, scoring="all_or_nothing")
    typed = Draft("cloze", "____在下", blanks=(DraftBlank((Accepted("水"), Accepted("冰", 0.5))),))
    number = Draft("numeric", "几度？", spans=(Span("99", "101"),), unit="℃")
    text, left_out = written(choice, typed, number, Draft("true_false", "热", is_true=True))
    assert left_out == []
    assert text == (
        "::n0::水的沸点是____？{\n\t=100℃#对\n\t~90℃\n\t####见手册\n}\n\n"
        "::n1::{\n\t=水\n\t=%50%冰\n}在下\n\n"
        "// [tag:unit=℃]\n::n2::几度？{#\n\t=99..101\n}\n\n"
        "::n3::热{TRUE}\n"
    )
    assert sniff(text.encode(), "x")[0] == "gift"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft("case", "Q"), "written.kind"),
        (Draft("ordering", "Q"), "written.kind"),
        (Draft("hotspot", "Q"), "written.kind"),
        (Draft("single", "Q"), "written.empty"),
        (Draft("true_false", "Q"), "written.empty"),
        (Draft("cloze", "Q"), "written.empty"),
        (Draft("numeric", "Q"), "written.empty"),
        (Draft("matching", "Q"), "written.empty"),
        (Draft("cloze", "____ ____", blanks=(DraftBlank(), DraftBlank())), "written.blanks"),
        (Draft("cloze", "____", blanks=(DraftBlank(spans=(Span("1", "1"),)),)), "written.blanks"),
    ],
)
def test_what_is_not_written_is_reported(draft, code):
    assert written(draft) == ("", [code])


def test_what_is_lost_is_reported():
    options = (DraftOption("a", True, image="a.png"), DraftOption("b", True), DraftOption("c"))
    several = Draft("multiple", "Q", options=options, scoring="all_or_nothing")
    exact = Draft("cloze", "Q", blanks=(DraftBlank((Accepted("a"),), is_exact=True),))
    shown = Draft("true_false", "Q", is_true=True, media=(Media("a.png", "image"),))
    partly = Draft("single", "Q", options=(DraftOption("a", True, 0.5), DraftOption("b", weight=0)))
    assert written(several)[1] == ["written.media", "written.scoring"]
    assert written(exact)[1] == ["written.exact"]
    assert written(shown)[1] == ["written.media"]
    assert written(partly)[1] == ["written.scoring"]


def test_characters_that_no_file_can_hold_do_not_stop_the_writer():
    text, _ = written(Draft("true_false", "a\ud800b", is_true=True))
    assert "a?b" in text
