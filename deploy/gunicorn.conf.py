"""The production web server: gunicorn with gevent workers, for pages and streams alike.

HOST, PORT and WEB_CONCURRENCY choose where and how many. More than one worker needs REDIS_URL; the
application refuses to start without it.
"""

from gevent import monkey

monkey.patch_all()  # Before anything else is imported: patched late, waiting blocks the worker.

import os
from pathlib import Path

wsgi_app = "quizapp:create_app()"
chdir = str(Path(__file__).resolve().parent.parent)

_host = os.environ.get("HOST", "127.0.0.1")
_port = os.environ.get("PORT", "8000")
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"

# The application reads the same variable to refuse several workers on an embedded store.
os.environ.setdefault("WEB_CONCURRENCY", "2")
workers = int(os.environ["WEB_CONCURRENCY"])
worker_class = "gevent"
worker_connections = 4000  # A television keeps a stream open all day; pages need room beside.

# Streams never end by themselves: without this a stop waits half a minute for them.
graceful_timeout = 2
preload_app = False
# The control socket lies in the home folder, which two instances or a read-only home cannot share.
control_socket_disable = True

accesslog = None
errorlog = "-"


def post_worker_init(worker):
    """Let the worker give its signs of life; after the fork, or its threads would be gone."""
    from quizapp.core.jobs import start_pulses

    application = worker.wsgi
    if "zhixing_queue" in getattr(application, "extensions", {}):  # not in the bench's yardstick
        start_pulses(application)
