"""One indicator over its peers as a list, worst first; what has no value says why."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash.development.base_component import Component

from dashboard.components.tables import grid
from dashboard.figures.ranking import worst_first
from dashboard.formats import DASH, format_interval, format_sides, format_value
from dashboard.frames import Record, records
from dashboard.ids import indicator as ids
from dashboard.stand import Stand
from dashboard.wording import OUTCOMES

_COLUMNS: list[dict[str, Any]] = [
    {
        "field": "division",
        "headerName": "地区",
        "width": 130,
        "pinned": "left",
        "cellClass": "strong",
        "tooltipField": "division_title",
    },
    {
        "field": "value",
        "headerName": "值",
        "width": 110,
        "type": "rightAligned",
        "valueFormatter": {"function": "params.data.words"},
    },
    {"field": "interval", "headerName": "95% 区间", "width": 130, "type": "rightAligned"},
    {"field": "counts", "headerName": "分子 / 分母", "width": 140, "type": "rightAligned"},
    {
        "field": "gap",
        "headerName": "与目标差",
        "width": 120,
        "type": "rightAligned",
        "valueFormatter": {"function": "params.data.gap_words"},
    },
    {"field": "filed", "headerName": "已报 / 应报", "flex": 1, "minWidth": 100, "type": "rightAligned"},
]


def ranking_table(
    stand: Stand, definition: Mapping[str, Any], ranking: pd.DataFrame, target: float | None
) -> Component:
    """Sortable list; a row explains its number in the drawer."""
    ordered = worst_first(ranking, str(definition["direction"]))
    rows = [_row(stand, definition, entry, target) for entry in records(ordered)]
    return grid(ids.LIST, _COLUMNS, rows, height=420, no_rows="本期没有这项指标")


def _row(stand: Stand, definition: Mapping[str, Any], entry: Record, target: float | None) -> dict[str, Any]:
    kind, value = str(definition["kind"]), entry["value"]
    gap = None if value is None or target is None else (value - target) * (100 if kind == "share" else 1)
    cell = f"cell:{definition['indicator']}:{entry['scope_code']}:{entry['scope']}:{entry['period']}"
    words = format_value(value, kind) if value is not None else OUTCOMES.get(entry["outcome"], DASH)
    counts = format_sides(entry["numerator"], entry["denominator"], kind)
    return {
        "division": entry["short_name"],
        "division_title": entry["name"],
        "value": value,
        "words": words,
        "interval": format_interval(entry["lower"], entry["upper"], kind),
        "counts": counts,
        "gap": gap,
        "gap_words": DASH if gap is None else f"{gap:+.1f}".replace("-", "−"),
        "filed": f"{entry['reporters_filed']} / {entry['reporters_expected']}",
        "href": stand.view.href(explain=cell, row=None),
    }
