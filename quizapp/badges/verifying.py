"""Verify a badge offline: is it genuine, whole, in date, and known to hold still?

Nothing here needs the application, a database or a network, and nothing in the file is trusted:
the keys come from a file of the verifier's own. So it runs anywhere:

    python -m quizapp.badges.verifying badge.jwt --issuer-keys keys.json --revocations list.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from defusedxml.ElementTree import ParseError, fromstring
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

OK, BAD, OPEN = "ok", "NOT OK", "not known"
HOLDS, FAILS, UNDECIDED = 0, 1, 2
ALGORITHM = "RS256"
MAX_BYTES = 1_000_000
BAKED = "{https://purl.imsglobal.org/ob/v3p0}credential"
V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context"
STATUS_TYPE = "1EdTechRevocationList"


@dataclass(frozen=True)
class Line:
    """Something that was looked at: what, how it is (ok, NOT OK, not known), and in words."""

    what: str
    state: str
    words: str


class Broken(ValueError):
    """What was given is no credential, no list of keys, or no list of revoked credentials."""


def read_credential(data: bytes) -> str:
    """Return the compact JWS that a file holds: as text, or baked into an SVG. Raises Broken."""
    if len(data) > MAX_BYTES:
        raise Broken("the file is larger than a credential ever is")
    if data.lstrip()[:1] == b"<":
        return _extract(data)
    try:
        return data.decode("ascii").strip()
    except UnicodeDecodeError:
        raise Broken("the file is neither a signed credential nor an SVG picture") from None


def _extract(data: bytes) -> str:
    try:
        root = fromstring(data)
    except (ParseError, ValueError) as problem:
        raise Broken(f"the picture cannot be read: {problem}") from None
    found = [one.get("verify", "") for one in root.iter(BAKED)]
    if len(found) != 1 or not found[0]:
        raise Broken("the picture holds no signed credential, or several")
    return found[0]


def read_keys(data: bytes) -> list[dict[str, Any]]:
    """Return the keys of a JWKS, or of a file with a single JWK. Raises Broken."""
    said = _json(data, "the file of keys")
    found = said.get("keys", [said])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Broken("the file of keys is no JWKS")
    return found


def read_revocations(data: bytes) -> dict[str, Any]:
    """Return a list of revoked credentials. Raises Broken."""
    said = _json(data, "the list of revoked credentials")
    rows = said.get("revokedCredential")
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Broken("the list of revoked credentials has no list in it")
    return said


def _json(data: bytes, what: str) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Broken(f"{what} cannot be read")
    return said


def verify(
    token: str,
    *,
    keys: Sequence[Mapping[str, Any]] | None = None,
    revocations: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> list[Line]:
    """Return everything that was looked at, in order; it stops where going on would mean nothing.

    ``keys`` and ``revocations`` None: not given, so what hangs on them is not known.
    """
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, UnicodeError):
        return [Line("form", BAD, "this is no signed credential (a compact JWS of three parts)")]
    refused = next(_header_problems(header), None)
    if refused:
        return [Line("form", BAD, refused)]
    lines = [Line("form", OK, "a compact JWS, signed with RS256")]
    lines += _signature(token, header, keys)
    if any(line.state == BAD for line in lines):
        return lines
    claims = _claims(token)
    if claims is None:
        return [*lines, Line("content", BAD, "what was signed is no JSON object")]
    problems = list(shape_problems(claims))
    said = f"{'; '.join(problems)}" if problems else "every part that Open Badges 3.0 asks for"
    lines.append(Line("schema", BAD if problems else OK, said))
    if problems:
        return lines
    lines.append(_agreement(claims, header))
    lines.append(_dates(claims, now or datetime.now(UTC)))
    lines.append(_status(claims, revocations))
    return lines


def verdict(lines: Sequence[Line]) -> int:
    """Return 0 when a credential holds, 1 when it does not, 2 when that was not to be decided.

    Without a list of revoked credentials it holds as far as the file itself can tell.
    """
    if any(line.state == BAD for line in lines):
        return FAILS
    signature = next((line.state for line in lines if line.what == "signature"), OPEN)
    return HOLDS if signature == OK else UNDECIDED


def _header_problems(header: Mapping[str, Any]) -> Iterator[str]:
    if header.get("alg") != ALGORITHM:
        yield f"it is signed with {header.get('alg')!r} instead of RS256"
    if header.get("typ", "JWT") != "JWT":
        yield "it calls itself something else than a JWT"
    if not isinstance(header.get("kid"), str):
        yield "it does not name the key it was signed with"
    more = sorted(header.keys() - {"alg", "kid", "typ"})
    if more:
        yield f"its header has parts that Open Badges does not allow: {', '.join(more)}"


def _signature(
    token: str, header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]] | None
) -> list[Line]:
    name = header["kid"]
    if keys is None:
        words = f"give the issuer's keys to check it; this one is published at {name}"
        return [Line("signature", OPEN, words)]
    known = next((one for one in keys if one.get("kid") == name), None)
    if known is None:
        return [Line("key", BAD, f"{name} is none of the issuer's keys, or is withdrawn")]
    try:
        key = RSAKey.import_key({name: known[name] for name in ("kty", "n", "e")})
        jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError, KeyError):
        words = "it does not fit: the credential was changed, or somebody else signed it"
        return [Line("key", OK, name), Line("signature", BAD, words)]
    return [Line("key", OK, name), Line("signature", OK, "made with that key, nothing was changed")]


def _claims(token: str) -> dict[str, Any] | None:
    try:
        said = json.loads(jws.extract_compact(token.encode()).payload)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def shape_problems(credential: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a credential lacks of the parts that Open Badges 3.0 requires, in words."""
    contexts = credential.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [V2]:
        yield f"@context does not begin with {V2}"
    elif not any(isinstance(one, str) and one.startswith(OPEN_BADGES) for one in contexts):
        yield "@context does not name Open Badges 3.0"
    types = _listed(credential.get("type"))
    if "VerifiableCredential" not in types:
        yield "type lacks VerifiableCredential"
    if not {"OpenBadgeCredential", "AchievementCredential"} & set(types):
        yield "type lacks OpenBadgeCredential"
    for name in ("id", "validFrom"):
        if not isinstance(credential.get(name), str):
            yield f"{name} is missing"
    yield from _party_problems(credential.get("issuer"), "issuer", "Profile")
    subject = credential.get("credentialSubject")
    yield from _party_problems(subject, "credentialSubject", "AchievementSubject")
    if isinstance(subject, Mapping):
        yield from _achievement_problems(subject.get("achievement"))
    for name in ("iss", "jti", "sub", "nbf"):
        if name not in credential:
            yield f"{name} is missing"


