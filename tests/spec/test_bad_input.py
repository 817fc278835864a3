"""Everything that can come in and must not: each with its own code and a message that says what, where and how."""

import io
import struct
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from pipelines import containers
from pipelines.faults import refusal_codes
from pipelines.home import Home
from pipelines.ledger import read_filings
from pipelines.receipts import Receipt
from tests.handmade import (
    FINDING,
    ORGANISATION,
    TRAINING,
    compound_file,
    filing,
    form,
    header_of,
    save_csv,
    save_xls,
    save_xlsb,
    save_xlsx,
    take,
    take_one,
)

GOOD_ORGANISATIONS = ("organisations", [ORGANISATION])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def damaged(folder: Path) -> Path:
    content = bytearray(filing(folder / "f.xlsx", *GOOD_ORGANISATIONS).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    return write(folder / "damaged.xlsx", bytes(content))


def cut_off(folder: Path) -> Path:
    content = filing(folder / "f.xlsx", *GOOD_ORGANISATIONS).read_bytes()
    return write(folder / "cut.xlsx", content[: len(content) // 2])


def bomb(folder: Path) -> Path:
    return write(
        folder / "bomb.xlsx", zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(21 * 2**20)})
    )


def lying_bomb(folder: Path) -> Path:
    """The directory says 10 bytes; the stream holds a million."""
    content = bytearray(zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(10**6)}))
    content = bytearray(bytes(content).replace(struct.pack("<I", 10**6), struct.pack("<I", 10)))
    return write(folder / "liar.xlsx", bytes(content))


def sprawling(folder: Path) -> Path:
    with xlsxwriter.Workbook(folder / "sprawl.xlsx") as workbook:
        sheet = workbook.add_worksheet("表")
        sheet.write(0, 0, "甲")
        sheet.write(1_048_575, 30, "乙")
    return folder / "sprawl.xlsx"


def with_password_ods(folder: Path) -> Path:
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": b"\x01\x02",
        "META-INF/manifest.xml": b"<manifest><encryption-data/></manifest>",
    }
    return write(folder / "f.ods", zipped(parts))


def circling_xls(folder: Path) -> Path:
    """An xls one of whose chains of sectors ([MS-CFB] 2.3) comes back to itself."""
    path = save_xls(folder / "f.xls", {"一": form("organisations", [ORGANISATION])})
    content = bytearray(path.read_bytes())
    (table,) = struct.unpack_from("<I", content, 76)
    struct.pack_into("<I", content, (table + 1) * 512 + 4 * 2, 1)  # after the third sector the second again
    return write(path, bytes(content))


def boundless_xls(folder: Path, rows: tuple[int, int] = (0, 8), columns: tuple[int, int] = (0, 8)) -> Path:
    """An xls whose sheet declares from which row and column to before which it reaches ([MS-XLS] 2.4.90)."""
    path = save_xls(folder / "f.xls", {"一": form("organisations", [ORGANISATION])})
    content = bytearray(path.read_bytes())
    place = content.index(struct.pack("<HH", 0x0200, 14))
    struct.pack_into("<IIHH", content, place + 4, *rows, *columns)
    return write(path, bytes(content))


