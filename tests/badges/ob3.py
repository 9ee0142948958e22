"""What Open Badges 3.0 asks of a credential, as a JSON Schema in our own words.

Written from the tables of the specification (https://www.imsglobal.org/spec/ob/v3p0/, classes
AchievementCredential, Profile, AchievementSubject, IdentityObject, Achievement, Criteria, Image,
CredentialStatus, CredentialSchema). The consortium's own schema file is not copied here: its
licence does not allow to hand it on under ours. Where that one is open, this one is closed: a part
that is misspelled fails.
"""

from __future__ import annotations

from typing import Any

URI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
WEB = {"type": "string", "pattern": r"^https?://\S+$"}
TEXT = {"type": "string", "minLength": 1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


def typed(*names: str) -> dict[str, Any]:
    """Return the schema of a list of types that has at least these."""
    return {
        "type": "array",
        "items": {"type": "string"},
        "allOf": [{"contains": {"const": name}} for name in names],
    }


def closed(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Return the schema of an object with these parts and no other."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


IMAGE = closed({"id": WEB, "type": {"const": "Image"}}, caption=TEXT)
PROFILE = closed({"id": WEB, "type": typed("Profile")}, name=TEXT, url=WEB, image=IMAGE)
IDENTITY = closed(
    {
        "type": {"const": "IdentityObject"},
        "hashed": {"type": "boolean"},
        "identityHash": TEXT,
        "identityType": {"type": "string", "pattern": r"^(ext:[A-Za-z0-9._-]+|emailAddress)$"},
    },
    salt=TEXT,
)
HASHED = {
    "if": {"properties": {"hashed": {"const": True}}},
    "then": {
        "properties": {"identityHash": {"pattern": r"^sha256\$[0-9a-f]{64}$"}},
        "required": ["salt"],
    },
}
ACHIEVEMENT = closed(
    {
        "id": URI,
        "type": typed("Achievement"),
        "name": TEXT,
        "description": TEXT,
        "criteria": closed({"narrative": TEXT}, id=WEB),
    },
    achievementType={"enum": ["Badge", "Achievement", "MicroCredential"]},
    image=IMAGE,
)
SUBJECT = closed(
    {"id": URI, "type": typed("AchievementSubject"), "achievement": ACHIEVEMENT},
    identifier={"type": "array", "minItems": 1, "items": {"allOf": [IDENTITY, HASHED]}},
)
CREDENTIAL = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        {
            "@context": {
                "type": "array",
                "prefixItems": [
                    {"const": "https://www.w3.org/ns/credentials/v2"},
                    {
                        "type": "string",
                        "pattern": (
                            r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json$"
                        ),
                    },
                ],
                "minItems": 2,
                "items": WEB,
            },
            "id": URI,
            "type": typed("VerifiableCredential", "OpenBadgeCredential"),
            "issuer": PROFILE,
            "validFrom": MOMENT,
            "credentialSubject": SUBJECT,
            "name": TEXT,
        },
        validUntil=MOMENT,
        credentialStatus=closed(
            {"id": WEB, "type": {"enum": ["1EdTechRevocationList", "BitstringStatusListEntry"]}}
        ),
        credentialSchema={
            "type": "array",
            "items": closed({"id": WEB, "type": {"const": "1EdTechJsonSchemaValidator2019"}}),
        },
    ),
}
HEADER = closed({"alg": {"const": "RS256"}, "kid": WEB}, typ={"const": "JWT"})
CLAIMS = {
    "type": "object",
    "required": ["iss", "jti", "nbf", "sub"],
    "properties": {"iss": WEB, "jti": URI, "nbf": {"type": "integer"}, "sub": URI},
}
JWK = closed(
    {
        "kty": {"const": "RSA"},
        "n": {"type": "string", "pattern": "^[A-Za-z0-9_-]{500,}$"},
        "e": {"const": "AQAB"},
        "kid": WEB,
        "alg": {"const": "RS256"},
        "use": {"const": "sig"},
    }
)
REVOCATIONS = closed(
    {
        "id": WEB,
        "issuer": WEB,
        "revokedCredential": {
            "type": "array",
            "items": closed({"id": URI, "revoked": {"type": "boolean"}}, reason=TEXT),
        },
    }
)
