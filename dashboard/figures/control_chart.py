"""One number against its own past: an XmR chart with its natural limits, its signals and the target."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import BAND, empty_figure, figure, target_line
from dashboard.formats import format_period, short_period
from dashboard.wording import BETTER, CARD, INK_FAINT, INK_SECONDARY, MARK, SIGNALS, WORSE

# A signal is told by shape first; its colour says whether it is for the better.
_SYMBOLS = {"outside": "diamond", "two_of_three": "triangle-up", "shift": "square", "trend": "star"}


def has_limits(chart: pd.DataFrame) -> bool:
    """Whether the chart has enough points for natural limits."""
    return not chart.empty and bool(chart["xmr_lower"].notna().any())


def control_chart_figure(
    chart: pd.DataFrame, target: float | None, kind: str, direction: str, unit: str = "%"
) -> go.Figure:
    """Values on a soft band of natural variation around their centre; signals marked, the target a thin line.

    Args:
        chart: `period`, `value`, `is_point`, `centre`, `xmr_lower`, `xmr_upper`, `signal`, `direction` (1 above, −1
            below), in order of months; months that are no point of the chart are drawn faint or not at all.
        target: in the value's own scale, None where there is none.
        kind: `share`, `rate` or `duration`.
        direction: `higher_is_better` or `lower_is_better`.
        unit: what a rate or duration is counted in, for the hover.
    """
    if not has_limits(chart):
        return empty_figure("历史太短，还画不出控制图")
    scale = 100.0 if kind == "share" else 1.0
    chart = chart.reset_index(drop=True)
    x = list(range(len(chart)))
    ticks = x[::-1][:: max(1, len(x) // 6)][::-1]
    suffix = "%" if kind == "share" else f" {unit}"
    shapes, notes = target_line(target, scale)
    limit_shapes, limit_notes = _limits(chart, scale, kind, target)
    return figure(
        _early(chart, scale),
        _line(chart, scale, suffix),
        _signals(chart, scale, suffix, direction),
        shapes=limit_shapes + shapes,
        annotations=[*limit_notes, *notes],
        margin={"l": 4, "r": 58, "t": 8, "b": 4},
        xaxis={
            "tickvals": ticks,
            "ticktext": [short_period(chart["period"].iloc[i]) for i in ticks],
            "range": [-0.4, len(x) - 0.6],
            "tickangle": 0,
        },
        yaxis={"nticks": 5, "ticksuffix": "%" if kind == "share" else "", "showgrid": False},
    )


def _limits(
    chart: pd.DataFrame, scale: float, kind: str, target: float | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(shapes, annotations): the band of natural variation and its centre, with names at the right.

    A share is never beyond 0 and 1, so the band is drawn no further; a name too near to the target's gives way.
    """
    centre, lower, upper = (float(chart[name].iloc[0]) * scale for name in ("centre", "xmr_lower", "xmr_upper"))
    lower, upper = max(lower, 0.0), min(upper, 100.0) if kind == "share" else upper
    start = int(chart["is_point"].to_numpy().argmax()) - 0.4
    end = len(chart) - 0.6
    base = {"x0": start, "x1": end, "layer": "below"}
    shapes = [
        {**base, "type": "rect", "y0": lower, "y1": upper, "line": {"width": 0}, "fillcolor": BAND, "opacity": 0.6},
        {**base, "type": "line", "y0": centre, "y1": centre, "line": {"color": INK_FAINT, "width": 1, "dash": "dot"}},
    ]
    heights = {"平均": centre, "上限": upper, "下限": lower}
    spread = max(upper, *(known := (chart["value"].dropna() * scale).tolist()), (target or centre / scale) * scale)
    least = (spread - min(lower, *known)) * 0.08
    taken = [] if target is None else [target * scale]
    notes = []
    for text, height in heights.items():
        if all(abs(height - other) >= least for other in taken):
            taken.append(height)
            notes.append(_name(text, height))
    return shapes, notes


def _name(text: str, height: float) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 4,
        "y": height,
        "yanchor": "middle",
        "showarrow": False,
        "text": text,
        "font": {"size": 11, "color": INK_SECONDARY},
    }


def _early(chart: pd.DataFrame, scale: float) -> go.Scatter:
    """The months before the first point, whose windows were not full yet: faint, and judged by nothing."""
    first = int(chart["is_point"].to_numpy().argmax())
    early = chart.iloc[: first + 1]
    return go.Scatter(
        x=list(range(len(early))),
        y=(early["value"] * scale).tolist(),
        mode="lines",
        connectgaps=False,
        line={"color": "#C3CCD4", "width": 1.5, "dash": "dot"},
        customdata=[format_period(period) for period in early["period"]],
        hovertemplate="%{customdata}<br>%{y:.1f}，窗口未满，不入图<extra></extra>",
    )


def _line(chart: pd.DataFrame, scale: float, suffix: str) -> go.Scatter:
    points = chart[chart["is_point"]]
    return go.Scatter(
        x=points.index.tolist(),
        y=(points["value"] * scale).tolist(),
        mode="lines+markers",
        connectgaps=False,
        line={"color": MARK, "width": 2},
        marker={"color": MARK, "size": 5},
        customdata=[format_period(period) for period in points["period"]],
        hovertemplate="%{customdata}<br>%{y:.1f}" + suffix + "<extra></extra>",
    )


def _signals(chart: pd.DataFrame, scale: float, suffix: str, direction: str) -> go.Scatter:
    found = chart[chart["is_point"] & (chart["signal"] != "none")]
    is_better = (found["direction"] > 0) == (direction == "higher_is_better")
    words = [
        [format_period(period), SIGNALS[signal], "好转" if better else "变差"]
        for period, signal, better in zip(found["period"], found["signal"], is_better, strict=True)
    ]
    return go.Scatter(
        x=found.index.tolist(),
        y=(found["value"] * scale).tolist(),
        mode="markers",
        cliponaxis=False,
        customdata=words,
        marker={
            "symbol": [_SYMBOLS[signal] for signal in found["signal"]],
            "size": 9,
            "color": [BETTER if better else WORSE for better in is_better],
            "line": {"color": CARD, "width": 1},
        },
        hovertemplate="%{customdata[0]}<br>%{y:.1f}"
        + suffix
        + "<br>%{customdata[1]}，%{customdata[2]}<extra></extra>",
    )
