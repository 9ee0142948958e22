"""`python -m question_bank.formats [folder] [--write docs/formats.md]`: what the formats can do.

Prints the tables of the formats; with a folder, also how every file below it is read, counted by
collection (the first two folders below it). `--write` puts the tables between the marks of a
document instead. Exit status: 0, or 2 when a path cannot be read.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from question_bank.formats.overview import carries_table, corpus_table, losses_table, tally

# What stands beside collections and holds no questions.
_BESIDE = frozenset({"PROVENANCE.md", "README.md", "expected.json"})
_DEPTH = 2


def main(arguments: Sequence[str]) -> int:
    """Print the tables or write them into a document; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m question_bank.formats")
    parser.add_argument("folder", nargs="?", type=Path, help="a folder with files of questions")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="a document with marks")
    options = parser.parse_args(arguments)
    tables = {"carries": carries_table(), "left out": losses_table()}
    try:
        if options.folder:
            tables["collections"] = corpus_table(tally(collected(options.folder)))
        if options.write:
            text = options.write.read_text(encoding="utf-8")
            options.write.write_text(filled(text, tables), encoding="utf-8")
        else:
            sys.stdout.write("\n\n".join(tables.values()) + "\n")
    except OSError as wrong:
        sys.stderr.write(f"{wrong.filename}: {wrong.strerror}\n")
        return 2
    return 0


def collected(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield collection, name and bytes of every file below a folder that may hold questions.

    Raises OSError when the folder or a file cannot be read.
    """
    for path in sorted([*folder.iterdir(), *folder.glob("*/**/*")]):
        is_tree = path.suffix == ".json" and path.with_suffix(".gift").exists()
        if path.is_file() and path.name not in _BESIDE and not is_tree:
            inside = path.relative_to(folder).parts[:-1][:_DEPTH]
            yield "/".join(inside) or folder.name, path.name, path.read_bytes()


def filled(text: str, tables: dict[str, str]) -> str:
    """Return a document with each table between its marks."""
    for name, table in tables.items():
        begins, ends = f"<!-- {name} -->", f"<!-- end of {name} -->"
        pattern = re.compile(f"{re.escape(begins)}.*?{re.escape(ends)}", re.DOTALL)
        text = pattern.sub(lambda _: f"{begins}\n{table}\n{ends}", text)  # noqa: B023
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
