#!/usr/bin/env bash
# Generates generated/pasqal_cloud_api from spec/openapi.yaml, and stubs/pasqal_cloud-stubs from pasqal_cloud. With --check,
# writes nothing and fails if either is out of date.
. "$(dirname "$0")/_env.sh"
environment spec --group spec
export PATH=$bin:$PATH
# The templates are ours and use the generator's own macros. These are not a public API of the generator, so its version is
# pinned in pyproject.toml; before changing it, compare what this script generates.
current=generated/pasqal_cloud_api
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
new=$tmp/pasqal_cloud_api
python scripts/client_spec.py < spec/openapi.yaml > "$tmp/openapi.json"
openapi-python-client generate --path "$tmp/openapi.json" --config scripts/client-config.yaml \
    --custom-template-path scripts/templates --meta none --output-path "$new" --fail-on-warning
touch "$new/py.typed"
python -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, indent=1); print()' \
    < spec/openapi.yaml > "$new/openapi.json"

if [ "${1:-}" = --check ]; then
    diff -r --exclude __pycache__ "$current" "$new" || { echo "The generated client is out of date: run scripts/regen.sh." >&2; exit 1; }
else
    rm -rf "$current"
    mkdir -p generated
    mv "$new" "$current"
fi

environment check -e ".[local,cli,postgres]" --group check
"$bin/python" scripts/stubs.py "$@"
