"""Fixtures that several kinds of tests share: a small region that has walked the whole street once."""

import gc
import os
import shutil
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from pipelines import snapshots
from pipelines.accounts import passwords
from pipelines.building import build
from pipelines.home import Home
from pipelines.intake import intake, read_received_list
from pipelines.simulation import simulate

# The same examples in every run: a change is judged by what it changed. HYPOTHESIS_PROFILE=searching draws new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# Thousands of tests keep much alive, which the garbage collector would walk again and again.
gc.set_threshold(200_000, 50, 100)

# A hash that costs a tenth of a second is for those who guess passwords; tests sign in hundreds of times.
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# A region, two prefectures with counties below them, one 师: every kind of reporter, few of each.
SMALL_REGION = ["650000", "652900", "652901", "652902", "653200", "653222", "654000", "654023", "660800"]


@pytest.fixture(scope="session")
def simulated_region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workbooks of nine reporters over seven months, with the truth beside them."""
    out = tmp_path_factory.mktemp("region")
    simulate(out, months=7, seed=7, until="2026-09", divisions=SMALL_REGION)
    return out


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory, simulated_region: Path) -> Path:
    """A home that took the small region in, built and published."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.create()
    intake(home, [simulated_region], received=read_received_list(simulated_region / "收件登记.csv"))
    snapshots.publish(home, build(home))
    return home.root


@pytest.fixture(scope="session")
def issuing_home(tmp_path_factory: pytest.TempPathFactory, built_home: Path) -> Home:
    """The small region's ledger and snapshots in a home of their own, in which documents given out are entered."""
    root = tmp_path_factory.mktemp("issuing")
    shutil.copy(built_home / "ledger.sqlite", root)
    (root / "snapshots").symlink_to(built_home / "snapshots")
    return Home(root)
