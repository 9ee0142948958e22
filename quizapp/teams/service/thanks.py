"""Thanks between colleagues of a team: given, kept or shared, taken back, removed, reported.

Nothing counts them: no points, no number anywhere, no order but that of the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.orm import aliased

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.org.models import Membership, Unit
from quizapp.org.rules import PRIMARY, normal_name, week_of

from .. import rules
from ..models import Thanks
from .places import today_of

THANKS = 7062  # class of the advisory locks, one per author
FOUND = 20
ON_PAGE = 3
LISTED = 30
MOST_QUERY = 40
SHARE, KEEP, REMOVE, TAKE_BACK, REPORT = "share", "keep", "remove", "take_back", "report"


@dataclass(frozen=True)
class Colleague:
    """A member of the viewer's own team, to be chosen; ``post`` tells namesakes apart."""

    public_id: str
    name: str
    post: str


@dataclass(frozen=True)
class ThanksLine:
    """Thanks as somebody may read them; ``receiver`` None: the whole team.

    ``deeds`` are what this reader may do with them.
    """

    public_id: str
    text: str
    author: str
    receiver: str | None
    given_on: date
    is_shared: bool
    deeds: tuple[str, ...]


@dataclass(frozen=True)
class ThanksPage:
    """One's own thanks: what one was given and what one gave, each the newest first."""

    received: list[ThanksLine]
    given: list[ThanksLine]
    team: list[ThanksLine]


def _members(viewer: Viewer) -> Select[int, str, str, str]:
    """Return the statement of the viewer's colleagues: today's team, without the viewer."""
    today = today_of(viewer)
    return (
        select(Person.id, Person.public_id, Person.name, Person.post)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.unit_id == viewer.unit_id,
            Membership.kind == PRIMARY,
            Membership.starts_on <= today,
            or_(Membership.ends_on.is_(None), Membership.ends_on > today),
            Person.is_active,
            Person.id != viewer.id,
        )
    )


def find_colleagues(viewer: Viewer, query: str) -> list[Colleague]:
    """Return colleagues of the viewer's own team whose name contains ``query``, at most 20.

    Nobody without a query: this is a search and no list of the team.
    """
    query = normal_name(query)[:MOST_QUERY]
    if viewer.unit_id is None or not query:
        return []
    rows = db.session.execute(
        _members(viewer)
        .where(Person.name.contains(query, autoescape=True))
        .order_by(Person.name, Person.id)
        .limit(FOUND)
    )
    return [Colleague(row.public_id, row.name, row.post) for row in rows]


def get_colleague(viewer: Viewer, person_id: str) -> Colleague:
    """Return a colleague of the viewer's team by public id; raise LookupError for anybody else."""
    row = _colleague(viewer, person_id)
    return Colleague(row[1], row[2], row[3])


def _colleague(viewer: Viewer, person_id: str) -> tuple[int, str, str, str]:
    row = db.session.execute(_members(viewer).where(Person.public_id == person_id)).first()
    if row is None:
        raise LookupError(f"person {person_id}")
    return (row.id, row.public_id, row.name, row.post)


@atomic
def give_thanks(viewer: Viewer, text: str, receiver_id: str | None = None) -> str:
    """Thank a colleague of one's team, or the whole team (None); return the public id.

    Raises LookupError for somebody of another team, Refusal for an empty or long text, for somebody
    without a team, and after five in a week: the week of the learning day, from Monday.
    """
    text = normal_name(" ".join(text.split()))
    if viewer.unit_id is None:
        raise Refusal(_("You are in no team at the moment, so there is nobody to thank here."))
    if not text:
        raise Refusal(_("Write a few words first."), field="text", status=422)
    if len(text) > rules.MOST_TEXT:
        raise Refusal(
            _("At most %(most)s characters. Shorten it a little.", most=rules.MOST_TEXT),
            field="text",
            status=422,
        )
    receiver = _colleague(viewer, receiver_id)[0] if receiver_id else None
    today = today_of(viewer)
    lock_for_command(THANKS, viewer.id)
    _refuse_sixth(viewer, today)
    row = Thanks(
        unit_id=viewer.unit_id,
        author_id=viewer.id,
        receiver_id=receiver,
        text=text,
        given_on=today,
        state=rules.PRIVATE if receiver else rules.SHARED,
    )
    db.session.add(row)
    db.session.flush()
    return row.public_id


def _refuse_sixth(viewer: Viewer, today: date) -> None:
    """Refuse the sixth of a week; those taken back count, or the limit would be none."""
    number = db.session.scalar(
        select(func.count()).where(
            Thanks.author_id == viewer.id, Thanks.given_on >= week_of(today)[0]
        )
    )
    if (number or 0) >= rules.THANKS_A_WEEK:
        raise Refusal(
            _("Five in a week are enough to be read well. From Monday there is room again."),
            status=409,
        )


def list_shared(viewer: Viewer, limit: int = ON_PAGE) -> list[ThanksLine]:
    """Return what the viewer's team may read of the last 28 days, the newest first."""
    if viewer.unit_id is None:
        return []
    since = today_of(viewer) - timedelta(days=rules.SHOWN_DAYS)
    return _read(
        viewer,
        and_(
            Thanks.unit_id == viewer.unit_id,
            Thanks.state == rules.SHARED,
            Thanks.given_on > since,
        ),
        limit,
    )


