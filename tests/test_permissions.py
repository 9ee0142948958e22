"""Who may open what: every route, every role, written out. A route that is not listed fails.

The cast is that of ``factories.people``. Everything in the addresses belongs to company A, where
Bob works, Alice leads his team and Dana administers; Charlie and his administrator Carol belong to
company B. The display is paired in A, and its cookie is sent to every route here, which no browser
would do.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp.accounts import service as accounts
from quizapp.accounts.access import permission_of
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import TABLE as ROLES
from quizapp.accounts.permissions import Permission
from quizapp.boards import service as boards
from quizapp.boards.views import COOKIE as DISPLAY_COOKIE
from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.org.models import Organisation, Unit
from quizapp.quizzes import service as quizzes
from tests import snapshots
from tests.browser_client import Browser
from tests.conftest import NOW, rolled_back, settled_world
from tests.factories import people, season

# ok    the page, or a redirect to what was asked for
# bad   let in, but the form of this test is not a valid one (422)
# gone  let in, and told that this browser is not paired (410)
# pair  sent to the pairing page
# in    sent to sign in
# out   signed out
# none  let in, but there is nothing to do it with (409)
# no    403: another role's page, with whom to ask
# 404   there is nothing here, also when it exists for others
WHO = ("anonymous", "bob", "alice", "dana", "charlie", "carol", "display")
MATRIX = {
    #                                       anonymous bob  alice dana charlie carol display
    "GET /":                                "in       ok   ok    ok   ok      ok    in",
    "GET /login":                           "ok       ok   ok    ok   ok      ok    ok",
    "POST /login":                          "bad      bad  bad   bad  bad     bad   bad",
    "GET /link/<secret>":                   "ok       ok   ok    ok   ok      ok    ok",
    "POST /link/<secret>":                  "ok       ok   ok    ok   ok      ok    ok",
    "GET /setup/<secret>":                  "gone     gone gone  gone gone    gone  gone",
    "POST /setup/<secret>":                 "gone     gone gone  gone gone    gone  gone",
    "GET /logo/<organisation_id>.png":      "ok       ok   ok    ok   ok      ok    ok",
    "POST /locale":                         "ok       ok   ok    ok   ok      ok    ok",
    "GET /me":                              "in       ok   ok    ok   ok      ok    in",
    "GET /me/points":                       "in       ok   ok    ok   ok      ok    in",
    "GET /me/consent":                      "in       ok   ok    ok   ok      ok    in",
    "POST /me/consent":                     "in       ok   ok    ok   ok      ok    in",
    "POST /me/large":                       "in       ok   ok    ok   ok      ok    in",
    "GET /me/password":                     "in       ok   ok    ok   ok      ok    in",
    "POST /me/password":                    "in       bad  bad   bad  bad     bad   in",
    "POST /me/sign-out":                    "in       out  out   out  out     out   in",
    "POST /me/sign-out-everywhere":         "in       ok   ok    ok   ok      ok    in",
    "POST /quizzes/daily":                  "in       ok   ok    ok   none    none  in",
    "GET /quizzes/<attempt_id>":            "in       ok   404   404  404     404   in",
    "GET /quizzes/<attempt_id>/<int:position>":        "in ok 404 404 404 404 in",
    "POST /quizzes/<attempt_id>/<int:position>":       "in ok 404 404 404 404 in",
    "GET /quizzes/<attempt_id>/review/<int:position>": "in ok 404 404 404 404 in",
    "GET /result/<attempt_id>":             "in       ok   404   404  404     404   in",
    "GET /result/<attempt_id>/team":        "in       ok   404   404  404     404   in",
    "GET /team":                            "in       ok   ok    ok   ok      ok    in",
    "GET /team/rules":                      "in       ok   ok    ok   ok      ok    in",
    "GET /boards/pair":                     "ok       ok   ok    ok   ok      ok    ok",
    "GET /boards/pair/status":              "ok       ok   ok    ok   ok      ok    ok",
    "GET /boards/pair/qr/<code>.svg":       "ok       ok   ok    ok   ok      ok    ok",
    "GET /boards/qr.svg":                   "ok       ok   ok    ok   ok      ok    ok",
    "GET /boards/tv":                       "pair     pair pair  pair pair    pair  ok",
    "GET /boards/state":                    "gone     gone gone  gone gone    gone  ok",
    "GET /boards/events":                   "ok       ok   ok    ok   ok      ok    ok",
    "POST /boards/demo":                    "in       no   no    no   no      no    in",
    "GET /admin/people":                    "in       no   no    ok   no      ok    in",
    "GET /admin/people/<person_id>":        "in       no   no    ok   no      404   in",
    "GET /admin/people/add":                "in       no   no    ok   no      ok    in",
    "POST /admin/people/add":               "in       no   no    ok   no      bad   in",
    "GET /admin/people/<person_id>/edit":   "in       no   no    ok   no      404   in",
    "POST /admin/people/<person_id>/edit":  "in       no   no    ok   no      404   in",
    "POST /admin/people/<person_id>/move":  "in       no   no    ok   no      404   in",
    "POST /admin/people/<person_id>/close": "in       no   no    ok   no      404   in",
    "POST /admin/people/<person_id>/reopen":       "in no no ok no 404 in",
    "POST /admin/people/<person_id>/roles":        "in no no ok no 404 in",
    "POST /admin/people/<person_id>/roles/revoke": "in no no ok no 404 in",
    "POST /admin/people/cards":             "in       no   no    ok   no      404   in",
    "GET /admin/units/add":                 "in       no   no    ok   no      ok    in",
    "POST /admin/units/add":                "in       no   no    ok   no      bad   in",
    "GET /admin/units/<unit_id>/edit":      "in       no   no    ok   no      404   in",
    "POST /admin/units/<unit_id>/edit":     "in       no   no    ok   no      404   in",
    "POST /admin/units/<unit_id>/close":    "in       no   no    ok   no      404   in",
    "GET /admin/displays":                  "in       no   no    ok   no      ok    in",
    "POST /admin/displays":                 "in       no   no    ok   no      bad   in",
    "POST /admin/displays/<display_id>":    "in       no   no    ok   no      404   in",
    "POST /admin/displays/<display_id>/unpair":    "in no no ok no 404 in",
    "GET /admin/settings":                  "in       no   no    ok   no      ok    in",
    "POST /admin/settings":                 "in       no   no    ok   no      ok    in",
    "POST /admin/settings/logo":            "in       no   no    bad  no      bad   in",
    "POST /admin/settings/season":          "in       no   no    ok   no      ok    in",
    "GET /csrf":                            "ok       ok   ok    ok   ok      ok    ok",
    "GET /favicon.ico":                     "ok       ok   ok    ok   ok      ok    ok",
    "GET /healthz":                         "ok       ok   ok    ok   ok      ok    ok",
    "GET /readyz":                          "ok       ok   ok    ok   ok      ok    ok",
    "GET /static/<version>/<path:filename>": "ok      ok   ok    ok   ok      ok    ok",
    "GET /styleguide":                      "ok       ok   ok    ok   ok      ok    ok",
}  # fmt: skip

# Without these a page could be open to nobody and nothing would say so.
OPEN_TO_ALL = {Permission.ANYONE, Permission.WATCH_BOARD}


@dataclass
class Scene:
    """Company A with one of everything an address can name, and the people of both companies."""

    world: people.World
    values: dict[str, Any]
    foreign: dict[str, str]
    browsers: dict[str, Browser]

    def visitor(self, who: str) -> Browser:
        """Return a browser with the cookies that somebody had when the scene was set."""
        browser = Browser(self.browsers[who].app)
        for name in (browser.app.config["SESSION_COOKIE_NAME"], DISPLAY_COOKIE):
            kept = self.browsers[who].client.get_cookie(name)
            if kept:
                browser.client.set_cookie(name, kept.value)
        return browser

    def address(self, rule: Rule) -> str:
        """Return an address of ``rule`` with objects of company A in it."""
        adapter = self.browsers["anonymous"].app.url_map.bind("localhost")
        missing = rule.arguments - self.values.keys()
        assert not missing, f"{rule.rule}: say in the scene what stands for {missing}"
        path: str = adapter.build(rule.endpoint, {n: self.values[n] for n in rule.arguments})
        return path


def set_scene(app: Flask, world: people.World) -> Scene:
    """Let Bob answer one question of his set, hang a display in his workshop, sign everybody in."""
    season.open_season(world.organisation)
    bob = people.viewer(world.people["bob"])
    dana = people.viewer(world.people["dana"])
    attempt_id = quizzes.start_daily(bob)
    season.answer(bob, attempt_id, 1)
    empty_unit = people.unit(world.organisation, world.workshop, "team", "新班", "A112")
    database.session.get_one(Organisation, world.organisation).logo = b"\x89PNG"
    database.session.commit()
    display_id = pair_display(dana, world.workshop)
    other_unit = public_id_of(Unit, world.other_team)
    values = {
        "attempt_id": attempt_id,
        "position": 1,
        "person_id": public_id_of(Person, world.people["bob"]),
        "unit_id": public_id_of(Unit, empty_unit),
        "organisation_id": public_id_of(Organisation, world.organisation),
        "display_id": display_id,
        "secret": accounts.make_link(world.people["bob"]),
        "code": "ACDEFG",
        "version": app.config["ASSET_HASH"],
        "filename": "core/mark.svg",
    }
    browsers = {name: Browser(app) for name in ("anonymous", "display")}
    browsers |= {name: Browser(app).sign_in(person_id) for name, person_id in world.people.items()}
    browsers["display"].client.set_cookie(DISPLAY_COOKIE, "the secret of a display")
    foreign = {
        "unit": other_unit,
        "person": public_id_of(Person, world.people["charlie"]),
    }
    return Scene(world, values, foreign, browsers)


@pytest.fixture
def scene(app: Flask, world: people.World) -> Scene:
    """The scene, for one test."""
    return set_scene(app, world)


def public_id_of(model: Any, row_id: int) -> str:
    """Return the name a row has in addresses."""
    name: str = database.session.get_one(model, row_id).public_id
    return name


def pair_display(admin: Any, unit_id: int, secret: str = "the secret of a display") -> str:
    """Pair a display as an administrator does and return its public id."""
    code, _seconds = boards.offer_code(secret)
    unit = public_id_of(Unit, unit_id)
    return boards.pair(admin, code=code, unit_public_id=unit, name="墙", distance_m=8, theme="dark")


def routes(app: Flask, method: str | None = None) -> list[tuple[str, Rule]]:
    """Return every (method, rule) of the application."""
    found = [
        (one, rule)
        for rule in app.url_map.iter_rules()
        for one in sorted(rule.methods or ())
        if one not in {"HEAD", "OPTIONS"}
    ]
    return [pair for pair in found if method in (None, pair[0])]


def form_for(scene: Scene, method: str, rule: Rule) -> dict[str, Any]:
    """Return a form that the route takes from somebody of company A who may send it."""
    attempt_id = scene.values["attempt_id"]
    team = public_id_of(Unit, scene.world.team)
    workshop = public_id_of(Unit, scene.world.workshop)
    forms: dict[str, dict[str, Any]] = {
        "accounts.sign_in": {"employee_number": "1002", "password": "wrong"},
        "accounts.set_locale": {"locale": "en"},
        "accounts.decide_consent": {"decision": "declined"},
        "accounts.set_large": {"large": "1"},
        "quizzes.answer": {
            "option": list(season.right_options(attempt_id, 1)),
            "submission_uuid": str(uuid4()),
        },
        "admin.add_person": {
            "name": "新来",
            "employee_number": "9001",
            "unit": team,
            "since": "2026-11-18",
        },
        "admin.edit_person": {"name": "Bob", "post": "焊工"},
        "admin.move_person": {"unit": workshop, "since": "2026-11-18"},
        "admin.reactivate": {"unit": team},
        "admin.grant_role": {"role": "leader", "unit": team},
        "admin.revoke_role": {"role": "leader", "unit_id": str(scene.world.team)},
        "admin.login_cards": {"person": [scene.values["person_id"]]},
        "admin.add_unit": {"name": "新班组", "code": "A113", "kind": "team", "parent": workshop},
        "admin.edit_unit": {"name": "改名", "parent": workshop},
        "admin.pair_display": {
            "code": boards.offer_code("another browser")[0],
            "unit": team,
            "name": "",
            "distance_m": "8",
            "theme": "dark",
        },
        "admin.change_display": {"unit": team, "name": "门", "distance_m": "6", "theme": "light"},
        "admin.save_settings": {"name": "甲集团", "time_zone": "Asia/Shanghai"},
        "admin.save_season": {
            "name": "冬季",
            "starts_on": "2026-11-11",
            "ends_on": "2026-12-20",
        },
    }
    return forms.get(rule.endpoint, {}) if method == "POST" else {}


def outcome(response: TestResponse) -> str:
    """Return what a response says about being let in, in the words of the matrix."""
    status, target = response.status_code, response.headers.get("Location", "")
    if status == 302 and target.startswith("/login"):
        return "out" if "Clear-Site-Data" in response.headers else "in"
    if status == 302 and target == "/boards/pair":
        return "pair"
    known = {403: "no", 404: "404", 409: "none", 410: "gone", 422: "bad"}
    return known.get(status, "ok" if status < 400 else str(status))


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Take back everything that a block does to the database."""
    database.session.commit()
    savepoint = database.engine.begin_nested()  # the open connection stands in for the engine
    try:
        yield
    finally:
        database.session.remove()
        savepoint.rollback()


