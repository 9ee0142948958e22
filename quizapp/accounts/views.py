"""Pages of accounts: signing in and out, the first-use notice, one's own settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from wtforms import SelectChoice

from quizapp.core import i18n, security
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from . import rules, service
from .access import allow, login_manager, viewer
from .forms import ChangePasswordForm, SetupForm, SignInForm
from .permissions import Permission
from .service.own import password_hash_of
from .service.signing_in import SignedIn

bp = Blueprint("accounts", __name__)


def start_session(signed_in: SignedIn) -> None:
    """Put a new session into the cookie; whatever the browser held before is gone."""
    session.clear()
    session["secret"] = signed_in.secret
    session.permanent = True
    person = login_manager._user_callback(signed_in.person_public_id)
    login_user(person)
    g.locale = person.locale


@bp.route("/login", methods=["GET", "POST"])
@allow(Permission.ANYONE)
def sign_in() -> Any:
    """Sign in with employee number and password."""
    target = security.safe_next(request.values.get("next"), url_for("home.today"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    organisations = org.list_organisations()
    form.organisation.choices = [SelectChoice(*pair) for pair in organisations]
    status = 200
    if form.validate_on_submit():
        try:
            found = org.find_organisation(form.organisation.data)
            signed_in = service.sign_in(
                found,
                form.employee_number.data or "",
                form.password.data or "",
                address=security.client_address(),
                agent=request.user_agent.string,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            start_session(signed_in)
            return redirect(target)
    elif form.errors:
        status = 422
    page = SimpleNamespace(
        organisations=organisations,
        next=target,
        is_empty=not organisations,
        logo_url=_logo_url(organisations),
    )
    return render_template("accounts/login.html", form=form, page=page), status


def _logo_url(organisations: list[tuple[str, str]]) -> str | None:
    """Return where the logo of the only organisation lies, or None."""
    if len(organisations) != 1 or org.find_logo(organisations[0][0]) is None:
        return None
    return url_for("accounts.logo", organisation_id=organisations[0][0])


@bp.get("/logo/<organisation_id>.png")
@allow(Permission.ANYONE)
def logo(organisation_id: str) -> Any:
    """Serve an organisation's logo, for the page on which people sign in."""
    image = org.find_logo(organisation_id)
    if image is None:
        abort(404)
    return Response(image, mimetype="image/png", headers={"Cache-Control": "private, max-age=600"})


@bp.get("/link/<secret>")
@allow(Permission.ANYONE)
def link(secret: str) -> Any:
    """Show the button of a one-time link; looking consumes nothing."""
    works = service.check_link("sign_in", secret)
    page = SimpleNamespace(works=works, secret=secret)
    return render_template("accounts/link.html", page=page), 200 if works else 410


@bp.post("/link/<secret>")
@allow(Permission.ANYONE)
def follow_link(secret: str) -> Any:
    """Sign in by a one-time link and consume it."""
    try:
        start_session(service.use_link(secret, agent=request.user_agent.string))
    except Refusal as refusal:
        if refusal.status != 410:
            raise
        page = SimpleNamespace(works=False, secret=secret)
        return render_template("accounts/link.html", page=page), 410
    return redirect(url_for("home.today"))


@bp.route("/setup/<secret>", methods=["GET", "POST"])
@allow(Permission.ANYONE)
def setup(secret: str) -> Any:
    """Found the organisation and its first administrator."""
    if not service.check_link("setup", secret):
        raise Refusal(_("This link was used already or has expired."), status=410)
    form = SetupForm()
    status = 200
    if form.validate_on_submit():
        try:
            hashed = _accepted(form.password.data or "", form.employee_number.data or "", "")
            signed_in = service.found_by_setup(
                secret,
                organisation=form.organisation.data or "",
                name=form.name.data or "",
                number=form.employee_number.data or "",
                password_hash=hashed,
                agent=request.user_agent.string,
            )
            start_session(signed_in)
            return redirect(url_for("admin.people"))
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors or form.form_errors:
        status = 422
    return render_template("accounts/setup.html", form=form), status


