"""Shift calendars: which shift a day has, and that only long rests change who counts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from quizapp.core import events as core_events
from quizapp.core.db import atomic
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.org import rules, service
from quizapp.org.events import MembershipChanged
from quizapp.org.models import Absence, Membership, ShiftAssignment
from tests.factories import people
from tests.factories.teams import members_of, teams

TODAY = date(2026, 11, 18)
ANCHOR = date(2026, 11, 2)
FOURTEEN = "D" * 14 + "R" * 14
FOUR_CREWS = "DDNNRRRR"


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast, at a fixed present."""
    return people.world()


# -- rules


def test_only_rests_of_seven_days_and_more_are_long():
    assert rules.long_rests("DDDDD" + "R" * 6) == frozenset()
    assert rules.long_rests("DDDDD" + "R" * 7) == frozenset(range(5, 12))
    assert rules.long_rests("DDDDDRR") == frozenset()


def test_a_rest_may_go_on_at_the_beginning_of_the_pattern():
    assert rules.long_rests("RRRDDRRRR") == frozenset({0, 1, 2, 5, 6, 7, 8})


def test_a_single_day_at_work_parts_the_rest_from_itself():
    assert rules.long_rests("D" + "R" * 7) == frozenset(range(1, 8))
    assert rules.long_rests("D") == frozenset()


@given(st.text("DMNR", min_size=1, max_size=40).filter(rules.is_cycle))
def test_long_rests_are_what_two_rounds_show(cycle):
    twice = cycle * 3
    length = len(cycle)
    for place in range(length):
        here = place + length
        first, last = here, here
        while twice[first] == "R" and first > 0 and twice[first - 1] == "R":
            first -= 1
        while twice[last] == "R" and last < len(twice) - 1 and twice[last + 1] == "R":
            last += 1
        is_long = twice[here] == "R" and last - first + 1 >= 7
        assert (place in rules.long_rests(cycle)) is is_long


@pytest.mark.parametrize("cycle", ["", "R", "RRRR", "DX", "D" * 121, "d"])
def test_what_is_no_pattern_is_none(cycle):
    assert not rules.is_cycle(cycle)


@given(st.integers(-400, 400), st.integers(0, 30))
def test_a_pattern_repeats_before_and_after_its_anchor(days, offset):
    day = ANCHOR + timedelta(days=days)
    place = rules.place_in_cycle(FOURTEEN, ANCHOR, day, offset)
    assert place == rules.place_in_cycle(FOURTEEN, ANCHOR, day + timedelta(days=28), offset)
    assert rules.place_in_cycle(FOURTEEN, ANCHOR, ANCHOR) == 0


def test_the_last_unit_of_several_mergers_is_found_and_a_circle_ends():
    assert rules.successor(1, {1: 2, 2: 3}) == 3
    assert rules.successor(7, {1: 2}) == 7
    assert rules.successor(1, {1: 2, 2: 1}) in (1, 2)


# -- shifts of a day


def pattern(world: people.World, cycle: str = FOURTEEN, code: str = "14") -> int:
    """Write a pattern that begins on the anchor."""
    return service.set_pattern(
        world.people["dana"],
        world.organisation,
        code=code,
        name=f"班制{code}",
        cycle=cycle,
        anchor_on=ANCHOR,
    )


def test_a_unit_works_by_its_own_calendar_else_by_the_one_above(world):
    four, fourteen = pattern(world, FOUR_CREWS, "4"), pattern(world)
    service.assign_shifts(None, four, unit_id=world.workshop, since=ANCHOR)
    assert service.shift_of_unit(world.team, ANCHOR + timedelta(days=2)) == "N"
    service.assign_shifts(None, fourteen, unit_id=world.team, since=ANCHOR)
    assert service.shift_of_unit(world.team, ANCHOR + timedelta(days=2)) == "D"
    assert service.shift_of_unit(world.workshop, ANCHOR + timedelta(days=2)) == "N"
    assert service.shift_of_unit(world.plant, ANCHOR) is None


def test_a_persons_own_calendar_goes_first(world):
    bob = world.people["bob"]
    service.assign_shifts(None, pattern(world), unit_id=world.team, since=ANCHOR)
    assert service.shift_on(bob, ANCHOR) == "D"
    own = pattern(world, "NR", "N")
    service.assign_shifts(None, own, person_id=bob, since=ANCHOR, offset_days=1)
    assert service.shift_on(bob, ANCHOR) == "R"
    assert service.shift_on(world.people["alice"], ANCHOR) == "D"
    assert service.shift_on(bob, ANCHOR - timedelta(days=1)) is None


