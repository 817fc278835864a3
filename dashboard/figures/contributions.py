"""What each dimension adds to an index."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure
from dashboard.wording import INK, MARK


def contributions_figure(parts: pd.DataFrame) -> go.Figure:
    """Bars by dimension, the largest on top, with their values; the sum is the index.

    Args:
        parts: `level`, `title`, `weight`, `risk`, `contribution`; rows of the level `dimension` are shown.
    """
    shown = parts[(parts["level"] == "dimension") & parts["contribution"].notna()] if not parts.empty else parts
    if shown.empty:
        return empty_figure("没有可分解的指数")
    shown = shown.sort_values("contribution")
    words = [[risk, weight * 100] for risk, weight in zip(shown["risk"], shown["weight"], strict=True)]
    bar = go.Bar(
        x=shown["contribution"].tolist(),
        y=shown["title"].tolist(),
        orientation="h",
        width=0.52,
        marker={"color": MARK},
        customdata=words,
        text=[f"{value:.1f}" for value in shown["contribution"]],
        textposition="outside",
        textfont={"color": INK, "size": 12},
        cliponaxis=False,
        hovertemplate="%{y}<br>风险分 %{customdata[0]:.1f} × 权重 %{customdata[1]:.1f}%"
        "<br>贡献 %{x:.1f} 分<extra></extra>",
    )
    return figure(
        bar,
        margin={"l": 4, "r": 34, "t": 2, "b": 2},
        xaxis={"visible": False, "range": [0, max(1.0, float(shown["contribution"].max())) * 1.08]},
        yaxis={"showgrid": False, "ticks": "", "tickfont": {"color": INK, "size": 12}, "ticksuffix": "  "},
    )
