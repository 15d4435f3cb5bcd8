# Sourced by the scripts of the TypeScript clients, which differ in nothing but the folder below clients/. What its
# package.json says is done as it is, in a copy of the folder with the spec at the same distance, so that nothing is
# installed or written next to the sources.
. "$(dirname "${BASH_SOURCE[0]}")/_common.sh"

prepare() {
    rm -rf "$CACHE/clients" "$CACHE/spec"
    mkdir -p "$CACHE/clients/$language" "$CACHE/spec"
    cp spec/openapi.yaml "$CACHE/spec"
    git ls-files -z "clients/$language" | xargs -0 cp --target-directory "$CACHE/clients/$language"
    quietly npm ci --prefix "$CACHE/clients/$language" --no-progress --loglevel error
}

quietly() { "$@" >"$CACHE/log" 2>&1 || { cat "$CACHE/log" >&2; return 1; }; }

npm_run() { npm run --prefix "$CACHE/clients/$language" --silent "$@"; }

step "tools" node_and_npm
if [ ! -e "$CACHE/built" ]; then
    step "install" prepare
    step "generate" quietly npm_run generate
    step "check" npm_run check
    touch "$CACHE/built"
fi
step "run" show_counts npm_run start -- "$1"
