"""Build a snapshot: archive + ledger + policy in, one DuckDB file out.

A pure function of what was filed and of the data files in this program: nothing here asks the clock, so two builds
of the same period hold equal values (only `snapshot_id`, `built_at` and how they were made differ in `meta`). With
`as_of` only what the ledger knew at the end of that day goes in; with `policy_as_of` all months are computed with the
policy of that day.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import pandas as pd

import data_contracts
import metrics
from data_contracts.divisions import load_divisions, scopes
from data_contracts.errors import MendableError
from data_contracts.periods import frequency_of, last_month, month_range, period_start
from metrics.composite_apart import index_beside
from metrics.compute import compute
from metrics.memory import keep_memory
from metrics.snapshot import comment_tables
from pipelines import corrections, ledger, snapshots, staging
from pipelines.build_loading import load_events, load_filings, load_reference, load_rows, write_frame
from pipelines.going_on import (
    Earlier,
    begin_with,
    drop_earlier,
    earlier_snapshot,
    first_open_month,
    made_by,
    remove_open_rows,
)
from pipelines.home import Home
from pipelines.machine_faults import telling_machine_faults
from pipelines.sums import add_files, write_sum

Progress = Callable[[str, int, int], None]
_DATA_SUFFIXES = {".yaml", ".sql", ".csv"}


class BuildError(MendableError):
    """A build that cannot be made; the text is Chinese and says what to do."""


@dataclass(frozen=True)
class _Order:
    """What is to be built, and all that the ledger gives to it."""

    home: Home
    snapshot_id: str
    first_period: str
    period: str
    as_of: date | None
    policy_as_of: date | None
    seal: str
    filings: pd.DataFrame
    faults: pd.DataFrame
    events: pd.DataFrame
    corrections: list[corrections.Correction]


def build(
    home: Home,
    *,
    period: str | None = None,
    as_of: date | None = None,
    policy_as_of: date | None = None,
    anew: bool = False,
    progress: Progress | None = None,
) -> str:
    """Build a draft snapshot up to a month and give back its id.

    It goes on from the newest snapshot where it can (:mod:`pipelines.going_on`): months that nothing can have changed
    are taken over, the others computed. The values are those of a build anew.

    Args:
        home: the home folder with archive and ledger.
        period: the month to build for; the newest month that anyone has filed for if None.
        as_of: build what was known at the end of this day: only what had come, been withdrawn or corrected by then.
        policy_as_of: compute every month with the policy of this day; by default each with that of its own day.
        anew: compute every month, whatever has been computed before.
        progress: told each step.

    Raises:
        BuildError: nothing has been accepted yet, or the month is malformed or before the first filing.
        CorrectionError: a correction does not fit what is on file any more.
        PolicyError: a policy cannot be used, or has no version in force on a day that is asked for.
    """
    keep_memory()
    say: Progress = progress or (lambda title, done, total: None)
    staging.restage(home, progress=progress)
    order = _order(home, period, as_of, policy_as_of)
    temporary = home.snapshots / f".{order.snapshot_id}.{os.getpid()}.building"
    _clear_leftovers(home)
    try:
        with telling_machine_faults("计算"):
            is_fresh = anew or as_of is not None
            earlier = None if is_fresh else earlier_snapshot(home, order.first_period, order.period, policy_as_of)
            if earlier is None or not _compute(order, temporary, earlier, say):
                temporary.unlink(missing_ok=True)
                _compute(order, temporary, None, say)
        # The sum first: a file that everybody can see has one.
        path = snapshots.snapshot_path(home, order.snapshot_id)
        write_sum(path, of=temporary)
        temporary.rename(path)
    finally:
        for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
            leftover.unlink(missing_ok=True)
    return order.snapshot_id


def _order(home: Home, period: str | None, as_of: date | None, policy_as_of: date | None) -> _Order:
    moment = None if as_of is None else datetime.combine(as_of, time.max)
    # Before the filings are read: what comes meanwhile may be in the snapshot, never missing from behind its seal.
    seal = ledger.read_seal_head(home)
    filings, faults = ledger.read_filings(home, as_of=moment), ledger.read_faults(home)
    first_period, last_period = _span(filings, period)
    snapshot_id = snapshots.next_snapshot_id(home, last_period, as_of, policy_as_of)
    return _Order(home, snapshot_id, first_period, last_period, as_of, policy_as_of, seal, filings, faults,
                  ledger.read_events(home, as_of=moment), corrections.read_corrections(home, as_of=moment))


def _compute(order: _Order, temporary: Path, earlier: Earlier | None, say: Progress) -> bool:
    """Make the snapshot's file; False, the file being of no use, if nothing can be taken over from the earlier one."""
    if earlier:
        begin_with(earlier, temporary)
    # What is left to compute after an earlier one is not worth a process of its own.
    months = 0 if earlier else len(month_range(order.first_period, order.period))
    with (
        index_beside(len(scopes(load_divisions())), months) as index,
        duckdb.connect(str(temporary), config=_WRITER) as connection,
    ):
        say("装载报送数据", 0, 1)
        load_reference(connection)
        load_filings(connection, order.filings, order.faults, order.first_period, order.period)
        load_events(connection, order.events, order.period)
        open_from, files = None, None
        if earlier:
            open_from = first_open_month(connection, earlier, order.period, order.corrections)
            if open_from is None or open_from <= order.first_period:
                return False
            files = remove_open_rows(connection, order.home, open_from)
        load_rows(connection, order.home, files)
        corrections.apply_corrections(connection, order.corrections, order.period)
        if earlier:
            drop_earlier(connection)
        say("装载报送数据", 1, 1)
        compute(connection, period=order.period, first_period=order.first_period, policy_as_of=order.policy_as_of,
                index=index, open_from=open_from, progress=say)
        went_on = {"went_on_from": earlier.snapshot_id, "open_from": open_from} if earlier and open_from else {}
        _write_meta(connection, order, went_on)
        comment_tables(connection)
        connection.execute("CHECKPOINT")
    return True


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


