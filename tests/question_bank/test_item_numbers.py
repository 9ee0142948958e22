"""Classical figures, distractors, times and flags: sums that add up, and what they mean."""

import dataclasses
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.psychometrics import classical, distractors, flags, response_time
from question_bank.psychometrics.classical import PairSums
from question_bank.psychometrics.distractors import OptionNumbers, OptionSums
from question_bank.psychometrics.flags import Flag, ItemNumbers, Week, find_flags

pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0, 0.25, 0.5, 0.75, 1])),
    max_size=40,
)


# --- classical -----------------------------------------------------------------------------------


@settings(max_examples=50)
@given(pairs, pairs)
def test_sums_of_two_days_are_the_sums_of_both(first, second):
    assert PairSums.of(first) + PairSums.of(second) == PairSums.of(first + second)


@settings(max_examples=50)
@given(pairs)
def test_correlation_is_that_of_the_standard_library(known):
    found = classical.correlation(PairSums.of(known))
    try:
        expected = statistics.correlation(*zip(*known, strict=True))
    except (statistics.StatisticsError, TypeError):
        assert found is None
    else:
        assert found == pytest.approx(expected, abs=1e-9)


def test_nothing_is_said_without_responses():
    assert classical.facility(PairSums()) is None
    assert classical.correlation(PairSums()) is None
    assert classical.alpha([]) is None
    assert classical.alpha([[1.0], [0.0]]) is None
    assert classical.alpha([[1.0, 0.0], [0.0, 1.0]]) is None
    assert PairSums().variance_x is None


def test_error_of_measurement_is_never_imaginary():
    assert classical.sem(2.0, 0.75) == 1.0
    assert classical.sem(2.0, -0.5) == 2.0
    assert classical.sem(2.0, 1.0) == 0.0


# --- distractors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "group"),
    [(0, 0), (0.19, 0), (0.2, 1), (0.25, 1), (0.5, 2), (3 / 5, 3), (0.1 * 6, 3), (0.75, 3), (1, 4)],
)
def test_groups_are_cut_at_fixed_scores(rest, group):
    assert distractors.group_of(rest) == group


def answers(number=400, seed=5):
    """Return invented (rest score, option): the better, the more often A, the key."""
    dice = random.Random(seed)
    drawn = [dice.choice([0, 0.25, 0.5, 0.75, 1.0]) for _each in range(number)]
    return [
        (rest, "A" if dice.random() < 0.2 + 0.6 * rest else dice.choice("BC")) for rest in drawn
    ]


def sums_of(option, known):
    counts = [0] * 5
    for rest, chosen in known:
        counts[distractors.group_of(rest)] += chosen == option
    return OptionSums(tuple(counts), sum(rest for rest, chosen in known if chosen == option))


def described(known, letters="ABCD"):
    answered = [
        sum(distractors.group_of(rest) == group for rest, _o in known) for group in range(5)
    ]
    sums = PairSums.of((float(option == "A"), rest) for rest, option in known)
    options = [(letter, letter == "A", sums_of(letter, known)) for letter in letters]
    return distractors.describe(options, answered, sums), answered, sums


def test_options_are_described_from_sums_as_from_the_responses():
    known = answers()
    numbers, answered, _sums = described(known)
    rests = [rest for rest, _option in known]
    for option in numbers[:3]:
        took = [float(chosen == option.id) for _rest, chosen in known]
        assert option.share == pytest.approx(statistics.mean(took))
        assert option.correlation == pytest.approx(statistics.correlation(took, rests))
        for group, share in enumerate(option.shares):
            of_group = [
                chosen == option.id for rest, chosen in known if distractors.group_of(rest) == group
            ]
            assert share == pytest.approx(sum(of_group) / answered[group])
    key, nobody = numbers[0], numbers[3]
    assert key.is_key
    assert key.correlation > 0.3 > 0 > numbers[1].correlation
    assert (nobody.chosen, nobody.share, nobody.correlation) == (0, 0, None)


def test_options_of_two_days_add_up():
    known = answers()
    half = sums_of("B", known[:100]) + sums_of("B", known[100:])
    assert half.by_group == sums_of("B", known).by_group
    assert half.rest == pytest.approx(sums_of("B", known).rest)