def test_the_same_calendar_twice_changes_nothing(world):
    fourteen = pattern(world)
    assert service.assign_shifts(None, fourteen, unit_id=world.team, since=ANCHOR)
    assert not service.assign_shifts(None, fourteen, unit_id=world.team, since=ANCHOR)


def test_a_new_calendar_ends_the_one_before(world):
    fourteen, four = pattern(world), pattern(world, FOUR_CREWS, "4")
    service.assign_shifts(None, fourteen, unit_id=world.team, since=ANCHOR)
    service.assign_shifts(None, four, unit_id=world.team, since=TODAY)
    assert service.shift_of_unit(world.team, TODAY - timedelta(days=1)) == "R"
    assert service.shift_of_unit(world.team, TODAY) == "DDNNRRRR"[16 % 8]
    with pytest.raises(Refusal):
        service.assign_shifts(None, fourteen, unit_id=world.team, since=ANCHOR)


def test_what_is_no_pattern_is_refused(world):
    with pytest.raises(Refusal):
        pattern(world, "RRR")


# -- who counts


def eligible(unit_id: int, day: date) -> int:
    """Return how many count in a unit on a day."""
    return service.eligible_members([unit_id], day, day).get((unit_id, day), 0)


def test_nobody_of_a_crew_at_its_long_rest_counts(world):
    service.assign_shifts(None, pattern(world), unit_id=world.workshop, since=ANCHOR)
    working, resting = ANCHOR + timedelta(days=13), ANCHOR + timedelta(days=14)
    assert [eligible(world.team, day) for day in (working, resting)] == [8, 0]
    assert world.team not in service.count_eligible(world.organisation, resting)
    counted = service.count_eligible(world.organisation, resting, with_resting=True)
    assert counted[world.team] == 8


def test_ordinary_days_off_count_for_everybody(world):
    service.assign_shifts(None, pattern(world, FOUR_CREWS), unit_id=world.team, since=ANCHOR)
    for number in range(16):
        assert eligible(world.team, ANCHOR + timedelta(days=number)) == 8


def heard(monkeypatch) -> list[MembershipChanged]:
    """Return the list in which changes of memberships are noted from now on."""
    facts: list[MembershipChanged] = []
    monkeypatch.setattr(core_events, "_listeners", [(MembershipChanged, facts.append)])
    return facts


def test_boards_hear_of_calendars_with_long_rests_only(world, monkeypatch):
    fourteen, four = pattern(world), pattern(world, FOUR_CREWS, "4")
    facts = heard(monkeypatch)
    service.assign_shifts(None, four, unit_id=world.workshop, since=ANCHOR)
    assert facts == []
    service.assign_shifts(None, fourteen, unit_id=world.workshop, since=TODAY)
    assert facts == [MembershipChanged(unit_id=world.team, since=TODAY)]
    facts.clear()
    service.set_pattern(
        None, world.organisation, code="14", name="改", cycle=FOUR_CREWS, anchor_on=ANCHOR
    )
    assert [fact.unit_id for fact in facts] == [world.team]


# -- the sets against a day by day model


@dataclass
class Naive:
    """Everything written down, to be asked day by day and person by person."""

    parents: dict[int, int]
    memberships: list[tuple[int, int, date, date | None]] = field(default_factory=list)
    absences: list[tuple[int, date, date | None]] = field(default_factory=list)
    units: list[tuple[int, str, int, date, date | None]] = field(default_factory=list)
    people: list[tuple[int, str, int, date, date | None]] = field(default_factory=list)

    @staticmethod
    def _on(rows, key, day):
        return next((r for r in rows if r[0] == key and r[-2] <= day < (r[-1] or date.max)), None)

    def _calendar(self, person: int, unit: int | None, day: date):
        found = self._on(self.people, person, day)
        while found is None and unit is not None:
            found = self._on(self.units, unit, day)
            unit = self.parents.get(unit)
        return found

    def _is_resting(self, person: int, unit: int, day: date) -> bool:
        found = self._calendar(person, unit, day)
        if found is None:
            return False
        _who, cycle, offset, _since, _until = found
        here = (day - ANCHOR).days + offset
        letters = [cycle[(here + step) % len(cycle)] for step in range(-130, 131)]
        if letters[130] != "R":
            return False
        run = 1
        for step in (1, -1):
            place = 130 + step
            while 0 <= place < len(letters) and letters[place] == "R":
                run, place = run + 1, place + step
        return run >= 7

    def count(self, unit: int, day: date, *, with_resting: bool = False) -> int:
        """Count the eligible members of a unit on a day."""
        return sum(
            since <= day < (until or date.max)
            and self._on(self.absences, person, day) is None
            and (with_resting or not self._is_resting(person, unit, day))
            for person, where, since, until in self.memberships
            if where == unit
        )


