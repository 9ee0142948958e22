"""Credentials as others meet them: their schema, their signature by a library of its own.

And tampering, keys that change and keys that are withdrawn, lists of revoked ones, pictures with a
credential inside, the command that verifies without a network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator as Validator
from sqlalchemy import text

from quizapp.badges import service, verifying
from quizapp.badges.service import credentials, desk, keys, own
from quizapp.badges.service.artwork import ICONS, TONES, Art, draw
from quizapp.badges.verifying import BAD, FAILS, HOLDS, OK, OPEN, UNDECIDED
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from tests.badges import ob3
from tests.conftest import NOW
from tests.factories import badges

LATER = NOW + timedelta(minutes=1)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _within_a_request(app, db):
    """Addresses are made while somebody asks for something."""
    with app.test_request_context():
        yield


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts_of(token: str) -> tuple[dict, dict]:
    header, payload, _signature = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(payload))


def check_signature(token: str, jwk: dict) -> None:
    """Verify by the primitives of cryptography alone: nothing of the code that signed is used."""
    number = {name: int.from_bytes(decoded(jwk[name]), "big") for name in ("n", "e")}
    public = rsa.RSAPublicNumbers(number["e"], number["n"]).public_key()
    signed, _dot, signature = token.rpartition(".")
    public.verify(decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def published() -> list[dict]:
    return json.loads(json.dumps(keys.list_published()))


def revocations(viewer) -> dict:
    organisation = credentials.revocations_address(viewer.organisation_id).split("/")[-2]
    return json.loads(json.dumps(credentials.get_revocations(organisation)))


def state_of(lines, what: str) -> str:
    return next(line.state for line in lines if line.what == what)


@pytest.fixture
def token(bob, award_id):
    """Bob's badge, signed; nobody else sees it."""
    return own.get_credential(bob, award_id)[1]


# --- third parties' rules -------------------------------------------------------------------------


def test_a_credential_is_what_the_specification_asks_for(token):
    header, claims = parts_of(token)
    credential = {k: v for k, v in claims.items() if k not in ("iss", "jti", "sub", "nbf")}
    Validator(ob3.HEADER).validate(header)
    Validator(ob3.CLAIMS).validate(claims)
    Validator(ob3.CREDENTIAL).validate(credential)


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.pop("validFrom"),
        lambda c: c.pop("issuer"),
        lambda c: c["credentialSubject"].pop("achievement"),
        lambda c: c["credentialSubject"]["achievement"].pop("criteria"),
        lambda c: c.update(issuanceDate="2026-11-18T02:30:00Z"),  # of the model before
        lambda c: c["type"].remove("OpenBadgeCredential"),
        lambda c: c["@context"].reverse(),
        lambda c: c["credentialSubject"]["identifier"][0].pop("salt"),
    ],
)
def test_the_schema_of_the_tests_would_notice(token, damage):
    _header, credential = parts_of(token)
    for name in ("iss", "jti", "sub", "nbf"):
        credential.pop(name)
    damage(credential)
    assert not Validator(ob3.CREDENTIAL).is_valid(credential)


def test_the_signature_verifies_by_another_library(token):
    (jwk,) = published()
    Validator(ob3.JWK).validate(jwk)
    assert parts_of(token)[0]["kid"] == jwk["kid"]
    check_signature(token, jwk)


def test_claims_repeat_the_credential(token):
    _header, claims = parts_of(token)
    assert claims["iss"] == claims["issuer"]["id"]
    assert claims["jti"] == claims["id"]
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["validFrom"] == "2026-11-18T02:30:00Z"
    assert claims["nbf"] == int(NOW.timestamp())


def test_addresses_come_from_the_configuration_alone(token, app, bob, award_id):
    with app.test_request_context(headers={"Host": "evil.example"}):
        assert own.get_credential(bob, award_id)[1] == token
    assert "evil" not in json.dumps(parts_of(token))
    assert parts_of(token)[0]["kid"].startswith("http://localhost/badges/keys/")


def test_the_same_award_is_the_same_text(token, bob, award_id):
    keys._signed.cache_clear()
    assert own.get_credential(bob, award_id)[1] == token


