"""A correction replaces one value until the reporter files it right, and never one that it does not expect."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from metrics.policy_files import PolicyError
from metrics.snapshot import open_snapshot
from metrics.tracing import trace_cell
from pipelines import snapshots
from pipelines.building import build
from pipelines.corrections import (
    CorrectionError,
    enter_corrections,
    read_corrections,
    revoke_correction,
    standing_corrections,
)
from pipelines.home import Home
from pipelines.period_states import PeriodError, change_period
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing

ENTRY: dict[str, Any] = {
    "contract": "findings",
    "division": "652901",
    "period": "2026-07",
    "key": {"finding_code": "WT-6529010001-0001"},
    "column": "due_on",
    "expect": "2026-08-20",
    "value": "2026年8月25日",
    "reason": "县局来函更正整改期限",
    "on": "2026-08-11",
    "until": "re-filing",
}
ENTERED = datetime(2026, 8, 12, 10)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    hand_in(home, [write_filing(tmp_path, "findings", "652901", "2026-07", [FINDING])], datetime(2026, 8, 9))
    return home


def listed(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "更正.yaml"
    path.write_text(yaml.safe_dump({"corrections": list(entries)}, allow_unicode=True), encoding="utf-8")
    return path


def enter(home: Home, folder: Path, **changes: Any) -> None:
    enter_corrections(home, listed(folder, {**ENTRY, **changes}), actor="收报岗", now=ENTERED)


def file_again(home: Home, folder: Path, *rows: dict[str, Any]) -> None:
    path = write_filing(folder, "findings", "652901", "2026-07", rows or [], name="重报.xlsx")
    assert hand_in(home, [path], datetime(2026, 8, 15)).all_accepted


def built(home: Home, query: str) -> list[tuple]:
    with open_snapshot(snapshots.snapshot_path(home, build(home, period="2026-07"))) as found:
        return found.execute(query).fetchall()


def test_a_corrected_value_is_counted_and_shown_beside_the_old_one(home: Home, tmp_path: Path) -> None:
    enter(home, tmp_path)
    assert built(home, "SELECT due_on::VARCHAR FROM findings") == [("2026-08-25",)]
    columns = "correction_id, column_name, old_value, new_value, reason, actor, decided_on::VARCHAR, row, state"
    assert built(home, f"SELECT {columns} FROM corrections") == [
        ("GZ-2026-0001", "due_on", "2026-08-20", "2026-08-25", "县局来函更正整改期限", "收报岗", "2026-08-11", 7,
         "applied")
    ]  # fmt: skip
    assert json.loads(built(home, "SELECT key FROM corrections")[0][0]) == ENTRY["key"]


def test_the_trace_of_a_number_says_which_of_its_rows_were_corrected(home: Home, tmp_path: Path) -> None:
    enter(home, tmp_path)
    with open_snapshot(snapshots.snapshot_path(home, build(home, period="2026-07"))) as found:
        trace = trace_cell(found, "repeat_finding_share", "652901", "2026-07")
    assert [row.correction for row in trace.rows] == [
        "整改期限 2026-08-20 → 2026-08-25（GZ-2026-0001，县局来函更正整改期限）"]  # fmt: skip
    assert "已更正：整改期限 2026-08-20 → 2026-08-25" in trace.to_text()


@pytest.mark.parametrize(
    ("column", "expect", "value", "stored"),
    [
        ("severity", "一般", "较重", "major"),
        ("is_leak_confirmed", False, "是", "true"),
        ("rectified_on", None, "2026-08-11", "2026-08-11"),
    ],
)
def test_values_are_written_as_a_clerk_writes_them(
    home: Home, tmp_path: Path, column: str, expect: Any, value: Any, stored: str
) -> None:
    enter(home, tmp_path, column=column, expect=expect, value=value)
    assert built(home, f"SELECT {column}::VARCHAR FROM findings") == [(stored,)]
    assert built(home, "SELECT new_value FROM corrections") == [(stored,)]


def test_it_ends_by_itself_once_the_reporter_files_the_corrected_value(home: Home, tmp_path: Path) -> None:
    enter(home, tmp_path)
    file_again(home, tmp_path, {**FINDING, "due_on": datetime(2026, 8, 25)})
    assert built(home, "SELECT due_on::VARCHAR FROM findings") == [("2026-08-25",)]
    assert built(home, "SELECT state FROM corrections") == [("ended",)]


def test_it_holds_on_while_the_reporter_files_the_old_value(home: Home, tmp_path: Path) -> None:
    enter(home, tmp_path)
    file_again(home, tmp_path, {**FINDING, "severity": "major"})
    assert built(home, "SELECT due_on::VARCHAR, severity FROM findings") == [("2026-08-25", "major")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**FINDING, "due_on": datetime(2026, 9, 1)},
         "重报.xlsx 问题整改 第 7 行现为“2026-09-01”.*oversight correct revoke GZ-2026-0001"),
        ({**FINDING, "finding_code": "WT-6529010001-0002"}, "重报.xlsx 中没有这一行了"),
    ],
)  # fmt: skip
def test_the_build_stops_where_the_value_is_neither_expected_nor_corrected(
    home: Home, tmp_path: Path, row: dict[str, Any], said: str
) -> None:
    enter(home, tmp_path)
    file_again(home, tmp_path, row)
    with pytest.raises(CorrectionError, match=f"更正 GZ-2026-0001（652901《问题整改》2026年7月 WT-.*{said}"):
        build(home, period="2026-07")
    assert standing_corrections(home)["state"].tolist() == ["misfit"]
    revoke_correction(home, "GZ-2026-0001", reason="重报已改为新的期限")
    assert built(home, "SELECT count(*) FROM corrections") == [(0,)]


def test_a_revoked_correction_gives_the_filed_value_back(home: Home, tmp_path: Path) -> None:
    enter(home, tmp_path)
    revoke_correction(home, "GZ-2026-0001", reason="经核实原值无误")
    assert built(home, "SELECT due_on::VARCHAR FROM findings") == [("2026-08-20",)]
    assert read_corrections(home) == []
    with pytest.raises(CorrectionError, match="没有有效的更正"):
        revoke_correction(home, "GZ-2026-0001", reason="经核实原值无误")
    enter(home, tmp_path)
    assert [one.correction_id for one in read_corrections(home)] == ["GZ-2026-0002"]  # a number is given once


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"contract": "finding"}, "第 14 行：没有报表“finding”"),
        ({"column": "due"}, "没有 due 一栏"),
        ({"column": "finding_code"}, "是主键，不能更正"),
        ({"key": {"inspection_code": "JC-652901-0001"}}, "主键是 finding_code"),
        ({"period": "2026Q3"}, "没有 2026年第3季度 这样的报告期"),
        ({"period": "2026-13"}, "写法不对"),
        ({"value": "改到月底"}, "“改到月底”不是日期"),
        ({"value": None}, "必须填写，不能更正为空"),
        ({"value": "2026-08-20"}, "更正前后的.*相同"),
        ({"reason": "错了"}, "至少 4 个字"),
        ({"on": "2026-02-30"}, "不是有效日期"),
        ({"until": "明年"}, "应为 re-filing 之一"),
        ({"due": 1}, "不认识的键 due"),
        ({"expect": "2026-08-19"}, "现为“2026-08-20”，与 expect 写的“2026-08-19”不符"),
        ({"key": {"finding_code": "WT-6529010001-0009"}}, "有 0 行，应恰有 1 行"),
        ({"division": 652902}, "没有计数的报表"),
    ],
)
def test_an_entry_that_does_not_fit_is_told_and_nothing_is_entered(
    home: Home, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    good = {**ENTRY, "column": "severity", "expect": "一般", "value": "严重"}
    with pytest.raises((CorrectionError, PolicyError), match=said) as error:
        enter_corrections(home, listed(tmp_path, good, {**ENTRY, **changes}), now=ENTERED)
    assert "更正.yaml" in str(error.value)
    assert read_corrections(home) == []


def test_one_cell_has_one_correction(home: Home, tmp_path: Path) -> None:
    enter(home, tmp_path)
    with pytest.raises(CorrectionError, match="这一格已有更正"):
        enter(home, tmp_path)


def test_a_locked_period_is_corrected_only_once_it_is_unlocked(home: Home, tmp_path: Path) -> None:
    change_period(home, "lock", "2026-07", now=datetime(2026, 8, 20))
    with pytest.raises(PeriodError, match="锁定，不能更正"):
        enter(home, tmp_path)
    change_period(home, "unlock", "2026-07", reason="补登记来函更正", now=datetime(2026, 8, 21))
    enter(home, tmp_path)
    change_period(home, "lock", "2026-07", now=datetime(2026, 8, 22))
    with pytest.raises(PeriodError, match="不能撤销更正"):
        revoke_correction(home, "GZ-2026-0001", reason="经核实原值无误")
