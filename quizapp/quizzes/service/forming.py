"""Forms: drawn from the pool of this moment, looked up once more, and stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.assembly import Blueprint, Pick, assemble
from quizapp.core.db import db, insert
from quizapp.core.forms import Refusal
from quizapp.items import service as items

from .. import rules
from ..models import NEW, RETEST, REVIEW, Attempt, Form, FormItem

TRIES = 3  # of drawing, when an item is withdrawn in the very moment it is drawn


@dataclass(frozen=True)
class Memory:
    """What the memory model says of a person: met lately, due for review, and a re-test."""

    seen: Mapping[int, date] = field(default_factory=dict)
    due: Sequence[int] = ()
    retest: int | None = None

    @property
    def wanted(self) -> tuple[int, ...]:
        """Return the items that take places first: the re-test, then reviews."""
        return ((self.retest,) if self.retest is not None else ()) + tuple(self.due)

    def purpose_of(self, item_id: int) -> str:
        """Return why an item is on the form."""
        if item_id == self.retest:
            return RETEST
        return REVIEW if item_id in self.due else NEW


def recent(person_id: int, today: date) -> tuple[dict[int, date], dict[str, str]]:
    """Return what a person was shown within the rest, and which attempts that was.

    The last day by item id, and the public id of the attempt by slot. Of forms rather than
    responses: what lies open in yesterday's set is not put before anybody again today.
    """
    rows = db.session.execute(
        select(FormItem.item_id, Attempt.day, Attempt.slot, Attempt.public_id)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .where(
            Attempt.person_id == person_id, Attempt.day >= today - timedelta(days=rules.REST_DAYS)
        )
        .order_by(Attempt.day)
    ).all()
    return {row.item_id: row.day for row in rows}, {row.slot: row.public_id for row in rows}


def draw(
    organisation_id: int,
    mode: str,
    blueprint: Blueprint,
    seed: str,
    today: date,
    memory: Memory,
    without: Collection[int] = (),
) -> list[Pick]:
    """Return the items of a form as they are at this moment, in their order.

    ``without`` are items that the person has before them already. Raises Refusal when the pool
    has nothing.
    """
    for attempt in range(TRIES):
        pool = items.get_pool(organisation_id, today, with_essays=mode in rules.MARKED)
        seen = {**memory.seen, **dict.fromkeys(without, today)}
        drawn = assemble(
            blueprint,
            pool,
            seed if not attempt else f"{seed}:{attempt}",
            today=today,
            seen=seen,
            wanted=memory.wanted,
        )
        picks = [pick for pick in drawn.picks if pick.uid not in without]
        if not picks:
            raise Refusal(_("There are no approved questions yet. They are on their way."))
        present = items.confirm(organisation_id, today, [pick.uid for pick in picks])
        if len(present) == len(picks):
            return [
                Pick(pick.uid, present[pick.uid], pick.option_seed, pick.section) for pick in picks
            ]
        items.forget_pools()
    return [
        Pick(pick.uid, present[pick.uid], pick.option_seed, pick.section)
        for pick in picks
        if pick.uid in present
    ]


def store_form(blueprint_id: int, seed: str, picks: Sequence[Pick], memory: Memory) -> int:
    """Write a form with its items, part of a command, and return its id."""
    form_id = db.session.execute(
        insert(Form).returning(Form.id),
        {"blueprint_id": blueprint_id, "seed": seed[:80], "length": len(picks)},
    ).scalar_one()
    add_items(form_id, 1, picks, memory)
    return form_id


def add_items(form_id: int, first: int, picks: Iterable[Pick], memory: Memory) -> None:
    """Write items at the positions of a form from ``first`` on."""
    db.session.execute(
        insert(FormItem),
        [
            {
                "form_id": form_id,
                "position": position,
                "item_id": pick.uid,
                "item_version_id": pick.version,
                "option_seed": pick.option_seed,
                "section": pick.section,
                "purpose": memory.purpose_of(pick.uid),
            }
            for position, pick in enumerate(picks, start=first)
        ],
    )
