"""What is written on walls: scope, limits, and nothing of a person without that person's yes."""

from __future__ import annotations

import dataclasses
import json
import queue
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from quizapp.accounts.models import Person, RoleGrant
from quizapp.boards import rules, service
from quizapp.boards.models import Bulletin
from quizapp.core import clock, sse
from quizapp.core.audit import AuditRow
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.core.redis import store
from quizapp.org.models import Unit
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back
from tests.factories import people
from tests.savepoints import empty_store, undone
from tests.scene import DISPLAY_SECRET, pair_display

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """The cast, made once."""
    with rolled_back(app), clock.frozen(NOW):
        yield people.world()


@pytest.fixture
def world(settled: people.World) -> Iterator[people.World]:
    """The cast, at the tests' present: Wednesday, 10:30."""
    with undone(), clock.frozen(NOW):
        empty_store()
        yield settled


@pytest.fixture
def dana(world):
    """The administrator of the first company."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def carol(world):
    """The administrator of the other company."""
    return people.viewer(world.people["carol"])


@pytest.fixture
def bob(world):
    """A member of the team."""
    return people.viewer(world.people["bob"])


def public_id(unit_id: int) -> str:
    """Return the public id of a unit."""
    return database.session.get_one(Unit, unit_id).public_id


@pytest.fixture
def draft(world):
    """Return a bulletin: ``draft("notice", title="...")``, shown in the workshop for ten days."""

    def made(kind: str = rules.NOTICE, **more) -> service.Draft:
        words = {
            rules.NOTICE: {"title": "防滑", "text": "请走东侧步道"},
            rules.EVENT: {"title": "读书会", "begins_at": datetime(2026, 11, 20, 19, 0)},  # noqa: DTZ001
            rules.COUNTDOWN: {"title": "技能比武", "day": date(2026, 11, 30)},
            rules.CITATION: {"title": "师带徒", "text": "带出 3 名持证焊工"},
        }[kind]
        usual = {
            "units": (public_id(world.workshop),),
            "starts_on": TODAY,
            "ends_on": TODAY + timedelta(days=9),
        }
        return service.Draft(kind=kind, **{**usual, **words, **more})

    return made


def news(world, unit_id: int | None = None) -> dict:
    """Return the bulletins of a wall, the workshop's unless told otherwise."""
    return service.current_news(world.organisation, unit_id or world.workshop)


def names(world) -> list[str]:
    """Return whom the workshop's wall names."""
    return [citation[0] for citation in news(world)["citations"]]


# --- consent --------------------------------------------------------------------------------------


@pytest.fixture
def citation(dana, draft) -> str:
    """A citation that would name Bob; he has said nothing yet."""
    return service.write_bulletin(dana, draft(rules.CITATION, person="1002", under="焊装一班"))


def test_a_team_is_honoured_at_once(world, dana, draft):
    team = public_id(world.team)
    service.write_bulletin(dana, draft(rules.CITATION, team=team, under="全班 18 人"))
    assert news(world)["citations"] == [["焊装一班", "全班 18 人", "带出 3 名持证焊工", "师带徒"]]


def test_nobody_is_named_before_a_yes(world, citation):
    assert names(world) == []


def test_a_yes_names_and_a_change_of_mind_takes_it_down(world, bob, citation):
    service.decide_citation(bob, citation, "agree")
    assert names(world) == ["Bob"]
    service.decide_citation(bob, citation, "withdraw")
    assert names(world) == []
    service.decide_citation(bob, citation, "agree")
    assert names(world) == ["Bob"]


def test_a_no_is_a_no_and_can_be_changed(world, bob, citation):
    service.decide_citation(bob, citation, "decline")
    assert names(world) == []
    assert service.list_citations(bob, only_asked=True) == []
    assert service.list_citations(bob)[0].consent == rules.DECLINED
    service.decide_citation(bob, citation, "agree")
    assert names(world) == ["Bob"]


def test_the_person_reads_the_very_words(world, bob, citation):
    [asked] = service.list_citations(bob, only_asked=True)
    service.decide_citation(bob, citation, "agree")
    assert [asked.name, asked.under, asked.why, asked.kind] == news(world)["citations"][0]
    assert (asked.units, asked.ends_on) == (("焊装车间",), TODAY + timedelta(days=9))


def test_new_words_need_a_new_yes(world, dana, bob, citation, draft):
    service.decide_citation(bob, citation, "agree")
    other = draft(rules.CITATION, person="1002", text="别的事迹")
    service.change_bulletin(dana, citation, other)
    assert names(world) == []
    assert service.list_citations(bob, only_asked=True)[0].why == "别的事迹"


