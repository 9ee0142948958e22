"""Assembly: new before rested before tired, quotas, equal facility, the same for the same seed."""

import math
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.assembly import (
    DIFFICULTIES,
    Blueprint,
    Pool,
    PoolItem,
    Rule,
    Section,
    assemble,
    blueprint_from_dict,
    blueprint_to_dict,
    distinct_forms,
    expected_facility,
    outlook,
    simple,
    spread,
)
from question_bank.assembly import pool as pools

TODAY = date(2026, 11, 22)
FACILITY = {"easy": 0.85, "medium": 0.7, "hard": 0.45}
# Written down once: the form of a day must come out the same on another machine.
PINNED = (
    (49, 1087676310),
    (39, 908906929),
    (56, 547771165),
    (73, 2119690374),
    (67, 521600876),
)


def days_ago(days):
    return TODAY - timedelta(days=days)


def item(uid, theme="甲", topic="甲一", kind="single", difficulty="medium", **more):
    facility = more.pop("facility", FACILITY[difficulty])
    return PoolItem(uid, uid * 10, theme, topic, kind, difficulty, facility, **more)


def blueprint(*rules, **general):
    return Blueprint((Section("", rules),), **general)


def uids(form):
    return [pick.uid for pick in form.picks]


def synthetic(count, seed=1):
    """Build items whose facilities are as uneven as those of a real bank."""
    generator = random.Random(seed)
    return [
        item(
            uid,
            theme=f"主题{uid % 10}",
            topic=f"主题{uid % 10}之{uid % 30}",
            kind=("single", "multiple", "true_false")[uid % 7 % 3],
            difficulty=DIFFICULTIES[uid % 11 % 3],
            facility=min(0.98, max(0.1, generator.gauss(0.7, 0.18))),
        )
        for uid in range(1, count + 1)
    ]


KINDS = ("single", "multiple")
ITEMS = st.lists(
    st.builds(
        lambda theme, topic, kind, difficulty, exposure: (
            theme,
            theme + topic,
            kind,
            difficulty,
            exposure,
        ),
        st.sampled_from("甲乙丙"),
        st.sampled_from("一二"),
        st.sampled_from(KINDS),
        st.sampled_from(DIFFICULTIES),
        st.integers(0, 3),
    ),
    max_size=60,
).map(lambda rows: [item(uid, *row[:4], exposure=row[4]) for uid, row in enumerate(rows, start=1)])
RULES = st.builds(
    lambda quotas, rest, topics, kinds: Rule(
        max(1, sum(quotas.values()) + rest), topics, kinds, tuple(quotas.items())
    ),
    st.dictionaries(st.sampled_from(DIFFICULTIES), st.integers(1, 3), max_size=2),
    st.integers(0, 4),
    st.frozensets(st.sampled_from(["甲", "乙", "甲一", "丙二"]), max_size=2),
    st.frozensets(st.sampled_from(KINDS), max_size=1),
)
BLUEPRINTS = st.builds(
    Blueprint,
    st.lists(
        st.builds(Section, st.just(""), st.lists(RULES, min_size=1, max_size=3).map(tuple)),
        min_size=1,
        max_size=2,
    ).map(tuple),
    rest_days=st.integers(0, 20),
    most_repeats=st.none() | st.integers(0, 3),
    shuffle_items=st.booleans(),
    shuffle_options=st.booleans(),
    spread_topics=st.booleans(),
)
SEEN = st.dictionaries(st.integers(1, 70), st.integers(0, 40).map(days_ago), max_size=60)


def fits(one, rule, difficulty):
    return (
        (not rule.topics or one.theme in rule.topics or one.topic in rule.topics)
        and (not rule.kinds or one.kind in rule.kinds)
        and difficulty in (None, one.difficulty)
    )


