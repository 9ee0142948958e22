"""Opening the ledger for a test that damages it: the database refuses changes otherwise."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sqlalchemy import text

from quizapp.core.db import db, is_sqlite

MIGRATION = Path(__file__).parent.parent / "migrations" / "versions" / "0009_point_rules.py"


def _migration() -> ModuleType:
    spec = importlib.util.spec_from_file_location("migration_0009", MIGRATION)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def opened_ledger() -> Iterator[None]:
    """Let entries be changed and deleted inside the block; guard them again afterwards."""
    guard = _migration()
    if is_sqlite():
        drop = [f"DROP TRIGGER points_entry_keeps_{deed}" for deed in ("update", "delete")]
        make = guard.ON_SQLITE
    else:
        drop = [
            "DROP TRIGGER points_entry_keeps ON points_entry",
            "DROP FUNCTION points_entry_keeps()",
        ]
        make = [guard.ON_POSTGRESQL]
    for statement in drop:
        db.session.execute(text(statement))
    yield
    db.session.flush()
    for statement in make:
        db.session.execute(text(statement))
