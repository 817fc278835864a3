"""Which policy a month is computed with: that of its own last day, unless the policy of one day is asked for."""

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from metrics.catalogue import load_catalogue
from metrics.composite_months import compute_index
from metrics.integrity import compute_integrity
from metrics.policies import POLICY_FOLDER, PolicyError, load_policies
from metrics.read_layer import read_target
from metrics.reporting_scores import compute_reporting_scores
from metrics.snapshot import open_snapshot
from metrics.warning_rules import compute_warnings
from pipelines import snapshots
from pipelines.building import build
from pipelines.home import Home
from pipelines.snapshots import SnapshotError
from tests.drawn import drawn_connection, with_cells, with_statistics
from tests.drawn_region import draw_region
from tests.filings import ORGANISATION, hand_in, write_filing

MONTHS = ["2026-02", "2026-03", "2026-04"]
PARTS = "SELECT code, weight, contribution FROM index_parts WHERE period = ? AND scope_code = '650000' ORDER BY ALL"


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    return with_cells(drawn_connection(**draw_region(5, "2025-10", "2026-04")))


def parts_of(region: duckdb.DuckDBPyConnection, folder: Path, month: str, day: date | None = None) -> list[tuple]:
    policies = load_policies(folder).fix(day)
    compute_index(region, catalogue=load_catalogue(), periods=[month], policies=policies)
    return region.execute(PARTS, [month]).fetchall()


def with_weights_from(folder: Path, day: str) -> Path:
    """The shipped policies, the second version of the weights in force from another day."""
    shutil.copytree(POLICY_FOLDER, folder)
    path = folder / "weights.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("from: 2026-03-01", f"from: {day}"), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("begins", "is_new"), [("2026-03-30", True), ("2026-03-31", True), ("2026-04-01", False)])
def test_a_month_takes_the_policy_of_its_last_day(region: duckdb.DuckDBPyConnection, tmp_path: Path, begins: str,
                                                  is_new: bool) -> None:
    old = parts_of(region, with_weights_from(tmp_path / "old", "2026-12-01"), "2026-03")
    new = parts_of(region, with_weights_from(tmp_path / "new", "2026-01-01"), "2026-03")
    assert old != new
    found = parts_of(region, with_weights_from(tmp_path / "edge", begins), "2026-03")
    assert found == (new if is_new else old)


@pytest.mark.parametrize(("day", "is_new"), [(date(2026, 3, 14), False), (date(2026, 3, 15), True),
                                             (date(2026, 3, 16), True)])
def test_the_policy_of_one_day_holds_for_every_month(region: duckdb.DuckDBPyConnection, tmp_path: Path, day: date,
                                                     is_new: bool) -> None:
    folder = with_weights_from(tmp_path / "edge", "2026-03-15")
    of_all_time = with_weights_from(tmp_path / "all", "2025-01-01" if is_new else "2026-12-01")
    for month in MONTHS:
        assert parts_of(region, folder, month, day) == parts_of(region, of_all_time, month), month


def test_warnings_and_reporting_scores_take_the_policy_of_the_day_too(region: duckdb.DuckDBPyConnection) -> None:
    catalogue = load_catalogue()
    told = {}
    for day in (date(2026, 2, 28), date(2026, 3, 1)):
        policies = load_policies(catalogue=catalogue).fix(day)
        compute_integrity(region)
        with_statistics(region)
        compute_warnings(region, catalogue=catalogue, periods=MONTHS, policies=policies)
        compute_reporting_scores(region, catalogue=catalogue, periods=MONTHS, policies=policies)
        told[day] = {rule for rule, in region.execute("SELECT DISTINCT rule FROM warnings").fetchall()}
        standing = {rule.rule for rule in policies.at(day).rules}
        assert told[day] <= standing
        assert region.execute("SELECT count(DISTINCT period) FROM reporting_scores").fetchall() == [(3,)]
    assert told[date(2026, 2, 28)] != told[date(2026, 3, 1)]


def test_a_snapshot_by_another_policy_says_so_and_is_never_published(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    usual = build(home, period="2026-06")
    other = build(home, period="2026-06", policy_as_of=date(2026, 2, 28))
    both = build(home, period="2026-06", as_of=date(2026, 7, 6), policy_as_of=date(2026, 2, 28))
    assert [other, both] == ["2026-06.policy-2026-02-28.r1", "2026-06.asof-2026-07-06.policy-2026-02-28.r1"]
    infos = {info.snapshot_id: info for info in snapshots.list_snapshots(home)}
    assert infos[usual].policy_date is None
    assert infos[both].to_dict()["policy_date"] == "2026-02-28"
    with pytest.raises(SnapshotError, match="按 2026-02-28 的政策参数计算的快照，只供比对，不能发布"):
        snapshots.publish(home, other)
    assert snapshots.publish(home) == usual
    with open_snapshot(snapshots.snapshot_path(home, other)) as found, \
            open_snapshot(snapshots.snapshot_path(home, usual)) as present:
        assert found.execute("SELECT value FROM meta WHERE key = 'policy_date'").fetchall() == [("2026-02-28",)]
        # the targets before and since March 2026
        assert read_target(found, "rectified_on_time_share", "2026-06") == 0.85
        assert read_target(present, "rectified_on_time_share", "2026-06") == 0.90
        assert found.execute("SELECT max(valid_from) FROM policies").fetchall()[0][0] < date(2026, 3, 1)


def test_the_policy_of_a_later_day_reaches_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q1", [ORGANISATION])], datetime(2026, 4, 5))
    later = build(home, period="2026-03", policy_as_of=date(2026, 3, 1))
    with open_snapshot(snapshots.snapshot_path(home, later)) as found:
        assert read_target(found, "rectified_on_time_share", "2026-01") == 0.90


def test_a_day_without_policy_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    with pytest.raises(PolicyError, match="2023-12-31 没有生效的版本"):
        build(home, policy_as_of=date(2023, 12, 31))
    assert not list(home.snapshots.iterdir())
