"""Funnels, over-dispersion, shrinkage: small drawn counts in, numbers out that can be checked by hand."""

import math

import numpy as np
import pytest

from metrics.statistics import (
    adjusted_limits,
    adjusted_z,
    funnel_limits_proportion,
    funnel_limits_ratio,
    funnel_position,
    overdispersion,
    shrink_rates,
)


def test_nothing_expected_has_no_funnel() -> None:
    for limits in (funnel_limits_proportion(0.5, [0, np.nan, 4]), funnel_limits_ratio([0, np.nan, 4])):
        for limit in limits:
            assert np.isnan(limit).tolist() == [True, True, False]


def test_limits_of_a_share_never_leave_0_and_1() -> None:
    lower, upper = funnel_limits_proportion([0, 0.02, 0.98, 1], 3)
    assert lower.min() == 0 == lower[0]
    assert upper.max() == 1 == upper[3]
    assert upper[0] == 0
    assert lower[3] == 1


def test_phi_and_tau2_by_hand() -> None:
    # expected 25 everywhere: z = 2 (√observed − 5), error² = 1/100
    phi, tau2 = overdispersion([16, 25, 36, 49], [25] * 4, winsorise=0)
    squares = [4, 0, 4, 16]
    assert float(phi) == pytest.approx(sum(squares) / 4)
    assert float(tau2) == pytest.approx((sum(squares) - 3) / (400 - 100))


def test_winsorising_draws_in_a_single_odd_division() -> None:
    observed = [25] * 9 + [400]
    phi, _ = overdispersion(observed, [25] * 10, winsorise=0)
    drawn_in, _ = overdispersion(observed, [25] * 10, winsorise=0.2)
    assert float(phi) == pytest.approx(90)
    assert float(drawn_in) == 0


def test_a_share_is_set_against_the_pooled_one_on_the_arcsine_scale() -> None:
    z = adjusted_z([10, 30], [40, 40], transform="arcsine")
    apart = math.asin(math.sqrt(0.75)) - math.asin(math.sqrt(0.5))
    assert z == pytest.approx([-apart * 2 * math.sqrt(40), apart * 2 * math.sqrt(40)])
    against = adjusted_z([10, 30], [40, 40], transform="arcsine", average=0.75)
    assert against[1] == pytest.approx(0)
    assert against[0] < z[0]


def test_each_indicator_has_its_own_funnel() -> None:
    observed, expected = np.array([[16, 25, 36], [25, 25, 25]]), np.full((2, 3), 25)
    phi, tau2 = overdispersion(observed, expected)
    assert phi.shape == tau2.shape == (2,)
    assert adjusted_z(observed, expected, tau2).shape == (2, 3)
    lower, upper = adjusted_limits(np.arange(1, 101), tau2)
    assert lower.shape == upper.shape == (2, 100)
    assert (upper[0] > upper[1]).all()


def test_what_is_not_known_counts_for_nothing() -> None:
    gappy = overdispersion([16, np.nan, 25, 36, 9], [25, 25, 25, 25, 0])
    whole = overdispersion([16, 25, 36], [25, 25, 25])
    assert [float(one) for one in gappy] == pytest.approx([float(one) for one in whole])
    z = adjusted_z([16, np.nan, 9], [25, 25, 0])
    assert np.isnan(z).tolist() == [False, True, True]


def test_one_division_alone_has_no_dispersion() -> None:
    assert np.isnan(overdispersion([16, np.nan], [25, 25])).all()


def test_the_funnel_closes_in_on_the_spread_between_divisions() -> None:
    lower, upper = adjusted_limits([1e9], 0.01, 0.95)
    assert float(upper[0]) == pytest.approx((1 + 1.959964 * 0.1) ** 2, rel=1e-4)
    assert float(lower[0]) == pytest.approx((1 - 1.959964 * 0.1) ** 2, rel=1e-4)


def test_position_names_the_band() -> None:
    assert funnel_position([0, 1.95, 1.97, 3.08, 3.1, np.nan]).tolist() == [0, 0, 1, 1, 2, 0]
    assert funnel_position([-1.97, -3.1]).tolist() == [-1, -2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: funnel_limits_proportion(1.2, 5), "平均比例"),
        (lambda: funnel_limits_ratio(-1), "不能为负"),
        (lambda: overdispersion([1], [-1]), "不能为负"),
        (lambda: overdispersion([6], [5], transform="arcsine"), "分子"),
        (lambda: overdispersion([1], [5], transform="log"), "未知的变换 'log'"),  # type: ignore[arg-type]
        (lambda: overdispersion([1], [5], winsorise=0.5), "缩尾比例 0.5"),
        (lambda: adjusted_limits([5], 0, transform="arcsine"), "需要给出平均值"),
        (lambda: adjusted_limits([5], 0, 95), "置信水平"),
        (lambda: shrink_rates([6], [5], kind="share"), "分子"),
        (lambda: shrink_rates([-1], [5]), "不能为负"),
        (lambda: shrink_rates([1], [5], kind="odds"), "未知的类型 'odds'"),  # type: ignore[arg-type]
        (lambda: shrink_rates([1, 2], [5, 5], neighbours=[[True]]), "2 × 2"),
    ],
)
def test_wrong_input_is_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_small_division_is_drawn_further_than_a_large_one() -> None:
    shrunk = shrink_rates([0, 300, 90, 100], [10, 1000, 1000, 1000])
    assert shrunk.weight[0] < 0.6 < 0.9 < shrunk.weight[1]
    assert float(shrunk.prior[0]) == pytest.approx(490 / 3010)
    assert 0 < shrunk.estimate[0] < shrunk.prior[0]


def test_spread_that_is_all_chance_leaves_the_average() -> None:
    shrunk = shrink_rates([1, 2, 1, 2], [100, 100, 100, 100])
    assert shrunk.weight.tolist() == [0, 0, 0, 0]
    assert shrunk.estimate == pytest.approx([0.015] * 4)
    assert shrink_rates([0, 0], [9, 5]).estimate.tolist() == [0, 0]
    assert shrink_rates([5, 9], [5, 9], kind="share").estimate == pytest.approx([1, 1])


def test_silence_gets_no_estimate_and_does_not_move_the_others() -> None:
    shrunk = shrink_rates([5, np.nan, 40, 0], [100, 100, 100, 0])
    assert np.isnan(shrunk.estimate).tolist() == [False, True, False, True]
    alone = shrink_rates([5, 40], [100, 100])
    assert shrunk.estimate[[0, 2]] == pytest.approx(alone.estimate)
    assert np.isnan(shrink_rates([np.nan], [np.nan]).estimate).all()


def test_a_neighbourhood_is_its_own_region() -> None:
    events, population = [10, 60, 5, 80], [100, 100, 100, 100]
    blocks = np.kron(np.eye(2), np.ones((2, 2)))
    shrunk = shrink_rates(events, population, neighbours=blocks)
    for part in (slice(0, 2), slice(2, 4)):
        assert shrunk.estimate[part] == pytest.approx(shrink_rates(events[part], population[part]).estimate)
    assert shrink_rates(events, population, neighbours=np.ones((4, 4))).estimate == pytest.approx(
        shrink_rates(events, population).estimate
    )
