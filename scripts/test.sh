#!/usr/bin/env bash
# Runs the default tests in their own environment. Arguments go to pytest; PYTHON selects another interpreter.
. "$(dirname "$0")/_env.sh"
environment test -e ".[local,cli]" --group test
# three processes on two cores, since tests wait for services much of the time
exec "$bin/python" -m pytest -n 3 --dist worksteal -m "not slow and not live and not engines and not downstream and not cluster" "$@"
