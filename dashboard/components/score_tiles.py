"""Divisions as small tiles with their tier, for what stands on no map."""

from collections.abc import Mapping

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.marks import card_attribute, hover_card, tier_mark
from dashboard.formats import format_count, format_probability, format_rank_interval, format_score, is_missing
from dashboard.frames import Record, records
from dashboard.stand import Stand
from dashboard.wording import TIERS, tier_of


def score_tiles(stand: Stand, scores: pd.DataFrame, reasons: Mapping[str, list[str]]) -> Component | None:
    """A tile for each division: shape of the tier and short name, linked to its page; None where there is none."""
    tiles = [score_tile(stand, score, reasons.get(str(score["scope_code"]), [])) for score in records(scores)]
    return html.Div(tiles, className="tiles") if tiles else None


def score_tile(stand: Stand, score: Record, reasons: list[str]) -> Component:
    """One division with its tier."""
    code = str(score["scope_code"])
    return html.A(
        [tier_mark(score["tier"]), html.Span(stand.short_name(code))],
        href=stand.view.href("/division", division=code, scope=_scope(score)),
        className="tile",
        **card_attribute(score_card(stand.name(code), score, reasons)),
    )


def silent_tile(stand: Stand, division_code: str) -> Component:
    """A division that does not file yet, so that it is listed and not dropped."""
    card = hover_card(stand.name(division_code), [("报送", "暂不单独报送，没有可评定的数据")], tier="insufficient")
    return html.Span(
        [tier_mark("insufficient"), html.Span(stand.short_name(division_code))],
        className="tile is-silent",
        tabIndex="0",
        **card_attribute(card),
    )


def _scope(score: Record) -> str | None:
    """A prefecture's own tile leads to its own reading."""
    return "own" if score["scope"] == "own" and score["kind"] in ("region", "prefecture") else None


def score_card(title: str, score: Record, reasons: list[str]) -> dict[str, object]:
    """Hover card of an index: tier with probability, score with interval, rank, main reasons."""
    if is_missing(score["score"]):
        share = format_probability(score["data_share"])
        return hover_card(title, [("有数的权重", share), ("等级", "暂不评定")], tier="insufficient", note="数据不足")
    interval = f"{format_score(score['lower'])}–{format_score(score['upper'])}"
    lines = [
        ("风险指数", f"{format_score(score['score'])}（{interval}）"),
        ("属该级概率", format_probability(score["tier_probability"])),
    ]
    if not is_missing(score["rank_lower"]):
        lines.append(("名次区间", format_rank_interval(score["rank_lower"], score["rank_upper"])))
    if reasons:
        lines.append(("主要原因", "、".join(reasons)))
    return hover_card(title, lines, tier=score["tier"], note=tier_of(score["tier"]).title)


def tier_legend(scores: pd.DataFrame) -> Component:
    """Every tier with its mark, word and the number of divisions in it."""
    counts = scores["tier"].value_counts()
    entries = [
        html.Span(
            [html.Span(className=f"mark mark-{tier.code}"), tier.title, html.B(format_count(counts.get(tier.code, 0)))],
            className="legend-entry",
        )
        for tier in TIERS.values()
    ]
    return html.Div(entries, className="tier-legend")