def test_the_name_is_told_only_while_the_badge_is_shown(token, bob, award_id):
    identity = parts_of(token)[1]["credentialSubject"]["identifier"][0]
    assert "Bob" not in json.dumps(parts_of(token)[1])
    salted = f"Bob{identity['salt']}".encode()
    assert identity["identityHash"] == "sha256$" + hashlib.sha256(salted).hexdigest()
    badges.shown(bob, award_id)
    named = parts_of(own.get_credential(bob, award_id)[1])[1]["credentialSubject"]["identifier"][0]
    assert (named["hashed"], named["identityHash"]) == (False, "Bob")
    assert "salt" not in named
    own.share(bob, award_id, shows=False)
    assert own.get_credential(bob, award_id)[1] == token


def test_two_badges_of_one_person_have_no_name_in_common(dana, bob, award_id):
    other = badges.award_of(badges.active(dana, "第二枚"), bob.id)
    first, second = (
        parts_of(own.get_credential(bob, one)[1])[1]["credentialSubject"]
        for one in (award_id, other)
    )
    assert first["id"] != second["id"]
    assert first["identifier"] != second["identifier"]


def test_nothing_of_a_person_but_the_name_is_ever_in_it(bob, award_id):
    badges.shown(bob, award_id)
    said = json.dumps(parts_of(own.get_credential(bob, award_id)[1]), ensure_ascii=False)
    for private in (bob.employee_number, bob.public_id, bob.unit_name, award_id):
        assert private not in said


# --- verifying offline ----------------------------------------------------------------------------


def verified(token, viewer, **more):
    return verifying.verify(
        token, keys=published(), revocations=revocations(viewer), now=LATER, **more
    )


def test_a_good_credential_holds(token, dana):
    lines = verified(token, dana)
    assert {line.state for line in lines} == {OK}
    assert [line.what for line in lines] == [
        "form", "key", "signature", "schema", "claims", "dates", "status",
    ]  # fmt: skip
    assert verifying.verdict(lines) == HOLDS


def test_without_a_list_the_status_is_not_known(token):
    lines = verifying.verify(token, keys=published(), now=LATER)
    assert state_of(lines, "status") == OPEN
    assert verifying.verdict(lines) == HOLDS


def test_without_keys_nothing_can_be_said(token):
    lines = verifying.verify(token, now=LATER)
    assert state_of(lines, "signature") == OPEN
    assert verifying.verdict(lines) == UNDECIDED


def test_it_does_not_hold_before_it_begins(token):
    lines = verifying.verify(token, keys=published(), now=NOW - timedelta(seconds=1))
    assert state_of(lines, "dates") == BAD


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(token, place, bit):
    """Of header, content and signature alike; what decodes to the same bytes is no change."""
    header, payload, signature = (bytearray(decoded(part)) for part in token.split("."))
    whole = header + payload + signature
    whole[place % len(whole)] ^= 1 << bit
    cut = (len(header), len(header) + len(payload))
    changed = ".".join(
        encoded(bytes(part)) for part in (whole[: cut[0]], whole[cut[0] : cut[1]], whole[cut[1] :])
    )
    assert verifying.verdict(verifying.verify(changed, keys=published(), now=LATER)) == FAILS


def forged(token: str, **changes) -> str:
    """Return a token with another header and no signature that fits."""
    header, payload, signature = token.split(".")
    said = json.loads(decoded(header)) | changes
    said = {name: value for name, value in said.items() if value is not None}
    return f"{encoded(json.dumps(said).encode())}.{payload}.{signature}"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "PS256"},
        {"kid": None},
        {"kid": 7},
        {"typ": "at+jwt"},
        {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"crit": ["exp"], "exp": 1},
        {"kid": "http://localhost/badges/keys/unknown"},
        {"kid": "http://evil.example/key"},
    ],
)
def test_no_other_header_is_taken(token, changes):
    lines = verifying.verify(forged(token, **changes), keys=published(), now=LATER)
    assert verifying.verdict(lines) == FAILS


def test_a_key_that_the_token_brings_along_is_not_believed(token):
    """Somebody signs with a key of their own and sends it with the credential."""
    mine = rsa.generate_private_key(65537, 2048)
    number = mine.public_key().public_numbers()
    jwk = {
        "kty": "RSA",
        "n": encoded(number.n.to_bytes(256, "big")),
        "e": "AQAB",
    }
    header, claims = parts_of(token)
    signed = ".".join(encoded(json.dumps(one).encode()) for one in ({**header, "jwk": jwk}, claims))
    signature = mine.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    lines = verifying.verify(f"{signed}.{encoded(signature)}", keys=published(), now=LATER)
    assert verifying.verdict(lines) == FAILS


