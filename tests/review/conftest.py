"""A kind of thing of its own: the review room knows no other room, and neither do its tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quizapp.review import service
from quizapp.review.service import showing
from tests.factories import bench as benches
from tests.factories.bench import Bench

HASHES: dict[int, str] = {}


def digest(letter: str) -> str:
    """Return something that looks like a hash."""
    return letter * 64


def _show(_organisation_id: int, wording_id: int) -> service.Sheet:
    return service.Sheet("review/policy.html", {}, HASHES[wording_id])


@pytest.fixture
def made(world) -> Bench:
    """The author and the three reviewers."""
    return benches.bench(world)


@pytest.fixture
def notices() -> Iterator[None]:
    """Register a kind of thing, ``notice``, whose contents are in ``HASHES``."""
    service.shows(
        service.Kind(
            subject="notice",
            name=lambda: "Notices",
            show=_show,
            hash_of=HASHES.__getitem__,
            labels=lambda ids: {one: f"notice {one}" for one in ids},
        )
    )
    yield
    HASHES.clear()
    del showing._kinds["notice"]


@pytest.fixture
def hand_in(made, notices):
    """Return a function that hands a notice in and returns its case's public id."""

    def submit(wording_id: int = 1, *, thread_id: int = 1, author=None, **more) -> str:
        HASHES[wording_id] = digest("a")
        author = author or made.author
        wording = service.Wording(
            organisation_id=author.organisation_id,
            subject="notice",
            subject_id=wording_id,
            thread_id=thread_id,
            title=f"通知 {wording_id}",
            author_id=author.id,
            content_hash=digest("a"),
        )
        return service.submit_wording(author, wording, **more)

    return submit
