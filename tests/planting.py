"""Workbooks with one forbidden text planted in one hiding place, in every format."""

import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from tests.handmade import compound_file, save_csv, save_xlsb

Rows = Sequence[Sequence[Any]]
XLSX_PLACES = (
    "cell", "hidden_sheet", "very_hidden_sheet", "formula", "rich_text", "comment", "threaded_comment", "text_box",
    "header", "footer", "core_property", "app_property", "custom_property", "sheet_name", "defined_name", "prompt",
    "hyperlink", "attachment", "utf16_part",
)  # fmt: skip
ODS_PLACES = (
    "cell", "hidden_sheet", "formula", "rich_text", "comment", "text_box", "header", "footer", "core_property",
    "custom_property", "sheet_name", "defined_name",
)  # fmt: skip
XLS_PLACES = (
    "cell", "hidden_sheet", "very_hidden_sheet", "rich_text", "comment", "text_box", "header", "footer",
    "core_property", "sheet_name", "defined_name",
)  # fmt: skip


def plant_xlsx(path: Path, rows: Rows, place: str, text: str) -> Path:
    """An xlsx with the rows of a form on its first sheet, and the text somewhere."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("报表")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [cell for cell in row if cell is not None])
        other = workbook.add_worksheet(text if place == "sheet_name" else "另表")
        other.write(0, 0, "备查")
        bold, cut = workbook.add_format({"bold": True}), max(1, len(text) // 2)
        spots: dict[str, Callable[[], object]] = {
            "cell": lambda: sheet.write_string(4, 4, text),
            "hidden_sheet": lambda: (other.write_string(6, 3, text), other.hide()),
            "very_hidden_sheet": lambda: (other.write_string(6, 3, text), other.very_hidden()),
            "formula": lambda: sheet.write_formula(4, 4, "=另表!A9", None, text),
            "rich_text": lambda: sheet.write_rich_string(4, 4, text[:cut], bold, text[cut:], " "),
            "comment": lambda: sheet.write_comment(2, 1, text),
            "text_box": lambda: sheet.insert_textbox(3, 3, text),
            "header": lambda: sheet.set_header(f"&L&12 {text}"),
            "footer": lambda: sheet.set_footer(f"&C{text}"),
            "core_property": lambda: workbook.set_properties({"title": text}),
            "app_property": lambda: workbook.set_properties({"company": text}),
            "custom_property": lambda: workbook.set_custom_property("批次", text, "text"),
            "defined_name": lambda: workbook.define_name("某值", f'="{text}"'),
            "prompt": lambda: sheet.data_validation(
                4, 4, 4, 4, {"validate": "any", "input_title": "提示", "input_message": text}
            ),
            "hyperlink": lambda: sheet.write_url(4, 4, f"https://x/{text}", string="链接"),
        }
        if place in spots:
            spots[place]()
    if place == "threaded_comment":
        thread = f'<ThreadedComments><threadedComment ref="B3" id="{{A}}"><text>{escape(text)}</text></threadedComment>'
        _add_part(path, "xl/threadedComments/threadedComment1.xml", f"{thread}</ThreadedComments>".encode())
    if place == "utf16_part":
        comment = f'<comments><comment ref="B3"><t>{escape(text)}</t></comment></comments>'
        _add_part(path, "xl/comments9.xml", f'<?xml version="1.0" encoding="UTF-16"?>{comment}'.encode("utf-16"))
    if place == "attachment":
        inner = plant_xlsx(path.with_suffix(".inner"), [], "cell", text)
        _add_part(path, "xl/embeddings/Microsoft_Excel_Sheet1.xlsx", inner.read_bytes())
        inner.unlink()
    return path


def _add_part(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


def plant_ods(path: Path, rows: Rows, place: str, text: str) -> Path:
    """A hand-made ODS; see [OpenDocument 1.3]."""
    text = escape(text)
    cut = max(1, len(text) // 2)
    spots = {
        "cell": f"{_ods_cell(text)}",
        "formula": '<table:table-cell table:formula="of:=[.A9]" office:value-type="string" '
        f'office:string-value="{text}"><text:p>{text}</text:p></table:table-cell>',
        "rich_text": f'<table:table-cell office:value-type="string"><text:p>{text[:cut]}'
        f"<text:span>{text[cut:]}</text:span></text:p></table:table-cell>",
        "comment": '<table:table-cell office:value-type="string"><office:annotation>'
        f"<text:p>{text}</text:p></office:annotation><text:p>无</text:p></table:table-cell>",
        "text_box": "<table:table-cell><draw:frame><draw:text-box>"
        f"<text:p>{text}</text:p></draw:text-box></draw:frame></table:table-cell>",
    }
    lines = [f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows]
    if place in spots:
        lines[4] = f"<table:table-row>{_ods_cell(None) * 3}{spots.get(place, '')}</table:table-row>"
    hidden = f"<table:table-row>{_ods_cell(text if place == 'hidden_sheet' else '备查')}</table:table-row>"
    name = text if place == "sheet_name" else "另表"
    defined = (
        f'<table:named-expression table:name="某值" table:expression="&quot;{text}&quot;"/>'
        if place == "defined_name"
        else ""
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in {
            "office": "office", "table": "table", "text": "text", "draw": "drawing", "style": "style", "meta": "meta",
        }.items()
    )  # fmt: skip
    off = (
        '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    body = (
        f'<table:table table:name="报表">{"".join(lines)}</table:table>'
        f'<table:table table:name="{name}" table:style-name="off">{hidden}</table:table>'
        f"<table:named-expressions>{defined if place == 'defined_name' else ''}</table:named-expressions>"
    )
    spot = {"header": "header", "footer": "footer"}.get(place)
    master = (
        f"<style:master-page><style:{spot}><text:p>{text}</text:p></style:{spot}></style:master-page>" if spot else ""
    )
    title = f"<title>{text}</title>" if place == "core_property" else ""
    title += f'<meta:user-defined meta:name="批次">{text}</meta:user-defined>' if place == "custom_property" else ""
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {spaces}><office:automatic-styles>{off}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {spaces}>{master}</office:document-styles>",
        "meta.xml": f"<office:document-meta {spaces}><office:meta>{title}</office:meta></office:document-meta>",
        "META-INF/manifest.xml": "<manifest/>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


def _ods_cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        shown = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {shown}><text:p>{value:.4g}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def save_ods(path: Path, rows: Rows) -> Path:
    """An ODS of plain cells."""
    return plant_ods(path, [*rows, *[[]] * (5 - len(rows))], "cells", "")


def plant_xls(path: Path, rows: Rows, place: str, text: str) -> Path:
    """An xls by xlwt; comments, text boxes and defined names are put in as [MS-XLS] records."""
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("报表")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, column, cell)
    other = workbook.add_sheet(text if place == "sheet_name" else "另表")
    other.visibility = {"hidden_sheet": 1, "very_hidden_sheet": 2}.get(place, 0)
    other.write(6, 3, text if other.visibility else "备查")
    for each in (sheet, other):
        each.header_str, each.footer_str = b"", b""
    if place == "cell":
        sheet.write(4, 4, text)
    elif place == "rich_text":
        cut = max(1, len(text) // 2)
        bold = xlwt.easyfont("bold true")
        sheet.write_rich_text(4, 4, [text[:cut], (text[cut:], bold)])
    elif place in ("header", "footer"):
        setattr(sheet, f"_Worksheet__{place}_str", f"&C{text}")  # its own setter only takes ASCII
    stream = workbook.get_biff_data()
    if place in ("comment", "text_box"):
        stream = (
            stream[: stream.rindex(b"\x0a\x00\x00\x00")] + _drawn_text(text, place == "comment") + b"\x0a\x00\x00\x00"
        )
    if place == "defined_name":
        stream += _record(0x18, bytes(3) + b"\x01" + bytes(11) + b"\x01" + text.encode("utf-16-le"))
    streams = {"Workbook": stream}
    if place == "core_property":
        streams["\x05SummaryInformation"] = b"\xfe\xff" + bytes(46) + text.encode("gb18030") + bytes(8)
    path.write_bytes(compound_file(streams))
    return path


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _drawn_text(text: str, is_comment: bool) -> bytes:
    owner = _record(0x5D, struct.pack("<HHHH", 0x15, 0x12, 0x19 if is_comment else 6, 7) + bytes(14))
    drawn = _record(0x1B6, bytes(18)) + _record(0x3C, b"\x01" + text.encode("utf-16-le"))
    return owner + drawn + (_record(0x1C, struct.pack("<HHHH", 2, 1, 0, 7) + bytes(4)) if is_comment else b"")


def plant_csv(path: Path, rows: Rows, place: str, text: str) -> Path:
    """A CSV with the text in a cell; the place is its encoding."""
    return save_csv(path, [*rows[:4], ["", "", text], *rows[5:]], place)


def plant_xlsb(path: Path, rows: Rows, place: str, text: str) -> Path:
    """An xlsb with the text in a cell."""
    return save_xlsb(path, "报表", [*rows[:4], ["", "", text], *rows[5:]])


PLANTERS: dict[str, tuple[Callable[[Path, Rows, str, str], Path], tuple[str, ...]]] = {
    "xlsx": (plant_xlsx, XLSX_PLACES),
    "ods": (plant_ods, ODS_PLACES),
    "xls": (plant_xls, XLS_PLACES),
    "xlsb": (plant_xlsb, ("cell",)),
    "csv": (plant_csv, ("utf-8", "utf-8-sig", "gb18030", "utf-16")),
}
