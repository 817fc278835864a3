"""What the pages of supervision read: small counts are hidden just below the size that is set, silence is no zero, and
a reader sees only their own."""

from typing import Any

import duckdb
import pandas as pd
import pytest

from metrics.read_scope import EVERYTHING, Scope
from metrics.read_supervision import (
    read_capacity,
    read_event_categories,
    read_event_counts,
    read_inspection_work,
    read_supervised_units,
)

PERIOD = "2026-09"
PREFECTURE, ONE, OTHER = "652900", "652901", "652902"
PLACE = {"filing_id": "f", "file_name": "f.xlsx", "sheet": "s"}


def connect(**tables: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """A snapshot of drawn tables: one prefecture with two counties."""
    connection = duckdb.connect()
    divisions = [
        {"division_code": PREFECTURE, "kind": "prefecture", "parent_code": "650000", "short_name": "阿克苏"},
        {"division_code": ONE, "kind": "county", "parent_code": PREFECTURE, "short_name": "阿克苏市"},
        {"division_code": OTHER, "kind": "county", "parent_code": PREFECTURE, "short_name": "库车市"},
    ]
    drawn = {
        "divisions": [{**one, "valid_to": None} for one in divisions],
        "scopes": [{"scope_code": code, "scope": "area", "member_code": one["division_code"]}
                   for code in ("650000", PREFECTURE) for one in divisions],
        **tables,
    }  # fmt: skip
    for name, rows in drawn.items():
        connection.register("incoming", pd.DataFrame(rows))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        connection.unregister("incoming")
    return connection


def due(contract: str, **states: str) -> list[dict[str, Any]]:
    codes = {"prefecture": PREFECTURE, "one": ONE, "other": OTHER}
    return [
        {"contract": contract, "division_code": codes[who], "month": PERIOD, "period": PERIOD, "state": state}
        for who, state in states.items()
    ]


def events(incidents: int) -> duckdb.DuckDBPyConnection:
    """`incidents` incidents of one county, one tip of each reporter, nothing filed by the other county."""
    fact = {"period": PERIOD, "event_period": PERIOD, "division_code": ONE, **PLACE}
    tip = {"period": PERIOD, "event_period": PERIOD, "substantiated": 0}
    return connect(
        fact_incidents=[{**fact, "row": row, "leak_confirmed": 0, "closed": 1} for row in range(incidents)],
        incidents=[{**PLACE, "row": row, "category": "category_2"} for row in range(incidents)],
        codes=[{"contract": "incidents", "column_name": "category", "code": "category_2", "title": "载体"}],
        fact_tips=[{**tip, "division_code": code} for code in (PREFECTURE, ONE)],
        fact_alert_checks=[{"period": PERIOD, "event_period": PERIOD, "division_code": PREFECTURE}],
        expected_filings=[
            *due("incidents", prefecture="on_time", one="on_time", other="missing"),
            *due("tips", prefecture="on_time", one="on_time", other="missing"),
            *due("alert_checks", prefecture="on_time", one="on_time", other="missing"),
        ],
    )


SUPERIOR = Scope(frozenset({PREFECTURE, ONE, OTHER}), own=frozenset({PREFECTURE}))


@pytest.mark.parametrize(("incidents", "shown"), [(4, None), (5, 5), (6, 6)])
def test_a_count_below_five_is_hidden_from_the_bureau_above_but_not_at_five(incidents: int, shown: int | None) -> None:
    found = read_event_counts(events(incidents), SUPERIOR, period=PERIOD).set_index("division_code")
    assert (None if pd.isna(found.at[ONE, "incidents"]) else found.at[ONE, "incidents"]) == shown
    # its own tip is shown to the bureau that filed it, the county's is not; none is none
    assert found.at[PREFECTURE, "tips"] == 1
    assert pd.isna(found.at[ONE, "tips"])
    assert found.at[ONE, "alerts"] == 0
    assert found.at[OTHER, "incidents_state"] == "missing"


@pytest.mark.parametrize("scope", [EVERYTHING, Scope(frozenset({ONE}), own=frozenset({ONE}))])
def test_who_filed_and_who_receives_every_filing_see_the_count(scope: Scope) -> None:
    found = read_event_counts(events(2), scope, period=PERIOD).set_index("division_code")
    assert found.at[ONE, "incidents"] == 2
    assert set(found.index) == ({PREFECTURE, ONE, OTHER} if scope is EVERYTHING else {ONE})


@pytest.mark.parametrize(("incidents", "shown"), [(4, None), (5, 5)])
def test_categories_of_an_area_are_hidden_from_who_did_not_file_all_of_it(incidents: int, shown: int | None) -> None:
    connection = events(incidents)
    hidden = read_event_categories(connection, SUPERIOR, period=PERIOD, within=PREFECTURE)["incidents"].iloc[0]
    assert (None if pd.isna(hidden) else hidden) == shown
    whole = read_event_categories(connection, EVERYTHING, period=PERIOD, within=PREFECTURE)["incidents"].iloc[0]
    assert whole == incidents


def test_findings_are_counted_by_state_and_silence_has_a_row() -> None:
    finding = {"period": PERIOD, "division_code": ONE, "is_open": True, "days_overdue": 0, "measure": "ordered"}
    connection = connect(
        measures=[
            finding,
            {**finding, "measure": "overdue", "days_overdue": 3},
            {**finding, "measure": "criticism_proposed", "days_overdue": 31},
            {**finding, "measure": "referred", "days_overdue": 40},
            {**finding, "measure": "rectified", "is_open": False},
        ],
        fact_inspections=[
            {"period": PERIOD, "event_period": month, "division_code": ONE, "done": 1, "with_findings": 1}
            for month in ("2025-09", "2025-10", PERIOD)  # twelve months back from September begin with October
        ],
        expected_filings=due("findings", one="on_time", other="missing"),
    )
    found = read_inspection_work(connection, EVERYTHING, period=PERIOD).set_index("division_code")
    row = found.loc[ONE]
    assert (row["inspections"], row["open"], row["in_time"], row["overdue"]) == (2, 4, 1, 3)
    assert (row["criticism_proposed"], row["beyond"], row["to_verify"]) == (1, 1, 1)
    assert (found.at[OTHER, "state"], found.at[OTHER, "open"]) == ("missing", 0)


@pytest.mark.parametrize(
    ("fact", "state"),
    [
        ({"days_to_expiry": 91}, "valid"),
        ({"days_to_expiry": 90}, "expiring"),
        ({"days_to_expiry": 0}, "expiring"),
        ({"expired": 1, "days_expired": 1}, "expired"),
        ({"expired": 1, "days_expired": 1, "live_commissions": 1}, "expired_with_commissions"),
        ({"suspended": 1}, "suspended"),
    ],
)
def test_state_of_a_qualification(fact: dict[str, int], state: str) -> None:
    base = {"period": PERIOD, "division_code": ONE, "contract": "qualified_units", **PLACE, "row": 7, "suspended": 0,
            "expired": 0, "live_commissions": 0, "days_expired": 0, "days_to_expiry": None}  # fmt: skip
    unit = {**PLACE, "row": 7, "unit_code": "ZZ1", "unit_name": "甲", "business": "carrier", "grade": "first",
            "expires_on": pd.Timestamp("2026-12-30"), "suspended_on": pd.NaT}  # fmt: skip
    check = {"period": PERIOD, "check_code": "ZJ1", "unit_code": "ZZ1", "checked_on": pd.Timestamp("2026-08-01"),
             "rectification_due_on": pd.Timestamp("2026-10-01"), "rectified_on": pd.NaT, "finding_count": 2,
             "row": 7}  # fmt: skip
    connection = connect(
        fact_qualified_units=[{**base, **fact}],
        qualified_units=[unit],
        qualified_unit_checks=[check],
        codes=[{"contract": "qualified_units", "column_name": "grade", "code": "first", "title": "甲级"}],
    )
    (row,) = read_supervised_units(connection, EVERYTHING, period=PERIOD).to_dict("records")
    assert (row["unit_state"], row["checks"], row["open_findings"]) == (state, 1, 2)


def test_a_bureau_that_did_not_file_its_capacity_has_a_row_without_figures() -> None:
    filed = {**PLACE, "row": 7, "division_code": ONE, "posts_count": 5, "posts_filled_count": 4,
             "in_development_plan": True, "has_budget_line": False, "budget_amount": 10.0, "spent_amount": 9.0,
             "townships_count": 6, "townships_named_count": 5, "villages_count": 0, "villages_liaison_count": 0,
             "is_border": False, "has_border_system": None}  # fmt: skip
    connection = connect(
        capacity=[filed],
        fact_capacity=[{**PLACE, "row": 7, "period": PERIOD, "division_code": ONE}],
        expected_filings=due("capacity", one="on_time", other="missing"),
    )
    found = read_capacity(connection, EVERYTHING, period=PERIOD).set_index("division_code")
    assert found.at[ONE, "posts_filled_count"] == 4
    assert pd.isna(found.at[OTHER, "posts_count"])
    assert found.at[OTHER, "state"] == "missing"
