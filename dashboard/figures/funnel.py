"""One indicator over its peers against the size of each: who differs from the average by more than chance."""

from math import log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure
from dashboard.formats import format_count, format_sides
from dashboard.frames import records
from dashboard.wording import BETTER, CARD, INK, INK_FAINT, INK_SECONDARY, MARK, POSITIONS, WORSE

_MOST_NAMES = 6
_BAND_OUTER, _BAND_INNER = "rgba(29,53,87,0.06)", "rgba(29,53,87,0.08)"
# How far from the average: inside, beyond the inner limits, beyond the outer ones.
_SIZES = (6, 9, 11)


def funnel_figure(
    peers: pd.DataFrame, limits: pd.DataFrame, kind: str, unit: str = "%", chosen: str | None = None
) -> go.Figure:
    """Points by denominator (on a logarithmic axis) and value, inside limits at 95% and 99.8%.

    Args:
        peers: `scope_code`, `short_name`, `numerator`, `denominator`, `value`, `expected_value`, `funnel_z`,
            `funnel_position`, `funnel_judgement`; rows that are not compared are not drawn.
        limits: `denominator`, `lower_95`, `upper_95`, `lower_998`, `upper_998`, in order of the denominator.
        kind: `share` or `rate`.
        unit: what a rate is counted in.
        chosen: code of the division to be ringed and named.
    """
    known = peers[peers["funnel_position"].notna()] if not peers.empty else peers
    if known.empty:
        return empty_figure("有值的单位太少，或者没有发生，不画漏斗图")
    known = known.sort_values(["denominator", "scope_code"]).reset_index(drop=True)
    scale = 100.0 if kind == "share" else 1.0
    average = float(known["expected_value"].iloc[0]) * scale
    return figure(
        *_limits(limits, scale),
        _average(limits, average),
        *_points(known, scale, kind, unit, chosen),
        annotations=[*_line_names(known, limits, scale, average), *_names(known, scale, chosen)],
        margin={"l": 4, "r": 46, "t": 20, "b": 4},
        xaxis={**_size_axis(limits), "title": {"text": "分母（对数刻度）", "font": {"size": 11}, "standoff": 6}},
        yaxis={"nticks": 6, "ticksuffix": "%" if kind == "share" else "", "range": _value_range(known, limits, scale)},
    )


def _limits(limits: pd.DataFrame, scale: float) -> list[go.Scatter]:
    """The two bands, between the outer limits faint and between the inner ones a little darker, each with its edges."""
    x = limits["denominator"].tolist()
    drawn = []
    for name, colour in (("998", _BAND_OUTER), ("95", _BAND_INNER)):
        lower, upper = (limits[f"{side}_{name}"] * scale for side in ("lower", "upper"))
        area = {"fill": "toself", "fillcolor": colour, "line": {"width": 0}}
        edge = {"line": {"color": "#C3CCD4", "width": 1, "dash": "dot" if name == "95" else "solid"}}
        for across, up, look in (
            ([*x, *reversed(x)], [*upper, *reversed(lower.tolist())], area),
            (x, upper.tolist(), edge),
            (x, lower.tolist(), edge),
        ):
            drawn.append(go.Scatter(x=across, y=up, mode="lines", hoverinfo="skip", **look))
    return drawn


def _average(limits: pd.DataFrame, average: float) -> go.Scatter:
    ends = [float(limits["denominator"].iloc[0]), float(limits["denominator"].iloc[-1])]
    return go.Scatter(
        x=ends, y=[average, average], mode="lines", line={"color": INK_FAINT, "width": 1}, hoverinfo="skip"
    )


