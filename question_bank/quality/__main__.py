"""`python -m question_bank.quality [paths...]`: read packs, lint them, print what is wrong.

Without paths it looks at the starter bank; a folder stands for the packs in it. Exit status: 0 when
there is no error (warnings are printed), 1 when there is one, 2 when a path cannot be read.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from question_bank import starter
from question_bank.formats.pack import Pack, read
from question_bank.formats.problems import Problem, in_english
from question_bank.quality import lint


def main(arguments: Sequence[str], today: date) -> int:
    """Lint the packs at these paths as of a day, print what was found, return the exit status."""
    packs: list[Pack] = []
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    count = 0
    try:
        for path in _pack_files(map(Path, arguments)) if arguments else starter.paths():
            reading = read(path.read_bytes())
            count += 1
            _print(reading.problems, path)
            problems += reading.problems
            if reading.pack:
                packs.append(reading.pack)
                files |= {item.uid: path for item in reading.pack.items}
    except OSError as wrong:
        sys.stderr.write(f"{wrong.filename}: {wrong.strerror}\n")
        return 2
    for found in lint(packs, today):
        _print([found], files.get(found.where.item or ""))
        problems.append(found)
    errors = sum(found.severity == "error" for found in problems)
    items = sum(len(pack.items) for pack in packs)
    warnings = len(problems) - errors
    counts = f"packs: {count}, items: {items}, errors: {errors}, warnings: {warnings}"
    sys.stdout.write(counts + "\n")
    return 1 if errors else 0


def _pack_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.toml")) if path.is_dir() else (path,)


def _print(problems: Iterable[Problem], path: Path | None) -> None:
    """Print problems as `file:line: severity: code: sentence (item)`, as far as known."""
    for found in problems:
        line = f":{found.where.line}" if found.where.line else ""
        place = f"{path}{line}: " if path else ""
        item = f" ({found.where.item})" if found.where.item else ""
        sentence = f"{found.severity}: {found.code}: {in_english(found)}"
        sys.stdout.write(f"{place}{sentence}{item}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], datetime.now(UTC).date()))
