"""The index of one reading month by month, with its interval, on the tiers' bands."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure, interval_bands
from dashboard.formats import format_period, short_period
from dashboard.wording import INK_SECONDARY, MARK, tier_of


def score_history_figure(history: pd.DataFrame, cuts: Mapping[str, float]) -> go.Figure:
    """Line with interval; where each tier begins is a band with its name at the right.

    Args:
        history: `period`, `score`, `lower`, `upper`, `tier`, in order of months; months without a score leave a gap.
        cuts: score from which each tier begins.
    """
    known = history[history["score"].notna()] if not history.empty else history
    if known.empty:
        return empty_figure("这段时间没有可评定的风险指数")
    x = list(range(len(history)))
    top = max(float(known["upper"].max()), max(cuts.values(), default=0.0)) * 1.06
    step = max(1, len(x) // 6)
    ticks = x[::-1][::step][::-1]
    return figure(
        *interval_bands(x, history["lower"].tolist(), history["upper"].tolist()),
        _line(x, history),
        shapes=_bands(cuts, top),
        annotations=_names(cuts, top),
        margin={"l": 4, "r": 56, "t": 6, "b": 4},
        xaxis={
            "tickvals": ticks,
            "ticktext": [short_period(history["period"].iloc[i]) for i in ticks],
            "range": [-0.4, len(x) - 0.6],
            "tickangle": 0,
        },
        yaxis={"range": [0, min(100.0, max(top, 35.0))], "nticks": 5, "showgrid": False},
    )


def _line(x: list[int], history: pd.DataFrame) -> go.Scatter:
    words = [[format_period(p), tier_of(t).title] for p, t in zip(history["period"], history["tier"], strict=True)]
    return go.Scatter(
        x=x,
        y=history["score"].tolist(),
        mode="lines+markers",
        connectgaps=False,
        line={"color": MARK, "width": 2},
        marker={"color": MARK, "size": 4},
        customdata=words,
        hovertemplate="%{customdata[0]}<br>风险指数 %{y:.1f}，%{customdata[1]}<extra></extra>",
    )


def _steps(cuts: Mapping[str, float], top: float) -> list[tuple[str, float, float]]:
    """(tier, from, to) from the lowest band up."""
    ordered = sorted(cuts.items(), key=lambda item: item[1])
    edges = [*(cut for _, cut in ordered), 100.0]
    return [(tier, cut, min(edges[i + 1], 100.0)) for i, (tier, cut) in enumerate(ordered) if cut < min(top, 100.0)]


def _bands(cuts: Mapping[str, float], top: float) -> list[dict[str, object]]:
    return [
        {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": low,
            "y1": high,
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": tier_of(tier).colour,
            "opacity": 0.10,
        }
        for tier, low, high in _steps(cuts, top)
    ]


def _names(cuts: Mapping[str, float], top: float) -> list[dict[str, object]]:
    return [
        {
            "xref": "paper",
            "x": 1,
            "xanchor": "left",
            "xshift": 5,
            "y": low,
            "yanchor": "bottom",
            "showarrow": False,
            "text": tier_of(tier).title,
            "font": {"size": 11, "color": INK_SECONDARY},
        }
        for tier, low, _ in _steps(cuts, top)
    ]
