"""大屏: the month on a wall, dark, large, turning by itself; nothing has to be hovered or clicked to be read."""

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.components.marks import change_mark, deadline_mark, interval_bar, tier_mark
from dashboard.components.markup import Markup
from dashboard.components.score_tiles import tier_legend
from dashboard.components.warning_list import warning_subject, warning_title
from dashboard.drawings.tier_map import tier_map_svg
from dashboard.formats import (
    format_count,
    format_interval,
    format_period,
    format_probability,
    format_score,
    is_missing,
    value_parts,
)
from dashboard.frames import Record, records
from dashboard.gather.wall import SLIDES, Wall
from dashboard.ids import wall as ids
from dashboard.pages.overview_map import map_areas, map_labels
from dashboard.sentences import overview_sentence
from dashboard.wording import OUTCOMES

TURN_MILLISECONDS = 20_000
_SCORES, _WARNINGS, _PLACES = 11, 14, 16


def wall_page(wall: Wall) -> Component:
    """Layout of one slide; it turns to the next by itself."""
    stand = wall.overview.stand
    slides = {"map": _map_slide, "work": _work_slide, "places": _places_slide}
    simulated = html.Span("模拟数据", className="deadline") if stand.is_simulated else None
    return html.Div(
        [
            html.Header(
                [
                    html.H1(f"保密风险监测 · {SLIDES[wall.slide]}"),
                    html.Span(f"{stand.title()}　{format_period(stand.period)}"),
                    simulated,
                    html.Span(f"发布版 {stand.snapshot.snapshot_id}", className="wall-note"),
                ],
                className="wall-head",
            ),
            html.Main(
                slides[wall.slide](wall), className=f"wall-slide {'is-map' if wall.slide == 'map' else 'is-two'}"
            ),
            _foot(wall),
            dcc.Interval(id=ids.TURN, interval=TURN_MILLISECONDS, max_intervals=1),
            html.Div(className="wall-turn", **data(next=stand.view.href(slide=wall.next_slide))),
        ],
        className="wall",
    )


def _foot(wall: Wall) -> Component:
    view = wall.overview.stand.view
    dots = [
        html.A(
            title,
            href=view.href(slide=name),
            className="wall-dot",
            **(aria(current="true") if name == wall.slide else {}),
        )
        for name, title in SLIDES.items()
    ]
    marking = wall.overview.stand.snapshot.meta.get("marking", "内部资料")
    return html.Footer(
        [
            html.Strong(marking),
            html.Span("▲ 一级红　◆ 二级橙　● 三级黄　■ 四级蓝"),
            html.Div(dots, className="wall-dots", role="group", **aria(label="画面")),
            html.A("退出大屏", href=view.href("/", slide=None)),
        ],
        className="wall-foot",
    )


def _map_slide(wall: Wall) -> list[Component]:
    overview = wall.overview
    phrases = overview_sentence(overview.situation)
    words = [html.Strong(phrase.text) if phrase.is_strong else phrase.text for phrase in phrases]
    svg = tier_map_svg(map_areas(overview), labels=map_labels(overview), focus=[], by_prefecture=False)
    scores = records(overview.scores.head(_SCORES))
    return [
        html.P(words, className="wall-sentence"),
        html.Div([_figure(cell) for cell in records(overview.key_cells)], className="wall-figures"),
        _panel("风险等级分布", "填报单位本级", Markup(svg, "map"), tier_legend(overview.scores)),
        _panel("风险指数前列", "点为得分，线为 95% 区间，右为属该级的概率",
               html.Div([_score(wall, score) for score in scores], className="wall-rows")),
    ]  # fmt: skip


def _work_slide(wall: Wall) -> list[Component]:
    warnings = wall.warnings
    live = warnings[~warnings["is_cleared"].astype(bool) & warnings["due_on"].notna()]
    worst = records(live.head(_WARNINGS))
    late = records(live[live["urgency"] == "overdue"].sort_values("due_on").head(_WARNINGS))
    return [
        _panel(f"在列预警 {format_count(len(warnings))} 件", "按等级，重者在前",
               html.Div([_warning(wall, one) for one in worst], className="wall-rows")),
        _panel("逾期最久", "办理时限已过",
               html.Div([_warning(wall, one) for one in late] or [html.P("没有逾期的预警。", className="faint")],
                        className="wall-rows")),
    ]  # fmt: skip


