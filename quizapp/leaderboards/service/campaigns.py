"""Campaigns: a name, a stretch of days and the units that take part; who opens and closes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.org.models import Unit

from ..models import Campaign, CampaignStanding, CampaignUnit

LONGEST = timedelta(days=92)  # a quarter
AHEAD = timedelta(days=366)
MOST_RUNNING = 10  # at once, running or to come
LISTED = 50


@dataclass(frozen=True)
class CampaignDraft:
    """What an administrator writes; ``units`` are public ids, none for everybody."""

    title: str
    starts_on: date
    ends_on: date
    units: Sequence[str] = ()


@dataclass(frozen=True)
class CampaignLine:
    """A campaign in a list. ``state`` is ``running``, ``coming`` or ``over``."""

    id: int
    public_id: str
    title: str
    starts_on: date
    ends_on: date
    state: str
    units: tuple[str, ...]
    counted_at: datetime | None
    version: int
    is_final: bool


def state_of(starts_on: date, ends_on: date, today: date) -> str:
    """Return whether a campaign is ``running`` on ``today``, ``coming`` or ``over``."""
    if today < starts_on:
        return "coming"
    return "running" if today <= ends_on else "over"


def list_campaigns(viewer: Viewer) -> list[CampaignLine]:
    """Return the campaigns of the viewer's organisation, those that end last first."""
    campaigns = db.session.scalars(
        select(Campaign)
        .where(Campaign.organisation_id == viewer.organisation_id)
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
        .limit(LISTED)
    ).all()
    return _lines(campaigns, org.today(viewer.organisation_id))


def get_campaign(viewer: Viewer, campaign_public_id: str) -> CampaignLine:
    """Return a campaign of the viewer's organisation; raise LookupError when it has none such."""
    campaign = _find(viewer, campaign_public_id)
    return _lines([campaign], org.today(viewer.organisation_id))[0]


def _find(viewer: Viewer, campaign_public_id: str) -> Campaign:
    campaign = db.session.scalar(
        select(Campaign).where(
            Campaign.public_id == campaign_public_id,
            Campaign.organisation_id == viewer.organisation_id,
        )
    )
    if campaign is None:
        raise LookupError(f"campaign {campaign_public_id}")
    return campaign


def _lines(campaigns: Sequence[Campaign], today: date) -> list[CampaignLine]:
    names: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(CampaignUnit.campaign_id, Unit.name)
        .join(Unit, Unit.id == CampaignUnit.unit_id)
        .where(CampaignUnit.campaign_id.in_([campaign.id for campaign in campaigns]))
        .order_by(Unit.path)
    )
    for campaign_id, name in rows:
        names.setdefault(campaign_id, []).append(name)
    return [
        CampaignLine(
            id=one.id,
            public_id=one.public_id,
            title=one.title,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            state=state_of(one.starts_on, one.ends_on, today),
            units=tuple(names.get(one.id, ())),
            counted_at=one.counted_at,
            version=one.version,
            is_final=one.is_final,
        )
        for one in campaigns
    ]


@atomic
def open_campaign(viewer: Viewer, draft: CampaignDraft) -> str:
    """Open a campaign in the viewer's organisation and return its public id.

    Raises Refusal for an empty title, days that are past, reversed or more than a quarter, units
    of others, and when ten campaigns are running or to come already.
    """
    return record_campaign(viewer.organisation_id, draft, actor_id=viewer.id)


@atomic
def record_campaign(organisation_id: int, draft: CampaignDraft, *, actor_id: int) -> str:
    """Open a campaign for somebody who is not asking by a page; refuses as ``open_campaign``."""
    today = org.today(organisation_id)
    title = " ".join(draft.title.split())
    _check(title, draft, today)
    running = db.session.scalar(
        select(func.count())
        .select_from(Campaign)
        .where(Campaign.organisation_id == organisation_id, Campaign.ends_on >= today)
    )
    if (running or 0) >= MOST_RUNNING:
        raise Refusal(
            _(
                "%(most)s campaigns are running or to come. End one of them first.",
                most=MOST_RUNNING,
            )
        )
    campaign = Campaign(
        organisation_id=organisation_id,
        title=title,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        created_by=actor_id,
    )
    db.session.add(campaign)
    db.session.flush()
    for unit_id in _units(organisation_id, draft.units):
        db.session.add(CampaignUnit(campaign_id=campaign.id, unit_id=unit_id))
    audit.record(
        "leaderboards.campaign_opened",
        f"campaign:{campaign.public_id}",
        actor_id=actor_id,
        title=title,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
    )
    return campaign.public_id


def _check(title: str, draft: CampaignDraft, today: date) -> None:
    if not title:
        raise Refusal(_("Give the campaign a name."), field="title", status=422)
    if draft.ends_on < draft.starts_on:
        raise Refusal(_("The last day lies before the first."), field="ends_on", status=422)
    if draft.ends_on < today:
        raise Refusal(
            _("These days are over. Choose a last day from today on."), field="ends_on", status=422
        )
    if draft.ends_on - draft.starts_on >= LONGEST:
        raise Refusal(
            _("A campaign lasts a quarter at most, 92 days."), field="ends_on", status=422
        )
    if draft.starts_on > today + AHEAD:
        raise Refusal(_("The first day is more than a year ahead."), field="starts_on", status=422)


def _units(organisation_id: int, public_ids: Sequence[str]) -> list[int]:
    """Return the ids of the units that take part, without those below another of them."""
    if not public_ids:
        root = select(Unit.id).where(
            Unit.organisation_id == organisation_id, Unit.parent_id.is_(None)
        )
        return list(db.session.scalars(root))
    found = [org.find_unit(organisation_id, public_id) for public_id in set(public_ids)]
    units = [unit for unit in found if unit is not None and unit.is_active]
    if len(units) != len(found):
        raise Refusal(
            _("One of these units is not there any more. Choose again."), field="units", status=422
        )
    paths = [unit.path for unit in units]
    return [
        unit.id
        for unit in units
        if not any(unit.path != path and unit.path.startswith(path) for path in paths)
    ]


@atomic
def end_campaign(viewer: Viewer, campaign_public_id: str) -> None:
    """End a campaign with today, or take it away when it has not begun.

    Raises LookupError when the organisation has none such, and Refusal when it is over.
    """
    campaign = _find(viewer, campaign_public_id)
    today = org.today(viewer.organisation_id)
    state = state_of(campaign.starts_on, campaign.ends_on, today)
    if state == "over":
        raise Refusal(_("This campaign is over already."))
    audit.record(
        "leaderboards.campaign_ended" if state == "running" else "leaderboards.campaign_removed",
        f"campaign:{campaign.public_id}",
        actor_id=viewer.id,
        title=campaign.title,
    )
    if state == "running":
        campaign.ends_on = today
        campaign.version += 1
        return
    for table in (CampaignStanding, CampaignUnit):
        db.session.execute(
            delete(table)
            .where(table.campaign_id == campaign.id)
            .execution_options(synchronize_session=False)
        )
    db.session.delete(campaign)
