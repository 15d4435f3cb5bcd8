#!/usr/bin/env bash
# Measures our client against the existing one, our models against those of the generator's own templates, and the local
# service against bare emulators and against itself when it is empty; side by side, each in an environment of its own.
. "$(dirname "$0")/_env.sh"
environment existing "pasqal-cloud==0.24.0"
existing=$bin/python
stock=$(mktemp -d)
trap 'rm -rf "$stock"' EXIT
environment spec --group spec
PATH=$bin:$PATH "$bin/openapi-python-client" generate --path spec/openapi.yaml --config scripts/client-config.yaml \
    --meta none --output-path "$stock/stock_client" --fail-on-warning
environment test -e ".[local,cli]" --group test
"$bin/python" benchmarks/models.py "$stock"
"$bin/python" benchmarks/compare.py "$existing"
"$bin/python" benchmarks/emulation.py
"$bin/python" benchmarks/lists.py
