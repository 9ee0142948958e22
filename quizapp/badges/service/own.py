"""One's own badges: what was earned, what is near, each one's page, and showing it or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.core import audit, clock, security
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org import service as org

from .. import rules
from ..models import Award, Badge
from . import credentials, wording
from .credentials import Subject
from .earning import list_active
from .facts import Found, gather, rule_of

ON_ME = 4  # badges on the page Me


@dataclass(frozen=True)
class BadgeLine:
    """A badge on one's own pages.

    ``award_id`` is empty while it is not earned; ``note`` is the short word under it: what it was
    earned for, or how far it is; ``percent`` how far one has come, 0..100.
    """

    award_id: str
    name: str
    icon: str
    tone: str
    note: str
    criterion: str
    percent: int
    issued_at: datetime | None = None
    state: str = rules.VALID
    is_shared: bool = False


@dataclass(frozen=True)
class Notice:
    """One's own badge whose credential does not hold any more, and why; not yet read."""

    award_id: str
    name: str
    state: str
    reason: str


@dataclass(frozen=True)
class Shelf:
    """One's own badges: earned ones, the newest first, and others, the nearest first."""

    earned: list[BadgeLine]
    ahead: list[BadgeLine]
    notices: list[Notice]

    @property
    def on_me(self) -> list[BadgeLine]:
        """Return the few that stand on Me: what was earned, and beside it what is nearest."""
        begun = [line for line in self.ahead if line.percent]
        held = [line for line in self.earned if line.state != rules.REVOKED]
        return [*held[: ON_ME - bool(begun)], *begun][:ON_ME]


@dataclass(frozen=True)
class AwardView:
    """One's own badge with all that its page says; ``share_token`` None: nobody else sees it."""

    award_id: str
    credential_id: str
    name: str
    description: str
    criterion: str
    icon: str
    tone: str
    note: str
    issued_on: date
    organisation_name: str
    share_token: str | None
    state: str
    state_at: datetime | None
    state_reason: str
    is_retired: bool


def get_shelf(viewer: Viewer) -> Shelf:
    """Return the viewer's own badges."""
    awards = db.session.execute(
        select(Award, Badge)
        .join(Badge, Badge.id == Award.badge_id)
        .where(Award.person_id == viewer.id)
        .order_by(Award.issued_at.desc(), Award.id.desc())
    ).all()
    known = {badge.id for _award, badge in awards}
    ahead = [badge for badge in list_active(viewer.organisation_id) if badge.id not in known]
    return Shelf(
        earned=[_earned(award, badge) for award, badge in awards],
        ahead=_ahead(viewer, ahead),
        notices=[
            Notice(award.public_id, badge.name, award.state, award.state_reason)
            for award, badge in awards
            if award.state != rules.VALID and award.told_at is None
        ],
    )


def _earned(award: Award, badge: Badge) -> BadgeLine:
    rule = rule_of(badge)
    return BadgeLine(
        award_id=award.public_id,
        name=badge.name,
        icon=badge.icon,
        tone=badge.tone,
        note=wording.earned_for(rule),
        criterion=wording.criterion(rule),
        percent=100,
        issued_at=award.issued_at,
        state=award.state,
        is_shared=award.share_token is not None,
    )


def _ahead(viewer: Viewer, badges: Sequence[Badge]) -> list[BadgeLine]:
    """Return badges that are not earned yet, those first that somebody has come nearest to."""
    if not badges:
        return []
    found = gather(viewer.organisation_id, badges, [viewer.id])
    lines = []
    for badge in badges:
        rule, value = rule_of(badge), found.get((badge.id, viewer.id), Found()).value
        # What the facts earn already is given in a moment: until then nothing is "still missing".
        is_near = rules.is_reached(rule, value)
        lines.append(
            BadgeLine(
                award_id="",
                name=badge.name,
                icon=badge.icon,
                tone=badge.tone,
                note=_("on its way") if is_near else wording.still_missing(rule, value),
                criterion=wording.criterion(rule),
                percent=int(100 * rules.nearness(rule, value)),
            )
        )
    return sorted(lines, key=lambda line: -line.percent)


def _find(viewer: Viewer, award_id: str) -> tuple[Award, Badge]:
    """Return the viewer's own award; raise LookupError for anybody else's."""
    row = db.session.execute(
        select(Award, Badge)
        .join(Badge, Badge.id == Award.badge_id)
        .where(Award.public_id == award_id, Award.person_id == viewer.id)
    ).first()
    if row is None:
        raise LookupError(f"award {award_id}")
    return row[0], row[1]


