"""Who may do what: one enum, one table. Read it in ten seconds."""

from __future__ import annotations

from enum import Enum


class Permission(Enum):
    """What a route may ask for; the value is the sentence a person reads."""

    ANYONE = "Open to everyone, signed in or not."
    WATCH_BOARD = "Open to a paired display, which can open nothing else."
    HOLD_TICKET = "Open to the ticket of a question that its own person's session was shown."
    TAKE_PART = "Take quizzes, see one's own results and the team boards."
    READ_BANK = "Read the question bank with its keys, its numbers and its reports."
    WRITE_ITEMS = "Write, import, export and correct questions, and submit them for review."
    REVIEW_FIRST = "Pass or return wordings at the first level: facts and language."
    REVIEW_SECOND = "Pass or return wordings at the second level: law, policy, secrecy."
    REVIEW_FINAL = "Pass or return wordings at the final level, publish and withdraw them."
    ASSEMBLE_QUIZZES = "Write, publish and print quizzes for units of one's own scope."
    ASSIGN_TASKS = "Assign quizzes and materials to units and people of one's own scope."
    READ_AGGREGATES = "See means of units of one's own scope, from five people on."
    MARK_RESPONSES = "Mark essays blind, by their rubric, and answer appeals."
    LEAD_TEAM = "Set shared goals together with teams of one's own scope, and end them."
    RECORD_GROUP = "Answer the pre-shift question for one's own team, and print it."
    KEEP_TRAINING = "Keep statutory courses of one's own scope and see who passed them."
    READ_SIGNALS = "Read signals about how quizzes are taken: means, never a name."
    MANAGE_PEOPLE = "See and change units and people of one's own scope."
    MANAGE_DISPLAYS = "Pair, change and revoke displays of one's own scope."
    MANAGE_RECOGNITION = "Change the rules of points, seasons, boards and badges; correct points."
    MANAGE_SETTINGS = "Change the name, the logo, the time zone and the season."


class Role(Enum):
    """What a person is, always for a unit and all below it; the value is stored."""

    EMPLOYEE = "employee"
    LEADER = "leader"
    LEARNING_REP = "rep"
    ORGANISER = "organiser"
    SAFETY_TRAINER = "trainer"
    AUDITOR = "auditor"
    AUTHOR = "author"
    FIRST_REVIEWER = "reviewer_1"
    SECOND_REVIEWER = "reviewer_2"
    FINAL_REVIEWER = "reviewer_3"
    ADMIN = "admin"


TABLE: dict[Role, frozenset[Permission]] = {
    Role.EMPLOYEE: frozenset({Permission.TAKE_PART}),
    Role.LEADER: frozenset(
        {
            Permission.TAKE_PART,
            Permission.ASSIGN_TASKS,
            Permission.READ_AGGREGATES,
            Permission.LEAD_TEAM,
            Permission.RECORD_GROUP,
        }
    ),
    Role.LEARNING_REP: frozenset(
        {
            Permission.TAKE_PART,
            Permission.READ_AGGREGATES,
            Permission.LEAD_TEAM,
            Permission.RECORD_GROUP,
        }
    ),
    Role.ORGANISER: frozenset(
        {
            Permission.TAKE_PART,
            Permission.ASSEMBLE_QUIZZES,
            Permission.ASSIGN_TASKS,
            Permission.READ_AGGREGATES,
            Permission.MARK_RESPONSES,
        }
    ),
    Role.SAFETY_TRAINER: frozenset(
        {
            Permission.TAKE_PART,
            Permission.ASSEMBLE_QUIZZES,
            Permission.ASSIGN_TASKS,
            Permission.MARK_RESPONSES,
            Permission.KEEP_TRAINING,
        }
    ),
    Role.AUDITOR: frozenset({Permission.READ_SIGNALS}),
    Role.AUTHOR: frozenset(
        {Permission.TAKE_PART, Permission.READ_BANK, Permission.WRITE_ITEMS},
    ),
    Role.FIRST_REVIEWER: frozenset(
        {Permission.TAKE_PART, Permission.READ_BANK, Permission.REVIEW_FIRST},
    ),
    Role.SECOND_REVIEWER: frozenset(
        {Permission.TAKE_PART, Permission.READ_BANK, Permission.REVIEW_SECOND},
    ),
    Role.FINAL_REVIEWER: frozenset(
        {Permission.TAKE_PART, Permission.READ_BANK, Permission.REVIEW_FINAL},
    ),
    Role.ADMIN: frozenset(
        {
            Permission.TAKE_PART,
            Permission.READ_BANK,
            Permission.WRITE_ITEMS,
            Permission.ASSEMBLE_QUIZZES,
            Permission.ASSIGN_TASKS,
            Permission.READ_AGGREGATES,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_DISPLAYS,
            Permission.MANAGE_RECOGNITION,
            Permission.MANAGE_SETTINGS,
        }
    ),
}
# These belong to the whole organisation: a scope below its root does not reach them. The bank is
# one for everybody, so who writes or reviews it does so for all.
WHOLE_ORGANISATION = frozenset(
    {
        Permission.MANAGE_RECOGNITION,
        Permission.MANAGE_SETTINGS,
        Permission.READ_SIGNALS,
        Permission.READ_BANK,
        Permission.WRITE_ITEMS,
        Permission.REVIEW_FIRST,
        Permission.REVIEW_SECOND,
        Permission.REVIEW_FINAL,
    }
)
# Roles that keep the bank: they are given for the whole organisation or not at all.
OF_THE_BANK = frozenset(
    {Role.AUTHOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER}
)
