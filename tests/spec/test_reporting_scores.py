"""The score of reporting: published deductions, four outcomes, and an independent recomputation in pandas."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from data_contracts.divisions import load_divisions, scopes
from metrics.catalogue import load_catalogue
from metrics.policies import PolicyError, load_policies
from metrics.reporting_scores import compute_reporting_scores
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.home import Home
from tests.spec.test_policies import edited

FILING: dict[str, Any] = {"status": "accepted", "row_count": 20, "query_count": 0, "explained_count": 0}


def scored(expected: list[dict[str, Any]], filings: list[dict[str, Any]] = [], faults: list[tuple] = []) -> dict:  # noqa: B006
    """The row of division 652901 for 2026-09, from drawn tables."""
    with duckdb.connect() as connection:
        base = {"division_code": "652901", "period": "2026-09", "month": "2026-09"}
        due = pd.DataFrame([{**base, "contract": f"c{n}", "attempts": 1, "first_status": "accepted", **row}
                            for n, row in enumerate(expected)])  # fmt: skip
        nothing = [{**base, **FILING, "filing_id": "", "contract": ""}]
        came = pd.DataFrame([{**base, **FILING, "filing_id": f"f{n}", "contract": f"c{n}", **row}
                             for n, row in enumerate(filings)] or nothing)  # fmt: skip
        wrong = pd.DataFrame(faults or [("", "mandatory", 1)], columns=["filing_id", "strength", "row"])
        for name, frame in (
            ("expected_filings", due),
            ("filings", came),
            ("faults", wrong),
            ("scopes", scopes(load_divisions())),
        ):
            connection.register(name, frame)
        compute_reporting_scores(connection, catalogue=load_catalogue(), periods=["2026-09"])
        frame = connection.execute("FROM reporting_scores WHERE division_code = '652901' AND scope = 'own'").df()
    return frame.iloc[0].to_dict()


ON_TIME: dict[str, Any] = {"state": "on_time"}
MISSING: dict[str, Any] = {"state": "missing", "attempts": 0, "first_status": None}


def test_who_files_all_in_time_and_right_has_100() -> None:
    row = scored([ON_TIME] * 4, [{}] * 4)
    assert (row["filed_share"], row["on_time_share"], row["first_pass_share"], row["error_share"]) == (1, 1, 1, 0)
    assert (row["explained_outcome"], row["deducted"], row["score"]) == ("not_applicable", 0, 100)


@pytest.mark.parametrize(
    ("expected", "filings", "faults", "part", "deduction"),
    [
        ([ON_TIME] * 3 + [MISSING], [{}] * 3, [], "filed", 25),
        ([ON_TIME] * 3 + [{"state": "late"}], [{}] * 4, [], "on_time", 7.5),
        ([ON_TIME] * 3 + [{**ON_TIME, "attempts": 2, "first_status": "returned"}], [{}] * 4, [], "first_pass", 5),
        # 4 of 80 rows, twice on one row: half of the 10 % at which the whole of 20 points is lost
        ([ON_TIME] * 4, [{}] * 4, [("f0", "mandatory", n) for n in (7, 7, 8, 9, 10)], "error", 10),
        ([ON_TIME] * 4, [{}] * 4, [("f0", "mandatory", n) for n in range(7, 19)], "error", 20),  # and never more
        ([ON_TIME], [{"query_count": 4, "explained_count": 3}], [], "explained", 2.5),
    ],
)  # fmt: skip
def test_each_shortfall_costs_what_is_published(
    expected: list, filings: list, faults: list, part: str, deduction: float
) -> None:
    row = scored(expected, filings, faults)
    assert row[f"{part}_deduction"] == pytest.approx(deduction)
    assert row["score"] == pytest.approx(100 - deduction)


def test_silence_is_not_filed_everywhere_else_and_scores_0() -> None:
    row = scored([MISSING] * 4)
    assert (row["filed_share"], row["filed_outcome"]) == (0, "value")
    assert {row[f"{part}_outcome"] for part in ("on_time", "first_pass", "error", "explained")} == {"not_filed"}
    assert row["score"] == 0
    assert pd.isna(row["on_time_share"]) and pd.isna(row["error_deduction"])


def test_what_was_only_returned_was_attempted_but_not_filed() -> None:
    row = scored(
        [{"state": "returned", "first_status": "returned"}], [{"status": "returned"}], [("f0", "mandatory", 7)]
    )
    assert (row["filed"], row["on_time_outcome"], row["first_pass_share"], row["error_outcome"]) == (
        0,
        "not_filed",
        0,
        "value",
    )


@pytest.mark.parametrize(("rows", "outcome"), [(9, "too_small"), (10, "value"), (0, "not_applicable")])
def test_a_few_rows_say_nothing_of_errors(rows: int, outcome: str) -> None:
    assert scored([ON_TIME], [{"row_count": rows}])["error_outcome"] == outcome


def test_every_number_is_found_again_in_pandas(built_home: Path) -> None:
    home = Home(built_home)
    current = snapshots.current_snapshot_id(home)
    assert current is not None
    with open_snapshot(snapshots.snapshot_path(home, current)) as found:
        scores, expected, filings, faults, members = (
            found.execute(f"FROM {name}").df()
            for name in ("reporting_scores", "expected_filings", "filings", "faults", "scopes")
        )
    mandatory = faults[faults["strength"] == "mandatory"].assign(row=lambda one: one["row"].fillna(0))
    wrong = mandatory.drop_duplicates(["filing_id", "row"]).groupby("filing_id").size()
    tried = filings[filings["status"] != "refused"].copy()
    tried["wrong"] = tried["filing_id"].map(wrong).fillna(0).clip(upper=tried["row_count"])
    month = expected.set_index(["contract", "division_code", "period"])["month"]
    tried = tried.join(month, on=["contract", "division_code", "period"])
    assert len(scores) == len(members[["scope_code", "scope"]].drop_duplicates()) * scores["period"].nunique()
    assert {"value", "not_filed"} <= set(scores["on_time_outcome"])
    for row in scores[scores["period"] == "2026-09"].to_dict("records"):
        of = members[(members["scope_code"] == row["division_code"]) & (members["scope"] == row["scope"])][
            "member_code"
        ]
        due = expected[(expected["month"] == row["period"]) & expected["division_code"].isin(of)]
        came = tried[(tried["month"] == row["period"]) & tried["division_code"].isin(of)]
        assert (row["due"], row["filed"]) == (len(due), due["filing_id"].notna().sum())
        assert (row["on_time"], row["first_pass_of"]) == (
            (due["state"] == "on_time").sum(),
            (due["attempts"] > 0).sum(),
        )
        assert row["first_pass"] == due["first_status"].isin(["accepted", "accepted_with_queries"]).sum()
        assert (row["error_rows"], row["error_rows_of"]) == (came["wrong"].sum(), came["row_count"].sum())
        assert (row["explained"], row["explained_of"]) == (came["explained_count"].sum(), came["query_count"].sum())
        lost = [row[f"{part}_deduction"] for part in ("filed", "on_time", "first_pass", "error", "explained")]
        assert row["score"] == pytest.approx(max(0, 100 - sum(one for one in lost if not pd.isna(one))))


def test_the_policy_is_dated_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    assert load_policies().body("reporting_score", datetime(2026, 9, 30).date())["filed"]["points"] == 100
    folder, _ = edited(tmp_path, "reporting_score.yaml", "full_at: 0.10", "full_at: 0")
    with pytest.raises(PolicyError, match=r"reporting_score\.yaml 第 \d+ 行：“full_at”为 0，应大于 0"):
        load_policies(folder)
