#!/bin/sh
# Prints the directory of Python's gRPC library, for PYTHONPATH, fetching it from PyPI once where there is none yet. It is kept in .cache/,
# for each version of Python its own, and leaves the system's Python alone. Only the path goes to stdout.
set -eu

grpcio=1.85.3
typing_extensions=4.16.0
cache=$(cd "$(dirname "$0")/../.." && pwd)/.cache

say() { echo "grpcio: $*" >&2; }

if ! python3 -m pip --version >/dev/null 2>&1; then
  say "Python 3 with pip is missing: install it (on Debian: apt-get install python3-pip)."
  exit 1
fi
target=$cache/grpcio-$grpcio-$(python3 -c 'import sys; print(sys.implementation.cache_tag)')
if [ ! -d "$target" ]; then
  say "fetching grpcio $grpcio from PyPI"
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/grpcio-XXXXXX")
  if ! PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_WARN_SCRIPT_LOCATION=1 \
    python3 -m pip install --quiet --no-input --no-deps --only-binary=:all: --no-compile \
    --target "$scratch" "grpcio==$grpcio" "typing_extensions==$typing_extensions" >&2; then
    rm -rf "$scratch"
    say "pip could not fetch grpcio $grpcio."
    exit 1
  fi
  # In one step: of two at once the first wins, and nobody sees half a directory.
  mv -T "$scratch" "$target" 2>/dev/null || rm -rf "$scratch"
fi
echo "$target"
