"""Tables: shared goals, who has seen a celebration, thanks. No time of day is kept of anything."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core.db import db
from quizapp.core.security import public_id

from .rules import KINDS, MOST_NOTE, MOST_TEXT, STATES


class Goal(db.Model):  # type: ignore[name-defined]
    """What a team wants to reach together in a season, until ``ends_on``.

    Counted from the season's first day, out of sums of the team. ``met_on`` None: not yet; a goal
    that ends without it says nothing.
    """

    __tablename__ = "teams_goal"
    __table_args__ = (
        Index(None, "unit_id", "season_id"),
        Index(None, "season_id", "met_on"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint("target > 0", name="target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    season_id: Mapped[int] = mapped_column(ForeignKey("points_season.id"))
    kind: Mapped[str] = mapped_column(String(10))
    target: Mapped[int]
    note: Mapped[str] = mapped_column(String(MOST_NOTE), default="")
    set_on: Mapped[date]
    ends_on: Mapped[date]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    met_on: Mapped[date | None]


class Cheer(db.Model):  # type: ignore[name-defined]
    """Somebody put the celebration of a goal away; gone with the goal's season."""

    __tablename__ = "teams_cheer"

    goal_id: Mapped[int] = mapped_column(
        ForeignKey("teams_goal.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"), primary_key=True)


class Thanks(db.Model):  # type: ignore[name-defined]
    """Thanks of a colleague, to another (``receiver_id``) or to the whole team (None).

    States: ``private`` to the receiver; ``shared`` with the team; ``reported``, out of sight until
    an administrator has looked; ``gone``, taken back or removed: the words are deleted, and the row
    stays for two weeks because it counts for the week's limit.
    """

    __tablename__ = "teams_thanks"
    __table_args__ = (
        Index(None, "unit_id", "state", "id"),
        Index(None, "receiver_id", "state"),
        Index(None, "author_id", "given_on"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint("receiver_id IS NULL OR receiver_id <> author_id", name="receiver"),
        CheckConstraint("receiver_id IS NOT NULL OR state <> 'private'", name="private"),
        CheckConstraint("(state = 'gone') = (text = '')", name="words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts_person.id"))
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_person.id"))
    text: Mapped[str] = mapped_column(String(MOST_TEXT))
    given_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
