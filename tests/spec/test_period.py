"""Periods open by the calendar, may be opened earlier, and once locked nothing of them changes."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.events import EventError
from pipelines.home import Home
from pipelines.ledger import read_events
from pipelines.period_states import PeriodError, change_period
from pipelines.period_status import contracts_in, period_status
from pipelines.withdrawing import withdraw
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    return home


def july(folder: Path, number: int = 1) -> Path:
    row = {**FINDING, "finding_code": f"WT-6529010001-{number:04d}"}
    return write_filing(folder, "findings", "652901", "2026-07", [row], name=f"{number}.xlsx")


def outcome(home: Home, path: Path, at: datetime) -> tuple[str, str | None]:
    receipt = hand_in(home, [path], at).receipts[0]
    return receipt.status, receipt.refusal_code


def test_a_period_opens_by_the_calendar_with_nobody_doing_anything(home: Home, tmp_path: Path) -> None:
    assert outcome(home, july(tmp_path), datetime(2026, 7, 25, 23, 59)) == ("refused", "period_not_open")
    assert outcome(home, july(tmp_path), datetime(2026, 7, 26)) == ("accepted", None)


def test_it_may_be_opened_earlier_from_then_on(home: Home, tmp_path: Path) -> None:
    change_period(home, "open", "2026-07", contract="findings", now=datetime(2026, 7, 20, 8))
    assert outcome(home, july(tmp_path, 1), datetime(2026, 7, 20, 7, 59)) == ("refused", "period_not_open")
    assert outcome(home, july(tmp_path, 2), datetime(2026, 7, 20, 8)) == ("accepted", None)
    nil = write_filing(tmp_path, "incidents", "652901", "2026-07", [])
    assert outcome(home, nil, datetime(2026, 7, 20, 9))[1] == "period_not_open"  # only findings were opened


def test_a_locked_period_refuses_filings_and_says_whom_to_ask(home: Home, tmp_path: Path) -> None:
    change_period(home, "lock", "2026-07", actor="收报岗", now=datetime(2026, 8, 20))
    receipt = hand_in(home, [july(tmp_path)], datetime(2026, 8, 21)).receipts[0]
    assert (receipt.status, receipt.refusal_code) == ("refused", "period_locked")
    assert "《问题整改》2026年7月已于 2026-08-20 锁定" in str(receipt.refusal_message)
    assert "向锁定的收报岗书面说明原因" in str(receipt.refusal_message)
    # backdating does not get round it: the figures have been used
    assert outcome(home, july(tmp_path, 2), datetime(2026, 8, 5)) == ("refused", "period_locked")


def test_unlocking_needs_a_reason_and_lets_filings_in_again(home: Home, tmp_path: Path) -> None:
    change_period(home, "lock", "2026-07", now=datetime(2026, 8, 20))
    with pytest.raises(EventError, match="--reason"):
        change_period(home, "unlock", "2026-07")
    change_period(home, "unlock", "2026-07", contract="findings", reason="阿克苏市来函补报", now=datetime(2026, 8, 22))
    assert outcome(home, july(tmp_path), datetime(2026, 8, 23)) == ("accepted", None)
    nil = write_filing(tmp_path, "incidents", "652901", "2026-07", [])
    assert outcome(home, nil, datetime(2026, 8, 23))[1] == "period_locked"  # only findings were unlocked
    kinds = read_events(home, kinds=["period_locked", "period_unlocked"])[["kind", "contract", "reason"]]
    assert kinds.fillna("").values.tolist() == [
        ["period_locked", "", ""], ["period_unlocked", "findings", "阿克苏市来函补报"]]  # fmt: skip


def test_a_locked_filing_cannot_be_withdrawn(home: Home, tmp_path: Path) -> None:
    receipt = hand_in(home, [july(tmp_path)], datetime(2026, 8, 5)).receipts[0]
    change_period(home, "lock", "2026-07", now=datetime(2026, 8, 20))
    with pytest.raises(PeriodError, match=r"锁定，不能撤回.*oversight period unlock 2026-07 --contract findings"):
        withdraw(home, receipt.receipt_no, reason="报错了单位，来函撤回")


@pytest.mark.parametrize(
    ("action", "period", "contract", "said"),
    [
        ("open", "2026-07", None, "已经开放收报"),
        ("lock", "2026-08", None, "过了期限才能锁定"),
        ("unlock", "2026-07", None, "没有锁定"),
        ("lock", "2026-06", None, "已经锁定"),
        ("lock", "2026-13", None, "写法不对"),
        ("lock", "2026-06", "finding", "没有报表“finding”"),
        ("lock", "2026Q2", "findings", "没有 2026年第2季度 这样的报告期"),
    ],
)
def test_what_cannot_be_done_to_a_period_is_told(
    home: Home, action: str, period: str, contract: str | None, said: str
) -> None:
    now = datetime(2026, 8, 20)
    change_period(home, "lock", "2026-06", now=now)
    with pytest.raises(PeriodError, match=said):
        change_period(home, action, period, contract=contract, reason="补报缺漏", now=now)  # type: ignore[arg-type]


def test_a_month_means_all_that_ends_in_it(home: Home) -> None:
    periods = {contract.contract: own for contract, own in contracts_in("2026-06")}
    assert (periods["findings"], periods["organisations"]) == ("2026-06", "2026Q2")
    assert {own for _, own in contracts_in("2026-07")} == {"2026-07"}
    assert {own for _, own in contracts_in("2026Q2")} == {"2026Q2"}
    with pytest.raises(PeriodError, match="写法不对"):
        contracts_in("2026-6")


def test_status_counts_each_outcome_of_each_contract(home: Home, tmp_path: Path) -> None:
    other = write_filing(tmp_path, "findings", "652902", "2026-07", [{**FINDING, "severity": None}])
    hand_in(home, [july(tmp_path)], datetime(2026, 8, 11))  # a day late
    hand_in(home, [other], datetime(2026, 8, 9))  # goes back
    change_period(home, "lock", "2026-07", contract="incidents", actor="收报岗", now=datetime(2026, 8, 20))
    found = {one.contract: one for one in period_status(home, "2026-07", now=datetime(2026, 8, 20))}
    findings, incidents = found["findings"], found["incidents"]
    counts = (findings.expected, findings.filed, findings.late, findings.returned, findings.missing)
    assert counts == (125, 1, 1, 1, 123)
    assert (findings.state, findings.due_on, findings.locked_on) == ("已过期限", date(2026, 8, 10), None)
    assert (incidents.state, incidents.locked_on, incidents.locked_by) == ("已锁定", date(2026, 8, 20), "收报岗")
    assert period_status(home, "2026-07", now=datetime(2026, 8, 1))[0].state == "收报中"
    assert period_status(home, "2026-09", now=datetime(2026, 8, 1))[0].state == "未开放"


def test_what_a_period_went_through_is_in_the_ledger(home: Home) -> None:
    change_period(home, "lock", "2026-07", reason="七月数据已上报", now=datetime(2026, 8, 20))
    event = read_events(home).iloc[-1]
    assert (event["kind"], event["period"], event["reason"], json.loads(event["detail"])) == (
        "period_locked", "2026-07", "七月数据已上报", {})  # fmt: skip
