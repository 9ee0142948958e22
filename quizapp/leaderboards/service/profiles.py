"""How an organisation shows its boards: with ranks, or with stars and no ranks."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from quizapp.accounts.access import Viewer
from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from .. import rules
from ..models import Profile
from .shown import shown_boards
from .stepping import step_boards

HIGHEST = 100_000


@dataclass(frozen=True)
class ProfileChoice:
    """What an administrator chose; ``thresholds`` empty: those that follow from the rules."""

    profile: str
    listing: str = rules.BY_NAME
    has_leaders: bool = False
    thresholds: tuple[int, ...] = ()


@atomic
def set_profile(viewer: Viewer, choice: ProfileChoice) -> None:
    """Set how the boards of the viewer's organisation are shown, at once and everywhere.

    Raises Refusal for an unknown profile, or scores of stars that do not rise.
    """
    if choice.profile not in (rules.STANDARD, rules.LIGHT):
        raise Refusal(_("Choose one of the two profiles."), field="profile", status=422)
    if choice.listing not in (rules.BY_NAME, rules.ROTATE):
        raise Refusal(_("Choose one of the two orders."), field="listing", status=422)
    one, two, three = _checked(choice.thresholds)
    row = db.session.get(Profile, viewer.organisation_id)
    if row is None:
        row = Profile(organisation_id=viewer.organisation_id)
        db.session.add(row)
    row.profile, row.listing, row.has_leaders = choice.profile, choice.listing, choice.has_leaders
    row.one_star, row.two_stars, row.three_stars = one, two, three
    db.session.flush()
    organisation = org.get_organisation(viewer.organisation_id)
    audit.record(
        "leaderboards.profile_set",
        f"organisation:{organisation.public_id}",
        actor_id=viewer.id,
        profile=choice.profile,
        listing=choice.listing,
        leaders=choice.has_leaders,
        stars=list(choice.thresholds),
    )
    shown = shown_boards(viewer.organisation_id)
    if shown is not None:
        step_boards(shown.season.id)


def _checked(thresholds: tuple[int, ...]) -> tuple[int | None, int | None, int | None]:
    if not thresholds:
        return None, None, None
    if len(thresholds) != len(rules.STAR_SETS):
        raise Refusal(
            _("Give a score for each of the three stars, or leave all three empty."),
            field="one_star",
            status=422,
        )
    one, two, three = thresholds
    if not 0 < one < two < three <= HIGHEST:
        raise Refusal(
            _("The scores have to rise from one star to three, from 1 to %(most)s.", most=HIGHEST),
            field="one_star",
            status=422,
        )
    return one, two, three
