#!/usr/bin/env bash
# Builds the documentation into site/; a warning is an error. `scripts/docs.sh serve` shows it while it is being written.
. "$(dirname "$0")/_env.sh"
environment docs -e . --group docs
export NO_MKDOCS_2_WARNING=true
exec "$bin/mkdocs" "${1:-build}" --strict