BIFF_WITH_PASSWORD = struct.pack("<HH16sHH6s", 0x809, 16, b"\0\x06\x05" + bytes(13), 0x2F, 6, bytes(6))
Maker = Callable[[Path], Path]
CASES: list[tuple[str, str, Maker, str]] = [
    ("missing path", "path_missing", lambda f: f / "没有.xlsx", "找不到文件"),
    ("name too long", "unreadable", lambda f: f / ("长" * 200 + ".xlsx"), "打不开"),
    ("empty file", "empty_file", lambda f: write(f / "f.xlsx", b""), "文件是空的"),
    ("blank csv", "empty_file", lambda f: write(f / "f.csv", b" \r\n"), "文件是空的"),
    (
        "too large",
        "too_large",
        lambda f: write(f / "f.xlsx", b"PK\x03\x04" + bytes(containers.MAX_FILE_BYTES)),
        "超过 50 MB",
    ),
    ("picture", "not_a_workbook", lambda f: write(f / "f.xlsx", b"\x89PNG\r\n"), "内容是图片"),
    ("pdf", "not_a_workbook", lambda f: write(f / "f.xlsx", b"%PDF-1.7"), "内容是 PDF"),
    ("word", "not_a_workbook", lambda f: write(f / "f.xlsx", zipped({"word/document.xml": b"<x/>"})), "Word 文档"),
    ("old word", "not_a_workbook", lambda f: write(f / "f.xls", compound_file({"WordDocument": b"x"})), "Word 文档"),
    ("zip", "not_a_workbook", lambda f: write(f / "f.zip", zipped({"a.txt": b"x"})), "压缩包"),
    ("web page", "not_a_workbook", lambda f: write(f / "f.xls", b"<html><table></table></html>"), "网页"),
    (
        "text as xlsx",
        "not_a_workbook",
        lambda f: write(f / "f.xlsx", "甲,乙".encode()),
        "扩展名是 .xlsx，内容却是纯文本",
    ),
    ("noise", "not_a_workbook", lambda f: write(f / "f.csv", bytes(range(256))), "无法辨认"),
    (
        "password xlsx",
        "encrypted",
        lambda f: write(f / "f.xlsx", compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"y"})),
        "打开密码",
    ),
    ("circling xls", "corrupt", circling_xls, "链成环"),
    ("boundless xls", "corrupt", lambda f: boundless_xls(f, columns=(0, 257)), "工作表内容不完整"),
    ("xls of too many rows", "corrupt", lambda f: boundless_xls(f, rows=(0, 65_537)), "工作表内容不完整"),
    ("xls from a later row to an earlier", "corrupt", lambda f: boundless_xls(f, rows=(9, 8)), "工作表内容不完整"),
    ("xls from a later column back", "corrupt", lambda f: boundless_xls(f, columns=(9, 8)), "工作表内容不完整"),
    (
        "password xls",
        "encrypted",
        lambda f: write(f / "f.xls", compound_file({"Workbook": BIFF_WITH_PASSWORD})),
        "打开密码",
    ),
    ("password ods", "encrypted", with_password_ods, "打开密码"),
    ("damaged", "corrupt", damaged, "已损坏"),
    ("cut off", "corrupt", cut_off, "已损坏"),
    (
        "broken xls",
        "corrupt",
        lambda f: write(f / "f.xls", compound_file({"Workbook": b"\x09\x08\x10\x00" + b"\xff" * 5000})),
        "已损坏",
    ),
    ("open quotation", "corrupt", lambda f: write(f / "f.csv", '甲,"乙\n'.encode()), "引号不成对"),
    ("bomb", "zip_bomb", bomb, "解压后有 21 MB"),
    ("lying bomb", "corrupt", lying_bomb, "已损坏"),
    ("sprawl", "sheet_too_large", sprawling, "第 1048576 行、第 AE 列"),
    (
        "no block",
        "unidentified",
        lambda f: save_xlsx(f / "f.xlsx", {"表": [["甲", "乙"], [1, 2]]}),
        "没有“报表代码”一栏",
    ),
    (
        "no division",
        "unidentified",
        lambda f: save_xlsx(
            f / "f.xlsx",
            {"表": [["报表代码", "organisations", "报告期", "2026Q3"], header_of("organisations"), ORGANISATION]},
        ),
        "没有“填报单位代码”一栏",
    ),
    (
        "no period",
        "unidentified",
        lambda f: save_xlsx(
            f / "f.xlsx",
            {"表": [["报表代码", "organisations", "填报单位代码", "652901"], header_of("organisations"), ORGANISATION]},
        ),
        "没有“报告期”一栏",
    ),
    (
        "unknown contract",
        "wrong_template",
        lambda f: save_xlsx(
            f / "f.xlsx", {"表": [["报表代码", "nothing"], ["填报单位代码", "652901"], ["报告期", "2026Q3"]]}
        ),
        "报表代码“nothing”不在报表目录中",
    ),
    (
        "other header",
        "wrong_template",
        lambda f: filing(f / "f.xlsx", "findings", [TRAINING], header=header_of("training"), period="2026-09"),
        "标识区写的是《问题整改》，第 6 行表头却是《宣传教育》的",
    ),
    (
        "other version",
        "wrong_template",
        lambda f: save_xlsx(
            f / "f.xlsx",
            {"表": [["报表代码", "organisations", "模板版本", "9.0.0"], *form("organisations", [ORGANISATION])[2:]]},
        ),
        "模板版本是 9.0.0",
    ),
    (
        "unknown division",
        "unknown_division",
        lambda f: filing(f / "f.xlsx", *GOOD_ORGANISATIONS, division="999999"),
        "“999999”不在行政区划表中",
    ),
    (
        "city with corps",
        "division_does_not_file",
        lambda f: filing(f / "f.xlsx", *GOOD_ORGANISATIONS, division="659001"),
        "第八师",
    ),
    (
        "corps itself",
        "division_does_not_file",
        lambda f: filing(f / "f.xlsx", *GOOD_ORGANISATIONS, division="660000"),
        "各师分别报送",
    ),
    (
        "spelling of period",
        "unknown_period",
        lambda f: filing(f / "f.xlsx", *GOOD_ORGANISATIONS, period="三季"),
        "“三季”写法不对",
    ),
    (
        "month for a quarter",
        "wrong_frequency",
        lambda f: filing(f / "f.xlsx", *GOOD_ORGANISATIONS, period="2026-09"),
        "是季报，报告期却写成“2026-09”",
    ),
    (
        "not open",
        "period_not_open",
        lambda f: filing(f / "f.xlsx", *GOOD_ORGANISATIONS, period="2026Q4"),
        "自 2026-12-",
    ),
    (
        "mark",
        "classification_mark",
        lambda f: filing(f / "f.xlsx", "findings", [[*FINDING, "机密★10年"]], period="2026-09"),
        "工作表“问题整改”的 O7 单元格",
    ),
    (
        "mark in csv",
        "classification_mark",
        lambda f: save_csv(f / "f.csv", form("findings", [[*FINDING, "秘密 5年"]]), "gb18030"),
        "秘密字样",
    ),
    (
        "mark on a hidden sheet of an xls",
        "classification_mark",
        lambda f: save_xls(
            f / "f.xls", {"机关单位名录": form("organisations", [ORGANISATION]), "藏": [["机密★10年"]]}, ["藏"]
        ),
        "工作表“藏”的 A1 单元格",
    ),
    (
        "telephone as a number in an xls",
        "personal_number",
        lambda f: save_xls(f / "f.xls", {"机关单位名录": form("organisations", [[*ORGANISATION[:9], 13800138001]])}),
        "J7 单元格",
    ),
    (
        "mark in an xlsb",
        "classification_mark",
        lambda f: save_xlsb(f / "f.xlsb", "机关单位名录", form("organisations", [["绝密★长期"]])),
        "工作表“机关单位名录”的 A7 单元格",
    ),
    (
        "telephone",
        "personal_number",
        lambda f: filing(f / "f.xlsx", "findings", [[*FINDING, "电话13800138001"]], period="2026-09"),
        "手机号码",
    ),
    (
        "name of a person",
        "personal_name",
        lambda f: filing(f / "f.xlsx", "findings", [[*FINDING, "联系人：王建国"]], period="2026-09"),
        "工作表“问题整改”的 O7 单元格填有人名",
    ),
]


