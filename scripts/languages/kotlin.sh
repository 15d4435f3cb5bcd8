#!/usr/bin/env bash
# Generates the Kotlin client of openapi-generator and lets the compiler check what it can. Nothing is run.
#
# The compiler comes from npm, Jackson from openapi-generator's own jar. OkHttp 4 and jackson-module-kotlin are
# nowhere but in Maven's repository. Debian has OkHttp 3, of the same names but in Java: with it the compiler checks
# every file, and only errors that come from the difference are let pass.
. "$(dirname "$0")/_common.sh"

tools() {
    node_and_npm
    [ -e "$CACHE/npm/node_modules/kotlin-compiler" ] ||
        npm install --prefix "$CACHE/npm" --no-save --no-package-lock --no-audit --no-fund --no-update-notifier \
            --loglevel error kotlin-compiler@2.4.20
    generator
    packages libokhttp-java
}

prepare() {
    cat >"$CACHE/openapi-generator.yaml" <<END
generatorName: kotlin
additionalProperties: { serializationLibrary: jackson }
END
    generate "$CACHE/openapi-generator.yaml" "$CACHE/client"
}

check() {
    local kotlin=$CACHE/npm/node_modules/kotlin-compiler status=0
    java -cp "$kotlin/lib/kotlin-compiler.jar:$kotlin/lib/kotlin-stdlib.jar" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
        -kotlin-home "$kotlin" -nowarn -classpath "$jar:/usr/share/java/okhttp.jar:/usr/share/java/okio.jar" \
        -d "$CACHE/classes" "$CACHE/client/src/main/kotlin" >"$CACHE/compile.log" 2>&1 || status=$?
    [ "$status" -le 1 ] || { tail "$CACHE/compile.log" >&2; return 1; } # 1: errors in the code; more: in the compiler
    # By file: the one that calls OkHttp, the one that calls jackson-module-kotlin, the one that extends OkHttp's
    # answers. In the others: a property of OkHttp 4 that is a function in OkHttp 3.
    if grep "error:" "$CACHE/compile.log" |
        grep --invert-match --extended-regexp \
            "/infrastructure/(ApiClient|Serializer|ResponseExtensions)\.kt:|'encodedPathSegments\(\)' expected" >&2; then
        return 1
    fi
}

step "tools" tools
if [ ! -e "$CACHE/built" ]; then
    step "generate" prepare
    step "check" check
    touch "$CACHE/built"
fi
