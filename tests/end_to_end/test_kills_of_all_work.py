"""Killed at any moment, a build, a publication, a step of handling and a backup leave nothing that needs a hand.

A short run by default; `make soak` kills 500 times. The intake has its own test beside this one.
"""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.library import Library
from pipelines.backups import list_manifests
from pipelines.handling_ledger import read_steps, verify_chain
from pipelines.home import Home
from pipelines.ledger import read_filings
from pipelines.restoring import restore
from pipelines.verifying import verify
from tests.killing import kill_within, run
from tests.killing_work import compute, copy_away, publish_again, work_on_warnings

KILLS = int(os.environ.get("OVERSIGHT_KILLS", "10"))
# Of so many kills: a build takes seconds, the others fractions of one.
SHARES = {"compute": 1, "publish_again": 3, "work_on_warnings": 3, "copy_away": 3}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Home:
    root = tmp_path_factory.mktemp("killed") / "home"
    shutil.copytree(built_home, root)
    return Home(root)


def sound(home: Home, filings: int) -> None:
    """What must hold after every kill, before anybody has done anything."""
    assert len(read_filings(home)) == filings
    assert verify_chain(home) == []
    steps = [(step.warning_id, step.number) for step in read_steps(home) if step.number is not None]
    assert len(set(steps)) == len(steps)
    library = Library(home.root)
    assert library.open().snapshot_id == library.current_id()  # the current one, not one fallen back on


def kills_of(work: str) -> int:
    return max(1, KILLS * SHARES[work] // sum(SHARES.values()))


@pytest.mark.parametrize("work", [publish_again, work_on_warnings, copy_away, compute])
def test_killed_work_leaves_a_sound_home_and_the_next_run_ends_by_itself(
    home: Home, tmp_path: Path, work: Callable[..., None]
) -> None:
    dice = random.Random(work.__name__)
    arguments = (home.root, tmp_path / "backup") if work is copy_away else (home.root,)
    filings = len(read_filings(home))
    # The first run finds most to do, so it is the measure of how long a run may last.
    seconds = run(work, *arguments) if work is not work_on_warnings else 3.0
    killed = 0
    for attempt in range(3 * kills_of(work.__name__)):
        if work is copy_away and attempt % 3 == 2:
            shutil.rmtree(tmp_path / "backup")  # else there is nothing left to copy
        killed += kill_within(seconds, dice, work, *arguments)
        sound(home, filings)
        if killed == kills_of(work.__name__):
            break
    assert killed > 0
    run(work, *arguments)
    sound(home, filings)
    assert verify(home).is_whole
    assert list(home.snapshots.glob(".*.building*")) == []
    if work is copy_away:
        manifest = list_manifests(tmp_path / "backup")[-1]
        assert restore(tmp_path / "backup", Home(tmp_path / "new"), manifest=manifest.stem).verification.is_whole
