"""The desk of badges: write one, let it be earned, end it; withdraw a credential by its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock, jobs
from quizapp.core.db import atomic, db, on_commit
from quizapp.core.forms import Refusal
from quizapp.items.service import filing, topics

from .. import rules
from ..models import Award, Badge
from ..rules import Rule
from . import artwork, keys, wording
from .facts import rule_of


@dataclass(frozen=True)
class Draft:
    """A badge as its author writes it."""

    name: str
    description: str
    icon: str
    tone: str
    rule: Rule


@dataclass(frozen=True)
class BadgeRow:
    """A badge on the desk; ``earned`` None: by fewer people than are told."""

    public_id: str
    name: str
    description: str
    criterion: str
    icon: str
    tone: str
    state: str
    rule: Rule
    earned: int | None
    is_earned: bool
    activated_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True)
class TopicChoice:
    """A topic that a badge can be about, with how many approved questions it has."""

    id: int
    name: str
    depth: int
    count: int


@dataclass(frozen=True)
class Found:
    """A credential as an administrator finds it: never whose it is."""

    credential_id: str
    badge_name: str
    issued_at: datetime
    state: str
    state_at: datetime | None
    state_reason: str
    is_own: bool


def list_badges(viewer: Viewer) -> list[BadgeRow]:
    """Return the badges of the viewer's organisation, the newest first; two statements."""
    badges = db.session.scalars(
        select(Badge)
        .where(Badge.organisation_id == viewer.organisation_id)
        .order_by(Badge.id.desc())
    ).all()
    counts = _counts([one.id for one in badges])
    return [_row(one, counts.get(one.id, 0)) for one in badges]


def _counts(badge_ids: list[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Award.badge_id, func.count())
        .where(Award.badge_id.in_(badge_ids), Award.state != rules.REVOKED)
        .group_by(Award.badge_id)
    )
    return {badge_id: number for badge_id, number in rows}


def _row(badge: Badge, earned: int) -> BadgeRow:
    rule = rule_of(badge)
    return BadgeRow(
        public_id=badge.public_id,
        name=badge.name,
        description=badge.description,
        criterion=wording.criterion(rule),
        icon=badge.icon,
        tone=badge.tone,
        state=badge.state,
        rule=rule,
        earned=rules.shown_count(earned),
        is_earned=earned > 0,
        activated_at=badge.activated_at,
        retired_at=badge.retired_at,
    )


def get_badge(viewer: Viewer, badge_id: str) -> BadgeRow:
    """Return a badge of the viewer's organisation; raise LookupError for any other."""
    badge = _get(viewer, badge_id)
    return _row(badge, _counts([badge.id]).get(badge.id, 0))


def _get(viewer: Viewer, badge_id: str, *, locks: bool = False) -> Badge:
    wanted = select(Badge).where(
        Badge.public_id == badge_id, Badge.organisation_id == viewer.organisation_id
    )
    badge = db.session.scalar(wanted.with_for_update() if locks else wanted)
    if badge is None:
        raise LookupError(f"badge {badge_id}")
    return badge


def topic_choices(viewer: Viewer) -> list[TopicChoice]:
    """Return the topics that a badge can be about, from the top down, each with all below it."""
    lines = topics.list_topics(viewer.organisation_id, is_counted=False)
    own = filing.count_approved(viewer.organisation_id)
    return [
        TopicChoice(
            line.id,
            line.name,
            line.depth,
            sum(own.get(below, 0) for below in topics.below(lines, [line.id])),
        )
        for line in lines
    ]


def activity_choices() -> list[tuple[str, str]]:
    """Return the activities of the rooms that this house has, as (activity, name)."""
    names = wording.activities()
    return [
        (activity, names[activity])
        for activity, room in rules.ACTIVITIES.items()
        if room in current_app.blueprints
    ]


