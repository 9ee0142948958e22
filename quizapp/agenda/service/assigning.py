"""Assigning and withdrawing, within the burden guard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from question_bank.quality.words import find_commanding
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.core.i18n import format_short_day

from .. import rules
from ..models import Assignment, Target
from .assigned import fetch
from .audience import ASSIGN, Chosen, choose
from .guard import refuse_overburden, refuse_repetition
from .subjects import Description, subject_of
from .tasks import ids_on, today_of

AGENDA = 7008  # class of the advisory locks, one per organisation


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to assign; units, people and the subject by their public ids."""

    kind: str
    subject_id: str
    units: tuple[str, ...]
    people: tuple[str, ...]
    due_on: date
    wish: str
    note: str = ""
    legal_basis: str = ""


@atomic
def assign(viewer: Viewer, draft: Draft) -> str:
    """Assign something to units and people of the viewer's scope and return its public id.

    Raises Refusal, and TooMuch with a better day when a week would hold too much for somebody.
    The lock makes two people who assign at once see each other's tasks.
    """
    described = _describe(viewer, draft)
    chosen = choose(viewer, draft.units, draft.people)
    _check_reach(described, chosen)
    _check_day(viewer, draft, described)
    basis = _check_wish(viewer, draft, described, chosen)
    _check_note(draft)
    lock_for_command(AGENDA, viewer.organisation_id)
    refuse_repetition(viewer, chosen.audience, kind=draft.kind, subject_id=draft.subject_id)
    if draft.wish != rules.STATUTORY:
        refuse_overburden(viewer, chosen.audience, draft.due_on, described.closes_on)
    return _store(viewer, draft, described.title, basis, chosen)


def _describe(viewer: Viewer, draft: Draft) -> Description:
    subject = subject_of(draft.kind)
    paths = viewer.scope_paths(ASSIGN)
    found = subject.describe(viewer, paths, [draft.subject_id]) if subject else {}
    if draft.subject_id not in found:
        raise Refusal(
            _("This is not open any more, or not for your scope. Choose another one."),
            field="subject",
            status=422,
        )
    return found[draft.subject_id]


def _check_reach(described: Description, chosen: Chosen) -> None:
    """Refuse units and people that the thing itself is not meant for."""
    if not described.reach:
        return
    for name, path in chosen.named_paths:
        if not rules.lies_in(path, described.reach):
            raise Refusal(
                _(
                    "“%(title)s” is not meant for all of %(name)s. Choose others.",
                    title=described.title,
                    name=name,
                ),
                field="units",
                status=422,
            )


def _check_day(viewer: Viewer, draft: Draft, described: Description) -> None:
    today = today_of(viewer)
    last = today + timedelta(days=rules.AHEAD_DAYS)
    if draft.due_on < today:
        problem = _("This day has passed. Choose today or a later one.")
    elif described.closes_on and draft.due_on > described.closes_on:
        problem = _(
            "It closes on %(day)s. Choose that day or an earlier one.",
            day=format_short_day(described.closes_on),
        )
    elif draft.due_on > last:
        problem = _("At the latest %(day)s.", day=format_short_day(last))
    else:
        return
    raise Refusal(problem, field="due_on", status=422)


def _check_wish(viewer: Viewer, draft: Draft, described: Description, chosen: Chosen) -> str:
    """Return the legal basis of statutory training, empty for everything else."""
    if draft.wish == rules.STATUTORY:
        return _legal_basis(viewer, draft, described, chosen)
    if draft.wish not in rules.WISHES:
        raise Refusal(_("Choose one of these."), field="wish", status=422)
    if described.legal_basis:
        raise Refusal(
            _("This is statutory training, so it is assigned as such, by the safety trainer."),
            field="wish",
            status=422,
        )
    return ""


def _legal_basis(viewer: Viewer, draft: Draft, described: Description, chosen: Chosen) -> str:
    """Return what asks for the training; refuse where the viewer does not keep it, or no law."""
    if not all(viewer.covers(Permission.KEEP_TRAINING, path) for _name, path in chosen.named_paths):
        raise Refusal(
            _("Statutory training is assigned by the safety trainer of these units."),
            field="wish",
            status=422,
        )
    basis = draft.legal_basis.strip() or described.legal_basis
    if not basis:
        raise Refusal(
            _("Say which law or rule asks for this training, with its article."),
            field="legal_basis",
            status=422,
        )
    return basis


def _check_note(draft: Draft) -> None:
    if len(draft.note) > rules.MAX_NOTE:
        raise Refusal(
            ngettext("At most %(num)d character.", "At most %(num)d characters.", rules.MAX_NOTE),
            field="note",
            status=422,
        )
    word = find_commanding(draft.note)
    if word and draft.wish != rules.STATUTORY:
        raise Refusal(
            _(
                "“%(word)s” orders people about; this task is up to them. "
                "Say what it is good for instead.",
                word=word,
            ),
            field="note",
            status=422,
        )


def _store(viewer: Viewer, draft: Draft, title: str, basis: str, chosen: Chosen) -> str:
    first = chosen.named_paths[0][1]
    scope = next(path for path in viewer.scope_paths(ASSIGN) if first.startswith(path))
    made = Assignment(
        organisation_id=viewer.organisation_id,
        subject_kind=draft.kind,
        subject_id=draft.subject_id,
        title=title,
        assigned_by=viewer.id,
        unit_id=ids_on(scope)[-1],
        due_on=draft.due_on,
        wish=draft.wish,
        legal_basis=basis,
        note=draft.note.strip(),
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        [
            Target(assignment_id=made.id, kind=rules.UNIT, unit_id=unit.id, due_on=draft.due_on)
            for unit in chosen.units
        ]
        + [
            Target(
                assignment_id=made.id, kind=rules.PERSON, person_id=person.id, due_on=draft.due_on
            )
            for person in chosen.people
        ]
    )
    audit.record(
        "agenda.assigned",
        f"assignment:{made.public_id}",
        actor_id=viewer.id,
        due_on=draft.due_on,
        wish=draft.wish,
        units=len(chosen.units),
        people=len(chosen.people),
    )
    db.session.flush()
    return made.public_id


@atomic
def withdraw(viewer: Viewer, public_id: str) -> None:
    """Take a task back: it leaves every list at once, and what was done stays done.

    Raises LookupError outside the viewer's scope. Doing it twice changes nothing.
    """
    task = fetch(viewer, public_id)
    lock_for_command(AGENDA, viewer.organisation_id)
    if task.withdrawn_at is None:
        task.withdrawn_at = clock.now()
        audit.record("agenda.withdrawn", f"assignment:{task.public_id}", actor_id=viewer.id)