def test_a_group_without_people_has_no_share():
    numbers, _answered, _sums = described([(0.5, "A"), (1.0, "B")], "AB")
    assert [share is None for share in numbers[0].shares] == [True, True, False, True, False]
    assert distractors.describe([("A", True, OptionSums())], [0] * 5, PairSums()) == ()


@pytest.mark.parametrize(
    ("answered", "joined"),
    [
        ((20, 20, 20, 20, 20), ((0,), (1,), (2,), (3,), (4,))),
        ((2, 9, 20, 20, 20), ((0, 1), (2,), (3,), (4,))),
        ((20, 20, 20, 20, 3), ((0,), (1,), (2,), (3, 4))),
        ((1, 2, 3, 0, 0), ((0, 1, 2, 3, 4),)),
        ((0, 0, 0, 0, 0), ()),
    ],
)
def test_thin_groups_join_their_neighbour(answered, joined):
    groups = distractors.join_thin_groups(answered, least=10)
    assert groups == joined
    assert sum(distractors.pool(answered, groups)) == sum(answered)


# --- response time -------------------------------------------------------------------------------


def test_every_time_has_its_bucket():
    assert response_time.bucket_of(-1) == response_time.bucket_of(0) == 0
    for bucket in range(response_time.BUCKETS):
        lower, upper = response_time.bounds(bucket)
        assert response_time.bucket_of(lower) == bucket
        assert upper is None or response_time.bucket_of(upper) == bucket + 1
    assert response_time.bucket_of(86_400) == response_time.BUCKETS - 1


def counts_of(times):
    counts = [0] * response_time.BUCKETS
    for seconds in times:
        counts[response_time.bucket_of(seconds)] += 1
    return counts


def test_the_median_is_that_of_grouped_data():
    dice = random.Random(2)
    times = [dice.lognormvariate(3, 0.5) for _each in range(2000)]
    found = response_time.median(counts_of(times))
    assert found == pytest.approx(statistics.median(times), rel=0.05)
    assert response_time.median([0] * 13) is None
    assert response_time.median(counts_of([10_000])) == 180
    assert response_time.median([4] + [0] * 12) == 1.5


def test_shares_below_a_time():
    counts = counts_of([1, 2, 4, 5, 20, 500])
    assert response_time.share_below(counts, 3) == pytest.approx(2 / 6)
    assert response_time.share_below(counts, 4.5) == pytest.approx(3 / 6)
    assert response_time.share_below(counts, 10_000) == pytest.approx(5 / 6)
    assert response_time.share_below([0] * 13, 3) is None


# --- flags ---------------------------------------------------------------------------------------

GOOD = ItemNumbers(responses=400, facility=0.7, discrimination=0.35)


def codes(numbers):
    return [flag.code for flag in find_flags(numbers)]


def changed(**figures):
    return dataclasses.replace(GOOD, **figures)


def options(key_top, rival_top, *, key_r=-0.06, rival_r=0.3, nobody=False):
    """Return the key A and three others, B the rival, as found in the highest group."""
    rows = (("A", key_top, key_r), ("B", rival_top, rival_r), ("C", 0.05, -0.2), ("D", 0.05, -0.1))
    return tuple(
        OptionNumbers(
            id=letter,
            is_key=letter == "A",
            chosen=0 if nobody and letter == "D" else 40,
            share=top,
            correlation=r,
            shares=(0.25, 0.25, 0.25, 0.25, top),
        )
        for letter, top, r in rows
    )


def test_a_good_item_has_no_flag():
    assert codes(GOOD) == []
    fine = changed(options=options(0.8, 0.1, key_r=0.4, rival_r=-0.2), groups=(80,) * 5)
    assert codes(fine) == []


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"facility": 0.99}, "facility_high"),
        ({"facility": 0.2}, "facility_low"),
        ({"discrimination": 0.11}, "discrimination_low"),
        ({"discrimination": -0.1}, "discrimination_negative"),
        ({"rapid_share": 0.25}, "rapid"),
        ({"omitted_share": 0.25}, "omitted"),
        ({"shown": 412, "shown_mean": 90.0}, "exposed"),
        ({"options": options(0.20, 0.63), "groups": (80,) * 5}, "key_doubtful"),
        ({"options": options(0.8, 0.1, nobody=True), "groups": (80,) * 5}, "option_unchosen"),
    ],
)
def test_each_flag(figures, code):
    (flag,) = find_flags(changed(**figures))
    assert flag.code == code
    assert flags.SENTENCES[code].format(**flag.params)
    assert find_flags(changed(**figures, responses=29)) == ()


