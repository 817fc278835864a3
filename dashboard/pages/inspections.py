"""检查整改: how findings stand by place and month, and which organisation is at which step of Art. 41."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, sentence
from dashboard.components.filters import chip_filter, clear_link
from dashboard.components.graph import graph
from dashboard.components.indicator_table import indicator_table
from dashboard.components.key_figures import key_figures
from dashboard.components.place_counts import Count, place_counts
from dashboard.components.tables import grid
from dashboard.figures.stock_history import stock_history_figure
from dashboard.formats import deadline_tag, format_count, format_full_day, format_period
from dashboard.frames import Record, records
from dashboard.gather.inspections import FILTERS, Inspections
from dashboard.ids import inspections as ids
from dashboard.sentences import Phrase
from dashboard.stand import Stand
from metrics.measures import MEASURE_TITLES

_COUNTS = (
    Count("inspections", "近12月检查"),
    Count("with_findings", "发现问题"),
    Count("open", "未改完", {}, is_strong=True),
    Count("in_time", "期限内", {"state": "ordered"}),
    Count("overdue", "逾期", {"state": "overdue,criticism_proposed,criticised,sanction_proposed,referred"}),
    Count("criticism_proposed", "提请通报", {"state": "criticism_proposed"}),
    Count("beyond", "已通报以上", {"state": "criticised,sanction_proposed,referred"}),
    Count("to_verify", "待核查"),
)
_COLUMNS: list[dict[str, Any]] = [
    {"field": "division", "headerName": "地区", "width": 104, "pinned": "left", "cellClass": "strong"},
    {"field": "organisation", "headerName": "单位", "flex": 1, "minWidth": 220, "tooltipField": "organisation"},
    {"field": "measure", "headerName": "所处步骤", "width": 120},
    {"field": "since", "headerName": "自", "width": 116},
    {"field": "findings", "headerName": "未改完", "width": 84, "type": "rightAligned"},
    {"field": "overdue", "headerName": "其中逾期", "width": 92, "type": "rightAligned"},
    {"field": "days", "headerName": "最长逾期（天）", "width": 124, "type": "rightAligned"},
    {
        "field": "next",
        "headerName": "下一步时限",
        "width": 116,
        "cellRenderer": "DeadlineCell",
        "valueFormatter": {"function": "params.value.words"},
        "comparator": {"function": "compareRank(valueA, valueB)"},
    },
]


def inspections_page(shown: Inspections) -> Component:
    """Layout of the page."""
    stand = shown.stand
    note = f"共 {format_count(shown.total)} 个单位，列出 {format_count(len(shown.measures))} 个；点开看每一项问题"
    return html.Div(
        [
            sentence(_sentence(shown)),
            html.Div(
                key_figures(stand, shown.dimension.key, shown.dimension.history, reading=stand.reading),
                className="key-figures",
            ),
            html.Div(
                [
                    card(
                        "各地检查与整改",
                        place_counts(stand, shown.places, _COUNTS, caption="各地检查与整改"),
                        note=_silent(shown),
                        id=ids.PLACES,
                    ),
                    card("未改完的问题", graph(stock_history_figure(shown.history)), note="各月末，项", id=ids.HISTORY,
                         class_name="map-card"),
                ],
                className="columns inspection-row",
            ),
            card(
                "措施台账",
                html.Div(
                    [
                        chip_filter(stand.view, "state", _measure_titles(), shown.state_counts, "步骤"),
                        clear_link(stand.view, FILTERS),
                    ],
                    className="filter-row card-filters",
                    id=ids.FILTERS,
                ),
                grid(ids.LEDGER, _COLUMNS, [_row(stand, one) for one in records(shown.measures)],
                     height=420, no_rows="没有处在这一步的单位"),
                note=note,
                class_name="grid-card",
            ),
            card("本领域其余指标", indicator_table(stand, shown.dimension.rest, shown.dimension.history)),
        ],
        className="stack is-top",
    )  # fmt: skip


def _measure_titles() -> dict[str, Component | str]:
    return {code: title for code, title in MEASURE_TITLES.items() if code not in ("rectified", "verified")}


def _sentence(shown: Inspections) -> list[Phrase]:
    work, stand = shown.work, shown.stand
    counts = {name: int(work[name].sum()) for name in ("open", "overdue", "criticism_proposed", "to_verify")}
    if not counts["open"]:
        return [Phrase(f"{stand.title()}{format_period(stand.period)}没有未改完的问题。")]
    phrases = [
        Phrase(f"{stand.title()}{format_period(stand.period)}末有 "),
        Phrase(f"{format_count(counts['open'])} 项问题", is_strong=True),
        Phrase("尚未改完，其中 "),
        Phrase(f"{format_count(counts['overdue'])} 项已逾期", is_strong=True),
    ]
    if counts["criticism_proposed"]:
        proposed = Phrase(f"{counts['criticism_proposed']} 项", is_strong=True)
        phrases += [Phrase("，"), proposed, Phrase("已到提请通报批评")]
    if counts["to_verify"]:
        phrases += [Phrase("；另有 "), Phrase(f"{counts['to_verify']} 项", is_strong=True), Phrase("已改正、待核查")]
    return [*phrases, Phrase("。")]


def _silent(shown: Inspections) -> str:
    silent = int((shown.work["state"] == "missing").sum())
    return f"{silent} 家未报问题台账，其数沿用上次所报" if silent else "各填报单位均已报问题台账"


def _row(stand: Stand, entry: Record) -> dict[str, Any]:
    words, state = deadline_tag(entry["act_by"], stand.today)
    due = entry["act_by"]
    return {
        "division": entry["short_name"],
        "organisation": entry["organisation_name"],
        "measure": MEASURE_TITLES.get(entry["measure"], entry["measure"]),
        "since": format_full_day(entry["since_on"]),
        "findings": entry["findings"],
        "overdue": entry["overdue_steps"],
        "days": entry["days_overdue"],
        "next": {"words": words, "state": state, "rank": 99_999 if due is None else (due.date() - stand.today).days},
        "href": stand.view.href(explain=f"measures:{entry['organisation_code']}", row=None),
    }
