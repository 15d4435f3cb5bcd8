#!/usr/bin/env bash
# Tests packages that use this one: runs programs, each in its own environment with this checkout's wheel, against a local
# service with every emulator. Arguments go to pytest. scripts/constraints.txt says where pip finds torch.
. "$(dirname "$0")/_env.sh"
PYTHON=${PYTHON:-$(find_python 3.11)}
environment engines -c scripts/constraints.txt -e ".[local-sv,local-mps]" --group test
tests=$bin/python
rm -rf .venv/downstream-wheel
"$tests" -m pip wheel --quiet --no-deps --wheel-dir .venv/downstream-wheel .
wheel=$(echo .venv/downstream-wheel/*.whl)

with_wheel() {
    environment "downstream-$1" -c scripts/constraints.txt "${@:2}"
    "$bin/python" -m pip install --quiet --no-deps --force-reinstall "$wheel"
}

with_wheel pulser-1.8 "$wheel[local]" pulser-core==1.8.0 pulser-simulation==1.8.0 --group test
"$bin/pytest" -n 2 --dist worksteal tests/pulser # the default tests run these with the newest
with_wheel pulser-1.9 "$wheel" pulser==1.9.1
with_wheel qiskit "$wheel" qiskit-pasqal-provider==0.5.0
with_wheel qoolqit "$wheel" qoolqit==1.5.0
with_wheel azure "$wheel" pulser-azure==0.1.1
. scripts/_existing.sh
exec "$tests" -m pytest -n 2 --dist loadfile -m downstream tests/downstream "$@"