def _party_problems(party: Any, where: str, kind: str) -> Iterator[str]:
    if not isinstance(party, Mapping):
        yield f"{where} is missing"
        return
    if not isinstance(party.get("id"), str):
        yield f"{where}.id is missing"
    if kind not in _listed(party.get("type")):
        yield f"{where}.type lacks {kind}"


def _achievement_problems(achievement: Any) -> Iterator[str]:
    where = "credentialSubject.achievement"
    yield from _party_problems(achievement, where, "Achievement")
    if isinstance(achievement, Mapping):
        for name in ("name", "description"):
            if not isinstance(achievement.get(name), str):
                yield f"{where}.{name} is missing"
        if not isinstance(achievement.get("criteria"), Mapping):
            yield f"{where}.criteria is missing"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _agreement(claims: Mapping[str, Any], header: Mapping[str, Any]) -> Line:
    """Compare what the token says of itself with what the credential says."""
    pairs = {
        "iss and issuer.id": (claims["iss"], claims["issuer"]["id"]),
        "jti and id": (claims["jti"], claims["id"]),
        "sub and credentialSubject.id": (claims["sub"], claims["credentialSubject"]["id"]),
        "nbf and validFrom": (claims["nbf"], _seconds(claims["validFrom"])),
        "the issuer's address and its key's": (
            _origin(claims["iss"]),
            _origin(header["kid"]),
        ),
    }
    differing = [name for name, (one, other) in pairs.items() if one != other or one is None]
    if differing:
        return Line("claims", BAD, f"these differ: {', '.join(differing)}")
    return Line("claims", OK, f"issued by {claims['issuer'].get('name', '')} ({claims['iss']})")


