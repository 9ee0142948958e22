"""Commands of the bank: load packs, lint them, approve what three people signed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select

from question_bank.formats import pack as packs
from question_bank.formats.problems import Problem
from question_bank.quality import lint as lint_packs
from question_bank.starter import paths as starter_paths
from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.rules import normal_number

from . import service
from .wording import word

if TYPE_CHECKING:
    from question_bank.psychometrics.irt import Step

items = AppGroup("items", help="The question bank.")

PATHS = click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
LANGUAGE = click.option("--language", default="zh_CN", type=click.Choice(["zh_CN", "en"]))


def _read(files: tuple[Path, ...]) -> tuple[list[packs.Pack], int]:
    """Read packs and print their problems; return what is whole, and how many errors there were."""
    whole, errors = [], 0
    for path in files or tuple(starter_paths()):
        reading = packs.read(path.read_bytes())
        errors += _print(reading.problems, path.name)
        if reading.pack:
            whole.append(reading.pack)
    return whole, errors


def _print(problems: list[Problem], name: str = "") -> int:
    for problem in problems:
        click.echo(f"{name} {word(problem)}".strip(), err=True)
    return sum(problem.severity == "error" for problem in problems)


@items.command("load")
@PATHS
@click.option("--organisation", default="", help="Its public id, when there are several.")
@LANGUAGE
def load(files: tuple[Path, ...], organisation: str, language: str) -> None:
    """Store packs (the starter bank when none is named); what is broken is named and left out."""
    with force_locale(language):
        found = org.find_organisation(organisation)
        if found is None:
            sys.exit("There is no organisation yet: run `flask people setup-token` first.")
        whole, errors = _read(files)
        result = service.load_packs(found.id, whole)
        click.echo(
            f"{result.added} added, {result.changed} changed, {result.unchanged} unchanged, "
            f"{result.kept} kept as somebody is working on them, {errors} problems"
        )
        sys.exit(1 if errors else 0)


@items.command("lint")
@PATHS
@LANGUAGE
def lint(files: tuple[Path, ...], language: str) -> None:
    """Run the quality gate over packs (the starter bank when none is named)."""
    with force_locale(language):
        whole, errors = _read(files)
        errors += _print(lint_packs(whole, clock.now().date()))
        number = sum(len(pack.items) for pack in whole)
        click.echo(f"{len(whole)} packs, {number} items, {errors} errors")
        sys.exit(1 if errors else 0)


@items.command("approve")
@click.option("--first", required=True, help="Employee number of the first reviewer.")
@click.option("--second", required=True, help="Employee number of the second reviewer.")
@click.option("--final", required=True, help="Employee number of the final reviewer.")
@click.option("--theme", default=None, help="Only this theme.")
@click.option("--organisation", default="")
def approve(first: str, second: str, final: str, theme: str | None, organisation: str) -> None:
    """Approve checked items after three different people have read and signed them."""
    found = org.find_organisation(organisation)
    if found is None:
        sys.exit("There is no organisation yet: run `flask people setup-token` first.")
    people = [_person_id(found.id, number) for number in (first, second, final)]
    try:
        number = service.approve(
            found.id,
            service.list_checked_uids(found.id, theme),
            (people[0], people[1], people[2]),
        )
    except Refusal as refusal:
        sys.exit(refusal.message)
    click.echo(f"{number} items approved")


def _person_id(organisation_id: int, number: str) -> int:
    found = db.session.scalar(
        select(Person.id).where(
            Person.organisation_id == organisation_id, Person.number_key == normal_number(number)
        )
    )
    if found is None:
        sys.exit(f"Nobody has the employee number {number}.")
    return found


@items.command("calibrate")
def calibrate() -> None:
    """Estimate difficulty and discrimination of every version with 100 responses or more."""
    is_terminal = sys.stderr.isatty()

    def tell(step: Step) -> None:
        line = f"step {step.number}: log-likelihood {step.log_likelihood:.2f}, {step.change:.5f}"
        click.echo(f"\r{line} " if is_terminal else line, nl=not is_terminal, err=True)

    found = service.calibrate(tell)
    if is_terminal:
        click.echo(err=True)
    if found.log_likelihood is None:
        sys.exit("There are too few responses to calibrate anything.")
    state = "converged" if found.has_converged else "not converged"
    click.echo(
        f"{found.responses} responses, {found.versions} versions, {found.steps} steps, {state}, "
        f"log-likelihood {found.log_likelihood:.2f}"
    )
