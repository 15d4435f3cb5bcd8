#!/usr/bin/env bash
# Checks style, types, layers, the spec, the documentation, and that the generated code is up to date. Runs no tests.
. "$(dirname "$0")/_env.sh"
environment check -e ".[local,cli,dask,postgres]" --group check
set -x
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/pyright" --pythonpath "$bin/python"
scripts/check-types.sh
"$bin/lint-imports"
scripts/regen.sh --check
scripts/operations.sh --check
scripts/lint-spec.sh
scripts/spec-diff.sh
scripts/docs.sh
