"""A browser without a screen: signs in, carries the CSRF token, forgets nothing by accident."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from quizapp.accounts import service as accounts
from quizapp.accounts.models import Person
from quizapp.core.db import db


class Browser:
    """One person's browser on ``app``. Each request has an application context of its own.

    Without that the whole test would share one ``g``, and with it the first person who signed in.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def sign_in(self, person_id: int) -> Browser:
        """Open a session for a person, as every way of signing in does."""
        signed_in = accounts.open_session(person_id, agent="Android")
        public_id = db.session.get_one(Person, person_id).public_id
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie.update(_user_id=public_id, _fresh=True, secret=signed_in.secret)
        return self

    def open(self, path: str, **options: Any) -> TestResponse:
        """Send a request as it is."""
        db.session.commit()  # ends the test's own savepoint, so that nothing here lies inside it
        with self.app.app_context():
            return self.client.open(path, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.open(path, method="GET", **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with its CSRF token."""
        form = {"csrf_token": self.csrf_token(), **(data or {})}
        return self.open(path, method="POST", data=form, **options)

    def csrf_token(self) -> str:
        """Return a token that fits this browser's session."""
        token: str = self.get("/csrf").get_json()["token"]
        return token
