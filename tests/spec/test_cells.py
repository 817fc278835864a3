"""Cells: every outcome occurs, values and limits follow from the counts, and computing again changes nothing.

That the counts themselves are right is the business of `test_recomputed.py`.
"""

import duckdb
import numpy as np
import pandas as pd
import pytest

from data_contracts.periods import add_months
from metrics.catalogue import load_catalogue
from metrics.statistics import byar_interval, wilson_interval
from tests.drawn import drawn_connection, with_cells
from tests.drawn_region import draw_region


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    return with_cells(drawn_connection(**draw_region(1)))


def test_the_drawn_region_has_every_outcome(region: duckdb.DuckDBPyConnection) -> None:
    found = region.execute("SELECT DISTINCT outcome FROM cells WHERE group_kind = 'all'").fetchall()
    assert {row[0] for row in found} == {"value", "not_filed", "not_applicable", "too_small"}


def test_values_and_limits_follow_from_the_counts(region: duckdb.DuckDBPyConnection) -> None:
    cells = region.execute("SELECT cells.*, kind, per FROM cells JOIN indicators USING (indicator)").df()
    valued = cells[(cells["outcome"] == "value") & (cells["kind"] != "duration")]
    assert np.allclose(valued["value"], valued["per"] * valued["numerator"] / valued["denominator"])
    shares, rates = valued[valued["kind"] == "share"], valued[valued["kind"] == "rate"]
    assert np.allclose(shares[["lower", "upper"]].T, wilson_interval(shares["numerator"], shares["denominator"]))
    per = rates["per"] / rates["denominator"]
    assert np.allclose(rates[["lower", "upper"]].T, np.array(byar_interval(rates["numerator"])) * per.to_numpy())
    assert cells.loc[cells["outcome"] != "value", ["value", "lower", "upper"]].isna().all(axis=None)


FINDINGS = """
    division_code | period  | finding_code | organisation_code | ordered_on | due_on     | rectified_on
    652901        | 2026-03 | F1           | A                 | 2026-02-01 | 2026-03-01 | 2026-02-06
    652901        | 2026-03 | F2           | A                 | 2026-02-01 | 2026-03-01 | 2026-02-11
    652901        | 2026-03 | F3           | B                 | 2026-02-01 | 2026-03-01 | 2026-02-13
    652901        | 2026-03 | F4           | B                 | 2026-02-01 | 2026-03-01 | 2026-02-21
    652901        | 2026-03 | F5           | B                 | 2026-02-01 | 2026-03-01 | 2026-03-03
    652902        | 2026-03 | F6           | C                 | 2026-02-01 | 2026-03-01 |
    652902        | 2026-03 | F7           | C                 | 2026-02-01 | 2026-04-01 |
"""


def test_a_duration_pools_the_rows_of_an_area_and_is_no_mean_of_medians() -> None:
    connection = with_cells(drawn_connection(findings=FINDINGS))
    found = {(code, scope): cell for code, scope, *cell in connection.execute("""
        SELECT scope_code, scope, numerator, denominator, value, lower, upper, outcome FROM cells
        WHERE indicator = 'rectification_days' AND period = '2026-03' AND group_kind = 'all'""").fetchall()}
    # days 5, 10, 12, 20, 30, and 58 of what is open at the end of March; what is not due yet does not count
    assert found["652900", "area"] == [135, 6, 16, 5, 58, "value"]
    assert found["652901", "own"] == [77, 5, None, None, None, "too_small"]
    assert found["652902", "own"] == [58, 1, None, None, None, "too_small"]
    assert found["660100", "own"] == [0, 0, None, None, None, "not_applicable"]


def test_the_limits_of_a_duration_are_days_and_hold_its_value(region: duckdb.DuckDBPyConnection) -> None:
    cells = region.execute("""
        SELECT cells.*, quantile FROM cells JOIN indicators USING (indicator)
        WHERE kind = 'duration' AND outcome = 'value'""").df()
    assert set(cells["quantile"]) == {0.5, 0.9}
    assert (cells[["lower", "upper"]] % 1 == 0).all(axis=None)
    assert ((cells["lower"] <= cells["value"]) & (cells["value"] <= cells["upper"])).all()


def test_every_duration_has_days_where_it_counts_and_none_where_it_does_not(
    region: duckdb.DuckDBPyConnection,
) -> None:
    for indicator in load_catalogue().indicators:
        if indicator.kind == "duration":
            wrong = region.execute(
                f"SELECT count(*) FROM fact_{indicator.fact} WHERE {indicator.denominator} NOT IN (0, 1) "
                f"OR ({indicator.numerator} IS NULL) <> ({indicator.denominator} = 0) OR {indicator.numerator} < 0"
            ).fetchone()
            assert wrong == (0,), indicator.indicator


def test_better_is_better_than_the_month_before(region: duckdb.DuckDBPyConnection) -> None:
    cells = region.execute("SELECT cells.*, direction FROM cells JOIN indicators USING (indicator)").df()
    name = ["indicator", "scope_code", "scope", "group_kind", "group_value"]
    before = cells[[*name, "period", "value"]].assign(period=[add_months(period, 1) for period in cells["period"]])
    joined = cells.merge(before, on=[*name, "period"], how="left", suffixes=("", "_before"))
    rise = joined["value"] - joined["value_before"]
    gain = rise.where(joined["direction"] == "higher_is_better", -rise)
    expected = [None if pd.isna(one) or one == 0 else bool(one > 0) for one in gain]
    assert [None if pd.isna(one) else bool(one) for one in joined["is_better"]] == expected
    assert {True, False} <= set(expected)


def test_computing_again_in_the_same_connection_changes_nothing() -> None:
    connection = with_cells(drawn_connection(**draw_region(3)))
    before = connection.execute("SELECT * FROM cells").fetchall()
    assert with_cells(connection).execute("SELECT * FROM cells").fetchall() == before
