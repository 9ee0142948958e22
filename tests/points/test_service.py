"""The ledger and the season: what is written, what is granted, what is asked of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from quizapp.accounts.models import Person
from quizapp.core import events
from quizapp.core.checks import all_invariants
from quizapp.core.db import atomic, is_sqlite
from quizapp.core.events import Rewardable, RewardCorrected
from quizapp.core.forms import Refusal
from quizapp.leaderboards.models import Dirty
from quizapp.points import rules, service
from quizapp.points.models import Entry, Season
from quizapp.points.service import awarding
from quizapp.quizzes import service as quizzes
from tests.factories import people
from tests.ledger import opened_ledger
from tests.quizzes.test_service import answer_all

MONDAY = date(2026, 11, 16)
WEDNESDAY = date(2026, 11, 18)  # the learning day of the frozen clock
SUNDAY = date(2026, 11, 22)

RICH = rules.RuleSet(
    version=9,
    since=date(2026, 1, 1),
    rules=(
        rules.Rule("daily_correct", points=1, day_limit=5),
        rules.Rule("daily_finished", points=1, day_limit=1),
        rules.Rule("reading", points=3, day_limit=9, week_limit=6),
    ),
    day_limit=8,
    week_limit=20,
)


@pytest.fixture
def fact(world):
    """Make a fact about Bob: ``fact(activity="daily_correct", quantity=5, day=WEDNESDAY)``."""
    numbers = count(1)

    def make(
        activity: str = "daily_correct", quantity: int = 5, day: date = WEDNESDAY, **more
    ) -> Rewardable:
        about = {
            "user_id": world.people["bob"],
            "source": f"test:{next(numbers)}",
            "unit_id": world.team,
        }
        return Rewardable(
            activity=activity, quantity=quantity, occurred_on=day, **{**about, **more}
        )

    return make


@pytest.fixture
def rich_rules(monkeypatch):
    """Rules under which every limit can be reached."""
    monkeypatch.setattr(rules, "RULE_SETS", (RICH,))


@pytest.fixture
def told(monkeypatch):
    """Let one room tell exactly the facts of this list."""
    facts: list[Rewardable] = []
    source = {"test": lambda day: (fact for fact in facts if fact.occurred_on >= day)}
    monkeypatch.setattr(events, "_reward_sources", source)
    return facts


def entries(db) -> list[tuple]:
    """Return the ledger as plain values, without what differs from run to run."""
    columns = (
        Entry.beneficiary,
        Entry.source,
        Entry.unit_id,
        Entry.day,
        Entry.activity,
        Entry.quantity,
        Entry.amount,
        Entry.reason,
        Entry.rule_version,
        Entry.corrects_id,
    )
    return sorted(tuple(row) for row in db.session.execute(select(*columns)))


def broken(*numbers: str) -> list[str]:
    """Return what the invariants with these numbers find."""
    return [line for known in all_invariants() if known.number in numbers for line in known.check()]


def set_consent(db, person_id: int, consent: str) -> None:
    """Change what a person decided about points."""
    db.session.get_one(Person, person_id).consent = consent
    db.session.commit()


def test_an_award_says_who_where_when_what_and_why(db, world, fact):
    assert service.award(fact(quantity=4)) == 4
    entry = db.session.scalars(select(Entry)).one()
    assert entry.beneficiary == f"u:{world.people['bob']}"
    assert (entry.unit_id, entry.day) == (world.team, WEDNESDAY)
    assert (entry.activity, entry.quantity, entry.amount) == ("daily_correct", 4, 4)
    assert (entry.reason, entry.rule_version, entry.corrects_id) == (None, 1, None)


def test_a_fact_told_twice_counts_once(db, fact):
    once = fact()
    assert service.award(once) == 5
    before = entries(db)
    assert service.award(once) is None
    assert entries(db) == before


def test_the_same_source_may_reward_two_people(db, world, fact):
    service.award(fact(source="club:1"))
    assert service.award(fact(source="club:1", user_id=world.people["alice"])) == 5


def test_an_activity_has_its_limit_a_day(db, fact):
    amounts = [service.award(fact(quantity=quantity)) for quantity in (3, 3, 1)]
    assert amounts == [3, 2, 0]
    assert db.session.scalars(select(Entry.reason).order_by(Entry.id)).all() == [
        None,
        "cap",
        "cap",
    ]


def test_tomorrow_has_room_again(fact):
    service.award(fact())
    assert service.award(fact(day=WEDNESDAY + timedelta(days=1))) == 5


def test_a_day_has_its_limit_over_all_activities(rich_rules, fact):
    assert [service.award(fact()), service.award(fact("reading", 2))] == [5, 3]


def test_an_activity_has_its_limit_a_week(rich_rules, fact):
    assert service.award(fact("reading", 1, MONDAY)) == 3
    assert service.award(fact("reading", 2, SUNDAY)) == 3
    assert service.award(fact("reading", 1, WEDNESDAY)) == 0
    assert service.award(fact("reading", 1, SUNDAY + timedelta(days=1))) == 3


def test_a_week_has_its_limit_over_all_days(fact):
    amounts = [
        service.award(fact(activity, quantity, MONDAY + timedelta(days=n)))
        for n in range(7)
        for activity, quantity in (("daily_correct", 5), ("daily_finished", 1))
    ]
    assert sum(amounts) == 40
    assert amounts[-2:] == [4, 0]
    assert broken("I6") == []


def test_a_late_fact_of_an_earlier_day_finds_the_week_full(fact):
    for n in range(1, 7):
        service.award(fact(day=MONDAY + timedelta(days=n)))
        service.award(fact("daily_finished", 1, MONDAY + timedelta(days=n)))
    assert service.award(fact(day=MONDAY)) == 4
    assert broken("I6") == []


def test_a_late_fact_counts_for_the_limit_of_its_own_day(fact):
    service.award(fact(quantity=5))
    assert service.award(fact(quantity=2, day=MONDAY)) == 2
    assert service.award(fact(quantity=5, day=MONDAY)) == 3


def test_the_week_before_leaves_this_week_alone(fact):
    for n in range(7):
        service.award(fact(day=MONDAY - timedelta(days=1 + n)))
        service.award(fact("daily_finished", 1, MONDAY - timedelta(days=1 + n)))
    assert service.award(fact(day=MONDAY)) == 5


def test_facts_of_one_act_are_paid_as_if_one_after_the_other(world, fact):
    facts = [fact(quantity=4), fact("daily_finished", 1), fact(quantity=4), fact("nobody_knows")]
    assert service.award_all(facts) == [4, 1, 1, None]
    assert service.award_all(facts) == [None] * 4


def test_a_repeated_fact_takes_no_room_from_a_new_one(fact):
    known = fact(quantity=5, day=MONDAY - timedelta(days=7))
    service.award(known)
    again = replace(known, occurred_on=WEDNESDAY)
    assert service.award_all([again, fact(quantity=5)]) == [None, 5]


def test_facts_of_several_people_are_paid_together(world, fact):
    alice = fact(quantity=2, user_id=world.people["alice"])
    assert service.award_all([fact(quantity=3), alice, fact("daily_finished", 1)]) == [3, 2, 1]


def test_points_of_a_finished_set_take_four_statements(world, fact, count_statements):
    service.award(fact(quantity=1))  # the rules are remembered from here on
    facts = [fact(quantity=4), fact("daily_finished", 1)]
    with count_statements() as seen:
        atomic(events.announce_rewards)(facts)
    # On PostgreSQL the lock is one more than on SQLite, where the command is the only writer.
    assert len(seen) == 3 + (not is_sqlite()), seen


@pytest.mark.parametrize("seed", range(5))
def test_together_equals_one_by_one(db, world, rich_rules, seed):
    facts = random_facts(world, seed)
    one_by_one = [service.award(each) for each in facts]
    written = entries(db)
    with opened_ledger():
        db.session.execute(delete(Entry))
    db.session.commit()
    together: list[int | None] = []
    chance = random.Random(seed)
    rest = list(facts)
    while rest:
        size = chance.randint(1, 6)
        together += service.award_all(rest[:size])
        rest = rest[size:]
    assert (together, entries(db)) == (one_by_one, written)


@pytest.mark.parametrize(
    "change", ["UPDATE points_entry SET amount = 9", "DELETE FROM points_entry"]
)
def test_the_database_refuses_to_change_an_entry(db, fact, change):
    service.award(fact())
    with pytest.raises(DBAPIError, match="only grows"), db.session.begin_nested():
        db.session.execute(text(change))


def test_rapid_guessing_is_written_down_with_nothing(db, fact):
    assert service.award(fact(note="rapid")) == 0
    assert db.session.execute(select(Entry.quantity, Entry.reason)).one() == (5, "rapid")


@pytest.mark.parametrize("consent", ["declined", "unasked"])
def test_without_consent_participation_is_quiet(db, world, fact, consent):
    set_consent(db, world.people["bob"], consent)
    assert service.award(fact()) == 0
    assert db.session.scalars(select(Entry.reason)).all() == ["quiet"]


def test_an_activity_without_a_rule_leaves_no_line(db, fact):
    assert service.award(fact("logging_in", 1)) is None
    assert entries(db) == []


def test_points_mark_their_team_day_for_the_boards(db, world, fact):
    service.award(fact())
    assert db.session.execute(select(Dirty.unit_id, Dirty.day)).all() == [(world.team, WEDNESDAY)]


def test_a_line_without_points_or_without_a_team_marks_nothing(db, fact):
    service.award(fact(note="rapid"))
    service.award(fact(unit_id=None))
    assert db.session.scalar(select(func.count()).select_from(Dirty)) == 0


def correction(fact: Rewardable, quantity: int) -> RewardCorrected:
    """Return the fact that ``fact`` should have had ``quantity``."""
    return RewardCorrected(
        user_id=fact.user_id, activity=fact.activity, source=fact.source, quantity=quantity
    )


def test_a_correction_adds_what_was_missing(db, world, fact):
    first = fact(quantity=2)
    service.award(first)
    assert service.correct(correction(first, 5)) == 3
    entry = db.session.scalars(select(Entry).where(Entry.corrects_id.is_not(None))).one()
    assert (entry.quantity, entry.amount) == (3, 3)
    assert (entry.unit_id, entry.day) == (world.team, WEDNESDAY)
    assert entry.source == f"correction:{entry.corrects_id}:1"
    assert broken("I2") == []


def test_a_correction_told_twice_counts_once(fact):
    first = fact(quantity=2)
    service.award(first)
    assert [service.correct(correction(first, 4)) for _time in range(2)] == [2, 0]


def test_a_second_correction_has_a_name_of_its_own(db, fact):
    first = fact(quantity=2)
    service.award(first)
    assert [service.correct(correction(first, n)) for n in (3, 5)] == [1, 2]
    sources = db.session.scalars(select(Entry.source).order_by(Entry.id)).all()[1:]
    assert [source.rsplit(":", 1)[1] for source in sources] == ["1", "2"]


def test_regrading_is_in_the_learners_favour(db, fact):
    first = fact(quantity=4)
    service.award(first)
    before = entries(db)
    assert service.correct(correction(first, 1)) == 0
    assert entries(db) == before


def test_a_correction_of_what_was_never_announced_is_nothing(db, fact):
    assert service.correct(correction(fact(), 5)) == 0
    assert entries(db) == []


def test_a_correction_stays_under_the_limits_of_its_day(db, fact):
    first = fact(quantity=2)
    service.award(first)
    service.award(fact(quantity=2))
    assert service.correct(correction(first, 5)) == 1
    assert db.session.scalars(select(Entry.reason).order_by(Entry.id)).all()[-1] == "cap"
    assert broken("I6") == []


def test_a_correction_is_quiet_for_who_withdrew(db, world, fact):
    first = fact(quantity=2)
    service.award(first)
    set_consent(db, world.people["bob"], "declined")
    assert service.correct(correction(first, 5)) == 0
    assert service.list_entries(world.people["bob"])[0].reason == "quiet"


def test_a_correction_moves_the_board_of_its_day(db, world, fact):
    first = fact(quantity=2, day=MONDAY)
    service.award(first)
    db.session.execute(delete(Dirty))
    db.session.commit()
    service.correct(correction(first, 3))
    assert db.session.execute(select(Dirty.unit_id, Dirty.day)).all() == [(world.team, MONDAY)]


def test_rewarding_again_adds_exactly_what_is_missing(db, world):
    bob = people.viewer(world.people["bob"])
    answer_all(db, bob, quizzes.start_daily(bob), right=4)
    complete = entries(db)
    assert service.reward_again(MONDAY) == 0
    with opened_ledger():
        db.session.execute(delete(Entry).where(Entry.activity == "daily_correct"))
    db.session.commit()
    assert len(list(service.find_missing(MONDAY))) == 1
    assert service.reward_again(MONDAY) == 1
    assert entries(db) == complete
    assert list(service.find_missing(MONDAY)) == []


def test_rewarding_again_looks_no_further_back_than_asked(told, fact):
    told += [fact(day=MONDAY), fact(day=WEDNESDAY)]
    assert service.reward_again(WEDNESDAY) == 1


def test_rewarding_again_asks_for_no_entry_without_a_rule(told, fact):
    told.append(fact("logging_in", 1))
    assert list(service.find_missing(MONDAY)) == []
    assert service.reward_again(MONDAY) == 0


def test_rewarding_again_holds_nobody_up(db, told, fact, monkeypatch):
    """Each entry is a command of its own, or one transaction would lock everybody's ledger."""
    told += [fact(day=MONDAY), fact(day=WEDNESDAY)]
    award, written = service.award, []

    def second_fails(one: Rewardable) -> int | None:
        if one is told[1]:
            raise RuntimeError("the process was killed")
        written.append(award(one))
        return written[-1]

    monkeypatch.setattr(awarding, "award", second_fails)
    with pytest.raises(RuntimeError, match="killed"):
        service.reward_again(MONDAY)
    db.session.rollback()
    assert len(entries(db)) == 1


