"""What can be done with displays: pairing, settings, whether they are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
KEEP_SEEN = timedelta(minutes=5)  # what is written down is older than the store's by this at most


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
    pages: str
    hours: str
    awake: str


@dataclass(frozen=True)
class Look:
    """How a display looks and what it turns through, as somebody typed it."""

    name: str
    unit_public_id: str
    distance_m: int
    theme: str
    pages: tuple[rules.Page, ...] = rules.DEFAULT_PAGES
    hours: str = rules.HOURS
    awake: str = ""


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
    return screen_of(row) if row else None


def screen_of(row: Display) -> Screen:
    """Return a display as its pages need it."""
    return Screen(
        id=row.id,
        public_id=row.public_id,
        organisation_id=row.organisation_id,
        unit_id=row.unit_id,
        name=row.name,
        distance_m=row.distance_m,
        theme=row.theme,
        pages=row.pages,
        hours=row.hours,
        awake=row.awake,
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
    if unit.kind not in (TEAM, WORKSHOP):  # where no question before a shift hangs
        display.pages = rules.write_pages(rules.DEFAULT_PAGES)
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


def _checked_pages(pages: tuple[rules.Page, ...], unit: org.UnitLine) -> str:
    try:
        written = rules.write_pages(pages)
    except ValueError:
        raise Refusal(
            _(
                "Choose at least one page and none twice, each for %(least)s to %(most)s seconds.",
                least=rules.SECONDS[0],
                most=rules.SECONDS[1],
            ),
            field="page_1",
            status=422,
        ) from None
    if unit.kind not in (TEAM, WORKSHOP) and any(name == rules.PRESHIFT for name, _s in pages):
        raise Refusal(
            _("The pre-shift question hangs in a team or a workshop. Choose one of these."),
            field="unit",
            status=422,
        )
    return written


def _read_hours(hours: str) -> str:
    try:
        return rules.write_hours(rules.read_hours(hours or rules.HOURS))
    except ValueError:
        raise Refusal(
            _("Write hours like 05:30-09:00, up to six spans that do not overlap."),
            field="hours",
            status=422,
        ) from None


def _read_awake(awake: str) -> str:
    try:
        span = rules.read_awake(awake)
    except ValueError:
        raise Refusal(
            _("Write the hours on the wall like 06:30-20:30, or leave them empty."),
            field="awake",
            status=422,
        ) from None
    return rules.write_hours((span,)) if span else ""


def fetch(viewer: Viewer, public_id: str) -> Display:
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
def change_display(viewer: Viewer, public_id: str, look: Look) -> None:
    """Change what a display is called, where it hangs, how it looks and what it turns through.

    Raises LookupError for a display of others, Refusal for what cannot be.
    """
    display = fetch(viewer, public_id)
    unit = _unit_of(viewer, look.unit_public_id)
    _check_look(look.distance_m, look.theme)
    display.hours = _read_hours(look.hours)
    display.awake = _read_awake(look.awake)
    display.pages = _checked_pages(look.pages, unit)
    display.name, display.unit_id = look.name or unit.name, unit.id
    display.distance_m, display.theme = look.distance_m, look.theme
    # The display opens its stream again and meets its new settings.
    again = own_channel(display.id)
    on_commit(lambda: sse.publish(again, {}))
    audit.record("boards.changed", f"display:{public_id}", actor_id=viewer.id)


@atomic
def revoke(viewer: Viewer, public_id: str) -> None:
    """Unpair a display: its cookie opens nothing any more."""
    display = fetch(viewer, public_id)
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


@atomic
def hang_for_demo(viewer: Viewer, look: Look, *, seen_at: datetime) -> None:
    """Hang a display in the demo world that nobody can pair, heard of last at ``seen_at``."""
    if not viewer.is_demo:
        raise Refusal(_("Demo accounts exist in the demo only."), status=403)
    unit = _unit_of(viewer, look.unit_public_id)
    db.session.add(
        Display(
            organisation_id=viewer.organisation_id,
            unit_id=unit.id,
            name=look.name,
            secret_print=security.fingerprint(security.new_token()),
            distance_m=look.distance_m,
            theme=look.theme,
            pages=_checked_pages(look.pages, unit),
            hours=_read_hours(look.hours),
            awake=_read_awake(look.awake),
            paired_by=viewer.id,
            seen_at=seen_at,
        )
    )


def _demo_workshop(viewer: Viewer) -> int:
    """Return the viewer's workshop; the first one for somebody who is in none."""
    workshops = org.list_units(viewer.organisation_id, kinds=(WORKSHOP,))
    own = [unit for unit in workshops if (viewer.unit_path or "").startswith(unit.path)]
    return (own or workshops)[0].id


def identify(viewer: Viewer, public_id: str) -> str:
    """Let a display flash its name for ten seconds, so that it can be found; return the name.

    Raises LookupError for a display of others, Refusal for one that is unpaired or when the store
    does not answer.
    """
    display = fetch(viewer, public_id)
    if display.revoked_at is not None:
        raise Refusal(_("This display is unpaired: it hears nothing any more."), status=409)
    try:
        sse.publish(flash_channel(display.id), {"name": display.name})
    except RedisError:
        raise Refusal(
            _("The display cannot be reached right now. Please try again in a minute."), status=503
        ) from None
    return display.name


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
    """Return the channel on which one display alone is told to look what it is now."""
    return f"display:{display_id}"


def flash_channel(display_id: int) -> str:
    """Return the channel on which one display is asked to flash."""
    return f"flash:{display_id}"


@atomic
def keep_seen() -> int:
    """Write down when displays were heard of, for the day the store is new; count them."""
    opened = store()
    kept = {
        int(display_id): datetime.fromtimestamp(float(value), UTC)
        for display_id, value in opened.client.hgetall(opened.key("seen")).items()
    }
    rows = db.session.scalars(select(Display).where(Display.revoked_at.is_(None)))
    late = [
        row
        for row in rows
        if row.id in kept and (row.seen_at is None or kept[row.id] - row.seen_at > KEEP_SEEN)
    ]
    for row in late:
        row.seen_at = kept[row.id]
    return len(late)
