"""The ledger keeps what came, in whole batches or not at all."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.faults import Fault
from pipelines.home import Home
from pipelines.ledger import (
    SCHEMA_VERSION,
    FilingRecord,
    LedgerError,
    copy_ledger,
    count_by_status,
    counting_filings,
    earlier_path,
    open_ledger,
    read_faults,
    read_filings,
    receipt_number,
)
from pipelines.seals import check_seals

FIRST = FilingRecord(
    filing_id="a" * 16,
    receipt_no="HZ-2026-000001",
    sha256="a" * 64,
    file_name="f.xlsx",
    contract="findings",
    contract_version="1.0.0",
    division_code="652901",
    period="2026-09",
    received_at=datetime(2026, 10, 3, 9, 12),
    status="returned",
    attempt=1,
)
REFUSED = FilingRecord(
    filing_id="b" * 16,
    receipt_no="HZ-2026-000002",
    sha256="b" * 64,
    file_name="g.xlsx",
    received_at=datetime(2026, 10, 4),
    status="refused",
    refusal_code="encrypted",
    refusal_message="…",
)
SECOND = replace(
    FIRST,
    filing_id="c" * 16,
    receipt_no="HZ-2026-000003",
    sha256="c" * 64,
    status="accepted",
    attempt=2,
    received_at=datetime(2026, 10, 5),
    row_count=3,
)
FAULT = Fault(
    FIRST.filing_id,
    "findings.due_on.required",
    "mandatory",
    "问题整改",
    12,
    "due_on",
    "I12",
    "",
    "没有填写",
    "补填",
    41,
)
SHEET_FAULT = replace(FAULT, row=None, column_name=None, cell="", article=None, strength="query", is_explained=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path).create()
    with open_ledger(home.ledger) as ledger:
        ledger.add([FIRST, REFUSED, SECOND], [FAULT, SHEET_FAULT])
    return home


def test_records_and_faults_come_back_as_they_went_in(home: Home) -> None:
    with open_ledger(home.ledger) as ledger:
        assert ledger.newest_by_hash(["a" * 64, "b" * 64, "f" * 64]) == {"a" * 64: FIRST, "b" * 64: REFUSED}
        assert ledger.faults_of([FIRST.filing_id, SECOND.filing_id]) == {
            FIRST.filing_id: [FAULT, SHEET_FAULT],
            SECOND.filing_id: [],
        }
        assert ledger.records(["accepted", "returned"]) == [FIRST, SECOND]


def test_frames_are_typed_even_when_there_is_no_ledger(home: Home, tmp_path: Path) -> None:
    full, empty = read_filings(home), read_filings(Home(tmp_path / "none"))
    assert full.dtypes.to_dict() == empty.dtypes.to_dict()
    assert len(full) == 3
    assert empty.empty
    assert full["attempt"].tolist()[0] == 1
    assert full["attempt"].isna().tolist() == [False, True, False]
    assert read_faults(home).dtypes.to_dict() == read_faults(Home(tmp_path / "none")).dtypes.to_dict()
    assert count_by_status(home) == {"returned": 1, "refused": 1, "accepted": 1}


def test_attempts_and_receipt_numbers_go_on_where_they_stopped(home: Home) -> None:
    with open_ledger(home.ledger) as ledger:
        assert ledger.attempts() == {("findings", "652901", "2026-09"): 2}
        assert ledger.last_numbers() == {2026: 3}
    assert receipt_number(2026, 4) == "HZ-2026-000004"
    assert receipt_number(2026, 1_234_567) == "HZ-2026-1234567"


def test_a_batch_is_taken_in_whole_or_not_at_all(home: Home) -> None:
    third = replace(SECOND, filing_id="d" * 16, receipt_no="HZ-2026-000004", sha256="d" * 64)
    stranger = replace(FAULT, filing_id="nobody")
    with open_ledger(home.ledger) as ledger, pytest.raises(sqlite3.IntegrityError):
        ledger.add([third], [stranger])
    assert len(read_filings(home)) == 3
    assert len(read_faults(home)) == 2


@pytest.mark.parametrize(
    "twin",
    [
        replace(FIRST, receipt_no="HZ-2026-000009"),
        replace(FIRST, filing_id="e" * 16),
        replace(FIRST, filing_id="e" * 16, receipt_no="HZ-2026-000009", status="lost"),
    ],
)
def test_ids_and_receipt_numbers_are_never_given_twice(home: Home, twin: FilingRecord) -> None:
    with open_ledger(home.ledger) as ledger, pytest.raises(sqlite3.IntegrityError):
        ledger.add([twin], [])


def test_the_filing_that_counts_is_the_accepted_one_received_last(home: Home) -> None:
    with open_ledger(home.ledger) as ledger:
        ledger.add(
            [
                replace(
                    SECOND,
                    filing_id="d" * 16,
                    receipt_no="HZ-2026-000004",
                    sha256="d" * 64,
                    received_at=datetime(2026, 10, 4),
                ),
                replace(
                    SECOND,
                    filing_id="e" * 16,
                    receipt_no="HZ-2026-000005",
                    sha256="e" * 64,
                    received_at=datetime(2026, 10, 9),
                    status="returned",
                ),
                replace(
                    SECOND,
                    filing_id="f" * 16,
                    receipt_no="HZ-2026-000006",
                    sha256="f" * 64,
                    period="2026-08",
                    status="accepted_with_queries",
                ),
            ],
            [],
        )
    counting = counting_filings(read_filings(home))
    assert sorted(counting["filing_id"]) == ["c" * 16, "f" * 16]


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.ledger.write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(LedgerError, match=r"ledger\.sqlite：不是可用的台账文件"), open_ledger(home.ledger):
        pass
    with pytest.raises(LedgerError, match="不是可用的台账文件"):
        read_filings(home)


def test_a_ledger_of_a_newer_program_is_left_alone(home: Home) -> None:
    connection = sqlite3.connect(home.ledger)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="第 99 版"), open_ledger(home.ledger):
        pass


def as_version_3(home: Home) -> None:
    """The ledger as the program before the seals left it."""
    connection = sqlite3.connect(home.ledger)
    connection.execute("DROP TABLE seals")
    connection.execute("PRAGMA user_version = 3")
    connection.commit()
    connection.close()


def test_a_ledger_of_an_earlier_version_is_copied_and_then_brought_up_and_sealed(home: Home) -> None:
    as_version_3(home)
    assert len(read_filings(home)) == 3  # reading it brings nothing up
    with open_ledger(home.ledger):
        pass
    kept = sqlite3.connect(earlier_path(home.ledger, 3))
    assert kept.execute("PRAGMA user_version").fetchone() == (3,)
    assert kept.execute("SELECT count(*) FROM filings").fetchone() == (3,)
    connection = sqlite3.connect(home.ledger)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert list(check_seals(connection, SCHEMA_VERSION)) == []
    assert connection.execute("SELECT table_name, last_row FROM seals ORDER BY 1").fetchall() == [
        ("events", 3), ("faults", 2), ("filings", 3)]  # fmt: skip


def test_papers_of_a_ledger_of_version_4_are_sealed_and_nothing_else_is_sealed_anew(home: Home) -> None:
    connection = sqlite3.connect(home.ledger)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("INSERT INTO faults SELECT * FROM faults LIMIT 1")  # by hand: never to be sealed
    connection.execute(
        "INSERT INTO productions VALUES (1, '2026-09-01', 'drafted', 'k', 2026, 1, 'n', 's', '65', 'a', NULL, '', '{}')"
    )
    for _, text in triggers:
        connection.execute(text)
    connection.execute("PRAGMA user_version = 4")
    connection.commit()
    with open_ledger(home.ledger):
        pass
    assert [(one.table, one.row) for one in check_seals(connection, SCHEMA_VERSION)] == [("faults", 3)]
    sealed = connection.execute("SELECT table_name, last_row FROM seals ORDER BY seal_id DESC LIMIT 1").fetchall()
    assert sealed == [("productions", 1)]


def test_where_no_copy_can_be_made_the_ledger_stays_as_it_was_and_says_why(home: Home) -> None:
    as_version_3(home)
    earlier_path(home.ledger, 3).parent.write_text("in the way")
    with pytest.raises(LedgerError, match="没有升级，台账仍是原样"), open_ledger(home.ledger):
        pass
    assert sqlite3.connect(home.ledger).execute("PRAGMA user_version").fetchone() == (3,)
    assert len(read_filings(home)) == 3


def test_a_ledger_of_a_later_version_is_refused_by_readers_and_writers(home: Home) -> None:
    connection = sqlite3.connect(home.ledger)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(LedgerError, match="请升级本程序"), open_ledger(home.ledger):
        pass
    with pytest.raises(LedgerError, match="请升级本程序"):
        read_filings(home)
    with pytest.raises(LedgerError, match="请升级本程序"):
        copy_ledger(home.ledger, home.root / "copy.sqlite")
