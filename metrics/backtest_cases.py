"""What a backtest is made of: what was said of each reporter at a month, and what came to light afterwards."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from data_contracts.periods import add_months, month_range

_SQL = Path(__file__).parent / "backtest"
OUTCOMES: Mapping[str, str] = {
    "incident": "发生泄密等事件（第三十九条）", "leak": "确认泄密", "grave_finding": "检查发现严重问题",
    "planted": "植入的隐患正在起作用（仅模拟数据）",
}
HORIZONS = (3, 6, 12)
LEAST_SEEN = 2 / 3  # of the months of a horizon that must have been filed for, for nothing seen to mean nothing there
RECENT_MONTHS = 3


def read_forecasts(connection: duckdb.DuckDBPyConnection, period: str) -> pd.DataFrame:
    """What a snapshot says of every reporter at a month: division_code, period, score, tier, p_flagged (probability of
    三级黄 or worse), warning_points, is_warned (red or orange), last_incidents."""
    parameters = {"period": period, "first_recent": add_months(period, 1 - RECENT_MONTHS)}
    return connection.execute(_sql("forecasts"), parameters).df()


def read_events(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """outcome, division_code, month, events; as known in this snapshot."""
    return connection.execute(_sql("events")).df()


def read_observed(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """division_code, month, sees_incidents, sees_findings: where there are filings to see something in."""
    return connection.execute(_sql("observed")).df()


def planted_events(truth: Mapping[str, Any], months: Iterable[str]) -> pd.DataFrame:
    """Troubles of a simulated region as events of every month in which they are in force; improvements are none."""
    known = set(months)
    rows = [
        ("planted", trouble["division_code"], month, 1)
        for trouble in truth["troubles"] if not trouble["is_improvement"]
        for month in month_range(trouble["from"], trouble["to"]) if month in known
    ]
    frame = pd.DataFrame(rows, columns=["outcome", "division_code", "month", "events"])
    return frame.groupby(["outcome", "division_code", "month"], as_index=False)[["events"]].sum()


def make_cases(forecasts: pd.DataFrame, events: pd.DataFrame, observed: pd.DataFrame, *, outcome: str, horizon: int,
               last: str) -> pd.DataFrame:
    """Forecasts with whether the outcome came within the horizon.

    Args:
        forecasts: of any months; those without a score, whose horizon ends after `last`, or that could not be observed
            afterwards are left out.
        events, observed: see above.
        outcome: a key of `OUTCOMES`.
        horizon: in months after the forecast's; 0 for the month itself (`planted`: what is in force already).
        last: the last month of which outcomes are known.

    Returns:
        The forecasts with `happened` (bool), and `months_until` its first month (nan where it did not).
    """
    events = events[events["outcome"] == outcome]
    by_division = {str(code): sorted(months) for code, months in events.groupby("division_code")["month"]}
    seen = _seen(observed, outcome)
    kept, happened, until = [], [], []
    for row in forecasts.to_dict("records"):
        code, period = str(row["division_code"]), str(row["period"])
        months = [period] if horizon == 0 else month_range(add_months(period, 1), add_months(period, horizon))
        if pd.isna(row["score"]) or months[-1] > last:
            continue
        came = [month for month in by_division.get(code, []) if months[0] <= month <= months[-1]]
        is_seen = seen is None or np.mean([(code, month) in seen for month in months]) >= LEAST_SEEN
        if came or is_seen:
            kept.append(row)
            happened.append(bool(came))
            until.append(len(month_range(period, came[0])) - 1 if came else np.nan)
    frame = pd.DataFrame(kept, columns=list(forecasts.columns))
    return frame.assign(happened=np.array(happened, dtype=bool), months_until=np.array(until, dtype=float))


def _seen(observed: pd.DataFrame, outcome: str) -> set[tuple[str, str]] | None:
    """(division, month) in which the outcome would have been seen; None where it needs no filing."""
    if outcome == "planted":
        return None
    column = "sees_findings" if outcome == "grave_finding" else "sees_incidents"
    found = observed[observed[column]]
    return set(zip(found["division_code"], found["month"], strict=True))


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
