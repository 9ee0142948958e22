"""Calibration against published figures, and against people and items that were made up.

LSAT6 and LSAT7 (Bock & Lieberman 1970): 1,000 people, five items. Expected figures are those of the
R packages ltm and mirt and of a refit with 101 Gauss-Hermite points.
"""

import itertools
import math

import numpy as np
import pytest

from question_bank.psychometrics import classical
from question_bank.psychometrics.irt import (
    Collector,
    Responses,
    errors,
    fit,
    normal_quadrature,
    score_eap,
    score_map,
)

# People with each pattern, from 00000 to 11111, the first item first.
LSAT6 = (3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80)
LSAT6 += (16, 56, 21, 173, 11, 61, 28, 298)
LSAT7 = (12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28, 7, 39, 11, 34, 14, 51, 15, 90)
LSAT7 += (6, 25, 7, 35, 18, 136, 32, 308)
# Fitted with 101 Gauss-Hermite points; scores are those of 00000, 11111, 11011, 10001.
SCORED = np.array([[0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1], [1, 0, 0, 0, 1]], float)


def table(counts):
    """Return the people x items table behind counts of patterns."""
    patterns = np.array(list(itertools.product([0, 1], repeat=5)), float)
    return np.repeat(patterns, counts, axis=0)


def fitted(counts, slopes):
    return fit(Responses.from_table(table(counts)), slopes=slopes, tolerance=1e-7)


def close(expected, tolerance=1e-3):
    return pytest.approx(np.array(expected), abs=tolerance)


@pytest.fixture(scope="module")
def lsat6():
    return fitted(LSAT6, "each")


@pytest.fixture(scope="module")
def lsat7():
    return fitted(LSAT7, "each")


@pytest.mark.parametrize(
    ("counts", "p", "alpha", "mean", "deviation", "rest", "total"),
    [
        (
            LSAT6,
            [0.924, 0.709, 0.553, 0.763, 0.870],
            0.2950,
            3.819,
            1.035,
            [0.1128, 0.1532, 0.1728, 0.1444, 0.1216],
            [0.3620, 0.5668, 0.6184, 0.5344, 0.4354],
        ),
        (
            LSAT7,
            [0.828, 0.658, 0.772, 0.606, 0.843],
            0.4534,
            3.707,
            1.199,
            [0.2457, 0.2467, 0.3132, 0.2228, 0.1748],
            [0.5300, 0.5997, 0.6112, 0.5920, 0.4612],
        ),
    ],
    ids=["LSAT6", "LSAT7"],
)
def test_classical_figures(counts, p, alpha, mean, deviation, rest, total):
    rows = table(counts).tolist()
    sums = classical.PairSums.of((sum(row), 0.0) for row in rows)
    assert [sum(column) / len(rows) for column in zip(*rows, strict=True)] == close(p)
    assert classical.alpha(rows) == pytest.approx(alpha, abs=1e-4)
    assert classical.facility(sums) == pytest.approx(mean, abs=1e-3)
    assert math.sqrt(sums.variance_x) == pytest.approx(deviation, abs=1e-3)
    assert classical.item_rest(rows) == pytest.approx(rest, abs=1e-4)
    assert classical.item_total(rows) == pytest.approx(total, abs=1e-4)
    error = classical.sem(math.sqrt(sums.variance_x), classical.alpha(rows))
    assert error == pytest.approx(deviation * math.sqrt(1 - alpha), abs=1e-3)


def test_lsat6_two_parameters(lsat6):
    assert lsat6.b == close([-3.3588, -1.3701, -0.2797, -1.8664, -3.1259])
    assert lsat6.a == close([0.8257, 0.7227, 0.8909, 0.6884, 0.6569])
    assert lsat6.log_likelihood == pytest.approx(-2466.6534, abs=1e-3)
    assert lsat6.aic == pytest.approx(4953.307, abs=1e-3)
    assert lsat6.bic == pytest.approx(5002.384, abs=1e-3)
    assert lsat6.has_converged
    # ltm printed these from 21 points, and a numerical second derivative.
    assert lsat6.se_b == close([0.8669, 0.3073, 0.0997, 0.4341, 0.8700], 2e-3)
    assert lsat6.se_a == close([0.2581, 0.1867, 0.2326, 0.1852, 0.2100])


