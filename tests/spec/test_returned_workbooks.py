"""The workbook that goes back: marked at every fault, mended by its reporter, and taken when it comes again."""

import os
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.workbook.workbook import Workbook

from data_contracts.child_processes import start_child
from data_contracts.loading import load_contracts
from pipelines import isolated_pool
from pipelines.faults import Fault, IntakeError
from pipelines.home import Home
from pipelines.isolated_worker import ReturnOrder
from pipelines.receipts import Receipt
from pipelines.returned_workbooks import FILLS, SUMMARY_SHEET, ReturnSlip, returned_name, write_returned_workbook
from pipelines.templates import write_template
from tests.handmade import FINDING, ORGANISATION, filing, form, save_csv, save_xlsx, take_one

ROW = {
    "finding_code": "WT-6529010001-0001",
    "inspection_code": "JC-652901-0001",
    "inspection_kind": "routine",
    "organisation_code": "JG6529010001",
    "found_on": datetime(2026, 9, 8),
    "item": "item_1",
    "severity": "minor",
    "ordered_on": datetime(2026, 9, 10),
    "due_on": datetime(2026, 10, 20),
    "is_leak_confirmed": False,
}
AT_ONCE = {"rectified_on": datetime(2026, 9, 10)}  # a query: mended on the day of the order


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def template(path: Path, *rows: dict[str, object], is_simulated: bool = False) -> Path:
    write_template(
        path, load_contracts()["findings"], "652901", "阿克苏市", "2026-09", rows=rows, is_simulated=is_simulated
    )
    return path


def workbook_of(receipt: Receipt) -> Workbook:
    assert receipt.returned_path is not None
    return load_workbook(receipt.returned_path)


def colour(workbook: Workbook, sheet: str, cell: str) -> str:
    return str(workbook[sheet][cell].fill.start_color.rgb)[-6:]


def test_faults_are_coloured_commented_and_listed(home: Home, tmp_path: Path) -> None:
    rows = [{**ROW, "severity": "特别严重"}, {**ROW, "finding_code": "WT-6529010001-0002", **AT_ONCE}]
    workbook = workbook_of(take_one(home, template(tmp_path / "问题.xlsx", *rows)))
    assert workbook.sheetnames == ["问题整改", SUMMARY_SHEET, "填报说明", "代码表"]
    assert colour(workbook, "问题整改", "G7") == FILLS["mandatory"]
    assert colour(workbook, "问题整改", "J8") == FILLS["query"]
    comment = workbook["问题整改"]["G7"].comment
    assert comment is not None
    assert "【强制性】严重程度“特别严重”不在可选项内" in comment.text
    assert "改法：从下拉列表中选：一般、较重、严重" in comment.text
    summary = workbook[SUMMARY_SHEET]
    assert [cell.value for cell in summary[4]] == [
        "序号",
        "工作表",
        "单元格",
        "列名",
        "填报值",
        "问题",
        "性质",
        "如何改正",
        "依据条款",
    ]
    listed = [[row[place].value for place in (0, 1, 2, 3, 4, 6, 8)] for row in summary.iter_rows(min_row=5)]
    assert listed[0] == [1, "问题整改", "G7", "严重程度", "特别严重", "强制性", "第41条"]
    assert [row[2] for row in listed] == ["G7", "J8"]
    assert summary["C5"].hyperlink is not None
    assert summary["C5"].hyperlink.location == "'问题整改'!G7"
    assert summary.freeze_panes == "A5"
    assert "阿克苏市（652901）" in summary["A2"].value
    assert workbook.active is summary


def test_the_layout_of_a_template_stays_as_it_was(home: Home, tmp_path: Path) -> None:
    path = template(tmp_path / "f.xlsx", {**ROW, "severity": "无"})
    before, after = load_workbook(path)["问题整改"], workbook_of(take_one(home, path))["问题整改"]
    assert after.freeze_panes == before.freeze_panes
    assert after.protection.sheet == before.protection.sheet
    assert after.data_validations.count == before.data_validations.count
    assert {k: v.width for k, v in after.column_dimensions.items()} == {
        k: v.width for k, v in before.column_dimensions.items()
    }
    assert [[cell.value for cell in row] for row in after.iter_rows()] == [
        [cell.value for cell in row] for row in before.iter_rows()
    ]


def test_a_mended_workbook_is_taken_although_it_carries_list_and_marks(home: Home, tmp_path: Path) -> None:
    receipt = take_one(home, template(tmp_path / "f.xlsx", {**ROW, "severity": "无"}))
    workbook = workbook_of(receipt)
    workbook["问题整改"]["G7"] = "一般"
    workbook.save(tmp_path / "改好.xlsx")
    mended = take_one(home, tmp_path / "改好.xlsx")
    assert (mended.status, mended.attempt, mended.row_count) == ("accepted", 2, 1)


