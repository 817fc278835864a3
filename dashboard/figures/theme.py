"""The look that all figures share: house type, light grid, no mode bar, words for an empty frame."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from dashboard.wording import FONT, GOLD, HAIRLINE, INK, INK_SECONDARY

GRAPH_CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "responsive": True,
    "doubleClick": False,
    "showTips": False,
    "scrollZoom": False,
    "locale": "zh-CN",
}
BAND = "rgba(29,53,87,0.13)"
_HOVER = {"bgcolor": "#FFFFFF", "bordercolor": HAIRLINE, "font": {"family": FONT, "size": 12, "color": INK}}
_AXIS = {
    "showgrid": False,
    "zeroline": False,
    "linecolor": HAIRLINE,
    "tickcolor": HAIRLINE,
    "automargin": True,
    "fixedrange": True,
}
_LAYOUT: dict[str, Any] = {
    "template": "none",
    "font": {"family": FONT, "size": 12, "color": INK_SECONDARY},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "showlegend": False,
    "dragmode": False,
    "hoverlabel": _HOVER,
}


def figure(
    *traces: Any, xaxis: Mapping[str, Any] | None = None, yaxis: Mapping[str, Any] | None = None, **layout: Any
) -> go.Figure:
    """A figure in the house's look; axes and layout add to it, further y axes (`yaxis2`) among the layout."""
    y_axis = {**_AXIS, "showgrid": True, "gridcolor": "#EEF1F4", "linecolor": "rgba(0,0,0,0)"}
    return go.Figure(
        data=list(traces),
        layout={
            **_LAYOUT,
            "xaxis": {**_AXIS, **(xaxis or {})},
            "yaxis": {**y_axis, **(yaxis or {})},
            **{name: {**y_axis, **value} if name.startswith("yaxis") else value for name, value in layout.items()},
        },
    )


def empty_figure(words: str) -> go.Figure:
    """A figure that says why there is nothing to see."""
    note = {
        "text": words,
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 13, "color": INK_SECONDARY},
    }
    return figure(xaxis={"visible": False}, yaxis={"visible": False}, annotations=[note])


def interval_bands(x: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> list[go.Scatter]:
    """Interval around a line as a soft band, one for each run of known bounds: no band is drawn across a gap.

    Args:
        x, lower, upper: of equal length; bounds that are not a number leave a gap.
    """
    known = [not (math.isnan(low) or math.isnan(high)) for low, high in zip(lower, upper, strict=True)]
    runs = [[i for i, _ in run] for is_known, run in groupby(enumerate(known), key=lambda pair: pair[1]) if is_known]
    return [
        go.Scatter(
            x=[x[i] for i in (*run, *reversed(run))],
            y=[*(upper[i] for i in run), *(lower[i] for i in reversed(run))],
            mode="lines",
            # A month that stands alone has a line for its band.
            line={"width": 3 if len(run) == 1 else 0, "color": BAND},
            fill="toself",
            fillcolor=BAND,
            hoverinfo="skip",
        )
        for run in runs
    ]


def target_line(target: float | None, scale: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(shapes, annotations) of a target: a thin line with its name at the right; empty where there is none."""
    if target is None:
        return [], []
    at = target * scale
    line = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": at,
        "y1": at,
        "line": {"color": GOLD, "width": 1.5},
    }
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 4, "y": at, "yanchor": "middle", "showarrow": False}
    return [line], [{**place, "text": "目标", "font": {"size": 11, "color": INK_SECONDARY}}]
