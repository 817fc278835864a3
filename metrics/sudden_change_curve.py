"""Alarms against misses of the sign 骤然变差 (`warnings/sudden_changes.sql`) as its limit on z moves.

An alarm is an indicator of a reporter that comes beyond the limit in a month and was not beyond it in the month
before. The two lower limits of the rule, on how large the change is, stay as they are.
"""

from collections.abc import Collection, Iterable, Sequence

import pandas as pd

from metrics.warning_backtest import Region, load_watched
from metrics.warning_definitions import Rule

CUT_OFFS = (1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0, 5.0)
SIGN = "sudden_z"


def standing_limits(rules: Iterable[Rule]) -> dict[str, float]:
    """The limits of the step that speaks of a sudden change: column → least value.

    Raises:
        LookupError: no rule has such a step.
    """
    for rule in rules:
        for step in rule.steps:
            limits = {condition.column: condition.limit for condition in step.when}
            if SIGN in limits:
                return limits
    raise LookupError(SIGN)


def sudden_curve(
    planted: Sequence[tuple[Region, pd.DataFrame]],
    control: Sequence[Region],
    limits: dict[str, float],
    cut_offs: Collection[float] = CUT_OFFS,
) -> pd.DataFrame:
    """What each limit finds and what it costs.

    Args:
        planted: regions with troubles, each with its judged troubles (:func:`metrics.warning_backtest.judge_troubles`).
        control: the same regions in control.
        limits: see :func:`standing_limits`.

    Returns:
        cut_off, planted (judged and visible troubles of kinds that show in these indicators), found (an alarm in their
        window), false_alarms, division_months (both in control).
    """
    rows = []
    for cut_off in sorted(cut_offs):
        now = {**limits, SIGN: cut_off}
        hits = [hit for region, troubles in planted for hit in _hits(region, troubles, now)]
        rows.append({
            "cut_off": cut_off,
            "planted": len(hits),
            "found": sum(hits),
            "false_alarms": sum(len(find_onsets(region.sudden, now)) for region in control),
            "division_months": sum(len(region.months) * len(region.divisions) for region in control),
        })  # fmt: skip
    return pd.DataFrame(rows)


def find_onsets(sudden: pd.DataFrame, limits: dict[str, float]) -> pd.DataFrame:
    """Rows in which an indicator of a reporter comes beyond the limits; a month without a row is not beyond them."""
    is_beyond = pd.concat([sudden[column] >= least for column, least in limits.items()], axis=1).all(axis=1)
    beyond = sudden[is_beyond]
    months = beyond["period"].map(lambda period: 12 * int(period[:4]) + int(period[5:])).astype("int64")
    before = months.groupby([beyond["indicator"], beyond["division_code"]]).shift(1)
    return beyond[months != before + 1]


def _hits(region: Region, troubles: pd.DataFrame, limits: dict[str, float]) -> list[bool]:
    watched = load_watched()
    onsets, shown = find_onsets(region.sudden, limits), frozenset(region.sudden["indicator"])
    hits = []
    for one in troubles[(troubles["outcome"] != "not_judged") & (troubles["cases"] > 0)].to_dict("records"):
        indicators = watched[one["kind"]].indicators & shown
        if indicators:
            own = onsets[(onsets["division_code"] == one["division_code"]) & onsets["indicator"].isin(indicators)]
            hits.append(bool(own["period"].between(one["first"], one["end"]).any()))
    return hits
