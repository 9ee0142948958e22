"""Pages of closed seasons: the list, a board with one's own team, the sheet of honours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from quizapp.core import clock
from quizapp.leaderboards import service
from quizapp.leaderboards.service import past as past_service
from quizapp.org import service as org
from quizapp.points import service as points
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import settle_boards
from tests.factories.teams import members_of, teams
from tests.leaderboards.test_service import Company

TODAY = date(2026, 11, 18)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def company(db, frozen) -> Company:
    """A company with a closed October, in which beta came first and alpha third."""
    world = people.world()
    beta, gamma = teams(world.organisation, world.workshop, [6, 10])
    season = points.set_season(None, world.organisation, name="十月", starts_on=FIRST, ends_on=LAST)
    made = Company(world, world.team, beta, gamma, season)
    made.earn(beta, 30, LAST)
    made.earn(gamma, 40, LAST)
    made.earn(made.alpha, 10, LAST)
    with clock.frozen(NOW + timedelta(hours=1)):
        service.close_season(people.viewer(world.people["dana"]), address(made))
    return made


def address(company: Company) -> str:
    """Return the name of the season in addresses."""
    return points.get_season(company.season).public_id


def bob(company: Company):
    """Return somebody of alpha."""
    return people.viewer(company.world.people["bob"])


def test_the_list_says_where_ones_own_team_ended(company):
    season = service.list_past(bob(company))[0]
    assert (season.name, season.starts_on, season.ends_on) == ("十月", FIRST, LAST)
    assert (season.own.name, season.own.rank, season.own.next_rank) == ("焊装一班", 3, 2)
    assert season.own.gap > 0
    first = service.list_past(people.viewer(members_of(company.beta)[0]))[0]
    assert (first.own.rank, first.own.next_rank, first.own.gap) == (1, None, None)
    assert service.list_past(people.viewer(company.world.people["carol"])) == []


def test_the_list_takes_as_many_statements_for_many_seasons(company, count_statements):
    def asked() -> int:
        viewer = bob(company)
        with count_statements() as seen:
            service.list_past(viewer)
        return len(seen)

    one = asked()
    for month in (7, 8, 9):
        season = points.set_season(
            None,
            company.world.organisation,
            name=f"{month}",
            starts_on=date(2026, month, 1),
            ends_on=date(2026, month, 20),
        )
        service.freeze(points.get_season(season), ledger_until=clock.now(), actor_id=None)
    assert asked() == one
    assert len(service.list_past(bob(company))) == 4


def test_a_closed_board_pins_ones_own_team(company):
    board = service.get_past(bob(company), address(company))
    assert [row.rank for row in board.rows] == [1, 2, 3]
    assert board.own_unit_id == company.alpha
    assert board.season.own.gap == board.rows[1].score - board.rows[2].score
    assert board.around == ()


def test_a_team_far_down_sees_its_neighbours(company, monkeypatch):
    monkeypatch.setattr(past_service, "TOP", 1)
    board = service.get_past(bob(company), address(company))
    assert [row.rank for row in board.rows] == [1]
    assert company.alpha in {row.unit_id for row in board.around}


def test_the_light_profile_has_no_ranks_and_no_order(company, monkeypatch):
    monkeypatch.setattr(past_service, "profile_of", lambda _organisation: past_service.LIGHT)
    monkeypatch.setattr(service, "profile_of", lambda _organisation: past_service.LIGHT)
    board = service.get_past(bob(company), address(company))
    assert [row.name for row in board.rows] == sorted(row.name for row in board.rows)


def test_who_moved_sees_the_place_of_the_new_team(company):
    person = company.world.people["bob"]
    org.join_unit(person, company.beta, TODAY)
    assert service.list_past(people.viewer(person))[0].own.rank == 1


# -- pages


@pytest.fixture
def browser(app, company) -> Browser:
    """Bob's browser."""
    return Browser(app).sign_in(company.world.people["bob"])


def test_the_pages_show_names_of_the_time_and_distance_in_words(browser, company):
    org.change_unit(company.beta, name="新名字")
    settle_boards()
    listed = browser.get("/team/seasons").text
    assert "十月" in listed
    assert "第 3 名" in listed
    page = browser.get(f"/team/seasons/{address(company)}").text
    assert "班001" in page
    assert "新名字" not in page
    assert "距第 2 名还差" in page
    assert "近 28 天" in page


