"""Writing Moodle XML: what is written reads back as it was, files included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from question_bank.formats import FORMATS
from question_bank.formats.moodle_xml import read, write
from question_bank.formats.moodle_xml.titles import title_of
from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from tests.question_bank import nasty

KINDS = {
    "single": nasty.single(),
    "multiple": nasty.multiple(),
    "true_false": nasty.true_false(),
    "cloze": nasty.one_blank() | nasty.several_blanks(),
    "numeric": nasty.numeric(),
    "ordering": nasty.ordering(),
    "matching": nasty.matching(),
    "essay": nasty.essay(),
}


def back(*questions: Question) -> list[Question]:
    written = write(questions, {})
    reading = read(written.data, "x.xml")
    assert reading.problems == ()
    return [replace(question, where=Where()) for question in reading.questions]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_reads_back_equal(kind):
    @settings(max_examples=40)
    @given(nasty.questions(KINDS[kind]))
    def check(question):
        has_own_name = question.name != title_of(question.draft.stem)
        expected = question if has_own_name else replace(question, name="")
        assert back(question) == [expected]

    check()


def test_the_registry_says_which_kinds_are_carried():
    assert FORMATS["moodle_xml"].carries == set(KINDS)
