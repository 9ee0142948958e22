"""Redis, or the embedded store that stands in for it inside one process.

Holds nothing that cannot be rebuilt: boards, live fan-out, rate limits, pairing codes.
"""

from __future__ import annotations

from typing import Any

import redis
from flask import Flask, current_app


class Store:
    """The client with the app's key prefix; ``key`` names a key, the client does the rest."""

    def __init__(self, client: redis.Redis, prefix: str, *, is_embedded: bool) -> None:
        self.client = client
        self.prefix = prefix
        self.is_embedded = is_embedded

    def key(self, *parts: object) -> str:
        """Return the full name of a key: prefix and parts joined with colons."""
        return self.prefix + ":".join(str(part) for part in parts)


def init_app(app: Flask) -> None:
    """Open the store of ``app``: REDIS_URL, or the embedded one."""
    url = app.config["REDIS_URL"]
    # Blocking: redis-py stops with an error at its connection limit instead of waiting.
    if url:
        pool: Any = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=64,
            timeout=5,
            decode_responses=True,
            socket_connect_timeout=2,
            socket_timeout=10,
            health_check_interval=30,
        )
    else:
        import fakeredis

        pool = redis.BlockingConnectionPool(
            connection_class=fakeredis.FakeRedisConnection,
            server=fakeredis.FakeServer(version=(7,)),
            max_connections=32,
            timeout=5,
            decode_responses=True,
        )
    app.extensions["zhixing_store"] = Store(
        redis.Redis(connection_pool=pool), app.config["REDIS_PREFIX"], is_embedded=not url
    )


def store() -> Store:
    """Return the store of the current app."""
    opened: Store = current_app.extensions["zhixing_store"]
    return opened
