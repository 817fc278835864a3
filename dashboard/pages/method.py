"""方法说明: every indicator, weight, cut-off and rule with its article, source and date."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import Children, card
from dashboard.components.marks import tier_mark, tier_tag
from dashboard.components.tables import row, table
from dashboard.formats import DASH, format_articles, format_count, format_full_day, format_period, format_value
from dashboard.frames import Record
from dashboard.gather.method import Method
from dashboard.gather.policy import PolicyVersion
from dashboard.wording import DIRECTIONS, TIERS, WARNING_KINDS
from data_contracts.contract import FILING_KIND_TITLES, FREQUENCY_TITLES

_PRINCIPLES = (
    (
        "两种口径",
        "填报单位只报自己监管的机关、单位。本级只算一个填报单位，全域是本级加下级各填报单位。师市合一的市由师报送，地图上显示其师。",
    ),
    ("汇总", "分子、分母分别相加后再相除，从不对比率求平均。"),
    (
        "四种结果",
        "有值；未报送（应报的没有报，不等于零）；不适用（没有这类对象）；基数过小（分母低于最小基数，不公布比率）。",
    ),
    ("区间", "比例用威尔逊区间，比率用泊松区间，均为 95%。分母小则区间宽，名次和等级也就不确定。"),
    (
        "与同类比",
        "漏斗图按分母大小画界限，并按各地本来的差异放宽；同时看许多地区、许多指标，总有几个碰巧超出，所以再一并检验。",
    ),
    (
        "与过去比",
        "控制图取指标自己的节奏（季报每季一点，窗口未满的月份不计）；相邻的值共用大部分月份，界限相应放宽；一件之差不算信号。",
    ),
    ("可靠性", "A 可靠、B 较可靠、C 仅供参考、D 不宜单独引用，取区间、基数、完整度三者中最弱的一项；参数见政策。"),
    (
        "指数",
        "各指标先折成 0（最好）到 100（最差）的风险分，再按权重相加；"
        "95% 区间以得分为中位，与名次区间、各级概率同出反复抽样。",
    ),
    ("预警", "同一原因在下一期继续同一条预警；可以立即升级，须连续两期好转才降级或者撤销。"),
)


def method_page(method: Method) -> Component:
    """Layout of the page on method."""
    return html.Div(
        [
            html.Div([_principles_card(), _tiers_card(method)], className="columns method-row"),
            card(
                "指标目录",
                _indicator_table(method),
                note=f"共 {len(method.indicators)} 项，政策取 {format_period(method.stand.period)}的现行版本",
            ),
            card("预警规则", _rule_table(method), note="未列出的级别该规则不触发"),
            card("阈值预警界限", _cut_off_table(method), note=_source(method.cut_offs)),
            card("报表", _contract_table(method.contracts), note=f"共 {len(method.contracts)} 种"),
        ],
        className="stack method",
    )


def _principles_card() -> Component:
    pairs = [part for title, words in _PRINCIPLES for part in (html.Dt(title), html.Dd(words))]
    return card("怎样读这些数", html.Dl(pairs, className="facts is-wide"))


def _tiers_card(method: Method) -> Component:
    rows = [row([tier_tag(tier), (f"≥ {cut:g}", "num")]) for tier, cut in method.cuts.items()]
    lowest = min(method.cuts.values(), default=0)
    rows += [
        row([tier_tag("normal"), (f"< {lowest:g}", "num")]),
        row([tier_tag("insufficient"), ("有数的权重不足", "num")]),
    ]
    weights = [
        row([_dimension_title(method, code), (f"{weight:g}", "num")]) for code, weight in _dimension_weights(method)
    ]
    return card(
        "等级与权重",
        html.Div(
            [table(["综合指数等级", ("得分", "num")], rows), table(["维度", ("权重", "num")], weights)],
            className="two-tables",
        ),
        html.P(
            [f"等级：{_source(method.tiers)}", html.Br(), f"权重：{_source(method.weights)}"], className="policy-source"
        ),
    )


def _dimension_weights(method: Method) -> list[tuple[str, float]]:
    """Weights in the order of the catalogue."""
    dimensions = dict.fromkeys(entry["dimension"] for entry in method.indicators)
    weights = ((code, method.weight_of("dimensions", code)) for code in dimensions)
    return [(code, weight) for code, weight in weights if weight is not None]


def _dimension_title(method: Method, code: str) -> str:
    return next((entry["dimension_title"] for entry in method.indicators if entry["dimension"] == code), code)


def _source(policy: PolicyVersion | None) -> str:
    return "没有这项政策" if policy is None else f"{format_full_day(policy.valid_from)}起；{policy.source}"


def _indicator_table(method: Method) -> Component:
    heads = ["指标", "怎样算", "为什么看", "条款", ("目标", "num"), ("权重", "num"), "负责处室"]
    rows: list[Component] = []
    dimension = None
    for entry in method.indicators:
        if entry["dimension"] != dimension:
            dimension = entry["dimension"]
            rows.append(
                html.Tr(html.Th(entry["dimension_title"], colSpan=len(heads), scope="rowgroup"), className="group-row")
            )
        rows.append(_indicator_row(method, entry))
    return table(heads, rows, "method-table", "指标目录")


def _indicator_row(method: Method, entry: Record) -> Component:
    href = method.stand.view.href("/indicator", indicator=entry["indicator"])
    target, weight = method.targets[entry["indicator"]], method.weight_of("indicators", entry["indicator"])
    name = [
        html.A(entry["title"], href=href, className="link"),
        html.Span(DIRECTIONS[entry["direction"]], className="article-note"),
    ]
    return row(
        [
            html.Div(name),
            entry["how"],
            entry["why"],
            (format_articles(entry["articles"]), "narrow"),
            (DASH if target is None else format_value(target, entry["kind"], entry["unit"]), "num"),
            (DASH if weight is None else f"{weight:g}", "num"),
            (entry["owner"], "narrow"),
        ]
    )


def _rule_table(method: Method) -> Component:
    heads = ["规则", "种类", "条款", "级别与措施", "理由与来源"]
    return table(heads, [_rule_row(rule) for rule in method.rules], "method-table", "预警规则")


def _rule_row(rule: PolicyVersion) -> Component:
    body: dict[str, Any] = rule.body
    steps = [
        html.Li(
            [
                tier_mark(step["tier"]),
                html.Span(f"{TIERS[step['tier']].title}：{step['measure']}（{step['clock_days']} 天内回应）"),
            ],
            className="rule-step",
        )
        for step in body.get("tiers", [])
    ]
    reason = html.Div(
        [
            html.Div(rule.reason),
            html.Div(f"{format_full_day(rule.valid_from)}起；{rule.source}", className="policy-source"),
        ]
    )
    return row(
        [
            (html.B(body.get("title", rule.policy)), "narrow"),
            (WARNING_KINDS.get(body.get("kind", ""), ""), "narrow"),
            (format_articles([body["article"]]) if body.get("article") else DASH, "narrow"),
            html.Ul(steps, className="rule-steps"),
            reason,
        ]
    )


def _cut_off_table(method: Method) -> Component:
    tiers = ("red", "orange", "yellow", "blue")
    body = method.cut_offs.body if method.cut_offs is not None else {}
    heads: list[Children | tuple[Children, str]] = [
        "指标",
        *[(tier_tag(tier), "num") for tier in tiers],
        ("最少件数", "num"),
    ]
    rows = []
    for entry in method.indicators:
        limits = body.get(entry["indicator"], {}) if isinstance(body, dict) else {}
        side = "低于" if entry["direction"] == "higher_is_better" else "高于"
        cells = [
            (f"{side} {format_value(limits[tier], entry['kind'], entry['unit'])}" if tier in limits else DASH, "num")
            for tier in tiers
        ]
        rows.append(row([entry["title"], *cells, (format_count(limits.get("least_cases")), "num")]))
    return table(heads, rows, "method-table", "阈值预警界限")


def _contract_table(contracts: list[Record]) -> Component:
    rows = [
        row(
            [
                html.B(entry["title"]),
                FILING_KIND_TITLES.get(entry["kind"], ""),
                FREQUENCY_TITLES.get(entry["frequency"], ""),
                format_articles(entry["articles"]),
                entry.get("version") or DASH,
            ]
        )
        for entry in contracts
    ]
    return table(["报表", "类型", "频次", "条款", "模板版本"], rows, "method-table", "报表")
