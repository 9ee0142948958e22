"""The registry of formats: recognising a file, reading it, and refusing what it may not be."""

from __future__ import annotations

import io
import zipfile

import pytest

from question_bank import formats
from question_bank.formats import FORMATS, read, sniff
from question_bank.formats.problems import Where, problem
from question_bank.formats.reading import Question, Reading
from question_bank.formats.writing import Written
from question_bank.items.draft import Draft

GIFT = "::一::水的沸点{=100℃ ~90℃}\n"
AIKEN = "水的沸点是多少？\nA) 100\nB) 90\nANSWER: A\n"
XML = '<?xml version="1.0"?>\n<!-- x -->\n<quiz><question type="essay"/></quiz>'
PLAIN = "1. 水的沸点（ A ）\nA. 100℃ B. 90℃\n"
TABLE = "题型,题干,选项A,选项B,答案\n单选题,水的沸点,100,90,A\n"


def package(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_x", ".x"), content)
    return out.getvalue()


MANIFEST = (
    '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resource type="{}"/></manifest>'
)
FILES: dict[str, tuple[bytes, str]] = {
    "gift": (GIFT.encode(), "gift"),
    "gift without names": (b"Two and two {=4 ~5}", "gift"),
    "gift with a category": (b"$CATEGORY: a\n\nQ{T}", "gift"),
    "gift in full width": ("水的沸点｛＝100　～90｝".encode(), "gift"),
    "gift in gb18030": (GIFT.encode("gb18030"), "gift"),
    "gift in utf-16": (GIFT.encode("utf-16"), "gift"),
    "gift in utf-16 without a mark": (GIFT.encode("utf-16-le"), "gift"),
    "aiken": (AIKEN.encode(), "aiken"),
    "aiken in gb18030": (AIKEN.encode("gb18030"), "aiken"),
    "missing word": (b"The sky is {=blue ~green} today, they say.", "missing_word"),
    "cloze": (b"The sky is {1:SHORTANSWER:=blue} today.", "cloze"),
    "moodle xml": (XML.encode(), "moodle_xml"),
    "plain text": (PLAIN.encode(), "plain"),
    "csv": (TABLE.encode(), "table"),
    "csv in gb18030": (TABLE.encode("gb18030"), "table"),
    "tsv in utf-16": (TABLE.replace(",", "\t").encode("utf-16"), "table"),
    "json": (b'[{"question": "a {=b ~c}"}]', "key_value"),
    "pack": (b'format = "zhixing-pack/1"\n', "pack"),
    "qti 1.2": (b"<questestinterop><item/></questestinterop>", "qti12"),
    "qti 2 by its root": (b"<assessmentItem/>", "qti2"),
    "qti 3 by its root": (b"<qti-assessment-item/>", "qti3"),
    "qti 1.2 package": (package(imsmanifest_xml=MANIFEST.format("imsqti_xmlv1p2")), "qti12"),
    "qti 2 package": (package(imsmanifest_xml=MANIFEST.format("imsqti_item_xmlv2p1")), "qti2"),
    "qti 3 package": (package(imsmanifest_xml=MANIFEST.format("imsqti_item_xmlv3p0")), "qti3"),
    "package without a manifest": (package(a_xml="<qti-assessment-item/>"), "qti3"),
    "workbook": (package(xl__workbook_xml="<workbook/>"), "table"),
    "kahoot workbook": (
        package(
            xl__workbook_xml="<workbook/>",
            xl__sharedStrings_xml="<si>Answer 1</si><si>Time limit</si><si>Correct answer(s)</si>",
        ),
        "kahoot",
    ),
    "word": (package(word__document_xml="<document/>"), "word"),
}


@pytest.mark.parametrize("ending", ["", ".txt", ".xml", ".docx", ".csv", ".gift", ".zip"])
@pytest.mark.parametrize("name", FILES)
def test_content_decides_what_a_file_is(name, ending):
    data, expected = FILES[name]
    assert sniff(data, f"a{ending}")[0] == expected


def test_every_name_that_is_recognised_is_in_the_registry():
    for data, expected in FILES.values():
        assert expected in FORMATS
        assert set(sniff(data, "a")) <= set(FORMATS)


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02\x03\xff" * 9, b"\xd0\xcf\x11\xe0", b"  \n"])
def test_what_is_no_text_and_no_archive_is_nothing(data):
    assert sniff(data, "a.gift") == ()


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_loads_and_reads_nonsense_without_raising(name):
    known = FORMATS[name]
    assert known.name == name
    assert known.read is not None
    for data in (b"", b"x", b"<a", b"PK\x03\x04", "一".encode("gb18030"), b"{" * 50, b"\x00" * 50):
        reading = known.read(data, "a")
        assert isinstance(reading, Reading)
        assert not any(question.draft.kind for question in reading.questions if question.problems)


@pytest.mark.parametrize("name", sorted(name for name, one in FORMATS.items() if one.write))
def test_every_writer_writes_nothing_and_says_what_it_leaves_out(name):
    write = FORMATS[name].write
    assert write is not None
    empty = write([], {})
    assert isinstance(empty, Written)
    assert empty.filename_extension in FORMATS[name].extensions
    lost = write([Question(Draft("nonsense", "x"), Where())], {})
    assert lost.left_out


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"\x00\x01\xff" * 9, "file.unknown"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), "file.old_office"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "file.password"),
        (b"$CATEGORY: a\n", "file.no_questions"),
        (b"<?xml version='1.0'?><unknown/>", "file.unknown"),
    ],
)
def test_files_that_hold_no_questions(data, code):
    reading = read(data, "a")
    assert reading.questions == ()
    assert [found.code for found in reading.problems] == [code]


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(formats, "MAX_BYTES", 1024)
    assert [found.code for found in read(b"x" * 1025, "a").problems] == ["file.too_large"]


