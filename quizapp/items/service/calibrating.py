"""Calibrating the bank: difficulty and discrimination of versions on one scale.

A two-parameter logistic model on every response that counts, whoever was given what. Rapid guesses
are left out as if they had not been given (Wise & DeMars 2006, Journal of Educational Measurement
43, 19-38). Organisations share neither people nor items, so one run calibrates each of them on its
own scale. The numeric library is loaded here and nowhere else in the application.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.events import responses_since
from quizapp.core.threads import aside

from ..models import Calibration, ItemVersion
from .statistics import BEGINNING

if TYPE_CHECKING:
    from question_bank.psychometrics.irt import Fit, Step

MODEL = "2pl"
LEAST_RESPONSES = 100  # below, a slope is little more than chance


@dataclass(frozen=True)
class CalibrationResult:
    """What a run came to; ``log_likelihood`` None says that there was too little to calibrate."""

    responses: int
    versions: int
    steps: int
    has_converged: bool
    log_likelihood: float | None


def calibrate(progress: Callable[[Step], None] | None = None) -> CalibrationResult:
    """Calibrate every version with at least 100 responses and keep its parameters.

    Versions that say nothing, or whose parameters ran away, get none; parameters of earlier runs
    are replaced as a whole. ``progress`` is called after each step.
    """
    # Loading it costs a fifth of a second and 30 MB, in a process that may never calibrate.
    from question_bank.psychometrics.irt import Collector, fit

    collector = Collector()
    for final in responses_since(BEGINNING):
        for response in final.responses:
            if not response.is_rapid:
                collector.add(final.person_id, response.item_version_id, response.is_correct)
    responses = collector.responses()
    is_kept = responses.counts >= LEAST_RESPONSES
    names = [name for name, kept in zip(collector.item_names, is_kept, strict=True) if kept]
    kept = responses.keep(is_kept)
    try:
        found = aside(lambda: fit(kept, progress=progress))
    except ValueError:
        _keep([])
        return CalibrationResult(kept.size, 0, 0, has_converged=False, log_likelihood=None)
    rows = _rows([int(str(name)) for name in names], found)
    _keep(rows)
    return CalibrationResult(
        kept.size, len(rows), found.steps, found.has_converged, found.log_likelihood
    )


def _rows(version_ids: list[int], found: Fit) -> list[Calibration]:
    """Return a row for each version whose parameters are known with an error."""
    rows = []
    for place, version_id in enumerate(version_ids):
        values = (
            float(found.a[place]),
            float(found.b[place]),
            float(found.se_a[place]),
            float(found.se_b[place]),
        )
        if all(map(math.isfinite, values)):
            a, b, a_error, b_error = values
            rows.append(
                Calibration(
                    version_id=version_id,
                    model=MODEL,
                    discrimination=a,
                    difficulty=b,
                    discrimination_error=a_error,
                    difficulty_error=b_error,
                    responses=int(found.counts[place]),
                )
            )
    return rows


@atomic
def _keep(rows: list[Calibration]) -> None:
    db.session.execute(delete(Calibration))
    known = set(db.session.scalars(select(ItemVersion.id)))
    at = clock.now()
    for row in rows:
        if row.version_id in known:
            row.at = at
            db.session.add(row)
