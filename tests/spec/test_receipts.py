"""The receipt as it is handed over: one page, whatever is on it, and the same as JSON; what changed is told by key."""

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import cli
from pipelines import typesetting
from pipelines.faults import IntakeError
from pipelines.home import Home
from pipelines.receipt_documents import ReceiptError, read_receipts, write_receipt_documents
from pipelines.typesetting import FontMissingError
from pipelines.withdrawing import withdraw
from tests.filings import FINDING, ORGANISATION, hand_in, write_filing

ROOT = Path(cli.__file__).parent


def finding(number: int, **more: Any) -> dict[str, Any]:
    return {**FINDING, "finding_code": f"WT-6529010001-{number:04d}", **more}


def july(home: Home, folder: Path, rows: list[dict[str, Any]], day: int) -> str:
    path = write_filing(folder, "findings", "652901", "2026-07", rows, name=f"{day}日.xlsx")
    return hand_in(home, [path], datetime(2026, 8, day, 9)).receipts[0].receipt_no


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").create()
    hand_in(home, [write_filing(tmp_path, "organisations", "652901", "2026Q2", [ORGANISATION])], datetime(2026, 7, 5))
    return home


def pages(path: Path) -> int:
    """Pages of a PDF by its page tree."""
    return max(int(count) for count in re.findall(rb"/Count (\d+)", path.read_bytes()))


def test_what_changed_is_told_row_by_row(home: Home, tmp_path: Path) -> None:
    first = july(home, tmp_path, [finding(1), finding(2), finding(3)], 5)
    second = july(home, tmp_path, [finding(1, severity="major", is_leak_confirmed=True), finding(3), finding(4)], 7)
    changes = read_receipts(home, [second])[0].changes
    assert changes is not None
    assert (changes.replaces, changes.added, changes.removed) == (
        first, ("WT-6529010001-0004",), ("WT-6529010001-0002",))  # fmt: skip
    assert [(one.key[-4:], one.title, one.before, one.after) for one in changes.alterations] == [
        ("0001", "严重程度", "一般", "较重"), ("0001", "确认造成泄密", "否", "是")]  # fmt: skip
    assert "新增 1 行，删去 1 行，改动 1 行（2 处）" in changes.summary()


def test_a_first_and_an_unchanged_filing_say_so(home: Home, tmp_path: Path) -> None:
    first = july(home, tmp_path, [finding(1)], 5)
    same = july(home, tmp_path, [finding(1, explanation="补充了情况")], 7)
    assert [str(one.changes and one.changes.summary()) for one in read_receipts(home, [first, same])] == [
        "首次报送，没有被替代的报表。", f"替代 {first}，各行没有变化。"]  # fmt: skip


def test_a_withdrawn_filing_is_not_what_the_next_one_replaces_and_its_receipt_says_it(
    home: Home, tmp_path: Path
) -> None:
    first, second = july(home, tmp_path, [finding(1)], 5), july(home, tmp_path, [finding(2)], 6)
    withdraw(home, second, reason="报错了单位，来函撤回", now=datetime(2026, 8, 6, 12))
    third = july(home, tmp_path, [finding(3)], 7)
    withdrawn, last = read_receipts(home, [second, third])
    assert last.changes is not None
    assert last.changes.replaces == first
    assert withdrawn.to_page()["outcome"] == "已撤回"
    assert "已于 2026-08-06 撤回" in withdrawn.to_page()["message"]


def test_pdf_and_json_lie_side_by_side_and_the_same_receipt_is_the_same_bytes(home: Home, tmp_path: Path) -> None:
    number = july(home, tmp_path, [finding(1)], 5)
    written = write_receipt_documents(home, [number])
    assert written == [home.receipts / f"{number}.json", home.receipts / f"{number}.pdf"]
    told = json.loads(written[0].read_text(encoding="utf-8"))
    assert (told["receipt_no"], told["outcome"], told["division_name"], told["changes"]["replaces"]) == (
        number, "接收", "阿克苏市", None)  # fmt: skip
    assert str(tmp_path) not in written[0].read_text(encoding="utf-8")
    before = written[1].read_bytes()
    assert pages(written[1]) == 1
    write_receipt_documents(home, [number])
    assert written[1].read_bytes() == before


def test_however_many_faults_there_are_it_stays_one_page(home: Home, tmp_path: Path) -> None:
    empty = dict.fromkeys(FINDING)
    rows = [{**empty, "finding_code": f"坏编号{n}", "explanation": "长" * 200} for n in range(300)]
    number = july(home, tmp_path, rows, 5)
    document = read_receipts(home, [number])[0]
    assert len(document.receipt.faults) > 1000
    assert "同类并为一行" in document.to_page()["faults_note"]
    written = write_receipt_documents(home, [number], tmp_path / "out")
    assert pages(written[1]) == 1
    assert len(json.loads(written[0].read_text(encoding="utf-8"))["faults"]) == len(document.receipt.faults)


def test_a_refused_file_has_a_receipt_without_a_place(home: Home, tmp_path: Path) -> None:
    bad = tmp_path / "坏表.xlsx"
    bad.write_bytes(b"no workbook")
    number = hand_in(home, [bad], datetime(2026, 8, 5)).receipts[0].receipt_no
    page = read_receipts(home, [number])[0].to_page()
    assert (page["tone"], dict(page["facts"])["报表"], dict(page["facts"])["内容"]) == ("refused", "未能识别", "未收存")
    assert pages(write_receipt_documents(home, [number])[1]) == 1


def test_the_simulated_mark_is_on_the_page(simulated_region: Path, tmp_path: Path) -> None:
    from pipelines.intake import intake

    home = Home(tmp_path / "home")
    paths = sorted((simulated_region / "报送" / "2026-09").glob("*.xlsx"))[:12]
    receipts = [one for one in intake(home, paths, now=datetime(2026, 10, 9)).receipts if one.status != "refused"]
    documents = read_receipts(home, [one.receipt_no for one in receipts])
    assert {document.to_page()["is_simulated"] for document in documents} == {True}


def test_without_a_chinese_font_the_json_is_there_and_the_message_says_what_to_do(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = july(home, tmp_path, [finding(1)], 5)
    monkeypatch.setattr(typesetting, "_SERIF", ())
    monkeypatch.setattr(typesetting, "_SANS", ())
    typesetting._fonts.cache_clear()
    try:
        with pytest.raises(FontMissingError, match=r"apt-get install fonts-noto-cjk.*OVERSIGHT_FONTS"):
            write_receipt_documents(home, [number])
    finally:
        typesetting._fonts.cache_clear()
    assert (home.receipts / f"{number}.json").exists()


def test_a_number_that_is_not_there_is_told(home: Home) -> None:
    with pytest.raises(ReceiptError, match="台账里没有回执 HZ-2026-000099"):
        write_receipt_documents(home, ["HZ-2026-000099"])
    assert issubclass(ReceiptError, IntakeError)


def test_the_command_writes_the_file_that_is_asked_for(home: Home, tmp_path: Path) -> None:
    number = july(home, tmp_path, [finding(1)], 5)
    out = tmp_path / "回执.pdf"
    command = [sys.executable, str(ROOT / "cli.py"), "receipt", number, "--home", str(home.root), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (cli.DONE, "")
    assert out.read_bytes().startswith(b"%PDF")
    assert json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))["receipt_no"] == number
