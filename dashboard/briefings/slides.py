"""A briefing as ten slides with native charts that can be edited. The one module that knows python-pptx."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE

from dashboard.briefings.document import Briefing
from dashboard.briefings.duties import RECTIFICATION, UNITS, filing_counts
from dashboard.briefings.gathering import BriefingData
from dashboard.briefings.pictures import shown_changes, warning_months
from dashboard.briefings.slide_design import (
    CONTENT_TOP,
    LEFT,
    WIDTH,
    add_chart,
    add_cover,
    add_figures,
    add_head,
    add_lines,
    add_missing,
    add_table,
    prepare,
)
from dashboard.briefings.slide_series import Series
from dashboard.formats import format_value, is_missing, short_period
from dashboard.frames import Record, count_by, records
from dashboard.wording import BETTER, FILING_STATES, INK_FAINT, MARK, OUTCOMES, TIERS, WARNING_TIERS, WORSE

HIGHEST = 12
Pictures = Mapping[str, tuple[str, bytes]]


def write_slides(path: Path, briefing: Briefing, pictures: Pictures) -> None:
    """Write ten slides; `pictures` are caption and PNG by name (the map is the only one that is a picture)."""
    show = Presentation()
    prepare(show, briefing)
    add_cover(show, briefing)
    makers: Sequence[tuple[str, Callable[[Any, Briefing, Pictures], None]]] = (
        ("总体情况", _situation), ("风险等级分布", _map), ("风险指数走势", _index), ("指数较高的单位", _highest),
        ("指标升降", _changes), ("预警与处置", _warnings), ("整改与资质单位", _rectification), ("报送纪律", _filing),
        ("走势与建议措施", _outlook),
    )  # fmt: skip
    for number, (title, make) in enumerate(makers, start=2):
        slide = show.slides.add_slide(show.slide_layouts[5])
        add_head(slide, title, number, briefing)
        make(slide, briefing, pictures)
    show.save(str(path))


def _texts(briefing: Briefing, key: str, first: int = 0, last: int | None = None) -> list[str]:
    return [statement.text for statement in briefing.section(key).statements[first:last]]


def _situation(slide: Any, briefing: Briefing, _: Pictures) -> None:
    cells = {cell["indicator"]: cell for cell in records(briefing.data.cells)}
    score = briefing.data.score
    shown = [("风险指数", "—" if score is None or is_missing(score["score"]) else f"{score['score']:.1f}")]
    shown += [
        (cell["title"], format_value(cell["value"], cell["kind"], cell["unit"]))
        for name in ("rectified_on_time_share", "facility_filed_share", "trained_share", "filed_on_time_share")
        if (cell := cells.get(name))
    ]
    add_figures(slide, shown)
    add_lines(slide, _texts(briefing, "situation", 1), top=CONTENT_TOP + 1.5, height=4.2, size=16)


def _map(slide: Any, briefing: Briefing, pictures: Pictures) -> None:
    if "map" in pictures:
        height = 5.35
        picture = slide.shapes.add_picture(
            BytesIO(pictures["map"][1]), _inches(LEFT), _inches(CONTENT_TOP), height=_inches(height)
        )
        picture.name = pictures["map"][0]
    else:
        add_missing(slide, "这一范围没有地图，等级见右图", width=6.6)
    tiers = count_by(briefing.data.members["tier"]) if len(briefing.data.members) else {}
    known = list(TIERS.values())
    add_chart(
        slide,
        XL_CHART_TYPE.COLUMN_CLUSTERED,
        [tier.title for tier in known],
        [
            Series(
                "填报单位（家）",
                [tiers.get(tier.code, 0) for tier in known],
                points=[tier.colour if tier.code != "insufficient" else INK_FAINT for tier in known],
            )
        ],
        left=LEFT + 7.3,
        width=WIDTH - 7.3,
        title="各等级填报单位（家）",
        labels="0",
    )


def _inches(number: float) -> Any:
    from pptx.util import Inches

    return Inches(number)


def _index(slide: Any, briefing: Briefing, _: Pictures) -> None:
    rows = [row for row in records(briefing.data.scores) if not is_missing(row["score"])]
    if not rows:
        add_missing(slide, "没有风险指数：数据不足，不等于没有风险")
        return
    add_lines(slide, _texts(briefing, "situation", 1, 3), height=1.1, size=16)
    add_chart(
        slide,
        XL_CHART_TYPE.LINE,
        [short_period(str(row["period"])) for row in rows],
        [
            Series("指数", [row["score"] for row in rows], MARK, width=2.75),
            Series("95% 区间下限", [row["lower"] for row in rows], INK_FAINT, width=1, is_dashed=True),
            Series("95% 区间上限", [row["upper"] for row in rows], INK_FAINT, width=1, is_dashed=True),
        ],
        top=CONTENT_TOP + 1.2,
        height=4.3,
        title="风险指数（0 最好，100 最差）",
        has_legend=True,
        format_code="0",
    )


def _highest(slide: Any, briefing: Briefing, _: Pictures) -> None:
    members = briefing.data.members
    rated = members[members["score"].notna()].nlargest(HIGHEST, "score") if len(members) else members
    if rated.empty:
        add_missing(slide, "没有已评定等级的填报单位")
        return
    rows = list(reversed(records(rated)))
    add_chart(
        slide,
        XL_CHART_TYPE.BAR_CLUSTERED,
        [str(row["short_name"]) for row in rows],
        [Series("风险指数", [row["score"] for row in rows], points=[TIERS[str(row["tier"])].colour for row in rows])],
        width=7.0,
        title="风险指数最高的单位（颜色为等级）",
        labels="0.0",
    )
    add_table(
        slide,
        ("单位", "等级", "95% 区间", "可能名次"),
        [
            (
                str(row["short_name"]),
                TIERS[str(row["tier"])].title,
                f"{row['lower']:.1f}–{row['upper']:.1f}",
                _ranks(row),
            )
            for row in reversed(rows)
        ],
        left=LEFT + 7.3,
        width=WIDTH - 7.3,
    )


def _ranks(row: Record) -> str:
    return "—" if is_missing(row["rank_lower"]) else f"{row['rank_lower']:.0f}–{row['rank_upper']:.0f}"


def _changes(slide: Any, briefing: Briefing, _: Pictures) -> None:
    cells = list(reversed(shown_changes(briefing.data)))
    add_lines(slide, _texts(briefing, "changes", 0, 1), height=0.7, size=16)
    if not cells:
        add_missing(
            slide, f"没有比例类指标的变动超出区间，与{briefing.data.before_words}基本持平", top=CONTENT_TOP + 0.9
        )
        return
    titles = [f"{cell['title']}（{'好转' if cell['is_better'] else '变差'}）" for cell in cells]
    add_chart(
        slide,
        XL_CHART_TYPE.BAR_CLUSTERED,
        titles,
        [
            Series(briefing.data.before_words, [cell["value_before"] for cell in cells], "#C3CCD4"),
            Series(
                briefing.data.now_words,
                [cell["value"] for cell in cells],
                points=[BETTER if cell["is_better"] else WORSE for cell in cells],
            ),
        ],
        top=CONTENT_TOP + 0.8,
        height=4.7,
        title=f"变动超出区间的指标（彩色为{briefing.data.now_words}，绿好转、红变差；灰为{briefing.data.before_words}）",
        labels="0.0%",
        format_code="0%",
    )


def _warnings(slide: Any, briefing: Briefing, _: Pictures) -> None:
    months = warning_months(briefing.data)
    if not any(tiers for _, tiers in months):
        add_missing(slide, "没有在列预警")
        return
    add_chart(
        slide,
        XL_CHART_TYPE.COLUMN_STACKED,
        [short_period(month) for month, _ in months],
        [
            Series(TIERS[tier].title, [tiers.get(tier, 0) for _, tiers in months], TIERS[tier].colour)
            for tier in WARNING_TIERS
        ],
        width=7.4,
        title="各月在列预警（件）",
        has_legend=True,
    )
    add_lines(slide, _texts(briefing, "warnings")[:8], left=LEFT + 7.7, width=WIDTH - 7.7, size=14)


def _rectification(slide: Any, briefing: Briefing, _: Pictures) -> None:
    cells = {cell["indicator"]: cell for cell in records(briefing.data.cells)}
    shown = [cells[name] for name in (*RECTIFICATION, *UNITS) if name in cells]
    shares = [cell for cell in reversed(shown) if cell["kind"] == "share" and not is_missing(cell["value"])]
    if shares:
        add_chart(
            slide,
            XL_CHART_TYPE.BAR_CLUSTERED,
            [str(cell["title"]) for cell in shares],
            [Series("本期", [cell["value"] for cell in shares], MARK)],
            width=7.0,
            title="检查、整改与资质（比例）",
            labels="0.0%",
            format_code="0%",
        )
    else:
        add_missing(slide, "各项指标尚无可公布的值", width=6.6)
    lines = _texts(briefing, "rectification", 0, 1) + [
        f"{cell['title']}：{_shown(cell)}"
        f"（目标 {format_value(cell['target'], cell['kind'], cell['unit'])}）"
        for cell in shown
    ]
    add_lines(slide, lines, left=LEFT + 7.3, width=WIDTH - 7.3, size=14)


def _shown(cell: Record) -> str:
    """The value; why there is none where there is none."""
    if is_missing(cell["value"]):
        return OUTCOMES[str(cell["outcome"])]
    return format_value(cell["value"], cell["kind"], cell["unit"])


def _filing(slide: Any, briefing: Briefing, _: Pictures) -> None:
    data: BriefingData = briefing.data
    if data.expected.empty:
        add_missing(slide, "没有应报的报表")
        return
    counts = filing_counts(data)[::-1]
    lacking = counts[["late", "returned", "missing"]]
    colours = {"late": "#9FB1C1", "returned": INK_FAINT, "missing": MARK}
    add_chart(
        slide,
        XL_CHART_TYPE.BAR_STACKED,
        [str(title) for title in counts.index],
        [
            Series(FILING_STATES[str(state)], [int(number) for number in lacking[state]], colours[str(state)])
            for state in lacking
        ],
        width=7.6,
        title="各报表迟报、退回未改、未报（份）",
        has_legend=True,
    )
    add_lines(slide, _texts(briefing, "filing"), left=LEFT + 7.9, width=WIDTH - 7.9, size=15)


def _outlook(slide: Any, briefing: Briefing, _: Pictures) -> None:
    section = briefing.section("outlook")
    groups = section.grouped() or [(None, [])]
    lines = [text for heading, statements in groups[:-1] for text in (heading or "", *(one.text for one in statements))]
    heading, statements = groups[-1]
    add_lines(slide, lines, width=WIDTH / 2 - 0.2, size=14)
    add_lines(
        slide,
        [heading or "", *(one.text for one in statements)],
        left=LEFT + WIDTH / 2 + 0.1,
        width=WIDTH / 2 - 0.1,
        size=14,
    )
