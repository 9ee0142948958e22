"""One's own citations: the exact words that would hang on a wall, and one's own say about it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal

from .. import rules, service
from .blueprint import bp


@bp.get("/citations")
@allow(Permission.TAKE_PART)
def citations() -> Any:
    """Show the viewer's own citations, whatever they said to them."""
    return render_template("boards/citations.html", citations=service.list_citations(viewer()))


@bp.post("/citations/<citation_id>")
@allow(Permission.TAKE_PART)
def decide_citation(citation_id: str) -> Any:
    """Take a person's yes, no, or change of mind about their own citation."""
    try:
        consent = service.decide_citation(
            viewer(), citation_id, request.form.get("decision", "")[:20]
        )
    except LookupError:
        abort(404)
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("boards.citations"), 303)
    flash(
        {
            rules.AGREED: _("Thank you. The walls show it now; you can take it down at any time."),
            rules.DECLINED: _("Understood. It is shown nowhere, and nobody is told why."),
            rules.WITHDRAWN: _("Taken down. Within seconds no wall shows it any more."),
        }[consent]
    )
    return redirect(url_for("boards.citations"), 303)
