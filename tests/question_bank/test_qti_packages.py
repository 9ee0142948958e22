"""Packages of QTI as they arrive: untidy, broken in places, and hostile."""

from __future__ import annotations

import base64
import random
import time
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest

from question_bank import formats
from question_bank.formats.problems import RULES
from question_bank.formats.qti import items2, qti2, qti3, qti12
from question_bank.formats.reading import Reading

CORPUS = Path(__file__).parents[3] / "shared/data/question-formats/visible"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJ"
    "RU5ErkJggg=="
)


def choice(name: str, picture: str = "", extra: str = "") -> bytes:
    shown = f'<img src="{picture}" alt="图"/>' if picture else ""
    return (
        f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{name}" '
        f'title="{name}" adaptive="false" timeDependent="false">'
        '<responseDeclaration identifier="R" cardinality="single" baseType="identifier">'
        "<correctResponse><value>A</value></correctResponse></responseDeclaration>"
        f"<itemBody><p>问{name}{shown}</p>{extra}"
        '<choiceInteraction responseIdentifier="R" maxChoices="1">'
        '<simpleChoice identifier="A">甲</simpleChoice>'
        '<simpleChoice identifier="B">乙</simpleChoice></choiceInteraction></itemBody>'
        "</assessmentItem>"
    ).encode()


def manifest(*hrefs: str) -> bytes:
    resources = "".join(
        f'<resource identifier="r{n}" type="imsqti_item_xmlv2p1" href="{href}">'
        f'<file href="{href}"/></resource>'
        for n, href in enumerate(hrefs)
    )
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/>'
        f"<resources>{resources}</resources></manifest>"
    ).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read(files: dict[str, bytes]) -> Reading:
    return formats.read(zipped(files), "package.zip", "qti2")


def names(reading: Reading) -> list[str]:
    return [one.name for one in reading.questions]


def codes(reading: Reading) -> list[str]:
    inside = (problem for question in reading.questions for problem in question.problems)
    return [problem.code for problem in (*reading.problems, *inside)]


def test_a_package_in_a_folder_of_its_own():
    reading = read(
        {
            "export/imsmanifest.xml": manifest("items/b.xml", "items/a.xml"),
            "export/items/a.xml": choice("a", "../img/x.png"),
            "export/items/b.xml": choice("b", "img/x.png"),
            "export/img/x.png": PNG,
        }
    )
    assert names(reading) == ["b", "a"]
    assert codes(reading) == []
    assert reading.media == {"export/img/x.png": PNG}
    assert {one.draft.media[0].ref for one in reading.questions} == {"export/img/x.png"}


def test_no_manifest():
    reading = read({"a.xml": choice("a"), "notes.txt": b"x", "b.xml": choice("b")})
    assert names(reading) == ["a", "b"]
    assert codes(reading) == ["qti.manifest_missing"]


def test_a_malformed_manifest():
    reading = read({"imsmanifest.xml": b"<manifest><resources>", "a.xml": choice("a")})
    assert names(reading) == ["a"]
    assert codes(reading) == ["qti.manifest_damaged"]


@pytest.mark.parametrize(
    ("href", "entry"),
    [
        ("items/a &amp; b.xml", "items/a & b.xml"),
        ("items/a%20%26%20b.xml", "items/a & b.xml"),
        ("items\\a b.xml", "items/a b.xml"),
        ("Items/A.XML", "items/a.xml"),
        ("./items/../items/a.xml", "items/a.xml"),
        ("items/100%.xml", "items/100%.xml"),
        ("items/%E9%A2%98.xml", "items/题.xml"),
        ("/items/a.xml", "items/a.xml"),
        ("items/a.xml?x=1#top", "items/a.xml"),
    ],
)
def test_paths_as_people_write_them(href, entry):
    reading = read({"imsmanifest.xml": manifest("z.xml", href), "z.xml": choice("z"),
                    entry: choice("a")})  # fmt: skip
    assert names(reading) == ["z", "a"]
    assert codes(reading) == []


