"""What can be done with displays: pairing, settings, whether they are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock, security, sse
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.core.redis import Store, store
from quizapp.org import service as org
from quizapp.org.models import Unit
from quizapp.org.rules import TEAM, WORKSHOP

from .. import rules
from ..models import Display

TRIES_PER_TEN_MINUTES = 20


@dataclass(frozen=True)
class Screen:
    """A paired display as its own pages need it."""

    id: int
    public_id: str
    organisation_id: int
    unit_id: int
    name: str
    distance_m: int
    theme: str
    shows: str
    hours: str


@dataclass(frozen=True)
class DisplayLine:
    """A display as administrators see it."""

    public_id: str
    name: str
    unit_public_id: str
    unit_name: str
    distance_m: int
    theme: str
    shows: str
    hours: str
    is_online: bool
    is_revoked: bool
    last_seen: datetime | None
    paired_at: datetime


def offer_code(secret: str) -> tuple[str, int]:
    """Return the pairing code for a browser's secret and the seconds it lasts.

    The code lives in the store only: asking again before it ends gives the same one, and a store
    that was emptied simply leads to a new one.
    """
    opened = store()
    fingerprint = security.fingerprint(secret)
    own = opened.key("pair", "of", fingerprint)
    known = opened.client.get(own)
    if known:
        return str(known), max(1, int(opened.client.ttl(own)))
    for _try in range(10):
        code = rules.new_code()
        if opened.client.set(opened.key("pair", code), fingerprint, nx=True, ex=rules.CODE_SECONDS):
            opened.client.set(own, code, ex=rules.CODE_SECONDS)
            return code, rules.CODE_SECONDS
    raise Refusal(_("No code is free right now. Please reload in a minute."), status=503)


def find_screen(secret: str | None) -> Screen | None:
    """Return the display that a browser's secret stands for; None when unpaired or revoked."""
    if not secret:
        return None
    row = db.session.scalar(
        select(Display).where(
            Display.secret_print == security.fingerprint(secret), Display.revoked_at.is_(None)
        )
    )
    if row is None:
        return None
    return Screen(
        row.id,
        row.public_id,
        row.organisation_id,
        row.unit_id,
        row.name,
        row.distance_m,
        row.theme,
        row.shows,
        row.hours,
    )


def pair(
    viewer: Viewer, *, code: str, unit_public_id: str, name: str, distance_m: int, theme: str
) -> str:
    """Pair the display that shows ``code`` and return its public id.

    Raises Refusal when the code is wrong or has expired, after too many tries, or when the unit is
    not the viewer's to manage.
    """
    typed = rules.normal_code(code)
    opened = store()
    tries = opened.key("pair", "tries", viewer.id)
    if int(opened.client.incr(tries)) > TRIES_PER_TEN_MINUTES:
        raise Refusal(_("Too many tries. Please wait ten minutes."), status=429, field="code")
    opened.client.expire(tries, rules.CODE_SECONDS)
    _unit_of(viewer, unit_public_id)
    _check_look(distance_m, theme)
    # Whoever takes the code has it: two people who type it at once would both pair the display.
    fingerprint = opened.client.getdel(opened.key("pair", typed)) if rules.is_code(typed) else None
    if not fingerprint:
        raise Refusal(
            _("This code is wrong or has expired. The display shows the current one."),
            status=422,
            field="code",
        )
    opened.client.delete(opened.key("pair", "of", fingerprint), tries)
    return _store_display(
        viewer, str(fingerprint), unit_public_id, name=name, distance_m=distance_m, theme=theme
    )


@atomic
def _store_display(
    viewer: Viewer,
    secret_print: str,
    unit_public_id: str,
    *,
    name: str,
    distance_m: int,
    theme: str,
) -> str:
    unit = _unit_of(viewer, unit_public_id)
    display = db.session.scalar(select(Display).where(Display.secret_print == secret_print))
    if display is None:
        display = Display(secret_print=secret_print)
        db.session.add(display)
    elif display.revoked_at is None and display.organisation_id != viewer.organisation_id:
        raise Refusal(_("This display is paired elsewhere. Unpair it there first."), field="code")
    display.organisation_id = viewer.organisation_id
    display.unit_id = unit.id
    display.name = name or unit.name
    display.distance_m, display.theme = distance_m, theme
    if unit.kind not in (TEAM, WORKSHOP):
        display.shows = rules.BOARD
    display.paired_at, display.paired_by = clock.now(), viewer.id
    display.revoked_at = None
    db.session.flush()
    audit.record("boards.paired", f"display:{display.public_id}", actor_id=viewer.id)
    return display.public_id


def _unit_of(viewer: Viewer, public_id: str) -> org.UnitLine:
    unit = org.find_unit(viewer.organisation_id, public_id)
    if unit is None or not viewer.covers(Permission.MANAGE_DISPLAYS, unit.path):
        raise Refusal(_("Choose a unit of your own scope."), field="unit", status=422)
    return unit


def _check_look(distance_m: int, theme: str) -> None:
    if distance_m not in rules.DISTANCES or theme not in rules.THEMES:
        raise Refusal(_("Choose a distance and a theme from the list."), status=422)


def _checked_page(shows: str, unit: org.UnitLine) -> str:
    if shows not in rules.SHOWS:
        raise Refusal(_("Choose what it shows from the list."), field="shows", status=422)
    if shows != rules.BOARD and unit.kind not in (TEAM, WORKSHOP):
        raise Refusal(
            _("The pre-shift question hangs in a team or a workshop. Choose one of these."),
            field="shows",
            status=422,
        )
    return shows