def _places_slide(wall: Wall) -> list[Component]:
    places = records(wall.places.head(_PLACES))
    expected = wall.overview.expected
    counted = expected.assign(missing=expected["state"].isin(["missing", "returned"]).astype(int))
    silent = counted[counted["missing"] > 0].groupby("division_code")["missing"].sum().sort_values(ascending=False)
    most = max([float(place["open"] or 0) for place in places] + [1.0])
    return [
        _panel("未改完的问题", "项；右为其中逾期",
               html.Div([_place(wall, place, most) for place in places], className="wall-rows")),
        _panel(f"未报、退回未改 {format_count(int(silent.sum()))} 张", "填报单位；未报不等于零",
               html.Div([_silent(wall, str(code), int(count)) for code, count in silent.head(_PLACES).items()]
                        or [html.P("应报的都已报。", className="faint")], className="wall-rows")),
    ]  # fmt: skip


def _panel(title: str, note: str, *content: Component) -> Component:
    return html.Section([html.H2([title, html.Span(note)]), *content], className="wall-panel")


def _figure(cell: Record) -> Component:
    title = html.Div(cell["title"], className="wall-title")
    if cell["outcome"] != "value":
        words = html.Div(OUTCOMES.get(cell["outcome"], "—"), className="wall-value")
        return html.Section([title, words], className="wall-panel wall-figure")
    figure, unit = value_parts(cell["value"], cell["kind"], cell["unit"])
    better = None if is_missing(cell["is_better"]) else bool(cell["is_better"])
    bounds = html.Span(f"区间 {format_interval(cell['lower'], cell['upper'], cell['kind'])}")
    change = change_mark(cell["change"], cell["kind"], better, suffix=" 较上月")
    value = html.Div([figure, html.Span(unit.split("/")[0], className="unit")], className="wall-value")
    return html.Section(
        [title, value, html.Div([change, bounds], className="wall-sub")], className="wall-panel wall-figure"
    )


def _score(wall: Wall, score: Record) -> Component:
    overview = wall.overview
    bar = interval_bar(score["score"], score["lower"], score["upper"], high=100, cuts=list(overview.cuts.values()))
    return html.Div(
        [
            html.Span(format_count(score["rank"]), className="faint"),
            html.Span(overview.stand.short_name(score["scope_code"]), className="place"),
            tier_mark(score["tier"]),
            bar,
            html.Span(format_score(score["score"]), className="wall-number"),
            html.Span(format_probability(score["tier_probability"]), className="wall-number faint"),
        ],
        className="wall-row is-score",
    )


def _warning(wall: Wall, warning: Record) -> Component:
    stand = wall.overview.stand
    words = f"{warning_title(warning)}　{warning_subject(warning)}"
    return html.Div(
        [
            tier_mark(warning["tier"]),
            html.Span(stand.short_name(warning["division_code"]), className="place"),
            html.Span(words),
            deadline_mark(warning["due_on"], warning["reckoned_on"]),
        ],
        className="wall-row is-warning",
    )


def _place(wall: Wall, place: Record, most: float) -> Component:
    width = f"{float(place['open'] or 0) / most * 100:.0f}%"
    return html.Div(
        [
            html.Span(wall.overview.stand.short_name(place["place"]), className="place"),
            html.Span(html.Span(style={"width": width}), className="wall-bar"),
            html.Span(format_count(place["open"]), className="wall-number"),
            html.Span(format_count(place["overdue"]), className="wall-number faint"),
        ],
        className="wall-row is-count",
    )


def _silent(wall: Wall, code: str, count: int) -> Component:
    return html.Div(
        [
            html.Span(wall.overview.stand.short_name(code), className="place"),
            html.Span(html.Span(style={"width": f"{min(100, count * 12)}%"}), className="wall-bar"),
            html.Span(f"{count} 张", className="wall-number"),
            html.Span(""),
        ],
        className="wall-row is-count",
    )
