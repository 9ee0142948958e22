"""Questions with the most awkward texts that people write, for writing and reading back."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from question_bank.formats.problems import Where
from question_bank.formats.reading import Question
from question_bank.items.draft import (
    BLANK,
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
)

CHUNKS = (
    *"{}~=#:\\*%[]<>&\"'-|/$^.,;!?()_",
    *"：｛｝＝～＃－＞％（）、。—…“”",
    *(
        "::",
        "：：",
        "->",
        "－＞",
        "//",
        "####",
        "＃＃＃＃",
        "~%50%",
        "=%100%",
        "％50％",
        "\\n",
        "\\\\",
    ),
    *("[html]", "[plain]", "[tag:x]", "$CATEGORY: a/b", "$$\\neq$$", "\\(\\nu\\)", "\\frac{1}{2}"),
    *("<b>x</b>", "</p>", "<script>", "&nbsp;", "&amp;", "&#65;", "]]>", "<!--", "<![CDATA["),
    *("{1:SA:=a}", "{T}", "@@PLUGINFILE@@/a.png", "1＃机组", "10～20", "T", "TRUE", "ANSWER: A"),
    *(
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "\u3000",
        "灭火器",
        "第五十五条",
        "é",
        "😀",
        "a",
        "b c",
        "7",
        "Ａ",
    ),
)
text = (
    st.lists(st.sampled_from(CHUNKS), min_size=1, max_size=8)
    .map(lambda chunks: "".join(chunks).strip())
    .filter(lambda made: made and "____" not in made)
)
line = text.map(lambda made: " ".join(made.split())).filter(bool)
maybe_text = st.just("") | text
weight = st.sampled_from([-1.0, -0.5, -1 / 3, 0.0, 0.05, 1 / 7, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0])
credit = st.sampled_from([0.05, 0.1, 1 / 3, 0.5, 5 / 6, 0.9, 1.0])
number = st.sampled_from(["-3", "0", "0.5", "5", "7.25", "1822", "1000000", "0.0001"])


@st.composite
def options(draw, min_size=2, max_size=5, keys=None):
    """Return options with the share of right ones asked for."""
    texts = draw(st.lists(text, min_size=min_size, max_size=max_size, unique=True))
    right = draw(st.sets(st.sampled_from(range(len(texts))), min_size=1, max_size=keys))
    return tuple(
        DraftOption(one, index in right, feedback=draw(maybe_text))
        for index, one in enumerate(texts)
    )


@st.composite
def single(draw):
    """Return a single choice; with weights when `scoring` is by weights."""
    made = draw(options(keys=1))
    scoring = draw(st.sampled_from(["all_or_nothing", "weighted"]))
    if scoring == "weighted":
        shares = draw(st.lists(weight, min_size=len(made), max_size=len(made)))
        # A choice whose every option is right is none; GIFT would read words to type.
        shares = [0.5 if share == 1 else share for share in shares]
        made = tuple(
            DraftOption(o.text, o.is_right, 1.0 if o.is_right else share, o.feedback)
            for o, share in zip(made, shares, strict=True)
        )
    return Draft(
        "single", draw(text), draw(maybe_text), made, is_fixed=draw(st.booleans()), scoring=scoring
    )


@st.composite
def multiple(draw):
    """Return a multiple choice of each scoring."""
    made = draw(options())
    scoring = draw(st.sampled_from(["all_or_nothing", "partial", "corrected", "weighted"]))
    if scoring == "weighted":
        shares = draw(st.lists(weight, min_size=len(made), max_size=len(made)).filter(any_gain))
        made = tuple(
            DraftOption(o.text, share > 0, share, o.feedback)
            for o, share in zip(made, shares, strict=True)
        )
    return Draft("multiple", draw(text), draw(maybe_text), made, scoring=scoring)


def any_gain(shares):
    """Tell whether a share is over nothing."""
    return any(share > 0 for share in shares)


@st.composite
def true_false(draw):
    """Return a statement, with feedback on each side or none."""
    said = draw(st.just(()) | st.tuples(maybe_text, maybe_text).filter(any))
    feedback = tuple(DraftOption("", feedback=one) for one in said)
    return Draft("true_false", draw(text), draw(maybe_text), feedback, is_true=draw(st.booleans()))


@st.composite
def accepted(draw):
    """Return words that a blank accepts; one of them earns everything."""
    words = draw(st.lists(text, min_size=1, max_size=3, unique=True))
    shares = [1.0, *draw(st.lists(credit, min_size=len(words) - 1, max_size=len(words) - 1))]
    return tuple(Accepted(word, share) for word, share in zip(words, shares, strict=True))


@st.composite
def one_blank(draw):
    """Return a fill-in with one blank for words: in the text, at its end, or after it."""
    before, after = draw(maybe_text), draw(maybe_text)
    stem = draw(st.sampled_from([before or "x", f"{before}{BLANK}", f"{before} {BLANK} {after}"]))
    blank = DraftBlank(draw(accepted()), is_exact=draw(st.booleans()))
    return Draft("cloze", stem.strip().replace("_" * 5, BLANK), draw(maybe_text), blanks=(blank,))


@st.composite
def spans(draw):
    """Return numbers that are accepted."""
    made = []
    for _ in range(draw(st.integers(1, 3))):
        low, high = sorted([draw(number), draw(number)], key=float)
        made.append(Span(low, high, draw(credit)))
    return tuple(made)


@st.composite
def several_blanks(draw):
    """Return a fill-in whose blanks take words, numbers, or one of a list."""
    kinds = draw(st.lists(st.sampled_from(["words", "numbers", "list"]), min_size=2, max_size=3))
    blanks = []
    for kind in kinds:
        heavy = float(draw(st.integers(1, 3)))
        if kind == "words":
            blanks.append(DraftBlank(draw(accepted_lines()), weight=heavy))
        elif kind == "numbers":
            first, *others = draw(spans())
            made = (Span(first.low, first.high), *others)
            blanks.append(DraftBlank(spans=made, weight=heavy))
        else:
            made = draw(options(keys=1))
            said = tuple(
                DraftOption(squeezed(o.text), o.is_right, feedback=squeezed(o.feedback))
                for o in made
            )
            blanks.append(DraftBlank(options=said, weight=heavy))
    pieces = [draw(line) for _ in range(len(blanks) + 1)]
    stem = f" {BLANK} ".join(pieces)
    return Draft("cloze", stem, draw(maybe_text), blanks=tuple(blanks))


def squeezed(made: str) -> str:
    """Return a text as HTML keeps it: single spaces, no blank lines."""
    lines = (" ".join(part.split(" ")) for part in made.replace("\t", " ").split("\n"))
    return "\n".join(part for one in lines if (part := " ".join(one.split())))


@st.composite
def accepted_lines(draw):
    """Return words that a blank accepts, without spaces that HTML would not keep."""
    words = draw(accepted())
    found = {squeezed(one.text): one for one in words}
    return tuple(Accepted(text, one.credit) for text, one in found.items())


@st.composite
def ordering(draw):
    """Return entries in their right order."""
    texts = draw(st.lists(text, min_size=2, max_size=5, unique=True))
    scoring = draw(st.sampled_from(["partial", "all_or_nothing"]))
    made = tuple(DraftOption(one) for one in texts)
    return Draft("ordering", draw(text), draw(maybe_text), made, scoring=scoring)


@st.composite
def numeric(draw):
    """Return a question for a number."""
    return Draft(
        "numeric",
        draw(text),
        draw(maybe_text),
        spans=draw(spans()),
        unit=draw(st.sampled_from(["", "km", "℃", "kg/m³"])),
    )


@st.composite
def matching(draw):
    """Return pairs, and perhaps right sides that fit nothing."""
    pairs = tuple(draw(st.lists(st.tuples(text, text), min_size=2, max_size=4)))
    return Draft(
        "matching",
        draw(text),
        draw(maybe_text),
        pairs=pairs,
        extras=tuple(draw(st.lists(text, max_size=2))),
        scoring=draw(st.sampled_from(["partial", "all_or_nothing"])),
    )


@st.composite
def essay(draw):
    """Return a question for free words with its rubric."""
    criteria = draw(st.lists(st.tuples(text, st.sampled_from([0.5, 1.0, 5.0, 100.0])), min_size=1))
    rubric = tuple(Criterion(*one) for one in criteria[:3])
    return Draft("essay", draw(text), draw(maybe_text), rubric=rubric, sample=draw(maybe_text))


@st.composite
def questions(draw, draft):
    """Return a question around a draft, with a passport."""
    some = st.just("") | line
    return Question(
        draw(draft),
        Where(),
        name=draw(some),
        category=tuple(draw(st.lists(line, max_size=3))),
        tags=tuple(draw(st.lists(line, max_size=2, unique=True))),
        difficulty=draw(st.sampled_from(["", "easy", "medium", "hard"])),
        points=draw(st.sampled_from([None, 1.0, 2.5])),
        source=draw(some),
        clause=draw(some),
        author=draw(some),
        verified_on=draw(st.sampled_from([None, date(2026, 1, 31)])),
        valid_until=draw(st.sampled_from([None, date(2028, 12, 31)])),
        workplace=draw(some),
    )
