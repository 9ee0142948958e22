"""Results of quizzes for organisers, and signals for an auditor: never a name."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from flask import abort, render_template
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http

from ..service import signals as signs
from ..service import totals
from .blueprint import bp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/results")
@allow(Permission.READ_AGGREGATES)
def results() -> Any:
    """Show the quizzes that have results."""
    return render_template(
        "quizzes/results.html", lines=totals.list_results(viewer()), least=totals.LEAST
    )


@bp.get("/results/<quiz_id>")
@allow(Permission.READ_AGGREGATES)
def show_results(quiz_id: str) -> Any:
    """Show what a quiz came to in the viewer's units, from five people on."""
    return render_template("quizzes/totals.html", page=_totals(quiz_id), least=totals.LEAST)


@bp.get("/results/<quiz_id>.xlsx")
@allow(Permission.READ_AGGREGATES)
def download_results(quiz_id: str) -> Any:
    """Download the same numbers as a workbook."""
    page = _totals(quiz_id)
    return http.attachment(_workbook(page), XLSX, f"{page.quiz.name}.xlsx")


def _totals(quiz_id: str) -> totals.Totals:
    try:
        return totals.get_totals(viewer(), quiz_id)
    except LookupError:
        abort(404)


def _workbook(page: totals.Totals) -> bytes:
    """Return the numbers as a workbook; texts stay texts, nothing is read as a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        tables: list[tuple[str, list[str], list[list[Any]]]] = [
            (
                _("Units"),
                [_("Unit"), _("Number of people"), _("Mean in per cent")],
                [["　" * unit.depth + unit.name, unit.people, unit.percent] for unit in page.units],
            ),
            (
                _("Distribution"),
                [_("Score"), _("Number of people")],
                [[f"{bar.low}–{bar.high} %", bar.people] for bar in page.bars],
            ),
            (
                _("Questions"),
                [_("Question"), _("Topic"), _("Number of people"), _("Right in per cent")],
                [[one.stem, one.topic, one.people, one.percent] for one in page.questions],
            ),
        ]
        for title, head, rows in tables:
            sheet = book.add_worksheet(title)
            sheet.set_column(0, 0, 40)
            sheet.write_row(0, 0, head, bold)
            for number, row in enumerate(rows, 1):
                for place, value in enumerate(row):
                    write = sheet.write_string if isinstance(value, str) else sheet.write_number
                    write(number, place, value)
    return out.getvalue()


@bp.get("/signals")
@allow(Permission.READ_SIGNALS)
def signals() -> Any:
    """Show how quizzes of the last weeks were taken, as shares."""
    return render_template(
        "quizzes/signals.html", lines=signs.list_signals(viewer()), least=signs.LEAST
    )
