"""The demo's role bar: step into another role of the demo world. Never registered elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from quizapp.accounts import service as accounts
from quizapp.accounts.access import allow
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.accounts.views import start_session
from quizapp.boards import service as boards
from quizapp.boards.views import set_display_cookie
from quizapp.core import security
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org import service as org

bp = Blueprint("demo", __name__, url_prefix="/demo")

DISPLAY_COOKIE = "zhixing-display"
NUMBERS = {"employee": "100482", "leader": "100317", "admin": "100001"}


def init_app(app: Flask) -> None:
    """Open the role bar of the demo."""
    app.register_blueprint(bp)

    @app.context_processor
    def roles() -> dict[str, Any]:
        if not current_user.is_authenticated or not current_user.is_demo:
            return {"demo_roles": []}
        number = current_user.employee_number
        return {
            "demo_roles": [
                (key, label, NUMBERS.get(key) == number)
                for key, label in (
                    ("employee", _("Employee")),
                    ("leader", _("Team leader")),
                    ("admin", _("Administrator")),
                    ("tv", _("Wall display")),
                )
            ]
        }


@bp.post("/role")
@allow(Permission.TAKE_PART, before_consent=True)
def switch_role() -> Any:
    """Sign in as the demo person of a role, or become a wall display."""
    role = request.form.get("role", "")
    if role == "tv":
        return _become_display()
    person = _demo_person(role)
    start_session(accounts.open_session(person.id, agent=request.user_agent.string))
    return redirect(url_for("admin.people" if role == "admin" else "home.today"))


def _demo_person(role: str) -> Person:
    person = db.session.scalar(
        select(Person).where(
            Person.organisation_id == current_user.organisation_id,
            Person.employee_number == NUMBERS.get(role, ""),
            Person.is_demo,
        )
    )
    if person is None:
        raise Refusal(_("This role does not exist."), status=422)
    return person


def _become_display() -> Any:
    """Show the board of the demo employee's workshop in this browser, as a wall display would."""
    employee = _demo_person("employee")
    team = org.unit_on(employee.id, org.today(employee.organisation_id))
    unit = org.get_units([team or 0])[team or 0]
    secret = request.cookies.get(DISPLAY_COOKIE) or security.new_token()
    boards.pair_demo(
        employee.organisation_id, unit.parent_id or unit.id, secret, _("Wall display of the demo")
    )
    response = make_response(redirect(url_for("boards.tv")))
    set_display_cookie(response, secret)
    return response
