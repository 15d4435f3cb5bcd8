#!/usr/bin/env bash
# Builds the documentation into site/; warnings are errors. `scripts/docs.sh serve` shows it and updates it on changes.
. "$(dirname "$0")/_env.sh"
environment docs -e . --group docs
spec_tools
mkdir -p docs/http-api
"$tools"/redocly build-docs --config spec/redocly.yaml --inlineBundle --template scripts/redoc.hbs \
    --title "Pasqal Cloud: HTTP API" --output docs/http-api/index.html spec/openapi.yaml
export NO_MKDOCS_2_WARNING=true
"$bin/mkdocs" "${1:-build}" --strict
if grep -rEo --include '*.html' "<(script|link|img|iframe|source)\b[^>]* (src|href)=[\"']?(https?:)?//[^ >]*" site; then
    echo "These pages load something from another host." >&2
    exit 1
fi
if grep -rEn '\b(Flow|Effect|Source|Walking|Opening|(Batch|Job|Workload|Status)T|(Batch|Job|Workload)Flows)\b' site/reference; then
    echo "These pages of the reference show types that users never see: scripts/site/operations.py replaces them." >&2
    exit 1
fi