def test_pictures_by_odd_names():
    files = {"a.xml": choice("a", "Img/My%20Pic%26.PNG"), "img/my pic&.png": PNG,
             "imsmanifest.xml": manifest("a.xml")}  # fmt: skip
    reading = read(files)
    assert reading.media == {"img/my pic&.png": PNG}


def test_litter_of_file_managers_is_passed_over():
    reading = read(
        {
            "imsmanifest.xml": manifest("a.xml"),
            "a.xml": choice("a"),
            ".DS_Store": b"\x00\x00\x00\x01Bud1",
            "__MACOSX/._a.xml": b"\x00\x05\x16\x07",
            "__MACOSX/a.xml": choice("litter"),
        }
    )
    assert (names(reading), codes(reading)) == (["a"], [])


def test_one_malformed_item_in_the_middle():
    reading = read(
        {
            "imsmanifest.xml": manifest("a.xml", "b.xml", "c.xml"),
            "a.xml": choice("a"),
            "b.xml": choice("b").replace(b"</simpleChoice>", b"", 1),
            "c.xml": choice("c"),
        }
    )
    assert names(reading) == ["a", "b.xml", "c"]
    broken = reading.questions[1]
    assert [one.code for one in broken.problems] == ["file.xml_syntax"]
    assert broken.where.entry == "b.xml"


def test_the_order_of_a_test_comes_first():
    test = (
        b'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t">'
        b'<testPart><assessmentSection><assessmentItemRef identifier="1" href="../items/b.xml"/>'
        b'<assessmentItemRef identifier="2" href="../items/a.xml"/>'
        b'<assessmentItemRef identifier="3" href="../items/gone.xml"/>'
        b'<assessmentItemRef identifier="4" href="https://example.org/x.xml"/>'
        b"</assessmentSection></testPart></assessmentTest>"
    )
    reading = read(
        {
            "imsmanifest.xml": manifest("items/a.xml", "items/b.xml"),
            "tests/test.xml": test,
            "items/a.xml": choice("a"),
            "items/b.xml": choice("b"),
        }
    )
    assert names(reading)[-2:] == ["b", "a"]
    assert codes(reading) == ["qti.item_missing", "qti.remote"]


def test_a_stimulus_of_the_package_stands_before_the_question():
    reference = b'<assessmentStimulusRef identifier="s" href="stimuli/s.xml"/><itemBody>'
    stimulus = (
        '<assessmentStimulus xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="s" '
        'title="s"><stimulusBody><p>材料。</p></stimulusBody></assessmentStimulus>'
    ).encode()
    files = {
        "imsmanifest.xml": manifest("a.xml"),
        "a.xml": choice("a").replace(b"<itemBody>", reference),
        "stimuli/s.xml": stimulus,
    }
    (found,) = read(files).questions
    assert found.draft.stem == "材料。\n问a"
    del files["stimuli/s.xml"]
    assert codes(read(files)) == ["markup.media_missing"]


def test_canvas_exports_a_quiz_twice_and_it_is_read_once():
    quiz = (
        '<questestinterop><assessment ident="g1"><section><item ident="q1"><presentation>'
        "<material><mattext>{}</mattext></material>"
        '<response_lid ident="r"><render_choice><response_label ident="a"><material><mattext>甲'
        '</mattext></material></response_label><response_label ident="b"><material><mattext>乙'
        "</mattext></material></response_label></render_choice></response_lid></presentation>"
        "<resprocessing><respcondition><conditionvar><varequal respident='r'>a</varequal>"
        "</conditionvar><setvar>100</setvar></respcondition></resprocessing></item></section>"
        "</assessment></questestinterop>"
    )
    files = {
        "imsmanifest.xml": manifest(),
        "g1/assessment_qti.xml": quiz.format("缩").encode(),
        "non_cc_assessments/g1.xml.qti": quiz.format("全").encode(),
    }
    reading = formats.read(zipped(files), "export.imscc", "qti12")
    assert [one.draft.stem for one in reading.questions] == ["全"]


