"""The pages of the import desk: upload, dry run, decisions in place, download, export."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from quizapp.items.models import Export, Import, Item
from quizapp.items.service import exporting
from tests.browser_client import Browser
from tests.factories import people

TEXT = "::q1::哪一项对？{=甲 ~乙 ~丙}\n\n::q2::哪一项错？{=甲 ~甲}\n"
HOSTILE = (
    "::<script>alert(1)</script>::<img src=x onerror=alert(2)> =1+1{=<b>粗</b> ~${7*7}{{7*7}}}\n"
)


@pytest.fixture
def dana(app, world):
    """The administrator's browser."""
    return Browser(app).sign_in(world.people["dana"])


def upload(browser, text, name="题.gift"):
    """Upload a file and return the address of its dry run."""
    data = text if isinstance(text, bytes) else text.encode()
    form = {"file": (io.BytesIO(data), name), "topic": "0", "format": ""}
    response = browser.post("/items/imports", form)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def test_a_file_is_uploaded_and_its_questions_are_listed(dana):
    page = dana.get(upload(dana, TEXT)).text
    assert "试运行" in page
    assert "哪一项对？" in page
    assert "已拒绝" in page
    assert "导入 1 题" in page


def test_pasted_text_is_read_like_a_file(dana):
    form = {"pasted": TEXT, "topic": "0", "format": "gift"}
    response = dana.post("/items/imports", form)
    assert "哪一项对？" in dana.get(response.headers["Location"]).text


def test_nothing_given_is_asked_for_again(dana):
    response = dana.post("/items/imports", {"topic": "0", "format": ""})
    assert response.status_code == 422
    assert "请选择文件，或粘贴题目。" in response.text


def test_a_row_is_corrected_left_out_and_taken_back(dana):
    address = upload(dana, TEXT)
    row = f"{address}/rows/2"
    form = {
        "act": "correct",
        "kind": "single",
        "stem": "哪一项错？",
        "options": "甲\n乙",
        "answer": "B",
        "explanation": "",
    }
    assert dana.post(row, form).status_code == 303
    assert "导入 2 题" in dana.get(address).text
    dana.post(row, {"choice": "skip"})
    assert "导入 1 题" in dana.get(address).text
    dana.post(row, {"act": "take_back"})
    assert "已拒绝" in dana.get(f"{address}?status=refused").text


def test_an_impossible_choice_is_refused_in_words(dana):
    address = upload(dana, TEXT)
    response = dana.post(f"{address}/rows/1", {"choice": "only:7"}, follow_redirects=True)
    assert "这道题不能这样处理，请另选一项。" in response.text


def test_the_import_and_its_undoing(db, dana):
    address = upload(dana, TEXT)
    page = dana.post(f"{address}/confirm", {}, follow_redirects=True).text
    assert "1 题已作为草稿存入题库。" in page
    page = dana.post(f"{address}/undo", {}, follow_redirects=True).text
    assert "已把 1 题移入回收站。" in page
    item = db.session.scalars(select(Item).where(Item.uid == "q1")).one()
    assert item.deleted_at is not None


def test_stopping_puts_the_file_away(db, dana):
    address = upload(dana, TEXT)
    dana.post(f"{address}/cancel", {})
    assert db.session.scalars(select(Import.state)).one() == "cancelled"
    assert "不在试运行阶段" in dana.post(f"{address}/confirm", {}, follow_redirects=True).text


def test_what_was_left_out_comes_back_as_a_sheet_of_texts(dana):
    address = upload(dana, f'{TEXT}\n::=cmd::=HYPERLINK("x"){{=甲 ~甲}}\n')
    response = dana.get(f"{address}/left.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
    lines = book.get_sheet_by_index(0).to_python()
    assert lines[0][3] == "题干"
    assert [line[3] for line in lines[1:]] == ["哪一项错？", '=HYPERLINK("x")']
    assert all(line[1] for line in lines[1:])


def test_hostile_text_stays_text(dana):
    page = dana.get(upload(dana, HOSTILE)).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    shown = re.sub(r"<[^>]*>", " ", page)  # names in addresses are random and may hold it
    assert "49" not in shown.replace("2049", "")


def test_a_body_beyond_the_limit_is_refused(app, dana, monkeypatch):
    view = app.view_functions["items.upload"]
    monkeypatch.setattr(view, "upload_bytes", 1024)
    form = {"file": (io.BytesIO(b"x" * 5000), "big.txt"), "topic": "0", "format": ""}
    response = dana.post("/items/imports", form)
    assert response.status_code == 413
    assert "Traceback" not in response.text


def test_the_statements_of_a_dry_run_do_not_grow_with_its_rows(dana, count_statements):
    few = upload(dana, TEXT)
    many = upload(
        dana,
        "".join(f"::m{n}::第 {n} 道题问的是什么事情？{{=甲{n} ~乙{n}}}\n\n" for n in range(80)),
    )
    with count_statements() as for_few:
        dana.get(few)
    with count_statements() as for_many:
        dana.get(many)
    assert len(for_many) <= len(for_few)


def test_a_selection_is_exported_and_downloaded(db, dana, world):
    names = db.session.scalars(select(Item.public_id).order_by(Item.id).limit(3)).all()
    page = dana.post("/items/export", {"item": list(names)})
    assert "已选 3 题" in page.text
    response = dana.post("/items/export", {"item": list(names), "format": "gift"})
    assert response.status_code == 303
    address = response.headers["Location"]
    assert "文件已备好" in dana.get(address).text
    file = dana.get(f"{address}/download")
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.data.decode().count("{") >= 3


def test_only_who_made_an_export_can_fetch_it(db, app, dana, world):
    viewer = people.viewer(world.people["dana"])
    item_id = db.session.scalars(select(Item.id)).first()
    export_id = exporting.start(viewer, [item_id], "gift")
    carol = Browser(app).sign_in(world.people["carol"])
    assert carol.get(f"/items/exports/{export_id}/download").status_code == 404
    assert dana.get(f"/items/exports/{export_id}/download").status_code == 200


def test_an_export_holds_nothing_of_another_company(db, app, world):
    carol = people.viewer(world.people["carol"])
    item_id = db.session.scalars(select(Item.id)).first()
    export_id = exporting.start(carol, [item_id], "gift")
    assert b"{" not in exporting.get_export_file(carol, export_id).data


def test_exports_are_forgotten_after_a_week(db, dana, world):
    viewer = people.viewer(world.people["dana"])
    item_id = db.session.scalars(select(Item.id)).first()
    exporting.start(viewer, [item_id], "gift")
    assert exporting.forget_old() == 0
    db.session.scalars(select(Export)).one().created_at -= 2 * exporting.KEPT
    db.session.commit()
    assert exporting.forget_old() == 1
