"""Commands of the quiz engine: enter an outage, and give its time back."""

from __future__ import annotations

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale

from quizapp.core.forms import Refusal

from . import service

quizzes = AppGroup("quizzes", help="The quiz engine.")


def add_commands(app: Flask) -> None:
    """Make the commands of this room known to ``app``."""
    app.cli.add_command(quizzes)


@quizzes.command()
@click.argument("began")
@click.argument("ended")
@click.option("--zone", default="Asia/Shanghai", help="Time zone of BEGAN and ENDED.")
@click.option("--reason", default="", help="What people who get time back are told.")
def outage(began: str, ended: str, zone: str, reason: str) -> None:
    """Enter an outage from BEGAN to ENDED (2026-11-30T14:30) and give the time back.

    Every attempt with a clock that was open in it gets what it lost, once. Entering the same
    outage again, or one that overlaps it, gives nothing twice.
    """
    with force_locale("en"):
        try:
            window = [_moment(text, zone) for text in (began, ended)]
            outage_id = service.record_outage(*window, reason=reason[:200])
        except (Refusal, ValueError) as problem:
            sys.exit(getattr(problem, "message", str(problem)))
    number = service.give_back(outage_id)
    print(f"{number} attempts got time back")


def _moment(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
