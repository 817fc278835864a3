"""Small signs beside figures: tier marks, change arrows, intervals, deadline tags. Shape or word goes with colour."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.formats import change_unit, deadline_tag, format_change, is_missing
from dashboard.wording import tier_of


def tier_mark(tier: str | None) -> Component:
    """The tier's coloured shape; stands beside a word or a figure that says the tier."""
    found = tier_of(tier)
    return html.Span(className=f"mark mark-{found.code}", role="img", **aria(label=found.title))


def tier_tag(tier: str | None) -> Component:
    """Shape and word: ▲ 一级红."""
    found = tier_of(tier)
    return html.Span([html.Span(className=f"mark mark-{found.code}"), found.title], className="tier-tag")


def change_mark(
    change: float | None, kind: str, is_better: bool | None, *, with_unit: bool = False, suffix: str = ""
) -> Component:
    """Arrow and size of a change; the arrow's colour says whether it is for the better."""
    if is_missing(change):
        return html.Span("无上月值", className="change is-none")
    assert change is not None
    size = format_change(change, kind)
    if float(size.replace(",", "")) == 0:
        return html.Span("与上月持平" if suffix else "持平", className="change is-none")
    direction = "up" if change > 0 else "down"
    goodness = "none" if is_better is None else "better" if is_better else "worse"
    words = {"better": "好转", "worse": "变差", "none": ""}[goodness]
    unit = change_unit(kind) if with_unit else ""
    return html.Span(
        [
            html.Span(
                className=f"arrow arrow-{direction} is-{goodness}",
                role="img",
                **aria(label=f"{'上升' if change > 0 else '下降'}{words}"),
            ),
            html.Span(size, className="change-size"),
            f"{unit}{suffix}",
        ],
        className="change",
    )


def interval_bar(
    value: float | None,
    lower: float | None,
    upper: float | None,
    *,
    low: float = 0,
    high: float = 1,
    target: float | None = None,
    cuts: Sequence[float] = (),
    tier: str | None = None,
) -> Component:
    """Point with interval on a scale from `low` to `high`; `target` a thin tick, `cuts` faint ticks."""

    def place(at: float) -> str:
        return f"{min(100.0, max(0.0, (at - low) / ((high - low) or 1) * 100)):.2f}%"

    marks: list[Component] = [html.Span(className="interval-cut", style={"left": place(cut)}) for cut in cuts]
    if not is_missing(target):
        assert target is not None
        marks.append(html.Span(className="interval-target", style={"left": place(target)}))
    if not is_missing(lower) and not is_missing(upper):
        assert lower is not None and upper is not None
        width = f"calc({place(upper)} - {place(lower)})"
        marks.append(html.Span(className="interval-range", style={"left": place(lower), "width": width}))
    if not is_missing(value):
        assert value is not None
        kind = f" point-{tier}" if tier else ""
        marks.append(html.Span(className=f"interval-point{kind}", style={"left": place(value)}))
    return html.Span(marks, className="interval", **aria(hidden="true"))


def deadline_mark(respond_by: date | None, today: date, *, is_cleared: bool = False) -> Component | str:
    """剩 3 天, 今日到期, 逾期 2 天 or 观察中 as a text tag, never in a tier's colour."""
    words, state = deadline_tag(respond_by, today, is_cleared=is_cleared)
    return html.Span(words, className=f"deadline is-{state}") if words else ""


def hover_card(
    title: str, lines: Sequence[tuple[str, str]], *, tier: str | None = None, note: str = "", foot: str = ""
) -> dict[str, Any]:
    """Content of a hover card, for `data-card` of an element or of a polygon."""
    card: dict[str, Any] = {"title": title, "lines": [list(line) for line in lines]}
    if tier is not None:
        card["tier"] = tier_of(tier).code
    return {**card, **({"note": note} if note else {}), **({"foot": foot} if foot else {})}


def card_attribute(card: Mapping[str, Any]) -> dict[str, Any]:
    """`data-card` for a Dash component."""
    return data(card=json.dumps(card, ensure_ascii=False))