def signed_by(claims: dict, private: rsa.RSAPrivateKey, kid: str) -> tuple[str, list[dict]]:
    number = private.public_key().public_numbers()
    jwk = {"kty": "RSA", "e": "AQAB", "kid": kid, "n": encoded(number.n.to_bytes(256, "big"))}
    header = {"alg": "RS256", "kid": kid, "typ": "JWT"}
    signed = ".".join(encoded(json.dumps(one).encode()) for one in (header, claims))
    signature = private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{encoded(signature)}", [jwk]


MINE = rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    ("what", "damage"),
    [
        ("claims", lambda c: c.update(iss="http://localhost/badges/issuers/other")),
        ("claims", lambda c: c.update(jti="urn:uuid:other")),
        ("claims", lambda c: c.update(sub="urn:uuid:other")),
        ("claims", lambda c: c.update(nbf=c["nbf"] - 1)),
        ("claims", lambda c: c.update(validFrom="2026-11-18T02:30:00")),
        ("dates", lambda c: c.update(validUntil="2026-11-18T02:30:30Z")),
        ("dates", lambda c: c.update(validUntil="some day")),
        ("schema", lambda c: c.pop("iss")),
        ("schema", lambda c: c.pop("issuer")),
        ("schema", lambda c: c.update(type=["VerifiableCredential"])),
        ("schema", lambda c: c.update({"@context": []})),
        ("schema", lambda c: c["credentialSubject"].pop("achievement")),
        ("schema", lambda c: c["credentialSubject"]["achievement"].pop("criteria")),
        ("status", lambda c: c["credentialStatus"].update(id="http://localhost/other")),
    ],
)
def test_a_credential_that_is_signed_and_wrong_does_not_hold(token, dana, what, damage):
    """Signed by a key that is known, so that only what is said can be at fault."""
    header, claims = parts_of(token)
    damage(claims)
    made, jwks = signed_by(claims, MINE, header["kid"])
    lines = verifying.verify(made, keys=jwks, revocations=revocations(dana), now=LATER)
    assert state_of(lines, "signature") == OK
    assert state_of(lines, what) == BAD
    assert verifying.verdict(lines) == FAILS


def test_an_issuer_does_not_borrow_the_key_of_another_site(token):
    _header, claims = parts_of(token)
    made, jwks = signed_by(claims, MINE, "https://elsewhere.example/keys/1")
    lines = verifying.verify(made, keys=jwks, now=LATER)
    assert state_of(lines, "claims") == BAD


@pytest.mark.parametrize("rubbish", ["", "x", "a.b", "a.b.c", "....", "{}", "中文"])
def test_what_is_no_credential_is_said_to_be_none(rubbish):
    lines = verifying.verify(rubbish, keys=[], now=LATER)
    assert [(line.what, line.state) for line in lines] == [("form", BAD)]


# --- keys -----------------------------------------------------------------------------------------


def test_what_an_old_key_signed_stays_good_after_another_came(token, bob, award_id, dana):
    first = keys.prepare()
    second = keys.rotate()
    assert first != second
    renewed = own.get_credential(bob, award_id)[1]
    assert renewed != token
    assert parts_of(renewed)[0]["kid"].endswith(second)
    for one in (token, renewed):
        assert verifying.verdict(verified(one, dana)) == HOLDS
    assert [key.state for key in keys.list_keys()] == ["signing", "published"]


def test_what_a_withdrawn_key_signed_is_good_no_more_and_is_signed_anew(token, bob, award_id, dana):
    first = keys.prepare()
    second = keys.revoke(first, "给了别人")
    assert keys.find_published(first) is None
    assert verifying.verdict(verified(token, dana)) == FAILS
    renewed = own.get_credential(bob, award_id)[1]
    assert verifying.verdict(verified(renewed, dana)) == HOLDS
    assert parts_of(renewed)[1] == parts_of(token)[1]
    assert [(key.public_id, key.state) for key in keys.list_keys()] == [
        (second, "signing"),
        (first, "revoked"),
    ]


def test_withdrawing_an_old_key_leaves_the_one_that_signs(award_id):
    first = keys.prepare()
    second = keys.rotate()
    assert keys.revoke(first, "旧钥匙丢了") == second


