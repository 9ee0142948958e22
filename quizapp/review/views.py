"""Pages of the review desk: the queue with one case, its decisions, and the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http
from quizapp.core.forms import Refusal

from . import service

bp = Blueprint("review", __name__, url_prefix="/review")

READ = Permission.READ_BANK


@dataclass
class DeskPage:
    """The desk: the queue of a view, the open case, and its neighbours in the queue.

    ``ticked`` and ``comment`` are what was typed before something was refused.
    """

    queue: service.Queue
    case: service.CaseView | None
    place: int | None = None  # from 1; None: the open case is not in this view
    previous_url: str | None = None
    next_url: str | None = None
    refusal: str | None = None
    ticked: frozenset[str] = frozenset()
    comment: str = ""
    publish_at: str = ""
    views: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Return how many points of the checklist are not ticked yet."""
        points = self.case.points if self.case else ()
        return sum(point.code not in self.ticked for point in points)


@bp.get("")
@allow(READ)
def desk() -> Any:
    """Show a view of the queue with its first case open."""
    queue = service.list_queue(viewer(), request.args.get("view"))
    first = queue.lines[0].public_id if queue.lines else None
    return _render(queue, _case(first) if first else None)


@bp.get("/<case_id>")
@allow(READ)
def case(case_id: str) -> Any:
    """Show one case beside the queue."""
    found = _case(case_id)
    return _render(service.list_queue(viewer(), request.args.get("view")), found)


def _case(case_id: str) -> service.CaseView:
    try:
        return service.get_case(viewer(), case_id)
    except LookupError:
        abort(404)


def _render(
    queue: service.Queue, found: service.CaseView | None, refusal: Refusal | None = None
) -> Any:
    page = DeskPage(queue=queue, case=found, views=_views(queue))
    ids = [line.public_id for line in queue.lines]
    if found is not None and found.public_id in ids:
        place = ids.index(found.public_id)
        page.place = place + 1
        page.previous_url = _address(ids[place - 1], queue.view) if place else None
        page.next_url = _address(ids[place + 1], queue.view) if ids[place + 1 :] else None
    if refusal is not None:
        page.refusal = refusal.message
        page.ticked = frozenset(request.form.getlist("point"))
        page.comment = request.form.get("comment", "")
        page.publish_at = request.form.get("publish_at", "")
    return render_template("review/desk.html", page=page), refusal.status if refusal else 200


def _views(queue: service.Queue) -> list[tuple[str, str, int]]:
    words = {
        "waiting": _("Waiting for you"),
        "underway": _("Under review"),
        "mine": _("Your own"),
    }
    return [(view, words[view], queue.counts[view]) for view in service.VIEWS]


def _address(case_id: str, view: str) -> str:
    return url_for("review.case", case_id=case_id, view=view)


@bp.post("/<case_id>/pass")
@allow(READ)
def pass_level(case_id: str) -> Any:
    """Sign the content that the page showed, and go on to the next case."""
    return _decide(
        case_id,
        lambda: service.pass_level(
            viewer(),
            case_id,
            level=request.form.get("level", ""),
            seen_hash=request.form.get("seen_hash", ""),
            ticked=request.form.getlist("point"),
            comment=request.form.get("comment", ""),
            publish_at=_moment(request.form.get("publish_at", "")),
        ),
        _("Passed. Your signature is for exactly what you saw."),
    )


@bp.post("/<case_id>/return")
@allow(READ)
def return_wording(case_id: str) -> Any:
    """Give the wording back to its author."""
    return _decide(
        case_id,
        lambda: service.return_wording(
            viewer(),
            case_id,
            level=request.form.get("level", ""),
            seen_hash=request.form.get("seen_hash", ""),
            comment=request.form.get("comment", ""),
        ),
        _("Returned. The author sees your comment."),
    )


@bp.post("/<case_id>/publish")
@allow(Permission.REVIEW_FINAL)
def publish(case_id: str) -> Any:
    """Publish a planned wording now."""
    return _decide(case_id, lambda: service.publish_now(viewer(), case_id), _("Published."))


@bp.post("/<case_id>/withdraw")
@allow(Permission.REVIEW_FINAL)
def withdraw(case_id: str) -> Any:
    """Take a published wording away from people."""
    return _decide(
        case_id,
        lambda: service.withdraw(viewer(), case_id, request.form.get("comment", "")),
        _("Withdrawn. Nobody meets it any more."),
    )


@bp.post("/<case_id>/cancel")
@allow(READ)
def cancel(case_id: str) -> Any:
    """Take one's own wording back."""
    return _decide(
        case_id,
        lambda: service.cancel(viewer(), case_id),
        _("Taken back. Its draft can be edited again."),
    )


def _decide(case_id: str, act: Any, said: str) -> Any:
    """Do something to a case and go on in the queue; show the case again when it is refused."""
    view = request.form.get("view", "")
    following = _following(case_id, view)
    try:
        act()
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _render(service.list_queue(viewer(), view), _case(case_id), refusal)
    flash(said)
    if following:
        return redirect(_address(following, view), 303)
    return redirect(url_for("review.desk", view=view or None), 303)


def _following(case_id: str, view: str) -> str | None:
    """Return the case after this one in the queue it was opened from, before it leaves it."""
    ids = [line.public_id for line in service.list_queue(viewer(), view).lines]
    place = ids.index(case_id) if case_id in ids else len(ids)
    return ids[place + 1] if ids[place + 1 :] else None


def _moment(text: str) -> datetime | None:
    """Return what a field for day and time holds, as the company's clock means it; None if empty.

    Raises Refusal for anything that is no moment.
    """
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(viewer().time_zone))
    except ValueError:
        raise Refusal(_("Choose a day and a time, or leave it empty."), status=422) from None


@bp.get("/policy")
@allow(Permission.MANAGE_SETTINGS)
def policy() -> Any:
    """Show how many levels each kind of thing passes."""
    return render_template("review/policy.html", policies=service.list_policies(viewer()))


@bp.post("/policy")
@allow(Permission.MANAGE_SETTINGS)
def set_policy() -> Any:
    """Say how many levels a kind of thing passes."""
    levels = http.whole_number(request.form.get("levels"), 0)
    service.set_policy(viewer(), request.form.get("subject", ""), levels)
    flash(_("Saved."))
    return redirect(url_for("review.policy"), 303)
