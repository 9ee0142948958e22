"""What the machine builds: questions in pieces, sections of them, and lists of answers."""

from dataclasses import dataclass, field

from question_bank.formats.plain.lines import Line


@dataclass(slots=True)
class Asked:
    """One question while its lines come in.

    `number` is 0 where the file gives none. `styles` are the styles that stand out in each option.
    `relabelled` is an option whose letter was used before. `material` is what the question shares.
    """

    line: Line
    number: int = 0
    kind: str = ""
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    styles: dict[str, set[str]] = field(default_factory=dict)
    answer: list[str] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    answer_line: Line | None = None
    state: str = "stem"
    relabelled: str = ""
    parts: list["Asked"] = field(default_factory=list)
    material: "Material | None" = None

    @property
    def has_answer(self) -> bool:
        """Tell whether a key was given on a line of its own."""
        return any(text.strip() for text in self.answer)

    @property
    def is_complete(self) -> bool:
        """Tell whether it may end here: it has an answer, or options, or is being explained."""
        return self.has_answer or len(self.options) > 1 or self.state == "explanation"


@dataclass(slots=True)
class Material:
    """A text that several questions share; `first` and `last` are their numbers if known.

    `is_used` says that a question came to it; until then further lines belong to it.
    """

    line: Line
    text: list[str] = field(default_factory=list)
    first: int = 0
    last: int = 0
    pictures: list[str] = field(default_factory=list)
    is_sure: bool = True
    is_used: bool = False


@dataclass(slots=True)
class Section:
    """Questions under one heading: `kind` and `points` are what the heading says.

    `has_keys` says that a list of answers was given to it.
    """

    kind: str = ""
    category: tuple[str, ...] = ()
    points: float | None = None
    questions: list[Asked] = field(default_factory=list)
    has_keys: bool = False


@dataclass(slots=True)
class KeyEntry:
    """One answer of a list: its number, 0 without one, the key, perhaps more about it."""

    line: Line
    number: int
    key: list[str] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    rubric: list[str] = field(default_factory=list)


@dataclass(slots=True)
class KeyGroup:
    """Answers under one heading of a list of answers.

    `since` and `until` are the places of the sections that stand between the list before and this
    one: its answers are theirs.
    """

    kind: str = ""
    category: tuple[str, ...] = ()
    entries: list[KeyEntry] = field(default_factory=list)
    section: Section | None = None
    since: int = 0
    until: int = 0


@dataclass(slots=True)
class Heard:
    """What a text says: its sections with questions, lists of answers, and lines that are neither.

    `jumps` are (line, number before, number after) where numbers were left out.
    """

    sections: list[Section] = field(default_factory=list)
    groups: list[KeyGroup] = field(default_factory=list)
    strays: list[tuple[Line, str]] = field(default_factory=list)
    jumps: list[tuple[Line, int, int]] = field(default_factory=list)
