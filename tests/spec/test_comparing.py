"""Two snapshots side by side: every change is split into data, policy and method, and the parts add up."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from metrics.comparing import CompareError, Comparison, compare_snapshots
from metrics.comparing.wording import changed_scores, reason_words, summary, tier_words
from metrics.compute import compute
from pipelines.comparison_sheets import write_comparison
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region

FIRST, LAST = "2026-01", "2026-04"
PARTS = ["data", "policy", "method"]
OLD_POLICY, NEW_POLICY = date(2026, 2, 28), date(2026, 3, 1)
SILENT = ("organisations", "652901", "2026Q1")


def keep(path: Path, region: dict[str, Any], *, policy: date | None = None, change: str = "") -> Path:
    """A drawn region computed and kept as a snapshot file; `change` is done to it afterwards."""
    connection = drawn_connection(**region)
    compute(connection, period=region["period"], first_period=region["first_period"], policy_as_of=policy)
    connection.execute("INSERT INTO meta VALUES ('policy_date', ?)", [policy.isoformat() if policy else ""])
    connection.execute("UPDATE meta SET value = ? WHERE key = 'snapshot_id'", [path.stem])
    connection.execute("""CREATE TABLE corrections (contract VARCHAR, division_code VARCHAR, period VARCHAR,
        key VARCHAR, column_name VARCHAR, new_value VARCHAR, state VARCHAR)""")
    if change:
        connection.execute(change)
    path.unlink(missing_ok=True)
    connection.execute(f"ATTACH '{path}' AS kept; COPY FROM DATABASE memory TO kept; DETACH kept")
    return path


def without_filing(region: dict[str, Any], key: tuple[str, str, str]) -> dict[str, Any]:
    """The same region, had one filing never come."""
    contract, division, period = key
    rows = [row for row in region[contract] if (row["division_code"], row["period"]) != (division, period)]
    first_statuses = {place: status for place, status in region["first_statuses"].items() if place != key}
    gone = {name: {place: found for place, found in region[name].items() if place != key}
            for name in ("days_late", "returned_rows")}
    faults = [fault for fault in region["faults"]
              if (fault["contract"], fault["division_code"], fault["period"]) != key]
    return {**region, contract: rows, "states": {**region["states"], key: "missing"},
            "first_statuses": first_statuses, **gone, "faults": faults}


@pytest.fixture(scope="module")
def region() -> dict[str, Any]:
    drawn = draw_region(11, FIRST, LAST)
    drawn["states"][SILENT] = "on_time"
    drawn["organisations"] += [] if any(
        (row["division_code"], row["period"]) == SILENT[1:] for row in drawn["organisations"]) else [
        {"division_code": "652901", "period": "2026Q1", "organisation_code": f"JG652901000{number}"}
        for number in range(1, 7)]
    return drawn


@pytest.fixture(scope="module")
def files(region: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("kept")
    silent = without_filing(region, SILENT)
    shift = "UPDATE index_scores SET score = score - 1.5 WHERE scope_code = '652902'"
    return {
        "old": keep(folder / "old.duckdb", silent, policy=OLD_POLICY),
        "policy": keep(folder / "policy.duckdb", silent, policy=NEW_POLICY),
        "data": keep(folder / "data.duckdb", region, policy=OLD_POLICY),
        "both": keep(folder / "both.duckdb", region, policy=NEW_POLICY),
        "method": keep(folder / "method.duckdb", silent, policy=OLD_POLICY, change=shift),
    }


def split(comparison: Comparison) -> pd.DataFrame:
    known = comparison.scores[comparison.scores["change"].notna()]
    assert not known.empty
    assert known[PARTS].sum(axis=1).to_numpy() == pytest.approx(known["change"].to_numpy(), abs=1e-8)
    assert (known["score_after"] - known["score_before"]).to_numpy() == pytest.approx(
        known["change"].to_numpy(), abs=1e-8)
    return known.set_index(["scope_code", "scope"])


def test_a_snapshot_does_not_differ_from_itself(files: dict[str, Path]) -> None:
    found = compare_snapshots(files["old"], files["old"])
    assert (split(found)[["change", *PARTS]] == 0).all(axis=None)
    assert found.cells.empty and found.filings.empty and found.parameters.empty and found.contributions.empty
    assert "没有变化" in summary(found)


def test_another_policy_is_policy_alone(files: dict[str, Path]) -> None:
    found = compare_snapshots(files["old"], files["policy"])
    scores = split(found)
    assert (scores[["data", "method"]] == 0).all(axis=None) and (scores["policy"] != 0).any()
    assert found.cells.empty and found.filings.empty
    told = found.parameters.set_index(["policy", "key"])
    assert told.loc[("targets", "rectified_on_time_share")].tolist() == [0.85, 0.90]
    assert set(found.parameters["policy"]) == {"weights", "targets", "cut_offs"}


def test_a_filing_that_came_is_data_alone(files: dict[str, Path]) -> None:
    found = compare_snapshots(files["old"], files["data"])
    scores = split(found)
    assert (scores[["policy", "method"]] == 0).all(axis=None)
    moved = {code for code, _ in scores.index[scores["data"] != 0]}
    assert moved <= {"652901", "652900", "650000"}  # the county and the areas it lies in
    assert found.filings[["contract", "division_code", "period", "change"]].values.tolist() == [[*SILENT, "new"]]
    cell = found.cells.set_index(["indicator", "scope_code", "scope"]).loc[("secrecy_body_share", "652901", "own")]
    assert cell["outcome_before"] == "not_filed" and cell["outcome_after"] != "not_filed"
    assert reason_words(cell) == "新收 1 份"
    assert found.parameters.empty


def test_what_data_did_is_told_indicator_by_indicator(files: dict[str, Path]) -> None:
    found = compare_snapshots(files["old"], files["both"])
    scores = split(found)
    by_indicator = found.contributions.groupby(["scope_code", "scope"])["change"].sum()
    for unit, data in scores["data"].items():
        assert by_indicator.get(unit, 0.0) == pytest.approx(data, abs=1e-8)


def test_another_code_is_method_alone(files: dict[str, Path]) -> None:
    """The second snapshot holds scores that today's code would not give: what made them is method."""
    scores = split(compare_snapshots(files["old"], files["method"]))
    assert (scores[["data", "policy"]] == 0).all(axis=None)
    for (code, _), score in scores.iterrows():
        assert score["method"] == pytest.approx(-1.5 if code == "652902" else 0)


