#!/usr/bin/env bash
# Executes the notebooks of docs/tutorials again, in place: after a change to them, or to what they show.
. "$(dirname "$0")/_env.sh"
environment test -e ".[local,cli]" --group test
"$bin/python" - docs/tutorials/*.ipynb <<'PROGRAM'
import sys

import nbformat
from nbclient import NotebookClient

for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times, which differ each time
    nbformat.write(notebook, path)
    print(path)
PROGRAM
