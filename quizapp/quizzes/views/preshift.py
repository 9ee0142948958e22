"""The question before a shift on a phone: answer for the team, hear why, print a week of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank.items import Prompt
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.org.service import UnitLine

from .. import rules
from ..rules import Shift
from ..service import preshift
from .blueprint import bp


@dataclass(frozen=True)
class TileRow:
    """An option as a large tile. ``mark`` is empty before the answer: right, mine or rest after."""

    id: str
    letter: str
    text: str
    mark: str


@dataclass(frozen=True)
class AskPage:
    """The question of a team for a shift; what it is told after its answer, None before."""

    team: UnitLine
    teams: list[UnitLine]
    shift: Shift
    prompt: Prompt | None
    tiles: list[TileRow]
    preshift_id: str | None
    claim: str
    way: str
    code: str | None
    told: preshift.Told | None
    key_word: str
    lines: list[preshift.Line]
    days: list[date]
    kept: dict[str, str]
    chosen: str
    note: str | None


def shift_name(slot: str) -> str:
    """Return what a shift is called."""
    return {
        rules.EARLY: _("Early shift"),
        rules.MIDDLE: _("Middle shift"),
        rules.NIGHT: _("Night shift"),
    }[slot]


@bp.get("/preshift")
@allow(Permission.RECORD_GROUP)
def ask_team() -> Any:
    """Show the question of the present shift to who may answer it for the team."""
    return render_template("quizzes/preshift.html", page=_present_page())


@bp.get("/preshift/<preshift_id>")
@allow(Permission.RECORD_GROUP)
def ask_of(preshift_id: str) -> Any:
    """Show a stored question: its form, or what came of it."""
    try:
        page = _stored_page(preshift_id)
    except LookupError:
        abort(404)
    return render_template("quizzes/preshift.html", page=page)


@bp.post("/preshift")
@allow(Permission.RECORD_GROUP)
def record_team() -> Any:
    """Store what the team answered; the same form sent again shows the same."""
    entry = preshift.Entry(
        claim=request.form.get("claim", "")[:600],
        option=request.form.get("option", "")[:80],
        hands=hands_of_form(),
        way=request.form.get("way", "")[:10],
    )
    try:
        preshift_id = preshift.record(viewer(), entry)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        if refusal.field not in ("option", "hands"):
            raise
        return _again(entry, refusal)
    return redirect(url_for("quizzes.ask_of", preshift_id=preshift_id) + "#verdict", 303)


@bp.post("/preshift/sheet")
@allow(Permission.RECORD_GROUP)
def print_sheet() -> Any:
    """Lay a week of questions of a team out for paper, the key on a page of its own."""
    slot = request.form.get("slot", "")
    if slot not in rules.SLOTS:
        raise Refusal(_("Choose a shift from the list."), status=422)
    first = _first_day()
    try:
        sheet = preshift.print_week(viewer(), request.form.get("team"), first=first, slot=slot)
    except LookupError:
        abort(404)
    return render_template(
        "quizzes/preshift_sheet.html", sheet=sheet, shift_name=shift_name(slot), first=first
    )


def hands_of_form() -> dict[str, str]:
    """Return how many hands the form names for each option, as they were typed."""
    return {
        name.partition(".")[2][:80]: value[:8]
        for name, value in list(request.form.items())[:20]
        if name.startswith("hands.")
    }


def _first_day() -> date:
    """Return the first day of a sheet: one of the two weeks ahead, today when nothing fits."""
    today = preshift.present_shift(viewer().organisation_id).day
    try:
        first = date.fromisoformat(request.form.get("first", ""))
    except ValueError:
        return today
    return first if first in _days_of_sheets(today) else today


def _days_of_sheets(today: date) -> list[date]:
    return [today + timedelta(days=n) for n in range(8)]


def _present_page(note: str | None = None) -> AskPage:
    who = viewer()
    try:
        team = preshift.get_team(who, request.args.get("team"))
    except LookupError:
        abort(404)
    shift = preshift.present_shift(who.organisation_id)
    found = preshift.find_question(who.organisation_id, team, shift)
    return _page(team, shift, shift, found, note)


def _stored_page(preshift_id: str) -> AskPage:
    found = preshift.get_question(viewer(), preshift_id)
    team = preshift.get_team(viewer(), found.unit_public_id)
    now = preshift.present_shift(viewer().organisation_id)
    return _page(team, found.shift, now, found, None)


def _page(
    team: UnitLine, shift: Shift, now: Shift, found: preshift.Question | None, note: str | None
) -> AskPage:
    told = found.told if found else None
    tiles = _tiles(found.prompt, told) if found else []
    right = next((tile for tile in tiles if told and tile.id == told.right), None)
    return AskPage(
        team=team,
        teams=preshift.list_teams(viewer()),
        shift=shift,
        prompt=found.prompt if found and rules.may_enter(shift, now) else None,
        tiles=tiles,
        preshift_id=found.public_id if found else None,
        claim=found.claim if found and not told else "",
        way=rules.TV if shift == now else rules.PAPER,
        code=preshift.code_of(team.public_id, now) if shift == now and not told else None,
        told=told,
        key_word=f"{right.letter} {right.text}" if right else "",
        lines=preshift.list_lines(viewer().organisation_id, team, now),
        days=_days_of_sheets(now.day),
        kept={},
        chosen="",
        note=note,
    )


def _tiles(prompt: Prompt, told: preshift.Told | None) -> list[TileRow]:
    def mark(option_id: str) -> str:
        if told is None:
            return ""
        is_mine = option_id == told.chosen
        return "right" if option_id == told.right else "mine" if is_mine else "rest"

    words = {"true": _("True"), "false": _("False")} if prompt.kind == "true_false" else {}
    return [
        TileRow(one.id, one.letter, words.get(one.id, one.text), mark(one.id))
        for one in prompt.options
    ]


def _again(entry: preshift.Entry, refusal: Refusal) -> Any:
    """Show the form once more with what was wrong and what was typed."""
    try:
        stored = request.form.get("preshift", "")
        page = _stored_page(stored) if stored else _present_page()
    except LookupError:
        abort(404)
    page = replace(page, note=refusal.message, kept=dict(entry.hands), chosen=entry.option)
    return render_template("quizzes/preshift.html", page=page), refusal.status
