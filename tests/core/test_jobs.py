"""Work outside requests: what the clock starts."""

from __future__ import annotations

from quizapp.core import jobs


def test_every_job_with_times_is_on_the_clock(app):
    queue = app.extensions["zhixing_queue"]
    named = jobs.schedule(app)
    assert {"quizzes.close_stale", "items.resume_imports", "review.publish_due"} <= set(named)
    scheduled = {task.name for task in queue._registry.periodic_tasks}
    assert {f"every:{name}" for name in named} <= scheduled
