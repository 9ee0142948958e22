"""Sample papers: what a learner would meet, on the screen of the desk and on paper."""

from __future__ import annotations

from dataclasses import dataclass

from question_bank.assembly import Blueprint, assemble
from question_bank.items import Choosable, Prompt
from quizapp.accounts.access import Viewer
from quizapp.items import service as items
from quizapp.org import service as org

from .figures import pool_of
from .sheets import Sheet


@dataclass(frozen=True)
class SampleItem:
    """An item of a sample paper: its place from 1, its number in the bank, what is to be read."""

    position: int
    number: int
    section: int
    prompt: Prompt


@dataclass(frozen=True)
class KeyLine:
    """The answer of an item of a paper; ``letters`` where the right options have letters."""

    position: int
    kind: str
    letters: str
    solution: tuple[str, ...]
    explanation: str


@dataclass(frozen=True)
class Sample:
    """A sample paper, one of many: the same number gives the same paper."""

    number: int
    titles: tuple[str, ...]
    items: tuple[SampleItem, ...]
    key: tuple[KeyLine, ...]


def get_sample(
    viewer: Viewer, sheet: Sheet, number: int, blueprint: Blueprint | None = None
) -> Sample:
    """Return sample paper ``number`` (from 1) of a quiz, or of rules that it might have.

    It is drawn as for somebody who has met no item yet, and drawing it counts for nothing.
    """
    plan = blueprint or sheet.blueprint
    form = assemble(
        plan,
        pool_of(viewer, sheet.mode),
        f"sample:{sheet.public_id}:{number}",
        today=org.today(viewer.organisation_id),
    )
    versions = items.read_stored([pick.version for pick in form.picks])
    shown, key = [], []
    for position, pick in enumerate(form.picks, start=1):
        stored = versions[pick.version]
        prompt = stored.item.prompt(pick.option_seed)
        shown.append(SampleItem(position, pick.uid, pick.section, prompt))
        letters = ""
        if isinstance(stored.item, Choosable) and prompt.kind != "true_false":
            right = stored.item.key_ids
            letters = "".join(option.letter for option in prompt.options if option.id in right)
        key.append(
            KeyLine(position, prompt.kind, letters, stored.item.solution(), stored.item.explanation)
        )
    titles = tuple(section.title for section in plan.sections)
    return Sample(number, titles, tuple(shown), tuple(key))
