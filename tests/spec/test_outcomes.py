"""The four outcomes of a cell, at their edges: silence is never zero, and a small number is not shown as a share."""

import duckdb
import pytest

from data_contracts.periods import periods_between
from metrics.catalogue import load_catalogue
from tests.drawn import CONTRACTS, DIVISIONS, DrawnDivision, FilingKey, drawn_connection, with_cells

REPORTERS = [division.division_code for division in DIVISIONS if division.is_reporter]


def outcomes(connection: duckdb.DuckDBPyConnection, indicator: str, period: str = "2026-03") -> dict[str, tuple]:
    """(outcome, numerator, denominator, reporters filed, reporters expected) by reading."""
    rows = connection.execute("""
        SELECT scope_code || '/' || scope, outcome, numerator, denominator, reporters_filed, reporters_expected
        FROM cells WHERE indicator = ? AND period = ? AND group_kind = 'all'
    """, [indicator, period]).fetchall()
    return {reading: tuple(rest) for reading, *rest in rows}


def organisations(division: str, count: int) -> list[dict[str, object]]:
    return [{"division_code": division, "period": "2026Q1", "organisation_code": f"{division}-{number}"}
            for number in range(count)]


@pytest.mark.parametrize(("count", "outcome"), [(0, "not_applicable"), (1, "too_small"), (4, "too_small"), (5, "value"),
                                                (6, "value")])
def test_a_denominator_needs_its_smallest_size(count: int, outcome: str) -> None:
    connection = with_cells(drawn_connection(organisations=organisations("652901", count)))
    assert load_catalogue().indicator("secrecy_body_share").smallest_denominator == 5
    assert outcomes(connection, "secrecy_body_share")["652901/own"] == (outcome, count, count, 1, 1)


@pytest.mark.parametrize("state", ["missing", "returned"])
def test_silence_is_not_zero(state: str) -> None:
    connection = with_cells(drawn_connection(
        organisations=organisations("652902", 6), states={("organisations", "652901", "2026Q1"): state}))
    found = outcomes(connection, "secrecy_body_share")
    assert found["652901/own"] == found["652901/area"] == ("not_filed", None, None, 0, 1)
    assert found["652900/area"] == ("value", 6, 6, 2, 3)  # the silent county is missing from it, and it says so
    assert found["652900/own"] == ("not_applicable", 0, 0, 1, 1)  # filed, with nothing on the register


def test_a_late_filing_counts() -> None:
    connection = with_cells(drawn_connection(
        organisations=organisations("652901", 6), states={("organisations", "652901", "2026Q1"): "late"}))
    assert outcomes(connection, "secrecy_body_share")["652901/own"] == ("value", 6, 6, 1, 1)


def test_a_rate_over_two_filings_needs_both() -> None:
    connection = with_cells(drawn_connection(
        organisations=[*organisations("652901", 6), *organisations("652902", 6)],
        findings=[{"division_code": "652902", "period": "2026-03", "finding_code": "F1", "due_on": "2026-02-01"}],
        states={("findings", "652901", "2026-03"): "missing"},
    ))
    found = outcomes(connection, "overdue_open_per_100_organisations")
    assert found["652901/own"] == ("not_filed", None, None, 0, 1)
    assert found["652900/area"] == ("value", 1, 6, 2, 3)  # its six organisations do not thin out the others' findings
    assert outcomes(connection, "secrecy_body_share")["652901/own"][0] == "value"


def test_rows_reported_earlier_do_not_stand_in_for_a_filing_that_is_missing() -> None:
    due = [{"division_code": "652901", "period": "2026-02", "finding_code": f"F{number}", "due_on": "2026-02-20"}
           for number in range(5)]
    connection = with_cells(drawn_connection(findings=due, states={("findings", "652901", "2026-03"): "missing"}))
    assert outcomes(connection, "rectified_on_time_share", "2026-02")["652901/own"] == ("value", 0, 5, 1, 1)
    assert outcomes(connection, "rectified_on_time_share", "2026-03")["652901/own"] == ("not_filed", None, None, 0, 1)
    assert outcomes(connection, "rectified_on_time_share", "2026-03")["650000/area"] == ("not_applicable", 0, 0, 4, 5)


