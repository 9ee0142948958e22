"""What the page of a question holds: values of the service, worded for their reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import g, url_for
from flask_babel import gettext as _

from question_bank.items import Prompt, PromptOption, PromptZone
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.mastery import service as mastery

from .. import rules, service
from ..service.comparing import Compared, Line


@dataclass(frozen=True)
class OptionRow:
    """An option, or a zone of a picture, after the answer; ``feedback`` is for who chose it."""

    id: str
    letter: str
    text: str
    image: str
    mark: str
    feedback: str


@dataclass(frozen=True)
class AnswerView:
    """An item, or a part of a case, after the answer: what was given beside what is right."""

    prompt: Prompt
    rows: list[OptionRow]
    lines: tuple[Line, ...]
    is_correct: bool
    explanation: str
    parts: list[AnswerView]


@dataclass(frozen=True)
class VerdictView:
    """The panel under an answered item, in words. ``lead`` names what is right, or is empty."""

    is_correct: bool
    is_pending: bool
    tells_key: bool
    word: str
    detail: str
    lead: str
    explanation: str
    source: str
    source_url: str | None
    next_url: str
    next_label: str


@dataclass(frozen=True)
class Place:
    """A question of the set, as the overview shows it."""

    number: int
    is_answered: bool
    is_flagged: bool


@dataclass(frozen=True)
class TakePage:
    """One item of a set, before or after its answer."""

    attempt_id: str
    mode: str
    name: str
    position: int
    total: int
    done: tuple[int, ...]
    places: list[Place]
    item_theme: str
    item_topic: str
    prompt: Prompt
    kept: tuple[str, ...]
    answer: AnswerView | None
    submission_uuid: str
    ticket: str
    verdict: VerdictView | None
    is_review: bool
    is_final: bool
    is_revisable: bool
    is_timed: bool
    asks_confidence: bool
    told: str
    deadline_at: datetime
    limit_seconds: int
    now: datetime
    next_url: str
    note: str | None


def take_page(
    viewer: Viewer | None,
    attempt: service.AttemptView,
    shown: service.Shown,
    *,
    is_review: bool = False,
    note: str | None = None,
    ticket: str = "",
) -> TakePage:
    """Return the page of an item; ``ticket`` is one it was shown with before, or empty.

    ``viewer`` None: nobody needs to be known, since the item is answered.
    """
    verdict = shown.verdict
    is_open = verdict is None and not attempt.is_final
    next_url = next_address(attempt, shown.position, is_review=is_review)
    return TakePage(
        attempt_id=attempt.public_id,
        mode=attempt.mode,
        name=attempt.name,
        position=shown.position,
        total=attempt.length,
        done=attempt.answered,
        places=[
            Place(n, n in attempt.answered, n in attempt.flags)
            for n in range(1, attempt.length + 1)
        ],
        item_theme=shown.theme,
        item_topic=shown.topic,
        prompt=shown.prompt,
        kept=shown.kept,
        answer=answer_view(shown.prompt, verdict.compared)
        if verdict and verdict.tells_key
        else None,
        submission_uuid=str(uuid4()),
        ticket=service.ticket_for(viewer, attempt, shown, ticket) if viewer and is_open else "",
        verdict=panel(attempt, shown, next_url, is_review=is_review) if verdict else None,
        is_review=is_review,
        is_final=attempt.is_final,
        is_revisable=attempt.is_revisable,
        is_timed=attempt.is_timed,
        asks_confidence=viewer is not None and is_open and _asks_confidence(viewer, attempt),
        told=" ".join(sorted(attempt.told)) if not attempt.is_final else "",
        deadline_at=attempt.deadline_at,
        limit_seconds=round((attempt.deadline_at - attempt.started_at).total_seconds()),
        now=clock.now(),
        next_url=next_url,
        note=note,
    )


def _asks_confidence(viewer: Viewer, attempt: service.AttemptView) -> bool:
    """Tell whether this person wants to say how sure they are: read once for a whole set."""
    if attempt.is_timed or attempt.is_revisable:
        return False
    if "asks_confidence" not in g:
        g.asks_confidence = mastery.get_settings(viewer.id).asks_confidence
    return bool(g.asks_confidence)


def next_address(attempt: service.AttemptView, position: int, *, is_review: bool = False) -> str:
    """Return where to go on from an item: the next one, handing in, or the result."""
    if is_review:
        following = next((n for n in attempt.answered if n > position), None)
        if following:
            return url_for("quizzes.review", attempt_id=attempt.public_id, position=following)
    elif not attempt.is_final:
        after = (n for n in range(position + 1, attempt.length + 1) if n not in attempt.answered)
        place = next(after, attempt.next_position)
        if place:
            return url_for("quizzes.take_at", attempt_id=attempt.public_id, position=place)
        return url_for("quizzes.check", attempt_id=attempt.public_id)
    return url_for("home.result", attempt_id=attempt.public_id)


def answer_view(prompt: Prompt, compared: Compared) -> AnswerView:
    """Return an item after its answer, laid out for the template."""
    shown: list[PromptOption | PromptZone] = [*prompt.options, *prompt.zones]
    return AnswerView(
        prompt=prompt,
        rows=[_row(each, compared) for each in shown],
        lines=compared.lines,
        is_correct=compared.is_correct,
        explanation=compared.explanation,
        parts=[answer_view(*each) for each in zip(prompt.parts, compared.parts, strict=True)],
    )


def _row(shown: PromptOption | PromptZone, compared: Compared) -> OptionRow:
    feedback = dict(compared.feedback).get(shown.id, "")
    mark = mark_of(shown.id, compared)
    if isinstance(shown, PromptZone):
        return OptionRow(shown.id, str(shown.number), shown.label, "", mark, feedback)
    return OptionRow(shown.id, shown.letter, shown.text, shown.image, mark, feedback)


def mark_of(option_id: str, compared: Compared) -> str:
    """Return what an option is after the answer: mine_right, right, mine or rest."""
    return {
        (True, True): "mine_right",
        (True, False): "right",
        (False, True): "mine",
        (False, False): "rest",
    }[option_id in compared.key, option_id in compared.chosen]


def panel(
    attempt: service.AttemptView, shown: service.Shown, next_url: str, *, is_review: bool = False
) -> VerdictView:
    """Return the panel of an item whose verdict is told."""
    verdict = shown.verdict
    assert verdict is not None
    goes_to_result = next_url == url_for("home.result", attempt_id=attempt.public_id)
    if not goes_to_result:
        label = _("Continue")
    else:
        label = _("Back to the result") if is_review else _("See the result")
    return VerdictView(
        is_correct=verdict.is_correct,
        is_pending=verdict.is_pending,
        tells_key=verdict.tells_key,
        word=_word(verdict),
        detail=_detail(verdict, attempt),
        lead="" if verdict.is_correct or verdict.is_pending else _lead(shown.prompt.kind, verdict),
        explanation=verdict.explanation,
        source=verdict.source,
        source_url=verdict.source_url,
        next_url=next_url,
        next_label=label,
    )


def _word(verdict: service.Verdict) -> str:
    if verdict.is_pending:
        return _("Waits to be marked")
    return _("That is right") if verdict.is_correct else _("Not quite")


def _detail(verdict: service.Verdict, attempt: service.AttemptView) -> str:
    percent = round(100 * verdict.score)
    if verdict.is_late:
        return _("After closing: kept, not counted")
    if verdict.is_rapid and attempt.mode == rules.DAILY:
        return _("Very quick: no points this time")
    if 0 < percent < 100:
        return _("Worth %(percent)s %%", percent=percent)
    if not verdict.is_correct and not verdict.is_pending and not verdict.is_rapid:
        return _("Now in your mistake book")
    return ""


def _lead(kind: str, verdict: service.Verdict) -> str:
    if not verdict.tells_key:
        return ""
    if kind == "true_false":
        return _("The answer is “%(word)s”.", word=_truth(verdict))
    if kind == "hotspot":
        return _("The answer is place %(places)s.", places=verdict.key_letters)
    if verdict.key_letters:
        return _("The answer is %(letters)s.", letters=verdict.key_letters)
    if verdict.key_text:
        return _("The answer is “%(word)s”.", word=verdict.key_text)
    return _("What is right stands above.")


def _truth(verdict: service.Verdict) -> str:
    return _("True") if "true" in verdict.key else _("False")
