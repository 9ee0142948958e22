"""What every response says about itself, and what the production configuration insists on."""

from __future__ import annotations

import contextlib
import itertools
import logging.config
import re
from collections.abc import Iterator

import flask_migrate
import pytest
from flask import Flask

import config
from quizapp import create_app
from quizapp.core.db import db as database
from tests.scene import WHO, Scene, form_for, routes, set_scene

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# The pages with a policy of their own: the phone and the wall that desks frame, and the pictures
# of items, which no browser may take for a page.
OWN_POLICY = {
    "items.preview_page": POLICY | {"frame-ancestors": "'self'"},
    "boards.preview": POLICY | {"frame-ancestors": "'self'"},
    "items.media_file": {"sandbox": "", "default-src": "'none'"},
}
OWN_HEADERS = {
    "items.preview_page": {"X-Frame-Options": "SAMEORIGIN"},
    "boards.preview": {"X-Frame-Options": "SAMEORIGIN"},
}
# What may be kept by a browser; everything else is somebody's and is not stored anywhere.
KEPT = {
    "core.static_file": "public, max-age=31536000, immutable",
    "core.favicon": "public, max-age=86400",
    "core.service_worker": "no-cache",
    "accounts.logo": "private, max-age=600",
    "items.media_file": "private, max-age=31536000, immutable",
    # What verifiers of badges fetch: nothing of a person.
    "badges.keys": "public, max-age=300",
    "badges.key": "public, max-age=300",
    "badges.revocations": "public, max-age=300",
    "badges.issuer": "public, max-age=3600",
    "badges.achievement": "public, max-age=3600",
    "badges.artwork": "public, max-age=3600",
}
STRANGE = {
    "/nothing-here": 404,
    "/quizzes/AAAAAAAAAAAAAAAA": 404,
    "/admin/people": 403,
    "/setup/spent": 410,
    "/static/old/core/missing.css": 404,
    "/static/x/../../config.py": 404,
}


@pytest.fixture
def scene(app: Flask, world) -> Scene:
    """The scene with one of everything."""
    return set_scene(app, world)


def policy_of(response) -> dict[str, str]:
    """Return the content security policy of a response by directive."""
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _space, value in (part.partition(" ") for part in parts)}


def check_headers(response, where: str, endpoint: str = "") -> None:
    """Fail unless a response carries the headers that every response carries.

    An endpoint is named where its own headers are expected: on what it answers itself.
    """
    assert policy_of(response) == OWN_POLICY.get(endpoint, POLICY), where
    expected = EVERYWHERE | OWN_HEADERS.get(endpoint, {})
    assert {name: response.headers.get(name) for name in EVERYWHERE} == expected, where
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-ID"]), where
    assert "Access-Control-Allow-Origin" not in response.headers, where
    assert "Server" not in response.headers, where
    assert response.headers["Content-Type"].split(";")[0] in {
        "text/html",
        "application/json",
        "application/jwk+json",
        "application/jwk-set+json",
        "application/jwt",
        "application/ld+json",
        "application/problem+json",
        "image/svg+xml",
        "image/png",
        "text/event-stream",
        "text/plain",
        "text/javascript",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/pdf",
        "application/zip",
    }, where


def test_every_page_carries_the_headers(scene, app):
    for who, (_method, rule) in itertools.product(WHO, routes(app, "GET")):
        where = f"{rule.rule} as {who}"
        with contextlib.closing(scene.browsers[who].get(scene.address(rule))) as response:
            check_headers(response, where, rule.endpoint if response.status_code == 200 else "")
            expected = "no-store"
            if response.status_code == 200:
                expected = KEPT.get(rule.endpoint, expected)
            assert response.headers["Cache-Control"] == expected, where


def test_every_answer_to_a_form_carries_the_headers(scene, app):
    for method, rule in routes(app, "POST"):
        form = form_for(scene, method, rule)
        response = scene.visitor("dana").post(scene.address(rule), form)
        check_headers(response, rule.rule)
        assert response.headers["Cache-Control"] == "no-store", rule.rule


def test_errors_carry_the_headers_too(scene):
    for path, status in STRANGE.items():
        response = scene.browsers["bob"].get(path)
        assert response.status_code == status, path
        check_headers(response, path)
        assert response.headers["Cache-Control"] == "no-store", path
        assert response.headers["Content-Type"] == "text/html; charset=utf-8", path


def test_a_crash_carries_the_headers_and_no_stack_trace(scene, app, monkeypatch):
    def explode() -> str:
        raise RuntimeError("secret of the house")

    explode.permission = app.view_functions["home.me"].permission
    monkeypatch.setitem(app.view_functions, "home.me", explode)
    monkeypatch.setitem(app.config, "PROPAGATE", False)
    response = scene.browsers["bob"].get("/me")
    assert response.status_code == 500
    check_headers(response, "/me")
    page = response.get_data(as_text=True)
    assert "ZX-500" in page
    assert "secret of the house" not in page
    assert "Traceback" not in page


def test_another_site_may_not_read_anything(scene):
    response = scene.browsers["bob"].get("/csrf", headers={"Origin": "https://evil.example"})
    assert not [name for name, _value in response.headers if name.startswith("Access-Control")]


# --- static files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anonymous", "bob"])
def test_a_static_file_of_this_version_is_kept_for_good_and_is_nobodys(scene, app, who):
    browser = scene.browsers[who]
    browser.get("/login")
    address = f"/static/{app.config['ASSET_HASH']}/core/tokens.css"
    with contextlib.closing(browser.get(address)) as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == KEPT["core.static_file"]
        assert "Vary" not in response.headers
        assert "Set-Cookie" not in response.headers