def test_a_key_is_withdrawn_with_a_reason_and_only_if_it_exists(award_id):
    with pytest.raises(Refusal):
        keys.revoke(keys.prepare(), " ")
    with pytest.raises(LookupError):
        keys.revoke("nothing", "why")


def test_the_first_key_is_made_once(award_id):
    assert keys.prepare() == keys.prepare()
    assert keys._add(badges.private_key(), is_first=True) == keys.prepare()
    assert len(keys.list_keys()) == 1


def test_the_database_alone_signs_nothing(token, app, bob, award_id, monkeypatch):
    stored = db.session.execute(text("SELECT private, public FROM badges_issuer_key")).one()
    assert b"PRIVATE" not in stored.private
    assert badges._made(0)[:64] not in stored.private
    assert '"d"' not in stored.public
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret than before")
    with pytest.raises(Refusal, match="签名密钥已无法读取"):
        own.get_credential(bob, award_id)
    keys.rotate()
    assert (
        verifying.verdict(
            verifying.verify(own.get_credential(bob, award_id)[1], keys=published(), now=LATER)
        )
        == HOLDS
    )


def test_private_keys_cannot_be_exchanged_between_rows(award_id, bob):
    keys.rotate()
    atomic(db.session.execute)(
        text(
            "UPDATE badges_issuer_key SET private = (SELECT private FROM badges_issuer_key k"
            " ORDER BY k.id LIMIT 1)"
        )
    )
    with pytest.raises(Refusal):
        own.get_credential(bob, award_id)


def test_no_private_part_is_ever_published(award_id):
    for jwk in keys.list_published():
        assert not {"d", "p", "q", "dp", "dq", "qi"} & jwk.keys()


# --- revoked and suspended ------------------------------------------------------------------------


def credential_id(bob, award_id) -> str:
    return own.get_award(bob, award_id).credential_id


def test_a_revoked_credential_is_on_the_list_and_holds_no_more(token, bob, dana, award_id):
    name = credential_id(bob, award_id)
    desk.set_state(dana, name, "revoked", "发错了人")
    listed = revocations(dana)
    Validator(ob3.REVOCATIONS).validate(listed)
    assert [row["id"] for row in listed["revokedCredential"]] == [f"urn:uuid:{name}"]
    assert "发错了人" not in json.dumps(listed, ensure_ascii=False)
    lines = verified(token, dana)
    assert state_of(lines, "status") == BAD
    assert verifying.verdict(lines) == FAILS


def test_a_suspended_one_comes_back(token, bob, dana, award_id):
    name = credential_id(bob, award_id)
    desk.set_state(dana, f"urn:uuid:{name}", "suspended", "正在核对")
    assert verifying.verdict(verified(token, dana)) == FAILS
    desk.set_state(dana, name, "valid", "")
    assert verifying.verdict(verified(token, dana)) == HOLDS


def test_a_list_of_another_issuer_proves_nothing(token, carol):
    lines = verifying.verify(token, keys=published(), revocations=revocations(carol), now=LATER)
    assert state_of(lines, "status") == BAD


def test_revoking_asks_for_a_reason_and_for_somebody_else(bob, dana, carol, award_id):
    name = credential_id(bob, award_id)
    with pytest.raises(Refusal):
        desk.set_state(dana, name, "revoked", "  ")
    for who in (carol,):
        with pytest.raises(LookupError):
            desk.set_state(who, name, "revoked", "why")
    own_award = badges.award_of(badges.active(dana, "自己的"), bob.id)
    badges.act(dana.id)
    service.evaluate_waiting()
    (mine,) = [a for a in service.get_shelf(dana).earned if a.name == "自己的"]
    with pytest.raises(Refusal, match="另一位管理员"):
        desk.set_state(dana, credential_id(dana, mine.award_id), "revoked", "why")
    desk.set_state(dana, name, "revoked", "why")
    with pytest.raises(Refusal):
        desk.set_state(dana, name, "valid", "")
    assert own_award


