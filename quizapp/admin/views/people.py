"""Pages about people: list, one person, add, edit, move, close, roles, sign-in cards."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts import service as accounts
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.accounts.service import NewPerson, PersonLine
from quizapp.accounts.service.people import PAGE_LENGTH
from quizapp.core.forms import Refusal
from quizapp.core.http import absolute_url, whole_number
from quizapp.org import service as org

from .. import service
from ..forms import EditPersonForm, MoveForm, PersonForm, RoleForm
from .blueprint import bp

MANAGE = Permission.MANAGE_PEOPLE


@bp.get("/people")
@allow(MANAGE)
def people() -> Any:
    """Show the people of a unit, with the tree of units beside them."""
    try:
        around = service.get_unit_page(viewer(), request.args.get("unit"))
    except LookupError:
        abort(404)
    asked: dict[str, Any] = {name: request.args.get(name, "") for name in ("q", "role", "state")}
    number = max(1, whole_number(request.args.get("page"), 1))
    is_top = around.parent_name is None
    found = accounts.list_people(
        viewer(),
        below="/" if is_top else around.unit.path,
        search=asked["q"],
        role=asked["role"],
        state=asked["state"],
        number=number,
    )

    def to_page(other: int) -> str:
        return url_for("admin.people", unit=around.unit.public_id, page=other, **asked)

    page = SimpleNamespace(
        title=around.unit.name,
        parent=around.parent_name,
        unit_id=around.unit.public_id,
        units=[_tree_link(unit) for unit in around.tree],
        search=asked["q"],
        role=asked["role"],
        state=asked["state"],
        people=found.people,
        total=found.total,
        team_count=around.teams,
        number=number,
        pages=-(-found.total // PAGE_LENGTH),
        previous_url=to_page(number - 1) if number > 1 else None,
        next_url=to_page(number + 1) if found.has_next else None,
    )
    return render_template("admin/people.html", page=page)


def _tree_link(unit: service.TreeUnit) -> Any:
    return SimpleNamespace(
        name=unit.name,
        url=url_for("admin.people", unit=unit.public_id),
        depth=unit.depth,
        count=unit.count,
        is_on=unit.is_on,
        is_open=unit.is_open,
        has_children=unit.has_children,
    )


def fetch_person(public_id: str) -> PersonLine:
    """Return a person of the viewer's scope, or answer 404."""
    try:
        return accounts.get_person(viewer(), public_id)
    except LookupError:
        abort(404)


def _list_url(found: PersonLine) -> str:
    return url_for("admin.people", unit=found.unit_public_id)


def _person_page(public_id: str, *, refused: Any = None, status: int = 200) -> Any:
    """Show a person; ``refused`` is a form whose errors are to be shown, by its class."""
    found = fetch_person(public_id)
    units = service.unit_choices(viewer(), MANAGE)
    today = org.today(viewer().organisation_id)
    forms = {
        MoveForm: MoveForm(units, formdata=None, since=today, unit=found.unit_public_id),
        RoleForm: RoleForm(units, formdata=None, unit=found.unit_public_id),
    }
    if refused is not None:
        forms[type(refused)] = refused
    page = SimpleNamespace(
        person=found,
        back_url=_list_url(found),
        unit_path=_path_words(found),
        memberships=[
            SimpleNamespace(unit_name=name, starts_on=starts_on, ends_on=ends_on)
            for name, starts_on, ends_on in org.list_memberships(found.id)
        ],
        is_self=found.id == viewer().id,
    )
    return (
        render_template(
            "admin/person.html", page=page, move_form=forms[MoveForm], role_form=forms[RoleForm]
        ),
        status,
    )


def _path_words(found: PersonLine) -> str:
    """Return the names of the units from the top down to a person's own."""
    if not found.unit_path:
        return ""
    ids = [int(part) for part in found.unit_path.strip("/").split("/")]
    units = org.get_units(ids)
    return " / ".join(units[unit_id].name for unit_id in ids if unit_id in units)


@bp.get("/people/<person_id>")
@allow(MANAGE)
def person(person_id: str) -> Any:
    """Show one person."""
    return _person_page(person_id)