def _points(known: pd.DataFrame, scale: float, kind: str, unit: str, chosen: str | None) -> list[go.Scatter]:
    distance = known["funnel_position"].map({"inside": 0, "low_95": 1, "high_95": 1, "low_998": 2, "high_998": 2})
    is_chosen = known["scope_code"] == chosen
    suffix = "%" if kind == "share" else f" {unit}"
    words = [
        [row["short_name"], format_sides(row["numerator"], row["denominator"], kind), POSITIONS[row["funnel_position"]],
         {"better": "，好于平均", "worse": "，差于平均"}.get(row["funnel_judgement"], "")]
        for row in records(known)
    ]  # fmt: skip
    colours = known["funnel_judgement"].map({"inside": MARK, "better": BETTER, "worse": WORSE})
    symbols = [
        "circle" if position == "inside" else f"triangle-{'up' if position.startswith('high') else 'down'}"
        for position in known["funnel_position"]
    ]
    points = go.Scatter(
        x=known["denominator"].tolist(),
        y=(known["value"] * scale).tolist(),
        mode="markers",
        cliponaxis=False,
        customdata=words,
        marker={
            "symbol": symbols,
            # Open between the two limits, filled beyond both.
            "color": [CARD if far == 1 else colour for far, colour in zip(distance, colours, strict=True)],
            "size": [_SIZES[far] for far in distance],
            "line": {
                "color": [colour if far == 1 else CARD for far, colour in zip(distance, colours, strict=True)],
                "width": [2 if far == 1 else 1 for far in distance],
            },
        },
        hovertemplate="%{customdata[0]}<br>%{y:.1f}"
        + suffix
        + "（%{customdata[1]}）<br>%{customdata[2]}%{customdata[3]}<extra></extra>",
    )
    ring = go.Scatter(
        x=known.loc[is_chosen, "denominator"].tolist(),
        y=(known.loc[is_chosen, "value"] * scale).tolist(),
        mode="markers",
        cliponaxis=False,
        hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 18, "color": MARK, "line": {"width": 2}},
    )
    return [points, ring]


def _names(known: pd.DataFrame, scale: float, chosen: str | None) -> list[dict[str, Any]]:
    """Names of the chosen one and of those furthest from the average among those beyond the outer limits."""
    beyond = known[known["funnel_position"].str.endswith("998")]
    beyond = beyond.loc[beyond["funnel_z"].abs().sort_values(ascending=False).index[:_MOST_NAMES]]
    named = [*known.index[known["scope_code"] == chosen], *beyond.index[beyond["scope_code"] != chosen]]
    is_above = known["value"] >= known["expected_value"]
    size = known["denominator"]
    # Near the right edge a name stands at the left of its point.
    middle = float(size.max()) ** 0.8 * float(size.min()) ** 0.2
    return [
        {
            "x": log10(float(size.loc[at])),
            "y": float(known.loc[at, "value"]) * scale,
            "text": str(known.loc[at, "short_name"]),
            "showarrow": False,
            "yshift": (1 if is_above.loc[at] else -1) * (17 if known.loc[at, "scope_code"] == chosen else 13),
            "xanchor": "right" if float(size.loc[at]) > middle else "center",
            "font": {"size": 11, "color": INK},
        }
        for at in named
    ]


def _line_names(known: pd.DataFrame, limits: pd.DataFrame, scale: float, average: float) -> list[dict[str, Any]]:
    last = limits.iloc[-1]
    heights = [("平均", average), ("95%", float(last["upper_95"]) * scale), ("99.8%", float(last["upper_998"]) * scale)]
    low, high = _value_range(known, limits, scale)
    least = (high - low) * 0.055
    shown, place = [], -float("inf")
    for text, height in heights:
        place = max(height, place + least)  # names that would touch give way upwards
        shown.append(
            {
                "xref": "paper",
                "x": 1,
                "xanchor": "left",
                "xshift": 5,
                "y": place,
                "yanchor": "middle",
                "showarrow": False,
                "text": text,
                "font": {"size": 11, "color": INK_SECONDARY},
            }
        )
    return shown


def _size_axis(limits: pd.DataFrame) -> dict[str, Any]:
    low, high = float(limits["denominator"].iloc[0]), float(limits["denominator"].iloc[-1])
    ticks = [base * 10**power for power in range(7) for base in (1, 2, 5)]
    shown = [tick for tick in ticks if low <= tick <= high]
    shown = shown if len(shown) > 1 else [round((low * high) ** 0.5)]  # peers of one size
    return {
        "type": "log",
        "tickvals": shown,
        "ticktext": [format_count(tick) for tick in shown],
        "range": [log10(low), log10(high)],
    }


def _value_range(known: pd.DataFrame, limits: pd.DataFrame, scale: float) -> list[float]:
    low = min(float(known["value"].min()), float(limits["lower_998"].median())) * scale
    high = max(float(known["value"].max()), float(limits["upper_998"].median())) * scale
    room = max((high - low) * 0.05, 1e-9)
    return [max(0.0, low - room), high + room]
