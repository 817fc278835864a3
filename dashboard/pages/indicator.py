"""指标: one indicator, what it means, how it goes, and who stands where."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, card, facts, segmented
from dashboard.components.choice import choice
from dashboard.components.column_table import column_table
from dashboard.components.graph import graph
from dashboard.components.group_table import group_table
from dashboard.components.indicator_ranking import ranking_table
from dashboard.components.key_figures import key_figure
from dashboard.components.trust import trust_facts
from dashboard.figures.control_chart import control_chart_figure, has_limits
from dashboard.figures.funnel import funnel_figure
from dashboard.figures.ranking import ranking_figure
from dashboard.figures.trend import trend_figure
from dashboard.formats import format_articles, format_count, format_full_day, format_sides, format_value
from dashboard.frames import Record
from dashboard.gather.indicator import Indicator
from dashboard.ids import indicator as ids
from dashboard.judgements import history_sentence, peers_sentence, trend_sentence
from dashboard.wording import DIRECTIONS, SCOPES
from metrics.trust import Trust


def indicator_page(indicator: Indicator) -> Component:
    """Layout of an indicator's page."""
    groups = group_table(indicator.definition, indicator.groups)
    side = [_definition_card(indicator)]
    columns = column_table(indicator.stand, indicator.definition, indicator.columns)
    if columns is not None:
        side.append(card("分列", columns, note="互有包含，不排名", id=ids.COLUMNS))
    if groups is not None:
        side.append(card("按行业和层级", groups, note=_reading_words(indicator), id=ids.GROUPS))
    return html.Div(
        [
            html.Div(_choice(indicator), className="filter-row indicator-choice"),
            html.Div(
                [
                    html.Div(
                        [_trend_card(indicator), *_funnel_cards(indicator), _ranking_card(indicator),
                         _list_card(indicator)],
                        className="stack",
                    ),
                    html.Div(side, className="stack is-top"),
                ],
                className="columns indicator-page",
            ),
        ],
    )


def _choice(indicator: Indicator) -> list[Component]:
    groups: dict[str, list[dict[str, str]]] = {}
    for entry in indicator.catalogue:
        groups.setdefault(entry["dimension_title"], []).append({"value": entry["indicator"], "label": entry["title"]})
    shown = indicator.definition["indicator"]
    options = [{"group": title, "items": items} for title, items in groups.items()]
    select = choice("indicator", shown, options, "指标", 320)
    view = indicator.stand.view
    levels = [
        ("填报单位本级", view.href(level=None, indicator=shown), indicator.peers == "own"),
        ("地州、师全域", view.href(level="prefecture", indicator=shown), indicator.peers == "area"),
    ]
    return [select, segmented(levels, "排名口径")]


def _reading_words(indicator: Indicator) -> str:
    stand = indicator.stand
    return f"{stand.title()}，{SCOPES[stand.reading if stand.is_area else 'own']}"


def _trend_card(indicator: Indicator) -> Component:
    definition, statistics = indicator.definition, indicator.statistics
    kind, unit = definition["kind"], definition["unit"]
    figure = trend_figure(indicator.history, indicator.target, kind, unit)
    if has_limits(indicator.chart):
        figure = control_chart_figure(indicator.chart, indicator.target, kind, definition["direction"], unit)
    said = [] if statistics is None else [history_sentence(statistics, kind), trend_sentence(statistics, kind, unit)]
    words = html.P("；".join(part for part in said if part) + "。", className="figure-words") if any(said) else None
    return card(
        definition["title"],
        html.Div(
            [
                html.Div([_value(indicator), _trust(indicator)]),
                html.Div([graph(figure, 230), words], className="trend-place"),
            ],
            className="trend-row",
        ),
        note=_reading_words(indicator),
        id=ids.TREND,
    )


def _trust(indicator: Indicator) -> Component | None:
    found = indicator.statistics
    if found is None:
        return None
    trust = Trust(
        found["completeness"],
        found["newest_filing_on"],
        found["data_age_days"],
        found["reliability"],
        tuple(found["reliability_reasons"]),
    )
    sides = format_sides(found["numerator"], found["denominator"], indicator.definition["kind"])
    return trust_facts(trust, sides, (found["reporters_filed"], found["reporters_expected"]))


def _funnel_cards(indicator: Indicator) -> list[Component]:
    """The funnel; none of a duration, which is no count."""
    definition, place = indicator.definition, indicator.place
    if indicator.statistics is None or definition["kind"] == "duration":
        return []
    figure = funnel_figure(
        indicator.funnel, indicator.limits, definition["kind"], definition["unit"], indicator.stand.division_code
    )
    words = peers_sentence(place, definition["kind"]) if place is not None else ""
    name = indicator.stand.short_name(indicator.stand.division_code)
    said = html.P(f"{name}：{words}。", className="figure-words") if words else None
    return [
        card(
            "与同类比",
            graph(figure, 320),
            said,
            note="界限已按各地差异放宽；空心超出 95%，实心超出 99.8%",
            id=ids.FUNNEL,
        )
    ]


def _value(indicator: Indicator) -> Component:
    if indicator.cell is None:
        return html.Div("本期没有这项指标", className="key-missing")
    stand = indicator.stand
    return html.Div(key_figure(stand, indicator.cell, indicator.history, stand.reading), className="single-figure")


def _ranking_card(indicator: Indicator) -> Component:
    definition, ranking = indicator.definition, indicator.ranking
    figure = ranking_figure(
        ranking, indicator.target, definition["kind"], definition["direction"], indicator.stand.division_code
    )
    lacking = int(ranking["value"].isna().sum())
    note = f"由差到好，点为值，线为 95% 区间；{lacking} 个无值" if lacking else "由差到好，点为值，线为 95% 区间"
    return card("排名", graph(figure, 260), note=note, id=ids.RANKING)


def _list_card(indicator: Indicator) -> Component:
    return card(
        "各地明细",
        ranking_table(indicator.stand, indicator.definition, indicator.ranking, indicator.target),
        note="点击一行看依据",
        class_name="grid-card",
    )


def _definition_card(indicator: Indicator) -> Component:
    return card("定义", facts(_definition(indicator.definition, indicator.target)), id=ids.DEFINITION)


def _definition(definition: Record, target: float | None) -> list[tuple[str, Children]]:
    window = definition["window_months"]
    return [
        ("维度", definition["dimension_title"]),
        ("怎样算", definition["how"]),
        ("为什么看", definition["why"]),
        ("依据条款", format_articles(definition["articles"])),
        ("时间范围", f"近 {window:.0f} 个月" if window else "月末时点"),
        ("方向", DIRECTIONS[definition["direction"]]),
        ("现行目标", None if target is None else format_value(target, definition["kind"], definition["unit"])),
        ("最小基数", format_count(definition["smallest_denominator"])),
        ("负责处室", definition["owner"]),
        ("下次复核", format_full_day(definition["review_on"])),
    ]
