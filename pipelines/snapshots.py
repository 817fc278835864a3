"""The shelf of snapshots: what is there, which one is current, and how a draft becomes the current one.

A snapshot is a DuckDB file that is never changed once its name is final. DuckDB lets one process write or many
read, so a build writes beside the others under a temporary name and renames; the pointer file is replaced the
same way. A crash leaves an orphan file and nothing else.
"""

import os
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data_contracts.errors import MendableError
from metrics.snapshot import open_snapshot
from pipelines.home import Home

POINTER = "current"
# 2026-09.r1; with what was known on a day: 2026-09.asof-2026-07-15.r1; with the policy of a day:
# 2026-09.policy-2026-03-01.r1; with both, in this order.
_DAY = r"\d{4}-\d{2}-\d{2}"
_ID = re.compile(
    rf"^(?P<period>\d{{4}}-\d{{2}})(?:\.asof-(?P<as_of>{_DAY}))?(?:\.policy-(?P<policy>{_DAY}))?\.r(?P<revision>\d+)$"
)


class SnapshotError(MendableError):
    """A snapshot that cannot be found or used; the text is Chinese and says what to do."""


@dataclass(frozen=True)
class SnapshotInfo:
    """One snapshot on the shelf."""

    snapshot_id: str
    period: str
    built_at: datetime
    is_current: bool
    is_simulated: bool
    inputs_hash: str
    path: Path
    as_of: date | None = None
    policy_date: date | None = None

    @property
    def is_for_comparison(self) -> bool:
        """Whether it looks back, or at another policy: then it is never published."""
        return self.as_of is not None or self.policy_date is not None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        days = {"as_of": self.as_of, "policy_date": self.policy_date}
        return {**asdict(self), "built_at": self.built_at.isoformat(timespec="seconds"), "path": self.path.name,
                **{name: day.isoformat() if day else None for name, day in days.items()}}


def snapshot_path(home: Home, snapshot_id: str) -> Path:
    """File of a snapshot, whether or not it exists.

    Raises:
        SnapshotError: the id has not the form `2026-09.r1` (which also keeps paths inside the shelf).
    """
    if not _ID.match(snapshot_id):
        raise SnapshotError(f"快照编号“{snapshot_id}”写法不对，应如 2026-09.r1")
    return home.snapshots / f"{snapshot_id}.duckdb"


def next_snapshot_id(home: Home, period: str, as_of: date | None = None, policy_date: date | None = None) -> str:
    """Id for a new snapshot of a period (as known on a day, by the policy of a day): the next free revision."""
    stem = period + (f".asof-{as_of}" if as_of else "") + (f".policy-{policy_date}" if policy_date else "")
    found = (_ID.match(path.stem) for path in home.snapshots.glob(f"{stem}.r*.duckdb"))
    taken = [int(match["revision"]) for match in found if match]
    return f"{stem}.r{max(taken, default=0) + 1}"


def current_snapshot_id(home: Home) -> str | None:
    """Id that the pointer names; None before the first publication."""
    pointer = home.snapshots / POINTER
    return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else None


def list_snapshots(home: Home) -> list[SnapshotInfo]:
    """Snapshots on the shelf, newest period and revision last."""
    ids = sorted((path.stem for path in home.snapshots.glob("*.duckdb") if _ID.match(path.stem)), key=_order)
    return [_describe(home, snapshot_id) for snapshot_id in ids]


def publish(home: Home, snapshot_id: str | None = None) -> str:
    """Make a snapshot the current one (the newest if none is named) and give back its id.

    Raises:
        SnapshotError: there is no such snapshot, it cannot be opened, or it looks back (`as_of`) or at another policy:
            that one is for comparing, and shown to everybody it would pass for the present.
    """
    found = [info.snapshot_id for info in list_snapshots(home) if not info.is_for_comparison]
    if not found:
        raise SnapshotError("还没有快照可以发布：先运行 oversight build")
    chosen = snapshot_id or found[-1]
    if (match := _ID.match(chosen)) and (match["as_of"] or match["policy"]):
        what = f"截至 {match['as_of']} 的回溯快照" if match["as_of"] else f"按 {match['policy']} 的政策参数计算的快照"
        raise SnapshotError(f"{chosen} 是{what}，只供比对，不能发布；可发布的有 {'、'.join(found)}")
    if not snapshot_path(home, chosen).exists():
        raise SnapshotError(f"没有快照 {chosen}；现有：{'、'.join(found)}")
    temporary = home.snapshots / f".{POINTER}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(chosen + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(home.snapshots / POINTER)
    return chosen


def _order(snapshot_id: str) -> tuple[str, str, str, int]:
    match = _ID.match(snapshot_id)
    assert match is not None
    return match["period"], match["as_of"] or "9999", match["policy"] or "9999", int(match["revision"])


def _describe(home: Home, snapshot_id: str) -> SnapshotInfo:
    path = snapshot_path(home, snapshot_id)
    connection = open_snapshot(path)
    try:
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    finally:
        connection.close()
    return SnapshotInfo(
        snapshot_id=snapshot_id,
        period=meta["period"],
        built_at=datetime.fromisoformat(meta["built_at"]),
        is_current=snapshot_id == current_snapshot_id(home),
        is_simulated=meta["is_simulated"] == "true",
        inputs_hash=meta["inputs_hash"],
        path=path,
        as_of=date.fromisoformat(meta["as_of"]) if meta.get("as_of") else None,
        policy_date=date.fromisoformat(meta["policy_date"]) if meta.get("policy_date") else None,
    )
