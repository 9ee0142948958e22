"""Error reports 题目纠错: learners say what is wrong, somebody looks, and the reporter is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Role
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.events import Rewardable, announce_rewards, tells_rewards
from quizapp.core.forms import Refusal
from quizapp.org import rules as days
from quizapp.org import service as org

from .. import rules
from ..models import NO_STAGE, Item, ItemVersion, Report
from ..models.reports import ACCEPTED, DECLINED, OPEN, REASONS
from .drawing import StoredItem, get_stored
from .editing import change_draft
from .finding import draft_row, find_item

ACTIVITY = "report_accepted"
TEXT_LENGTH = 1000
MOST = 200
EXPERTS = frozenset(
    role.value
    for role in (Role.AUTHOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)
)
# An item with a wrong key or an outdated rule waits for its correction; the others go on.
GRAVE = frozenset({"key", "outdated"})
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answered:
    """An item that a person has answered, and the team they answered it for."""

    version_id: int
    unit_id: int | None


Finder = Callable[[Viewer, str, int], Answered]
_finders: list[Finder] = []


def finds_answered(finder: Finder) -> Finder:
    """Register who knows what a person answered: (viewer, attempt, position) -> Answered.

    The finder raises LookupError for an attempt of somebody else or an item not answered yet.
    """
    _finders[:] = [finder]
    return finder


def _answered(viewer: Viewer, attempt_id: str, position: int) -> Answered:
    if not _finders:
        raise LookupError("nothing is ever answered here")
    return _finders[0](viewer, attempt_id, position)


@dataclass(frozen=True)
class OwnReport:
    """A report as who made it sees it; ``answer`` is empty until somebody handled it."""

    title: str
    reason: str
    text: str
    state: str
    answer: str
    created_at: datetime
    handled_at: datetime | None


@dataclass(frozen=True)
class Reportable:
    """An answered item about which its learner may say something; ``mine`` once they did."""

    stored: StoredItem
    mine: OwnReport | None


def get_reportable(viewer: Viewer, attempt_id: str, position: int) -> Reportable:
    """Return an item that the viewer has answered; raise LookupError for any other."""
    answered = _answered(viewer, attempt_id, position)
    row = db.session.execute(_own(viewer).where(Report.version_id == answered.version_id)).first()
    return Reportable(get_stored(answered.version_id), _own_line(*row) if row else None)


def _own(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(Report, Item.title)
        .join(Item, Item.id == Report.item_id)
        .where(Report.person_id == viewer.id)
    )


def _own_line(report: Report, title: str) -> OwnReport:
    return OwnReport(
        title=title,
        reason=report.reason,
        text=report.text,
        state=report.state,
        answer=report.answer,
        created_at=report.created_at,
        handled_at=report.handled_at,
    )


def list_own_reports(viewer: Viewer) -> list[OwnReport]:
    """Return what the viewer reported, the newest first."""
    rows = db.session.execute(
        _own(viewer).order_by(Report.created_at.desc(), Report.id.desc()).limit(MOST)
    )
    return [_own_line(*row) for row in rows]


@atomic
def report(viewer: Viewer, attempt_id: str, position: int, *, reason: str, text: str = "") -> bool:
    """Report that something is wrong with an answered item; return whether it is the first time.

    One report a person and version. Three open ones, or one of an expert, take the item out of
    rotation. Raises LookupError for an item not answered, Refusal for an unknown reason.
    """
    answered = _answered(viewer, attempt_id, position)
    words = text.strip()[:TEXT_LENGTH]
    if reason not in REASONS:
        raise Refusal(_("Choose what is wrong."), status=422, field="reason")
    if reason == "other" and not words:
        raise Refusal(_("Say in a few words what is wrong."), status=422, field="text")
    stored = get_stored(answered.version_id)
    item = _lock(stored.item_id)
    is_new = db.session.scalar(
        insert(Report)
        .values(
            organisation_id=item.organisation_id,
            item_id=item.id,
            version_id=answered.version_id,
            person_id=viewer.id,
            unit_id=answered.unit_id,
            reason=reason,
            text=words,
            is_expert=bool(viewer.roles & EXPERTS),
        )
        .on_conflict_do_nothing(index_elements=["version_id", "person_id"])
        .returning(Report.id)
    )
    if is_new is None:
        return False
    is_out = _recount(item)
    item.is_suspended = item.is_suspended or is_out
    audit.record("items.reported", f"item:{item.public_id}", reason=reason)
    return True


def _lock(item_id: int) -> Item:
    return db.session.scalars(
        select(Item)
        .where(Item.id == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _recount(item: Item) -> bool:
    """Count an item's open reports and return whether they take it out of rotation."""
    number, has_expert = db.session.execute(
        select(func.count(), func.max(Report.is_expert.cast(db.Integer))).where(
            Report.item_id == item.id, Report.state == OPEN
        )
    ).one()
    item.open_reports = number
    return rules.suspends(number, has_expert=bool(has_expert))


