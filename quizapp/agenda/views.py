"""Pages of the agenda: one's own tasks, and assigning."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal
from quizapp.core.i18n import format_day

from . import rules, service
from .forms import AssignForm

bp = Blueprint("agenda", __name__, url_prefix="/tasks")
ASSIGN = Permission.ASSIGN_TASKS
LISTS = ("open", "done", "past")
FIRST_PROPOSAL = timedelta(days=7)


@bp.get("")
@allow(Permission.TAKE_PART)
def tasks() -> Any:
    """Show one's own tasks: to do, done, or over."""
    shown = request.args.get("view", LISTS[0])
    return render_template(
        "agenda/tasks.html",
        page=service.list_tasks(viewer()),
        shown=shown if shown in LISTS else LISTS[0],
        limit=rules.WEEK_LIMIT,
    )


@bp.post("/<task_id>/aside")
@allow(Permission.TAKE_PART)
def put_aside(task_id: str) -> Any:
    """Put a task aside for now, or take it up again."""
    is_aside = request.form.get("aside", "1") == "1"
    try:
        service.put_aside(viewer(), task_id, is_aside=is_aside)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Put aside. Only you see this.") if is_aside else _("Back on the list."))
    return redirect(url_for("agenda.tasks"), 303)


@bp.get("/assigned")
@allow(ASSIGN)
def assigned() -> Any:
    """Show what was assigned, with counts and without names of who did it."""
    view = request.args.get("view", service.OWN)
    page = service.list_assigned(
        viewer(),
        view if view in service.VIEWS else service.OWN,
        http.whole_number(request.args.get("page"), 1) or 1,
    )
    return render_template("agenda/assigned.html", page=page)


@bp.get("/assigned/<assignment_id>")
@allow(ASSIGN)
def show_assigned(assignment_id: str) -> Any:
    """Show one assigned task, and take it back from here."""
    try:
        task = service.get_assigned(viewer(), assignment_id)
    except LookupError:
        abort(404)
    return render_template("agenda/show_assigned.html", task=task)


@bp.post("/assigned/<assignment_id>/withdraw")
@allow(ASSIGN)
def withdraw(assignment_id: str) -> Any:
    """Take a task back."""
    try:
        service.withdraw(viewer(), assignment_id)
    except LookupError:
        abort(404)
    flash(_("Taken back. It is in nobody's list any more."))
    return redirect(url_for("agenda.assigned"), 303)


@bp.get("/assign")
@allow(ASSIGN)
def begin() -> Any:
    """Show the form that assigns a task."""
    due_on = service.today_of(viewer()) + FIRST_PROPOSAL
    return _page(formdata=None, due_on=due_on, subject=request.args.get("subject", ""))


@bp.post("/assign")
@allow(ASSIGN)
def assign() -> Any:
    """Assign a task; or look for people, or take the better day, and show the form again."""
    form = AssignForm(())
    if "search" in request.form:
        return _page(form=form)
    moved_to = _day(request.form.get("move_to"))
    if moved_to:
        form.due_on.process_data(moved_to)
        form.due_on.raw_data = [moved_to.isoformat()]
    better_on = None
    if form.validate():
        try:
            service.assign(viewer(), _draft(form))
            flash(_("Assigned. It is in the list of everybody it is for."))
            return redirect(url_for("agenda.assigned"), 303)
        except service.TooMuch as too_much:
            better_on = too_much.better_on
            form.refuse(too_much)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(form=form, better_on=better_on)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _draft(form: AssignForm) -> service.Draft:
    kind, _colon, subject_id = (form.subject.data or "").partition(":")
    return service.Draft(
        kind=kind,
        subject_id=subject_id,
        units=tuple(form.units.data or ()),
        people=tuple(form.people.data or ()),
        due_on=form.due_on.data,
        wish=form.wish.data or "",
        note=form.note.data or "",
        legal_basis=form.legal_basis.data or "",
    )


def _page(*, form: AssignForm | None = None, better_on: date | None = None, **first: Any) -> Any:
    """Show the form with what can be chosen; what was chosen before stays chosen."""
    offers = service.list_offers(viewer())
    form = form or AssignForm((), **first)
    form.subject.choices = [SelectChoice("", _("Choose"))] + [
        SelectChoice(offer.key, _offer_words(offer)) for offer in offers
    ]
    if not service.may_ask_by_law(viewer()):
        form.wish.choices = [one for one in form.wish.choices if one.value != rules.STATUTORY]
    units = service.list_units(viewer(), form.find.data or "", form.units.data or ())
    if first and len(units) == 1:  # a team leader's own team needs no choosing
        form.units.data = [units[0].public_id]
    chosen_people = service.list_chosen_people(viewer(), form.people.data or ())
    found = service.search_people(viewer(), form.find.data or "")
    chosen_ids = {person.public_id for person in chosen_people}
    return (
        render_template(
            "agenda/assign.html",
            form=form,
            has_offers=bool(offers),
            units=units,
            chosen_people=chosen_people,
            found=[person for person in found if person.public_id not in chosen_ids],
            better_on=better_on,
            limit=rules.WEEK_LIMIT,
        ),
        form.status,
    )


def _offer_words(offer: service.Offer) -> str:
    """Return a thing as the select names it: what it is called, how long it takes, until when."""
    if offer.closes_on is None:
        return _("%(title)s (%(kind)s)", title=offer.title, kind=offer.word)
    return _(
        "%(title)s (%(kind)s, open until %(day)s)",
        title=offer.title,
        kind=offer.word,
        day=format_day(offer.closes_on),
    )