def test_a_pool_of_blackboard():
    """Its documents end in .dat, and the manifest names them in an attribute of its own."""
    pool = (
        "<questestinterop><assessment><section><item title='t'><itemmetadata>"
        "<bbmd_questiontype>True/False</bbmd_questiontype>"
        "<qmd_absolutescore_max>4.0</qmd_absolutescore_max></itemmetadata><presentation>"
        "<flow class='QUESTION_BLOCK'><material><mat_extension><mat_formattedtext type='HTML'>"
        "&lt;p&gt;对吗？&lt;/p&gt;</mat_formattedtext></mat_extension></material></flow>"
        "<flow class='RESPONSE_BLOCK'><response_lid ident='response' rcardinality='Single'>"
        "<render_choice><flow_label><response_label ident='true'><flow_mat><material>"
        "<mattext>true</mattext></material></flow_mat></response_label><response_label "
        "ident='false'><flow_mat><material><mattext>false</mattext></material></flow_mat>"
        "</response_label></flow_label></render_choice></response_lid></flow></presentation>"
        "<resprocessing><outcomes><decvar varname='SCORE' maxvalue='4.0'/></outcomes>"
        "<respcondition title='correct'><conditionvar><varequal respident='response' case='No'>"
        "false</varequal></conditionvar><setvar variablename='SCORE'>SCORE.max</setvar>"
        "</respcondition></resprocessing></item></section></assessment></questestinterop>"
    )
    listed = (
        '<manifest xmlns:bb="http://www.blackboard.com/content-packaging/"><resources>'
        '<resource bb:file="res00001.dat" bb:title="p" identifier="res00001" '
        'type="assessment/x-bb-qti-pool"/></resources></manifest>'
    )
    files = {"imsmanifest.xml": listed.encode(), "res00001.dat": pool.encode()}
    reading = formats.read(zipped(files), "pool.zip")
    (found,) = reading.questions
    assert (reading.format, codes(reading)) == ("qti12", [])
    assert (found.draft.kind, found.draft.is_true, found.points) == ("true_false", False, 4.0)


def test_an_identifier_that_is_used_twice_is_reported():
    reading = read({"imsmanifest.xml": manifest(), "a.xml": choice("q"), "b.xml": choice("q")})
    assert codes(reading) == ["qti.identifier_repeated"]


def test_the_version_is_that_of_the_content():
    data = zipped({"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a")})
    assert formats.read(data, "x.zip", "qti3").format == "qti2"
    assert formats.read(data, "x.zip").format == "qti2"


def test_a_package_without_questions_says_so():
    assert codes(read({"readme.txt": b"nothing here"})) == ["qti.manifest_missing", "qti.no_items"]


# Hostile ones. ------------------------------------------------------------------------------

LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE, b'<!DOCTYPE x SYSTEM "http://x.test/a.dtd">'])
def test_document_types_and_entities_are_refused(prolog):
    attack = prolog + choice("a")
    assert codes(formats.read(attack, "a.xml", "qti2")) == ["file.xml_doctype"]
    reading = read({"imsmanifest.xml": manifest("a.xml"), "a.xml": attack, "b.xml": choice("b")})
    assert (names(reading), codes(reading)) == (["a.xml", "b"], ["file.xml_doctype"])
    reading = read({"imsmanifest.xml": prolog + manifest("b.xml"), "b.xml": choice("b")})
    assert (names(reading), codes(reading)) == (["b"], ["qti.manifest_damaged"])


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "C:/evil.xml", "a\\b.xml"])
def test_names_that_leave_the_folder_refuse_the_package(name):
    reading = read({"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a"), name: b"x"})
    assert (reading.questions, codes(reading)) == ((), ["file.archive_name"])


