"""The tables of docs/formats.md say what the formats do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from question_bank.formats import FORMATS
from question_bank.formats.__main__ import collected, filled, main
from question_bank.formats.overview import (
    KINDS,
    carries_table,
    corpus_table,
    losses_table,
    tally,
)

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/formats.md"
COLLECTIONS = ROOT.parent / "shared" / "data" / "question-formats"
GIFT = "::a::Q{=x ~y}\n\nA text.\n\nQ{}\n\nQ｛T｝\n\nQ{=x\n\n~y}\n"


def section(name: str) -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(f"<!-- {name} -->\n(.*?)\n<!-- end of {name} -->", text, re.DOTALL)
    assert found
    return found[1]


def test_the_document_says_what_each_format_carries():
    assert section("carries") == carries_table()
    assert section("left out") == losses_table()


@pytest.mark.skipif(not COLLECTIONS.is_dir(), reason="the collections are not beside the project")
def test_the_document_counts_the_collections():
    assert section("collections") == corpus_table(tally(collected(COLLECTIONS)))


def test_every_kind_is_known_and_every_writer_carries_what_it_says():
    assert all(known.carries <= set(KINDS) for known in FORMATS.values())


def test_questions_are_counted_by_what_becomes_of_them(tmp_path):
    folder = tmp_path / "set"
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "b" / "c" / "x.gift").write_text(GIFT, encoding="utf-8")
    (folder / "a" / "b" / "c" / "x.json").write_text("[]", encoding="utf-8")
    (folder / "README.md").write_text("nothing", encoding="utf-8")
    (folder / "y.txt").write_bytes(b"")
    found = tally(collected(folder))
    assert set(found) == {"set", "a/b"}
    counts = found["a/b"]
    assert (counts.files, counts.questions, counts.ready, counts.mended) == (1, 5, 2, 1)
    assert (counts.decisions, counts.refused) == (1, 2)
    assert dict(counts.reasons) == {"plain.description": 1, "build.rubric_missing": 1}
    assert dict(found["set"].reasons) == {"file.empty": 1}


def test_the_command_prints_and_writes(tmp_path, capsys):
    assert main([]) == 0
    assert carries_table() in capsys.readouterr().out
    document = tmp_path / "d.md"
    document.write_text("a\n<!-- carries -->\nold\n<!-- end of carries -->\nb\n", encoding="utf-8")
    assert main(["--write", str(document)]) == 0
    assert document.read_text(encoding="utf-8") == filled(
        "a\n<!-- carries -->\n<!-- end of carries -->\nb\n", {"carries": carries_table()}
    )
    assert main([str(tmp_path / "absent")]) == 2
