"""The part of the read layer that reads statistics: cells with their place and trust, and one cell's control chart."""

import json

import duckdb
import numpy as np
import pandas as pd

from data_contracts.periods import period_end
from metrics.own_history import SIGNALS, Rhythm, draw_history, signal_of
from metrics.peer_comparison import LIMITS, limits_at
from metrics.read_scope import EVERYTHING, Scope, run_query
from metrics.statistics_policy import StatisticsPolicy, statistics_policy

Connection = duckdb.DuckDBPyConnection
_CURVE_POINTS = 40
# The curve goes a little beyond the smallest and the largest peer.
_ROOM = 1.06


def read_cell_statistics(
    connection: Connection,
    scope: Scope,
    *,
    reading: str,
    period: str,
    indicator: str | None = None,
    scope_code: str | None = None,
) -> pd.DataFrame:
    """Cells with their statistics (`expected_value`, `funnel_position`, `xmr_signal`, `reliability` …) at a month.

    Of one indicator, of one reading, or of all that the reader may see; in a funnel only those with a `peer_set` are
    compared. Empty (and without columns) where the snapshot is older than the statistics.
    """
    if not _has_statistics(connection):
        return pd.DataFrame()
    return run_query(
        connection,
        "cell_statistics",
        scope,
        reading=reading,
        period=period,
        indicator=indicator,
        scope_code=scope_code,
    )


def read_control_chart(
    connection: Connection, scope: Scope, *, indicator: str, scope_code: str, reading: str, period: str
) -> pd.DataFrame:
    """The chart by which the month's `xmr_signal` was found, month by month up to it.

    Returns:
        `period`, `value`, `lower`, `upper`, `numerator`, `denominator`, `outcome`; `is_point`: whether the month is a
        point of the chart (months between two filings repeat, and windows that were not full yet are left out);
        `centre`, `xmr_lower`, `xmr_upper`: the same in every row, nan where there are too few points; `signal` of the
        point (none | outside | two_of_three | shift | trend) and its `direction`: 1 above, −1 below, 0.
        Empty where the reader may not see the reading; without columns in a snapshot older than the statistics.
    """
    if not _has_statistics(connection):
        return pd.DataFrame()
    months = run_query(connection, "months", EVERYTHING)["period"].tolist()
    history = run_query(
        connection, "cell_history", scope, scope_code=scope_code, reading=reading, indicator=indicator,
        first=months[0], last=period,
    )  # fmt: skip
    if history.empty:
        return history.assign(is_point=[], centre=[], xmr_lower=[], xmr_upper=[], signal=[], direction=[])
    rhythm = run_query(connection, "rhythm", EVERYTHING, indicator=indicator).iloc[0]
    policy = _policy_at(connection, period)
    values = history["value"].to_numpy(dtype=float, na_value=np.nan)
    per = 0.0 if rhythm["kind"] == "duration" else float(rhythm["per"])
    places, chart = draw_history(
        values,
        per / history["denominator"].where(history["denominator"] > 0).to_numpy(dtype=float, na_value=np.nan),
        len(values) - 1,
        Rhythm(int(rhythm["step_months"]), int(rhythm["window_months"]), float(rhythm["window_points"])),
        policy,
    )
    is_point = np.isin(np.arange(len(values)), places)
    signal, direction = np.full(len(values), "none", dtype=object), np.zeros(len(values), dtype=int)
    if chart is not None:
        signal[places] = np.array(SIGNALS, dtype=object)[signal_of(chart)]
        direction[places] = chart.signal
    bounds = [np.nan] * 3 if chart is None else [float(chart.centre), float(chart.lower), float(chart.upper)]
    drawn = history.assign(
        is_point=is_point, centre=bounds[0], xmr_lower=bounds[1], xmr_upper=bounds[2], signal=signal,
        direction=direction,
    )  # fmt: skip
    return drawn.iloc[-policy.history_months :].reset_index(drop=True)


def read_funnel_limits(
    connection: Connection, scope: Scope, *, indicator: str, reading: str, period: str
) -> pd.DataFrame:
    """The funnel's limits over the denominators of the peers that the reader sees: a smooth curve for a figure.

    Returns:
        `denominator` (40 of them, evenly on a logarithmic scale), `lower_95`, `upper_95`, `lower_998`, `upper_998` in
        the unit of the value; empty where nothing is compared.
    """
    peers = read_cell_statistics(connection, scope, indicator=indicator, reading=reading, period=period)
    compared = peers[peers["funnel_position"].notna()] if not peers.empty else peers
    if compared.empty:
        return pd.DataFrame(columns=["denominator", *LIMITS])
    rhythm = run_query(connection, "rhythm", EVERYTHING, indicator=indicator).iloc[0]
    first = compared.iloc[0]
    least, most = float(compared["denominator"].min()), float(compared["denominator"].max())
    room = _ROOM if most > least else 1.5  # where all are equal, the curve still has a length
    denominator = np.geomspace(least / room, most * room, _CURVE_POINTS)
    bounds = limits_at(
        denominator,
        np.asarray(first["expected_value"] / rhythm["per"]),
        np.asarray(first["tau2"]),
        "share" if rhythm["kind"] == "share" else "rate",
        _policy_at(connection, period),
    )
    return pd.DataFrame({"denominator": denominator, **{name: bounds[name] * rhythm["per"] for name in LIMITS}})


def _has_statistics(connection: Connection) -> bool:
    return not run_query(connection, "has_table", EVERYTHING, table="cell_statistics").empty


def _policy_at(connection: Connection, period: str) -> StatisticsPolicy:
    """The policy of the month's last day, as the snapshot was computed with."""
    policies = run_query(connection, "policies", EVERYTHING)
    is_in_force = (policies["policy"] == "statistics") & (
        pd.to_datetime(policies["valid_from"]) <= pd.Timestamp(period_end(period))
    )
    return statistics_policy(json.loads(policies[is_in_force].iloc[-1]["body"]))
