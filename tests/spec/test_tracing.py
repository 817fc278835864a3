"""Every number walks back to filed cells: the parts of its rows sum to it, and what is missing is named."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_contracts.periods import periods_between
from metrics.catalogue import load_catalogue
from metrics.snapshot import SnapshotUnreadable, comment_tables, open_snapshot
from metrics.tracing import TraceError, trace_cell
from tests.drawn import CONTRACTS, drawn_connection, with_cells
from tests.drawn_region import draw_region

POLICIES = """
    CREATE TABLE policies (policy VARCHAR, valid_from DATE, source VARCHAR, reason VARCHAR, body VARCHAR);
    INSERT INTO policies VALUES
        ('targets', '2024-01-01', '起步方案', '初定', '{"secrecy_body_share": 0.8}'),
        ('targets', '2026-03-01', '起步方案', '条例施行', '{"secrecy_body_share": 0.9}'),
        ('weights', '2024-01-01', '起步方案', '初定', '{"indicators": {"secrecy_body_share": 2}}'),
        ('cut_offs', '2024-01-01', '起步方案', '初定', '{"trained_share": {"yellow": 0.6}}');
"""


def traceable(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    with_cells(connection).execute(POLICIES)
    return connection


@pytest.fixture(scope="module")
def region() -> duckdb.DuckDBPyConnection:
    return traceable(drawn_connection(**draw_region(5)))


@pytest.mark.parametrize("period", ["2025-05", "2026-02", "2026-06"])
@pytest.mark.parametrize("indicator", [indicator.indicator for indicator in load_catalogue().indicators])
def test_the_parts_of_the_rows_sum_to_the_cell(region: duckdb.DuckDBPyConnection, indicator: str, period: str) -> None:
    for scope_code, scope in region.execute("SELECT DISTINCT scope_code, scope FROM scopes").fetchall():
        trace = trace_cell(region, indicator, scope_code, period, scope)
        assert sum(row.numerator_part for row in trace.rows) == (trace.numerator or 0)
        assert sum(row.denominator_part for row in trace.rows) == (trace.denominator or 0)
        assert all(row.numerator_part or row.denominator_part for row in trace.rows)
        if trace.outcome == "not_filed":
            assert trace.missing
            assert trace.rows == ()


def test_every_traced_row_stands_in_its_filing(region: duckdb.DuckDBPyConnection) -> None:
    for indicator in load_catalogue().indicators:
        for row in trace_cell(region, indicator.indicator, "650000", "2026-06").rows:
            if row.row is None:
                assert row.contract_title
                continue
            found = region.execute(
                f"SELECT division_code, period, file_name, sheet FROM {row.contract} WHERE filing_id = ? AND row = ?",
                [row.filing_id, row.row]).fetchall()
            assert found == [(row.division_code, row.period, row.file_name, row.sheet)]


ORGANISATIONS = """
    division_code | period | organisation_code | has_secrecy_post
    652901        | 2026Q1 | A                 | true
    652901        | 2026Q1 | B                 | false
    652901        | 2026Q1 | C                 | true
    652901        | 2026Q1 | D                 | true
    652901        | 2026Q1 | E                 | true
