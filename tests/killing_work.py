"""What is killed: plain functions of paths, importable by the server of processes, with everything imported before."""

from datetime import datetime
from pathlib import Path

import pipelines.checking
import pipelines.intake as intaking
from data_contracts.loading import load_contracts
from pipelines.home import Home

# Small chunks, so that a kill also falls between them.
CHUNK_FILES = 9

for contract in load_contracts().values():
    pipelines.checking.suites_of(contract)


def take_in(home: Path, folder: Path) -> None:
    """The intake of a folder, in small chunks, at a fixed time of receipt."""
    intaking.CHUNK_FILES = CHUNK_FILES
    received = intaking.read_received_list(folder / "收件登记.csv")
    intaking.intake(Home(home), [folder], received=received, now=datetime(2026, 10, 20))