def test_a_bomb_is_refused_before_it_unfolds():
    began = time.perf_counter()
    reading = read({"imsmanifest.xml": manifest(), "zeros.xml": bytes(300 * 1024 * 1024)})
    assert (reading.questions, codes(reading)) == ((), ["file.archive_unpacked"])
    assert time.perf_counter() - began < 20


def test_an_archive_in_the_archive_is_refused():
    inner = zipped({"a.xml": choice("a")})
    assert codes(read({"imsmanifest.xml": manifest(), "inner.zip": inner})) == [
        "file.archive_nested"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/", "https://example.org/x.png",
        "//example.org/x.png", "file:///etc/passwd", "ftp://example.org/x.png",
        "\\\\server\\share\\x.png", "gopher://127.0.0.1:70/x",
    ],
)  # fmt: skip
def test_addresses_elsewhere_are_reported_and_never_fetched(address):
    reading = read({"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a", address)})
    assert codes(reading) == ["markup.remote_media"]
    assert reading.questions[0].draft.media == ()
    assert reading.media == {}


def test_paths_that_climb_out_of_the_package_stay_inside():
    files = {"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a", "../../../../etc/passwd")}
    assert codes(read(files)) == ["markup.media_missing"]


@pytest.mark.parametrize("name", ["x.svg", "x.png"])
def test_a_drawing_that_can_run_is_no_picture(name):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    files = {"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a", name), name: drawing}
    reading = read(files)
    assert codes(reading) == ["qti.drawing"]
    assert (reading.media, reading.questions[0].draft.media) == ({}, ())


def test_script_in_a_body_is_left_out():
    extra = '<p onclick="alert(1)">看<script>alert(2)</script><a href="javascript:x()">这</a></p>'
    reading = read({"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a", extra=extra)})
    assert codes(reading) == ["markup.active_content"]
    assert reading.questions[0].draft.stem == "问a\n看这"


def test_endless_nesting_is_refused():
    deep = b"<div>" * 5000 + b"</div>" * 5000
    attack = choice("a").replace(b"<p>", deep + b"<p>", 1)
    assert codes(formats.read(attack, "a.xml", "qti2")) == ["file.xml_depth"]


def test_rules_that_would_take_for_ever_are_given_up():
    """Two hundred options, each tried on five thousand conditions."""
    condition = (
        b'<responseCondition><responseIf><match><variable identifier="R"/><baseValue '
        b'baseType="identifier">Z</baseValue></match><setOutcomeValue identifier="SCORE">'
        b"<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf>"
        b"</responseCondition>"
    )
    options = b"".join(b'<simpleChoice identifier="o%d">x%d</simpleChoice>' % (n, n)
                       for n in range(500))  # fmt: skip
    attack = choice("a").replace(b"<simpleChoice", options + b"<simpleChoice", 1)
    rules = b"<responseProcessing>" + condition * 5_000 + b"</responseProcessing>"
    attack = attack.replace(b"</itemBody>", b"</itemBody>" + rules)
    began = time.perf_counter()
    (found,) = qti2.read(attack, "a.xml").questions
    assert "qti.rules_unsupported" in {one.code for one in found.problems}
    assert time.perf_counter() - began < 20


def test_conditions_nested_without_end_are_given_up():
    deep = b"<and>" * 150 + b"<baseValue baseType='boolean'>true</baseValue>" + b"</and>" * 150
    rules = (
        b"<responseProcessing><responseCondition><responseIf>"
        + deep
        + b"<exitResponse/></responseIf></responseCondition></responseProcessing>"
    )
    attack = choice("a").replace(b"</itemBody>", b"</itemBody>" + rules)
    assert codes(qti2.read(attack, "a.xml")) == ["qti.rules_unsupported"]


