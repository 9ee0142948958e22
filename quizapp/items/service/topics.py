"""The tree of topics: themes at the top, finer topics below them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from quizapp.accounts.access import Viewer
from quizapp.core import audit
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal

from ..models import Item, Topic
from .drawing import get_stored

MAX_NAME = 80
MAX_DEPTH = 4
SEPARATOR = " › "
_SEPARATORS = re.compile(r"\s*[›>/／＞]\s*")


@dataclass(frozen=True)
class TopicLine:
    """A topic in the tree: ``depth`` 0 is a theme; ``count`` is of the topic, ``total`` with all
    below it."""

    id: int
    name: str
    path: str
    depth: int
    parent_id: int | None
    theme_id: int
    count: int
    total: int
    has_children: bool


def list_topics(organisation_id: int, *, is_counted: bool = True) -> list[TopicLine]:
    """Return the topics of an organisation from the top down; two statements, or one uncounted."""
    topics = db.session.scalars(
        select(Topic).where(Topic.organisation_id == organisation_id).order_by(Topic.id)
    ).all()
    counts = _counts(organisation_id) if is_counted else {}
    children: dict[int | None, list[Topic]] = {}
    for topic in topics:
        children.setdefault(topic.parent_id, []).append(topic)
    return list(_walk(None, children, counts, (), 0))


def _counts(organisation_id: int) -> dict[int, int]:
    rows = db.session.execute(
        select(Item.topic_id, func.count())
        .where(Item.organisation_id == organisation_id, Item.deleted_at.is_(None))
        .group_by(Item.topic_id)
    )
    return {topic_id: number for topic_id, number in rows}


def _walk(
    parent_id: int | None,
    children: dict[int | None, list[Topic]],
    counts: dict[int, int],
    path: tuple[str, ...],
    theme_id: int,
) -> Iterator[TopicLine]:
    for topic in children.get(parent_id, ()):
        here = (*path, topic.name)
        below = list(_walk(topic.id, children, counts, here, theme_id or topic.id))
        own = counts.get(topic.id, 0)
        yield TopicLine(
            id=topic.id,
            name=topic.name,
            path=SEPARATOR.join(here),
            depth=len(path),
            parent_id=topic.parent_id,
            theme_id=theme_id or topic.id,
            count=own,
            total=own + sum(line.count for line in below),
            has_children=bool(below),
        )
        yield from below


def below(lines: Collection[TopicLine], topic_ids: Collection[int]) -> set[int]:
    """Return these topics and all topics below them."""
    found = set(topic_ids)
    for line in lines:  # parents come before their children
        if line.parent_id in found:
            found.add(line.id)
    return found


@dataclass(frozen=True)
class Place:
    """A topic and the theme above it, both as ids; a theme is its own theme."""

    topic_id: int
    theme_id: int


def place_of(organisation_id: int, topic_id: int) -> Place:
    """Return where a topic is; raise LookupError when the organisation has none of that id."""
    for line in list_topics(organisation_id, is_counted=False):
        if line.id == topic_id:
            return Place(line.id, line.theme_id)
    raise LookupError(f"topic {topic_id}")


@atomic
def make_topic(organisation_id: int, text: str) -> Place:
    """Return the place that a path such as “安全生产 › 权利” names, making what is missing of it.

    A name alone finds a topic of that name anywhere in the tree before it makes a theme. Raises
    Refusal for an empty path, or one that is too deep.
    """
    names = [part[:MAX_NAME] for part in _SEPARATORS.split(text.strip()) if part]
    if not names:
        raise Refusal(_("Name a topic."), status=422, field="topic")
    if len(names) > MAX_DEPTH:
        raise Refusal(_("Topics go four levels deep."), status=422, field="topic")
    lines = list_topics(organisation_id, is_counted=False)
    if len(names) == 1:
        found = next((line for line in lines if line.name == names[0]), None)
        if found:
            return Place(found.id, found.theme_id)
    known = {(line.parent_id, line.name): line.id for line in lines}
    path: list[int] = []
    for name in names:
        parent_id = path[-1] if path else None
        path.append(known.get((parent_id, name)) or _add(organisation_id, parent_id, name))
    return Place(path[-1], path[0])


def _add(organisation_id: int, parent_id: int | None, name: str) -> int:
    topic = Topic(organisation_id=organisation_id, parent_id=parent_id, name=name)
    db.session.add(topic)
    db.session.flush()
    return topic.id


@atomic
def add_topic(viewer: Viewer, parent_id: int | None, name: str) -> int:
    """Add a topic below another one, or a theme, and return its id. Raises Refusal, LookupError."""
    lines = list_topics(viewer.organisation_id, is_counted=False)
    parent = _line(lines, parent_id) if parent_id else None
    if parent and parent.depth + 1 >= MAX_DEPTH:
        raise Refusal(_("Topics go four levels deep."), status=422)
    topic_id = _add(viewer.organisation_id, parent_id, _free_name(lines, parent_id, name))
    audit.record("items.topic_added", f"topic:{topic_id}", actor_id=viewer.id)
    return topic_id


def _line(lines: list[TopicLine], topic_id: int) -> TopicLine:
    for line in lines:
        if line.id == topic_id:
            return line
    raise LookupError(f"topic {topic_id}")


def _free_name(
    lines: list[TopicLine], parent_id: int | None, name: str, except_id: int | None = None
) -> str:
    """Return a name without spaces around it; raise Refusal when it is empty or taken there."""
    plain = " ".join(_SEPARATORS.sub(" ", name).split())[:MAX_NAME]
    if not plain:
        raise Refusal(_("Name the topic."), status=422)
    for line in lines:
        if (line.parent_id, line.name) == (parent_id, plain) and line.id != except_id:
            raise Refusal(_("There is a topic of that name already."), status=422)
    return plain


@atomic
def rename_topic(viewer: Viewer, topic_id: int, name: str) -> None:
    """Give a topic another name. Raises Refusal or LookupError."""
    lines = list_topics(viewer.organisation_id, is_counted=False)
    line = _line(lines, topic_id)
    db.session.get_one(Topic, topic_id).name = _free_name(lines, line.parent_id, name, topic_id)
    audit.record("items.topic_renamed", f"topic:{topic_id}", actor_id=viewer.id)
    on_commit(get_stored.cache_clear)


@atomic
def move_topic(viewer: Viewer, topic_id: int, parent_id: int | None) -> None:
    """Hang a topic below another one, or at the top with None. Raises Refusal or LookupError."""
    lines = list_topics(viewer.organisation_id, is_counted=False)
    line = _line(lines, topic_id)
    moved = below(lines, [topic_id])
    parent = _line(lines, parent_id) if parent_id else None
    if parent_id in moved:
        raise Refusal(_("A topic cannot hang below itself."), status=422)
    height = max(one.depth for one in lines if one.id in moved) - line.depth
    if (parent.depth + 1 if parent else 0) + height >= MAX_DEPTH:
        raise Refusal(_("Topics go four levels deep."), status=422)
    _free_name(lines, parent_id, line.name, topic_id)
    db.session.get_one(Topic, topic_id).parent_id = parent_id
    _refile(viewer.organisation_id, moved, parent.theme_id if parent else topic_id)
    audit.record("items.topic_moved", f"topic:{topic_id}", actor_id=viewer.id, below=parent_id)


def _refile(organisation_id: int, topic_ids: Collection[int], theme_id: int) -> None:
    """Tell the items of these topics which theme they belong to now."""
    db.session.execute(
        update(Item)
        .where(Item.organisation_id == organisation_id, Item.topic_id.in_(topic_ids))
        .values(theme_id=theme_id)
    )
    on_commit(get_stored.cache_clear)


@atomic
def merge_topic(viewer: Viewer, topic_id: int, into_id: int) -> int:
    """Move the items and the topics of one topic into another and delete it; return how many items.

    Raises Refusal when a name would stand twice, LookupError for topics of others.
    """
    lines = list_topics(viewer.organisation_id, is_counted=False)
    line, into = _line(lines, topic_id), _line(lines, into_id)
    if into_id in below(lines, [topic_id]):
        raise Refusal(_("A topic cannot be merged into itself."), status=422)
    for child in (one for one in lines if one.parent_id == line.id):
        move_topic(viewer, child.id, into.id)
    moved = db.session.scalars(
        update(Item)
        .where(Item.organisation_id == viewer.organisation_id, Item.topic_id == topic_id)
        .values(topic_id=into_id, theme_id=into.theme_id)
        .returning(Item.id)
    ).all()
    db.session.flush()
    db.session.delete(db.session.get_one(Topic, topic_id))
    audit.record("items.topic_merged", f"topic:{topic_id}", actor_id=viewer.id, into=into_id)
    on_commit(get_stored.cache_clear)
    return len(moved)


@atomic
def delete_topic(viewer: Viewer, topic_id: int) -> None:
    """Delete a topic that nothing belongs to. Raises Refusal while something does, LookupError."""
    lines = list_topics(viewer.organisation_id, is_counted=False)
    line = _line(lines, topic_id)
    is_used = db.session.scalar(
        select(Item.id).where((Item.topic_id == topic_id) | (Item.theme_id == topic_id)).limit(1)
    )
    if line.has_children or is_used:
        raise Refusal(_("There are questions or topics below it, perhaps in the bin. Merge it."))
    db.session.delete(db.session.get_one(Topic, topic_id))
    audit.record("items.topic_deleted", f"topic:{topic_id}", actor_id=viewer.id)
