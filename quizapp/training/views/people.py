"""The list of who holds a certificate. It opens only after its reading was written to the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock, http

from .. import service
from ..service import Asked, desk, sheets
from . import words
from .blueprint import bp

KEEP = Permission.KEEP_TRAINING
OPEN_FOR = timedelta(minutes=30)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(given: Any) -> Asked:
    return Asked(
        unit_id=given.get("unit", ""),
        where=given.get("where", ""),
        search=given.get("q", "")[:80],
        number=max(1, http.whole_number(given.get("page"), 1)),
    )


def _is_open(course_id: str) -> bool:
    """Tell whether the reading of this list was logged in this session, a short while ago."""
    opened = session.get("training_list", {})
    if opened.get("course") != course_id:
        return False
    at = datetime.fromisoformat(opened["at"])
    return clock.now() - at < OPEN_FOR


@bp.get("/desk/<course_id>/people")
@allow(KEEP)
def people(course_id: str) -> Any:
    """Show who holds the certificate of a course; before it was opened, what opening it means."""
    asked = _asked(request.args)
    is_open = _is_open(course_id)
    try:
        course = desk.get_sheet(viewer(), course_id, asked.unit_id)
        found = service.list_people(viewer(), course_id, asked) if is_open else None
    except LookupError:
        abort(404)

    def to_page(number: int) -> str:
        return url_for(
            "training.people",
            course_id=course_id,
            unit=asked.unit_id or None,
            where=asked.where or None,
            q=asked.search or None,
            page=number,
        )

    page = SimpleNamespace(course=course, asked=asked, found=found, to_page=to_page)
    return render_template(
        "training/people.html",
        page=page,
        standings=words.standings(),
        minutes=OPEN_FOR // timedelta(minutes=1),
    )


@bp.post("/desk/<course_id>/people")
@allow(KEEP)
def open_people(course_id: str) -> Any:
    """Write into the log that the list is read, then show it."""
    asked = _asked(request.form)
    try:
        service.log_reading(viewer(), course_id, "page", asked.unit_id)
    except LookupError:
        abort(404)
    session["training_list"] = {"course": course_id, "at": clock.now().isoformat()}
    address = url_for(
        "training.people",
        course_id=course_id,
        unit=asked.unit_id or None,
        where=asked.where or None,
    )
    return redirect(address, 303)


@bp.post("/desk/<course_id>/people.xlsx")
@allow(KEEP)
def export_people(course_id: str) -> Any:
    """Send the list as a workbook; that is logged too."""
    try:
        data = sheets.write_list(viewer(), course_id, _asked(request.form), words.standings())
    except LookupError:
        abort(404)
    return http.attachment(data, XLSX, f"{_('Certificates')}.xlsx")
