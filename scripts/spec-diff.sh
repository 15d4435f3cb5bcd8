#!/usr/bin/env bash
# Compares spec/openapi.yaml with the last released one, under spec/released. Fails if its version is too low for what has
# changed, if there is nothing to compare with, or if spec/CHANGELOG.md is silent. The rules: scripts/spec_diff.py.
. "$(dirname "$0")/_env.sh"
environment spec --group spec
exec "$bin/python" scripts/spec_diff.py "$@"
