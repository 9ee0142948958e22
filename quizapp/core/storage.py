"""Bytes by the hash of their content: uploads, pictures, films.

In the database, so that one backup holds everything and every web server sees the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import db, insert


class Blob(db.Model):  # type: ignore[name-defined]
    """Some bytes under their SHA-256 in hex. The room that refers to them says who may read."""

    __tablename__ = "core_blob"

    ref: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


def put(data: bytes) -> str:
    """Keep ``data``, part of a command, and return its ref; the same bytes are kept once."""
    ref = hashlib.sha256(data).hexdigest()
    db.session.execute(
        insert(Blob.__table__)
        .values(ref=ref, size=len(data), data=data, created_at=clock.now())
        .on_conflict_do_nothing()
    )
    return ref


def get(ref: str) -> bytes | None:
    """Return the bytes under ``ref``, or None when there are none."""
    return db.session.scalar(select(Blob.data).where(Blob.ref == ref))


def get_all(refs: Collection[str]) -> dict[str, bytes]:
    """Return the bytes under each of ``refs`` that has some, a statement for 500 of them."""
    wanted = sorted(refs)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), 500):
        some = select(Blob.ref, Blob.data).where(Blob.ref.in_(wanted[start : start + 500]))
        found |= {row.ref: row.data for row in db.session.execute(some)}
    return found


def drop(ref: str) -> None:
    """Forget the bytes under ``ref``; the caller knows that nothing refers to them."""
    db.session.execute(delete(Blob).where(Blob.ref == ref))
