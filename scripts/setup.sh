#!/bin/sh
# Sets up what 'make plan' and 'make test' need: system libraries, Python, environment.
# Usage: sh scripts/setup.sh plan|dev
set -eu
kind=${1:-plan}

say() { printf '%s\n' "$*" >&2; }

# Root needs nothing, anybody else sudo without a password; else nothing is installed.
become() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}

python=""
for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 &&
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done

pango_is_there() {
    [ -n "$python" ] && "$python" - <<'PY' 2>/dev/null
import ctypes, ctypes.util, sys
names = (
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "pangoft2-1.0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib", "harfbuzz-subset"),
)
if sys.platform == "darwin":
    import os
    os.environ.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib")
for options in names:
    for name in options:
        try:
            ctypes.CDLL(ctypes.util.find_library(name) or name)
            break
        except OSError:
            continue
    else:
        sys.exit(1)
PY
}

venv_is_there() { [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; }
poppler_is_there() { [ "$kind" = plan ] || command -v pdftoppm >/dev/null 2>&1; }

if ! pango_is_there || ! venv_is_there || ! poppler_is_there; then
    if command -v apt-get >/dev/null 2>&1; then
        install="apt-get install --no-install-recommends -y python3 python3-venv libpangoft2-1.0-0 libharfbuzz-subset0"
        [ "$kind" = plan ] || install="$install poppler-utils"
        become apt-get update -q >&2 2>/dev/null || true
        become env DEBIAN_FRONTEND=noninteractive $install >&2 || {
            say "Please run this one command, then try again:"
            say "  sudo $install"
            exit 1
        }
    elif command -v dnf >/dev/null 2>&1; then
        install="dnf install -y python3 pango harfbuzz"
        [ "$kind" = plan ] || install="$install poppler-utils"
        become $install >&2 || {
            say "Please run this one command, then try again:"
            say "  sudo $install"
            exit 1
        }
    elif command -v brew >/dev/null 2>&1; then
        install="brew install python pango"
        [ "$kind" = plan ] || install="$install poppler"
        $install >&2 || { say "Please run: $install"; exit 1; }
    else
        say "Please install Python 3.11 or newer (with venv) and Pango with your system's packages."
        exit 1
    fi
    for name in python3 python3.13 python3.12 python3.11; do
        if [ -z "$python" ] && command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$name
        fi
    done
fi

if [ -z "$python" ]; then
    say "Python 3.11 or newer is needed. On Debian 12, Ubuntu 24.04 or Fedora it is 'python3'."
    exit 1
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
if [ "$kind" = dev ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
    if command -v npm >/dev/null 2>&1; then
        npm ci --prefix tests/oracles --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    else
        say "npm is missing: tests that ask readers written in JavaScript are left out."
    fi
else
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e .
fi
# Without it all works, only slower.
.venv/bin/python scripts/make_ready.py || say "Nothing was made beforehand; each run takes longer."
touch ".venv/.$kind" .venv/.plan
