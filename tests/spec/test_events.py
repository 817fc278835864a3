"""What happened is in the ledger for good: who, when, why; and a filing that was withdrawn does not count."""

import json
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.building import build
from pipelines.events import EVENT_TITLES, Event, EventError, checked_actor, checked_reason
from pipelines.home import Home
from pipelines.ledger import SCHEMA_VERSION, open_ledger, read_events, read_filings
from pipelines.withdrawing import WithdrawalError, withdraw
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing

REASON = "报错了单位，来函撤回"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A register in time, then a finding filed late and a second time, more severe."""
    home = Home(tmp_path / "home").create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    first = write_filing(tmp_path, "findings", "652901", "2026-07", [FINDING])
    worse = {**FINDING, "severity": "major"}
    again = write_filing(tmp_path, "findings", "652901", "2026-07", [worse], name="再报.xlsx")
    hand_in(home, [first], datetime(2026, 8, 12, 9))
    hand_in(home, [again], datetime(2026, 8, 14, 9))
    return home


def told(home: Home) -> list[tuple]:
    events = read_events(home)
    return list(events[["kind", "actor", "contract", "period"]].itertuples(index=False, name=None))


def severities(home: Home) -> list[str]:
    with open_snapshot(snapshots.snapshot_path(home, build(home, period="2026-07"))) as found:
        return [row[0] for row in found.execute("SELECT severity FROM findings").fetchall()]


def test_an_intake_tells_what_was_filed_filed_again_and_late(home: Home, tmp_path: Path) -> None:
    assert told(home) == [
        ("filed", "自治区局", "organisations", "2026Q2"),
        ("filed", "自治区局", "findings", "2026-07"),
        ("late", "系统", "findings", "2026-07"),  # the first one taken; the second corrects it and is not late again
        ("refiled", "自治区局", "findings", "2026-07"),
    ]
    late = read_events(home, kinds=["late"]).iloc[0]
    assert (str(late["at"]), late["detail"]) == ("2026-08-12 09:00:00", '{"days_late": 2, "due_on": "2026-08-10"}')


def test_a_refused_and_a_returned_file_are_events_too(tmp_path: Path) -> None:
    home, bad = Home(tmp_path / "home"), tmp_path / "坏.xlsx"
    bad.write_bytes(b"no workbook")
    returned = write_filing(tmp_path, "findings", "652901", "2026-07", [{**FINDING, "severity": None}])
    hand_in(home, [bad, returned], datetime(2026, 8, 1))
    events = read_events(home)
    assert sorted(zip(events["kind"], (json.loads(text)["status"] for text in events["detail"]), strict=True)) == [
        ("filed", "refused"), ("filed", "returned")]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {table} SET rowid = 99",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    ],
)
@pytest.mark.parametrize("table", ["filings", "events"])
def test_the_ledger_file_itself_refuses_every_change(home: Home, table: str, change: str) -> None:
    connection = sqlite3.connect(home.ledger)
    with pytest.raises(sqlite3.IntegrityError, match="台账只能增加"):
        connection.execute(change.format(table=table))
    connection.close()


def test_faults_can_be_neither_changed_nor_deleted(home: Home, tmp_path: Path) -> None:
    hand_in(home, [write_filing(tmp_path, "findings", "652901", "2026-06", [{**FINDING, "severity": None}])],
            datetime(2026, 8, 1))  # fmt: skip
    connection = sqlite3.connect(home.ledger)
    for change in ("UPDATE faults SET message = ''", "DELETE FROM faults",
                   "REPLACE INTO faults (rowid, filing_id, check_id, strength, message, remedy, is_explained) "
                   "SELECT rowid, filing_id, 'x', 'query', '', '', 1 FROM faults LIMIT 1"):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="台账只能增加"):
            connection.execute(change)
    connection.close()


def test_a_ledger_of_version_1_is_brought_up_with_its_filings_told_as_events(home: Home, tmp_path: Path) -> None:
    old = tmp_path / "old" / "ledger.sqlite"
    old.parent.mkdir()
    source, target = sqlite3.connect(home.ledger), sqlite3.connect(old)
    tables = source.execute("SELECT sql FROM sqlite_master WHERE name IN ('filings', 'faults')").fetchall()
    for (text,) in tables:
        target.execute(text)
    rows = source.execute("SELECT * FROM filings ORDER BY rowid").fetchall()
    target.executemany(f"INSERT INTO filings VALUES ({', '.join('?' * len(rows[0]))})", rows)
    target.execute("PRAGMA user_version = 1")
    target.commit()
    target.close()
    source.close()
    before = Home(old.parent)
    assert read_events(before).empty  # only looked at, not brought up
    assert len(read_filings(before)) == 3
    with open_ledger(old) as ledger:
        assert [event.kind for event in ledger.events()] == ["filed", "filed", "refiled"]
    with open_ledger(old) as ledger:  # once is enough
        assert len(ledger.events()) == 3
    connection = sqlite3.connect(old)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    with pytest.raises(sqlite3.IntegrityError, match="台账只能增加"):
        connection.execute("DELETE FROM filings")
    connection.close()


def test_a_withdrawn_filing_does_not_count_and_the_one_before_it_counts_again(home: Home) -> None:
    assert severities(home) == ["major"]
    done = withdraw(home, "HZ-2026-000003", reason=REASON, actor="收报岗", now=datetime(2026, 8, 20))
    assert done.counts_now is not None
    assert done.counts_now.receipt_no == "HZ-2026-000002"
    assert "改由 HZ-2026-000002 计数" in done.to_text()
    assert severities(home) == ["minor"]
    last = read_events(home).iloc[-1]
    assert (last["kind"], last["actor"], last["reason"]) == ("withdrawn", "收报岗", REASON)
    # nothing was deleted: the file, its rows and its record are there
    assert len(read_filings(home)) == 3
    assert read_filings(home)["withdrawn_at"].notna().tolist() == [False, False, True]


def test_when_all_are_withdrawn_the_filing_is_missing_again(home: Home) -> None:
    for number in ("HZ-2026-000002", "HZ-2026-000003"):
        done = withdraw(home, number, reason=REASON, now=datetime(2026, 8, 20))
    assert done.counts_now is None
    with open_snapshot(snapshots.snapshot_path(home, build(home, period="2026-07"))) as found:
        assert found.execute("SELECT count(*) FROM findings").fetchone() == (0,)
        assert found.execute(
            "SELECT state, attempts, filing_id FROM expected_filings "
            "WHERE contract = 'findings' AND division_code = '652901' AND period = '2026-07'"
        ).fetchone() == ("missing", 2, None)


def test_a_withdrawn_file_that_is_filed_again_is_taken_as_new(home: Home, tmp_path: Path) -> None:
    withdraw(home, "HZ-2026-000003", reason=REASON, now=datetime(2026, 8, 20))
    receipt = hand_in(home, [tmp_path / "再报.xlsx"], datetime(2026, 8, 21)).receipts[0]
    assert (receipt.receipt_no, receipt.is_repeat, receipt.attempt) == ("HZ-2026-000004", False, 3)
    assert severities(home) == ["major"]


@pytest.mark.parametrize(
    ("receipt_no", "said"), [("HZ-2026-000009", "台账里没有回执"), ("HZ-2026-000003", "已经撤回过了")]
)
def test_what_cannot_be_withdrawn_is_told(home: Home, receipt_no: str, said: str) -> None:
    withdraw(home, "HZ-2026-000003", reason=REASON)
    with pytest.raises(WithdrawalError, match=said):
        withdraw(home, receipt_no, reason=REASON)


def test_a_returned_filing_needs_no_withdrawal(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    bad = write_filing(tmp_path, "findings", "652901", "2026-07", [{**FINDING, "severity": None}])
    receipt = hand_in(home, [bad], datetime(2026, 8, 1)).receipts[0]
    with pytest.raises(WithdrawalError, match="是退回的，本来就不计数"):
        withdraw(home, receipt.receipt_no, reason=REASON)


@pytest.mark.parametrize("reason", [None, "", "错了", "联系 13800138001 核实", "原件标有机密★10年"])
def test_a_reason_must_be_one_and_hold_nothing_forbidden(reason: str | None) -> None:
    with pytest.raises(EventError):
        checked_reason(reason)


@pytest.mark.parametrize("actor", ["收报岗 13800138001", "13800138001", "一" * 41, "a\nb"])
def test_an_actor_is_a_role_or_an_account(actor: str) -> None:
    with pytest.raises(EventError, match="岗位或账号"):
        checked_actor(actor)
    assert [checked_actor(one) for one in (None, "", "收报岗", "a-07")] == ["自治区局", "自治区局", "收报岗", "a-07"]


def test_every_kind_of_event_has_a_title_and_a_batch_is_whole_or_nothing(home: Home, tmp_path: Path) -> None:
    assert all(EVENT_TITLES.values())
    copy = Home(Path(shutil.copytree(home.root, tmp_path / "copy")))
    stranger = Event(at=datetime(2026, 8, 1), kind="withdrawn", filing_id="nobody")
    good = Event(at=datetime(2026, 8, 1), kind="period_opened", period="2026-08")
    with open_ledger(copy.ledger) as ledger, pytest.raises(sqlite3.IntegrityError):
        ledger.add([], events=[good, stranger])
    assert len(read_events(copy)) == 4