@atomic
def _write(naive: Naive, patterns: dict[str, int]) -> None:
    """Store what a model holds, in the place of what its people had."""
    mine = {person for person, *_rest in naive.memberships}
    database.session.execute(delete(Membership).where(Membership.person_id.in_(mine)))
    for person, unit, since, until in naive.memberships:
        database.session.add(
            Membership(person_id=person, unit_id=unit, starts_on=since, ends_on=until)
        )
    for person, since, until in naive.absences:
        database.session.add(Absence(person_id=person, starts_on=since, ends_on=until))
    for kind, rows in (("unit_id", naive.units), ("person_id", naive.people)):
        for who, cycle, offset, since, until in rows:
            database.session.add(
                ShiftAssignment(
                    **{kind: who},
                    pattern_id=patterns[cycle],
                    offset_days=offset,
                    starts_on=since,
                    ends_on=until,
                )
            )


def _stretch(dice: random.Random) -> tuple[date, date | None]:
    since = ANCHOR + timedelta(days=dice.randrange(-20, 20))
    return since, dice.choice([None, since + timedelta(days=dice.randrange(1, 30))])


@pytest.mark.parametrize("seed", range(6))
def test_the_sets_count_what_a_day_by_day_model_counts(world, seed):
    dice = random.Random(seed)
    units = teams(world.organisation, world.workshop, [4] * 6)
    naive = Naive({**dict.fromkeys(units, world.workshop), world.workshop: world.plant})
    staff = [person for unit in units for person in members_of(unit)]
    for person in staff:
        change = ANCHOR + timedelta(days=dice.randrange(-10, 30))
        naive.memberships.append((person, dice.choice(units), date(2026, 1, 1), change))
        naive.memberships.append((person, dice.choice(units), change, _stretch(dice)[1]))
        if naive.memberships[-1][3] and naive.memberships[-1][3] <= change:
            naive.memberships[-1] = (*naive.memberships[-1][:3], None)
        naive.absences += [(person, *_stretch(dice)) for _n in range(dice.randrange(3))]
        if dice.random() < 0.3:
            cycle = dice.choice([FOURTEEN, FOUR_CREWS])
            naive.people.append((person, cycle, dice.randrange(28), *_stretch(dice)))
    for unit in (*dice.sample(units, 3), world.workshop):
        cycle = dice.choice([FOURTEEN, FOUR_CREWS])
        naive.units.append((unit, cycle, dice.randrange(28), *_stretch(dice)))
    _write(naive, {FOURTEEN: pattern(world), FOUR_CREWS: pattern(world, FOUR_CREWS, "4")})
    first, last = ANCHOR - timedelta(days=12), ANCHOR + timedelta(days=40)
    counted = service.eligible_members(units, first, last)
    resting = service.eligible_members(units, first, last, with_resting=True)
    sums = dict.fromkeys(units, 0)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        whole = service.count_eligible(world.organisation, day)
        for unit in units:
            wanted = naive.count(unit, day)
            assert counted.get((unit, day), 0) == wanted
            assert whole.get(unit, 0) == wanted
            assert resting.get((unit, day), 0) == naive.count(unit, day, with_resting=True)
            sums[unit] += wanted
    days = service.member_days(world.organisation, first, last)
    assert {unit: days.get(unit, 0) for unit in units} == sums


def test_a_day_of_many_units_is_a_few_statements(world, count_statements):
    teams(world.organisation, world.workshop, [5] * 40)
    service.assign_shifts(None, pattern(world), unit_id=world.workshop, since=ANCHOR)
    with count_statements() as counted:
        service.count_eligible(world.organisation, TODAY)
    assert len(counted) <= 6
