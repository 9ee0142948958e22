"""A scene on which every route can be walked: one of everything an address may name.

Everything in the addresses belongs to company A, where Bob works, Alice leads his team and Dana
administers; Olga organises, Tess trains for safety and Avi audits. Charlie and his administrator
Carol belong to company B. The display is paired in A.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.routing import Rule

from quizapp.accounts import service as accounts
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.accounts.service import duty
from quizapp.accounts.service.roster import desk as rosters
from quizapp.agenda import service as agenda
from quizapp.badges.service import keys, own
from quizapp.boards import service as boards
from quizapp.boards.views import COOKIE as DISPLAY_COOKIE
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.events import GradedResponse, ResponsesGraded, Rewardable
from quizapp.items import service as items
from quizapp.items.models import Item, Source
from quizapp.items.service import exporting, importing, media
from quizapp.leaderboards import service as leaderboards
from quizapp.mastery import service as mastery
from quizapp.org import service as org
from quizapp.org.models import Absence, Organisation, Unit
from quizapp.points import rules as points_rules
from quizapp.points import service as points
from quizapp.points.forms import values_of
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import authoring, preshift
from quizapp.quizzes.service.marking import queue as marking_queue
from quizapp.teams import service as teams
from quizapp.training import service as training
from quizapp.training.service import papers
from tests.browser_client import Browser
from tests.factories import badges as medals
from tests.factories import bench, marking, people, published, season
from tests.factories import training as courses

WHO = ("anonymous", "bob", "alice", "olga", "tess", "avi", "dana", "charlie", "carol", "display")
DISPLAY_SECRET = "the-secret-of-a-display"


@dataclass
class Scene:
    """Company A with one of everything an address can name, and the people of both companies."""

    world: people.World
    values: dict[str, Any]
    foreign: dict[str, str]
    forms: dict[str, dict[str, Any]]
    browsers: dict[str, Browser]

    def visitor(self, who: str) -> Browser:
        """Return a browser with the cookies that somebody had when the scene was set."""
        browser = Browser(self.browsers[who].app)
        for name in (browser.app.config["SESSION_COOKIE_NAME"], DISPLAY_COOKIE):
            kept = self.browsers[who].client.get_cookie(name)
            if kept:
                browser.client.set_cookie(name, kept.value)
        return browser

    def address(self, rule: Rule) -> str:
        """Return an address of ``rule`` with objects of company A in it."""
        adapter = self.browsers["anonymous"].app.url_map.bind("localhost")
        missing = rule.arguments - self.values.keys()
        assert not missing, f"{rule.rule}: say in the scene what stands for {missing}"
        path: str = adapter.build(rule.endpoint, {n: self.values[n] for n in rule.arguments})
        return path


def set_scene(app: Flask, world: people.World, *, answered: int = 1) -> Scene:
    """Let Bob start his set and answer some of it, hang a display in his workshop, sign all in."""
    season.open_season(world.organisation)
    _appoint(world)
    bob = people.viewer(world.people["bob"])
    dana = people.viewer(world.people["dana"])
    attempt_id = quizzes.start_daily(bob)
    for position in range(1, answered + 1):
        season.answer(bob, attempt_id, position)
    import_id = importing.receive(dana, "题目.gift", "::一::对吗？{T}\n".encode())
    file_id = rosters.receive(dana, "花名册.csv", "工号,姓名,班组\n3001,张三,焊装一班\n".encode())
    export_id = exporting.start(dana, [1], "gift")
    if answered:
        _let_know(world)
    empty_unit = people.unit(world.organisation, world.workshop, "team", "新班", "A112")
    db.session.get_one(Organisation, world.organisation).logo = b"\x89PNG"
    db.session.commit()
    display_id = pair_display(dana, world.workshop)
    other_unit = public_id_of(Unit, world.other_team)
    quiz_id = published.publish(world.organisation, "动火作业专题测验")
    task_id = _task(world, quiz_id)
    training_values = _training(world)
    values = {
        "attempt_id": attempt_id,
        "quiz_id": quiz_id,
        "task_id": task_id,
        "assignment_id": task_id,
        "position": 1,
        "person_id": public_id_of(Person, world.people["bob"]),
        "unit_id": public_id_of(Unit, empty_unit),
        "organisation_id": public_id_of(Organisation, world.organisation),
        "display_id": display_id,
        "item_id": _first_item(world),
        "case_id": _case(dana, world),
        "ref": media.keep(dana, _picture(), "图.png").ref,
        "source_id": _first_source(world),
        "number": 1,
        "import_id": import_id,
        "export_id": export_id,
        "file_id": file_id,
        "preshift_id": _preshift(world),
        "step": "apply",
        "act": "confirm",
        "sheet_id": _draft(dana, world),
        "deed": "duplicate",
        "kind": "notice",
        "bulletin_id": write_bulletin(dana, world, "notice"),
        "citation_id": write_bulletin(dana, world, "citation"),
        "secret": accounts.make_link(world.people["bob"]),
        "code": "ACDEFG",
        "reference": _earned(world),
        **_marking(world),
        **_duty(world, dana),
        "season_id": _closed_season(world),
        "version": app.config["ASSET_HASH"],
        "rules_version": _rules(dana),
        "filename": "core/mark.svg",
        **training_values,
        "campaign_id": leaderboards.open_campaign(
            dana,
            leaderboards.CampaignDraft("安全月", date(2026, 11, 16), date(2026, 11, 30)),
        ),
        **_badges(world),
        **_together(world),
    }
    browsers = {name: Browser(app) for name in ("anonymous", "display")}
    browsers |= {name: Browser(app).sign_in(person_id) for name, person_id in world.people.items()}
    browsers["display"].client.set_cookie(DISPLAY_COOKIE, DISPLAY_SECRET)
    foreign = {
        "unit": other_unit,
        "person": public_id_of(Person, world.people["charlie"]),
    }
    return Scene(world, values, foreign, _forms(world, values), browsers)


def _closed_season(world: people.World) -> str:
    """Play and close a season of October and return its name in addresses."""
    season_id = points.set_season(
        None,
        world.organisation,
        name="十月",
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 10, 20),
    )
    view = points.get_season(season_id)
    leaderboards.freeze(view, ledger_until=clock.now(), actor_id=None)
    return view.public_id


def _duty(world: people.World, dana: Viewer) -> dict[str, Any]:
    """Let Dana record an absence, write a shift pattern and upload a table of absences."""
    alice = world.people["alice"]
    org.record_absence(alice, date(2026, 11, 25), date(2026, 11, 27))
    absence = db.session.scalars(select(Absence.id).where(Absence.person_id == alice)).one()
    org.set_pattern(
        dana.id,
        world.organisation,
        code="14",
        name="驻外",
        cycle="D" * 14 + "R" * 14,
        anchor_on=date(2026, 11, 2),
    )
    table = "工号,类别,开始日期\n1001,请假,2026-12-01\n".encode()
    return {
        "absence": str(absence),
        "duty_id": duty.receive_duty(dana, duty.ABSENCES, "离岗.csv", table),
    }


def _rules(dana: Viewer) -> int:
    """Let Dana plan rules that begin in a week and return their number."""
    house = points_rules.RULE_SETS[-1]
    since = org.today(dana.organisation_id) + timedelta(days=7)
    return points.plan_rules(dana, since=since, listed=house.rules, day_limit=12, week_limit=40)


def write_bulletin(author: Any, world: people.World, kind: str) -> str:
    """Write something on the walls of Bob's workshop; a citation names him."""
    today = org.today(world.organisation)
    person = "1002" if kind == "citation" else ""
    return boards.write_bulletin(
        author,
        boards.Draft(
            kind=kind,
            title="冬季防滑",
            text="请走东侧步道",
            units=(public_id_of(Unit, world.workshop),),
            starts_on=today,
            ends_on=today + timedelta(days=9),
            person=person,
        ),
    )


