"""Build a snapshot: archive + ledger + policy in, one DuckDB file out.

A pure function of what was filed and of the data files in this program: nothing here asks the clock, so two builds
of the same period hold equal values (only `snapshot_id` and `built_at` in `meta` differ). With `as_of` only what the
ledger knew at the end of that day goes in; with `policy_as_of` all months are computed with the policy of that day.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import pandas as pd

import data_contracts
import metrics
from data_contracts.divisions import load_divisions, scopes
from data_contracts.errors import MendableError
from data_contracts.loading import load_contracts
from data_contracts.periods import frequency_of, last_month, month_range, period_start
from metrics.composite_apart import index_beside
from metrics.compute import compute
from metrics.memory import keep_memory
from metrics.snapshot import comment_tables
from pipelines import corrections, ledger, snapshots, staging
from pipelines.expecting import load_expected
from pipelines.home import Home
from pipelines.machine_faults import telling_machine_faults
from pipelines.sums import write_sum

Progress = Callable[[str, int, int], None]
_CONTRACTS_AT_ONCE = 2
_DATA_SUFFIXES = {".yaml", ".sql", ".csv"}


class BuildError(MendableError):
    """A build that cannot be made; the text is Chinese and says what to do."""


def build(
    home: Home,
    *,
    period: str | None = None,
    as_of: date | None = None,
    policy_as_of: date | None = None,
    progress: Progress | None = None,
) -> str:
    """Build a draft snapshot up to a month and give back its id.

    Args:
        home: the home folder with archive and ledger.
        period: the month to build for; the newest month that anyone has filed for if None.
        as_of: build what was known at the end of this day: only what had come, been withdrawn or corrected by then.
        policy_as_of: compute every month with the policy of this day; by default each with that of its own day.
        progress: told each step.

    Raises:
        BuildError: nothing has been accepted yet, or the month is malformed or before the first filing.
        CorrectionError: a correction does not fit what is on file any more.
        PolicyError: a policy cannot be used, or has no version in force on a day that is asked for.
    """
    keep_memory()
    say: Progress = progress or (lambda title, done, total: None)
    staging.restage(home, progress=progress)
    moment = None if as_of is None else datetime.combine(as_of, time.max)
    # Before the filings are read: what comes meanwhile may be in the snapshot, never missing from behind its seal.
    seal = ledger.read_seal_head(home)
    filings, faults = ledger.read_filings(home, as_of=moment), ledger.read_faults(home)
    first_period, last_period = _span(filings, period)
    snapshot_id = snapshots.next_snapshot_id(home, last_period, as_of, policy_as_of)
    temporary = home.snapshots / f".{snapshot_id}.{os.getpid()}.building"
    _clear_leftovers(home)
    try:
        months = len(month_range(first_period, last_period))
        with (
            telling_machine_faults("计算"),
            index_beside(len(scopes(load_divisions())), months) as index,
            duckdb.connect(str(temporary), config=_WRITER) as connection,
        ):
            say("装载报送数据", 0, 1)
            _load_reference(connection)
            _load_filings(connection, filings, faults, first_period, last_period)
            _load_events(connection, ledger.read_events(home, as_of=moment), last_period)
            _load_rows(connection, home)
            corrections.apply_corrections(connection, corrections.read_corrections(home, as_of=moment), last_period)
            say("装载报送数据", 1, 1)
            compute(
                connection,
                period=last_period,
                first_period=first_period,
                policy_as_of=policy_as_of,
                index=index,
                progress=progress,
            )
            span = {"period": last_period, "first_period": first_period}
            days = {"as_of": as_of, "policy_date": policy_as_of}
            _write_meta(connection, snapshot_id, span, days, seal)
            comment_tables(connection)
            connection.execute("CHECKPOINT")
        # The sum first: a file that everybody can see has one.
        path = snapshots.snapshot_path(home, snapshot_id)
        write_sum(path, of=temporary)
        temporary.rename(path)
    finally:
        for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
            leftover.unlink(missing_ok=True)
    return snapshot_id


# No network and no surprise: DuckDB must not fetch or load an extension by itself.
_WRITER: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def _clear_leftovers(home: Home) -> None:
    """Remove what builds that were killed have left; those of processes that still run stay."""
    for path in home.snapshots.glob(".*.building*"):
        number = path.name.partition(".building")[0].rpartition(".")[2]
        if number.isdigit() and int(number) != os.getpid() and Path(f"/proc/{number}").exists():
            continue
        path.unlink(missing_ok=True)


def _span(filings: pd.DataFrame, period: str | None) -> tuple[str, str]:
    accepted = filings[filings["status"].isin(ledger.ACCEPTED) & filings["withdrawn_at"].isna()]
    if accepted.empty:
        raise BuildError("台账里还没有被接收的报表：先运行 oversight intake")
    months = accepted["period"].map(last_month)
    first = min(f"{period_start(p):%Y-%m}" for p in accepted["period"].unique())
    if period is None:
        return first, str(months.max())
    try:
        is_month = frequency_of(period) == "month"
    except ValueError as error:
        raise BuildError(str(error)) from error
    if not is_month or period < first:
        raise BuildError(f"报告期“{period}”应是不早于 {first} 的月份，如 {months.max()}")
    return first, period


def _load_reference(connection: duckdb.DuckDBPyConnection) -> None:
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
    _write(connection, "divisions", divisions)
    _write(connection, "scopes", scopes(divisions))
    _write(
        connection,
        "contracts",
        pd.DataFrame(heads, columns=["contract", "title", "kind", "frequency", "articles", "version"]),
    )
    names = ["contract", "position", "column_name", "title", "kind", "unit", "help", "articles", "is_key"]
    _write(connection, "contract_columns", pd.DataFrame(columns, columns=names))
    _write(connection, "codes", pd.DataFrame(codes, columns=["contract", "column_name", "code", "title"]))


def _load_filings(
    connection: duckdb.DuckDBPyConnection,
    filings: pd.DataFrame,
    faults: pd.DataFrame,
    first_period: str,
    last_period: str,
) -> None:
    # A refused file keeps its place whatever period it claims: a mistyped year is one of the reasons to refuse.
    is_refused = filings["status"] == "refused"
    within = is_refused | (filings["period"].where(~is_refused).map(last_month, na_action="ignore") <= last_period)
    known = filings[within].sort_values(["received_at", "filing_id"], ignore_index=True)
    _write(connection, "filings", known)
    _write(connection, "faults", faults, "SEMI JOIN filings USING (filing_id)")
    load_expected(connection, first_period, last_period, begun=first_period)


def _load_events(connection: duckdb.DuckDBPyConnection, events: pd.DataFrame, last_period: str) -> None:
    """What happened to the filings and periods of the snapshot; without the ledger's own numbers, in order of time."""
    within = events["period"].map(last_month, na_action="ignore").fillna("") <= last_period
    shown = events[within].drop(columns="event_id").sort_values(["at", "filing_id", "kind"], kind="stable")
    _write(connection, "events", shown, "WHERE filing_id IS NULL OR filing_id IN (SELECT filing_id FROM filings)")


