#!/usr/bin/env bash
# Runs the tests of the engines that need torch (emu-sv, emu-mps) in their own environment. Arguments go to pytest.
# scripts/constraints.txt says where pip finds torch.
. "$(dirname "$0")/_env.sh"
PYTHON=${PYTHON:-$(find_python 3.11)}
environment engines -c scripts/constraints.txt -e ".[local-sv,local-mps]" --group test
exec "$bin/python" -m pytest -n 2 --dist worksteal -m engines tests/engines "$@"
