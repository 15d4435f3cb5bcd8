#!/usr/bin/env bash
# Writes down what the existing package shows to programs, which the tests of the drop-in compare with.
. "$(dirname "$0")/_env.sh"
. scripts/_existing.sh
"$bin/python" tests/dropin/surface.py > tests/dropin/existing.json