def _load_rows(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """One table per contract with the rows of the filings that count, typed by the contract."""
    for contract in load_contracts().values():
        schema = ", ".join(f'"{name}" {kind}' for name, kind in contract.staged_schema().items())
        connection.execute(f'CREATE TABLE "{contract.contract}" ({schema})')

    def load(contract: str) -> None:
        files = sorted(str(path) for path in (home.staged / contract).glob("*.parquet"))
        if files:
            connection.cursor().execute(
                f'INSERT INTO "{contract}" BY NAME SELECT rows.* FROM read_parquet(?) AS rows '
                "SEMI JOIN counting_filings USING (filing_id) ORDER BY period, division_code, filing_id, row",
                [files],
            )

    with ThreadPoolExecutor(_CONTRACTS_AT_ONCE) as pool:  # small ones keep no second core busy by themselves
        list(pool.map(load, load_contracts()))


def _write(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame, kept: str = "") -> None:
    """A table of a frame's rows in their order; of those alone that `kept`, a clause behind FROM, keeps."""
    connection.register("incoming", frame)
    connection.execute(f'CREATE TABLE "{table}" AS SELECT incoming.* FROM incoming {kept}')
    connection.unregister("incoming")


def _write_meta(
    connection: duckdb.DuckDBPyConnection, snapshot_id: str, span: dict[str, str], days: dict[str, date | None],
    ledger_seal: str,
) -> None:
    (simulated,) = connection.execute("SELECT coalesce(bool_or(is_simulated), false) FROM filings").fetchall()[0]
    (share,) = connection.execute(
        "SELECT count(*) FILTER (WHERE filing_id IS NOT NULL) / nullif(count(*), 0) "
        "FROM expected_filings WHERE month = ?",
        [span["period"]],
    ).fetchall()[0]
    meta = {
        "snapshot_id": snapshot_id,
        **span,
        "built_at": f"{datetime.now():%Y-%m-%dT%H:%M:%S}",
        **{name: "" if day is None else day.isoformat() for name, day in days.items()},
        "is_simulated": str(bool(simulated)).lower(),
        "completeness": "" if share is None else f"{share:.6f}",
        "inputs_hash": _inputs_hash(connection),
        "ledger_seal": ledger_seal,
        "marking": "内部资料",
    }
    _write(connection, "meta", pd.DataFrame(meta.items(), columns=["key", "value"]))


def _inputs_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """SHA-256 over what the values depend on: the filings that count, and the data files of contracts and metrics."""
    digest = hashlib.sha256()
    for row in connection.execute("SELECT filing_id FROM counting_filings ORDER BY ALL").fetchall():
        digest.update(row[0].encode())
    for row in connection.execute("SELECT correction_id, filing_id, state FROM corrections ORDER BY ALL").fetchall():
        digest.update("/".join(map(str, row)).encode())
    for package in (data_contracts, metrics):
        root = Path(str(package.__file__)).parent
        for path in sorted(p for p in root.rglob("*") if p.suffix in _DATA_SUFFIXES):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