def matching(wanted_places, items):
    """Return how many places can be filled, by the textbook and not by the code under test."""
    holder = {}

    def seat(place, visited):
        for one in items:
            if one.uid not in visited and fits(one, *wanted_places[place]):
                visited.add(one.uid)
                if one.uid not in holder or seat(holder[one.uid], visited):
                    holder[one.uid] = place
                    return True
        return False

    return sum(seat(place, set()) for place in range(len(wanted_places)))


def places_of(plan):
    return [
        (rule, difficulty)
        for section in plan.sections
        for rule in section.rules
        for difficulty, count in rule.places()
        for _ in range(count)
    ]


@settings(max_examples=200)
@given(ITEMS, BLUEPRINTS, SEEN, st.integers(), st.randoms(use_true_random=False))
def test_a_form_depends_on_the_items_and_the_seed_and_nothing_else(items, plan, seen, seed, mix):
    form = assemble(plan, Pool(items), seed, today=TODAY, seen=seen)
    mixed, met = list(items), list(seen.items())
    mix.shuffle(mixed)
    mix.shuffle(met)
    assert assemble(plan, Pool(mixed), seed, today=TODAY, seen=dict(met)) == form
    assert len(set(uids(form))) == len(form.picks), "no item twice in a form"
    assert len(form.picks) + sum(one.missing for one in form.shortfalls) == plan.count
    assert all(0 <= pick.option_seed < 2**31 for pick in form.picks)
    assert all(bool(pick.option_seed) is plan.shuffle_options for pick in form.picks)
    assert [pick.section for pick in form.picks] == sorted(pick.section for pick in form.picks)
    by_uid = {one.uid: one for one in items}
    facilities = [by_uid[uid].facility for uid in uids(form)]
    assert math.isclose(form.facility, sum(facilities) / (len(facilities) or 1), abs_tol=1e-9)


@settings(max_examples=200)
@given(ITEMS, BLUEPRINTS, SEEN, st.integers())
def test_rest_is_respected_and_nothing_is_missing_that_could_be_had(items, plan, seen, seed):
    form = assemble(plan, Pool(items), seed, today=TODAY, seen=seen)
    drawn = [one for one in items if one.uid in uids(form)]

    def is_tired(one):
        return one.uid in seen and seen[one.uid] > days_ago(plan.rest_days)

    def places_for(some):
        return matching(places_of(plan), some)

    rested = [one for one in items if not is_tired(one)]
    new = [one for one in items if one.uid not in seen]
    tired = [one for one in drawn if is_tired(one)]
    most = len(items) if plan.most_repeats is None else plan.most_repeats
    assert len(drawn) == min(places_for(items), places_for(rested) + most)
    assert len(tired) == len(drawn) - places_for(rested)
    if not plan.spread_topics:
        assert sum(one.uid not in seen for one in drawn) == places_for(new)


@settings(max_examples=200)
@given(ITEMS, BLUEPRINTS, st.integers())
def test_rules_and_quotas_are_kept(items, plan, seed):
    form = assemble(plan, Pool(items), seed, today=TODAY)
    for number, section in enumerate(plan.sections):
        drawn = [
            one for one in items if (one.uid, number) in {(p.uid, p.section) for p in form.picks}
        ]
        own = places_of(replace(plan, sections=(section,)))
        assert matching(own, drawn) == len(drawn), "every item has a place of its own"
    if not form.shortfalls:
        assert (
            matching(places_of(plan), [one for one in items if one.uid in uids(form)]) == plan.count
        )


