"""The places that published tables give for the limits of a median, and the counts at which limits begin."""

import numpy as np
import pytest

from metrics.quantiles import quantile_places, smallest_count_for_quantile

# Campbell & Gardner 1988, BMJ 296:1454, table of ranks for the 95% interval of a median
PUBLISHED = {6: (1, 6), 10: (2, 9), 20: (6, 15), 30: (10, 21), 50: (18, 33), 100: (40, 61)}


def test_the_places_of_a_median_are_the_published_ones() -> None:
    lower, upper = quantile_places(list(PUBLISHED), 0.5)
    assert list(zip(lower, upper, strict=True)) == list(PUBLISHED.values())


@pytest.mark.parametrize(("quantile", "smallest"), [(0.5, 6), (0.9, 36)])
def test_limits_begin_at_a_count(quantile: float, smallest: int) -> None:
    lower, upper = quantile_places([smallest - 1, smallest, smallest + 1], quantile)
    assert np.isnan([lower, upper]).any(axis=0).tolist() == [True, False, False]
    assert smallest_count_for_quantile(quantile) == smallest


def test_a_high_quantile_of_few_values_has_a_lower_limit_only() -> None:
    lower, upper = quantile_places(20, 0.9)
    assert (float(lower), bool(np.isnan(upper))) == (15, True)


def test_no_values_have_no_limits_and_shapes_broadcast() -> None:
    lower, upper = quantile_places([[0], [40]], [0.5, 0.9])
    assert lower.shape == upper.shape == (2, 2)
    assert np.isnan([lower[0], upper[0]]).all() and not np.isnan([lower[1], upper[1]]).any()


@pytest.mark.parametrize(("quantile", "confidence", "said"), [(0, 0.95, "分位点"), (1, 0.95, "分位点"),
                                                              (0.5, 95, "置信水平"), (0.5, 0, "置信水平")])
def test_what_is_no_quantile_or_confidence_is_refused(quantile: float, confidence: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        quantile_places(10, quantile, confidence)