def _read_hours(hours: str) -> str:
    try:
        return rules.write_hours(rules.read_hours(hours or rules.HOURS))
    except ValueError:
        raise Refusal(
            _("Write hours like 05:30-09:00, up to six spans that do not overlap."),
            field="hours",
            status=422,
        ) from None


def _fetch(viewer: Viewer, public_id: str) -> Display:
    """Return a display of the viewer's scope; raise LookupError for any other."""
    paths = viewer.scope_paths(Permission.MANAGE_DISPLAYS)
    row = db.session.execute(
        select(Display, Unit.path)
        .join(Unit, Unit.id == Display.unit_id)
        .where(Display.organisation_id == viewer.organisation_id, Display.public_id == public_id)
    ).first()
    if row is None or not any(row.path.startswith(path) for path in paths):
        raise LookupError(f"display {public_id}")
    found: Display = row.Display
    return found


@atomic
def change_display(
    viewer: Viewer,
    public_id: str,
    *,
    name: str,
    unit_public_id: str,
    distance_m: int,
    theme: str,
    shows: str = rules.BOARD,
    hours: str = rules.HOURS,
) -> None:
    """Change what a display is called, where it hangs, how it looks and what it shows.

    Raises LookupError for a display of others, Refusal for what cannot be.
    """
    display = _fetch(viewer, public_id)
    unit = _unit_of(viewer, unit_public_id)
    _check_look(distance_m, theme)
    display.hours = _read_hours(hours)
    display.shows = _checked_page(shows, unit)
    display.name, display.unit_id = name or unit.name, unit.id
    display.distance_m, display.theme = distance_m, theme
    # The display opens its stream again and meets its new settings.
    reload = own_channel(display.id)
    on_commit(lambda: sse.publish(reload, {}))
    audit.record("boards.changed", f"display:{public_id}", actor_id=viewer.id)


@atomic
def revoke(viewer: Viewer, public_id: str) -> None:
    """Unpair a display: its cookie opens nothing any more."""
    display = _fetch(viewer, public_id)
    display.revoked_at = clock.now()
    gone = own_channel(display.id)
    on_commit(lambda: sse.publish(gone, {}))
    audit.record("boards.revoked", f"display:{public_id}", actor_id=viewer.id)


@atomic
def pair_demo(viewer: Viewer, secret: str) -> None:
    """Pair a browser as a display of the demo; raise Refusal for anybody who is not of the demo."""
    if not viewer.is_demo:
        raise Refusal(_("Demo accounts exist in the demo only."), status=403)
    if find_screen(secret) is None:
        db.session.add(
            Display(
                organisation_id=viewer.organisation_id,
                unit_id=_demo_workshop(viewer),
                name=_("Wall display of the demo"),
                secret_print=security.fingerprint(secret),
            )
        )


def _demo_workshop(viewer: Viewer) -> int:
    """Return the viewer's workshop; the first one for somebody who is in none."""
    workshops = org.list_units(viewer.organisation_id, kinds=(WORKSHOP,))
    own = [unit for unit in workshops if (viewer.unit_path or "").startswith(unit.path)]
    return (own or workshops)[0].id


def list_displays(viewer: Viewer) -> list[DisplayLine]:
    """Return the displays of the viewer's scope, the revoked ones last."""
    rows = db.session.execute(
        select(Display, Unit.name, Unit.path, Unit.public_id)
        .join(Unit, Unit.id == Display.unit_id)
        .where(Display.organisation_id == viewer.organisation_id)
        .order_by(Display.revoked_at.is_not(None), Unit.path, Display.name, Display.id)
    ).all()
    paths = viewer.scope_paths(Permission.MANAGE_DISPLAYS)
    mine = [row for row in rows if any(row.path.startswith(path) for path in paths)]
    seen = last_seen([row.Display.id for row in mine])
    now = clock.now()
    return [
        DisplayLine(
            public_id=row.Display.public_id,
            name=row.Display.name,
            unit_public_id=row.public_id,
            unit_name=row.name,
            distance_m=row.Display.distance_m,
            theme=row.Display.theme,
            shows=row.Display.shows,
            hours=row.Display.hours,
            is_online=row.Display.revoked_at is None
            and rules.is_online(seen.get(row.Display.id), now),
            is_revoked=row.Display.revoked_at is not None,
            last_seen=seen.get(row.Display.id),
            paired_at=row.Display.paired_at,
        )
        for row in mine
    ]


def note_seen(display_id: int, opened: Store | None = None) -> None:
    """Note in the store that a display is there; nothing is lost when the store forgets."""
    opened = opened or store()
    try:
        opened.client.hset(opened.key("seen"), str(display_id), str(clock.now().timestamp()))
    except RedisError:
        return


def last_seen(display_ids: list[int]) -> dict[int, datetime]:
    """Return when each display was heard of last, as far as the store remembers."""
    if not display_ids:
        return {}
    opened = store()
    try:
        found = opened.client.hmget(opened.key("seen"), [str(i) for i in display_ids])
    except RedisError:
        return {}
    return {
        display_id: datetime.fromtimestamp(float(value), UTC)
        for display_id, value in zip(display_ids, found, strict=True)
        if value
    }


def own_channel(display_id: int) -> str:
    """Return the channel on which one display alone is told that it was unpaired."""
    return f"display:{display_id}"