def _origin(address: Any) -> tuple[str, str] | None:
    parts = urlsplit(address) if isinstance(address, str) else None
    return (parts.scheme, parts.netloc) if parts and parts.netloc else None


def _seconds(text: Any) -> int | None:
    at = _moment(text)
    return int(at.timestamp()) if at else None


def _moment(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _dates(claims: Mapping[str, Any], now: datetime) -> Line:
    begins, ends = _moment(claims["validFrom"]), _moment(claims.get("validUntil"))
    if begins is None or begins > now:
        return Line("dates", BAD, f"it begins to hold at {claims['validFrom']} only")
    if "validUntil" in claims and (ends is None or ends <= now):
        return Line("dates", BAD, f"it held until {claims['validUntil']}")
    end = f"until {claims['validUntil']}" if ends else "without an end"
    return Line("dates", OK, f"it holds since {claims['validFrom']}, {end}")


def _status(claims: Mapping[str, Any], revocations: Mapping[str, Any] | None) -> Line:
    status = claims.get("credentialStatus")
    if not isinstance(status, Mapping) or status.get("type") != STATUS_TYPE:
        return Line("status", OPEN, "it names no list of revoked credentials that is known here")
    if revocations is None:
        words = f"not known offline; the list is published at {status.get('id')}"
        return Line("status", OPEN, words)
    if revocations.get("id") != status.get("id") or revocations.get("issuer") != claims["iss"]:
        return Line("status", BAD, f"that list is another one than {status.get('id')}")
    for row in revocations["revokedCredential"]:
        if row.get("id") == claims["id"] and row.get("revoked", True) is not False:
            return Line("status", BAD, f"revoked or suspended: {row.get('reason', 'no reason')}")
    return Line("status", OK, "not on the list of revoked credentials")


def run(
    file: Path, issuer_keys: Path | None, revocations: Path | None, say: Callable[[str], object]
) -> int:
    """Verify a file, say in words what was looked at, and return the exit status."""
    try:
        token = read_credential(file.read_bytes())
        keys = read_keys(issuer_keys.read_bytes()) if issuer_keys else None
        listed = read_revocations(revocations.read_bytes()) if revocations else None
    except (Broken, OSError) as problem:
        say(f"{problem}")
        return FAILS
    lines = verify(token, keys=keys, revocations=listed)
    for line in lines:
        say(f"{line.what:<10} {line.state:<9} {line.words}")
    found = verdict(lines)
    told = {
        HOLDS: "This credential holds.",
        FAILS: "This credential does NOT hold.",
        UNDECIDED: "Whether this credential holds cannot be said without the issuer's keys.",
    }
    say(told[found])
    return found


def main() -> int:
    """Read the command line and verify."""
    parser = argparse.ArgumentParser(prog="python -m quizapp.badges.verifying")
    parser.add_argument("file", type=Path, help="the credential: .jwt, or .svg with one inside")
    parser.add_argument("--issuer-keys", type=Path, help="the issuer's keys (JWKS)")
    parser.add_argument("--revocations", type=Path, help="the list of revoked credentials")
    given = parser.parse_args()
    return run(given.file, given.issuer_keys, given.revocations, print)


if __name__ == "__main__":
    sys.exit(main())
