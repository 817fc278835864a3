"""When a filing is due: the contract's days after the period's end, unless the calendar puts one period off."""

from datetime import date
from pathlib import Path

import pytest

from data_contracts.calendar import CalendarError, due_on, extension_of, opens_on
from data_contracts.loading import load_contracts

FINDINGS = load_contracts()["findings"]
ENTRY = "{period: 2026-09, due_on: 2026-10-15, reason: 长假顺延, source: 自治区保密局通知}"


def calendar(folder: Path, *entries: str) -> Path:
    path = folder / "calendar.yaml"
    path.write_text("extensions:\n" + "".join(f"  - {entry}\n" for entry in entries), encoding="utf-8")
    return path


def test_by_the_contract_alone() -> None:
    assert (opens_on("2026-09"), due_on(FINDINGS, "2026-09")) == (date(2026, 9, 25), date(2026, 10, 10))


def test_one_period_is_put_off_and_no_other(tmp_path: Path) -> None:
    path = calendar(tmp_path, ENTRY)
    assert due_on(FINDINGS, "2026-09", path) == date(2026, 10, 15)
    assert due_on(FINDINGS, "2026-10", path) == date(2026, 11, 10)
    found = extension_of(FINDINGS, "2026-09", path)
    assert found is not None
    assert (found.reason, found.source) == ("长假顺延", "自治区保密局通知")


def test_the_contracts_own_extension_goes_before_the_one_for_all(tmp_path: Path) -> None:
    path = calendar(tmp_path, ENTRY, ENTRY.replace("{", "{contract: findings, ").replace("10-15", "10-20"))
    assert due_on(FINDINGS, "2026-09", path) == date(2026, 10, 20)
    assert due_on(load_contracts()["incidents"], "2026-09", path) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ENTRY.replace("10-15", "10-10"), "延期到 2026-10-10，不晚于原期限 2026-10-10"),
        (ENTRY.replace("2026-10-15", "十月中"), "第 1 条：due_on“十月中”应写成"),
        (ENTRY.replace("2026-09", "2026-13"), "第 1 条：.*写法不对"),
        (ENTRY.replace("长假顺延", "''"), "reason 和 source 不能为空"),
        (ENTRY.replace("source", "by"), "应有 period、due_on、reason、source"),
        ("延期", "应有 period"),
    ],
)
def test_a_wrong_entry_is_told(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(CalendarError, match=said):
        due_on(FINDINGS, "2026-09", calendar(tmp_path, entry))


def test_a_period_is_put_off_once(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="第 2 条：2026-09 已写过一条"):
        due_on(FINDINGS, "2026-09", calendar(tmp_path, ENTRY, ENTRY))
