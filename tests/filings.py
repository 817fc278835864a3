"""Draw a filing as a real workbook and hand it in: what the tests of intake and build begin with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from data_contracts.divisions import load_divisions
from data_contracts.loading import load_contracts
from pipelines.home import Home
from pipelines.intake import IntakeResult, intake
from pipelines.templates import write_template

ORGANISATION: dict[str, Any] = {
    "organisation_code": "JG6529010001",
    "organisation_name": "阿克苏市档案馆",
    "level": "county",
    "sector": "government",
    "has_secrecy_body": True,
    "has_secrecy_post": True,
    "has_responsibility_system": True,
    "is_temporary_body": False,
}
FINDING: dict[str, Any] = {
    "finding_code": "WT-6529010001-0001",
    "inspection_code": "JC-652901-0001",
    "inspection_kind": "routine",
    "organisation_code": "JG6529010001",
    "found_on": datetime(2026, 7, 8),
    "item": "item_1",
    "severity": "minor",
    "ordered_on": datetime(2026, 7, 10),
    "due_on": datetime(2026, 8, 20),
    "is_leak_confirmed": False,
}


def write_filing(
    folder: Path, contract: str, division: str, period: str, rows: Sequence[Mapping[str, Any]], name: str | None = None
) -> Path:
    """A filled-in template of one filing."""
    divisions = load_divisions().set_index("division_code")["name"]
    path = folder / (name or f"{contract}-{division}-{period}.xlsx")
    write_template(path, load_contracts()[contract], division, str(divisions[division]), period, rows=rows)
    return path


def hand_in(home: Home, paths: Sequence[Path], received_at: datetime) -> IntakeResult:
    """Take files in as if they had come at a given time."""
    return intake(home, paths, received={path.name: received_at for path in paths})
