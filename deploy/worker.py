"""The background process of production: periodic jobs, long jobs and the board loops."""

from gevent import monkey

monkey.patch_all()

import signal
import sys
from pathlib import Path

import gevent

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from config import ConfigError
from quizapp import create_app
from quizapp.core import jobs


def main() -> None:
    """Work until SIGTERM or SIGINT; refuse wrong settings with a sentence."""
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, sys.exit, 0)
    try:
        app = create_app()
    except ConfigError as problem:
        sys.exit(str(problem))
    jobs.start_background(app, wait=True)


if __name__ == "__main__":
    main()
