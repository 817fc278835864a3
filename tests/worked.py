"""A home whose current snapshot holds drawn warnings: what the tests of handling begin with."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data_contracts.divisions import load_divisions
from metrics.warning_observations import read_sql
from pipelines import snapshots
from pipelines.home import Home

RED, ORANGE, YELLOW, BLUE = "W-202608-0000000r", "W-202608-0000000o", "W-202608-0000000y", "W-202608-0000000b"
WARNINGS: dict[str, dict[str, Any]] = {
    RED: {"tier": "red", "division_code": "652901", "rule": "incident_leak_confirmed"},
    ORANGE: {"tier": "orange", "division_code": "652901", "rule": "rectification_overdue"},
    YELLOW: {"tier": "yellow", "division_code": "652901", "rule": "facility_unfiled"},
    BLUE: {"tier": "blue", "division_code": "652900", "rule": "qualification_expiring"},
}
RESPOND_BY = date(2026, 9, 30)


def publish_warnings(home: Home, warnings: Mapping[str, Mapping[str, Any]] = WARNINGS, period: str = "2026-08") -> None:
    """Write a snapshot of these warnings, standing in one month, and make it the current one."""
    snapshot_id = snapshots.next_snapshot_id(home, period)
    rows = [
        {"warning_id": name, "period": period, "first_period": period, "respond_by": RESPOND_BY, "title": "标题",
         "message": "说明。", "measure": "措施", **columns}
        for name, columns in warnings.items()
    ]  # fmt: skip
    with duckdb.connect(str(snapshots.snapshot_path(home, snapshot_id))) as connection:
        connection.execute(read_sql("tables"))
        frames = {
            "meta": pd.DataFrame({"period": period, "built_at": "2026-09-15T08:00:00", "is_simulated": "true",
                                  "inputs_hash": ""}.items(), columns=["key", "value"]),
            "divisions": load_divisions(),
        }  # fmt: skip
        for name, frame in frames.items():
            connection.register("incoming", frame)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
            connection.unregister("incoming")
        connection.register("drawn", pd.DataFrame(rows))
        connection.execute("INSERT INTO warnings BY NAME SELECT * REPLACE (respond_by::DATE AS respond_by) FROM drawn")
    snapshots.publish(home, snapshot_id)


def home_with_warnings(root: Path) -> Home:
    """A home with the drawn warnings published."""
    home = Home(root).create()
    publish_warnings(home)
    return home
