"""Where imported questions belong: their topics, documents and names in the bank."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.core.db import db

from ... import rules as item_rules
from ...models import Import, ImportRow, Item, Source, Topic
from ..topics import MAX_DEPTH, Place
from . import rows

MAX_NAME = 80


class Filing:
    """Files the rows of one batch; topics and documents that do not exist are made."""

    def __init__(self, batch: Import, waiting: Sequence[rows.Content]) -> None:
        self._batch = batch
        self._default: int | None = json.loads(batch.settings)["topic_id"]
        topics = db.session.scalars(
            select(Topic).where(Topic.organisation_id == batch.organisation_id)
        ).all()
        self._parents = {topic.id: topic.parent_id for topic in topics}
        self._topics = {(topic.parent_id, topic.name): topic.id for topic in topics}
        sources = db.session.scalars(
            select(Source).where(Source.organisation_id == batch.organisation_id)
        ).all()
        self._sources = {name: one for one in sources for name in (one.title, one.short)}
        self._taken = self._taken_names(waiting)

    def topic_of(self, content: rows.Content) -> Place:
        """Return the place of a question: its path in the file, else the chosen topic."""
        path = [name.strip()[:MAX_NAME] for name in content.category if name.strip()][:MAX_DEPTH]
        if not path:
            return self._place(self._default or self._topic(None, str(_("Not yet sorted"))))
        topic_id: int | None = None
        for name in path:
            topic_id = self._topic(topic_id, name)
        assert topic_id is not None
        return self._place(topic_id)

    def _topic(self, parent_id: int | None, name: str) -> int:
        if (parent_id, name) not in self._topics:
            topic = Topic(
                organisation_id=self._batch.organisation_id, parent_id=parent_id, name=name
            )
            db.session.add(topic)
            db.session.flush()
            self._topics[parent_id, name] = topic.id
            self._parents[topic.id] = parent_id
        return self._topics[parent_id, name]

    def _place(self, topic_id: int) -> Place:
        theme_id = topic_id
        while (parent_id := self._parents[theme_id]) is not None:
            theme_id = parent_id
        return Place(topic_id, theme_id)

    def source_of(self, content: rows.Content) -> int | None:
        """Return the document a question cites; None when the file names none."""
        name = content.papers.get("source", "").strip("《》 ")[:200]
        if not name:
            return None
        if name not in self._sources:
            source = Source(
                organisation_id=self._batch.organisation_id, title=name, short=name[:MAX_NAME]
            )
            db.session.add(source)
            db.session.flush()
            self._sources[name] = source
        return self._sources[name].id

    def label_of(self, content: rows.Content) -> str:
        """Return a question's source as people read it; empty when the file names none."""
        source_id = self.source_of(content)
        if source_id is None:
            return ""
        short = next(one.short for one in self._sources.values() if one.id == source_id)
        return item_rules.source_label(short, content.papers.get("clause", ""))[:200]

    def uid_of(self, row: ImportRow, content: rows.Content) -> str:
        """Return a name that nothing in the bank has: the file's own, else one of the import."""
        name = content.papers.get("name", "").strip()
        if name and len(name) <= MAX_NAME and name not in self._taken:
            self._taken.add(name)
            return name
        return f"import-{self._batch.id}-{row.position}"

    def _taken_names(self, waiting: Sequence[rows.Content]) -> set[str]:
        names = {content.papers.get("name", "").strip() for content in waiting}
        return set(
            db.session.scalars(
                select(Item.uid).where(
                    Item.organisation_id == self._batch.organisation_id, Item.uid.in_(names)
                )
            )
        )
