"""Signing in: passwords that make one wait, links that work once, sessions that can be ended."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from quizapp.accounts import rules, service
from quizapp.accounts.models import OneTimeLink, Person, RoleGrant, Session, SignInDelay
from quizapp.core import clock, security
from quizapp.core.audit import AuditRow
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.org.models import Organisation
from tests import snapshots
from tests.conftest import NOW
from tests.factories import people

PASSWORDS = {"bob": "明月几时有，把酒问青天", "charlie": "不知天上宫阙，今夕是何年"}


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast of two companies; nobody needs a question here."""
    return people.world()


@pytest.fixture(scope="module")
def hashes() -> dict[str, str]:
    """The stored hashes of the cast's passwords, reckoned once."""
    return {name: security.hash_password(password) for name, password in PASSWORDS.items()}


@pytest.fixture
def company(world, hashes):
    """Company A; Bob there and Charlie in company B have the same number and a password each."""
    for name, hashed in hashes.items():
        person(world, name).password_hash = hashed
    database.session.commit()
    return database.session.get_one(Organisation, world.organisation)


def person(world, name: str) -> Person:
    """Return somebody of the cast as they are stored."""
    return database.session.get_one(Person, world.people[name], populate_existing=True)


def sign_in(organisation, number="1002", password=PASSWORDS["bob"], *, address="10.0.0.1"):
    """Sign in as the page does."""
    return service.sign_in(organisation, number, password, address=address, agent="Android")


def fail(organisation, times: int, **more) -> None:
    """Type a wrong password some times in a row."""
    for _time in range(times):
        with pytest.raises(Refusal) as refused:
            sign_in(organisation, password="wrong", **more)
        assert refused.value.status == 422


def waits(organisation, **more) -> int | None:
    """Return how many seconds an attempt with the right password has to wait, or None."""
    try:
        sign_in(organisation, **more)
    except Refusal as refusal:
        said = re.fullmatch(r"尝试次数太多，请等 (\d+) 秒再试。", refusal.message)
        return int(said[1])
    return None


# --- passwords ------------------------------------------------------------------------------------


def test_number_and_password_open_a_session(company, world):
    signed_in = sign_in(company)
    row = database.session.scalars(select(Session)).one()
    assert signed_in.person_public_id == person(world, "bob").public_id
    assert row.secret_print == security.fingerprint(signed_in.secret)
    assert row.device == "Android"
    assert row.expires_at == NOW + timedelta(days=rules.SESSION_DAYS)
    noted = database.session.scalars(select(AuditRow.action).order_by(AuditRow.id.desc()))
    assert noted.first() == "accounts.signed_in"


def test_every_session_has_a_secret_of_its_own(company):
    assert sign_in(company).secret != sign_in(company).secret


@pytest.mark.parametrize("number", ["1002", " 1002 ", "１００２", "10 02", "\u30001002"])
def test_a_number_may_be_typed_in_any_width(company, number):
    assert sign_in(company, number)


def test_letters_in_a_number_may_be_of_any_case(company, world):
    bob = person(world, "bob")
    bob.employee_number, bob.number_key = "Ab-7", "ab-7"
    database.session.commit()
    assert sign_in(company, "AB-7")
    assert sign_in(company, "ａｂ－7")


def test_nothing_tells_an_unknown_number_from_a_wrong_password(company):
    messages = set()
    for number, password in (("1002", "wrong"), ("9999", "wrong"), ("1001", "wrong")):
        with pytest.raises(Refusal) as refused:
            sign_in(company, number, password)
        messages.add((refused.value.message, refused.value.status))
    assert len(messages) == 1


@pytest.mark.parametrize("password", ["", " ", "None", "wrong"])
def test_who_has_no_password_cannot_sign_in_with_any(company, password):
    with pytest.raises(Refusal):
        sign_in(company, "1001", password)


def test_the_same_number_in_another_company_is_another_person(company, world):
    other = database.session.get_one(Organisation, world.other_organisation)
    with pytest.raises(Refusal):
        sign_in(other)
    assert sign_in(other, password=PASSWORDS["charlie"]).person_public_id == (
        person(world, "charlie").public_id
    )


def test_without_a_company_nobody_is_meant(company):
    with pytest.raises(Refusal):
        sign_in(None)


def test_a_closed_account_is_told_so_only_to_who_knows_the_password(company, world):
    person(world, "bob").is_active = False
    database.session.commit()
    with pytest.raises(Refusal, match="停用"):
        sign_in(company)
    with pytest.raises(Refusal, match="工号或密码不对"):
        sign_in(company, password="wrong")
    assert database.session.scalar(select(func.count()).select_from(Session)) == 0


