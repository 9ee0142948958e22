"""What the pages of home show, put together from the rooms below."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from quizapp.accounts import rules as account_rules
from quizapp.accounts import service as accounts
from quizapp.accounts.access import Viewer
from quizapp.accounts.service.own import SessionLine
from quizapp.agenda import service as agenda
from quizapp.agenda.service import TaskLine
from quizapp.badges import service as badges
from quizapp.badges.service import Shelf
from quizapp.boards import service as boards
from quizapp.boards.service import Citation
from quizapp.core import clock
from quizapp.items import service as items
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import TeamLine
from quizapp.mastery import service as mastery
from quizapp.org import rules as days
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.quizzes import rules as quiz_rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import MarkNotice, Offer, OpenSet, RegradeNotice

from ..wording import entry_label, entry_reason
from .ledger import PointNotice, list_point_notices

DAILY_COUNT = 5
OFFERS = 3


@dataclass(frozen=True)
class DailyCard:
    """Today's set: new, open, done, or empty while no question is approved."""

    state: str
    answered: int
    total: int
    reviews: int
    correct: int | None
    attempt_id: str | None


@dataclass(frozen=True)
class Today:
    """The first page of the day."""

    day: date
    greeting: str
    name: str
    card: DailyCard
    team: TeamLine | None
    earlier: OpenSet | None
    going: OpenSet | None  # begun in another mode
    is_after_midnight: bool  # the next learning day begins on the present calendar day
    active_weeks: int
    season_weeks: int
    regrades: list[RegradeNotice]
    corrected: list[PointNotice]
    tasks: list[TaskLine]
    offers: list[Offer]  # quizzes that may be taken now and are nobody's suggestion
    marks: list[MarkNotice]
    citations: list[Citation]  # that wait for the person's yes or no


@dataclass(frozen=True)
class EntryLine:
    """A line of one's own ledger, already worded; ``day`` where it was written on another one."""

    label: str
    at: datetime
    day: date | None
    amount: int
    reason: str | None


@dataclass(frozen=True)
class Me:
    """A person's own page."""

    name: str
    initial: str
    workshop: str
    team: str
    season_points: int
    active_weeks: int
    answered_correct: int
    shelf: Shelf
    entries: list[EntryLine]
    has_more: bool
    consent: str
    is_large: bool
    asks_confidence: bool
    locale: str
    has_password: bool
    sessions: list[SessionLine]
    regrades: list[RegradeNotice]
    corrected: list[PointNotice]
    marks: list[MarkNotice]
    has_citations_to_answer: bool


def _today_of(viewer: Viewer) -> date:
    return days.learning_day(clock.now(), viewer.time_zone)


def get_today(viewer: Viewer) -> Today:
    """Return the Today page of a person."""
    today = _today_of(viewer)
    season = points.season_on(viewer.organisation_id, today)
    weeks, length = 0, 0
    if season:
        weeks = points.active_weeks(viewer.id, season.starts_on, today)
        length = -(-((season.ends_on - season.starts_on).days + 1) // 7)
    begun = quizzes.list_open(viewer, today)
    on_today = agenda.get_on_today(viewer)
    wall = clock.now().astimezone(ZoneInfo(viewer.time_zone))
    return Today(
        day=today,
        greeting=account_rules.greeting(wall.hour),
        name=viewer.name,
        card=_daily_card(viewer, today),
        team=leaderboards.team_line(viewer),
        earlier=next((one for one in begun if one.mode == quiz_rules.DAILY), None),
        going=next((one for one in begun if one.mode != quiz_rules.DAILY), None),
        is_after_midnight=wall.date() > today,
        active_weeks=weeks,
        season_weeks=max(length, weeks),
        regrades=quizzes.list_regrade_notices(viewer),
        corrected=list_point_notices(viewer),
        tasks=on_today.tasks,
        offers=_offers(viewer, on_today.known),
        marks=quizzes.list_mark_notices(viewer),
        citations=boards.list_citations(viewer, only_asked=True),
    )


def _offers(viewer: Viewer, known: frozenset[str]) -> list[Offer]:
    """Return quizzes that wait to be begun, without what is a task already or is done.

    What the law asks for is no offer: it comes as a task.
    """
    return [
        offer
        for offer in quizzes.list_quizzes(viewer)
        if offer.quiz.public_id not in known
        and offer.state_at(clock.now()) == "open"
        and offer.quiz.mode != quiz_rules.STATUTORY
        and not offer.is_passed
        and not (offer.attempts and offer.quiz.cut_score is None)
    ][:OFFERS]


def _daily_card(viewer: Viewer, today: date) -> DailyCard:
    attempt = quizzes.find_daily(viewer, today)
    if attempt is None:
        has_items = items.has_drawable(viewer.organisation_id, today)
        return DailyCard("new" if has_items else "empty", 0, DAILY_COUNT, 0, None, None)
    answered = len(attempt.answered)
    return DailyCard(
        state="open" if attempt.state == "open" else "done",
        answered=answered,
        total=attempt.length,
        reviews=0,
        correct=sum(result is True for result in attempt.results),
        attempt_id=attempt.public_id,
    )


def get_me(viewer: Viewer) -> Me:
    """Return a person's own page."""
    today = _today_of(viewer)
    season = points.season_on(viewer.organisation_id, today)
    first = season.starts_on if season else today
    newest = points.list_entries(viewer.id, limit=5)
    workshop = _workshop(viewer)
    return Me(
        name=viewer.name,
        initial=viewer.name[:1],
        workshop=workshop,
        team=viewer.unit_name or "",
        season_points=points.sum_of_person(viewer.id, first, today),
        active_weeks=points.active_weeks(viewer.id, first, today),
        answered_correct=points.quantity_of_person(viewer.id, "daily_correct", first, today),
        shelf=badges.get_shelf(viewer),
        entries=[_entry(line, viewer.time_zone) for line in newest[:4]],
        has_more=len(newest) > 4,
        consent=viewer.consent,
        is_large=viewer.is_large,
        asks_confidence=mastery.get_settings(viewer.id).asks_confidence,
        locale=viewer.locale or "zh_CN",
        has_password=not viewer.is_demo,
        sessions=accounts.list_sessions(viewer),
        regrades=quizzes.list_regrade_notices(viewer),
        corrected=list_point_notices(viewer),
        marks=quizzes.list_mark_notices(viewer),
        has_citations_to_answer=bool(boards.list_citations(viewer, only_asked=True)),
    )


def _workshop(viewer: Viewer) -> str:
    """Return the name of the unit above the viewer's team."""
    if not viewer.unit_path:
        return ""
    ids = [int(part) for part in viewer.unit_path.strip("/").split("/")]
    above = ids[-2:-1]
    return org.get_units(above)[above[0]].name if above else ""


def _entry(line: points.LedgerLine, zone: str) -> EntryLine:
    is_same_day = days.learning_day(line.at, zone) == line.day
    return EntryLine(
        label=entry_label(line),
        at=line.at,
        day=None if is_same_day else line.day,
        amount=line.amount,
        reason=entry_reason(line.reason, line.quantity),
    )
