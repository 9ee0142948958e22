"""A pass that is told by several at the same moment: on PostgreSQL, with real commits."""

from __future__ import annotations

import pytest

from quizapp.org import service as org
from quizapp.training import service as training
from quizapp.training.models import Certificate, PaperResult
from tests.factories import people
from tests.factories import training as courses
from tests.faults.test_races import broken, count, together

pytestmark = pytest.mark.services


def test_a_pass_told_eight_times_at_once_is_one_certificate(live_app, live):
    """Two trainers with a sheet each, and the same line on both."""
    tess = courses.trainer(live)
    course_id = courses.published(tess, courses.text(live))
    number = people.viewer(live.people["bob"]).employee_number
    entry = training.Entry(number, org.today(live.organisation), True)
    results = together(live_app, 8, lambda _place: training.enter(tess, course_id, [entry]))
    assert not [each for each in results if isinstance(each, Exception)], results
    assert (count(PaperResult), count(Certificate)) == (1, 1)
    assert broken() == []