def send(scene: Scene, who: str, method: str, rule: Rule) -> str:
    """Send one request as somebody and return its outcome."""
    browser, path = scene.visitor(who), scene.address(rule)
    with undone():
        form = form_for(scene, method, rule)
        response = browser.post(path, form) if method == "POST" else browser.get(path)
        response.close()  # a stream would go on for ever
        return outcome(response)


@pytest.fixture(scope="module")
def outcomes(app: Flask) -> dict[str, dict[str, str]]:
    """Every route as everybody, each request in the scene as it was set."""
    with rolled_back(app), clock.frozen(NOW):
        scene = set_scene(app, settled_world())
        return {
            f"{method} {rule.rule}": {who: send(scene, who, method, rule) for who in WHO}
            for method, rule in routes(app)
        }


@pytest.mark.parametrize("line", MATRIX)
def test_everybody_gets_what_the_matrix_says(outcomes, line):
    expected = dict(zip(WHO, MATRIX[line].split(), strict=True))
    assert outcomes.get(line, "the route is gone") == expected


def test_every_route_is_in_the_matrix(app):
    known = {f"{method} {rule.rule}" for method, rule in routes(app)}
    assert not known - MATRIX.keys(), (
        "Say in MATRIX who may open these, role by role: "
        + ", ".join(sorted(known - MATRIX.keys()))
    )
    assert not MATRIX.keys() - known, (
        "These routes are gone; take them out of MATRIX: "
        + ", ".join(sorted(MATRIX.keys() - known))
    )


