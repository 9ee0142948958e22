"""The displays as administrators see them: searched, narrowed down, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.org.models import Unit
from quizapp.org.rules import PLANT

from .. import rules
from ..models import Display
from .displays import Screen, fetch, last_seen, screen_of

PAGE_LENGTH = 50


@dataclass(frozen=True)
class DisplayLine:
    """A display in the list; ``pages`` are what it turns through right now."""

    public_id: str
    name: str
    unit_name: str
    distance_m: int
    theme: str
    pages: tuple[str, ...]
    state: str
    last_seen: datetime | None

    @property
    def is_online(self) -> bool:
        """Tell whether it is connected, bright or dark."""
        return self.state == rules.ONLINE


@dataclass(frozen=True)
class DisplayDetails:
    """One display with all its settings, and who paired it when."""

    line: DisplayLine
    unit_public_id: str
    pages: tuple[rules.Page, ...]
    hours: str
    awake: str
    paired_at: datetime
    paired_by: str | None


@dataclass(frozen=True)
class Asked:
    """What somebody looks for among the displays; empty: everything."""

    q: str = ""
    plant: str = ""
    page: str = ""
    needs_look: bool = False
    number: int = 1  # of the page of the list

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the list leaves displays out."""
        return bool(self.q or self.plant or self.page or self.needs_look)


@dataclass(frozen=True)
class DisplayList:
    """A page of the list, with what is known of all displays of the scope."""

    lines: list[DisplayLine]
    total: int
    found: int
    online: int
    need_a_look: int
    pages: int
    plants: list[tuple[str, str]]  # public id and name, as choices


def _in_scope(viewer: Viewer) -> list[Any]:
    paths = viewer.scope_paths(Permission.MANAGE_DISPLAYS)
    return [
        Display.organisation_id == viewer.organisation_id,
        or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)),
    ]


def list_displays(viewer: Viewer, asked: Asked | None = None) -> DisplayList:
    """Return a page of the displays of the viewer's scope, the unpaired ones last.

    Raises LookupError for a plant of others.
    """
    asked = asked or Asked()
    states = _states(viewer)
    which = [*_in_scope(viewer), *_narrowed(viewer, asked)]
    wanting = [i for i, state in states.items() if state in rules.NEED_A_LOOK]
    if asked.needs_look:
        which.append(Display.id.in_(wanting))
    found = db.session.scalar(_joined(func.count()).where(*which)) or 0
    rows = db.session.execute(
        _joined(Display, Unit.name)
        .where(*which)
        .order_by(Display.revoked_at.is_not(None), Unit.path, Display.name, Display.id)
        .offset((asked.number - 1) * PAGE_LENGTH)
        .limit(PAGE_LENGTH)
    ).all()
    seen = last_seen([row.Display.id for row in rows])
    return DisplayList(
        lines=[_line(viewer, row.Display, row.name, seen.get(row.Display.id)) for row in rows],
        total=len(states),
        found=found,
        online=sum(state == rules.ONLINE for state in states.values()),
        need_a_look=len(wanting),
        pages=max(1, -(-found // PAGE_LENGTH)),
        plants=_plants(viewer),
    )


def _joined(*what: Any) -> Any:
    return select(*what).select_from(Display).join(Unit, Unit.id == Display.unit_id)


def _narrowed(viewer: Viewer, asked: Asked) -> list[Any]:
    which: list[Any] = []
    if asked.q:
        word = asked.q
        which.append(
            or_(
                Display.name.contains(word, autoescape=True),
                Unit.name.contains(word, autoescape=True),
            )
        )
    if asked.plant:
        path = db.session.scalar(
            select(Unit.path).where(
                Unit.organisation_id == viewer.organisation_id, Unit.public_id == asked.plant
            )
        )
        if path is None:
            raise LookupError(f"plant {asked.plant}")
        which.append(Unit.path.startswith(path, autoescape=True))
    if asked.page in rules.PAGES:
        which.append(Display.pages.contains(f"{asked.page}:"))
    return which


def _states(viewer: Viewer) -> dict[int, str]:
    """Return the state of every paired display of the scope: plain columns, one trip each way."""
    rows = db.session.execute(
        _joined(Display.id, Display.awake, Display.seen_at).where(
            *_in_scope(viewer), Display.revoked_at.is_(None)
        )
    ).all()
    seen = last_seen([row.id for row in rows])
    now = clock.now()
    wall = now.astimezone(ZoneInfo(viewer.time_zone))
    return {
        row.id: rules.state_of(
            _latest(seen.get(row.id), row.seen_at),
            now,
            is_awake=rules.is_awake(row.awake, wall),
            is_revoked=False,
        )
        for row in rows
    }


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _plants(viewer: Viewer) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Unit.public_id, Unit.name)
        .where(
            Unit.organisation_id == viewer.organisation_id,
            Unit.kind == PLANT,
            Unit.is_active,
            or_(
                *(
                    Unit.path.startswith(path, autoescape=True)
                    for path in viewer.scope_paths(Permission.MANAGE_DISPLAYS)
                )
            ),
        )
        .order_by(Unit.code)
        .limit(PAGE_LENGTH)
    )
    return [(row.public_id, row.name) for row in rows]


def _line(viewer: Viewer, row: Display, unit_name: str, seen: datetime | None) -> DisplayLine:
    now = clock.now()
    wall = now.astimezone(ZoneInfo(viewer.time_zone))
    latest = _latest(seen, row.seen_at)
    return DisplayLine(
        public_id=row.public_id,
        name=row.name,
        unit_name=unit_name,
        distance_m=row.distance_m,
        theme=row.theme,
        pages=rules.pages_at(row.pages, row.hours, wall),
        state=rules.state_of(
            latest,
            now,
            is_awake=rules.is_awake(row.awake, wall),
            is_revoked=row.revoked_at is not None,
        ),
        last_seen=latest,
    )


def get_display(viewer: Viewer, public_id: str) -> DisplayDetails:
    """Return one display of the viewer's scope; raise LookupError for any other."""
    row = fetch(viewer, public_id)
    unit = db.session.get_one(Unit, row.unit_id)
    pairer = db.session.get(Person, row.paired_by) if row.paired_by else None
    return DisplayDetails(
        line=_line(viewer, row, unit.name, last_seen([row.id]).get(row.id)),
        unit_public_id=unit.public_id,
        pages=rules.read_pages(row.pages),
        hours=row.hours,
        awake=row.awake,
        paired_at=row.paired_at,
        paired_by=pairer.name if pairer else None,
    )


def get_screen(viewer: Viewer, public_id: str) -> Screen:
    """Return a display of the viewer's scope as its own pages need it, to look at it from a desk.

    Raises LookupError for a display of others and for an unpaired one.
    """
    row = fetch(viewer, public_id)
    if row.revoked_at is not None:
        raise LookupError(f"display {public_id} is unpaired")
    return screen_of(row)
