#!/usr/bin/env bash
# Checks everything but behaviour: style, types, layers, that what is generated is what the spec says, and the spec.
. "$(dirname "$0")/_env.sh"
environment check -e ".[local,cli]" --group check
set -x
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/pyright" --pythonpath "$bin/python"
"$bin/lint-imports"
scripts/regen.sh --check
scripts/operations.sh --check
scripts/lint-spec.sh
scripts/spec-diff.sh
scripts/docs.sh
