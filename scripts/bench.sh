#!/usr/bin/env bash
# Measures our client beside the existing one and bare HTTP libraries, our models beside those of the generator's own
# templates, and the local service beside bare emulators; writes docs/performance.md. It takes about 20 minutes.
# With --counts, it only compares the numbers of requests, imports, calls and bytes with the known ones, in seconds.
. "$(dirname "$0")/_env.sh"
environment bench -e .
ours=$bin/python
if [ "${1:-}" = --counts ]; then exec "$ours" benchmarks/counts.py; fi
environment existing "pasqal-cloud==0.24.0"
existing=$bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
environment spec --group spec
PATH=$bin:$PATH "$bin/openapi-python-client" generate --path spec/openapi.yaml --config scripts/client-config.yaml \
    --meta none --output-path "$work/stock_client" --fail-on-warning
environment test -e ".[local,cli]" --group test
"$bin/python" benchmarks/calls.py
"$bin/python" benchmarks/models.py "$work"
"$bin/python" benchmarks/compare.py "$ours" "$existing" --json "$work/results.json"
"$bin/python" benchmarks/emulation.py --json "$work/results.json"
"$bin/python" benchmarks/load.py --json "$work/results.json"
"$bin/python" benchmarks/lists.py --counts 100 100000 --json "$work/results.json"
"$bin/python" benchmarks/report.py "$work/results.json"
