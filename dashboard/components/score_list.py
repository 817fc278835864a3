"""Divisions by index: point with interval on 0–100, probability of the tier, rank interval."""

from collections.abc import Mapping

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.marks import interval_bar, tier_mark
from dashboard.components.tables import row, table
from dashboard.formats import format_count, format_probability, format_score, is_missing
from dashboard.frames import Record, records
from dashboard.stand import Stand

SCALE = (0.0, 100.0)


def score_list(stand: Stand, scores: pd.DataFrame, cuts: Mapping[str, float]) -> Component:
    """Table of scores in the order given; each row leads to the division's page."""
    if scores.empty:
        return empty_state("没有可比的风险指数", "本期没有哪个地区的数据足以评定指数。")
    heads = [
        ("位", "num narrow"),
        "地区",
        ("", "narrow"),
        (_scale_head(), "wide"),
        ("指数", "num"),
        ("属该级概率", "num"),
        ("名次区间", "num"),
    ]
    return table(heads, [_score_row(stand, score, cuts) for score in records(scores)], "score-list", "风险指数")


def _scale_head() -> Component:
    return html.Span([html.Span("0"), html.Span("50"), html.Span("100")], className="scale-head")


def _score_row(stand: Stand, score: Record, cuts: Mapping[str, float]) -> Component:
    code = str(score["scope_code"])
    scope = "own" if score["scope"] == "own" and score["kind"] in ("region", "prefecture") else None
    href = stand.view.href("/division", division=code, scope=scope)
    is_at_home = score["parent_code"] == stand.division_code
    place = "本级" if scope else score["parent_name"] if score["kind"] == "county" and not is_at_home else ""
    name = html.A(
        [html.Span(stand.short_name(code), className="place"), html.Span(place, className="place-note")], href=href
    )
    bar = interval_bar(
        score["score"], score["lower"], score["upper"], low=SCALE[0], high=SCALE[1], cuts=list(cuts.values())
    )
    return row(
        [
            (_rank(score), "num narrow faint"),
            name,
            (tier_mark(score["tier"]), "narrow"),
            (bar, "wide"),
            (format_score(score["score"]), "num strong"),
            (format_probability(score["tier_probability"]), "num"),
            (_rank_interval(score), "num faint"),
        ],
        href=href,
    )


def _rank(score: Record) -> str:
    return "—" if is_missing(score["rank"]) else format_count(score["rank"])


def _rank_interval(score: Record) -> str:
    if is_missing(score["rank_lower"]):
        return "—"
    return f"{score['rank_lower']:.0f}–{score['rank_upper']:.0f}"
