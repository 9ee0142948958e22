"""The background process of production: periodic jobs, long jobs and the board loops."""

from gevent import monkey

monkey.patch_all()

import signal
import sys
from pathlib import Path

import gevent
from gevent.event import Event

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from config import ConfigError
from quizapp import create_app
from quizapp.core import jobs


def main() -> None:
    """Work until SIGTERM or SIGINT, then let a running job end; refuse wrong settings plainly."""
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopping.set)
    try:
        app = create_app()
    except ConfigError as problem:
        sys.exit(str(problem))
    consumer = jobs.start_background(app)
    stopping.wait()
    consumer.stop(graceful=True)


if __name__ == "__main__":
    main()