@dataclass(frozen=True)
class ReportedItem:
    """An item in the list of reports: how many are open, for which reasons, since when."""

    public_id: str
    number: int
    title: str
    source_label: str
    open_reports: int
    reasons: tuple[tuple[str, int], ...]
    has_expert: bool
    is_suspended: bool
    stage: str
    newest_at: datetime


@dataclass(frozen=True)
class ReportLine:
    """A report without its reporter."""

    public_id: str
    reason: str
    text: str
    is_expert: bool
    version: int
    state: str
    answer: str
    created_at: datetime


@dataclass(frozen=True)
class Triage:
    """An item with its reports; ``version_id`` is the wording that learners meet."""

    item: ReportedItem
    version_id: int | None
    has_draft: bool
    open: list[ReportLine]
    handled: list[ReportLine]


def list_reported(viewer: Viewer, *, is_open: bool = True) -> list[ReportedItem]:
    """Return the items of the viewer's organisation with open, or with handled, reports.

    Two statements. Suspended ones come first, then those with the most reports.
    """
    state = Report.state == OPEN if is_open else Report.state != OPEN
    rows = db.session.execute(
        select(Report.item_id, Report.reason, Report.is_expert, Report.created_at)
        .where(Report.organisation_id == viewer.organisation_id, state)
        .order_by(Report.created_at.desc())
        .limit(5000)
    ).all()
    reports: dict[int, list[tuple[str, bool, datetime]]] = {}
    for item_id, reason, is_expert, at in rows:
        reports.setdefault(item_id, []).append((reason, is_expert, at))
    items = db.session.scalars(
        select(Item).where(Item.id.in_(list(reports)[:MOST]), Item.deleted_at.is_(None))
    )
    lines = [_reported(item, reports[item.id]) for item in items]
    return sorted(lines, key=lambda line: (not line.is_suspended, -line.open_reports, line.number))


def _reported(item: Item, reports: Sequence[tuple[str, bool, datetime]]) -> ReportedItem:
    return ReportedItem(
        public_id=item.public_id,
        number=item.id,
        title=item.title,
        source_label=item.source_label,
        open_reports=item.open_reports,
        reasons=tuple(Counter(reason for reason, _expert, _at in reports).most_common()),
        has_expert=any(is_expert for _reason, is_expert, _at in reports),
        is_suspended=item.is_suspended,
        stage=item.stage,
        newest_at=max((at for _reason, _expert, at in reports), default=item.updated_at),
    )


