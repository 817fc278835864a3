"""One indicator of one reading month by month, with its interval and the target."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure, interval_bands, target_line
from dashboard.formats import format_period, short_period
from dashboard.wording import MARK


def trend_figure(history: pd.DataFrame, target: float | None, kind: str, unit: str = "%") -> go.Figure:
    """Line with interval band; the target a thin line with its name; months without a value leave a gap.

    Args:
        history: `period`, `value`, `lower`, `upper`, in order of months.
        target: in the value's own scale (a share as 0–1), None where there is none.
        kind: `share`, `rate` or `duration`.
        unit: what a rate or duration is counted in, for the hover.
    """
    if history.empty or history["value"].isna().all():
        return empty_figure("这段时间没有可公布的值")
    scale = 100.0 if kind == "share" else 1.0
    x = list(range(len(history)))
    ticks = x[::-1][:: max(1, len(x) // 6)][::-1]
    suffix = "%" if kind == "share" else f" {unit}"
    line = go.Scatter(
        x=x,
        y=(history["value"] * scale).tolist(),
        mode="lines+markers",
        connectgaps=False,
        line={"color": MARK, "width": 2},
        marker={"color": MARK, "size": 4},
        customdata=[format_period(period) for period in history["period"]],
        hovertemplate="%{customdata}<br>%{y:.1f}" + suffix + "<extra></extra>",
    )
    shapes, notes = target_line(target, scale)
    return figure(
        *interval_bands(x, (history["lower"] * scale).tolist(), (history["upper"] * scale).tolist()),
        line,
        shapes=shapes,
        annotations=notes,
        margin={"l": 4, "r": 44, "t": 8, "b": 4},
        xaxis={
            "tickvals": ticks,
            "ticktext": [short_period(history["period"].iloc[i]) for i in ticks],
            "range": [-0.4, len(x) - 0.6],
            "tickangle": 0,
        },
        yaxis={
            "nticks": 5,
            "ticksuffix": "%" if kind == "share" else "",
            "rangemode": "normal" if kind == "share" else "tozero",
        },
    )
