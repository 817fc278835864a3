"""预警: the worklist, filtered by what the URL says; a row opens its explanation, a rolled-up line its warnings."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, segmented
from dashboard.components.filters import chip_filter, clear_link, select_filter
from dashboard.components.marks import tier_mark
from dashboard.components.tables import grid
from dashboard.components.warning_list import warning_status, warning_subject, warning_title
from dashboard.formats import deadline_tag, format_articles, format_count, format_day, format_period
from dashboard.frames import Record
from dashboard.gather.worklist import FILTERS, Line, Worklist
from dashboard.ids import warnings as ids
from dashboard.stand import Stand
from dashboard.wording import TIERS, WARNING_KINDS, WARNING_TIERS, tier_of
from pipelines.handling import URGENCY_TITLES, state_title
from pipelines.handling_steps import load_handling_steps

_COLUMNS: list[dict[str, Any]] = [
    {
        "field": "division",
        "headerName": "地区",
        "width": 116,
        "pinned": "left",
        "tooltipField": "division_title",
        "cellClass": "strong",
    },
    {
        "field": "tier",
        "headerName": "等级",
        "width": 92,
        "cellRenderer": "TierCell",
        "valueFormatter": {"function": "params.value.title"},
        "comparator": {"function": "compareRank(valueA, valueB)"},
    },
    {"field": "title", "headerName": "预警", "flex": 1, "minWidth": 190, "tooltipField": "message"},
    {"field": "subject", "headerName": "对象", "flex": 1, "minWidth": 190, "tooltipField": "subject"},
    {"field": "status", "headerName": "变化", "width": 74},
    {"field": "since", "headerName": "首次出现", "width": 100},
    {"field": "article", "headerName": "条款", "width": 76},
    {"field": "state", "headerName": "办理", "width": 78},
    {
        "field": "deadline",
        "headerName": "缓急",
        "width": 104,
        "cellRenderer": "DeadlineCell",
        "valueFormatter": {"function": "params.value.words"},
        "comparator": {"function": "compareRank(valueA, valueB)"},
    },
]
_NO_DEADLINE = 99_999
_SELECTS = (
    ("prefecture", "全部地州", 136), ("state", "全部办理状态", 140), ("dimension", "全部维度", 168),
    ("rule", "全部规则", 240),
)  # fmt: skip


def warnings_page(worklist: Worklist) -> Component:
    """Layout of the worklist."""
    stand = worklist.stand
    rows = [row for line in worklist.lines for row in _rows(stand, line)]
    shown = len(worklist.warnings)
    counts = f"共 {format_count(worklist.total)} 件，列出 {format_count(shown)} 件"
    note = f"{stand.title()} {format_period(stand.period)}，{counts}；时限计至{format_day(stand.today)}"
    columns = [{**column, "sortable": not worklist.is_rolled_up} for column in _COLUMNS]
    return html.Div(
        [
            html.Div(_filters(worklist), className="card filters", id=ids.COUNTS),
            card(
                "工作清单",
                grid(ids.GRID, columns, rows, height="max(360px, calc(100vh - 262px))", no_rows="没有符合条件的预警"),
                note=note,
                tools=_line_choice(stand) if stand.shows_area else None,
                class_name="grid-card",
            ),
        ],
        className="stack",
    )


def _line_choice(stand: Stand) -> Component:
    is_each, closed = stand.view.lines == "each", {"explain": None, "row": None, "opened": None}
    choices = [
        ("县级按地州汇总", stand.view.href(lines=None, **closed), not is_each),
        ("逐件列出", stand.view.href(lines="each", **closed), is_each),
    ]
    return segmented(choices, "列法")


def _filters(worklist: Worklist) -> list[Component | None]:
    view = worklist.stand.view
    tiers = {tier: html.Span([tier_mark(tier), TIERS[tier].title], className="tier-tag") for tier in WARNING_TIERS}
    urgencies: dict[str, Component | str] = {name: title for name, title in URGENCY_TITLES.items()}  # noqa: C416
    selects = [
        select_filter(view, name, worklist.options[name], placeholder, width) for name, placeholder, width in _SELECTS
    ]
    return [
        chip_filter(view, "tier", tiers, worklist.counts["tier"], "风险等级"),
        chip_filter(view, "urgency", urgencies, worklist.counts["urgency"], "办理缓急"),
        chip_filter(view, "kind", WARNING_KINDS, worklist.counts["kind"], "种类"),
        html.Div([*selects, clear_link(view, FILTERS)], className="filter-row"),
    ]


def _rows(stand: Stand, line: Line) -> list[dict[str, Any]]:
    warnings = line.warnings
    if not line.is_rolled_up:
        return [_row(stand, warnings[0])]
    is_open = line.key in stand.view.chosen("opened")
    below = [{**_row(stand, warning), "depth": 1} for warning in warnings] if is_open else []
    return [_rolled_row(stand, line, warnings, is_open), *below]


def _rolled_row(stand: Stand, line: Line, warnings: list[Record], is_open: bool) -> dict[str, Any]:
    """One line for a prefecture's counties: the worst tier, how many of whom, the nearest clock; a click opens it."""
    tier = tier_of(min((str(one["tier"]) for one in warnings), key=WARNING_TIERS.index))
    soonest = min(warnings, key=lambda one: _days_left(one))
    divisions = len({one["division_code"] for one in warnings})
    by_tier = [
        f"{TIERS[code].title} {number}"
        for code in WARNING_TIERS
        if (number := sum(one["tier"] == code for one in warnings))
    ]
    new = sum(one["status"] == "new" for one in warnings)
    return {
        "tier": {"tier": tier.code, "title": tier.title, "rank": WARNING_TIERS.index(tier.code)},
        "division": f"{'▾' if is_open else '▸'} {stand.short_name(line.place_code)}",
        "division_title": stand.name(line.place_code),
        "title": f"{warnings[0]['rule_title'].removeprefix('阈值：')}：{divisions} 个县市 {len(warnings)} 件",
        "message": "点开逐件查看",
        "subject": "、".join(by_tier),
        "status": f"新 {new}" if new else "",
        "since": "",
        "article": format_articles(warnings[0]["article"]),
        "state": _common_state(warnings),
        "deadline": _deadline(soonest),
        "is_summary": True,
        "href": stand.view.toggled("opened", line.key),
    }