def test_the_owner_is_told_why(bob, dana, award_id):
    desk.set_state(dana, credential_id(bob, award_id), "revoked", "重复发放")
    (notice,) = service.get_shelf(bob).notices
    assert (notice.name, notice.state, notice.reason) == ("题目纠错", "revoked", "重复发放")
    own.see_notice(bob, award_id)
    assert service.get_shelf(bob).notices == []
    assert own.get_award(bob, award_id).state_reason == "重复发放"
    with pytest.raises(Refusal):
        own.share(bob, award_id, shows=True)


@pytest.mark.parametrize("asked", ["", "x", "urn:uuid:", "00000000-0000-0000-0000-000000000000"])
def test_an_id_of_nothing_finds_nothing(dana, award_id, asked):
    assert desk.find_credential(dana, asked) is None


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("icon", sorted(ICONS))
@pytest.mark.parametrize("tone", sorted(TONES))
def test_every_drawing_is_sound_and_says_what_it_is(icon, tone):
    art = Art(icon, tone, 'A <b>&"quoted"</b>', "为什么 <script>")
    drawn = draw(art)
    root = fromstring(drawn)
    assert root.find("{http://www.w3.org/2000/svg}title").text == art.title
    assert root.find("{http://www.w3.org/2000/svg}desc").text == art.subtitle
    assert b"<script" not in drawn
    assert drawn == draw(art)


def test_a_picture_carries_the_credential(token, bob, award_id, dana):
    name, drawn = own.get_picture(bob, award_id)
    assert name == "题目纠错"
    root = fromstring(drawn)
    assert root[0].tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert root[0].get("verify") == token
    assert verifying.read_credential(drawn) == token


@pytest.mark.parametrize(
    "data",
    [
        b"<svg/>",
        b"<svg",
        b'<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>',
        b'<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0"><o:credential verify="a"/>'
        b'<o:credential verify="b"/></svg>',
        "中文".encode(),
        b"x" * (verifying.MAX_BYTES + 1),
    ],
)
def test_what_holds_no_credential_is_said_to_hold_none(data):
    with pytest.raises(verifying.Broken):
        verifying.read_credential(data)


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def files(token, dana, bob, award_id, tmp_path):
    """What a verifier has on a disk."""
    written = {
        "badge.jwt": token.encode(),
        "badge.svg": own.get_picture(bob, award_id)[1],
        "keys.json": json.dumps({"keys": published()}).encode(),
        "list.json": json.dumps(revocations(dana)).encode(),
        "bad.json": b"[]",
    }
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_the_command_says_in_words_what_it_looked_at(app, files):
    with clock.frozen(LATER):
        result = app.test_cli_runner().invoke(
            args=[
                "badges", "verify", str(files / "badge.svg"),
                "--issuer-keys", str(files / "keys.json"),
                "--revocations", str(files / "list.json"),
            ]
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "signature  ok" in result.output
    assert "not on the list" in result.output
    assert "This credential holds." in result.output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["badge.jwt", "--issuer-keys", "keys.json"], 0, "not known offline"),
        (["badge.jwt"], 2, "cannot be said without the issuer's keys"),
        (["badge.jwt", "--issuer-keys", "bad.json"], 1, "cannot be read"),
        (["keys.json", "--issuer-keys", "keys.json"], 1, "does NOT hold"),
    ],
)
def test_it_runs_without_application_and_database(files, arguments, status, words):
    done = subprocess.run(
        [sys.executable, "-m", "quizapp.badges.verifying", *arguments[:1], *arguments[1:]],
        cwd=files,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert words in done.stdout


def test_keys_are_listed_changed_and_withdrawn_by_commands(app, award_id):
    run = app.test_cli_runner().invoke
    first = keys.prepare()
    assert f"{first}  signing" in run(args=["badges", "keys"]).output
    assert "signs from now on" in run(args=["badges", "rotate-key"]).output
    done = run(args=["badges", "revoke-key", first, "--reason", "stolen"])
    assert (done.exit_code, f"{first} is withdrawn" in done.output) == (0, True)
    assert run(args=["badges", "revoke-key", "nothing", "--reason", "x"]).exit_code == 1
    assert "0 badges given" in run(args=["rebuild", "badges"]).output


def test_another_key_does_not_fit(token):
    (jwk,) = published()
    number = MINE.public_key().public_numbers()
    other = {**jwk, "n": encoded(number.n.to_bytes(256, "big"))}
    with pytest.raises(InvalidSignature):
        check_signature(token, other)
    assert state_of(verifying.verify(token, keys=[other], now=LATER), "signature") == BAD
