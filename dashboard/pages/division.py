"""地区: how one division stands, what is weak, what must be done, what it has filed."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.cards import card, sentence
from dashboard.components.column_table import score_column_table
from dashboard.components.filing_history import filing_history
from dashboard.components.filing_matrix import filing_matrix, missing_list, state_legend
from dashboard.components.graph import graph
from dashboard.components.indicator_table import indicator_table
from dashboard.components.score_head import score_head
from dashboard.components.score_list import score_list
from dashboard.components.warning_list import warning_list
from dashboard.figures.contributions import contributions_figure
from dashboard.figures.score_history import score_history_figure
from dashboard.formats import format_day
from dashboard.gather.division import Division
from dashboard.ids import division as ids
from dashboard.sentences import division_sentence
from dashboard.wording import SCOPES

SHOWN_WARNINGS = 9
GRAPH_HEIGHT = 218
SHOWN_CHILDREN = 15


def division_page(division: Division) -> Component:
    """Layout of a division's page."""
    return html.Div(
        [
            html.Div(
                [
                    html.Nav(_trail(division), className="trail", **aria(label="上级")),
                    sentence(division_sentence(division.situation())),
                ],
                id=ids.HEAD,
            ),
            html.Div(
                [_score_card(division), _history_card(division), _contributions_card(division)],
                className="columns score-row",
            ),
            _statements_card(division),
            html.Div(
                [_indicator_card(division), html.Div(_side(division), className="stack")],
                className="columns indicator-row",
            ),
            _below(division),
        ],
        className="division",
    )


def _trail(division: Division) -> list[Component | str]:
    """The way up: 全区 › 阿克苏地区 › 阿克苏市."""
    stand, trail = division.stand, []
    code = stand.divisions.at[stand.division_code, "parent_code"]
    while isinstance(code, str) and code in stand.divisions.index:
        trail.append(html.A(stand.short_name(code), href=stand.view.href(division=code, scope=None)))
        code = stand.divisions.at[code, "parent_code"]
    return [*reversed(trail), html.Span(stand.short_name(stand.division_code), **aria(current="true"))]


def _score_card(division: Division) -> Component:
    reading = SCOPES[division.stand.reading if division.stand.is_area else "own"]
    return card(
        "风险指数", score_head(division.stand, division.score, division.cuts, division.peers), note=f"{reading}口径"
    )


def _history_card(division: Division) -> Component:
    figure = score_history_figure(division.score_history, division.cuts)
    return card("指数走势", graph(figure, GRAPH_HEIGHT), note="线为得分，带为 95% 区间", id=ids.SCORE_HISTORY)


def _contributions_card(division: Division) -> Component:
    return card(
        "各维度贡献",
        graph(contributions_figure(division.parts), GRAPH_HEIGHT),
        note="合计等于指数，分",
        id=ids.CONTRIBUTIONS,
    )


def _statements_card(division: Division) -> Component | None:
    """Strengths and weaknesses in words, written by fixed rules from the numbers of the page."""
    lines = [html.P(one.text) for one in division.statements()]
    note = "按固定规则由本页的数写成"
    return card("短板、长处与变动", html.Div(lines, className="statements"), note=note) if lines else None


def _indicator_card(division: Division) -> Component:
    return card(
        "各项指标",
        indicator_table(division.stand, division.cells, division.history),
        note="金线为目标，点击一行看依据",
        id=ids.INDICATORS,
    )


def _side(division: Division) -> list[Component]:
    stand, total = division.stand, len(division.warnings)
    is_area = division.stand.shows_area
    shown = SHOWN_WARNINGS if not is_area else SHOWN_WARNINGS + 4
    more = html.A(f"全部 {total} 件", href=stand.view.href("/warnings"), className="more") if total > shown else None
    parts = [
        card(
            "在列预警",
            warning_list(stand, division.warnings.head(shown), with_division=is_area),
            note=f"{total} 件，时限计至{format_day(stand.today)}",
            tools=more,
            id=ids.WARNINGS,
        )
    ]
    columns = score_column_table(stand, division.columns, division.cuts)
    if columns is not None:
        parts.append(card("分列", columns, note="互有包含，不排名", id=ids.COLUMNS))
    if not is_area:
        parts.append(
            card("报送记录", filing_history(stand, division.filing_history), note=state_legend(), id=ids.FILINGS)
        )
    return parts


def _below(division: Division) -> Component | None:
    """Those below an area: their indices and their filings."""
    if not division.stand.shows_area:
        return None
    stand = division.stand
    children = card(
        "下级风险指数",
        score_list(stand, division.children.head(SHOWN_CHILDREN), division.cuts),
        note="填报单位本级，位次为全区排位",
        id=ids.CHILDREN,
    )
    filings = card(
        "报送情况",
        filing_matrix(stand, division.expected),
        missing_list(stand, division.expected),
        note=state_legend(),
        id=ids.FILINGS,
    )
    return html.Div([children, filings], className="columns children-row")