@settings(max_examples=200)
@given(ITEMS, BLUEPRINTS, st.lists(st.integers(1, 60), max_size=40))
def test_the_outlook_counts_rules_against_each_other(items, plan, last):
    pool = Pool(items)
    rows = outlook(plan, pool, last_form=last)
    assert [(row.section, row.rule_index) for row in rows] == [
        (number, row)
        for number, section in enumerate(plan.sections)
        for row in range(len(section.rules))
    ]
    possible = matching(places_of(plan), items)
    assert sum(row.missing for row in rows) == plan.count - possible
    without = matching(places_of(plan), [one for one in items if one.uid not in last])
    assert sum(row.repeats_of_last for row in rows) >= possible - without
    for row in rows:
        rule = plan.sections[row.section].rules[row.rule_index]
        able = [one for one in items if fits(one, rule, None)]
        assert row.available == len(able) == pool.count(rule)
        assert dict(row.by_difficulty) == {
            one: sum(able_one.difficulty == one for able_one in able) for one in DIFFICULTIES
        }
        assert not {kind for kind, _n in row.other_kinds} & rule.kinds


@settings(max_examples=100)
@given(ITEMS, BLUEPRINTS)
def test_distinct_forms_share_no_item(items, plan):
    many = distinct_forms(plan, Pool(items))
    assert matching(places_of(plan) * many, items) == plan.count * many
    assert matching(places_of(plan) * (many + 1), items) < plan.count * (many + 1)


@given(ITEMS, st.integers(1, 10), SEEN, st.integers())
def test_no_theme_takes_over_while_others_have_fit_items(items, count, seen, seed):
    form = assemble(simple(count), Pool(items), seed, today=TODAY, seen=seen)
    if not form.picks:
        return
    limit = math.ceil(count / len({one.theme for one in items})) + 1
    fit = Counter(
        one.theme for one in items if one.uid not in seen or seen[one.uid] <= days_ago(14)
    )
    if sum(min(limit, many) for many in fit.values()) >= count:
        drawn = Counter(one.theme for one in items if one.uid in uids(form))
        assert max(drawn.values()) <= limit


@given(BLUEPRINTS)
def test_a_blueprint_comes_back_from_what_is_stored(plan):
    assert blueprint_from_dict(blueprint_to_dict(plan)) == plan


def test_the_least_recently_met_come_first():
    pool = Pool([item(uid) for uid in range(1, 9)])
    seen = {uid: days_ago(days) for uid, days in enumerate((14, 20, 90, 3, 1, 2), start=1)}

    def drawn(count, **general):
        return set(
            uids(assemble(blueprint(Rule(count), **general), pool, 1, today=TODAY, seen=seen))
        )

    assert drawn(2) == {7, 8}
    assert drawn(3) == {7, 8, 3}
    assert drawn(5) == {7, 8, 3, 2, 1}
    assert drawn(6) == {7, 8, 3, 2, 1, 4}
    assert drawn(8, most_repeats=0) == {7, 8, 3, 2, 1}
    assert drawn(8, most_repeats=2) == {7, 8, 3, 2, 1, 4, 6}
    assert drawn(8, rest_days=3, most_repeats=0) == {7, 8, 3, 2, 1, 4}


def test_of_equally_old_items_the_less_shown_comes_first():
    pool = Pool([item(uid, exposure=uid % 3) for uid in range(1, 16)])
    seen = {uid: days_ago(30) for uid in range(1, 16)}
    form = assemble(blueprint(Rule(5)), pool, 1, today=TODAY, seen=seen)
    assert {uid % 3 for uid in uids(form)} == {0}


def test_what_is_wanted_takes_places_first():
    pool = Pool(
        [
            item(1),
            item(2, kind="multiple"),
            *(item(uid) for uid in range(3, 40)),
            item(50, theme="乙"),
        ]
    )
    plan = blueprint(
        Rule(2, kinds=frozenset({"single"})), Rule(1, topics=frozenset({"甲"})), most_repeats=0
    )
    seen = dict.fromkeys((1, 2, 50), TODAY)
    form = assemble(plan, pool, 1, today=TODAY, seen=seen, wanted=[99, 1, 1, 2, 50, 3])
    assert set(uids(form)) == {1, 2, 50}, "1 gave way to 2, and 3 found no place left"
    assert form.shortfalls == ()


