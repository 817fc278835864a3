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
from pipelines.sums import read_sum, sum_of, write_sum

POINTER = "current"
# The current one and those published before it: where the current one is damaged, pages fall back on these.
_POINTED_AT = 120  # what was published stays open to every reader
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
    """One snapshot on the shelf.

    `went_on_from`: the snapshot whose months before `open_from` it took over; None if all was computed.
    """

    snapshot_id: str
    period: str
    built_at: datetime
    is_current: bool
    is_simulated: bool
    inputs_hash: str
    path: Path
    as_of: date | None = None
    policy_date: date | None = None
    went_on_from: str | None = None
    open_from: str | None = None

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
    published = read_published(home)
    return published[0][0] if published else None


def read_published(home: Home) -> list[tuple[str, str]]:
    """Ids and SHA-256 of the published snapshots as the pointer names them: the current one, then those before it.

    The checksum is empty where the pointer was written before there were any.
    """
    pointer = home.snapshots / POINTER
    if not pointer.exists():
        return []
    lines = pointer.read_bytes().decode("utf-8", errors="replace").splitlines()
    return [(name, checksum) for name, _, checksum in (line.strip().partition(" ") for line in lines)]


def list_snapshots(home: Home) -> list[SnapshotInfo]:
    """Snapshots on the shelf, newest period and revision last."""
    return [describe(home, snapshot_id) for snapshot_id in _shelf(home)]


def _shelf(home: Home) -> list[str]:
    return sorted((path.stem for path in home.snapshots.glob("*.duckdb") if _ID.match(path.stem)), key=_order)


def snapshots_of_present(home: Home, policy_date: date | None) -> list[str]:
    """Ids of those that do not look back, newest last: by the policy of a day, or (None) each month by its own."""
    by_policy = "" if policy_date is None else policy_date.isoformat()
    matches = (_ID.match(snapshot_id) for snapshot_id in _shelf(home))
    return [match.string for match in matches if match and not match["as_of"] and (match["policy"] or "") == by_policy]


def _looks_back(snapshot_id: str) -> bool:
    match = _ID.match(snapshot_id)
    return match is not None and bool(match["as_of"] or match["policy"])


def publish(home: Home, snapshot_id: str | None = None) -> str:
    """Make a snapshot the current one (the newest if none is named) and give back its id.

    Raises:
        SnapshotError: there is no such snapshot, it is damaged, or it looks back (`as_of`) or at another policy: that
            one is for comparing, and shown to everybody it would pass for the present.
    """
    # By their names alone: a damaged one on the shelf is no reason why another cannot be published.
    found = [name for name in _shelf(home) if not _looks_back(name)]
    if not found:
        raise SnapshotError("还没有快照可以发布：先运行 oversight build")
    chosen = snapshot_id or found[-1]
    if (match := _ID.match(chosen)) and (match["as_of"] or match["policy"]):
        what = f"截至 {match['as_of']} 的回溯快照" if match["as_of"] else f"按 {match['policy']} 的政策参数计算的快照"
        raise SnapshotError(f"{chosen} 是{what}，只供比对，不能发布；可发布的有 {'、'.join(found)}")
    if not snapshot_path(home, chosen).exists():
        raise SnapshotError(f"没有快照 {chosen}；现有：{'、'.join(found)}")
    checksum = _whole(snapshot_path(home, chosen))
    before = [(name, sum_) for name, sum_ in read_published(home) if sum_ and name != chosen]
    temporary = home.snapshots / f".{POINTER}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        file.writelines(f"{name} {sum_}\n" for name, sum_ in [(chosen, checksum), *before][:_POINTED_AT])
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(home.snapshots / POINTER)
    return chosen


def _whole(path: Path) -> str:
    """SHA-256 of a snapshot that is as it was built."""
    written, found = read_sum(path), sum_of(path)
    if written is None:  # built before there were sums
        return write_sum(path)
    if written != found:
        raise SnapshotError(f"快照文件 {path} 生成后被改动或已损坏，不能发布；请用 oversight build 重新生成")
    return found


def _order(snapshot_id: str) -> tuple[str, str, str, int]:
    match = _ID.match(snapshot_id)
    assert match is not None
    return match["period"], match["as_of"] or "9999", match["policy"] or "9999", int(match["revision"])


def describe(home: Home, snapshot_id: str) -> SnapshotInfo:
    """What a snapshot says of itself.

    Raises:
        SnapshotError, SnapshotUnreadable: no such id or file, or it cannot be read.
    """
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
        went_on_from=meta.get("went_on_from"),
        open_from=meta.get("open_from"),
    )
