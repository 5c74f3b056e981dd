#!/bin/sh
# Prints the directory of kube-apiserver, etcd and kubectl, building them from their Go modules once where there are none yet. That takes some six
# minutes on two cores. They are kept in .cache/. Only the path goes to stdout; nothing does if there is no Go, which is an error in CI only.
set -eu

version=1.36.3
cache=$(cd "$(dirname "$0")/../../.." && pwd)/.cache
source=$(cd "$(dirname "$0")" && pwd)/go
target=$cache/kubernetes-$version

say() { echo "kubernetes: $*" >&2; }

if [ -d "$target" ]; then
  echo "$target"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  say "Go is missing, so the tests against a real Kubernetes API server do not run: install it from https://go.dev/dl/."
  [ "${CI:-}" != true ]
  exit
fi

mkdir -p "$cache"
scratch=$(mktemp -d "$cache/kubernetes-XXXXXX")
trap 'rm -rf "$scratch"' EXIT
stamp=k8s.io/component-base/version
export CGO_ENABLED=0 GOFLAGS=-mod=readonly

# Tests run at the same time.
build() {
  say "building $1 $version ($2 of 3)"
  (cd "$source" && nice -n 19 go build -trimpath -ldflags "-s -w -X $stamp.gitVersion=v$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=36" -o "$scratch/$1" "$3") >&2
}
build etcd 1 go.etcd.io/etcd/server/v3
build kube-apiserver 2 k8s.io/kubernetes/cmd/kube-apiserver
build kubectl 3 k8s.io/kubernetes/cmd/kubectl

# In one step: of two at once the first wins, and nobody sees half a directory.
mv -T "$scratch" "$target" 2>/dev/null || true
trap - EXIT
rm -rf "$scratch"
echo "$target"
