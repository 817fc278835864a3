"""The run behind `oversight backtest --warnings` on a few reporters: what is planted, measured and written."""

from pathlib import Path

import pytest

from pipelines.backtest_runs import BacktestError
from pipelines.home import Home
from pipelines.simulation.staging_directly import stage_region
from pipelines.warning_backtest_report import write_warning_report
from pipelines.warning_backtest_runs import run_warning_backtest

COUNTIES = ("652901", "652902", "652922", "652924")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def test_a_region_in_control_is_the_same_region_without_troubles_and_frauds(tmp_path: Path) -> None:
    truths = {}
    for name, is_in_control in (("planted", False), ("control", True)):
        made = Home(tmp_path / name)
        made.create()
        truths[name] = stage_region(made, months=12, seed=5, divisions=COUNTIES, is_in_control=is_in_control,
                                    frauds_per_kind=1)  # fmt: skip
        assert (made.root / "truth.json").exists()
    assert truths["control"]["troubles"] == truths["control"]["frauds"] == []
    assert truths["planted"]["troubles"]  # 652902 has planned ones in every simulation
    cheats = [fraud["division_code"] for fraud in truths["planted"]["frauds"]]
    assert cheats and len(set(cheats)) == len(cheats)  # nobody cheats in two ways


def test_rules_are_measured_on_fresh_regions_and_told_in_a_page(home: Home) -> None:
    found = run_warning_backtest(home, seeds=[5], months=12, divisions=COUNTIES)
    assert found.path is None  # nothing is published here, so there is nothing to lay the tables beside
    assert found.about["seeds"] == found.about["control_seeds"] == "5"
    assert found.false_alarms["division_months"].tolist() == [48] * 7
    assert set(found.honest["region"]) == {"planted", "control"}
    page = write_warning_report(found)
    assert page.count("\n## ") == 8 and "植入的隐患两个报告期内" in page


def test_without_a_seed_nothing_is_measured(home: Home) -> None:
    with pytest.raises(BacktestError, match="种子"):
        run_warning_backtest(home, seeds=[])
