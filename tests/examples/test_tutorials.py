"""The notebooks of the documentation: they run as they are, and show their results."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

TUTORIALS = sorted((Path(__file__).parents[2] / "docs" / "tutorials").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs(path: Path) -> None:
    """Each cell, in order, in a kernel of its own; an error of a cell fails the test."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
    assert _kinds(notebook) == _kinds(nbformat.read(path, as_version=4))


def _kinds(notebook: nbformat.NotebookNode) -> list[set[str]]:
    """What each cell shows: pictures, tables, text."""
    return [
        {
            kind
            for output in cell.outputs
            if output.output_type != "display_data" or "image/png" in output.data
            for kind in output.get("data", {"text": ""})
        }
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_is_kept_executed(path: Path) -> None:
    """Its pictures are in the documentation, and no cell has failed or warned."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    outputs = [output for cell in code for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
