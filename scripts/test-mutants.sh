#!/usr/bin/env bash
# Shows that the tests can fail: spoils the code in one place after the other, in copies, and requires a test to notice.
# Arguments are words of the names of those mutants that are to be tried; without any, all are. PYTHON chooses another
# interpreter.
. "$(dirname "$0")/_env.sh"
environment cluster -e ".[local,postgres,dask,cli]" --group cluster # as for scripts/test-cluster.sh
exec "$bin/python" scripts/mutants.py "$@"
