"""The pack format as one of the formats of the registry: questions in, questions out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from question_bank.formats.pack.model import Difficulty, Pack, PackItem, PackSource
from question_bank.formats.pack.reading import read as read_pack
from question_bank.formats.pack.writing import write as write_pack
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.reading import Question, Reading
from question_bank.formats.writing import Written
from question_bank.items import building
from question_bank.items.draft import Draft

_THEME = "export"
_SHORT = 60
_DIFFICULTIES: Mapping[str, Difficulty] = MappingProxyType(
    {"easy": "easy", "medium": "medium", "hard": "hard"}
)


def read(data: bytes, filename: str) -> Reading:
    """Read a pack as questions; what is wrong with one that could not be built is on the file."""
    reading = read_pack(data)
    pack = reading.pack
    problems = tuple(reading.problems)
    if pack is None:
        return Reading("pack", (), "utf-8", problems)
    of_item: dict[str, list[Problem]] = {packed.uid: [] for packed in pack.items}
    of_file: list[Problem] = []
    for found in problems:
        of_item.get(found.where.item or "", of_file).append(found)
    questions = (_question(packed, pack, tuple(of_item[packed.uid])) for packed in pack.items)
    return Reading("pack", tuple(questions), "utf-8", tuple(of_file))


def _question(packed: PackItem, pack: Pack, problems: tuple[Problem, ...]) -> Question:
    return Question(
        draft=building.draft_of(packed.item),
        where=Where(packed.line, packed.uid),
        name=packed.uid,
        category=(pack.title, packed.topic),
        difficulty=packed.difficulty,
        source=packed.source.title,
        clause=packed.clause,
        author=pack.author,
        verified_on=packed.verified_on,
        valid_until=packed.valid_until,
        workplace=packed.workplace,
        problems=problems,
    )


def write(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
    """Write questions as one pack, numbered anew; say which it cannot carry, and why.

    A pack wants every item's whole passport; a question without it is left out. Pictures, sounds
    and films are left out of questions that can do without them.
    """
    left_out: list[Problem] = []
    items: list[PackItem] = []
    sources: dict[str, PackSource] = {}
    for question in questions:
        uid = f"{_THEME}-{len(items) + 1:03}"
        packed = _packed(question, uid, sources, left_out)
        if packed:
            items.append(packed)
    authors = [question.author for question in questions if question.author]
    pack = Pack(
        theme=_THEME,
        title=_THEME,
        language="zh-CN",
        licence="NONE",
        author=authors[0] if authors else _THEME,
        sources=tuple(sources.values()),
        items=tuple(items),
    )
    data = write_pack(pack).encode("utf-8")
    return Written(data, ".toml", "application/toml", tuple(left_out))


def _packed(
    question: Question, uid: str, sources: dict[str, PackSource], left_out: list[Problem]
) -> PackItem | None:
    """Return a question as an item of a pack, or None after saying what is in the way."""
    found = [*_missing(question), *_too_rich(question)]
    left_out += found
    if any(one.code != "pack.media_left_out" for one in found):
        return None
    built = building.build(without_media(question.draft), uid)
    if built.item is None or question.verified_on is None or question.valid_until is None:
        left_out += [replace(one, where=question.where) for one in built.problems]
        return None
    return PackItem(
        uid=uid,
        item=built.item,
        topic=question.category[-1],
        difficulty=_DIFFICULTIES[question.difficulty],
        source=_source(question, sources),
        clause=question.clause,
        verified_on=question.verified_on,
        valid_until=question.valid_until,
        workplace=question.workplace,
    )


def _missing(question: Question) -> Iterator[Problem]:
    """Yield what the passport lacks."""
    passport = {
        "topic": question.category,
        "difficulty": question.difficulty in _DIFFICULTIES,
        "explanation": question.draft.explanation,
        "source": question.source,
        "clause": question.clause,
        "verified_on": question.verified_on,
        "valid_until": question.valid_until,
        "workplace": question.workplace,
    }
    for field, value in passport.items():
        if not value:
            yield problem("pack.passport_missing", question.where, field=field)


def _too_rich(question: Question) -> Iterator[Problem]:
    """Yield what a pack has no fields for."""
    drafts = (question.draft, *question.draft.parts)
    if any(draft.kind == "hotspot" for draft in drafts):
        yield problem("pack.kind_left_out", question.where, kind="hotspot")
        return
    count = sum(len(draft.media) for draft in drafts)
    count += sum(bool(option.image) for draft in drafts for option in draft.options)
    if count:
        yield problem("pack.media_left_out", question.where, count=count)


def without_media(draft: Draft) -> Draft:
    """Return a draft without pictures, sounds and films."""
    return replace(
        draft,
        media=(),
        options=tuple(replace(option, image="") for option in draft.options),
        parts=tuple(map(without_media, draft.parts)),
    )


def _source(question: Question, sources: dict[str, PackSource]) -> PackSource:
    """Return the source that a question cites; each title becomes one source of the pack."""
    title = question.source
    if title not in sources:
        slug = f"source-{len(sources) + 1}"
        sources[title] = PackSource(slug, title, title[:_SHORT], edition="", url="", articles=0)
    return sources[title]