def test_nobody_else_decides(world, dana, carol, citation):
    for viewer in (dana, carol, people.viewer(world.people["alice"])):
        with pytest.raises(LookupError):
            service.decide_citation(viewer, citation, "agree")
    assert names(world) == []


def test_deciding_twice_alike_is_one_decision(bob, citation):
    for _time in range(2):
        assert service.decide_citation(bob, citation, "agree") == rules.AGREED
    rows = database.session.scalars(
        select(AuditRow).where(AuditRow.action == "boards.citation_agreed")
    ).all()
    assert [(row.actor_id, row.object) for row in rows] == [(bob.id, f"bulletin:{citation}")]


@pytest.mark.parametrize("decision", ["", "withdraw", "delete"])
def test_a_decision_that_is_none_changes_nothing(world, bob, citation, decision):
    with pytest.raises(Refusal):
        service.decide_citation(bob, citation, decision)
    assert names(world) == []


def test_the_desk_is_not_told_that_somebody_declined(dana, bob, citation):
    waiting = service.list_bulletins(dana).lines
    service.decide_citation(bob, citation, "decline")
    assert service.list_bulletins(dana).lines == waiting
    assert waiting[0].state == "waiting"


def test_whoever_left_is_named_no_more(world, bob, citation):
    service.decide_citation(bob, citation, "agree")
    database.session.execute(update(Person).where(Person.id == bob.id).values(is_active=False))
    database.session.commit()
    empty_store()
    assert names(world) == []


def test_a_citation_expires(world, bob, citation):
    service.decide_citation(bob, citation, "agree")
    with clock.frozen(NOW + timedelta(days=10)):
        assert names(world) == []
        assert service.list_citations(bob) == []


# --- how walls learn of it ------------------------------------------------------------------------


@pytest.fixture
def inbox(app, world, dana) -> Iterator[queue.Queue]:
    """What a display of the workshop hears of its bulletins."""
    pair_display(dana, world.workshop)
    hub = app.extensions["zhixing_hub"]
    channels = [service.news_channel(world.workshop)]
    joined = hub.join(channels)
    yield joined
    hub.leave(channels, joined)


def test_a_withdrawal_reaches_the_walls_at_once(bob, citation, inbox):
    service.decide_citation(bob, citation, "agree")
    assert json.loads(inbox.get(timeout=2)[1])["citations"][0][0] == "Bob"
    service.decide_citation(bob, citation, "withdraw")
    assert json.loads(inbox.get(timeout=2)[1])["citations"] == []


def test_a_store_that_missed_a_withdrawal_shows_it_all_the_same(world, bob, citation):
    service.decide_citation(bob, citation, "agree")
    assert names(world) == ["Bob"]
    key = store().key("news", world.workshop)
    old = store().client.get(key)
    service.decide_citation(bob, citation, "withdraw")
    store().client.set(key, old)
    assert names(world) == []


def test_a_board_names_the_edition_of_the_bulletins(world, dana, draft):
    service.write_bulletin(dana, draft())
    assert news(world)["n"] == service.edition_of(world.organisation) == 1


def test_kept_bulletins_cost_one_statement(world, dana, draft, count_statements):
    service.write_bulletin(dana, draft())
    news(world)
    with count_statements() as seen:
        news(world)
    assert len(seen) == 1


def test_many_walls_are_built_with_as_few_statements_as_one(world, dana, draft, count_statements):
    service.write_bulletin(dana, draft())
    counts = []
    for units in ([world.workshop], [world.workshop, world.team, world.plant]):
        with count_statements() as seen:
            service.build_news(world.organisation, units)
        counts.append(len(seen))
    assert counts[0] == counts[1]


# --- where and when -------------------------------------------------------------------------------


def test_a_bulletin_hangs_in_its_units_and_below_them(world, dana, draft):
    service.write_bulletin(dana, draft())
    assert news(world, world.team)["notices"] == [["防滑", "请走东侧步道"]]
    assert news(world, world.plant)["notices"] == []
    assert service.current_news(world.other_organisation, world.other_team)["notices"] == []


def test_a_bulletin_begins_and_ends_by_the_calendar(world, dana, draft):
    later = draft(starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=2))
    service.write_bulletin(dana, later)
    seen = []
    for days in range(4):
        with clock.frozen(NOW + timedelta(days=days)):
            seen.append(bool(news(world)["notices"]))
    assert seen == [False, True, True, False]


