"""What must hold of the limits of any quantile: they hold it, no closer pair would do, and they cover as they say."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.quantiles import quantile_places

quantiles = st.sampled_from([0.25, 0.5, 0.9])
TAIL = 0.025


def chance_that_fewer_lie_below(place: int, total: int, quantile: float) -> float:
    """P(the value at a place is above the quantile), summed term by term."""
    return sum(comb(total, k) * quantile**k * (1 - quantile) ** (total - k) for k in range(place))


@given(st.integers(40, 300), quantiles)
def test_each_limit_is_the_closest_that_leaves_a_fortieth_outside(total: int, quantile: float) -> None:
    lower, upper = (int(place) for place in quantile_places(total, quantile))
    assert chance_that_fewer_lie_below(lower, total, quantile) <= TAIL
    assert chance_that_fewer_lie_below(lower + 1, total, quantile) > TAIL
    assert 1 - chance_that_fewer_lie_below(upper, total, quantile) <= TAIL + 1e-12
    assert 1 - chance_that_fewer_lie_below(upper - 1, total, quantile) > TAIL


@given(st.lists(st.integers(0, 60), min_size=36, max_size=200), quantiles)
def test_a_quantile_lies_within_its_limits(days: list[int], quantile: float) -> None:
    lower, upper = (int(place) for place in quantile_places(len(days), quantile))
    ordered = sorted(days)
    assert ordered[lower - 1] <= np.quantile(days, quantile) <= ordered[upper - 1]


@pytest.mark.parametrize(("total", "quantile"), [(6, 0.5), (15, 0.5), (60, 0.5), (36, 0.9), (120, 0.9)])
def test_limits_cover_at_least_as_often_as_they_say(total: int, quantile: float) -> None:
    drawn = np.sort(np.random.default_rng(5).exponential(20, (20_000, total)), axis=1)
    lower, upper = (int(place) for place in quantile_places(total, quantile))
    true = -20 * np.log(1 - quantile)
    covered = ((drawn[:, lower - 1] <= true) & (true <= drawn[:, upper - 1])).mean()
    assert covered > 0.945
