"""The quality gate: what a bank should be beyond being readable, as far as a machine can tell.

`lint` looks at packs that were read already; whether a pack is well formed is the reader's
business.
"""

from collections.abc import Iterable
from datetime import date

from question_bank.formats.pack import Pack
from question_bank.formats.problems import Problem
from question_bank.quality.bank import check_bank, check_pack
from question_bank.quality.duplicates import check_duplicates
from question_bank.quality.items import check_item

__all__ = ["lint"]


def lint(packs: Iterable[Pack], today: date) -> list[Problem]:
    """Return what is wrong or doubtful in these packs: items in order, then packs, then the bank.

    `today` decides what has expired. Counts and shares are of the whole bank, so give all of its
    packs.
    """
    bank = list(packs)
    found: list[Problem] = []
    for pack in bank:
        for item in pack.items:
            found += check_item(item, pack, today)
    found += check_duplicates([item for pack in bank for item in pack.items])
    for pack in bank:
        found += check_pack(pack)
    return found + check_bank(bank)
