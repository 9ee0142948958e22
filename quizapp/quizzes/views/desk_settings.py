"""The other pages of a quiz on the desk: when and how, who it is for, and more time for people."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission, Role
from quizapp.core.forms import Refusal

from ..forms import AudienceForm, ExtendForm, MoreTimeForm, SettingsForm
from ..service import authoring
from ..service.authoring import Sheet
from . import desk_words
from .blueprint import bp
from .desk import fetch_sheet, unit_choices

ASSEMBLE = Permission.ASSEMBLE_QUIZZES
PHASES = ("during", "after", "closed")
# Whom a quiz can be meant for. That somebody administers or reviews is no reason to be asked.
AUDIENCE_ROLES = (Role.LEADER, Role.LEARNING_REP, Role.ORGANISER, Role.SAFETY_TRAINER)


def _filled(sheet: Sheet) -> SettingsForm:
    """Return the form with what is stored."""
    form = SettingsForm(
        viewer().time_zone,
        formdata=None,
        name=sheet.name,
        limit_minutes=sheet.limit_seconds // 60 if sheet.limit_seconds else None,
        grace_seconds=sheet.grace_seconds,
        attempts_allowed=sheet.attempts_allowed,
        cut_percent=None if sheet.cut_score is None else round(100 * sheet.cut_score),
        markers=sheet.markers,
        legal_basis=sheet.legal_basis,
    )
    form.opens_at.show(sheet.opens_at)
    form.closes_at.show(sheet.closes_at)
    return form


def _settings_page(
    sheet: Sheet, form: SettingsForm, extending: ExtendForm | None = None, told: Any = None
) -> Any:
    if extending is None:
        extending = ExtendForm(viewer().time_zone, formdata=None)
        extending.closes_at.show(sheet.closes_at)
    page = SimpleNamespace(
        sheet=sheet,
        modes=desk_words.mode_names(),
        states=desk_words.state_names(),
        points=desk_words.mode_points()[sheet.mode],
        tells=desk_words.tell_names(),
        phases=list(
            zip(
                PHASES,
                (_("During the quiz"), _("Once handed in"), _("Once the quiz has closed")),
                told or sheet.tells,
                strict=True,
            )
        ),
        zone=viewer().time_zone,
        extensions=[_extension(one.at, one.facts) for one in authoring.list_extensions(sheet)]
        if sheet.published_at
        else [],
    )
    status = extending.status if extending.status != 200 else form.status
    return render_template(
        "quizzes/desk_settings.html", page=page, form=form, extending=extending
    ), status


def _extension(at: datetime, facts: str) -> Any:
    known = json.loads(facts)
    return SimpleNamespace(
        at=at, until=datetime.fromisoformat(known["after"]), reason=known["reason"]
    )


@bp.route("/desk/<sheet_id>/settings", methods=["GET", "POST"])
@allow(ASSEMBLE)
def quiz_settings(sheet_id: str) -> Any:
    """Show when and how a quiz is taken, and store it."""
    sheet = fetch_sheet(sheet_id)
    if request.method == "GET":
        return _settings_page(sheet, _filled(sheet))
    form = SettingsForm(viewer().time_zone)
    told = tuple(frozenset(request.form.getlist(phase)) for phase in PHASES)
    if form.validate_on_submit():
        try:
            authoring.save_settings(viewer(), sheet_id, _typed(form, told))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("The settings are saved."))
            return redirect(url_for("quizzes.quiz_settings", sheet_id=sheet_id), 303)
    return _settings_page(sheet, form, told=told)


def _typed(form: SettingsForm, told: Any) -> authoring.Settings:
    return authoring.Settings(
        name=form.name.data or "",
        opens_at=form.opens_at.moment,
        closes_at=form.closes_at.moment,
        limit_seconds=form.limit_minutes.data * 60 if form.limit_minutes.data else None,
        grace_seconds=form.grace_seconds.data or 0,
        attempts_allowed=form.attempts_allowed.data,
        cut_score=None if form.cut_percent.data is None else form.cut_percent.data / 100,
        tells=told,
        markers=form.markers.data or 1,
        legal_basis=form.legal_basis.data or "",
    )


@bp.post("/desk/<sheet_id>/extend")
@allow(ASSEMBLE)
def extend_quiz(sheet_id: str) -> Any:
    """Move the closing time of an open quiz to later."""
    sheet = fetch_sheet(sheet_id)
    form = ExtendForm(viewer().time_zone)
    if form.validate_on_submit() and form.closes_at.moment:
        try:
            authoring.extend(viewer(), sheet_id, form.closes_at.moment, form.reason.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("The closing time is moved, and the reason recorded."))
            return redirect(url_for("quizzes.quiz_settings", sheet_id=sheet_id), 303)
    return _settings_page(sheet, _filled(sheet), form)


@bp.route("/desk/<sheet_id>/audience", methods=["GET", "POST"])
@allow(ASSEMBLE)
def quiz_audience(sheet_id: str) -> Any:
    """Show who a quiz is for; add a line, or take one out."""
    sheet = fetch_sheet(sheet_id)
    roles = [SelectChoice("", _("Everybody"))]
    roles += [SelectChoice(role.value, _role_word(role)) for role in AUDIENCE_ROLES]
    form = AudienceForm(unit_choices(), roles)
    lines = authoring.list_audience(viewer(), sheet)
    if request.method == "POST":
        wanted = [(line.unit_public_id, line.role) for line in lines]
        dropped = request.form.get("drop", "")
        is_valid = bool(dropped) or form.validate()
        if dropped:
            wanted = [pair for pair in wanted if ":".join(pair) != dropped]
        elif is_valid:
            wanted.append((form.unit.data, form.role.data or ""))
        if is_valid:
            try:
                authoring.set_audience(viewer(), sheet_id, wanted)
                return redirect(url_for("quizzes.quiz_audience", sheet_id=sheet_id), 303)
            except Refusal as refusal:
                form.refuse(refusal)
    page = SimpleNamespace(
        sheet=sheet,
        lines=lines,
        roles={choice.value: choice.label for choice in roles},
        modes=desk_words.mode_names(),
        states=desk_words.state_names(),
    )
    return render_template("quizzes/desk_audience.html", page=page, form=form), form.status


def _role_word(role: Role) -> str:
    return {
        Role.LEADER: _("Team leaders"),
        Role.LEARNING_REP: _("Learning reps"),
        Role.ORGANISER: _("Organisers"),
        Role.SAFETY_TRAINER: _("Safety trainers"),
    }[role]


def factor_names() -> dict[str, str]:
    """Return what the amounts of additional time are called, by the value of their field."""
    return {"1.25": _("A quarter more"), "1.5": _("Half as much again"), "0": _("No clock")}


@bp.route("/desk/time", methods=["GET", "POST"])
@allow(ASSEMBLE)
def more_time() -> Any:
    """Show who has more time in every quiz with a clock, and give it to somebody."""
    names = factor_names()
    form = MoreTimeForm([SelectChoice(*pair) for pair in names.items()])
    if form.validate_on_submit():
        try:
            factor = float(form.factor.data) if form.factor.data in names else -1.0
            name = authoring.grant_more_time(viewer(), form.employee_number.data or "", factor)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("%(name)s has more time from the next quiz on.", name=name))
            return redirect(url_for("quizzes.more_time"), 303)
    people = authoring.list_more_time(viewer())
    page = SimpleNamespace(people=people, names={float(key): word for key, word in names.items()})
    return render_template("quizzes/desk_time.html", page=page, form=form), form.status


@bp.post("/desk/time/<person_id>/end")
@allow(ASSEMBLE)
def end_more_time(person_id: str) -> Any:
    """Take the additional time of a person back."""
    try:
        authoring.revoke_more_time(viewer(), person_id)
    except LookupError:
        abort(404)
    flash(_("The additional time has ended. Attempts that have begun keep theirs."))
    return redirect(url_for("quizzes.more_time"), 303)
