#!/usr/bin/env bash
# Writes docs/operations.md from the spec. With --check, changes nothing and fails if it would have to.
. "$(dirname "$0")/_env.sh"
environment check -e ".[local,cli]" --group check
exec "$bin/python" scripts/operations.py "$@"
