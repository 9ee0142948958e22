"""Sets of chosen kinds on the demo server: the daily draw brings what it likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from PIL import Image, ImageDraw

from question_bank.items import Item, building
from question_bank.items.draft import Draft
from quizapp.accounts.access import Viewer
from quizapp.items.service import media
from tests.browser.server import DemoServer
from tests.factories import kinds as sets
from tests.factories import people
from tests.question_bank.samples import DRAFTS, UID


def seat_kinds(
    server: DemoServer, number: str, kinds: Sequence[str], *, answered: Sequence[str] = ()
) -> str:
    """Put a set of these kinds before a person and return its id.

    Behind them come the kinds of ``answered``, each with a wrong answer.
    """
    person_id = server.value("SELECT id FROM accounts_person WHERE number_key = ?", number)
    with server.console():
        viewer = people.viewer(person_id)
        items = [_item(viewer, kind) for kind in (*kinds, *answered)]
        attempt_id = sets.seat(viewer, items)
        for place, item in enumerate(items[len(kinds) :], start=len(kinds) + 1):
            sets.give(viewer, attempt_id, place, sets.values_of(item, is_right=False))
    return attempt_id


def _item(viewer: Viewer, kind: str) -> Item:
    """Return the sample of a kind, the place on a picture with a picture of its own."""
    draft = DRAFTS[kind]
    if kind == "hotspot":
        draft = replace(draft, image=media.keep(viewer, _picture(), "panel.png").ref)
    built = building.build(_varied(draft), UID)
    assert built.item is not None, built.problems
    return built.item


def _varied(draft: Draft) -> Draft:
    """Give a case a part of every kind that has fields of its own."""
    if draft.kind != "case":
        return draft
    return replace(draft, parts=(*draft.parts, DRAFTS["matching"], DRAFTS["ordering"]))


def _picture() -> bytes:
    """Draw a panel with a button, a lamp and a sign."""
    picture = Image.new("RGB", (800, 500), "#C9D3DA")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((80, 50, 240, 125), fill="#B23A2A")
    pen.ellipse((496, 86, 624, 214), fill="#1B7355")
    pen.polygon((320, 300, 480, 300, 400, 450), fill="#F2B632")
    kept = BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
