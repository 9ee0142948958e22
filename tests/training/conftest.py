"""A trainer of company A, and one published course for its plant."""

from __future__ import annotations

import pytest

from tests.factories import training as courses


@pytest.fixture
def tess(world):
    """The safety trainer of the whole company."""
    return courses.trainer(world)


@pytest.fixture
def course_id(world, tess):
    """A published course for the plant."""
    return courses.published(tess, courses.text(world))
