"""A Plotly figure on a page."""

import plotly.graph_objects as go
from dash import dcc
from dash.development.base_component import Component

from dashboard.figures.theme import GRAPH_CONFIG


def graph(figure: go.Figure, height: int | None = None, class_name: str = "") -> Component:
    """A figure that follows its place's width; without a height it fills what its card leaves."""
    style = {"flex": "1", "minHeight": "260px"} if height is None else {"height": f"{height}px"}
    return dcc.Graph(
        figure=figure,
        config=GRAPH_CONFIG,  # type: ignore[arg-type]
        responsive=True,
        style=style,
        className=f"graph {class_name}".strip(),
    )
