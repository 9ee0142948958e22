"""What every reader returns, and what every writer takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from question_bank.formats.problems import Problem, Where
from question_bank.items.draft import Draft

# A file with more questions is refused; readers stop once they have found one more.
MAX_QUESTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a file: the draft with what the file says about it.

    `name` is its id or title in the file, empty when it has none. `category` is its path of topics
    from the top. `difficulty` is easy, medium, hard or empty. `points` is what the file gives for
    it. `problems` are about this question only: an `error` refuses it, a `decision` waits for a
    person, a `fix` says what was mended, a `warning` what was lost or looks odd.
    """

    draft: Draft
    where: Where
    name: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: str = ""
    points: float | None = None
    source: str = ""
    clause: str = ""
    author: str = ""
    verified_on: date | None = None
    valid_until: date | None = None
    workplace: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file. Nothing a file holds is skipped without a question or a problem.

    `format` is the name in the registry, `encoding` what the text was read as (None for binary
    files). `problems` are about the file as a whole. `media` holds the bytes that drafts refer to
    by name, as the file gave them: not yet checked.
    """

    format: str
    questions: tuple[Question, ...]
    encoding: str | None = None
    problems: tuple[Problem, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict)
