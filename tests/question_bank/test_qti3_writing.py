"""Packages of QTI 3 that the house writes: what is read again is what was written."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank.formats.problems import Where, in_english
from question_bank.formats.qti import qti3
from question_bank.formats.reading import Question
from question_bank.items import building
from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)
from tests.question_bank.samples import UID, drafts

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJ"
    "RU5ErkJggg=="
)
PICTURE = "a" * 64
MEDIA = {PICTURE: PNG, "图 1&2.png": PNG, "b" * 64: b"ID3" + b"\x00" * 20}
NAMESPACE = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"

# One line of tidy text: no spaces at its ends, none doubled, nothing that is drawn as a blank.
_letters = st.sampled_from("abcXYZ 甲乙丙，。？（）<>&\"'/\\=%#|{}[]①²√αβ")
line = (
    st.text(_letters, min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and text.casefold().strip(".。") not in ("true", "false"))
)
text = st.lists(line, min_size=1, max_size=3).map("\n".join)
words = st.lists(line, min_size=2, max_size=5, unique=True)
credit = st.sampled_from([1.0, 0.5, 0.3333333, 0.1, 0.8333333333333334])


def round_trip(*drafts: Draft) -> list[Draft]:
    questions = [Question(draft, Where(), name=f"题 {n}") for n, draft in enumerate(drafts, 1)]
    written = qti3.write(questions, MEDIA)
    assert [in_english(one) for one in written.left_out if one.code != "qti.left_scoring"] == []
    reading = qti3.read(written.data, "package.zip")
    assert reading.problems == ()
    assert [in_english(p) for q in reading.questions for p in q.problems] == []
    for ref, data in reading.media.items():
        assert MEDIA[ref] == data
    return [question.draft for question in reading.questions]


@st.composite
def choices(draw):
    texts = draw(words)
    kind = draw(st.sampled_from(["single", "multiple"]))
    count = 1 if kind == "single" else draw(st.integers(2, len(texts)))
    scoring = draw(
        st.sampled_from(
            ["", "all_or_nothing", "weighted"]
            + (["partial", "corrected"] if kind == "multiple" else [])
        )
    )
    options = []
    for place, one in enumerate(texts):
        weight = draw(st.sampled_from([1.0, 0.25, -0.1, 0.0])) if scoring == "weighted" else None
        image = draw(st.sampled_from(["", "", PICTURE]))
        said = draw(st.sampled_from(["", "想一想", "a < b\n再读一遍"]))
        options.append(DraftOption(one, place < count, weight, said, image))
    return Draft(
        kind, draw(text), draw(st.one_of(st.just(""), text)), options=tuple(options),
        is_fixed=draw(st.booleans()), scoring=scoring,
    )  # fmt: skip


@st.composite
def statements(draw):
    said = draw(st.sampled_from([(), ("", "错在数量"), ("对", "不对")]))
    return Draft(
        "true_false",
        draw(text),
        draw(st.one_of(st.just(""), text)),
        is_true=draw(st.booleans()),
        options=tuple(DraftOption("", feedback=one) for one in said),
    )


spans = st.lists(
    st.tuples(st.integers(-50, 50), st.integers(0, 3), credit),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one[0],
).map(
    lambda found: tuple(
        Span(str(10 * low), str(10 * low + wide) if wide else str(10 * low), worth)
        for low, wide, worth in sorted([(found[0][0], found[0][1], 1.0), *found[1:]])
    )
)


@st.composite
def blank(draw):
    weight = draw(st.sampled_from([1.0, 2.0, 0.5]))
    way = draw(st.integers(0, 2))
    if way == 0:
        texts = draw(st.lists(line, min_size=1, max_size=3, unique_by=str.casefold))
        credits = sorted(
            [1.0, *draw(st.lists(credit, min_size=len(texts) - 1, max_size=len(texts) - 1))]
        )[::-1]
        return DraftBlank(
            accepted=tuple(map(Accepted, texts, credits)),
            weight=weight,
            is_exact=draw(st.booleans()),
        )
    if way == 1:
        return DraftBlank(spans=draw(spans), weight=weight)
    options = tuple(DraftOption(one, not place) for place, one in enumerate(draw(words)))
    return DraftBlank(options=options, weight=weight)


@st.composite
def clozes(draw):
    blanks = draw(st.lists(blank(), min_size=1, max_size=4))
    stem = draw(line) + "".join(f" ____ {draw(line)}" for _ in blanks)
    return Draft("cloze", stem, draw(st.one_of(st.just(""), text)), blanks=tuple(blanks))


numbers = st.builds(
    lambda stem, found, unit: Draft("numeric", stem, spans=found, unit=unit),
    text, spans, st.sampled_from(["", "kg", "千米/时"]),
)  # fmt: skip
orders = st.builds(
    lambda stem, found, scoring: Draft(
        "ordering", stem, options=tuple(map(DraftOption, found)), scoring=scoring
    ),
    text, words, st.sampled_from(["", "all_or_nothing", "partial"]),
)  # fmt: skip


@st.composite
def matchings(draw):
    lefts, rights = draw(words), draw(words)
    return Draft(
        "matching",
        draw(text),
        draw(st.one_of(st.just(""), text)),
        pairs=tuple((left, rights[n % len(rights)]) for n, left in enumerate(lefts)),
        extras=tuple(rights[len(lefts) :]),
        scoring=draw(st.sampled_from(["", "partial", "all_or_nothing"])),
    )


essays = st.builds(
    lambda stem, said, lines, sample: Draft(
        "essay",
        stem,
        said,
        rubric=tuple(Criterion(one, points) for one, points in lines),
        sample=sample,
    ),
    text,
    st.one_of(st.just(""), text),
    st.lists(st.tuples(text, st.sampled_from([1.0, 2.5, 10.0])), max_size=3),
    st.one_of(st.just(""), text),
)
hotspots = st.builds(
    lambda stem, zones, scoring: Draft(
        "hotspot", stem, image=PICTURE, zones=tuple(zones), scoring=scoring
    ),
    text,
    st.lists(
        st.sampled_from(
            [
                Zone("rect", (0, 10, 333, 1000), "门", True),
                Zone("circle", (500, 501, 77), "", False),
                Zone("poly", (1, 2, 999, 3, 500, 998), "a<b", True),
            ]
        ),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.sampled_from(["", "partial", "all_or_nothing", "corrected"]),
)
single_items = st.one_of(
    choices(), statements(), clozes(), numbers, orders, matchings(), essays, hotspots
)
cases = st.builds(
    lambda stem, said, parts: Draft("case", stem, said, parts=tuple(parts)),
    text,
    st.one_of(st.just(""), text),
    st.lists(single_items, min_size=1, max_size=4),
)


@pytest.mark.parametrize(
    "drafts",
    [choices(), statements(), clozes(), numbers, orders, matchings(), essays, hotspots, cases],
    ids=[
        "choice",
        "true_false",
        "cloze",
        "numeric",
        "ordering",
        "matching",
        "essay",
        "hotspot",
        "case",
    ],
)
def test_what_is_written_is_read_again(drafts):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drafts)
    def check(draft):
        assert round_trip(draft) == [draft]

    check()


def everything_shown(draft: Draft) -> set[str]:
    refs = {one.ref for one in draft.media} | {one.captions for one in draft.media}
    refs |= {one.image for one in draft.options} | {draft.image}
    for part in draft.parts:
        refs |= everything_shown(part)
    return refs - {""}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts())
def test_an_item_comes_back_as_the_same_item(draft):
    """Texts with any spaces, tabs and empty lines inside, media, captions: to the last byte."""
    item = building.build(draft, UID).item
    assert item is not None
    written_from = building.draft_of(item)
    media = dict.fromkeys(everything_shown(written_from), PNG)
    written = qti3.write([Question(written_from, Where())], media)
    (question,) = qti3.read(written.data, "package.zip").questions
    assert question.draft == written_from
    assert building.build(question.draft, UID).item == item
