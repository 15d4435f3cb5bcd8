#!/usr/bin/env bash
# Compares spec/openapi.yaml with the last released one, under spec/released. Fails if its version is too low for the changes,
# if no version was released, or if spec/CHANGELOG.md has no entry for it. The rules are in scripts/spec_diff.py.
. "$(dirname "$0")/_env.sh"
environment spec --group spec
exec "$bin/python" scripts/spec_diff.py "$@"
