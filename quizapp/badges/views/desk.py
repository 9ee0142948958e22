"""The desk of badges: the list, writing one, its moves, and credentials by their id."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from .. import rules
from ..forms import BadgeForm
from ..service import artwork, desk, keys
from ..service.desk import BadgeRow
from .blueprint import bp

MANAGE = Permission.MANAGE_RECOGNITION


def states() -> dict[str, str]:
    """Return how people read the states of a badge."""
    return {
        rules.DRAFT: _("Draft"),
        rules.ACTIVE: _("Can be earned"),
        rules.RETIRED: _("Retired"),
    }


@bp.get("/desk")
@allow(MANAGE)
def badges_desk() -> Any:
    """Show the badges of the organisation."""
    return render_template(
        "badges/desk.html", badges=desk.list_badges(viewer()), states=states(), rules=rules
    )


@bp.route("/desk/new", methods=["GET", "POST"])
@allow(MANAGE)
def new_badge() -> Any:
    """Write a badge."""
    form = BadgeForm(data={"mastered": "20", "times": "1", "place": "3", "weeks": "10"})
    if form.validate_on_submit():
        try:
            badge_id = desk.add_badge(viewer(), form.draft())
            flash(_("Saved as a draft."))
            return redirect(url_for("badges.sheet", badge_id=badge_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, None)


@bp.get("/desk/<badge_id>")
@allow(MANAGE)
def sheet(badge_id: str) -> Any:
    """Show a badge: how it looks, what earns it, and what can be done with it."""
    return _sheet_page(badge_id)


def _sheet_page(badge_id: str, note: str = "") -> Any:
    try:
        found = desk.get_badge(viewer(), badge_id)
    except LookupError:
        abort(404)
    return render_template(
        "badges/sheet.html", badge=found, note=note, states=states(), rules=rules
    )


@bp.route("/desk/<badge_id>/edit", methods=["GET", "POST"])
@allow(MANAGE)
def edit_badge(badge_id: str) -> Any:
    """Change a draft."""
    try:
        found = desk.get_badge(viewer(), badge_id)
    except LookupError:
        abort(404)
    form = BadgeForm(data=_stored(found))
    if form.validate_on_submit():
        try:
            desk.change_badge(viewer(), badge_id, form.draft())
            flash(_("Saved as a draft."))
            return redirect(url_for("badges.sheet", badge_id=badge_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, badge_id)


def _stored(badge: BadgeRow) -> dict[str, Any]:
    rule = badge.rule
    number = {rules.MASTERY: "mastered", rules.ACTIVITY: "times"}
    number |= {rules.SEASON: "place", rules.WEEKS: "weeks"}
    return {
        "name": badge.name,
        "description": badge.description,
        "icon": badge.icon,
        "tone": badge.tone,
        "kind": rule.kind,
        "topic": str(rule.topic_id or ""),
        "activity": rule.activity,
        number[rule.kind]: str(rule.number),
    }


def _form_page(form: BadgeForm, badge_id: str | None) -> Any:
    form.topic.choices = [
        (str(one.id), f"{chr(0x3000) * one.depth}{one.name} · {one.count}")
        for one in desk.topic_choices(viewer())
    ]
    form.activity.choices = desk.activity_choices()
    form.place.choices = [
        (str(n), _("first") if n == 1 else _("among the first %(place)s", place=n))
        for n in range(1, rules.LAST_PLACE + 1)
    ]
    page = SimpleNamespace(badge_id=badge_id, icons=list(artwork.ICONS), tones=rules.TONES)
    return render_template("badges/edit.html", form=form, page=page, rules=rules), form.status


@bp.post("/desk/<badge_id>/<any(activate, retire, delete):turn>")
@allow(MANAGE)
def move_badge(badge_id: str, turn: str) -> Any:
    """Let a draft be earned, retire a badge, or delete a draft."""
    try:
        if turn == "activate":
            desk.activate(viewer(), badge_id)
            flash(_("It can be earned from now on. Who has earned it already gets it now."))
        elif turn == "retire":
            desk.retire(viewer(), badge_id)
            flash(_("Retired. What was earned stays."))
        else:
            desk.delete(viewer(), badge_id)
            flash(_("The draft is deleted."))
            return redirect(url_for("badges.badges_desk"), 303)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _sheet_page(badge_id, refusal.message), refusal.status
    return redirect(url_for("badges.sheet", badge_id=badge_id), 303)


@bp.get("/desk/credentials")
@allow(MANAGE)
def credentials_desk() -> Any:
    """Find a credential by its id; show the issuer's keys."""
    return _credentials_page(request.args.get("id", "").strip()[:60])


def _credentials_page(asked: str, note: str = "") -> Any:
    page = SimpleNamespace(
        asked=asked,
        found=desk.find_credential(viewer(), asked) if asked else None,
        keys=keys.list_keys(),
        note=note,
    )
    return render_template("badges/credentials.html", page=page, rules=rules)


@bp.post("/desk/credentials")
@allow(MANAGE)
def set_state() -> Any:
    """Suspend, restore or revoke a credential with a reason."""
    asked = request.form.get("id", "").strip()[:60]
    state = request.form.get("state", "")
    try:
        desk.set_state(viewer(), asked, state, request.form.get("reason", ""))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _credentials_page(asked, refusal.message), refusal.status
    flash(_("Saved. The owner reads the reason."))
    return redirect(url_for("badges.credentials_desk", id=asked), 303)
