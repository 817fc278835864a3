"""Run a backtest: forecasts of past months out of the ledger or a snapshot, outcomes out of the newest snapshot.

Two ways, and the result says which. `as_of` builds each past month again with only what had come by then (20 days after
the month's end, when its filings were due): slow, and the real question. `snapshot` takes the past months of the
snapshot as it computes them today, with what came late and what was corrected since: fast, and a little too kind.

The result stands beside the snapshots, in `backtests/<snapshot_id>.duckdb`: a snapshot is never changed once it is
built, and a backtest looks at several of them. It is derived, like they are.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb
import pandas as pd

from data_contracts.errors import MendableError
from data_contracts.periods import add_months, month_range, period_end
from metrics.backtest_cases import (
    HORIZONS,
    OUTCOMES,
    make_cases,
    planted_events,
    read_events,
    read_forecasts,
    read_observed,
)
from metrics.backtesting import calibrate_tiers, evaluate, rate_by_tier
from metrics.read_layer import read_meta, read_periods
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.building import build
from pipelines.home import Home
from pipelines.sums import put_in_place, take_away

Progress = Callable[[str, int, int], None]
Way = Literal["as_of", "snapshot"]
AS_OF_DAYS = 20
FIRST_MONTHS = 3  # of the record, which have too little behind them to be judged by
FOLDER = "backtests"
STEP_TITLE = "回溯各期"


class BacktestError(MendableError):
    """A backtest that cannot be made; the text is Chinese and says what to do."""


@dataclass(frozen=True)
class Backtest:
    """What a backtest found.

    Attributes:
        measures: the table `backtest` (see :func:`metrics.backtesting.evaluate`).
        tiers: how often each outcome came after each tier: outcome, horizon_months, tier, cases, happened.
        calibration: probabilities of being 三级黄 or worse against the tier three months later.
        forecasts: what was said, per reporter and month.
        about: snapshot_id, period, way, every, months, is_simulated, ran_on.
        path: the DuckDB file with these tables.
    """

    measures: pd.DataFrame
    tiers: pd.DataFrame
    calibration: pd.DataFrame
    forecasts: pd.DataFrame
    about: dict[str, str]
    path: Path


def run_backtest(home: Home, *, way: Way = "as_of", every: int = 3, truth: Path | None = None,
                 today: date | None = None, progress: Progress | None = None) -> Backtest:
    """Run a backtest on the current snapshot of a home.

    Args:
        home: with a published snapshot.
        way: see the module.
        every: take each n-th past month, counted back from the newest whose shortest horizon has passed.
        truth: truth.json of a simulated region, for the outcome `planted`.
        today: the day that the result is dated with.
        progress: told each month.

    Raises:
        BacktestError: nothing is published, the record is too short, or the truth is not one.
    """
    current = snapshots.current_snapshot_id(home)
    if current is None:
        raise BacktestError("还没有发布的快照：先运行 oversight build 和 oversight publish")
    connection = open_snapshot(snapshots.snapshot_path(home, current))
    meta = read_meta(connection)
    months = _months(read_periods(connection), every)
    planted = _read_truth(truth, meta, months)
    say = progress or (lambda title, done, total: None)
    found = []
    for number, month in enumerate(months):
        say(STEP_TITLE, number, len(months))
        found.append(read_forecasts(connection, month) if way == "snapshot" else _forecast_as_of(home, month))
    say(STEP_TITLE, len(months), len(months))
    forecasts = pd.concat(found, ignore_index=True)
    about = {
        "snapshot_id": current, "period": meta["period"], "way": way, "every": str(every), "months": "、".join(months),
        "is_simulated": meta["is_simulated"], "ran_on": (today or date.today()).isoformat(),
    }
    events = pd.concat([read_events(connection), planted], ignore_index=True)
    result = _judge(forecasts, events, read_observed(connection), about, home.root / FOLDER / f"{current}.duckdb")
    _write(result)
    return result


def _months(periods: list[str], every: int) -> list[str]:
    """Past months to look at, oldest first."""
    newest, oldest = periods[0], add_months(periods[-1], FIRST_MONTHS)
    last = add_months(newest, -min(HORIZONS))
    if last < oldest:
        needed = FIRST_MONTHS + min(HORIZONS) + 1
        raise BacktestError(f"快照只有 {len(periods)} 个月，回溯检验至少需要 {needed} 个月")
    return month_range(oldest, last)[::-1][::every][::-1]


def _forecast_as_of(home: Home, month: str) -> pd.DataFrame:
    """Build a month as it was known when its filings were due, read it, and take the snapshot off the shelf again."""
    snapshot_id = build(home, period=month, as_of=period_end(month) + timedelta(days=AS_OF_DAYS))
    path = snapshots.snapshot_path(home, snapshot_id)
    try:
        with open_snapshot(path) as connection:
            return read_forecasts(connection, month)
    finally:
        take_away(path)


def _read_truth(path: Path | None, meta: dict[str, str], months: list[str]) -> pd.DataFrame:
    if path is None:
        return planted_events({"troubles": []}, months)
    if meta["is_simulated"] != "true":
        raise BacktestError("快照不是模拟数据，没有植入的隐患可以对照：请去掉 --truth")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return planted_events(content, months)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BacktestError(f"{path} 读不出植入的隐患：应为 oversight simulate 写出的 truth.json（{error}）") from error


def _judge(forecasts: pd.DataFrame, events: pd.DataFrame, observed: pd.DataFrame, about: dict[str, str], path: Path,
           ) -> Backtest:
    measures, tiers = [], []
    for outcome in OUTCOMES:
        if outcome == "planted" and not (events["outcome"] == "planted").any():
            continue
        for horizon in (0,) if outcome == "planted" else HORIZONS:
            cases = make_cases(forecasts, events, observed, outcome=outcome, horizon=horizon, last=about["period"])
            measures.append(evaluate(cases, outcome=outcome, horizon=horizon))
            tiers.append(rate_by_tier(cases).assign(outcome=outcome, horizon_months=horizon))
    return Backtest(pd.concat(measures, ignore_index=True), pd.concat(tiers, ignore_index=True),
                    calibrate_tiers(forecasts, min(HORIZONS)), forecasts, about, path)


def _write(result: Backtest) -> None:
    """Write beside and rename, as snapshots are."""
    result.path.parent.mkdir(parents=True, exist_ok=True)
    temporary = result.path.with_name(f".{result.path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    about = pd.DataFrame(result.about.items(), columns=["key", "value"])
    tables = {"backtest": result.measures, "backtest_tiers": result.tiers, "backtest_calibration": result.calibration,
              "backtest_forecasts": result.forecasts, "meta": about}
    with duckdb.connect(str(temporary)) as connection:
        for name, frame in tables.items():
            connection.register("incoming", frame)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')
            connection.unregister("incoming")
    put_in_place(temporary, result.path)