def _write_meta(connection: duckdb.DuckDBPyConnection, order: _Order, went_on: Mapping[str, str]) -> None:
    days = {"as_of": order.as_of, "policy_date": order.policy_as_of}
    (simulated,) = connection.execute("SELECT coalesce(bool_or(is_simulated), false) FROM filings").fetchall()[0]
    (share,) = connection.execute(
        "SELECT count(*) FILTER (WHERE filing_id IS NOT NULL) / nullif(count(*), 0) "
        "FROM expected_filings WHERE month = ?",
        [order.period],
    ).fetchall()[0]
    meta = {
        "snapshot_id": order.snapshot_id,
        "period": order.period,
        "first_period": order.first_period,
        "built_at": f"{datetime.now():%Y-%m-%dT%H:%M:%S}",
        **{name: "" if day is None else day.isoformat() for name, day in days.items()},
        "is_simulated": str(bool(simulated)).lower(),
        "completeness": "" if share is None else f"{share:.6f}",
        "inputs_hash": _inputs_hash(connection),
        "ledger_seal": order.seal,
        "made_by": made_by(),
        **went_on,
        "marking": "内部资料",
    }
    write_frame(connection, "meta", pd.DataFrame(meta.items(), columns=["key", "value"]))


def _inputs_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """SHA-256 over what the values depend on: the filings that count, and the data files of contracts and metrics."""
    digest = hashlib.sha256()
    for row in connection.execute("SELECT filing_id FROM counting_filings ORDER BY ALL").fetchall():
        digest.update(row[0].encode())
    for row in connection.execute("SELECT correction_id, filing_id, state FROM corrections ORDER BY ALL").fetchall():
        digest.update("/".join(map(str, row)).encode())
    add_files(digest, (data_contracts, metrics), _DATA_SUFFIXES)
    return digest.hexdigest()
