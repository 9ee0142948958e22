"""HTTP requests as a phone's browser sends them, for a socket and for the test client alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/112 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
}


@dataclass(frozen=True)
class Message:
    """One request; ``body`` is a form in ASCII, empty for GET."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def wire(self, port: int) -> str:
        """Return the request as it goes over a connection that stays open."""
        headers = {"Host": f"{HOST}:{port}", **BROWSER, **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", self.body])


def get(path: str, cookie: str = "") -> Message:
    """Return the request for a page; ``cookie`` is a whole Cookie header."""
    return Message("GET", path, {"Cookie": cookie} if cookie else {})


def post_json(path: str, cookie: str, sent: object) -> Message:
    """Return JSON as the script of the quiz page sends it."""
    headers = {"Cookie": cookie, "Content-Type": "application/json"}
    return Message("POST", path, headers, json.dumps(sent, separators=(",", ":")))


def post(path: str, cookie: str, csrf_token: str, fields: list[tuple[str, str]]) -> Message:
    """Return a form as the script of the quiz page sends it: it asks for a part of a page."""
    headers = {
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "X-CSRFToken": csrf_token,
        "X-Requested-With": "fetch",
    }
    return Message("POST", path, headers, urlencode(fields))
