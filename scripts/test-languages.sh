#!/usr/bin/env bash
# Generates a client in each of the other languages, compiles it and runs its program on a local service. Arguments choose
# languages, as in `scripts/test-languages.sh rust`. What was built is kept by the hash of all that it is made of.
. "$(dirname "$0")/_env.sh"
environment languages -e ".[local]"
[ $# -gt 0 ] || set -- typescript-fetch typescript-hey-api go java rust cpp kotlin
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pasqal-cloud/languages
tmp=$(mktemp -d)
exec 3< <(exec "$bin/python" -m pasqal_cloud.local --port 0 --json)
service=$!
trap 'kill "$service" 2>/dev/null || true; rm -rf "$tmp"' EXIT
read -r connection <&3 || { echo "The local service did not start." >&2; exit 1; }
field() { "$bin/python" -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" <<<"$connection"; }
PASQAL_URL=$(field url) PASQAL_USERNAME=$(field username) PASQAL_PASSWORD=$(field password)
PASQAL_PROJECT_ID=$(field project_id)
export PASQAL_URL PASQAL_USERNAME PASQAL_PASSWORD PASQAL_PROJECT_ID
"$bin/python" - >"$tmp/sequence.json" <<'END'
import json
from pathlib import Path

spec = json.loads(Path("generated/pasqal_cloud_api/openapi.json").read_text("utf-8"))
print(spec["components"]["examples"]["CreateClosedBatch"]["value"]["sequence_builder"])
END

for language in "$@"; do
    made_of=(spec/openapi.yaml scripts/languages)
    [ ! -d "clients/$language" ] || made_of+=("clients/$language")
    hash=$(git ls-files -z "${made_of[@]}" | xargs -0 cat | sha256sum | cut -c1-16)
    start=$SECONDS
    CACHE=$cache/$language-$hash "scripts/languages/$language.sh" "$tmp/sequence.json"
    echo "$language: $((SECONDS - start)) s"
done
