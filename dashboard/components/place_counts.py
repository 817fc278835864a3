"""Counts by place: a row for each prefecture or reporter, its name leading there, each count to what it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.tables import row, table
from dashboard.formats import format_count, is_missing
from dashboard.frames import records
from dashboard.stand import Stand


@dataclass(frozen=True)
class Count:
    """One column: its title; `changes` in the URL that show what is counted (None: no link)."""

    column: str
    title: str
    changes: Mapping[str, str] | None = None
    is_strong: bool = False


def place_counts(
    stand: Stand,
    places: pd.DataFrame,
    counts: Sequence[Count],
    *,
    missing: str = "—",
    caption: str,
) -> Component:
    """The table, with a foot that sums what is shown.

    Args:
        places: `place` and the columns of `counts`; a null is shown as `missing`.
    """
    if places.empty:
        return empty_state("没有数据", "查看范围内没有应报这张表的单位。")
    heads: list[Any] = ["地区", *((count.title, "num") for count in counts)]
    rows = [
        row(
            [_place(stand, str(entry["place"])), *(_count(stand, entry, count, missing) for count in counts)],
            href=_place_href(stand, str(entry["place"])),
        )
        for entry in records(places)
    ]
    sums = [(format_count(float(places[count.column].sum())), "num strong") for count in counts]
    if len(places) > 1:
        rows.append(row([html.Span("合计", className="strong"), *sums], class_name="sum-row"))
    return table(heads, rows, "place-counts", caption)


def _place_href(stand: Stand, code: str) -> str | None:
    if code != stand.division_code:
        return stand.view.href(division=code, explain=None, row=None)
    return stand.view.href(scope="own", explain=None, row=None) if stand.shows_area else None


def _place(stand: Stand, code: str) -> Component:
    href = _place_href(stand, code)
    is_own = code == stand.division_code and stand.is_area
    name = f"{stand.short_name(code)}本级" if is_own else stand.short_name(code)
    return html.Span(name, className="place") if href is None else html.A(name, href=href, className="place")


def _count(stand: Stand, entry: Mapping[str, Any], count: Count, missing: str) -> tuple[Component | str, str]:
    number = entry[count.column]
    if is_missing(number):
        return html.Span(missing, className="outcome"), "num"
    words = format_count(number)
    if not number:
        return words, "num zero"
    style = "num strong" if count.is_strong else "num"
    if count.changes is None:
        return words, style
    place = str(entry["place"])
    changes = {"scope": "own"} if place == stand.division_code and stand.shows_area else {"division": place}
    href = stand.view.href(explain=None, row=None, **changes, **count.changes)
    return html.A(words, href=href), style
