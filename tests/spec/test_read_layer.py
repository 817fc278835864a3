"""The one door to the figures: nobody sees beyond his scope, an empty answer keeps its columns, no outcome is another.

A prefecture's reader asks for everything there is, in every way there is, and gets what is his.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from metrics import read_layer as read
from metrics.compute import compute
from metrics.read_layer import EVERYTHING, Scope
from metrics.read_scope import PUBLIC_QUERIES, read_query_text
from tests.drawn import drawn_connection
from tests.drawn_region import draw_region

PERIOD = "2026-04"
PREFECTURE = Scope(frozenset({"652900", "652901", "652902"}))
COUNTY = Scope(frozenset({"652901"}))
NOBODY = Scope(frozenset())
Read = Callable[[duckdb.DuckDBPyConnection, Scope], pd.DataFrame]

REGION = {"scope_code": "650000", "reading": "area", "period": PERIOD}
ELSEWHERE = {"contract": "incidents", "division_code": "660100", "period": PERIOD}


def filing_of_another(connection: duckdb.DuckDBPyConnection) -> str:
    (found,) = connection.execute("SELECT min(filing_id) FROM findings WHERE division_code = '660100'").fetchall()
    return str(found[0])


# What each frame promises (pages and notebooks rely on it), and how a reader asks for all of it.
FRAMES: dict[str, tuple[Read, set[str]]] = {
    "divisions": (lambda c, s: read.read_divisions(c, s, PERIOD), {"division_code", "name", "short_name", "kind"}),
    "readings": (read.read_readings, {"scope_code", "scope"}),
    "cells": (
        lambda c, s: read.read_cells(c, s, **REGION),
        {"indicator", "title", "kind", "unit", "numerator", "denominator", "value", "lower", "upper", "outcome",
         "target", "change", "is_better", "reporters_expected", "reporters_filed"},
    ),
    "cell_history": (
        lambda c, s: read.read_cell_history(c, s, **REGION),
        {"indicator", "period", "value", "lower", "upper", "outcome"},
    ),
    "ranking_own": (
        lambda c, s: read.read_indicator_ranking(c, s, indicator="trained_share", reading="own", period=PERIOD),
        {"scope_code", "short_name", "value", "lower", "upper", "numerator", "denominator", "outcome"},
    ),
    "ranking_area": (
        lambda c, s: read.read_indicator_ranking(c, s, indicator="trained_share", reading="area", period=PERIOD),
        {"scope_code", "short_name", "value"},
    ),
    "statistics": (
        lambda c, s: read.read_cell_statistics(c, s, **REGION),
        {"indicator", "scope_code", "value", "denominator", "outcome", "history_points", "xmr_signal", "assurance",
         "trend_judgement", "completeness", "newest_filing_on", "data_age_days", "reliability", "reliability_reasons"},
    ),
    "funnel": (
        lambda c, s: read.read_cell_statistics(c, s, indicator="trained_share", reading="own", period=PERIOD),
        {"scope_code", "short_name", "value", "denominator", "expected_value", "lower_95", "upper_998", "tau2",
         "funnel_position", "funnel_judgement", "is_discovery", "peer_set"},
    ),
    "funnel_limits": (
        lambda c, s: read.read_funnel_limits(c, s, indicator="trained_share", reading="own", period=PERIOD),
        {"denominator", "lower_95", "upper_95", "lower_998", "upper_998"},
    ),
    "control_chart": (
        lambda c, s: read.read_control_chart(c, s, indicator="trained_share", **REGION),
        {"period", "value", "outcome", "is_point", "centre", "xmr_lower", "xmr_upper", "signal", "direction"},
    ),
    "groups": (
        lambda c, s: read.read_indicator_groups(c, s, indicator="trained_share", **REGION),
        {"group_kind", "group_title", "value", "numerator", "denominator", "outcome"},
    ),
    "scores_own": (
        lambda c, s: read.read_scores(c, s, reading="own", period=PERIOD),
        {"scope_code", "score", "lower", "upper", "rank", "rank_lower", "rank_upper", "tier", "tier_probability",
         "score_before", "tier_before", "short_name", "kind", "parent_code", "parent_name"},
    ),
    "scores_area": (lambda c, s: read.read_scores(c, s, reading="area", period=PERIOD), {"scope_code", "score"}),
    "scores_within": (
        lambda c, s: read.read_scores(c, s, reading="own", period=PERIOD, within="650000"), {"scope_code", "score"},
    ),
    "score_history": (
        lambda c, s: read.read_score_history(c, s, **REGION),
        {"period", "score", "lower", "upper", "tier"},
    ),
    "score_parts": (
        lambda c, s: read.read_score_parts(c, s, **REGION),
        {"level", "code", "title", "weight", "risk", "contribution"},
    ),
    "score_changes": (
        lambda c, s: read.read_score_changes(c, s, **REGION),
        {"level", "code", "title", "from_period", "value_part", "coverage_part", "policy_part", "change"},
    ),
    "warnings": (
        lambda c, s: read.read_warnings(c, s, period=PERIOD),
        {"warning_id", "rule", "kind", "tier", "division_code", "title", "message", "respond_by", "status",
         "is_cleared", "short_name"},
    ),
    "warning_rollup": (
        lambda c, s: read.read_warning_rollup(c, s, period=PERIOD),
        {"place_code", "rule", "kind", "is_rolled_up", "tier", "warnings", "divisions", "warning_ids", "is_cleared"},
    ),
    "latest_warnings": (lambda c, s: read.read_latest_warnings(c, s), {"warning_id", "tier", "division_code"}),
    "measures": (
        lambda c, s: read.read_measures(c, s, period=PERIOD),
        {"division_code", "organisation_code", "measure", "since_on", "act_by", "findings", "overdue_steps"},
    ),
    "warnings_within": (lambda c, s: read.read_warnings(c, s, period=PERIOD, within="650000"), {"division_code"}),
    "warning_counts": (lambda c, s: read.read_warning_counts(c, s, period=PERIOD), {"period", "tier", "warnings"}),
    "expected_filings": (
        lambda c, s: read.read_expected_filings(c, s, period=PERIOD),
        {"contract", "contract_title", "division_code", "period", "due_on", "state", "received_at", "attempts"},
    ),
    "expected_filing": (lambda c, s: read.read_expected_filing(c, s, **ELSEWHERE), {"state", "due_on"}),
    "filing_history": (
        lambda c, s: read.read_filing_history(c, s, division_code="660100", period=PERIOD),
        {"contract_title", "period", "state"},
    ),
    "filings": (
        lambda c, s: read.read_filings(c, s, period=PERIOD),
        {"filing_id", "receipt_no", "file_name", "status", "division_name", "contract_title"},
    ),
    "submissions": (lambda c, s: read.read_submissions(c, s, **ELSEWHERE), {"filing_id", "attempt", "status"}),
    "filing": (
        lambda c, s: read.read_filing(c, s, filing_id=filing_of_another(c)), {"filing_id", "file_name"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    connection = drawn_connection(**draw_region(4, "2026-01", PERIOD))
    compute(connection, period=PERIOD, first_period="2026-01")
    return connection


@pytest.fixture(scope="module")
def long_region() -> duckdb.DuckDBPyConnection:
    """Fifteen months: long enough for charts."""
    connection = drawn_connection(**draw_region(1))
    compute(connection, period="2026-06", first_period="2025-04")
    return connection


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_has_its_columns_and_all_rows_for_a_reader_of_everything(
    region: duckdb.DuckDBPyConnection, name: str
) -> None:
    ask, columns = FRAMES[name]
    found = ask(region, EVERYTHING)
    assert columns <= set(found.columns)
    assert not found.empty


@pytest.mark.parametrize("name", FRAMES)
def test_nobody_sees_anything_and_the_columns_stay(region: duckdb.DuckDBPyConnection, name: str) -> None:
    ask, _ = FRAMES[name]
    found = ask(region, NOBODY)
    assert found.empty
    assert list(found.columns) == list(ask(region, EVERYTHING).columns)


@pytest.mark.parametrize("scope", [PREFECTURE, COUNTY], ids=["prefecture", "county"])
@pytest.mark.parametrize("name", FRAMES)
def test_a_reader_sees_his_own_rows_and_no_others(region: duckdb.DuckDBPyConnection, name: str, scope: Scope) -> None:
    ask, _ = FRAMES[name]
    found = ask(region, scope)
    for column in {"division_code", "scope_code", "member_code"} & set(found.columns):
        assert set(found[column]) <= scope.divisions  # type: ignore[operator]


@pytest.mark.parametrize("name", ["cells", "cell_history", "control_chart", "statistics", "groups", "score_history",
                                  "score_parts", "score_changes", "expected_filing", "filing_history", "submissions",
                                  "filing"])  # fmt: skip
def test_asking_for_the_region_or_for_another_division_gives_nothing(
    region: duckdb.DuckDBPyConnection, name: str
) -> None:
    assert FRAMES[name][0](region, PREFECTURE).empty


def test_a_prefecture_sees_its_area_and_a_county_does_not(region: duckdb.DuckDBPyConnection) -> None:
    place = {"scope_code": "652900", "reading": "area", "period": PERIOD}
    assert not read.read_cells(region, PREFECTURE, **place).empty
    assert read.read_cells(region, COUNTY, **place).empty
    readings = {tuple(row) for row in read.read_readings(region, COUNTY).itertuples(index=False)}
    assert readings == {("652901", "own"), ("652901", "area")}


def test_a_county_sees_its_own_place_and_nobody_elses_point(region: duckdb.DuckDBPyConnection) -> None:
    asked = {"indicator": "trained_share", "reading": "own", "period": PERIOD}
    everyone = read.read_cell_statistics(region, EVERYTHING, **asked).set_index("scope_code")
    assert len(everyone) == 5
    assert set(read.read_cell_statistics(region, PREFECTURE, **asked)["scope_code"]) == PREFECTURE.divisions
    own = read.read_cell_statistics(region, COUNTY, **asked).set_index("scope_code")
    assert list(own.index) == ["652901"]
    assert own.loc["652901", "expected_value"] == everyone.loc["652901", "expected_value"]  # the average of all peers
    assert read.read_cell_statistics(region, COUNTY, scope_code="652902", **asked).empty
    chart = {**asked, "scope_code": "652902"}
    assert read.read_control_chart(region, COUNTY, **chart).empty
    assert not read.read_control_chart(region, PREFECTURE, **chart).empty


def test_the_curve_of_the_funnel_goes_through_the_limits_of_its_points(long_region: duckdb.DuckDBPyConnection) -> None:
    found = read.read_cell_statistics(long_region, EVERYTHING, reading="own", period="2026-06")
    compared = found[found["funnel_position"].notna()]
    assert compared["indicator"].nunique() > 10
    for indicator, peers in compared.groupby("indicator"):
        asked = {"indicator": indicator, "reading": "own", "period": "2026-06"}
        curve = read.read_funnel_limits(long_region, EVERYTHING, **asked)
        for name in ("lower_95", "upper_95", "lower_998", "upper_998"):
            drawn = np.interp(np.log(peers["denominator"]), np.log(curve["denominator"]), curve[name])
            assert drawn == pytest.approx(peers[name], rel=0.02, abs=0.01)


def test_a_chart_ends_with_the_signal_that_the_month_was_given(long_region: duckdb.DuckDBPyConnection) -> None:
    found = read.read_cell_statistics(long_region, EVERYTHING, reading="own", period="2026-06")
    charted = found[found["xmr_signal"].notna()]
    assert {"outside", "none"} <= set(charted["xmr_signal"])
    for row in charted.itertuples():
        place = {"indicator": row.indicator, "scope_code": row.scope_code, "reading": "own", "period": "2026-06"}
        chart = read.read_control_chart(long_region, EVERYTHING, **place)
        last = chart.iloc[-1]
        assert (last["centre"], last["xmr_lower"], last["xmr_upper"]) == pytest.approx(
            (row.xmr_centre, row.xmr_lower, row.xmr_upper)
        )
        assert last["signal"] == row.xmr_signal
        assert chart.loc[chart["is_point"], "value"].notna().sum() == row.history_points


def test_a_snapshot_older_than_the_statistics_has_none(region: duckdb.DuckDBPyConnection) -> None:
    older = duckdb.connect()
    older.execute("CREATE TABLE cells (indicator VARCHAR)")
    assert read.read_cell_statistics(older, EVERYTHING, reading="own", period=PERIOD).empty
    place = {"indicator": "trained_share", "scope_code": "652901", "reading": "own", "period": PERIOD}
    assert read.read_control_chart(older, EVERYTHING, **place).empty


def test_counts_are_of_what_the_reader_sees(region: duckdb.DuckDBPyConnection) -> None:
    seen = read.read_warnings(region, PREFECTURE, period=PERIOD)
    counts = read.read_warning_counts(region, PREFECTURE, period=PERIOD)
    assert counts[counts["period"] == PERIOD]["warnings"].sum() == len(seen) > 0
    assert len(seen) < len(read.read_warnings(region, EVERYTHING, period=PERIOD))


def test_a_warning_a_trace_and_a_filed_row_of_another_stay_closed(region: duckdb.DuckDBPyConnection) -> None:
    warnings = read.read_warnings(region, EVERYTHING, period=PERIOD)
    of_others = warnings[warnings["division_code"] == "660100"]["warning_id"].iloc[0]
    assert read.read_warning_history(region, PREFECTURE, warning_id=of_others).empty
    assert read.read_warning_evidence(region, PREFECTURE, warning_id=of_others, period=PERIOD).empty
    assert not read.read_warning_history(region, EVERYTHING, warning_id=of_others).empty

    asked = {"indicator": "trained_share", "reading": "area", "period": PERIOD}
    assert read.read_trace(region, PREFECTURE, scope_code="650000", **asked) is None
    assert read.read_trace(region, PREFECTURE, scope_code="652900", **asked) is not None
    assert read.read_trace(region, EVERYTHING, scope_code="650000", **asked) is not None

    place = {"contract": "findings", "filing_id": filing_of_another(region), "sheet": "问题整改", "row": 7}
    assert read.read_filed_row(region, PREFECTURE, **place) is None
    found = read.read_filed_row(region, EVERYTHING, **place)
    assert found is not None
    assert found["division_code"] == "660100"


def test_no_other_table_can_be_read_as_if_it_were_a_contract(region: duckdb.DuckDBPyConnection) -> None:
    for table in ("warnings", "filings", "organisations; DROP TABLE cells", ""):
        with pytest.raises(ValueError, match="快照中没有报表"):
            read.read_filed_row(region, EVERYTHING, contract=table, filing_id="a", sheet="b", row=7)


def test_every_query_on_divisions_carries_the_scope() -> None:
    names = {path.stem for path in (Path(read.__file__).parent / "read").glob("*.sql")}
    assert names > PUBLIC_QUERIES
    for name in names:
        assert read_query_text(name)


@pytest.mark.parametrize("reading", ["own", "area"])
def test_the_worst_stand_first_in_one_order_only(region: duckdb.DuckDBPyConnection, reading: str) -> None:
    scores = read.read_scores(region, EVERYTHING, reading=reading, period=PERIOD)
    assert scores["score"].dropna().is_monotonic_decreasing
    assert scores["score"].notna().is_monotonic_decreasing  # too little data comes last
    assert scores["rank"].dropna().is_monotonic_increasing
    inside = read.read_scores(region, EVERYTHING, reading=reading, period=PERIOD, within="652900")
    order = scores[scores["scope_code"].isin(inside["scope_code"])]["scope_code"]
    assert list(inside["scope_code"]) == list(order)


def test_warnings_come_gravest_first_and_what_is_only_watched_last_within_its_tier(
    region: duckdb.DuckDBPyConnection,
) -> None:
    tiers = ["red", "orange", "yellow", "blue"]
    for period in ("2026-02", "2026-03", PERIOD):
        found = read.read_warnings(region, EVERYTHING, period=period)
        keys = list(zip(found["tier"].map(tiers.index), found["is_cleared"], found["respond_by"], strict=True))
        assert keys == sorted(keys)


@pytest.fixture(scope="module")
def outcomes() -> pd.DataFrame:
    """One indicator in which each of the four outcomes stands once."""
    rows = [
        {"division_code": division, "period": "2026Q1", "organisation_code": f"{division}-{number}"}
        for division, count in (("652901", 6), ("652902", 4))
        for number in range(count)
    ]
    connection = drawn_connection(organisations=rows, states={("organisations", "652900", "2026Q1"): "missing"})
    compute(connection, period="2026-03", first_period="2026-01")
    found = read.read_indicator_ranking(
        connection, EVERYTHING, indicator="secrecy_body_share", reading="own", period="2026-03"
    )
    return found.set_index("scope_code")


def test_the_four_outcomes_stay_four(outcomes: pd.DataFrame) -> None:
    assert outcomes["outcome"].to_dict() == {
        "652901": "value",
        "652902": "too_small",
        "652900": "not_filed",
        "650000": "not_applicable",
        "660100": "not_applicable",
    }


def test_only_a_value_is_a_number_and_silence_has_no_counts(outcomes: pd.DataFrame) -> None:
    for column in ("value", "lower", "upper"):
        assert outcomes[column].notna().to_dict() == (outcomes["outcome"] == "value").to_dict()
    counts = outcomes[["numerator", "denominator"]]
    assert counts.loc["652900"].isna().all()  # nobody knows
    assert counts.loc["660100"].tolist() == [0, 0]  # known to be none
    assert counts.loc["652902"].tolist() == [4, 4]  # known, and too few for a share


def test_what_has_no_value_is_listed_last_and_never_left_out(outcomes: pd.DataFrame) -> None:
    assert len(outcomes) == 5
    assert outcomes["value"].notna().is_monotonic_decreasing


def test_a_change_needs_both_months(region: duckdb.DuckDBPyConnection) -> None:
    first = read.read_cells(region, EVERYTHING, scope_code="650000", reading="area", period="2026-01")
    assert first["change"].isna().all()
    later = read.read_cells(region, EVERYTHING, **REGION)
    both = later["value"].notna() & later["value_before"].notna()
    assert later["change"].notna().to_dict() == both.to_dict()
    assert both.any()
