"""Cells: every outcome occurs, values and limits follow from the counts, and computing again changes nothing.

That the counts themselves are right is the business of `test_recomputed.py`.
"""

import duckdb
import numpy as np
import pandas as pd
import pytest

from data_contracts.periods import add_months
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
    valued = cells[cells["outcome"] == "value"]
    assert np.allclose(valued["value"], valued["per"] * valued["numerator"] / valued["denominator"])
    shares, rates = valued[valued["kind"] == "share"], valued[valued["kind"] == "rate"]
    assert np.allclose(shares[["lower", "upper"]].T, wilson_interval(shares["numerator"], shares["denominator"]))
    per = rates["per"] / rates["denominator"]
    assert np.allclose(rates[["lower", "upper"]].T, np.array(byar_interval(rates["numerator"])) * per.to_numpy())
    assert cells.loc[cells["outcome"] != "value", ["value", "lower", "upper"]].isna().all(axis=None)


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
