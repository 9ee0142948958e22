"""Keys of the issuer: made here, kept encrypted, changed in turn, published for whoever verifies.

RSA with SHA-256 (RS256): the one algorithm that Open Badges 3.0 asks every verifier for; see
docs/adr/0022. The private half is encrypted under a key derived from SECRET_KEY, so a copy of the
database alone signs nothing.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from flask_babel import gettext as _
from joserfc import jws
from joserfc.jwk import RSAKey
from sqlalchemy import select

from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.core.http import absolute_url
from quizapp.core.security import public_id
from quizapp.core.threads import aside

from ..models import IssuerKey

ALGORITHM = "RS256"
KEY_BITS = 3072
KEYS = 7022  # class of the advisory lock: one key is made at a time
NONCE = 12


@dataclass(frozen=True)
class KeyView:
    """A key as administrators see it; ``state`` is signing, published or revoked."""

    public_id: str
    state: str
    created_at: datetime
    retired_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str


def new_private_key() -> bytes:
    """Return a fresh private key as DER; it takes a fifth of a second, so never in a command."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return made.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def prepare() -> str:
    """Return the name of the key that signs, making the first one when there is none."""
    known = _signing()
    if known is not None:
        return known.public_id
    return _add(aside(new_private_key), is_first=True)


def rotate(actor_id: int | None = None) -> str:
    """Make a new key that signs from now on and return its name; the old ones stay published."""
    return _add(aside(new_private_key), actor_id=actor_id)


@atomic
def _add(private: bytes, *, is_first: bool = False, actor_id: int | None = None) -> str:
    lock_for_command(KEYS, 0)
    known = _signing()
    if is_first and known is not None:  # somebody else was first
        return known.public_id
    now = clock.now()
    for old in db.session.scalars(select(IssuerKey).where(IssuerKey.retired_at.is_(None))):
        old.retired_at = now
    name = public_id()
    db.session.add(
        IssuerKey(public_id=name, private=_encrypted(name, private), public=_public_half(private))
    )
    audit.record("badges.key_made", f"key:{name}", actor_id=actor_id)
    return name


def revoke(name: str, reason: str, *, actor_id: int | None = None) -> str:
    """Withdraw a key that somebody else may know, and return the name of the one that signs now.

    What it signed verifies no longer; owners download their credentials again, signed by the new
    key. Raises LookupError for a key that does not exist, Refusal without a reason.
    """
    if not reason.strip():
        raise Refusal(_("Say why the key is withdrawn."), status=422)
    _revoke(name, reason.strip()[:200], actor_id)
    return prepare()


@atomic
def _revoke(name: str, reason: str, actor_id: int | None) -> None:
    key = db.session.scalar(select(IssuerKey).where(IssuerKey.public_id == name).with_for_update())
    if key is None:
        raise LookupError(f"key {name}")
    now = clock.now()
    key.retired_at = key.retired_at or now
    key.revoked_at = key.revoked_at or now
    key.revoked_reason = key.revoked_reason or reason
    audit.record("badges.key_revoked", f"key:{name}", actor_id=actor_id, reason=reason)


def _signing() -> IssuerKey | None:
    return db.session.scalar(
        select(IssuerKey)
        .where(IssuerKey.retired_at.is_(None), IssuerKey.revoked_at.is_(None))
        .order_by(IssuerKey.id.desc())
        .limit(1)
    )


def list_keys() -> list[KeyView]:
    """Return every key there ever was, the newest first."""
    return [
        KeyView(
            key.public_id,
            _state(key),
            key.created_at,
            key.retired_at,
            key.revoked_at,
            key.revoked_reason,
        )
        for key in db.session.scalars(select(IssuerKey).order_by(IssuerKey.id.desc()))
    ]


def _state(key: IssuerKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "published" if key.retired_at is not None else "signing"


def key_address(name: str) -> str:
    """Return where a key is published: what credentials name it by."""
    return absolute_url("badges.key", key_id=name)


def find_published(name: str) -> dict[str, Any] | None:
    """Return a key that is good as a JWK, None when there is none of that name, or no more."""
    key = db.session.scalar(
        select(IssuerKey).where(IssuerKey.public_id == name, IssuerKey.revoked_at.is_(None))
    )
    return _jwk(key) if key else None


def list_published() -> list[dict[str, Any]]:
    """Return every key that is good as JWKs, the newest first."""
    keys = select(IssuerKey).where(IssuerKey.revoked_at.is_(None)).order_by(IssuerKey.id.desc())
    return [_jwk(key) for key in db.session.scalars(keys)]


def _jwk(key: IssuerKey) -> dict[str, Any]:
    return {
        **json.loads(key.public),
        "kid": key_address(key.public_id),
        "alg": ALGORITHM,
        "use": "sig",
    }


def sign(claims: Mapping[str, Any]) -> str:
    """Return ``claims`` as a compact JWS by the key that signs now; the same claims, the same text.

    Raises Refusal when no key can sign: none was made yet, or SECRET_KEY is another than before.
    """
    key = _signing()
    if key is None:
        raise Refusal(_("There is no key to sign with yet. An administrator can make one."))
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    secret = current_app.config["SECRET_KEY"]
    try:
        return _signed(key.public_id, key_address(key.public_id), key.private, secret, payload)
    except InvalidTag:
        raise Refusal(
            _("The key to sign with cannot be read any more. An administrator can make a new one.")
        ) from None


@lru_cache(maxsize=512)
def _signed(name: str, address: str, encrypted: bytes, secret: str, payload: str) -> str:
    """Sign, and remember it: a page that many people look at costs one signature."""
    header = {"alg": ALGORITHM, "kid": address, "typ": "JWT"}
    return jws.serialize_compact(
        header, payload.encode(), _private_key(name, encrypted, secret), algorithms=[ALGORITHM]
    )


@lru_cache(maxsize=8)
def _private_key(name: str, encrypted: bytes, secret: str) -> RSAKey:
    return RSAKey.import_key(_pem(_decrypted(name, encrypted, secret)))


def _pem(private: bytes) -> bytes:
    lines = base64.encodebytes(private)
    return b"-----BEGIN PRIVATE KEY-----\n" + lines + b"-----END PRIVATE KEY-----\n"


def _public_half(private: bytes) -> str:
    shown = RSAKey.import_key(_pem(private)).as_dict(private=False)
    return json.dumps({name: shown[name] for name in ("kty", "n", "e")})


def _lock_of(secret: str) -> AESGCM:
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"zhixing badges issuer keys 1"
    ).derive(secret.encode())
    return AESGCM(derived)


def _encrypted(name: str, private: bytes) -> bytes:
    """Return a private key encrypted, and bound to its name: rows cannot be exchanged."""
    nonce = os.urandom(NONCE)
    lock = _lock_of(current_app.config["SECRET_KEY"])
    return nonce + lock.encrypt(nonce, private, name.encode())


def _decrypted(name: str, encrypted: bytes, secret: str) -> bytes:
    nonce, locked = encrypted[:NONCE], encrypted[NONCE:]
    return _lock_of(secret).decrypt(nonce, locked, name.encode())
