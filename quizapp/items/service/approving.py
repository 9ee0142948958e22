"""Approving without a desk: from the command line by three people, and in the demo."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.review import service as review

from .. import rules
from ..models import APPROVED, CHECKED, Item, ItemVersion, Topic

SUBJECT = "item"  # how the review room calls what lives here


@atomic
def approve(organisation_id: int, uids: Collection[str], reviewers: tuple[int, int, int]) -> int:
    """Approve the current versions of the checked items ``uids``, signed by three people.

    Returns how many were approved. Raises Refusal unless the three are different.
    """
    if not rules.may_approve(None, reviewers):
        raise Refusal(_("Three different people have to sign."), status=422)
    stages = tuple(zip(("first", "second", "final"), reviewers, strict=True))
    return _sign(organisation_id, uids, stages)


@atomic
def approve_for_demo(organisation_id: int) -> int:
    """Approve everything for the demo, labelled as such; raise Refusal anywhere else."""
    if not (current_app.config["IS_DEMO"] or current_app.config["TESTING"]):
        raise Refusal(_("Only the demo approves without reviewers."), status=403)
    uids = db.session.scalars(select(Item.uid).where(Item.organisation_id == organisation_id))
    return _sign(organisation_id, list(uids), (("demo", None),))


def _sign(
    organisation_id: int, uids: Collection[str], stages: tuple[tuple[str, int | None], ...]
) -> int:
    rows = db.session.execute(
        select(Item, ItemVersion, Topic.name)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .join(Topic, Topic.id == Item.topic_id)
        .where(
            Item.organisation_id == organisation_id,
            Item.uid.in_(list(uids)),
            Item.status == CHECKED,
        )
    ).all()
    for item, version, topic in rows:
        item.status = APPROVED
        review.record_published(
            review.Wording(
                organisation_id=organisation_id,
                subject=SUBJECT,
                subject_id=version.id,
                thread_id=item.id,
                title=rules.case_title(item.id, topic),
                author_id=version.author_id,
                content_hash=version.content_hash,
            ),
            stages,
        )
    audit.record("items.approved", f"organisation:{organisation_id}", number=len(rows))
    return len(rows)


def list_checked_uids(organisation_id: int, theme: str | None = None) -> list[str]:
    """Return the uids of items that wait for approval; of one theme when it is named."""
    statement = select(Item.uid).where(
        Item.organisation_id == organisation_id, Item.status == CHECKED
    )
    if theme:
        statement = statement.join(Topic, Topic.id == Item.theme_id).where(Topic.name == theme)
    return list(db.session.scalars(statement.order_by(Item.uid)))