def test_every_route_asks_for_a_permission(app):
    with app.app_context():
        silent = [
            rule.rule for _method, rule in routes(app) if permission_of(rule.endpoint) is None
        ]
    assert not silent, f"Mark these views with @allow(Permission...): {silent}"


def test_every_permission_is_somebodys():
    granted = set().union(*ROLES.values())
    assert set(Permission) - OPEN_TO_ALL == granted


def test_a_view_that_says_nothing_is_closed_to_everyone(scene, app, monkeypatch):
    monkeypatch.setitem(app.view_functions, "home.me", lambda: "open")
    assert {who: outcome(scene.browsers[who].get("/me")) for who in WHO} == {
        **dict.fromkeys(WHO, "no"),
        "anonymous": "in",
        "display": "in",
    }


def test_a_refusal_says_whom_to_ask(scene):
    page = scene.browsers["bob"].get("/admin/people")
    assert page.status_code == 403
    assert "管理员" in page.get_data(as_text=True)


def test_nothing_tells_a_foreign_object_from_none_at_all(scene, app):
    """Another company's id, a made-up id and an id of another kind get one and the same answer."""
    carol = scene.browsers["carol"]
    for name in ("person_id", "unit_id", "display_id"):
        rule = next(
            r for m, r in routes(app, "POST") if name in r.arguments and r.arguments == {name}
        )
        bodies = set()
        for value in (scene.values[name], "AAAAAAAAAAAAAAAA", scene.values["attempt_id"]):
            path = rule.rule.replace(f"<{name}>", value)
            response = carol.post(path, form_for(scene, "POST", rule))
            assert response.status_code == 404, path
            bodies.add(without_noise(response.get_data(as_text=True)))
        assert len(bodies) == 1


