"""Commands of badges: the issuer's keys, and verifying a credential without a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from quizapp.core.forms import Refusal

from . import verifying
from .service import keys

badges = AppGroup("badges", help="Badges and their credentials.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@badges.command("keys")
def list_keys() -> None:
    """List the issuer's keys, the newest first, and where the good ones are published."""
    for key in keys.list_keys():
        since = f"made {key.created_at:%Y-%m-%d}"
        ended = f", {key.revoked_reason}" if key.revoked_at else ""
        click.echo(f"{key.public_id}  {key.state:<9}  {since}{ended}")


@badges.command("rotate-key")
def rotate_key() -> None:
    """Make a new key that signs from now on; what the old ones signed stays good."""
    click.echo(f"{keys.rotate()} signs from now on")


@badges.command("revoke-key")
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the log: the key was stolen.")
def revoke_key(name: str, reason: str) -> None:
    """Withdraw the key NAME, which somebody else may know, and sign with another one.

    Credentials that were downloaded before verify no longer; their owners download them again.
    """
    with force_locale("en"):
        try:
            present = keys.revoke(name, reason)
        except LookupError:
            sys.exit(f"there is no key {name}: flask badges keys lists them")
        except Refusal as refusal:
            sys.exit(refusal.message)
    click.echo(f"{name} is withdrawn; {present} signs from now on")


@badges.command("verify")
@click.argument("file", type=_FILE)
@click.option("--issuer-keys", type=_FILE, help="The issuer's keys (JWKS), from its /badges/keys.")
@click.option("--revocations", type=_FILE, help="The issuer's list of revoked credentials.")
def verify(file: Path, issuer_keys: Path | None, revocations: Path | None) -> None:
    """Verify the credential in FILE (.jwt, or .svg with one inside), without any network.

    Exit status 0: it holds; 1: it does not; 2: that cannot be said with what was given.
    """
    sys.exit(verifying.run(file, issuer_keys, revocations, click.echo))
