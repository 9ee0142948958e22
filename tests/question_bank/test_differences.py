"""What changed between two wordings adds up to both of them, and reads like a person's marks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.differences import MAX_TOKENS, Segment, differences

texts = st.text(alphabet="甲乙丙丁，。ab 12\n", max_size=40)


@settings(max_examples=50)
@given(texts, texts)
def test_the_pieces_give_both_texts_back(before, after):
    found = differences(before, after)
    assert "".join(one.text for one in found if one.kind != "added") == before
    assert "".join(one.text for one in found if one.kind != "removed") == after
    assert all(one.text for one in found)


def test_equal_texts_are_one_piece_and_empty_ones_none():
    assert differences("停止作业", "停止作业") == (Segment("same", "停止作业"),)
    assert differences("", "") == ()


def test_a_change_of_words_is_marked_as_people_would():
    assert differences("停止作业，立即撤离", "停止作业，或采取应急措施后撤离") == (
        Segment("same", "停止作业，"),
        Segment("removed", "立即"),
        Segment("added", "或采取应急措施后"),
        Segment("same", "撤离"),
    )


def test_a_number_changes_as_a_whole():
    assert differences("2014 年修正", "2021 年修正") == (
        Segment("removed", "2014"),
        Segment("added", "2021"),
        Segment("same", " 年修正"),
    )


def test_a_lone_shared_character_does_not_split_a_change():
    found = differences("第五十二条", "第五十五条")
    assert [one.kind for one in found] == ["same", "removed", "added", "same"]
    island = differences("安全甲险乙", "安全丙险丁")
    assert island == (
        Segment("same", "安全"),
        Segment("removed", "甲险乙"),
        Segment("added", "丙险丁"),
    )


def test_very_long_texts_are_compared_by_sentences():
    long = "".join(f"第{number}句话写在这里。" for number in range(MAX_TOKENS))
    found = differences(long, long.replace("第7句话", "第七句话", 1))
    assert [one.kind for one in found] == ["same", "removed", "added", "same"]
    assert found[1].text == "第7句话写在这里。"
