"""Pages of the mistake book, topics, paper and retention: words, permissions, statements."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.items.models import Item, Topic
from quizapp.mastery.models import MasteryCard, Retest
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import QuizBlueprint
from quizapp.quizzes.service.holding import list_withheld
from tests.conftest import NOW
from tests.factories import answers, bank, people
from tests.mastery.test_service import DAY, cards, facts, some_versions, told

EARLIER = DAY - timedelta(days=6)


def graduate(world, who="bob"):
    """Let a person get the first item wrong and then right three times."""
    for place, is_right in enumerate([False, True, True, True]):
        told(
            world, [is_right], source=f"old:{place}", day=DAY - timedelta(days=30 - place), who=who
        )


@atomic
def second_theme(world):
    """Give the first three items a theme of their own."""
    theme = Topic(organisation_id=world.organisation, name="消防与应急")
    db.session.add(theme)
    db.session.flush()
    topic = Topic(organisation_id=world.organisation, parent_id=theme.id, name="灭火器")
    db.session.add(topic)
    db.session.flush()
    first = db.session.scalars(select(Item.id).order_by(Item.id).limit(3)).all()
    db.session.execute(
        update(Item).where(Item.id.in_(first)).values(theme_id=theme.id, topic_id=topic.id)
    )


def test_the_book_is_empty_in_words(as_person):
    page = as_person("bob").get("/mastery").text
    assert "还没有错题" in page
    assert "只有您自己能看到" in page


def test_the_book_shows_what_is_ready_and_what_waits(world, as_person):
    told(world, [False, False, True], day=EARLIER)
    told(world, [True], source="attempt:2", day=DAY)
    page = as_person("bob").get("/mastery").text
    assert "1 题可以温习" in page
    assert "还差 3 次" in page
    today, later = page.split("之后</h2>")
    waits = next(card for card in cards(world) if card.streak == 1 and card.is_mistake)
    assert f"{waits.due_on.month}月{waits.due_on.day}日" in later
    assert "今天</h2>" in today
    assert "答对 3 次即掌握" in today


def test_a_fresh_mistake_says_so(world, as_person):
    told(world, [False], day=DAY)
    assert "刚收入" in as_person("bob").get("/mastery").text


def test_a_day_off_costs_nothing_and_can_be_taken_back(world, as_person):
    told(world, [False], day=EARLIER)
    bob = as_person("bob")
    assert "不学的日子不计数" in bob.get("/mastery").text
    page = bob.post("/mastery/rest", {"rests": "1"}, follow_redirects=True).text
    assert "不计天数" in page
    assert "1 题可以温习" not in page
    page = bob.post("/mastery/rest", {"rests": "0"}, follow_redirects=True).text
    assert "1 题可以温习" in page


def test_the_book_is_narrowed_to_a_theme_and_turned_page_by_page(world, as_person, monkeypatch):
    monkeypatch.setattr("quizapp.mastery.service.book.PAGE", 2)
    second_theme(world)
    told(world, [False] * 15, day=EARLIER)
    bob = as_person("bob")
    page = bob.get("/mastery").text
    assert "下一页" in page
    assert "上一页" in bob.get("/mastery?page=2").text
    assert bob.get("/mastery?page=99").status_code == 200
    themes = re.findall(r'href="(/mastery\?theme=[^"]+)"', page)
    assert themes
    narrowed = bob.get(themes[0]).text
    assert "chip--on" in narrowed
    assert bob.get("/mastery?theme=gibt-es-nicht").status_code == 200


def test_the_key_is_shown_only_of_what_was_answered(world, as_person):
    told(world, [False], day=EARLIER)
    first, second = db.session.scalars(select(Item.public_id).order_by(Item.id).limit(2))
    bob = as_person("bob")
    page = bob.get(f"/mastery/items/{first}").text
    assert "解析" in page
    assert "正确答案" in page or "line--right" in page
    assert bob.get(f"/mastery/items/{second}").status_code == 404
    assert as_person("alice").get(f"/mastery/items/{first}").status_code == 404
    assert as_person("charlie").get(f"/mastery/items/{first}").status_code == 404


def test_the_book_is_no_crib_for_a_set_that_is_open(world, as_person):
    told(world, [False] * 15, day=EARLIER)
    bob = as_person("bob")
    quizzes.start_daily(people.viewer(world.people["bob"]))
    asked = list_withheld(world.people["bob"]).asked
    assert len(asked) == 5
    for item_id, public_id in db.session.execute(select(Item.id, Item.public_id)).all():
        page = bob.get(f"/mastery/items/{public_id}").text
        is_closed = "暂不显示" in page
        assert is_closed == (item_id in asked)
        assert is_closed == (bank.CANARY not in page)
    assert bob.get("/mastery/print").text.count('class="paper__key"') == 10


def test_what_a_quiz_keeps_back_the_book_keeps_back_too(world, as_person):
    (first,) = some_versions(world, 1)
    closes_at = NOW + timedelta(days=1)
    answers.final_set(world.people["bob"], EARLIER, [(first, answers.wrong(first))])
    keep = update(QuizBlueprint).values(
        tells_during="", tells_after="", tells_closed="key", closes_at=closes_at
    )
    atomic(db.session.execute)(keep)
    told(world, [False], day=EARLIER)
    bob = as_person("bob")
    public_id = db.session.scalars(select(Item.public_id).order_by(Item.id)).first()
    assert "还没有错题" in bob.get("/mastery").text
    assert bank.CANARY not in bob.get(f"/mastery/items/{public_id}").text
    assert bank.CANARY not in bob.get("/mastery/print").text
    with clock.frozen(closes_at):
        assert "1 题可以温习" in bob.get("/mastery").text
        assert bank.CANARY in bob.get(f"/mastery/items/{public_id}").text


def test_what_was_only_glanced_at_keeps_its_key(world, as_person):
    fact = facts(world, [True])
    glanced = [type(r)(**{**vars(r), "is_rapid": True}) for r in fact.responses]
    told(world, glanced)
    first = db.session.scalars(select(Item.public_id).order_by(Item.id)).first()
    assert as_person("bob").get(f"/mastery/items/{first}").status_code == 404


def test_every_kind_of_question_can_be_looked_at_and_printed(world, as_person):
    number = len(db.session.scalars(select(Item.id)).all())
    told(world, [False] * number, day=EARLIER)
    bob = as_person("bob")
    for public_id in db.session.scalars(select(Item.public_id)):
        assert bob.get(f"/mastery/items/{public_id}").status_code == 200
    page = bob.get("/mastery/print").text
    questions, key = page.split("答案与出处")
    assert questions.count("paper__stem") >= number
    assert key.count("paper__key") == number


def test_paper_of_an_empty_book_says_so(as_person):
    assert "没有可以打印的题" in as_person("bob").get("/mastery/print").text


def test_what_is_mastered_has_a_page_of_its_own(world, as_person):
    bob = as_person("bob")
    assert "还没有掌握的错题" in bob.get("/mastery/mastered").text
    graduate(world)
    assert "已掌握 1 题" in bob.get("/mastery").text
    assert "错题都已掌握" in bob.get("/mastery").text
    assert cards(world)[0].mastered_on == DAY - timedelta(days=27)
    assert "10月22日" in bob.get("/mastery/mastered").text


def test_topics_are_worded_kindly_and_the_weakest_come_first(world, as_person):
    second_theme(world)
    told(world, [True] * 3 + [False] * 12, day=DAY - timedelta(days=1))
    page = as_person("bob").get("/mastery/topics").text
    assert "3 题中 3 题稳固" in page
    assert page.index("可以再看看") < page.index("掌握得好")


@pytest.mark.parametrize("address", ["/mastery", "/mastery/topics", "/mastery/print"])
def test_a_long_book_costs_no_more_statements(world, as_person, count_statements, address):
    bob = as_person("bob")
    told(world, [False] * 2, day=EARLIER)
    bob.get(address)
    with count_statements() as few:
        bob.get(address)
    told(world, [False] * 15, day=EARLIER, source="attempt:2")
    with count_statements() as many:
        bob.get(address)
    assert len(many) == len(few)
    assert len(many) <= 7


def test_the_confidence_question_is_a_switch_on_me(as_person):
    bob = as_person("bob")
    assert "是否有把握" in bob.get("/me").text
    page = bob.post("/mastery/confidence", {"asks": "1"}, follow_redirects=True).text
    row = page[page.index("是否有把握") :]
    assert 'aria-checked="true"' in row[:600]


def test_learning_is_a_tab(as_person):
    assert 'href="/mastery"' in as_person("bob").get("/team").text


# --- what units still know ------------------------------------------------------------------------


@atomic
def sums(unit_id, month, number, correct):
    """Write how re-tests of a team went."""
    db.session.add(
        Retest(unit_id=unit_id, month=month, people=number, answered=number, correct=correct)
    )


def test_retention_is_empty_in_words(as_person):
    page = as_person("dana").get("/mastery/retention").text
    assert "还没有可以显示的数据" in page
    assert "一个月后还记得" in page


def test_a_mean_is_shown_from_twenty_people_on(world, as_person):
    sums(world.team, date(2026, 9, 1), 20, 15)
    sums(world.team, date(2026, 10, 1), 19, 15)
    page = as_person("alice").get("/mastery/retention").text
    assert "75 %" in page
    assert "n=20" in page
    assert "n=19" not in page
    assert "不显示" in page


def test_a_running_month_and_other_companies_are_not_shown(world, as_person):
    sums(world.team, date(2026, 11, 1), 30, 15)
    assert "还没有可以显示的数据" in as_person("dana").get("/mastery/retention").text
    sums(world.other_team, date(2026, 10, 1), 30, 15)
    assert "还没有可以显示的数据" in as_person("dana").get("/mastery/retention").text
    assert "50 %" in as_person("carol").get("/mastery/retention").text


def test_a_subtraction_tells_nothing(world, as_person):
    other = people.unit(world.organisation, world.workshop, "team", "焊装二班", "A113")
    sums(world.team, date(2026, 10, 1), 25, 25)
    sums(other, date(2026, 10, 1), 5, 0)
    page = as_person("dana").get("/mastery/retention").text
    assert "83 %" in page  # the company and all above the teams
    assert "100 %" not in page  # with it, 30 less 25 would tell of five
    assert "焊装一班" not in page


def test_a_leader_sees_the_own_units_only(world, as_person):
    other = people.unit(world.organisation, world.workshop, "team", "焊装二班", "A113")
    sums(other, date(2026, 10, 1), 25, 20)
    sums(world.team, date(2026, 10, 1), 40, 20)
    page = as_person("alice").get("/mastery/retention").text
    assert "焊装一班" in page
    assert "焊装二班" not in page


def test_a_small_team_is_told_why_it_sees_nothing(world, as_person):
    other = people.unit(world.organisation, world.plant, "workshop", "总装车间", "A12")
    sums(other, date(2026, 10, 1), 25, 20)
    sums(world.team, date(2026, 10, 1), 8, 2)
    page = as_person("alice").get("/mastery/retention").text
    assert "人数较少，暂不显示" in page
    assert "n=8" not in page


def test_retention_costs_few_statements(world, as_person, count_statements):
    sums(world.team, date(2026, 10, 1), 40, 20)
    dana = as_person("dana")
    dana.get("/mastery/retention")
    with count_statements() as seen:
        dana.get("/mastery/retention")
    assert len(seen) <= 5


def test_a_version_last_seen_is_the_one_that_is_shown(world, as_person):
    """The wording may have changed since: the book tells of the one that was answered."""
    told(world, [False], day=EARLIER)
    item_id = db.session.scalars(select(MasteryCard.item_id)).one()
    atomic(db.session.execute)(update(Item).where(Item.id == item_id).values(title="新的题面"))
    assert "新的题面" not in as_person("bob").get("/mastery").text