def list_unread(viewer: Viewer) -> list[ThanksLine]:
    """Return what was given to the viewer alone in the last 28 days, the newest first."""
    since = today_of(viewer) - timedelta(days=rules.SHOWN_DAYS)
    return _read(
        viewer,
        and_(
            Thanks.receiver_id == viewer.id,
            Thanks.state == rules.PRIVATE,
            Thanks.given_on > since,
        ),
        ON_PAGE,
    )


def get_page(viewer: Viewer) -> ThanksPage:
    """Return what the viewer was given, what they gave, and what their team may read."""
    open_states = Thanks.state.in_((rules.PRIVATE, rules.SHARED))
    return ThanksPage(
        received=_read(viewer, and_(Thanks.receiver_id == viewer.id, open_states), LISTED),
        given=_read(viewer, and_(Thanks.author_id == viewer.id, open_states), LISTED),
        team=list_shared(viewer, LISTED),
    )


def _read(viewer: Viewer, condition: object, limit: int) -> list[ThanksLine]:
    author, receiver = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(Thanks, author.name.label("author"), receiver.name.label("receiver"))
        .join(author, author.id == Thanks.author_id)
        .outerjoin(receiver, receiver.id == Thanks.receiver_id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Thanks.id.desc())
        .limit(limit)
    )
    return [
        ThanksLine(
            public_id=row.Thanks.public_id,
            text=row.Thanks.text,
            author=row.author,
            receiver=row.receiver,
            given_on=row.Thanks.given_on,
            is_shared=row.Thanks.state == rules.SHARED,
            deeds=_deeds(viewer, row.Thanks),
        )
        for row in rows
    ]


def _deeds(viewer: Viewer, thanks: Thanks) -> tuple[str, ...]:
    """Return what the viewer may do with thanks that they may read; none with other ones."""
    if thanks.state not in (rules.PRIVATE, rules.SHARED):
        return ()
    if thanks.author_id == viewer.id:
        return (TAKE_BACK,)
    if thanks.receiver_id == viewer.id:
        return (SHARE if thanks.state == rules.PRIVATE else KEEP, REMOVE, REPORT)
    if thanks.state == rules.SHARED and thanks.unit_id == viewer.unit_id:
        return (REPORT,)
    return ()


@atomic
def handle(viewer: Viewer, thanks_id: str, deed: str) -> None:
    """Share, keep, remove, take back or report thanks.

    Raises LookupError for thanks with which this viewer may do no such thing.
    """
    row = db.session.scalar(select(Thanks).where(Thanks.public_id == thanks_id).with_for_update())
    if row is None or deed not in _deeds(viewer, row):
        raise LookupError(f"thanks {thanks_id}")
    if deed in (REMOVE, TAKE_BACK):
        row.state, row.text = rules.GONE, ""
    elif deed == REPORT:
        row.state = rules.REPORTED
        # Who reported is not kept: nobody may be asked about it afterwards.
        audit.record("teams.thanks_reported", f"thanks:{row.public_id}")
    else:
        row.state = rules.SHARED if deed == SHARE else rules.PRIVATE


@dataclass(frozen=True)
class ReportedLine:
    """Reported thanks as an administrator reads them; to whom they went is not told."""

    public_id: str
    text: str
    author: str
    team: str
    given_on: date
    is_to_all: bool


def _reported(viewer: Viewer) -> Select[Thanks, str, str]:
    paths = viewer.scope_paths(Permission.MANAGE_PEOPLE)
    return (
        select(Thanks, Person.name.label("author"), Unit.name.label("team"))
        .join(Person, Person.id == Thanks.author_id)
        .join(Unit, Unit.id == Thanks.unit_id)
        .where(
            Thanks.state == rules.REPORTED,
            Unit.organisation_id == viewer.organisation_id,
            or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
        )
    )


def list_reported(viewer: Viewer) -> list[ReportedLine]:
    """Return the reported thanks of the viewer's scope, the oldest first."""
    rows = db.session.execute(_reported(viewer).order_by(Thanks.id).limit(LISTED))
    return [
        ReportedLine(
            public_id=row.Thanks.public_id,
            text=row.Thanks.text,
            author=row.author,
            team=row.team,
            given_on=row.Thanks.given_on,
            is_to_all=row.Thanks.receiver_id is None,
        )
        for row in rows
    ]


@atomic
def settle_report(viewer: Viewer, thanks_id: str, *, is_kept: bool) -> None:
    """Put reported thanks back, or delete their words; raise LookupError for any other."""
    row = db.session.execute(_reported(viewer).where(Thanks.public_id == thanks_id)).first()
    if row is None:
        raise LookupError(f"thanks {thanks_id}")
    thanks: Thanks = row.Thanks
    if is_kept:
        thanks.state = rules.after_report(thanks.receiver_id)
    else:
        thanks.state, thanks.text = rules.GONE, ""
    audit.record("teams.report_settled", f"thanks:{thanks_id}", actor_id=viewer.id, kept=is_kept)


@atomic
def forget_gone() -> int:
    """Delete the rows of thanks that are gone and count for no week any more; return how many."""
    before = clock.now().date() - rules.GONE_KEPT
    gone = db.session.scalars(
        delete(Thanks)
        .where(Thanks.state == rules.GONE, Thanks.given_on < before)
        .returning(Thanks.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
