"""Measure the warning rules: on fresh simulated regions of several seeds, and by what the home's ledger says of them.

For each seed two regions are staged and built in a folder that is removed again: one with the troubles of the hidden
region and `FRAUDS` frauds of each kind, and the same region in control, with nothing planted. What became of warnings
(误报, days to 签收 and 销号) can only be known where they were worked: it comes from the home that is given.

The tables are added to `backtests/<snapshot_id>.duckdb`, beside the snapshot: a snapshot is never changed.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from metrics.integrity.judging import IS_LOW_SUSPICIOUS
from metrics.integrity.rules import load_integrity_rules
from metrics.policies import load_policies
from metrics.snapshot import open_snapshot
from metrics.sudden_change_curve import SIGN, standing_limits, sudden_curve
from metrics.warning_backtest import (
    Region,
    chance_of_alarm,
    count_false_alarms,
    fraud_curve,
    honest_filings,
    judge_frauds,
    judge_rules,
    judge_troubles,
    load_watched,
    read_region,
)
from pipelines import snapshots
from pipelines.backtest_runs import FOLDER, BacktestError
from pipelines.building import build
from pipelines.handling_rules import read_rule_records
from pipelines.home import Home
from pipelines.simulation.simulating import TRUTH
from pipelines.simulation.staging_directly import stage_region
from pipelines.sums import put_in_place

Progress = Callable[[str, int, int], None]
FRAUDS = 6
STEP_TITLE = "模拟并计算各地区"


@dataclass(frozen=True)
class WarningBacktest:
    """What was measured, pooled over the seeds.

    Attributes:
        rules: rule, title, kind, fired, standing, alarms, right, planted, found, precision, recall, lead_days, issued,
            false_alarm_share, days_to_acknowledge, days_to_close; null where it cannot be told.
        troubles: a row per planted trouble (see :func:`metrics.warning_backtest.judge_troubles`), with seed.
        chance: kind, hits, tried.
        frauds: a row per planted fraud, with seed.
        curve: see :func:`metrics.warning_backtest.fraud_curve`.
        sudden_curve: see :func:`metrics.sudden_change_curve.sudden_curve`.
        false_alarms: kind, yellow_up, grave, division_months; regions in control.
        honest: region (`planted | control`), filings, signals.
        about: snapshot_id, seeds, months, reporters, ran_on.
        path: where the tables stand; None if the home has no snapshot.
    """

    rules: pd.DataFrame
    troubles: pd.DataFrame
    chance: pd.DataFrame
    frauds: pd.DataFrame
    curve: pd.DataFrame
    sudden_curve: pd.DataFrame
    false_alarms: pd.DataFrame
    honest: pd.DataFrame
    about: dict[str, str]
    path: Path | None


def run_warning_backtest(home: Home, *, seeds: Sequence[int], months: int = 30, divisions: Sequence[str] | None = None,
                         today: date | None = None, progress: Progress | None = None) -> WarningBacktest:
    """Measure every rule on regions of these seeds; the record of handling comes from `home`.

    Args:
        seeds: of the simulated regions, at least one.
        months: of each region's record, at least 12.
        divisions: reporters, by default all.
        today: the day that the result is dated with.
        progress: told each region.

    Raises:
        BacktestError: no seed, or too short a record.
    """
    if not seeds or months < 12:
        raise BacktestError("请至少给一个随机种子，月数不少于 12：例如 --seed 11 --seed 12 --months 30")
    say = progress or (lambda title, done, total: None)
    planted, control = [], []
    for number, seed in enumerate(seeds):
        say(STEP_TITLE, 2 * number, 2 * len(seeds))
        planted.append(simulate_region(seed, months=months, divisions=divisions))
        say(STEP_TITLE, 2 * number + 1, 2 * len(seeds))
        control.append(simulate_region(seed, months=months, divisions=divisions, is_in_control=True))
    say(STEP_TITLE, 2 * len(seeds), 2 * len(seeds))
    return measure_regions(home, planted, control, today=today)


def simulate_region(seed: int, *, months: int, divisions: Sequence[str] | None = None, is_in_control: bool = False,
                    ) -> Region:
    """Stage and build a region in a folder that is removed again, and read what it says."""
    with tempfile.TemporaryDirectory(prefix="warning_backtest_") as folder:
        home = Home(Path(folder))
        home.create()
        stage_region(home, months=months, seed=seed, divisions=divisions, is_in_control=is_in_control,
                     frauds_per_kind=FRAUDS)
        build(home)
        return region_of(home)


def region_of(home: Home) -> Region:
    """The region of a simulated home: its newest snapshot and its truth.json.

    Raises:
        BacktestError: nothing is built, or there is no truth.
    """
    built = sorted(home.snapshots.glob("*.duckdb"))
    if not built:
        raise BacktestError(f"{home.root} 还没有快照：先运行 oversight build")
    try:
        truth: dict[str, Any] = json.loads((home.root / TRUTH).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BacktestError(f"{home.root / TRUTH} 读不出植入的隐患（{error}）") from error
    with open_snapshot(built[-1]) as connection:
        return read_region(connection, truth)


def measure_regions(home: Home, planted: Sequence[Region], control: Sequence[Region], *, today: date | None = None,
                    ) -> WarningBacktest:
    """Pool what regions say, `planted` with troubles and `control` without, and write the tables."""
    troubles = [judge_troubles(one) for one in planted]
    judged = pd.concat([judge_rules(one, found) for one, found in zip(planted, troubles, strict=True)],
                       ignore_index=True)
    chance = pd.DataFrame([(kind, *map(sum, zip(*(chance_of_alarm(one, kind) for one in planted), strict=True)))
                           for kind in load_watched()], columns=["kind", "hits", "tried"])
    least = {rule.rule: (rule.least_value, rule.test in IS_LOW_SUSPICIOUS) for rule in load_integrity_rules().rules}
    curve = pd.concat([fraud_curve(one, least) for one in planted])
    false_alarms = pd.concat([count_false_alarms(one) for one in control])
    honest = [(name, honest_filings(one)) for name, regions in (("planted", planted), ("control", control))
              for one in regions]
    current = snapshots.current_snapshot_id(home)
    settings = planted[0].truth["settings"]
    limits = standing_limits(load_policies().at(today or date.today()).rules)
    about = {"snapshot_id": current or "", "seeds": _seeds(planted), "control_seeds": _seeds(control),
             "months": f"{settings['first']} 至 {settings['until']}", "reporters": str(len(planted[0].divisions)),
             "sudden_z": f"{limits[SIGN]:g}", "ran_on": (today or date.today()).isoformat()}  # fmt: skip
    result = WarningBacktest(
        rules=_pool_rules(judged, home),
        troubles=_with_seed(planted, troubles).drop(columns="rules"),
        chance=chance,
        frauds=_with_seed(planted, [judge_frauds(one) for one in planted]),
        curve=curve.groupby(["rule", "cut_off"], as_index=False).sum().sort_values(["rule", "cut_off"]),
        sudden_curve=sudden_curve(list(zip(planted, troubles, strict=True)), control, limits),
        false_alarms=false_alarms.groupby("kind", as_index=False, sort=False).sum(),
        honest=pd.DataFrame([(name, len(one), int(one["is_signal"].sum())) for name, one in honest],
                            columns=["region", "filings", "signals"]).groupby("region", as_index=False).sum(),
        about=about,
        path=home.root / FOLDER / f"{current}.duckdb" if current else None,
    )  # fmt: skip
    if result.path is not None:
        _write(result, result.path)
    return result


def _seeds(regions: Sequence[Region]) -> str:
    return "、".join(str(one.truth["settings"]["seed"]) for one in regions)


def _with_seed(regions: Sequence[Region], frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([frame.assign(seed=one.truth["settings"]["seed"]) for one, frame in
                      zip(regions, frames, strict=True)], ignore_index=True)  # fmt: skip


def _pool_rules(judged: pd.DataFrame, home: Home) -> pd.DataFrame:
    pooled = judged.groupby(["rule", "kind"], as_index=False).agg(
        {"alarms": "sum", "right": "sum", "planted": "sum", "found": "sum", "leads": "sum"})
    records = pd.DataFrame([{**one.to_dict()} for one in read_rule_records(home)])
    both = records.merge(pooled, on="rule", how="outer")
    infers = both["kind"].isin(("statistical", "composite", "integrity"))
    both["precision"] = (both["right"] / both["alarms"]).where(infers & (both["alarms"] > 0))
    both["recall"] = (both["found"] / both["planted"]).where(both["planted"] > 0)
    both["lead_days"] = [pd.Series(one).median() if isinstance(one, list) and one else None for one in both["leads"]]
    both["title"] = both["title"].fillna(both["rule"])
    names = ["rule", "title", "kind", "fired", "standing", "alarms", "right", "planted", "found", "precision", "recall",
             "lead_days", "issued", "false_alarm_share", "days_to_acknowledge", "days_to_close"]  # fmt: skip
    numbers = [name for name in names if name not in ("rule", "title", "kind")]
    both[numbers] = both[numbers].apply(pd.to_numeric)
    return both.sort_values(["alarms", "rule"], ascending=[False, True], ignore_index=True)[names]


def _write(result: WarningBacktest, path: Path) -> None:
    """Add the tables to the backtests of the snapshot, those of the index as they were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.warnings")
    temporary.write_bytes(path.read_bytes()) if path.exists() else temporary.unlink(missing_ok=True)
    about = pd.DataFrame(result.about.items(), columns=["key", "value"])
    tables = {"warning_backtest": result.rules, "warning_troubles": result.troubles, "warning_chance": result.chance,
              "warning_frauds": result.frauds, "warning_curve": result.curve, "warning_meta": about,
              "warning_sudden_curve": result.sudden_curve,
              "warning_false_alarms": result.false_alarms, "warning_honest": result.honest}  # fmt: skip
    with duckdb.connect(str(temporary)) as connection:
        for name, frame in tables.items():
            connection.register("incoming", frame)
            connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM incoming')
            connection.unregister("incoming")
    put_in_place(temporary, path)