def test_marks_of_an_earlier_return_are_renewed(home: Home, tmp_path: Path) -> None:
    receipt = take_one(home, template(tmp_path / "f.xlsx", {**ROW, "severity": "无", "item": "无"}))
    workbook = workbook_of(receipt)
    workbook["问题整改"]["G7"] = "一般"
    workbook["问题整改"]["A7"].comment = Comment("自己的批注", "填报人")
    workbook.save(tmp_path / "二.xlsx")
    second = workbook_of(take_one(home, tmp_path / "二.xlsx"))
    sheet = second["问题整改"]
    assert sheet["G7"].comment is None
    assert sheet["G7"].fill.fill_type is None
    assert sheet["F7"].comment is not None
    assert sheet["A7"].comment is not None
    assert second.sheetnames.count(SUMMARY_SHEET) == 1


def test_explained_queries_are_shown_as_settled_and_last(home: Home, tmp_path: Path) -> None:
    rows = [{**ROW, **AT_ONCE, "explanation": "立行立改，当场核实"}, {**ROW, "finding_code": "坏"}]
    summary = workbook_of(take_one(home, template(tmp_path / "f.xlsx", *rows)))[SUMMARY_SHEET]
    natures = [row[6].value for row in summary.iter_rows(min_row=5)]
    assert natures[0] == "强制性"
    assert natures[-1] == "核实性，已说明"


def test_a_fault_of_the_whole_sheet_is_listed_without_a_cell(home: Home, tmp_path: Path) -> None:
    summary = workbook_of(take_one(home, template(tmp_path / "f.xlsx")))[SUMMARY_SHEET]
    assert [summary.cell(5, column).value for column in (3, 6)] == ["整表", "表中没有数据，标识区也没有写明空表申报"]
    assert summary["C5"].hyperlink is None


def test_what_looks_like_a_formula_stays_text(home: Home, tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://x","y")'
    path = save_csv(tmp_path / "f.csv", form("organisations", [[ORGANISATION[0], evil, "镇级", *ORGANISATION[3:]]]))
    workbook = workbook_of(take_one(home, path))
    cells = [workbook["机关单位名录"]["B7"]]
    path = save_csv(tmp_path / "g.csv", form("organisations", [[evil, *ORGANISATION[1:]]]))
    cells.append(workbook_of(take_one(home, path))[SUMMARY_SHEET]["E5"])
    for cell in cells:
        assert (cell.value, cell.data_type, cell.quotePrefix) == (evil, "s", True)


def test_a_csv_comes_back_as_a_workbook_with_its_cells_in_place(home: Home, tmp_path: Path) -> None:
    rows = form("findings", [[*FINDING[:6], "无", *FINDING[7:]]], period="2026-09")
    receipt = take_one(home, save_csv(tmp_path / "f.csv", rows, "gb18030"))
    workbook = workbook_of(receipt)
    assert workbook["问题整改"]["B2"].value == "findings"
    assert workbook["问题整改"]["G7"].value == "无"
    assert colour(workbook, "问题整改", "G7") == FILLS["mandatory"]
    assert str(receipt.returned_path).endswith("HZ-2026-000001_f.xlsx")


def test_the_simulated_mark_is_shown(home: Home, tmp_path: Path) -> None:
    workbook = workbook_of(take_one(home, template(tmp_path / "f.xlsx", {**ROW, "severity": "无"}, is_simulated=True)))
    assert "模拟数据" in workbook[SUMMARY_SHEET]["A1"].value
    assert "模拟数据" in [cell.value for cell in workbook["问题整改"][2]]


def test_a_fault_in_a_merged_cell_is_marked_at_its_corner(home: Home, tmp_path: Path) -> None:
    path = filing(tmp_path / "f.xlsx", "organisations", [ORGANISATION, [None, *ORGANISATION[1:]]])
    workbook = load_workbook(path)
    workbook.worksheets[0].merge_cells("A7:A8")
    workbook.save(path)
    marked = workbook_of(take_one(home, path)).worksheets[0]
    assert marked["A7"].comment is not None
    assert "重复出现" in marked["A7"].comment.text  # a merged cell counts for each of its rows


def test_a_workbook_that_openpyxl_turns_down_goes_back_laid_out_anew(home: Home, tmp_path: Path) -> None:
    path = template(tmp_path / "f.xlsx", {**ROW, "severity": "无"})
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'patternType="solid"', b'patternType="unheard of"')
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    with pytest.raises(ValueError, match="could not read stylesheet"):
        load_workbook(path)
    workbook = workbook_of(take_one(home, path))
    assert workbook["问题整改"]["G7"].value == "无"
    assert colour(workbook, "问题整改", "G7") == FILLS["mandatory"]