def _accepted(password: str, number: str, name: str) -> str:
    """Return the hash of a new password; raise Refusal with the reason when it is too weak."""
    words = {
        "short": _("Too short: use at least 8 characters."),
        "long": _("Too long: use at most 128 characters."),
        "common": _("Too easy to guess: this one is on every list."),
        "personal": _("Too easy to guess: it contains your number or name."),
    }
    problem = rules.password_problem(password, known=[word for word in (number, name) if word])
    if problem:
        raise Refusal(words[problem], field="password", status=422)
    return security.hash_password(password)


@bp.route("/me/password", methods=["GET", "POST"])
@allow(Permission.TAKE_PART, before_consent=True)
def change_password() -> Any:
    """Change one's own password; the first time after a printed one, whether one likes or not."""
    form = ChangePasswordForm()
    person = viewer()
    status = 200
    if form.validate_on_submit():
        try:
            if not security.is_password(password_hash_of(person), form.current.data or ""):
                raise Refusal(_("This is not your current password."), field="current", status=422)
            if form.password.data == form.current.data:
                raise Refusal(_("Choose another one than before."), field="password", status=422)
            hashed = _accepted(form.password.data or "", person.employee_number, person.name)
            service.accept_password(person, hashed)
            flash(_("Your password is changed; other devices are signed out."))
            return redirect(url_for("home.today"))
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors or form.form_errors:
        status = 422
    page = SimpleNamespace(is_forced=person.must_change_password)
    return render_template("accounts/change_password.html", form=form, page=page), status


@bp.get("/me/consent")
@allow(Permission.TAKE_PART, before_consent=True)
def consent() -> Any:
    """Show the notice about points, and what the person decided so far."""
    page = SimpleNamespace(consent=viewer().consent, is_first=viewer().consent == "unasked")
    return render_template("accounts/consent.html", page=page)


@bp.post("/me/consent")
@allow(Permission.TAKE_PART, before_consent=True)
def decide_consent() -> Any:
    """Record the decision about points."""
    is_first = viewer().consent == "unasked"
    service.decide_consent(viewer(), request.form.get("decision", ""))
    if not is_first:
        flash(_("Your choice is saved."))
    return redirect(url_for("home.today" if is_first else "home.me"))


@bp.post("/me/large")
@allow(Permission.TAKE_PART, before_consent=True)
def set_large() -> Any:
    """Switch the large-print version."""
    service.set_large(viewer(), request.form.get("large") == "1")
    return redirect(security.safe_next(request.form.get("next"), url_for("home.me")))


@bp.post("/locale")
@allow(Permission.ANYONE)
def set_locale() -> Any:
    """Choose the language: kept with the person, and in a cookie for pages without one."""
    locale = request.form.get("locale", "")
    if not i18n.is_known_locale(locale):
        raise Refusal(_("This language is not available."), status=422)
    if current_user.is_authenticated:
        service.set_locale(viewer(), locale)
    answer = redirect(security.safe_next(request.form.get("next"), url_for("home.today")))
    answer.set_cookie(
        i18n.COOKIE,
        locale,
        max_age=365 * 24 * 3600,
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        samesite="Lax",
    )
    return answer


@bp.post("/me/sign-out")
@allow(Permission.TAKE_PART, before_consent=True)
def sign_out() -> Any:
    """End this session and forget what the browser kept of it."""
    service.end_session(viewer().id, viewer().session_id)
    logout_user()
    session.clear()
    answer = redirect(url_for("accounts.sign_in"))
    # Caches only: unsent answers in the browser's storage are the person's, and still to be sent.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.post("/me/sign-out-everywhere")
@allow(Permission.TAKE_PART, before_consent=True)
def sign_out_everywhere() -> Any:
    """End every other session of the person."""
    service.sign_out_everywhere(viewer().id, keep_session_id=viewer().session_id)
    flash(_("Other devices are signed out."))
    return redirect(url_for("home.me"))
