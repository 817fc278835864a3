"""How fast a snapshot is built: 36 months of the whole region, all contracts, against DuckDB alone; and ten times that.

*Plain* is DuckDB by itself over the same Parquet: the rows of the filings that count, every fact, and for every
indicator one grouped sum by reading, month, sector and level, all written into tables of a file. It has no intervals,
outcomes, index, warnings, traces or notes. *Build* is the whole of `pipelines.building.build`, all months anew, with
the Monte Carlo draws of the index (36 months × 1,200) in it; *a month on* is the last month alone, on the snapshot of
the month before. Run it with `make bench`.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.build_home import make_home, multiply

if TYPE_CHECKING:
    import duckdb

    from pipelines.home import Home

FIRST, LAST, TIMES = "2024-01", "2026-12", 10
MOST_AGAINST_PLAIN, MOST_FOR_TIMES, MOST_A_MONTH_ON = 2.0, 10.0, 0.5
_SUMS = Path(__file__).parent / "plain_sums.sql"


class Built(NamedTuple):
    """One build: its seconds, the rows that were filed, the snapshot's file."""

    seconds: float
    rows: int
    snapshot: Path


def main() -> int:
    """Measure, print the table, and give back 0 where all targets are met."""
    from rich.console import Console
    from rich.table import Table

    from data_contracts.periods import add_months
    from pipelines.sums import take_away

    home = make_home(FIRST, LAST)
    build = measure_build(home)
    plain = measure_plain(home, build.snapshot)
    take_away(build.snapshot)
    before = measure_build(home, period=add_months(LAST, -1))
    month_on = measure_build(home, anew=False)
    for one in (before, month_on):
        take_away(one.snapshot)
    larger_home = multiply(home, TIMES)
    try:
        larger = measure_build(larger_home)
    finally:
        shutil.rmtree(larger_home.root)
    ratio, growth, share = build.seconds / plain, larger.seconds / build.seconds, month_on.seconds / build.seconds
    table = Table("what", "rows", "seconds", "target", "measured", title=f"{FIRST} to {LAST}, 22 contracts")
    table.add_row("plain: DuckDB alone, same facts and sums", f"{build.rows:,}", f"{plain:.1f}", "", "")
    table.add_row("build", f"{build.rows:,}", f"{build.seconds:.1f}", f"≤ {MOST_AGAINST_PLAIN:g} × plain",
                  _said(ratio, MOST_AGAINST_PLAIN))
    table.add_row(f"build, {TIMES} × the rows", f"{larger.rows:,}", f"{larger.seconds:.1f}",
                  f"≤ {MOST_FOR_TIMES:g} × build", _said(growth, MOST_FOR_TIMES))
    table.add_row("build, a month on", f"{month_on.rows:,}", f"{month_on.seconds:.1f}",
                  f"≤ {MOST_A_MONTH_ON:g} × build", _said(share, MOST_A_MONTH_ON))
    Console(width=130).print(table)
    return 0 if ratio <= MOST_AGAINST_PLAIN and growth <= MOST_FOR_TIMES and share <= MOST_A_MONTH_ON else 1


def _said(measured: float, target: float) -> str:
    return f"{measured:.2f} × {'yes' if measured <= target else 'NO'}"


def measure_build(home: "Home", *, period: str | None = None, anew: bool = True) -> Built:
    """Build once; the snapshot is left for who needs it."""
    from metrics.snapshot import open_snapshot
    from pipelines.building import build
    from pipelines.snapshots import snapshot_path

    seconds, snapshot_id = timed(lambda: build(home, period=period, anew=anew))
    path = snapshot_path(home, snapshot_id)
    with open_snapshot(path) as connection:
        contracts = [row[0] for row in connection.execute("SELECT contract FROM contracts").fetchall()]
        rows = sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in contracts)
    return Built(seconds, rows, path)


def measure_plain(home: "Home", snapshot: Path) -> float:
    """Seconds that DuckDB alone needs for the facts and sums; who filed what is given to it."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "plain.duckdb")) as connection:
        connection.execute(f"ATTACH '{snapshot}' AS built (READ_ONLY)")
        for table in ("divisions", "scopes", "contracts", "expected_filings", "filings", "faults", "coverage"):
            connection.execute(f"CREATE TABLE {table} AS FROM built.{table}")
        connection.execute("DETACH built")
        return timed(lambda: run_plain(connection, home))[0]


def run_plain(connection: "duckdb.DuckDBPyConnection", home: "Home") -> None:
    """Rows, facts and sums as plain queries, one after another."""
    from data_contracts.loading import load_contracts
    from metrics.catalogue import load_catalogue
    from metrics.facts import create_facts, create_months

    catalogue = load_catalogue()
    for name in load_contracts():
        files = str(home.staged / name / "*.parquet")
        connection.execute(f'CREATE TABLE "{name}" AS SELECT rows.* FROM read_parquet(?) AS rows '
                           "SEMI JOIN expected_filings USING (filing_id)", [files])
    create_months(connection, first_period=FIRST, period=LAST)
    create_facts(connection, catalogue.facts, catalogue.window_of)
    connection.execute("CREATE TABLE plain_cells (indicator VARCHAR, scope_code VARCHAR, scope VARCHAR, "
                       "period VARCHAR, sector VARCHAR, level VARCHAR, numerator DOUBLE, denominator DOUBLE, "
                       "quantile DOUBLE)")
    sums = _SUMS.read_text(encoding="utf-8")
    for one in catalogue.indicators:
        connection.execute(sums, {
            "indicator": one.indicator, "fact": catalogue.facts.facts[one.fact].table, "numerator": one.numerator,
            "denominator": one.denominator, "window_months": one.window_months, "quantile": one.quantile,
        })
    connection.execute("CHECKPOINT")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the work gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    raise SystemExit(main())