def random_facts(world, seed: int) -> list[Rewardable]:
    """Return three weeks of facts about three people, with every reason for less among them."""
    draw = random.Random(seed)
    who = [world.people[name] for name in ("alice", "bob", "dana")]
    activities = ("daily_correct", "daily_finished", "reading", "logging_in")
    return [
        Rewardable(
            user_id=draw.choice(who),
            activity=draw.choice(activities),
            source=f"random:{number}",
            quantity=draw.randint(0, 6),
            occurred_on=MONDAY + timedelta(days=draw.randint(-14, 6)),
            unit_id=world.team,
            note=draw.choice(["", "", "", "rapid"]),
        )
        for number in range(120)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_rewarding_in_bulk_equals_rewarding_one_by_one(db, world, told, rich_rules, seed):
    set_consent(db, world.people["dana"], "declined")
    told += sorted(random_facts(world, seed), key=lambda fact: fact.occurred_on)
    for one in told:
        service.award(one)
    one_by_one = entries(db)
    with opened_ledger():
        db.session.execute(delete(Entry))
    db.session.commit()
    assert service.reward_in_bulk(date.min) == len(one_by_one)
    assert entries(db) == one_by_one
    assert broken("I2", "I4", "I6") == []
    assert {row[7] for row in one_by_one} == {None, "cap", "rapid", "quiet", "none"}


def test_facts_that_came_in_any_order_keep_the_limits(db, world, told, rich_rules):
    told += random_facts(world, 7)
    service.reward_again(date.min)
    assert broken("I4", "I6") == []


def test_own_entries_come_newest_first_and_page_by_page(world, fact):
    bob = world.people["bob"]
    for n in range(7):
        service.award(fact(quantity=1, day=MONDAY + timedelta(days=n)))
    page = service.list_entries(bob, limit=4)
    rest = service.list_entries(bob, limit=4, before_id=page[-1].id)
    shown = [line.day for line in page + rest]
    assert shown == [SUNDAY - timedelta(days=n) for n in range(7)]


def test_entries_of_a_source_are_the_owners_only(world, fact):
    service.award(fact(source="shared:1"))
    service.award(fact(source="shared:1", user_id=world.people["alice"]))
    lines = service.list_entries_of(world.people["bob"], ["shared:1", "other:1"])
    assert [(line.activity, line.amount, line.is_correction) for line in lines] == [
        ("daily_correct", 5, False)
    ]


def test_sums_and_quantities_are_of_the_days_asked_for(world, fact):
    bob = world.people["bob"]
    service.award(fact(quantity=2, day=MONDAY))
    service.award(fact(quantity=3, day=WEDNESDAY, note="rapid"))
    service.award(fact("daily_finished", 1, SUNDAY))
    assert service.sum_of_person(bob, MONDAY, SUNDAY) == 3
    assert service.sum_of_person(bob, MONDAY, WEDNESDAY) == 2
    assert service.quantity_of_person(bob, "daily_correct", MONDAY, SUNDAY) == 5
    assert service.sum_of_person(world.people["alice"], MONDAY, SUNDAY) == 0


def test_active_weeks_only_grow(world, fact):
    bob = world.people["bob"]
    draw, seen = random.Random(5), []
    for _time in range(40):
        day = MONDAY + timedelta(days=draw.randint(-60, 6))
        service.award(fact(quantity=draw.randint(0, 2), day=day, note=draw.choice(["", "rapid"])))
        seen.append(service.active_weeks(bob, MONDAY - timedelta(days=63), SUNDAY))
    assert seen == sorted(seen)
    assert seen[-1] <= 10


def test_a_rest_week_costs_nothing(world, fact):
    bob = world.people["bob"]
    for weeks in (3, 2, 0):
        service.award(fact(day=MONDAY - timedelta(weeks=weeks)))
    assert service.active_weeks(bob, MONDAY - timedelta(weeks=4), SUNDAY) == 3


def test_quiet_participation_is_a_week_too(db, world, fact):
    set_consent(db, world.people["bob"], "declined")
    service.award(fact())
    assert service.active_weeks(world.people["bob"], MONDAY, SUNDAY) == 1


def test_unit_days_are_summed_for_any_number_of_pairs(world, fact):
    service.award(fact(quantity=2, day=MONDAY))
    service.award(fact(quantity=3, day=MONDAY, user_id=world.people["alice"]))
    wanted = [(world.team, MONDAY - timedelta(days=n)) for n in range(600)]
    sums = service.sums_of_unit_days(wanted)
    assert len(sums) == 600
    assert sums[world.team, MONDAY] == 5
    assert sum(sums.values()) == 5


def test_sums_since_a_day_are_the_ledger_itself(db, world, fact):
    service.award(fact(day=MONDAY))
    service.award(fact(day=WEDNESDAY))
    service.award(fact(day=SUNDAY, unit_id=None))
    since = db.session.execute(service.unit_sums_since(WEDNESDAY)).all()
    assert since == [(world.team, WEDNESDAY, 5)]
    assert db.session.execute(service.unit_sums_on(MONDAY)).all() == [(world.team, 5)]
    assert db.session.execute(service.unit_sums_on(SUNDAY)).all() == []


FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def open_season(world, starts_on: date = FIRST, ends_on: date = LAST, name: str = "十一月") -> int:
    """Open a season of the first company."""
    return service.set_season(
        world.people["dana"], world.organisation, name=name, starts_on=starts_on, ends_on=ends_on
    )


def test_a_season_holds_on_its_first_and_last_day(world):
    season = open_season(world)
    for day, found in (
        (FIRST - timedelta(days=1), False),
        (FIRST, True),
        (LAST, True),
        (LAST + timedelta(days=1), False),
    ):
        assert (service.season_on(world.organisation, day) is not None) is found
    assert service.season_on(world.organisation, FIRST).id == season
    assert service.season_on(world.other_organisation, FIRST) is None


def test_setting_a_season_again_changes_it(db, world):
    season = open_season(world)
    assert open_season(world, ends_on=date(2026, 12, 15), name="冬季") == season
    assert service.get_season(season).name == "冬季"
    assert db.session.scalar(select(func.count()).select_from(Season)) == 1


def test_the_next_season_may_begin_the_day_after(world):
    first = open_season(world)
    second = open_season(world, LAST + timedelta(days=1), LAST + timedelta(days=31))
    assert first != second
    assert service.latest_season(world.organisation).id == second


def test_a_season_of_thirteen_weeks_is_the_longest(world):
    assert open_season(world, ends_on=FIRST + timedelta(days=13 * 7 - 1))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (LAST, FIRST, "ends_on"),
        (FIRST, FIRST + timedelta(days=13 * 7), "ends_on"),
        (date(2026, 11, 20), date(2026, 12, 20), "starts_on"),
        (date(2026, 10, 20), date(2026, 12, 10), "starts_on"),
    ],
    ids=["backwards", "too long", "begins within another", "meets two"],
)
def test_a_season_that_cannot_be_is_refused_and_nothing_changes(
    db, world, starts_on, ends_on, field
):
    open_season(world)
    open_season(world, date(2026, 12, 1), date(2026, 12, 31), "十二月")
    before = sorted(db.session.execute(select(Season.starts_on, Season.ends_on, Season.name)))
    with pytest.raises(Refusal) as refused:
        open_season(world, starts_on, ends_on, "不行")
    assert (refused.value.status, refused.value.field) == (422, field)
    after = sorted(db.session.execute(select(Season.starts_on, Season.ends_on, Season.name)))
    assert after == before


def test_a_season_that_is_not_there_is_said_to_be(world):
    with pytest.raises(LookupError):
        service.get_season(4711)
    assert service.latest_season(world.organisation) is None


def test_an_award_that_fails_with_its_command_leaves_nothing(db, fact):
    @atomic
    def act() -> None:
        service.award(fact())
        raise RuntimeError("the room changed its mind")

    with pytest.raises(RuntimeError):
        act()
    assert entries(db) == []
    assert db.session.scalar(select(func.count()).select_from(Dirty)) == 0
