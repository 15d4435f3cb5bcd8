#!/usr/bin/env bash
# Records the public names of the existing package, which the tests in tests/dropin compare with ours.
. "$(dirname "$0")/_env.sh"
. scripts/_existing.sh
"$bin/python" tests/dropin/surface.py > tests/dropin/existing.json
