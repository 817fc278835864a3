"""风险研判: weights and cut-offs as sliders, and what would become of ranks, tiers and warnings."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.cards import card, empty_state, sentence
from dashboard.components.marks import tier_tag
from dashboard.components.tables import row, table
from dashboard.formats import format_count, format_score, is_missing
from dashboard.frames import Record, records
from dashboard.gather.scenarios import Judged, Scenarios
from dashboard.ids import scenarios as ids
from dashboard.saved_scenarios import SavedScenario
from dashboard.sentences import Phrase
from dashboard.stand import Stand
from dashboard.wording import TIERS, WARNING_TIERS
from metrics.scenarios import MOST_TIGHTER, MOST_WEIGHT

_SHOWN = 25


def scenarios_page(shown: Scenarios) -> Component:
    """Layout of the page."""
    if shown.baseline is None or shown.judged is None:
        why = "这个快照里没有本月的权重、界限，或者查看范围内没有任何填报单位的数据。"
        return empty_state("不能作情景分析", why, "请换一个月份，或重新生成快照。", is_page=True)
    fault = html.P(f"{shown.fault}；以下按现行政策。", className="page-notice") if shown.fault else None
    return html.Div(
        [
            html.Div([_controls(shown), _saved_card(shown)], className="stack is-top"),
            html.Div([fault, html.Div(result(shown.stand, shown.judged), id=ids.RESULT, role="status")]),
            dcc.Store(id=ids.TEXT),
        ],
        className="scenario",
    )


def _controls(shown: Scenarios) -> Component:
    assert shown.baseline is not None
    scenario, baseline = shown.scenario, shown.baseline
    weights = [
        _slider(ids.weight(code), shown.dimension_titles[code], scenario.weights.get(code, weight), weight, MOST_WEIGHT)
        for code, weight in baseline.dimensions.items()
    ]
    cuts = [
        _slider(ids.cut(tier), TIERS[tier].title, scenario.cuts.get(tier, cut), cut, 100)
        for tier, cut in baseline.tiers.cut_offs.items()
    ]
    tighten = _slider(ids.TIGHTEN, "收紧（%）", scenario.tighten, 0, MOST_TIGHTER, least=-MOST_TIGHTER)
    reset = html.A("恢复现行政策", href=shown.stand.view.href(scenario=None), className="more")
    return card(
        "假设",
        html.H3("维度权重（只表示相对轻重）"),
        *weights,
        html.H3("指数分级界限（分）"),
        *cuts,
        html.H3("指标预警界限整体收紧或放宽"),
        tighten,
        tools=reset,
        class_name="scenario-controls",
    )


def _slider(slider_id: str | dict, title: str, value: float, policy: float, most: float, least: float = 0) -> Component:
    slider: Component = dmc.Slider(
        id=slider_id,
        value=value,
        min=least,
        max=most,
        step=1,
        marks=[{"value": policy}],
        updatemode="drag",
        color="dark",
        size="sm",
        labelAlwaysOn=False,
        thumbLabel=title,
    )
    note = html.Span(f"现行 {policy:g}", className="faint")
    return html.Div([html.Div([html.Span(title), note], className="slider-head"), slider], className="slider")


def _saved_card(shown: Scenarios) -> Component:
    return card(
        "保存的情景",
        html.Div(
            [
                dmc.TextInput(id=ids.NAME, placeholder="情景名称", **aria(label="情景名称")),
                html.Button("保存", id=ids.SAVE, className="button", type="button"),
            ],
            className="scenario-save",
        ),
        html.Div(saved_list(shown.stand, shown.saved), id=ids.SAVED, role="status"),
        note="不改变政策",
    )


def saved_list(stand: Stand, saved: Sequence[SavedScenario], told: str = "") -> list[Component | None]:
    """Saved scenarios, each a link that sets the sliders; `told` says what came of a saving."""
    words = html.P(told, className="faint") if told else None
    if not saved:
        return [words or html.P("还没有保存过。", className="faint")]
    items = [
        html.Li(
            [
                html.A(one.name, href=stand.view.href("/scenarios", scenario=one.text or None), className="link"),
                html.Span(f"{one.account} · {one.at[:16]} · {one.snapshot_id}", className="place-note"),
            ]
        )
        for one in saved
    ]
    return [words, html.Ul(items, className="saved-list")]


def result(stand: Stand, judged: Judged) -> Component:
    """Sentence, counts by tier, and the units, those whose tier would change first."""
    units = judged.units
    moved = units[(units["tier"] != units["tier_before"])]
    rest = units[units["tier"] == units["tier_before"]]
    order = ["rank", "scope_code"]
    shown = [*records(moved.sort_values(order)), *records(rest.sort_values(order))][: max(_SHOWN, len(moved))]
    heads = ["填报单位", ("名次", "num"), ("现行名次", "num"), ("指数", "num"), ("现行指数", "num"), "级别", "现行级别"]
    note = f"{format_count(len(units))} 家本级，列出 {len(shown)} 家：先列换级的，再按名次；不重新抽样"
    return html.Div(
        [
            sentence(_sentence(judged, len(moved))),
            html.Div(
                [
                    _tier_card("各级家数", judged.tiers_before, judged.tiers, "家"),
                    _tier_card("指标越界预警", judged.warnings_before, judged.warnings, "件"),
                ],
                className="two-cards",
            ),
            card(
                "名次与级别",
                table(heads, [_unit(stand, unit) for unit in shown], "scenario-units", "名次与级别"),
                note=note,
                id=ids.UNITS,
            ),
        ],
        className="stack is-top",
    )  # fmt: skip


def _sentence(judged: Judged, moved: int) -> list[Phrase]:
    before, after = sum(judged.warnings_before.values()), sum(judged.warnings.values())
    largest = (judged.units["rank"] - judged.units["rank_before"]).abs().max()
    if not moved and before == after and (is_missing(largest) or largest == 0):
        return [Phrase("这就是现行政策下的结果；拖动左边的滑块，名次、级别和预警数随即改变。")]
    steps = 0 if is_missing(largest) else int(largest)
    return [
        Phrase("按此情景，"),
        Phrase(f"{moved} 家换级", is_strong=True),
        Phrase("，名次最多变动 "),
        Phrase(f"{steps} 位", is_strong=True),
        Phrase("；指标越界预警"),
        Phrase(f"由 {before} 件变为 {after} 件" if before != after else f"仍为 {after} 件", is_strong=before != after),
        Phrase("。"),
    ]


def _tier_card(title: str, before: dict[str, int], after: dict[str, int], unit: str) -> Component:
    codes = TIERS if unit == "家" else WARNING_TIERS
    rows = []
    for code in codes:
        one, other = before.get(code, 0), after.get(code, 0)
        change = "" if one == other else f"{other - one:+d}".replace("-", "−")
        rows.append(row([tier_tag(code), (str(one), "num"), (str(other), "num strong"), (change, "num")]))
    return card(title, table(["级别", ("现行", "num"), ("情景", "num"), ("变化", "num")], rows, "", title), note=unit)


def _unit(stand: Stand, unit: Record) -> Component:
    code = str(unit["scope_code"])
    href = stand.view.href("/division", division=code, scope="own", scenario=None)
    name = html.A(stand.short_name(code), href=href, className="place")
    tier = tier_tag(unit["tier"]) if unit["tier"] != unit["tier_before"] else html.Span("不变", className="faint")
    return row(
        [
            name,
            (_whole(unit["rank"]), "num strong"),
            (_whole(unit["rank_before"]), "num faint"),
            (format_score(unit["score"]), "num strong"),
            (format_score(unit["score_before"]), "num faint"),
            tier,
            tier_tag(unit["tier_before"]),
        ]
    )


def _whole(number: float | None) -> str:
    return "—" if is_missing(number) else f"{number:.0f}"
