"""What is done with a whole quiz: publish, end early, duplicate, delete, print."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.core.http import whole_number

from ..service import authoring
from . import desk_words
from .blueprint import bp
from .desk import MOST_SAMPLES, fetch_sheet

ASSEMBLE = Permission.ASSEMBLE_QUIZZES
PARTS = ("paper", "sheet", "key", "all")


@bp.post("/desk/<sheet_id>/<any(publish, close, duplicate, delete):deed>")
@allow(ASSEMBLE)
def change_quiz(sheet_id: str, deed: str) -> Any:
    """Do one thing with a quiz and say what was done, or why not."""
    here = url_for("quizzes.edit_quiz", sheet_id=sheet_id)
    try:
        if deed == "publish":
            authoring.publish(viewer(), sheet_id)
            flash(_("The quiz is published. Its rules are fixed from now on."))
        elif deed == "close":
            authoring.close_early(viewer(), sheet_id)
            flash(_("Nobody can begin any more. Attempts under way go on to their end."))
        elif deed == "delete":
            authoring.delete_draft(viewer(), sheet_id)
            flash(_("The draft is deleted."))
            here = url_for("quizzes.desk")
        else:
            here = url_for("quizzes.edit_quiz", sheet_id=authoring.duplicate(viewer(), sheet_id))
            flash(_("This is the copy, a draft without dates."))
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
    return redirect(here, 303)


@bp.get("/desk/<sheet_id>/paper")
@allow(ASSEMBLE)
def quiz_paper(sheet_id: str) -> Any:
    """Show a sample paper as sheets of A4: questions, answer sheet, and only if asked the key."""
    sheet = fetch_sheet(sheet_id)
    number = min(max(1, whole_number(request.args.get("sample"), 1)), MOST_SAMPLES)
    part = request.args.get("part", "paper")
    part = part if part in PARTS else "paper"
    words = {
        "all": _("All sheets"),
        "paper": _("Questions"),
        "sheet": _("Answer sheet"),
        "key": _("Answers"),
    }
    page = SimpleNamespace(
        sheet=sheet,
        sample=authoring.get_sample(viewer(), sheet, number),
        part=part,
        tabs=[
            (
                one,
                words[one],
                None,
                url_for("quizzes.quiz_paper", sheet_id=sheet_id, sample=number, part=one),
            )
            for one in PARTS
        ],
        modes=desk_words.mode_names(),
        next_url=url_for(
            "quizzes.quiz_paper", sheet_id=sheet_id, sample=number % MOST_SAMPLES + 1, part=part
        ),
    )
    return render_template("quizzes/desk_paper.html", page=page)
