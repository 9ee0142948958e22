"""``flask people``: import a roster, and make the link of the first administrator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _

from quizapp.core.forms import Refusal
from quizapp.core.i18n import LOCALES
from quizapp.org import service as org

from . import service
from .service.roster import MAX_BYTES, Message, Plan

people = AppGroup("people", help="People: import a roster, set up the first administrator.")


def _speaks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command ``--language``, and let it say why it refuses instead of failing."""

    @click.option(
        "--language",
        type=click.Choice(LOCALES),
        default=LOCALES[0],
        show_default=True,
        help="The language of the messages.",
    )
    @wraps(command)
    def run(language: str, **options: Any) -> None:
        with force_locale(language):
            try:
                command(**options)
            except Refusal as refusal:
                click.echo(refusal.message, err=True)
                sys.exit(1)

    return run


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check and count only; write nothing.")
@click.option(
    "--organisation",
    metavar="PUBLIC_ID",
    help="Into which organisation, when there is more than one.",
)
@_speaks
def import_roster(file: Path, dry_run: bool, organisation: str | None) -> None:
    """Import units and people from FILE (.xlsx, .csv, .tsv), all of it or nothing.

    Every line with a problem is named. People who are not in FILE are left alone, an empty cell
    says nothing, and importing the same FILE again changes nothing.
    """
    organisation_id = _organisation(organisation)
    table = service.read_table(_content(file), file.name)
    plan = service.plan_import(organisation_id, table, org.today(organisation_id))
    for message in plan.messages:
        click.echo(_line(message), err=message.severity == "error")
    _summarise(plan)
    if plan.errors:
        click.echo(_("Nothing was imported. Please correct the lines above."), err=True)
        sys.exit(1)
    if dry_run:
        click.echo(_("A dry run: nothing was written."))
        return
    changes = service.apply_import(organisation_id, plan)
    click.echo(_("Imported: %(changes)s changes.", changes=changes))


def _content(file: Path) -> bytes:
    """Return the content of ``file``, at most one byte more than is allowed."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refusal(_("The file cannot be read: %(reason)s", reason=error.strerror)) from None


def _organisation(public_id: str | None) -> int:
    """Return the id of the organisation that is meant; raise Refusal when that is not clear."""
    known = org.list_organisations()
    if not known:
        raise Refusal(
            _("There is no organisation yet. Run “flask people setup-token” and open its link.")
        )
    found = org.find_organisation(public_id)
    if found is not None:
        return found.id
    names = "\n".join(f"  {key}  {name}" for key, name in known)
    raise Refusal(_("Say which organisation by --organisation:") + f"\n{names}")


def _line(message: Message) -> str:
    """Return a message with its line, as it is printed."""
    line, text = message.line, message.text
    sign = {"error": _("[error]"), "warning": _("[check]"), "info": _("[note]")}[message.severity]
    if not line.number:
        return f"{sign} {text}"
    if line.sheet:
        where = _("Sheet “%(sheet)s”, line %(line)s: ", sheet=line.sheet, line=line.number)
    else:
        where = _("Line %(line)s: ", line=line.number)
    return f"{sign} {where}{text}"


def _summarise(plan: Plan) -> None:
    """Print how many units and people would change in which way."""
    units, persons = plan.unit_effects(), plan.people_effects()
    click.echo(
        _(
            "Units: %(new)s new, %(renamed)s renamed, %(moved)s moved",
            new=units["new"],
            renamed=units["renamed"],
            moved=units["moved"],
        )
    )
    click.echo(
        _(
            "People: %(new)s new, %(changed)s changed, %(moved)s moved, %(closed)s closed, "
            "%(opened)s opened again, %(unchanged)s unchanged",
            new=persons["new"],
            changed=persons["changed"],
            moved=persons["moved"],
            closed=persons["deactivated"],
            opened=persons["reactivated"],
            unchanged=plan.unchanged,
        )
    )


@people.command("setup-token")
@_speaks
def setup_token() -> None:
    """Print the link at which the first administrator founds the organisation; it works once."""
    secret = service.make_setup_link()
    path = current_app.url_map.bind("").build("accounts.setup", {"secret": secret})
    click.echo(f"{current_app.config['PUBLIC_BASE_URL'].rstrip('/')}{path}")
