"""Who has filed: one tick for each reporter, prefecture by contract; and the list of what is missing."""

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.marks import card_attribute, hover_card
from dashboard.components.tables import row, table
from dashboard.formats import format_day, format_full_day, format_period, format_time, is_missing
from dashboard.stand import Stand
from dashboard.wording import FILING_STATES
from data_contracts.divisions import CORPS_CODE, REGION_CODE

SHOWN_MISSING = 18


def state_legend() -> Component:
    """The four states with their ticks."""
    return html.Span(
        [html.Span([html.Span(className=f"tick tick-{state}"), title], className="legend-entry")
         for state, title in FILING_STATES.items()],
        className="state-legend",
    )


def filing_matrix(stand: Stand, expected: pd.DataFrame) -> Component:
    """Rows are prefectures (with the region's own bureau and the 兵团), columns contracts, ticks reporters."""
    if expected.empty:
        return empty_state("没有应报报表", "所选范围和月份内没有到期的报表。")
    placed = expected.assign(place=_places(stand, expected))
    contracts = placed.drop_duplicates("contract")[["contract", "contract_title", "period"]]
    heads = ["", *[(_contract_head(contract), "matrix-head") for _, contract in contracts.iterrows()]]
    rows = []
    for place in sorted(placed["place"].unique(), key=lambda code: (code != REGION_CODE, code)):
        of_place = placed[placed["place"] == place]
        cells = [_ticks(stand, of_place[of_place["contract"] == name]) for name in contracts["contract"]]
        rows.append(row([(html.A(stand.short_name(place), href=stand.view.href("/division", division=place)), "matrix-place"),
                         *[(cell, "matrix-cell") for cell in cells]]))
    return table(heads, rows, "filing-matrix", "报送情况")


def _places(stand: Stand, expected: pd.DataFrame) -> pd.Series:
    """The row a reporter stands in: its prefecture, itself for a prefecture, the 兵团 for a 师."""
    inside = stand.within is not None and stand.kind in ("prefecture", "corps")
    if inside:
        return expected["division_code"]
    keeps = expected["kind"].isin(["region", "prefecture"])
    place = expected["parent_code"].where(~keeps, expected["division_code"])
    return place.where(expected["kind"] != "corps_division", CORPS_CODE)


def _contract_head(contract: pd.Series) -> Component:
    return html.Span([html.Span(contract["contract_title"]),
                      html.Span(format_period(contract["period"]), className="head-note")])


def _ticks(stand: Stand, filings: pd.DataFrame) -> Component:
    return html.Span([filing_tick(stand, filing) for _, filing in filings.iterrows()], className="ticks")


def filing_tick(stand: Stand, filing: pd.Series) -> Component:
    """One expected filing as a tick: its state on hover, its story in the drawer."""
    name = stand.name(filing["division_code"])
    state = str(filing["state"])
    title = filing["contract_title"] if "contract_title" in filing else filing["contract"]
    lines = [("报表", f"{title} {format_period(filing['period'])}"), ("截止", format_full_day(filing["due_on"]))]
    if not is_missing(filing["received_at"]):
        lines.append(("接收", format_time(filing["received_at"])))
    if filing["attempts"] > 1:
        lines.append(("报送次数", f"{filing['attempts']:.0f} 次"))
    target = f"due:{filing['contract']}:{filing['division_code']}:{filing['period']}"
    return html.A(className=f"tick tick-{state}", href=stand.view.href(explain=target, row=None),
                  **{"aria-label": f"{name} {title} {FILING_STATES.get(state, state)}"},
                  **card_attribute(hover_card(name, lines, note=FILING_STATES.get(state, state))))


def missing_list(stand: Stand, expected: pd.DataFrame) -> Component | None:
    """Reporters with something missing, as chips that lead to the filing's story."""
    if expected.empty:
        return None
    missing = expected[expected["state"] == "missing"].sort_values(["due_on", "division_code"])
    if missing.empty:
        return html.P("应报报表全部收到。", className="missing-none")
    chips = [_missing_chip(stand, filing) for _, filing in missing.head(SHOWN_MISSING).iterrows()]
    rest = len(missing) - SHOWN_MISSING
    if rest > 0:
        chips.append(html.A(f"另有 {rest} 张", href=stand.view.href("/filings", state="missing"), className="chip is-more"))
    reporters = missing["division_code"].nunique()
    return html.Div([html.H3(f"未报 {reporters} 家、{len(missing)} 张"), html.Div(chips, className="chips")], className="missing")


def _missing_chip(stand: Stand, filing: pd.Series) -> Component:
    target = f"due:{filing['contract']}:{filing['division_code']}:{filing['period']}"
    return html.A([html.Span(stand.short_name(filing["division_code"]), className="place"), filing["contract_title"]],
                  href=stand.view.href(explain=target, row=None), className="chip",
                  title=f"{format_period(filing['period'])}，应于 {format_day(filing['due_on'])} 前报送")