def test_a_one_time_password_works_until_it_expires(company, world):
    person(world, "bob").password_expires_at = NOW + timedelta(days=14)
    database.session.commit()
    with clock.frozen(NOW + timedelta(days=14, seconds=-1)):
        assert sign_in(company)
    with clock.frozen(NOW + timedelta(days=14)), pytest.raises(Refusal, match="已过期"):
        sign_in(company)


# --- waiting after failures -----------------------------------------------------------------------


def test_the_first_failures_cost_nothing(company):
    fail(company, rules.FREE_TRIES - 1)
    assert waits(company) is None


def test_then_the_account_waits_and_the_right_password_does_too(company):
    fail(company, rules.FREE_TRIES)
    assert waits(company) == 31
    with clock.frozen(NOW + timedelta(seconds=29)):
        assert waits(company) == 2
    with clock.frozen(NOW + timedelta(seconds=30)):
        assert waits(company) is None


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(company):
    moment, seen = NOW, []
    fail(company, rules.FREE_TRIES - 1)
    for _time in range(8):
        with clock.frozen(moment):
            fail(company, 1)
            seen.append(waits(company) - 1)
        moment += timedelta(seconds=seen[-1])
    assert seen == [30, 60, 120, 240, 480, 900, 900, 900]


def test_waiting_is_not_a_failure(company):
    fail(company, rules.FREE_TRIES)
    for _time in range(10):
        assert waits(company) == 31


def test_success_forgets_the_failures(company):
    for _time in range(3):
        fail(company, rules.FREE_TRIES - 1)
        assert waits(company) is None


def test_an_hour_forgets_the_failures(company):
    fail(company, rules.FREE_TRIES - 1)
    with clock.frozen(NOW + timedelta(hours=1, seconds=1)):
        fail(company, rules.FREE_TRIES - 1)
        assert waits(company) is None


def test_a_colleagues_failures_keep_nobody_else_out(company, world):
    fail(company, rules.FREE_TRIES, number="1001")
    assert waits(company) is None


def test_the_same_number_elsewhere_waits_for_itself(company, world):
    other = database.session.get_one(Organisation, world.other_organisation)
    fail(other, rules.FREE_TRIES)
    assert waits(company) is None


def test_an_address_that_tries_many_accounts_waits(company, monkeypatch):
    monkeypatch.setattr(security, "is_password", lambda _hashed, _password: False)
    for number in range(rules.FREE_TRIES_PER_ADDRESS):
        fail(company, 1, number=f"x{number}")
    monkeypatch.undo()
    assert waits(company) == 31
    assert waits(company, address="10.0.0.2") is None


def test_a_workshop_behind_one_address_has_a_hundred_tries(company, monkeypatch):
    monkeypatch.setattr(security, "is_password", lambda _hashed, _password: False)
    for number in range(rules.FREE_TRIES_PER_ADDRESS - 1):
        fail(company, 1, number=f"x{number}")
    monkeypatch.undo()
    assert waits(company) is None


def test_no_number_and_no_address_is_stored_with_the_failures(company):
    fail(company, 1, number="1002", address="10.0.0.77")
    stored = str(database.session.execute(select(SignInDelay.__table__)).all())
    assert "1002" not in stored
    assert "10.0.0.77" not in stored


# --- links ----------------------------------------------------------------------------------------


def test_a_link_opens_one_session_and_no_second(world):
    secret = service.make_link(world.people["bob"])
    assert service.use_link(secret, agent="").person_public_id == person(world, "bob").public_id
    with pytest.raises(Refusal) as refused:
        service.use_link(secret, agent="")
    assert refused.value.status == 410
    assert database.session.scalar(select(func.count()).select_from(Session)) == 1


def test_looking_at_a_link_consumes_nothing(world):
    secret = service.make_link(world.people["bob"])
    before = snapshots.tables()
    assert all(service.check_link("sign_in", secret) for _time in range(3))
    assert snapshots.changed(before) == {}


def test_a_link_expires(world):
    secret = service.make_link(world.people["bob"])
    lasts = timedelta(hours=rules.LINK_HOURS)
    with clock.frozen(NOW + lasts - timedelta(seconds=1)):
        assert service.check_link("sign_in", secret)
    with clock.frozen(NOW + lasts):
        assert not service.check_link("sign_in", secret)
        with pytest.raises(Refusal):
            service.use_link(secret, agent="")


def test_a_link_is_stored_as_its_fingerprint_only(world):
    secret = service.make_link(world.people["bob"])
    row = database.session.scalars(select(OneTimeLink)).one()
    assert row.secret_print == security.fingerprint(secret)
    assert secret not in str(database.session.execute(select(OneTimeLink.__table__)).all())


