#!/bin/sh
# Prints the path of Helm, building it from its Go module once where there is none yet. That takes some three minutes of CPU time. It is kept in
# .cache/. Only the path goes to stdout; nothing does if there is no Go, which is an error in CI only.
set -eu

source=$(cd "$(dirname "$0")" && pwd)/go
cache=$(cd "$(dirname "$0")/../../.." && pwd)/.cache
version=$(sed -n 's/^[[:space:]]*helm\.sh\/helm\/v3 v\([^ ]*\).*/\1/p' "$source/go.mod")
target=$cache/helm-$version

say() { echo "helm: $*" >&2; }

if [ -x "$target/helm" ]; then
  echo "$target/helm"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  say "Go is missing, so the tests of the Helm chart do not run: install it from https://go.dev/dl/."
  [ "${CI:-}" != true ]
  exit
fi

mkdir -p "$cache"
scratch=$(mktemp -d "$cache/helm-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
say "building Helm $version"
# Tests run at the same time.
(cd "$source" && CGO_ENABLED=0 GOFLAGS=-mod=readonly nice -n 19 go build -trimpath -ldflags "-s -w" -o "$scratch/helm" helm.sh/helm/v3/cmd/helm) >&2

# In one step: of two at once the first wins, and nobody sees half a program.
mv -T "$scratch" "$target" 2>/dev/null || true
trap - EXIT
rm -rf "$scratch"
echo "$target/helm"
