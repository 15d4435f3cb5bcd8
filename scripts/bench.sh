#!/usr/bin/env bash
# Measures our client against the existing one, side by side, in environments of their own.
. "$(dirname "$0")/_env.sh"
environment existing "pasqal-cloud==0.24.0"
existing=$bin/python
environment test -e ".[local]" --group test
"$bin/python" benchmarks/compare.py "$existing"
