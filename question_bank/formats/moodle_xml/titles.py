"""The title that a question without a name gets, because Moodle asks for one."""

_LENGTH = 60


def title_of(stem: str) -> str:
    """Return the beginning of a stem as one line; a name that says the same says nothing."""
    line = " ".join(stem.split())
    return line if len(line) <= _LENGTH else line[: _LENGTH - 1] + "…"
