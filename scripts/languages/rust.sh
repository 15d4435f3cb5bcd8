#!/usr/bin/env bash
# Generates, compiles and runs clients/rust, as scripts/test-languages.sh asks. $1 is the file of a sequence.
#
# With the crates that Debian has as packages, so that no registry of crates is needed: cargo takes them from where
# Debian puts them, the generated crate's requirements are lowered to Debian's versions, and rust/serde_with stands in
# for the crate of that name. What is ordinary stays as it is: the program, its Cargo.toml and the generated code.
. "$(dirname "$0")/_common.sh"

# rustup's programs may be on the PATH without a toolchain, as they are with another HOME: then Debian's come first.
find_cargo() {
    rustc --version >/dev/null 2>&1 && cargo --version >/dev/null 2>&1 && return
    packages cargo
    export PATH=/usr/bin:$PATH
}

prepare() {
    rm -rf "$CACHE/client"
    cp -r clients/rust "$CACHE/client"
    generate clients/rust/openapi-generator.yaml "$CACHE/client/api"
    sed -i -E '
        s/^(reqwest = .*version = )"[^"]*"/\1"0.11"/
        /^reqwest = /s/, "(query|form)"//g
        s/^((url|uuid) = .*)"\^[0-9.]+"/\1"*"/
    ' "$CACHE/client/api/Cargo.toml"
    mkdir "$CACHE/client/.cargo"
    cat >"$CACHE/client/.cargo/config.toml" <<END
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "/usr/share/cargo/registry"
[patch.crates-io]
serde_with = { path = "$PWD/scripts/languages/rust/serde_with" }
[net]
offline = true
END
}

# The program without a warning; those of the generated code are for its log.
compile() (
    cd "$CACHE/client"
    export CARGO_HOME=$CACHE/cargo CARGO_TARGET_DIR=$CACHE/target
    cargo rustc --bin run-sequence -- --deny warnings >"$CACHE/compile.log" 2>&1 || {
        grep --after-context 20 "^error" "$CACHE/compile.log" >&2
        return 1
    }
)

step "tools" generator
packages pkg-config librust-{chrono,reqwest,serde,serde-derive,serde-json,serde-repr,tokio,url,uuid}-dev
find_cargo
if [ ! -e "$CACHE/built" ]; then
    step "generate" prepare
    step "compile" compile
    touch "$CACHE/built"
fi
step "run" show_counts "$CACHE/target/debug/run-sequence" "$1"