def test_lsat6_scores(lsat6):
    responses = Responses.from_table(SCORED)
    mode, mean = score_map(lsat6, responses), score_eap(lsat6, responses)
    assert mode.theta == close([-1.8953, 0.6063, -0.0222, -0.9532])
    assert mode.se == close([0.7955, 0.8546, 0.8267, 0.8016])
    assert mean.theta == close([-1.8968, 0.6456, 0.0082, -0.9398])
    assert mean.se == close([0.8013, 0.8590, 0.8338, 0.8086])


def test_lsat6_rasch_with_a_free_slope():
    found = fitted(LSAT6, "shared")
    assert found.d == close([2.7300, 0.9986, 0.2399, 1.3065, 2.0994])
    assert found.b == close([-3.6153, -1.3224, -0.3176, -1.7301, -2.7802])
    assert found.a == close([0.7551] * 5)
    assert found.a[0] ** 2 == pytest.approx(0.5702, abs=1e-3)  # the variance of ability
    assert found.log_likelihood == pytest.approx(-2466.9376, abs=1e-3)
    assert (found.aic, found.bic) == pytest.approx((4945.875, 4975.322), abs=1e-3)


def test_lsat6_rasch_with_slope_one():
    found = fitted(LSAT6, "unit")
    assert found.b == close([-2.8720, -1.0630, -0.2576, -1.3881, -2.2188])
    assert (found.a == 1).all()
    assert (found.se_a == 0).all()
    assert found.log_likelihood == pytest.approx(-2473.0538, abs=1e-3)
    assert (found.aic, found.bic) == pytest.approx((4956.108, 4980.646), abs=1e-3)


def test_lsat7_two_parameters(lsat7):
    assert lsat7.a == close([0.9875, 1.0808, 1.7075, 0.7650, 0.7357])
    assert lsat7.d == close([1.8559, 0.8080, 1.8052, 0.4860, 1.8545])
    assert lsat7.log_likelihood == pytest.approx(-2658.8051, abs=1e-3)
    assert lsat7.aic == pytest.approx(5337.610, abs=1e-3)
    observed = [count for count in LSAT7 if count]
    saturated = sum(count * math.log(count / 1000) for count in observed)
    assert 2 * (saturated - lsat7.log_likelihood) == pytest.approx(31.7005, abs=1e-3)
    mean = score_eap(lsat7, Responses.from_table(SCORED))
    assert mean.theta == close([-1.8698, 0.7272, -0.2350, -1.0871])


def test_lsat7_rasch_with_a_free_slope():
    found = fitted(LSAT7, "shared")
    assert found.d == close([1.8683, 0.7910, 1.4610, 0.5215, 1.9930])
    assert found.a == close([1.0113] * 5)
    assert found.a[0] ** 2 == pytest.approx(1.0227, abs=1e-3)
    assert found.log_likelihood == pytest.approx(-2664.9009, abs=1e-3)


# --- incomplete data, made up --------------------------------------------------------------------


def made_up(people=3000, items=60, each=20, seed=7):
    """Return responses of people who were given ``each`` of the items, with the true a and b."""
    dice = np.random.default_rng(seed)
    a, b = dice.lognormal(0.0, 0.3, items), dice.normal(size=items)
    theta = dice.normal(size=people)
    known = np.full((people, items), np.nan)
    for person in range(people):
        given = dice.choice(items, each, replace=False)
        chance = 1 / (1 + np.exp(-a[given] * (theta[person] - b[given])))
        known[person, given] = dice.random(each) < chance
    return Responses.from_table(known), a, b, theta


@pytest.fixture(scope="module")
def invented():
    responses, a, b, theta = made_up()
    return responses, a, b, theta, fit(responses)


def test_parameters_are_recovered_within_their_standard_errors(invented):
    _responses, a, b, _theta, found = invented
    assert found.has_converged
    for estimate, truth, error in ((found.a, a, found.se_a), (found.b, b, found.se_b)):
        assert np.corrcoef(estimate, truth)[0, 1] > 0.92
        assert 0.7 < np.std((estimate - truth) / error) < 1.3


def test_abilities_are_recovered_within_their_standard_errors(invented):
    responses, _a, _b, theta, found = invented
    for scores in (score_eap(found, responses), score_map(found, responses)):
        assert np.corrcoef(scores.theta, theta)[0, 1] > 0.8
        assert 0.9 < np.sqrt(np.mean((scores.theta - theta) ** 2)) / scores.se.mean() < 1.1