def test_a_link_works_for_its_own_purpose_only(world):
    secret = service.make_link(world.people["bob"])
    assert not service.check_link("setup", secret)
    with pytest.raises(Refusal):
        found(secret)


@pytest.mark.parametrize("secret", ["", "x", "' OR 1=1 --", "é" * 200])
def test_a_made_up_link_works_for_nothing(world, secret):
    assert not service.check_link("sign_in", secret)
    with pytest.raises(Refusal):
        service.use_link(secret, agent="")


def test_a_link_of_a_closed_account_opens_nothing(world):
    secret = service.make_link(world.people["bob"])
    person(world, "bob").is_active = False
    database.session.commit()
    with pytest.raises(Refusal) as refused:
        service.use_link(secret, agent="")
    assert refused.value.status == 403
    assert database.session.scalar(select(func.count()).select_from(Session)) == 0


def test_demo_people_sign_in_nowhere_but_in_the_demo(app, world, monkeypatch):
    person(world, "bob").is_demo = True
    database.session.commit()
    secret = service.make_link(world.people["bob"])
    with pytest.raises(Refusal) as refused:
        service.use_link(secret, agent="")
    assert refused.value.status == 403
    monkeypatch.setitem(app.config, "IS_DEMO", True)
    assert service.use_link(secret, agent="")  # the refusal did not burn it


# --- the first administrator ----------------------------------------------------------------------


def found(secret: str):
    """Found an organisation as the set-up page does."""
    return service.found_by_setup(
        secret, organisation="新集团", name="陈新", number="1", password_hash="x", agent=""
    )


def test_the_set_up_link_founds_the_organisation_and_its_administrator(db, frozen):
    signed_in = found(service.make_setup_link())
    first = database.session.scalars(select(Person)).one()
    assert first.public_id == signed_in.person_public_id
    assert database.session.scalars(select(RoleGrant.role)).all() == ["admin"]
    assert database.session.scalars(select(Organisation.name)).all() == ["新集团"]


def test_the_set_up_link_works_once(db, frozen):
    secret = service.make_setup_link()
    found(secret)
    before = snapshots.tables()
    with pytest.raises(Refusal):
        found(secret)
    assert snapshots.changed(before) == {}


def test_the_set_up_link_works_for_a_day(db, frozen):
    secret = service.make_setup_link()
    with clock.frozen(NOW + timedelta(hours=24)):
        assert not service.check_link("setup", secret)


def test_an_installation_with_an_organisation_gets_no_set_up_link(world):
    with pytest.raises(Refusal, match="已经建立过"):
        service.make_setup_link()


def test_a_second_set_up_link_founds_no_second_organisation(db, frozen):
    first, second = service.make_setup_link(), service.make_setup_link()
    found(first)
    with pytest.raises(Refusal):
        found(second)
    assert database.session.scalar(select(func.count()).select_from(Organisation)) == 1


# --- ending sessions ------------------------------------------------------------------------------


def live(world, name: str) -> int:
    """Return on how many devices somebody is signed in."""
    rows = select(func.count()).select_from(Session).join(Person, Person.id == Session.person_id)
    return database.session.scalar(
        rows.where(
            Person.id == world.people[name],
            Session.epoch == Person.epoch,
            Session.expires_at > clock.now(),
        )
    )


def test_signing_out_everywhere_spares_the_device_in_hand_and_other_people(world):
    for name in ("bob", "bob", "bob", "alice"):
        service.open_session(world.people[name], agent="")
    kept = database.session.scalars(
        select(Session.id).where(Session.person_id == world.people["bob"])
    ).first()
    service.sign_out_everywhere(world.people["bob"], keep_session_id=kept)
    assert (live(world, "bob"), live(world, "alice")) == (1, 1)
    service.sign_out_everywhere(world.people["bob"])
    assert (live(world, "bob"), live(world, "alice")) == (0, 1)


def test_nobody_ends_another_persons_session(world):
    service.open_session(world.people["bob"], agent="")
    session_id = database.session.scalars(select(Session.id)).one()
    service.end_session(world.people["alice"], session_id)
    assert live(world, "bob") == 1
    service.end_session(world.people["bob"], session_id)
    assert live(world, "bob") == 0


def test_a_session_of_somebody_else_is_not_kept(world):
    for name in ("bob", "alice"):
        service.open_session(world.people[name], agent="")
    alices = database.session.scalars(
        select(Session.id).where(Session.person_id == world.people["alice"])
    ).one()
    service.sign_out_everywhere(world.people["bob"], keep_session_id=alices)
    assert (live(world, "bob"), live(world, "alice")) == (0, 1)