def test_a_static_file_of_another_version_is_not_kept(client):
    with contextlib.closing(client.get("/static/0123456789/core/tokens.css")) as response:
        assert response.status_code == 200
        assert "immutable" not in response.headers["Cache-Control"]
        assert "max-age=31536000" not in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["../config.py", "..%2fconfig.py", "%2e%2e/config.py", "core/../../config.py", "core/"]
)
def test_static_files_end_at_their_folder(client, app, name):
    with contextlib.closing(client.get(f"/static/{app.config['ASSET_HASH']}/{name}")) as response:
        assert response.status_code == 404


# --- cookies --------------------------------------------------------------------------------------


def cookies_of(response) -> dict[str, str]:
    """Return the Set-Cookie headers of a response by cookie name."""
    return {line.split("=", 1)[0]: line for line in response.headers.getlist("Set-Cookie")}


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/login", "zhixing"),
        ("GET", "/boards/pair", "zhixing-display"),
        ("POST", "/locale", "lang"),
    ],
)
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, method, path, name):
    answer = client.post(path, {"locale": "en"}) if method == "POST" else client.get(path)
    line = cookies_of(answer)[name]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line


def test_a_displays_cookie_goes_to_the_boards_only(client):
    assert "Path=/boards" in cookies_of(client.get("/boards/pair"))["zhixing-display"]


# --- production -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application as production runs it, on a database of its own."""

    class Chosen(config.Production):
        SECRET_KEY = "x" * 40
        DATABASE_URL = "sqlite://"
        PUBLIC_BASE_URL = "https://learn.example.com"
        TRUSTED_HOSTS = ["learn.example.com"]
        DATA_DIR = str(tmp_path_factory.mktemp("production"))
        REDIS_URL = ""
        WEB_CONCURRENCY = 1
        PROXY_HOPS = 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.config, "dictConfig", lambda _settings: None)  # the tests' own stays
        made = create_app(Chosen)
    with made.app_context():
        flask_migrate.upgrade()
    yield made
    with made.app_context():
        database.engine.dispose()


HOST = "https://learn.example.com"


def test_production_binds_the_session_to_host_and_tls(production):
    line = cookies_of(production.test_client().get("/login", base_url=HOST))["__Host-zhixing"]
    assert "Secure" in line
    assert "HttpOnly" in line
    assert "Path=/" in line
    assert "Domain" not in line


def test_production_cookies_are_all_secure(production):
    client = production.test_client()
    found = cookies_of(client.get("/boards/pair", base_url=HOST))
    token = client.get("/csrf", base_url=HOST).get_json()["token"]
    found |= cookies_of(
        client.post(
            "/locale",
            base_url=HOST,
            data={"csrf_token": token, "locale": "en"},
            headers={"Referer": f"{HOST}/login"},
        )
    )
    assert {"zhixing-display", "lang"} <= found.keys()
    assert not [line for line in found.values() if "Secure" not in line]


def test_production_asks_for_tls_from_then_on(production):
    response = production.test_client().get("/login", base_url=HOST)
    assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_production_has_no_component_page_and_no_role_bar(production):
    rules = {rule.rule for rule in production.url_map.iter_rules()}
    assert not {"/styleguide", "/demo/role"} & rules


@pytest.mark.parametrize("path", ["/login", "/healthz", "/nothing", "/boards/pair/qr/ACDEFG.svg"])
def test_a_foreign_host_is_refused(production, path):
    response = production.test_client().get(path, base_url="https://evil.example")
    assert response.status_code == 400
    body = response.get_data(as_text=True)
    assert "evil.example" not in body
    assert "Content-Security-Policy" in response.headers


def test_a_forwarded_host_means_nothing_without_a_proxy(production):
    response = production.test_client().get(
        "/", base_url=HOST, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"}
    )
    assert response.status_code == 302
    assert "evil" not in response.headers["Location"]


def test_addresses_for_other_devices_come_from_the_settings(production):
    from quizapp.core.http import absolute_url

    with production.test_request_context(base_url=HOST, headers={"X-Forwarded-Host": "evil"}):
        assert absolute_url("home.today") == "https://learn.example.com/"


# --- what a configuration is refused for ----------------------------------------------------------

SOUND = {
    "NAME": "production",
    "SECRET_KEY": "x" * 40,
    "DATABASE_URL": "postgresql+psycopg://db/zhixing",
    "PUBLIC_BASE_URL": "https://learn.example.com",
    "TRUSTED_HOSTS": ["learn.example.com"],
    "REDIS_URL": "redis://store",
    "WEB_CONCURRENCY": 4,
}


def test_a_sound_configuration_is_taken():
    config.check(SOUND)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "at least 32"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("PUBLIC_BASE_URL", "", "PUBLIC_BASE_URL is not set"),
        ("TRUSTED_HOSTS", None, "name the hosts"),
        ("REDIS_URL", "", "Set REDIS_URL, or run one worker"),
    ],
)
def test_an_unsound_configuration_is_refused_with_a_sentence(setting, value, sentence):
    with pytest.raises(config.ConfigError, match=sentence):
        config.check({**SOUND, setting: value})


def test_an_unknown_configuration_is_refused(monkeypatch):
    monkeypatch.setenv("ZHIXING_CONFIG", "Prodution")
    with pytest.raises(config.ConfigError, match="Production, Development, Demo, Testing"):
        config.chosen()


def test_production_is_chosen_when_nothing_is_said(monkeypatch):
    monkeypatch.delenv("ZHIXING_CONFIG", raising=False)
    assert config.chosen() is config.Production


def test_a_number_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "many")
    with pytest.raises(config.ConfigError, match="WEB_CONCURRENCY must be a whole number"):
        config.env_int("WEB_CONCURRENCY", 1)


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert config.env("SECRET_KEY") == "from a file"
