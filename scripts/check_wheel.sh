#!/bin/sh
# Builds the wheel, installs it in an empty environment elsewhere, and compares its PDF with ours.
set -eu
root=$(pwd)
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
.venv/bin/python scripts/make_ready.py
.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps -w "$away" .
python3 -m venv "$away/venv"
"$away/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$away"/*.whl
cd "$away"
"$away/venv/bin/programgen" plan "$root/examples/runner.yaml" --today 2026-11-24 -o away.pdf >/dev/null
"$root/.venv/bin/programgen" plan "$root/examples/runner.yaml" --today 2026-11-24 -o here.pdf >/dev/null
cmp away.pdf here.pdf
echo "The wheel makes the same PDF."