def test_before_anything_was_due_nobody_is_silent() -> None:
    connection = with_cells(drawn_connection())
    # in January and February the quarter of record is 2025Q4, which lies before the data begin
    assert outcomes(connection, "secrecy_body_share", "2026-02")["650000/area"] == ("not_applicable", None, None, 0, 0)
    assert outcomes(connection, "secrecy_body_share", "2026-03")["650000/area"] == ("not_applicable", 0, 0, 5, 5)


def test_when_all_are_silent_every_indicator_says_so_but_reporting_which_counts_it() -> None:
    due = {contract: periods_between("2026-01", "2026-03", drawn.frequency) for contract, drawn in CONTRACTS.items()}
    states: dict[FilingKey, str] = {(contract, division, period): "missing" for contract, periods in due.items()
                                    for period in periods for division in REPORTERS}
    count = sum(len(periods) for periods in due.values())
    connection = with_cells(drawn_connection(states=states))
    counted = {"filed_on_time_share": ("value", 0, count), "missing_share": ("value", count, count)}
    for indicator in load_catalogue().indicators:
        found = outcomes(connection, indicator.indicator)
        if indicator.dimension == "reporting":
            # of what never came, nothing can have passed, been mended or been late
            expected = counted.get(indicator.indicator, ("not_applicable", 0, 0))
            assert found["652901/own"] == (*expected, 0, 1), indicator.indicator
        elif any(due[contract] for contract in indicator.contracts):
            assert {outcome[:3] for outcome in found.values()} == {("not_filed", None, None)}, indicator.indicator
        else:
            # the year has not ended: nobody was asked yet, and nobody is silent
            assert set(found.values()) == {("not_applicable", None, None, 0, 0)}, indicator.indicator


def test_one_division_alone_is_a_region() -> None:
    alone = (DrawnDivision("650000", "新疆维吾尔自治区", "region", None),)
    connection = with_cells(drawn_connection(divisions=alone, organisations=organisations("650000", 5)))
    found = outcomes(connection, "secrecy_body_share")
    assert found == {"650000/own": ("value", 5, 5, 1, 1), "650000/area": ("value", 5, 5, 1, 1)}


def test_a_division_that_stopped_filing_keeps_its_past_and_is_not_expected_any_more() -> None:
    connection = drawn_connection(period="2026-06", organisations=organisations("652902", 6))
    # merged away after the first quarter: nothing is due from it from then on
    connection.execute("DELETE FROM expected_filings WHERE division_code = '652902' AND month > '2026-03'")
    with_cells(connection)
    assert outcomes(connection, "secrecy_body_share", "2026-05")["652902/own"] == ("value", 6, 6, 1, 1)
    assert outcomes(connection, "secrecy_body_share", "2026-06")["652902/own"] == ("not_applicable", None, None, 0, 0)
    assert outcomes(connection, "secrecy_body_share", "2026-05")["652900/area"] == ("value", 6, 6, 3, 3)
    assert outcomes(connection, "secrecy_body_share", "2026-06")["652900/area"] == ("not_applicable", 0, 0, 2, 2)


def test_the_spine_has_a_cell_for_every_indicator_reading_and_month() -> None:
    connection = with_cells(drawn_connection())
    [(readings,)] = connection.execute("SELECT count(DISTINCT (scope_code, scope)) FROM scopes").fetchall()
    cells = connection.execute("""
        SELECT count(*), count(DISTINCT (indicator, scope_code, scope, period)) FROM cells WHERE group_kind = 'all'
    """).fetchall()[0]
    every = len(load_catalogue().indicators) * readings * 3
    assert cells == (every, every)
