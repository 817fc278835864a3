"""A backtest of the small region, both ways: what it writes, what it leaves behind, and what it refuses."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import cli
from metrics.backtest_cases import OUTCOMES, read_forecasts
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.backtest_report import write_report
from pipelines.backtest_runs import AS_OF_DAYS, Backtest, BacktestError, run_backtest
from pipelines.building import build
from pipelines.home import Home
from pipelines.sums import take_away


@pytest.fixture(scope="module")
def home(built_home: Path) -> Home:
    return Home(built_home)


@pytest.fixture(scope="module")
def found(home: Home, simulated_region: Path) -> Backtest:
    return run_backtest(home, way="snapshot", every=1, truth=simulated_region / "truth.json", today=date(2026, 11, 1))


def test_the_result_stands_in_tables_beside_the_snapshot(found: Backtest) -> None:
    assert found.path.parent.name == "backtests" and found.path.stem == found.about["snapshot_id"]
    with duckdb.connect(str(found.path), read_only=True) as connection:
        stored = connection.execute("SELECT * FROM backtest").df()
        about = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    pd.testing.assert_frame_equal(stored, found.measures, check_dtype=False)
    assert about["way"] == "snapshot" and about["is_simulated"] == "true" and about["ran_on"] == "2026-11-01"
    assert set(stored["predictor"]) == {"index", "warnings", "last_incidents", "random"}
    assert set(stored["outcome"]) == {"incident", "leak", "grave_finding", "planted"}


def test_only_months_whose_horizon_has_passed_are_looked_at(found: Backtest) -> None:
    assert found.about["months"] == "2026-06"  # seven months of record: three to begin with, three to see what came
    later = found.measures[found.measures["horizon_months"] > 3]
    assert (later["cases"] == 0).all() and later["value"].isna().all()


def test_the_page_says_simulated_and_how_and_when(found: Backtest) -> None:
    page = write_report(found)
    assert "本页全部为模拟数据" in page and "2026-11-01" in page and "按现在所知回算" in page
    assert "样本太少" in page  # nine reporters prove nothing
    assert "nan" not in page


def test_as_of_uses_what_was_known_and_leaves_the_shelf_as_it_was(home: Home) -> None:
    before = sorted(path.name for path in home.snapshots.rglob("*"))
    found = run_backtest(home, way="as_of", every=3)
    assert sorted(path.name for path in home.snapshots.rglob("*")) == before
    assert found.about["way"] == "as_of" and "逐期回溯" in write_report(found)
    snapshot_id = build(home, period="2026-06", as_of=date(2026, 6, 30) + timedelta(days=AS_OF_DAYS))
    path = snapshots.snapshot_path(home, snapshot_id)
    with open_snapshot(path) as connection:
        pd.testing.assert_frame_equal(found.forecasts, read_forecasts(connection, "2026-06"))
    take_away(path)


def test_what_cannot_be_run_is_told(home: Home, tmp_path: Path) -> None:
    empty = Home(tmp_path / "empty")
    empty.create()
    with pytest.raises(BacktestError, match="还没有发布的快照"):
        run_backtest(empty)
    wrong = tmp_path / "truth.json"
    wrong.write_text(json.dumps({"reporters": []}), encoding="utf-8")
    with pytest.raises(BacktestError, match="读不出植入的隐患"):
        run_backtest(home, way="snapshot", truth=wrong)


def test_the_page_that_ships_is_generated_simulated_and_dated() -> None:
    page = (Path(cli.__file__).parent / "docs" / "backtest.md").read_text(encoding="utf-8")
    assert "由 oversight backtest 生成" in page and "本页全部为模拟数据" in page and "逐期回溯" in page
    assert re.search(r"检验日期 \d{4}-\d{2}-\d{2}", page)
    for outcome in OUTCOMES.values():
        assert outcome in page
