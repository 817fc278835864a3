"""Write the shipped Word templates of papers anew: what each says, in the layout of GB/T 9704.

    .venv/bin/python scripts/make_paper_templates.py

The .docx files are what counts and what the bureau edits; this shows in review how they came about.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dashboard.briefings.official_layout import HEITI, indent_first, lay_out, leave_grid, name_fonts

FOLDER = Path(__file__).parents[1] / "pipelines" / "papers" / "templates"
WARNING_LINES = [
    "经监管平台研判，你单位辖区出现下列情况，{verb}：",
    "一、事项：{{{{ 预警事项 }}}}（{{{{ 预警等级 }}}}，编号 {{{{ 预警编号 }}}}，首次出现于{{{{ 首次出现 }}}}）。",
    "二、涉及对象：{{{{ 涉及对象 }}}}。",
    "三、情况：{{{{ 预警内容 }}}}",
    "四、依据：《新疆维吾尔自治区保守国家秘密条例》{{{{ 条款 }}}}；所据报表为：",
    "{{%p for 行 in 依据 %}}", "{{{{ 行 }}}}", "{{%p endfor %}}",
    "五、建议措施：{{{{ 建议措施 }}}}。",
    "请书面反馈核实、处置情况。答复期限：{{{{ 答复期限 }}}}。",
]  # fmt: skip
TYPE_AREA_MM = 156
WIDTHS = {"序号": 0.8, "单位": 1.6, "报表": 2.3, "报告期": 2.0, "期限": 2.7, "情形": 1.6}
FIGURES = {"序号", "指数", "95%区间", "可能名次"}
WITHOUT_RED_HEAD = {"回执"}
RED, RED_HEAD_POINTS, RED_LINE_EIGHTHS = "C00000", 36, 18
BODIES: dict[str, tuple[str, list[str], tuple[str, list[str], list[str]] | None]] = {
    "工作提示函": ("工作提示函", [line.format(verb="特此提示") for line in WARNING_LINES], None),
    "督办单": ("督办单", [line.format(verb="现予督办") for line in WARNING_LINES], None),
    "限期整改通知书": ("限期整改通知书", [
        "经检查（{{ 检查方式 }}，检查编号 {{ 检查编号 }}），于{{ 发现日期 }}发现{{ 单位名称 }}存在下列问题：",
        "{{ 问题事项 }}（{{ 严重程度 }}，问题编号 {{ 问题编号 }}）。",
        "依照《新疆维吾尔自治区保守国家秘密条例》第41条，"
        "已于{{ 责令日期 }}责令改正，整改期限为{{ 整改期限 }}。"
        "截至本通知，{{ 整改情况 }}。",
        "请抓紧落实整改，并书面报告整改情况；逾期未改的，依照条例处理。",
    ], None),
    "通报": ("关于{{ 报告期 }}保密监管风险指数的通报", [
        "现将{{ 报告期 }} {{ 单位数 }} 个地州、师的风险指数通报如下。"
        "指数 0 分最好、100 分最差；名次为可能所处的位次"
        "范围，范围相互重叠的单位，先后不作区分。",
    ], ("名次", ["单位", "指数", "95%区间", "等级", "可能名次"], ["单位", "指数", "区间", "等级", "名次"])),
    "催报通知": ("关于催报{{ 报告期 }}报表的通知", [
        "{{ 报告期 }}你处报送情况：{{ 情况 }}。",
        "请抓紧报送下列报表；未报送不等于零，逾期未报将列入预警。",
    ], ("清单", ["序号", "单位", "报表", "报告期", "期限", "情形"],
        ["序号", "单位", "报表", "报告期", "期限", "情形"])),
    "回执": ("报送回执", [
        "你单位（{{ 填报单位 }}）报送的《{{ 报表 }}》（{{ 报告期 }}）"
        "已于{{ 收到时间 }}收到，回执号 {{ 回执号 }}，"
        "{{ 报送次数 }}报送，{{ 行数 }}。",
        "校验值：{{ 校验值 }}",
        "处理结果：{{ 处理结果 }}。问题 {{ 问题数 }} 处：",
        "{%p for 行 in 问题 %}", "{{ 行 }}", "{%p endfor %}",
    ], None),
}  # fmt: skip


def main() -> None:
    """Write all six."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (title, lines, table) in BODIES.items():
        document = Document()
        lay_out(document)
        document.core_properties.title, document.core_properties.author = name, "保密监管风险研判平台"
        _plain(document, "{{ 密级标记 }}　{{ 数据性质 }}　{{ 草稿标记 }}", font=HEITI)
        if name in WITHOUT_RED_HEAD:
            _plain(document, "")
            document.add_paragraph(title, style="Title")
            _plain(document, "{{ 文号 }}", alignment=WD_ALIGN_PARAGRAPH.CENTER)
        else:
            _add_red_head(document)
            document.add_paragraph(title, style="Title")
        _plain(document, "")
        _plain(document, "{{ 主送机关 }}：")
        for line in lines:
            document.add_paragraph(line)
        if table:
            _add_table(document, *table)
        _plain(document, "")
        for line in ("{{ 发文机关 }}", "{{ 成文日期 }}"):
            paragraph = _plain(document, line, alignment=WD_ALIGN_PARAGRAPH.RIGHT)
            paragraph.paragraph_format.right_indent = Pt(64)
        note = _plain(document, "（本件数据取自快照 {{ 快照编号 }}）")
        note.runs[0].font.size = Pt(12)
        document.save(str(FOLDER / f"{name}.docx"))


