"""Hashing that takes no time: its strength is proven in tests/core/test_security.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from quizapp.core import security


@pytest.fixture(scope="module", autouse=True)
def quick_hashing() -> Iterator[None]:
    """Let argon2 work with its smallest parameters, or these tests would spend their time there."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
        patch.setattr(security, "_hasher", quick)
        patch.setattr(security, "_NOBODYS_HASH", quick.hash("a password that nobody has"))
        yield