def test_rules_give_way_to_each_other():
    pool = Pool([item(1), item(2), item(3, topic="甲二"), item(4, topic="甲二")])
    plan = blueprint(Rule(2), Rule(2, topics=frozenset({"甲一"})))
    for seed in range(20):
        assert assemble(plan, pool, seed, today=TODAY).shortfalls == ()
    assert [row.rivals for row in outlook(plan, pool)] == [(), ()]


def test_two_rules_that_want_the_same_items_are_told_so():
    pool = Pool(
        [item(1), item(2), item(3), item(4, kind="multiple"), item(5, theme="乙", topic="乙")]
    )
    single = frozenset({"single"})
    plan = blueprint(
        Rule(2, frozenset({"甲"}), single),
        Rule(3, frozenset({"甲一"}), single),
        Rule(1, frozenset({"乙"}), single),
    )
    first, second, third = outlook(plan, pool)
    assert (first.missing, second.missing, third.missing) == (0, 2, 0)
    assert (first.rivals, second.rivals, third.rivals) == (((0, 1),), ((0, 0),), ())
    assert second.other_kinds == (("multiple", 1),)
    assert distinct_forms(plan, pool) == 0


def test_other_kinds_have_the_difficulty_that_is_missing():
    pool = Pool(
        [item(1, difficulty="easy")]
        + [item(uid, kind="multiple", difficulty="easy") for uid in range(2, 5)]
        + [item(uid, kind="multiple", difficulty="hard") for uid in range(5, 7)]
        + [item(7, kind="ordering", difficulty="hard")]
    )
    rule = Rule(2, kinds=frozenset({"single"}), quotas=(("easy", 1), ("hard", 1)))
    (row,) = outlook(blueprint(rule), pool)
    assert row.missing == 1
    assert row.other_kinds == (("multiple", 2), ("ordering", 1))


def test_repeats_of_the_last_form_are_foretold():
    pool = Pool([item(uid) for uid in range(1, 12)])
    (row,) = outlook(blueprint(Rule(3)), pool, last_form=range(1, 11))
    assert (row.missing, row.repeats_of_last) == (0, 2)


def test_the_form_follows_the_rules_where_items_are_not_shuffled():
    items = synthetic(300)
    plan = Blueprint(
        (
            Section(
                "一", (Rule(2, quotas=(("hard", 1), ("easy", 1))), Rule(3, frozenset({"主题1"})))
            ),
            Section("二", (Rule(4, kinds=frozenset({"multiple"})),)),
        ),
        shuffle_items=False,
        shuffle_options=False,
    )
    by_uid = {one.uid: one for one in items}
    picks = assemble(plan, Pool(items), 5, today=TODAY).picks
    drawn = [by_uid[pick.uid] for pick in picks]
    assert [one.difficulty for one in drawn[:2]] == ["hard", "easy"]
    assert {one.theme for one in drawn[2:5]} == {"主题1"}
    assert {one.kind for one in drawn[5:]} == {"multiple"}
    assert [pick.section for pick in picks] == [0] * 5 + [1] * 4
    assert {pick.option_seed for pick in picks} == {0}
    assert picks[0].version == picks[0].uid * 10


def test_facility_can_be_prescribed():
    pool = Pool(synthetic(500))
    for target in (0.55, 0.8):
        form = assemble(blueprint(Rule(10), facility=target), pool, 3, today=TODAY)
        assert abs(form.facility - target) <= 0.01
    impossible = assemble(blueprint(Rule(10), facility=0.0), pool, 3, today=TODAY)
    assert impossible.facility < 0.45, "as near as it comes"


def test_the_facility_can_be_foretold():
    pool = Pool([item(1, facility=0.4), item(2, facility=0.8), item(3, theme="乙", facility=0.9)])
    plan = blueprint(Rule(1, frozenset({"甲"})), Rule(2, frozenset({"乙"})))
    assert math.isclose(expected_facility(plan, pool), (0.6 + 2 * 0.9) / 3)
    assert expected_facility(replace(plan, facility=0.7), pool) == 0.7
    assert expected_facility(plan, Pool([])) == 0