def _task(world: people.World, quiz_id: str) -> str:
    """Let Alice assign a quiz to her team and return the name of the task."""
    return agenda.assign(
        people.viewer(world.people["alice"]),
        agenda.Draft(
            kind="quiz",
            subject_id=quiz_id,
            units=(public_id_of(Unit, world.team),),
            people=(),
            due_on=date(2026, 11, 26),
            wish="recommended",
        ),
    )


def _earned(world: people.World) -> str:
    """Let Bob have earned points the day before, and return the reference of the line."""
    source = "scene:earned"
    points.award(
        Rewardable(
            user_id=world.people["bob"],
            activity="daily_correct",
            source=source,
            quantity=3,
            occurred_on=org.today(world.organisation) - timedelta(days=1),
            unit_id=world.team,
        )
    )
    found = points.list_entries_of(world.people["bob"], [source])
    return points.reference_of(found[0].id)


def _let_know(world: people.World) -> None:
    """Let Bob have got the first item wrong, so that it stands in his mistake book."""
    first = db.session.scalars(select(Item).order_by(Item.id)).first()
    assert first
    assert first.current_version_id
    response = GradedResponse(
        item_id=first.id,
        item_version_id=first.current_version_id,
        score=0,
        is_correct=False,
        is_rapid=False,
    )
    fact = ResponsesGraded(
        user_id=world.people["bob"],
        occurred_on=org.today(world.organisation),
        unit_id=world.team,
        mode="practice",
        source="scene:1",
        responses=(response,),
    )
    mastery.remember(fact)


