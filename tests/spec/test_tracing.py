"""Every number walks back to filed cells: the parts of its rows sum to it, and what is missing is named."""

import json
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from data_contracts.periods import periods_between
from metrics.catalogue import load_catalogue
from metrics.cell_statistics import compute_cell_statistics
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


EVENTS = """
    CREATE TABLE events ("at" TIMESTAMP, kind VARCHAR, actor VARCHAR, division_code VARCHAR, period VARCHAR);
    INSERT INTO events VALUES
        ('2026-04-16 09:00', 'reminded', '自治区局', '652900', '2026-03'),   -- a month covers its quarter
        ('2026-04-20 09:00', 'reminded', '自治区局', '652900', '2026Q1'),
        ('2026-04-20 09:00', 'reminded', '自治区局', '660000', '2026Q1'),    -- for the 师
        ('2026-04-21 09:00', 'reminded', '自治区局', '652900', '2025Q4'),    -- for another quarter
        ('2026-04-22 09:00', 'filed', '自治区局', '652900', '2026Q1'),       -- no reminder
        ('2026-04-23 09:00', 'reminded', '自治区局', '650000', '2026-03');   -- the region's own filings
"""


def test_silence_traces_to_the_reminders_that_were_sent() -> None:
    states = {("organisations", code, "2026Q1"): "missing" for code in ("652901", "652902", "660100")}
    connection = traceable(drawn_connection(states=states))
    connection.execute(EVENTS)
    trace = trace_cell(connection, "secrecy_body_share", "652900", "2026-03")
    assert [filing.division_code for filing in trace.missing] == ["652901", "652902"]
    assert {filing.reminded_at for filing in trace.missing} == {(datetime(2026, 4, 16, 9), datetime(2026, 4, 20, 9))}
    assert [(sent.at.day, sent.recipient_name, sent.period, sent.filings) for sent in trace.reminders] == [
        (16, "阿克苏地区", "2026-03", 2), (20, "阿克苏地区", "2026Q1", 2)]
    assert "应于 2026-04-15 前报送，未报，已催报 2 次，最近 2026-04-20" in trace.to_text()
    assert "2026-04-16 自治区局向阿克苏地区催报 2026-03（含其中 2 份）" in trace.to_text()
    corps = trace_cell(connection, "secrecy_body_share", "660100", "2026-03")
    assert corps.outcome == "not_filed"
    assert [(sent.at.day, sent.recipient_code) for sent in corps.reminders] == [(20, "660000")]
    whole = trace_cell(connection, "secrecy_body_share", "650000", "2026-03")
    assert [(sent.at.day, sent.recipient_code, sent.filings) for sent in whole.reminders] == [
        (16, "652900", 2), (20, "652900", 2), (20, "660000", 1)]  # the region itself has filed
    assert json.loads(json.dumps(whole.to_dict()))["missing"][0]["reminded_at"][0] == "2026-04-16T09:00:00"


def test_silence_that_nobody_was_reminded_of_says_so() -> None:
    connection = traceable(drawn_connection(states={("organisations", "652901", "2026Q1"): "missing"}))
    connection.execute(EVENTS + "DELETE FROM events WHERE period IN ('2026-03', '2026Q1')")
    trace = trace_cell(connection, "secrecy_body_share", "652901", "2026-03")
    assert (trace.reminders, trace.missing[0].reminded_at) == ((), ())
    assert "没有催报记录" in trace.to_text()


def test_a_number_says_how_far_it_may_be_relied_on() -> None:
    connection = traceable(drawn_connection(organisations=ORGANISATIONS, states={
        ("organisations", "652902", "2026Q1"): "missing"}))
    assert trace_cell(connection, "secrecy_body_share", "652900", "2026-03").trust is None  # an older snapshot
    compute_cell_statistics(connection, catalogue=load_catalogue(), periods=["2026-01", "2026-02", "2026-03"])
    trust = trace_cell(connection, "secrecy_body_share", "652900", "2026-03").trust
    assert trust is not None
    assert (trust.reliability, trust.reliability_reasons) == ("D", ("interval", "denominator", "completeness"))
    assert (trust.completeness, trust.data_age_days, trust.newest_filing_on) == (
        pytest.approx(2 / 3), 0, date(2026, 4, 14))
    assert trust.to_text() == ("可靠性 D 不宜单独引用（区间偏宽、基数偏小、报送不全）　完整度 67%　"
                               "最新数据截至月末，2026-04-14 收到")
    silent = trace_cell(connection, "secrecy_body_share", "652902", "2026-03")
    assert silent.trust is not None
    assert (silent.trust.reliability, silent.trust.completeness) == (None, 0)
    assert "完整度 0%　从未收到过数据" in silent.to_text()


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