def test_backwards_every_part_changes_its_sign_if_only_one_thing_changed(files: dict[str, Path]) -> None:
    for other in ("policy", "data", "method"):
        there, back = (split(compare_snapshots(*pair)) for pair in (
            (files["old"], files[other]), (files[other], files["old"])))
        assert there[PARTS].to_numpy() == pytest.approx(-back[PARTS].to_numpy(), abs=1e-8)


def test_policy_is_judged_on_the_older_data(files: dict[str, Path]) -> None:
    """Policy first, then data: policy's part is what it did to the data of the first snapshot."""
    both = split(compare_snapshots(files["old"], files["both"]))
    policy = split(compare_snapshots(files["old"], files["policy"]))
    data = split(compare_snapshots(files["policy"], files["both"]))
    shared = both.index.intersection(policy.index).intersection(data.index)
    assert both.loc[shared, "policy"].to_numpy() == pytest.approx(policy.loc[shared, "policy"].to_numpy(), abs=1e-8)
    assert both.loc[shared, "data"].to_numpy() == pytest.approx(data.loc[shared, "data"].to_numpy(), abs=1e-8)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), gone=st.sampled_from(["findings", "organisations", "training"]),
       policies=st.tuples(*[st.sampled_from([OLD_POLICY, NEW_POLICY, None])] * 2))
def test_whatever_changed_the_parts_add_up(tmp_path: Path, seed: int, gone: str, policies: tuple) -> None:
    region = draw_region(seed, FIRST, LAST)
    period = {"findings": "2026-04"}.get(gone, "2026Q1")
    before = keep(tmp_path / "before.duckdb", without_filing(region, (gone, "652900", period)), policy=policies[0])
    after = keep(tmp_path / "after.duckdb", region, policy=policies[1])
    found = compare_snapshots(before, after)
    split(found)
    moved = found.scores["tier_before"] != found.scores["tier_after"]
    assert (found.scores.loc[moved, "tier_by"] != "").all() and (found.scores.loc[~moved, "tier_by"] == "").all()


def test_a_score_that_was_not_there_is_not_split(files: dict[str, Path], tmp_path: Path,
                                                 region: dict[str, Any]) -> None:
    silenced = region
    for contract, division, period in [key for key in region["states"] if key[1] == "660100"]:
        silenced = without_filing(silenced, (contract, division, period))
    before = keep(tmp_path / "silent.duckdb", silenced, policy=OLD_POLICY)
    found = compare_snapshots(before, files["data"])
    score = found.scores.set_index(["scope_code", "scope"]).loc[("660100", "own")]
    assert score["tier_before"] == "insufficient" and pd.isna(score["change"]) and score[PARTS].isna().all()
    assert score["tier_by"] == "data"
    assert tier_words(score.to_dict()).startswith("数据不足 → ")
    told = changed_scores(found)
    assert ("660100", "own") in set(zip(told["scope_code"], told["scope"], strict=True))


def test_months_that_are_not_in_both_are_told(files: dict[str, Path], tmp_path: Path) -> None:
    earlier = keep(tmp_path / "earlier.duckdb", draw_region(11, "2025-10", "2026-02"), policy=OLD_POLICY)
    assert compare_snapshots(earlier, files["old"]).period == "2026-02"
    with pytest.raises(CompareError, match="没有都算到 2026-04；共同的月份为 2026-01 至 2026-02"):
        compare_snapshots(earlier, files["old"], "2026-04")
    apart = keep(tmp_path / "apart.duckdb", draw_region(11, "2025-10", "2025-12"), policy=OLD_POLICY)
    with pytest.raises(CompareError, match="没有共同的月份"):
        compare_snapshots(apart, files["old"])


def test_the_workbook_holds_the_same_numbers(files: dict[str, Path], tmp_path: Path) -> None:
    found = compare_snapshots(files["old"], files["both"])
    path = tmp_path / "比较.xlsx"
    write_comparison(path, found)
    book = load_workbook(path)
    assert book.sheetnames == ["指数", "数据对指数的影响", "指标值", "报送", "政策参数"]
    rows = list(book["指数"].iter_rows(min_row=4, values_only=True))
    assert book["指数"]["A1"].value == summary(found) and len(rows) == len(changed_scores(found))
    for _, before, after, change, data, policy, method, _ in rows:
        if change is not None:
            assert after - before == pytest.approx(change, abs=1e-8)
            assert data + policy + method == pytest.approx(change, abs=1e-8)


def test_a_contract_that_came_later_is_no_hindrance(files: dict[str, Path], tmp_path: Path,
                                                    region: dict[str, Any]) -> None:
    """A snapshot of an older program lacks a table and a column: there is nothing on file in them."""
    older = keep(tmp_path / "older.duckdb", region, policy=OLD_POLICY)
    with duckdb.connect(str(older)) as connection:
        connection.execute("DROP TABLE tips; ALTER TABLE findings DROP COLUMN explanation")
    scores = split(compare_snapshots(older, files["data"]))
    assert (scores["policy"] == 0).all()
