"""Boards that are drawn once and kept until they move, for everybody who sees the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from redis.exceptions import RedisError

from quizapp.accounts.access import viewer
from quizapp.core import clock
from quizapp.core.i18n import chosen_locale
from quizapp.core.redis import store
from quizapp.org.rules import learning_day

from .. import service

# The version in its name makes a kept board right; the seconds only bound what the store holds.
BODY_SECONDS = 15
BODY_PLACE = "<!-- board -->"
ROWS_PLACE = "<!-- rows -->"
KEPT_LISTS = 32  # lists of rows that a process keeps: brackets of an organisation or two

_lists: OrderedDict[tuple[object, ...], tuple[list[service.Row], list[str]]] = OrderedDict()


@dataclass(frozen=True)
class Tab:
    """A kind of board, or a bracket, to choose."""

    label: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class BoardRow:
    """A team on the page; ``stars`` is None where ranks are shown."""

    rank: int
    name: str
    workshop: str
    members: int
    score: int
    is_tied: bool
    is_own: bool
    is_first: bool
    stars: int | None
    bracket: str = ""


@dataclass(frozen=True)
class BoardHead:
    """What stands above a board; ``frozen_at`` tells that it stands still before a ceremony."""

    season_name: str
    days_left: int
    frozen_at: datetime | None
    reveals_at: datetime | None
    tabs: list[Tab]


def bracket_label(bracket: str) -> str:
    """Return how people read a bracket."""
    return {
        "small": _("5 to 15 people"),
        "middle": _("16 to 40 people"),
        "large": _("41 people and more"),
    }[bracket]


def kinds(chosen: str) -> list[Tab]:
    """Return the kinds of boards to choose from."""
    known = (
        ("board", _("My group")),
        ("workshop", _("My workshop")),
        ("company", _("Whole company")),
        ("improved", _("On the rise")),
        ("campaigns", _("Campaigns")),
    )
    return [
        Tab(label, url_for(f"leaderboards.{endpoint}"), endpoint == chosen)
        for endpoint, label in known
    ]


def brackets(endpoint: str, known: tuple[str, ...], chosen: str, **address: Any) -> list[Tab]:
    """Return the brackets of a board to choose from; none when there is only one."""
    return [
        Tab(
            bracket_label(bracket),
            url_for(f"leaderboards.{endpoint}", bracket=bracket, **address),
            bracket == chosen,
        )
        for bracket in known
    ]


def page_row(row: service.Row, own_id: int | None, *, bracket: str = "") -> BoardRow:
    """Return a team as the page shows it."""
    return BoardRow(
        rank=row.rank,
        name=row.name,
        workshop=row.workshop,
        members=row.members,
        score=row.score,
        is_tied=row.is_tied,
        is_own=row.unit_id == own_id,
        is_first=row.rank == 1,
        stars=row.stars,
        bracket=bracket_label(bracket) if bracket else "",
    )


def show(
    kind: str,
    about: tuple[object, ...],
    draw: Callable[[service.Shown], str | None],
    *,
    template: str = "leaderboards/board.html",
) -> Any:
    """Show the page of a kind of board, its body kept for all who see the same.

    ``about`` is what the body depends on beside the version, the day and the language. ``draw``
    returns None when there is nothing to show.
    """
    today = learning_day(clock.now(), viewer().time_zone)
    shown = service.shown_boards(viewer().organisation_id, today)
    body = _body(shown, (kind, today, *about), draw) if shown else None
    head = None
    if shown and body:
        head = BoardHead(
            season_name=shown.season.name,
            days_left=max(0, (shown.season.ends_on - today).days),
            frozen_at=shown.frozen_at,
            reveals_at=shown.reveals_at,
            tabs=kinds(kind),
        )
    body = body or render_template("leaderboards/_none.html")
    # Both are finished HTML by now; a comment in the page says where the board belongs.
    return render_template(template, page=head).replace(BODY_PLACE, body, 1)


def _body(
    shown: service.Shown, about: tuple[object, ...], draw: Callable[[service.Shown], str | None]
) -> str | None:
    opened = store()
    key = opened.key(
        "board",
        shown.season.id,
        shown.version,
        *about,
        chosen_locale(),
        viewer().time_zone,
    )
    try:
        kept = opened.client.get(key)
    except RedisError:
        kept = None
    if kept:
        return str(kept)
    drawn = draw(shown)
    if drawn is not None:
        with suppress(RedisError):
            opened.client.set(key, drawn, ex=BODY_SECONDS)
    return drawn


def lines(about: tuple[object, ...], rows: list[service.Row], own_id: int | None) -> str:
    """Return rows as HTML: those of others drawn once in this process, the own one for itself."""
    key = (*about, chosen_locale())
    known, drawn = _lists.get(key, ([], []))
    # Rows may have moved between the look at the version and the look at the rows.
    if known != rows:
        drawn = _draw([page_row(row, None) for row in rows])
        _lists[key] = (rows, drawn)
        while len(_lists) > KEPT_LISTS:
            _lists.popitem(last=False)
    own = next((at for at, row in enumerate(rows) if row.unit_id == own_id), None)
    if own is None:
        return "".join(drawn)
    mine = _draw([page_row(rows[own], own_id)])
    return "".join([*drawn[:own], *mine, *drawn[own + 1 :]])


def _draw(rows: list[BoardRow]) -> list[str]:
    """Return the HTML of each row; the template puts every row on a line of its own."""
    return render_template("leaderboards/_lines.html", rows=rows).strip().splitlines()
