"""A briefing as a Word document in the layout of an official paper: the one module that writes them so."""

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from dashboard.briefings.document import CHINESE_NUMERALS, Briefing, Section, Table
from dashboard.briefings.official_layout import (
    FANGSONG,
    HEITI,
    LINE_POINTS,
    indent_first,
    lay_out,
    leave_grid,
    name_fonts,
)
from dashboard.formats import format_full_day

TYPE_AREA_MM = 156
_TABLE_POINTS = Pt(10.5)
Pictures = Mapping[str, tuple[str, bytes]]


def write_word(path: Path, briefing: Briefing, pictures: Pictures) -> None:
    """Write the briefing; `pictures` are caption and PNG by name."""
    document = Document()
    lay_out(document)
    _set_properties(document, briefing)
    _write_head(document, briefing)
    for number, section in enumerate(briefing.sections):
        document.add_heading(f"{CHINESE_NUMERALS[number]}、{section.title}", level=1)
        _write_section(document, section, pictures)
    _write_end(document, briefing)
    document.save(str(path))


def _set_properties(document: Any, briefing: Briefing) -> None:
    properties = document.core_properties
    properties.title, properties.author = briefing.title, "保密监管风险研判平台"
    properties.subject, properties.comments = f"快照 {briefing.snapshot_id}", briefing.marking
    properties.language = "zh-CN"
    built = briefing.data.meta.get("built_at")
    if built:
        properties.created = properties.modified = datetime.fromisoformat(built)


def _write_head(document: Any, briefing: Briefing) -> None:
    marking = document.add_paragraph()
    indent_first(marking._p.get_or_add_pPr(), 0)
    run = marking.add_run(briefing.marking + ("　　模拟数据" if briefing.is_simulated else ""))
    name_fonts(run._r.get_or_add_rPr(), HEITI)
    _plain(document, "")
    document.add_paragraph(briefing.title, style="Title")
    _plain(document, f"（{briefing.period_title}　快照 {briefing.snapshot_id}）", WD_ALIGN_PARAGRAPH.CENTER)
    _plain(document, "")


def _plain(document: Any, text: str, alignment: Any = None) -> None:
    paragraph = document.add_paragraph(text)
    indent_first(paragraph._p.get_or_add_pPr(), 0)
    paragraph.alignment = alignment


def _write_section(document: Any, section: Section, pictures: Pictures) -> None:
    for heading, statements in section.grouped():
        if heading:
            document.add_heading(heading, level=2)
        for number, statement in enumerate(statements, start=1):
            document.add_paragraph(f"{number}.{statement.text}" if section.is_listed else statement.text)
    for name in section.pictures:
        if name in pictures:
            _add_picture(document, *pictures[name])
    for table in section.tables:
        _add_table(document, table)


def _add_picture(document: Any, caption: str, png: bytes) -> None:
    paragraph = document.add_paragraph()
    indent_first(paragraph._p.get_or_add_pPr(), 0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    leave_grid(paragraph._p.get_or_add_pPr())
    shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(TYPE_AREA_MM))
    shape._inline.docPr.set("descr", caption)
    document.add_paragraph(caption, style="Caption").paragraph_format.space_after = Pt(12)


def _add_table(document: Any, table: Table) -> None:
    caption = document.add_paragraph(table.title, style="Caption")
    caption.paragraph_format.space_before = Pt(8)
    caption.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for text, cell in zip(table.columns, grid.rows[0].cells, strict=True):
        _fill(cell, text, WD_ALIGN_PARAGRAPH.CENTER, HEITI)
    _flag(grid.rows[0], "w:tblHeader")
    for row in table.rows:
        cells = grid.add_row()
        _flag(cells, "w:cantSplit")
        for column, (text, cell) in enumerate(zip(row, cells.cells, strict=True)):
            side = WD_ALIGN_PARAGRAPH.RIGHT if column in table.figures else WD_ALIGN_PARAGRAPH.LEFT
            _fill(cell, text, side, FANGSONG)
    widths = table.widths or (1.0,) * len(table.columns)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(TYPE_AREA_MM * width / sum(widths))
        for cell in column.cells:
            cell.width = column.width
    after = document.add_paragraph()
    after.paragraph_format.line_spacing = Pt(LINE_POINTS / 2)


def _fill(cell: Any, text: str, alignment: Any, font: str) -> None:
    paragraph = cell.paragraphs[0]
    indent_first(paragraph._p.get_or_add_pPr(), 0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.alignment = alignment
    leave_grid(paragraph._p.get_or_add_pPr())
    run = paragraph.add_run(text)
    run.font.size = _TABLE_POINTS
    name_fonts(run._r.get_or_add_rPr(), font)


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _write_end(document: Any, briefing: Briefing) -> None:
    _plain(document, "")
    paragraph = document.add_paragraph(format_full_day(briefing.data.meta.get("built_at")))
    indent_first(paragraph._p.get_or_add_pPr(), 0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Pt(64)  # four characters in from the right, as dates of papers stand
