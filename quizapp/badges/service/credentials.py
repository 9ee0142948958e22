"""Credentials: an award as an Open Badges 3.0 credential, and what its issuer publishes beside it.

Made from the award each time and never stored: the same award signed by the same key is the same
text. https://www.imsglobal.org/spec/ob/v3p0/ names the parts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import current_app
from sqlalchemy import select

from quizapp.core.db import db
from quizapp.core.http import absolute_url
from quizapp.org import service as org
from quizapp.org.models import Organisation

from .. import rules
from ..models import Award, Badge
from . import keys
from .artwork import Art, draw

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
SCHEMA_TYPE = "1EdTechJsonSchemaValidator2019"
STATUS_TYPE = "1EdTechRevocationList"
# What the list says of a credential: never the administrator's own words about a person.
PUBLIC_REASONS = {rules.REVOKED: "Issued in error", rules.SUSPENDED: "Suspended while checked"}


@dataclass(frozen=True)
class Subject:
    """Who a credential is about; ``is_named`` says whether it tells the name or only its hash."""

    name: str
    is_named: bool


def urn(credential_id: str) -> str:
    """Return the name of a credential as a URI; it is no address, so a list of them opens none."""
    return f"urn:uuid:{credential_id}"


def issuer_profile(organisation_id: int) -> dict[str, Any]:
    """Return the profile of an issuer."""
    organisation = org.get_organisation(organisation_id)
    return {
        "id": absolute_url("badges.issuer", organisation_id=organisation.public_id),
        "type": ["Profile"],
        "name": organisation.name,
        "url": current_app.config["PUBLIC_BASE_URL"].rstrip("/") + "/",
    }


def achievement(badge: Badge) -> dict[str, Any]:
    """Return what a badge stands for."""
    return {
        "id": absolute_url("badges.achievement", badge_id=badge.public_id),
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": badge.name,
        "description": badge.description or badge.criterion,
        "criteria": {"narrative": badge.criterion},
        "image": {
            "id": absolute_url("badges.artwork", badge_id=badge.public_id),
            "type": "Image",
            "caption": badge.name,
        },
    }


def _subject(award: Award, badge: Badge, subject: Subject) -> dict[str, Any]:
    """Return who earned it: a name that fits no other credential, and the person's own, or a hash.

    The hash lets somebody to whom a name is told see that the credential is that person's.
    """
    identity: dict[str, Any] = {
        "type": "IdentityObject",
        "hashed": not subject.is_named,
        "identityHash": subject.name,
        "identityType": "ext:fullName",
    }
    if not subject.is_named:
        salted = (subject.name + award.salt).encode()
        identity["identityHash"] = f"sha256${hashlib.sha256(salted).hexdigest()}"
        identity["salt"] = award.salt
    return {
        "id": f"urn:uuid:{uuid5(NAMESPACE_URL, urn(award.credential_id))}",
        "type": ["AchievementSubject"],
        "identifier": [identity],
        "achievement": achievement(badge),
    }


def build(award: Award, badge: Badge, subject: Subject) -> dict[str, Any]:
    """Return an award as a credential, not yet signed."""
    issuer = issuer_profile(badge.organisation_id)
    return {
        "@context": list(CONTEXT),
        "id": urn(award.credential_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.name,
        "issuer": issuer,
        "validFrom": moment(award.issued_at),
        "credentialSubject": _subject(award, badge, subject),
        "credentialSchema": [{"id": SCHEMA, "type": SCHEMA_TYPE}],
        "credentialStatus": {
            "id": revocations_address(badge.organisation_id),
            "type": STATUS_TYPE,
        },
    }


def signed(award: Award, badge: Badge, subject: Subject) -> str:
    """Return an award as a signed credential, a compact JWS. Raises Refusal without a key."""
    credential = build(award, badge, subject)
    return keys.sign(
        {
            **credential,
            "iss": credential["issuer"]["id"],
            "jti": credential["id"],
            "sub": credential["credentialSubject"]["id"],
            "nbf": int(award.issued_at.timestamp()),
        }
    )


def art_of(badge: Badge) -> Art:
    """Return what the drawing of a badge is made of."""
    return Art(badge.icon, badge.tone, badge.name, badge.criterion)


def baked(award: Award, badge: Badge, subject: Subject) -> bytes:
    """Return the drawing of a badge with the credential inside. Raises Refusal without a key."""
    return draw(art_of(badge), credential=signed(award, badge, subject))


def moment(at: datetime) -> str:
    """Return a moment as credentials state it, in UTC and whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def revocations_address(organisation_id: int) -> str:
    """Return where an issuer publishes which credentials hold no longer."""
    organisation = org.get_organisation(organisation_id)
    return absolute_url("badges.revocations", organisation_id=organisation.public_id)


def _organisation(public_id: str) -> Organisation:
    found = org.find_organisation(public_id)
    if found is None or found.public_id != public_id:
        raise LookupError(f"organisation {public_id}")
    return found


def get_issuer(public_id: str) -> dict[str, Any]:
    """Return the profile of an issuer as it is published; raise LookupError for nobody's."""
    organisation = _organisation(public_id)
    return {"@context": list(CONTEXT), **issuer_profile(organisation.id)}


def get_revocations(public_id: str) -> dict[str, Any]:
    """Return which credentials of an issuer hold no longer; raise LookupError for nobody's.

    Whether one of them was shown, and to whom it was given, nobody learns from it.
    """
    organisation = _organisation(public_id)
    rows = db.session.execute(
        select(Award.credential_id, Award.state)
        .join(Badge, Badge.id == Award.badge_id)
        .where(Badge.organisation_id == organisation.id, Award.state != rules.VALID)
        .order_by(Award.credential_id)
    )
    return {
        "id": revocations_address(organisation.id),
        "issuer": issuer_profile(organisation.id)["id"],
        "revokedCredential": [
            {"id": urn(row.credential_id), "revoked": True, "reason": PUBLIC_REASONS[row.state]}
            for row in rows
        ],
    }


def _published(public_id: str) -> Badge:
    badge = db.session.scalar(
        select(Badge).where(Badge.public_id == public_id, Badge.state != rules.DRAFT)
    )
    if badge is None:
        raise LookupError(f"badge {public_id}")
    return badge


def get_achievement(public_id: str) -> dict[str, Any]:
    """Return what a badge stands for as it is published; raise LookupError for a draft."""
    badge = _published(public_id)
    issuer = issuer_profile(badge.organisation_id)
    return {"@context": list(CONTEXT), **achievement(badge), "creator": issuer}


def get_drawing(public_id: str) -> bytes:
    """Return the drawing of a badge, without a credential; raise LookupError for a draft."""
    return draw(art_of(_published(public_id)))
