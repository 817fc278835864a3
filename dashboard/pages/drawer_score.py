"""An index explained: what each dimension and indicator adds to it."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.score_head import score_head
from dashboard.components.tables import row, table
from dashboard.formats import format_period, format_probability
from dashboard.frames import Record, records
from dashboard.gather.explanation import ScoreExplanation
from dashboard.stand import Stand
from dashboard.wording import reading_title


def score_heading(stand: Stand, explanation: ScoreExplanation) -> tuple[str, str]:
    """(kind, title) for the drawer's head."""
    return f"风险指数 · {format_period(explanation.period)}", reading_title(
        stand.name(explanation.scope_code), explanation.reading
    )


def score_content(stand: Stand, explanation: ScoreExplanation) -> list[Component | None]:
    """The head, then the parts: risk × weight = contribution."""
    words = "指数由各指标的风险分（0 最好，100 最差）按权重相加而成；区间来自对权重和抽样误差的反复抽样。"
    return [
        score_head(stand, explanation.score, explanation.cuts, None),
        html.P(words, className="drawer-message"),
        _parts_table(stand, explanation),
    ]


def _parts_table(stand: Stand, explanation: ScoreExplanation) -> Component:
    parts = records(explanation.parts)
    if not parts:
        return empty_state("没有分解", "这个月的指数没有留下分项。")
    rows = []
    for dimension in (part for part in parts if part["level"] == "dimension"):
        rows.append(_part_row(dimension, "part-dimension", None))
        rows += [
            _part_row(part, "part-indicator", _cell_href(stand, explanation, part))
            for part in parts
            if part["level"] == "indicator" and part["parent"] == dimension["code"]
        ]
    heads = ["维度与指标", ("风险分", "num"), ("权重", "num"), ("贡献", "num")]
    return table(heads, rows, "parts-table", "指数分解")


def _part_row(part: Record, class_name: str, href: str | None) -> Component:
    title = html.A(part["title"], href=href) if href else part["title"]
    risk = "—" if part["risk"] is None else f"{part['risk']:.1f}"
    contribution = "—" if part["contribution"] is None else f"{part['contribution']:.1f}"
    return row(
        [title, (risk, "num"), (format_probability(part["weight"]), "num"), (contribution, "num strong")],
        href,
        class_name,
    )


def _cell_href(stand: Stand, explanation: ScoreExplanation, part: Record) -> str:
    target = f"cell:{part['code']}:{explanation.scope_code}:{explanation.reading}:{explanation.period}"
    return stand.view.href(explain=target, row=None)
