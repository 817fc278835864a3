"""Warnings that stood in each of the last months, stacked by tier."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.theme import empty_figure, figure
from dashboard.formats import format_period
from dashboard.wording import CARD, INK, WARNING_TIERS, tier_of
from data_contracts.periods import add_months

MONTHS = 12


def tier_history_figure(counts: pd.DataFrame, period: str, months: int = MONTHS) -> go.Figure:
    """Stacked bars, the gravest tier on top, totals above the bars.

    Args:
        counts: `period`, `tier`, `warnings`.
        period: the last month shown.
        months: how many months are shown; a month without warnings is a gap at its place.
    """
    if counts.empty:
        return empty_figure("近十二个月没有在列预警")
    shown = [add_months(period, step) for step in range(1 - months, 1)]
    table = counts.pivot_table(index="period", columns="tier", values="warnings", aggfunc="sum", fill_value=0)
    table = table.reindex(index=shown, columns=list(WARNING_TIERS), fill_value=0)
    totals = table.sum(axis=1)
    notes = [
        {
            "x": index,
            "y": float(total),
            "text": f"{total:,.0f}",
            "yshift": 9,
            "showarrow": False,
            "font": {"size": 11, "color": INK},
        }
        for index, total in enumerate(totals)
    ]
    return figure(
        *(_bar(table, tier) for tier in reversed(WARNING_TIERS)),
        barmode="stack",
        bargap=0.38,
        annotations=notes,
        xaxis={
            "tickvals": list(range(len(shown))),
            "ticktext": _month_words(shown),
            "tickangle": 0,
            "range": [-0.6, len(shown) - 0.4],
        },
        # at least four: below, the axis would have halves between its whole numbers
        yaxis={"range": [0, max(4.0, float(totals.max())) * 1.14], "nticks": 5, "tickformat": ",d"},
    )


def _bar(table: pd.DataFrame, tier: str) -> go.Bar:
    found = tier_of(tier)
    return go.Bar(
        x=list(range(len(table))),
        y=table[tier].tolist(),
        name=found.title,
        marker={"color": found.colour, "line": {"color": CARD, "width": 1}},
        customdata=[format_period(period) for period in table.index],
        hovertemplate="%{customdata}<br>" + f"{found.glyph} {found.title} " + "%{y} 件<extra></extra>",
    )


def _month_words(periods: list[str]) -> list[str]:
    """9月 …, with the year under the first month and each January."""
    words = []
    for index, period in enumerate(periods):
        year = f"<br>{period[:4]}年" if index == 0 or period.endswith("-01") else ""
        words.append(f"{int(period[5:])}月{year}")
    return words