def _preshift(world: people.World) -> str:
    """Put the question of the present shift before Alice's team and return its name."""
    alice = people.viewer(world.people["alice"])
    team = preshift.get_team(alice)
    shift = preshift.present_shift(world.organisation)
    preshift.prepare(world.organisation, [team], shift)
    found = preshift.find_question(world.organisation, team, shift)
    assert found
    assert found.public_id
    return found.public_id


def _preshift_form(world: people.World) -> dict[str, Any]:
    """Return the form with which a leader answers for Alice's team."""
    alice = people.viewer(world.people["alice"])
    team, shift = preshift.get_team(alice), preshift.present_shift(world.organisation)
    found = preshift.find_question(world.organisation, team, shift)
    assert found
    return {
        "claim": found.claim,
        "option": found.prompt.options[0].id,
        "code": preshift.code_of(team.public_id, shift),
    }


@atomic
def _appoint(world: people.World) -> None:
    """Add the people whose roles the small cast has no need of, for the whole of company A."""
    root = org.find_unit_by_code(world.organisation, "A")
    assert root
    for number, (name, role) in enumerate(
        (
            ("olga", Role.ORGANISER),
            ("tess", Role.SAFETY_TRAINER),
            ("avi", Role.AUDITOR),
        ),
        start=1101,
    ):
        world.people[name] = people.person(
            world.organisation, root.id, name.title(), str(number), role=role
        )


def _training(world: people.World) -> dict[str, Any]:
    """Publish a course for all of company A, with a draft beside it and a certificate of Bob's."""
    tess = people.viewer(world.people["tess"])
    root = org.find_unit_by_code(world.organisation, "A")
    assert root
    course_id = courses.published(tess, courses.text(world, unit_id=root.id))
    certificate_id = courses.certify(tess, course_id, world.people["bob"], date(2026, 11, 10))
    training.revise(tess, course_id)
    rows = "工号,结果,日期\n1001,合格,2026-11-17\n".encode()
    return {
        "course_id": course_id,
        "certificate_id": certificate_id,
        "check_code": training.get_certificate(tess, certificate_id).check_code,
        "result_file_id": training.receive(tess, course_id, "成绩.csv", rows),
        "paper_number": papers.make(tess, course_id),
        "move": "publish",
        "decision": "apply",
    }


def _badges(world: people.World) -> dict[str, Any]:
    """Let Bob have a badge that he shows, and return what its pages are called."""
    dana, bob = (people.viewer(world.people[name]) for name in ("dana", "bob"))
    award_id = medals.earned(dana, world.people["bob"])
    token = medals.shown(bob, award_id)
    return {
        "award_id": award_id,
        "badge_id": medals.badge_of(award_id),
        "token": token,
        "key_id": keys.prepare(),
        "turn": "retire",
        "credential": own.get_award(bob, award_id).credential_id,
    }


def _together(world: people.World) -> dict[str, str]:
    """Return the names of Alice's team, a goal it met, thanks to Bob, and reported ones."""
    alice, bob = (people.viewer(world.people[name]) for name in ("alice", "bob"))
    team = teams.get_own_team(alice)
    assert team
    assert team.place
    draft = teams.Draft("weeks", 1, team.place.season.ends_on)
    teams.record_met_goal(alice, team.place, draft, met_on=org.today(world.organisation))
    report_id = teams.give_thanks(alice, "谢谢大家")
    teams.handle(bob, report_id, "report")
    bob_id = public_id_of(Person, bob.id)
    return {
        "team_id": team.unit.public_id,
        "goal_id": teams.list_goals(bob, team.place).met[0].public_id,
        "thanks_id": teams.give_thanks(alice, "谢谢你", bob_id),
        "report_id": report_id,
    }


def _first_item(world: people.World) -> str:
    """Return the name in addresses of the first item of company A."""
    mine = Item.organisation_id == world.organisation
    return db.session.scalars(select(Item.public_id).where(mine).order_by(Item.id)).first() or ""


def _case(author: Any, world: people.World) -> str:
    """Hand a new question of company A in and return the name of its case."""
    return items.submit(author, bench.drafted(author, bench.wording(world))).case_id


