"""Commands of the bank."""

from __future__ import annotations

from datetime import timedelta

import pytest

from question_bank.formats import pack as packs
from quizapp.core import clock
from quizapp.items import service
from tests.conftest import NOW
from tests.factories import bank, people


@pytest.fixture
def organisation(db, frozen):
    """An organisation alone, with its people."""
    return people.world()


@pytest.fixture
def run(app, db, organisation):
    """Return a function that runs ``flask items ...``."""

    def runs(*words: str):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["items", *words])

    return runs


def public_id(organisation) -> str:
    """Return the public id of the first company."""
    from quizapp.org import service as org

    return org.get_organisation(organisation.organisation).public_id


def test_a_pack_is_loaded(run, organisation, tmp_path):
    path = tmp_path / "tests.toml"
    path.write_text(packs.write(bank.pack(6)), encoding="utf-8")
    done = run("load", str(path), "--organisation", public_id(organisation))
    assert done.exit_code == 0, done.output
    assert "6 added, 0 changed, 0 unchanged" in done.output
    again = run("load", str(path), "--organisation", public_id(organisation))
    assert "0 added, 0 changed, 6 unchanged" in again.output


def test_a_broken_item_is_named_and_the_others_are_loaded(run, organisation, tmp_path):
    text = packs.write(bank.pack(6)).replace('key = "A"', 'key = "Z"', 1)
    path = tmp_path / "tests.toml"
    path.write_text(text, encoding="utf-8")
    done = run("load", str(path), "--organisation", public_id(organisation))
    assert done.exit_code == 1
    assert "5 added" in done.output
    assert "第" in done.stderr
    assert "tests-" in done.stderr


def test_the_starter_bank_loads_as_checked(run, organisation):
    done = run("load", "--organisation", public_id(organisation))
    assert done.exit_code == 0, done.output
    counts = service.count_by_status(organisation.organisation)
    assert counts["checked"] >= 120
    assert "approved" not in counts


def test_the_gate_passes_the_starter_bank(run):
    with clock.frozen(NOW + timedelta(days=5)):
        done = run("lint")
    assert done.exit_code == 0, done.output
    assert "0 errors" in done.output


def test_three_people_approve_on_the_command_line(run, organisation):
    run("load", "--organisation", public_id(organisation))
    words = ["approve", "--organisation", public_id(organisation)]
    done = run(*words, "--first", "1001", "--second", "1002", "--final", "1003")
    assert done.exit_code == 0, done.output
    assert service.count_by_status(organisation.organisation).keys() == {"approved"}


@pytest.mark.parametrize("final", ["1001", "9999"])
def test_a_missing_or_repeated_signature_approves_nothing(run, organisation, final):
    run("load", "--organisation", public_id(organisation))
    words = ["approve", "--organisation", public_id(organisation)]
    done = run(*words, "--first", "1001", "--second", "1002", "--final", final)
    assert done.exit_code == 1
    assert service.count_by_status(organisation.organisation).keys() == {"checked"}
