"""The format that a text of a GIFT question names, as in `[html]`."""

from question_bank.formats.gift.blocks import restored
from question_bank.formats.moodle.texts import HTML, MARKDOWN, MOODLE, PLAIN

_FORMATS = frozenset({HTML, MARKDOWN, MOODLE, PLAIN})


def split_format(text: str, default: str) -> tuple[str, str]:
    """Return a text with its escaped characters back and without its format, and the format."""
    stripped = text.strip()
    if stripped.startswith("["):
        name, mark, rest = stripped[1:].partition("]")
        if mark and name in _FORMATS:
            return restored(rest), name
    return restored(stripped), default
