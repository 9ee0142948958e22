"""The gate in front of every route: who asks, and whether the permission table lets them in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from quizapp.core import clock, http, security
from quizapp.core.db import db
from quizapp.org.models import Membership, Organisation, Unit
from quizapp.org.rules import PRIMARY, learning_day

from .models import Person, RoleGrant, Session
from .permissions import TABLE, WHOLE_ORGANISATION, Permission, Role

# Pages without a viewer: reading the person would cost a statement for every static file.
_WITHOUT_VIEWER = frozenset(
    {
        "core.static_file",
        "core.service_worker",
        "core.favicon",
        "core.healthz",
        "core.readyz",
    }
)
# Routes that ask nobody to sign in: what they open hangs on something else, or on nothing.
_WITHOUT_SESSION = frozenset({Permission.ANYONE, Permission.WATCH_BOARD, Permission.HOLD_TICKET})

View = TypeVar("View", bound=Callable[..., Any])
login_manager = LoginManager()


@dataclass(frozen=True)
class Viewer:
    """The person who asks: plain values, read once a request by one statement."""

    id: int
    public_id: str
    organisation_id: int
    organisation_name: str
    time_zone: str
    name: str
    employee_number: str
    locale: str | None
    is_large: bool
    consent: str
    must_change_password: bool
    is_demo: bool
    session_id: int
    unit_id: int | None
    unit_path: str | None
    unit_name: str | None
    scopes: tuple[tuple[Role, str], ...] = field(default=())

    is_authenticated = True
    is_anonymous = False
    is_active = True

    def get_id(self) -> str:
        """Return what Flask-Login names this person by; the secret itself stays in the cookie."""
        return self.public_id

    @property
    def roles(self) -> frozenset[str]:
        """Return the values of the roles this person has."""
        return frozenset(role.value for role, _path in self.scopes)

    def may(self, permission: Permission) -> bool:
        """Tell whether the table gives this person ``permission`` anywhere."""
        return bool(self.scope_paths(permission))

    def scope_paths(self, permission: Permission) -> tuple[str, ...]:
        """Return the paths of the units below which this person has ``permission``."""
        paths = {
            path
            for role, path in self.scopes
            if permission in TABLE[role]
            and (permission not in WHOLE_ORGANISATION or path.count("/") == 2)
        }
        # A path inside another one adds nothing and would list people twice.
        return tuple(sorted(p for p in paths if not any(p != q and p.startswith(q) for q in paths)))

    def covers(self, permission: Permission, unit_path: str) -> bool:
        """Tell whether this person has ``permission`` for the unit at ``unit_path``."""
        return any(unit_path.startswith(path) for path in self.scope_paths(permission))


def allow(permission: Permission, *, before_consent: bool = False) -> Callable[[View], View]:
    """Say which permission a view asks for; a view that says nothing is closed to everyone.

    ``before_consent``: the page is shown to people who have not yet read the first-use notice.
    """

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        view.before_consent = before_consent  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(endpoint: str) -> Permission | None:
    """Return what the route behind ``endpoint`` asks for, or None when it says nothing."""
    view = current_app.view_functions[endpoint]
    found: Permission | None = getattr(view, "permission", None)
    return found


def init_app(app: Flask) -> None:
    """Read the viewer of every request and check the permission of its route."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # the session row is the protection
    login_manager.user_loader(_load_viewer)
    for endpoint in (*_WITHOUT_VIEWER, "core.csrf_refresh"):
        allow(Permission.ANYONE)(app.view_functions[endpoint])
    app.before_request(_check)
    app.context_processor(_describe_viewer)


def viewer() -> Viewer:
    """Return who asks; only for routes that ask for a permission."""
    person: Viewer = current_user._get_current_object()
    return person


def draw_for_nobody() -> None:
    """Let a part of a page be drawn without asking who reads it, where nothing depends on it."""
    login_manager._update_request_context_with_user()


