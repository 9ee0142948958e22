"""The quality desk: what stands there, who may do what, how many statements it takes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from question_bank.items import Choice, Hotspot, HotspotZone, Option, TrueFalse
from question_bank.psychometrics import flags
from question_bank.psychometrics.flags import Flag
from quizapp.accounts.permissions import Role
from quizapp.core.audit import AuditRow
from quizapp.items import service
from quizapp.items.models import FlagNote, Item, TimeBucket
from quizapp.items.service.flagging import letters_of
from quizapp.items.views import flag_words, quality_chart
from quizapp.items.views.quality_chart import Shares
from tests.browser_client import Browser
from tests.factories import answers, people

DAY = date(2026, 11, 3)


@pytest.fixture
def five(world):
    """Five versions that sixty people answered; the key of the first must be wrong."""
    found = answers.versions(world.organisation, 5)
    days = [DAY + timedelta(days=number) for number in range(10)]
    answers.history(answers.crowd(world, 60), days, found, miskeyed=found[0])
    service.count_again()
    return found


def address(db, version_id, act=""):
    item = db.session.scalars(select(Item).where(Item.current_version_id == version_id)).one()
    return f"/items/quality/{item.public_id}{act}"


def body(response, status=200):
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def test_the_desk_opens_the_gravest_question(db, five, as_person):
    page = body(as_person("dana").get("/items/quality"))
    assert "答案可能有误" in page
    assert re.search(r"错项 [A-D] 比答案更常被选", page)
    assert re.search(r"得分较高的同事里 \d+% 选 [A-D]，只有 \d+% 选现在的答案 [A-D]。", page)
    assert "第 1 题，共 1 题" in page
    assert 'class="shares__line shares__line--rival"' in page
    assert 'class="shares__line shares__line--key"' in page


def test_the_desk_speaks_english(db, five, as_person):
    dana = as_person("dana")
    dana.post("/locale", {"locale": "en"})
    page = body(dana.get("/items/quality"))
    assert "The key may be wrong" in page
    assert re.search(r"Wrong option [A-D] beats the key", page)


def test_nothing_flagged_is_an_empty_desk(world, as_person):
    assert "没有需要提示的题" in body(as_person("dana").get("/items/quality"))


def test_too_few_responses_show_no_figure(db, world, as_person):
    versions = answers.versions(world.organisation, 5)
    answers.history(answers.crowd(world, 29), [DAY], versions, miskeyed=versions[0])
    service.count_again()
    page = body(as_person("dana").get(address(db, versions[0])))
    assert "作答还太少" in page
    assert "目前 29 次" in page
    assert "figure" not in page.split("<main")[1].replace("figures", "")
    assert "shares__line" not in page


def test_a_sound_question_has_figures_and_no_flag(db, five, as_person):
    page = body(as_person("dana").get(address(db, five[1])))
    assert "这道题的数据没有异常" in page
    assert "区分度" in page
    assert "shares__line--rival" not in page
    assert "答案无误，记下理由" not in page


def test_times_are_drawn_with_their_median(db, five, as_person):
    for bucket, number in ((0, 2), (4, 20), (5, 20)):
        db.session.add(TimeBucket(version_id=five[0], week=DAY, bucket=bucket, responses=number))
    db.session.commit()
    page = body(as_person("dana").get(address(db, five[0])))
    assert "用时分布" in page
    assert page.count('class="times__bar"') + page.count("times__bar--rapid") == 6
    assert "<dd>18<small>秒</small></dd>" in page


def test_a_flag_is_let_stand_with_a_reason_until_it_grows(db, five, world, as_person):
    dana = as_person("dana")
    form = {"flag": "key_doubtful", "note": "条文如此，已与安全部核对。"}
    response = dana.post(address(db, five[0], "/stands"), form)
    assert response.status_code == 303
    page = body(dana.get(address(db, five[0])))
    assert "条文如此，已与安全部核对。" in page
    assert "得分较高的同事里" not in page
    assert "区分度为负" in page  # what else is odd stays
    (note,) = db.session.scalars(select(FlagNote))
    assert note.person_id == world.people["dana"]
    service.count_again(DAY)
    flag = db.session.scalars(select(Item.flag).where(Item.current_version_id == five[0])).one()
    assert flag == "discrimination_negative"
    note.figure -= flags.NEWS + 0.01
    db.session.commit()
    service.count_again(DAY)
    assert "得分较高的同事里" in body(dana.get(address(db, five[0])))
    assert "items.flag_let_stand" in set(db.session.scalars(select(AuditRow.action)))


def test_a_flag_does_not_go_without_a_reason(db, five, as_person):
    dana = as_person("dana")
    for note, said in (("  ", "请写下理由"), ("长" * 501, "最多 500 个字")):
        form = {"flag": "key_doubtful", "note": note}
        assert said in body(dana.post(address(db, five[0], "/stands"), form), 422)
    form = {"flag": "leak", "note": "没有这回事"}
    assert dana.post(address(db, five[0], "/stands"), form).status_code == 404
    assert db.session.scalars(select(FlagNote)).all() == []


def test_a_suspended_question_is_not_drawn_until_it_is_let_in_again(db, five, world, as_person):
    dana = as_person("dana")

    def pool():
        return set(service.get_pool(world.organisation, DAY).versions)

    assert five[0] in pool()
    assert dana.post(address(db, five[0], "/suspend"), {"suspended": "1"}).status_code == 303
    assert five[0] not in pool()
    assert db.session.scalars(select(Item.stage).where(Item.is_suspended)).all() == ["editing"]
    assert "恢复抽取" in body(dana.get(address(db, five[0])))
    dana.post(address(db, five[0], "/suspend"), {"suspended": "0"})
    assert five[0] in pool()
    assert dana.post(address(db, five[0], "/suspend"), {"suspended": "1"}).status_code == 303


def test_a_reviewer_reads_and_does_not_act(app, db, five, world):
    reviewer = people.person(
        world.organisation, world.team, "审核", "7001", role=Role.FIRST_REVIEWER
    )
    grant_everywhere(db, world, reviewer)
    page = body(Browser(app).sign_in(reviewer).get("/items/quality"))
    assert "得分较高的同事里" in page
    assert "/stands" not in page
    assert "/suspend" not in page


def grant_everywhere(db, world, person_id):
    """Give a role for the whole organisation: the bank is one for everybody."""
    from quizapp.accounts.models import RoleGrant
    from quizapp.org.models import Unit

    root = db.session.scalars(
        select(Unit.id).where(Unit.organisation_id == world.organisation, Unit.parent_id.is_(None))
    ).one()
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)).one()
    grant.unit_id = root
    db.session.commit()


def test_another_company_sees_nothing(db, five, as_person):
    carol = as_person("carol")
    assert carol.get(address(db, five[0])).status_code == 404
    assert "没有需要提示的题" in body(carol.get("/items/quality"))
    form = {"flag": "key_doubtful", "note": "x"}
    assert carol.post(address(db, five[0], "/stands"), form).status_code == 404
    assert carol.post(address(db, five[0], "/suspend"), {"suspended": "1"}).status_code == 404


def test_the_number_of_statements_does_not_grow(db, five, world, as_person, count_statements):
    dana = as_person("dana")
    path = address(db, five[0])
    dana.get(path)
    with count_statements() as seen:
        body(dana.get(path))
    few = len(seen)
    more = answers.versions(world.organisation, 5, kind="multiple")
    days = [DAY + timedelta(days=number) for number in range(14)]
    everybody = list(range(120))
    crowd = [people.person(world.organisation, world.team, f"又{n}", f"9{n:04}") for n in everybody]
    db.session.commit()
    answers.history(crowd, days, more, miskeyed=more[0], seed=9)
    service.count_again(DAY)
    with count_statements() as seen:
        page = body(dana.get(path))
    assert page.count("queue__link") > 2
    assert len(seen) == few <= 16, "\n".join(seen)


# --- words and drawings --------------------------------------------------------------------------

PARAMS = {
    "option": "C",
    "key": "A",
    "share": 63,
    "key_share": 20,
    "discrimination": -0.06,
    "before": 55,
    "after": 85,
    "slow": 24,
    "fast": 12,
    "facility": 24,
    "shown": 1412,
    "days": 30,
    "mean": 90,
}


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("code", flags.CODES)
def test_every_flag_is_worded_in_both_languages(app, code, locale):
    with app.test_request_context(), force_locale(locale):
        flag = Flag(code, 0.1, PARAMS)
        words = [flag_words.flag_name(code), flag_words.flag_line(flag)]
        words.append(flag_words.flag_sentence(flag))
    assert code not in words
    for text in words:
        assert "%(" not in text
        assert "%%" not in text


def test_numbers_are_written_for_people(app):
    with app.test_request_context():
        words = flag_words.worded(Flag("exposed", 0.1, {**PARAMS, "option": "true"}))
    assert words["shown"] == "1,412"
    assert words["discrimination"] == "−0.06"
    assert words["option"] == "正确"
    assert flag_words.signed(None) == "–"


def test_options_are_called_as_learners_know_them():
    choice = Choice("single", "?", (Option("x", "1"), Option("y", "2")), frozenset("y"), "")
    zones = (HotspotZone("x", "circle", (1, 1, 1)), HotspotZone("y", "circle", (9, 9, 1)))
    assert letters_of(choice) == {"x": "A", "y": "B"}
    assert letters_of(TrueFalse("?", True, "")) == {"true": "true", "false": "false"}
    assert letters_of(Hotspot("?", "p", zones, frozenset("x"), "")) == {"x": "1", "y": "2"}


def test_labels_never_cover_each_other():
    for ends in ([100, 101, 102, 103], [290, 295, 300, 300], [22, 22, 22, 22], [150.0]):
        found = quality_chart.spread(ends, 22, 300)
        ordered = sorted(found)
        assert all(b - a >= quality_chart.LINE_HEIGHT - 1e-9 for a, b in pairwise(ordered))
        assert min(found) >= 22
        assert [i for _y, i in sorted((y, i) for i, y in enumerate(ends))] == [
            i for _y, i in sorted((y, i) for i, y in enumerate(found))
        ]


def test_the_chart_reaches_from_nothing_to_the_next_quarter():
    shares = [Shares("A", "key", (0.22, 0.63)), Shares("B", "other", (0.78, 0.37))]
    chart = quality_chart.draw_shares(shares, [30, 40], width=690, height=336, label_width=116)
    assert [share for _y, share in chart.ticks] == [0, 25, 50, 75, 100]
    (x, y), (x2, _y2) = chart.lines[0].points
    assert (x, x2) == (60, 558)
    assert y == pytest.approx(300 - 0.22 * (300 - 22), abs=0.1)
    assert chart.lines[1].percent == 37


def test_times_are_drawn_without_empty_ends():
    counts = [2, 0, 4, *[0] * 10]
    drawn = quality_chart.draw_times(counts)
    assert len(drawn.bars) == 6
    assert [bar.height for bar in drawn.bars[:3]] == [32.0, 0.0, 64.0]
    assert (drawn.first_edge, drawn.last_edge, drawn.is_open) == (3, 25, False)
    assert quality_chart.draw_times([0] * 12 + [1]).is_open