@atomic
def add_badge(viewer: Viewer, draft: Draft) -> str:
    """Write a badge as a draft and return its name in addresses. Raises Refusal."""
    rule = _checked(viewer, draft, None)
    badge = Badge(organisation_id=viewer.organisation_id, created_by=viewer.id)
    _fill(badge, draft, rule)
    db.session.add(badge)
    db.session.flush()
    audit.record("badges.added", f"badge:{badge.public_id}", actor_id=viewer.id, name=badge.name)
    return badge.public_id


@atomic
def change_badge(viewer: Viewer, badge_id: str, draft: Draft) -> None:
    """Change a draft. Raises Refusal once it is active, LookupError for others'."""
    badge = _get(viewer, badge_id, locks=True)
    if badge.state != rules.DRAFT:
        raise Refusal(_("What people earn does not change any more. Retire it and write another."))
    _fill(badge, draft, _checked(viewer, draft, badge.id))
    audit.record("badges.changed", f"badge:{badge_id}", actor_id=viewer.id, name=badge.name)


def _fill(badge: Badge, draft: Draft, rule: Rule) -> None:
    badge.name, badge.description = draft.name, draft.description
    badge.icon, badge.tone = draft.icon, draft.tone
    badge.kind, badge.number, badge.activity = rule.kind, rule.number, rule.activity
    badge.topic_id, badge.topic_name = rule.topic_id, rule.topic_name


def _checked(viewer: Viewer, draft: Draft, badge_id: int | None) -> Rule:
    """Return the rule of a draft with the name of its topic; raise Refusal for what is wrong."""
    if not draft.name:
        raise Refusal(_("Name the badge."), status=422, field="name")
    for field, text in (("name", draft.name), ("description", draft.description)):
        word = rules.refused_word(text, wording.refused_words())
        if word:
            raise Refusal(
                _(
                    "Badges stand for what somebody can do or has contributed, never for virtue or "
                    "conviction. Without “%(word)s”: name the skill or the activity.",
                    word=word,
                ),
                status=422,
                field=field,
            )
    if draft.icon not in artwork.ICONS or draft.tone not in rules.TONES:
        raise Refusal(_("Choose a sign and a colour."), status=422, field="icon")
    _refuse_twice(viewer, draft.name, badge_id)
    return _checked_rule(viewer, draft.rule)


def _refuse_twice(viewer: Viewer, name: str, badge_id: int | None) -> None:
    taken = db.session.scalar(
        select(Badge.id).where(Badge.organisation_id == viewer.organisation_id, Badge.name == name)
    )
    if taken not in (None, badge_id):
        raise Refusal(_("There is a badge of that name already."), status=422, field="name")


def _checked_rule(viewer: Viewer, rule: Rule) -> Rule:
    if rule.kind == rules.MASTERY:
        chosen = next((one for one in topic_choices(viewer) if one.id == rule.topic_id), None)
        if chosen is None:
            raise Refusal(_("Choose the topic."), status=422, field="topic")
        if rule.number > chosen.count:
            raise Refusal(
                _(
                    "“%(topic)s” has %(count)s approved questions. Ask for no more than that.",
                    topic=chosen.name,
                    count=chosen.count,
                ),
                status=422,
                field="mastered",
            )
        rule = Rule(rule.kind, rule.number, chosen.id, chosen.name)
        if not rules.is_sound(rule):
            raise Refusal(
                _(
                    "Mastery begins at %(least)s questions; fewer are luck.",
                    least=rules.LEAST_MASTERED,
                ),
                status=422,
                field="mastered",
            )
        return rule
    if rule.kind == rules.ACTIVITY and rule.activity not in dict(activity_choices()):
        raise Refusal(_("Choose the activity."), status=422, field="activity")
    if not rules.is_sound(rule):
        most = rules.LAST_PLACE if rule.kind == rules.SEASON else rules.MAX_NUMBER
        field = {rules.ACTIVITY: "times", rules.SEASON: "place", rules.WEEKS: "weeks"}
        raise Refusal(
            _("Give a number from 1 to %(most)s.", most=most),
            status=422,
            field=field.get(rule.kind, "kind"),
        )
    return rule


def activate(viewer: Viewer, badge_id: str) -> None:
    """Let a draft be earned from now on, also by what people have done already.

    Raises Refusal unless it is a draft, LookupError for others'.
    """
    keys.prepare()  # before the command: making the first key takes its time
    _activate(viewer, badge_id)