def _check() -> Any:
    """Let the request through, send the person to sign in or to the notice, or refuse."""
    if request.endpoint is None or request.endpoint in _WITHOUT_VIEWER:
        return None
    permission = permission_of(request.endpoint)
    if permission is Permission.HOLD_TICKET:  # the hot path looks nobody up
        return None
    if current_user.is_authenticated:
        g.locale, g.time_zone = current_user.locale, current_user.time_zone
    if permission in _WITHOUT_SESSION:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if permission is None or not viewer().may(permission):
        http.deny(_("Your role does not include this page. An administrator can tell you more."))
    return _first_things_first()


def _ask_to_sign_in() -> Any:
    if http.is_fragment_request() or http.is_api_request():
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target))


def _first_things_first() -> Any:
    """Send a person to the new password, then to the notice, before anything else."""
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "before_consent", False):
        return None
    if viewer().must_change_password:
        return redirect(url_for("accounts.change_password"))
    if viewer().consent == "unasked":
        return redirect(url_for("accounts.consent"))
    return None


def _describe_viewer() -> dict[str, Any]:
    person = viewer() if current_user.is_authenticated else None
    is_large = person.is_large if person else False
    return {"viewer": person, "is_large": is_large, "Permission": Permission}


def _load_viewer(public_id: str) -> Viewer | None:
    """Return the person whose live session the cookie names; everything in one statement."""
    secret = session.get("secret")
    if not secret:
        return None
    now = clock.now()
    values = {
        "secret": security.fingerprint(secret),
        "person": public_id,
        "now": now,
        "recent": now.date() - timedelta(days=2),
    }
    try:
        # Plain columns, for every request: without the work that the session does for objects.
        rows = db.session.connection().execute(_VIEWER, values).all()
    except SQLAlchemyError:
        draw_for_nobody()  # the page that says so: asking again who reads it would fail again
        raise
    return _to_viewer(rows, public_id) if rows else None


def _to_viewer(rows: Sequence[Row[Any]], public_id: str) -> Viewer:
    """Fold the rows, one for each membership and role, into one person."""
    first = rows[0]
    today = learning_day(clock.now(), first.time_zone)
    team = next((row for row in rows if _holds_on(row, today)), None)
    scopes = {(Role(row.role), row.role_path) for row in rows if row.role}
    scopes.add((Role.EMPLOYEE, team.unit_path if team else "/"))
    return Viewer(
        id=first.id,
        public_id=public_id,
        organisation_id=first.organisation_id,
        organisation_name=first.organisation_name,
        time_zone=first.time_zone,
        name=first.name,
        employee_number=first.employee_number,
        locale=first.locale,
        is_large=first.is_large,
        consent=first.consent,
        must_change_password=first.must_change_password,
        is_demo=first.is_demo,
        session_id=first.session_id,
        unit_id=team.unit_id if team else None,
        unit_path=team.unit_path if team else None,
        unit_name=team.unit_name if team else None,
        scopes=tuple(sorted(scopes, key=lambda scope: (scope[0].value, scope[1]))),
    )


def _holds_on(row: Row[Any], day: date) -> bool:
    return bool(row.starts_on and row.starts_on <= day and (not row.ends_on or row.ends_on > day))


def _viewer_statement() -> Select[*tuple[Any, ...]]:
    """Build the one statement that reads a viewer; its parameters: secret, person, now, recent."""
    scope = aliased(Unit)
    is_recent = or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("recent"))
    return (
        select(
            Person.id,
            Person.organisation_id,
            Person.name,
            Person.employee_number,
            Person.locale,
            Person.is_large,
            Person.consent,
            Person.must_change_password,
            Person.is_demo,
            Organisation.name.label("organisation_name"),
            Organisation.time_zone,
            Session.id.label("session_id"),
            Membership.starts_on,
            Membership.ends_on,
            Unit.id.label("unit_id"),
            Unit.path.label("unit_path"),
            Unit.name.label("unit_name"),
            RoleGrant.role,
            scope.path.label("role_path"),
        )
        .join(Session, Session.person_id == Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(
            Membership,
            and_(Membership.person_id == Person.id, Membership.kind == PRIMARY, is_recent),
        )
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(scope, scope.id == RoleGrant.unit_id)
        .where(
            Session.secret_print == bindparam("secret"),
            Session.expires_at > bindparam("now"),
            Session.epoch == Person.epoch,
            Person.public_id == bindparam("person"),
            Person.is_active,
        )
    )


_VIEWER = _viewer_statement()
