"""The pack of a closed season: files and slides made of its frozen boards, teams only."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import pypdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.ceremony import service
from quizapp.ceremony.service import packing
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.leaderboards import service as leaderboards
from quizapp.org.models import Unit
from quizapp.points import service as points
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import settle_boards
from tests.factories.teams import members_of, teams
from tests.teams.test_overview import TODAY, earn

ENDS = TODAY + timedelta(days=2)


@pytest.fixture
def closed(world) -> str:
    """A closed season of four teams in one bracket; returns its name in addresses."""
    made = [world.team, *teams(world.organisation, world.workshop, [6, 7, 9])]
    db.session.get_one(Unit, made[1]).name = "=HYPERLINK(1)"
    db.session.commit()
    season_id = points.set_season(
        None,
        world.organisation,
        name="十一月/试",
        starts_on=TODAY - timedelta(days=7),
        ends_on=ENDS,
    )
    settle_boards()
    for place, unit in enumerate(made):
        earn(members_of(unit)[: place + 1], unit, TODAY - timedelta(days=1))
    season = points.get_season(season_id)
    with clock.frozen(NOW + timedelta(days=10)):
        leaderboards.freeze(season, ledger_until=clock.now(), actor_id=None)
    return season.public_id


@pytest.fixture
def dana(world):
    """Dana, who may close seasons."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def pack(closed, dana):
    """The pack of that season."""
    return service.get_pack(dana, closed)


@pytest.fixture
def light(closed, dana, monkeypatch):
    """The same, in an organisation that shows no ranks."""
    monkeypatch.setattr(packing.leaderboards, "profile_of", lambda _organisation_id: "light")
    return service.get_pack(dana, closed)


def sheets(data: bytes) -> dict[str, list[list[object]]]:
    """Return the cells of a workbook, sheet by sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def words_of(data: bytes) -> list[str]:
    """Return the text of every page of a PDF."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def test_only_who_keeps_recognition_gets_it(world, closed, dana):
    assert service.get_pack(dana, closed)
    for who in ("alice", "bob", "charlie", "carol"):
        with pytest.raises(LookupError):
            service.get_pack(people.viewer(world.people[who]), closed)


def test_a_season_that_is_not_closed_has_none(world, dana):
    season_id = points.set_season(
        None, world.organisation, name="现", starts_on=TODAY, ends_on=ENDS
    )
    with pytest.raises(LookupError):
        service.get_pack(dana, points.get_season(season_id).public_id)


def test_the_workbook_has_honours_and_whole_boards_of_teams(pack):
    found = sheets(service.write_workbook(pack))
    assert list(found) == ["说明", "荣誉", "5～15 人"]
    about = {row[0]: row[1] for row in found["说明"]}
    assert about["封存校验码（SHA-256）"] == pack.boards.hash
    assert "不作为考核" in about["说明事项"]
    board = found["5～15 人"]
    assert board[0] == ["名次", "班组", "车间", "人数", "得分"]
    assert [row[0] for row in board[1:]] == [1, 2, 3, 4]
    assert len(found["荣誉"]) >= 4


def test_a_name_is_never_read_as_a_formula(pack):
    data = service.write_workbook(pack)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
    assert not any("<f>" in part for part in parts)
    assert any("=HYPERLINK(1)" in part for part in parts)


def test_no_file_names_a_person_or_a_unit_of_fewer_than_five(world, pack):
    names = set(db.session.scalars(select(Person.name)))
    cells = {
        str(cell)
        for rows in sheets(service.write_workbook(pack)).values()
        for row in rows
        for cell in row
    }
    assert not names & cells
    text = "".join(words_of(service.write_paper(pack)))
    assert not [name for name in names if name in text]
    board = sheets(service.write_workbook(pack))["5～15 人"]
    assert all(row[3] >= 5 for row in board[1:])


def test_the_paper_is_a_sheet_and_a_certificate_for_each_team(pack):
    pages = words_of(service.write_paper(pack))
    honoured = [team for podium in pack.podiums for one in podium.columns for team in one.teams]
    improved = [team for podium in pack.podiums for team in podium.most_improved]
    assert len(pages) == 1 + len(honoured) + len(improved)
    assert "荣誉" in pages[0]
    assert pack.boards.hash[:16] in pages[0]
    assert all(pack.boards.organisation_name in page for page in pages)


def test_the_same_season_gives_the_same_paper(pack):
    assert service.write_paper(pack) == service.write_paper(pack)


def test_the_fourth_place_is_on_no_sheet_of_honours(pack):
    fourth = next(row.name for row in pack.boards.brackets[0].rows if row.rank == 4)
    assert fourth not in words_of(service.write_paper(pack))[0]


def test_light_shows_names_and_no_numbers(light):
    assert light.is_light
    found = sheets(service.write_workbook(light))
    assert list(found) == ["说明", "荣誉"]
    assert all(len([cell for cell in row if cell != ""]) <= 3 for row in found["荣誉"])
    page = words_of(service.write_paper(light))[0]
    assert "第 1 名" not in page
    scores = {str(row.score) for row in light.boards.brackets[0].rows}
    assert not [score for score in scores if f" {score} " in page]


def test_both_files_are_in_the_archive(pack):
    data = service.write_archive(pack, ("榜.xlsx", "荣誉.pdf"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["榜.xlsx", "荣誉.pdf"]
        assert archive.testzip() is None


def test_the_pages_and_files_open(closed, as_person):
    dana = as_person("dana")
    page = dana.get(f"/ceremony/{closed}").text
    for name in ("slides", "honours.pdf", "boards.xlsx", "pack.zip"):
        assert f'href="/ceremony/{closed}/{name}"' in page
        response = dana.get(f"/ceremony/{closed}/{name}")
        assert response.status_code == 200
        assert response.headers["Cache-Control"].startswith("no-store") or name == "slides"
    named = dana.get(f"/ceremony/{closed}/pack.zip").headers["Content-Disposition"]
    assert "/试" not in unquote(named)
    assert "十一月-试.zip" in unquote(named)


def test_the_seal_is_on_first_place_only_and_it_comes_last(closed, as_person):
    page = as_person("dana").get(f"/ceremony/{closed}/slides").text
    assert page.count("podium__seal") == 1
    steps = re.findall(r'podium__col--(\d)[^"]*" data-step="(\d)"', page)
    assert steps == [("2", "2"), ("3", "3"), ("1", "1")]
    assert "confetti" in page
    assert "style=" not in page
    fourth = page.count("podium__name")
    assert fourth == 3


def test_a_light_deck_has_no_seal_no_score_and_no_confetti(closed, light, as_person):
    page = as_person("dana").get(f"/ceremony/{closed}/slides").text
    for word in ("podium__seal", "confetti", "第 1 名", "<b>"):
        assert word not in page


@pytest.mark.parametrize("who", ["carol", "charlie", "alice"])
def test_others_get_nothing(closed, as_person, who):
    for name in ("", "/slides", "/honours.pdf", "/boards.xlsx", "/pack.zip"):
        assert as_person(who).get(f"/ceremony/{closed}{name}").status_code in (403, 404)
