"""Pages of what one knows: mistake book, topics, paper; on the desk what units still know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from question_bank.items import Choosable, Prompt, PromptOption, PromptZone
from question_bank.items import Item as BankItem
from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http

from . import rules, service

bp = Blueprint("mastery", __name__, url_prefix="/mastery")

STEPS = 5  # graduations of how firm a topic is
AS_AUTHORED = 0


@dataclass(frozen=True)
class OptionRow:
    """An option of a question whose answer is known: ``mark`` is right or rest."""

    id: str
    letter: str
    text: str
    image: str
    mark: str


@dataclass(frozen=True)
class SolvedView:
    """A question with its answer: options that are marked, or lines; a case has parts."""

    prompt: Prompt
    rows: list[OptionRow]
    lines: tuple[str, ...]
    parts: list[SolvedView]
    explanation: str


@dataclass(frozen=True)
class ItemAbout:
    """A question that was met, without its key: what it is about, and how far it has come."""

    theme: str
    source: str
    source_url: str | None
    is_mistake: bool
    steps: int
    seen_on: date
    mastered_on: date | None


@dataclass(frozen=True)
class SheetLine:
    """A question on paper, and its line of the key."""

    prompt: Prompt
    solution: tuple[str, ...]
    letters: str
    explanation: str
    source: str


@bp.get("")
@allow(Permission.TAKE_PART)
def learn() -> Any:
    """Show the viewer's mistake book."""
    theme, page = _asked()
    book = service.get_book(viewer(), theme, page)
    return render_template("mastery/learn.html", book=book, steps=rules.RIGHT_TO_MASTER)


@bp.get("/mastered")
@allow(Permission.TAKE_PART)
def mastered() -> Any:
    """Show what the viewer has mastered."""
    listing = service.get_mastered(viewer(), *_asked())
    return render_template("mastery/mastered.html", listing=listing, steps=rules.RIGHT_TO_MASTER)


def _asked() -> tuple[str, int]:
    """Return the theme and the page that an address asks for."""
    return request.args.get("theme", "")[:80], http.whole_number(request.args.get("page"), 1)


@bp.get("/topics")
@allow(Permission.TAKE_PART)
def topics() -> Any:
    """Show what the viewer knows by theme and topic."""
    return render_template("mastery/topics.html", themes=service.list_known(viewer()), steps=STEPS)


@bp.get("/items/<item_id>")
@allow(Permission.TAKE_PART)
def item(item_id: str) -> Any:
    """Show a question that the viewer has answered, with its answer and why."""
    try:
        found = service.get_explained(viewer(), item_id)
    except LookupError:
        abort(404)
    bank_item = found.stored.item
    prompt = bank_item.prompt(AS_AUTHORED)
    return render_template(
        "mastery/item.html",
        about=_about(found),
        prompt=prompt,
        answer=None if found.is_withheld else _solved(bank_item, prompt),
        steps=rules.RIGHT_TO_MASTER,
    )


def _about(found: service.Explained) -> ItemAbout:
    return ItemAbout(
        theme=found.stored.theme,
        source=found.stored.source,
        source_url=found.stored.source_url,
        is_mistake=found.is_mistake,
        steps=found.steps,
        seen_on=found.seen_on,
        mastered_on=found.mastered_on,
    )


def _solved(bank_item: BankItem, prompt: Prompt) -> SolvedView:
    parts = getattr(bank_item, "parts", ())
    rows = list(_rows(bank_item, prompt)) if isinstance(bank_item, Choosable) else []
    return SolvedView(
        prompt=prompt,
        rows=rows,
        lines=() if rows or parts else bank_item.solution(),
        parts=[_solved(*each) for each in zip(parts, prompt.parts, strict=True)],
        explanation=bank_item.explanation,
    )


def _rows(bank_item: Choosable, prompt: Prompt) -> Iterator[OptionRow]:
    shown: list[PromptOption | PromptZone] = [*prompt.options, *prompt.zones]
    for each in shown:
        mark = "right" if each.id in bank_item.key_ids else "rest"
        if isinstance(each, PromptZone):
            yield OptionRow(each.id, str(each.number), each.label, "", mark)
        else:
            yield OptionRow(each.id, each.letter, each.text, each.image, mark)


@bp.get("/print")
@allow(Permission.TAKE_PART)
def sheet() -> Any:
    """Show the viewer's mistake book as a sheet for paper, with the key on a page of its own."""
    theme, _page = _asked()
    found = service.get_sheet(viewer(), theme)
    lines = [
        _sheet_line(stored.item, stored.item.prompt(AS_AUTHORED), stored.source)
        for stored in found.items
    ]
    return render_template("mastery/sheet.html", lines=lines, left=found.left, theme=theme)


def _sheet_line(bank_item: BankItem, prompt: Prompt, source: str) -> SheetLine:
    key = bank_item.key_ids if isinstance(bank_item, Choosable) else frozenset()
    letters = "".join(option.letter for option in prompt.options if option.id in key)
    return SheetLine(
        prompt=prompt,
        solution=bank_item.solution(),
        letters="" if prompt.kind == "true_false" else letters,
        explanation=bank_item.explanation,
        source=source,
    )


@bp.post("/confidence")
@allow(Permission.TAKE_PART)
def set_confidence() -> Any:
    """Ask the viewer with each answer how sure they are, or do not."""
    service.set_confidence(viewer(), asks=request.form.get("asks") == "1")
    return redirect(url_for("home.me"), 303)


@bp.post("/rest")
@allow(Permission.TAKE_PART)
def set_rest() -> Any:
    """Let the viewer have today off, or take that back."""
    service.set_rest(viewer(), rests=request.form.get("rests") == "1")
    return redirect(url_for("mastery.learn"), 303)


@bp.get("/retention")
@allow(Permission.READ_AGGREGATES)
def retention() -> Any:
    """Show what the units of the viewer's scope still know after a month."""
    found = service.get_retention(viewer())
    return render_template(
        "mastery/retention.html", found=found, headline=_headline(found), least=rules.LEAST_PEOPLE
    )


def _headline(found: service.Retention) -> Mapping[str, Any] | None:
    """Return the latest mean of the first unit that has one, with the one before it."""
    for row in found.rows[:1]:
        told = [mean for mean in row.means if mean.percent is not None]
        if told:
            return {"unit": row.name, "now": told[-1], "before": told[-2] if told[1:] else None}
    return None
