"""What is derived, against its sums and against the ledger: staged rows, snapshots, backtests, returned workbooks."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from data_contracts.errors import MendableError
from data_contracts.loading import load_contracts
from metrics.snapshot import open_snapshot
from pipelines import ledger, snapshots
from pipelines.findings import Finding, Remedy
from pipelines.home import Home
from pipelines.returned_workbooks import returned_name
from pipelines.staging import held_filings, staged_path
from pipelines.sums import FOLDER, check_sum, lost_files, read_sum, sum_of

_BACKTESTS = "backtests"
# How a table can be read through, so that DuckDB compares each block with its checksum.
_READ_THROUGH = 'SELECT count(*), count(COLUMNS(*)) FROM "{}"'


def check_staged(home: Home, filings: pd.DataFrame | None) -> tuple[int, list[Finding]]:
    """Staged files against their sums and against the accepted filings of the ledger."""
    contracts = load_contracts()
    paths = sorted(home.staged.glob("*/*.parquet"))
    found = _against_sums(home, "staged", paths, "restage", lambda path: None)
    if filings is None:
        return len(paths), found
    accepted = filings[filings["status"].isin(ledger.ACCEPTED)]
    wanted = {
        staged_path(home, str(contract), str(period)): (str(contract), set(ids))
        for (contract, period), ids in accepted.groupby(["contract", "period"])["filing_id"]  # type: ignore[misc]
    }
    named = {finding.place for finding in found if finding.is_damage}
    for path, (contract, filing_ids) in wanted.items():
        if contract in contracts and path.exists() and home.below(path) not in named:
            held = held_filings(path, contracts[contract])
            if held != filing_ids:
                told = f"与台账不一致：应有 {len(filing_ids)} 份报表，现有 {len(held & filing_ids)} 份"
                found.append(Finding("staged", home.below(path), told, "restage"))
    found += [Finding("staged", home.below(path), "暂存文件缺失", "restage")
              for path in wanted if not path.exists()]  # fmt: skip
    found += [Finding("staged", home.below(path), "台账里没有这期报表", "restage")
              for path in paths if path not in wanted]  # fmt: skip
    return len(paths), found


def check_snapshots(home: Home) -> tuple[int, list[Finding]]:
    """Snapshots against their sums, DuckDB's own checksums and the ledger's seals; and the pointer."""
    paths = sorted(home.snapshots.glob("*.duckdb"))
    found = _against_sums(home, "snapshots", paths, "build", lambda path: _read_through(path, home))
    return len(paths), found + _lost(home, "snapshots", home.snapshots, "build") + _check_pointer(home)


def _check_pointer(home: Home) -> list[Finding]:
    place = f"{home.snapshots.name}/{snapshots.POINTER}"
    published = snapshots.read_published(home)
    if not (home.snapshots / snapshots.POINTER).exists():
        return []
    if not published:
        return [Finding("snapshots", place, "发布指针是空的", "publish")]
    found = []
    for number, (name, checksum) in enumerate(published):
        try:
            path = snapshots.snapshot_path(home, name)
        except snapshots.SnapshotError:
            found.append(Finding("snapshots", place, f"第 {number + 1} 行“{name}”不是快照编号", "publish"))
            continue
        if not path.exists():
            is_damage = number == 0 or not path.parent.exists()
            found.append(Finding("snapshots", place, f"所指的快照 {name} 不在", "publish", is_damage))
        elif not checksum:
            told = "指针没有校验值（旧版本所写），再发布一次即有"
            found.append(Finding("snapshots", place, told, "publish", False))
        elif checksum != sum_of(path):
            told = f"所记的 {name} 的校验值与快照文件不符，两者之一被改动"
            found.append(Finding("snapshots", place, told, "publish"))
    return found


def _read_through(path: Path, home: Home) -> str | None:
    """Why a snapshot cannot be read through; None where all its blocks are whole and the ledger knows its seal."""
    try:
        with open_snapshot(path) as connection:
            tables = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
            for (table,) in tables:
                connection.execute(_READ_THROUGH.format(table)).fetchall()
            sealed = connection.execute("SELECT value FROM meta WHERE key = 'ledger_seal'").fetchone()
    except MendableError as error:
        return str(error)
    except duckdb.Error as error:
        return f"读不完整：{str(error).splitlines()[0]}"
    if sealed and sealed[0] and not _has_seal(home, sealed[0]):
        return f"它计算时台账已有第 {sealed[0].partition(':')[0]} 号封签，现在的台账里没有：台账末尾少了记录或被换过"
    return None


def _has_seal(home: Home, sealed: str) -> bool:
    number, _, digest = sealed.partition(":")
    try:
        rows = ledger.read_rows(home.ledger, f"SELECT hash FROM seals WHERE seal_id = {int(number)}")
    except (ledger.LedgerError, ValueError):
        return True  # told of already: the ledger itself is damaged
    return bool(rows) and rows[0][0] == digest


def check_backtests(home: Home) -> tuple[int, list[Finding]]:
    """Backtests against their sums."""
    paths = sorted((home.root / _BACKTESTS).glob("*.duckdb"))
    found = _against_sums(home, "backtests", paths, "backtest", lambda path: None)
    return len(paths), found + _lost(home, "backtests", home.root / _BACKTESTS, "backtest")


def check_returned(home: Home, filings: pd.DataFrame | None) -> tuple[int, list[Finding]]:
    """Returned workbooks against their sums; one that is missing is written again by the next intake."""
    paths = sorted(path for path in home.returned.glob("*.xlsx") if not path.name.startswith("."))
    found = _against_sums(home, "returned", paths, "intake", lambda path: None)
    if filings is not None:
        there = {path.name for path in paths}
        sent = filings[filings["status"] == "returned"]
        missing = [name for name in map(returned_name, sent["receipt_no"], sent["file_name"]) if name not in there]
        if missing:
            told = f"有 {len(missing)} 份退回件不在（如 {missing[0]}），下次收件时自动补写"
            found.append(Finding("returned", home.returned.name, told, "none", False))
    return len(paths), found


def _against_sums(
    home: Home, part: str, paths: Sequence[Path], remedy: Remedy, look: Callable[[Path], str | None]
) -> list[Finding]:
    """Files that do not fit their sums, or in which `look` finds something; and those that have none."""
    found, without = [], []
    for path in paths:
        try:
            state = check_sum(path)
        except OSError as error:
            found.append(Finding(part, home.below(path), f"读不出来：{error.strerror}", remedy))
            continue
        if state == "differs":
            found.append(Finding(part, home.below(path), _differs(path), remedy))
        elif told := look(path):
            found.append(Finding(part, home.below(path), told, remedy))
        elif state == "missing":
            without.append(path)
    if without:
        told = f"{len(without)} 个文件没有校验值（旧版本所写，或写完时中断），内容未能核对，下次写入时补上"
        found.append(Finding(part, home.below(without[0]), told, remedy, is_damage=False))
    return found


def _lost(home: Home, part: str, folder: Path, remedy: Remedy) -> list[Finding]:
    """What has a sum and is not there. A draft may be taken away by hand: it is told, and is no damage."""
    told = "有校验值而文件不在：被移走或删除，或生成时中断；确属清理的，一并删去校验值"
    return [Finding(part, home.below(path), told, remedy, is_damage=False) for path in lost_files(folder)]


def _differs(path: Path) -> str:
    return f"与生成时的校验值不符（{FOLDER}/{path.name}.sha256 记的是 {str(read_sum(path))[:12]}…），文件或校验值被改动"
