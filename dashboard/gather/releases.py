"""What 版本 shows: the snapshots on the shelf, and what changed from one to the current one."""

from dataclasses import dataclass
from typing import Any

from dashboard.comparing_apart import running_since, stored_comparison
from dashboard.stand import Stand, may_open_snapshot
from pipelines.snapshots import SnapshotInfo, current_snapshot_id, list_snapshots

SHELF_TITLES = {"current": "当前发布版", "draft": "草稿", "older": "历史版本", "comparison": "回溯、假设"}


@dataclass(frozen=True)
class Releases:
    """`shelf`: snapshots newest first with their standing (see `SHELF_TITLES`); `pair`: which two are compared.

    Drafts, and what was never published, are on the shelf of analysts only. `comparison` is what is stored of the pair,
    `seconds` how long it has been in work.
    """

    stand: Stand
    shelf: list[tuple[SnapshotInfo, str]]
    pair: tuple[str, str] | None
    comparison: dict[str, Any] | None
    seconds: float | None
    may_compare: bool


def gather_releases(stand: Stand) -> Releases:
    """The shelf; a comparison is for who sees the whole region, since it tells of every reading."""
    current = current_snapshot_id(stand.home)
    infos = [
        info for info in list_snapshots(stand.home) if may_open_snapshot(stand.home, stand.reader, info.snapshot_id)
    ]
    place = {info.snapshot_id: at for at, info in enumerate(infos)}
    shelf = [(info, _standing(info, place, current)) for info in reversed(infos)]
    may_compare = stand.scope.divisions is None
    pair = pair_of(stand.view.compare, set(place)) if may_compare else None
    return Releases(
        stand,
        shelf,
        pair,
        stored_comparison(stand.home, *pair) if pair else None,
        running_since(stand.home, *pair) if pair else None,
        may_compare,
    )


def pair_of(text: str | None, known: set[str]) -> tuple[str, str] | None:
    """The two snapshots that `before,after` names; None where it does not name two that are on the shelf."""
    before, _, after = (text or "").partition(",")
    return (before, after) if before in known and after in known and before != after else None


def _standing(info: SnapshotInfo, place: dict[str, int], current: str | None) -> str:
    if info.is_current:
        return "current"
    if info.is_for_comparison:
        return "comparison"
    return "draft" if current is None or place[info.snapshot_id] > place.get(current, -1) else "older"
