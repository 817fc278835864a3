"""One indicator over all its peers, best to worst, with intervals."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure, target_line
from dashboard.wording import CARD, INK, MARK

_CROWDED = 20
_EDGE = 3


def ranking_figure(
    ranking: pd.DataFrame, target: float | None, kind: str, direction: str, chosen: str | None = None
) -> go.Figure:
    """Points with intervals in order of value, the worst at the left; what has no value is not drawn.

    Args:
        ranking: `scope_code`, `short_name`, `value`, `lower`, `upper`, `numerator`, `denominator`.
        target: in the value's own scale, None where there is none.
        kind: `share` or `rate`.
        direction: `higher_is_better` or `lower_is_better`.
        chosen: code of the division to be named and ringed.
    """
    known = ranking[ranking["value"].notna()] if not ranking.empty else ranking
    if known.empty:
        return empty_figure("本期没有可以比较的值")
    known = worst_first(known, direction).reset_index(drop=True)
    scale = 100.0 if kind == "share" else 1.0
    shapes, notes = target_line(target, scale)
    chosen_shapes, chosen_notes = _chosen(known, chosen, scale)
    named = _named(known, chosen, scale, rises=direction == "higher_is_better")
    return figure(
        _points(known, scale, kind, chosen),
        shapes=shapes + chosen_shapes,
        annotations=[*notes, *named, *chosen_notes],
        margin={"l": 4, "r": 44, "t": 24, "b": 14},
        xaxis={"visible": False, "range": [-1, len(known)]},
        yaxis={"nticks": 6, "ticksuffix": "%" if kind == "share" else "", "rangemode": "tozero"},
    )


def worst_first(ranking: pd.DataFrame, direction: str) -> pd.DataFrame:
    """The order of every list and figure of one indicator: worst value first, no value last, ties by code."""
    return ranking.sort_values(["value", "scope_code"], ascending=[direction == "higher_is_better", True])


def _points(known: pd.DataFrame, scale: float, kind: str, chosen: str | None) -> go.Scatter:
    value = known["value"] * scale
    unit = "%" if kind == "share" else ""
    words = [
        [name, lower * scale, upper * scale, numerator, denominator]
        for name, lower, upper, numerator, denominator in zip(
            known["short_name"], known["lower"], known["upper"], known["numerator"], known["denominator"], strict=True
        )
    ]
    is_chosen = known["scope_code"] == chosen
    return go.Scatter(
        x=list(range(len(known))),
        y=value.tolist(),
        mode="markers",
        cliponaxis=False,
        customdata=words,
        marker={
            "color": [CARD if found else MARK for found in is_chosen],
            "size": [11 if found else 6 for found in is_chosen],
            "line": {
                "color": [MARK if found else CARD for found in is_chosen],
                "width": [3 if found else 1 for found in is_chosen],
            },
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
        hovertemplate=f"%{{customdata[0]}}<br>%{{y:.1f}}{unit}（%{{customdata[1]:.1f}}–%{{customdata[2]:.1f}}）"
        "<br>%{customdata[3]:,.0f} / %{customdata[4]:,.0f}<extra></extra>",
    )


def _named(known: pd.DataFrame, chosen: str | None, scale: float, *, rises: bool) -> list[dict[str, object]]:
    """Names of the worst (of three where there is room) and of the best, unless others share its value.

    The chosen one has its name elsewhere.
    Values that rise to the right leave room under the first points, values that fall leave it above them.
    """
    last = len(known) - 1
    worst = range(1 if len(known) >= _CROWDED else min(3, max(1, last)))
    is_alone = last > 0 and known["value"].iloc[last] != known["value"].iloc[last - 1]
    found = [(at, "left", rises) for at in worst]
    found += [(last, "right", False)] if is_alone and last not in worst else []
    return [
        {
            **_words(known, at),
            "y": float(known["lower" if is_under else "upper"].iloc[at]) * scale,
            "yshift": -10 if is_under else 11,
            "xanchor": anchor,
        }
        for at, anchor, is_under in found
        if known["scope_code"].iloc[at] != chosen
    ]


def _chosen(known: pd.DataFrame, chosen: str | None, scale: float) -> tuple[list[Any], list[Any]]:
    """(shapes, annotations) of the chosen division: its name above all intervals, tied to its point by a thin line."""
    top = float(known["upper"].max()) * scale
    shapes, notes = [], []
    for at in known.index[known["scope_code"] == chosen]:
        start = float(known["upper"].iloc[at]) * scale
        line = {"color": MARK, "width": 1, "dash": "dot"}
        shapes.append({"type": "line", "x0": at, "x1": at, "y0": start, "y1": top, "line": line})
        side = "left" if at < _EDGE else "right" if at > len(known) - 1 - _EDGE else "center"
        notes.append({**_words(known, at), "y": top, "yshift": 11, "xanchor": side})
    return shapes, notes


def _words(known: pd.DataFrame, at: int) -> dict[str, object]:
    name = str(known["short_name"].iloc[at])
    return {"x": at, "text": name, "showarrow": False, "font": {"size": 11, "color": INK}}
