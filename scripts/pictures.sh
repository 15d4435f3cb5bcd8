#!/usr/bin/env bash
# Draws the results that the documentation shows, from runs on the local service, into docs/images.
. "$(dirname "$0")/_env.sh"
environment test -e ".[local,cli]" --group test
exec "$bin/python" scripts/site/pictures.py
