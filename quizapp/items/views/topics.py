"""The tree of topics: add, rename, move, merge, delete."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core.forms import Refusal
from quizapp.core.http import whole_number

from ..service import topics
from .blueprint import bp


@bp.get("/topics")
@allow(Permission.READ_BANK)
def list_topics() -> Any:
    """Show the tree with one topic chosen."""
    return _page()


def _page(message: str = "", status: int = 200) -> Any:
    lines = topics.list_topics(viewer().organisation_id)
    wanted = whole_number(request.values.get("topic"), 0)
    chosen = next((line for line in lines if line.id == wanted), None)
    inside = topics.below(lines, [chosen.id]) if chosen else set()
    page = SimpleNamespace(
        lines=lines,
        chosen=chosen,
        elsewhere=[line for line in lines if line.id not in inside],
        message=message,
        is_writer=viewer().may(Permission.WRITE_ITEMS),
    )
    return render_template("items/topics.html", page=page), status


@bp.post("/topics")
@allow(Permission.WRITE_ITEMS)
def change_topic() -> Any:
    """Do one thing with a topic and show the tree again."""
    topic_id = whole_number(request.form.get("topic"), 0)
    name, other = request.form.get("name", ""), whole_number(request.form.get("other"), 0)
    try:
        shown = _change(request.form.get("act", ""), topic_id, name, other)
    except LookupError:
        abort(404)
    except Refusal as refusal:
        return _page(refusal.message, refusal.status)
    return redirect(url_for("items.list_topics", topic=shown), 303)


def _change(act: str, topic_id: int, name: str, other: int) -> int | None:
    """Carry an act out; return the topic to show then."""
    if act == "add":
        added = topics.add_topic(viewer(), topic_id or None, name)
        flash(_("Added."))
        return added
    if act == "rename":
        topics.rename_topic(viewer(), topic_id, name)
        flash(_("Saved."))
        return topic_id
    if act == "move":
        topics.move_topic(viewer(), topic_id, other or None)
        flash(_("Moved with everything below it."))
        return topic_id
    if act == "merge":
        moved = topics.merge_topic(viewer(), topic_id, other)
        flash(
            ngettext("Merged: %(num)d question moved.", "Merged: %(num)d questions moved.", moved)
        )
        return other
    if act == "delete":
        topics.delete_topic(viewer(), topic_id)
        flash(_("Deleted."))
        return None
    raise Refusal(_("Choose what to do with the topic."), status=422)
