"""The bank's desk in the demo: wordings that wait at every level, with what was said about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from question_bank.items.draft import Criterion, Draft, DraftOption
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person, RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.items.service import editing, listing, reporting
from quizapp.items.service.contents import Passport, Wording
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.quizzes import service as quizzes
from quizapp.review import service as review

from . import names

LEVELS = ("first", "second", "final")


@dataclass(frozen=True)
class Change:
    """The next wording of an item of the starter bank: what is added, and how far it has come.

    ``find`` are words of its stem, ``addition`` goes to its explanation, ``said`` holds the remarks
    of the levels it passed, and ``returned`` what the next one found missing.
    """

    find: str
    addition: str
    note: str = ""
    said: tuple[str, ...] = ()
    returned: str = ""
    is_planned: bool = False


CHANGES = (
    Change("吊索断了几股", "撤到安全处后，要马上报告。", note="补上撤离之后做什么。"),
    Change(
        "的第一责任人",
        "班组长也要管好本班组的安全。",
        note="班组里常有人问班组长管什么。",
        said=("与条文一致，文字通顺。",),
    ),
    Change("除尘风机噪声大", "风机有异响应当报修。", said=("补充得好。",)),
    Change("女职工顺产", "难产的还要增加。", said=("没有错别字。", "依据现行有效。")),
    Change(
        "小何申请仲裁",
        "自己留存的排班表也可以作证据。",
        note="下周起换用新版。",
        said=("已对照原文。", "条款无误。", "同意，按计划发布。"),
        is_planned=True,
    ),
    Change("小傅的听力损害", "体检费用由单位承担。", returned="费用是另一条的内容，请补上条款。"),
)

# New questions: (topic, stem, options with the right one first, explanation, clause, remarks).
NEW = (
    (
        "安全生产 › 隐患报告",
        "配电室门口堆着待修的纸箱，路过的电工小吴该怎么做？",
        (
            "马上告诉现场安全员或班长",
            "等安全检查时再说",
            "绕过去，不影响自己就行",
            "拍照留着，月底一起上报",
        ),
        "发现事故隐患，从业人员应当立即报告现场安全生产管理人员或者本单位负责人，接到报告的人应当及时处理。",
        "第五十九条",
        (),
    ),
    (
        "安全生产 › 防护用品",
        "新来的铣工问：防护眼镜要自己花钱买吗？",
        (
            "由单位提供，并教会佩戴使用",
            "自己买，凭发票报一半",
            "老师傅的旧眼镜接着用",
            "干得少就可以不戴",
        ),
        "单位应当为从业人员提供符合标准的劳动防护用品，并监督、教育他们按规则佩戴和使用，费用不由个人承担。",
        "第四十五条",
        ("题目贴近岗位。",),
    ),
)

# What the author has begun and not handed in yet, as far as it is written.
TOPIC_OF_DRAFTS = "安全生产 › 从业人员权利"
DRAFTS = (
    (
        "班前会上，班长安排的活儿有危险又没有防护，组员可以怎么办？",
        ("拒绝，并说明危险在哪里", "先干着，干完再提意见", "换个人去干", "装作没听见"),
        "从业人员有权拒绝违章指挥和强令冒险作业，单位不得因此降低工资、福利或者解除劳动合同。",
        "第五十四条",
    ),
    (
        "新工人没有经过安全培训，能不能先上岗顶几天？",
        (
            "不能，培训合格后才能上岗",
            "可以，有老师傅带着就行",
            "可以，不超过三天",
            "班长同意就可以",
        ),
        "",
        "第二十八条",
    ),
    (
        "岗位上的应急处置卡应当放在哪里？",
        ("随手拿得到的地方", "办公室的文件柜", "班长的抽屉", "车间的档案室"),
        "",
        "",
    ),
)


# A short essay for exams: what is asked, what an answer is marked by, and one that has it all. It
# cites the duty to report hazards at once, as the questions beside it do.
ESSAY = Draft(
    kind="essay",
    stem="班前检查时，您发现安全通道里堆着待修的托盘，挡住了一半的路。您会怎么做？请写清先后和理由。",
    explanation="从业人员发现事故隐患，应当立即向现场安全生产管理人员或者本单位负责人报告。",
    rubric=(
        Criterion("先处置：能当场清走的清走，清不走的设警示、有人看着", 2),
        Criterion("立即报告班组长或现场安全员，说清地点和情况", 2),
        Criterion("说明理由：堵住了疏散和抢救的路", 1),
    ),
    sample="能马上清走的先清走，清不走就拉警示带，请工友看着；随后报告班长和安全员，说清在哪里、"
    "堵了多少；通道是疏散和抢救的路，堵住了出事时人出不来。",
)
ESSAY_SAID = ("题目贴近岗位，标准分得开。", "依据现行有效。", "同意，考试使用。")

# What learners say about questions they answered yesterday: reason and words.
REPORTS = (
    ("wording", "有两个选项读起来差不多，能不能再分清楚些？"),
    ("source", "想看原文，不知道在哪里查。"),
    ("outdated", "听说今年有新规定，请核对一下。"),
)


def write(organisation_id: int) -> None:
    """Let the author hand wordings in, reviewers deal with some of them, and learners report."""
    author = as_role(organisation_id, names.AUTHOR, Role.AUTHOR)
    reviewers = [
        as_role(organisation_id, person, role)
        for person, role in (
            (names.FIRST_REVIEWER, Role.FIRST_REVIEWER),
            (names.SECOND_REVIEWER, Role.SECOND_REVIEWER),
            (names.FINAL_REVIEWER, Role.FINAL_REVIEWER),
        )
    ]
    _write(author, reviewers)
    _report(organisation_id)


def _report(organisation_id: int) -> None:
    """Let some who took part yesterday say that something is wrong with their first question."""
    yesterday = org.today(organisation_id) - timedelta(days=1)
    told = iter(REPORTS)
    for person in db.session.scalars(
        select(Person)
        .where(Person.organisation_id == organisation_id, Person.consent == "granted")
        .order_by(Person.id)
    ).all():
        learner = as_viewer(person, "/", Role.EMPLOYEE)
        attempt = quizzes.find_daily(learner, yesterday)
        if attempt is None:
            continue
        found = next(told, None)
        if found is None:
            return
        reporting.report(learner, attempt.public_id, 1, reason=found[0], text=found[1])


@atomic
def _write(author: Viewer, reviewers: Sequence[Viewer]) -> None:
    for change in CHANGES:
        _change(author, reviewers, change)
    today = org.today(author.organisation_id)
    for topic, stem, options, explanation, clause, said in NEW:
        draft = _draft(stem, options, explanation)
        wording = Wording(draft, _papers(author, topic, clause, today))
        case_id = items.submit(author, editing.create(author, "", wording).public_id).case_id
        _sign(reviewers, case_id, said)
    essay = Wording(ESSAY, _papers(author, "安全生产 › 隐患报告", "第五十九条", today))
    case_id = items.submit(author, editing.create(author, "", essay).public_id).case_id
    _sign(reviewers, case_id, ESSAY_SAID)
    for stem, options, explanation, clause in DRAFTS:
        papers = _papers(author, TOPIC_OF_DRAFTS, clause, today)
        editing.create(author, "", Wording(_draft(stem, options, explanation), papers))


def _change(author: Viewer, reviewers: Sequence[Viewer], change: Change) -> None:
    found = listing.list_items(author, listing.Filters(search=change.find))
    for line in found.lines[-1:]:
        sheet = editing.get_sheet(author, line.public_id)
        draft = sheet.wording.draft
        added = replace(draft, explanation=draft.explanation + change.addition)
        passport = replace(sheet.wording.passport, author=author.name)
        editing.save(author, line.public_id, Wording(added, passport), revision=sheet.revision)
        case_id = items.submit(author, line.public_id, note=change.note).case_id
        _sign(reviewers, case_id, change.said, is_planned=change.is_planned)
        if change.returned:
            level = LEVELS[len(change.said)]
            reviewer = reviewers[len(change.said)]
            seen = review.get_case(reviewer, case_id)
            review.return_wording(
                reviewer,
                case_id,
                level=level,
                seen_hash=seen.content_hash,
                comment=change.returned,
            )


def _sign(
    reviewers: Sequence[Viewer], case_id: str, said: Sequence[str], *, is_planned: bool = False
) -> None:
    """Let a case pass as many levels as there are remarks."""
    for level, reviewer, remark in zip(LEVELS, reviewers, said, strict=False):
        seen = review.get_case(reviewer, case_id)
        is_last = level == LEVELS[-1]
        review.pass_level(
            reviewer,
            case_id,
            level=level,
            seen_hash=seen.content_hash,
            ticked=[point.code for point in seen.points],
            comment=remark,
            publish_at=seen.created_at + timedelta(days=9) if is_planned and is_last else None,
        )


def _draft(stem: str, options: Sequence[str], explanation: str) -> Draft:
    """Return a new question; the right option, the first one given, does not stay the first."""
    turned = [*options[1:3], options[0], options[3]]
    return Draft(
        kind="single",
        stem=stem,
        explanation=explanation,
        options=tuple(DraftOption(text, text == options[0]) for text in turned),
    )


def _papers(author: Viewer, topic: str, clause: str, today: date) -> Passport:
    """Return the papers of a question about the law on work safety, as its like have them."""
    like = listing.list_items(author, listing.Filters(search="的第一责任人")).lines[-1]
    return Passport(
        topic_text=topic,
        source_id=editing.get_sheet(author, like.public_id).wording.passport.source_id,
        difficulty="easy",
        clause=clause,
        verified_on=today,
        valid_until=today + timedelta(days=700),
        author=author.name,
    )


def as_role(organisation_id: int, person: tuple[str, str, str], role: Role) -> Viewer:
    """Return somebody who has a role in the demo as services meet them."""
    row = db.session.execute(
        select(Person, Unit.path)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(Person.organisation_id == organisation_id, Person.employee_number == person[1])
    ).first()
    if row is None:
        raise LookupError(person[0])
    return as_viewer(row[0], row[1], role)


def as_viewer(found: Person, path: str, role: Role) -> Viewer:
    """Return a person of the demo as services meet them; the demo has no passwords."""
    organisation = org.get_organisation(found.organisation_id)
    return Viewer(
        id=found.id,
        public_id=found.public_id,
        organisation_id=found.organisation_id,
        organisation_name=organisation.name,
        time_zone=organisation.time_zone,
        name=found.name,
        employee_number=found.employee_number,
        locale=found.locale,
        is_large=found.is_large,
        consent=found.consent,
        must_change_password=False,
        is_demo=True,
        session_id=0,
        unit_id=None,
        unit_path=path,
        unit_name=None,
        scopes=((role, path),),
    )
