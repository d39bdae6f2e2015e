#!/usr/bin/env bash
# Resolves requirements.lock from the ranges in pyproject.toml, in an environment of its own.
set -euo pipefail
python=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet "torch==2.13.0"
"$folder/venv/bin/python" -m pip install --quiet ".[test]"
{
    echo "# Every package of the book, exactly. Made by 'make lock' from pyproject.toml."
    "$folder/venv/bin/python" -m pip freeze --exclude plmrec-lite --exclude pip |
        grep -v '^nvidia-\|^triton==\|^cuda-'
    "$folder/venv/bin/python" -m pip list --format freeze | grep '^setuptools=='
} | sed 's/^torch==\([0-9.]*\)+.*/torch==\1/; s/ @ file:.*//' | awk '!seen[tolower($0)]++' >requirements.lock
