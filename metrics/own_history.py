"""A cell against its own past: XmR chart, assurance against the target, and trend, as each month saw them.

A month looks back over the policy's months in the indicator's own steps (a quarterly filing gives one point a quarter:
the two months between repeat it), and never forward. Values of a window overlap; chart and trend are told how much,
and leave out the first months of the record, whose windows are not full yet: they swing more than those that follow.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.statistics import (
    Xmr,
    assure_target,
    cusum,
    judge_signals,
    self_starting_scores,
    trend_test,
    xmr,
)
from metrics.statistics_policy import StatisticsPolicy

Floats = NDArray[np.float64]
# The columns that judge_history gives.
JUDGED = ("history_points", "xmr_centre", "xmr_lower", "xmr_upper", "signal", "judged", "assured", "trend_slope",
          "trend_p", "trending")  # fmt: skip
# In the order in which a point is taken for a signal (metrics.statistics.Xmr.signal).
SIGNALS = ("none", "outside", "two_of_three", "shift", "trend")


class Rhythm(NamedTuple):
    """How often an indicator's value can change, and how much of the past each value sums up."""

    step_months: int
    window_months: int
    """1 for what stands at a month's end."""
    window_points: float
    """The window in steps, at least 1."""


class Series(NamedTuple):
    """Histories of indicators of one rhythm."""

    values: Floats
    """Shape (series, months), oldest first; nan where there is no value."""
    unit: Floats
    """What one event more or less changes, shape (series, months); 0 for a duration, nan where there is no value."""
    target: Floats
    """Shape (series, months), in the unit of the values; nan where policy sets none."""
    higher_is_better: NDArray[np.bool_]
    """Shape (series,)."""
    rhythm: Rhythm


def points_of(month: int, rhythm: Rhythm, history_months: int) -> NDArray[np.int_]:
    """Places of the months that a chart of `month` is made of, oldest first: back from it, step by step.

    Place 0 is the first month of the record; months whose window reaches before it are left out.
    """
    return np.arange(month, max(month - history_months, rhythm.window_months - 2, -1), -rhythm.step_months)[::-1]


def judge_history(series: Series, month: int, policy: StatisticsPolicy) -> dict[str, Floats]:
    """What the history up to one month says of that month.

    Args:
        series: histories that share a rhythm.
        month: place of the month on the axis of months.
        policy: how far back to look, how many points are needed, and the level of the trend test.

    Returns:
        By the snapshot's column, each of shape (series,): `history_points` (values in the chart), `xmr_centre`,
        `xmr_lower`, `xmr_upper`; `signal` (place in SIGNALS), `judged` and `trending` (1 better, −1 worse, 0 neither),
        `assured` (1 meets, −1 misses, 0 hit and miss), `trend_slope` per month, `trend_p`. nan where the month has no
        value or the history is shorter than the policy asks.

    Source: Wheeler 1993; NHS England, Making Data Count; Mann 1945 and Sen 1968.
    """
    found = {name: np.full(len(series.values), np.nan) for name in JUDGED}
    values = series.values[:, points_of(month, series.rhythm, policy.history_months)]
    has_value = np.isfinite(series.values[:, month])
    points = np.isfinite(values).sum(axis=-1)
    found["history_points"] = np.where(has_value, points, np.nan)
    for is_wanted, judge in (
        (has_value & (points >= policy.chart_points), _judge_chart),
        (has_value & (points >= policy.trend_points), _judge_trend),
    ):
        if is_wanted.any():
            for name, column in judge(values[is_wanted], series, month, is_wanted, policy).items():
                found[name][is_wanted] = column
    return found