def _marking(world: people.World) -> dict[str, str]:
    """Return the names of an exam, of a text that Olga has open, and of an appeal of Alice's."""
    exam = marking.exam(world)
    marking.sat(world.people["alice"], exam, marking.answers(exam, "通道堆了托盘。"))
    olga = people.viewer(world.people["olga"])
    script_id = marking_queue.claim_next(olga, exam.public_id)
    assert script_id
    appeal_id = marking.appealed(world.people["alice"], marking.exam(world))
    return {"exam_id": exam.public_id, "script_id": script_id, "appeal_id": appeal_id}


def _draft(author: Any, world: people.World) -> str:
    """Write a quiz of company A and return its name in addresses."""
    unit = public_id_of(Unit, world.workshop)
    return authoring.create_quiz(author, authoring.NewQuiz("themed", "专题", unit, count=3))


def _first_source(world: people.World) -> str:
    """Return the name in addresses of a document that company A cites."""
    mine = Source.organisation_id == world.organisation
    return (
        db.session.scalars(select(Source.public_id).where(mine).order_by(Source.id)).first() or ""
    )


def _picture() -> bytes:
    """Return a small picture as somebody uploads it."""
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


def public_id_of(model: Any, row_id: int) -> str:
    """Return the name a row has in addresses."""
    name: str = db.session.get_one(model, row_id).public_id
    return name


def pair_display(admin: Any, unit_id: int, secret: str = DISPLAY_SECRET) -> str:
    """Pair a display as an administrator does and return its public id."""
    code, _seconds = boards.offer_code(secret)
    unit = public_id_of(Unit, unit_id)
    return boards.pair(admin, code=code, unit_public_id=unit, name="墙", distance_m=8, theme="dark")


def routes(app: Flask, method: str | None = None) -> list[tuple[str, Rule]]:
    """Return every (method, rule) of the application."""
    found = [
        (one, rule)
        for rule in app.url_map.iter_rules()
        for one in sorted(rule.methods or ())
        if one not in {"HEAD", "OPTIONS"}
    ]
    return [pair for pair in found if method in (None, pair[0])]


def name_of(method: str, rule: Rule) -> str:
    """Return how a route is called here: its method and its address, without types."""
    return f"{method} " + re.sub(r"<[^<>]*:(\w+)>", r"<\1>", rule.rule)


def form_for(scene: Scene, method: str, rule: Rule) -> dict[str, Any]:
    """Return a form that the route takes from somebody of company A who may send it."""
    if method != "POST":
        return {}
    form = dict(scene.forms.get(rule.endpoint, {}))
    if rule.endpoint == "admin.pair_display":
        form["code"] = boards.offer_code("another-browser")[0]
    return form


