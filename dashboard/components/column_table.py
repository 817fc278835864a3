"""分列: the region, the 兵团, the border counties and the key areas side by side; no ranking, for they overlap."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.marks import interval_bar, tier_tag
from dashboard.components.tables import row, table
from dashboard.formats import format_count, format_score, format_sides, format_value
from dashboard.frames import Record, records
from dashboard.stand import Stand
from dashboard.wording import OUTCOMES
from data_contracts.divisions import CORPS_CODE, REGION_CODE

TITLES = {REGION_CODE: "全区（含兵团）", CORPS_CODE: "兵团"}
LEAST = 2  # one column beside itself says nothing


def column_table(stand: Stand, definition: Mapping[str, Any], columns: pd.DataFrame) -> Component | None:
    """One indicator by column; None where the reader sees fewer than two."""
    found = records(columns)
    if len(found) < LEAST:
        return None
    heads = ["口径", ("值", "num"), ("区间", "wide"), ("分子 / 分母", "num"), ("已报单位", "num")]
    return table(heads, [_cell_row(stand, definition, one, found) for one in found], "group-table", "分列")


def score_column_table(stand: Stand, columns: pd.DataFrame, cuts: Mapping[str, float]) -> Component | None:
    """The index by column; None where the reader sees fewer than two."""
    found = records(columns)
    if len(found) < LEAST:
        return None
    heads = ["口径", ("", "wide"), ("指数", "num"), "级别"]
    return table(heads, [_score_row(stand, one, cuts) for one in found], "group-table", "分列")


def _title(stand: Stand, column: Record) -> Component | str:
    code = str(column["scope_code"])
    words = TITLES.get(code) or stand.name(code)
    if code not in TITLES:
        return words  # a group is no division: it has no page of its own
    return html.A(words, href=stand.view.href(division=code, scope=None))


def _cell_row(stand: Stand, definition: Mapping[str, Any], column: Record, peers: list[Record]) -> Component:
    kind, has_value = str(definition["kind"]), column["outcome"] == "value"
    high = 1.0 if kind == "share" else max([peer["upper"] or 0 for peer in peers] + [1.0])
    words = (
        format_value(column["value"], kind)
        if has_value
        else html.Span(OUTCOMES.get(column["outcome"], ""), className="outcome")
    )
    bar = interval_bar(column["value"], column["lower"], column["upper"], high=high) if has_value else ""
    counts = format_sides(column["numerator"], column["denominator"], kind)
    filed = f"{format_count(column['reporters_filed'])}/{format_count(column['reporters_expected'])}"
    return row([_title(stand, column), (words, "num"), (bar, "wide"), (counts, "num faint"), (filed, "num faint")])


def _score_row(stand: Stand, column: Record, cuts: Mapping[str, float]) -> Component:
    bar = interval_bar(column["score"], column["lower"], column["upper"], high=100, cuts=list(cuts.values()))
    return row([_title(stand, column), (bar, "wide"), (format_score(column["score"]), "num strong"),
                tier_tag(column["tier"])])