def test_a_file_with_too_many_questions_is_refused_as_a_whole(monkeypatch):
    monkeypatch.setattr(formats, "MAX_QUESTIONS", 2)
    reading = read(b"Q{T}\n\n" * 3, "a.gift")
    assert reading.questions == ()
    assert reading.problems == (problem("file.too_many_questions", Where(), limit=2),)


@pytest.mark.parametrize("name", ["gift", "aiken", "missing_word", "cloze", "moodle_xml"])
def test_a_reader_stops_after_one_question_too_many(name, monkeypatch):
    pieces = {
        "gift": ("Q{T}\n\n", ""),
        "aiken": (AIKEN, ""),
        "missing_word": ("Q {=a} b\n\n", ""),
        "cloze": ("Q {1:SA:=a}\n\n", ""),
        "moodle_xml": ('<question type="essay"/>', "quiz"),
    }
    piece, root = pieces[name]
    text = f"<{root}>{piece * 9}</{root}>" if root else piece * 9
    module = {"gift": "gift.reading", "moodle_xml": "moodle_xml.reading"}.get(name, name)
    monkeypatch.setattr(f"question_bank.formats.{module}.MAX_QUESTIONS", 3)
    assert len(FORMATS[name].read(text.encode(), "a").questions) == 4


def test_a_format_may_be_asked_for():
    assert read(GIFT.encode(), "a", "gift").format == "gift"
    assert read(GIFT.encode(), "a", "aiken").format == "aiken"
    assert [found.code for found in read(b"x", "a", "nonsense").problems] == ["file.unknown"]


def test_the_next_format_is_tried_when_the_first_finds_nothing():
    reading = read(b"$CATEGORY: a\n\n1. What? A. yes B. no\n(A)", "a")
    assert reading.questions


def test_a_reader_that_fails_refuses_the_file(monkeypatch):
    def fail(data: bytes, filename: str) -> Reading:
        raise RuntimeError

    broken = formats.Format("gift", "GIFT", (), fail, None, frozenset())
    monkeypatch.setattr(formats, "FORMATS", {"gift": broken})
    assert [found.code for found in read(b"Q{T}", "a").problems] == ["file.reader_failed"]


def test_lines_in_two_encodings_are_read_and_reported():
    data = "问{T}\n\n".encode() + "答{F}\n".encode("gb18030")
    reading = read(data, "a")
    assert [question.draft.stem for question in reading.questions] == ["问", "答"]
    assert [found.code for found in reading.problems] == ["file.mixed_encodings"]


@pytest.mark.parametrize(
    "text",
    [
        "\n", "{ ", "<?a?>", "<!---->", "<!--", "::", "::a\n", "<", '"', "a,b\n", '{="',
        "<!DOCTYPE a [", "<!DOCTYPE a []", "a\n\n", "[html", "x {=a} y\n\n", "$CATEGORY:\n",
    ],
)  # fmt: skip
def test_hostile_text_is_recognised_in_a_moment(text):
    """Each took minutes with careless patterns; the test would hang instead of failing."""
    sniff((text * 30_000).encode(), "a")
