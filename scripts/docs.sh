#!/usr/bin/env bash
# Builds the documentation into site/; warnings are errors. `scripts/docs.sh serve` shows it and updates it on changes.
. "$(dirname "$0")/_env.sh"
environment docs -e . --group docs
export NO_MKDOCS_2_WARNING=true
exec "$bin/mkdocs" "${1:-build}" --strict
