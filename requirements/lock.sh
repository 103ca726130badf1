#!/bin/sh
# Resolve every lock file again: one set of versions for all Pythons and platforms, each with its hashes.
# run.txt decides; what the tests and the build add must agree with it. No lock file names a registry.
set -eu
here=$(dirname "$0")
compile() {
    "${UV:-uv}" pip compile "$@" --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header
}
compile pyproject.toml --extra postgres --output-file "$here/run.txt"
compile pyproject.toml "$here/dev.in" --extra postgres --extra linkage --extra reputation --extra triage \
    --constraints "$here/run.txt" \
    --output-file "$here/dev.txt"
compile "$here/build.in" --constraints "$here/dev.txt" --output-file "$here/build.txt"
compile "$here/data.in" --no-deps --output-file "$here/data.txt"
compile "$here/worlds.in" --no-deps --output-file "$here/worlds.txt"
compile "$here/engines.in" --constraints "$here/dev.txt" --no-deps --output-file "$here/engines.txt"
compile "$here/uv.in" --output-file "$here/uv.txt"
