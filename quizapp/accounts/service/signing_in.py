"""Signing in and out: passwords with a delay, one-time links, sessions that can be revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import and_, select, update

from quizapp.core import audit, clock, security
from quizapp.core.db import atomic, db, end_read, insert
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Organisation
from quizapp.org.rules import normal_number

from .. import rules
from ..models import OneTimeLink, Person, RoleGrant, Session, SignInDelay
from ..permissions import Role
from .people import create_person


@dataclass(frozen=True)
class SignedIn:
    """A new session: what the cookie keeps. ``secret`` is stored nowhere else."""

    person_public_id: str
    secret: str


def sign_in(
    organisation: Organisation | None, number: str, password: str, *, address: str, agent: str
) -> SignedIn:
    """Open a session for an employee number and a password.

    Raises Refusal when they do not fit, when the account waits after failures, or when a one-time
    password has expired. Hashing takes its time, so it happens between two transactions.
    """
    key = normal_number(number)
    organisation_id = organisation.id if organisation else 0
    prints = {
        security.fingerprint(f"account:{organisation_id}:{key}"): rules.FREE_TRIES,
        security.fingerprint(f"address:{address}"): rules.FREE_TRIES_PER_ADDRESS,
    }
    _refuse_while_waiting(list(prints))
    person = db.session.scalar(
        select(Person).where(Person.organisation_id == organisation_id, Person.number_key == key)
    )
    end_read()
    if not security.is_password(person.password_hash if person else None, password):
        _note_failure(prints)
        raise Refusal(_("Employee number or password is not right."), status=422)
    assert person is not None
    if not person.is_active:
        raise Refusal(_("This account is closed. An administrator can open it."), status=422)
    if person.password_expires_at and person.password_expires_at <= clock.now():
        raise Refusal(_("This one-time password has expired. Ask for a new card."), status=422)
    _forget_failures(next(iter(prints)))
    return open_session(person.id, agent=agent)


def _refuse_while_waiting(prints: list[str]) -> None:
    until = db.session.scalars(
        select(SignInDelay.waits_until).where(
            SignInDelay.fingerprint.in_(prints), SignInDelay.waits_until > clock.now()
        )
    ).all()
    if until:
        seconds = int((max(u for u in until if u) - clock.now()).total_seconds()) + 1
        raise Refusal(
            _("Too many tries. Please wait %(seconds)s seconds.", seconds=seconds), status=429
        )


@atomic
def _note_failure(prints: dict[str, int]) -> None:
    """Count a failure for the account and for the address, and set how long each waits."""
    now = clock.now()
    for fingerprint, free in prints.items():
        statement = insert(SignInDelay).values(
            fingerprint=fingerprint, failures=0, last_failure_at=now
        )
        db.session.execute(statement.on_conflict_do_nothing())
        row = db.session.scalars(
            select(SignInDelay).where(SignInDelay.fingerprint == fingerprint).with_for_update()
        ).one()
        if rules.is_forgotten(row.last_failure_at, now):
            row.failures = 0
        row.failures += 1
        row.last_failure_at = now
        row.waits_until = now + rules.delay_after(row.failures, free=free)
    audit.record("accounts.sign_in_failed", "account:unknown")


@atomic
def _forget_failures(fingerprint: str) -> None:
    db.session.execute(
        update(SignInDelay)
        .where(SignInDelay.fingerprint == fingerprint)
        .values(failures=0, waits_until=None)
    )


@atomic
def open_session(person_id: int, *, agent: str) -> SignedIn:
    """Start a session on a device and return the secret that its cookie keeps."""
    person = db.session.get_one(Person, person_id)
    secret = security.new_token()
    now = clock.now()
    db.session.add(
        Session(
            person_id=person.id,
            secret_print=security.fingerprint(secret),
            epoch=person.epoch,
            device=rules.device_name(agent),
            started_at=now,
            expires_at=now + timedelta(days=rules.SESSION_DAYS),
        )
    )
    audit.record("accounts.signed_in", f"person:{person.public_id}", actor_id=person.id)
    return SignedIn(person.public_id, secret)


@atomic
def end_session(person_id: int, session_id: int) -> None:
    """End one session of a person at once."""
    db.session.execute(
        update(Session)
        .where(Session.id == session_id, Session.person_id == person_id)
        .values(expires_at=clock.now())
    )


@atomic
def sign_out_everywhere(person_id: int, *, keep_session_id: int | None = None) -> None:
    """End every session of a person, except ``keep_session_id``."""
    person = db.session.get_one(Person, person_id)
    person.epoch += 1
    if keep_session_id:
        db.session.execute(
            update(Session)
            .where(Session.id == keep_session_id, Session.person_id == person_id)
            .values(epoch=person.epoch)
        )
    audit.record("accounts.signed_out_everywhere", f"person:{person.public_id}", actor_id=person_id)


@atomic
def make_link(person_id: int, *, hours: float = rules.LINK_HOURS) -> str:
    """Return the secret of a new one-time sign-in link for a person; it lasts ``hours``."""
    return _new_link("sign_in", person_id, timedelta(hours=hours))


@atomic
def make_setup_link() -> str:
    """Return the secret of a link at which the first administrator founds the organisation.

    Raises Refusal when an organisation exists already.
    """
    _refuse_when_founded()
    return _new_link("setup", None, timedelta(hours=24))


def _refuse_when_founded() -> None:
    if db.session.scalar(select(Organisation.id).limit(1)):
        raise Refusal(_("This installation already has an organisation."))


def _new_link(purpose: str, person_id: int | None, lasts: timedelta) -> str:
    secret = security.new_token()
    db.session.add(
        OneTimeLink(
            purpose=purpose,
            secret_print=security.fingerprint(secret),
            person_id=person_id,
            expires_at=clock.now() + lasts,
        )
    )
    return secret


def check_link(purpose: str, secret: str) -> bool:
    """Tell whether a link would still work; looking consumes nothing."""
    return db.session.scalar(_live_link(purpose, secret, clock.now())) is not None


def _live_link(purpose: str, secret: str, now: datetime) -> Any:
    return select(OneTimeLink.id).where(
        OneTimeLink.purpose == purpose,
        OneTimeLink.secret_print == security.fingerprint(secret),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )


@atomic
def use_link(secret: str, *, agent: str) -> SignedIn:
    """Consume a one-time link and open its session; raise Refusal when it is spent."""
    person_id = _consume("sign_in", secret)
    person = db.session.get_one(Person, person_id)
    if person.is_demo and not current_app.config["IS_DEMO"]:
        raise Refusal(_("Demo accounts exist in the demo only."), status=403)
    if not person.is_active:
        raise Refusal(_("This account is closed. An administrator can open it."), status=403)
    return open_session(person.id, agent=agent)


def _consume(purpose: str, secret: str) -> int | None:
    """Mark a link as used, exactly once even when two requests come together."""
    now = clock.now()
    used = db.session.execute(
        update(OneTimeLink)
        .where(
            and_(
                OneTimeLink.purpose == purpose,
                OneTimeLink.secret_print == security.fingerprint(secret),
                OneTimeLink.used_at.is_(None),
                OneTimeLink.expires_at > now,
            )
        )
        .values(used_at=now)
        .returning(OneTimeLink.person_id)
    ).first()
    if used is None:
        raise Refusal(_("This link was used already or has expired."), status=410)
    return used.person_id


@atomic
def found_by_setup(
    secret: str, *, organisation: str, name: str, number: str, password_hash: str, agent: str
) -> SignedIn:
    """Found the organisation with its first administrator, consuming the setup link.

    Raises Refusal when the link is spent, or when another link founded an organisation before.
    """
    _consume("setup", secret)
    _refuse_when_founded()
    organisation_id = org.found_organisation(
        name=organisation, time_zone="Asia/Shanghai", code="root"
    )
    root = org.find_unit_by_code(organisation_id, "root")
    assert root is not None
    person = create_person(organisation_id, name=name, number=number, post="")
    person.password_hash = password_hash
    db.session.flush()
    org.join_unit(person.id, root.id, org.today(organisation_id))
    db.session.add(RoleGrant(person_id=person.id, role=Role.ADMIN.value, unit_id=root.id))
    audit.record("accounts.organisation_founded", f"person:{person.public_id}")
    return open_session(person.id, agent=agent)
