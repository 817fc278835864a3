"""What the page of filings shows: every filing that was due of record, and files that could not be assigned."""

from dataclasses import dataclass

import pandas as pd

from dashboard.frames import count_by
from dashboard.gather.places import by_place
from dashboard.stand import Stand
from metrics import read_layer
from pipelines.ledger import read_events

FILTERS: tuple[str, ...] = ("state", "contract")


@dataclass(frozen=True)
class Filings:
    """`expected` is all that was due, `shown` what the filters leave; `refused` are files without a place.

    `returned`: what was sent back, `is_mended` whether a later filing was taken. `reminders`: by place how many filings
    were `expected`, are `missing`, `returned` and not mended, `late`, and when the place was `reminded_at` last.
    """

    stand: Stand
    expected: pd.DataFrame
    shown: pd.DataFrame
    refused: pd.DataFrame
    returned: pd.DataFrame
    reminders: pd.DataFrame
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
        returned=_returned(submissions, expected),
        reminders=_reminders(stand, expected),
        state_counts=count_by(filter_filings(expected, {**chosen, "state": ()})["state"]),
        contract_counts=count_by(filter_filings(expected, {**chosen, "contract": ()})["contract"]),
        contract_titles=dict(zip(expected["contract"], expected["contract_title"], strict=True)),
    )


def _returned(submissions: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    returned = submissions[submissions["status"] == "returned"]
    keys = ["contract", "division_code", "period"]
    states = expected[[*keys, "state"]]
    joined = returned.merge(states, on=keys, how="left")
    return joined.assign(is_mended=joined["state"].isin(["on_time", "late"])).sort_values(
        ["is_mended", "received_at"], ascending=[True, False]
    )


def _reminders(stand: Stand, expected: pd.DataFrame) -> pd.DataFrame:
    counted = expected.assign(
        expected=1, **{state: (expected["state"] == state).astype(int) for state in ("missing", "returned", "late")}
    )
    places = by_place(stand, counted, ("expected", "missing", "returned", "late"))
    events = read_events(stand.home, kinds=["reminded"])
    last = events.groupby("division_code")["at"].max()
    return places.join(last.rename("reminded_at"), on="place")


def filter_filings(expected: pd.DataFrame, chosen: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Rows that fit every filter in which something is chosen."""
    for name, values in chosen.items():
        if values:
            expected = expected[expected[name].isin(values)]
    return expected
