"""Who changed what: rows that are only ever added.

No contents of private things: an action, the kind and public name of its object, and short facts.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Flask, g, has_request_context
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import db


class AuditRow(db.Model):  # type: ignore[name-defined]
    """One act of administration or security."""

    __tablename__ = "core_audit_row"
    __table_args__ = (Index(None, "action", "at"), Index(None, "actor_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None]  # None: the system, or somebody not signed in
    action: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(32))


def init_app(app: Flask) -> None:
    """Nothing to bind: rows are written by commands."""


def record(action: str, about: str, *, actor_id: int | None = None, **facts: Any) -> None:
    """Add a row to the log, as part of the current command.

    ``action`` is ``room.verb`` (``people.moved``), ``about`` is ``kind:public_id``.
    """
    db.session.add(
        AuditRow(
            actor_id=actor_id,
            action=action,
            object=about,
            facts=json.dumps(facts, ensure_ascii=False, default=str),
            request_id=g.get("request_id") if has_request_context() else None,
        )
    )
