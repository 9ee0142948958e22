"""Writing GIFT: everything escaped, so that a question reads back as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from question_bank.formats.gift.formats import split_format
from question_bank.formats.gift.fullwidth import shielded
from question_bank.formats.moodle.categories import text_of_path
from question_bank.formats.moodle.grades import (
    multiple_choice,
    percent_text,
    scoring_of,
    single_choice,
    weights_of,
)
from question_bank.formats.moodle.passport import draft_tags, points_tag, tags_of
from question_bank.formats.moodle.texts import MOODLE, PLAIN, text_of
from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.formats.reading import Question
from question_bank.formats.writing import Written
from question_bank.items.cloze import marks_in, segments_of
from question_bank.items.draft import BLANK, Draft, DraftBlank, Span

_LINE_ENDS = "\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_ESCAPES = str.maketrans(
    {"\r": ""} | {sign: f"\\{sign}" for sign in "\\:#={}~"} | dict.fromkeys(_LINE_ENDS, "\\n")
)
_IN_COMMENT = {"\\": "\\\\", "]": "\\]", "\r": ""}
_TAG_ESCAPES = str.maketrans(_IN_COMMENT | dict.fromkeys(_LINE_ENDS, " "))
_FIELD_ESCAPES = str.maketrans(_IN_COMMENT | dict.fromkeys(_LINE_ENDS, "\\n"))
# Moodle draws the field to type in where it finds five underscores or more.
_DRAWN_BLANK = "_____"
_KINDS = frozenset({"single", "multiple", "true_false", "cloze", "numeric", "matching", "essay"})


def write(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
    """Write questions as GIFT. The format has no place for `media`."""
    parts: list[str] = []
    left_out: list[Problem] = []
    category: tuple[str, ...] = ()
    for question in questions:
        if question.category != category:
            category = question.category
            parts.append(f"$CATEGORY: {_escaped(text_of_path(category))}\n")
        writer = _Writer(question)
        text = writer.question()
        left_out += writer.left_out
        if text:
            parts.append(text)
    data = "\n".join(parts).encode("utf-8", "replace")
    return Written(data, ".gift", "text/plain; charset=utf-8", tuple(left_out))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


class _Writer:
    """Writes one question, and gathers what the format cannot hold of it."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._draft = question.draft
        self._default = MOODLE
        self.left_out: list[Problem] = []

    def question(self) -> str:
        """Return the question, empty when it cannot be written."""
        draft = self._draft
        if draft.kind not in _KINDS:
            return self._refuse("written.kind", kind=draft.kind)
        begins, ends = self._stem()
        inside = self._inside(draft)
        if inside is None:
            return ""
        self._note_losses(draft)
        general = f"####{self._rich(draft.explanation)}" if draft.explanation else ""
        if "\n" in inside:
            answers = f"{{{inside}\n\t{general}\n}}" if general else f"{{{inside}\n}}"
        else:
            answers = f"{{{inside}{general}}}"
        return f"{self._comment()}{self._name()}{begins}{answers}{ends}\n"

    def _refuse(self, code: str, **params: Param) -> str:
        self._note(code, **params)
        return ""

    def _note(self, code: str, **params: Param) -> None:
        where = Where(line=self._question.where.line, item=self._question.name or None)
        self.left_out.append(problem(code, where, **params))

    def _comment(self) -> str:
        names = ["order", "compare", "unit"]
        if self._scoring_is_lost():
            names.append("scoring")
        extra = [*points_tag(self._question.points), *draft_tags(self._draft, names)]
        tags = tags_of(self._question, extra)
        fields = [f"[tag:{tag.translate(_TAG_ESCAPES)}]" for tag in tags]
        for one in self._draft.rubric:
            fields.append(f"[rubric:{one.points:g}={one.text.translate(_FIELD_ESCAPES)}]")
        if self._draft.sample:
            fields.append(f"[sample:{self._draft.sample.translate(_FIELD_ESCAPES)}]")
        return f"// {' '.join(fields)}\n" if fields else ""

    def _name(self) -> str:
        name = " ".join(self._question.name.split())
        return f"::{_escaped(shielded(name))}::" if name else ""

    def _stem(self) -> tuple[str, str]:
        """Return the text before and after the braces, the first with its format."""
        stem = self._draft.stem
        before, after = stem, ""
        if self._draft.kind == "cloze" and marks_in(stem) == 1:
            before, after = segments_of(stem, 1)
            if not after.strip():
                before, after = before + _DRAWN_BLANK, ""
        self._default = MOODLE if self._is_faithful(before + BLANK + after) else PLAIN
        prefix = f"[{PLAIN}]" if self._default == PLAIN else ""
        return prefix + _escaped(before), _escaped(after)

    def _is_faithful(self, text: str) -> bool:
        """Tell whether Moodle's own format, which needs no prefix, shows a text as it is."""
        if text.startswith(("//", "$", "[", "：：")) or split_format(text, MOODLE)[1] != MOODLE:
            return False
        return text_of(shielded(text), MOODLE).text == text.strip()

    def _rich(self, text: str) -> str:
        """Return an answer or a feedback, with its format where the stem has another."""
        needs_plain = not self._is_faithful(text) or text[:1] in ("%", "％")
        needs_plain = needs_plain if self._default == MOODLE else text[:1] in ("[", "%", "％")
        return (f"[{PLAIN}]" if needs_plain else "") + _escaped(shielded(text))

    def _inside(self, draft: Draft) -> str | None:
        """Return what stands between the braces, None when it cannot be written."""
        if draft.kind == "essay":
            return ""
        if draft.kind == "true_false":
            return self._truth(draft)
        if draft.kind == "matching":
            return self._pairs(draft)
        if draft.kind == "cloze":
            return self._words(draft)
        if draft.kind == "numeric":
            return self._numbers(draft.spans)
        return self._options(draft)

    def _truth(self, draft: Draft) -> str | None:
        if draft.is_true is None:
            self._refuse("written.empty")
            return None
        said = [self._rich(option.feedback) for option in draft.options[:2]] or ["", ""]
        on_true, on_false = (*said, "")[:2]
        wrong, right = (on_false, on_true) if draft.is_true else (on_true, on_false)
        feedback = f"#{wrong}" if wrong or right else ""
        return ("TRUE" if draft.is_true else "FALSE") + feedback + (f"#{right}" if right else "")

    def _options(self, draft: Draft) -> str | None:
        weights = weights_of(draft.kind, draft.scoring, draft.options)
        if len(weights) < 2 or not any(weight > 0 for weight in weights):
            self._refuse("written.empty")
            return None
        lines = []
        is_single = draft.kind == "single"
        # Without a share or a wrong option the answers would be taken for words to type.
        has_full = is_single and 1.0 in weights and any(weight != 1 for weight in weights)
        for option, weight in zip(draft.options, weights, strict=True):
            mark = "=" if has_full and weight == 1 else "~"
            share = f"%{percent_text(weight)}%" if mark == "~" and weight else ""
            feedback = f"#{self._rich(option.feedback)}" if option.feedback else ""
            lines.append(f"\n\t{mark}{share}{self._rich(option.text)}{feedback}")
        if is_single and not has_full:
            self._note("written.scoring", scoring=draft.scoring)
        return "".join(lines)

    def _pairs(self, draft: Draft) -> str | None:
        if len(draft.pairs) + len(draft.extras) < 2:
            self._refuse("written.empty")
            return None
        pairs = [*draft.pairs, *(("", extra) for extra in draft.extras)]
        return "".join(
            f"\n\t={self._rich(_unpointed(left))} -> {_escaped(shielded(right))}"
            for left, right in pairs
        )

    def _words(self, draft: Draft) -> str | None:
        blank = draft.blanks[0] if len(draft.blanks) == 1 else DraftBlank()
        if not blank.accepted or marks_in(draft.stem) > 1:
            self._refuse("written.blanks" if draft.blanks else "written.empty")
            return None
        return "".join(
            f"\n\t={'' if one.credit == 1 else f'%{percent_text(one.credit)}%'}"
            f"{self._rich(_unpointed(one.text.replace('*', chr(92) + '*')))}"
            for one in blank.accepted
        )

    def _numbers(self, spans: Sequence[Span]) -> str | None:
        if not spans:
            self._refuse("written.empty")
            return None
        lines = []
        for span in spans:
            share = "" if span.credit == 1 else f"%{percent_text(span.credit)}%"
            number = span.low if span.low == span.high else f"{span.low}..{span.high}"
            lines.append(f"\n\t={share}{_escaped(number)}")
        return "#" + "".join(lines)

    def _scoring_is_lost(self) -> bool:
        """Tell whether the weights in the file say another scoring than the question has."""
        draft = self._draft
        if draft.kind in ("single", "multiple"):
            weights = weights_of(draft.kind, draft.scoring, draft.options)
            weighed = [replace(o, weight=w) for o, w in zip(draft.options, weights, strict=True)]
            judge = single_choice if draft.kind == "single" else multiple_choice
            return judge(weighed)[0] != scoring_of(draft)
        return draft.kind == "matching" and scoring_of(draft) != "partial"

    def _note_losses(self, draft: Draft) -> None:
        if draft.media or any(option.image for option in draft.options):
            self._note("written.media")
        if self._scoring_is_lost():
            self._note("written.scoring", scoring=scoring_of(draft))
        if any(blank.is_exact for blank in draft.blanks):
            self._note("written.exact")


def _unpointed(text: str) -> str:
    """Keep an arrow in a text from parting it: nothing can escape one."""
    return text.replace("->", "-\u2060>")
