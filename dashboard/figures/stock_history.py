"""What was open at the end of each month, and how much of it was past due: two lines, named at their ends."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure
from dashboard.formats import format_period, short_period
from dashboard.wording import INK, INK_FAINT, MARK


def stock_history_figure(history: pd.DataFrame) -> go.Figure:
    """Lines of `open` and `overdue` by `period`, from zero."""
    if history.empty:
        return empty_figure("这段时间没有问题台账")
    x = list(range(len(history)))
    ticks = x[::-1][:: max(1, len(x) // 6)][::-1]
    months = [format_period(period) for period in history["period"]]
    lines = [("open", "未改完", MARK, 2.0, "solid"), ("overdue", "其中逾期", INK_FAINT, 2.0, "dot")]
    notes = [
        {
            "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "y": float(history[column].iloc[-1]),
            "text": f"{title} {history[column].iloc[-1]:,.0f}", "showarrow": False, "font": {"size": 12, "color": INK},
        }
        for column, title, *_ in lines
    ]  # fmt: skip
    traces = [
        go.Scatter(
            x=x, y=history[column].tolist(), mode="lines", line={"color": colour, "width": width, "dash": dash},
            customdata=months, hovertemplate="%{customdata}<br>" + title + " %{y:,} 项<extra></extra>",
        )
        for column, title, colour, width, dash in lines
    ]  # fmt: skip
    return figure(
        *traces,
        annotations=notes,
        margin={"l": 4, "r": 92, "t": 8, "b": 4},
        xaxis={
            "tickvals": ticks,
            "ticktext": [short_period(history["period"].iloc[i]) for i in ticks],
            "range": [-0.4, len(x) - 0.6],
            "tickangle": 0,
        },
        yaxis={"nticks": 5, "rangemode": "tozero", "tickformat": ",d"},
    )