@pytest.mark.parametrize(("code", "make", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_refusal_says_what_where_and_how(home: Home, tmp_path: Path, code: str, make: Maker, words: str) -> None:
    receipt = take_one(home, make(tmp_path))
    assert (receipt.status, receipt.refusal_code) == ("refused", code), receipt.refusal_message
    message = str(receipt.refusal_message)
    assert words in message
    assert "改法：" in message
    assert not {"{", "}", "Traceback"} & set(message)
    assert not list(home.archive.glob("??/*")), "a refused file must not be kept"


def test_every_refusal_code_is_tried_here() -> None:
    elsewhere = {"period_locked", "filed_by_another"}  # test_period, test_watch
    assert {case[1] for case in CASES} | elsewhere == set(refusal_codes())


def test_a_file_that_kills_its_parser_is_refused_and_the_rest_goes_on(home: Home, tmp_path: Path) -> None:
    good = [
        filing(tmp_path / f"{code}.xlsx", "organisations", [[f"JG{code}0001", *ORGANISATION[1:]]], division=code)
        for code in ("652901", "652902", "652922")
    ]
    source = tmp_path / "killer.xlsx"
    with xlsxwriter.Workbook(source) as workbook:
        workbook.add_worksheet().write(0, 0, "甲")
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = parts["xl/sharedStrings.xml"]
    parts["xl/sharedStrings.xml"] = strings.replace(b'uniqueCount="1"', b'uniqueCount="99999999999"')
    killer = write(tmp_path / "killer.xlsx", zipped(parts))
    receipts = take(home, good[0], killer, *good[1:])
    assert [receipt.refusal_code for receipt in receipts] == [None, "corrupt", None, None]
    assert "解析程序无法承受" in str(receipts[1].refusal_message)


def test_a_reader_that_cannot_start_is_an_internal_fault_and_refuses_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="读表程序启动不了"):
        take_one(home, filing(tmp_path / "f.xlsx", *GOOD_ORGANISATIONS))
    assert read_filings(home).empty


def test_the_rest_of_the_batch_goes_on(home: Home, tmp_path: Path) -> None:
    bad = [
        make(tmp_path / str(place))
        for place, (_, code, make, _) in enumerate(CASES[4:20])
        if not (tmp_path / str(place)).mkdir()
    ]
    good = [
        filing(
            tmp_path / "good" / f"{division}.xlsx",
            "organisations",
            [["JG" + division + "0001", *ORGANISATION[1:]]],
            division=division,
        )
        for division in ("652901", "652902")
    ]
    receipts = take(home, *bad, *good)
    assert [receipt.status for receipt in receipts] == ["refused"] * len(bad) + ["accepted"] * 2
    assert len(read_filings(home)) == len({receipt.sha256 for receipt in receipts})


def test_a_refused_file_is_named_by_its_hash_only(home: Home, tmp_path: Path) -> None:
    receipt = take_one(
        home, filing(tmp_path / "f.xlsx", "findings", [[*FINDING, "机密★10年 绝不可见的内容"]], period="2026-09")
    )
    assert len(receipt.sha256) == 64
    assert b"\xe7\xbb\x9d\xe4\xb8\x8d\xe5\x8f\xaf\xe8\xa7\x81" not in home.ledger.read_bytes()


@pytest.mark.parametrize(
    ("received_at", "status"),
    [
        (datetime(2026, 9, 24, 23, 59), "refused"),
        (datetime(2026, 9, 25, 0, 0), "accepted"),
        (datetime(2026, 9, 30), "accepted"),
    ],
)
def test_a_period_opens_on_its_day(home: Home, tmp_path: Path, received_at: datetime, status: str) -> None:
    assert take_one(home, filing(tmp_path / "f.xlsx", *GOOD_ORGANISATIONS), received_at).status == status


def test_a_file_refused_as_too_early_is_taken_when_its_time_has_come(home: Home, tmp_path: Path) -> None:
    path = filing(tmp_path / "f.xlsx", *GOOD_ORGANISATIONS)
    early, again, late = (take_one(home, path, datetime(2026, 9, day)) for day in (1, 2, 28))
    assert (early.status, again.status, late.status) == ("refused", "refused", "accepted")
    assert again.receipt_no == early.receipt_no
    assert late.receipt_no != early.receipt_no


def returned(receipt: Receipt) -> list[tuple[str, str]]:
    assert receipt.status == "returned", receipt.message
    return [(fault.check_id.partition(".")[2], fault.cell) for fault in receipt.faults]


ORGANISATIONS_HEADER = header_of("organisations")


@pytest.mark.parametrize(
    ("header", "row", "faults"),
    [
        (["甲", "乙", *[""] * 9], ORGANISATION, [("header.missing", "")]),
        ([*ORGANISATIONS_HEADER, "经办"], ORGANISATION, [("header.unknown_column", "L6")]),
        ([*ORGANISATIONS_HEADER[:10], "单位名称"], ORGANISATION, [("header.doubled_column", "K6")]),
        ([*ORGANISATIONS_HEADER[:9], "说明"], [*ORGANISATION[:9]], [("header.missing_column", "")]),
        (ORGANISATIONS_HEADER, [*ORGANISATION, "", "多余"], [("header.stray_cell", "L7")]),
        (ORGANISATIONS_HEADER, [*ORGANISATION[:2], "镇级", *ORGANISATION[3:]], [("level.type", "C7")]),
        (ORGANISATIONS_HEADER, [*ORGANISATION[:8], "2026-02-30"], [("key_unit_since.type", "I7")]),
    ],
)
def test_what_can_be_assigned_goes_back_with_its_faults(
    home: Home, tmp_path: Path, header: list[str], row: list[object], faults: list[tuple[str, str]]
) -> None:
    receipt = take_one(home, filing(tmp_path / "f.xlsx", "organisations", [row], header=header))
    assert returned(receipt) == faults
    assert receipt.returned_path is not None
    assert receipt.returned_path.exists()


def test_a_formula_error_is_told_at_its_cell(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("机关单位名录")
        for number, row in enumerate(form("organisations", [ORGANISATION])):
            sheet.write_row(number, 0, [cell for cell in row if cell is not None])
        sheet.write_formula(6, 1, "=VLOOKUP(1,Z1:Z2,1,0)", None, "#N/A")
        sheet.write_formula(6, 8, "=1/0", None, "#DIV/0!")
    receipt = take_one(home, path)
    assert returned(receipt) == [("organisation_name.formula_error", "B7"), ("key_unit_since.formula_error", "I7")]
    assert (
        receipt.faults[1].message == "列为重要涉密单位日期是出错的公式 #DIV/0!"
        or "#DIV/0!" in receipt.faults[1].message
    )


def test_two_forms_in_one_workbook_go_back(home: Home, tmp_path: Path) -> None:
    rows = form("organisations", [ORGANISATION])
    assert returned(take_one(home, save_xlsx(tmp_path / "f.xlsx", {"一": rows, "二": rows}))) == [("sheet.several", "")]


def test_the_receipt_reads_as_a_person_would_write_it(home: Home, tmp_path: Path) -> None:
    text = take_one(
        home, filing(tmp_path / "名录.xlsx", "organisations", [[*ORGANISATION[:2], "镇级", *ORGANISATION[3:]]])
    ).to_text()
    for words in (
        "回执 HZ-2026-000001",
        "名录.xlsx",
        "机关单位名录　2026年第3季度",
        "阿克苏市（652901）",
        "退回（第 1 次报送）",
        "[强制性] 机关单位名录!C7",
        "“镇级”不在可选项内",
        "从下拉列表中选",
        "退回件",
    ):
        assert words in text
