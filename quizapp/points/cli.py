"""Commands of the ledger."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from quizapp.org import service as org

from . import service

points = AppGroup("points", help="The ledger and its rules.")


@points.command("rules")
def show_rules() -> None:
    """Print the rules of the game, organisation by organisation, version by version."""
    for public_id, name in org.list_organisations():
        organisation = org.find_organisation(public_id)
        click.echo(name)
        for known in service.rule_sets(organisation.id) if organisation else ():
            click.echo(f"  version {known.version}, since {known.since}")
            for rule in known.rules:
                click.echo(f"    {rule.activity}: {rule.points}, at most {rule.day_limit} a day")
            click.echo(f"    at most {known.day_limit} a day, {known.week_limit} a week")