def test_the_next_event_is_the_one_that_begins_first(world, dana, draft):
    for day in (22, 20, 21):
        begins = datetime(2026, 11, day, 19, 0)  # noqa: DTZ001
        service.write_bulletin(dana, draft(rules.EVENT, title=f"{day} 日", begins_at=begins))
    shown = news(world)["event"]
    assert (shown["title"], shown["day"]) == ("20 日", "11月20日 周五 19:00")
    with clock.frozen(datetime.fromisoformat("2026-11-20T19:00:01+08:00")):
        assert news(world)["event"]["title"] == "21 日"


def test_a_countdown_ends_on_its_day(world, dana, draft):
    service.write_bulletin(dana, draft(rules.COUNTDOWN, day=TODAY))
    assert news(world)["countdowns"] == [["技能比武", "2026-11-18"]]
    with clock.frozen(NOW + timedelta(days=1)):
        assert news(world)["countdowns"] == []


def test_what_is_taken_down_is_gone(world, dana, draft):
    written = service.write_bulletin(dana, draft())
    service.take_down(dana, written)
    assert news(world)["notices"] == []
    assert [line.state for line in service.list_bulletins(dana, past=True).lines] == ["down"]
    with pytest.raises(Refusal):
        service.change_bulletin(dana, written, draft())


def test_the_longest_bulletins_fit_in_two_kilobytes(world, dana, draft):
    wide = "𠮷"
    for n in range(9):
        kind = (rules.CITATION, rules.NOTICE, rules.COUNTDOWN)[n % 3]
        team = {"team": public_id(world.team), "under": wide * 16} if n % 3 == 0 else {}
        text = wide * rules.TEXT[kind]
        service.write_bulletin(dana, draft(kind, title=wide * rules.TITLE[kind], text=text, **team))
    facts = dict.fromkeys(("place", "host", "seats"), wide * rules.FACT)
    service.write_bulletin(
        dana,
        draft(rules.EVENT, title=wide * 20, text=wide * 24, link="/" + "a" * 199, **facts),
    )
    shown = news(world)
    assert len(sse.compact(shown).encode()) <= rules.NEWS_BYTES
    assert shown["event"]
    assert shown["notices"]


# --- who may write what ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (rules.NOTICE, "title", ""),
        (rules.NOTICE, "text", ""),
        (rules.NOTICE, "title", "长" * 15),
        (rules.NOTICE, "text", "长" * 61),
        (rules.NOTICE, "text", "两\n行"),
        (rules.NOTICE, "ends_on", TODAY - timedelta(days=1)),
        (rules.NOTICE, "ends_on", TODAY + timedelta(days=400)),
        (rules.NOTICE, "units", ()),
        (rules.EVENT, "begins_at", None),
        (rules.EVENT, "link", "https://evil.example/"),
        (rules.EVENT, "place", "远" * 17),
        (rules.COUNTDOWN, "day", TODAY - timedelta(days=1)),
        (rules.CITATION, "person", "9999"),
        (rules.CITATION, "person", ""),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(dana, draft, kind, field, value):
    person = {"person": "1002"} if kind == rules.CITATION else {}
    wrong = dataclasses.replace(draft(kind, **person), **{field: value})
    with pytest.raises(Refusal) as refused:
        service.write_bulletin(dana, wrong)
    assert (refused.value.field, refused.value.status) == (field, 422)
    assert database.session.scalars(select(Bulletin)).all() == []


def test_nobody_writes_on_walls_of_others(world, dana, carol, draft):
    with pytest.raises(Refusal):
        service.write_bulletin(dana, draft(units=(public_id(world.other_team),)))
    written = service.write_bulletin(dana, draft())
    for act in (
        lambda: service.get_bulletin(carol, written),
        lambda: service.take_down(carol, written),
        lambda: service.change_bulletin(carol, written, draft()),
    ):
        with pytest.raises(LookupError):
            act()
    assert service.list_bulletins(carol).lines == []


def test_a_workshops_administrator_does_not_touch_the_plants_bulletins(world, dana, draft):
    plants = service.write_bulletin(dana, draft(units=(public_id(world.plant),)))
    database.session.execute(
        update(RoleGrant).where(RoleGrant.person_id == dana.id).values(unit_id=world.workshop)
    )
    database.session.commit()
    local = people.viewer(dana.id)
    assert service.list_bulletins(local).lines == []
    with pytest.raises(LookupError):
        service.get_bulletin(local, plants)
    assert service.write_bulletin(local, draft())


def test_a_bulletin_can_be_read_back_and_changed(world, dana, draft):
    event = draft(rules.EVENT, place="书屋", link="/tasks", join_until=TODAY)
    written = service.write_bulletin(dana, event)
    line, kept = service.get_bulletin(dana, written)
    assert kept == event
    assert line.state == "shown"
    service.change_bulletin(dana, written, dataclasses.replace(event, place="礼堂"))
    assert news(world)["event"]["place"] == "礼堂"


