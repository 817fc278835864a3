"""What is killed: plain functions of paths, importable by the server of processes, with everything imported before."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pipelines.checking as checking
import pipelines.intake as intaking
from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
from metrics.snapshot import open_snapshot
from pipelines import snapshots
from pipelines.backups import back_up
from pipelines.building import build
from pipelines.handling import Actor, HandlingError, take_step
from pipelines.home import Home

# Small chunks, so that a kill also falls between them.
CHUNK_FILES = 9
# Great Expectations takes three quarters of such an intake and leaves nothing behind: a few checks of each kind do, on
# cells, keys, references, the register, and the reporter's own history.
KEPT = (".required", ".key_unique", ".reference", ".covers_the_register", "_plausible", "_unchanged")


def suites_of_few(contract: Contract) -> checking.Suites:
    """A contract's suites with those checks alone."""
    kept = [check for check in contract.checks if check.check_id.endswith(KEPT)]
    back = [check for check in kept if checking.looks_back(contract, check)]
    standing = [check for check in kept if check not in back]
    return checking.Suites(contract, checking.Checker(contract, standing), checking.Checker(contract, back))


# Made when the server of processes imports this, put to use in what is killed alone: tests import this module too.
FEW = {name: suites_of_few(contract) for name, contract in load_contracts().items()}


def take_in(home: Path, folder: Path) -> None:
    """The intake of a folder, in small chunks, at a fixed time of receipt."""
    checking._SUITES.update(FEW)
    intaking.CHUNK_FILES = CHUNK_FILES
    received = intaking.read_received_list(folder / "收件登记.csv")
    intaking.intake(Home(home), [folder], received=received, now=datetime(2026, 10, 20))


def compute(home: Path) -> None:
    """A build and its publication."""
    snapshots.publish(Home(home), build(Home(home)))


def publish_again(home: Path) -> None:
    """Publications one after another, of what is on the shelf."""
    for _ in range(40):
        for path in sorted(Home(home).snapshots.glob("*.duckdb")):
            snapshots.publish(Home(home), path.stem)


def work_on_warnings(home: Path) -> None:
    """Steps on the warnings of the current snapshot; those that are refused are entered as well."""
    place = Home(home)
    current = snapshots.current_snapshot_id(place)
    assert current is not None
    with open_snapshot(snapshots.snapshot_path(place, current)) as connection:
        query = "SELECT DISTINCT warning_id FROM warnings ORDER BY 1 LIMIT 30"
        warning_ids = [str(row[0]) for row in connection.execute(query).fetchall()]
    for warning_id in warning_ids:
        with suppress(HandlingError):
            take_step(place, warning_id, "issue", actor=Actor("研判岗甲", "analyst"), seen=0, note="按要求办理")


def copy_away(home: Path, target: Path) -> None:
    """A backup."""
    back_up(Home(home), target)