def test_everybody_has_the_same_chance():
    """Show what balancing does: the spread of expected facility over 1,000 people."""
    items = synthetic(600)
    pool, plan = Pool(items), simple(10)
    facility = {one.uid: one.facility for one in items}
    forms = [assemble(plan, pool, f"p{n}", today=TODAY) for n in range(1000)]
    balanced = spread(form.facility for form in forms)
    generator = random.Random(1)
    plain = spread(
        sum(facility[uid] for uid in generator.sample(sorted(facility), 10)) / 10
        for _ in range(1000)
    )
    assert balanced.sd * 3 < plain.sd
    assert balanced.most - balanced.least < 0.021
    assert abs(balanced.mean - plain.mean) < 0.01


def test_exposure_evens_out():
    """Show what two choices do: items shown least and most after 3,000 forms, an hour's worth."""
    items = synthetic(300)
    counts = {}
    for choices in (1, 2):
        shown = Counter()
        for hour in range(10):
            known = [replace(one, exposure=shown[one.uid] * (choices - 1)) for one in items]
            pool = Pool(known)
            for person in range(300):
                form = assemble(simple(10), pool, f"{hour}:{person}", today=TODAY)
                shown.update(uids(form))
        counts[choices] = [shown[one.uid] for one in items]
    one, two = (spread(counts[choices]) for choices in (1, 2))
    assert two.mean == one.mean == 100
    assert two.sd < one.sd
    assert two.least > one.least
    assert two.most < one.most


def test_a_large_pool_is_drawn_from_without_being_read(monkeypatch):
    pool = Pool(synthetic(20_000))
    looked_at = Counter()
    place = pools.Selection.place

    def counted(self, number):
        looked_at["places"] += 1
        return place(self, number)

    monkeypatch.setattr(pools.Selection, "place", counted)
    assemble(simple(10), pool, 1, today=TODAY)
    assert looked_at["places"] < 600


def test_a_person_who_has_met_nearly_everything_gets_the_rest():
    items = synthetic(2000)
    seen = {one.uid: TODAY for one in items if one.uid % 40}
    form = assemble(blueprint(Rule(50)), Pool(items), 1, today=TODAY, seen=seen)
    assert set(uids(form)) == {one.uid for one in items} - set(seen)


def test_a_theme_that_is_most_of_the_bank_does_not_fill_the_form():
    pool = Pool(
        [item(uid) for uid in range(1, 2000)] + [item(uid, theme="乙") for uid in (3000, 3001)]
    )
    form = assemble(simple(5), pool, 1, today=TODAY)
    assert Counter(pool.get(uid).theme for uid in uids(form)) == {"甲": 4, "乙": 1}


def test_selections_are_remembered_but_not_for_ever(monkeypatch):
    monkeypatch.setattr(pools, "SELECTIONS_KEPT", 2)
    pool = Pool(synthetic(50))
    first = pool.select(frozenset(), frozenset())
    assert pool.select(frozenset(), frozenset()) is first
    for difficulty in DIFFICULTIES:
        pool.select(frozenset(), frozenset(), difficulty)
    assert pool.select(frozenset(), frozenset()) is not first


def test_a_pool_knows_its_items():
    items = synthetic(100)
    pool = Pool(items)
    assert len(pool) == 100
    assert all(pool.get(one.uid) == one for one in items)
    assert pool.get(0) is None
    assert pool.get(101) is None
    assert pool.count(Rule(1)) == 100
    assert pool.count(Rule(1, frozenset({"主题3"}))) == 10


def test_an_empty_pool_leaves_the_whole_form_short():
    form = assemble(simple(5), Pool([]), 1, today=TODAY)
    assert form.picks == ()
    assert [(one.section, one.rule, one.missing) for one in form.shortfalls] == [(0, 0, 5)]
    assert form.facility == 0
    assert distinct_forms(simple(5), Pool([])) == 0


