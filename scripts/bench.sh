#!/usr/bin/env bash
# Measures our client against the existing one, and the local service against bare emulators and against itself when it is
# empty; side by side, each in an environment of its own.
. "$(dirname "$0")/_env.sh"
environment existing "pasqal-cloud==0.24.0"
existing=$bin/python
environment test -e ".[local,cli]" --group test
"$bin/python" benchmarks/compare.py "$existing"
"$bin/python" benchmarks/emulation.py
"$bin/python" benchmarks/lists.py
