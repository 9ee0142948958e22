"""Statutory training in the demo: one course with its exam, and a year of results on paper."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.training import service as training
from quizapp.training.service import CourseText, Entry, ExamPlan, ExamRow, SectionText

from . import names
from .bank import as_role

AGE_DAYS = 365
WORKSHOPS = ("焊装车间", "铸造车间", "热处理车间", "动力车间")

LAW = (
    "生产经营单位应当对从业人员进行安全生产教育和培训，保证从业人员具备必要的安全生产知识。"
    "未经安全生产教育和培训合格的从业人员，不得上岗作业。"
)
SECTIONS = (
    (
        "认识煤气",
        "煤气里的一氧化碳无色、无味，吸入后与血红蛋白结合，人会在不知不觉中失去行动能力。\n"
        "高炉、焦炉、转炉煤气的成分不同，危险相同：中毒、着火、爆炸。闻不到气味不等于没有煤气。",
    ),
    (
        "进入煤气区域之前",
        "两人以上同行，一人作业，一人监护。\n"
        "随身携带便携式报警仪，开机自检，别在呼吸带的高度。\n"
        "先看风向标，从上风侧靠近；看清最近的撤离路线和空气呼吸器的位置。",
    ),
    (
        "报警之后",
        "报警仪响了，先撤到上风侧的安全处，再报告，不要停下来找原因。\n"
        "发现有人倒下，先报告、先戴空气呼吸器，再救人。没有防护就进去，只会多一个倒下的人。\n"
        "救出后移到空气新鲜处，呼吸心跳停止的立即做心肺复苏。",
    ),
    (
        "检修与动火",
        "停气、吹扫、加盲板、检测，四步都有人签字，才能进入或者动火。\n"
        "检测合格只管半小时左右，中断后重来要重新检测。\n"
        "作业票上没有自己名字的，不进去；票上写的与现场不一样的，不开工。",
    ),
)


def write(organisation_id: int, today: date) -> None:
    """Publish the course as it was a year ago and enter what came of it since."""
    trainer = as_role(organisation_id, names.TRAINER, Role.SAFETY_TRAINER)
    units = {unit.name: unit for unit in org.list_units(organisation_id) if unit.name in WORKSHOPS}
    text = CourseText(
        title="煤气安全年度复训",
        kind="refresher",
        legal_document="安全生产法",
        legal_clause="第二十八条",
        legal_words=LAW,
        hours=8,
        validity_months=12,
        window_days=60,
        complete_by=today + timedelta(days=18),
        sections=tuple(SectionText(heading, body) for heading, body in SECTIONS),
        exam=ExamPlan(
            rows=(
                ExamRow("安全生产", easy=4, medium=4, hard=2),
                ExamRow("消防与应急", easy=3, medium=2, hard=1),
                ExamRow("职业健康", easy=2, medium=2),
            ),
            minutes=30,
            cut_percent=80,
            attempts=3,
        ),
        units=tuple(units[name].public_id for name in WORKSHOPS),
    )
    opened = today - timedelta(days=AGE_DAYS)
    zone = ZoneInfo(trainer.time_zone)
    with clock.frozen(datetime.combine(opened, time(9), zone)):
        course_id = training.add_course(trainer, text)
        training.publish(trainer, course_id)
    training.enter(trainer, course_id, _results([u.path for u in units.values()], today))


def _results(paths: list[str], today: date) -> list[Entry]:
    """Return results on paper: most are valid, some run out soon, some people are not there yet."""
    dice = random.Random("the certificates of the demo")  # nosec B311 - no secret
    rows = db.session.execute(
        select(Person.employee_number, Unit.path)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Person.is_demo)
        .order_by(Person.id)
    )
    entries = []
    for number, path in rows:
        luck = dice.random()
        back = dice.randrange(310, 358) if luck < 0.14 else dice.randrange(25, 290)
        if number == names.EMPLOYEE[1]:
            luck, back = 0.0, AGE_DAYS - 19
        if path.startswith(tuple(paths)) and luck < 0.82:
            entries.append(Entry(number, today - timedelta(days=back), True))
    return entries