@bp.route("/people/add", methods=["GET", "POST"])
@allow(MANAGE)
def add_person() -> Any:
    """Add a person to a unit."""
    today = org.today(viewer().organisation_id)
    form = PersonForm(
        service.unit_choices(viewer(), MANAGE), since=today, unit=request.args.get("unit")
    )
    if form.validate_on_submit():
        try:
            added = accounts.add_person(
                viewer(),
                NewPerson(
                    name=form.name.data or "",
                    employee_number=form.employee_number.data or "",
                    post=form.post.data or "",
                    unit_public_id=form.unit.data,
                    since=form.since.data or today,
                ),
            )
            flash(_("%(name)s is added.", name=form.name.data))
            return redirect(url_for("admin.person", person_id=added))
        except Refusal as refusal:
            form.refuse(refusal)
    page = SimpleNamespace(
        is_new=True,
        back_url=url_for("admin.people", unit=request.args.get("unit")),
        back_label=_("People and units"),
    )
    return render_template("admin/person_form.html", page=page, form=form), form.status


@bp.route("/people/<person_id>/edit", methods=["GET", "POST"])
@allow(MANAGE)
def edit_person(person_id: str) -> Any:
    """Change a person's name and post."""
    found = fetch_person(person_id)
    form = EditPersonForm(name=found.name, post=found.post)
    if form.validate_on_submit():
        accounts.change_person(
            viewer(), person_id, name=form.name.data or "", post=form.post.data or ""
        )
        flash(_("Saved."))
        return redirect(url_for("admin.person", person_id=person_id))
    page = SimpleNamespace(
        is_new=False,
        back_url=url_for("admin.person", person_id=person_id),
        back_label=found.name,
    )
    return render_template("admin/person_form.html", page=page, form=form), form.status


@bp.post("/people/<person_id>/move")
@allow(MANAGE)
def move_person(person_id: str) -> Any:
    """Move a person to another unit from a day on."""
    fetch_person(person_id)
    form = MoveForm(service.unit_choices(viewer(), MANAGE))
    if form.validate_on_submit() and form.since.data:
        try:
            accounts.move_person(viewer(), person_id, form.unit.data, form.since.data)
            flash(_("Moved. Points earned before stay with the old team."))
            return redirect(url_for("admin.person", person_id=person_id))
        except Refusal as refusal:
            form.refuse(refusal)
    return _person_page(person_id, refused=form, status=422)


@bp.post("/people/<person_id>/close")
@allow(MANAGE)
def deactivate(person_id: str) -> Any:
    """Close a person's account."""
    found = fetch_person(person_id)
    accounts.deactivate(viewer(), person_id)
    flash(_("The account of %(name)s is closed.", name=found.name))
    return redirect(_list_url(found))


@bp.post("/people/<person_id>/reopen")
@allow(MANAGE)
def reactivate(person_id: str) -> Any:
    """Open a person's account again, in a unit."""
    found = fetch_person(person_id)
    accounts.reactivate(viewer(), person_id, request.form.get("unit", ""))
    flash(_("The account of %(name)s is open again.", name=found.name))
    return redirect(url_for("admin.person", person_id=person_id))


@bp.post("/people/<person_id>/roles")
@allow(MANAGE)
def grant_role(person_id: str) -> Any:
    """Give a person a role."""
    fetch_person(person_id)
    form = RoleForm(service.unit_choices(viewer(), MANAGE))
    if form.validate_on_submit():
        try:
            accounts.grant_role(viewer(), person_id, form.role.data, form.unit.data)
            flash(_("Saved."))
            return redirect(url_for("admin.person", person_id=person_id))
        except Refusal as refusal:
            form.refuse(refusal)
    return _person_page(person_id, refused=form, status=422)


@bp.post("/people/<person_id>/roles/revoke")
@allow(MANAGE)
def revoke_role(person_id: str) -> Any:
    """Take a role from a person."""
    fetch_person(person_id)
    unit_id = whole_number(request.form.get("unit_id"), 0)
    accounts.revoke_role(viewer(), person_id, request.form.get("role", ""), unit_id)
    flash(_("Saved."))
    return redirect(url_for("admin.person", person_id=person_id))


@bp.post("/people/cards")
@allow(MANAGE)
def login_cards() -> Any:
    """Ask first, then make new one-time passwords and show the sheet of cards, once."""
    chosen = request.form.getlist("person")[:200]
    found = [fetch_person(public_id) for public_id in chosen]
    back_url = url_for("admin.people", unit=request.form.get("unit"))
    if not found:
        raise Refusal(_("Choose at least one person."), status=422)
    is_confirmed = request.form.get("confirmed") == "1"
    page = SimpleNamespace(
        is_ready=is_confirmed,
        people=found,
        cards=accounts.print_cards(viewer(), chosen) if is_confirmed else [],
        organisation_name=viewer().organisation_name,
        back_url=back_url,
        qr_url=segno.make(absolute_url("accounts.sign_in"), error="m").svg_data_uri(
            border=1, scale=4
        ),
    )
    return render_template("admin/login_cards.html", page=page)