def _common_state(warnings: list[Record]) -> str:
    states = {str(one["state"]) for one in warnings}
    return state_title(states.pop()) if len(states) == 1 else "各有进度"


def _row(stand: Stand, warning: Record) -> dict[str, Any]:
    tier = tier_of(warning["tier"])
    return {
        "tier": {"tier": tier.code, "title": tier.title, "rank": WARNING_TIERS.index(tier.code)},
        "division": stand.short_name(warning["division_code"]),
        "division_title": warning["division_name"],
        "title": warning_title(warning),
        "message": warning["message"],
        "subject": warning_subject(warning),
        "status": warning_status(warning) if warning["period"] == stand.period else "不再出现",
        "since": format_period(warning["first_period"]),
        "article": format_articles(warning["article"]),
        "state": state_title(warning["state"]),
        "deadline": _deadline(warning),
        "href": stand.view.href(explain=f"warning:{warning['warning_id']}", row=None),
    }


def _deadline(warning: Record) -> dict[str, Any]:
    words, state = deadline_tag(_due(warning), warning["reckoned_on"], is_cleared=_is_watched(warning))
    return {"words": words, "state": state, "rank": _days_left(warning)}


def _is_watched(warning: Record) -> bool:
    return bool(warning["is_cleared"]) and not warning["number"]


def _due(warning: Record) -> Any:
    return None if load_handling_steps().states[warning["state"]].is_final else warning["due_on"]


def _days_left(warning: Record) -> int:
    """What the column is sorted by; what is only watched, and what has no deadline, comes last."""
    due = _due(warning)
    return _NO_DEADLINE if due is None or _is_watched(warning) else (due - warning["reckoned_on"]).days