def test_the_sheet_names_teams_only_and_seals_first_places_only(browser, company):
    sheet = browser.get(f"/team/seasons/{address(company)}/sheet").text
    assert sheet.count("honours__seal") == 1
    for name in ("班001", "班002", "焊装一班", "甲集团", "十月"):
        assert name in sheet
    assert "同事" not in sheet
    assert "Bob" not in sheet


def test_the_light_sheet_and_page_show_no_rank(browser, company, monkeypatch):
    for place in (service, past_service):
        monkeypatch.setattr(place, "profile_of", lambda _organisation: past_service.LIGHT)
    page = browser.get(f"/team/seasons/{address(company)}").text
    sheet = browser.get(f"/team/seasons/{address(company)}/sheet").text
    for text in (page, sheet, browser.get("/team/seasons").text):
        assert "第 3 名" not in text
        assert "第 1 名" not in text
        assert 'class="seal"' not in text
        assert "honours__seal" not in text
    assert "board-row__score" not in page


def test_without_a_closed_season_the_page_says_so(app, company):
    carol = Browser(app).sign_in(company.world.people["carol"])
    assert "还没有归档的赛季" in carol.get("/team/seasons").text
    assert carol.get(f"/team/seasons/{address(company)}").status_code == 404


def test_a_season_in_which_nobody_was_ranked_can_be_closed(app, db, frozen):
    world = people.world(team_size=4)
    season = points.set_season(None, world.organisation, name="十月", starts_on=FIRST, ends_on=LAST)
    view = points.get_season(season)
    service.close_season(people.viewer(world.people["dana"]), view.public_id)
    browser = Browser(app).sign_in(world.people["bob"])
    assert "没有班组上榜" in browser.get(f"/team/seasons/{view.public_id}").text
    assert "没有满 5 人" in browser.get(f"/team/seasons/{view.public_id}/sheet").text


# -- the desk


@pytest.fixture
def desk(app, company) -> Browser:
    """Dana's browser."""
    return Browser(app).sign_in(company.world.people["dana"])


def test_a_season_is_planned_changed_and_shown(desk, company):
    form = {
        "name": "十二月",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-31",
        "method": "best_k",
    }
    assert desk.post("/admin/seasons/plan", form).status_code == 302
    page = desk.get("/admin/seasons").text
    assert "取最高贡献" in page
    assert "已安排" in page
    season = points.latest_season(company.world.organisation)
    edited = desk.post(f"/admin/seasons/{season.public_id}/edit", {**form, "name": "冬季"})
    assert edited.status_code == 302
    assert points.latest_season(company.world.organisation).name == "冬季"


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        ("2026-11-30", "2026-11-01"),
        ("2026-11-01", "2027-12-31"),
        ("", "2026-11-30"),
        ("2026-10-15", "2026-11-15"),
    ],
)
def test_a_season_with_impossible_days_is_explained(desk, company, starts_on, ends_on):
    form = {"name": "赛季", "starts_on": starts_on, "ends_on": ends_on, "method": "total"}
    page = desk.post("/admin/seasons/plan", form)
    assert page.status_code == 422
    assert "field__error" in page.text
    assert points.latest_season(company.world.organisation).name == "十月"


def test_closing_too_early_is_explained_and_closing_works_once(desk, company):
    draft = points.SeasonDraft("十一月", date(2026, 11, 1), date(2026, 11, 30))
    season_id = points.plan_season(1, company.world.organisation, draft)
    where = f"/admin/seasons/{points.get_season(season_id).public_id}/close"
    assert "12月4日" in desk.get(where).text
    desk.post(where)
    assert points.get_season(season_id).closed_at is None
    with clock.frozen(NOW + timedelta(days=16)):
        later = Browser(desk.app).sign_in(company.world.people["dana"])
        assert "归档这个赛季" in later.get(where).text
        assert later.post(where).status_code == 303
        assert points.get_season(season_id).closed_at is not None
        assert later.post(where).status_code == 303
        assert "已归档" in later.get(where).text