def test_the_list_costs_the_same_for_one_and_for_many(dana, draft, count_statements):
    service.write_bulletin(dana, draft())
    with count_statements() as one:
        service.list_bulletins(dana)
    for _n in range(5):
        service.write_bulletin(dana, draft())
    with count_statements() as many:
        service.list_bulletins(dana)
    assert len(many) == len(one)


# --- pages ----------------------------------------------------------------------------------------


def test_today_asks_with_the_very_words_and_takes_the_answer(app, world, citation):
    bob = Browser(app).sign_in(world.people["bob"])
    page = bob.get("/").text
    assert "光荣榜想写上您的名字" in page
    assert "带出 3 名持证焊工" in page
    bob.post(f"/boards/citations/{citation}", {"decision": "agree"})
    assert names(world) == ["Bob"]
    assert "光荣榜想写上您的名字" not in bob.get("/").text
    assert "撤下" in bob.get("/boards/citations").text
    bob.post(f"/boards/citations/{citation}", {"decision": "withdraw"})
    assert names(world) == []


def test_others_are_asked_nothing(app, world, citation):
    for name in ("alice", "dana"):
        assert "光荣榜想写上" not in Browser(app).sign_in(world.people[name]).get("/").text


def test_a_leader_prints_the_board_of_the_own_team_and_of_no_other(app, world):
    alice = Browser(app).sign_in(world.people["alice"])
    page = alice.get("/boards/print").text
    assert "本平台积分不作为考核、评优、薪酬依据" in page
    assert alice.get(f"/boards/print/{public_id(world.plant)}").status_code == 403
    assert alice.get(f"/boards/print/{public_id(world.other_team)}").status_code == 404


# --- the list of displays -------------------------------------------------------------------------


def test_displays_are_searched_filtered_and_counted(world, dana):
    gate = pair_display(dana, world.workshop, "one")
    pair_display(dana, world.team, "two")
    look = service.Look("东门", public_id(world.workshop), 6, "dark", (("notices", 12),))
    service.change_display(dana, gate, look)
    service.note_seen(service.find_screen("one").id)
    found = service.list_displays(dana)
    assert (found.total, found.online, found.need_a_look) == (2, 1, 1)

    def listed(**asked) -> list[str]:
        return [line.name for line in service.list_displays(dana, service.Asked(**asked)).lines]

    assert listed(q="东") == ["东门"]
    assert listed(page="board") == ["墙"]
    assert listed(needs_look=True) == ["墙"]
    assert len(listed(plant=public_id(world.plant))) == 2
    with pytest.raises(LookupError):
        listed(plant="nobody's")


def test_the_list_of_displays_costs_the_same_for_one_and_for_many(world, dana, count_statements):
    pair_display(dana, world.workshop, "0")
    with count_statements() as one:
        service.list_displays(dana)
    for n in range(1, 6):
        pair_display(dana, world.workshop, str(n))
    with count_statements() as many:
        service.list_displays(dana)
    assert len(many) == len(one)


def test_when_a_display_was_heard_of_outlives_the_store(world, dana):
    pair_display(dana, world.workshop)
    service.note_seen(service.find_screen(DISPLAY_SECRET).id)
    assert service.keep_seen() == 1
    assert service.keep_seen() == 0
    empty_store()
    assert service.list_displays(dana).lines[0].last_seen == NOW


def test_a_display_flashes_on_its_own_channel(app, world, dana):
    written = pair_display(dana, world.workshop)
    hub = app.extensions["zhixing_hub"]
    channels = [service.flash_channel(service.find_screen(DISPLAY_SECRET).id)]
    inbox = hub.join(channels)
    Browser(app).sign_in(dana.id).post(f"/admin/displays/{written}/flash")
    assert json.loads(inbox.get(timeout=2)[1]) == {"name": "墙"}
    hub.leave(channels, inbox)
    service.revoke(dana, written)
    with pytest.raises(Refusal):
        service.identify(dana, written)


def test_units_are_offered_as_many_as_a_page_bears(world, dana, monkeypatch):
    from quizapp.boards.service import choosing

    monkeypatch.setattr(choosing, "SHOWN_UNITS", 2)
    offered = [unit.public_id for unit in service.list_units(dana)]
    assert len(offered) == 2
    assert public_id(world.team) not in offered
    assert public_id(world.team) in {unit.public_id for unit in service.list_units(dana, "焊装一")}
    chosen = service.list_units(dana, "", [public_id(world.team), public_id(world.other_team)])
    assert public_id(world.team) in {unit.public_id for unit in chosen}
    assert public_id(world.other_team) not in {unit.public_id for unit in chosen}
