"""Whom feedback is for: one option, or everybody as the explanation."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

# What is said to everybody, or to whoever was right or wrong as a whole.
_GENERAL = re.compile(
    r"(general|all|item|solution|explanation|rationale)?[_-]?"
    r"(in|partially[_-]?|partly[_-]?|partial[_-]?)?"
    r"(correct|right|wrong|true|false|partly|partial|pass|fail|fb|feedback|general|solution)?"
    r"[_-]?(answer|response|fb|feedback)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Comment:
    """One piece of feedback: its identifier, its text, and how to ask whether an answer shows it.

    `shows` is None where the rules do not say.
    """

    identifier: str
    text: str
    shows: Callable[[str], bool] | None = None


@dataclass
class Comments:
    """Feedback by option, and what is left for the explanation, in order."""

    by_option: dict[str, str] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)

    @property
    def explanation(self) -> str:
        """Return what everybody may read, each text once."""
        return "\n".join(dict.fromkeys(text for text in self.general if text))


def assigned(comments: Iterable[Comment], options: Sequence[str]) -> Comments:
    """Give each comment to the one option that shows it, and every other to everybody."""
    found = Comments()
    for comment in comments:
        option = _option_of(comment, options)
        if option is None:
            found.general.append(comment.text)
        elif comment.text:
            said = found.by_option.get(option)
            found.by_option[option] = f"{said}\n{comment.text}" if said else comment.text
    return found


def _option_of(comment: Comment, options: Sequence[str]) -> str | None:
    if comment.shows is not None:
        shown = [option for option in options if comment.shows(option)]
        if len(shown) == 1 and not _GENERAL.fullmatch(comment.identifier):
            return shown[0]
        if shown:
            return None
    return comment.identifier if comment.identifier in options else None
