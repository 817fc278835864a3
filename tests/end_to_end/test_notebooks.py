"""Each notebook runs from top to bottom on a published snapshot, and is committed without output."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import cli

NOTEBOOKS = sorted((Path(cli.__file__).parent / "notebooks").glob("*.ipynb"))


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_is_saved_without_output(
    path: Path, built_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    monkeypatch.setenv("OVERSIGHT_HOME", str(built_home))
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    assert all(cell.execution_count for cell in cells)
