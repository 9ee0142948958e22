"""The assembly desk: the list of quizzes, a new one, and the workbench where rules are written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.forms import Refusal
from quizapp.core.http import is_fragment_request, whole_number
from quizapp.items.service import kind_names, topics

from .. import rules
from ..forms import NewQuizForm
from ..service import authoring
from ..service.authoring import Sheet
from . import desk_words
from .blueprint import bp
from .desk_rows import INDENT, RulesInput, TopicChoices, apply, read_input, to_blueprint, to_input

ASSEMBLE = Permission.ASSEMBLE_QUIZZES
DESK_MODES = (rules.WEEKLY, rules.THEMED, rules.EXAM)  # a statutory exam begins with its course
MOST_SAMPLES = 9999
METER = 100  # a meter is full from so many usable questions on


@bp.get("/desk")
@allow(ASSEMBLE)
def desk() -> Any:
    """Show the quizzes of one's own scope."""
    views = desk_words.state_names()
    view = request.args.get("view", "")
    view = view if view in views else ""
    found = authoring.list_quizzes(
        viewer(), view, before=whole_number(request.args.get("before"), 0) or None
    )
    tabs = [("", _("All"), sum(found.counts.values()), url_for("quizzes.desk"))]
    tabs += [
        (key, word, found.counts[key], url_for("quizzes.desk", view=key))
        for key, word in views.items()
    ]
    page = SimpleNamespace(
        found=found,
        view=view,
        tabs=tabs,
        modes=desk_words.mode_names(),
        states=views,
        older_url=url_for("quizzes.desk", view=view or None, before=found.before)
        if found.before
        else None,
    )
    return render_template("quizzes/desk.html", page=page)


def unit_choices() -> list[SelectChoice]:
    """Return the units of the viewer's scope, indented by depth."""
    units = authoring.list_units_in_scope(viewer())
    top = min((unit.depth for unit in units), default=0)
    return [SelectChoice(unit.public_id, INDENT * (unit.depth - top) + unit.name) for unit in units]


@bp.route("/desk/new", methods=["GET", "POST"])
@allow(ASSEMBLE)
def new_quiz() -> Any:
    """Ask for the little that a first draft needs, then open it."""
    choices = topic_choices()
    names = desk_words.mode_names()
    form = NewQuizForm(
        [SelectChoice(mode, names[mode]) for mode in DESK_MODES],
        unit_choices(),
        [SelectChoice(*choice) for choice in choices.choices],
        count=10,
        mode=rules.THEMED,
    )
    if form.validate_on_submit():
        new = authoring.NewQuiz(
            mode=form.mode.data,
            name=form.name.data,
            unit_public_id=form.unit.data,
            count=form.count.data or 1,
            topics=choices.names(form.topic.data or ""),
        )
        try:
            return redirect(
                url_for("quizzes.edit_quiz", sheet_id=authoring.create_quiz(viewer(), new))
            )
        except Refusal as refusal:
            form.refuse(refusal)
    points = desk_words.mode_points()
    modes = [(names[mode], points[mode]) for mode in DESK_MODES]
    return render_template("quizzes/desk_new.html", form=form, modes=modes), form.status


def topic_choices() -> TopicChoices:
    """Return the topics of the bank for a select."""
    return TopicChoices(topics.list_topics(viewer().organisation_id, is_counted=False))


def fetch_sheet(sheet_id: str) -> Sheet:
    """Return a quiz of the viewer's scope, or answer 404."""
    try:
        return authoring.get_sheet(viewer(), sheet_id)
    except LookupError:
        abort(404)


@bp.get("/desk/<sheet_id>")
@allow(ASSEMBLE)
def edit_quiz(sheet_id: str) -> Any:
    """Show the workbench of a quiz: its rules, what they yield, and a sample paper."""
    sheet = fetch_sheet(sheet_id)
    choices = topic_choices()
    return _workbench(sheet, to_input(sheet.blueprint, choices), choices)


@bp.post("/desk/<sheet_id>")
@allow(ASSEMBLE)
def save_quiz(sheet_id: str) -> Any:
    """Do what a button says with the rows, and save them when they make sense."""
    sheet = fetch_sheet(sheet_id)
    choices = topic_choices()
    typed = read_input(request.form)
    goal = apply(typed, request.form.get("do", ""))
    plan = to_blueprint(typed, choices)
    revision = whole_number(request.form.get("revision"), 0)
    refusal = None
    if plan is not None:
        try:
            authoring.save_rules(viewer(), sheet_id, plan, revision)
        except LookupError:
            abort(404)
        except Refusal as caught:
            refusal = caught
    if plan is None or refusal:
        # A field half typed is no failure of what the script asked: to hear what is wrong.
        status = 200 if is_fragment_request() else refusal.status if refusal else 422
        return _workbench(sheet, typed, choices, refusal=refusal, revision=revision), status
    if is_fragment_request():
        return _workbench(fetch_sheet(sheet_id), typed, choices, is_saved=True)
    anchor = None if goal is None else f"row-{goal}"
    return redirect(url_for("quizzes.edit_quiz", sheet_id=sheet_id, _anchor=anchor), 303)


def _workbench(
    sheet: Sheet,
    typed: RulesInput,
    choices: TopicChoices,
    *,
    refusal: Refusal | None = None,
    revision: int | None = None,
    is_saved: bool = False,
) -> str:
    """Draw the workbench, or for a script only what changes on it, from rows as they were typed."""
    plan = None if typed.is_faulty else to_blueprint(typed, choices)
    figures = authoring.get_figures(viewer(), sheet, plan)
    number = min(max(1, whole_number(request.args.get("sample"), 1)), MOST_SAMPLES)
    may_read_bank = viewer().may(Permission.READ_BANK)
    is_same = plan is not None
    page = SimpleNamespace(
        sheet=sheet,
        typed=typed,
        choices=choices,
        topics=choices.choices,
        kinds=kind_names(),
        difficulties=desk_words.difficulty_names(),
        modes=desk_words.mode_names(),
        states=desk_words.state_names(),
        figures=figures,
        most_available=min(max((row.available for row in figures.rows), default=0), METER) or 1,
        words=[
            desk_words.row_words(row, line, choices, may_read_bank=may_read_bank)
            for row, line in zip(figures.rows, typed.rows, strict=True)
        ]
        if is_same
        else [None] * len(typed.rows),
        obstacles=authoring.obstacles(sheet, figures) if sheet.is_draft else [],
        sample=authoring.get_sample(viewer(), sheet, number, plan),
        refusal=refusal,
        revision=sheet.revision if revision is None else revision,
        saved_at=clock.now() if is_saved else None,
        is_current=is_same,
    )
    name = "quizzes/_desk_live.html" if is_fragment_request() else "quizzes/desk_rules.html"
    return render_template(name, page=page)


@bp.get("/desk/<sheet_id>/sample")
@allow(ASSEMBLE)
def sample(sheet_id: str) -> Any:
    """Show another sample paper; a script puts it in the place of the one before."""
    sheet = fetch_sheet(sheet_id)
    number = min(max(1, whole_number(request.args.get("sample"), 1)), MOST_SAMPLES)
    if not is_fragment_request():
        return redirect(url_for("quizzes.edit_quiz", sheet_id=sheet_id, sample=number))
    page = SimpleNamespace(
        sheet=sheet,
        sample=authoring.get_sample(viewer(), sheet, number),
        figures=authoring.get_figures(viewer(), sheet),
    )
    return render_template("quizzes/_desk_sample.html", page=page)