def accumulate(series: Series, policies: Sequence[StatisticsPolicy]) -> dict[str, Floats]:
    """CUSUM of every month, from the beginning of the record, in the indicator's own steps.

    Only for values that do not overlap (`window_points` 1): sums of what is counted twelve times over mean nothing.
    Each value is scored against those before it, so no norm has to be set; a month sees no later one.

    Args:
        series: histories that share a rhythm.
        policies: of each month.

    Returns:
        `cusum`, the sum towards the worse side in standard errors, and `cumulated` (-1 where it passes the limit, else
        0), of the values' shape; nan where the month has no value or fewer points than a chart needs.
    """
    found = {name: np.full(series.values.shape, np.nan) for name in ("cusum", "cumulated")}
    step, months = series.rhythm.step_months, series.values.shape[-1]
    if series.rhythm.window_points > 1:
        return found
    worse = np.where(series.higher_is_better, -1.0, 1.0)[:, np.newaxis]
    for start in range(min(step, months)):
        places = np.arange(start, months, step)
        values = series.values[:, places]
        scores = self_starting_scores(values, least_spread=series.unit[:, places]) * worse
        is_enough = np.isfinite(values) & (np.cumsum(np.isfinite(values), axis=-1) >= policies[0].chart_points)
        for slack, limit in dict.fromkeys((one.cusum_slack, one.cusum_limit) for one in policies):
            sums = cusum(scores, slack, limit).high
            is_wanted = is_enough & np.array(
                [(policies[at].cusum_slack, policies[at].cusum_limit) == (slack, limit) for at in places.tolist()])
            found["cusum"][:, places] = np.where(is_wanted, sums, found["cusum"][:, places])
            found["cumulated"][:, places] = np.where(is_wanted, -(sums > limit).astype(float),
                                                     found["cumulated"][:, places])
    return found


def signal_of(chart: Xmr) -> NDArray[np.int_]:
    """Which signal each point of a chart is taken for, as a place in SIGNALS."""
    kinds = (chart.outside, chart.near, chart.shift, chart.trend)
    return np.select([kind != 0 for kind in kinds], list(range(1, len(SIGNALS))), 0)


def draw_history(
    values: Floats, unit: Floats, month: int, rhythm: Rhythm, policy: StatisticsPolicy
) -> tuple[NDArray[np.int_], Xmr | None]:
    """The chart that :func:`judge_history` judges, of one series: its points, and the chart or None where too short.

    Args:
        values: shape (months,), nan where there is no value.
        unit: what one event more or less changes, of the same shape.
        month: place of the month that the chart ends with.
        rhythm, policy: as there.
    """
    places = points_of(month, rhythm, policy.history_months)
    is_enough = np.isfinite(values[places]).sum() >= policy.chart_points
    return places, _chart(values[places], unit[places], rhythm) if is_enough else None


def _chart(values: Floats, unit: Floats, rhythm: Rhythm) -> Xmr:
    known = np.isfinite(values) & np.isfinite(unit)
    count = known.sum(axis=-1)
    least = np.divide(np.where(known, unit, 0.0).sum(axis=-1), count, out=np.zeros(count.shape), where=count > 0)
    return xmr(values, window=rhythm.window_points, least_half=least)


def _judge_chart(values: Floats, series: Series, month: int, is_wanted: NDArray[np.bool_],
                 policy: StatisticsPolicy) -> dict[str, Floats]:
    higher_is_better = series.higher_is_better[is_wanted]
    unit = series.unit[:, points_of(month, series.rhythm, policy.history_months)]
    chart = _chart(values, unit[is_wanted], series.rhythm)
    assured = assure_target(chart, series.target[is_wanted, month], higher_is_better)
    return {
        "xmr_centre": chart.centre,
        "xmr_lower": chart.lower,
        "xmr_upper": chart.upper,
        "signal": signal_of(chart)[:, -1].astype(float),
        "judged": judge_signals(chart, higher_is_better)[:, -1].astype(float),
        "assured": assured,
    }


def _judge_trend(values: Floats, series: Series, month: int, is_wanted: NDArray[np.bool_],
                 policy: StatisticsPolicy) -> dict[str, Floats]:
    step = series.rhythm.step_months
    trend = trend_test(values, window=series.rhythm.window_points, least_points=policy.trend_points)
    direction = np.where(series.higher_is_better[is_wanted], 1.0, -1.0)
    trending = np.where(trend.p <= policy.trend_p, np.sign(trend.z) * direction, 0.0)
    return {"trend_slope": trend.slope / step, "trend_p": trend.p, "trending": trending}
