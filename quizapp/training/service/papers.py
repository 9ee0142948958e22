"""Paper forms of a course's exam, for places without phones. A form and its key are kept."""

from __future__ import annotations

from flask_babel import gettext as _

from quizapp.accounts.access import Viewer
from quizapp.core import audit
from quizapp.core.db import atomic
from quizapp.core.forms import Refusal
from quizapp.quizzes.service import statutory
from quizapp.quizzes.service.statutory import PaperItem

from ..rules import PUBLISHED
from .desk import get_blueprint
from .fetching import EditionView


@atomic
def make(viewer: Viewer, course_id: str) -> int:
    """Draw the next paper form of a published course and return its number.

    Raises LookupError for others' courses, Refusal when the course is closed or the bank too small.
    """
    edition = get_blueprint(viewer, course_id)
    if edition.state != PUBLISHED or edition.blueprint_id is None:
        raise Refusal(_("Nothing of this course is published."))
    number = statutory.make_paper(edition.blueprint_id)
    audit.record("training.paper_made", f"course:{course_id}", actor_id=viewer.id, number=number)
    return number


def get(viewer: Viewer, course_id: str, number: int) -> tuple[EditionView, list[PaperItem]]:
    """Return the edition and a paper form of it; raise LookupError when there is none."""
    edition = get_blueprint(viewer, course_id)
    return edition, statutory.get_paper(edition.blueprint_id or 0, number)
