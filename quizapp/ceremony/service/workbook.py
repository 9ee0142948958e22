"""The final boards as a workbook: teams only, and every text is text, never a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import xlsxwriter
from flask_babel import format_date
from flask_babel import gettext as _

from quizapp.leaderboards import service as leaderboards

from .. import rules
from .words import bracket_name, not_for_appraisal, place_name

if TYPE_CHECKING:
    from .packing import Pack

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS = (22, 26, 22, 12, 12)


def write_workbook(pack: Pack) -> bytes:
    """Return honours, most improved, and the whole boards by bracket as XLSX.

    In the light profile there are the honours only, without places and numbers.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        _write(book, _("About"), None, _about(pack))
        _write(book, _("Honours"), _honours_head(pack), _honours(pack))
        if not pack.is_light:
            head = (_("Place in the group"), _("Team"), _("Workshop"), _("Members"), _("Score"))
            for bracket in pack.boards.brackets:
                rows = [
                    (team.rank, team.name, team.workshop, team.members, team.score)
                    for team in bracket.rows
                    if rules.may_be_listed(team.members)
                ]
                _write(book, bracket_name(bracket.bracket), head, rows)
    return out.getvalue()


def _write(
    book: Any, name: str, head: Sequence[str] | None, rows: Sequence[Sequence[str | int]]
) -> None:
    """Write a sheet; strings go in as strings, whatever they begin with."""
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": head is None})
    bold = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, 64 if head is None and place == 1 else width)
    start = 0
    if head:
        for place, title in enumerate(head):
            sheet.write_string(0, place, title, bold)
        sheet.freeze_panes(1, 0)
        start = 1
    for number, row in enumerate(rows, start=start):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell, text)
            else:
                sheet.write_number(number, place, cell)


def _about(pack: Pack) -> list[tuple[str, str]]:
    boards = pack.boards
    return [
        (_("Organisation"), boards.organisation_name),
        (_("Season"), boards.season_name),
        (_("First day"), boards.starts_on.isoformat()),
        (_("Last day"), boards.ends_on.isoformat()),
        (_("How the score comes about"), leaderboards.score_sentence(boards.method)),
        (_("Closed on"), str(format_date(boards.closed_at, "long"))),
        (_("Seal (SHA-256)"), boards.hash),
        (_("Please note"), not_for_appraisal()),
    ]


def _honours_head(pack: Pack) -> tuple[str, ...]:
    if pack.is_light:
        return (_("Group"), _("Team"), _("Workshop"))
    return (_("Group"), _("Team"), _("Workshop"), _("Honour"), _("Score"))


def _honours(pack: Pack) -> list[tuple[str | int, ...]]:
    """Return the honoured teams of every bracket, then those that improved most."""
    rows: list[tuple[str | int, ...]] = []
    for podium in pack.podiums:
        group = bracket_name(podium.bracket)
        teams = sorted(
            (team for column in podium.columns for team in column.teams),
            key=lambda team: (0 if pack.is_light else team.rank, team.name),
        )
        for team in teams:
            row: tuple[str | int, ...] = (group, team.name, team.workshop)
            if team.score is not None:
                row += (place_name(team.rank), team.score)
            rows.append(row)
        for team in podium.most_improved:
            row = (group, team.name, team.workshop)
            rows.append(row if pack.is_light else (*row, _("Most improved")))
    return rows
