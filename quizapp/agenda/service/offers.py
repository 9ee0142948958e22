"""What somebody can assign: the open things of every kind, and what the form begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizapp.accounts.access import Viewer
from quizapp.accounts.permissions import Permission

from .audience import ASSIGN
from .subjects import list_subjects


@dataclass(frozen=True)
class Offer:
    """Something that can be assigned; ``key`` is its kind and public id, as a form sends them."""

    key: str
    word: str
    title: str
    minutes: int | None
    closes_on: date | None
    legal_basis: str


def list_offers(viewer: Viewer) -> list[Offer]:
    """Return what is open for somebody of the viewer's scope, by kind and title.

    What a law asks for is offered to those only who may assign statutory training.
    """
    paths = viewer.scope_paths(ASSIGN)
    return [
        Offer(
            key=f"{kind}:{subject_id}",
            word=subject.word(),
            title=found.title,
            minutes=found.minutes,
            closes_on=found.closes_on,
            legal_basis=found.legal_basis,
        )
        for kind, subject in list_subjects()
        for subject_id, found in sorted(
            subject.describe(viewer, paths, None).items(), key=lambda pair: pair[1].title
        )
        if not found.legal_basis or may_ask_by_law(viewer)
    ]


def may_ask_by_law(viewer: Viewer) -> bool:
    """Tell whether the viewer may assign statutory training anywhere."""
    return viewer.may(Permission.KEEP_TRAINING)
