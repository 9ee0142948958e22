"""The questions that were not imported, as a sheet to mend and upload again."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.formats.problems import Problem
from quizapp.accounts.access import Viewer
from quizapp.core.db import db

from ...models import ImportRow
from . import rows
from .fields import fields_of
from .receiving import get_import

LETTERS = "ABCDEFGHIJ"


def write_leftovers(
    viewer: Viewer, public_id: str, word: Callable[[Problem], str], kinds: dict[str, str]
) -> bytes:
    """Return an xlsx of the rows that are not imported, with the reason beside each.

    ``word`` words a problem, ``kinds`` the kinds of items. The importer reads this sheet again.
    """
    batch = get_import(viewer, public_id)
    found = db.session.scalars(
        select(ImportRow)
        .where(
            ImportRow.import_id == batch.id,
            ImportRow.status.not_in((*rows.IMPORTABLE, rows.IMPORTED)),
        )
        .order_by(ImportRow.position)
    )
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    sheet = book.add_worksheet(str(_("Not imported"))[:31])
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 3, 40)
    for at, line in enumerate([_head(), *(_line(row, word, kinds) for row in found)]):
        for column, text in enumerate(line):
            # Every cell is text: nothing that came from a file may be read as a formula.
            sheet.write_string(at, column, text)
    book.close()
    return output.getvalue()


def _head() -> list[str]:
    return [
        _("Place in the file"),
        _("Why it was not imported"),
        _("Question type"),
        _("Stem"),
        *(_("Option %(letter)s", letter=letter) for letter in LETTERS),
        _("Answer"),
        _("Explanation"),
    ]


def _line(row: ImportRow, word: Callable[[Problem], str], kinds: dict[str, str]) -> list[str]:
    given = fields_of(rows.load(row.question).draft)
    options = given.options.splitlines()[: len(LETTERS)]
    reasons: Iterator[str] = (word(problem) for problem in rows.load_problems(row.problems))
    return [
        row.place,
        "\n".join(reasons),
        kinds.get(given.kind, ""),
        given.stem,
        *options,
        *[""] * (len(LETTERS) - len(options)),
        "；".join(given.answer.splitlines()),
        given.explanation,
    ]