def _forms(world: people.World, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    team, workshop = public_id_of(Unit, world.team), public_id_of(Unit, world.workshop)
    bulletin = {
        "title": "防滑",
        "text": "慢行",
        "units": workshop,
        "starts_on": "2026-11-18",
        "ends_on": "2026-11-28",
    }
    return {
        "badges.new_badge": {"name": "新徽章", "kind": "weeks", "weeks": "5", "icon": "star"},
        "badges.edit_badge": {"name": "新徽章", "kind": "weeks", "weeks": "5", "icon": "star"},
        "badges.share": {"shows": "0"},
        "badges.set_state": {
            "id": values["credential"],
            "state": "suspended",
            "reason": "正在核对",
        },
        "accounts.sign_in": {"employee_number": "1002", "password": "wrong"},
        "accounts.set_locale": {"locale": "en"},
        "accounts.decide_consent": {"decision": "declined"},
        "accounts.set_large": {"large": "1"},
        "quizzes.answer": {
            "option": list(season.right_options(values["attempt_id"], 1)),
            "submission_uuid": str(uuid4()),
        },
        "points.write": {
            **values_of(points_rules.RULE_SETS[-1]),
            "since": (org.today(world.organisation) + timedelta(days=7)).isoformat(),
        },
        "agenda.assign": {
            "subject": f"quiz:{published.publish(world.organisation, '周测', mode='weekly')}",
            "units": team,
            "due_on": "2026-11-27",
            "wish": "voluntary",
        },
        "quizzes.save_mark": {"points.1.1": "1", "points.1.2": "0.5", "comment": "写得清楚"},
        "quizzes.answer_appeal": {"decision": "decline", "answer": "已复核"},
        "quizzes.send_appeal": {"reason": "请再看看"},
        "quizzes.new_quiz": {"name": "新测验", "mode": "exam", "unit": workshop, "count": "5"},
        "quizzes.save_quiz": {"row-0-count": "3", "rest_days": "14", "revision": "1"},
        "quizzes.quiz_settings": {"name": "专题", "grace_seconds": "60", "markers": "1"},
        "quizzes.extend_quiz": {"closes_at": "2026-12-24T08:00", "reason": "停电"},
        "quizzes.quiz_audience": {"unit": team},
        "quizzes.more_time": {"employee_number": "1002", "factor": "1.25"},
        "quizzes.record_team": _preshift_form(world),
        "quizzes.print_sheet": {"slot": "A", "team": team},
        "boards.record_preshift": _preshift_form(world),
        "items.upload": {"pasted": "对吗？（√）", "topic": "0", "format": ""},
        "items.decide": {"choice": "skip"},
        "items.send_report": {"reason": "key"},
        "items.handle_reports": {"decision": "decline", "answer": "已核对"},
        "review.set_policy": {"subject": "item", "levels": "3"},
        "review.pass_level": {"level": "first"},
        "review.return_wording": {"level": "first", "comment": "请改"},
        "items.quality_suspend": {"suspended": "1"},
        "points.find_line": {"reference": values["reference"]},
        "points.correct_line": {"amount": "1", "note": "重复计分"},
        "teams.set_goal": {"kind": "points", "target": "900", "ends_on": "2026-12-01"},
        "teams.give_thanks": {"to": "team", "text": "谢谢大家"},
        "teams.handle_thanks": {"deed": "share"},
        "teams.settle_report": {"decision": "keep"},
        "training.withdraw": {"reason": "误发"},
        "training.enter_result": {
            "number": "1001",
            "held_on": "2026-11-17",
            "result": "passed",
        },
        "leaderboards.save_profile": {"profile": "light", "listing": "name"},
        "leaderboards.freeze": {"reveals_at": "2026-11-20T15:00"},
        "leaderboards.open_campaign": {
            "title": "节能周",
            "starts_on": "2026-11-18",
            "ends_on": "2026-11-24",
        },
        "admin.add_person": {
            "name": "新来",
            "employee_number": "9001",
            "unit": team,
            "since": "2026-11-18",
        },
        "admin.edit_person": {"name": "Bob", "post": "焊工"},
        "admin.move_person": {"unit": workshop, "since": "2026-11-18"},
        "admin.reactivate": {"unit": team},
        "admin.grant_role": {"role": "leader", "unit": team},
        "admin.revoke_role": {"role": "leader", "unit_id": str(world.team)},
        "admin.login_cards": {"person": [values["person_id"]]},
        "admin.add_unit": {"name": "新班组", "code": "A113", "kind": "team", "parent": workshop},
        "admin.edit_unit": {"name": "改名", "parent": workshop},
        "admin.upload_roster": {"pasted": "工号\t姓名\t单位路径\n3002\t李四\t二厂/总装车间/一班"},
        "admin.pair_display": {"unit": team, "name": "", "distance_m": "8", "theme": "dark"},
        "admin.change_display": {
            "unit": team,
            "name": "门",
            "distance_m": "6",
            "theme": "light",
            "page_1": "board",
            "seconds_1": "15",
        },
        "admin.write_bulletin": bulletin,
        "admin.change_bulletin": bulletin,
        "boards.decide_citation": {"decision": "agree"},
        "admin.save_settings": {"name": "甲集团", "time_zone": "Asia/Shanghai"},
        "admin.plan_season": {
            "name": "冬季",
            "starts_on": "2026-12-21",
            "ends_on": "2027-01-20",
            "method": "total",
        },
        "admin.edit_season": {
            "name": "改名",
            "starts_on": "2026-10-01",
            "ends_on": "2026-10-20",
            "method": "shrunken_mean",
        },
        "admin.record_absence": {"number": "1002", "kind": "away", "since": "2026-11-20"},
        "admin.remove_absence": {"absence": values["absence"]},
        "admin.write_pattern": {
            "code": "SB",
            "name": "四班三运转",
            "cycle": "DDMMNNRR",
            "anchor_on": "2026-11-02",
        },
        "admin.assign_shifts": {
            "pattern": "14",
            "unit": team,
            "since": "2026-11-18",
            "offset_days": "0",
        },
        "admin.merge_unit": {"into": team, "since": "2026-11-18"},
        "admin.split_unit": {"name": "新班", "code": "A119", "since": "2026-11-18"},
    }
