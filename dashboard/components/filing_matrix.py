"""Who has filed: one tick for each reporter, place by contract; and the list of what is missing.

The ticks (some 750 on the overview) are written as markup: as Dash components they would be most of the page's cost.
"""

import json
from collections import defaultdict
from functools import lru_cache
from html import escape

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.marks import hover_card
from dashboard.components.markup import Markup
from dashboard.drawings.svg import tag
from dashboard.formats import format_day, format_full_day, format_period, format_time
from dashboard.frames import Record, records
from dashboard.gather.places import place_of
from dashboard.stand import Stand
from dashboard.view import View
from dashboard.wording import FILING_STATES
from data_contracts.divisions import REGION_CODE

SHOWN_MISSING = 18
_TOLD = ("contract", "division_code", "period", "state", "received_at", "attempts")


def state_legend() -> Component:
    """The four states with their ticks."""
    return html.Span(
        [
            html.Span([html.Span(className=f"tick tick-{state}"), title], className="legend-entry")
            for state, title in FILING_STATES.items()
        ],
        className="state-legend",
    )


def filing_matrix(stand: Stand, expected: pd.DataFrame, *, most: int | None = None) -> Component:
    """Rows are prefectures (with the region's own bureau and the 兵团), columns contracts, ticks reporters.

    Of a single reporter it is a list. `most`: only so many contracts, those that lack most filings first, and a
    sentence on the others; by default all of them in the order of the contracts.
    """
    if expected.empty:
        return empty_state("没有应报报表", "所选范围和月份内没有到期的报表。")
    contracts: dict[str, Record] = {}
    ticks: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for filing in records(expected):
        contracts.setdefault(filing["contract"], filing)
        ticks[_place(stand, filing)][filing["contract"]].append(filing_tick(stand, filing))
    if len(ticks) == 1:
        return _filing_list(stand, list(contracts.values()))
    others: list[str] = []
    if most is not None:
        in_order = _troubled_first(expected, list(contracts))
        others, contracts = in_order[most:], {contract: contracts[contract] for contract in in_order[:most]}
    heads = "".join(_contract_head(filing) for filing in contracts.values())
    order = sorted(ticks, key=lambda code: (code != REGION_CODE, code))
    body = "".join(_matrix_row(stand, place, ticks[place], list(contracts)) for place in order)
    caption = tag("caption", "报送情况", class_="visually-hidden")
    head = tag("thead", tag("tr", tag("th"), heads))
    drawn = Markup(tag("table", caption, head, tag("tbody", body), class_="table filing-matrix"))
    return html.Div([drawn, _on_the_others(expected, others)]) if others else drawn


def _troubled_first(expected: pd.DataFrame, contracts: list[str]) -> list[str]:
    """Contracts by how many filings they lack, then by how many came late; in their own order where equal."""
    lacking = expected[expected["state"].isin(["missing", "returned"])]["contract"].value_counts()
    late = expected[expected["state"] == "late"]["contract"].value_counts()
    return sorted(contracts, key=lambda contract: (-lacking.get(contract, 0), -late.get(contract, 0)))


def _on_the_others(expected: pd.DataFrame, others: list[str]) -> Component:
    """What is to be said of contracts that have no column."""
    states = expected[expected["contract"].isin(others)].groupby("contract")["state"].agg(set)
    lacking = int(states.map(lambda found: bool(found & {"missing", "returned"})).sum())
    late = int(states.map(lambda found: found <= {"on_time", "late"} and "late" in found).sum())
    counts = {"有未报或退回未改": lacking, "有迟报": late, "全部按时": len(others) - lacking - late}
    told = "，".join(f"{count} 种{words}" for words, count in counts.items() if count)
    return html.P(f"其余 {len(others)} 种报表：{told}。", className="matrix-others")


def _filing_list(stand: Stand, filings: list[Record]) -> Component:
    """What one reporter has filed: a matrix of a single row would run off the page."""
    entries = [
        tag(
            "li",
            filing_tick(stand, filing),
            tag("a", escape(filing["contract_title"]), href=due_href(stand, filing)),
            tag("span", format_period(filing["period"]), class_="head-note"),
            tag("b", _told_state(filing)),
        )
        for filing in filings
    ]
    return Markup(tag("ul", *entries, class_="filing-list"))


