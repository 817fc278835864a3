"""Ledgers as Excel opens them, and the two reference books: what they hold, how they print, what they refuse."""

import hashlib
import io
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from data_contracts.loading import load_contracts
from metrics.catalogue import load_catalogue
from metrics.read_layer import EVERYTHING, Scope, read_expected_filings, read_warnings
from metrics.snapshot import open_snapshot
from pipelines.accounts.audit import read_audit
from pipelines.home import Home
from pipelines.ledger_workbooks import LedgerColumn, LedgerSheet, ledger_workbook
from pipelines.papers.errors import PaperError
from pipelines.reference_books import write_reference_books
from pipelines.supervision_ledgers import write_ledgers

PERIOD = "2026-09"
META = {"snapshot_id": "2026-09.r1", "built_at": "2026-10-20T08:30:00", "marking": "内部资料", "is_simulated": "true"}


@pytest.fixture(scope="session")
def ledgers(issuing_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ledgers(issuing_home, PERIOD, "650000", tmp_path_factory.mktemp("ledgers"))


def test_five_ledgers_with_every_row_of_the_snapshot(built_home: Path, ledgers: Path) -> None:
    book = load_workbook(ledgers)
    assert book.sheetnames == ["问题整改", "预警", "事件", "资质单位", "报送"]
    snapshot = open_snapshot(built_home / "snapshots" / "2026-09.r1.duckdb")
    findings = snapshot.execute("SELECT count(DISTINCT finding_code) FROM findings").fetchall()[0][0]
    counted = {"问题整改": findings, "预警": len(read_warnings(snapshot, EVERYTHING, period=PERIOD)),
               "报送": len(read_expected_filings(snapshot, EVERYTHING, period=PERIOD))}
    for title, count in counted.items():
        assert book[title].max_row == 4 + count
        assert book[title]["C3"].value == f"全部 {count:,} 行"


def test_ledgers_print_filter_and_freeze(ledgers: Path) -> None:
    for sheet in load_workbook(ledgers):
        assert sheet.freeze_panes == "C5" and sheet.auto_filter.ref.startswith("A4:")
        assert sheet.print_title_rows == "$4:$4" and sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "2026-09.r1" in sheet["A2"].value and "内部资料" in sheet["A2"].value
        assert "2026-09.r1" in sheet.oddFooter.left.text
        assert sheet["B3"].value.startswith("=SUBTOTAL(103,A5:A")


def test_a_prefecture_sees_its_own_and_a_county_only_itself(issuing_home: Home, tmp_path: Path) -> None:
    def codes(path: Path) -> set[str]:
        return {row[0].value for sheet in load_workbook(path) for row in sheet.iter_rows(min_row=5) if row[0].value}

    area = write_ledgers(issuing_home, PERIOD, "652900", tmp_path)
    assert codes(area) <= {"652900"} | {f"6529{number:02d}" for number in range(1, 30)}
    narrow = write_ledgers(issuing_home, PERIOD, "650000", tmp_path, scope=Scope(frozenset({"652901"})))
    assert codes(narrow) == {"652901"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"x\")", "http://a.b"])
def test_what_somebody_filed_is_never_a_formula(text: str) -> None:
    frame = pd.DataFrame({"name": [text]})
    content = ledger_workbook([LedgerSheet("问题整改", frame, (LedgerColumn("name", "名称", 20),))], "全区", META)
    cell = load_workbook(io.BytesIO(content))["问题整改"]["A5"]
    assert cell.value == text and cell.data_type == "s" and cell.hyperlink is None


def test_incidents_show_no_free_text(ledgers: Path) -> None:
    titles = [cell.value for cell in load_workbook(ledgers)["事件"][4]]
    assert "说明" not in titles and "事件编号" in titles


def test_a_ledger_is_entered_in_the_audit_chain_before_it_is_given(issuing_home: Home, tmp_path: Path) -> None:
    path = write_ledgers(issuing_home, PERIOD, "652900", tmp_path, actor="研判岗")
    entry = read_audit(issuing_home, most=1)[0]
    assert (entry.kind, entry.actor, entry.subject) == ("ledger_issued", "研判岗", path.name)
    assert entry.detail["SHA-256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (entry.detail["格式"], entry.detail["报告期"], entry.detail["范围"]) == ("xlsx", PERIOD, "阿克苏地区")


def test_the_same_ledgers_are_the_same_bytes(issuing_home: Home, ledgers: Path, tmp_path: Path) -> None:
    assert write_ledgers(issuing_home, PERIOD, "650000", tmp_path).read_bytes() == ledgers.read_bytes()


@pytest.mark.parametrize(
    ("period", "scope", "said"),
    [("2026Q3", "650000", "台账按月出"), ("2027-01", "650000", "尚未发布"), ("x", "650000", "写法不对"),
     (PERIOD, "999999", "没有区划 999999")],
)  # fmt: skip
def test_what_cannot_be_written_is_told(issuing_home: Home, tmp_path: Path, period: str, scope: str, said: str) -> None:
    with pytest.raises(PaperError, match=said):
        write_ledgers(issuing_home, period, scope, tmp_path)
    assert not list(tmp_path.iterdir())


def pdf_text(path: Path) -> str:
    return "".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())


def test_the_books_tell_every_column_and_every_indicator(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    dictionary, methods = (pdf_text(path) for path in write_reference_books(home, tmp_path / "books", actor="制度岗"))
    assert {(one.kind, one.subject, one.actor) for one in read_audit(home)} == {
        ("book_issued", "数据字典.pdf", "制度岗"), ("book_issued", "指标方法手册.pdf", "制度岗")
    }
    for contract in load_contracts().values():
        assert contract.title in dictionary
        assert not [column.title for column in contract.columns if "".join(column.title.split()) not in dictionary]
    assert not [one.title for one in load_catalogue().indicators if "".join(one.title.split()) not in methods]