def without_noise(page: str) -> str:
    """Return a page without its tokens."""
    return re.sub(r'(csrf[_-]token"[^>]*(?:content|value)=")[^"]*', r"\1", page)


FOREIGN_FORMS = {
    "POST /admin/people/add": {"unit": "unit"},
    "POST /admin/people/<person_id>/move": {"unit": "unit"},
    "POST /admin/people/<person_id>/reopen": {"unit": "unit"},
    "POST /admin/people/<person_id>/roles": {"unit": "unit"},
    "POST /admin/people/cards": {"person": "person"},
    "POST /admin/units/add": {"parent": "unit"},
    "POST /admin/units/<unit_id>/edit": {"parent": "unit"},
    "POST /admin/displays": {"unit": "unit"},
    "POST /admin/displays/<display_id>": {"unit": "unit"},
}


@pytest.mark.parametrize("line", FOREIGN_FORMS)
def test_another_companys_ids_in_a_form_change_nothing(scene, app, line):
    method, pattern = line.split()
    rule = next(r for m, r in routes(app, method) if r.rule == pattern)
    form = form_for(scene, method, rule)
    if pattern == "/admin/people/cards":
        form["confirmed"] = "1"
    form |= {field: scene.foreign[kind] for field, kind in FOREIGN_FORMS[line].items()}
    before = snapshots.tables()
    response = scene.browsers["dana"].post(scene.address(rule), form)
    assert response.status_code in {404, 422}
    assert snapshots.changed(before) == {}


