"""Published numbers that the statistics must give back, and the edges where the formulas of intervals break."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from metrics.statistics import (
    byar_interval,
    exact_poisson_interval,
    funnel_limits_proportion,
    funnel_limits_ratio,
    trends_completed,
    wilson_interval,
    xmr,
)

_CASES = json.loads((Path(__file__).parents[1] / "reference" / "statistics.json").read_text(encoding="utf-8"))
REFERENCE = {case["case"]: case for case in _CASES}
# those of the composite index, tested with it
OF_THE_INDEX = {"entropy_weights", "sobol_ishigami"}


def test_every_published_case_is_tested_here() -> None:
    used = set(re.findall(r'REFERENCE\["(\w+)"\]', Path(__file__).read_text(encoding="utf-8")))
    assert used == set(REFERENCE) - OF_THE_INDEX
    assert len(REFERENCE) == len(_CASES)


def test_funnel_of_a_share_gives_the_published_limits() -> None:
    """The case labels its limits 0.998, but they are those of 0.95: 1.95996 standard errors either side."""
    case = REFERENCE["funnel_proportion"]
    expected = case["expect_percent"]["0.998"]
    limits = funnel_limits_proportion(case["average"], case["denominator"], 0.95)
    assert [100 * float(limit) for limit in limits] == pytest.approx(expected, abs=case["tolerance"])
    # the label cannot be meant: an area of the average has a 99.8% Wilson interval wider than these limits
    lower, upper = wilson_interval(case["average"] * case["denominator"], case["denominator"], 0.998)
    assert 100 * float(upper - lower) > expected[1] - expected[0]
    limits = funnel_limits_proportion(case["average"], case["denominator"], 0.998)
    assert [100 * float(limit) for limit in limits] == pytest.approx([58.351036, 100], abs=case["tolerance"])


def test_funnel_of_a_ratio_gives_the_published_limits() -> None:
    case = REFERENCE["funnel_poisson_ratio"]
    lower, upper = funnel_limits_ratio(case["expected"], 0.95)
    assert lower == pytest.approx(case["expect"]["0.95"]["lower"], abs=case["tolerance"])
    assert upper == pytest.approx(case["expect"]["0.95"]["upper"], abs=case["tolerance"])


@pytest.mark.parametrize(("screen_ranges", "name"), [(True, "screened"), (False, "unscreened")])
def test_xmr_gives_the_published_limits(screen_ranges: bool, name: str) -> None:
    case = REFERENCE["xmr"]
    chart = xmr(case["values"], screen_ranges=screen_ranges)
    assert float(chart.centre) == pytest.approx(case["expect"]["mean"], abs=case["tolerance"])
    assert [float(chart.lower), float(chart.upper)] == pytest.approx(case["expect"][name], abs=case["tolerance"])


def test_a_trend_of_seven_is_flagged_where_it_is_completed() -> None:
    case = REFERENCE["xmr_trend_of_7"]
    assert trends_completed(case["values"]).tolist() == case["expect"]
    falling = [-value for value in case["values"]]
    assert trends_completed(falling).tolist() == [-flag for flag in case["expect"]]
    assert trends_completed([1, 2, 3, 3, 4, 5, 6]).tolist() == [0] * 7


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_wilson_gives_the_published_limits(confidence: float) -> None:
    case = REFERENCE["wilson"]
    lower, upper = wilson_interval(case["numerator"], case["denominator"], confidence)
    assert [float(lower), float(upper)] == pytest.approx(case["expect"][str(confidence)], abs=case["tolerance"])


def test_byar_gives_the_published_limits() -> None:
    case = REFERENCE["byar"]
    lower, upper = byar_interval(case["count"])
    assert [float(lower), float(upper)] == pytest.approx(case["expect"]["0.95"], abs=case["tolerance"])


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@pytest.mark.parametrize("interval", [exact_poisson_interval, byar_interval])
def test_below_ten_events_the_limits_are_exact(interval, confidence: float) -> None:  # type: ignore[no-untyped-def]
    case = REFERENCE["exact_poisson_rate"]
    scale = case["per"] / case["population"]
    limits = [float(limit) * scale for limit in interval(case["count"], confidence)]
    assert limits == pytest.approx(case["expect"][str(confidence)], abs=case["tolerance"])


def test_byar_changes_over_at_ten() -> None:
    counts = np.array([9, 10])
    exact, byar = np.array(exact_poisson_interval(counts)), np.array(byar_interval(counts))
    assert (exact[:, 0] == byar[:, 0]).all()
    assert (exact[:, 1] != byar[:, 1]).all()
    assert byar[:, 1] == pytest.approx(exact[:, 1], rel=0.01)


def test_no_events_leave_no_room_below() -> None:
    lower, upper = byar_interval([0, 0])
    assert lower.tolist() == [0, 0]
    assert upper == pytest.approx([3.688879, 3.688879], abs=1e-6)  # -ln(0.025)


def test_extreme_shares_stay_inside_0_and_1() -> None:
    lower, upper = wilson_interval([0, 7], [7, 7])
    assert lower[0] == 0
    assert upper[1] == 1
    assert 0 < upper[0] < 1
    assert 0 < lower[1] < 1


def test_nothing_to_divide_by_has_no_interval() -> None:
    lower, upper = wilson_interval([0, np.nan, 1], [0, 5, 2])
    assert np.isnan(lower).tolist() == [True, True, False] == np.isnan(upper).tolist()
    assert np.isnan(byar_interval([np.nan])).all()


def test_shapes_broadcast() -> None:
    lower, upper = wilson_interval([[1], [2]], [10, 20, 30])
    assert lower.shape == upper.shape == (2, 3)


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 5), (6, 5), ([1, 9], [2, 8])])
def test_counts_that_are_no_share_are_refused(numerator, denominator) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="分子"):
        wilson_interval(numerator, denominator)


def test_negative_events_are_refused() -> None:
    with pytest.raises(ValueError, match="不能为负"):
        byar_interval([3, -1])


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_outside_0_and_1_is_refused(confidence: float) -> None:
    for interval in (byar_interval, exact_poisson_interval):
        with pytest.raises(ValueError, match="置信水平"):
            interval(5, confidence)
    with pytest.raises(ValueError, match="置信水平"):
        wilson_interval(1, 5, confidence)
