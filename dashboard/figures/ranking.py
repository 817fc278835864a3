"""One indicator over all its peers, best to worst, with intervals."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure, target_line
from dashboard.formats import format_sides
from dashboard.wording import GOLD, INK, MARK


def ranking_figure(
    ranking: pd.DataFrame, target: float | None, kind: str, direction: str, chosen: str | None = None
) -> go.Figure:
    """Points with intervals in order of value, the worst at the left; what has no value is not drawn.

    Args:
        ranking: `scope_code`, `short_name`, `value`, `lower`, `upper`, `numerator`, `denominator`.
        target: in the value's own scale, None where there is none.
        kind: `share`, `rate` or `duration`.
        direction: `higher_is_better` or `lower_is_better`.
        chosen: code of the division to be named.
    """
    known = ranking[ranking["value"].notna()] if not ranking.empty else ranking
    if known.empty:
        return empty_figure("本期没有可以比较的值")
    known = known.sort_values(["value", "scope_code"], ascending=[direction == "higher_is_better", True])
    scale = 100.0 if kind == "share" else 1.0
    shapes, notes = target_line(target, scale)
    named = _named(known.reset_index(drop=True), chosen, scale)
    return figure(
        _points(known, scale, kind, chosen),
        shapes=shapes,
        annotations=notes + named,
        margin={"l": 4, "r": 44, "t": 24, "b": 4},
        xaxis={"visible": False, "range": [-1, len(known)]},
        yaxis={"nticks": 6, "ticksuffix": "%" if kind == "share" else "", "rangemode": "tozero"},
    )


def _points(known: pd.DataFrame, scale: float, kind: str, chosen: str | None) -> go.Scatter:
    value = known["value"] * scale
    unit = {"share": "%", "duration": " 天"}.get(kind, "")
    words = [
        [name, lower * scale, upper * scale, format_sides(numerator, denominator, kind)]
        for name, lower, upper, numerator, denominator in zip(
            known["short_name"], known["lower"], known["upper"], known["numerator"], known["denominator"], strict=True
        )
    ]
    is_chosen = known["scope_code"] == chosen
    return go.Scatter(
        x=list(range(len(known))),
        y=value.tolist(),
        mode="markers",
        customdata=words,
        marker={
            "color": [GOLD if found else MARK for found in is_chosen],
            "size": [11 if found else 6 for found in is_chosen],
            "line": {"color": "#FFFFFF", "width": 1},
        },
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (known["upper"] * scale - value).tolist(),
            "arrayminus": (value - known["lower"] * scale).tolist(),
            "color": "#AEBBC8",
            "thickness": 2,
            "width": 0,
        },
        hovertemplate="%{customdata[0]}<br>%{y:.1f}"
        + unit
        + "（%{customdata[1]:.1f}–%{customdata[2]:.1f}）<br>%{customdata[3]}<extra></extra>",
    )


def _named(known: pd.DataFrame, chosen: str | None, scale: float) -> list[dict[str, object]]:
    """Names of the three worst, the best, and the chosen one."""
    last = len(known) - 1
    places = {0, 1, 2, last} | set(known.index[known["scope_code"] == chosen])
    return [
        {
            "x": at,
            "y": float(known["upper"].iloc[at]) * scale,
            "text": str(known["short_name"].iloc[at]),
            "showarrow": False,
            "yshift": 12,
            "xanchor": "left" if at < 3 else "right" if at > last - 3 else "center",
            "textangle": 0,
            "font": {"size": 11, "color": INK},
        }
        for at in sorted(places)
        if at in known.index and (at not in (1, 2) or len(known) < 20)
    ]
