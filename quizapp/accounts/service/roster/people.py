"""The rows of people: what each says, which belong together, and what would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from flask_babel import gettext as _

from quizapp.org.rules import normal_name, normal_number

from ...permissions import Role
from . import timeline
from .cells import read_day
from .findings import Findings, Line, shown
from .flaws import column_name, report_flaws
from .known import KnownPerson
from .plan import PersonChange, UnitRef
from .reading import Row
from .words import vocabulary, word_key

MAX_NUMBER, MAX_NAME, MAX_POST = 40, 80, 60  # as accounts_person stores them
OPEN_END = date(2099, 1, 1)  # personnel systems write a day far away where there is no end
FIRST_DAY = date(1940, 1, 1)
FARTHEST = timedelta(days=5 * 366)

ACTIVE, AWAY, CLOSED = "active", "away", "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a person, read; empty and None where the file says nothing.

    ``ends`` is the day after the last one: files name the last day, the database the first
    that does not count any more.
    """

    line: Line
    number: str
    key: str
    name: str
    post: str
    unit: UnitRef | None
    since: date | None
    ends: date | None
    state: str
    role: str


@dataclass
class Entries:
    """All readable rows by normal number, in the order of the file."""

    by_key: dict[str, list[Entry]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Put a row beside the others of the same number."""
        self.by_key.setdefault(entry.key, []).append(entry)


def read_entry(row: Row, unit: UnitRef | None, today: date, findings: Findings) -> Entry | None:
    """Return what a row says of a person; None when it cannot be read, which is reported."""
    if not row.text("number") and not row.text("name") and not row.flaws:
        findings.warning(row.line, _("Skipped: no employee number and no name."))
        return None
    if report_flaws(row, findings):
        return None
    before = len(findings.messages)
    entry = Entry(
        line=row.line,
        number=row.text("number"),
        key=normal_number(row.text("number")),
        name=normal_name(row.text("name")),
        post=normal_name(row.text("post")),
        unit=unit,
        since=_day(row, "since", today, findings),
        ends=_ends(row, today, findings),
        state=_meaning(row, "state", vocabulary().states, findings),
        role=_meaning(row, "role", vocabulary().roles, findings),
    )
    _check_texts(entry, findings)
    if entry.since and entry.ends and entry.ends <= entry.since:
        findings.error(row.line, _("The last day lies before the first day."), "until")
    return entry if len(findings.messages) == before else None


def _day(row: Row, field_name: str, today: date, findings: Findings) -> date | None:
    text = row.text(field_name)
    day = read_day(text) if text else None
    if text and day is None:
        findings.error(
            row.line,
            _(
                "“%(text)s” (%(column)s) cannot be read as a day. Write it like 2026-11-22.",
                text=shown(text),
                column=column_name(field_name),
            ),
            field_name,
        )
    elif day and field_name == "since" and not FIRST_DAY <= day <= today + FARTHEST:
        findings.error(
            row.line,
            _("The first day %(day)s is not likely. Please check it.", day=day),
            field_name,
        )
    return day


def _ends(row: Row, today: date, findings: Findings) -> date | None:
    last = _day(row, "until", today, findings)
    return last + timedelta(days=1) if last and last < OPEN_END else None


def _meaning(row: Row, field_name: str, words: Mapping[str, str], findings: Findings) -> str:
    text = row.text(field_name)
    meaning = words.get(word_key(text), "") if text else ""
    if text and not meaning:
        findings.error(
            row.line,
            _(
                "“%(text)s” is not known as %(column)s.",
                text=shown(text),
                column=column_name(field_name),
            ),
            field_name,
        )
    return meaning


def _check_texts(entry: Entry, findings: Findings) -> None:
    """Report what is missing and what is longer than can be stored."""
    if not entry.key:
        text = _("“%(name)s” has no employee number.", name=shown(entry.name))
        findings.error(entry.line, text, "number")
    if not entry.name:
        text = _("%(number)s has no name.", number=shown(entry.number))
        findings.error(entry.line, text, "name")
    for text, longest, column in (
        (max(entry.number, entry.key, key=len), MAX_NUMBER, "number"),
        (entry.name, MAX_NAME, "name"),
        (entry.post, MAX_POST, "post"),
    ):
        if len(text) > longest:
            findings.error(
                entry.line,
                _(
                    "The cell “%(column)s” has more than %(length)s characters.",
                    column=column_name(column),
                    length=longest,
                ),
                column,
            )


def belong_together(entries: list[Entry], findings: Findings) -> list[Entry] | None:
    """Return the rows of one number in the order of their days; None when they contradict.

    Several rows are a person's way through the units when each has a first day and they agree on
    who it is; anything else is a number used twice.
    """
    first, *others = entries
    if not others:
        return entries
    fine = [_is_same_person(first, other, findings) for other in others]
    if not all(fine):
        return None
    if not all(entry.since and entry.unit is not None for entry in entries):
        for other in others:
            findings.error(
                other.line,
                _(
                    "The employee number %(number)s stands in line %(line)s already.",
                    number=shown(other.number),
                    line=first.line.number,
                ),
                "number",
            )
        return None
    return _in_order(entries, findings)


def _is_same_person(first: Entry, other: Entry, findings: Findings) -> bool:
    if other.number != first.number:
        text = _(
            "The employee number %(number)s looks the same as %(other)s in line %(line)s.",
            number=shown(other.number),
            other=shown(first.number),
            line=first.line.number,
        )
    elif other.name != first.name:
        text = _(
            "The employee number %(number)s belongs to %(name)s in line %(line)s.",
            number=shown(other.number),
            name=shown(first.name),
            line=first.line.number,
        )
    else:
        return True
    findings.error(other.line, text, "number")
    return False


def _in_order(entries: list[Entry], findings: Findings) -> list[Entry] | None:
    """Sort rows by first day and report those whose days overlap.

    One shared day is where one unit is left and the next one entered; the next one has it.
    """
    ordered = sorted(entries, key=lambda entry: (entry.since or date.min, entry.line))
    result = [ordered[0]]
    for later in ordered[1:]:
        before = result[-1]
        assert later.since is not None
        shared = (before.ends - later.since).days if before.ends else 0
        if later.since == before.since or shared > 1:
            findings.error(
                later.line,
                _(
                    "The days of this line overlap with line %(line)s.",
                    line=before.line.number,
                ),
                "since",
            )
            return None
        if shared == 1:
            result[-1] = replace(before, ends=later.since)
        result.append(later)
    return result


def change_of(
    entries: list[Entry], known: KnownPerson | None, today: date, findings: Findings
) -> PersonChange | None:
    """Return what the rows of one person change; None after an error or when they are skipped."""
    last = entries[-1]
    if known is None:
        return _new_person(entries, today, findings)
    if known.is_demo:
        findings.error(
            last.line,
            _("The employee number %(number)s belongs to a demo account.", number=last.number),
            "number",
        )
        return None
    if last.state == CLOSED:
        return _closed(last, known, today, findings)
    if not known.is_active and last.state != ACTIVE:
        findings.warning(
            last.line,
            _(
                "The account of %(name)s is closed and stays so. To open it, write the state "
                "“on duty”.",
                name=known.name,
            ),
            "state",
        )
        return PersonChange(last.line, known.id, known.number)
    return _changed(entries, known, today, findings)


def _new_person(entries: list[Entry], today: date, findings: Findings) -> PersonChange | None:
    last = entries[-1]
    if last.state == CLOSED:
        findings.info(
            last.line, _("Skipped: %(name)s has left and is not known here.", name=shown(last.name))
        )
        return None
    if last.unit is None:
        findings.error(last.line, _("%(name)s has no unit.", name=shown(last.name)), "unit_path")
        return None
    return PersonChange(
        line=last.line,
        person_id=None,
        number=last.number,
        name=last.name,
        post=last.post,
        memberships=_settle(entries, [], today, findings),
        is_away=last.state == AWAY or None,
        away_from=last.unit,
        roles=_new_roles(last, frozenset(), findings),
    )


def _closed(last: Entry, known: KnownPerson, today: date, findings: Findings) -> PersonChange:
    """Return how an account is closed: no member from the day after the last one, or from today."""
    leaves_on = min(last.ends or today, today)
    ended = timeline.end_all(known.memberships, leaves_on)
    if not known.is_active and not ended:
        return PersonChange(last.line, known.id, known.number)
    if known.is_active:
        findings.info(last.line, _("The account of %(name)s will be closed.", name=known.name))
    return PersonChange(
        line=last.line,
        person_id=known.id,
        number=known.number,
        is_active=False if known.is_active else None,
        memberships=ended,
    )


def _changed(
    entries: list[Entry], known: KnownPerson, today: date, findings: Findings
) -> PersonChange:
    last = entries[-1]
    if last.name != known.name:
        findings.warning(
            last.line,
            _(
                "%(number)s is recorded as %(old)s and will be called %(new)s. Is it the same "
                "person?",
                number=known.number,
                old=known.name,
                new=shown(last.name),
            ),
            "name",
        )
    if not known.is_active:
        findings.info(last.line, _("The account of %(name)s will be opened.", name=known.name))
    settled = _settle(entries, known.memberships, today, findings)
    away = {AWAY: True, ACTIVE: False}.get(last.state)
    now = known.unit_on(today)
    return PersonChange(
        line=last.line,
        person_id=known.id,
        number=known.number,
        name=last.name if last.name != known.name else None,
        post=last.post if last.post and last.post != known.post else None,
        is_active=None if known.is_active else True,
        memberships=settled,
        is_away=away if away not in (None, known.is_away) else None,
        away_from=last.unit if now is None else now,
        roles=_new_roles(last, known.roles, findings),
    )


def _settle(
    entries: list[Entry], recorded: list[timeline.Span], today: date, findings: Findings
) -> timeline.Settled:
    """Return the memberships of a person's rows, and report what could not be done as written."""
    placed = [entry for entry in entries if entry.unit is not None]
    wanted = [timeline.Wanted(e.unit, e.since, e.ends) for e in placed if e.unit is not None]
    if not wanted and recorded and entries[-1].ends:
        placed = entries[-1:]
        wanted = [timeline.Wanted(recorded[-1].unit, None, entries[-1].ends)]
    settled = timeline.settle(recorded, wanted, today)
    for place, note in settled.notes:
        _report_note(placed[place].line, note, recorded, findings)
    return settled


def _report_note(line: Line, note: str, recorded: list[timeline.Span], findings: Findings) -> None:
    if note == timeline.FROM_TODAY:
        findings.warning(
            line,
            _("Other days are recorded before today, and stay. The unit counts from today."),
            "since",
        )
    elif note == timeline.RECORDED_STAYS:
        findings.warning(line, _("Other days are recorded for this time, and stay."), "since")
    elif note == timeline.LATER_MOVE:
        day = recorded[-1].starts.isoformat()
        findings.error(line, _("A move from %(day)s on is already recorded.", day=day), "since")
    else:
        findings.error(line, _("With this last day there would be no day in the unit."), "until")


def _new_roles(
    entry: Entry, known: Iterable[tuple[str, int]], findings: Findings
) -> tuple[tuple[str, UnitRef], ...]:
    """Return the role to grant, for the person's unit; roles are only added by a file."""
    if entry.role not in (Role.LEADER.value, Role.ADMIN.value) or entry.unit is None:
        return ()
    grant = (entry.role, entry.unit)
    if grant in known:
        return ()
    if entry.role == Role.ADMIN.value:
        findings.warning(
            entry.line,
            _(
                "%(name)s will administer their unit and all below it.",
                name=shown(entry.name),
            ),
            "role",
        )
    return (grant,)
