"""Pages about displays: list, pair, change, find one by its flash, unpair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.boards import rules
from quizapp.boards import service as boards
from quizapp.core.forms import Refusal
from quizapp.core.http import absolute_url, whole_number

from ..forms.displays import PAGE_NAMES, PLACES, DisplayForm, DisplaySettingsForm, PairForm
from ..forms.displays import unit_choices as choices_of
from .blueprint import bp

MANAGE = Permission.MANAGE_DISPLAYS


@dataclass(frozen=True)
class DisplaysPage:
    """The list, with one display chosen or the form that pairs another one."""

    found: boards.DisplayList
    asked: boards.Asked
    selected: boards.DisplayDetails | None
    pair_address: str
    page_names: dict[str, str]
    older_url: str | None
    newer_url: str | None

    @property
    def is_adding(self) -> bool:
        """Tell whether the page asks for a code."""
        return self.selected is None


def _asked() -> boards.Asked:
    return boards.Asked(
        q=request.args.get("q", "").strip()[:80],
        plant=request.args.get("plant", "")[:24],
        page=request.args.get("page", "")[:10],
        needs_look=request.args.get("look") == "1",
        number=max(1, whole_number(request.args.get("n"), 1)),
    )


def list_url(asked: boards.Asked, **more: Any) -> str:
    """Return the address of the list, narrowed down as it is."""
    kept = {
        "q": asked.q,
        "plant": asked.plant,
        "page": asked.page,
        "look": "1" if asked.needs_look else "",
        "n": asked.number if asked.number > 1 else "",
        **more,
    }
    return url_for("admin.displays", **{name: value for name, value in kept.items() if value})


def _page(
    *,
    chosen_id: str | None = None,
    pair_form: PairForm | None = None,
    display_form: DisplaySettingsForm | None = None,
    status: int = 200,
) -> Any:
    """Show the displays with one chosen, or the form that pairs another one."""
    asked = _asked()
    try:
        chosen = boards.get_display(viewer(), chosen_id) if chosen_id else None
        found = boards.list_displays(viewer(), asked)
    except LookupError:
        abort(404)
    page = DisplaysPage(
        found=found,
        asked=asked,
        selected=chosen,
        pair_address=absolute_url("boards.pair"),
        page_names={name: str(word) for name, word in PAGE_NAMES.items()},
        older_url=list_url(asked, n=asked.number + 1) if asked.number < found.pages else None,
        newer_url=list_url(asked, n=asked.number - 1) if asked.number > 1 else None,
    )
    if chosen is None:
        code = request.args.get("code", "")[:20]
        pair_form = _offered(pair_form or PairForm(formdata=None, code=code))
    else:
        display_form = _offered(display_form or _settings_of(chosen))
    return (
        render_template(
            "admin/displays.html",
            page=page,
            list_url=list_url,
            pair_form=pair_form,
            display_form=display_form,
        ),
        status,
    )


def _offered(form: Any) -> Any:
    """Offer the units of the scope to a form: what is chosen and what was looked for among them."""
    chosen = [form.unit.data] if form.unit.data else []
    form.unit.choices = choices_of(boards.list_units(viewer(), form.find.data or "", chosen))
    return form


def _settings_of(chosen: boards.DisplayDetails) -> DisplaySettingsForm:
    pages: dict[str, Any] = {}
    for n, (name, seconds) in zip(PLACES, chosen.pages, strict=False):
        pages |= {f"page_{n}": name, f"seconds_{n}": seconds}
    return DisplaySettingsForm(
        formdata=None,
        name=chosen.line.name,
        unit=chosen.unit_public_id,
        distance_m=chosen.line.distance_m,
        theme=chosen.line.theme,
        hours=chosen.hours,
        awake=chosen.awake,
        **pages,
    )


def _is_search(form: DisplayForm) -> bool:
    return bool(request.form.get("search") and form.is_submitted())


@bp.get("/displays")
@allow(MANAGE)
def displays() -> Any:
    """Show the displays of the viewer's scope."""
    return _page(chosen_id=request.args.get("display"))


@bp.post("/displays")
@allow(MANAGE)
def pair_display() -> Any:
    """Pair the display that shows a code."""
    form = PairForm()
    if _is_search(form):
        return _page(pair_form=form)
    if form.validate_on_submit():
        try:
            paired = boards.pair(
                viewer(),
                code=form.code.data or "",
                unit_public_id=form.unit.data,
                name=form.name.data or "",
                distance_m=form.distance_m.data,
                theme=form.theme.data,
            )
            flash(_("Paired. The display switches to the board by itself."))
            return redirect(url_for("admin.displays", display=paired))
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(pair_form=form, status=422)


@bp.post("/displays/<display_id>")
@allow(MANAGE)
def change_display(display_id: str) -> Any:
    """Change where a display hangs, how it looks and what it turns through."""
    form = DisplaySettingsForm()
    if _is_search(form):
        return _page(chosen_id=display_id, display_form=form)
    if form.validate_on_submit():
        try:
            boards.change_display(viewer(), display_id, form.look())
            flash(_("Saved."))
            return redirect(url_for("admin.displays", display=display_id))
        except LookupError:
            abort(404)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(chosen_id=display_id, display_form=form, status=422)


@bp.post("/displays/<display_id>/flash")
@allow(MANAGE)
def flash_display(display_id: str) -> Any:
    """Let a display show its name in large for ten seconds."""
    try:
        name = boards.identify(viewer(), display_id)
        flash(_("%(name)s flashes for %(n)s seconds.", name=name, n=rules.FLASH_SECONDS))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("admin.displays", display=display_id), 303)


@bp.post("/displays/<display_id>/unpair")
@allow(MANAGE)
def revoke_display(display_id: str) -> Any:
    """Unpair a display."""
    try:
        boards.revoke(viewer(), display_id)
    except LookupError:
        abort(404)
    flash(_("Unpaired. The display shows its pairing page again."))
    return redirect(url_for("admin.displays"))
