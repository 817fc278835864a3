"""Key figures: value, change, interval and trend of one indicator on a card that opens its explanation."""

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.cards import empty_state
from dashboard.components.marks import change_mark
from dashboard.components.markup import Markup
from dashboard.drawings.sparkline import sparkline_svg
from dashboard.formats import format_count, format_interval, is_missing, value_parts
from dashboard.frames import Record, records
from dashboard.gather.overview import history_values
from dashboard.stand import Stand
from dashboard.wording import OUTCOMES


def key_figures(stand: Stand, cells: pd.DataFrame, history: pd.DataFrame, *, reading: str) -> list[Component]:
    """A card for each cell, in order."""
    if cells.empty:
        return [empty_state("没有关键指标", "本期没有算出任何指标。")]
    return [key_figure(stand, cell, history, reading) for cell in records(cells)]


def key_figure(stand: Stand, cell: Record, history: pd.DataFrame, reading: str) -> Component:
    """One card; a click explains the number in the drawer."""
    target = f"cell:{cell['indicator']}:{stand.division_code}:{reading}:{stand.period}"
    values = history_values(history, cell["indicator"], stand.period)
    return html.A(
        [
            html.Div(cell["title"], className="key-title"),
            html.Div(
                [
                    _value(cell),
                    Markup(sparkline_svg(values, width=84, height=34, target=_number(cell["target"])), "key-sparkline"),
                ],
                className="key-line",
            ),
            *_notes(cell),
        ],
        href=stand.view.href(explain=target, row=None),
        className="card key-figure",
        **data(indicator=cell["indicator"]),
    )


def _value(cell: Record) -> Component:
    if cell["outcome"] != "value":
        return html.Span(OUTCOMES.get(cell["outcome"], "—"), className="key-missing")
    figure, unit = value_parts(cell["value"], cell["kind"], cell["unit"])
    # The title of a rate says per what; the unit beside the figure says only what is counted.
    return html.Span([figure, html.Span(unit.split("/")[0], className="unit")], className="key-value")


def _notes(cell: Record) -> list[Component]:
    if cell["outcome"] != "value":
        filed = f"已报 {format_count(cell['reporters_filed'])}/{format_count(cell['reporters_expected'])} 家"
        return [html.Div(filed, className="key-note"), html.Div(className="key-note")]
    better = None if is_missing(cell["is_better"]) else bool(cell["is_better"])
    bounds = [html.Span(f"区间 {format_interval(cell['lower'], cell['upper'], cell['kind'])}")]
    if not is_missing(cell["target"]):
        bounds.append(html.Span(f"目标 {_short_target(cell)}"))
    return [
        html.Div(change_mark(cell["change"], cell["kind"], better, suffix=" 较上月"), className="key-note"),
        html.Div(bounds, className="key-note"),
    ]


def _short_target(cell: Record) -> str:
    """90%, 0.5%: a target is a round number, and says so."""
    figure, unit = value_parts(cell["target"], cell["kind"])
    return figure.removesuffix(".0") + unit


def _number(value: object) -> float | None:
    return None if is_missing(value) else float(value)  # type: ignore[arg-type]
