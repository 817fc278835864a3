"""By what limits the statistics of cells speak: the dated policy `policies/statistics.yaml` as a typed record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics.statistics import GradeLimits


@dataclass(frozen=True)
class StatisticsPolicy:
    """Parameters in force in one month.

    `inner` and `outer` are the confidences of the two funnels, `least_peers` how many peers with a value make one,
    `winsorise` the share of z-scores drawn in at each end, `false_discovery` the rate q; `history_months` is how far
    back charts and trends look, `chart_points` and `trend_points` how many values they need; `grades` go from A down;
    `cusum_slack` and `cusum_limit` are k and h of the CUSUM, in standard errors.
    """

    inner: float
    outer: float
    winsorise: float
    least_peers: int
    false_discovery: float
    trend_p: float
    history_months: int
    chart_points: int
    trend_points: int
    grades: tuple[GradeLimits, ...]
    cusum_slack: float
    cusum_limit: float


def statistics_policy(body: Mapping[str, Any]) -> StatisticsPolicy:
    """The record of a version's body (already checked when policies were loaded)."""
    grades = tuple(GradeLimits(grade, **limits) for grade, limits in sorted(body["grades"].items()))
    names = ("inner", "outer", "winsorise", "least_peers", "false_discovery", "trend_p", "history_months")
    points = body["least_points"]
    return StatisticsPolicy(
        **{name: body[name] for name in names}, chart_points=points["chart"], trend_points=points["trend"],
        grades=grades, cusum_slack=body["cusum"]["slack"], cusum_limit=body["cusum"]["limit"],
    )
