"""The desk of corrections: one line by its reference, and the list of what was corrected."""

from __future__ import annotations

import pytest

from quizapp.points import service
from quizapp.points.service import by_hand
from tests.factories import people
from tests.points.test_by_hand import WHY, earned

DESK = "/team/rules/corrections"


@pytest.fixture
def dana(as_person):
    """Dana's browser."""
    return as_person("dana")


def test_a_reference_leads_to_the_line_and_to_nobodys_name(world, dana):
    ref = earned(world, 3)
    sent = dana.post(DESK, {"reference": ref.lower().replace("-", " ")})
    assert (sent.status_code, sent.location) == (303, f"{DESK}/{ref}")
    page = dana.get(sent.location).text
    for shown in (ref, "答对 3 题", "焊装一班", "3 分", "0～5 分"):
        assert shown in page
    assert "Bob" not in page
    assert "1002" not in page


@pytest.mark.parametrize("typed", ["", "2222-2222-2222", "ABCD", "长" * 80])
def test_a_mistyped_reference_is_said_at_its_field(dana, typed):
    page = dana.post(DESK, {"reference": typed})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    if typed:
        assert "没有这个编号的明细" in page.text


def test_guessing_is_stopped_on_both_ways(world, dana):
    ref = earned(world)
    for n in range(by_hand.TRIES):
        if n % 2:
            assert dana.get(f"{DESK}/2222-2222-2222").status_code == 404
        else:
            assert dana.post(DESK, {"reference": "2222"}).status_code == 422
    assert dana.post(DESK, {"reference": ref}).status_code == 429
    assert dana.get(f"{DESK}/{ref}").status_code == 429
    assert dana.post(f"{DESK}/{ref}", {"amount": "1", "note": WHY}).status_code == 429
    assert dana.get(DESK).status_code == 200


def test_a_correction_is_written_told_and_listed(world, dana, as_person):
    ref = earned(world, 3)
    sent = dana.post(f"{DESK}/{ref}", {"amount": "４", "note": WHY})
    assert (sent.status_code, sent.location) == (303, DESK)
    page = dana.get(DESK).text
    assert "已更正" in page
    assert WHY in page
    assert "Bob" not in page
    bob = as_person("bob")
    for path in ("/", "/me"):
        assert WHY in bob.get(path).text
    up_to = service.list_notices(people.viewer(world.people["bob"]))[-1].id
    assert bob.post("/me/points/read", {"up_to": str(up_to)}).status_code == 303
    assert WHY not in bob.get("/").text
    assert WHY in bob.get("/me/points").text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"amount": "", "note": WHY}, "整数"),
        ({"amount": "x", "note": WHY}, "整数"),
        ({"amount": "-1", "note": WHY}, "整数"),
        ({"amount": "6", "note": WHY}, "0～5 分"),
        ({"amount": "3", "note": WHY}, "没有需要更正的"),
        ({"amount": "1", "note": " x "}, "3～200 字"),
        ({"amount": "1", "note": "长" * 201}, "3～200 字"),
        ({}, "整数"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(world, dana, form, words):
    ref = earned(world, 3)
    page = dana.post(f"{DESK}/{ref}", form)
    assert page.status_code == 422
    assert words in page.text
    if form.get("note"):
        assert form["note"].strip() in page.text, "what was typed is kept"
    assert service.find_line(people.viewer(world.people["dana"]), ref).amount == 3


def test_ones_own_line_has_no_form(world, dana):
    ref = earned(world, who="dana")
    page = dana.get(f"{DESK}/{ref}").text
    assert "请由其他管理员更正" in page
    assert 'name="amount"' not in page
    assert dana.post(f"{DESK}/{ref}", {"amount": "1", "note": WHY}).status_code == 422


def test_a_reason_is_text_and_never_markup(world, dana, as_person):
    ref = earned(world)
    dana.post(f"{DESK}/{ref}", {"amount": "1", "note": "<b onclick=x>粗</b>"})
    for page in (dana.get(DESK), as_person("bob").get("/"), as_person("bob").get("/me/points")):
        assert "<b onclick" not in page.text
        assert "&lt;b onclick" in page.text


def test_the_list_goes_page_by_page(world, dana, monkeypatch):
    from quizapp.points.views import corrections

    monkeypatch.setattr(corrections, "PAGE", 2)
    ref = earned(world, 3)
    for amount in (1, 2, 3, 4, 5):
        dana.post(f"{DESK}/{ref}", {"amount": str(amount), "note": f"第{amount}次更正"})
    page, seen = dana.get(DESK).text, []
    while True:
        seen += [n for n in range(1, 6) if f"第{n}次更正" in page]
        if 'rel="next"' not in page:
            break
        before = page.split("before=")[1].split('"')[0]
        page = dana.get(f"{DESK}?before={before}").text
    assert sorted(seen) == [1, 2, 3, 4, 5]


def test_an_empty_list_says_what_will_stand_there(dana):
    assert "还没有人工更正" in dana.get(DESK).text


@pytest.mark.parametrize("before", ["x", "-1", "999999999", "99999999999999"])
def test_a_nonsense_page_of_the_list_is_no_error(dana, before):
    assert dana.get(f"{DESK}?before={before}").status_code == 200


def test_the_desk_speaks_english(world, dana):
    ref = earned(world, 1)
    dana.post("/locale", {"locale": "en"})
    page = dana.get(f"{DESK}/{ref}").text
    assert "Daily quiz: 1 correct answer<" in page
    assert "0 to 5" in page
