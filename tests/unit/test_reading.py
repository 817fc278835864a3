"""From the bytes of a file to the cells of its data sheet, each with its place."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_contracts.contract import Code, Column, Contract
from pipelines.containers import decode_text
from pipelines.faults import RefusalError, cell_name
from pipelines.headers import HeaderReader
from pipelines.identification import Identification, complete_from_file_name, read_block, read_period
from pipelines.reading import ReadFile, read_csv_rows, read_file, shape_sheet
from tests.handmade import save_csv, save_xlsx

SMALL = Contract(
    "small",
    "小表",
    "1.2.0",
    "tally",
    "month",
    "test",
    "",
    "",
    (9,),
    10,
    columns=(
        Column("code", "编号", "string", "h", required=True, is_key=True, synonyms=("代码", "序列号")),
        Column("days", "天数", "integer", "h", unit="天"),
        Column("is_done", "是否完成", "boolean", "h"),
        Column("level", "等级", "code", "h", codes=(Code("a", "甲"),)),
    ),
    checks=(),
)
OTHER = Contract(
    "other",
    "另表",
    "1.0.0",
    "tally",
    "month",
    "test",
    "",
    "",
    (9,),
    10,
    (Column("x", "某某", "string", "h"), Column("y", "其其", "string", "h")),
    (),
)
READERS = {"small": HeaderReader(SMALL), "other": HeaderReader(OTHER)}
HEADER = ["编号", "天数（天）", "是否完成", "等级", "说明"]
BLOCK = [
    ["小表"],
    ["报表代码", "small", "模板版本", "1.2.0"],
    ["填报单位代码", "652901", "填报单位", "阿克苏市"],
    ["报告期", "2026-09", "空表申报", "否"],
]


def read(path: Path) -> ReadFile:
    return read_file(path.read_bytes(), path.name, READERS)


def matched(header: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    match = READERS["small"].match(header)
    return match.positions, [(fault.kind, fault.text) for fault in match.faults]


ALL = {"code": 0, "days": 1, "is_done": 2, "level": 3, "explanation": 4}


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        ["编号*", "天数", "是否完成：", "等级", "说明"],
        [" 编 号 ", "天数(天)", "是否\n完成", "等级*", "备注"],
        ["代码", "天数（ 天 ）", "是否完成（必填）", "等级", "情况说明"],
        ["ＣＯＤＥ", "days", "is_done", "level", "explanation"],
    ],
)
def test_headers_as_people_write_them(header: list[str]) -> None:
    assert matched(header) == (ALL, [])


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        (["编号", "天数（月）", "是否完成", "等级", "说明"], [("unit", "天数（月）")]),
        (["编号（个）", "天数", "是否完成", "等级", "说明"], [("unit", "编号（个）")]),
        (["编号", "天数", "是否完成", "等级", "说明", "经办"], [("unknown_column", "经办")]),
        (["编号", "天数", "代码", "是否完成", "等级", "说明"], [("doubled_column", "代码")]),
        (["编号", "是否完成", "等级", "说明"], [("missing_column", "天数（天）")]),
    ],
)
def test_headers_that_do_not_fit(header: list[str], faults: list[tuple[str, str]]) -> None:
    assert matched(header)[1] == faults


def test_a_missing_explanation_column_is_no_fault() -> None:
    assert matched(HEADER[:4])[1] == []


def shape(rows: list[list[Any]], after: int = 0) -> tuple[int, list[int], list[list[Any]]]:
    raw = shape_sheet("表", rows, after, READERS["small"])
    return raw.header_row, raw.row_numbers, raw.rows


def test_rows_keep_the_numbers_that_excel_gives_them() -> None:
    rows = [
        ["小表", "", "", "", ""],
        HEADER,
        ["a", 1, "是", "甲", ""],
        ["", "", "", "", ""],
        ["b", 2, "否", "甲", ""],
        ["  ", "", None, "", ""],
    ]
    assert shape(rows) == (2, [3, 5], [["a", 1, "是", "甲", ""], ["b", 2, "否", "甲", ""]])


@pytest.mark.parametrize("total", ["合计", "总 计", "合　计", "小计", "总计"])
def test_a_total_row_is_no_data(total: str) -> None:
    assert shape([HEADER, ["a", 1, "是", "甲", ""], [total, 1, "", "", ""], ["", total, 1, "", ""]])[1] == [2]


def test_a_row_that_only_begins_like_a_total_is_data() -> None:
    assert shape([HEADER, ["合计组", 1, "是", "甲", ""], ["", 5, "", "", ""]])[1] == [2, 3]


def test_a_row_of_zeros_is_data() -> None:
    assert shape([HEADER, [0, 0, 0, 0, ""]])[1] == [2]


def test_filled_cells_without_a_header_are_told() -> None:
    raw = shape_sheet(
        "表", [[*HEADER, ""], ["a", 1, "是", "甲", "", "多余"], ["b", 1, "是", "甲", "", " "]], 0, READERS["small"]
    )
    assert raw.strays == [(2, 5)]


def test_the_best_row_is_the_header() -> None:
    rows = [["编号", "天数", "填写要求", "", ""], HEADER, ["a", 1, "是", "甲", ""]]
    assert shape(rows)[0] == 2


def test_no_row_fits() -> None:
    assert shape([["甲", "乙"], ["a", "b"]]) == (0, [], [])


@pytest.mark.parametrize(
    ("found", "period"),
    [
        ("2026-09", "2026-09"),
        ("2026-9", "2026-09"),
        ("2026年9月", "2026-09"),
        ("2026年09月份", "2026-09"),
        ("2026/9", "2026-09"),
        ("2026.09", "2026-09"),
        ("202609", "2026-09"),
        ("２０２６年９月", "2026-09"),
        (date(2026, 9, 1), "2026-09"),
        ("2026Q3", "2026Q3"),
        ("2026-q3", "2026Q3"),
        ("2026年第3季度", "2026Q3"),
        ("2026年三季度", "2026Q3"),
        ("2026年第三季度", "2026Q3"),
        ("2026年3季", "2026Q3"),
        ("2026年", "2026"),
        ("2026", "2026"),
        ("2026年度", "2026"),
        ("2026-13", None),
        ("九月", None),
        ("2026Q5", None),
        ("", None),
    ],
)
def test_periods_as_people_write_them(found: str | date, period: str | None) -> None:
    assert read_period(found) == period


def test_the_block_is_read_by_its_labels_wherever_they_stand() -> None:
    rows = [
        ["标题"],
        [],
        ["", "报表代码：", "", "small"],
        ["填报单位代码", 652901.0, "填报单位", ""],
        ["报告期", "2026-09"],
        ["空表申报", "是"],
        ["数据性质", "模拟数据"],
    ]
    block = read_block(rows, "表")
    assert (block.contract, block.division_code, block.division_name, block.period) == (
        "small",
        "652901",
        None,
        "2026-09",
    )
    assert block.is_nil
    assert block.is_simulated
    assert block.last_row == 7


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("small_652901_2026-09.csv", ("small", "652901", "2026-09")),
        ("小表_652901_2026-09（修订）.xlsx", ("小表", "652901", "2026-09")),
        ("small_652901_2026Q3.csv", ("small", "652901", "2026Q3")),
        ("unknown_652901_2026-09.csv", (None, None, None)),
        ("small-652901-2026-09.csv", (None, None, None)),
    ],
)
def test_a_file_name_helps_where_the_block_is_missing(name: str, found: tuple[str | None, ...]) -> None:
    block = complete_from_file_name(Identification(), name, {"small": SMALL})
    assert (block.contract, block.division_code, block.period) == found


def test_the_block_wins_over_the_file_name() -> None:
    block = complete_from_file_name(
        Identification("small", None, "650100", None, "2026-08"), "small_652901_2026-09.csv", {"small": SMALL}
    )
    assert (block.division_code, block.period) == ("650100", "2026-08")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [*BLOCK, [], HEADER, ["a", "1,5" if delimiter != "," else "15", "是", "甲", "一、二"]]
    found = read(save_csv(tmp_path / "f.csv", rows, encoding, delimiter))
    assert found.identification.division_name == "阿克苏市"
    assert found.raw.sheet == "小表"
    assert found.raw.row_numbers == [7]
    assert found.raw.rows[0][3:5] == ["甲", "一、二"]


def test_a_csv_cell_may_hold_separators_quotes_and_line_breaks() -> None:
    assert read_csv_rows('甲,"乙,""丙""\n丁"\n1\n') == [["甲", '乙,"丙"\n丁'], ["1", ""]]


def test_binary_is_no_text() -> None:
    assert decode_text(b"\x00\x01\x02") is None
    assert decode_text("甲\x07".encode()) is None
    assert decode_text(b"\xff\xfe\x00") is None


def test_hidden_sheets_are_passed_over_and_the_form_is_chosen_by_its_block(tmp_path: Path) -> None:
    old = [*BLOCK, [], HEADER, ["old", 1, "是", "甲", ""]]
    new = [*BLOCK, [], HEADER, ["new", 1, "是", "甲", ""]]
    path = save_xlsx(tmp_path / "f.xlsx", {"旧": old, "封面": [["报送封面"]], "填报": new}, hidden=["旧"])
    found = read(path)
    assert (found.raw.sheet, found.raw.rows[0][0], found.raw.rivals) == ("填报", "new", ())


def test_two_forms_in_one_workbook_are_told(tmp_path: Path) -> None:
    rows = [*BLOCK, [], HEADER, ["a", 1, "是", "甲", ""]]
    assert read(save_xlsx(tmp_path / "f.xlsx", {"九月": rows, "八月": rows})).raw.rivals == ("八月",)


def test_a_form_without_block_is_found_by_its_header_and_file_name(tmp_path: Path) -> None:
    path = save_xlsx(
        tmp_path / "small_652901_2026-09.xlsx", {"封面": [["甲"]], "数据": [HEADER, ["a", 1, "是", "甲", ""]]}
    )
    found = read(path)
    assert (found.contract.contract, found.identification.period, found.raw.sheet) == ("small", "2026-09", "数据")


def test_the_header_of_another_form_is_a_mix_up(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "f.xlsx", {"表": [*BLOCK, [], ["某某", "其其"], ["a", "b"]]})
    with pytest.raises(RefusalError, match="第 6 行表头却是《另表》的") as caught:
        read(path)
    assert caught.value.refusal.code == "wrong_template"


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(1, 0, "A1"), (12, 7, "H12"), (3, 25, "Z3"), (3, 26, "AA3"), (9, 701, "ZZ9"), (9, 702, "AAA9")],
)
def test_cells_are_named_as_excel_names_them(row: int, column: int, name: str) -> None:
    assert cell_name(row, column) == name
