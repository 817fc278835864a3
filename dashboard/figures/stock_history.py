"""What was open at the end of each month, and how much of it was past due: one above the other, each from zero."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure
from dashboard.formats import format_period, short_period
from dashboard.wording import INK, MARK

_ABOVE, _BELOW = (0.45, 1.0), (0.0, 0.33)


def stock_history_figure(history: pd.DataFrame) -> go.Figure:
    """Lines of `open` and `overdue` by `period`; on one scale the few that are past due would lie flat on the floor."""
    if history.empty:
        return empty_figure("这段时间没有问题台账")
    x = list(range(len(history)))
    ticks = x[::-1][:: max(1, len(x) // 6)][::-1]
    months = [format_period(period) for period in history["period"]]
    lines = [("open", "未改完", MARK, "y"), ("overdue", "其中逾期", MARK, "y2")]
    notes = [
        {
            "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yref": axis, "y": float(history[column].iloc[-1]),
            "text": f"{title} {history[column].iloc[-1]:,.0f}", "showarrow": False, "font": {"size": 12, "color": INK},
        }
        for column, title, _, axis in lines
    ]  # fmt: skip
    traces = [
        go.Scatter(
            x=x, y=history[column].tolist(), mode="lines", line={"color": colour, "width": 2}, yaxis=axis,
            customdata=months, hovertemplate="%{customdata}<br>" + title + " %{y:,} 项<extra></extra>",
        )
        for column, title, colour, axis in lines
    ]  # fmt: skip
    scales = {
        name: {"domain": domain, "range": [0, max(4.0, float(history[column].max()) * 1.12)], "nticks": 5,
               "tickformat": ",d"}
        for name, domain, column in (("yaxis", _ABOVE, "open"), ("yaxis2", _BELOW, "overdue"))
    }  # fmt: skip
    return figure(
        *traces,
        annotations=notes,
        margin={"l": 4, "r": 92, "t": 8, "b": 4},
        xaxis={
            "tickvals": ticks,
            "ticktext": [short_period(history["period"].iloc[i]) for i in ticks],
            "range": [-0.4, len(x) - 0.6],
            "tickangle": 0,
            "anchor": "y2",
        },
        **scales,
    )
