"""A county that is merged into another, or gives way to a new one, in a window: nothing is lost or counted twice."""

import duckdb
import pytest

from metrics import read_layer
from metrics.catalogue import load_catalogue
from metrics.composite_months import compute_index
from metrics.integrity import compute_integrity
from metrics.read_layer import Scope
from metrics.tracing import trace_cell
from metrics.warning_rules import compute_warnings
from tests.drawn import DIVISIONS, DrawnDivision, drawn_connection, with_cells, with_statistics

FIRST, LAST = "2026-01", "2026-06"
MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
OLD, NEW, BESIDE, PREFECTURE = "652902", "652903", "652901", "652900"
IN_TIME = {"rectified_on": "2026-02-20"}
ENDS = {"2026-03-31": "2026-03", "2026-03-30": "2026-02", "2026-04-01": "2026-03"}  # last day → last month it files for


def succeeded_by(code: str, last_day: str = "2026-03-31") -> tuple[DrawnDivision, ...]:
    """The drawn region, its second county ended; the successor is the county beside it, or a new one."""
    new = DrawnDivision(NEW, "新库车县", "county", PREFECTURE, valid_from="2026-04-01")
    changed = tuple(one._replace(valid_to=last_day, successor_code=code) if one.division_code == OLD else one
                    for one in DIVISIONS)
    return (*changed, new) if code == NEW else changed


def findings(division: str, period: str, count: int, due_on: str, **columns: str) -> list[dict[str, str]]:
    return [{"division_code": division, "period": period, "finding_code": f"WT-{division}-{due_on}-{number}",
             "due_on": due_on, **columns} for number in range(count)]


def register(division: str, quarter: str, count: int) -> list[dict[str, str]]:
    return [{"division_code": division, "period": quarter, "organisation_code": f"{division}-{number}"}
            for number in range(count)]


def draw(divisions: tuple[DrawnDivision, ...], after: str) -> duckdb.DuckDBPyConnection:
    """Six findings due in February with the old county (five in time), eight due in May with whoever came after it."""
    return with_cells(drawn_connection(
        first_period=FIRST, period=LAST, divisions=divisions,
        findings=[*findings(OLD, "2026-02", 5, "2026-02-25", **IN_TIME), *findings(OLD, "2026-02", 1, "2026-02-26"),
                  *findings(after, "2026-05", 8, "2026-05-20", rectified_on="2026-05-19")],
        organisations=[*register(OLD, "2026Q1", 7), *register(after, "2026Q2", 9)],
    ))


def cell(connection: duckdb.DuckDBPyConnection, indicator: str, reading: str, month: str) -> tuple:
    return connection.execute(
        "SELECT outcome, numerator, denominator, reporters_filed, reporters_expected FROM cells WHERE indicator = ? "
        "AND scope_code || '/' || scope = ? AND period = ? AND group_kind = 'all'", [indicator, reading, month],
    ).fetchall()[0]


@pytest.mark.parametrize("successor", [NEW, BESIDE])
def test_the_area_keeps_what_the_predecessor_filed_within_the_window(successor: str) -> None:
    found = draw(succeeded_by(successor), successor)
    undivided = draw(DIVISIONS, OLD)
    for indicator in ("rectified_on_time_share", "secrecy_body_share", "trained_share"):
        for month in MONTHS:
            before, now = (cell(one, indicator, f"{PREFECTURE}/area", month)[:3] for one in (undivided, found))
            assert now == before, (indicator, month)
    assert cell(found, "rectified_on_time_share", f"{PREFECTURE}/area", "2026-06")[1:3] == (13, 14)


def test_a_successor_starts_with_its_own() -> None:
    found = draw(succeeded_by(NEW), NEW)
    share = "rectified_on_time_share"
    assert cell(found, share, f"{NEW}/own", "2026-03") == ("not_applicable", None, None, 0, 0)
    assert cell(found, share, f"{NEW}/own", "2026-04") == ("not_applicable", 0, 0, 1, 1)
    assert cell(found, share, f"{NEW}/own", "2026-05") == ("value", 8, 8, 1, 1)


def test_the_predecessor_ends_and_is_not_silent() -> None:
    found = draw(succeeded_by(NEW), NEW)
    assert cell(found, "rectified_on_time_share", f"{OLD}/own", "2026-03") == ("value", 5, 6, 1, 1)
    for indicator in ("rectified_on_time_share", "incident_reported_24h_share"):
        assert cell(found, indicator, f"{OLD}/own", "2026-04") == ("not_applicable", None, None, 0, 0)
    # prefecture, county beside, and the old one; then the new one in its place
    assert [cell(found, "rectified_on_time_share", f"{PREFECTURE}/area", month)[3:] for month in MONTHS] == [(3, 3)] * 6


