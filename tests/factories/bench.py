"""The people who keep a bank, and drafts they hand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from question_bank.items.draft import Draft, DraftOption
from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Role
from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.items.models import Item, Source, Topic
from quizapp.items.service import editing
from quizapp.items.service.contents import Passport, Wording
from quizapp.org import service as org
from quizapp.review import service as review
from tests.factories import people

EXPLANATION = (
    "规定写明先停下来再报告，因为人的安全在前面，设备可以以后再修，所以答案是第一项，其余都晚了。"
)
POINTS = {
    "first": ("source", "key", "distractors", "explanation", "facts", "language"),
    "second": ("source", "key", "law", "secrecy", "respect"),
    "final": ("validity", "direction", "settled", "symbols"),
}


@dataclass(frozen=True)
class Bench:
    """An author and three reviewers of company A, as services meet them."""

    author: Viewer
    first: Viewer
    second: Viewer
    final: Viewer

    @property
    def reviewers(self) -> dict[str, Viewer]:
        """Return the reviewers by their level, in order."""
        return {"first": self.first, "second": self.second, "final": self.final}


@atomic
def bench(world: people.World) -> Bench:
    """Add the author and the reviewers to company A; they are in ``world.people`` too."""
    root = org.find_unit_by_code(world.organisation, "A")
    assert root
    roles = {
        "lin": Role.AUTHOR,
        "chen": Role.FIRST_REVIEWER,
        "sun": Role.SECOND_REVIEWER,
        "he": Role.FINAL_REVIEWER,
    }
    for number, (name, role) in enumerate(roles.items(), start=3001):
        world.people[name] = people.person(
            world.organisation, root.id, name.title(), str(number), role=role
        )
    return Bench(*(people.viewer(world.people[name]) for name in roles))


def wording(world: people.World, *, right: int = 0, stem: str = "发现险情先做什么？") -> Wording:
    """Return a sound single choice whose option ``right`` is the key."""
    texts = ("停止作业并报告", "把活干完再说", "拍照发到群里", "等别人来处理")
    topic = db.session.scalars(select(Topic.id).where(Topic.parent_id.is_not(None))).first()
    source = db.session.scalars(
        select(Source.id).where(Source.organisation_id == world.organisation)
    ).first()
    return Wording(
        Draft(
            kind="single",
            stem=stem,
            explanation=EXPLANATION,
            options=tuple(DraftOption(text, place == right) for place, text in enumerate(texts)),
        ),
        Passport(
            topic_id=topic,
            source_id=source,
            difficulty="easy",
            clause="第三条",
            verified_on=date(2026, 11, 1),
            valid_until=date(2028, 1, 1),
            author="林静",
        ),
    )


def drafted(author: Viewer, kept: Wording) -> str:
    """Store a new item with this draft and return its public id."""
    return editing.create(author, "", kept).public_id


def redrafted(author: Viewer, public_id: str, change: Callable[[Wording], Wording]) -> None:
    """Change the next wording of an item, beginning with the live one."""
    sheet = editing.get_sheet(author, public_id)
    editing.save(author, public_id, change(sheet.wording), revision=sheet.revision)


def with_key(right: int) -> Callable[[Wording], Wording]:
    """Return a change that makes another option the key."""

    def change(kept: Wording) -> Wording:
        options = tuple(
            replace(option, is_right=place == right)
            for place, option in enumerate(kept.draft.options)
        )
        return replace(kept, draft=replace(kept.draft, options=options))

    return change


def sign(reviewer: Viewer, case_id: str, level: str, **more: object) -> None:
    """Pass a level as the desk does: every point ticked, the content seen as it is."""
    seen = review.get_case(reviewer, case_id)
    review.pass_level(
        reviewer,
        case_id,
        level=level,
        seen_hash=seen.content_hash,
        ticked=POINTS[level],
        **more,  # type: ignore[arg-type]
    )


def publish(made: Bench, case_id: str, levels: tuple[str, ...] = ("first", "second", "final")):
    """Let a case pass all its levels."""
    for level in levels:
        sign(made.reviewers[level], case_id, level)


def published(made: Bench, kept: Wording) -> str:
    """Return the public id of an item that went the whole way."""
    public_id = drafted(made.author, kept)
    publish(made, items.submit(made.author, public_id).case_id)
    return public_id


def item(public_id: str) -> Item:
    """Return an item as it is stored now."""
    return db.session.scalars(
        select(Item).where(Item.public_id == public_id).execution_options(populate_existing=True)
    ).one()
