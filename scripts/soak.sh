#!/usr/bin/env bash
# Many short jobs from many clients through PostgreSQL and Dask, while workers are killed and PostgreSQL is restarted, in the
# environment of test-cluster.sh. Arguments go to soak.py: --jobs 10000 is the long form; 500 by default.
. "$(dirname "$0")/_env.sh"
PYTHON=${PYTHON:-$(find_python 3.11)}
environment cluster -e ".[local,postgres,dask,cli]" --group cluster
exec "$bin/python" scripts/soak.py "$@"
