"""Pictures and sounds of a file: checked and kept, and the drafts pointed at what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from question_bank.formats.problems import Problem, Where, problem
from question_bank.items.draft import Draft, DraftOption
from question_bank.items.media import Media
from quizapp.core.forms import Refusal

from .. import media as shelf


@dataclass(frozen=True)
class Kept:
    """For each name in a file either the media it became, or why it was refused."""

    media: Mapping[str, Media]
    refused: Mapping[str, str]

    def place(self, draft: Draft, where: Where) -> tuple[Draft, tuple[Problem, ...]]:
        """Return a draft that names kept media by their ref, and what had to be left out."""
        missing: list[Problem] = []

        def look_up(name: str) -> Media | None:
            found = self.media.get(name)
            if name and found is None:
                missing.append(self._problem(name, where))
            return found

        def with_image(option: DraftOption) -> DraftOption:
            if not option.image:
                return option
            found = look_up(option.image)
            return replace(option, image=found.ref if found else "")

        def placed(one: Draft) -> Draft:
            shown = [(look_up(each.ref), each) for each in one.media]
            image = look_up(one.image) if one.image else None
            return replace(
                one,
                options=tuple(with_image(option) for option in one.options),
                image=image.ref if image else "",
                media=tuple(
                    Media(found.ref, found.kind, each.alt, each.captions)
                    for found, each in shown
                    if found
                ),
                parts=tuple(placed(part) for part in one.parts),
            )

        return placed(draft), tuple(missing)

    def _problem(self, name: str, where: Where) -> Problem:
        reason = self.refused.get(name)
        if reason is None:
            return problem("desk.media_missing", where, name=name[:80])
        return problem("desk.media_refused", where, name=name[:80], reason=reason)


@dataclass(frozen=True)
class Owner:
    """For whom files are kept: a job has no viewer."""

    id: int
    organisation_id: int


def keep_all(owner: Owner, files: Mapping[str, bytes]) -> Kept:
    """Check and keep every file that questions refer to; what is refused is named, not lost."""
    media: dict[str, Media] = {}
    refused: dict[str, str] = {}
    for name, data in files.items():
        try:
            media[name] = shelf.keep(owner, data, name)
        except Refusal as refusal:
            refused[name] = refusal.message
    return Kept(media, refused)
