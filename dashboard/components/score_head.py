"""One index at a glance: tier with probability, score with interval on the tiers' scale, rank interval."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.cards import empty_state, facts
from dashboard.components.marks import interval_bar, tier_mark
from dashboard.formats import format_probability, format_rank_interval, format_score
from dashboard.frames import Record
from dashboard.stand import Stand
from dashboard.wording import TIERS, tier_of

_RATED = ("red", "orange", "yellow", "blue", "normal")


def score_head(stand: Stand, score: Record | None, cuts: Mapping[str, float], peers: int | None) -> Component:
    """The head of a division's page; links to the explanation of the score."""
    if score is None or score["score"] is None:
        return empty_state(
            "暂不评定", "有数的权重不足规定份额，不评定指数和等级。", "先看右侧报送记录，补齐缺报的报表。"
        )
    target = f"score:{stand.division_code}:{stand.reading}:{stand.period}"
    tier = tier_of(score["tier"])
    return html.Div(
        [
            html.A(
                [
                    html.Span([tier_mark(score["tier"]), tier.title], className="score-tier"),
                    html.Span(format_score(score["score"]), className="score-value"),
                ],
                href=stand.view.href(explain=target, row=None),
                className="score-main",
            ),
            interval_bar(score["score"], score["lower"], score["upper"], high=100, cuts=list(cuts.values())),
            _scale(cuts),
            _probabilities(score),
            facts(
                [
                    ("95% 区间", f"{format_score(score['lower'])}–{format_score(score['upper'])}"),
                    ("名次区间", _rank(score, peers)),
                    ("较上月", _change(score)),
                ]
            ),
        ],
        className="score-head",
    )


def _scale(cuts: Mapping[str, float]) -> Component:
    """Where the tiers begin, under the interval."""
    ends = [html.Span("0", style={"left": "0%"}), html.Span("100", style={"left": "100%"})]
    steps = [html.Span(f"{cut:g}", style={"left": f"{cut:g}%"}) for cut in cuts.values()]
    return html.Div([*ends, *steps], className="cut-scale", **aria(hidden="true"))


def _probabilities(score: Record) -> Component:
    """How the probability is spread over the tiers: a strip with the words of the likely ones."""
    shares = [(tier, float(score.get(f"p_{tier}") or 0)) for tier in _RATED]
    strip = [
        html.Span(className=f"share share-{tier}", style={"flexGrow": f"{share:.4f}"})
        for tier, share in shares
        if share > 0
    ]
    words = [
        html.Span(
            [html.Span(className=f"mark mark-{tier}"), f"{TIERS[tier].title} {format_probability(share)}"],
            className="legend-entry",
        )
        for tier, share in shares
        if share >= 0.005
    ]
    return html.Div([html.Div(strip, className="probability-strip"), html.Div(words, className="probability-words")])


def _rank(score: Record, peers: int | None) -> str | None:
    if score["rank_lower"] is None:
        return None
    words = format_rank_interval(score["rank_lower"], score["rank_upper"])
    return f"{words}，共 {peers} 个" if peers else words


def _change(score: Record) -> str | None:
    before = score.get("score_before")
    if before is None:
        return None
    change = score["score"] - before
    if abs(change) < 0.05:
        return "持平"
    return f"{'升高' if change > 0 else '降低'} {abs(change):.1f} 分（{'变差' if change > 0 else '好转'}）"
