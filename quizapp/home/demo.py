"""The demo's role bar: step into another role of the demo world. Never registered elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from quizapp.accounts import service as accounts
from quizapp.accounts.access import allow
from quizapp.accounts.permissions import Permission
from quizapp.accounts.views import start_session
from quizapp.core.forms import Refusal

bp = Blueprint("demo", __name__, url_prefix="/demo")

NUMBERS = {
    "employee": "100482",
    "leader": "100317",
    "organiser": "100045",
    "trainer": "100052",
    "author": "100021",
    "reviewer": "100033",
    "admin": "100001",
}
# Where a role begins; everybody else begins with Today.
HOMES = {
    "admin": "admin.people",
    "author": "items.bank",
    "reviewer": "review.desk",
    "trainer": "training.courses_desk",
}


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
                    ("organiser", _("Organiser")),
                    ("trainer", _("Safety trainer")),
                    ("author", _("Author")),
                    ("reviewer", _("Reviewer")),
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
        # The display's cookie is read below /boards only; 307 sends the form on as it is.
        return redirect(url_for("boards.show_demo"), 307)
    person_id = accounts.find_demo_person(current_user.organisation_id, NUMBERS.get(role, ""))
    if person_id is None:
        raise Refusal(_("This role does not exist."), status=422)
    start_session(accounts.open_session(person_id, agent=request.user_agent.string))
    return redirect(url_for(HOMES.get(role, "home.today")))
