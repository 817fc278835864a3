"""What is due from whom, and what has come of it: the spine that builds, period status and reminders all stand on."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.calendar import due_on, opens_on
from data_contracts.contract import Contract
from data_contracts.divisions import load_divisions, reporters
from data_contracts.loading import load_contracts
from data_contracts.periods import last_month, period_end, period_start, periods_between
from pipelines.home import Home
from pipelines.ledger import read_filings

_SQL = Path(__file__).parent / "build"
_DUE_COLUMNS = ["contract", "division_code", "period", "month", "opens_on", "due_on"]


def due_filings(
    contracts: Iterable[Contract], filers: pd.DataFrame, first: str, last: str, *, begun: str = ""
) -> pd.DataFrame:
    """Every filing due: contract × reporter valid on the period's last day × period that ends in `first` … `last`.

    A quarter or year that began before the month `begun` is not due: nobody was asked to file yet when it began.
    """
    since, until = pd.to_datetime(filers["valid_from"]), pd.to_datetime(filers["valid_to"])

    @cache
    def standing_on(day: date) -> list[str]:
        end = pd.Timestamp(day)
        return filers.loc[(since.isna() | (since <= end)) & (until.isna() | (until >= end)), "division_code"].tolist()

    rows = []
    for contract in contracts:
        for period in periods_between(first, last, contract.frequency):
            if f"{period_start(period):%Y-%m}" < begun:
                continue
            due, opens, month = due_on(contract, period), opens_on(period), last_month(period)
            rows += [(contract.contract, code, period, month, opens, due) for code in standing_on(period_end(period))]
    return pd.DataFrame(rows, columns=_DUE_COLUMNS)


def load_expected(connection: duckdb.DuckDBPyConnection, first: str, last: str, *, begun: str = "") -> None:
    """Make `counting_filings` and `expected_filings` from the table `filings`, for periods that end in those months.

    Periods that began before the month `begun` are left out.
    """
    due = due_filings(load_contracts().values(), reporters(load_divisions()), first, last, begun=begun)
    connection.register("due_filings", due)
    for name in ("counting_filings", "expected_filings"):
        connection.execute((_SQL / f"{name}.sql").read_text(encoding="utf-8"))
    connection.unregister("due_filings")


def expected_filings(home: Home, month: str, *, as_of: datetime | None = None) -> pd.DataFrame:
    """What is due for the periods that end in a month, straight from the ledger: columns as in a snapshot.

    `due_on` and `opens_on` are datetime64; `state` is `on_time | late | returned | missing`.
    """
    with duckdb.connect(":memory:") as connection:
        filings = read_filings(home, as_of=as_of)
        connection.register("filings", filings)
        load_expected(connection, month, month)
        frame: pd.DataFrame = connection.execute("FROM expected_filings").df()
    return frame
