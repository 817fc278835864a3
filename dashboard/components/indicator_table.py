"""Every indicator of one reading: value, change, interval against the target, counts, trend."""

from collections.abc import Iterator

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.cards import empty_state
from dashboard.components.marks import change_mark, interval_bar
from dashboard.components.markup import Markup
from dashboard.components.tables import row, table
from dashboard.drawings.sparkline import sparkline_svg
from dashboard.formats import DASH, format_articles, format_sides, is_missing, value_parts
from dashboard.frames import Record, records
from dashboard.gather.overview import known_values, month_by_month
from dashboard.stand import Stand
from dashboard.wording import OUTCOME_REASONS, OUTCOMES

_COLUMNS = 7


def indicator_table(stand: Stand, cells: pd.DataFrame, history: pd.DataFrame) -> Component:
    """Rows by dimension; a click on a row explains its number in the drawer."""
    if cells.empty:
        return empty_state("没有算出指标", "这个地区本期没有任何应报报表。")
    heads = [
        "指标",
        ("值", "num"),
        ("较上月", "num"),
        ("区间与目标", "wide"),
        ("分子 / 分母", "num"),
        ("目标", "num"),
        ("近 24 个月", "trend"),
    ]
    return table(heads, list(_rows(stand, records(cells), history)), "indicator-table", "指标")


def _rows(stand: Stand, cells: list[Record], history: pd.DataFrame) -> Iterator[Component]:
    dimension, known = None, known_values(history)
    for cell in cells:
        if cell["dimension"] != dimension:
            dimension = cell["dimension"]
            yield html.Tr(html.Th(cell["dimension_title"], colSpan=_COLUMNS, scope="rowgroup"), className="group-row")
        yield _row(stand, cell, known.get(cell["indicator"], {}))


def _row(stand: Stand, cell: Record, known: dict[str, float]) -> Component:
    target = f"cell:{cell['indicator']}:{stand.division_code}:{stand.reading}:{stand.period}"
    href = stand.view.href(explain=target, row=None)
    name = html.A([cell["title"], html.Span(format_articles(cell["articles"]), className="article-note")], href=href)
    values = month_by_month(known, stand.period)
    trend = Markup(sparkline_svg(values, width=110, height=24), "row-sparkline")
    better = None if is_missing(cell["is_better"]) else bool(cell["is_better"])
    has_value = cell["outcome"] == "value"
    return row(
        [
            name,
            (_value(cell), "num strong"),
            (change_mark(cell["change"], cell["kind"], better) if has_value else "", "num"),
            (_interval(cell) if has_value else "", "wide"),
            (format_sides(cell["numerator"], cell["denominator"], cell["kind"]), "num faint"),
            (_target(cell), "num faint"),
            (trend, "trend"),
        ],
        href=href,
        **data(indicator=cell["indicator"]),
    )


def _value(cell: Record) -> Component | list[Component | str | None]:
    if cell["outcome"] != "value":
        words = OUTCOMES.get(cell["outcome"], DASH)
        return html.Span(words, className="outcome", title=OUTCOME_REASONS.get(cell["outcome"], ""))
    figure, unit = value_parts(cell["value"], cell["kind"], cell["unit"])
    return [figure, html.Span(unit.split("/")[0], className="small-unit")]


def _interval(cell: Record) -> Component:
    high = 1.0 if cell["kind"] == "share" else max(cell["upper"], (cell["target"] or 0) * 1.5, 1.0)
    return interval_bar(cell["value"], cell["lower"], cell["upper"], high=high, target=cell["target"])


def _target(cell: Record) -> str:
    if cell["target"] is None:
        return DASH
    figure, unit = value_parts(cell["target"], cell["kind"])
    sign = "≥" if cell["direction"] == "higher_is_better" else "≤"
    return f"{sign}{figure.removesuffix('.0')}{unit}"