def _add_red_head(document: Any) -> None:
    """Name of the issuing bureau in red, number below it, and the red line across the type area."""
    head = document.add_paragraph("{{ 发文机关 }}", style="Title")
    head.paragraph_format.line_spacing_rule, head.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(48)
    run = head.runs[0]
    run.font.size, run.font.color.rgb = Pt(RED_HEAD_POINTS), RGBColor.from_string(RED)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "80")  # letters 4 pt apart, so that a short name fills the head
    run._r.get_or_add_rPr().get_or_add_sz().addprevious(spacing)
    number = _plain(document, "{{ 文号 }}", alignment=WD_ALIGN_PARAGRAPH.CENTER)
    number.paragraph_format.space_before, number.paragraph_format.space_after = Pt(12), Pt(24)
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", str(RED_LINE_EIGHTHS)), ("space", "8"), ("color", RED)):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties = number._p.get_or_add_pPr()
    properties.find(qn("w:spacing")).addprevious(borders)


def _plain(document: Any, text: str, *, alignment: Any = None, font: str | None = None) -> Any:
    paragraph = document.add_paragraph(text)
    indent_first(paragraph._p.get_or_add_pPr(), 0)
    paragraph.alignment = alignment
    if font:
        name_fonts(paragraph.runs[0]._r.get_or_add_rPr(), font)
    return paragraph


def _add_table(document: Any, source: str, heads: list[str], fields: list[str]) -> None:
    grid = document.add_table(rows=4, cols=len(heads), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for column, head in zip(grid.columns, heads, strict=True):
        column.width = Mm(TYPE_AREA_MM * WIDTHS.get(head, 0.8) / sum(WIDTHS.get(one, 0.8) for one in heads))
        for cell in column.cells:
            cell.width = column.width
    rows = (heads, [f"{{%tr for 行 in {source} %}}"], [f"{{{{ 行.{field} }}}}" for field in fields], ["{%tr endfor %}"])
    for row, texts in zip(grid.rows, rows, strict=True):
        for head, cell, text in zip(heads, row.cells, texts, strict=False):
            paragraph = cell.paragraphs[0]
            indent_first(paragraph._p.get_or_add_pPr(), 0)
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            leave_grid(paragraph._p.get_or_add_pPr())
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            is_head = text in heads
            is_figure = is_head or head in FIGURES
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if is_figure else WD_ALIGN_PARAGRAPH.LEFT
            run = paragraph.add_run(text)
            run.font.size = Pt(10.5)
            if is_head:
                name_fonts(run._r.get_or_add_rPr(), HEITI)


if __name__ == "__main__":
    main()
