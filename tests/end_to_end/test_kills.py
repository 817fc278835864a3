"""Killed at any moment and run again, an intake ends as if nobody had disturbed it."""

import csv
import os
import random
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from pipelines.home import Home
from pipelines.simulation.simulating import read_truth
from tests.killing import kill_within, run
from tests.killing_work import take_in

# Two are enough for registers, references and history, and keep many runs short.
OF_TWO_CONTRACTS = ("宣传教育", "training", "机关单位名录", "organisations")
KILLS = int(os.environ.get("OVERSIGHT_KILLS", "16"))  # `make soak` asks for 500
KILLS_PER_HOME, FILES, AT_ONCE = 10, 14, 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, simulated_region: Path) -> Path:
    """Some filings of the small region: every outcome, two contracts, several reporters and periods."""
    out = tmp_path_factory.mktemp("kills")
    listed = csv.DictReader((simulated_region / "收件登记.csv").open(encoding="utf-8"))
    rows = [row for row in listed if any(word in row["file"] for word in OF_TWO_CONTRACTS)]
    outcomes = {fault["file"]: fault["outcome"] for fault in read_truth(simulated_region)["faults"]}
    wanted = {"returned": 4, "refused": 1, "accepted": FILES - 5}
    chosen: list[dict[str, str]] = []
    for outcome, count in wanted.items():
        of_outcome = [row for row in rows if outcomes.get(row["file"], "accepted") == outcome]
        chosen += of_outcome[:: max(1, len(of_outcome) // count)][:count]
    chosen.sort(key=lambda row: row["received_at"])
    for row in chosen:
        target = out / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(simulated_region / row["file"], target)
    with (out / "收件登记.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["file", "received_at"])
        writer.writeheader()
        writer.writerows(chosen)
    return out


def state(home: Home) -> dict[str, Any]:
    """Everything that an intake leaves behind, without the clock."""
    with sqlite3.connect(home.ledger) as ledger:
        names = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        # seals hold hashes of the clock; that they fit what they seal is what `oversight verify` says
        kept = [name for name in names if not name.startswith("sqlite_") and name != "seals"]
        tables = {name: sorted(map(repr, _rows(ledger, name))) for name in kept}
    staged = {
        str(path.relative_to(home.staged)): pq.read_table(path).to_pylist() for path in home.staged.glob("*/*.parquet")
    }
    archive = sorted(str(path.relative_to(home.archive)) for path in home.archive.rglob("*") if path.is_file())
    return {"ledger": tables, "staged": staged, "archive": archive, "returned": _returned(home)}


def _rows(ledger: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    columns = [row[1] for row in ledger.execute(f"PRAGMA table_info({table})")]
    kept = ", ".join(name for name in columns if name not in {"recorded_at", "event_id"})
    return ledger.execute(f"SELECT {kept} FROM {table}").fetchall()


def _returned(home: Home) -> dict[str, Any]:
    """Cells of the returned workbooks: their bytes hold the time of writing."""
    return {
        path.name: {
            sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in load_workbook(path)
        }
        for path in sorted(home.returned.glob("*.xlsx"))
    }


def test_kills_leave_no_trace(tmp_path: Path, folder: Path) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    seconds = run(take_in, undisturbed.root, folder)
    expected = state(undisturbed)
    assert len(expected["ledger"]["filings"]) >= FILES / 2
    assert len(expected["returned"]) > 0

    def killed_in(number: int) -> int:
        """A home disturbed again and again, then left to end; how often it was killed."""
        home, dice = Home(tmp_path / f"home-{number}"), random.Random(20260301 + number)
        killed = sum(kill_within(seconds, dice, take_in, home.root, folder) for _ in range(KILLS_PER_HOME))
        run(take_in, home.root, folder)
        assert state(home) == expected
        shutil.rmtree(home.root)
        return killed

    killed, number = 0, 0
    with ThreadPoolExecutor(AT_ONCE) as side_by_side:
        while killed < KILLS:
            killed += sum(side_by_side.map(killed_in, range(number, number + AT_ONCE)))
            number += AT_ONCE
