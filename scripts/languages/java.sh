#!/usr/bin/env bash
# Generates, compiles and runs clients/java, as scripts/test-languages.sh asks. $1 is the file of a sequence.
#
# Not by Maven, whose plugins and packages can't be had everywhere: javac compiles the same files with the same
# packages from Debian, and with Jackson from within openapi-generator's own jar, where it has the version that
# pom.xml names.
. "$(dirname "$0")/_common.sh"

compile() {
    rm -rf "$CACHE/classes"
    find "$CACHE/client/src/main" clients/java/src -name "*.java" >"$CACHE/sources"
    javac --release 17 -nowarn -d "$CACHE/classes" -cp "$classpath" "@$CACHE/sources"
}

step "tools" generator
need javac default-jdk-headless
packages libgeronimo-annotation-1.3-spec-java libhttpmime-java libjsr305-java
classpath=$jar:/usr/share/java/geronimo-annotation-1.3-spec.jar:/usr/share/java/httpmime.jar:/usr/share/java/jsr305.jar
if [ ! -e "$CACHE/built" ]; then
    step "generate" generate clients/java/openapi-generator.yaml "$CACHE/client"
    step "compile" compile
    touch "$CACHE/built"
fi
step "run" show_counts java -cp "$CACHE/classes:$classpath" com.example.RunSequence "$1"
