"""Pages of badges: one's own, what others see and only while it is shown, the desk."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from quizapp.badges import verifying
from quizapp.badges.models import Badge
from quizapp.badges.service import keys, own
from quizapp.core.db import db
from tests.badges import ob3
from tests.factories import badges

jsonschema = pytest.importorskip("jsonschema")
FORM = {"name": "动火安全", "kind": "weeks", "weeks": "10", "icon": "flame", "tone": "gold"}


def words(response) -> str:
    return response.get_data(as_text=True)


# --- one's own ------------------------------------------------------------------------------------


def test_me_shows_badges_and_that_nobody_else_sees_them(as_person, award_id):
    page = words(as_person("bob").get("/me"))
    assert "题目纠错" in page
    assert "1 条采纳" in page
    assert "仅自己可见" in page
    assert "题目纠错" not in words(as_person("alice").get("/me"))


def test_me_says_nothing_of_badges_where_there_are_none(as_person, world):
    assert "badge__nut" not in words(as_person("bob").get("/me"))


def test_the_page_of_a_badge_has_its_switch_off(as_person, award_id):
    page = words(as_person("bob").get(f"/badges/mine/{award_id}"))
    assert 'aria-checked="false"' in page
    assert "有 1 条题目纠错被采纳。" in page
    assert "/badges/verify/" not in page


@pytest.mark.parametrize("who", ["alice", "dana", "charlie", "carol"])
@pytest.mark.parametrize("end", ["", "/credential.jwt", "/badge.svg"])
def test_a_badge_of_somebody_else_is_not_there(as_person, award_id, who, end):
    assert as_person(who).get(f"/badges/mine/{award_id}{end}").status_code == 404


def test_a_badge_is_taken_along(as_person, award_id):
    bob = as_person("bob")
    jwt = bob.get(f"/badges/mine/{award_id}/credential.jwt")
    svg = bob.get(f"/badges/mine/{award_id}/badge.svg")
    assert jwt.headers["Content-Disposition"].startswith("attachment")
    assert jwt.headers["Cache-Control"] == "no-store"
    assert svg.mimetype == "image/svg+xml"
    assert verifying.read_credential(svg.data) == words(jwt)


def test_without_a_key_the_page_says_what_to_do(as_person, award_id):
    keys._revoke(keys.prepare(), "weg", None)
    response = as_person("bob").get(f"/badges/mine/{award_id}/credential.jwt")
    assert response.status_code == 409
    assert "还没有签名密钥" in words(response)


def test_an_empty_list_says_what_will_be_here(as_person, world):
    assert "这里还没有徽章" in words(as_person("bob").get("/badges"))


def test_the_list_shows_how_far_it_is(as_person, dana, award_id):
    badges.active(dana, "三条", badges.Rule(badges.ACTIVITY, 3, activity="report_accepted"))
    page = words(as_person("bob").get("/badges"))
    assert "还差 2 次" in page
    assert 'value="33"' in page


# --- what others see ------------------------------------------------------------------------------


def test_nothing_is_public_until_the_owner_shows_it_and_nothing_after(
    as_person, client, bob, award_id
):
    browser = as_person("bob")
    page = f"/badges/mine/{award_id}"
    assert browser.post(f"{page}/share", {"shows": "1"}).status_code == 303
    token = own.get_award(bob, award_id).share_token
    shown = client.get(f"/badges/verify/{token}")
    assert shown.status_code == 200
    for said in ("Bob", "题目纠错", "甲集团", "这枚徽章有效", "2026-11-18"):
        assert said in words(shown)
    assert bob.employee_number not in words(shown)
    assert browser.post(f"{page}/share", {"shows": "0"}).status_code == 303
    assert client.get(f"/badges/verify/{token}").status_code == 404
    assert client.get(f"/badges/verify/{token}/credential.jwt").status_code == 404


@pytest.mark.parametrize("guess", ["x", "A" * 32, "None", "%20"])
def test_guessing_leads_nowhere(client, award_id, guess):
    assert client.get(f"/badges/verify/{guess}").status_code == 404


def test_a_public_page_is_kept_by_nobody_on_the_way(client, bob, award_id):
    response = client.get(f"/badges/verify/{badges.shown(bob, award_id)}")
    assert response.headers["Cache-Control"] == "no-store"


def test_the_public_page_tells_what_became_of_it_without_the_reason(
    as_person, client, bob, award_id
):
    token = badges.shown(bob, award_id)
    name = own.get_award(bob, award_id).credential_id
    form = {"id": name, "state": "suspended", "reason": "内部核对中"}
    assert as_person("dana").post("/badges/desk/credentials", form).status_code == 303
    page = words(client.get(f"/badges/verify/{token}"))
    assert "暂停有效" in page
    assert "内部核对中" not in page
    assert "内部核对中" in words(as_person("bob").get("/me"))


def test_a_verifier_finds_everything_a_credential_names(client, bob, award_id):
    token = words(client.get(f"/badges/verify/{badges.shown(bob, award_id)}/credential.jwt"))
    claims = json.loads(verifying.jws.extract_compact(token.encode()).payload)
    kid = verifying.jws.extract_compact(token.encode()).headers()["kid"]
    achievement = claims["credentialSubject"]["achievement"]
    kinds = {
        kid: "application/jwk+json",
        claims["issuer"]["id"]: "application/ld+json",
        claims["credentialStatus"]["id"]: "application/json",
        achievement["id"]: "application/ld+json",
        achievement["image"]["id"]: "image/svg+xml",
        "http://localhost/badges/keys": "application/jwk-set+json",
    }
    for address, kind in kinds.items():
        response = client.get(address.removeprefix("http://localhost"))
        assert (response.status_code, response.mimetype) == (200, kind), address
        assert response.headers["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in response.headers
    jwk = client.get(kid.removeprefix("http://localhost")).get_json()
    jsonschema.validate(jwk, ob3.JWK)
    listed = client.get(claims["credentialStatus"]["id"].removeprefix("http://localhost"))
    jsonschema.validate(listed.get_json(), ob3.REVOCATIONS)
    assert listed.get_json()["revokedCredential"] == []
    profile = json.loads(client.get(claims["iss"].removeprefix("http://localhost")).data)
    assert profile["id"] == claims["iss"]


def test_drafts_and_withdrawn_keys_are_published_nowhere(client, as_person, dana, award_id):
    as_person("dana").post("/badges/desk/new", FORM)
    draft = db.session.scalars(select(Badge.public_id).where(Badge.state == "draft")).one()
    assert client.get(f"/badges/achievements/{draft}").status_code == 404
    assert client.get(f"/badges/achievements/{draft}.svg").status_code == 404
    name = keys.prepare()
    assert client.get(f"/badges/keys/{name}").status_code == 200
    keys._revoke(name, "weg", None)
    assert client.get(f"/badges/keys/{name}").status_code == 404
    assert client.get("/badges/keys").get_json() == {"keys": []}


@pytest.mark.parametrize("path", ["issuers/x", "issuers/x/revocations", "achievements/x", "keys/x"])
def test_what_is_nobodys_is_not_published(client, world, path):
    assert client.get(f"/badges/{path}").status_code == 404


# --- the desk -------------------------------------------------------------------------------------


def test_a_badge_is_written_let_loose_and_retired(as_person, world):
    desk = as_person("dana")
    there = desk.post("/badges/desk/new", FORM).headers["Location"]
    assert "草稿" in words(desk.get(there))
    assert desk.post(f"{there}/edit", {**FORM, "name": "坚持"}).status_code == 303
    assert desk.post(f"{there}/activate").status_code == 303
    assert "可以取得" in words(desk.get(there))
    assert desk.post(f"{there}/edit", FORM).status_code == 422
    assert desk.post(f"{there}/delete").status_code == 409
    assert desk.post(f"{there}/retire").status_code == 303
    assert "已停发" in words(desk.get("/badges/desk"))


def test_a_name_of_virtue_is_refused_with_the_reason_and_what_was_typed(as_person, world):
    response = as_person("dana").post("/badges/desk/new", {**FORM, "name": "忠诚标兵"})
    assert response.status_code == 422
    page = words(response)
    assert "请去掉“忠诚”" in page
    assert 'value="忠诚标兵"' in page
    assert db.session.scalar(select(func.count()).select_from(Badge)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "长" * 25},
        {"weeks": "many"},
        {"weeks": "-1"},
        {"icon": "../etc"},
        {"tone": "red"},
        {"kind": "loyalty", "weeks": ""},
        {"kind": "mastery", "topic": "999999", "mastered": "5"},
        {"kind": "season", "place": "4"},
        {"description": "长" * 201},
    ],
)
def test_bad_input_is_said_and_nothing_is_saved(as_person, world, wrong):
    response = as_person("dana").post("/badges/desk/new", {**FORM, **wrong})
    assert response.status_code == 422
    assert 'role="alert"' in words(response)
    assert db.session.scalar(select(func.count()).select_from(Badge)) == 0


def test_the_desk_names_nobody(as_person, award_id):
    for path in ("/badges/desk", "/badges/desk/credentials"):
        page = words(as_person("dana").get(path))
        assert "Bob" not in page
        assert "Alice" not in page


def test_a_credential_is_found_by_its_id_without_its_owner(as_person, bob, award_id):
    name = own.get_award(bob, award_id).credential_id
    found = words(as_person("dana").get(f"/badges/desk/credentials?id={name}"))
    assert "题目纠错" in found
    assert "Bob" not in found
    assert "本单位没有这个编号的凭证" in words(
        as_person("carol").get(f"/badges/desk/credentials?id={name}")
    )


def test_a_revocation_without_a_reason_is_refused_in_words(as_person, bob, award_id):
    name = own.get_award(bob, award_id).credential_id
    form = {"id": name, "state": "revoked", "reason": ""}
    response = as_person("dana").post("/badges/desk/credentials", form)
    assert response.status_code == 422
    assert "请写明原因" in words(response)


def test_the_owner_reads_the_notice_and_it_goes(as_person, bob, award_id):
    name = own.get_award(bob, award_id).credential_id
    form = {"id": name, "state": "revoked", "reason": "重复发放"}
    as_person("dana").post("/badges/desk/credentials", form)
    browser = as_person("bob")
    assert "重复发放" in words(browser.get("/me"))
    browser.post(f"/badges/mine/{award_id}/seen")
    assert "重复发放" not in words(browser.get("/me"))
    assert "重复发放" in words(browser.get(f"/badges/mine/{award_id}"))
    assert browser.post(f"/badges/mine/{award_id}/share", {"shows": "1"}).status_code == 409


def test_english_pages_have_no_chinese_of_the_house(as_person, bob, award_id):
    browser = as_person("bob")
    browser.post("/locale", {"locale": "en"})
    page = words(browser.get(f"/badges/mine/{award_id}"))
    assert "Report 1 error that is confirmed and corrected." in page
    assert "公开" not in page
