"""The page of an official document by GB/T 9704 for python-docx: paper, grid, fonts, headings, page numbers.

A4; top 37 mm, left 28 mm; type area 156 × 225 mm; 22 lines of 28 characters; body 3号仿宋, title 2号小标宋, headings
黑体 and 楷体; page numbers 4号 between dashes, outside. The fonts are named for the office to supply and not embedded.
"""

from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FANGSONG, XIAOBIAOSONG, HEITI, KAITI, SONGTI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
BODY, TITLE, SMALL, PAGE_NUMBER = Pt(16), Pt(22), Pt(12), Pt(14)  # 3号, 2号, 小4号, 4号
TOP, LEFT, RIGHT, BOTTOM = Mm(37), Mm(28), Mm(26), Mm(35)
# 225 mm in 22 lines; 156 mm in 28 characters of 16 pt, each a little closer (both in twentieths of a point). A grid of
# characters would say the same to Word, but LibreOffice gives a character that is wider than its cell two of them.
LINE_PITCH, LINE_POINTS, CHARACTER_SPACE = 579, 28.95, -5


def lay_out(document: Document) -> None:
    """Set page, grid, styles and page numbers of an empty document."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    _set_grid(section)
    _set_styles(document)
    document.settings.odd_and_even_pages_header_footer = True
    _number_pages(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _set_grid(section: Any) -> None:
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "lines"), ("linePitch", LINE_PITCH)):
        grid.set(qn(f"w:{name}"), str(value))
    section._sectPr.append(grid)


def _set_styles(document: Document) -> None:
    styles = document.styles
    set_style(styles["Normal"], FANGSONG, BODY, indent=True)
    set_style(styles["Title"], XIAOBIAOSONG, TITLE, alignment=WD_ALIGN_PARAGRAPH.CENTER)
    set_style(styles["Heading 1"], HEITI, BODY, indent=True)
    set_style(styles["Heading 2"], KAITI, BODY, indent=True)
    set_style(styles["Heading 3"], FANGSONG, BODY, indent=True, bold=True)
    set_style(styles["Caption"], HEITI, SMALL, alignment=WD_ALIGN_PARAGRAPH.CENTER)
    set_style(styles["Footer"], SONGTI, PAGE_NUMBER)
    _drop(styles["Title"], "w:pBdr")


def set_style(style: Any, font: str, size: Any, *, alignment: Any = None, indent: bool = False,
              bold: bool = False) -> None:  # fmt: skip
    """Give a paragraph style its fonts, size and place in the grid."""
    style.font.size, style.font.bold, style.font.italic = size, bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    name_fonts(style.element.get_or_add_rPr(), font)
    paragraph = style.paragraph_format
    paragraph.space_before = paragraph.space_after = Pt(0)
    if size >= BODY:
        paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_POINTS)
        if size > BODY:
            paragraph.line_spacing = Pt(LINE_POINTS * 1.2)
    paragraph.alignment = alignment if alignment is not None else WD_ALIGN_PARAGRAPH.JUSTIFY if indent else None
    indent_first(style.element.get_or_add_pPr(), 200 if indent else 0)
    if size == BODY:
        space = OxmlElement("w:spacing")
        space.set(qn("w:val"), str(CHARACTER_SPACE))
        style.element.get_or_add_rPr().get_or_add_sz().addprevious(space)
    else:
        leave_grid(style.element.get_or_add_pPr())


def leave_grid(properties: Any) -> None:
    """Set a paragraph free of the grid of lines and characters, which is that of the body."""
    for old in properties.findall(qn("w:snapToGrid")):
        properties.remove(old)
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    # the schema wants it before spacing, indents and alignment
    later = [child for child in properties if child.tag in map(qn, ("w:spacing", "w:ind", "w:jc", "w:outlineLvl"))]
    later[0].addprevious(snap) if later else properties.append(snap)


def name_fonts(properties: Any, font: str) -> None:
    """The Chinese face and the Latin one, whatever theme the template had."""
    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    latin = LATIN if font != SONGTI else SONGTI
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", font), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)


def indent_first(properties: Any, hundredths: int) -> None:
    """Indent the first line by so many hundredths of a character; 0 indents none."""
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    indent = properties._add_ind()
    indent.set(qn("w:firstLineChars"), str(hundredths))
    indent.set(qn("w:firstLine"), str(round(hundredths / 100 * 320)))


def _drop(style: Any, name: str) -> None:
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn(name)):
        properties.remove(old)


def _number_pages(footer: Any, alignment: Any) -> None:
    """— 1 —, one character in from the outer edge."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = footer.part.document.styles["Footer"] if hasattr(footer.part, "document") else paragraph.style
    paragraph.alignment = alignment
    side = "right" if alignment == WD_ALIGN_PARAGRAPH.RIGHT else "left"
    setattr(paragraph.paragraph_format, f"{side}_indent", PAGE_NUMBER)
    paragraph.add_run("— ")
    for kind, content in (("begin", None), (None, "PAGE"), ("separate", None), ("text", "1"), ("end", None)):
        _add_field_part(paragraph.add_run(), kind, content)
    paragraph.add_run(" —")
    for run in paragraph.runs:
        run.font.size = PAGE_NUMBER
        name_fonts(run._r.get_or_add_rPr(), SONGTI)


def _add_field_part(run: Any, kind: str | None, content: str | None) -> None:
    if kind in ("begin", "separate", "end"):
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    else:
        part = OxmlElement("w:t" if kind == "text" else "w:instrText")
        part.text = content
    run._r.append(part)
