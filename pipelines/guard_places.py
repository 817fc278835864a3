"""Where in a file a forbidden text stands, in words. Only asked once something was found; never gives the content."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

from pipelines.biff import place_of_record
from pipelines.containers import Container
from pipelines.faults import cell_name
from pipelines.guard_cells import name_of_sheet
from pipelines.sheet_probes import sheet_names

IsForbidden = Callable[[str], bool]
_PART_PLACES = (
    ("docProps", "文档属性"),
    ("meta.xml", "文档属性"),
    ("omments", "批注"),
    ("omment", "批注"),
    ("drawing", "文本框或图形"),
    ("charts/", "图表"),
    (".rels", "超链接"),
    ("externalLinks", "外部链接"),
    ("pivot", "数据透视表"),
    ("styles.xml", "页眉页脚"),
    ("customXml", "文档属性"),
)
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_HEADER_ELEMENTS = re.compile(rb"<(?:odd|even|first)(Header|Footer)[^>]*>(.*?)</", re.S)


def place_in_part(container: Container, part: str, is_forbidden: IsForbidden) -> str:
    """Where in one part of a zip a forbidden text stands."""
    try:
        if part == "content.xml":
            return _place_in_ods(container.parts[part], is_forbidden)
        if part.startswith("xl/workbook."):
            return _place_in_workbook(container.parts[part], is_forbidden)
        sheet = _sheet_of(container, part)
        if part.startswith("xl/worksheets/") and part.endswith(".xml"):
            return sheet + _place_in_sheet(container.parts[part], is_forbidden)
        comment = (
            _commented_cell(container.parts[part], is_forbidden) if "omment" in part and part.endswith("xml") else ""
        )
    except (ElementTree.ParseError, KeyError, ValueError):
        sheet = comment = ""
    return sheet + next((place for word, place in _PART_PLACES if word in part), "工作簿的文本") + comment


def _sheet_of(container: Container, part: str) -> str:
    """`工作表“…”的` for a part that belongs to one sheet, by the relations of the sheets; empty otherwise."""
    names = sheet_names(container.parts) if "xl/workbook.xml" in container.parts else {}
    places = {name: place for place, name in enumerate(names, start=1)}
    file = part.rpartition("/")[2].encode()
    for sheet_part, name in names.items():
        relations = container.parts.get(f"xl/worksheets/_rels/{sheet_part.rpartition('/')[2]}.rels", b"")
        if (
            part == sheet_part
            or b"/" + file + b'"' in relations
            or part.endswith(f"{sheet_part.rpartition('/')[2]}.rels")
        ):
            return f"{name_of_sheet(name, places[sheet_part])}的"
    return ""


def _place_in_workbook(content: bytes, is_forbidden: IsForbidden) -> str:
    if not content.lstrip().startswith(b"<"):
        return "工作表名称或定义名称"
    root = ElementTree.fromstring(content)
    sheets = [node for node in root.iter() if node.tag.endswith("}sheet")]
    for place, node in enumerate(sheets, start=1):
        if is_forbidden(node.get("name") or ""):
            return f"第 {place} 张工作表的名称"
    return "定义名称"


def _place_in_sheet(content: bytes, is_forbidden: IsForbidden) -> str:
    for match in _HEADER_ELEMENTS.finditer(content):
        text = "".join(ElementTree.fromstring(b"<t>" + match[2] + b"</t>").itertext())
        if is_forbidden(text):
            return "页眉" if match[1] == b"Header" else "页脚"
    return "输入提示" if b"dataValidation" in content else "单元格"


def _commented_cell(content: bytes, is_forbidden: IsForbidden) -> str:
    for node in ElementTree.fromstring(content).iter():
        if node.get("ref") and is_forbidden("".join(node.itertext())):
            return f" {node.get('ref')}"
    return ""


def _place_in_ods(content: bytes, is_forbidden: IsForbidden) -> str:
    tables = ElementTree.fromstring(content).iter(f"{_ODS % 'table'}table")
    for place, table in enumerate(tables, start=1):
        name = table.get(f"{_ODS % 'table'}name") or ""
        if is_forbidden(name):
            return f"第 {place} 张工作表的名称"
        row = 0
        for line in table.iter(f"{_ODS % 'table'}table-row"):
            column = 0
            for cell in line:
                note = cell.find(f"{_ODS % 'office'}annotation")
                if note is not None and is_forbidden("".join(note.itertext())):
                    return f"{name_of_sheet(name, place)}的批注 {cell_name(row + 1, column)}"
                column += int(cell.get(f"{_ODS % 'table'}number-columns-repeated") or 1)
            row += int(line.get(f"{_ODS % 'table'}number-rows-repeated") or 1)
        if any(is_forbidden("".join(shape.itertext())) for shape in table.iter(f"{_ODS % 'drawing'}frame")):
            return f"{name_of_sheet(name, place)}的文本框或图形"
    return "文本框、定义名称或单元格"


def place_in_xls(stream: bytes, is_forbidden: IsForbidden) -> str:
    """Where in a BIFF stream a forbidden text stands."""

    def is_wanted(body: bytes) -> bool:
        wide = (body[start:].decode("utf-16-le", "ignore") for start in (0, 1))
        return any(is_forbidden(text) for text in (body.decode("latin-1"), *wide))

    found = place_of_record(stream, is_wanted)
    if found is None:
        return "工作簿的文本"
    sheet, place = found
    return f"{name_of_sheet(sheet, 1)}的{place}" if sheet else f"工作簿的{place}"


def place_of_stream(name: str) -> str:
    """What a stream beside the workbook of an xls is to its reader."""
    return "文档属性" if "SummaryInformation" in name else "嵌入的附件或宏"
