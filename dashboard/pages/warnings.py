"""预警: the worklist, filtered by what the URL says; a row opens its explanation."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card
from dashboard.components.filters import chip_filter, clear_link, select_filter
from dashboard.components.marks import tier_mark
from dashboard.components.tables import grid
from dashboard.components.warning_list import warning_status, warning_subject, warning_title
from dashboard.formats import deadline_tag, format_articles, format_count, format_day, format_period
from dashboard.frames import Record, records
from dashboard.gather.worklist import FILTERS, Worklist
from dashboard.ids import warnings as ids
from dashboard.stand import Stand
from dashboard.wording import TIERS, WARNING_KINDS, WARNING_TIERS, tier_of

_COLUMNS: list[dict[str, Any]] = [
    {
        "field": "division",
        "headerName": "地区",
        "width": 112,
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
    {"field": "title", "headerName": "预警", "flex": 1, "minWidth": 200, "tooltipField": "message"},
    {"field": "subject", "headerName": "对象", "flex": 1, "minWidth": 200, "tooltipField": "subject"},
    {"field": "kind", "headerName": "种类", "width": 70},
    {"field": "status", "headerName": "变化", "width": 74},
    {"field": "since", "headerName": "首次出现", "width": 104},
    {"field": "article", "headerName": "条款", "width": 72},
    {"field": "actor", "headerName": "办理", "width": 140, "tooltipField": "actor"},
    {
        "field": "deadline",
        "headerName": "时限",
        "width": 112,
        "cellRenderer": "DeadlineCell",
        "valueFormatter": {"function": "params.value.words"},
        "comparator": {"function": "compareRank(valueA, valueB)"},
    },
]


_NO_DEADLINE = 99_999


def warnings_page(worklist: Worklist) -> Component:
    """Layout of the worklist."""
    stand = worklist.stand
    rows = [_row(stand, warning) for warning in records(worklist.warnings)]
    counts = f"共 {format_count(worklist.total)} 件，列出 {format_count(len(rows))} 件"
    note = f"{stand.title()} {format_period(stand.period)}，{counts}；时限计至{format_day(stand.today)}"
    return html.Div(
        [
            html.Div(_filters(worklist), className="card filters", id=ids.COUNTS),
            card(
                "工作清单",
                grid(ids.GRID, _COLUMNS, rows, height="max(360px, calc(100vh - 252px))", no_rows="没有符合条件的预警"),
                note=note,
                class_name="grid-card",
            ),
        ],
        className="stack",
    )


def _filters(worklist: Worklist) -> list[Component | None]:
    view = worklist.stand.view
    tiers = {tier: html.Span([tier_mark(tier), TIERS[tier].title], className="tier-tag") for tier in WARNING_TIERS}
    return [
        chip_filter(view, "tier", tiers, worklist.tier_counts, "等级"),
        chip_filter(view, "kind", WARNING_KINDS, worklist.kind_counts, "种类"),
        html.Div(
            [
                select_filter(view, "prefecture", worklist.prefectures, "全部地州", 150),
                select_filter(view, "rule", worklist.rules, "全部规则", 250),
                clear_link(view, FILTERS),
            ],
            className="filter-row",
        ),
    ]


def _row(stand: Stand, warning: Record) -> dict[str, Any]:
    words, state = deadline_tag(warning["respond_by"], stand.today, is_cleared=bool(warning["is_cleared"]))
    tier = tier_of(warning["tier"])
    return {
        "tier": {"tier": tier.code, "title": tier.title, "rank": WARNING_TIERS.index(tier.code)},
        "division": stand.short_name(warning["division_code"]),
        "division_title": warning["division_name"],
        "title": warning_title(warning),
        "message": warning["message"],
        "subject": warning_subject(warning),
        "kind": WARNING_KINDS.get(warning["kind"], warning["kind"]),
        "status": warning_status(warning),
        "since": format_period(warning["first_period"]),
        "article": format_articles(warning["article"]),
        "actor": warning["actor"],
        "deadline": {"words": words, "state": state, "rank": _days_left(stand, warning)},
        "href": stand.view.href(explain=f"warning:{warning['warning_id']}", row=None),
    }


def _days_left(stand: Stand, warning: Record) -> int:
    """What the column is sorted by; what is only watched, and what has no deadline, comes last."""
    due = warning["respond_by"]
    return _NO_DEADLINE if due is None or warning["is_cleared"] else (due.date() - stand.today).days
