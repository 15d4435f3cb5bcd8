#!/usr/bin/env bash
# Builds wheel and sdist into dist/: the same bytes wherever it runs. SOURCE_DATE_EPOCH is the time of the last commit.
. "$(dirname "$0")/_env.sh"
environment test -e ".[local,cli]" --group test
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1577836800)}
export SOURCE_DATE_EPOCH
exec "$bin/python" -m hatchling build "$@"
