#!/usr/bin/env bash
# Runs the benchmarks, each in its own environment. They count the calls inside our client, and compare it with the existing
# one, our models with those of the generator's own templates, and the local service with plain emulators and with an
# almost empty service.
. "$(dirname "$0")/_env.sh"
environment existing "pasqal-cloud==0.24.0"
existing=$bin/python
stock=$(mktemp -d)
trap 'rm -rf "$stock"' EXIT
environment spec --group spec
PATH=$bin:$PATH "$bin/openapi-python-client" generate --path spec/openapi.yaml --config scripts/client-config.yaml \
    --meta none --output-path "$stock/stock_client" --fail-on-warning
environment test -e ".[local,cli]" --group test
"$bin/python" benchmarks/calls.py
"$bin/python" benchmarks/models.py "$stock"
"$bin/python" benchmarks/compare.py "$existing"
"$bin/python" benchmarks/emulation.py
"$bin/python" benchmarks/lists.py
