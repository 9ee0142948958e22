"""Tables for people: what each format carries, and how collections of files are read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from question_bank.formats import FORMATS, Writer, read
from question_bank.formats.problems import RULES, Where
from question_bank.formats.reading import Question
from question_bank.items import KINDS, building
from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)
from question_bank.items.media import Media

_OPTIONS = (DraftOption("A", True, feedback="yes", image="a.png"), DraftOption("B", feedback="no"))
_SHARES = (DraftOption("A", True, 0.6), DraftOption("B", True, 0.4), DraftOption("C", weight=-0.5))
_BLANK = DraftBlank((Accepted("a"), Accepted("b", 0.5)))
_STATEMENT = Draft("true_false", "Q", "E", (DraftOption("", feedback="f"),) * 2, is_true=True)
_CHOICE = Draft("single", "Q", "E", _OPTIONS, is_fixed=True, scoring="all_or_nothing")
_SAMPLES: Mapping[str, tuple[Draft, ...]] = {
    "single": (
        _CHOICE,
        replace(_CHOICE, scoring="weighted", options=(*_SHARES, DraftOption("D", True, 1.0))),
    ),
    "multiple": tuple(
        replace(_CHOICE, kind="multiple", scoring=scoring, options=options)
        for scoring, options in (
            ("all_or_nothing", _OPTIONS),
            ("partial", _OPTIONS),
            ("corrected", _OPTIONS),
            ("weighted", _SHARES),
        )
    ),
    "true_false": (_STATEMENT,),
    "cloze": (
        Draft("cloze", "Q ____", "E", blanks=(replace(_BLANK, is_exact=True),)),
        Draft(
            "cloze",
            "Q ____ and ____ and ____",
            "E",
            blanks=(
                replace(_BLANK, weight=1.5),
                DraftBlank(spans=(Span("1", "2"),)),
                DraftBlank(options=(DraftOption("A", True), DraftOption("B"))),
            ),
        ),
    ),
    "numeric": (Draft("numeric", "Q", "E", spans=(Span("1", "2"), Span("0", "3", 0.5)), unit="m"),),
    "ordering": tuple(
        Draft("ordering", "Q", "E", (DraftOption("A"), DraftOption("B")), scoring=scoring)
        for scoring in ("partial", "all_or_nothing")
    ),
    "matching": tuple(
        Draft("matching", "Q", "E", pairs=(("a", "1"), ("b", "2")), extras=("3",), scoring=scoring)
        for scoring in ("partial", "all_or_nothing")
    ),
    "case": (Draft("case", "Q", "E", parts=(_STATEMENT, _CHOICE)),),
    "essay": (Draft("essay", "Q", "E", rubric=(Criterion("c", 5.0),), sample="S"),),
    "hotspot": (
        Draft(
            "hotspot",
            "Q",
            "E",
            image="a.png",
            zones=(Zone("rect", (0, 0, 10, 10), "a", True), Zone("circle", (50, 50, 9), "b")),
            scoring="partial",
        ),
    ),
}
_PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(16)


def carries_table() -> str:
    """Return a table of the formats: their files, and the kinds they read and write."""
    rows = [
        [
            known.title,
            " ".join(f"`{ending}`" for ending in known.extensions),
            "yes" if known.read else "no",
            "yes" if known.write else "no",
            ", ".join(kind for kind in KINDS if kind in known.carries),
        ]
        for known in FORMATS.values()
    ]
    return _table(["format", "files", "read", "written", "kinds of questions"], rows)


def losses_table() -> str:
    """Return a table of what each writer leaves out or changes, found by writing samples."""
    rows = []
    for known in FORMATS.values():
        if known.write is None:
            continue
        kinds_by_code: dict[str, list[str]] = {}
        for kind in KINDS:
            for code in _left_out(known.write, kind):
                kinds_by_code.setdefault(code, []).append(kind)
        for code, kinds in kinds_by_code.items():
            named = "all" if len(kinds) == len(KINDS) else ", ".join(kinds)
            rows.append([known.title, RULES[code].english, named])
    return _table(["format", "what it says when it is written", "kinds of questions"], rows)


def _left_out(write: Writer, kind: str) -> list[str]:
    """Return the codes of what a writer leaves out of the samples of a kind."""
    codes: dict[str, None] = {}
    for draft in _SAMPLES[kind]:
        shown = replace(draft, media=(Media("a.png", "image", "alt"),))
        question = Question(shown, Where(), name="n", source="s", workplace="w")
        written = write([question], {"a.png": _PICTURE})
        codes |= dict.fromkeys(found.code for found in written.left_out)
    return list(codes)


@dataclass(slots=True)
class Tally:
    """How the files of one collection were read."""

    files: int = 0
    questions: int = 0
    ready: int = 0
    mended: int = 0
    decisions: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def tally(files: Iterable[tuple[str, str, bytes]]) -> dict[str, Tally]:
    """Read files, each with the name of its collection and its own, and count what came of them.

    A question is ready when an item can be built of it. What refuses it, or the file, is a reason.
    """
    found: dict[str, Tally] = {}
    for collection, name, data in files:
        counts = found.setdefault(collection, Tally())
        reading = read(data, name)
        counts.files += 1
        counts.reasons.update(one.code for one in reading.problems if one.severity == "error")
        for question in reading.questions:
            _count(question, counts)
    return found


def _count(question: Question, counts: Tally) -> None:
    counts.questions += 1
    problems = question.problems
    if not any(one.severity == "error" for one in problems):
        problems = (*problems, *building.build(question.draft, "overview").problems)
    errors = [one.code for one in problems if one.severity == "error"]
    if errors:
        counts.refused += 1
        counts.reasons.update(set(errors))
    elif any(one.severity == "decision" for one in problems):
        counts.decisions += 1
    else:
        counts.ready += 1
        counts.mended += any(one.severity == "fix" for one in problems)


def corpus_table(tallies: Mapping[str, Tally]) -> str:
    """Return a table of tallies: counts and reasons only, nothing of the texts."""
    rows = [
        [
            collection,
            str(one.files),
            str(one.questions),
            str(one.ready),
            str(one.mended),
            str(one.decisions),
            str(one.refused),
            ", ".join(f"`{code}` {count}" for code, count in sorted(one.reasons.items())),
        ]
        for collection, one in sorted(tallies.items())
    ]
    head = ["collection", "files", "questions", "ready", "of these mended", "to decide", "refused"]
    return _table([*head, "reasons"], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