def test_an_item_past_reading_does_not_stop_the_rest(monkeypatch):
    """Whatever nobody thought of: the one question is refused."""

    def stumbles(body, asked, title=""):
        if title == "b":
            raise IndexError("nobody thought of this")
        return draft_of_body(body, asked, title=title)

    draft_of_body = items2.draft_of_body
    monkeypatch.setattr(items2, "draft_of_body", stumbles)
    reading = read({"imsmanifest.xml": manifest("a.xml", "b.xml", "c.xml"),
                    **{f"{name}.xml": choice(name) for name in "abc"}})  # fmt: skip
    assert (names(reading), codes(reading)) == (["a", "b", "c"], ["qti.unreadable"])


def test_numbers_beyond_reason_do_no_harm():
    rules = (
        b'<responseProcessing><setOutcomeValue identifier="SCORE"><product>'
        + b"<baseValue baseType='float'>9e60</baseValue>" * 200
        + b"</product></setOutcomeValue></responseProcessing>"
    )
    attack = choice("a").replace(b"</itemBody>", b"</itemBody>" + rules)
    (found,) = qti2.read(attack, "a.xml").questions
    assert [one.is_right for one in found.draft.options] == [True, False]


def samples() -> list[bytes]:
    """Files to damage: packages and single items, ours and, where they are at hand, others'."""
    whole = {"imsmanifest.xml": manifest("a.xml", "b.xml"), "a.xml": choice("a", "x.png"),
             "b.xml": choice("b"), "x.png": PNG}  # fmt: skip
    found = [choice("a"), zipped(whole)]
    for pattern in ("qti*/**/*.xml", "qti*/**/*.zip"):
        found += [path.read_bytes() for path in sorted(CORPUS.glob(pattern))]
    return found


def damaged(data: bytes, chance: random.Random) -> bytes:
    way = chance.randrange(4)
    place = chance.randrange(len(data) + 1)
    if way == 0:
        return data[:place]
    if way == 1:
        return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
    if way == 2:
        end = min(len(data), place + chance.randrange(200))
        return data[:place] + data[end:]
    # Attributes and element names changed, so that what is left is still well formed.
    old, new = chance.choice(
        [(b"identifier", b"identifer"), (b"R", b""), (b"<value>", b"<value>x "), (b"1", b"-9e99"),
         (b"single", b"ordered"), (b"multiple", b"record"), (b'baseType="identifier"', b""),
         (b"float", b"point"), (b"response_l", b"response_s"), (b"SCORE", b""), (b".", b""),
         (b"Choice", b"Associable"), (b"coords", b"koords"), (b"varequal", b"varlt")]
    )  # fmt: skip
    return data.replace(old, new)


def test_damaged_files_never_raise():
    chance = random.Random(20261122)
    kept = [data for data in samples() if data]
    for _ in range(500):
        data = damaged(chance.choice(kept), chance)
        for version in (qti12, qti2, qti3):
            reading = version.read(data, "upload")
            assert reading.questions or reading.problems
            assert set(codes(reading)) <= set(RULES) - {"qti.unreadable"}


def test_damage_inside_a_package_never_raises():
    chance = random.Random(7)
    for _ in range(200):
        files = {
            "imsmanifest.xml": damaged(manifest("a.xml", "b.xml"), chance),
            "a.xml": damaged(choice("a", "x.png"), chance),
            "b.xml": choice("b"),
            "x.png": damaged(PNG, chance),
        }
        reading = qti2.read(zipped(files), "package.zip")
        assert "b" in names(reading)


def test_checksums_are_compared():
    data = zipped({"imsmanifest.xml": manifest("a.xml"), "a.xml": choice("a")})
    at = data.find(zlib.crc32(choice("a")).to_bytes(4, "little"))
    assert at > 0
    reading = formats.read(data.replace(data[at : at + 4], b"\x00\x00\x00\x00"), "x.zip", "qti2")
    assert codes(reading) == ["file.archive_damaged"]


def test_every_problem_of_the_table_is_one_that_is_reported():
    folder = Path(qti2.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.py")))
    table = {code for code in RULES if code.startswith("qti.")}
    assert {code for code in table if f'"{code}"' not in source} == set()