def test_seeds_give_different_forms_and_option_seeds():
    pool = Pool(synthetic(80))
    forms = {assemble(simple(5), pool, seed, today=TODAY) for seed in range(30)}
    assert len(forms) == 30
    seeds = [pick.option_seed for form in forms for pick in form.picks]
    assert len(set(seeds)) == len(seeds)


def test_the_form_of_a_day_is_the_same_for_ever():
    pool = Pool([item(uid, theme="甲乙"[uid % 2]) for uid in range(1, 81)])
    form = assemble(simple(5), pool, "u:17/2026-11-22", today=TODAY)
    assert tuple((pick.uid, pick.option_seed) for pick in form.picks) == PINNED


def test_an_item_that_occurs_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Pool([item(1), item(1, theme="乙")])


def test_there_is_no_spread_of_nothing():
    with pytest.raises(ValueError, match="nothing"):
        spread([])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda: Rule(0), "count"),
        (lambda: Rule(1, quotas=(("easy", 2),)), "quotas"),
        (lambda: Rule(2, quotas=(("easy", 0),)), "quotas"),
        (lambda: Rule(2, quotas=(("easy", 1), ("easy", 1))), "quotas"),
        (lambda: Rule(2, quotas=(("simple", 1),)), "quotas"),
        (lambda: Section("", ()), "rules"),
        (lambda: Blueprint(()), "sections"),
        (lambda: simple(5, rest_days=-1), "rest_days"),
        (lambda: blueprint(Rule(1), most_repeats=-1), "most_repeats"),
        (lambda: blueprint(Rule(1), facility=1.5), "facility"),
    ],
)
def test_a_blueprint_that_makes_no_sense_is_refused(wrong, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        wrong()


RULE = {"count": 1}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"^blueprint: not an object"),
        ({1: 2}, r"^blueprint: not an object"),
        ({"count": 5}, r"^blueprint: unknown field 'count'"),
        ({}, r"^sections: not a list"),
        ({"sections": []}, r"^sections: "),
        ({"sections": [{"title": 1, "rules": [RULE]}]}, r"^sections\[0\]\.title: not text"),
        ({"sections": [{"rules": []}]}, r"^sections\[0\]\.rules: "),
        ({"sections": [{"rules": [{}]}]}, r"^sections\[0\]\.rules\[0\]\.count: not a whole"),
        ({"sections": [{"rules": [{"count": True}]}]}, r"rules\[0\]\.count: not a whole"),
        ({"sections": [{"rules": [RULE, {"count": 0}]}]}, r"^sections\[0\]\.rules\[1\]\.count: "),
        ({"sections": [{"rules": [RULE | {"topics": "甲"}]}]}, r"topics: not a list"),
        ({"sections": [{"rules": [RULE | {"kinds": [1]}]}]}, r"kinds: not text"),
        ({"sections": [{"rules": [RULE | {"quotas": {"easy": "1"}}]}]}, r"quotas\.easy: not a"),
        ({"sections": [{"rules": [RULE]}], "rest_days": 1.5}, r"^rest_days: not a whole"),
        ({"sections": [{"rules": [RULE]}], "facility": True}, r"^facility: not a number"),
        ({"sections": [{"rules": [RULE]}], "facility": 2}, r"^facility: between"),
        ({"sections": [{"rules": [RULE]}], "shuffle_items": 1}, r"^shuffle_items: neither"),
    ],
)
def test_stored_nonsense_is_refused_by_name(values, message):
    with pytest.raises(ValueError, match=message):
        blueprint_from_dict(values)


def test_numbers_may_be_whole_or_none():
    stored = {"sections": [{"rules": [RULE]}], "facility": 1, "most_repeats": None}
    assert blueprint_from_dict(stored) == blueprint(Rule(1), facility=1.0)