def test_after_a_merger_one_reporter_less_is_expected() -> None:
    found = draw(succeeded_by(BESIDE), BESIDE)
    expected = [cell(found, "rectified_on_time_share", f"{PREFECTURE}/area", month)[4] for month in MONTHS]
    assert expected == [3, 3, 3, 2, 2, 2]


@pytest.mark.parametrize("last_day", ENDS)
def test_a_division_files_for_the_months_at_whose_end_it_stands(last_day: str) -> None:
    rows = findings(OLD, "2026-02", 6, "2026-02-25", **IN_TIME)
    found = with_cells(drawn_connection(first_period=FIRST, period=LAST, findings=rows,
                                        divisions=succeeded_by(BESIDE, last_day)))
    last = ENDS[last_day]
    for month in MONTHS[1:]:
        outcome, *_, expected = cell(found, "rectified_on_time_share", f"{OLD}/own", month)
        assert (outcome, expected) == (("value", 1) if month <= last else ("not_applicable", 0)), month
        assert cell(found, "rectified_on_time_share", f"{PREFECTURE}/area", month)[1:3] == (6, 6)


def test_what_the_successor_files_again_counts_once() -> None:
    """The new county rectifies, in April, what the old one had left open: the same finding, told by the successor."""
    left = findings(OLD, "2026-02", 6, "2026-02-25")
    done = [{**row, "division_code": NEW, "period": "2026-04", "rectified_on": "2026-02-24"} for row in left]
    found = with_cells(drawn_connection(first_period=FIRST, period=LAST, findings=[*left, *done],
                                        divisions=succeeded_by(NEW)))
    share = "rectified_on_time_share"
    assert cell(found, share, f"{PREFECTURE}/area", "2026-03")[1:3] == (0, 6)
    assert cell(found, share, f"{PREFECTURE}/area", "2026-04")[1:3] == (6, 6)
    assert cell(found, share, f"{NEW}/own", "2026-04")[1:3] == (6, 6)


def test_what_was_open_at_the_end_is_the_successors_stock() -> None:
    left = findings(OLD, "2026-02", 6, "2026-02-25")
    columns = {"first_period": FIRST, "period": LAST, "divisions": succeeded_by(NEW)}
    organisations = [*register(BESIDE, "2026Q1", 20), *register(BESIDE, "2026Q2", 20)]
    rate = "overdue_open_per_100_organisations"
    kept = with_cells(drawn_connection(findings=left, organisations=organisations, **columns))
    assert cell(kept, rate, f"{PREFECTURE}/area", "2026-03")[1:3] == (6, 20)
    assert cell(kept, rate, f"{PREFECTURE}/area", "2026-04")[1:3] == (0, 20)  # nobody has filed it on
    taken_on = [{**row, "division_code": NEW, "period": "2026-04"} for row in left]
    found = with_cells(drawn_connection(findings=[*left, *taken_on], organisations=organisations, **columns))
    assert cell(found, rate, f"{PREFECTURE}/area", "2026-06")[1:3] == (6, 20)


def test_a_silent_last_month_is_not_filled_from_earlier_rows() -> None:
    rows = findings(OLD, "2026-02", 6, "2026-02-25", **IN_TIME)
    found = with_cells(drawn_connection(first_period=FIRST, period=LAST, divisions=succeeded_by(NEW), findings=rows,
                                        states={("findings", OLD, "2026-03"): "missing"}))
    assert cell(found, "rectified_on_time_share", f"{PREFECTURE}/area", "2026-05")[1:3] == (0, 0)


def test_the_trace_finds_the_rows_of_a_county_that_has_ended() -> None:
    found = draw(succeeded_by(NEW), NEW)
    compute_index(found, catalogue=load_catalogue(), periods=MONTHS)
    trace = trace_cell(found, "rectified_on_time_share", PREFECTURE, "2026-06")
    assert len(trace.rows) == 14
    assert {row.division_name for row in trace.rows} == {"库车市", "新库车县"}


def test_lists_and_warnings_hold_who_stands_in_the_month() -> None:
    found = draw(succeeded_by(NEW), NEW)
    catalogue = load_catalogue()
    compute_index(found, catalogue=catalogue, periods=MONTHS)
    compute_integrity(found)
    with_statistics(found)
    compute_warnings(found, catalogue=catalogue, periods=MONTHS)
    for month, there, gone in (("2026-03", OLD, NEW), ("2026-04", NEW, OLD)):
        ranking = read_layer.read_indicator_ranking(
            found, Scope(), indicator="rectified_on_time_share", reading="own", period=month)
        scores = read_layer.read_scores(found, Scope(), reading="own", period=month)
        for listed in (set(ranking["scope_code"]), set(scores["scope_code"])):
            assert there in listed and gone not in listed
    standing = dict(found.execute(
        "SELECT period, count(*) FROM warnings WHERE division_code = ? GROUP BY ALL", [OLD]).fetchall())
    assert standing["2026-03"] > 0 and "2026-06" not in standing  # calm for two months, then closed
