#!/usr/bin/env bash
# Runs a program of the environment of scripts/check.sh: `scripts/tool.sh ruff check .`
. "$(dirname "$0")/_env.sh"
environment check -e ".[local,cli,postgres]" --group check
exec "$bin/$1" "${@:2}"
