"""The look that all figures share: house type, light grid, no mode bar, words for an empty frame."""

from typing import Any

import plotly.graph_objects as go

from dashboard.wording import FONT, HAIRLINE, INK, INK_SECONDARY

GRAPH_CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True, "doubleClick": False, "showTips": False,
                                "scrollZoom": False, "locale": "zh-CN"}


def figure(*traces: Any, **layout: Any) -> go.Figure:
    """A figure in the house's look."""
    made = go.Figure(data=list(traces))
    made.update_layout(
        template="none",
        font={"family": FONT, "size": 12, "color": INK_SECONDARY},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        dragmode=False,
        hoverlabel={"bgcolor": "#FFFFFF", "bordercolor": HAIRLINE, "font": {"family": FONT, "size": 12, "color": INK}},
    )
    axis = {"showgrid": False, "zeroline": False, "linecolor": HAIRLINE, "tickcolor": HAIRLINE, "automargin": True,
            "fixedrange": True}
    made.update_xaxes(**axis)
    made.update_yaxes(**{**axis, "showgrid": True, "gridcolor": "#EEF1F4", "linecolor": "rgba(0,0,0,0)"})
    made.update_layout(**layout)
    return made


def empty_figure(words: str) -> go.Figure:
    """A figure that says why there is nothing to see."""
    made = figure()
    made.update_xaxes(visible=False)
    made.update_yaxes(visible=False)
    made.add_annotation(text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False,
                        font={"size": 13, "color": INK_SECONDARY})
    return made
