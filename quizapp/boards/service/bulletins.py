"""What is written on walls, as the desk writes it: notices, events, countdowns, citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Unit

from .. import rules
from ..models import Bulletin, BulletinUnit
from .choosing import MANAGE, below_scope, find_person
from .editions import turn_edition
from .news import publish_news


@dataclass(frozen=True)
class Draft:
    """A bulletin as somebody typed it; units by their public ids, times by the local clock."""

    kind: str
    title: str
    units: tuple[str, ...]
    starts_on: date
    ends_on: date
    text: str = ""
    begins_at: datetime | None = None  # naive
    join_until: date | None = None
    place: str = ""
    host: str = ""
    seats: str = ""
    link: str = ""
    day: date | None = None
    person: str = ""  # an employee number
    team: str = ""  # the public id of a unit
    under: str = ""  # below the name: where somebody works, how many a team is


def write_bulletin(viewer: Viewer, draft: Draft) -> str:
    """Write something on the walls of units of the viewer's scope and return its public id.

    A citation of a person waits until the person agrees. Raises Refusal for what cannot be.
    """
    return _save(viewer, draft, None)


def change_bulletin(viewer: Viewer, public_id: str, draft: Draft) -> None:
    """Change a bulletin; a person who was to be named is asked again, about the new wording.

    Raises LookupError for one of others, Refusal for what cannot be.
    """
    _save(viewer, draft, public_id)


@atomic
def _save(viewer: Viewer, draft: Draft, public_id: str | None) -> str:
    bulletin = fetch_bulletin(viewer, public_id) if public_id else None
    if bulletin is not None and bulletin.taken_down_at is not None:
        raise Refusal(_("This was taken down. Write it anew to show it again."), status=409)
    _check_words(draft)
    _check_days(viewer, draft)
    units = _units(viewer, draft.units)
    before = set(unit_ids_of(bulletin.id)) if bulletin else set()
    if bulletin is None:
        bulletin = Bulletin(organisation_id=viewer.organisation_id, written_by=viewer.id)
        bulletin.kind = draft.kind
    elif bulletin.kind != draft.kind:
        raise LookupError(f"bulletin {public_id}")
    _fill(viewer, bulletin, draft)
    db.session.add(bulletin)
    db.session.flush()
    _place(bulletin.id, [unit.id for unit in units])
    _follow(bulletin, before | {unit.id for unit in units})
    audit.record(
        "boards.bulletin_changed" if public_id else "boards.bulletin_written",
        f"bulletin:{bulletin.public_id}",
        actor_id=viewer.id,
        kind=draft.kind,
    )
    return bulletin.public_id


def _fill(viewer: Viewer, bulletin: Bulletin, draft: Draft) -> None:
    zone = ZoneInfo(viewer.time_zone)
    bulletin.title, bulletin.text = draft.title, draft.text
    bulletin.starts_on, bulletin.ends_on = draft.starts_on, draft.ends_on
    is_event = draft.kind == rules.EVENT
    bulletin.begins_at = (
        draft.begins_at.replace(tzinfo=zone) if is_event and draft.begins_at else None
    )
    bulletin.join_until = draft.join_until if is_event else None
    bulletin.place, bulletin.host = draft.place, draft.host
    bulletin.seats, bulletin.link = draft.seats, draft.link
    bulletin.day = draft.day if draft.kind == rules.COUNTDOWN else None
    if draft.kind == rules.CITATION:
        _honour(viewer, bulletin, draft)


def _honour(viewer: Viewer, bulletin: Bulletin, draft: Draft) -> None:
    """Put the honoured team or person in; a person is asked, whatever they said before."""
    if bool(draft.person) == bool(draft.team):
        raise Refusal(_("Choose either a team or a person to honour."), field="person", status=422)
    if draft.team:
        team = org.find_unit(viewer.organisation_id, draft.team)
        if team is None or not team.is_active or not viewer.covers(MANAGE, team.path):
            raise Refusal(_("Choose a unit of your own scope."), field="team", status=422)
        bulletin.team_id, bulletin.person_id, bulletin.consent = team.id, None, None
        bulletin.name, bulletin.under = team.name[: rules.NAME], draft.under
        return
    person = find_person(viewer, draft.person)
    if person is None:
        raise Refusal(
            _("Nobody of your scope has this employee number."), field="person", status=422
        )
    bulletin.team_id, bulletin.person_id = None, person.id
    bulletin.name = person.name[: rules.NAME]
    bulletin.under = draft.under or person.unit_name[: rules.FACT]
    bulletin.consent, bulletin.decided_at = rules.ASKED, None


def _check_words(draft: Draft) -> None:
    """Refuse what is missing, does not fit on a wall, or leads to another site."""
    if draft.kind not in rules.KINDS:
        raise LookupError(draft.kind)
    if not draft.title:
        raise Refusal(_("Please fill this in."), field="title", status=422)
    if not draft.text and draft.kind in (rules.NOTICE, rules.CITATION):
        raise Refusal(_("Please fill this in."), field="text", status=422)
    lengths = {
        "title": rules.TITLE[draft.kind],
        "text": rules.TEXT[draft.kind],
        **dict.fromkeys(("place", "host", "seats", "under"), rules.FACT),
    }
    for field, most in lengths.items():
        text: str = getattr(draft, field)
        if len(text) > most:
            raise Refusal(
                _(
                    "%(n)s characters are too many to be read from afar; up to %(most)s fit.",
                    n=len(text),
                    most=most,
                ),
                field=field,
                status=422,
            )
        if rules.has_hidden_signs(text):
            raise Refusal(
                _("Write it in one line, without special signs."), field=field, status=422
            )
    if draft.link and not rules.is_own_path(draft.link):
        raise Refusal(
            _("A wall leads to pages of this site only: write a path such as /training."),
            field="link",
            status=422,
        )


def _check_days(viewer: Viewer, draft: Draft) -> None:
    today = clock.now().astimezone(ZoneInfo(viewer.time_zone)).date()
    if not rules.are_days(draft.starts_on, draft.ends_on, today):
        raise Refusal(
            _("The last day lies neither before the first nor in the past, and within a year."),
            field="ends_on",
            status=422,
        )
    if draft.kind == rules.EVENT and draft.begins_at is None:
        raise Refusal(_("Say when it begins."), field="begins_at", status=422)
    if draft.kind == rules.COUNTDOWN and (draft.day is None or draft.day < today):
        raise Refusal(_("Give a day that is still to come."), field="day", status=422)


def _units(viewer: Viewer, public_ids: Sequence[str]) -> list[org.UnitLine]:
    wanted = list(dict.fromkeys(public_ids))
    if not 1 <= len(wanted) <= rules.MOST_UNITS:
        raise Refusal(
            _(
                "Choose 1 to %(most)s units. A unit higher up takes in all below it.",
                most=rules.MOST_UNITS,
            ),
            field="units",
            status=422,
        )
    found = db.session.scalars(
        select(Unit.id).where(
            Unit.organisation_id == viewer.organisation_id,
            Unit.public_id.in_(wanted),
            Unit.is_active,
            below_scope(viewer),
        )
    ).all()
    if len(found) < len(wanted):
        raise Refusal(_("Choose units of your own scope."), field="units", status=422)
    return list(org.get_units(found).values())


def unit_ids_of(bulletin_id: int) -> list[int]:
    """Return the ids of the units on whose walls a bulletin is."""
    return list(
        db.session.scalars(
            select(BulletinUnit.unit_id).where(BulletinUnit.bulletin_id == bulletin_id)
        )
    )


def _place(bulletin_id: int, unit_ids: Iterable[int]) -> None:
    db.session.execute(delete(BulletinUnit).where(BulletinUnit.bulletin_id == bulletin_id))
    db.session.add_all(
        BulletinUnit(bulletin_id=bulletin_id, unit_id=unit_id) for unit_id in sorted(unit_ids)
    )


def _follow(bulletin: Bulletin, unit_ids: set[int]) -> None:
    """Begin another edition, and send it to the walls once it is committed."""
    organisation_id = bulletin.organisation_id
    turn_edition(organisation_id)
    on_commit(lambda: _publish(organisation_id, unit_ids))


def _publish(organisation_id: int, unit_ids: set[int]) -> None:
    publish_news(organisation_id, unit_ids)


def follow(bulletin: Bulletin) -> None:
    """Show the walls of a bulletin what became of it, as part of the command that changed it."""
    _follow(bulletin, set(unit_ids_of(bulletin.id)))


def fetch_bulletin(viewer: Viewer, public_id: str) -> Bulletin:
    """Return a bulletin of the viewer's scope, with all its units; raise LookupError for others."""
    bulletin = db.session.scalar(
        select(Bulletin).where(
            Bulletin.organisation_id == viewer.organisation_id, Bulletin.public_id == public_id
        )
    )
    if bulletin is None:
        raise LookupError(f"bulletin {public_id}")
    units = org.get_units(unit_ids_of(bulletin.id)).values()
    if not all(viewer.covers(MANAGE, unit.path) for unit in units):
        raise LookupError(f"bulletin {public_id}")
    return bulletin


@atomic
def take_down(viewer: Viewer, public_id: str) -> None:
    """Take a bulletin off all walls, for good; raise LookupError for one of others."""
    bulletin = fetch_bulletin(viewer, public_id)
    if bulletin.taken_down_at is not None:
        return
    bulletin.taken_down_at = clock.now()
    follow(bulletin)
    audit.record("boards.bulletin_taken_down", f"bulletin:{public_id}", actor_id=viewer.id)
