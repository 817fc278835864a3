"""How fast filings are taken in: a thousand workbooks of fifty rows of one contract. See `benchmarks.measuring`."""

import hashlib
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import Targets, measure_and_show

FILES, ROWS, SAMPLE = 1_000, 50, 30
TARGETS = Targets(least_against_obvious=20, most_against_floor=6, most_memory_mb=1024)
CONTRACT = "findings"


def main() -> bool:
    """Measure, print the table; whether all targets are met."""
    return measure_and_show(make_workbooks(), f"intake of {FILES} × {ROWS} rows", SAMPLE, TARGETS)


def make_workbooks() -> Path:
    """A thousand filled-in templates, made once and kept in the temporary folder while the contract is the same."""
    from data_contracts.divisions import load_divisions, reporters
    from data_contracts.loading import ROOT, load_contracts
    from pipelines import templates

    contract = load_contracts()[CONTRACT]
    recipe = (ROOT / contract.path).read_bytes() + Path(templates.__file__).read_bytes() + Path(__file__).read_bytes()
    folder = Path(tempfile.gettempdir()) / f"bench_intake_{hashlib.sha256(recipe).hexdigest()[:12]}"
    if folder.exists():
        return folder
    unfinished = Path(tempfile.mkdtemp(prefix="bench_intake_"))
    filers = reporters(load_divisions())[["division_code", "name"]].values.tolist()
    places = [(code, name, f"2025-{month:02d}") for month in range(1, 13) for code, name in filers][:FILES]
    for seed, (code, name, period) in enumerate(places):
        path = unfinished / f"{CONTRACT}_{code}_{period}.xlsx"
        templates.write_template(path, contract, code, name, period, rows=draw_rows(code, period, seed))
    unfinished.rename(folder)
    return folder


def draw_rows(code: str, period: str, seed: int) -> list[dict[str, Any]]:
    """Rows that pass every check, so that intake does all its steps."""
    draw = random.Random(seed)
    rows = []
    for number in range(ROWS):
        organisation = f"{code}{draw.randrange(40):04d}"
        found = date(int(period[:4]), int(period[5:]), 1 + draw.randrange(20))
        ordered = found + timedelta(days=draw.randrange(1, 5))
        is_mended = draw.random() < 0.3
        rows.append(
            {
                "finding_code": f"WT-{organisation}-{number:04d}",
                "inspection_code": f"JC-{code}-{draw.randrange(5):04d}",
                "inspection_kind": "routine",
                "organisation_code": f"JG{organisation}",
                "found_on": found,
                "item": f"item_{draw.randrange(1, 8)}",
                "severity": "minor",
                "ordered_on": ordered,
                "due_on": ordered + timedelta(days=30),
                "rectified_on": ordered + timedelta(days=3) if is_mended else None,
                "is_leak_confirmed": False,
            }
        )
    return rows


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
