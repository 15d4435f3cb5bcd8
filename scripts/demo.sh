#!/usr/bin/env bash
# Runs a real Pulser sequence on the local service and shows its results; creates its own environment.
. "$(dirname "$0")/_env.sh"
environment demo -e ".[local]"
exec "$bin/python" examples/quickstart.py "$@"
