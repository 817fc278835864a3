"""Figures of the study bench: frame in, plotly figure out; an empty frame gives a figure that says so.

They are for looking at on a bench, with tools to zoom; the pages have their own in `dashboard.figures`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from metrics.statistics import Xmr, adjusted_limits, funnel_limits_proportion

INK, MARK, SOFT, LINE, WORSE, BETTER = "#51606E", "#1D3557", "#8796A5", "#E2E7EB", "#A8442F", "#2E7D5B"
TIER_COLOURS: Mapping[str, str] = {
    "red": "#C02434", "orange": "#E07A1F", "yellow": "#E8BE3A", "blue": "#5B8DB8", "normal": "#E4E9EC",
    "insufficient": "#F3F5F6",
}
TIER_TITLES: Mapping[str, str] = {
    "red": "一级红", "orange": "二级橙", "yellow": "三级黄", "blue": "四级蓝", "normal": "正常",
    "insufficient": "数据不足",
}
FONT = "Source Han Sans SC, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"


def interval_figure(frame: pd.DataFrame, *, title: str, name: str = "short_name", value: str = "value",
                    lower: str = "lower", upper: str = "upper", target: float | None = None,
                    percent: bool = False) -> go.Figure:
    """Points with their intervals, one row per unit in the order given, the first on top."""
    known = frame[frame[value].notna()]
    if known.empty:
        return empty_figure(title)
    figure = _figure(title)
    figure.add_trace(go.Scatter(
        x=known[value], y=known[name], mode="markers", marker={"color": MARK, "size": 8}, showlegend=False,
        error_x={"type": "data", "symmetric": False, "array": known[upper] - known[value],
                 "arrayminus": known[value] - known[lower], "color": SOFT},
    ))
    if target is not None and not np.isnan(target):
        figure.add_vline(x=target, line={"color": BETTER, "dash": "dash"}, annotation_text="目标")
    figure.update_layout(yaxis={"autorange": "reversed"}, xaxis={"tickformat": ".0%" if percent else None},
                         height=max(260, 90 + 22 * len(known)))
    return figure


def funnel_figure(frame: pd.DataFrame, *, title: str, tau2: float = 0.0, name: str = "short_name") -> go.Figure:
    """Shares over their denominators with 95 % and 99.8 % limits about the pooled share.

    Args:
        frame: `numerator`, `denominator` and names; rows without a denominator are left out.
        tau2: variance between units from `overdispersion(…, transform="arcsine")`; above 0 it adds the wider limits.
    """
    known = frame[frame["denominator"] > 0]
    if known.empty:
        return empty_figure(title)
    average = float(known["numerator"].sum() / known["denominator"].sum())
    sizes = np.unique(np.geomspace(max(1.0, known["denominator"].min()), known["denominator"].max() * 1.1, 80))
    figure = _figure(title, x="分母", y="比例")
    for confidence, dash in ((0.95, "dot"), (0.998, "solid")):
        for limit in funnel_limits_proportion(average, sizes, confidence):
            figure.add_trace(_line(sizes, limit, SOFT, dash, f"{confidence:.1%} 界限"))
    if tau2 > 0:
        for limit in adjusted_limits(sizes, tau2, 0.998, transform="arcsine", average=average):
            figure.add_trace(_line(sizes, limit, WORSE, "dash", "放宽后的 99.8% 界限"))
    figure.add_hline(y=average, line={"color": BETTER})
    figure.add_trace(go.Scatter(
        x=known["denominator"], y=known["numerator"] / known["denominator"], text=known[name], mode="markers",
        marker={"color": MARK, "size": 8}, name="单位", hovertemplate="%{text}<br>%{y:.1%}（分母 %{x}）<extra></extra>",
    ))
    figure.update_layout(yaxis={"tickformat": ".0%"}, showlegend=False)
    return figure


def xmr_figure(chart: Xmr, periods: Sequence[str], *, title: str, percent: bool = False) -> go.Figure:
    """One series (shape: periods) with its mean and limits; points with a signal are marked."""
    values = np.asarray(chart.values, dtype=float)
    if values.ndim != 1 or np.isnan(values).all():
        return empty_figure(title)
    figure = _figure(title)
    has_signal = chart.signal != 0
    figure.add_trace(go.Scatter(
        x=list(periods), y=values, mode="lines+markers", line={"color": MARK},
        marker={"size": 9, "color": np.where(has_signal, WORSE, MARK)}, showlegend=False,
    ))
    for level, dash in ((chart.centre, "solid"), (chart.lower, "dash"), (chart.upper, "dash")):
        if np.isfinite(level):
            figure.add_hline(y=float(level), line={"color": SOFT, "dash": dash})
    figure.update_layout(xaxis={"type": "category"}, yaxis={"tickformat": ".0%" if percent else None})
    return figure


def bars_figure(values: pd.Series, *, title: str, x: str = "") -> go.Figure:
    """A bar per entry, in the order given, the first on top."""
    known = values.dropna()
    if known.empty:
        return empty_figure(title)
    figure = _figure(title, x=x)
    colours = np.where(known.to_numpy(float) < 0, BETTER, MARK)
    figure.add_trace(go.Bar(x=known.to_numpy(float), y=[str(label) for label in known.index], orientation="h",
                            marker={"color": colours}))
    figure.update_layout(yaxis={"autorange": "reversed"}, height=max(260, 90 + 22 * len(known)))
    return figure


def tiers_figure(index: pd.DataFrame, *, title: str, name: str = "short_name") -> go.Figure:
    """The probability of each tier per unit, as parts of one bar; units without a score are left out."""
    known = index[index["score"].notna()]
    if known.empty:
        return empty_figure(title)
    figure = _figure(title, x="概率")
    for tier in ("red", "orange", "yellow", "blue", "normal"):
        figure.add_trace(go.Bar(x=known[f"p_{tier}"], y=known[name], orientation="h", name=TIER_TITLES[tier],
                                marker={"color": TIER_COLOURS[tier]}))
    figure.update_layout(barmode="stack", yaxis={"autorange": "reversed"}, xaxis={"tickformat": ".0%"},
                         height=max(260, 110 + 22 * len(known)))
    return figure


def line_figure(frame: pd.DataFrame, *, title: str, x: str = "", y: str = "") -> go.Figure:
    """A line per column over the frame's index."""
    if frame.empty or frame.isna().all(axis=None):
        return empty_figure(title)
    figure = _figure(title, x=x, y=y)
    for column in frame.columns:
        figure.add_trace(go.Scatter(x=list(frame.index), y=frame[column], mode="lines+markers", name=str(column)))
    return figure


