"""能力保障: what bureaus have to work with (posts, budget, persons named in townships and villages), place by place."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import card, sentence
from dashboard.components.indicator_table import indicator_table
from dashboard.components.key_figures import key_figures
from dashboard.components.tables import row, table
from dashboard.formats import format_count, is_missing
from dashboard.frames import Record, records
from dashboard.gather.capacity import Capacity
from dashboard.ids import capacity as ids
from dashboard.sentences import Phrase
from dashboard.stand import Stand

# (title, part, whole): how many of how many, as a bar and in figures.
_PARTS = (
    ("编制到位", "posts_filled_count", "posts_count"),
    ("纳入规划", "planned", "filed"),
    ("列入预算", "budgeted", "filed"),
    ("预算执行（万元）", "spent_amount", "budget_amount"),
    ("乡镇有专人", "townships_named_count", "townships_count"),
    ("村有联络员", "villages_liaison_count", "villages_count"),
    ("边境防控机制", "border_system", "border"),
)


def capacity_page(shown: Capacity) -> Component:
    """Layout of the page."""
    stand = shown.stand
    heads: list[Any] = ["地区", ("已报", "num"), *((title, "part") for title, *_ in _PARTS)]
    rows = [_row(stand, place) for place in records(shown.places)]
    return html.Div(
        [
            sentence(_sentence(shown)),
            html.Div(
                key_figures(stand, shown.dimension.key, shown.dimension.history, reading=stand.reading),
                className="key-figures",
            ),
            card(
                "各地机构、队伍、经费",
                table(heads, rows, "capacity-table", "各地机构、队伍、经费"),
                note=f"{shown.year}年年报；未报的不计入，斜线表示没有这类对象",
                class_name="spaced",
                id=ids.PLACES,
            ),
            card(
                "教育与能力其余指标",
                indicator_table(stand, shown.dimension.rest, shown.dimension.history),
                id=ids.INDICATORS,
            ),
        ],
        className="stack is-top",
    )


def _sentence(shown: Capacity) -> list[Phrase]:
    stand, bureaus = shown.stand, shown.bureaus
    filed = int(bureaus["filed"].sum())
    if not filed:
        return [Phrase(f"{stand.title()}{shown.year}年的机构队伍经费统计表还没有收到。")]
    posts, filled = (float(bureaus[name].sum()) for name in ("posts_count", "posts_filled_count"))
    silent = int(bureaus["due"].sum()) - filed
    return [
        Phrase(f"{stand.title()}{shown.year}年核定编制 "),
        Phrase(f"{format_count(posts)} 个", is_strong=True),
        Phrase("，实有 "),
        Phrase(f"{format_count(filled)} 个", is_strong=True),
        Phrase(f"，缺 {format_count(posts - filled)} 个；"),
        Phrase(f"{silent} 家未报年报。" if silent else "应报的年报都已收到。", is_strong=bool(silent)),
    ]


def _row(stand: Stand, place: Record) -> Component:
    code = str(place["place"])
    href = None if code == stand.division_code else stand.view.href(division=code, explain=None, row=None)
    title = stand.short_name(code)
    name = html.A(title, href=href, className="place") if href else html.Span(f"{title}本级", className="place")
    filed = f"{format_count(place['filed'])}/{format_count(place['due'])}"
    return row([name, (filed, "num faint"), *((_part(place, part, whole), "part") for _, part, whole in _PARTS)], href)


def _part(place: Record, part: str, whole: str) -> Component:
    if not place["filed"]:
        return html.Span("未报", className="outcome")
    if is_missing(place[whole]) or not place[whole]:
        return html.Span("／", className="faint", title="没有这类对象")
    share = min(1.0, float(place[part] or 0) / float(place[whole]))
    words = f"{format_count(round(place[part] or 0))}/{format_count(round(place[whole]))}"
    return html.Span(
        [
            html.Span(html.Span(style={"width": f"{share * 100:.1f}%"}), className="part-bar"),
            html.Span(words, className="part-words"),
        ],
        className="part-cell",
    )
