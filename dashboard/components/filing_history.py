"""One reporter's filings, contract by contract, over its newest periods."""

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty_state
from dashboard.components.filing_matrix import filing_tick
from dashboard.components.markup import Markup
from dashboard.components.tables import row, table
from dashboard.drawings.svg import tag
from dashboard.formats import short_period
from dashboard.frames import Record, records
from dashboard.stand import Stand
from dashboard.wording import FILING_STATES


def filing_history(stand: Stand, history: pd.DataFrame) -> Component:
    """A row for each contract: a tick for each period, and how often it came on time."""
    if history.empty:
        return empty_state("没有应报报表", "这个地区不单独报送。")
    by_contract: dict[str, list[Record]] = {}
    for filing in records(history):
        by_contract.setdefault(filing["contract_title"], []).append(filing)
    heads = ["报表", ("近 12 期", "wide"), ("最近一期", ""), ("按时率", "num")]
    return table(
        heads, [_row(stand, title, filings) for title, filings in by_contract.items()], "filing-history", "报送记录"
    )


def _row(stand: Stand, title: str, filings: list[Record]) -> Component:
    last = filings[-1]
    on_time = sum(filing["state"] == "on_time" for filing in filings)
    ticks = Markup(tag("span", *(filing_tick(stand, filing) for filing in filings), class_="ticks is-large"))
    state = html.Span(
        [
            html.Span(className=f"tick tick-{last['state']}"),
            f"{short_period(last['period'])} {FILING_STATES.get(last['state'], '')}",
        ],
        className="state-tag",
    )
    return row([title, (ticks, "wide"), state, (f"{on_time} / {len(filings)}", "num")])
