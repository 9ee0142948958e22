"""Administrators and owners of badges, and a key that is made once a run."""

from __future__ import annotations

import pytest

from quizapp.badges.service import keys
from tests.factories import badges, people


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch):
    monkeypatch.setattr(keys, "new_private_key", badges.private_key)


@pytest.fixture
def dana(world):
    """The administrator of company A."""
    return people.viewer(world.people["dana"])


@pytest.fixture
def carol(world):
    """The administrator of company B."""
    return people.viewer(world.people["carol"])


@pytest.fixture
def bob(world):
    """An employee of company A."""
    return people.viewer(world.people["bob"])


@pytest.fixture
def alice(world):
    """Bob's team leader."""
    return people.viewer(world.people["alice"])


@pytest.fixture
def award_id(world, dana, bob):
    """A badge that Bob has earned."""
    return badges.earned(dana, bob.id)
