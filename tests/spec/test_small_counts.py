"""Few incidents, tips or alerts are told to who filed them and to who receives every filing, hidden from all others: in
every frame that a page, an export or a notebook can ask for, in the trace and in the ledgers (Art. 24, 36)."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from metrics import read_layer
from metrics.catalogue import load_catalogue
from metrics.facts import load_facts
from metrics.policies import load_policies
from metrics.read_scope import EVERYTHING, Scope, run_query
from tests.drawn import drawn_connection, with_cells, with_statistics
from tests.drawn_region import draw_region

PERIOD = "2026-06"
GUARDED = ("incidents", "tips", "alert_checks")
GUARDED_INDICATORS = [one for one in load_catalogue().indicators if one.fact in GUARDED]
FIGURES = ["numerator", "denominator", "value", "lower", "upper"]
READ = Path("metrics/read")
# These tell no number of a division: the index's own arithmetic, how many cells have which outcome, the faults' filing.
NOT_SHOWN = {"scenario_cells", "reliability_counts", "faults", "event_counts", "event_categories"}


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    connection = with_statistics(with_cells(drawn_connection(**draw_region(5))))
    connection.register("shipped", load_policies().frame())
    connection.execute("INSERT INTO policies BY NAME SELECT * FROM shipped")
    return connection


@pytest.fixture(scope="module")
def superior(region: duckdb.DuckDBPyConnection) -> Scope:
    """A bureau with counties of its own: it sees its area and filed its 本级."""
    code, members = region.execute("""
        SELECT scope_code, list(member_code) FROM scopes JOIN divisions ON divisions.division_code = scope_code
        WHERE scope = 'area' AND divisions.kind = 'prefecture' GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1
    """).fetchall()[0]
    return Scope(frozenset(members), own=frozenset({code}))


def small(row: pd.Series) -> bool:
    # The numerator of a duration is days.
    sides = ["denominator"] if row["indicator"] == "incident_investigation_days" else ["numerator", "denominator"]
    return any(1 <= row[side] <= 4 for side in sides if pd.notna(row[side]))


def all_cells(region: duckdb.DuckDBPyConnection, scope: Scope, group_kind: str) -> pd.DataFrame:
    return run_query(region, "study_cells", scope, group_kind=group_kind, indicator=None, period=None, reading=None)


@pytest.mark.parametrize("group_kind", ["all", "sector", "level"])
def test_of_every_cell_only_what_is_guarded_small_and_not_ones_own_is_hidden(
    region: duckdb.DuckDBPyConnection, superior: Scope, group_kind: str
) -> None:
    keys = ["indicator", "scope_code", "scope", "period", "group_kind", "group_value"]
    true, shown = (all_cells(region, scope, group_kind).set_index(keys, drop=False) for scope in (EVERYTHING, superior))
    true = true.loc[shown.index]
    own = shown["scope_code"].isin(superior.own) & (shown["scope"] == "own")
    guarded = shown["indicator"].isin([one.indicator for one in GUARDED_INDICATORS])
    expected = guarded & ~own & true.apply(small, axis=1)
    assert 0 < expected.sum() < guarded.sum()
    assert (shown["outcome"] == "hidden").equals(expected)
    assert shown.loc[expected, FIGURES].isna().all(axis=None)
    pd.testing.assert_frame_equal(shown[~expected], true[~expected])


FRAMES: dict[str, Callable[[duckdb.DuckDBPyConnection, Scope, dict[str, Any]], pd.DataFrame]] = {
    "read_cells": lambda at, scope, cell: read_layer.read_cells(
        at, scope, scope_code=cell["scope_code"], reading=cell["scope"], period=PERIOD),
    "read_cell_history": lambda at, scope, cell: read_layer.read_cell_history(
        at, scope, scope_code=cell["scope_code"], reading=cell["scope"], period=PERIOD, months=1),
    "read_indicator_ranking": lambda at, scope, cell: read_layer.read_indicator_ranking(
        at, scope, indicator=cell["indicator"], reading=cell["scope"], period=PERIOD),
    "read_cell_statistics": lambda at, scope, cell: read_layer.read_cell_statistics(
        at, scope, indicator=cell["indicator"], reading=cell["scope"], period=PERIOD),
    "read_control_chart": lambda at, scope, cell: read_layer.read_control_chart(
        at, scope, indicator=cell["indicator"], scope_code=cell["scope_code"], reading=cell["scope"], period=PERIOD),
}  # fmt: skip


@pytest.fixture(scope="module")
def hidden(region: duckdb.DuckDBPyConnection, superior: Scope) -> dict[str, Any]:
    """One cell of one of its counties that the bureau must not see."""
    cells = all_cells(region, superior, "all").query("outcome == 'hidden' and period == @PERIOD and scope == 'own'")
    return {str(key): value for key, value in cells.iloc[0].items()}


@pytest.mark.parametrize("frame", FRAMES)
def test_no_frame_tells_a_hidden_cell_and_all_tell_it_to_who_filed_it(
    region: duckdb.DuckDBPyConnection, superior: Scope, hidden: dict[str, Any], frame: str
) -> None:
    def cell(scope: Scope) -> pd.Series:
        found = FRAMES[frame](region, scope, hidden)
        for key in {"indicator", "scope_code", "period"} & set(found):
            found = found[found[key] == hidden[key]]
        assert len(found) == 1
        return found.iloc[0]

    figures = [name for name in FIGURES if name in cell(EVERYTHING)]
    assert cell(superior)["outcome"] == "hidden"
    assert cell(superior)[figures].isna().all()
    reckoned = {"funnel_z", "shrunk_value", "xmr_centre", "change", "expected_value"} & set(cell(superior).index)
    assert cell(superior)[list(reckoned)].isna().all()
    county = Scope(frozenset({hidden["scope_code"]}), own=frozenset({hidden["scope_code"]}))
    assert cell(county)["numerator"] == cell(EVERYTHING)["numerator"]


def trace(region: duckdb.DuckDBPyConnection, scope: Scope, cell: dict[str, Any]) -> Any:
    return read_layer.read_trace(region, scope, indicator=cell["indicator"], scope_code=cell["scope_code"],
                                 reading=cell["scope"], period=PERIOD)


def test_the_trace_of_a_hidden_cell_has_no_figure_and_no_row(
    region: duckdb.DuckDBPyConnection, superior: Scope, hidden: dict[str, Any]
) -> None:
    found = trace(region, superior, hidden)
    assert (found.value, found.numerator, found.denominator, found.outcome) == (None, None, None, "hidden")
    assert (found.rows, found.rows_hidden) == ((), 0)
    assert trace(region, EVERYTHING, hidden).rows


def test_the_trace_of_an_area_lists_the_bureaus_own_rows_and_says_how_many_others_there_are(
    region: duckdb.DuckDBPyConnection, superior: Scope
) -> None:
    cells = all_cells(region, superior, "all").query("scope == 'area' and period == @PERIOD and outcome == 'value'")
    cells = cells[cells["indicator"].isin([one.indicator for one in GUARDED_INDICATORS])]
    cell = {str(key): value for key, value in cells.iloc[0].items()}
    shown, whole = trace(region, superior, cell), trace(region, EVERYTHING, cell)
    assert shown.value == whole.value
    assert shown.rows == tuple(row for row in whole.rows if row.division_code in superior.own)
    assert shown.rows_hidden == len(whole.rows) - len(shown.rows) > 0
    assert replace(whole, rows=shown.rows, rows_hidden=shown.rows_hidden) == shown


@pytest.mark.parametrize(("rows", "is_shown"), [(0, True), (1, False), (4, False), (5, True)])
@pytest.mark.parametrize("contract", ["incidents", "findings"])
def test_how_many_rows_a_filing_of_events_holds_is_hidden_from_one_to_four(
    region: duckdb.DuckDBPyConnection, superior: Scope, rows: int, is_shown: bool, contract: str
) -> None:
    county = min(superior.divisions or [], key=lambda code: (code in superior.own, code))
    filing_id, = region.execute("SELECT min(filing_id) FROM filings WHERE contract = ? AND division_code = ?",
                                [contract, county]).fetchone() or [None]
    region.execute("BEGIN")
    try:
        region.execute("UPDATE filings SET row_count = ? WHERE filing_id = ?", [rows, filing_id])
        counts = [read_layer.read_filing(region, scope, filing_id=filing_id)["row_count"].item()
                  for scope in (superior, EVERYTHING, Scope(frozenset({county}), own=frozenset({county})))]
    finally:
        region.execute("ROLLBACK")
    assert [None if pd.isna(count) else count for count in counts] == [
        rows if is_shown or contract == "findings" else None, rows, rows]


def test_single_incidents_are_listed_to_who_filed_them_and_to_who_receives_every_filing(
    region: duckdb.DuckDBPyConnection, superior: Scope
) -> None:
    def listed(scope: Scope) -> set[str]:
        found = read_layer.read_ledger(region, scope, ledger="incidents", period=PERIOD)
        return set(found["division_code"])

    assert superior.divisions is not None
    assert listed(EVERYTHING) >= superior.divisions
    assert listed(superior) == superior.own
    rows = run_query(region, "study_rows", superior, contract="incidents")
    assert set(rows["division_code"]) == superior.own
    assert set(run_query(region, "study_rows", superior, contract="findings")["division_code"]) == superior.divisions


def test_a_single_case_of_another_unit_opens_only_where_a_warning_rests_on_it(
    region: duckdb.DuckDBPyConnection, superior: Scope
) -> None:
    row = region.execute("SELECT filing_id, sheet, row FROM incidents WHERE list_contains(?, division_code) "
                         "AND division_code <> ? ORDER BY ALL LIMIT 1",
                         [sorted(superior.divisions or []), *superior.own]).fetchone()  # fmt: skip
    assert row is not None
    place = {"contract": "incidents", "filing_id": row[0], "sheet": row[1], "row": row[2]}
    region.execute("CREATE TABLE warning_evidence (filing_id VARCHAR, sheet VARCHAR, row INTEGER)")
    try:
        assert read_layer.read_filed_row(region, superior, **place) is None
        assert read_layer.read_filed_row(region, EVERYTHING, **place) is not None
        region.execute("INSERT INTO warning_evidence VALUES (?, ?, ?)", row)
        assert read_layer.read_filed_row(region, superior, **place) is not None
    finally:
        region.execute("DROP TABLE warning_evidence")


def test_which_facts_are_guarded_is_said_in_their_register() -> None:
    assert tuple(fact.fact for fact in load_facts().facts.values() if fact.hides_small_counts) == GUARDED


@pytest.mark.parametrize("path", sorted(READ.glob("*.sql")), ids=lambda path: path.stem)
def test_no_query_reads_cells_or_counts_of_rows_but_as_they_may_be_shown(path: Path) -> None:
    read = set(re.findall(r"(?:FROM|JOIN)\s+(cells|filings|fact_incidents|fact_tips|fact_alert_checks)\b",
                          path.read_text(encoding="utf-8")))
    assert not read or path.stem in NOT_SHOWN
