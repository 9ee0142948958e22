"""Packages of QTI 3 that the house writes: what is read again is what was written."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank.formats import FORMATS, read
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
from question_bank.items.media import Media
from tests.question_bank.samples import DRAFTS, UID, drafts

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


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SAMPLES = {
    **DRAFTS,
    "media": replace(DRAFTS["single"], media=(Media("图 1&2.png", "image", "图"),)),
}


def package(*names: str, **fields) -> bytes:
    questions = [Question(SAMPLES[name], Where(), name=name, **fields) for name in names]
    media = {ref: PNG for name in names for ref in everything_shown(SAMPLES[name])}
    return qti3.write(questions, media).data


def test_the_manifest_lists_every_file_of_the_package():
    files = unpacked(package(*SAMPLES))
    root = ElementTree.fromstring(files.pop("imsmanifest.xml"))
    space = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
    assert root.tag == f"{space}manifest"
    assert [one.tag for one in root] == [
        f"{space}{n}" for n in ("metadata", "organizations", "resources")
    ]
    resources = list(root.iter(f"{space}resource"))
    assert {one.get("type") for one in resources} == {"imsqti_item_xmlv3p0"}
    assert len({one.get("identifier") for one in resources}) == len(SAMPLES)
    assert {one.get("href") for one in root.iter(f"{space}file")} == set(files)


# The children of an item in the order of the schema.
ORDER = (
    "qti-response-declaration", "qti-outcome-declaration", "qti-item-body",
    "qti-response-processing", "qti-modal-feedback",
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_item_has_the_shape_of_the_standard(name):
    files = unpacked(package(name, points=2.0))
    root = ElementTree.fromstring(files["items/item-00001.xml"])
    assert root.tag == f"{NAMESPACE}qti-assessment-item"
    assert {"identifier", "title", "time-dependent"} <= set(root.attrib)
    places = [ORDER.index(one.tag.removeprefix(NAMESPACE)) for one in root]
    assert places == sorted(places)
    declared = {one.get("identifier") for one in root.iter(f"{NAMESPACE}qti-response-declaration")}
    asked = [
        one.get("response-identifier") for one in root.iter() if one.get("response-identifier")
    ]
    assert sorted(asked) == sorted(declared)
    outcomes = {one.get("identifier") for one in root.iter(f"{NAMESPACE}qti-outcome-declaration")}
    for one in root.iter(f"{NAMESPACE}qti-set-outcome-value"):
        assert one.get("identifier") in outcomes
    for one in root.iter():
        if one.get("outcome-identifier"):
            assert one.get("outcome-identifier") in outcomes
    names = [one.get("identifier") for one in root.iter() if one.tag.endswith("-choice")]
    assert all(re.fullmatch(r"[A-Za-z][\w.-]*", one) for one in names)
    maximum = [one for one in root.iter() if one.get("identifier") == "MAXSCORE"]
    assert "".join(maximum[0].itertext()) == "2"


def of_others(data: bytes) -> bytes:
    """Return a package as if another program had written it: without our notes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in unpacked(data).items():
            text = content
            if name.endswith(".xml"):
                text = re.sub(rb' (data-[a-z]+|tool-name)="[^"]*"', b"", content)
            archive.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize("name", sorted(DRAFTS))
def test_other_programs_find_the_same_key(name):
    """The package is read without our notes, by the standard alone."""
    reading = qti3.read(of_others(package(name, points=3.0)), "package.zip")
    (question,) = reading.questions
    draft, written = question.draft, SAMPLES[name]
    assert (draft.kind, draft.explanation) == (written.kind, written.explanation)
    assert question.points == 3.0
    assert keys(draft) == keys(written)


def keys(draft: Draft) -> object:
    if draft.kind == "case":
        return [keys(part) for part in draft.parts]
    if draft.kind == "numeric":
        best = [span for span in draft.spans if span.credit == 1.0]
        return [(span.low, span.high) for span in best]
    if draft.kind == "essay":
        return draft.sample
    if draft.kind == "hotspot":
        return [zone.is_right for zone in draft.zones]
    blanks = [
        [one.text for one in blank.accepted] or [o.is_right for o in blank.options]
        for blank in draft.blanks
    ]
    options = [(one.text, one.is_right) for one in draft.options if one.text]
    return options, draft.is_true, draft.pairs, blanks


def test_what_a_question_says_about_itself_comes_back():
    question = Question(
        DRAFTS["single"], Where(), name="题 <1>", category=("电气", "触电"), tags=("急救", "a&b"),
        difficulty="hard", points=2.5, author="李工",
    )  # fmt: skip
    written = qti3.write([question], {})
    (found,) = qti3.read(written.data, "package.zip").questions
    for name in ("name", "category", "tags", "difficulty", "points", "author", "draft"):
        assert getattr(found, name) == getattr(question, name)
    assert written.left_out == ()
    assert (written.filename_extension, written.media_type) == (".zip", "application/zip")


def test_what_does_not_fit_is_said():
    picture = replace(DRAFTS["single"], media=(Media("gone.png", "image"),))
    questions = [
        Question(Draft("likert"), Where(), name="a"),
        Question(Draft("single", "问"), Where(), name="b"),
        Question(picture, Where(), name="c", source="手册", workplace="变电站"),
        Question(DRAFTS["ordering"], Where(), name="d"),
    ]
    written = qti3.write(questions, {})
    said = [(one.where.item, one.code) for one in written.left_out]
    assert said[:4] == [
        ("a", "qti.left_kind"),
        ("b", "qti.left_incomplete"),
        ("c", "qti.left_media"),
        ("c", "qti.left_fields"),
    ]
    assert [in_english(one) for one in written.left_out][3].endswith("source, workplace.")
    assert [one.name for one in qti3.read(written.data, "x.zip").questions] == ["c", "d"]


def test_the_same_questions_give_the_same_bytes():
    assert package(*DRAFTS) == package(*DRAFTS)


def test_the_registry_names_what_is_carried():
    assert FORMATS["qti3"].carries == set(DRAFTS)
    assert FORMATS["qti3"].write is not None
    data = package("single")
    assert [one.draft for one in read(data, "export.zip").questions] == [DRAFTS["single"]]


def test_characters_that_xml_forbids_are_left_out():
    draft = replace(DRAFTS["single"], stem="甲\x00乙\x1f丙\ufffe")
    assert round_trip(draft)[0].stem == "甲乙丙"
