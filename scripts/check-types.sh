#!/usr/bin/env bash
# Checks the types that users see, which are those of the wheel and its stubs: that the stubs say what the classes have,
# that tests/typing holds, that Pyright shows methods and their documentation, and that mypy and Pyright in strict mode
# accept the Python of the README and of docs/.
. "$(dirname "$0")/_env.sh"
environment check -e ".[local,cli,postgres]" --group check
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$bin/python" -m hatchling build --target wheel --directory "$tmp" >/dev/null 2>&1
"$bin/python" -m venv --without-pip "$tmp/user"
user=$tmp/user/bin/python
site() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
"$bin/python" -m zipfile -e "$tmp"/*.whl "$(site "$user")"
site "$bin/python" > "$(site "$user")/others.pth" # without its .pth files, and so without the source
"$bin/python" scripts/snippets.py "$tmp/snippets"
cp -r tests/typing scripts/stubtest-allowlist.txt "$tmp"

cd "$tmp"
printf '[mypy]\nignore_missing_imports = true\n' > stubtest.ini # pandas has no types
"$user" -m mypy.stubtest --concise --mypy-config-file stubtest.ini --allowlist stubtest-allowlist.txt \
    pasqal_cloud.{sdk,batch,job,workload}

"$bin/mypy" --strict --python-executable "$user" typing
sed -i '/^from/!s/\bCoroutine\b/CoroutineType/; s/^from datetime/from types import CoroutineType\n&/' typing/api.py
echo '{}' > typing/pyrightconfig.json # Pyright calls what an `async def` returns a CoroutineType, and mypy a Coroutine
"$bin/pyright" --pythonpath "$user" --project typing
"$bin/python" "$OLDPWD/scripts/hovers.py" hovers "$user"

# The rules that are left out are about type arguments that Pulser's types lack, packages without types, and notebooks.
"$bin/mypy" --strict --python-executable "$user" --allow-redefinition \
    --disable-error-code import-untyped --disable-error-code used-before-def --disable-error-code var-annotated snippets
cat > snippets/pyrightconfig.json <<'END'
{
    "typeCheckingMode": "strict",
    "reportDuplicateImport": false,
    "reportMissingTypeStubs": false,
    "reportUnknownArgumentType": false,
    "reportUnknownLambdaType": false,
    "reportUnknownMemberType": false,
    "reportUnknownParameterType": false,
    "reportUnknownVariableType": false,
    "reportUnusedExpression": false
}
END
"$bin/pyright" --pythonpath "$user" --project snippets
