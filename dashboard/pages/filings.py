"""报送: what was due, what came, what was sent back; a row opens the filing's story."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card
from dashboard.components.filing_matrix import due_href, filing_matrix, state_legend
from dashboard.components.filters import chip_filter, clear_link
from dashboard.components.place_counts import Count, place_counts
from dashboard.components.tables import grid
from dashboard.formats import format_count, format_full_day, format_period, format_time
from dashboard.frames import Record, records
from dashboard.gather.filings import FILTERS, Filings
from dashboard.ids import filings as ids
from dashboard.pages.filings_upload import upload_card
from dashboard.stand import Stand
from dashboard.wording import FILING_STATES, FILING_STATUSES

_COLUMNS: list[dict[str, Any]] = [
    {
        "field": "division",
        "headerName": "填报单位",
        "width": 130,
        "pinned": "left",
        "cellClass": "strong",
        "tooltipField": "division_title",
    },
    {"field": "contract", "headerName": "报表", "width": 140},
    {"field": "period", "headerName": "报告期", "width": 124},
    {
        "field": "state",
        "headerName": "状态",
        "width": 110,
        "cellRenderer": "StateCell",
        "valueFormatter": {"function": "params.value.title"},
        "comparator": {"function": "compareRank(valueA, valueB)"},
    },
    {"field": "due", "headerName": "截止日期", "width": 130},
    {"field": "received", "headerName": "接收时间", "flex": 1, "minWidth": 160},
    {"field": "attempts", "headerName": "报送次数", "width": 92, "type": "rightAligned"},
    {"field": "first", "headerName": "首次结果", "width": 140},
]
_REFUSED_COLUMNS: list[dict[str, Any]] = [
    {"field": "file", "headerName": "文件", "width": 280, "pinned": "left", "tooltipField": "file"},
    {"field": "received", "headerName": "收到时间", "width": 170},
    {"field": "receipt", "headerName": "回执编号", "width": 190},
    {"field": "reason", "headerName": "拒收原因", "flex": 1, "minWidth": 260, "tooltipField": "reason"},
]
_RETURNED_COLUMNS: list[dict[str, Any]] = [
    {"field": "division", "headerName": "填报单位", "width": 104, "pinned": "left", "cellClass": "strong"},
    {"field": "contract", "headerName": "报表", "flex": 1, "minWidth": 130},
    {"field": "period", "headerName": "报告期", "width": 124},
    {"field": "received", "headerName": "收到", "width": 128},
    {"field": "state", "headerName": "后续", "width": 78},
]
_MOST_GROWN = 14  # a longer list scrolls
_STATE_ORDER = ("missing", "returned", "late", "on_time")


def filings_page(filings: Filings) -> Component:
    """Layout of the page of filings."""
    stand = filings.stand
    rows = [_row(stand, filing) for filing in records(filings.shown)]
    note = f"应报 {format_count(len(filings.expected))} 张，列出 {format_count(len(rows))} 张"
    parts: list[Component | None] = [
        card("报送情况", filing_matrix(stand, filings.expected), note=state_legend(), id=ids.MATRIX),
        html.Div(_filters(filings), className="card filters"),
        card(
            "报送清单",
            grid(ids.GRID, _COLUMNS, rows, height=480, no_rows="没有符合条件的报表"),
            note=note,
            class_name="grid-card",
        ),
    ]
    parts.insert(0, upload_card(stand))
    parts.append(html.Div([_reminders(filings), _returned(filings)], className="columns filing-two"))
    if not filings.refused.empty:
        refused = [_refused_row(stand, entry) for entry in records(filings.refused)]
        parts.append(
            card(
                "拒收的文件",
                grid(ids.REFUSED, _REFUSED_COLUMNS, refused, height=min(360, 42 + 35 * len(refused))),
                note="不能归到任何报表，或者不得留存；只记文件摘要和原因",
                class_name="grid-card",
            )
        )
    return html.Div(parts, className="stack filings")


def _reminders(filings: Filings) -> Component:
    """Whom to remind: what is missing or was sent back, by place; each count leads to the list."""
    stand = filings.stand
    counts = (
        Count("expected", "应报"),
        Count("missing", "未报", {"state": "missing"}, is_strong=True),
        Count("returned", "退回未改", {"state": "returned"}, is_strong=True),
        Count("late", "迟报", {"state": "late"}),
    )
    reminded = filings.reminders["reminded_at"].dropna()
    words = f"最近一次催报：{format_time(reminded.max())}" if not reminded.empty else "还没有记录过催报"
    return card(
        "催报",
        place_counts(stand, filings.reminders, counts, caption="各地未报和退回"),
        html.P("催报单由 oversight remind 生成，随后在这里记下日期。", className="tiles-note"),
        note=words,
        id=ids.REMINDERS,
    )


def _returned(filings: Filings) -> Component:
    """What was sent back; a click shows the faults."""
    rows = [
        {
            "division": filings.stand.short_name(entry["division_code"]),
            "contract": entry["contract_title"],
            "period": format_period(entry["period"]),
            "received": format_full_day(entry["received_at"]),
            "receipt": entry["receipt_no"],
            "state": "已改报" if entry["is_mended"] else "未改报",
            "href": filings.stand.view.href(explain=f"filing:{entry['filing_id']}", row=None),
        }
        for entry in records(filings.returned)
    ]
    note = f"{format_count(len(rows))} 份，其中 {format_count(int((~filings.returned['is_mended']).sum()))} 份未改报"
    return card(
        "退回的报表",
        grid(
            ids.RETURNED, _RETURNED_COLUMNS, rows, height=560 if len(rows) > _MOST_GROWN else None,
            no_rows="没有退回的报表",
        ),
        note=f"{note}；点开看问题",
        class_name="grid-card",
    )


def _filters(filings: Filings) -> list[Component | None]:
    view = filings.stand.view
    states = {
        state: html.Span([html.Span(className=f"tick tick-{state}"), title], className="state-tag")
        for state, title in FILING_STATES.items()
    }
    return [
        chip_filter(view, "state", states, filings.state_counts, "状态"),
        chip_filter(view, "contract", filings.contract_titles, filings.contract_counts, "报表"),
        clear_link(view, FILTERS),
    ]


def _row(stand: Stand, filing: Record) -> dict[str, Any]:
    state = filing["state"]
    return {
        "division": stand.short_name(filing["division_code"]),
        "division_title": filing["division_name"],
        "contract": filing["contract_title"],
        "period": format_period(filing["period"]),
        "state": {"state": state, "title": FILING_STATES.get(state, state), "rank": _STATE_ORDER.index(state)},
        "due": format_full_day(filing["due_on"]),
        "received": format_time(filing["received_at"]),
        "attempts": filing["attempts"],
        "first": FILING_STATUSES.get(filing["first_status"], "—"),
        "href": due_href(stand, filing),
    }


def _refused_row(stand: Stand, entry: Record) -> dict[str, Any]:
    return {
        "file": entry["file_name"],
        "received": format_time(entry["received_at"]),
        "receipt": entry["receipt_no"],
        "reason": entry["refusal_message"],
        "href": stand.view.href(explain=f"filing:{entry['filing_id']}", row=None),
    }
