"""The same twins once more, on what the clerks of the simulated region filed: with gaps, late and corrected filings.

`python -m tests.recomputed HOME` does it for a whole region.
"""

from pathlib import Path

from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.home import Home
from tests.recomputed.filed_region import count_cells, differences


def test_every_reporters_cell_is_what_another_hand_computes_from_the_filed_rows(built_home: Path) -> None:
    home = Home(built_home)
    name = snapshots.current_snapshot_id(home)
    assert name is not None
    with open_snapshot(snapshots.snapshot_path(home, name)) as connection:
        assert count_cells(connection, "2026-09") > 300
        assert list(differences(connection, "2026-09")) == []
