"""`python -m tests.recomputed HOME`: every cell of every reporter once more, from the published filings."""

import sys
from pathlib import Path

from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.home import Home
from tests.recomputed.filed_region import count_cells, differences


def main(root: Path) -> int:
    """Print what differs; 0 where nothing does."""
    home = Home(root)
    name = snapshots.current_snapshot_id(home)
    assert name is not None, "no snapshot is published"
    with open_snapshot(snapshots.snapshot_path(home, name)) as connection:
        found = list(differences(connection, name[:7]))
        cells = count_cells(connection, name[:7])
    for line in found:
        print(*line)
    print(f"{name}: {cells:,} cells of reporters recomputed, {len(found)} differ")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
