"""The migrations: up, down and up again with data in the tables, and equal to the models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

import config
from quizapp import create_app
from quizapp.core.checks import all_invariants
from quizapp.core.db import db
from quizapp.items.models import Topic
from quizapp.org import service as org
from tests import scene
from tests.conftest import fresh_database, settled_world
from tests.factories import badges as medals
from tests.factories import people
from tests.factories import training as courses
from tests.factories.season import finished_set, open_season, settle_boards
from tests.savepoints import forget_processes


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a single table."""
    url = f"sqlite:///{tmp_path}/zhixing.sqlite3"
    if request.param == "postgresql":
        server = os.environ.get("DATABASE_URL", "")
        if not server.startswith("postgresql"):
            pytest.skip("needs PostgreSQL: DATABASE_URL is not set; run make test-services")
        url = fresh_database(
            server, f"zx_migrations_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
        )
    made = create_app(type("Chosen", (config.Testing,), {"DATABASE_URL": url, "REDIS_URL": ""}))
    with made.app_context():
        forget_processes()
        yield made
        db.session.remove()
        db.engine.dispose()
        forget_processes()


def live_a_little() -> None:
    """Fill every room's tables as people do."""
    world = settled_world()
    open_season(world.organisation)
    for name in ("alice", "bob"):
        finished_set(people.viewer(world.people[name]))
    settle_boards()
    dana = people.viewer(world.people["dana"])
    scene.pair_display(dana, world.workshop)
    scene.write_bulletin(dana, world, "citation")
    tess = courses.trainer(world)
    course_id = courses.published(tess, courses.text(world))
    courses.certify(tess, course_id, world.people["bob"], org.today(world.organisation))
    medals.earned(people.viewer(world.people["dana"]), world.people["bob"])
    assert [line for known in all_invariants() for line in known.check()] == []
    db.session.remove()
    forget_processes()


def tables() -> set[str]:
    """Return the tables there are."""
    return set(sa.inspect(db.engine).get_table_names())


def rows() -> dict[str, int]:
    """Return how many rows each table has that has any."""
    with db.engine.connect() as connection:
        counted = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in db.metadata.sorted_tables
        }
    return {name: number for name, number in counted.items() if number}


def differences() -> list:
    """Return what the models have and the database has not, and the other way round."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def test_the_models_equal_the_migrations(empty_app):
    flask_migrate.upgrade()
    assert differences() == []
    assert tables() == {table.name for table in db.metadata.sorted_tables} | {"alembic_version"}


def test_a_difference_would_be_found(empty_app):
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP INDEX ix_quizzes_attempt_person_id_day"))
    assert [found[0] for found in differences()] == ["add_index"]


def test_references_hold_after_migrating(empty_app):
    flask_migrate.upgrade()
    orphan = sa.insert(Topic).values(organisation_id=4711, name="谁也不属于")
    with db.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(orphan)


def test_up_down_and_up_again_with_data(empty_app):
    flask_migrate.upgrade()
    live_a_little()
    assert len(rows()) > 20
    flask_migrate.downgrade(revision="base")
    assert tables() == {"alembic_version"}
    flask_migrate.upgrade()
    assert rows() == {}
    live_a_little()
    assert differences() == []


def test_each_step_goes_down_and_up_with_data_in_the_tables(empty_app):
    flask_migrate.upgrade()
    live_a_little()
    script = ScriptDirectory.from_config(empty_app.extensions["migrate"].migrate.get_config())
    for revision in script.walk_revisions():
        flask_migrate.downgrade(revision=revision.down_revision or "base")
        flask_migrate.upgrade(revision=revision.revision)
        flask_migrate.downgrade(revision=revision.down_revision or "base")
    assert tables() == {"alembic_version"}


def test_upgrading_twice_changes_nothing(empty_app):
    flask_migrate.upgrade()
    live_a_little()
    before = rows()
    flask_migrate.upgrade()
    assert rows() == before


def test_there_is_one_line_of_revisions_without_branches(empty_app):
    script = ScriptDirectory.from_config(empty_app.extensions["migrate"].migrate.get_config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