def test_a_form_beside_a_spoiled_sheet_goes_back_without_that_sheet(home: Home, tmp_path: Path) -> None:
    path = template(tmp_path / "f.xlsx", {**ROW, "severity": "无"})
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    instructions = parts["xl/worksheets/sheet2.xml"]
    middle = instructions.index(b"<c ")
    parts["xl/worksheets/sheet2.xml"] = instructions[:middle] + b"<c \xff\xfe" + instructions[middle + 3 :]
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    workbook = workbook_of(take_one(home, path))
    assert workbook.sheetnames == ["问题整改", SUMMARY_SHEET]
    assert colour(workbook, "问题整改", "G7") == FILLS["mandatory"]
    assert "改好存盘后直接重报本文件" in workbook[SUMMARY_SHEET]["A3"].value


@pytest.mark.parametrize("original", [b"spoiled beyond reading", b"PK xl/workbook.xml", None])
def test_of_a_file_that_nothing_can_lay_out_the_list_goes_back_alone(tmp_path: Path, original: bytes | None) -> None:
    contract = load_contracts()["findings"]
    slip = ReturnSlip("HZ-2026-000001", "f.xls", contract, "652901", "阿克苏市", "2026-09", False)
    fault = Fault(
        "f", "findings.severity.code", "mandatory", contract.sheet, 7, "severity", "G7", "无", "不在可选项内", "改", 41
    )
    path = tmp_path / "back.xlsx"
    write_returned_workbook(path, original, slip, [fault])
    workbook = load_workbook(path)
    assert workbook.sheetnames == [SUMMARY_SHEET]
    sheet = workbook[SUMMARY_SHEET]
    assert [sheet.cell(5, column).value for column in (1, 2, 3, 6)] == [1, contract.sheet, "G7", "不在可选项内"]
    assert sheet["C5"].hyperlink is None
    assert "请从原件或空白模板另存一份" in sheet["A3"].value


def die_over_an_original(order: ReturnOrder) -> None:
    if order.original is not None:
        os._exit(1)
    write_returned_workbook(order.path, order.original, order.slip, order.faults)


def test_a_file_over_which_the_writing_process_dies_keeps_no_other_from_being_taken(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolated_pool, "start_child", lambda code, **settings: start_child(
        "from pipelines import isolated_worker; from tests.spec.test_returned_workbooks import die_over_an_original; "
        f"isolated_worker.write_return = die_over_an_original; {code}", **settings))
    workbook = workbook_of(take_one(home, template(tmp_path / "f.xlsx", {**ROW, "severity": "无"})))
    assert workbook.sheetnames == [SUMMARY_SHEET]


def test_a_returned_workbook_that_cannot_be_written_is_told_and_written_by_the_next_intake(
    home: Home, tmp_path: Path
) -> None:
    path = template(tmp_path / "f.xlsx", {**ROW, "severity": "无"})
    home.create()
    blocked = home.returned / returned_name("HZ-2026-000001", "f.xlsx")
    (blocked.with_name(f".{blocked.name}.tmp")).mkdir()
    with pytest.raises(IntakeError, match=r"退回件 .* 写不出来：.*再次收件即可补写"):
        take_one(home, path)
    (blocked.with_name(f".{blocked.name}.tmp")).rmdir()
    assert take_one(home, path).returned_path == blocked
    assert blocked.exists()


def test_a_sheet_name_with_quotes_can_be_linked_to(home: Home, tmp_path: Path) -> None:
    path = save_xlsx(
        tmp_path / "f.xlsx", {"九月'表": form("organisations", [[*ORGANISATION[:2], "镇级", *ORGANISATION[3:]]])}
    )
    summary = workbook_of(take_one(home, path))[SUMMARY_SHEET]
    assert summary["C5"].hyperlink is not None
    assert summary["C5"].hyperlink.location == "'九月''表'!C7"


def test_a_missing_returned_workbook_is_written_again(home: Home, tmp_path: Path) -> None:
    receipt = take_one(home, template(tmp_path / "f.xlsx", {**ROW, "severity": "无"}))
    assert receipt.returned_path is not None
    receipt.returned_path.unlink()
    take_one(home, filing(tmp_path / "o.xlsx", "organisations", [ORGANISATION]))
    assert colour(workbook_of(receipt), "问题整改", "G7") == FILLS["mandatory"]


@pytest.mark.parametrize(
    ("name", "returned"),
    [
        ("问题.xls", "HZ-2026-000001_问题.xlsx"),
        ("a.b.csv", "HZ-2026-000001_a.b.xlsx"),
        ("长" * 300 + ".xlsx", "HZ-2026-000001_" + "长" * 60 + ".xlsx"),
    ],
)
def test_returned_workbooks_are_named_by_receipt_and_file(name: str, returned: str) -> None:
    assert returned_name("HZ-2026-000001", name) == returned
