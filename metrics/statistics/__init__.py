"""Statistics, vectorised: arrays in, arrays out, each with its source. Nothing here knows of indicators or divisions.

    is the number sure?              intervals      wilson_interval, byar_interval, exact_poisson_interval
    does it differ from the region?  funnel         funnel_limits_*, overdispersion, adjusted_z, adjusted_limits
    does it differ from its past?    charts         xmr, judge_signals, assure_target, cusum
    is it getting worse?             trends, steps  trend_test, step_change, change_points
    what of small divisions?         shrinkage      shrink_rates
    how many findings are chance?    multiplicity   false_discovery
    may it be relied on?             reliability    reliability_grade

Whatever is unknown is nan, goes through as nan and counts for nothing: silence is never zero. The last axis is that of
the divisions in `funnel` and `shrinkage`, that of the periods in `charts`, `trends` and `steps`; the axes before it are
as many funnels or series as wished.
"""

from metrics.statistics.charts import (
    Cusum,
    Xmr,
    assure_target,
    cusum,
    judge_signals,
    runs_completed,
    spread_back,
    trends_completed,
    xmr,
)
from metrics.statistics.funnel import (
    adjusted_limits,
    adjusted_z,
    funnel_limits_proportion,
    funnel_limits_ratio,
    funnel_position,
    overdispersion,
)
from metrics.statistics.intervals import byar_interval, exact_poisson_interval, wilson_interval
from metrics.statistics.multiplicity import Discoveries, false_discovery
from metrics.statistics.reliability import GRADES, GradeLimits, Reliability, reliability_grade
from metrics.statistics.self_starting import self_starting_scores
from metrics.statistics.shrinkage import Shrunk, shrink_rates
from metrics.statistics.steps import Step, change_points, step_change
from metrics.statistics.trends import Trend, trend_test

__all__ = [
    "GRADES",
    "Cusum",
    "Discoveries",
    "GradeLimits",
    "Reliability",
    "Shrunk",
    "Step",
    "Trend",
    "Xmr",
    "adjusted_limits",
    "adjusted_z",
    "assure_target",
    "byar_interval",
    "change_points",
    "cusum",
    "exact_poisson_interval",
    "false_discovery",
    "funnel_limits_proportion",
    "funnel_limits_ratio",
    "funnel_position",
    "judge_signals",
    "overdispersion",
    "reliability_grade",
    "runs_completed",
    "self_starting_scores",
    "shrink_rates",
    "spread_back",
    "step_change",
    "trend_test",
    "trends_completed",
    "wilson_interval",
    "xmr",
]
