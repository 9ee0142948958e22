"""What a person changes about their own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.core.i18n import is_known_locale

from .. import rules
from ..access import Viewer
from ..models import Consent, Person, Session


@dataclass(frozen=True)
class SessionLine:
    """A device on which a person is signed in."""

    id: str
    label: str
    started_at: datetime
    is_current: bool


@atomic
def decide_consent(viewer: Viewer, decision: str) -> None:
    """Record what a person decides about points: granted or declined; either may be changed."""
    if decision not in ("granted", "declined"):
        raise Refusal(_("Choose one of the two."), status=422)
    person = db.session.get_one(Person, viewer.id)
    if person.consent == decision:
        return
    person.consent = decision
    db.session.add(
        Consent(person_id=person.id, decision=decision, notice_version=rules.NOTICE_VERSION)
    )


@atomic
def set_large(viewer: Viewer, is_large: bool) -> None:
    """Switch the large-print version on or off."""
    db.session.get_one(Person, viewer.id).is_large = is_large


@atomic
def set_locale(viewer: Viewer, locale: str) -> None:
    """Choose the language; raise Refusal for one the product does not speak."""
    if not is_known_locale(locale):
        raise Refusal(_("This language is not available."), status=422)
    db.session.get_one(Person, viewer.id).locale = locale


@atomic
def accept_password(viewer: Viewer, password_hash: str) -> None:
    """Store a new password and end every other session."""
    person = db.session.get_one(Person, viewer.id)
    person.password_hash = password_hash
    person.must_change_password = False
    person.password_expires_at = None
    person.epoch += 1
    current = db.session.get_one(Session, viewer.session_id)
    current.epoch = person.epoch
    audit.record("accounts.password_changed", f"person:{person.public_id}", actor_id=person.id)


def password_hash_of(viewer: Viewer) -> str | None:
    """Return the stored hash of the viewer's own password; None when there is none."""
    return db.session.scalar(select(Person.password_hash).where(Person.id == viewer.id))


def list_sessions(viewer: Viewer) -> list[SessionLine]:
    """Return the devices on which the viewer is signed in, the newest first."""
    rows = db.session.scalars(
        select(Session)
        .join(Person, Person.id == Session.person_id)
        .where(
            Session.person_id == viewer.id,
            Session.expires_at > clock.now(),
            Session.epoch == Person.epoch,
        )
        .order_by(Session.started_at.desc())
        .limit(20)
    )
    return [
        SessionLine(row.public_id, row.device, row.started_at, row.id == viewer.session_id)
        for row in rows
    ]
