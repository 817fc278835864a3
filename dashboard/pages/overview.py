"""总览: one sentence, six figures, then where, who, and what to do."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, sentence
from dashboard.components.filing_matrix import filing_matrix, missing_list, state_legend
from dashboard.components.graph import graph
from dashboard.components.key_figures import key_figures
from dashboard.components.score_list import score_list
from dashboard.components.warning_list import warning_kinds, warning_list
from dashboard.figures.tier_history import tier_history_figure
from dashboard.formats import format_day
from dashboard.gather.overview import Overview
from dashboard.ids import overview as ids
from dashboard.pages.overview_map import map_card
from dashboard.sentences import overview_sentence

SHOWN_SCORES = 8
SHOWN_WARNINGS = 7
GRAPH_HEIGHT = 320  # fixed: on paper a chart keeps the height it had on the screen
_CONTRACTS_SHOWN = 6


def overview_page(overview: Overview) -> Component:
    """Layout of the overview."""
    return html.Div(
        [
            html.Div(sentence(overview_sentence(overview.situation)), id=ids.SENTENCE),
            html.Div(
                key_figures(overview.stand, overview.key_cells, overview.history, reading="area"),
                id=ids.KEY_FIGURES,
                className="key-figures",
            ),
            html.Div(
                [map_card(overview), html.Div([_worst_card(overview), _warnings_card(overview)], className="stack")],
                className="columns map-row",
            ),
            html.Div([_history_card(overview), _filings_card(overview)], className="columns filing-row"),
        ],
        className="overview",
    )


def _worst_card(overview: Overview) -> Component:
    peers = "地州、师全域" if overview.level == "prefecture" else "填报单位本级"
    return card(
        "风险指数前列",
        score_list(overview.stand, overview.shown_scores.head(SHOWN_SCORES), overview.cuts),
        note=f"{peers} · 点为得分，线为 95% 区间",
        id=ids.WORST,
    )


def _warnings_card(overview: Overview) -> Component:
    stand, total = overview.stand, len(overview.warnings)
    more = html.A(f"全部 {total} 件", href=stand.view.href("/warnings"), className="more") if total else None
    return card(
        "需要处置",
        warning_list(stand, overview.warnings.head(SHOWN_WARNINGS)),
        note=f"时限计至{format_day(stand.today)}",
        tools=more,
        id=ids.WARNINGS,
    )


def _history_card(overview: Overview) -> Component:
    figure = tier_history_figure(overview.warning_counts, overview.stand.period)
    return card(
        "近十二个月各级预警",
        graph(figure, GRAPH_HEIGHT),
        warning_kinds(overview.stand, overview.warnings),
        note="在列预警，件",
        class_name="history-card",
        id=ids.TIER_HISTORY,
    )


def _filings_card(overview: Overview) -> Component:
    stand = overview.stand
    return card(
        "报送情况",
        filing_matrix(stand, overview.expected, most=_CONTRACTS_SHOWN),
        missing_list(stand, overview.expected),
        note=state_legend(),
        tools=html.A("全部报送", href=stand.view.href("/filings"), className="more"),
        id=ids.FILINGS,
    )