def get_triage(viewer: Viewer, item_public_id: str) -> Triage:
    """Return an item with its reports; raise LookupError for one of another organisation."""
    item = find_item(viewer, item_public_id)
    rows = db.session.execute(
        select(Report, ItemVersion.number)
        .join(ItemVersion, ItemVersion.id == Report.version_id)
        .where(Report.item_id == item.id)
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(MOST)
    ).all()
    lines = [
        ReportLine(
            public_id=row.public_id,
            reason=row.reason,
            text=row.text,
            is_expert=row.is_expert,
            version=number,
            state=row.state,
            answer=row.answer,
            created_at=row.created_at,
        )
        for row, number in rows
    ]
    facts = [(line.reason, line.is_expert, line.created_at) for line in lines]
    return Triage(
        item=_reported(item, facts),
        version_id=item.current_version_id,
        has_draft=draft_row(item.id) is not None,
        open=[line for line in lines if line.state == OPEN],
        handled=[line for line in lines if line.state != OPEN],
    )


@atomic
def handle_reports(
    viewer: Viewer,
    item_public_id: str,
    report_ids: Sequence[str],
    *,
    is_accepted: bool,
    answer: str,
) -> int:
    """Accept or decline open reports of an item with one answer; return how many there were.

    Declined ones put the item back into rotation; accepted ones open a draft for its correction,
    and keep the item out when its key or its rule is wrong. Raises LookupError for an item of
    another organisation, Refusal without an answer or a report.
    """
    item = find_item(viewer, item_public_id, for_change=True)
    words = answer.strip()[:TEXT_LENGTH]
    if not words:
        raise Refusal(_("Write an answer: everybody who reported it reads it."), status=422)
    chosen = db.session.scalars(
        select(Report)
        .where(Report.item_id == item.id, Report.public_id.in_(report_ids), Report.state == OPEN)
        .with_for_update()
    ).all()
    if not chosen:
        raise Refusal(_("Choose at least one open report."), status=422)
    was_out = _recount(item)
    for one in chosen:
        one.state = ACCEPTED if is_accepted else DECLINED
        one.answer, one.handled_by, one.handled_at = words, viewer.id, clock.now()
    db.session.flush()
    is_out = _recount(item)
    if is_accepted:
        _begin_correction(viewer, item, {one.reason for one in chosen})
        announce_rewards(_rewards(chosen, viewer.time_zone))
    if was_out and not is_out and not (is_accepted and GRAVE & {one.reason for one in chosen}):
        item.is_suspended = False
    audit.record(
        "items.reports_handled",
        f"item:{item.public_id}",
        actor_id=viewer.id,
        accepted=is_accepted,
        number=len(chosen),
    )
    return len(chosen)


def _begin_correction(viewer: Viewer, item: Item, reasons: set[str]) -> None:
    """Open a draft unless somebody writes one already; keep a gravely wrong item out."""
    if reasons & GRAVE:
        item.is_suspended = True
    if item.stage == NO_STAGE and item.deleted_at is None and draft_row(item.id) is None:
        change_draft(viewer, item, lambda wording: wording)


@tells_rewards("items.reports")
def reports_since(day: date) -> Iterator[Rewardable]:
    """Yield again what accepted reports earned on ``day`` or later."""
    since = days.day_opens_at(day, "UTC") - A_DAY if day > date.min + A_DAY else None
    rows = db.session.scalars(
        select(Report)
        .where(Report.state == ACCEPTED, *([Report.handled_at >= since] if since else []))
        .order_by(Report.id)
    )
    zones: dict[int, str] = {}
    for one in rows.all():
        if one.organisation_id not in zones:
            zones[one.organisation_id] = org.get_organisation(one.organisation_id).time_zone
        for fact in _rewards([one], zones[one.organisation_id]):
            if fact.occurred_on >= day:
                yield fact


def _rewards(reports: Sequence[Report], zone: str) -> Iterator[Rewardable]:
    """Yield what accepted reports earn; nobody is rewarded for accepting their own."""
    for one in reports:
        if one.state != ACCEPTED or one.handled_at is None or one.handled_by == one.person_id:
            continue
        yield Rewardable(
            user_id=one.person_id,
            activity=ACTIVITY,
            source=f"report:{one.id}",
            quantity=1,
            occurred_on=days.learning_day(one.handled_at, zone),
            unit_id=one.unit_id,
        )
