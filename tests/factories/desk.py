"""What the tests of the authoring desk share: drafts, forms, and items in every state."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from question_bank.items.draft import Draft, DraftOption
from quizapp.accounts.permissions import Role
from quizapp.core.db import db
from quizapp.items.models import Item, Source
from quizapp.items.service import editing
from quizapp.items.service.contents import Passport, Wording
from quizapp.org.models import Unit
from tests.factories import people

EXPLANATION = "先保证人的安全，再考虑设备和物料。紧急撤离不需要等人批准，撤离以后马上报告班组长。"


def draft(stem: str = "发现险情时，从业人员可以怎样做？", right: int = 0) -> Draft:
    """Return a whole single choice."""
    texts = ("停止作业后撤离", "做完手头的工序", "等人批准再撤离", "先拍照再报告")
    options = tuple(DraftOption(text, place == right) for place, text in enumerate(texts))
    return Draft("single", stem, EXPLANATION, options)


def wording(stem: str = "发现险情时，从业人员可以怎样做？", **papers: Any) -> Wording:
    """Return a wording that may be submitted: a whole draft with all its papers."""
    given = {
        "topic_text": "安全 › 撤离",
        "difficulty": "easy",
        "source_text": "安全生产法",
        "clause": "第五十五条",
        "verified_on": date(2026, 11, 1),
        "valid_until": date(2027, 6, 30),
        "author": "Dana",
        **papers,
    }
    return Wording(draft(stem), Passport(**given))


def add_item(world: people.World, who: str = "dana", **more: Any) -> Item:
    """Store a new item of somebody and return its row."""
    viewer = people.viewer(world.people[who])
    saved = editing.create(viewer, "", wording(**more))
    return db.session.scalars(select(Item).where(Item.public_id == saved.public_id)).one()


def reviewer(world: people.World, role: Role, number: str) -> int:
    """Add a person who reviews for the whole organisation and return the id."""
    root = db.session.get_one(Unit, world.plant).parent_id
    added = people.person(world.organisation, root, f"审核{number}", number, role=role)
    db.session.commit()
    return added


def form(**more: Any) -> dict[str, Any]:
    """Return what the edit page sends for a whole single choice."""
    return {
        "kind": "single",
        "revision": "0",
        "stem": "发现险情时，从业人员可以怎样做？",
        "option": ["停止作业后撤离", "做完手头的工序", "等人批准再撤离", "先拍照再报告"],
        "feedback": ["", "先保人", "", ""],
        "weight": ["", "", "", ""],
        "option_image": ["", "", "", ""],
        "right": ["0"],
        "explanation": EXPLANATION,
        "topic": "安全 › 撤离",
        "source": "安全生产法",
        "clause": "第五十五条",
        "verified_on": "2026-11-01",
        "validity": "until",
        "valid_until": "2027-06-30",
        "difficulty": "easy",
        "workplace": "您的岗位往哪里撤离？",
        "author": "Dana",
        **more,
    }


def first_item(world: people.World) -> Item:
    """Return the first item of the bank that every test world has."""
    return db.session.scalars(
        select(Item).where(Item.organisation_id == world.organisation).order_by(Item.id)
    ).first()


def source_of(world: people.World) -> Source:
    """Return the document that the items of the world's bank cite."""
    return db.session.scalars(
        select(Source).where(Source.organisation_id == world.organisation).order_by(Source.id)
    ).first()
