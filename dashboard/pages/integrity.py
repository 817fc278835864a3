"""数据质量与诚信: what in the filings must be asked about, how well was reported, how far numbers can be trusted."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, sentence
from dashboard.components.filters import chip_filter, clear_link
from dashboard.components.tables import grid, row, table
from dashboard.formats import format_count, format_period, format_score, format_value
from dashboard.frames import Record, records
from dashboard.gather.integrity import FILTERS, Integrity
from dashboard.ids import integrity as ids
from dashboard.sentences import Phrase
from dashboard.stand import Stand

_SIGNAL_COLUMNS: list[dict[str, Any]] = [
    {"field": "division", "headerName": "填报单位", "width": 112, "pinned": "left", "cellClass": "strong"},
    {"field": "rule", "headerName": "疑点", "width": 150},
    {"field": "contract", "headerName": "报表", "width": 130},
    {"field": "period", "headerName": "报告期", "width": 124},
    {"field": "value", "headerName": "所见", "width": 84, "type": "rightAligned"},
    {"field": "limit", "headerName": "界限", "width": 84, "type": "rightAligned"},
    {"field": "p", "headerName": "凑巧的可能", "width": 110, "type": "rightAligned"},
    {"field": "detail", "headerName": "依据（首条）", "flex": 1, "minWidth": 220, "tooltipField": "detail"},
]
_SCORE_COLUMNS: list[dict[str, Any]] = [
    {"field": "division", "headerName": "填报单位", "flex": 1, "minWidth": 110, "cellClass": "strong"},
    {"field": "score", "headerName": "得分", "width": 80, "type": "rightAligned"},
    {"field": "filed", "headerName": "已报", "width": 84, "type": "rightAligned"},
    {"field": "on_time", "headerName": "及时率", "width": 84, "minWidth": 78, "type": "rightAligned"},
    {"field": "first_pass", "headerName": "一次通过", "width": 92, "minWidth": 88, "type": "rightAligned"},
    {"field": "error", "headerName": "差错率", "width": 84, "type": "rightAligned"},
    {"field": "explained", "headerName": "说明率", "width": 84, "type": "rightAligned"},
]
_GRADES = (
    ("grade_a", "A 可靠"), ("grade_b", "B 较可靠"), ("grade_c", "C 仅供参考"), ("grade_d", "D 不宜单独引用"),
    ("not_filed", "未报送"), ("too_small", "基数过小"), ("not_applicable", "不适用"),
)  # fmt: skip


def integrity_page(shown: Integrity) -> Component:
    """Layout of the page."""
    stand = shown.stand
    titles: dict[str, Component | str] = {
        code: title for code, title in shown.rule_titles.items() if shown.judged.get(code)
    }
    signals = [_signal(stand, shown, one) for one in records(shown.signals)]
    judged = sum(shown.judged.values())
    scores = [_score(stand, one) for one in records(shown.scores)]
    return html.Div(
        [
            sentence(_sentence(shown)),
            card(
                "真实性疑点",
                html.Div(
                    [
                        chip_filter(stand.view, "rule", titles, shown.found, "规则"),
                        clear_link(stand.view, FILTERS),
                    ],
                    className="filter-row card-filters",
                    id=ids.FILTERS,
                ),
                grid(ids.SIGNALS, _SIGNAL_COLUMNS, signals, height=min(360, 80 + 35 * max(1, len(signals))),
                     no_rows="没有疑点"),
                note=f"已判 {format_count(judged)} 次；疑点不是结论，是请填报单位核实（第34条）",
                class_name="grid-card",
            ),
            html.Div(
                [
                    card(
                        "报送得分",
                        grid(ids.SCORES, _SCORE_COLUMNS, scores, height=460),
                        note="本级，低分在前；点开看地区",
                        class_name="grid-card",
                    ),
                    card("指标值的可靠性", _grades(shown), note="各填报单位本级的指标值，个", id=ids.GRADES),
                ],
                className="columns filing-two",
            ),
        ],
        className="stack is-top",
    )  # fmt: skip


def _sentence(shown: Integrity) -> list[Phrase]:
    stand, signals = shown.stand, shown.signals
    low = shown.scores[shown.scores["score"] < 80]
    return [
        Phrase(f"{stand.title()}{format_period(stand.period)}所据报表有 "),
        Phrase(f"{len(signals)} 处真实性疑点", is_strong=True),
        Phrase(f"，涉及 {signals['division_code'].nunique()} 家；"),
        Phrase(f"{len(low)} 家报送得分低于 80", is_strong=True),
        Phrase("；应报的 "),
        Phrase(f"{format_count(shown.expected)} 张报表有 {format_count(shown.missing)} 张未报", is_strong=True),
        Phrase("，未报不等于零。"),
    ]


def _signal(stand: Stand, shown: Integrity, one: Record) -> dict[str, Any]:
    filing = one["filing_id"]
    return {
        "division": one["short_name"],
        "rule": shown.rule_titles.get(one["rule"], one["rule"]),
        "contract": one["contract_title"],
        "period": format_period(one["period"]),
        "value": f"{one['value']:.3g}",
        "limit": f"{one['limit']:.3g}",
        "p": "<0.0001" if one["p_value"] < 0.0001 else f"{one['p_value']:.4f}",
        "detail": one["detail"] or "",
        "href": stand.view.href(explain=f"filing:{filing}", row=None) if filing else None,
    }


def _score(stand: Stand, one: Record) -> dict[str, Any]:
    return {
        "division": one["short_name"],
        "score": format_score(one["score"]),
        "filed": f"{format_count(one['filed'])}/{format_count(one['due'])}",
        **{
            name: format_value(one[f"{name}_share"], "share")
            for name in ("on_time", "first_pass", "error", "explained")
        },
        "href": stand.view.href("/division", division=one["division_code"], scope="own", explain=None, row=None),
    }


def _grades(shown: Integrity) -> Component:
    heads: list[Any] = ["维度", *((title, "num") for _, title in _GRADES)]
    rows = [
        row(
            [
                one["dimension_title"],
                *((format_count(one[name]), "num" if one[name] else "num zero") for name, _ in _GRADES),
            ]
        )
        for one in records(shown.grades)
    ]
    return table(heads, rows, "grade-table", "指标值的可靠性")
