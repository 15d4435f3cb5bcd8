#!/usr/bin/env bash
# Writes docs/operations.md from the spec. With --check, writes nothing and fails if the page is out of date.
. "$(dirname "$0")/_env.sh"
environment check -e ".[local,cli,postgres]" --group check
exec "$bin/python" scripts/operations.py "$@"