@pytest.mark.parametrize(
    ("usual", "low"), [(None, 0.2), (0.5, 0.2), (0.4, 0.2), (0.15, 0.075), (-0.1, 0.0)]
)
def test_discrimination_is_low_by_ebel_or_by_what_is_usual_in_short_sets(usual, low):
    assert flags.low_discrimination(usual) == low
    found = codes(changed(discrimination=0.11, responses=4000, usual_discrimination=usual))
    assert found == (["discrimination_low"] if low == 0.2 else [])


@pytest.mark.parametrize(
    "figures",
    [
        {"facility": 0.96},
        {"facility": 0.29},
        {"discrimination": 0.18},
        {"discrimination": -0.1},
        {"rapid_share": 0.2},
        {"omitted_share": 0.2},
    ],
)
def test_a_young_item_is_not_accused_of_what_chance_did(figures):
    accused = set(codes(changed(**figures, responses=30)))
    assert not accused - {"discrimination_low"}


def test_the_flag_of_a_doubtful_key_names_both_options():
    (flag,) = find_flags(changed(options=options(0.20, 0.63), groups=(80,) * 5))
    assert flag.params == {"option": "B", "share": 63, "key": "A", "key_share": 20}
    assert flag.is_grave


@pytest.mark.parametrize(
    ("choices", "groups"),
    [
        (options(0.45, 0.50), (80,) * 5),  # chance
        (options(0.20, 0.63, key_r=0.4), (80,) * 5),  # the key still goes with the rest
        (options(0.20, 0.63, rival_r=-0.1), (80,) * 5),  # hard for everybody, not wrong
        (options(0.20, 0.63), (9,) * 5),  # too few of the best
        (options(0.20, 0.63)[1:], (80,) * 5),  # an item without a key among its options
    ],
)
def test_a_hard_item_is_no_doubtful_key(choices, groups):
    assert "key_doubtful" not in codes(changed(options=choices, groups=groups))


def weeks(*rows):
    return tuple(Week(*row) for row in rows)


def test_a_leak_is_facility_up_while_time_falls():
    calm, leaked = (60, 0.55, 24.0), (60, 0.85, 12.0)
    (flag,) = find_flags(changed(weeks=weeks(calm, calm, calm, leaked, leaked)))
    assert flag.code == "leak"
    assert flag.params == {"before": 55, "after": 85, "slow": 24, "fast": 12}


@pytest.mark.parametrize(
    "rows",
    [
        [(60, 0.55, 24.0)] * 3 + [(60, 0.85, 22.0)] * 2,  # people learned it
        [(60, 0.55, 24.0)] * 3 + [(60, 0.60, 12.0)] * 2,  # a faster page
        [(60, 0.55, 24.0)] * 3 + [(9, 0.85, 12.0)] * 2,  # too few
        [(60, 0.55, None)] * 3 + [(60, 0.85, None)] * 2,  # times were lost
        [(60, 0.85, 12.0)] * 2,  # nothing before
        [],
    ],
)
def test_what_is_no_leak(rows):
    assert codes(changed(weeks=weeks(*rows))) == []


def test_options_stay_unchosen_without_a_flag_while_few_answer_wrongly():
    easy = tuple(
        dataclasses.replace(option, chosen=2 if option.id == "B" else 0)
        for option in options(0.98, 0.02, key_r=0.3, rival_r=-0.3)
    )
    assert codes(changed(options=easy, groups=(80,) * 5)) == []


def test_the_gravest_flag_comes_first():
    found = find_flags(
        changed(
            facility=0.24,
            discrimination=-0.2,
            options=options(0.20, 0.63, nobody=True),
            groups=(80,) * 5,
        )
    )
    assert [flag.code for flag in found] == [
        "key_doubtful",
        "discrimination_negative",
        "facility_low",
        "option_unchosen",
    ]
    assert [flag.is_grave for flag in found] == [True, True, False, False]


def test_a_flag_that_was_let_stand_is_news_again_when_it_grew():
    flag = Flag("rapid", 0.30, {})
    assert not flags.is_news(flag, 0.25)
    assert flags.is_news(flag, 0.19)


def test_shares_are_rounded_halves_up():
    assert [flags.percent(share) for share in (0.125, 0.144, 0.5, 1.0)] == [13, 14, 50, 100]
