"""Who may do what: one enum, one table. Read it in ten seconds."""

from __future__ import annotations

from enum import Enum


class Permission(Enum):
    """What a route may ask for; the value is the sentence a person reads."""

    ANYONE = "Open to everyone, signed in or not."
    WATCH_BOARD = "Open to a paired display, which can open nothing else."
    TAKE_PART = "Take quizzes, see one's own results and the team boards."
    MANAGE_PEOPLE = "See and change units and people of one's own scope."
    MANAGE_DISPLAYS = "Pair, change and revoke displays of one's own scope."
    MANAGE_SETTINGS = "Change the name, the logo, the time zone and the season."


class Role(Enum):
    """What a person is, always for a unit and all below it; the value is stored."""

    EMPLOYEE = "employee"
    LEADER = "leader"
    ADMIN = "admin"


TABLE: dict[Role, frozenset[Permission]] = {
    Role.EMPLOYEE: frozenset({Permission.TAKE_PART}),
    Role.LEADER: frozenset({Permission.TAKE_PART}),
    Role.ADMIN: frozenset(
        {
            Permission.TAKE_PART,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_DISPLAYS,
            Permission.MANAGE_SETTINGS,
        }
    ),
}
# Settings belong to the whole organisation: a scope below its root does not reach them.
WHOLE_ORGANISATION = frozenset({Permission.MANAGE_SETTINGS})