def _told_state(filing: Record) -> str:
    """In words where it is not as it should be."""
    state = str(filing["state"])
    return "" if state == "on_time" else FILING_STATES.get(state, state)


def _matrix_row(stand: Stand, place: str, ticks: dict[str, list[str]], contracts: list[str]) -> str:
    name = tag("a", escape(stand.short_name(place)), href=stand.view.href("/division", division=place))
    cells = [tag("td", tag("span", *ticks[contract], class_="ticks")) for contract in contracts]
    return tag("tr", tag("th", name, class_="matrix-place", scope="row"), *cells)


def _place(stand: Stand, filing: Record) -> str:
    """The row a reporter stands in: its place in the whole region, itself inside an area."""
    if stand.within is not None:
        return str(filing["division_code"])
    return place_of(filing["division_code"], filing["kind"], filing["parent_code"])


def _contract_head(filing: Record) -> str:
    words = tag(
        "span",
        tag("span", escape(filing["contract_title"])),
        tag("span", format_period(filing["period"]), class_="head-note"),
    )
    return tag("th", words, class_="matrix-head", scope="col")


def filing_tick(stand: Stand, filing: Record) -> str:
    """One expected filing as a tick (markup): its state on hover, its story in the drawer."""
    state, href = str(filing["state"]), escape(due_href(stand, filing), quote=True)
    key = ("tick", *(str(filing[name]) for name in _TOLD))
    rest = stand.snapshot.kept(key, lambda: _tick_attributes(stand.name(filing["division_code"]), filing))
    return f'<a class="tick tick-{state}" href="{href}"{rest}></a>'


def _tick_attributes(name: str, filing: Record) -> str:
    """What a tick tells of its filing; it is the same to every reader who sees it, and on every page."""
    state = str(filing["state"])
    words = FILING_STATES.get(state, state)
    lines = [
        ("报表", f"{filing['contract_title']} {format_period(filing['period'])}"),
        ("截止", format_full_day(filing["due_on"])),
    ]
    if filing["received_at"] is not None:
        lines.append(("接收", format_time(filing["received_at"])))
    if filing["attempts"] > 1:
        lines.append(("报送次数", f"{filing['attempts']} 次"))
    label = escape(f"{name} {filing['contract_title']} {words}", quote=True)
    shown = escape(json.dumps(hover_card(name, lines, note=words), ensure_ascii=False), quote=True)
    return f' aria-label="{label}" data-card="{shown}"'


def due_href(stand: Stand, filing: Record) -> str:
    """Link that opens the story of an expected filing in the drawer."""
    before, after = _around_target(stand.view)
    return f"{before}due:{filing['contract']}:{filing['division_code']}:{filing['period']}{after}"


@lru_cache(maxsize=64)
def _around_target(view: View) -> tuple[str, str]:
    """The link to a view with a drawer open, before and after what the drawer explains: made once, not for each."""
    before, _, after = view.href(explain="due::", row=None).partition("due::")
    return before, after


def missing_list(stand: Stand, expected: pd.DataFrame) -> Component | None:
    """Reporters with something missing, as chips that lead to the filing's story."""
    if expected.empty:
        return None
    missing = expected[expected["state"] == "missing"].sort_values(["due_on", "division_code"])
    if missing.empty:
        return html.P("应报报表全部收到。", className="missing-none")
    chips = [_missing_chip(stand, filing) for filing in records(missing.head(SHOWN_MISSING))]
    rest = len(missing) - SHOWN_MISSING
    if rest > 0:
        chips.append(
            html.A(f"另有 {rest} 张", href=stand.view.href("/filings", state="missing"), className="chip is-more")
        )
    reporters = missing["division_code"].nunique()
    return html.Div(
        [html.H3(f"未报 {reporters} 家、{len(missing)} 张"), html.Div(chips, className="chips")], className="missing"
    )


def _missing_chip(stand: Stand, filing: Record) -> Component:
    return html.A(
        [html.Span(stand.short_name(filing["division_code"]), className="place"), filing["contract_title"]],
        href=due_href(stand, filing),
        className="chip",
        title=f"{format_period(filing['period'])}，应于 {format_day(filing['due_on'])} 前报送",
    )
