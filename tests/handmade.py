"""Filings made by hand, cell by cell: what a template would never write but people do."""

import csv
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook

from data_contracts.loading import load_contracts
from pipelines.home import Home
from pipelines.intake import intake
from pipelines.receipts import Receipt

NOW = datetime(2026, 10, 8, 9, 30)
Rows = Sequence[Sequence[Any]]

ORGANISATION = ["JG6529010001", "阿克苏市档案馆", "县级", "政府部门", "是", "是", "是", "否", None, None]
TRAINING = ["JG6529010001", 2, 40, 36, 30, 1]
FINDING = [
    "WT-6529010001-0001",
    "JC-652901-0001",
    "日常检查",
    "JG6529010001",
    "2026-09-08",
    "风险评估未按规定开展",
    "一般",
    "2026-09-10",
    "2026-10-20",
    None,
    None,
    None,
    "否",
    None,
]


def header_of(contract: str) -> list[str]:
    """Header of a contract as its template prints it."""
    return [*(column.header for column in load_contracts()[contract].columns), "说明"]


def form(
    contract: str,
    rows: Rows,
    *,
    period: str = "2026Q3",
    division: Any = "652901",
    nil: str = "否",
    header: Sequence[str] | None = None,
) -> list[list[Any]]:
    """Cells of a data sheet: title, identification block, header, rows."""
    return [
        [load_contracts()[contract].title],
        ["报表代码", contract, "模板版本", "1.0.0"],
        ["填报单位代码", division, "填报单位", "阿克苏市"],
        ["报告期", period, "空表申报", nil],
        [],
        list(header or header_of(contract)),
        *(list(row) for row in rows),
    ]


def save_xlsx(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """A workbook of plain cells."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)
    return path


def save_csv(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A CSV as a spreadsheet saves it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["" if cell is None else cell for cell in row] for row in rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def filing(path: Path, contract: str, rows: Rows, **block: Any) -> Path:
    """An xlsx filing of one contract."""
    return save_xlsx(path, {load_contracts()[contract].title: form(contract, rows, **block)})


def take(home: Home, *paths: Path, now: datetime = NOW) -> list[Receipt]:
    """Take files in; their receipts in the order given."""
    receipts = {receipt.path: receipt for receipt in intake(home, paths, now=now).receipts}
    return [receipts[path] for path in paths]


def take_one(home: Home, path: Path, now: datetime = NOW) -> Receipt:
    """Take one file in."""
    return take(home, path, now=now)[0]


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A minimal OLE compound file ([MS-CFB]): what Excel wraps an old or an encrypted workbook in."""
    bodies = {name: body.ljust(4096, b"\0") for name, body in streams.items()}  # below 4096 a mini stream would do
    end, fat_sector, no_stream = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    fat, sectors, starts = [fat_sector, end], [], {}
    for name, body in bodies.items():
        count = -(-len(body) // 512)
        starts[name] = len(fat)
        fat += [*range(len(fat) + 1, len(fat) + count), end]
        sectors.append(body.ljust(count * 512, b"\0"))

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le") if name else b""
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, no_stream, right, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    names = list(bodies)
    entries = [entry("Root Entry", 5, no_stream, 1, end, 0)]
    for place, name in enumerate(names, start=1):
        right = place + 1 if place < len(names) else no_stream
        entries.append(entry(name, 2, right, no_stream, starts[name], len(bodies[name])))
    entries += [entry("", 0, no_stream, no_stream, 0, 0)] * (4 - len(entries))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    )
    header += struct.pack("<109I", *([no_stream] * 108), no_stream)[4:]
    return (
        header.ljust(512, b"\xff")
        + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
        + b"".join(entries)
        + b"".join(sectors)
    )


def save_xlsb(path: Path, sheet: str, rows: Rows) -> Path:
    """A minimal binary workbook ([MS-XLSB]): texts, numbers and, written as `#N/A`, an error."""

    def number(value: int) -> bytes:
        return bytes([value]) if value < 128 else bytes([value & 0x7F | 0x80, value >> 7])

    def record(kind: int, body: bytes = b"") -> bytes:
        return number(kind) + number(len(body)) + body

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(column: int, value: Any) -> bytes:
        place = struct.pack("<II", column, 0)
        if value == "#N/A":
            return record(3, place + b"\x2a")
        return record(6, place + wide(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))

    body = record(129) + record(148, struct.pack("<IIII", 0, len(rows), 0, 40)) + record(145)
    for number_of_row, row in enumerate(rows):
        body += record(0, struct.pack("<I", number_of_row) + bytes(13))
        body += b"".join(cell(column, value) for column, value in enumerate(row) if value not in (None, ""))
    body += record(146) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(sheet))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
        "xl/worksheets/sheet1.bin": body,
        "xl/_rels/workbook.bin.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}" Target="worksheets/sheet1.bin"/></Relationships>'
        ).encode(),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def save_xls(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """A workbook in the format of Excel 97."""
    workbook = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for row_number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(row_number, column, cell)
    workbook.save(str(path))
    return path