@atomic
def _activate(viewer: Viewer, badge_id: str) -> None:
    badge = _get(viewer, badge_id, locks=True)
    if badge.state != rules.DRAFT:
        raise Refusal(_("This badge is no draft any more."))
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        badge.criterion = wording.criterion(rule_of(badge))
    badge.state, badge.activated_at = rules.ACTIVE, clock.now()
    audit.record("badges.activated", f"badge:{badge_id}", actor_id=viewer.id, name=badge.name)
    organisation_id = badge.organisation_id
    on_commit(lambda: jobs.enqueue("badges.sweep", organisation_id=organisation_id))


@atomic
def retire(viewer: Viewer, badge_id: str) -> None:
    """End a badge: nobody earns it any more, and what was earned stays. Raises Refusal."""
    badge = _get(viewer, badge_id, locks=True)
    if badge.state != rules.ACTIVE:
        raise Refusal(_("Only a badge that can be earned can be retired."))
    badge.state, badge.retired_at = rules.RETIRED, clock.now()
    audit.record("badges.retired", f"badge:{badge_id}", actor_id=viewer.id, name=badge.name)


@atomic
def delete(viewer: Viewer, badge_id: str) -> None:
    """Delete a draft. Raises Refusal for anything else: it may have been earned."""
    badge = _get(viewer, badge_id, locks=True)
    if badge.state != rules.DRAFT:
        raise Refusal(_("Only a draft can be deleted. Retire the badge instead."))
    db.session.delete(badge)
    audit.record("badges.deleted", f"badge:{badge_id}", actor_id=viewer.id, name=badge.name)


def find_credential(viewer: Viewer, credential_id: str) -> Found | None:
    """Return a credential of the viewer's organisation by its id, None when there is none.

    The id stands in the credential and on the page its owner shows; there is no list of them.
    """
    row = _credential(viewer, credential_id)
    if row is None:
        return None
    award, badge = row
    return Found(
        credential_id=award.credential_id,
        badge_name=badge.name,
        issued_at=award.issued_at,
        state=award.state,
        state_at=award.state_at,
        state_reason=award.state_reason,
        is_own=award.person_id == viewer.id,
    )


def _credential(
    viewer: Viewer, credential_id: str, *, locks: bool = False
) -> tuple[Award, Badge] | None:
    try:
        normal = str(UUID(credential_id.strip().removeprefix("urn:uuid:")))
    except ValueError:
        return None
    wanted = (
        select(Award, Badge)
        .join(Badge, Badge.id == Award.badge_id)
        .where(Award.credential_id == normal, Badge.organisation_id == viewer.organisation_id)
    )
    row = db.session.execute(wanted.with_for_update(of=Award) if locks else wanted).first()
    return (row[0], row[1]) if row else None


@atomic
def set_state(viewer: Viewer, credential_id: str, state: str, reason: str) -> None:
    """Suspend, restore or revoke a credential; its owner reads the reason.

    Raises LookupError for others', Refusal without a reason, for one's own, or where the state
    cannot follow.
    """
    row = _credential(viewer, credential_id, locks=True)
    if row is None:
        raise LookupError(f"credential {credential_id}")
    award, badge = row
    words = " ".join(reason.split())[: rules.MAX_REASON]
    if award.person_id == viewer.id:
        raise Refusal(_("Your own badge is for another administrator to decide about."))
    if not rules.may_follow(award.state, state):
        raise Refusal(_("This credential has changed meanwhile. Look at it once more."))
    if state != rules.VALID and not words:
        raise Refusal(_("Say why; the owner reads the reason."), status=422, field="reason")
    award.state, award.state_by, award.state_at = state, viewer.id, clock.now()
    award.state_reason = words if state != rules.VALID else ""
    award.told_at = None
    audit.record(
        f"badges.credential_{state}",
        f"credential:{award.credential_id}",
        actor_id=viewer.id,
        badge=badge.name,
        reason=words,
    )
