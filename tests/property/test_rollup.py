"""What must hold of the cells of any region, whatever was filed and by whom."""

from functools import lru_cache

import duckdb
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawn import drawn_connection, scope_members, with_cells
from tests.drawn_region import draw_region

CELL = ["indicator", "scope_code", "scope", "period"]
FEW = settings(max_examples=5, deadline=None)  # each example computes a whole region
# In every run the same few regions, each computed once for all properties; a search draws new ones.
IS_SEARCH = settings.get_current_profile_name() == "searching"
seeds = st.integers(0, 10_000) if IS_SEARCH else st.integers(0, 4)


@lru_cache(maxsize=1 if IS_SEARCH else 5)
def compute_region(seed: int) -> duckdb.DuckDBPyConnection:
    return with_cells(drawn_connection(**draw_region(seed, "2026-01", "2026-06")))


def read_cells(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return connection.execute("SELECT * FROM cells").df()


@FEW
@given(seeds)
def test_an_area_is_the_sum_of_the_reporters_in_it_that_filed(seed: int) -> None:
    cells = read_cells(compute_region(seed))
    own = cells[cells["scope"] == "own"].drop(columns="scope").rename(columns={"scope_code": "member_code"})
    members = pd.DataFrame(scope_members(), columns=["scope_code", "scope", "member_code"])
    sides = ["numerator", "denominator", "reporters_expected", "reporters_filed"]
    inside = members.merge(own[own["group_kind"] == "all"], on="member_code")
    summed = inside.groupby(CELL)[sides].sum(min_count=1)
    found = cells[cells["group_kind"] == "all"].set_index(CELL)[sides].sort_index()
    pd.testing.assert_frame_equal(found.astype(float), summed.astype(float).sort_index(), check_exact=True)


@FEW
@given(seeds)
def test_sectors_and_levels_add_up_to_the_whole(seed: int) -> None:
    cells = read_cells(compute_region(seed))
    whole = cells[cells["group_kind"] == "all"].set_index(CELL)[["numerator", "denominator"]]
    for kind in ("sector", "level"):
        groups = cells[cells["group_kind"] == kind].groupby(CELL)[["numerator", "denominator"]].sum()
        assert not groups.empty
        pd.testing.assert_frame_equal(groups, whole.loc[groups.index], check_exact=True)


@FEW
@given(seeds)
def test_a_value_lies_in_its_interval_and_only_a_value_is_shown(seed: int) -> None:
    connection = compute_region(seed)
    cells = connection.execute("""
        SELECT cells.*, kind, smallest_denominator FROM cells JOIN indicators USING (indicator)
    """).df()
    valued = cells["outcome"] == "value"
    assert cells.loc[valued, ["value", "lower", "upper"]].notna().all(axis=None)
    assert cells.loc[~valued, ["value", "lower", "upper"]].isna().all(axis=None)
    shown = cells[valued]
    assert (shown["lower"] <= shown["value"]).all()
    assert (shown["value"] <= shown["upper"]).all()
    assert (shown["denominator"] >= shown["smallest_denominator"]).all()
    shares = shown[shown["kind"] == "share"]
    assert ((shares[["lower", "upper"]] >= 0) & (shares[["lower", "upper"]] <= 1)).all(axis=None)


@FEW
@given(seeds)
def test_the_outcome_follows_from_who_filed_and_how_much_there_is(seed: int) -> None:
    connection = compute_region(seed)
    cells = connection.execute("""
        SELECT cells.*, contract IS NULL AS counts_silence, smallest_denominator
        FROM cells JOIN indicators USING (indicator) WHERE group_kind = 'all'
    """).df()
    assert (cells["reporters_filed"] <= cells["reporters_expected"]).all()
    is_silent = (cells["reporters_filed"] == 0) & ~cells["counts_silence"]
    denominator = cells["denominator"].fillna(0)
    expected = np.select(
        [is_silent & (cells["reporters_expected"] > 0), denominator == 0, denominator < cells["smallest_denominator"]],
        ["not_filed", "not_applicable", "too_small"], "value")
    assert cells["outcome"].tolist() == expected.tolist()
    assert cells.loc[is_silent, ["numerator", "denominator"]].isna().all(axis=None)  # silence is never zero


@FEW
@given(seeds)
def test_a_leaf_reporter_s_area_is_its_own(seed: int) -> None:
    cells = read_cells(compute_region(seed))
    leaf = cells[cells["scope_code"].isin(["652901", "652902", "660100"])].drop(columns=["is_better"])
    own, area = (leaf[leaf["scope"] == scope].drop(columns="scope").reset_index(drop=True) for scope in ("own", "area"))
    pd.testing.assert_frame_equal(own, area)
