"""Files that mean harm: bombs, tricks with names, entities, depth, scripts, wrong encodings."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from xml.etree.ElementTree import Element

import pytest

from question_bank.formats import archives, read, safe_xml
from question_bank.formats.archives import open_archive
from question_bank.formats.encodings import Decoded, decode
from question_bank.formats.html_tree import parse_html
from question_bank.formats.markup import plain_text
from question_bank.formats.problems import Problem
from question_bank.formats.workbooks import check_workbook


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


GOOD = packed({"a.xml": b"<a/>" * 50, "b/c.txt": b"x"})


def directory_of(data: bytes, name: bytes) -> int:
    """Return where the entry of a name begins in the directory at the end of a zip."""
    return data.rindex(name) - 46


def changed(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def with_mode(mode: int) -> bytes:
    info = zipfile.ZipInfo("link")
    info.external_attr = mode << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def with_two_of_one_name() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("A", b"2")
    return out.getvalue()


def lying() -> bytes:
    """Return a bomb whose directory says that 40 MB are ten bytes."""
    data = packed({"a": b" " * (40 * 2**20)})
    return changed(data, directory_of(data, b"a") + 24, struct.pack("<I", 10))


def overlapping() -> bytes:
    """Return an archive in which two names stand for the same packed bytes."""
    data = packed({"aa": b"x" * 5000, "bb": b"y" * 5000})
    first, second = directory_of(data, b"aa"), directory_of(data, b"bb")
    data = changed(data, second + 42, data[first + 42 : first + 46])
    return changed(data, second + 16, data[first + 16 : first + 28])


def with_flag() -> bytes:
    at = directory_of(GOOD, b"a.xml")
    return changed(GOOD, at + 8, bytes([GOOD[at + 8] | 1]))


HOSTILE = {
    "no zip": (b"PK\x03\x04" + bytes(60), "file.archive_damaged"),
    "cut off": (GOOD[:-30], "file.archive_damaged"),
    "cut in the middle": (GOOD[:40], "file.archive_damaged"),
    "absolute": (packed({"/etc/passwd": b"x"}), "file.archive_name"),
    "climbing": (packed({"../a": b"x"}), "file.archive_name"),
    "climbing inside": (packed({"a/../../b": b"x"}), "file.archive_name"),
    "backslash": (packed({"a\\..\\b": b"x"}), "file.archive_name"),
    "drive": (packed({"C:/a": b"x"}), "file.archive_name"),
    "link": (with_mode(stat.S_IFLNK | 0o777), "file.archive_link"),
    "device": (with_mode(stat.S_IFCHR | 0o600), "file.archive_link"),
    "two of one name": (with_two_of_one_name(), "file.archive_duplicate"),
    "locked": (with_flag(), "file.password"),
    "nested": (packed({"a.zip": GOOD}), "file.archive_nested"),
    "odd compression": (packed({"a": b"x"}, zipfile.ZIP_LZMA), "file.archive_damaged"),
    "bomb by ratio": (packed({"a": bytes(8 * 2**20)}), "file.archive_unpacked"),
    "bomb that lies": (lying(), "file.archive_unpacked"),
    "bomb by overlap": (overlapping(), "file.archive_damaged"),
    "wrong sum": (
        changed(GOOD, directory_of(GOOD, b"a.xml") + 16, b"\x00\x00\x00\x00"),
        "file.archive_damaged",
    ),
    "many": (
        packed({f"{n}": b"" for n in range(archives.MAX_ENTRIES + 1)}),
        "file.archive_entries",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_by_name(name):
    data, code = HOSTILE[name]
    found = open_archive(data)
    assert isinstance(found, Problem)
    assert found.code == code
    # As a file to import they are refused too, whatever reader takes them.
    reading = read(data, "a.zip")
    assert reading.questions == ()
    assert reading.problems


def test_a_name_with_a_zero_byte_is_refused():
    data = packed({"a_b": b"x"}).replace(b"a_b", b"a\x00b")
    found = open_archive(data)
    assert isinstance(found, Problem)
    assert found.code == "file.archive_name"


def test_a_good_archive_is_unpacked_without_litter():
    data = packed({"a.xml": b"<a/>", "__MACOSX/._a.xml": b"x", "b/.DS_Store": b"x", "b/": b""})
    assert open_archive(data) == {"a.xml": b"<a/>"}


def test_names_in_gbk_are_read():
    data = packed({"\u00e9" * 4: b"x"})
    name = "图片".encode("gbk")
    data = data.replace("é".encode() * 4, name + b"1.pn"[: 8 - len(name)])
    # The flag for UTF-8 names is taken out at both places.
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(magic) + offset
        data = changed(data, at, struct.pack("<H", struct.unpack_from("<H", data, at)[0] & ~0x800))
    found = open_archive(data)
    assert isinstance(found, dict)
    assert list(found) == ["图片1.pn"]


def test_archives_inside_are_left_packed_where_they_may_be():
    found = open_archive(packed({"a.xlsx": GOOD}), may_nest=True)
    assert found == {"a.xlsx": GOOD}


def test_every_byte_may_be_damaged_without_another_error():
    for place in range(len(GOOD)):
        open_archive(changed(GOOD, place, bytes([GOOD[place] ^ 0xFF])))


def test_a_part_is_unpacked_within_its_limit(monkeypatch):
    data = packed({"a": bytes(10_000)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(archives, "MAX_UNPACKED", 9_999)
    found = open_archive(data)
    assert isinstance(found, Problem)
    monkeypatch.setattr(archives, "MAX_UNPACKED", 10_000)
    assert open_archive(data) == {"a": bytes(10_000)}
    assert zlib.crc32(bytes(10_000))


def test_far_away_cells_are_refused_before_a_workbook_is_opened():
    cell = b'<worksheet><row r="9"><c r="A9"><v>1</v></c></row></worksheet>'
    book = packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": cell})
    check_workbook(book, 9, 1)
    with pytest.raises(archives.ArchiveError) as error:
        check_workbook(book, 8, 1)
    assert error.value.problem.code == "file.sheet_rows"


# XML

LAUGHS = '<!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz>&b;</quiz>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'
HOSTILE_XML = {
    "billion laughs": (LAUGHS, "file.xml_doctype"),
    "outside entity": (OUTSIDE, "file.xml_doctype"),
    "outside document type": (
        '<!DOCTYPE q SYSTEM "http://example.org/a.dtd"><quiz/>',
        "file.xml_doctype",
    ),
    "parameter entity": (
        '<!DOCTYPE q [<!ENTITY % p SYSTEM "http://example.org/a"> %p;]><quiz/>',
        "file.xml_doctype",
    ),
    "empty document type": ("<!DOCTYPE quiz><quiz/>", "file.xml_doctype"),
    "deep": ("<quiz>" + "<a>" * 5000 + "</a>" * 5000 + "</quiz>", "file.xml_depth"),
    "not closed": ("<quiz><question></quiz>", "file.xml_syntax"),
    "nothing": ("", "file.xml_syntax"),
    "unknown entity": ("<quiz>&nosuch;</quiz>", "file.xml_syntax"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", HOSTILE_XML)
def test_hostile_xml_is_refused_by_name(name, encoding):
    text, code = HOSTILE_XML[name]
    found = safe_xml.parse(text.encode(encoding))
    assert isinstance(found, Problem)
    assert found.code == code
    reading = read(text.encode(encoding), "a.xml", "moodle_xml")
    assert reading.questions == ()
    if text:
        assert [one.code for one in reading.problems] == [code]


def test_too_many_elements_and_attributes_are_refused(monkeypatch):
    monkeypatch.setattr(safe_xml, "MAX_ELEMENTS", 10)
    attributes = " ".join(f"x{number}='1'" for number in range(10))
    for text in ("<a>" + "<b/>" * 10 + "</a>", f"<a {attributes}/>"):
        found = safe_xml.parse(text.encode())
        assert isinstance(found, Problem)
        assert found.code == "file.xml_elements"


def test_includes_and_stylesheets_are_never_followed():
    text = (
        '<?xml-stylesheet href="http://example.org/a.xsl"?>'
        '<quiz xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></quiz>'
    )
    found = safe_xml.parse(text.encode())
    assert isinstance(found, Element)
    assert "".join(found.itertext()) == ""


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030", "utf-8"])
def test_what_the_declaration_says_may_be_wrong(declared):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<a>灭火器</a>'
    for encoding in ("gb18030", "utf-8"):
        if declared == "utf-8" or encoding == "gb18030":
            found = safe_xml.parse(text.encode(encoding))
            assert isinstance(found, Element)
            assert found.text == "灭火器"


def test_small_faults_of_xml_are_mended_and_counted():
    data = b"<quiz>a&nbsp;b\x0b<![CDATA[&nbsp;]]>&amp;&lt;</quiz>"
    text, problems = safe_xml.mended(data)
    found = safe_xml.parse(text)
    assert isinstance(found, Element)
    assert found.text == "a\xa0b&nbsp;&<"
    assert [(one.code, one.params["count"]) for one in problems] == [
        ("file.xml_entities", 1),
        ("file.xml_control", 1),
    ]


# Encodings


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_encodings_are_found(encoding, named):
    text = "题干，答案：Ａ\n第二行 ㄅ〇 100%\n"
    assert decode(text.encode(encoding)) == Decoded(text, named)


@pytest.mark.parametrize(
    "data",
    [
        "déjà vu, où êtes-vous".encode("latin-1"),
        b"\xff\xff\x81",
        b"\x00\x01\x02\x03",
        b"\xff\xfe\x00",
        bytes(range(256)),
    ],
)
def test_what_cannot_be_decoded_is_not_guessed(data):
    found = decode(data)
    assert isinstance(found, Problem)
    assert found.code == "file.encoding"


def test_line_ends_become_line_feeds():
    assert decode("a\r\nb\rc\u2028d\x85e".encode()) == Decoded("a\nb\nc\nd\ne", "utf-8")


# Markup


@pytest.mark.parametrize(
    ("html", "text", "tags"),
    [
        ("<script>alert(1)</script>a", "a", "script"),
        ("<ScRiPt src=x>alert(1)</sCrIpT >a", "a", "script"),
        ("a<script>alert(1)", "a", "script"),
        ('<p onclick="x()">a</p>', "a", "onclick"),
        ("<img src=a.png onerror=alert(1)>", "", "onerror"),
        ('<a href="javascript:x()">a</a>', "a", "javascript:"),
        ('<a href="&#106;ava\tscript:x()">a</a>', "a", "javascript:"),
        ('<a href="data:text/html,x">a</a>', "a", "javascript:"),
        ('<iframe src="http://a"></iframe>a', "a", "iframe"),
        ('<object data="a.swf"><embed src="b"></object>a', "a", "object"),
        ("<style>p{}</style>a", "a", ""),
        ("<svg onload=x()><script>y()</script></svg>a", "a", "onload"),
        ("<math><mtext><script>x()</script></mtext></math>a", "a", ""),
    ],
)
def test_what_could_run_is_left_out_and_reported(html, text, tags):
    found = plain_text(html)
    assert found.text == text
    said = [one.params["tags"] for one in found.problems if one.code == "markup.active_content"]
    assert said == ([tags] if tags else [])


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<svg><path/></svg>", "markup.drawing"),
        ('<input value="x">', "markup.form"),
        ('<img src="http://example.org/a.png">', "markup.remote_media"),
        ('<img src="//example.org/a.png">', "markup.remote_media"),
        ('<img src="file:///etc/passwd">', "markup.remote_media"),
        ('<img src="data:image/svg+xml;base64,AAAA">', "markup.embedded_media"),
        ('<img src="data:image/png;base64,!">', "markup.embedded_media"),
    ],
)
def test_what_has_no_place_is_reported(html, code):
    found = plain_text(html)
    assert [one.code for one in found.problems] == [code]
    assert (found.text, found.media) == ("", ())


def test_markup_in_the_text_formats_becomes_text_or_is_left_out():
    gift = b"Q <script>x()</script>{=<img src\\=x onerror\\=y>a ~b}"
    aiken = b"A <b>x</b>\nA) <i>a\nB) b\nANSWER: A"
    (question,) = read(gift, "a").questions
    assert (question.draft.stem, question.draft.options[0].text) == ("Q", "a")
    assert "markup.active_content" in [found.code for found in question.problems]
    (question,) = read(aiken, "a").questions
    assert (question.draft.stem, question.draft.options[0].text) == ("A <b>x</b>", "<i>a")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "• a\n• b"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("x<sup>2</sup> H<sub>2</sub>O e<sup>ix</sup> a<sub>max</sub>", "x² H₂O e^(ix) a_(max)"),
        ("<table><tr><th>a<th>b<tr><td>c<td>d</table>", "a | b\nc | d"),
        ('<a href="https://a.cn/x">here</a>', "here (https://a.cn/x)"),
        ('<a href="https://a.cn/">https://a.cn</a>', "https://a.cn"),
        ("a&nbsp;&nbsp;b &amp;lt; &#65; &bogus;", "a b &lt; A &bogus;"),
        ("a < b and c<d <stdio.h> <姓名>", "a < b and c<d <stdio.h> <姓名>"),
        ("$$\\frac{a}{b}$$ \\(x^2\\)", "$$\\frac{a}{b}$$ \\(x^2\\)"),
        ("<math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>", "a/2"),
        ("<math><msup><mi>a</mi><mn>2</mn></msup></math>", "a²"),
        ('<math><semantics><mi>a</mi><annotation encoding="application/x-tex">a_1</annotation>'
         "</semantics></math>", "\\(a_1\\)"),
        ('<img class="equation_image" alt="LaTeX: x^2">', "\\(x^2\\)"),
        ("a\u200bb\ufeffc", "abc"),
        ("<pre>a\n  b\n</pre>c", "a\n  b\nc"),
        ("<!-- x -->a<![endif]>b<?php x ?>c", "abc"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
    ],
)  # fmt: skip
def test_markup_becomes_text(html, text):
    assert plain_text(html).text == text


def test_media_are_named_as_the_text_names_them():
    found = plain_text(
        '<img src="@@PLUGINFILE@@/%E7%81%AD%E7%81%AB%20x.png" alt="灭火器">'
        '<video title="t"><source src="a.mp4?x=1"><track src="a.vtt"></video><audio src="b.mp3">'
    )
    assert [(one.ref, one.kind, one.alt, one.captions) for one in found.media] == [
        ("灭火 x.png", "image", "灭火器", ""),
        ("a.mp4", "video", "t", "a.vtt"),
        ("b.mp3", "audio", "", ""),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "<a ", "<!--", "</", '<a b="', "<a b='", "&#", "<p>", "<", "<![CDATA[", "<!", "<?", "&amp",
        "<script>", "</p ", "<td>", "<sub>", "<ul><li>", "<table><tr><td>", '<a ">"', "<div>",
    ],
)  # fmt: skip
def test_hostile_markup_takes_a_moment(piece):
    """Each took minutes with the parser of the standard library."""
    plain_text(piece * 10_000)


def test_a_tree_is_never_deeper_than_its_limit():
    node, depth = parse_html("<div>" * 5_000), 0
    while node.children:
        node, depth = node.children[-1], depth + 1
    assert depth <= 101
