"""What people and their programs do to a form, in real files: understood, or told at its cell."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from data_contracts.contract import Column, Contract, EarlierTemplate
from pipelines.batches import Filing, parse_batch
from pipelines.headers import HeaderReader
from pipelines.home import Home
from pipelines.intake import intake
from pipelines.ledger import read_filings
from pipelines.reading import ReadFile, read_file, read_parts
from pipelines.staging import restage, staged_path
from tests.handmade import FINDING, ORGANISATION, filing, form, save_csv, save_xls, save_xlsx, take
from tests.planting import save_ods

SMALL = Contract(
    "small",
    "小表",
    "2.0.0",
    "tally",
    "month",
    "test",
    "",
    "",
    (9,),
    10,
    columns=(
        Column("code", "编号", "string", "h", required=True, is_key=True),
        Column("count", "数量", "integer", "h", unit="个"),
        Column("spent", "经费", "decimal", "h", unit="万元", units=(("元", 0.0001), ("亿元", 10000.0))),
        Column("done_on", "完成日期", "date", "h"),
        Column("place", "地点", "string", "h"),
    ),
    checks=(),
    earlier_templates=(EarlierTemplate("1.0.0", (("件数", "count"), ("花费", "spent")), ("传真",)),),
)
READERS = {"small": HeaderReader(SMALL)}
HEADER = ["编号", "数量（个）", "经费（万元）", "完成日期", "地点", "说明"]
ROWS = [["a", 1, 2.5, "2026-09-01", "甲", ""], ["b", 3, 4, "2026-09-02", "乙", ""]]
Rows = Sequence[Sequence[Any]]


def block(version: str = "2.0.0", period: str = "2026-09", division: str = "652901") -> list[list[Any]]:
    return [
        ["小表"],
        ["报表代码", "small", "模板版本", version],
        ["填报单位代码", division, "填报单位", "阿克苏市"],
        ["报告期", period, "空表申报", "否"],
        [],
    ]


def sheet(rows: Rows, header: Sequence[Any] = HEADER, **of: str) -> list[list[Any]]:
    return [*block(**of), list(header), *map(list, rows)]


def read(path: Path) -> ReadFile:
    return read_file(path.read_bytes(), path.name, READERS)


def table_of(found: ReadFile) -> tuple[list[dict[str, Any]], list[tuple[str, str, str]]]:
    """Typed rows, and faults as (check, cell, value)."""
    one = Filing("f", "f.xlsx", "652901", "2026-09", datetime(2026, 10, 1), False, found.raw)
    batch = parse_batch(SMALL, [one])
    faults = [(fault.check_id.removeprefix("small."), fault.cell, fault.value) for fault in batch.faults]
    names = ["code", "count", "spent", "done_on", "place"]
    return batch.table.select(names).to_pylist(), faults


def taken(rows: Rows, path: Path) -> tuple[list[dict[str, Any]], list[tuple[str, str, str]]]:
    return table_of(read(save_xlsx(path / "f.xlsx", {"小表": rows})))


EXPECTED = [
    {"code": "a", "count": 1, "spent": 2.5, "done_on": date(2026, 9, 1), "place": "甲"},
    {"code": "b", "count": 3, "spent": 4.0, "done_on": date(2026, 9, 2), "place": "乙"},
]


@pytest.mark.parametrize(
    "rows",
    [
        sheet([*ROWS, ["合计", 4, 6.5, "", "", ""]]),
        sheet([*ROWS, ["　总 计：", "4", 6.5, "", "", ""]]),
        sheet([["甲", "1", 2, 3, 4, 5], *ROWS]),
        sheet([[1, 2, 3, 4, 5, 6], *ROWS]),
        sheet([*ROWS, [], ["填报单位：阿克苏市保密局", "", "填报日期：2026-10-08"], ["备注：无"]]),
        sheet([*ROWS, ["（盖章）：", ""], ["审核人：", ""], ["填表人：（签字）"]]),
        sheet(ROWS, ["编号", "数量\n（个）", "经费/万元", "完成\n日期", "地点", "说明"]),
        sheet(ROWS, ["编 号*", "数量(单位:个)", "经费【万元】", "完成日期（必填）", "地点：", "备注"]),
        [*block(), ["编号", "统计", "", "办理", "", "说明"], ["", *HEADER[1:5], ""], *ROWS],
        sheet([["’a", "'1", "’2.5", "'2026-09-01", "甲", ""], ["b", "３", "4", "2026年9月2日", "乙", ""]]),
        sheet([["a", "1个", "2.5万元", "2026-09-01", "甲", ""], ["b", "3 个", "40000元", "2026/9/2", "乙", ""]]),
        sheet(
            [["a", 1, 25000, "2026-09-01", "甲", ""], ["b", 3, "4万元", "2026-09-02", "乙", ""]],
            ["编号", "数量", "经费（元）", "完成日期", "地点", "说明"],
        ),
        [*block()[:4], ["", "", "", "", "单位：元"], [*HEADER[:2], "经费", *HEADER[3:]],
         ["a", 1, 25000, "2026-09-01", "甲", ""], ["b", 3, 40000, "2026-09-02", "乙", ""]],
    ],
    ids=["total", "total_spaced", "column_numbers", "column_numbers_plain", "footers", "footers_signed", "lines",
         "hints", "two_rows", "apostrophes", "units_in_cells", "unit_in_header", "unit_above"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods", "csv"])
def test_habits_that_are_understood(tmp_path: Path, rows: Rows, suffix: str) -> None:
    save: dict[str, Callable[[Path], Path]] = {
        "xlsx": lambda path: save_xlsx(path, {"小表": rows}),
        "xls": lambda path: save_xls(path, {"小表": rows}),
        "ods": lambda path: save_ods(path, rows),
        "csv": lambda path: save_csv(path, rows, "gb18030"),
    }
    assert table_of(read(save[suffix](tmp_path / f"f.{suffix}"))) == (EXPECTED, [])


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        (sheet([*ROWS, ["合计", 5, 6.5, "", "", ""]]), [("count.total", "B9", "5")]),
        (sheet([ROWS[0], ["小计", 1, 9, "", "", ""], ROWS[1], ["小计", 3, 4, "", "", ""], ["合计", 4, 6.5]]),
         [("spent.total", "C8", "9")]),
        (sheet([*ROWS, ["累计", 50, 65, "", "", ""]]), []),
        (sheet([["a", "1箱", 2, "", "", ""]]), [("count.type", "B7", "1箱")]),
        (sheet([["a", 1, "3 美元", "", "", ""]]), [("spent.type", "C7", "3 美元")]),
        (sheet(ROWS, [*HEADER[:2], "经费（美元）", *HEADER[3:]]), [("header.unit", "C6", "经费（美元）")]),
        (sheet([["a", 1, "5元五角", "", "", ""]]), [("spent.type", "C7", "5元五角")]),
    ],
    ids=["total", "subtotal", "cumulative", "unit_in_cell", "money", "unit_in_header", "no_unit"],
)  # fmt: skip
def test_what_is_not_understood_is_told_at_its_cell(tmp_path: Path, rows: Rows, faults: list[Any]) -> None:
    assert taken(rows, tmp_path)[1] == faults


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_day_numbers_are_days(tmp_path: Path, suffix: str) -> None:
    rows = sheet([["a", 1, 2.5, 46266, "甲", ""], ["b", 3, 4, 46267.0, "乙", ""]])
    path = tmp_path / f"f.{suffix}"
    {"xlsx": save_xlsx, "xls": save_xls}[suffix](path, {"小表": rows}) if suffix != "ods" else save_ods(path, rows)
    assert table_of(read(path)) == (EXPECTED, [])


def test_a_converted_number_is_shown_as_it_was_filed(tmp_path: Path) -> None:
    rows = sheet([["a", 1, 1, "", "", ""], ["合计", 1, 30000, "", "", ""]], ["编号", "数量", "经费（元）", *HEADER[3:]])
    assert taken(rows, tmp_path)[1] == [("spent.total", "C8", "30000")]


def test_an_earlier_template_is_read_by_its_own_headers(tmp_path: Path) -> None:
    old = ["编号", "件数", "花费（元）", "传真", "说明"]
    found, faults = taken(sheet([["a", 1, 25000, "0997", ""]], old, version="1.0.0"), tmp_path)
    assert (found, faults) == ([{"code": "a", "count": 1, "spent": 2.5, "done_on": None, "place": None}], [])
    faults = taken(sheet([["a", 1, 25000, "0997", ""]], old), tmp_path)[1]
    assert [check for check, *_ in faults] == ["header.missing"]


def test_a_required_column_is_asked_of_an_earlier_template_too(tmp_path: Path) -> None:
    faults = taken(sheet([[1, 2, "", ""]], ["件数", "花费", "完成日期", "地点"], version="1.0.0"), tmp_path)[1]
    assert faults == [("header.missing_column", "", "")]


def test_cells_merged_over_rows_count_for_each(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    for row in sheet([["a", 1, 2, "", "甲", ""], ["b", 1, 2, "", None, ""], ["c", 1, 2, "", "丙", ""]]):
        page.append(row)
    page.merge_cells("A1:F1")
    page.merge_cells("E7:E8")
    page.freeze_panes, page.auto_filter.ref = "B7", "A6:F9"
    page.row_dimensions[8].hidden, page.column_dimensions["B"].hidden = True, True
    workbook.save(tmp_path / "f.xlsx")
    rows, faults = table_of(read(tmp_path / "f.xlsx"))
    assert ([row["place"] for row in rows], [row["count"] for row in rows], faults) == (
        ["甲", "甲", "丙"],
        [1, 1, 1],
        [],
    )


def test_cells_merged_over_rows_of_an_old_xls(tmp_path: Path) -> None:
    workbook = xlwt.Workbook()
    page = workbook.add_sheet("小表")
    for number, row in enumerate(sheet([["a", 1, 2, "", None, ""], ["b", 1, 2, "", None, ""]])):
        for column, cell in enumerate(row):
            if cell is not None:
                page.write(number, column, cell)
    page.write_merge(6, 7, 4, 4, "甲")
    workbook.save(str(tmp_path / "f.xls"))
    assert [row["place"] for row in table_of(read(tmp_path / "f.xls"))[0]] == ["甲", "甲"]


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_a_workbook_that_counts_days_from_1904(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"f.{suffix}"
    rows = sheet([["a", 1, 2, 46266 - 1462, "甲", ""]])
    if suffix == "xlsx":
        with xlsxwriter.Workbook(path, {"date_1904": True}) as workbook:
            page = workbook.add_worksheet("小表")
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
            page.write_row(7, 0, ["b", 3, 4])
            page.write_datetime(7, 3, datetime(2026, 9, 2), workbook.add_format({"num_format": "yyyy-mm-dd"}))
    else:
        old = xlwt.Workbook()
        old.dates_1904 = True
        page = old.add_sheet("小表")
        style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        for number, row in enumerate([*rows, ["b", 3, 4]]):
            for column, cell in enumerate(row):
                page.write(number, column, cell)
        page.write(7, 3, 46267 - 1462, style)
        old.save(str(path))
    assert [row["done_on"] for row in table_of(read(path))[0]] == [date(2026, 9, 1), date(2026, 9, 2)]


def test_a_csv_that_names_its_separator(tmp_path: Path) -> None:
    path = save_csv(tmp_path / "f.csv", [["sep=;"], *sheet(ROWS)], "utf-8-sig", ";")
    found = read(path)
    assert (table_of(found), found.raw.row_numbers) == ((EXPECTED, []), [8, 9])


def two(path: Path, first: Rows, second: Rows) -> tuple[Any, ...]:
    save_xlsx(path / "f.xlsx", {"一": first, "二": second})
    return read_parts((path / "f.xlsx").read_bytes(), "f.xlsx", READERS)


def test_each_sheet_with_a_block_of_its_own_is_a_part(tmp_path: Path) -> None:
    parts = two(tmp_path, sheet(ROWS), sheet(ROWS, period="2026-08"))
    assert [(part.raw.sheet, part.identification.period, part.raw.rivals) for part in parts] == [
        ("一", "2026-09", ()),
        ("二", "2026-08", ()),
    ]


def test_twins_in_one_workbook_are_rivals_however_they_are_written(tmp_path: Path) -> None:
    parts = two(tmp_path, sheet(ROWS), sheet(ROWS, period="2026年9月"))
    assert [(part.raw.sheet, part.raw.rivals) for part in parts] == [("一", ("二",))]


def test_a_sheet_that_cannot_be_taken_keeps_none_out(tmp_path: Path) -> None:
    bad = [["报表代码", "nothing"], *sheet(ROWS)[2:]]
    refused, good = two(tmp_path, bad, sheet(ROWS))
    assert (refused.code, good.raw.sheet) == ("wrong_template", "二")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def several(path: Path, **sheets: Rows) -> Path:
    return save_xlsx(path, sheets)


def test_a_workbook_of_several_filings_gets_a_receipt_for_each(home: Home, tmp_path: Path) -> None:
    path = several(
        tmp_path / "f.xlsx",
        名录=form("organisations", [ORGANISATION]),
        坏=form("organisations", [ORGANISATION], division="999999"),
        台账=form("findings", [[*FINDING[:6], "很重", *FINDING[7:]]], period="2026-09"),
    )
    now = datetime(2026, 10, 8)
    receipts = intake(home, [path], now=now).receipts
    stem = receipts[0].sha256[:16]
    assert [(one.filing_id, one.contract, one.status) for one in receipts] == [
        (stem, "organisations", "accepted"),
        (f"{stem}.2", "organisations", "refused"),
        (f"{stem}.3", "findings", "returned"),
    ]
    again = intake(home, [path], now=now).receipts
    assert [one.receipt_no for one in again] == [one.receipt_no for one in receipts]
    assert all(one.is_repeat for one in again)
    filings = read_filings(home)
    assert (len(filings), len(list(home.archive.glob("??/*"))), len(list(home.returned.glob("HZ-*")))) == (3, 1, 1)
    staged_path(home, "organisations", "2026Q3").unlink()
    assert restage(home) == 1


def test_every_sheet_is_staged_from_its_own(home: Home, tmp_path: Path) -> None:
    first, second = (
        form("organisations", [[f"JG{code}0001", *ORGANISATION[1:]]], division=code) for code in ("652901", "652902")
    )
    path = several(tmp_path / "f.xlsx", 甲=first, 乙=second)
    assert [one.status for one in intake(home, [path, path], now=datetime(2026, 10, 8)).receipts] == ["accepted"] * 2
    before = pq.read_table(staged_path(home, "organisations", "2026Q3")).to_pylist()
    assert [(row["sheet"], row["organisation_code"]) for row in before] == [
        ("甲", "JG6529010001"),
        ("乙", "JG6529020001"),
    ]
    assert restage(home, everything=True) == 2
    assert pq.read_table(staged_path(home, "organisations", "2026Q3")).to_pylist() == before
    copy = tmp_path / "again" / "f.xlsx"
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    twins = intake(home, [copy, path], now=datetime(2026, 10, 9)).receipts
    assert len(twins) == 4
    assert all(one.is_repeat for one in twins)


def test_twins_in_one_workbook_go_back(home: Home, tmp_path: Path) -> None:
    rows = form("organisations", [ORGANISATION])
    (receipt,) = take(home, several(tmp_path / "f.xlsx", 一=rows, 二=rows))
    assert [fault.check_id for fault in receipt.faults] == ["organisations.sheet.several"]
    assert receipt.status == "returned"


def test_an_xls_renamed_et_is_taken(home: Home, tmp_path: Path) -> None:
    path = save_xls(tmp_path / "f.et", {"机关单位名录": form("organisations", [ORGANISATION])})
    named = filing(tmp_path / "saved.et.xlsx", "organisations", [ORGANISATION])
    assert [receipt.status for receipt in take(home, path, named)] == ["accepted", "accepted"]
