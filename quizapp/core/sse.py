"""Server-sent events: one subscription per process, a bounded queue per client.

A stream reads the store only: one query inside its generator would keep a database connection
for as long as somebody watches. An event carries the whole new state and a version, so a dropped
event is harmless.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import redis
from flask import Flask, Response, current_app

from . import db
from .redis import Store, store

log = logging.getLogger(__name__)

Inbox = queue.Queue[tuple[str, str]]
CHANNEL = "ev"
HEARTBEAT_SECONDS = 10
QUEUE_LENGTH = 20


class TooManyStreams(Exception):
    """This process holds as many streams as it may; the client should poll instead."""


class Hub:
    """Delivers what is published in the store to the streams of this process."""

    def __init__(self, opened: Store, limit: int) -> None:
        self._store = opened
        self._limit = limit
        self._clients: dict[str, set[Inbox]] = defaultdict(set)
        self._count = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_listening = threading.Event()

    def join(self, channels: Iterable[str]) -> Inbox:
        """Return a new queue that receives ``channels``; raise TooManyStreams at the limit."""
        with self._lock:
            if self._count >= self._limit:
                raise TooManyStreams
            self._count += 1
            inbox: Inbox = queue.Queue(QUEUE_LENGTH)
            for channel in channels:
                self._clients[channel].add(inbox)
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="sse-hub", daemon=True)
                self._thread.start()
        # Whoever joins reads the current state next; what is published after that must arrive.
        self._is_listening.wait(2)
        return inbox

    def leave(self, channels: Iterable[str], inbox: Inbox) -> None:
        """Forget ``inbox``; its place is free at once. Leaving twice frees one place."""
        with self._lock:
            was_here = False
            for channel in channels:
                was_here = was_here or inbox in self._clients[channel]
                self._clients[channel].discard(inbox)
                if not self._clients[channel]:
                    del self._clients[channel]
            self._count -= was_here

    def _listen(self) -> None:
        """Follow the store for as long as the process lives; reconnect when it goes away."""
        while True:
            try:
                feed = self._store.client.pubsub(ignore_subscribe_messages=True)
                feed.psubscribe(self._store.key(CHANNEL, "*"))
                self._is_listening.set()
                while True:
                    message = feed.get_message(timeout=5)
                    if message:
                        self._deliver(message["channel"], message["data"])
            except redis.RedisError as error:
                log.warning("live updates wait for the store: %s", error)
                time.sleep(1)

    def _deliver(self, name: str, data: str) -> None:
        channel = name.removeprefix(self._store.key(CHANNEL, ""))
        with self._lock:
            inboxes = list(self._clients.get(channel, ()))
        for inbox in inboxes:
            try:
                inbox.put_nowait((channel, data))
            except queue.Full:  # a reader this slow gets the next whole state instead
                continue


def init_app(app: Flask) -> None:
    """Give ``app`` a hub of its own; it starts to listen when the first stream opens."""
    app.extensions["zhixing_hub"] = Hub(
        app.extensions["zhixing_store"], app.config["STREAMS_PER_PROCESS"]
    )


def publish(channel: str, state: dict[str, Any]) -> None:
    """Send ``state`` (JSON-able, the whole new state) to everyone who watches ``channel``."""
    opened = store()
    opened.client.publish(opened.key(CHANNEL, channel), compact(state))


def publish_many(states: Mapping[str, dict[str, Any]]) -> None:
    """Do what ``publish`` does for many channels, in one trip to the store."""
    opened = store()
    with opened.client.pipeline(transaction=False) as sent:
        for channel, state in states.items():
            sent.publish(opened.key(CHANNEL, channel), compact(state))
        sent.execute()


def compact(state: Any) -> str:
    """Return ``state`` as short JSON, CJK left as it is: a board must fit in 2 KB."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def frame(event: str, data: str) -> str:
    """Return one event as it goes over the wire; ``data`` is a single line."""
    return f"event: {event}\ndata: {data}\n\n"


def stream(
    events: Mapping[str, str], first: Callable[[], list[str]], beat: Callable[[], None]
) -> Response:
    """Answer with an endless stream of the channels in ``events``, which maps them to event names.

    ``first`` makes the frames sent at once, after the stream has joined, so that nothing published
    in between is missed; proxies hold back a response that stays empty. ``beat`` is called with
    every heartbeat and must not touch the database. An event named ``gone`` is the last one.
    Raises TooManyStreams.
    """
    hub: Hub = current_app.extensions["zhixing_hub"]
    inbox = hub.join(events)
    try:
        opening = first()
    except BaseException:
        hub.leave(events, inbox)
        raise
    db.end_read()

    def frames() -> Iterator[str]:
        try:
            yield from opening
            while True:
                try:
                    channel, data = inbox.get(timeout=HEARTBEAT_SECONDS)
                except queue.Empty:
                    beat()
                    yield frame("ping", "{}")
                    continue
                yield frame(events[channel], data)
                if events[channel] == "gone":
                    return
        finally:
            hub.leave(events, inbox)

    response = Response(frames(), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    # A generator that never started never reaches its `finally`.
    response.call_on_close(lambda: hub.leave(events, inbox))
    return response
