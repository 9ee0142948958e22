"""The checks of a whole pack, and of all packs together: habits of authors that give keys away."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from question_bank.formats.pack import Pack
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.items import Choice, TrueFalse
from question_bank.items.options import LETTERS
from question_bank.quality.items import parts_of

TITLE_MOST = 10
LONGEST_KEY_MOST = 45
LONGEST_KEY_FROM = 10  # In a smaller pack one item would move the share by more than ten points.
FOUR = 4
POSITION_TOLERANCE = 7
POSITION_FROM = 40
FALSE_LEAST, FALSE_MOST = 35, 65
FALSE_FROM = 20


def check_pack(pack: Pack) -> list[Problem]:
    """Report what is wrong with a pack as a whole."""
    found: list[Problem] = []
    if pack.language.startswith("zh") and len(pack.title) > TITLE_MOST:
        params = {"length": len(pack.title), "most": TITLE_MOST}
        found.append(problem("quality.title_long", Where(), theme=pack.theme, **params))
    cited = {item.source.slug for item in pack.items}
    for source in pack.sources:
        for name in ("edition", "url"):
            if not getattr(source, name):
                lack: dict[str, Param] = {"source": source.slug, "field": name}
                found.append(
                    problem("quality.source_incomplete", Where(), theme=pack.theme, **lack)
                )
        if source.slug not in cited:
            found.append(
                problem("quality.source_unused", Where(), theme=pack.theme, source=source.slug)
            )
    return found + list(_longest_keys(pack))


def check_bank(packs: Sequence[Pack]) -> list[Problem]:
    """Report what is wrong with all packs together."""
    return [*_key_positions(packs), *_false_share(packs)]


def _longest_keys(pack: Pack) -> Iterator[Problem]:
    """Find a pack in which choosing the longest option would pay."""
    singles = list(_singles([pack]))
    if len(singles) < LONGEST_KEY_FROM:
        return
    share = 100 * sum(map(_is_key_longest, singles)) / len(singles)
    if share > LONGEST_KEY_MOST:
        yield problem(
            "quality.longest_key",
            Where(),
            theme=pack.theme,
            share=round(share, 1),
            count=len(singles),
            most=LONGEST_KEY_MOST,
        )


def _key_positions(packs: Sequence[Pack]) -> Iterator[Problem]:
    """Find letters that are too often or too seldom the key of a single choice of four options."""
    letters = Counter(
        next(LETTERS[place] for place, option in enumerate(item.options) if option.id in item.key)
        for item in _singles(packs)
        if len(item.options) == FOUR
    )
    count = letters.total()
    if count < POSITION_FROM:
        return
    for letter in LETTERS[:FOUR]:
        share = 100 * letters[letter] / count
        if abs(share - 100 / FOUR) > POSITION_TOLERANCE:
            yield problem(
                "quality.key_position",
                Where(),
                letter=letter,
                share=round(share, 1),
                count=count,
                least=100 // FOUR - POSITION_TOLERANCE,
                most=100 // FOUR + POSITION_TOLERANCE,
            )


def _false_share(packs: Sequence[Pack]) -> Iterator[Problem]:
    """Find a bank in which always saying true, or always false, would pay."""
    asked = (item for pack in packs for p in pack.items for item in parts_of(p.item))
    keys = [item.key for item in asked if isinstance(item, TrueFalse)]
    if len(keys) < FALSE_FROM:
        return
    share = 100 * keys.count(False) / len(keys)
    if not FALSE_LEAST <= share <= FALSE_MOST:
        yield problem(
            "quality.false_share",
            Where(),
            share=round(share, 1),
            count=len(keys),
            least=FALSE_LEAST,
            most=FALSE_MOST,
        )


def _singles(packs: Iterable[Pack]) -> Iterator[Choice]:
    for pack in packs:
        for packed in pack.items:
            for item in parts_of(packed.item):
                if isinstance(item, Choice) and item.kind == "single":
                    yield item


def _is_key_longest(item: Choice) -> bool:
    """Tell whether the key is longer than every other option; a tie gives nothing away."""
    key = max(len(option.text) for option in item.options if option.id in item.key)
    return all(len(option.text) < key for option in item.options if option.id not in item.key)
