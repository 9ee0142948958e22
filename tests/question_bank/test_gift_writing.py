"""Writing GIFT: what is written reads back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from question_bank.formats import FORMATS, sniff
from question_bank.formats.gift import read, write
from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from question_bank.items.draft import Accepted, Draft, DraftBlank, DraftOption
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
    @settings(max_examples=400)
    @given(nasty.questions(KINDS[kind]))
    def check(question):
        assert back(question) == [question]

    check()


def test_the_registry_says_which_kinds_are_carried():
    assert FORMATS["gift"].carries == set(KINDS)
