"""Demo accounts exist in the demo and nowhere else."""

from __future__ import annotations

import pytest

from config import ConfigError
from quizapp import demo
from quizapp.accounts import refuse_demo_world, service
from quizapp.accounts.models import Person
from quizapp.core.forms import Refusal


@pytest.fixture
def demo_bob(db, world):
    """Bob, as a person of the demo."""
    person = db.session.get_one(Person, world.people["bob"])
    person.is_demo = True
    db.session.commit()
    return person.id


def test_production_does_not_start_on_a_database_with_demo_accounts(app, demo_bob):
    with pytest.raises(ConfigError, match="demo"):
        refuse_demo_world(app)


def test_production_starts_on_any_other(app, world):
    refuse_demo_world(app)


def test_a_link_of_a_demo_person_opens_nothing_outside_the_demo(demo_bob):
    secret = service.make_link(demo_bob)
    with pytest.raises(Refusal):
        service.use_link(secret, agent="")


def test_a_demo_person_gets_no_password(world, demo_bob):
    from tests.factories import people

    dana = people.viewer(world.people["dana"])
    public_id = people.viewer(demo_bob).public_id
    with pytest.raises(Refusal):
        service.print_cards(dana, [public_id])


def test_the_demo_world_is_loaded_nowhere_else(app, db, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)
    with pytest.raises(Refusal):
        demo.load(lambda _text: None)


def test_the_role_bar_has_no_address_outside_the_demo(app):
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("demo.")]
