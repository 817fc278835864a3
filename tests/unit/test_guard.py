"""What is kept out, and what must not be mistaken for it."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.comments import Comment

import data_contracts
from data_contracts.loading import load_contracts
from pipelines.faults import RefusalError
from pipelines.guard import find_in_cells, forbidden_cell_kind, forbidden_kind
from pipelines.guard_names import is_name
from pipelines.reading import read_file
from tests.handmade import save_csv, save_xlsx

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BIRTHDAY = "65290119900101123"


def identity(digits: str) -> str:
    """Seventeen digits with the right check digit after them; nobody's number."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    return digits + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("机密★10年", "secret"),
        ("秘密★5年", "confidential"),
        ("绝密★", "top_secret"),
        ("绝密★长期", "top_secret"),
        ("机密★启用前", "secret"),
        ("机 密 ★ 10 年", "secret"),
        ("秘密　５年", "confidential"),
        ("秘密 5年", "confidential"),
        ("秘密5年", "confidential"),
        ("秘密*5年", "confidential"),
        ("机密十年", "secret"),
        ("秘密★６个月", "confidential"),
        ("绝密 长期", "top_secret"),
        ("机密级★", "secret"),
        ("（机密★20年）", "secret"),
        ("国家秘密★5年", "confidential"),
        ("见附件\n机密\n★\n10年", "secret"),
    ],
)
def test_marks_as_they_stand_on_a_carrier(text: str, kind: str) -> None:
    assert forbidden_kind(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "保守国家秘密",
        "保守国家秘密 20 年",
        "国家秘密5年以上",
        "机密文件",
        "秘密级",
        "机密级文件 3 份",
        "国家秘密载体制作复制维修销毁",
        "工作秘密 5年",
        "秘密 2026年",
        "涉密人员10年",
        "保密10年",
        "机密 3年以上工龄",
        "秘密10年来",
    ],
)
def test_prose_about_secrecy_is_no_mark(text: str) -> None:
    assert forbidden_kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "13800138001",
        "电话13800138001",
        "138 0013 8001",
        "138-0013-8001",
        "+86 13800138001",
        "8613800138001",
        "１３８００１３８００１",
        "张三,13800138001,科员",
        "19912345678",
    ],
)
def test_mobile_numbers(text: str) -> None:
    assert forbidden_kind(text) == "mobile_number"


@pytest.mark.parametrize(
    "text",
    [
        "12800138001",
        "1380013800",
        "138001380011",
        "JG6529010003",
        "WT-6529010003-0012",
        "JC-652901-0001",
        "SS-6529010003-01",
        "ZZ13800138",
        "A13800138001",
        "13800138001B",
        "13800138001.5",
        "0.13800138001",
        "13800000000",
        "2026-03-01 13:00",
        "X-13800138001",
    ],
)
def test_codes_and_amounts_are_no_mobile_numbers(text: str) -> None:
    assert forbidden_kind(text) is None


def test_identity_numbers_are_known_by_their_check_digit_and_birthday() -> None:
    whole = identity(BIRTHDAY)
    wrong = whole[:-1] + ("0" if whole[-1] != "0" else "1")
    spaced = f"{whole[:6]} {whole[6:14]} {whole[14:]}"
    assert [forbidden_kind(f"证件 {text}。") for text in (whole, spaced, wrong)] == [
        "identity_number",
        "identity_number",
        None,
    ]
    assert forbidden_kind(identity("65290119901301123")) is None  # month 13
    assert forbidden_kind(identity("65290118990101123")) is None  # born 1899
    assert forbidden_kind("A" + whole) == "identity_number"  # no code has 18 digits


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (13800138001.0, "mobile_number"),
        (13800138001, "mobile_number"),
        (13800000000.0, None),
        (652901.0, None),
        (46082.5, None),
        (float(BIRTHDAY + "0"), "identity_number"),
        (True, None),
        (None, None),
        ("机密★10年", "secret"),
        (float("nan"), None),
    ],
)
def test_number_cells(cell: Any, kind: str | None) -> None:
    assert forbidden_cell_kind(cell) == kind


def test_a_finding_names_the_cell_and_never_the_content() -> None:
    found = find_in_cells([("甲", [["a", "b"]]), ("乙", [["a"], ["", "机密★10年的内容"]])])
    assert found is not None
    message = found.refusal().refusal.message
    assert "工作表“乙”的 B2 单元格" in message
    assert "机密字样" in message
    assert "内容" not in message.split("改法")[0].replace("机密字样", "")


