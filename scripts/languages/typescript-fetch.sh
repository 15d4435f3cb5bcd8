#!/usr/bin/env bash
# Generates the types of clients/typescript-fetch, checks them and its program, and runs it, as
# scripts/test-languages.sh asks. $1 is the file of a sequence.
. "$(dirname "$0")/_typescript.sh"