"""


def test_a_value_traces_to_file_sheet_and_row_and_to_the_policy_of_its_day() -> None:
    connection = traceable(drawn_connection(organisations=ORGANISATIONS))
    trace = trace_cell(connection, "secrecy_body_share", "652901", "2026-03", "own")
    assert (trace.outcome, trace.value, trace.numerator, trace.denominator) == ("value", 0.8, 4, 5)
    assert trace.definition["articles"] == [7]
    row = trace.rows[1]
    assert (row.subject, row.numerator_part, row.denominator_part) == ("B", 0, 1)
    assert (row.contract, row.filing_id, row.file_name, row.sheet, row.row, row.division_code, row.period) == (
        "organisations", "organisations-652901-2026Q1", "organisations_652901_2026Q1.xlsx", "机关单位名录", 8, "652901",
        "2026Q1")
    # the target of the month's last day, and nothing of policies that do not name the indicator
    assert [(policy.policy, policy.value, policy.valid_from) for policy in trace.policies] == [
        ("targets", 0.9, date(2026, 3, 1)), ("weights", 2, date(2024, 1, 1))]
    assert trace.missing == ()


def test_silence_traces_to_the_filings_that_are_missing() -> None:
    connection = traceable(drawn_connection(states={("organisations", "652901", "2026Q1"): "returned",
                                                    ("organisations", "652902", "2026Q1"): "missing"}))
    trace = trace_cell(connection, "secrecy_body_share", "652901", "2026-03")
    assert trace.outcome == "not_filed"
    assert trace.rows == ()
    filing = trace.missing[0]
    assert (filing.contract, filing.contract_title, filing.division_code, filing.period, filing.due_on, filing.state,
            filing.attempts) == ("organisations", "机关单位名录", "652901", "2026Q1", date(2026, 4, 15), "returned", 1)
    area = trace_cell(connection, "secrecy_body_share", "652900", "2026-03")
    assert [filing.division_code for filing in area.missing] == ["652901", "652902"]


def test_a_filing_that_never_came_is_a_row_of_the_reporting_share() -> None:
    connection = traceable(drawn_connection(states={("training", "652901", "2026Q1"): "missing"}))
    trace = trace_cell(connection, "filed_on_time_share", "652901", "2026-03")
    due = sum(len(periods_between("2026-01", "2026-03", contract.frequency)) for contract in CONTRACTS.values())
    assert (trace.numerator, trace.denominator) == (due - 1, due)
    missing = next(row for row in trace.rows if row.filing_id is None)
    assert (missing.contract, missing.period, missing.numerator_part, missing.sheet) == ("training", "2026Q1", 0, None)
    assert "宣传教育 2026Q1 未报送" in trace.to_text()


def test_a_trace_is_ready_for_json_and_for_reading() -> None:
    connection = traceable(drawn_connection(organisations=ORGANISATIONS, states={
        ("organisations", "652902", "2026Q1"): "missing"}))
    trace = trace_cell(connection, "secrecy_body_share", "652900", "2026-03")
    plain = json.loads(json.dumps(trace.to_dict(), ensure_ascii=False))
    assert plain["value"] == 0.8
    assert plain["definition"]["review_on"] == "2027-03-01"
    assert plain["missing"][0]["due_on"] == "2026-04-15"
    assert plain["rows"][0]["row"] == 7
    text = trace.to_text()
    assert "80.0%（4/5，95% 区间 37.6–96.4）" in text
    assert "机关单位名录 第 7 行" in text
    assert "库车市　机关单位名录 2026Q1　应于 2026-04-15 前报送，未报" in text


@pytest.mark.parametrize(("asked", "said"), [
    (("no_such", "652901", "2026-03"), r"没有指标 no_such，可用的有 .*appointed_reviewed_share、"),
    (("trained_share", "652999", "2026-03"), "没有地区 652999"),
    (("trained_share", "660000", "2026-03", "own"), r"没有口径 660000/own，可用的有 660000/area"),
    (("trained_share", "652901", "2027-01"), r"没有月份 2027-01，快照含 2026-01 至 2026-03"),
    (("trained_share'; DROP TABLE cells; --", "652901", "2026-03"), "没有指标"),
])
def test_a_number_that_does_not_exist_is_told(asked: tuple[str, ...], said: str) -> None:
    connection = traceable(drawn_connection())
    with pytest.raises(TraceError, match=said):
        trace_cell(connection, *asked)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("snapshots") / "2026-03.r1.duckdb"
    with traceable(drawn_connection(organisations=ORGANISATIONS)) as connection:
        comment_tables(connection)
        connection.execute(f"ATTACH '{path}' AS saved; COPY FROM DATABASE memory TO saved; DETACH saved")
    return path


def test_a_trace_works_on_a_locked_snapshot(snapshot: Path) -> None:
    with open_snapshot(snapshot) as connection:
        assert trace_cell(connection, "secrecy_body_share", "652901", "2026-03").value == 0.8


@pytest.mark.parametrize("statement", [
    "CREATE TABLE mine AS SELECT 1",
    "SELECT * FROM read_csv('/etc/hostname')",
    "SELECT * FROM read_text('/etc/hostname')",
    "COPY cells TO '/tmp/cells.csv'",
    "ATTACH '/tmp/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
])
def test_a_snapshot_can_only_be_read(snapshot: Path, statement: str) -> None:
    with open_snapshot(snapshot) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)


def test_a_variable_is_not_a_table(snapshot: Path) -> None:
    import pandas as pd

    mine = pd.DataFrame({"one": [1]})
    with open_snapshot(snapshot) as connection:
        with pytest.raises(duckdb.Error, match="mine"):
            connection.execute("SELECT * FROM mine")
        connection.register("given", mine)  # what is given on purpose is
        assert connection.execute("SELECT one FROM given").fetchall() == [(1,)]


@pytest.mark.parametrize(("content", "said"), [
    (None, "没有快照文件"), (b"", "可能已损坏"), (b"nonsense" * 1000, "可能已损坏")])
def test_a_snapshot_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "2026-03.r1.duckdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SnapshotUnreadable, match=said):
        open_snapshot(path)
