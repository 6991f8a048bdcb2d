"""The notebooks: they run from any folder, show what they promise, and are committed without outputs."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import ROOT, TEXAS

import wattshift as ws

nbclient = pytest.importorskip("nbclient", reason="notebooks are run with nbclient, which is not installed")
nbformat = pytest.importorskip("nbformat", reason="notebooks are read with nbformat, which is not installed")
pytest.importorskip("ipykernel", reason="notebooks are run by the kernel of ipykernel, which is not installed")

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
FIRST_LOOK, SWEEP_MAP = NOTEBOOKS / "first-look.ipynb", NOTEBOOKS / "sweep-map.ipynb"


def executed(file, folder, monkeypatch):
    """The cells of a notebook by their id, run in `folder`; a cell that fails raises."""
    monkeypatch.setenv("WATTSHIFT_PROJECT", str(ROOT))
    notebook = nbformat.read(file, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    began = time.monotonic()
    client.execute()
    print(f"{file.name}: {time.monotonic() - began:.1f} s")
    assert not list(folder.iterdir()), "a notebook leaves nothing behind"
    return {cell.id: cell for cell in notebook.cells}


def shown(cell, kind):
    """What a cell shows of a kind, in order."""
    return [output.data[kind] for output in cell.outputs if "data" in output and kind in output.data]


class Rows(HTMLParser):
    """Counts the rows in the body of a data frame."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.count = False, 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.inside = self.inside or tag == "tbody"
        self.count += self.inside and tag == "tr"

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "tbody"


def rows(cell):
    return Rows(shown(cell, "text/html")[-1]).count


def test_the_first_look_shows_every_policy(tmp_path, monkeypatch):
    cells = executed(FIRST_LOOK, tmp_path, monkeypatch)
    policies = ws.Scenario.load(TEXAS).policies
    assert rows(cells["summary"]) == len(policies)
    assert rows(cells["differences"]) == len(policies) - 1
    assert rows(cells["own"]) == len(policies)
    for chart in ("mw-chart", "paths-chart", "dispatch-chart"):
        assert len(shown(cells[chart], "image/png")) == 1, chart
    for words in ("summary-words", "bound", "differences", "what-if", "own", "dispatch"):
        said = shown(cells[words], "text/markdown")
        assert said and not any("nan" in text.lower().split() for text in said), words


def test_the_sweep_shows_its_map(tmp_path, monkeypatch):
    cells = executed(SWEEP_MAP, tmp_path, monkeypatch)
    assert len(shown(cells["map"], "image/png")) == 1
    assert rows(cells["regret"]) == 3
    assert len(shown(cells["even"], "text/markdown")) == 6, "a break-even for each hashprice"
    assert "'n_done_now': 0" in shown(cells["again"], "text/plain")[0]


@pytest.mark.parametrize("file", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda file: file.name)
def test_committed_notebooks_hold_no_outputs(file):
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    for cell in notebook.cells:
        assert not cell.metadata, cell.id
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None, cell.id
    for link in (NOTEBOOKS / target for target in links(notebook)):
        assert link.exists(), link


def links(notebook):
    """Files that the text of a notebook links to."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
