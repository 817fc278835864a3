"""The one design of the slides: 16:9, ink on paper, tier colours; text, figures, tables and native charts in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from dashboard.briefings.document import Briefing
from dashboard.briefings.slide_series import Series
from dashboard.formats import format_full_day
from dashboard.wording import CARD, GOLD, HAIRLINE, INK, INK_FAINT, INK_SECONDARY, MARK, NAVY

# inches
SLIDE_WIDTH, SLIDE_HEIGHT = 13.333, 7.5
LEFT, WIDTH, CONTENT_TOP, CONTENT_HEIGHT = 0.6, 12.13, 1.35, 5.45
FACE = "微软雅黑"
# python-pptx tells types of some of its classes only
_RGB: Any = RGBColor
_ChartData: Any = CategoryChartData


def prepare(show: Any, briefing: Briefing) -> None:
    """Size and properties of an empty show."""
    show.slide_width, show.slide_height = Inches(SLIDE_WIDTH), Inches(SLIDE_HEIGHT)
    properties = show.core_properties
    properties.title, properties.author = briefing.title, "保密监管风险研判平台"
    properties.subject, properties.comments = f"快照 {briefing.snapshot_id}", briefing.marking
    if built := briefing.data.meta.get("built_at"):
        properties.created = properties.modified = datetime.fromisoformat(built)


def colour(hexadecimal: str) -> Any:
    """#1B2733 as python-pptx takes it."""
    return _RGB.from_string(hexadecimal.lstrip("#"))


def add_cover(show: Any, briefing: Briefing) -> None:
    """Title, period, headline and marking on ink blue."""
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = colour(NAVY)
    _place_title(slide, briefing.title, 0.9, 1.7, 11.5, 1.0, size=36, ink=CARD)
    _bar(slide, 0.95, 2.85, 1.2, 0.06, GOLD)
    _text(
        slide,
        [f"{briefing.period_title}　·　快照 {briefing.snapshot_id}"],
        0.9,
        3.05,
        11.5,
        0.5,
        size=18,
        ink="#C9D3DE",
    )
    _text(slide, [briefing.headline.text], 0.9, 3.85, 11.3, 1.9, size=20, ink=CARD)
    _text(slide, [_foot(briefing)], 0.9, 6.7, 11.5, 0.4, size=12, ink="#C9D3DE")


def add_head(slide: Any, title: str, number: int, briefing: Briefing) -> None:
    """Title of a slide, and at its foot marking, snapshot and number."""
    _place_title(slide, title, LEFT, 0.45, WIDTH, 0.7, size=28, ink=INK)
    _bar(slide, LEFT + 0.03, 1.12, 0.7, 0.05, GOLD)
    _text(slide, [_foot(briefing)], LEFT, 7.0, 10, 0.35, size=11, ink=INK_FAINT)
    _text(slide, [str(number)], LEFT + WIDTH - 1, 7.0, 1, 0.35, size=11, ink=INK_FAINT, alignment=PP_ALIGN.RIGHT)


def _foot(briefing: Briefing) -> str:
    simulated = "　模拟数据" if briefing.is_simulated else ""
    built = format_full_day(briefing.data.meta.get("built_at"))
    return f"{briefing.marking}{simulated}　·　{briefing.period_title}　·　快照 {briefing.snapshot_id}（{built}）"


def _place_title(slide: Any, title: str, left: float, top: float, width: float, height: float, *, size: float,
                 ink: str) -> None:  # fmt: skip
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (Inches(one) for one in (left, top, width, height))
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    _zero_margins(frame)
    _write(frame.paragraphs[0], title, size, ink, bold=True)
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT


def _bar(slide: Any, left: float, top: float, width: float, height: float, fill: str) -> None:
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(one) for one in (left, top, width, height)))
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour(fill)
    shape.line.fill.background()
    shape.shadow.inherit = False


def _zero_margins(frame: Any) -> None:
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0


