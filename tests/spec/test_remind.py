"""Reminders name who has not filed what, and go to who can see to it; template sets are handed out the same way."""

import re
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from data_contracts.divisions import load_divisions, reporters
from metrics.snapshot import open_snapshot
from metrics.tracing import trace_cell
from pipelines import snapshots
from pipelines.building import build
from pipelines.home import Home
from pipelines.ledger import read_events
from pipelines.period_states import PeriodError, change_period
from pipelines.period_status import contracts_in
from pipelines.reminders import (
    NOT_DUE,
    OVERDUE,
    RETURNED,
    WITHDRAWN,
    Reminder,
    ReminderLine,
    recipients,
    write_reminders,
)
from pipelines.template_sets import TemplateSetError, write_template_set
from pipelines.withdrawing import withdraw
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing

NOW = datetime(2026, 8, 13, 9)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """July in 阿克苏: filed, returned, withdrawn, and all others silent."""
    folder = tmp_path_factory.mktemp("files")
    home = Home(tmp_path_factory.mktemp("home")).create()
    hand_in(home, [write_filing(folder, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    hand_in(home, [write_filing(folder, "findings", "652901", "2026-07", [FINDING])], datetime(2026, 8, 5))
    bad = write_filing(folder, "findings", "652902", "2026-07", [{**FINDING, "severity": None}])
    hand_in(home, [bad], datetime(2026, 8, 8))
    theirs = {"finding_code": "WT-6529220001-0001", "organisation_code": "JG6529220001"}
    row = {**FINDING, **theirs, "inspection_code": "JC-652922-0001"}
    good = write_filing(folder, "findings", "652922", "2026-07", [row])
    taken = hand_in(home, [good], datetime(2026, 8, 9)).receipts[0]
    assert taken.is_accepted, taken.message
    withdraw(home, taken.receipt_no, reason="报错了单位，来函撤回", now=datetime(2026, 8, 10))
    return home


def reminder_of(home: Home, code: str, period: str = "2026-07", now: datetime = NOW) -> Reminder:
    return {one.division_code: one for one in write_reminders(home, period, now=now)}[code]


def line_of(reminder: Reminder, division: str, contract: str) -> ReminderLine | None:
    return next((one for one in reminder.lines if (one.division_code, one.contract) == (division, contract)), None)


def test_every_reporter_is_reminded_through_its_prefecture_the_corps_or_itself() -> None:
    to = recipients()
    assert (to["652901"], to["652900"], to["660800"], to["650000"]) == ("652900", "652900", "660000", "650000")
    filing = set(reporters(load_divisions())["division_code"])
    assert len({to[code] for code in filing}) == 16  # 14 prefectures, the 兵团, the region for itself


def test_a_line_says_what_when_and_how_late(home: Home) -> None:
    reminder = reminder_of(home, "652900")
    line = line_of(reminder, "652924", "findings")
    assert line is not None
    assert (line.due_on, line.days_overdue, line.situation, line.receipt_no) == (date(2026, 8, 10), 3, OVERDUE, None)
    assert line_of(reminder, "652901", "findings") is None  # filed
    assert reminder.expected - reminder.filed == len(reminder.lines)


def test_what_went_back_names_its_receipt_and_faults(home: Home) -> None:
    line = line_of(reminder_of(home, "652900"), "652902", "findings")
    assert line is not None
    assert (line.situation, line.received_on, line.fault_count >= 1) == (RETURNED, date(2026, 8, 8), True)
    assert str(line.receipt_no).startswith("HZ-2026-")


def test_a_withdrawn_filing_is_wanted_again(home: Home) -> None:
    line = line_of(reminder_of(home, "652900"), "652922", "findings")
    assert line is not None
    assert (line.situation, line.received_on) == (WITHDRAWN, date(2026, 8, 9))


@pytest.mark.parametrize(("day", "situation", "days"), [(10, NOT_DUE, 0), (11, OVERDUE, 1)])
def test_on_the_due_day_it_is_not_late_yet(home: Home, day: int, situation: str, days: int) -> None:
    line = line_of(reminder_of(home, "653200", now=datetime(2026, 8, day, 18)), "653200", "findings")
    assert line is not None
    assert (line.situation, line.days_overdue) == (situation, days)


def test_before_it_opens_and_once_it_is_locked_nothing_is_wanted(home: Home, tmp_path: Path) -> None:
    assert reminder_of(home, "652900", "2026-09", datetime(2026, 9, 20)).lines == ()
    other = Home(tmp_path / "home").create()
    change_period(other, "lock", "2026-07", contract="findings", now=datetime(2026, 8, 12))
    lines = reminder_of(other, "652900").lines
    assert {line.contract for line in lines} == {one.contract for one, _ in contracts_in("2026-07")} - {"findings"}


def test_a_month_at_a_quarters_end_reminds_of_quarterly_filings_too(home: Home) -> None:
    periods = {line.period for line in reminder_of(home, "652900", "2026-06").lines}
    assert periods == {"2026-06", "2026Q2"}
    with pytest.raises(PeriodError):
        write_reminders(home, "2026-6")


def test_each_recipient_gets_a_sheet_and_a_text_and_the_ledger_remembers(home: Home, tmp_path: Path) -> None:
    found = write_reminders(home, "2026-07", out=tmp_path / "催报", actor="收报岗", now=NOW)
    told = [one for one in found if one.lines]
    names = {path.name for path in (tmp_path / "催报").iterdir()}
    assert names == {f"{one.stem}.{kind}" for one in told for kind in ("xlsx", "txt")}
    assert len(told) == 16
    reminder = next(one for one in told if one.division_code == "652900")
    sheet = load_workbook(tmp_path / "催报" / f"{reminder.stem}.xlsx")["催报"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert len(rows) == len(reminder.lines)
    of_returned = next(row for row in rows if row[2] == "652902" and row[3] == "问题整改")
    assert of_returned[4:8] == ("2026年7月", datetime(2026, 8, 10), 3, RETURNED)
    text = (tmp_path / "催报" / f"{reminder.stem}.txt").read_text(encoding="utf-8")
    assert re.search(r"【退回未重报】1 份\n  1\. 库车市（652902）", text)
    assert reminder.summary() in text
    events = read_events(home, kinds=["reminded"])
    assert (len(events), set(events["actor"]), set(events["period"])) == (16, {"收报岗"}, {"2026-07"})


def test_the_same_reminder_is_the_same_bytes(home: Home, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_reminders(home, "2026-07", out=tmp_path / name, now=NOW)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_one_reporters_templates_are_all_that_it_owes(tmp_path: Path) -> None:
    written = write_template_set(tmp_path / "套表", "2026-06", division="652901")
    assert {path.name for path in written.files} == {
        f"{contract.contract}_652901_{period}.xlsx" for contract, period in contracts_in("2026-06")}  # fmt: skip
    with pytest.raises(TemplateSetError, match="不是填报单位"):
        write_template_set(tmp_path, "2026-06", division="659001")


def test_all_templates_are_zipped_for_who_hands_them_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"652900": "阿克苏地区", "652901": "阿克苏市", "660800": "第八师"}
    monkeypatch.setattr("pipelines.template_sets._reporters_of", lambda period: few)
    written = write_template_set(tmp_path / "套表", "2026-07")
    assert [path.name[:6] for path in written.files] == ["652900", "660000"]
    with zipfile.ZipFile(written.files[0]) as bundle:
        names = bundle.namelist()
        assert {name.split("/")[0] for name in names} == {"652900_阿克苏地区", "652901_阿克苏市"}
        assert bundle.testzip() is None
    assert written.count == 3 * len(contracts_in("2026-07"))


def test_a_silent_number_traces_to_the_reminder_that_was_sent(home: Home, tmp_path: Path) -> None:
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    sent_at = datetime(2026, 8, 20, 9)
    write_reminders(copy, "2026-07", out=tmp_path / "催报", now=sent_at)
    with open_snapshot(snapshots.snapshot_path(copy, build(copy))) as connection:
        silent = trace_cell(connection, "rectified_on_time_share", "652902", "2026-07", "own")
    assert silent.outcome == "not_filed"
    assert [filing.state for filing in silent.missing] == ["returned"]
    assert [(one.at, one.recipient_name, one.period, one.filings) for one in silent.reminders][-1:] == [
        (sent_at, "阿克苏地区", "2026-07", 1)
    ]
