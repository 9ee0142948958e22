"""Boards of campaigns: the list, and one of them."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission

from .. import rules, service
from . import kept
from .blueprint import bp


@bp.get("/campaigns")
@allow(Permission.TAKE_PART)
def campaigns() -> Any:
    """List the campaigns of the viewer's organisation."""
    found = service.list_campaigns(viewer())
    groups = [
        (state, [one for one in found if one.state == state])
        for state in ("running", "coming", "over")
    ]
    return render_template(
        "leaderboards/campaigns.html",
        groups=[(state, lines) for state, lines in groups if lines],
        tabs=kept.kinds("campaigns"),
    )


@bp.get("/campaigns/<campaign_id>")
@allow(Permission.TAKE_PART)
def campaign(campaign_id: str) -> Any:
    """Show the board of a campaign."""
    try:
        found = service.get_campaign_board(viewer(), campaign_id, request.args.get("bracket"))
    except LookupError:
        abort(404)
    own_id = found.own.unit_id if found.own else None
    own = found.own
    return render_template(
        "leaderboards/campaign.html",
        page=found,
        rows=[kept.page_row(row, own_id) for row in found.rows],
        around=[kept.page_row(row, own_id) for row in found.around],
        gap=rules.gap_to_next(own.score, found.next_score) if own else None,
        brackets=kept.brackets(
            "campaign", found.brackets, found.bracket or "", campaign_id=campaign_id
        ),
    )
