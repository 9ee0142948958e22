"""What building a draft finds, and the checks that several kinds share."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from question_bank.formats.problems import Param, Problem, Where, problem
from question_bank.items import Item
from question_bank.items.draft import Accepted, Draft, DraftOption, Span
from question_bank.items.options import LETTERS, Option, identify
from question_bank.text import decimal_text, read_number

LONG_TEXT = 10_000
SHORT_TEXT = 2_000
_LINE_ENDS = re.compile("\r\n?")


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a draft: the item, or None when a problem is an error or a decision."""

    item: Item | None
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Report:
    """Problems of one item, or of one part of a case."""

    where: Where
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, **params: Param) -> None:
        """Add a problem of this item."""
        self.problems.append(problem(code, self.where, **params))

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing found so far stands in the way of an item."""
        return not any(found.severity in ("error", "decision") for found in self.problems)

    def text(self, text: str, name: str, limit: int = SHORT_TEXT) -> str:
        """Return a text without invisible characters and outer blanks; report one too long."""
        plain = _LINE_ENDS.sub("\n", text)
        visible = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) != "Cc")
        if visible != plain:
            self.add("build.characters", field=name)
        clean = visible.strip()
        if len(clean) > limit:
            self.add("build.too_long", field=name, length=len(clean), limit=limit)
        return clean

    def stem(self, draft: Draft) -> str:
        """Return the stem; it may be empty only where a picture, sound or film asks."""
        stem = self.text(draft.stem, "stem", LONG_TEXT)
        if not stem and not draft.media and not draft.image:
            self.add("build.stem_missing")
        return stem

    def explanation(self, draft: Draft) -> str:
        """Return the explanation, which may be empty."""
        return self.text(draft.explanation, "explanation", LONG_TEXT)

    def scoring(self, draft: Draft, allowed: Sequence[str]) -> str:
        """Return the scoring of a draft, the first that is allowed when it names none."""
        if draft.scoring and draft.scoring not in allowed:
            self.add("build.scoring", found=draft.scoring[:60], allowed=", ".join(allowed))
            return allowed[0]
        return draft.scoring or allowed[0]

    def options(
        self, drafts: Sequence[DraftOption], uid: str, name: str, least: int = 2
    ) -> tuple[Option, ...]:
        """Return options with ids and weights, none when they cannot be shown or told apart."""
        before = len(self.problems)
        texts = [self.text(one.text, f"{name}[{n}]") for n, one in enumerate(drafts, start=1)]
        feedback = [
            self.text(one.feedback, f"{name}[{n}].feedback") for n, one in enumerate(drafts, 1)
        ]
        # A picture tells options apart as a text does. Ids of options without one stay as they are.
        marks = [
            f"{text}\x1f{one.image}" if one.image else text
            for text, one in zip(texts, drafts, strict=True)
        ]
        self._check_count(len(drafts), name, least)
        self._check_marks(marks, name)
        if any(found.severity == "error" for found in self.problems[before:]):
            return ()
        return tuple(
            Option(identified.id, text, said, one.image, one.weight)
            for identified, text, said, one in zip(
                identify(uid, marks), texts, feedback, drafts, strict=True
            )
        )

    def _check_count(self, count: int, name: str, least: int) -> None:
        if count < least:
            self.add("build.options_few", field=name, count=count, least=least)
        if count > len(LETTERS):
            self.add("build.options_many", field=name, count=count, most=len(LETTERS))

    def _check_marks(self, marks: Sequence[str], name: str) -> None:
        first: dict[str, int] = {}
        for number, mark in enumerate(marks, start=1):
            if not mark:
                self.add("build.option_empty", field=name, number=number)
            elif mark in first:
                self.add("build.option_repeated", field=name, first=first[mark], second=number)
            first.setdefault(mark, number)

    def accepted(self, drafts: Iterable[Accepted], name: str) -> tuple[Accepted, ...]:
        """Return accepted texts; those that give no credit are no answers and are left out."""
        kept: list[Accepted] = []
        for one in drafts:
            text = self.text(one.text, name)
            if one.credit <= 0:
                self.add("build.credit_none", text=text[:60])
            elif self._is_credit(one.credit, name) and text:
                kept.append(Accepted(text, one.credit))
        return tuple(kept)

    def spans(self, drafts: Iterable[Span], name: str) -> tuple[Span, ...]:
        """Return spans with bounds in plain digits and in order; without those of no credit."""
        kept: list[Span] = []
        for span in drafts:
            bounds = [read_number(text) for text in (span.low, span.high)]
            for text, number in zip((span.low, span.high), bounds, strict=True):
                if number is None:
                    self.add("build.number", found=text[:60], field=name)
            low, high = bounds
            if low is None or high is None:
                continue
            if low > high:
                self.add("build.span_turned", low=span.low, high=span.high)
                low, high = high, low
            if span.credit <= 0:
                self.add("build.credit_none", text=f"{span.low} – {span.high}")
            elif self._is_credit(span.credit, name):
                kept.append(Span(decimal_text(low), decimal_text(high), span.credit))
        return tuple(kept)

    def _is_credit(self, credit: float, name: str) -> bool:
        if not credit <= 1:
            self.add("build.credit", found=credit, field=name)
        return credit <= 1
