"""Certificates: the sheet to print, the page on which anybody checks one, withdrawal."""

from __future__ import annotations

from typing import Any

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import security
from quizapp.core.forms import Refusal
from quizapp.core.http import absolute_url

from .. import rules, service
from . import words
from .blueprint import bp


@bp.get("/certificates/<certificate_id>")
@allow(Permission.TAKE_PART)
def certificate(certificate_id: str) -> Any:
    """Show a certificate as it is printed."""
    return _certificate_page(certificate_id)


def _certificate_page(certificate_id: str, note: str = "") -> Any:
    try:
        found = service.get_certificate(viewer(), certificate_id)
    except LookupError:
        abort(404)
    address = absolute_url("training.verify", check_code=found.check_code)
    return render_template(
        "training/certificate.html",
        page=found,
        note=note,
        code=rules.grouped(found.check_code),
        qr_url=segno.make(address, error="m").svg_data_uri(scale=4, border=1, dark="#16202B"),
        kinds=words.kinds(),
        standings=words.standings(),
    )


@bp.post("/certificates/<certificate_id>/withdraw")
@allow(Permission.KEEP_TRAINING)
def withdraw(certificate_id: str) -> Any:
    """Withdraw a certificate with a reason."""
    try:
        service.withdraw(viewer(), certificate_id, request.form.get("reason", ""))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _certificate_page(certificate_id, refusal.message), refusal.status
    flash(_("The certificate is withdrawn. Its owner reads the reason."))
    return redirect(url_for("training.certificate", certificate_id=certificate_id), 303)


@bp.get("/verify")
@allow(Permission.ANYONE)
def verify_form() -> Any:
    """Ask for a check code; one that was typed goes to its page."""
    typed = rules.normal_code(request.args.get("code", ""))
    if rules.is_code(typed):
        return redirect(url_for("training.verify", check_code=typed))
    return render_template("training/verify.html", page=None, typed=typed, is_unknown=bool(typed))


@bp.get("/verify/<check_code>")
@allow(Permission.ANYONE)
def verify(check_code: str) -> Any:
    """Say what a check code proves. Nobody is asked to sign in."""
    person = viewer() if current_user.is_authenticated else None
    found = service.check(person, check_code, address=security.client_address())
    page = render_template(
        "training/verify.html",
        page=found,
        typed=rules.normal_code(check_code)[: rules.CODE_LENGTH],
        is_unknown=found is None,
        standings=words.standings(),
    )
    return page, 200 if found else 404
