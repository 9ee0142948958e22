"""Commands of the ledger."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from . import rules

points = AppGroup("points", help="The ledger and its rules.")


@points.command("rules")
def show_rules() -> None:
    """Print the rules of the game, version by version."""
    for known in rules.RULE_SETS:
        click.echo(f"version {known.version}, since {known.since}")
        for rule in known.rules:
            click.echo(f"  {rule.activity}: {rule.points}, at most {rule.day_limit} a day")
        click.echo(f"  at most {known.day_limit} a day, {known.week_limit} a week")
