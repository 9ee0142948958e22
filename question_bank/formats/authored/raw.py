"""The pieces of a question as a reader found them, before anything is understood."""

from dataclasses import dataclass, replace

from question_bank.formats.authored.keys import Way
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.items.media import Media


@dataclass(frozen=True, slots=True)
class Raw:
    """A question in pieces of text.

    `kind` is what the question itself says it is, `section` what its heading or sheet says; both
    may be empty or `choice`. `options` are (letter, text) with the letters of the file. `answer` is
    the key in whatever spelling. `blanks` holds alternatives per blank where the layout has a place
    for each. `hint` is how keys are written elsewhere in the same file. `key_where` and
    `options_where` are their cells, where they have their own. `styled` are letters of options that
    stand out by `style`. `points` is what the question gives, `rubric` lines of criteria such as
    `names both exits (2)`. `keeps_order` fixes the order of its options. `is_exact` says that the
    house wrote the file itself: its texts are taken as they are.
    """

    stem: str
    where: Where
    kind: str = ""
    section: str = ""
    options: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    explanation: str = ""
    blanks: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    extras: tuple[str, ...] = ()
    unit: str = ""
    hint: Way | None = None
    key_where: Where | None = None
    options_where: Where | None = None
    styled: str = ""
    style: str = ""
    media: tuple[Media, ...] = ()
    points: float | None = None
    rubric: str = ""
    keeps_order: bool = False
    is_exact: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def said(self) -> str:
        """Return what kind it is said to be, by itself or by its section; empty when by neither."""
        if self.kind in ("", "choice") and self.section:
            return self.section if self.kind == "" or self.section != "choice" else self.kind
        return self.kind

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the letters of the options."""
        return tuple(label for label, _ in self.options)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts of the options."""
        return tuple(text for _, text in self.options)

    def noting(self, code: str, where: Where | None = None, **params: Param) -> "Raw":
        """Return it with one more problem; without `where` it is about the question."""
        found = problem(code, where or self.where, **params)
        return replace(self, problems=(*self.problems, found))

    def about_key(self, code: str, **params: Param) -> "Raw":
        """Return it with one more problem about its key."""
        return self.noting(code, self.key_where, **params)
