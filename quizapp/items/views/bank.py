"""The list of the bank: search, filters, and what is done with the chosen items."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.core.http import whole_number
from quizapp.core.security import safe_next
from quizapp.review.service import threads

from .. import wording
from ..service import bulk, listing, topics
from ..service.approving import SUBJECT
from .blueprint import bp

FIELDS = ("q", "topic", "kind", "status", "facility", "validity", "reviewer")


@bp.get("")
@allow(Permission.READ_BANK)
def bank() -> Any:
    """Show the items of the bank, narrowed and page by page."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in FIELDS}
    view = request.args.get("view", "all")
    view = view if view in listing.VIEWS else "all"
    tree = topics.list_topics(viewer().organisation_id, is_counted=False)
    found = listing.list_items(
        viewer(),
        _filters(asked, view, tree),
        before=whole_number(request.args.get("before"), 0) or None,
        after=whole_number(request.args.get("after"), 0) or None,
    )
    counts = listing.count_views(viewer())
    signers = threads.list_signers(viewer().organisation_id, SUBJECT)

    def to(**more: Any) -> str:
        kept = {name: value for name, value in asked.items() if value}
        return url_for("items.bank", **{"view": None if view == "all" else view, **kept, **more})

    page = SimpleNamespace(
        asked=asked,
        view=view,
        is_narrowed=any(asked.values()),
        counts=counts,
        found=found,
        topics=tree,
        topic_paths={line.id: line.path for line in tree},
        topic_choices=[(str(line.id), "\u2003" * line.depth + line.name) for line in tree],
        kinds=wording.kind_names(),
        states=wording.state_names(),
        signers=signers,
        older_url=to(before=found.before) if found.before else None,
        newer_url=to(after=found.after) if found.after else None,
        views=[
            (
                key,
                word,
                counts.views[key],
                url_for("items.bank", view=None if key == "all" else key),
            )
            for key, word in wording.view_names().items()
        ],
        here=request.full_path.rstrip("?"),
        undo=_last_undo(),
        is_writer=viewer().may(Permission.WRITE_ITEMS),
        is_final=viewer().may(Permission.REVIEW_FINAL),
    )
    return render_template("items/bank.html", page=page, nav_counts={"bank": counts.total})


@bp.after_app_request
def forget_counts(response: Response) -> Response:
    """Let who changed something see it in the numbers at once."""
    is_change = request.method == "POST" and request.blueprint in ("items", "review")
    if is_change and current_user.is_authenticated:
        listing.forget_counts(viewer().id)
    return response


def _filters(asked: dict[str, str], view: str, tree: list[topics.TopicLine]) -> listing.Filters:
    topic_id = whole_number(asked["topic"], 0)
    return listing.Filters(
        view=view,
        search=asked["q"],
        topic_ids=frozenset(topics.below(tree, [topic_id])) if topic_id else None,
        kind=asked["kind"],
        status=asked["status"],
        facility=asked["facility"],
        validity=asked["validity"],
        reviewer=asked["reviewer"],
    )


def _last_undo() -> int | None:
    """Return the act that the page just left behind, to be taken back from the message above."""
    return whole_number(request.args.get("undo"), 0) or None


@bp.post("/bulk")
@allow(Permission.READ_BANK)
def change_many() -> Any:
    """Do one thing with the chosen items, and say what became of each."""
    chosen = request.form.getlist("item")
    if not chosen:
        raise Refusal(_("Choose at least one question."), status=422)
    act = request.form.get("act", "")
    if act not in _ACTS:
        abort(400)
    if act != "withdraw" and not viewer().may(Permission.WRITE_ITEMS):
        raise Refusal(_("Your role reads the bank, but does not change it."), status=403)
    result = _ACTS[act](chosen)
    _tell(result)
    return redirect(_back(result.undo), 303)


def _topic(chosen: list[str]) -> bulk.BulkResult:
    return bulk.change_topic(viewer(), chosen, request.form.get("topic", ""))


def _validity(chosen: list[str]) -> bulk.BulkResult:
    if request.form.get("validity") == "long":
        return bulk.extend_validity(viewer(), chosen, None)
    try:
        until = date.fromisoformat(request.form.get("valid_until", ""))
    except ValueError:
        raise Refusal(_("Give a day, such as 2027-06-30."), status=422) from None
    return bulk.extend_validity(viewer(), chosen, until)


_ACTS = {
    "topic": _topic,
    "validity": _validity,
    "submit": lambda chosen: bulk.submit_many(viewer(), chosen),
    "withdraw": lambda chosen: bulk.withdraw_many(viewer(), chosen, request.form.get("reason", "")),
    "delete": lambda chosen: bulk.put_away(viewer(), chosen),
    "restore": lambda chosen: bulk.bring_back(viewer(), chosen),
}


@bp.post("/bulk/undo")
@allow(Permission.WRITE_ITEMS)
def undo_many() -> Any:
    """Take one's own last act on many items back."""
    _tell(bulk.undo(viewer(), whole_number(request.form.get("undo"), 0)))
    return redirect(_back(None), 303)


def _back(undo: int | None) -> str:
    """Return the address of the list the act was done on, with what can be undone."""
    path = safe_next(request.form.get("here"), url_for("items.bank"))
    if undo is None:
        return path
    return f"{path}{'&' if '?' in path else '?'}undo={undo}"


def _tell(result: bulk.BulkResult) -> None:
    """Say in one sentence what was done, and in a second one what was not, and why."""
    words = {
        "topic": ngettext(
            "%(num)d question is under the topic.",
            "%(num)d questions are under the topic.",
            result.done,
        ),
        "validity": ngettext(
            "%(num)d draft has the new day. Submit it for review.",
            "%(num)d drafts have the new day. Submit them for review.",
            result.done,
        ),
        "submit": ngettext(
            "%(num)d question is submitted for review.",
            "%(num)d questions are submitted for review.",
            result.done,
        ),
        "withdraw": ngettext(
            "%(num)d question is withdrawn.", "%(num)d questions are withdrawn.", result.done
        ),
        "delete": ngettext(
            "%(num)d question is in the bin.", "%(num)d questions are in the bin.", result.done
        ),
        "restore": ngettext(
            "%(num)d question is back.", "%(num)d questions are back.", result.done
        ),
        "undo": ngettext(
            "Taken back for %(num)d question.", "Taken back for %(num)d questions.", result.done
        ),
    }
    if result.done:
        flash(words[result.act])
    if result.left:
        some = _("; ").join(f"#{number} {reason}" for number, reason in result.left[:3])
        flash(
            ngettext(
                "%(num)d question stays as it was: %(some)s",
                "%(num)d questions stay as they were: %(some)s",
                len(result.left),
                some=some,
            ),
            "error",
        )
