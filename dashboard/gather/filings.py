"""What the page of filings shows: every filing that was due of record, and files that could not be assigned."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import count_by
from dashboard.stand import Stand
from metrics import read_layer

FILTERS: tuple[str, ...] = ("state", "contract")


@dataclass(frozen=True)
class Filings:
    """`expected` is all that was due, `shown` what the filters leave; `refused` are files without a place."""

    stand: Stand
    expected: pd.DataFrame
    shown: pd.DataFrame
    refused: pd.DataFrame
    state_counts: dict[str, int]
    contract_counts: dict[str, int]
    contract_titles: dict[str, str]


def gather_filings(stand: Stand) -> Filings:
    """Expected filings of record at the month inside the chosen division."""
    expected = read_layer.read_expected_filings(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    submissions = read_layer.read_filings(stand.cursor, stand.scope, period=stand.period, within=stand.within)
    chosen = {name: stand.view.chosen(name) for name in FILTERS}
    return Filings(
        stand=stand,
        expected=expected,
        shown=filter_filings(expected, chosen),
        refused=submissions[submissions["status"] == "refused"],
        state_counts=count_by(filter_filings(expected, {**chosen, "state": ()})["state"]),
        contract_counts=count_by(filter_filings(expected, {**chosen, "contract": ()})["contract"]),
        contract_titles=dict(zip(expected["contract"], expected["contract_title"], strict=True)),
    )


def filter_filings(expected: pd.DataFrame, chosen: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Rows that fit every filter in which something is chosen."""
    for name, values in chosen.items():
        if values:
            expected = expected[expected[name].isin(values)]
    return expected
