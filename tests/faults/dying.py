"""A process that dies between storing a last answer and finishing its set.

``python -m tests.faults.dying PERSON_ID``, with ANSWERING_URL as ``tests.faults.answering``.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import config
from quizapp import create_app
from quizapp.quizzes.service import finishing
from tests.faults.answering import take_set


def die(*_arguments: Any) -> None:
    """Be gone from one moment to the next, as when the machine kills a worker."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    finishing.conclude = die  # type: ignore[assignment]
    chosen = type("Chosen", (config.Testing,), {"DATABASE_URL": os.environ["ANSWERING_URL"]})
    with create_app(chosen).app_context():
        take_set(int(sys.argv[1]))
