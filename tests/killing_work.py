"""What is killed: plain functions of paths, importable by the server of processes, with everything imported before."""

from datetime import datetime
from pathlib import Path

import pipelines.checking as checking
import pipelines.intake as intaking
from data_contracts.contract import Contract
from data_contracts.loading import load_contracts
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
