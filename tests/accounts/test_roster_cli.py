"""``flask people``: what it prints, what it writes, how it ends."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from quizapp.accounts.models import OneTimeLink, Person
from quizapp.core.db import db as database
from quizapp.core.security import fingerprint
from quizapp.org import service as org
from quizapp.org.models import Unit
from tests.factories import people as cast
from tests.factories.rosters import (
    COLUMNS,
    TEAM,
    Rows,
    count,
    person,
    text_table,
)


@pytest.fixture
def run(app, world, tmp_path):
    """Run ``flask people`` with words; a file is given as name and rows."""

    def invoke(*words: str, file: tuple[str, Rows] | None = None):
        arguments = ["people", *words]
        if file:
            path = tmp_path / file[0]
            path.write_bytes(text_table(file[1]))
            arguments.insert(2, str(path))
        return app.test_cli_runner().invoke(args=arguments)

    return invoke


def organisation_of(world: cast.World) -> str:
    return org.get_organisation(world.organisation).public_id


def test_a_dry_run_writes_nothing(run, world):
    rows = [COLUMNS, ["3001", "张三", "", "二厂/新车间/新班", "", "", "", ""]]
    before = count(Person), count(Unit)
    result = run(
        "import", "--dry-run", "--organisation", organisation_of(world), file=("a.csv", rows)
    )
    assert result.exit_code == 0, result.output
    assert "第 2 行：新增单位：二厂（厂）" in result.output
    assert "新增 1" in result.output
    assert "没有写入" in result.output
    assert (count(Person), count(Unit)) == before


def test_an_import_and_the_same_once_more(run, world):
    words = ("import", "--language", "en", "--organisation", organisation_of(world))
    file = ("a.csv", [COLUMNS, ["3001", "张三", "", TEAM, "", "", "", ""]])
    first = run(*words, file=file)
    assert first.exit_code == 0, first.output
    assert "Imported: 1 changes." in first.output
    assert person(world, "3001").name == "张三"
    second = run(*words, file=file)
    assert second.exit_code == 0
    assert "Imported: 0 changes." in second.output


def test_errors_are_printed_by_line_and_end_with_1(run, world):
    rows = [
        COLUMNS,
        ["3001", "张三", "", TEAM, "明天", "", "", ""],
        ["", "李四", "", TEAM, "", "", "", ""],
    ]
    result = run("import", "--organisation", organisation_of(world), file=("a.csv", rows))
    assert result.exit_code == 1
    assert "第 2 行：起始日期“明天”读不出日期" in result.output
    assert "第 3 行：“李四”没有工号" in result.output
    assert "没有导入任何内容" in result.output
    english = run(
        "import", "--language", "en", "--organisation", organisation_of(world), file=("a.csv", rows)
    )
    assert "Line 3: “李四” has no employee number." in english.output


def test_a_file_that_cannot_be_read_is_a_sentence(run, world):
    result = run("import", "--organisation", organisation_of(world), file=("a.pdf", [COLUMNS]))
    assert (result.exit_code, result.output) == (1, "花名册请用 XLSX、CSV 或 TSV 文件。\n")


def test_with_two_organisations_one_must_be_named(run, world):
    result = run("import", file=("a.csv", [COLUMNS]))
    assert result.exit_code == 1
    assert organisation_of(world) in result.output
    assert run("import", "--organisation", "nobody", file=("a.csv", [COLUMNS])).exit_code == 1


def test_setup_is_for_the_first_time_only(run):
    result = run("setup-token")
    assert result.exit_code == 1
    assert result.output.strip()


def test_without_an_organisation(app, db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(text_table([COLUMNS]))
    runner = app.test_cli_runner()
    result = runner.invoke(args=["people", "import", str(path)])
    assert result.exit_code == 1
    assert "setup-token" in result.output

    result = runner.invoke(args=["people", "setup-token"])
    assert result.exit_code == 0, result.output
    address = result.output.strip()
    assert address.startswith("http://localhost/setup/")
    stored = database.session.scalars(select(OneTimeLink.secret_print)).one()
    assert stored == fingerprint(address.rpartition("/")[2])
    assert app.test_client().get(address).status_code == 200