def map_figure(divisions: pd.DataFrame, colours: Mapping[str, str], *, title: str) -> go.Figure:
    """Polygons filled with the colour of their division; needs no map service and no WebGL.

    Args:
        divisions: `division_code`, `name`, `geometry` (GeoJSON, None where there is none).
        colours: by division code; polygons without one stay pale.
    """
    figure = _figure(title)
    for code, name, geometry in zip(divisions["division_code"], divisions["name"], divisions["geometry"], strict=True):
        for ring in _rings(geometry):
            figure.add_trace(go.Scatter(
                x=ring[:, 0], y=ring[:, 1], mode="lines", fill="toself", fillcolor=colours.get(code, "#FAFBFC"),
                line={"color": SOFT, "width": 0.5}, name=str(name), hoveron="fills", showlegend=False,
            ))
    if not figure.data:
        return empty_figure(title)
    figure.update_layout(xaxis={"visible": False}, yaxis={"visible": False, "scaleanchor": "x", "scaleratio": 1.35},
                         height=560)
    return figure


def empty_figure(title: str, words: str = "没有可画的数值") -> go.Figure:
    """A figure that says why there is nothing to see."""
    figure = _figure(title)
    figure.add_annotation(text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
    figure.update_layout(xaxis={"visible": False}, yaxis={"visible": False})
    return figure


def _figure(title: str, *, x: str = "", y: str = "") -> go.Figure:
    axis = {"gridcolor": LINE, "zeroline": False}
    return go.Figure(layout={
        "template": "none", "title": {"text": title}, "font": {"family": FONT, "size": 12, "color": INK},
        "xaxis": {**axis, "title": {"text": x}, "automargin": True},
        "yaxis": {**axis, "title": {"text": y}, "automargin": True},
        "margin": {"l": 8, "r": 16, "t": 48, "b": 8},
    })


def _line(x: ArrayLike, y: ArrayLike, colour: str, dash: str, name: str) -> Any:
    return go.Scatter(x=x, y=y, mode="lines", line={"color": colour, "dash": dash, "width": 1}, name=name,
                      hoverinfo="skip")


def _rings(geometry: Mapping[str, Any] | None) -> Iterator[NDArray[np.float64]]:
    if not geometry:
        return
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield np.asarray(polygon[0], dtype=float)
