"""One indicator of one reading by sector and by level of organisation."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.marks import interval_bar
from dashboard.components.tables import row, table
from dashboard.formats import format_sides, format_value
from dashboard.frames import Record, records
from dashboard.wording import GROUP_KINDS, OUTCOMES


def group_table(definition: Mapping[str, Any], groups: pd.DataFrame) -> Component | None:
    """A table by sector and by level; None where the indicator is not split."""
    if groups.empty:
        return None
    parts: list[Component] = []
    for kind, title in GROUP_KINDS.items():
        found = records(groups[groups["group_kind"] == kind])
        if len(found) > 1:
            heads = [f"按{title}", ("值", "num"), ("区间", "wide"), ("分子 / 分母", "num")]
            parts.append(
                table(heads, [_group_row(definition, group, found) for group in found], "group-table", f"按{title}")
            )
    return html.Div(parts, className="groups") if parts else None


def _group_row(definition: Mapping[str, Any], group: Record, peers: list[Record]) -> Component:
    kind = str(definition["kind"])
    has_value = group["outcome"] == "value"
    high = 1.0 if kind == "share" else max([peer["upper"] or 0 for peer in peers] + [1.0])
    words = (
        format_value(group["value"], kind)
        if has_value
        else html.Span(OUTCOMES.get(group["outcome"], ""), className="outcome")
    )
    counts = format_sides(group["numerator"], group["denominator"], kind)
    bar = interval_bar(group["value"], group["lower"], group["upper"], high=high) if has_value else ""
    return row([group["group_title"] or group["group_value"], (words, "num"), (bar, "wide"), (counts, "num faint")])
