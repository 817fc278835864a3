"""What a build loads into a snapshot before anything is computed: reference tables, filings, events, rows."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.divisions import load_divisions, scopes
from data_contracts.loading import load_contracts
from data_contracts.periods import last_month
from pipelines.expecting import load_expected
from pipelines.home import Home

_CONTRACTS_AT_ONCE = 2


def load_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables of the program's own: divisions, readings, contracts with columns and codes."""
    contracts = load_contracts()
    divisions = load_divisions()
    columns = [
        (
            c.contract,
            n,
            column.name,
            column.title,
            column.kind,
            column.unit,
            column.help,
            list(column.articles),
            column.is_key,
        )
        for c in contracts.values()
        for n, column in enumerate(c.columns, start=1)
    ]
    codes = [
        (c.contract, column.name, code.code, code.title)
        for c in contracts.values()
        for column in c.columns
        for code in column.codes
    ]
    heads = [(c.contract, c.title, c.kind, c.frequency, list(c.articles), c.version) for c in contracts.values()]
    write_frame(connection, "divisions", divisions)
    write_frame(connection, "scopes", scopes(divisions))
    write_frame(
        connection,
        "contracts",
        pd.DataFrame(heads, columns=["contract", "title", "kind", "frequency", "articles", "version"]),
    )
    names = ["contract", "position", "column_name", "title", "kind", "unit", "help", "articles", "is_key"]
    write_frame(connection, "contract_columns", pd.DataFrame(columns, columns=names))
    write_frame(connection, "codes", pd.DataFrame(codes, columns=["contract", "column_name", "code", "title"]))


def load_filings(
    connection: duckdb.DuckDBPyConnection,
    filings: pd.DataFrame,
    faults: pd.DataFrame,
    first_period: str,
    last_period: str,
) -> None:
    """`filings` and `faults` up to the last month, and what was due of them."""
    # A refused file keeps its place whatever period it claims: a mistyped year is one of the reasons to refuse.
    is_refused = filings["status"] == "refused"
    within = is_refused | (filings["period"].where(~is_refused).map(last_month, na_action="ignore") <= last_period)
    known = filings[within].sort_values(["received_at", "filing_id"], ignore_index=True)
    write_frame(connection, "filings", known)
    write_frame(connection, "faults", faults, "SEMI JOIN filings USING (filing_id)")
    load_expected(connection, first_period, last_period, begun=first_period)


def load_events(connection: duckdb.DuckDBPyConnection, events: pd.DataFrame, last_period: str) -> None:
    """What happened to the filings and periods of the snapshot; without the ledger's own numbers, in order of time."""
    within = events["period"].map(last_month, na_action="ignore").fillna("") <= last_period
    shown = events[within].drop(columns="event_id").sort_values(["at", "filing_id", "kind"], kind="stable")
    write_frame(connection, "events", shown, "WHERE filing_id IS NULL OR filing_id IN (SELECT filing_id FROM filings)")


def load_rows(
    connection: duckdb.DuckDBPyConnection, home: Home, files: Mapping[str, list[Path]] | None = None
) -> None:
    """One table per contract with the rows of the filings that count, typed by the contract.

    Args:
        connection: gets the tables, or holds them already where `files` are given.
        home: where the rows lie staged.
        files: by contract, the files whose rows are to be added; by default all.
    """
    for contract in load_contracts().values():
        schema = ", ".join(f'"{name}" {kind}' for name, kind in contract.staged_schema().items())
        connection.execute(f'CREATE TABLE IF NOT EXISTS "{contract.contract}" ({schema})')

    def load(contract: str) -> None:
        found = sorted((home.staged / contract).glob("*.parquet")) if files is None else files[contract]
        if found:
            connection.cursor().execute(
                f'INSERT INTO "{contract}" BY NAME SELECT rows.* FROM read_parquet(?) AS rows '
                "SEMI JOIN counting_filings USING (filing_id) ORDER BY period, division_code, filing_id, row",
                [[str(path) for path in found]],
            )

    with ThreadPoolExecutor(_CONTRACTS_AT_ONCE) as pool:  # small ones keep no second core busy by themselves
        list(pool.map(load, load_contracts()))


def write_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame, kept: str = "") -> None:
    """A table of a frame's rows in their order; of those alone that `kept`, a clause behind FROM, keeps."""
    connection.register("incoming", frame)
    connection.execute(f'CREATE TABLE "{table}" AS SELECT incoming.* FROM incoming {kept}')
    connection.unregister("incoming")
