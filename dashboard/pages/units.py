"""资质单位: who holds which qualification until when, what was checked, and who works on with one that has lapsed."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, sentence
from dashboard.components.filters import chip_filter, clear_link
from dashboard.components.key_figures import key_figures
from dashboard.components.tables import grid
from dashboard.formats import deadline_tag, format_count, format_full_day, format_period, is_missing
from dashboard.frames import Record, records
from dashboard.gather.filed_row import row_target
from dashboard.gather.units import FILTERS, UNIT_STATES, Units
from dashboard.ids import units as ids
from dashboard.sentences import Phrase
from dashboard.stand import Stand

_COLUMNS: list[dict[str, Any]] = [
    {"field": "division", "headerName": "地区", "width": 96, "pinned": "left", "cellClass": "strong"},
    {"field": "unit", "headerName": "单位", "flex": 1, "minWidth": 190, "tooltipField": "unit"},
    {"field": "business", "headerName": "业务", "flex": 1, "minWidth": 150, "tooltipField": "business"},
    {"field": "grade", "headerName": "等级", "width": 72},
    {"field": "state", "headerName": "资质状态", "width": 138},
    {"field": "expires", "headerName": "有效期至", "width": 128},
    {
        "field": "left",
        "headerName": "距到期",
        "width": 104,
        "cellRenderer": "DeadlineCell",
        "valueFormatter": {"function": "params.value.words"},
        "comparator": {"function": "compareRank(valueA, valueB)"},
    },
    {"field": "commissions", "headerName": "在办业务", "width": 88, "type": "rightAligned"},
    {"field": "checked", "headerName": "最近检查", "width": 118},
    {"field": "open", "headerName": "未改问题", "width": 88, "type": "rightAligned"},
]


def units_page(shown: Units) -> Component:
    """Layout of the page."""
    stand = shown.stand
    states: dict[str, Component | str] = dict(UNIT_STATES.items())
    businesses: dict[str, Component | str] = dict(shown.businesses.items())
    note = f"共 {format_count(shown.total)} 家，列出 {format_count(len(shown.units))} 家；点开看名录原始行"
    return html.Div(
        [
            sentence(_sentence(shown)),
            html.Div(
                key_figures(stand, shown.dimension.key, shown.dimension.history, reading=stand.reading),
                className="key-figures is-four",
            ),
            html.Div(
                [
                    chip_filter(stand.view, "state", states, shown.state_counts, "资质状态"),
                    chip_filter(stand.view, "kind", businesses, shown.business_counts, "业务"),
                    clear_link(stand.view, FILTERS),
                ],
                className="card filters spaced",
                id=ids.FILTERS,
            ),
            card(
                "资质单位名录",
                grid(
                    ids.GRID,
                    _COLUMNS,
                    [_row(stand, unit) for unit in records(shown.units)],
                    height="max(360px, calc(100vh - 470px))",
                    no_rows="没有符合条件的单位",
                ),
                note=note,
                class_name="grid-card",
            ),
        ],
        className="stack",
    )


def _sentence(shown: Units) -> list[Phrase]:
    stand, counts = shown.stand, shown.units["state"].value_counts()
    if not shown.total:
        words = f"{stand.title()}{format_period(stand.period)}的资质单位名录没有单位，或者没有报。"
        return [Phrase(words)]
    lapsed = int(counts.get("expired_with_commissions", 0))
    soon = int(counts.get("expiring", 0))
    return [
        Phrase(f"{stand.title()}列出 "),
        Phrase(f"{format_count(len(shown.units))} 家资质单位", is_strong=True),
        Phrase("，其中 "),
        Phrase(f"{lapsed} 家资质过期仍有在办业务", is_strong=True),
        Phrase("，"),
        Phrase(f"{soon} 家 90 天内到期", is_strong=True),
        Phrase("。"),
    ]


def _row(stand: Stand, unit: Record) -> dict[str, Any]:
    is_watched = unit["state"] == "suspended"
    words, state = ("", "none") if is_watched else deadline_tag(unit["expires_on"], stand.today)
    days = 99_999 if is_missing(unit["expires_on"]) else (unit["expires_on"].date() - stand.today).days
    return {
        "division": unit["short_name"],
        "unit": unit["unit_name"],
        "business": unit["business_title"],
        "grade": unit["grade_title"],
        "state": UNIT_STATES[unit["state"]],
        "expires": format_full_day(unit["expires_on"]),
        "left": {"words": words, "state": state, "rank": days},
        "commissions": unit["live_commissions"],
        "checked": format_full_day(unit["checked_on"]) if unit["checks"] else "没有检查过",
        "open": unit["open_findings"],
        "href": stand.view.href(
            explain=None, row=row_target(unit["contract"], unit["filing_id"], unit["sheet"], unit["row"])
        ),
    }
