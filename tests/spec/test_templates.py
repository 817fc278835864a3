"""A template as a clerk meets it: what stands where, what can be filled in, what is offered and what is refused."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from pipelines.template_guide import message_pattern
from pipelines.templates import write_template

CONTRACTS = load_contracts()
PERIODS = {"month": "2026-09", "quarter": "2026Q3", "year": "2026"}
FINDING: dict[str, Any] = {
    "finding_code": "WT-6529010003-0012",
    "inspection_code": "JC-652901-0007",
    "inspection_kind": "special",
    "organisation_code": "JG6529010003",
    "found_on": date(2026, 3, 10),
    "item": "item_2",
    "severity": "grave",
    "ordered_on": date(2026, 3, 12),
    "due_on": date(2026, 4, 30),
    "rectified_on": None,
    "is_leak_confirmed": False,
    "explanation": "期限较长，设备需从外地采购",
}


def write(folder: Path, contract: str = "findings", **options: Any) -> Path:
    path = folder / "子目录" / f"{contract}.xlsx"
    period = PERIODS[CONTRACTS[contract].frequency]
    write_template(path, CONTRACTS[contract], "652901", "阿克苏市", period, **options)
    return path


def opened(folder: Path, contract: str = "findings", **options: Any) -> Workbook:
    return openpyxl.load_workbook(write(folder, contract, **options))


def data_sheet(folder: Path, contract: str = "findings", **options: Any) -> Worksheet:
    return opened(folder, contract, **options).worksheets[0]


def texts(sheet: Worksheet, row: int) -> list[Any]:
    return [cell.value for cell in sheet[row]]


def validation_at(sheet: Worksheet, cell: str) -> DataValidation:
    found = [one for one in sheet.data_validations.dataValidation if cell in one.sqref]
    assert len(found) == 1
    return found[0]


def cell_of(contract: Contract, name: str, row: int = 7) -> str:
    place = [column.name for column in contract.columns].index(name) + 1
    return f"{openpyxl.utils.get_column_letter(place)}{row}"


class TestLayout:
    @pytest.mark.parametrize("name", CONTRACTS)
    def test_the_data_sheet_comes_first_and_the_codes_are_hidden(self, name: str, tmp_path: Path) -> None:
        book = opened(tmp_path, name)
        assert book.sheetnames == [CONTRACTS[name].sheet, "填报说明", "代码表"]
        assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible", "hidden"]

    @pytest.mark.parametrize("name", CONTRACTS)
    def test_the_identification_block_is_label_then_value(self, name: str, tmp_path: Path) -> None:
        sheet, contract = data_sheet(tmp_path, name), CONTRACTS[name]
        assert texts(sheet, 2)[:4] == ["报表代码", name, "模板版本", contract.version]
        assert texts(sheet, 3)[:4] == ["填报单位代码", "652901", "填报单位", "阿克苏市"]
        assert texts(sheet, 4)[:4] == ["报告期", PERIODS[contract.frequency], "空表申报", "否"]
        assert not any(texts(sheet, 5))
        assert "数据性质" not in texts(sheet, 2)

    @pytest.mark.parametrize("name", CONTRACTS)
    def test_the_header_is_the_contracts_with_the_explanation_last(self, name: str, tmp_path: Path) -> None:
        sheet = data_sheet(tmp_path, name)
        assert texts(sheet, 6) == [*(column.header for column in CONTRACTS[name].columns), "说明"]
        assert sheet.max_row == 6

    def test_units_stand_in_the_header(self, tmp_path: Path) -> None:
        assert "培训场次（次）" in texts(data_sheet(tmp_path, "training"), 6)

    def test_simulated_data_say_so_beside_the_block(self, tmp_path: Path) -> None:
        for name in CONTRACTS:
            assert texts(data_sheet(tmp_path, name, is_simulated=True), 2)[4:6] == ["数据性质", "模拟数据"]

    def test_required_columns_are_told_by_colour_and_on_the_instruction_sheet(self, tmp_path: Path) -> None:
        book = opened(tmp_path)
        header = {cell.value: cell.fill.fgColor.rgb for cell in book.worksheets[0][6]}
        assert header["问题编号"] == header["整改期限"] != header["完成整改日期"]
        needs = {row[1].value: row[2].value for row in book["填报说明"].iter_rows(max_col=3)}
        assert (needs["整改期限"], needs["完成整改日期"]) == ("必填", "选填")

    def test_header_and_first_column_stay_and_print_repeats_the_header(self, tmp_path: Path) -> None:
        sheet = data_sheet(tmp_path)
        assert sheet.freeze_panes == "B7"
        assert sheet.print_title_rows == "$6:$6"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


class TestProtection:
    def test_only_what_is_to_be_filled_in_is_open(self, tmp_path: Path) -> None:
        sheet = data_sheet(tmp_path)
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        locked = {cell: sheet[cell].protection.locked for cell in ("A1", "B2", "D2", "B3", "B4", "A6", "O6")}
        assert set(locked.values()) == {True}
        assert not sheet["D4"].protection.locked, "空表申报 is the clerk's"
        for letter in ("A", "N", "O", "P"):
            assert not sheet.column_dimensions[letter].protection.locked

    def test_rows_can_be_inserted_deleted_sorted_and_filtered(self, tmp_path: Path) -> None:
        protection = data_sheet(tmp_path).protection
        closed = (protection.insertRows, protection.deleteRows, protection.sort, protection.autoFilter)
        assert not any((*closed, protection.formatColumns))

    def test_to_delete_a_row_every_cell_of_it_must_be_open(self, tmp_path: Path) -> None:
        last = data_sheet(tmp_path).column_dimensions["P"]
        assert (last.min, last.max) == (16, 16_384)
        assert not last.protection.locked

    def test_a_table_that_may_not_be_empty_keeps_its_answer_locked(self, tmp_path: Path) -> None:
        assert data_sheet(tmp_path, "organisations")["D4"].protection.locked


class TestInput:
    def test_codes_are_offered_by_title(self, tmp_path: Path) -> None:
        book, contract = opened(tmp_path), CONTRACTS["findings"]
        rule = validation_at(book.worksheets[0], cell_of(contract, "severity"))
        sheet_name, _, area = rule.formula1.partition("!")
        offered = [cell.value for row in book[sheet_name][area.replace("$", "")] for cell in row]
        assert (rule.type, offered) == ("list", ["一般", "较重", "严重"])
        assert rule.errorTitle == "请从下拉列表中选"

    def test_yes_and_no_are_offered(self, tmp_path: Path) -> None:
        book, contract = opened(tmp_path), CONTRACTS["findings"]
        rule = validation_at(book.worksheets[0], cell_of(contract, "is_leak_confirmed"))
        _, _, area = rule.formula1.partition("!")
        assert [cell.value for row in book["代码表"][area.replace("$", "")] for cell in row] == ["是", "否"]
        assert validation_at(book.worksheets[0], "D4").formula1 == '"是,否"'

    def test_a_date_may_not_lie_after_the_period_where_the_contract_says_so(self, tmp_path: Path) -> None:
        sheet, contract = data_sheet(tmp_path), CONTRACTS["findings"]
        found = validation_at(sheet, cell_of(contract, "found_on"))
        assert (found.type, int(found.formula2)) == ("date", (date(2026, 9, 30) - date(1899, 12, 30)).days)
        assert "不得晚于报告期末 2026-09-30" in found.error
        assert int(validation_at(sheet, cell_of(contract, "due_on")).formula2) > int(found.formula2)

    def test_a_moment_on_the_last_day_is_taken(self, tmp_path: Path) -> None:
        rule = validation_at(data_sheet(tmp_path, "incidents"), cell_of(CONTRACTS["incidents"], "found_at"))
        assert float(rule.formula2) > (date(2026, 9, 30) - date(1899, 12, 30)).days + 0.99

    def test_counts_are_whole_and_within_limits(self, tmp_path: Path) -> None:
        rule = validation_at(data_sheet(tmp_path, "training"), cell_of(CONTRACTS["training"], "session_count"))
        assert (rule.type, rule.formula1, rule.formula2) == ("whole", "0", "999")

    @pytest.mark.parametrize("name", CONTRACTS)
    def test_every_column_has_a_prompt_that_excel_takes(self, name: str, tmp_path: Path) -> None:
        sheet, contract = data_sheet(tmp_path, name), CONTRACTS[name]
        for column in contract.columns:
            for row in (7, 300):
                rule = validation_at(sheet, cell_of(contract, column.name, row))
                assert column.help[:20] in rule.prompt
                assert len(rule.prompt) <= 255
                assert len(rule.promptTitle) <= 32
                assert rule.error
                assert len(rule.error) <= 255

    def test_text_stays_text_and_dates_are_iso(self, tmp_path: Path) -> None:
        sheet, contract = (
            data_sheet(tmp_path, "incidents", rows=[{"found_at": datetime(2026, 9, 1, 8)}]),
            CONTRACTS["incidents"],
        )
        assert sheet.column_dimensions["A"].number_format == "@"
        assert sheet[cell_of(contract, "found_at")].number_format == "yyyy-mm-dd hh:mm"


class TestRows:
    def test_are_written_as_a_clerk_sees_them(self, tmp_path: Path) -> None:
        row = CalamineWorkbook.from_path(write(tmp_path, rows=[FINDING])).get_sheet_by_index(0).to_python()[-1]
        codes = ["WT-6529010003-0012", "JC-652901-0007", "专项检查", "JG6529010003"]
        described = [date(2026, 3, 10), "风险评估未按规定开展", "严重", date(2026, 3, 12), date(2026, 4, 30)]
        assert row == [*codes, *described, "", "", "", "否", "", "期限较长，设备需从外地采购"]

    def test_start_in_row_seven(self, tmp_path: Path) -> None:
        sheet = data_sheet(tmp_path, rows=[FINDING, {**FINDING, "finding_code": "WT-6529010003-0013"}])
        assert [sheet["A7"].value, sheet["A8"].value, sheet.max_row] == ["WT-6529010003-0012", "WT-6529010003-0013", 8]

    def test_moments_and_counts_keep_their_type(self, tmp_path: Path) -> None:
        sheet = data_sheet(tmp_path, "incidents", rows=[{"found_at": datetime(2026, 9, 1, 8, 30)}])
        assert sheet[cell_of(CONTRACTS["incidents"], "found_at")].value == datetime(2026, 9, 1, 8, 30)
        sheet = data_sheet(tmp_path, "training", rows=[{"session_count": 0}])
        assert sheet[cell_of(CONTRACTS["training"], "session_count")].value == 0

    def test_a_text_that_looks_like_a_formula_stays_a_text(self, tmp_path: Path) -> None:
        sheet = data_sheet(tmp_path, rows=[{"finding_code": "=1+1"}])
        assert (sheet["A7"].value, sheet["A7"].data_type) == ("=1+1", "s")

    def test_another_type_in_words_is_written_as_it_is(self, tmp_path: Path) -> None:
        sheet, contract = (
            data_sheet(tmp_path, rows=[{"due_on": "2026年4月底", "severity": "不清楚"}]),
            CONTRACTS["findings"],
        )
        assert sheet[cell_of(contract, "due_on")].value == "2026年4月底"
        assert sheet[cell_of(contract, "severity")].value == "不清楚"

    def test_an_unknown_column_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="findings 没有列 due"):
            write(tmp_path, rows=[{"due": date(2026, 4, 30)}])

    def test_a_period_of_another_frequency_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="问题整改是月报，报告期不能是 2026Q3"):
            write_template(tmp_path / "x.xlsx", CONTRACTS["findings"], "652901", "阿克苏市", "2026Q3")

    def test_the_same_call_writes_the_same_bytes(self, tmp_path: Path) -> None:
        first, second = write(tmp_path / "a", rows=[FINDING]), write(tmp_path / "b", rows=[FINDING])
        assert first.read_bytes() == second.read_bytes()


class TestInstructions:
    @pytest.mark.parametrize("name", CONTRACTS)
    def test_tell_purpose_articles_due_date_and_every_column(self, name: str, tmp_path: Path) -> None:
        contract = CONTRACTS[name]
        cells = {
            str(cell.value) for row in opened(tmp_path, name)["填报说明"].iter_rows() for cell in row if cell.value
        }
        words = "\n".join(cells)
        assert {contract.purpose, contract.usage, contract.limitations} <= cells
        assert all(f"第{article}条" in words for article in contract.articles)
        due = {"month": "2026-10-10", "quarter": "2026-10-15", "year": "2027-01-31"}
        assert due[contract.frequency] in words
        assert all({column.header, column.help} <= cells for column in contract.columns)
        assert all(code.title in words for column in contract.columns for code in column.codes)

    def test_tell_every_declared_check(self, tmp_path: Path) -> None:
        cells = {str(cell.value) for row in opened(tmp_path)["填报说明"].iter_rows() for cell in row if cell.value}
        for name in ("due_after_order", "leak_not_minor", "verified_needs_rectified"):
            check = CONTRACTS["findings"].check(f"findings.{name}")
            assert {check.title, check.remedy} <= cells

    def test_a_message_without_a_row_names_titles_once(self) -> None:
        contract = CONTRACTS["findings"]
        patterns = [
            message_pattern(contract, contract.check(f"findings.{name}"))
            for name in ("due_after_order", "verified_needs_rectified")
        ]
        assert patterns == ["整改期限早于责令改正日期", "已于〔核查销号日期〕核查销号，却没有完成整改日期"]
