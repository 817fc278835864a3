"""What leaves as a file: the tables that are shown, under their stamp, and no text that a spreadsheet would run."""

import csv
import io
from datetime import datetime
from pathlib import Path

import dash_ag_grid as dag
import openpyxl
import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.cards import card
from dashboard.components.marks import interval_bar, tier_mark, tier_tag
from dashboard.components.tables import grid, row, table
from dashboard.exporting.record import record_export
from dashboard.exporting.sheets import csv_bytes, safe_text, xlsx_bytes
from dashboard.exporting.stamps import Stamp, stamp_of
from dashboard.exporting.tables import ExportTable, tables_of
from dashboard.library import Library
from dashboard.stand import take_stand
from dashboard.view import read_url
from pipelines.accounts.audit import read_audit, verify_audit
from pipelines.home import Home

STAMP = Stamp((("密级标注", "内部资料"), ("版本", "2026-09.r1"), ("导出账号", "=cmd()")), "预警_全区")
EVIL = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")')


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    made = ExportTable("表", ("头",), ((text,),))
    (cell,) = read_csv(csv_bytes(made, STAMP))[-1]
    assert cell.startswith("'")
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([made], STAMP)))["表"]
    found = sheet.cell(6, 1)
    assert found.data_type == "s"
    assert str(found.value).endswith(text.strip())
    assert sheet.cell(3, 2).data_type == "s"  # an account is no formula either


@given(st.text())
def test_whatever_the_text_csv_never_begins_a_formula(text: str) -> None:
    found = safe_text(text)
    assert not found.startswith(("=", "@", "\t", "\r", "\n"))
    if found.startswith(("+", "-")):
        float(found.replace(",", ""))


@pytest.mark.parametrize(("text", "safe"), [("-3", "-3"), ("+2.5", "+2.5"), ("1,234", "1,234"), ("-3a", "'-3a")])
def test_numbers_stay_numbers(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_numbers_in_xlsx_are_numbers_and_the_stamp_stands_above() -> None:
    made = ExportTable("各地", ("地区", "件"), (("阿克苏", "1,234"), ("喀什", 3), ("和田", None)))
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([made, made], STAMP)))["各地"]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0][:2] == ["密级标注", "内部资料"]
    assert [line[:2] for line in lines[4:]] == [["地区", "件"], ["阿克苏", 1234], ["喀什", 3], ["和田", None]]


def test_tables_are_read_as_they_are_shown() -> None:
    columns = [{"field": "place", "headerName": "地区"}, {"field": "tier", "headerName": "等级"}]
    rows = [{"place": "▸ 阿克苏", "tier": {"tier": "red", "title": "一级红"}, "href": "/x"}]
    shown = html.Div(
        [
            card("清单", grid("a", columns, rows)),
            card("名次", table(["地区", ("级别", "num")], [row([html.A("喀什"), tier_tag("red")]),
                                                       row([interval_bar(1, 0, 2), tier_mark("blue")])])),
            card("空的", table(["地区"], [])),
        ]
    )  # fmt: skip
    assert isinstance(shown.children[0].children[1], dag.AgGrid)
    assert tables_of(shown) == [
        ExportTable("清单", ("地区", "等级"), (("阿克苏", "一级红"),)),
        ExportTable("名次", ("地区", "级别"), (("喀什", "一级红"), ("", "四级蓝"))),
    ]


def test_a_stamp_says_release_filters_scope_marking_time_and_account(built_home: Path) -> None:
    stand = take_stand(Library(built_home), read_url("/warnings?tier=red&division=652900"))
    lines = dict(stamp_of(stand, datetime(2026, 10, 9, 8, 30)).lines)
    assert lines["密级标注"] == "内部资料"
    assert "阿克苏地区" in lines["内容"]
    assert "模拟数据" in lines["内容"]
    assert (lines["筛选"], lines["查看范围"], lines["导出时间"]) == ("等级 red", "全区", "2026-10-09 08:30:00")
    assert lines["版本"] == stand.snapshot.snapshot_id
    assert lines["导出账号"] == stand.reader.account


def test_every_export_is_entered(tmp_path: Path) -> None:
    for kind in ("csv", "png"):
        record_export(Home(tmp_path), account="研判岗", kind=kind, what="表", url="/warnings", stamp=STAMP)
    entries = read_audit(Home(tmp_path), kind="exported")
    assert [(entry.actor, entry.subject, entry.detail["格式"]) for entry in entries] == [
        ("研判岗", "表", "png"), ("研判岗", "表", "csv"),
    ]  # fmt: skip
    assert verify_audit(Home(tmp_path)) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        record_export(Home(tmp_path / "file"), account="a", kind="csv", what="", url="/", stamp=STAMP)
