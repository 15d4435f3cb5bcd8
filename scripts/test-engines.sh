#!/usr/bin/env bash
# Runs the tests of the engines that need torch (emu-sv, emu-mps), in an environment of their own; arguments go to pytest.
. "$(dirname "$0")/_env.sh"
index=https://download.pytorch.org/whl/cpu
PYTHON=${PYTHON:-$(find_python 3.11)}
offered=$("$PYTHON" -c "import sys, urllib.request as web; web.urlopen(sys.argv[1], timeout=5); print(sys.argv[1])" \
    "$index/torch/" 2>/dev/null) || true # pip would try an index that is out of reach again for every package
environment engines -c scripts/constraints.txt ${offered:+--extra-index-url "$index"} -e ".[local-sv,local-mps]" --group test
exec "$bin/python" -m pytest -n 2 --dist worksteal -m engines tests/engines "$@"
