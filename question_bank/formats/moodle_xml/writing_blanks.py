"""Writing a text with blanks as Moodle's embedded answers."""

from question_bank.formats.markup import bare, plain_text
from question_bank.formats.moodle.grades import percent_text
from question_bank.formats.moodle.numbers import middle_of
from question_bank.formats.moodle_xml.markup import as_html
from question_bank.formats.problems import Problem, Where, problem
from question_bank.items.cloze import segments_of
from question_bank.items.draft import Draft, DraftBlank

# Everything that means something among embedded answers is written as an entity.
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "{}~#=%\\:*\"'/&<>"}
_BRACES = {ord(sign): f"&#{ord(sign)};" for sign in "{}"}


def embedded(draft: Draft, where: Where) -> tuple[str | None, list[Problem]]:
    """Return the stem as HTML with its answers inside, and what had to be changed.

    None stands for a blank that cannot be written.
    """
    problems: list[Problem] = []
    weights, is_rounded = _whole_weights(draft)
    if is_rounded:
        problems.append(problem("written.weights", where))
    parts = [as_html(segment).translate(_BRACES) for segment in _segments(draft)]
    html = parts[0]
    for blank, weight, after in zip(draft.blanks, weights, parts[1:], strict=True):
        answers = _answers(blank)
        if answers is None:
            return None, problems
        html += f"{{{weight}:{answers}}}{after}"
    problems += [
        problem("written.text", where, text=text[:80])
        for text in _texts(draft)
        if plain_text(as_html(text)).text != bare(text)
    ]
    return html, problems


def _segments(draft: Draft) -> tuple[str, ...]:
    """Return the text around the blanks. Spaces at the cuts are kept."""
    return segments_of(draft.stem, len(draft.blanks))


def _texts(draft: Draft) -> list[str]:
    """Return all the texts that stand inside the HTML."""
    options = [option for blank in draft.blanks for option in blank.options]
    return [
        draft.stem,
        *(one.text for blank in draft.blanks for one in blank.accepted),
        *(text for option in options for text in (option.text, option.feedback)),
    ]


def _whole_weights(draft: Draft) -> tuple[list[int], bool]:
    """Return the weights as Moodle's whole numbers, and whether they had to be rounded."""
    weights = [max(1, min(9999, round(blank.weight))) for blank in draft.blanks]
    exact = [blank.weight for blank in draft.blanks]
    return weights, any(a != b for a, b in zip(weights, exact, strict=True))


def _answers(blank: DraftBlank) -> str | None:
    if blank.options:
        return "MULTICHOICE:" + "~".join(
            _share(_option_share(option.weight, is_right=option.is_right))
            + _inside(option.text)
            + (f"#{_inside(option.feedback)}" if option.feedback else "")
            for option in blank.options
        )
    if blank.accepted:
        kind = "SHORTANSWER_C" if blank.is_exact else "SHORTANSWER"
        return f"{kind}:" + "~".join(
            _share(one.credit) + _inside(one.text.replace("*", "\\*")) for one in blank.accepted
        )
    spans = [(span, middle_of(span)) for span in blank.spans]
    if not spans or any(middle is None for _span, middle in spans):
        return None
    return "NUMERICAL:" + "~".join(
        f"{_share(span.credit)}{':'.join(middle or ())}" for span, middle in spans
    )


def _option_share(weight: float | None, *, is_right: bool) -> float:
    return float(is_right) if weight is None else weight


def _share(share: float) -> str:
    return "=" if share == 1 else f"%{percent_text(share)}%"


def _inside(text: str) -> str:
    """Return a text for use among answers: HTML, with entities for all that has a meaning."""
    lines = text.strip().split("\n")
    return "<br>".join(line.translate(_ENTITIES) for line in lines)
