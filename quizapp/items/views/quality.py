"""The quality desk: what the numbers say about questions, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from question_bank.items import Choosable, Hotspot, TrueFalse
from question_bank.psychometrics import response_time
from question_bank.psychometrics.distractors import OptionNumbers
from question_bank.psychometrics.flags import LEAST_RESPONSES, percent
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from ..service import quality as service
from ..service.flagging import letters_of
from ..service.numbers import LEAST_PEOPLE
from ..service.quality import FlagList, ItemQualityView
from ..wording import kind_names
from .blueprint import bp
from .flag_words import option_word
from .quality_chart import Chart, Histogram, Shares, draw_shares, draw_times, group_shares


@dataclass(frozen=True)
class OptionRow:
    """An option in the table below the chart."""

    letter: str
    text: str
    is_key: bool
    chosen: int
    percent: int
    correlation: float | None


@dataclass(frozen=True)
class Drawn:
    """What is drawn of an item that has figures."""

    facility: int
    median: float | None
    rapid: int
    omitted: int
    options: tuple[OptionRow, ...]
    shares: tuple[Shares, ...]
    wide: Chart | None
    narrow: Chart | None
    times: Histogram | None


@bp.get("/quality")
@allow(Permission.READ_BANK)
def quality() -> Any:
    """Show the flagged questions, the gravest one opened."""
    flagged = service.list_flagged(viewer())
    if not flagged.items:
        return _render(flagged, None)
    return _show(flagged, flagged.items[0].public_id)


@bp.get("/quality/<item_id>")
@allow(Permission.READ_BANK)
def quality_item(item_id: str) -> Any:
    """Show the numbers of a question beside the list of flagged ones."""
    return _show(service.list_flagged(viewer()), item_id)


@bp.post("/quality/<item_id>/stands")
@allow(Permission.WRITE_ITEMS)
def quality_let_stand(item_id: str) -> Any:
    """Note why a flag may stand, and silence it."""
    try:
        service.let_stand(
            viewer(), item_id, request.form.get("flag", ""), request.form.get("note", "")
        )
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _show(service.list_flagged(viewer()), item_id, refusal), refusal.status
    flash(_("Noted. The flag comes back when the numbers get clearly worse."))
    return redirect(url_for("items.quality_item", item_id=item_id), 303)


@bp.post("/quality/<item_id>/suspend")
@allow(Permission.WRITE_ITEMS)
def quality_suspend(item_id: str) -> Any:
    """Keep a question out of new sets until it is revised, or let it in again."""
    is_suspended = request.form.get("suspended") == "1"
    try:
        service.set_suspended(viewer(), item_id, is_suspended=is_suspended)
    except LookupError:
        abort(404)
    if is_suspended:
        flash(_("Suspended until a revision is published. It stands among the drafts."))
    else:
        flash(_("It can be drawn again."))
    return redirect(url_for("items.quality_item", item_id=item_id), 303)


def _show(flagged: FlagList, item_id: str, refusal: Refusal | None = None) -> str:
    try:
        found = service.get_quality(viewer(), item_id)
    except LookupError:
        abort(404)
    return _render(flagged, found, refusal)


def _render(
    flagged: FlagList, found: ItemQualityView | None, refusal: Refusal | None = None
) -> str:
    ids = [line.public_id for line in flagged.items]
    place = ids.index(found.public_id) if found and found.public_id in ids else None
    return render_template(
        "items/quality.html",
        flagged=flagged,
        found=found,
        place=place,
        drawn=_draw(found) if found and found.figures else None,
        kinds=kind_names(),
        refusal=refusal,
        least_responses=LEAST_RESPONSES,
        least_people=LEAST_PEOPLE,
    )


def _draw(found: ItemQualityView) -> Drawn:
    figures = found.figures
    assert figures
    letters = letters_of(found.item)
    rivals = {flag.params["option"] for flag in found.flags if flag.code == "key_doubtful"}
    shares, people = group_shares(
        figures.options, figures.groups, letters, {str(rival) for rival in rivals}
    )
    has_chart = bool(shares) and len(people) > 1
    return Drawn(
        facility=percent(figures.facility),
        median=response_time.median(found.times),
        rapid=percent(figures.rapid_share),
        omitted=percent(figures.omitted_share),
        options=tuple(_row(found, option, letters) for option in figures.options),
        shares=shares,
        wide=draw_shares(shares, people, width=690, height=336, label_width=116)
        if has_chart
        else None,
        narrow=draw_shares(shares, people, width=328, height=300, label_width=96)
        if has_chart
        else None,
        times=draw_times(found.times) if any(found.times) else None,
    )


def _row(found: ItemQualityView, option: OptionNumbers, letters: dict[str, str]) -> OptionRow:
    return OptionRow(
        letter="" if isinstance(found.item, TrueFalse) else letters[option.id],
        text=_text_of(found, option.id),
        is_key=option.is_key,
        chosen=option.chosen,
        percent=percent(option.share),
        correlation=option.correlation,
    )


def _text_of(found: ItemQualityView, option_id: str) -> str:
    item = found.item
    if isinstance(item, TrueFalse):
        return option_word(option_id)
    if isinstance(item, Hotspot):
        return next(zone.label for zone in item.zones if zone.id == option_id)
    if isinstance(item, Choosable):
        return next(option.text for option in item.options if option.id == option_id)
    return ""