def _write(paragraph: Any, content: str, size: float, ink: str, *, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = content
    font = run.font
    font.size, font.bold, font.name = Pt(size), bold, FACE
    font.color.rgb = colour(ink)
    properties = run._r.get_or_add_rPr()
    properties.set("lang", "zh-CN")
    east = properties.makeelement(qn("a:ea"), {"typeface": FACE})
    properties.append(east)


def _text(slide: Any, lines: Sequence[str], left: float, top: float, width: float, height: float, *, size: float,
          ink: str = INK, alignment: Any = None) -> None:  # fmt: skip
    box = slide.shapes.add_textbox(*(Inches(one) for one in (left, top, width, height)))
    frame = box.text_frame
    frame.word_wrap = True
    _zero_margins(frame)
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.line_spacing = alignment, 1.2
        paragraph.space_after = Pt(size * 0.45)
        is_head = line.startswith("（") and len(line) < 12
        _write(paragraph, line, size, INK_SECONDARY if is_head else ink, bold=is_head)


def add_lines(slide: Any, lines: Sequence[str], *, left: float = LEFT, top: float = CONTENT_TOP, width: float = WIDTH,
              height: float = CONTENT_HEIGHT, size: float = 16) -> None:  # fmt: skip
    """Sentences, one paragraph each, set smaller until they fit their place."""
    kept = [line for line in lines if line]
    while size > 9 and _needed(kept, width, size) > height:
        size -= 0.5
    if kept:
        _text(slide, kept, left, top, width, height, size=size)


def _needed(lines: Sequence[str], width: float, size: float) -> float:
    """Inches that the lines take, a Chinese character being as wide as it is high."""
    characters = width * 72 / size
    rows = sum(-(-sum(1 if ord(one) > 255 else 0.55 for one in line) // characters) for line in lines)
    return float((rows * size * 1.45 + len(lines) * size * 0.45) / 72)


def add_figures(slide: Any, shown: Sequence[tuple[str, str]], top: float = CONTENT_TOP) -> None:
    """Key figures in a row."""
    width = WIDTH / max(len(shown), 1)
    for place, (title, value) in enumerate(shown):
        _text(slide, [title], LEFT + place * width, top, width, 0.3, size=13, ink=INK_SECONDARY)
        _text(slide, [value], LEFT + place * width, top + 0.35, width, 0.7, size=30, ink=MARK)


def add_missing(slide: Any, words: str, *, top: float = CONTENT_TOP, width: float = WIDTH) -> None:
    """What stands where there is nothing to draw, and why."""
    _text(slide, [words], LEFT, top, width, 1, size=18, ink=INK_FAINT)


def add_table(slide: Any, columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: float, width: float,
              top: float = CONTENT_TOP) -> None:  # fmt: skip
    """A plain table with hairlines."""
    height = min(0.36, CONTENT_HEIGHT / (len(rows) + 1))
    shape = slide.shapes.add_table(
        len(rows) + 1, len(columns), Inches(left), Inches(top), Inches(width), Inches(height * (len(rows) + 1))
    )
    table = shape.table
    table.horz_banding = False
    for number, row in enumerate([columns, *rows]):
        table.rows[number].height = Inches(height)
        for column, content in enumerate(row):
            cell = table.cell(number, column)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            cell.fill.fore_color.rgb = colour(CARD if number else HAIRLINE)
            _write(cell.text_frame.paragraphs[0], content, 11, INK, bold=number == 0)


def add_chart(
    slide: Any, kind: Any, categories: Sequence[str], series: Sequence[Series], *, title: str, left: float = LEFT,
    top: float = CONTENT_TOP, width: float = WIDTH, height: float = CONTENT_HEIGHT, has_legend: bool = False,
    labels: str | None = None, format_code: str = "General",
) -> None:  # fmt: skip
    """A native chart: its numbers can be edited in PowerPoint. `labels`: format of numbers at the points."""
    data: Any = _ChartData(number_format=labels or format_code)
    data.categories = list(categories)
    for one in series:
        data.add_series(one.name, [None if value is None else float(value) for value in one.values])
    frame = slide.shapes.add_chart(kind, *(Inches(place) for place in (left, top, width, height)), data)
    frame.name = title
    chart = frame.chart
    _dress(chart, title, has_legend, format_code)
    for plotted, one in zip(chart.plots[0].series, series, strict=True):
        _paint(plotted, one, "LINE" in kind.name)
    _space_labels(chart, len(categories), "BAR" in kind.name)
    plot = chart.plots[0]
    if "STACKED" in kind.name:
        plot.overlap, plot.gap_width = 100, 60
    elif "LINE" not in kind.name:
        plot.gap_width = 45
    if labels:
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = labels, False
        plot.data_labels.font.size = Pt(11)
        plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _dress(chart: Any, title: str, has_legend: bool, format_code: str) -> None:
    chart.font.size, chart.font.name = Pt(12), FACE
    chart.font.color.rgb = colour(INK_SECONDARY)
    chart.has_title = True
    _write(chart.chart_title.text_frame.paragraphs[0], title, 13, INK_SECONDARY)
    chart.has_legend = has_legend
    if has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.value_axis.major_gridlines.format.line.color.rgb = colour(HAIRLINE)
    chart.value_axis.format.line.fill.background()
    chart.value_axis.minimum_scale = 0
    ticks = chart.value_axis.tick_labels
    ticks.number_format, ticks.number_format_is_linked = format_code, False
    chart.category_axis.format.line.color.rgb = colour(HAIRLINE)
    chart.category_axis.has_major_gridlines = False
    most = max((value or 0 for one in chart.plots[0].series for value in one.values), default=0)
    if format_code == "General" and most < 6:
        chart.value_axis.major_unit = 1  # counts: no half a filing
    if format_code.endswith("%"):
        chart.value_axis.maximum_scale = 1


def _space_labels(chart: Any, categories: int, is_bar: bool) -> None:
    """Every name of a bar, every third month of a long line."""
    every = "1" if is_bar or categories <= 14 else "3"
    skip = chart.category_axis._element.makeelement(qn("c:tickLblSkip"), {"val": every})
    anchor = chart.category_axis._element.find(qn("c:noMultiLvlLbl"))
    anchor.addprevious(skip) if anchor is not None else chart.category_axis._element.append(skip)
    if categories > 14:
        chart.category_axis.tick_labels.font.size = Pt(8 if is_bar else 9)


def _paint(plotted: Any, series: Series, is_line: bool) -> None:
    if is_line:
        plotted.smooth = False
        line = plotted.format.line
        line.width, line.color.rgb = Pt(series.width), colour(series.colour or MARK)
        line.dash_style = MSO_LINE.DASH if series.is_dashed else None
        plotted.marker.style = XL_MARKER_STYLE.NONE
        return
    plotted.format.fill.solid()
    plotted.format.fill.fore_color.rgb = colour(series.colour or MARK)
    for number, shade in enumerate(series.points):
        fill = plotted.points[number].format.fill
        fill.solid()
        fill.fore_color.rgb = colour(shade)
