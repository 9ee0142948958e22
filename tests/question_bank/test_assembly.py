"""Assembly: new before rested before tired, spread over topics, the same for the same seed."""

import math
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.assembly import Blueprint, PoolItem, assemble

TODAY = date(2026, 11, 22)
PINNED = ["safety-005", "safety-001", "safety-003", "safety-002", "safety-007"]
PINNED_SEED = 15443973

DAILY = Blueprint(count=5, today=TODAY)


def days_ago(days):
    return None if days is None else TODAY - timedelta(days=days)


def pool_of(*groups):
    """Build a pool from (count, topic, days since seen) triples, uids counted from 1."""
    rows = [(topic, days) for count, topic, days in groups for _ in range(count)]
    return [PoolItem(uid, topic, days_ago(days)) for uid, (topic, days) in enumerate(rows, start=1)]


def picked(blueprint, pool, seed=1):
    by_uid = {item.uid: item for item in pool}
    return [by_uid[pick.uid] for pick in assemble(blueprint, pool, seed).picks]


pools = st.lists(
    st.tuples(
        st.sampled_from("甲乙丙丁"),
        st.none() | st.integers(min_value=-2, max_value=40),
        st.integers(min_value=0, max_value=3),
    ),
    max_size=30,
).map(
    lambda rows: [
        PoolItem(uid, topic, days_ago(days), exposure)
        for uid, (topic, days, exposure) in enumerate(rows)
    ]
)


@given(pools, st.integers(1, 10), st.integers(), st.randoms(use_true_random=False))
def test_a_form_depends_on_the_pool_and_the_seed_not_on_the_order(pool, count, seed, random):
    blueprint = Blueprint(count, TODAY)
    form = assemble(blueprint, pool, seed)
    mixed = list(pool)
    random.shuffle(mixed)
    assert assemble(blueprint, mixed, seed) == form
    assert len(form.picks) + form.shortfall == count
    assert len({pick.uid for pick in form.picks}) == len(form.picks) == min(count, len(pool))
    assert all(0 <= pick.option_seed < 2**31 for pick in form.picks)


@given(pools, st.integers(1, 10), st.integers())
def test_nobody_repeats_a_tired_item_while_a_fit_one_is_left(pool, count, seed):
    def is_fit(item):
        return item.last_seen_on is None or item.last_seen_on <= days_ago(14)

    chosen = picked(Blueprint(count, TODAY), pool, seed)
    fit = sum(map(is_fit, pool))
    assert sum(map(is_fit, chosen)) == min(count, fit)


@given(pools, st.integers(1, 10), st.integers())
def test_no_topic_takes_over_while_others_have_fit_items(pool, count, seed):
    chosen = picked(Blueprint(count, TODAY), pool, seed)
    if not chosen:
        return
    limit = math.ceil(count / len({item.topic for item in pool})) + 1
    fit = Counter(
        item.topic
        for item in pool
        if item.last_seen_on is None or item.last_seen_on <= days_ago(14)
    )
    if sum(min(limit, many) for many in fit.values()) >= count:
        assert max(Counter(item.topic for item in chosen).values()) <= limit


def test_new_items_come_first():
    chosen = picked(DAILY, pool_of((4, "甲", 30), (5, "乙", None), (4, "丙", 2)))
    assert Counter(item.last_seen_on for item in chosen) == {None: 3, days_ago(30): 2}, (
        "ceil(5 / 3) + 1 = 3 of one topic"
    )
    assert {i.last_seen_on for i in picked(DAILY, pool_of((3, "甲", None), (3, "乙", None)))} == {
        None
    }


def test_a_short_pool_is_filled_with_the_least_recently_seen():
    pool = pool_of((2, "甲", None), (1, "甲", 14), (1, "甲", 20), (1, "甲", 90), (3, "甲", 13))
    seen = {item.last_seen_on for item in picked(DAILY, pool)}
    assert seen == {None, days_ago(14), days_ago(20), days_ago(90)}
    four = Blueprint(count=4, today=TODAY)
    assert {i.last_seen_on for i in picked(four, pool)} == {None, days_ago(90), days_ago(20)}


def test_only_then_anything_the_oldest_first():
    pool = pool_of((1, "甲", None), (1, "乙", 0), (1, "乙", 1), (1, "乙", 3), (1, "丙", 5))
    three = Blueprint(count=3, today=TODAY)
    assert {i.last_seen_on for i in picked(three, pool)} == {None, days_ago(5), days_ago(3)}


def test_the_rest_can_be_shorter():
    pool = pool_of((1, "甲", 3), (1, "甲", 2))
    blueprint = Blueprint(count=1, today=TODAY, rest_days=3)
    assert [i.last_seen_on for i in picked(blueprint, pool)] == [days_ago(3)]


def test_one_topic_may_fill_the_form_when_there_is_no_other():
    form = assemble(DAILY, pool_of((9, "甲", None)), 1)
    assert len(form.picks) == 5
    assert form.shortfall == 0


def test_topics_share_the_form():
    pool = pool_of((100, "甲", None), (2, "乙", None), (2, "丙", None))
    for seed in range(50):
        assert Counter(item.topic for item in picked(DAILY, pool, seed))["甲"] <= 3


def test_of_equals_the_less_shown_comes_first():
    pool = [PoolItem(n, "甲", None, exposure=n % 3) for n in range(15)]
    assert {item.exposure for item in picked(DAILY, pool)} == {0}


def test_an_empty_pool_leaves_the_whole_form_short():
    form = assemble(DAILY, [], 1)
    assert form.picks == ()
    assert form.shortfall == 5


def test_seeds_give_different_forms_and_option_seeds():
    pool = pool_of((40, "甲", None), (40, "乙", None))
    forms = {assemble(DAILY, pool, seed) for seed in range(30)}
    assert len(forms) == 30
    seeds = [pick.option_seed for form in forms for pick in form.picks]
    assert len(set(seeds)) == len(seeds)


def test_every_item_has_about_the_same_chance():
    pool = pool_of((10, "甲", None), (10, "乙", None))
    counts = Counter(i.uid for seed in range(2000) for i in picked(DAILY, pool, seed))
    assert all(400 < counts[item.uid] < 600 for item in pool)


def test_uids_and_seeds_may_be_text():
    pool = [PoolItem(f"safety-{n:03}", "甲", None) for n in range(8)]
    form = assemble(DAILY, pool, "u:17/2026-11-22")
    assert form == assemble(DAILY, pool[::-1], "u:17/2026-11-22")
    # Written down once: the form of a day must come out the same on another machine.
    assert [pick.uid for pick in form.picks] == PINNED
    assert form.picks[0].option_seed == PINNED_SEED


def test_a_uid_that_occurs_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        assemble(DAILY, [PoolItem(1, "甲", None), PoolItem(1, "乙", None)], 1)


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": -1}, {"rest_days": -1}])
def test_a_blueprint_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"at least one|rest"):
        Blueprint(**{"count": 5, "today": TODAY} | wrong)