def place_of(path: Path) -> str | None:
    try:
        read_file(path.read_bytes(), path.name, {})
    except RefusalError as error:
        code, message = error.refusal.code, error.refusal.message
        if code in ("classification_mark", "personal_number", "personal_name"):
            return re.split("出现|填有人名", message)[0]
    return None


def test_every_hiding_place_of_a_workbook_is_searched(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet["A1"] = "数据"
    path = tmp_path / "f.xlsx"

    def saved() -> str | None:
        workbook.save(path)
        return place_of(path)

    assert saved() is None
    sheet["A1"].comment = Comment("机密★10年", "某")
    assert saved() == "工作表“Sheet”的批注 A1"
    sheet["A1"].comment = None
    sheet.oddHeader.center.text = "秘密★5年"
    assert saved() == "工作表“Sheet”的页眉"
    sheet.oddHeader.center.text = None
    workbook.properties.title = "绝密★长期"
    assert saved() == "文档属性"
    workbook.properties.title = None
    workbook.create_sheet("机密★10年")
    assert saved() is not None


def test_hidden_sheets_are_searched(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "f.xlsx", {"表": [["好"]], "藏": [["13800138001"]]}, hidden=["藏"])
    assert place_of(path) is not None


def test_a_number_cell_of_a_workbook_is_searched(tmp_path: Path) -> None:
    assert place_of(save_xlsx(tmp_path / "f.xlsx", {"表": [["电话", 13800138001]]})) is not None
    assert place_of(save_xlsx(tmp_path / "g.xlsx", {"表": [["金额", 15000000000]]})) is None


@pytest.mark.parametrize("is_inline", [False, True])
def test_a_mark_cut_in_pieces_by_formatting_is_found(tmp_path: Path, is_inline: bool) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": is_inline}) as workbook:
        bold = workbook.add_format({"bold": True})
        workbook.add_worksheet().write_rich_string(0, 0, "机", bold, "密", "★10年")
    assert place_of(path) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_csv_is_searched(tmp_path: Path, encoding: str) -> None:
    assert place_of(save_csv(tmp_path / "f.csv", [["甲", "机密★10年"]], encoding)) == "工作表“CSV”的 B1 单元格"
    assert place_of(save_csv(tmp_path / "g.csv", [["甲", "机密文件", "10年"]], encoding)) is None


@pytest.mark.parametrize(
    "name",
    ["张三", "王建国", "欧阳建国", "买买提·艾合买提", "古丽娜尔·吐尔逊", "努尔兰·别克", "张 三", "任志强", "诸葛亮亮"],
)
def test_personal_names(name: str) -> None:
    assert is_name(name)


def contract_words() -> set[str]:
    words: set[str] = set()
    for contract in load_contracts().values():
        words |= {contract.title, contract.sheet}
        for column in contract.columns:
            words |= {column.title, column.header, column.example, *column.synonyms}
            words |= {word for code in column.codes for word in (code.code, code.title, *code.synonyms)}
    return words


def test_no_word_of_any_contract_and_no_division_is_a_name() -> None:
    with (Path(data_contracts.__file__).parent / "divisions.csv").open(encoding="utf-8") as lines:
        places = {row[key] for row in csv.DictReader(lines) for key in ("name", "short_name")}
    assert not [word for word in contract_words() | places if is_name(word)]


@pytest.mark.parametrize(
    "column",
    [
        ["填报单位", "阿克苏市", "于田县", "和田市"],
        ["乡镇", "高庄乡", "马兰镇", "石井镇", "安宁镇"],
        ["街道", "和平", "团结", "幸福", "康乐", "安宁", "向阳"],
        ["等级", *["严重", "一般", "较重"] * 8],
        ["负责人", "办公室", "保密办", "党委", "无"],
        ["负责人数", "张", "3"],
        ["是否有专人负责", "是", "否"],
        ["单位名称", "金盾公司", "高新区", "石油公司", "华为"],
        ["资质单位", "万达科技", "方正集团", "东方国信"],
        ["说明", "责任人：已调离", "联系人：国家保密局"],
    ],
)
def test_columns_that_are_no_names(column: list[str]) -> None:
    assert find_in_cells([("表", [[word] for word in column])]) is None