def test_errors_item_by_item_differ_little_from_those_of_the_whole_matrix(invented, monkeypatch):
    responses, _a, _b, _theta, together = invented
    monkeypatch.setattr(errors, "MOST_ITEMS_TOGETHER", 0)
    for slopes, reference in (("each", together), ("shared", None), ("unit", None)):
        alone = fit(responses, slopes=slopes)
        if reference is None:
            monkeypatch.setattr(errors, "MOST_ITEMS_TOGETHER", 1000)
            reference = fit(responses, slopes=slopes)
            monkeypatch.setattr(errors, "MOST_ITEMS_TOGETHER", 0)
        assert alone.se_b == pytest.approx(reference.se_b, rel=0.12), slopes
        assert alone.se_d == pytest.approx(reference.se_d, rel=0.12), slopes


def test_the_order_of_responses_does_not_matter(invented):
    responses, *_rest = invented
    dice = np.random.default_rng(1)
    mixed = dice.permutation(responses.size)
    again = Responses.from_entries(
        responses.people[mixed], responses.items[mixed], responses.correct[mixed], 60
    )
    assert (again.items == responses.items).all()
    assert (again.starts == responses.starts).all()


def test_finer_quadrature_changes_nothing(invented):
    responses, *_rest, found = invented
    finer = fit(responses, quadrature=normal_quadrature(points=81, reach=6.0))
    assert finer.b == close(found.b, 2e-3)
    assert finer.log_likelihood == pytest.approx(found.log_likelihood, abs=0.05)


def test_items_that_say_nothing_get_no_parameters():
    known = table(LSAT6)
    right, wrong, unseen = np.ones(1000), np.zeros(1000), np.full(1000, np.nan)
    wider = np.column_stack([right, known[:, 0], wrong, known[:, 1:], unseen])
    found, alone = fit(Responses.from_table(wider)), fit(Responses.from_table(known))
    assert found.is_estimated.tolist() == [False, True, False, True, True, True, True, False]
    assert found.a[found.is_estimated] == close(alone.a)
    assert found.counts.tolist() == [1000] * 7 + [0]
    assert found.parameter_count == 10
    assert np.isnan(found.se_b[0])
    scores = score_map(found, Responses.from_table(wider))
    assert scores.theta == close(score_map(alone, Responses.from_table(known)).theta)


def test_a_fit_needs_an_item_that_tells_people_apart():
    with pytest.raises(ValueError, match="both correct and wrong"):
        fit(Responses.from_table(np.ones((10, 3))))
    with pytest.raises(ValueError, match="both correct and wrong"):
        fit(Collector().responses())


def test_a_slope_that_runs_away_stops_at_its_limit_and_has_no_error():
    dice = np.random.default_rng(3)
    same = (dice.random(400) < 0.5).astype(float)
    noise = (dice.random((400, 3)) < 0.5).astype(float)
    found = fit(Responses.from_table(np.column_stack([same, same, noise])), most_steps=300)
    assert found.a[:2].tolist() == [6.0, 6.0]
    assert np.isnan(found.se_a[:2]).all()
    assert np.isfinite(found.log_likelihood)


def test_progress_is_told_and_likelihood_rises(invented):
    responses, *_rest = invented
    told = []
    found = fit(responses, progress=told.append)
    assert [step.number for step in told] == list(range(1, found.steps + 1))
    assert told[-1].log_likelihood == pytest.approx(found.log_likelihood, abs=1e-2)
    assert told[-1].change < 1e-4
    stopped = fit(responses, most_steps=2)
    assert (stopped.steps, stopped.has_converged) == (2, False)


def test_the_collector_gathers_a_stream():
    collector = Collector()
    for person, item, is_correct in (("x", 30, True), ("y", 10, False), ("x", 10, True)):
        collector.add(person, item, is_correct)
    responses = collector.responses()
    assert len(collector) == responses.size == 3
    assert collector.item_names == (30, 10)
    assert responses.people.tolist() == [0, 0, 1]
    assert responses.items.tolist() == [0, 1, 1]
    assert responses.correct.tolist() == [1, 1, 0]
    assert responses.facility.tolist() == [1.0, 0.5]
    collector.add("x", 10, False)
    again = collector.responses()
    assert (again.correct == responses.correct).all()
    assert again.size == 3


def test_nobody_answers_an_item_twice():
    both = np.zeros(2, np.int32)
    with pytest.raises(ValueError, match="twice"):
        Responses.from_entries(both, both, np.array([0, 1], np.int8), 1)


def test_only_zero_and_one_are_responses():
    with pytest.raises(ValueError, match="0 or 1"):
        Responses.from_table(np.array([[0.0, 2.0]]))
