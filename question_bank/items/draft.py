"""An item as an author or a file writes it: plain, perhaps incomplete, ready to be mended.

Every reader of a foreign format gives drafts, the editing desk edits drafts, and every writer takes
drafts. `building.build` turns a draft into an item, or says what is missing;
`building.draft_of` goes back. A draft holds plain text: no markup, lines separated by a line feed.
"""

from dataclasses import dataclass

from question_bank.items.media import Media

# Where a blank is in the text of a fill-in item. Readers write every gap this way.
BLANK = "____"


@dataclass(frozen=True, slots=True)
class DraftOption:
    """One option: its text, whether it is right, and what is said to who chose it.

    `weight` is the credit it gives, -1.0 to 1.0; None leaves it to the scoring of the item.
    `image` is the ref of a picture, empty when there is none.
    """

    text: str
    is_right: bool = False
    weight: float | None = None
    feedback: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One answer that a blank accepts, and the credit it gives: over 0.0 up to 1.0."""

    text: str
    credit: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers that are accepted, from `low` to `high` inclusive, as decimal text; and the credit.

    `8` alone is the span from 8 to 8; `8 +- 0.5` the span from 7.5 to 8.5.
    """

    low: str
    high: str
    credit: float = 1.0


@dataclass(frozen=True, slots=True)
class DraftBlank:
    """One blank: free text (`accepted`), a number (`spans`), or a choice (`options`).

    Exactly one of the three is filled. `weight` is its share beside the other blanks. Text is
    compared after folding width, case, spaces and Chinese numerals, unless `is_exact`.
    """

    accepted: tuple[Accepted, ...] = ()
    spans: tuple[Span, ...] = ()
    options: tuple[DraftOption, ...] = ()
    weight: float = 1.0
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of an essay's rubric, and the points it is worth at most."""

    text: str
    points: float


@dataclass(frozen=True, slots=True)
class Zone:
    """A marked place on a picture, in thousandths of its width and height from the top left.

    `rect` has left, top, right, bottom; `circle` has centre x, centre y, radius (in thousandths of
    the width); `poly` has x1, y1, x2, y2 and so on. `label` names it for who cannot see it.
    """

    shape: str
    coords: tuple[int, ...]
    label: str = ""
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """All that an item may need; which fields count depends on `kind`.

    single, multiple: `options`, `is_fixed`, `scoring`. true_false: `is_true`, and two `options`
    without text that carry the feedback to who chose true, and to who chose false. cloze: `blanks`,
    as many as `BLANK` occurs in the stem (one blank and no mark: it follows the stem). numeric:
    `spans`, `unit`. ordering: `options` in the right order, `scoring`. matching: `pairs`, `extras`
    (right sides that fit nothing), `scoring`. case: `stem` is the shared stimulus, `parts` the
    items below it. essay: `rubric`, `sample`. hotspot: `image`, `zones`, `scoring`.
    """

    kind: str
    stem: str = ""
    explanation: str = ""
    options: tuple[DraftOption, ...] = ()
    is_fixed: bool = False
    scoring: str = ""
    is_true: bool | None = None
    blanks: tuple[DraftBlank, ...] = ()
    spans: tuple[Span, ...] = ()
    unit: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    extras: tuple[str, ...] = ()
    parts: tuple["Draft", ...] = ()
    rubric: tuple[Criterion, ...] = ()
    sample: str = ""
    image: str = ""
    zones: tuple[Zone, ...] = ()
    media: tuple[Media, ...] = ()
