#!/usr/bin/env bash
# Generates the client of clients/typescript-hey-api, checks it and its program, and runs it, as
# scripts/test-languages.sh asks. $1 is the file of a sequence.
. "$(dirname "$0")/_typescript.sh"