@pytest.mark.parametrize(
    "path", ["/admin/people?unit={unit}", "/admin/displays?display={display_id}"]
)
def test_another_companys_ids_in_a_query_are_hidden(scene, path):
    unit = public_id_of(Unit, scene.world.team)
    asked = path.format(unit=unit, **scene.values)
    assert scene.browsers["dana"].get(asked).status_code == 200
    assert scene.browsers["carol"].get(asked).status_code == 404


def test_another_companys_names_are_on_no_page(scene, app):
    """Whatever Charlie and Carol open, nobody and nothing of company A is on it."""
    words = ("焊装", "一厂", "Alice", "Bob", "Dana", "同事", "甲集团")
    for who in ("charlie", "carol"):
        for _method, rule in routes(app, "GET"):
            if rule.endpoint in {"boards.events", "accounts.sign_in", "styleguide.styleguide"}:
                continue  # a stream; the choice of organisations; samples
            page = scene.browsers[who].get(scene.address(rule)).data.decode(errors="ignore")
            assert not [word for word in words if word in page], f"{who} on {rule.rule}"


# --- writes ---------------------------------------------------------------------------------------


def test_no_get_writes_anything(scene, app):
    before = snapshots.tables()
    for who in WHO:
        for _method, rule in routes(app, "GET"):
            scene.browsers[who].get(scene.address(rule)).close()
            changed = snapshots.changed(before)
            assert changed == {}, f"GET {rule.rule} as {who} wrote to {changed}"


@pytest.mark.parametrize("who", ["anonymous", "dana", "bob"])
def test_no_post_is_taken_without_a_token(scene, app, who):
    before = snapshots.tables()
    for method, rule in routes(app):
        if method == "GET":
            continue
        response = scene.browsers[who].open(
            scene.address(rule), method=method, data=form_for(scene, method, rule)
        )
        assert response.status_code == 400, f"{method} {rule.rule} as {who}"
    assert snapshots.changed(before) == {}


def test_somebody_elses_token_is_no_token(scene):
    before = snapshots.tables()
    token = scene.browsers["alice"].csrf_token()
    response = scene.browsers["bob"].open(
        "/me/large", method="POST", data={"csrf_token": token, "large": "1"}
    )
    assert response.status_code == 400
    assert snapshots.changed(before) == {}


def test_methods_that_a_route_does_not_offer_are_refused(scene, app):
    for path in ("/", "/me", "/quizzes/daily", "/admin/people"):
        for method in ("PUT", "PATCH", "DELETE"):
            token = {"X-CSRFToken": scene.browsers["dana"].csrf_token()}
            answer = scene.browsers["dana"].open(path, method=method, headers=token)
            assert answer.status_code == 405


# --- displays -------------------------------------------------------------------------------------


def test_an_unpaired_browser_streams_nothing_but_its_end(scene):
    for who in WHO[:-1]:
        said = scene.browsers[who].get("/boards/events").get_data(as_text=True)
        assert said == "event: gone\ndata: {}\n\n"


def test_a_revoked_display_sees_nothing_any_more(scene):
    dana = people.viewer(scene.world.people["dana"])
    boards.revoke(dana, scene.values["display_id"])
    display = scene.browsers["display"]
    assert outcome(display.get("/boards/state")) == "gone"
    assert outcome(display.get("/boards/tv")) == "pair"
    assert "gone" in display.get("/boards/events").get_data(as_text=True)
