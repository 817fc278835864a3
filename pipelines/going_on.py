"""A build that goes on from the last one: which snapshot it begins with, and from which month on it has to compute.

    newest snapshot of the shelf ── made by this program, whole? ── copied ── what the ledger says differently since
                                                                              └─ first month that this can change

Nothing is trusted that is not looked at: the snapshot's sum, a fingerprint of the program and its data files, and every
row that the ledger has given to it. Where any of it does not fit, all is computed anew.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

import data_contracts
import metrics
import pipelines
from data_contracts.loading import load_contracts
from data_contracts.periods import add_months, last_month
from metrics.facts import define_last_month
from metrics.settled import PREFIX, set_aside
from metrics.snapshot import SnapshotUnreadable, open_snapshot
from pipelines.corrections import Correction
from pipelines.home import Home
from pipelines.snapshots import snapshot_path, snapshots_of_present
from pipelines.sums import add_files, check_sum

_SQL = Path(__file__).parent / "build"
_SOURCES = {".py", ".yaml", ".sql", ".csv"}
_COMPUTING = ("duckdb", "numpy", "pandas", "pyarrow", "scipy")
_LOOKED_AT = 5  # of the newest snapshots
# What a build loads from the ledger and the program, whole each time.
LOADED = ("divisions", "scopes", "contracts", "contract_columns", "codes", "filings", "faults", "events",
          "counting_filings", "expected_filings", "corrections", "meta")  # fmt: skip


@dataclass(frozen=True)
class Earlier:
    """A snapshot that a build may go on from, and its last month."""

    snapshot_id: str
    path: Path
    period: str


@cache
def made_by() -> str:
    """SHA-256 over what the values of a snapshot hang on besides the filings: program, data files, libraries."""
    digest = hashlib.sha256()
    add_files(digest, (data_contracts, metrics, pipelines), _SOURCES)
    for library in _COMPUTING:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()


def earlier_snapshot(home: Home, first_period: str, period: str, policy_date: date | None) -> Earlier | None:
    """The newest snapshot that a build up to a month may go on from; None if there is none."""
    known = [one for one in snapshots_of_present(home, policy_date) if one.partition(".")[0] <= period]
    for snapshot_id in known[: -_LOOKED_AT - 1 : -1]:
        path = snapshot_path(home, snapshot_id)
        meta = _meta(path)
        fits = meta.get("made_by") == made_by() and meta.get("first_period") == first_period
        if fits and check_sum(path) == "fits":  # the sum last: it reads the whole file
            return Earlier(snapshot_id, path, meta["period"])
    return None


def _meta(path: Path) -> dict[str, str]:
    """What a snapshot says of itself; nothing if it cannot be read."""
    try:
        connection = open_snapshot(path)
    except SnapshotUnreadable:
        return {}
    try:
        return dict(connection.execute("SELECT key, value FROM meta").fetchall())
    except duckdb.Error:
        return {}
    finally:
        connection.close()


def begin_with(earlier: Earlier, temporary: Path) -> None:
    """Copy a snapshot, and let what is loaded anew wait under other names."""
    shutil.copyfile(earlier.path, temporary)
    with duckdb.connect(str(temporary)) as connection:
        set_aside(connection, LOADED)


def first_open_month(
    connection: duckdb.DuckDBPyConnection, earlier: Earlier, period: str, corrections: Sequence[Correction]
) -> str | None:
    """The first month that anything may have changed that came since; None if divisions are not what they were.

    Args:
        connection: holds what was loaded for this build, and the same of the earlier one set aside.
        earlier: the snapshot that it is a copy of.
        period: the last month of this build.
        corrections: those that stand.
    """
    define_last_month(connection)
    connection.execute(_sql("differing"))
    (is_same,) = connection.execute(_sql("same_divisions")).fetchall()[0]
    if not is_same:
        return None
    now = {(one.correction_id, one.period) for one in corrections}
    before = set(connection.execute("SELECT correction_id, period FROM settled_corrections").fetchall())
    found = connection.execute(_sql("first_changed_month"), {"period": earlier.period}).fetchall()
    changed = [*(last_month(of) for _, of in now ^ before), *(str(month) for (month,) in found if month)]
    # The last month is always computed: a build that changes nothing is one too.
    return min([period, add_months(earlier.period, 1), *changed])


def remove_open_rows(connection: duckdb.DuckDBPyConnection, home: Home, open_from: str) -> dict[str, list[Path]]:
    """Take away what is to be loaded again; by contract, the staged files to load.

    That is what was filed for open months, and for every period with a correction: those are made on what was filed.
    """
    found: dict[str, list[Path]] = {}
    for contract in load_contracts():
        corrected = {str(period) for (period,) in connection.execute(
            "SELECT DISTINCT period FROM settled_corrections WHERE contract = ?", [contract]).fetchall()}
        connection.execute(
            f'DELETE FROM "{contract}" WHERE last_month(period) >= ? OR list_contains(?, period)',
            [open_from, sorted(corrected)],
        )
        found[contract] = sorted(path for path in (home.staged / contract).glob("*.parquet")
                                 if path.stem in corrected or last_month(path.stem) >= open_from)
    return found


def drop_earlier(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what was set aside of the tables that were loaded anew."""
    for table in LOADED:
        connection.execute(f"DROP TABLE {PREFIX}{table}")


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