def get_award(viewer: Viewer, award_id: str) -> AwardView:
    """Return the viewer's own badge; raise LookupError for anybody else's."""
    award, badge = _find(viewer, award_id)
    rule = rule_of(badge)
    return AwardView(
        award_id=award.public_id,
        credential_id=award.credential_id,
        name=badge.name,
        description=badge.description,
        criterion=wording.criterion(rule),
        icon=badge.icon,
        tone=badge.tone,
        note=wording.earned_for(rule),
        issued_on=award.issued_at.astimezone(ZoneInfo(viewer.time_zone)).date(),
        organisation_name=viewer.organisation_name,
        share_token=award.share_token,
        state=award.state,
        state_at=award.state_at,
        state_reason=award.state_reason,
        is_retired=badge.state == rules.RETIRED,
    )


@atomic
def share(viewer: Viewer, award_id: str, *, shows: bool) -> None:
    """Show the viewer's own badge to whoever has its link, or show it to nobody any more.

    Each time it is shown the link is another one. Raises LookupError for anybody else's, Refusal
    for one that was revoked.
    """
    _find(viewer, award_id)
    award = db.session.scalars(
        select(Award).where(Award.public_id == award_id).with_for_update()
    ).one()
    if shows == (award.share_token is not None):
        return
    if shows and award.state == rules.REVOKED:
        raise Refusal(_("This badge was revoked, so it cannot be shown."))
    award.share_token = security.new_token() if shows else None
    award.shared_at = clock.now() if shows else None
    what = "badges.shown" if shows else "badges.hidden"
    audit.record(what, f"award:{award_id}", actor_id=viewer.id)


@atomic
def see_notice(viewer: Viewer, award_id: str) -> None:
    """Note that the viewer has read what became of a badge; raise LookupError for others'."""
    award, _badge = _find(viewer, award_id)
    award.told_at = award.told_at or clock.now()


def get_credential(viewer: Viewer, award_id: str) -> tuple[str, str]:
    """Return the viewer's own badge as (its name, signed credential).

    The credential tells the name only while the owner shows the badge. Raises LookupError,
    Refusal.
    """
    award, badge = _find(viewer, award_id)
    return badge.name, credentials.signed(award, badge, _subject(viewer.name, award))


def get_picture(viewer: Viewer, award_id: str) -> tuple[str, bytes]:
    """Return the viewer's own badge as (its name, SVG with the credential inside)."""
    award, badge = _find(viewer, award_id)
    return badge.name, credentials.baked(award, badge, _subject(viewer.name, award))


def _subject(name: str, award: Award) -> Subject:
    return Subject(name, is_named=award.share_token is not None)


@dataclass(frozen=True)
class Shown:
    """What anybody learns from the link of a badge that its owner shows."""

    token: str
    person_name: str
    organisation_name: str
    name: str
    description: str
    criterion: str
    icon: str
    tone: str
    issued_on: date
    state: str
    state_at: datetime | None
    credential_id: str
    issuer_address: str
    revocations_address: str


def _shown(token: str) -> tuple[Award, Badge, str]:
    row = db.session.execute(
        select(Award, Badge, Person.name)
        .join(Badge, Badge.id == Award.badge_id)
        .join(Person, Person.id == Award.person_id)
        .where(Award.share_token == token)
    ).first()
    if row is None:
        raise LookupError("nothing is shown there")
    return row[0], row[1], row[2]


def get_shown(token: str) -> Shown:
    """Return a badge that its owner shows; raise LookupError when nobody shows one there."""
    award, badge, name = _shown(token)
    issuer = credentials.issuer_profile(badge.organisation_id)
    zone = ZoneInfo(org.get_organisation(badge.organisation_id).time_zone)
    return Shown(
        token=token,
        person_name=name,
        organisation_name=issuer["name"],
        name=badge.name,
        description=badge.description,
        criterion=wording.criterion(rule_of(badge)),
        icon=badge.icon,
        tone=badge.tone,
        issued_on=award.issued_at.astimezone(zone).date(),
        state=award.state,
        state_at=award.state_at,
        credential_id=award.credential_id,
        issuer_address=issuer["id"],
        revocations_address=credentials.revocations_address(badge.organisation_id),
    )


def get_shown_credential(token: str) -> tuple[str, str]:
    """Return a badge that is shown as (name, signed credential). Raises LookupError, Refusal."""
    award, badge, name = _shown(token)
    return badge.name, credentials.signed(award, badge, Subject(name, is_named=True))
