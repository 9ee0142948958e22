"""What the memory model does about answers that became final."""

from __future__ import annotations

from quizapp.core.events import ResponsesGraded, listens_to

from . import service


@listens_to(ResponsesGraded)
def remember(fact: ResponsesGraded) -> None:
    """Note how a person met the items of an attempt."""
    service.remember(fact)
