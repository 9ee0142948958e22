"""Looking for signatures that do not carry what was published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from quizapp.core.db import db

from .. import rules
from ..models import PASSED, ReviewCase, Signature


def find_unsound() -> Iterator[str]:
    """Yield a line for each wording that was published without sound signatures.

    And one for each that is underway with a signature by its author, or for other content.
    """
    signed: dict[int, list[tuple[str, int | None, str]]] = defaultdict(list)
    for row in db.session.execute(
        select(
            Signature.case_id, Signature.stage, Signature.person_id, Signature.content_hash
        ).where(Signature.decision == PASSED)
    ):
        signed[row.case_id].append((row.stage, row.person_id, row.content_hash))
    for case in db.session.scalars(select(ReviewCase).execution_options(yield_per=500)):
        path = rules.path_of(case.levels, is_typo=case.is_typo)
        if case.state not in rules.PUBLISHED_ONCE and case.state != "scheduled":
            passed = [stage for stage, _person, _hash in signed[case.id]]
            path = tuple(stage for stage in path if stage in passed)
        wrong = rules.why_unsound(path, case.author_id, case.content_hash, signed[case.id])
        if wrong:
            yield f"review_case {case.id}: {wrong}"
