"""Which boards a reader is shown: a season's own, or its frozen copy before a ceremony."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Table, bindparam, select

from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.points.service import SeasonView

from .. import rules
from ..models import Board, Freeze, FrozenStanding, Profile, Standing
from .effort import default_thresholds


@dataclass(frozen=True)
class ProfileView:
    """How an organisation shows its boards: ``standard`` with ranks, ``light`` with stars.

    ``thresholds`` are the scores of one, two and three stars, none where boards with ranks are
    read; ``is_default`` tells that they follow from the rules. ``listing`` of the light profile is
    ``name`` or ``rotate``.
    """

    profile: str
    thresholds: tuple[int, ...]
    is_default: bool
    listing: str
    has_leaders: bool

    @property
    def is_light(self) -> bool:
        """Tell whether ranks are kept out of sight."""
        return self.profile == rules.LIGHT


class Boards(Protocol):
    """What can be read as a board: rows of a table, in a profile."""

    @property
    def profile(self) -> ProfileView:
        """Return how it is shown."""

    @property
    def table(self) -> Table:
        """Return the table with its rows: bracket, members, score and rank of units."""

    def is_of(self, table: Table) -> Any:
        """Return the condition that a row of ``table`` belongs to it."""


@dataclass(frozen=True)
class Shown:
    """The boards to show: ``version`` moves with everything that a reader could see.

    ``freeze_id`` names the frozen copy that stands in the place of the standings; ``as_of`` is the
    moment of what is shown.
    """

    season: SeasonView
    version: int
    as_of: datetime
    freeze_id: int | None
    reveals_at: datetime | None
    profile: ProfileView

    @property
    def frozen_at(self) -> datetime | None:
        """Return as of when the boards stand still; None while they move."""
        return self.as_of if self.freeze_id else None

    @property
    def scope(self) -> str:
        """Return what the rankings in the store are called."""
        return f"{self.season.id}f{self.freeze_id}" if self.freeze_id else str(self.season.id)

    @property
    def table(self) -> Table:
        """Return the table with the rows to show."""
        model = FrozenStanding if self.freeze_id else Standing
        return model.__table__

    def is_of(self, table: Table) -> Any:
        """Return the condition that a row of ``table`` belongs to these boards."""
        if self.freeze_id:
            return table.c.freeze_id == self.freeze_id
        return table.c.season_id == self.season.id


_BOARD, _FREEZE, _PROFILE = Board.__table__.c, Freeze.__table__.c, Profile.__table__.c
_PROFILE_COLUMNS = (
    _PROFILE.profile,
    _PROFILE.one_star,
    _PROFILE.two_stars,
    _PROFILE.three_stars,
    _PROFILE.listing,
    _PROFILE.has_leaders,
)
# Built once: every page with a board asks for it.
_STATE = (
    select(
        _BOARD.version,
        _BOARD.as_of,
        _FREEZE.id,
        _FREEZE.version,
        _FREEZE.frozen_at,
        _FREEZE.reveals_at,
        *_PROFILE_COLUMNS,
    )
    .select_from(Board.__table__)
    .outerjoin(Freeze.__table__, _FREEZE.active_season_id == _BOARD.season_id)
    .outerjoin(Profile.__table__, _PROFILE.organisation_id == bindparam("organisation"))
    .where(_BOARD.season_id == bindparam("season"))
)
_PROFILE_OF = select(*_PROFILE_COLUMNS).where(_PROFILE.organisation_id == bindparam("organisation"))


def shown_boards(organisation_id: int, today: date | None = None) -> Shown | None:
    """Return the boards to show; those of the last season when none is running; or None.

    ``today`` is the organisation's learning day; it is looked up when it is not given.
    """
    day = today or org.today(organisation_id)
    season = points.season_until(organisation_id, day)
    return shown_of(season, day) if season else None


def shown_of(season: SeasonView, today: date) -> Shown | None:
    """Return the boards of a season as readers are shown them; None before their first version."""
    row = db.session.execute(
        _STATE, {"season": season.id, "organisation": season.organisation_id}
    ).first()
    if row is None or not row[0]:
        return None
    version, as_of, freeze_id, frozen_version, frozen_at, reveals_at, *kept = row
    return Shown(
        season=season,
        version=frozen_version if freeze_id else version,
        as_of=frozen_at if freeze_id else as_of,
        freeze_id=freeze_id,
        reveals_at=reveals_at,
        profile=_profile(season.organisation_id, kept, today),
    )


def board_state(organisation_id: int, today: date | None = None) -> tuple[SeasonView, int] | None:
    """Return the season to show and the version of what is shown of it; or None.

    ``today`` is the organisation's learning day; it is looked up when it is not given.
    """
    shown = shown_boards(organisation_id, today)
    return (shown.season, shown.version) if shown else None


def profile_of(organisation_id: int) -> str:
    """Return how an organisation shows its boards: ``standard``, with ranks, or ``light``."""
    row = db.session.execute(_PROFILE_OF, {"organisation": organisation_id}).first()
    return row.profile if row else rules.STANDARD


def get_profile(organisation_id: int) -> ProfileView:
    """Return how an organisation shows its boards; ``standard`` unless it chose otherwise."""
    row = db.session.execute(_PROFILE_OF, {"organisation": organisation_id}).first()
    found = _profile(organisation_id, list(row) if row else [None] * 6, org.today(organisation_id))
    if found.thresholds:
        return found
    return replace(
        found, thresholds=default_thresholds(organisation_id, org.today(organisation_id))
    )


def _profile(organisation_id: int, kept: list[Any], today: date) -> ProfileView:
    profile, one, two, three, listing, has_leaders = kept
    thresholds: tuple[int, ...] = (one, two, three) if one else ()
    if profile == rules.LIGHT and not thresholds:
        thresholds = default_thresholds(organisation_id, today)
    return ProfileView(
        profile=profile or rules.STANDARD,
        thresholds=thresholds,
        is_default=one is None,
        listing=listing or rules.BY_NAME,
        has_leaders=bool(has_leaders),
    )
